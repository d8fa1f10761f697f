//! The administrators' console in a browser: `scimctl console`

use clap::Subcommand;
use reqwest::Method;

use crate::failure::Failure;
use crate::session::Session;

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Print a link that signs you in at the console, once and within ten minutes.
    Link,
}

pub(crate) async fn run(session: &Session, command: Command) -> Result<(), Failure> {
    let Command::Link = command;
    session.act(session.client.to_console(Method::POST, &["sign-in", "links"])?, &[]).await
}
