//! The command line of the administrators' API.

mod about;
mod adoption;
mod arguments;
mod audit;
mod backlog;
mod client;
mod confirm;
mod console;
mod credential;
mod doctor;
mod effect;
mod export;
mod failure;
mod file;
mod hold;
mod integration;
mod learner;
mod log;
mod log_tail;
mod moment;
mod output;
mod paging;
mod promotion;
mod reconcile;
mod replay;
mod report;
mod rules;
mod session;
mod settings;
mod table;
mod trail;

use std::process::ExitCode;

use clap::Parser;

#[tokio::main]
async fn main() -> ExitCode {
    match arguments::run(arguments::Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}
