//! The walls between the crates: which may know which. A forbidden edge fails here before anybody relies on it.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test ends by panicking; the exemption for tests does not reach their shared functions"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand};

/// What each crate may import of the workspace, and what it must never see from outside.
const WALLS: [(&str, &[&str], &[&str]); 19] = [
    ("scim", &[], &["tokio", "actix-web", "diesel", "lapin", "reqwest"]),
    ("events", &[], &["lapin", "diesel", "actix-web", "tokio"]),
    ("administration", &[], &["actix-web", "diesel", "lapin", "tokio"]),
    ("directory", &["administration", "scim", "events"], &["actix-web", "diesel", "lapin", "tokio"]),
    (
        "directory-store",
        &["administration", "directory", "scim", "events", "postgres-pool"],
        &["lapin", "actix-web"],
    ),
    ("lms", &["administration", "events"], &["actix-web", "diesel", "lapin", "tokio"]),
    ("lms-store", &["administration", "lms", "events", "postgres-pool"], &["lapin", "actix-web"]),
    ("messaging", &["events"], &["diesel", "actix-web"]),
    ("platform", &["administration"], &["diesel", "lapin"]),
    ("postgres-pool", &[], &["lapin", "actix-web"]),
    ("testkit", &[], &[]),
    // It knows the services from outside, as programs.
    ("bench", &[], &[]),
    ("chaos", &["messaging", "testkit"], &["actix-web", "diesel"]),
    (
        "simulation",
        &["directory", "events", "lms", "messaging", "scim"],
        &["actix-web", "diesel", "lapin", "tokio"],
    ),
    (
        "scim-gateway",
        &["administration", "directory", "directory-store", "events", "messaging", "platform", "scim"],
        &["diesel", "diesel-async", "lapin"],
    ),
    (
        "user-sync",
        &["administration", "events", "lms", "lms-store", "messaging", "platform"],
        &["diesel", "diesel-async", "lapin"],
    ),
    (
        "scim-standalone",
        &[
            "administration",
            "directory",
            "directory-store",
            "events",
            "lms",
            "lms-store",
            "messaging",
            "platform",
            "scim-gateway",
            "user-sync",
            "admin-console",
        ],
        &["diesel", "diesel-async", "lapin", "tokio-postgres"],
    ),
    ("scimctl", &[], &["actix-web", "diesel", "lapin"]),
    // It knows the services by their documented API alone.
    ("admin-console", &["platform"], &["diesel", "lapin"]),
];

fn metadata() -> Metadata {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../Cargo.toml");
    MetadataCommand::new().manifest_path(manifest).no_deps().exec().unwrap()
}

#[test]
fn no_crate_looks_over_its_wall() {
    let metadata = metadata();
    let members: BTreeSet<String> =
        metadata.packages.iter().map(|package| package.name.to_string()).collect();
    let walls: BTreeMap<_, _> = WALLS.iter().map(|(name, may, never)| (*name, (*may, *never))).collect();
    assert_eq!(members, walls.keys().map(|name| (*name).to_owned()).collect(), "every crate has its row");

    let mut broken = Vec::new();
    for package in &metadata.packages {
        let (may, never) = walls[package.name.as_str()];
        for dependency in package.dependencies.iter().filter(|d| d.kind != DependencyKind::Development) {
            let name = dependency.name.as_str();
            if (members.contains(name) && !may.contains(&name)) || never.contains(&name) {
                broken.push(format!("{} -> {name}", package.name));
            }
        }
    }
    assert_eq!(broken, Vec::<String>::new(), "these edges are not allowed");
}

#[test]
fn the_testkit_is_for_tests_only() {
    let users: Vec<_> = metadata()
        .packages
        .iter()
        .flat_map(|package| {
            package
                .dependencies
                .iter()
                .filter(|d| d.name == "testkit" && d.kind != DependencyKind::Development)
                .map(|_| package.name.to_string())
                // A test of the running product, and nothing that ships.
                .filter(|name| name != "chaos")
                .collect::<Vec<_>>()
        })
        .collect();
    assert_eq!(users, Vec::<String>::new());
}

/// What a package links in, its own features alone considered.
fn linked(package: &str) -> BTreeSet<String> {
    let output = Command::new(env!("CARGO"))
        .args([
            "tree",
            "--locked",
            "--edges",
            "normal,build",
            "--prefix",
            "none",
            "--format",
            "{p}",
            "-p",
            package,
        ])
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines = String::from_utf8(output.stdout).unwrap();
    lines.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect()
}

#[test]
fn the_standalone_links_neither_postgresql_nor_rabbitmq() {
    let crates = linked("scim-standalone");
    assert!(crates.contains("libsqlite3-sys"));
    for absent in ["lapin", "postgres-pool", "tokio-postgres", "tokio-postgres-rustls"] {
        assert!(!crates.contains(absent), "{absent}");
    }
}

#[test]
fn there_is_one_tls_stack_and_no_c_client() {
    for package in ["scim-gateway", "user-sync", "scim-standalone", "admin-console"] {
        let crates = linked(package);
        for absent in ["openssl-sys", "native-tls", "pq-sys", "ring"] {
            assert!(!crates.contains(absent), "{package} links {absent}");
        }
    }
    assert!(!linked("scim-gateway").contains("libsqlite3-sys"));
}

/// Words of SQL that take away what an older program may use.
const TAKES_AWAY: [&str; 10] = [
    "drop table",
    "drop column",
    "drop view",
    "drop function",
    "drop type",
    "drop schema",
    " rename ",
    "set not null",
    "revoke ",
    " set data type ",
];

/// Whether a script takes something away, and does not say which programs may go on.
fn takes_away_in_silence(script: &str) -> bool {
    let statements: String = script
        .to_lowercase()
        .lines()
        .map(|line| line.split("--").next().unwrap_or_default())
        .flat_map(|line| line.split_whitespace().flat_map(|word| [word, " "]))
        .collect();
    let changes_type = statements.contains("alter column") && statements.contains(" type ");
    let takes_away = changes_type || TAKES_AWAY.iter().any(|words| statements.contains(words));
    takes_away && !statements.contains("schema_floor")
}

#[test]
fn a_migration_that_takes_away_says_which_programs_may_go_on() {
    assert!(takes_away_in_silence("alter table lms.learner\n    drop column login;"));
    assert!(takes_away_in_silence("alter table a.t alter column n type bigint;"));
    assert!(!takes_away_in_silence("-- drop table\nalter table lms.learner add column drop_box text;"));
    let with_floor = "drop table a.t; insert into a.schema_floor values ('20270101000000');";
    assert!(!takes_away_in_silence(with_floor));

    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut seen = 0;
    for store in ["directory-store", "lms-store"] {
        for database in ["postgres", "sqlite"] {
            let folder = root.join("crates").join(store).join("migrations").join(database);
            let mut names: Vec<_> =
                std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
            names.sort();
            // Before it there was nothing that said so, and no version that anybody ran.
            let since =
                names.iter().position(|name| name.to_string_lossy().ends_with("_schema_floor")).unwrap();
            for name in &names[since..] {
                let script = std::fs::read_to_string(name.join("up.sql")).unwrap();
                assert!(!takes_away_in_silence(&script), "{}", name.display());
                seen += 1;
            }
        }
    }
    assert!(seen >= 4, "{seen}");
}
