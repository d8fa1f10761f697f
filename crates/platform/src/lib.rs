#![doc = include_str!("../README.md")]

pub mod admin;
pub mod body;
pub mod clock;
pub mod csv;
pub mod health;
pub mod oidc;
pub mod problem;
pub mod secret_file;
pub mod server;
pub mod settings;
pub mod shutdown;
pub mod start;
pub mod telemetry;
