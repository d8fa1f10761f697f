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
    use std::path::{Path, PathBuf};

    use clap::error::ErrorKind;

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

    /// Where documents are, from the root of the repository.
    const FOLDERS: [&str; 6] = ["", "docs", "docs/adr", "crates/*", "services/*", "deploy/*"];

    /// The documents, by name.
    fn documents() -> Vec<(PathBuf, String)> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let entries = |folder: &Path| -> Vec<PathBuf> {
            let listed = std::fs::read_dir(folder).unwrap();
            listed.map(|entry| entry.unwrap().path()).collect()
        };
        let mut folders = Vec::new();
        for folder in FOLDERS {
            match folder.strip_suffix("/*") {
                Some(above) => {
                    folders.extend(entries(&root.join(above)).into_iter().filter(|path| path.is_dir()))
                }
                None => folders.push(root.join(folder)),
            }
        }
        let files = folders.iter().flat_map(|folder| entries(folder));
        let documents = files.filter(|path| path.extension().is_some_and(|extension| extension == "md"));
        documents.map(|path| (path.clone(), std::fs::read_to_string(path).unwrap())).collect()
    }

    /// Commands of scimctl in the blocks of a document, whole, and those within its sentences, which may be cut short.
    fn commands(document: &str) -> (Vec<String>, Vec<String>) {
        let (mut whole, mut cut) = (Vec::new(), Vec::new());
        let joined = document.replace("\\\n", " ");
        let mut is_block = false;
        for line in joined.lines() {
            if line.trim_start().starts_with("```") {
                is_block = !is_block;
            } else if is_block {
                let begins = |start: &str| line.split(start).nth(1).map(|rest| format!("scimctl {rest}"));
                let is_one = line.trim_start().starts_with("scimctl ");
                let one = if is_one { Some(line.trim().to_owned()) } else { begins("| scimctl ") };
                whole.extend(one.or_else(|| begins("--rm scimctl ")));
            } else {
                let spans = line.split('`').skip(1).step_by(2);
                cut.extend(spans.filter(|span| span.starts_with("scimctl ")).map(str::to_owned));
            }
        }
        (whole, cut)
    }

    /// What stands for something else in a sentence, as something.
    fn filled_in(words: Vec<String>) -> Vec<String> {
        let is_credential = words.get(1).is_some_and(|noun| noun == "token" || noun == "credential");
        let fill = |word: String| match word.as_str() {
            "ID" if is_credential => "5f0c7d4e00000001".to_owned(),
            "ID" | "RUN" | "REQUEST_ID" => "28190000-0000-7000-8000-000000000001".to_owned(),
            "SLUG" => "acme-production".to_owned(),
            "TIME" => "2h".to_owned(),
            "WHY" => "x".to_owned(),
            _ => word,
        };
        words.into_iter().filter(|word| word != "\u{2026}").map(fill).collect()
    }

    #[test]
    fn every_command_of_the_documentation_exists() {
        let (mut verbs, mut mentioned) = (0, 0);
        for (path, document) in documents() {
            let (whole, cut) = commands(&document);
            for line in &whole {
                let line_words = words(line).into_iter().take_while(|word| word != "||");
                let parsed = Arguments::try_parse_from(filled_in(line_words.collect()));
                assert!(parsed.is_ok(), "{}: {line}: {}", path.display(), parsed.err().unwrap());
                verbs += 1;
            }
            for line in &cut {
                let Err(error) = Arguments::try_parse_from(filled_in(words(line))) else { continue };
                // Of a sentence something may be missing, and nothing wrong.
                let is_cut = matches!(
                    error.kind(),
                    ErrorKind::MissingRequiredArgument
                        | ErrorKind::MissingSubcommand
                        | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
                ) || error.to_string().contains("a value is required");
                assert!(is_cut, "{}: {line}: {error}", path.display());
            }
            mentioned += cut.len();
        }
        assert!(verbs > 90, "{verbs}");
        assert!(mentioned > 30, "{mentioned}");
    }

    #[test]
    fn the_commands_do_not_contradict_each_other() {
        Arguments::command().debug_assert();
    }
}
