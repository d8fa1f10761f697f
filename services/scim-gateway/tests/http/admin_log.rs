//! The provisioning log, as administrators read and export it.

use chrono::Duration;
use directory::{
    IntegrationSlug, IntegrationStore, LoggedOperation, LoggedRequest, Origin, Outcome, ProvisioningLog,
};
use platform::clock;
use serde_json::{Value, json};
use testkit::entra::{Answer, user};
use uuid::Uuid;

use crate::administration::assert_problem;
use crate::harness::TestGateway;

const PATH: &str = "/acme-production/log";

fn outcomes(answer: &Answer) -> Vec<&str> {
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.body["items"].as_array().unwrap().iter().map(|item| item["outcome"].as_str().unwrap()).collect()
}

/// What the export says, as text.
async fn export(gateway: &TestGateway, query: &str) -> (String, String) {
    let administrator = &gateway.administrator;
    let response = reqwest::Client::new()
        .get(format!("{}{PATH}/export?{query}", administrator.base()))
        .bearer_auth(administrator.token().unwrap())
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 200);
    let media_type = response.headers()["content-type"].to_str().unwrap().to_owned();
    (media_type, response.text().await.unwrap())
}

/// Writes `count` entries, the `n`-th of them `n` seconds ago.
async fn write(gateway: &TestGateway, count: u32, change: impl Fn(u32, &mut LoggedRequest)) {
    let slug = IntegrationSlug::parse("acme-production").unwrap();
    let integration = gateway.store.integration(&slug).await.unwrap().unwrap().id;
    let now = clock::now();
    let entries: Vec<_> = (0..count)
        .map(|n| {
            let mut entry = LoggedRequest {
                integration,
                request_id: Uuid::new_v4(),
                at: now - Duration::seconds(n.into()),
                origin: Origin::default(),
                operation: LoggedOperation::Read,
                kind: None,
                subject: None,
                person: None,
                outcome: Outcome::Read,
                status: Some(200),
                reason: None,
                changed: vec![],
                duration_ms: Some(1),
                mismatch: None,
            };
            change(n, &mut entry);
            entry
        })
        .collect();
    gateway.store.append(&entries).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_are_found_by_what_is_known_of_them() {
    let gateway = TestGateway::start().await;
    let ana = gateway.entra.post("/Users", user("ana@acme.example", "1", "Ana", "Silva")).await;
    let path = format!("/Users/{}", ana.id());
    let changed =
        gateway.entra.patch(&path, json!([{ "op": "replace", "path": "title", "value": "x" }])).await;
    gateway.entra.get("/Users/0198c0de-0000-7000-8000-000000000000").await;
    assert_eq!(gateway.entra.get("/Groups").await.status, 200);
    gateway.log("acme-production", 4).await;

    let all = gateway.administrator.get(PATH).await;
    assert_eq!(outcomes(&all).len(), 4);
    let of_patch = changed.header("x-request-id");
    let one = gateway.administrator.get(&format!("{PATH}/{of_patch}")).await;
    assert_eq!(one.body["items"].as_array().unwrap().len(), 1, "{one:?}");
    let mut entry = one.body["items"][0].clone();
    let members = entry.as_object_mut().unwrap();
    assert!(members.remove("entry_id").unwrap().is_i64() && members.remove("at").unwrap().is_string());
    assert!(members.remove("credential_id").unwrap().is_string());
    assert_eq!(
        entry,
        json!({
            "request_id": of_patch, "bulk_request_id": null, "operation": "patch", "kind": "user", "scim_id": ana.id(),
            "outcome": "changed", "status": entry["status"], "reason": null, "cause": null, "changed": [{ "attribute": "title" }],
            "address": "127.0.0.1", "agent": null, "duration_ms": null, "expected": null, "received": null
        })
    );
    for (query, found) in [
        (format!("scim_id={}", ana.id()), vec!["changed", "created"]),
        ("person=ANA@acme.example&operation=patch".to_owned(), vec!["changed"]),
        (format!("request_id={of_patch}"), vec!["changed"]),
        ("outcome=created,not_found&kind=user".to_owned(), vec!["not_found", "created"]),
        ("kind=group".to_owned(), vec!["not_found"]),
        ("from=2999-01-01T00:00:00Z".to_owned(), vec![]),
        ("to=2000-01-01T00:00:00%2B02:00".to_owned(), vec![]),
    ] {
        let answer = gateway.administrator.get(&format!("{PATH}?{query}")).await;
        let mut told = outcomes(&answer);
        told.sort_unstable();
        let mut found = found;
        found.sort_unstable();
        assert_eq!(told, found, "{query}");
    }
    let instant = "must be an instant such as 2026-03-01T12:00:00Z";
    for (query, told) in [
        ("outcome=fine", "outcome has a word that is not documented".to_owned()),
        ("kind=device", "kind has a word that is not documented".to_owned()),
        ("operation=x", "operation has a word that is not documented".to_owned()),
        ("scim_id=1", "scim_id must be a UUID".to_owned()),
        ("from=today", format!("from {instant}")),
        ("from=2026-03-01", format!("from {instant}")),
        ("from=2026-03-01+12:00:00Z", format!("from {instant}")),
        ("to=1", format!("to {instant}")),
        ("cursor=-1", "cursor must be the `next` of a page".to_owned()),
        ("limit=0", "limit must be a number from 1 to 1000".to_owned()),
        ("health_checks=no", "health_checks must be true or false".to_owned()),
    ] {
        let answer = gateway.administrator.get(&format!("{PATH}?{query}")).await;
        assert_problem(&answer, 400, query);
        assert_eq!(answer.body["detail"], told, "{query}");
    }
    for unknown in ["x", "0198c0de-0000-7000-8000-000000000000"] {
        assert_problem(&gateway.administrator.get(&format!("{PATH}/{unknown}")).await, 404, unknown);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn health_checks_are_left_out_when_asked_and_parts_hold_together() {
    let gateway = TestGateway::start().await;
    let kind = |n: u32, entry: &mut LoggedRequest| {
        if n.is_multiple_of(2) {
            entry.outcome = Outcome::HealthCheck;
        }
    };
    write(&gateway, 9, kind).await;
    assert_eq!(
        outcomes(&gateway.administrator.get(&format!("{PATH}?health_checks=false")).await),
        ["read"; 4]
    );
    let (mut ids, mut cursor) = (vec![], String::new());
    loop {
        let part = gateway.administrator.get(&format!("{PATH}?limit=3{cursor}")).await;
        let items = part.body["items"].as_array().unwrap();
        ids.extend(items.iter().map(|item| item["entry_id"].as_i64().unwrap()));
        let Some(next) = part.body["next"].as_str() else { break };
        assert_eq!(next, ids.last().unwrap().to_string());
        cursor = format!("&cursor={next}");
    }
    assert_eq!(ids, [1, 2, 3, 4, 5, 6, 7, 8, 9], "newest first: the first that was written is the newest");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_has_all_pages_and_no_formula() {
    let gateway = TestGateway::start().await;
    write(&gateway, 2_345, |n, entry| {
        if n == 2_344 {
            entry.origin.agent = Some("=HYPERLINK(\"http://evil.example\",\"x\")".to_owned());
            entry.reason = Some("@SUM, or not".to_owned());
        }
    })
    .await;
    let (media_type, csv) = export(&gateway, "format=csv").await;
    assert_eq!(media_type, "text/csv; charset=utf-8; header=present");
    let lines: Vec<_> = csv.split("\r\n").collect();
    assert_eq!(lines.len(), 2_347, "a head, the entries, and nothing after the last line's end");
    assert_eq!(
        lines[0],
        "entry_id,at,request_id,bulk_request_id,operation,kind,scim_id,outcome,status,reason,changed,credential_id,\
         address,agent,duration_ms,expected,received,cause"
    );
    let special = lines.iter().find(|line| line.contains("HYPERLINK")).unwrap();
    assert!(special.contains(",200,\"'@SUM, or not\",,,,"), "{special}");
    assert!(special.contains(",\"'=HYPERLINK(\"\"http://evil.example\"\",\"\"x\"\")\",1,,"), "{special}");

    let (media_type, lines) = export(&gateway, "format=ndjson&operation=read").await;
    assert_eq!(media_type, "application/x-ndjson");
    let entries: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(entries.len(), 2_345);
    let listed = gateway.administrator.get(&format!("{PATH}?limit=1")).await;
    assert_eq!(entries[0], listed.body["items"][0]);
    assert_eq!(export(&gateway, "format=ndjson&operation=bulk").await.1, "");
    for query in ["", "?format=xlsx", "?format=csv&limit=0", "?format=csv&x=1"] {
        assert_problem(&gateway.administrator.get(&format!("{PATH}/export{query}")).await, 400, query);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_ends_where_the_retention_does() {
    let gateway = TestGateway::start().await;
    write(&gateway, 3, |n, entry| entry.at -= Duration::days(100 * i64::from(n))).await;
    let of = |text: String| text.lines().count();
    assert_eq!(of(export(&gateway, "format=ndjson").await.1), 2, "180 days are kept");
}
