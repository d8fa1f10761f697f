//! How an integration is doing, and whom a search finds.

use events::v1::{Name, User};
use serde_json::{Value, json};

use crate::harness::{TestApi, ana, assert_problem};

const SEARCH: &str = "/acme-production/learners/search";

#[tokio::test(flavor = "multi_thread")]
async fn the_summary_counts_what_there_is_and_what_waits() {
    let api = TestApi::start().await;
    let answer = api.administrator.get("/acme-production/lms-summary").await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let mut summary = answer.body;
    let last = summary.as_object_mut().unwrap().remove("last_applied_at").unwrap();
    assert!(last.as_str().unwrap().parse::<chrono::DateTime<chrono::Utc>>().is_ok(), "{last}");
    let nothing = json!({ "count": 0, "more": false });
    assert_eq!(
        summary,
        json!({
            "learners": { "active": 1, "inactive": nothing }, "parked": nothing, "held": nothing,
            "adoptions": nothing, "stuck": nothing, "erasures": nothing,
            "findings_open": nothing, "conflicts_last_day": nothing,
        })
    );
}

fn ids(body: &Value) -> Vec<&str> {
    body["items"].as_array().unwrap().iter().map(|item| item["login"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn people_are_found_page_by_page() {
    let api = TestApi::start().await;
    for id in 2..=4 {
        let name =
            Name { given_name: format!("Bea{id}"), family_name: "Anders".to_owned(), ..Name::default() };
        let user = User { user_name: format!("bea{id}@acme.example"), name: Some(name), ..ana() };
        api.hear("acme", id, 1, user).await;
    }
    let first = api.administrator.post(SEARCH, json!({ "text": "AN", "limit": 2 })).await;
    assert_eq!(first.status, 200, "{first:?}");
    assert_eq!(ids(&first.body), ["ana@acme.example", "bea2@acme.example"]);
    let next = first.body["next"].as_str().unwrap();
    let second = api.administrator.post(SEARCH, json!({ "text": "AN", "limit": 2, "cursor": next })).await;
    assert_eq!(ids(&second.body), ["bea3@acme.example", "bea4@acme.example"]);
    let inactive = api.administrator.post(SEARCH, json!({ "text": "an", "status": "inactive" })).await;
    assert_eq!(inactive.body, json!({ "items": [], "next": null }));
    let listed = api.administrator.get("/acme-production/learners?login=ana@acme.example").await;
    let found = api.administrator.post(SEARCH, json!({ "text": "ana@" })).await;
    assert_eq!(found.body["items"], listed.body["items"], "a learner is shown as in the list");
}

#[tokio::test(flavor = "multi_thread")]
async fn people_of_one_status_are_listed_without_a_text() {
    let api = TestApi::start().await;
    let bea = |active| User { user_name: "bea@acme.example".to_owned(), active: Some(active), ..ana() };
    api.hear("acme", 2, 1, bea(true)).await;
    api.hear("acme", 2, 2, bea(false)).await;
    for (query, expected) in [
        ("", vec!["ana@acme.example", "bea@acme.example"]),
        ("?status=active", vec!["ana@acme.example"]),
        ("?status=inactive", vec!["bea@acme.example"]),
        ("?status=inactive&login=ana@acme.example", vec![]),
        ("?scim_id=00000000-0000-0000-0000-000000000002", vec!["bea@acme.example"]),
        ("?scim_id=00000000-0000-0000-0000-000000000002&status=active", vec![]),
        ("?scim_id=00000000-0000-0000-0000-000000000003", vec![]),
    ] {
        let answer = api.administrator.get(&format!("/acme-production/learners{query}")).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let mut found = ids(&answer.body);
        found.sort_unstable();
        assert_eq!(found, expected, "{query}");
    }
    let wrong = api.administrator.get("/acme-production/learners?status=erased").await;
    assert_problem(&wrong, 400, "erased");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_says_what_is_wrong_with_it() {
    let api = TestApi::start().await;
    for (body, status, told) in [
        (json!({}), 400, "text is missing"),
        (json!({ "text": "a", "login": "b" }), 400, "login"),
        (json!({ "text": "a", "limit": 0 }), 400, "limit must be a number from 1 to 1000"),
        (json!({ "text": "a", "status": "erased" }), 400, "status"),
        (json!({ "text": "a", "cursor": "7" }), 400, "cursor must be the `next` of a page"),
        (json!({ "text": " " }), 422, "the text must have 1 to 200 characters"),
        (json!({ "text": "x".repeat(201) }), 422, "the text must have 1 to 200 characters"),
    ] {
        let answer = api.administrator.post(SEARCH, body.clone()).await;
        assert_problem(&answer, status, &body.to_string());
        let detail = answer.body["detail"].as_str().unwrap();
        assert!(detail.contains(told), "{body}: {detail}");
    }
    let record = api.administrator.get("/acme-production/lms-audit").await;
    assert_eq!(record.body["items"], json!([]), "nobody was changed");
}
