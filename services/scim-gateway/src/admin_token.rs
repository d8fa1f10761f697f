//! A token for the administrators' API, asked for at a command line.

use std::io::Write;

use administration::Grants;
use anyhow::{Context, ensure};
use clap::Args;
use platform::admin::AdminTokens;
use platform::clock;
use secrecy::SecretString;

/// Who gets a token, and for what.
#[derive(Args)]
pub struct AdminTokenArguments {
    /// Who will use it: a name for the record of acts.
    #[arg(long)]
    subject: String,
    /// What it allows: viewer, operator or owner, of all portals, or of one as PORTAL:ROLE; may be given several
    /// times.
    #[arg(long = "role", required = true)]
    roles: Vec<String>,
    /// Days until it expires.
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u16).range(1..=365))]
    days: u16,
}

impl AdminTokenArguments {
    /// Prints it, signed with `key`; it is kept nowhere.
    ///
    /// # Errors
    /// When a role is none, or nobody takes what is printed.
    pub fn print(&self, key: &SecretString) -> anyhow::Result<()> {
        let roles: Vec<&str> = self.roles.iter().map(String::as_str).collect();
        for role in &roles {
            ensure!(
                !Grants::parse([role]).is_empty(),
                "{role}: must be viewer, operator, owner, or PORTAL:ROLE"
            );
        }
        let life = chrono::Duration::days(self.days.into());
        let token = AdminTokens::new(key)?.issue(&self.subject, &roles, clock::now(), life)?;
        writeln!(std::io::stdout(), "{token}").context("printing the token")
    }
}
