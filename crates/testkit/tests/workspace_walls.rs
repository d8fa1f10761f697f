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
