//! The commands.

use clap::{CommandFactory, Parser, Subcommand};

use crate::failure::Failure;
use crate::output::Output;
use crate::session::Session;
use crate::settings::Where;
use crate::{
    about, adoption, audit, backlog, console, credential, doctor, effect, hold, integration, learner, log,
    reconcile, replay, report, rules,
};

/// Administers illuxi SCIM: integrations, credentials, the log, rules, and what waits for a person.
#[derive(Parser)]
#[command(version, max_term_width = 100)]
pub(crate) struct Arguments {
    #[command(flatten)]
    location: Where,
    /// Print the server's JSON as it came.
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    noun: Noun,
}

#[derive(Subcommand)]
enum Noun {
    /// SCIM connections of a portal and an environment.
    #[command(subcommand)]
    Integration(integration::Command),
    /// Tokens and other credentials by which a directory signs in.
    #[command(subcommand, visible_alias = "token")]
    Credential(credential::Command),
    /// What was asked of an integration, and what came of it.
    #[command(subcommand)]
    Log(log::Command),
    /// What events did to the LMS.
    #[command(subcommand)]
    Effect(effect::Command),
    /// People, and why they are as they are.
    #[command(subcommand)]
    Learner(learner::Command),
    /// Groups as the LMS has them.
    #[command(subcommand)]
    Cohort(report::CohortCommand),
    /// What comes from the directory, and how.
    #[command(subcommand)]
    Rules(rules::Command),
    /// Mass deactivations that wait for a person.
    #[command(subcommand)]
    Hold(hold::Command),
    /// Newcomers who may be somebody known.
    #[command(subcommand)]
    Adoption(adoption::Command),
    /// Events that cannot be applied yet.
    #[command(subcommand)]
    Parked(backlog::ParkedCommand),
    /// People and groups that could not be decided anew.
    #[command(subcommand)]
    Stuck(backlog::StuckCommand),
    /// Managers who are no learners.
    #[command(subcommand)]
    MissingManager(backlog::MissingManagerCommand),
    /// What the directory and the LMS disagreed about.
    #[command(subcommand)]
    Conflict(report::ConflictCommand),
    /// What you should know.
    #[command(subcommand)]
    Finding(report::FindingCommand),
    /// Comparing the LMS with everything that the directory holds.
    #[command(subcommand)]
    Reconcile(reconcile::Command),
    /// Have events published once more that the LMS or another consumer lost.
    Replay(replay::Wanted),
    /// What administrators did.
    #[command(subcommand)]
    Audit(audit::Command),
    /// The administrators' console in a browser.
    #[command(subcommand)]
    Console(console::Command),
    /// Show who the token says you are.
    Whoami,
    /// Print the description of the API (OpenAPI).
    Openapi {
        /// That of the LMS side.
        #[arg(long)]
        lms: bool,
    },
    /// Print completions for a shell.
    Completions {
        /// Which shell.
        shell: clap_complete::Shell,
    },
    /// Check an installation and say what to fix.
    Doctor,
}

/// Carries out a command.
pub(crate) async fn run(arguments: Arguments) -> Result<(), Failure> {
    if let Noun::Completions { shell } = arguments.noun {
        return Ok(about::completions(shell, &mut Arguments::command())?);
    }
    let installation =
        arguments.location.find(|name| std::env::var(name).ok().filter(|value| !value.is_empty()))?;
    let session = Session::new(installation, Output::new(arguments.json))?;
    match arguments.noun {
        Noun::Integration(command) => integration::run(&session, command).await,
        Noun::Credential(command) => credential::run(&session, command).await,
        Noun::Log(command) => log::run(&session, command).await,
        Noun::Effect(command) => effect::run(&session, command).await,
        Noun::Learner(command) => learner::run(&session, command).await,
        Noun::Cohort(command) => report::cohort(&session, command).await,
        Noun::Rules(command) => rules::run(&session, command).await,
        Noun::Hold(command) => hold::run(&session, command).await,
        Noun::Adoption(command) => adoption::run(&session, command).await,
        Noun::Parked(command) => backlog::parked(&session, command).await,
        Noun::Stuck(command) => backlog::stuck(&session, command).await,
        Noun::MissingManager(command) => backlog::missing_manager(&session, command).await,
        Noun::Conflict(command) => report::conflict(&session, command).await,
        Noun::Finding(command) => report::finding(&session, command).await,
        Noun::Reconcile(command) => reconcile::run(&session, command).await,
        Noun::Replay(wanted) => replay::run(&session, wanted).await,
        Noun::Audit(command) => audit::run(&session, command).await,
        Noun::Console(command) => console::run(&session, command).await,
        Noun::Whoami => about::whoami(&session).await,
        Noun::Openapi { lms } => about::openapi(&session, lms).await,
        Noun::Completions { .. } => Ok(()),
        Noun::Doctor => doctor::run(&session).await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Words of a line as a shell would have them, up to the next program, file or comment.
    fn words(line: &str) -> Vec<String> {
        let mut words = Vec::new();
        let mut rest = line.trim();
        while !rest.is_empty() && !rest.starts_with(['|', '>', '#']) {
            let (word, behind) = match rest.strip_prefix('"') {
                Some(quoted) => quoted.split_once('"').unwrap(),
                None => rest.split_at(rest.find(' ').unwrap_or(rest.len())),
            };
            words.push(word.to_owned());
            rest = behind.trim_start();
        }
        words
    }

    #[test]
    fn every_command_of_the_documentation_exists() {
        let document = include_str!("../../../docs/scimctl.md");
        let lines = document.lines().filter(|line| line.trim_start().starts_with("scimctl "));
        let mut verbs = 0;
        for line in lines {
            let parsed = Arguments::try_parse_from(words(line));
            assert!(parsed.is_ok(), "{line}: {}", parsed.err().unwrap());
            verbs += 1;
        }
        assert!(verbs > 60, "{verbs}");
    }

    #[test]
    fn the_commands_do_not_contradict_each_other() {
        Arguments::command().debug_assert();
    }
}
