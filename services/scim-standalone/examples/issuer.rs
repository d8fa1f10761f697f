//! A stand-in for Entra's issuer, to try sign-in without Azure:
//!
//! ```sh
//! cargo run -p scim-standalone --example issuer -- TENANT_ID
//! scim-standalone serve --federation-authority ADDRESS ...
//! ```
//!
//! Prints its address, an access token as Entra sends it by itself, and an assertion of workload identity federation, and
//! serves its keys until it is ended.

use std::io::Write;

use anyhow::Context;
use testkit::issuer::{self, Issuer};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let tenant = std::env::args().nth(1).context("the id of a tenant is needed")?;
    let stand_in = Issuer::start().await;
    let now = platform::clock::now().timestamp();
    let mut out = std::io::stdout().lock();
    writeln!(out, "authority    {}", stand_in.url())?;
    writeln!(out, "access_token {}", stand_in.sign(&issuer::access_token(&tenant, "app", "object", now)))?;
    writeln!(
        out,
        "assertion    {}",
        stand_in.sign(&issuer::federation_assertion(&tenant, "app", "object", now))
    )?;
    out.flush()?;
    drop(out);
    tokio::signal::ctrl_c().await.context("waiting for the end")
}
