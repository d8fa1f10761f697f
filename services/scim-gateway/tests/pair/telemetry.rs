//! Figures and traces of the two processes.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::json;
use testkit::collector::{Collector, ToldSpan};
use testkit::entra::user;
use testkit::person::Person;
use tokio::net::TcpListener;

use crate::processes::Pair;

/// As long as spans wait for others, and more.
const PATIENCE: Duration = Duration::from_secs(30);

#[tokio::test(flavor = "multi_thread")]
async fn both_processes_count_what_they_do() {
    let pair = Pair::start().await;
    Person::hired(pair.entra(), pair.lms()).await;
    assert_eq!(pair.entra().with_token(None).get("/Users").await.status, 401);
    assert_eq!(pair.entra().send(reqwest::Method::TRACE, "/Users", &[], None).await.status, 405);

    let too_large = pair.entra().post("/Users", json!({ "userName": "x".repeat(1024 * 1024) })).await;
    assert_eq!(too_large.status, 413);

    let gateway = pair.figures("scim-gateway").await;
    for line in [
        r#"http_server_request_duration_seconds_count{http_request_method="POST",http_response_status_code="201",http_route="/scim/v2/Users"} 1"#,
        r#"http_server_request_duration_seconds_count{http_request_method="_OTHER",http_response_status_code="405",http_route="/scim/v2/Users"} 1"#,
        r#"scim_auth_failures_total{reason="no_token"} 1"#,
        r#"scim_auth_failures_total{reason="refused"} 0"#,
        r#"scim_requests_rejected_total{limit="body_size"} 1"#,
        r#"scim_requests_rejected_total{limit="busy"} 0"#,
        r#"scim_outbox_published_total{result="unconfirmed"} 0"#,
        "scim_database_up 1",
    ] {
        assert!(gateway.lines().any(|shown| shown == line), "{line} is not in\n{gateway}");
    }
    let user_sync = pair.figures("user-sync").await;
    for line in [
        r#"usersync_events_total{outcome="applied",type="user.provisioned"} 1"#,
        r#"usersync_reconcile_differences_total{kind="stale_user"} 0"#,
        r#"usersync_breaker_open{lane="3"} 0"#,
        r#"usersync_consuming{lane="7"} 1"#,
    ] {
        assert!(user_sync.lines().any(|shown| shown == line), "{line} is not in\n{user_sync}");
    }
    let shown: BTreeSet<&str> = gateway.lines().chain(user_sync.lines()).filter_map(name_of_type).collect();
    assert_eq!(shown, documented(), "what the documentation names is what is shown");
    for person in ["ana.", "contoso", "demo"] {
        assert!(!gateway.contains(person) && !user_sync.contains(person), "{person}");
    }
}

/// The name in a line `# TYPE name kind`.
fn name_of_type(line: &str) -> Option<&str> {
    line.strip_prefix("# TYPE ")?.split(' ').next()
}

/// The figures in the table of the documentation, without their labels.
fn documented() -> BTreeSet<&'static str> {
    let chapter =
        include_str!("../../../../docs/operations.md").split("## Figures and alarms").nth(1).unwrap();
    let rows = chapter.split("\n### ").next().unwrap().lines().filter(|line| line.starts_with("| `"));
    let names = rows.flat_map(|row| row.split('|').nth(1).unwrap().split('`').skip(1).step_by(2));
    names.map(|name| name.split('{').next().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trace_leads_from_the_request_to_the_row_through_an_outage() {
    let collector = Collector::start().await;
    let pair = Pair::start_tracing(collector.url()).await;
    pair.broker.refuse();
    let created = pair.entra().post("/Users", user("zoe@contoso.example", "o-1", "Zoe", "L")).await;
    assert_eq!(created.status, 201, "{created:?}");
    pair.broker.heal();

    let is_good = |span: &ToldSpan| !span.attributes.contains_key("error.type");
    let are_told = |spans: &[ToldSpan]| {
        ["POST /scim", "send ", "process "]
            .iter()
            .all(|start| spans.iter().any(|span| span.name.starts_with(start) && is_good(span)))
    };
    testkit::eventually(PATIENCE, "the spans are told", async || are_told(&collector.spans())).await;
    let spans = collector.spans();
    let named =
        |start: &str| spans.iter().find(|span| span.name.starts_with(start) && is_good(span)).unwrap();
    let (request, sent, processed) = (named("POST /scim"), named("send "), named("process "));
    assert_eq!((&sent.trace, &processed.trace), (&request.trace, &request.trace));
    assert_eq!((&sent.parent, &processed.parent), (&request.id, &request.id));
    assert_eq!((&*request.parent, &*request.service), ("", "scim-gateway"));
    assert_eq!(sent.attributes["messaging.message.id"], processed.attributes["messaging.message.id"]);
    assert_eq!(processed.attributes["illuxi.outcome"], "applied");
    assert_eq!(request.attributes["illuxi.integration"], "demo-production");
    let told = format!("{spans:?}");
    // With letters that no id in hexadecimal digits has.
    for person in ["zoe", "contoso", "o-1"] {
        assert!(!told.contains(person), "{person}: {told}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_that_takes_nothing_holds_nobody_up() {
    // Connections are made, and nothing is ever read.
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/v1/traces", silent.local_addr().unwrap());
    let mut pair = Pair::start_tracing(&url).await;
    let person = Person::hired(pair.entra(), pair.lms()).await;
    let operations = json!([{ "op": "Replace", "path": "title", "value": "Engineer" }]);
    for _ in 0..100 {
        let patched = pair.entra().patch(&format!("/Users/{}", person.scim_id), operations.clone()).await;
        assert_eq!(patched.status, 200, "{patched:?}");
    }
    person.until_learner("follows", |learner| learner["job_title"] == "Engineer").await;
    pair.terminate_gateway();
    testkit::eventually(PATIENCE, "it is about to end", async || pair.ready().await == 503).await;
    // The second signal ends the wait for balancers.
    pair.terminate_gateway();
    pair.gateway_ends().await;
}
