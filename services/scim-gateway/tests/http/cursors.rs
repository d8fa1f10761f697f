//! Walks through a list by cursors (RFC 9865).

use std::collections::BTreeSet;

use serde_json::json;
use testkit::entra::{Answer, Entra, SEARCH_REQUEST, USER};

use crate::harness::{TestGateway, assert_refused};

async fn gateway(users: usize) -> TestGateway {
    let gateway = TestGateway::start().await;
    for n in 0..users {
        create(&gateway.entra, &format!("u{n:02}")).await;
    }
    gateway
}

async fn create(entra: &Entra, name: &str) -> String {
    let title = format!("title {}", name.len() % 2);
    let created = entra.post("/Users", json!({ "schemas": [USER], "userName": name, "title": title })).await;
    assert_eq!(created.status, 201, "{created:?}");
    created.id()
}

fn names(page: &Answer) -> Vec<String> {
    let resources = page.body["Resources"].as_array().unwrap();
    resources.iter().map(|user| user["userName"].as_str().unwrap().to_owned()).collect()
}

fn next(page: &Answer) -> Option<String> {
    page.body.get("nextCursor").map(|cursor| cursor.as_str().unwrap().to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_walk_meets_everybody_once() {
    let gateway = gateway(25).await;
    for first in ["/Users?cursor&count=10", "/Users?cursor=&count=10"] {
        let mut page = gateway.entra.get(first).await;
        let mut sizes = Vec::new();
        let mut seen = BTreeSet::new();
        loop {
            assert_eq!((page.status, &page.body["totalResults"]), (200, &json!(25)), "{page:?}");
            assert_eq!((page.body.get("startIndex"), page.body.get("previousCursor")), (None, None));
            sizes.push(page.body["itemsPerPage"].as_u64().unwrap());
            seen.extend(names(&page));
            let Some(cursor) = next(&page) else { break };
            assert!(cursor.bytes().all(|b| b.is_ascii_alphanumeric() || b"._~-".contains(&b)), "{cursor}");
            page = gateway.entra.get(&format!("/Users?count=10&cursor={cursor}")).await;
        }
        assert_eq!((sizes, seen.len()), (vec![10, 10, 5], 25), "{first}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_cursor_pages_go_by_index() {
    let gateway = gateway(3).await;
    let page = gateway.entra.get("/Users?count=2").await;
    assert_eq!((&page.body["startIndex"], page.body.get("nextCursor")), (&json!(1), None));
    for (query, items) in [("cursor&count=0", 0), ("cursor&count=-3", 0), ("cursor", 3)] {
        let page = gateway.entra.get(&format!("/Users?{query}")).await;
        assert_eq!(page.body["totalResults"], 3, "{query}: {page:?}");
        assert_eq!((names(&page).len(), next(&page)), (items, None), "{query}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_comes_or_goes_between_pages_costs_nobody_a_place() {
    let gateway = gateway(6).await;
    let first = gateway.entra.get("/Users?cursor&count=3&sortBy=userName").await;
    assert_eq!(names(&first), ["u00", "u01", "u02"]);
    let gone = first.body["Resources"][0]["id"].as_str().unwrap();
    gateway.entra.delete(&format!("/Users/{gone}")).await;
    create(&gateway.entra, "a").await;
    let cursor = next(&first).unwrap();
    let second = gateway.entra.get(&format!("/Users?cursor={cursor}&count=3&sortBy=userName")).await;
    assert_eq!(names(&second), ["u03", "u04", "u05"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cursor_keeps_the_order_either_way() {
    let gateway = gateway(5).await;
    for (order, expected) in [
        ("ascending", ["u00", "u01", "u02", "u03", "u04"]),
        ("descending", ["u04", "u03", "u02", "u01", "u00"]),
    ] {
        let query = format!("/Users?count=2&sortBy=userName&sortOrder={order}&attributes=userName");
        let mut page = gateway.entra.get(&format!("{query}&cursor")).await;
        let mut seen = names(&page);
        while let Some(cursor) = next(&page) {
            page = gateway.entra.get(&format!("{query}&cursor={cursor}")).await;
            assert_eq!(page.body["Resources"][0].get("title"), None, "the projection stays in force");
            seen.extend(names(&page));
        }
        assert_eq!(seen, expected, "{order}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cursor_of_another_query_or_tenant_is_as_good_as_a_forged_one() {
    let gateway = gateway(4).await;
    let other = gateway.integration("globex-production", events::Environment::Production).await;
    create(&other, "theirs").await;
    let cursor = next(&gateway.entra.get("/Users?cursor&count=2").await).unwrap();
    let forged = gateway.entra.get("/Users?cursor=zzz").await;
    assert_refused(&forged, 400, Some("invalidCursor"), "forged");
    for answer in [
        other.get(&format!("/Users?count=2&cursor={cursor}")).await,
        gateway.entra.get(&format!("/Groups?count=2&cursor={cursor}")).await,
        gateway.entra.get(&format!("/?count=2&cursor={cursor}")).await,
        gateway.entra.get(&format!("/Users?cursor={cursor}&filter=title+pr")).await,
        gateway.entra.get(&format!("/Users?cursor={cursor}&sortBy=title")).await,
    ] {
        assert_eq!((answer.status, &answer.body), (400, &forged.body));
    }
    let count = gateway.entra.get(&format!("/Users?cursor={cursor}&count=x")).await;
    assert_refused(&count, 400, Some("invalidCount"), "count");
    let both = gateway.entra.get(&format!("/Users?cursor={cursor}&startIndex=1")).await;
    assert_refused(&both, 400, Some("invalidValue"), "both ways");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_request_walks_too() {
    let gateway = gateway(3).await;
    let search = |cursor: &str| json!({ "schemas": [SEARCH_REQUEST], "cursor": cursor, "count": 2 });
    for path in ["/Users/.search", "/.search"] {
        let first = gateway.entra.post(path, search("")).await;
        let second = gateway.entra.post(path, search(&next(&first).unwrap())).await;
        assert_eq!((names(&first).len(), names(&second).len(), next(&second)), (2, 1, None), "{path}");
    }
}
