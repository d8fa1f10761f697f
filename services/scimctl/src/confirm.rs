//! Questions before something that cannot be taken back.

use std::io::{self, Write};

use crate::failure::Failure;

/// Has a name typed, or compares the one that was given beforehand.
pub(crate) fn typed(name: &str, given: Option<&str>, what: &str) -> Result<(), Failure> {
    let answer = match given {
        Some(given) => given.to_owned(),
        None => ask(&format!("{what} Type {name} to go on: "))?,
    };
    if answer == name { Ok(()) } else { Err(Failure::Usage("not confirmed, so nothing was done".to_owned())) }
}

/// Asks yes or no, unless that was answered beforehand.
pub(crate) fn agreed(is_agreed: bool, question: &str) -> Result<(), Failure> {
    if is_agreed || matches!(ask(&format!("{question} [y/N] "))?.as_str(), "y" | "Y" | "yes") {
        return Ok(());
    }
    Err(Failure::Usage("not confirmed, so nothing was done".to_owned()))
}

fn ask(question: &str) -> Result<String, Failure> {
    let mut err = io::stderr();
    write!(err, "{question}")?;
    err.flush()?;
    let mut answer = String::new();
    io::stdin().read_line(&mut answer)?;
    Ok(answer.trim().to_owned())
}
