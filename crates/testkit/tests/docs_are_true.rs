//! What the documentation says of settings and tests is so, and whatever sets a setting in the shipped files sets one that
//! exists.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test ends by panicking; the exemption for tests does not reach their shared functions"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

#[path = "docs_are_true/settings.rs"]
mod settings;

const SERVICES: [&str; 3] = ["scim-gateway", "user-sync", "admin-console"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap()
}

#[test]
fn every_setting_stands_in_the_documentation() {
    let mut document = read("docs/configuration.md");
    for service in SERVICES {
        let table = settings::table(service);
        assert!(table.contains("| `private.listen` |") && table.contains("| `log.filter` |"), "{table}");
        let (begin, end) = (
            format!("<!-- settings of {service}: begin -->\n"),
            format!("<!-- settings of {service}: end -->"),
        );
        let (before, rest) = document.split_once(&begin).unwrap_or_else(|| panic!("{service} has no table"));
        let (documented, after) = rest.split_once(&end).unwrap();
        if std::env::var_os("UPDATE").is_none() {
            assert_eq!(documented, table, "UPDATE=1 cargo test -p testkit --test docs_are_true writes it");
        }
        document = format!("{before}{begin}{table}{end}{after}");
    }
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(root().join("docs/configuration.md"), document).unwrap();
    }
}

#[test]
fn the_shipped_files_set_what_exists() {
    let known: BTreeMap<_, _> = SERVICES.map(|service| (service, settings::keys(service))).into();
    let mut service = "";
    let mut checked = 0;
    for line in read("docker-compose.yml").lines() {
        // A service, or the one-shot service of the same binary that migrates.
        let name = line.trim_end_matches(':').trim_end_matches("-migrations");
        if let Some(name) = SERVICES.iter().find(|service| name == format!("  {service}")) {
            service = name;
        }
        let Some(name) = line.trim().strip_prefix("ILLUXI__").and_then(|rest| rest.split(':').next()) else {
            continue;
        };
        let key = name.to_lowercase().replace("__", ".");
        assert!(
            known[service].contains(key.strip_suffix("_file").unwrap_or(&key)),
            "docker-compose.yml sets {key} of {service}, which does not exist"
        );
        checked += 1;
    }
    assert!(checked > 15, "{checked}");

    let any: BTreeSet<_> = known.values().flatten().cloned().collect();
    for word in read("deploy/scripts/run-distributed").split_whitespace() {
        let Some(name) = word.strip_prefix("ILLUXI__").and_then(|rest| rest.split('=').next()) else {
            continue;
        };
        let key = name.to_lowercase().replace("__", ".");
        assert!(any.contains(key.strip_suffix("_file").unwrap_or(&key)), "run-distributed sets {key}");
    }
}

/// Words that look like figures of ours, without the endings of histograms.
fn figures(text: &str) -> BTreeSet<String> {
    let words = text.split(|letter: char| !(letter.is_ascii_lowercase() || letter == '_'));
    let ours = words
        .filter(|word| ["scim_", "usersync_", "http_server_"].iter().any(|start| word.starts_with(start)));
    let without = |word: &str| {
        let ends = ["_bucket", "_count", "_sum"].iter().find_map(|end| word.strip_suffix(end));
        ends.unwrap_or(word).to_owned()
    };
    ours.map(without).collect()
}

#[test]
fn alarms_and_dashboards_ask_for_figures_that_exist_and_have_runbooks() {
    let operations = read("docs/operations.md");
    let documented = figures(operations.split("## Figures and alarms").nth(1).unwrap());
    let alerts = read("deploy/observability/alerts.yml");
    for text in [&alerts, &read("deploy/observability/dashboard.json")] {
        let asked = figures(text);
        assert!(asked.len() > 5, "{asked:?}");
        assert_eq!(asked.difference(&documented).collect::<Vec<_>>(), Vec::<&String>::new());
    }
    let tests = read("deploy/observability/alerts.test.yml");
    let names: Vec<&str> = alerts.lines().filter_map(|line| line.trim().strip_prefix("- alert: ")).collect();
    assert!(names.len() > 5, "{names:?}");
    for name in names {
        assert!(operations.contains(&format!("### Runbook: {name}\n")), "{name} has no runbook");
        assert!(tests.contains(&format!("alertname: {name}\n")), "{name} is never made to fire");
        let anchor = format!("docs/operations.md#runbook-{}\n", name.to_lowercase());
        assert!(alerts.contains(&anchor), "{name} does not name its runbook");
    }
}

/// Documents that name the tests of requirements, and how many at least.
const REQUIREMENTS: [(&str, usize); 4] = [
    ("docs/scim-support.md", 100),
    ("docs/security.md", 120),
    ("docs/guarantees.md", 10),
    ("docs/deploy.md", 5),
];

/// Where the names of tests in them begin.
const PLACES: [(&str, &str); 22] = [
    ("http", "services/scim-gateway/tests/http"),
    ("pair", "services/scim-gateway/tests"),
    ("scim", "crates/scim/src"),
    ("rfc_examples", "crates/scim/tests/rfc_examples"),
    ("profiles", "crates/scim/tests/profiles"),
    ("own_extensions", "crates/scim/tests/own_extensions"),
    ("properties", "crates/scim/tests/properties"),
    ("contract", "crates/directory-store/tests/contract"),
    ("use_cases", "crates/directory/tests/use_cases"),
    ("directory", "crates/directory/src"),
    ("lms", "crates/lms/src"),
    ("lms-store", "crates/lms-store/tests/contract"),
    ("events", "crates/events/src"),
    ("messaging", "crates/messaging/tests/messaging"),
    ("platform", "crates/platform/src"),
    ("postgres-pool", "crates/postgres-pool"),
    ("gateway", "services/scim-gateway/src"),
    ("scimctl", "services/scimctl/tests/scimctl"),
    ("user-sync", "services/user-sync/tests"),
    ("console", "services/admin-console/tests/console"),
    ("admin-console", "services/admin-console/src"),
    ("walls", "crates/testkit/tests"),
];

#[test]
fn every_test_that_is_named_for_a_requirement_exists() {
    for (document, at_least) in REQUIREMENTS {
        let text = read(document);
        let named: BTreeSet<&str> =
            text.split('`').skip(1).step_by(2).filter(|text| text.contains("::")).collect();
        assert!(named.len() > at_least, "{document}: {}", named.len());
        for name in named {
            let (place, test) = name.split_once('/').unwrap_or_else(|| panic!("{name} has no place"));
            let (file, function) = test.split_once("::").unwrap();
            let (_, folder) =
                PLACES.iter().find(|(known, _)| *known == place).unwrap_or_else(|| panic!("{name}"));
            let source = read(&format!("{folder}/{file}.rs"));
            let defines = format!("fn {function}(");
            assert!(source.contains(&defines), "{document} names {name}, which is not in {folder}/{file}.rs");
        }
    }
}
