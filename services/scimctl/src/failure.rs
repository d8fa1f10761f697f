//! Why a command was not carried out, and the exit code that says so.

use std::error::Error;
use std::fmt;
use std::io;
use std::process::ExitCode;

use serde::Deserialize;

use crate::output::escape;

/// Why a command was not carried out.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// Nothing was asked of a server, because something is wrong or missing on this side.
    #[error("{0}")]
    Usage(String),
    #[error("{0}")]
    Refused(Problem),
    #[error("{0}")]
    ServerFailed(Problem),
    #[error("{address} cannot be reached")]
    Unreachable { address: String, source: reqwest::Error },
    #[error("the answer of {0} was not understood; is this the administrators' API?")]
    NotUnderstood(String),
    #[error("the answer of {0} is longer than 64 MiB; ask for less of it")]
    TooLong(String),
    #[error("{done}, but what follows was not done")]
    Halfway { done: &'static str, source: Box<Self> },
    #[error("it takes longer than was to be waited; it goes on without you")]
    TimedOut,
    /// It has been said already what is wrong.
    #[error("problems were found")]
    Unhealthy,
    #[error("the output cannot be written")]
    Output(#[from] io::Error),
}

impl Failure {
    /// Whether the server says that there is no such thing.
    pub(crate) fn is_not_found(&self) -> bool {
        matches!(self, Self::Refused(problem) if problem.status == 404)
    }

    /// Whether it may be otherwise when the same is asked again.
    pub(crate) fn is_temporary(&self) -> bool {
        matches!(self, Self::ServerFailed(_) | Self::Unreachable { .. })
    }

    fn code(&self) -> u8 {
        match self {
            Self::Refused(_) => 1,
            Self::Usage(_) | Self::Output(_) => 2,
            Self::ServerFailed(_)
            | Self::Unreachable { .. }
            | Self::NotUnderstood(_)
            | Self::TooLong(_)
            | Self::TimedOut => 3,
            Self::Unhealthy => 4,
            Self::Halfway { source, .. } => source.code(),
        }
    }

    /// Says on stderr what went wrong. Whoever reads the output may stop reading: that is no failure.
    pub(crate) fn report(&self) -> ExitCode {
        match self {
            Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
            Self::Unhealthy => self.code().into(),
            failure => {
                eprintln!("scimctl: {}", failure.sentence());
                if let Self::Refused(problem) | Self::ServerFailed(problem) = failure.root() {
                    for Mistake { pointer, problem } in &problem.errors {
                        eprintln!("  {}: {}", escape(pointer), escape(problem));
                    }
                }
                failure.code().into()
            }
        }
    }

    /// What went wrong and why, in one line that cannot do anything to a terminal.
    pub(crate) fn sentence(&self) -> String {
        let mut text = self.to_string();
        let mut cause = self.source();
        while let Some(error) = cause {
            text = format!("{text}: {error}");
            cause = error.source();
        }
        escape(&text)
    }

    fn root(&self) -> &Self {
        match self {
            Self::Halfway { source, .. } => source.root(),
            failure => failure,
        }
    }
}

/// What a server says of a request that it did not carry out (RFC 9457).
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Problem {
    pub(crate) status: u16,
    title: String,
    detail: String,
    errors: Vec<Mistake>,
}

/// One of several things that are wrong, and where.
#[derive(Debug, Deserialize)]
struct Mistake {
    #[serde(default)]
    pointer: String,
    problem: String,
}

impl Problem {
    /// Reads a problem; of another body, which may be a proxy's page, only the status is told.
    pub(crate) fn parse(status: u16, body: &str) -> Self {
        let parsed: Self = serde_json::from_str(body).unwrap_or_default();
        Self { status, ..parsed }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let said = if self.detail.is_empty() { &self.title } else { &self.detail };
        match (self.status, said.is_empty()) {
            (412, _) => write!(
                f,
                "somebody changed it meanwhile, so nothing was done: {said} (412); look at it again"
            ),
            (status, true) => write!(f, "the server answered {status}"),
            (status, false) => write!(f, "{said} ({status})"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_is_a_sentence_with_its_status() {
        let told =
            Problem::parse(422, r#"{"title":"Unprocessable Entity","detail":"the rules cannot be used"}"#);
        assert_eq!(told.to_string(), "the rules cannot be used (422)");
        assert_eq!(Problem::parse(502, "<html>").to_string(), "the server answered 502");
        let outdated = Failure::Refused(Problem::parse(412, r#"{"detail":"version 4 is in force"}"#));
        assert!(
            outdated.sentence().starts_with("somebody changed it meanwhile, so nothing was done: version 4")
        );
    }

    #[test]
    fn the_exit_code_says_whose_fault_it_is() {
        let refused = Failure::Refused(Problem::parse(403, ""));
        assert_eq!(refused.code(), 1);
        assert_eq!(Failure::Usage(String::new()).code(), 2);
        assert_eq!(Failure::ServerFailed(Problem::parse(503, "")).code(), 3);
        assert_eq!(Failure::Unhealthy.code(), 4);
        assert_eq!(Failure::Halfway { done: "one", source: Box::new(refused) }.code(), 1);
    }

    #[test]
    fn what_a_server_says_cannot_control_the_terminal() {
        let failure = Failure::Refused(Problem::parse(409, "{\"detail\":\"\\u001b[2Jgone\"}"));
        assert_eq!(failure.sentence(), "\\u{1b}[2Jgone (409)");
    }
}
