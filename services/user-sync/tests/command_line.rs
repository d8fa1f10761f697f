//! The process as an operator starts it.

#![allow(
    clippy::unwrap_used,
    reason = "a test ends by panicking; the exemption for tests does not reach their shared functions"
)]

use std::process::{Command, Output};

fn command(name: &str, value: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_user-sync"));
    command
        .env_clear()
        .env("ILLUXI__ADMIN__KEY", "0123456789abcdef0123456789abcdef")
        .env("ILLUXI__BROKER__URL", "amqp://127.0.0.1:1")
        .env("ILLUXI__DATABASE__URL", "postgres://127.0.0.1:1/none")
        .env("ILLUXI__PRIVATE__LISTEN", "127.0.0.1:0")
        .env(name, value);
    command
}

fn start_with(name: &str, value: &str) -> Output {
    command(name, value).output().unwrap()
}

#[test]
fn a_wrong_setting_stops_the_start_with_its_name() {
    for (name, value, expected) in [
        ("ILLUXI__DATABASE__POOLSIZE", "3", "poolsize"),
        ("ILLUXI__CONSUMER__BATCH", "many", "consumer.batch"),
        ("ILLUXI__ADMIN__KEY", "short", "admin.key"),
        ("ILLUXI__BROKER__URL", "http://user:s3cret@nowhere", "broker.url"),
        ("ILLUXI__DATABASE__URL", "", "url"),
        ("ILLUXI__DATABASE__URL", "mysql://127.0.0.1/none", "database.url"),
    ] {
        let output = start_with(name, value);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success(), "{name}");
        let last = said.trim_end().lines().last().unwrap_or_default();
        assert!(last.contains(expected), "{name}: {said}");
        assert!(!said.contains("s3cret"), "{said}");
    }
}

#[test]
fn a_health_check_says_that_nothing_runs() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let listen = taken.local_addr().unwrap().to_string();
    drop(taken);
    let output = command("ILLUXI__PRIVATE__LISTEN", &listen).args(["health", "--ready"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains(&format!("nothing answers at the private listener, {listen}")), "{said}");
}
