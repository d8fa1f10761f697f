//! The caller, the API and this program.

use std::io;

use clap_complete::Shell;
use reqwest::Method;

use crate::client::Side;
use crate::failure::Failure;
use crate::session::Session;

pub(crate) async fn whoami(session: &Session) -> Result<(), Failure> {
    session.act(session.client.request(Method::GET, Side::Gateway, &["whoami"])?, &[]).await
}

pub(crate) async fn openapi(session: &Session, is_lms: bool) -> Result<(), Failure> {
    let (side, path): (Side, &[&str]) = match is_lms {
        true => (Side::Lms, &["lms", "openapi.json"]),
        false => (Side::Gateway, &["openapi.json"]),
    };
    let answer = session.client.send(session.client.request(Method::GET, side, path)?).await?;
    Ok(session.output.json(answer.document()?)?)
}

pub(crate) fn completions(shell: Shell, command: &mut clap::Command) -> io::Result<()> {
    let mut script = Vec::new();
    clap_complete::generate(shell, command, "scimctl", &mut script);
    io::Write::write_all(&mut io::stdout().lock(), &script)
}
