//! Lists of any length as files.

use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;

use clap::Args;
use reqwest::Method;

use crate::client::{Side, unreachable};
use crate::failure::Failure;
use crate::file::PrivateFile;
use crate::session::Session;

/// How to write it.
#[derive(Args)]
pub(crate) struct Destination {
    /// csv or ndjson (one JSON object a line).
    #[arg(long, default_value = "csv", value_parser = ["csv", "ndjson"])]
    format: String,
    /// New file, for its owner alone [default: the standard output, when it is no terminal].
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Writes what the server tells while it tells it.
pub(crate) async fn write(
    session: &Session,
    side: Side,
    of: &str,
    query: &[(&str, Option<String>)],
    destination: &Destination,
) -> Result<(), Failure> {
    if destination.output.is_none() && io::stdout().is_terminal() {
        // What people outside wrote is in it, and a terminal would obey.
        return Err(Failure::Usage("an export goes to a file or a pipe: name an --output FILE".to_owned()));
    }
    let mut file = destination.output.as_deref().map(PrivateFile::create).transpose()?;
    let request = session.request(Method::GET, side, &[of, "export"])?.query(query);
    let mut response = session.client.open(request.query(&[("format", &destination.format)])).await?;
    let cut_off = |error| unreachable("the rest of the export".to_owned(), error);
    while let Some(bytes) = response.chunk().await.map_err(cut_off)? {
        match &mut file {
            Some(file) => file.write(&bytes)?,
            None => io::stdout().write_all(&bytes)?,
        }
    }
    match file {
        Some(file) => Ok(file.finish()?),
        None => Ok(io::stdout().flush()?),
    }
}
