//! `sortBy` and `sortOrder`.

use serde_json::{Value, json};
use testkit::entra::{Answer, ENTERPRISE, USER};

use crate::harness::{TestGateway, assert_refused};

/// Users by name, with titles that differ in letter case, one without.
async fn gateway() -> TestGateway {
    let gateway = TestGateway::start().await;
    for (name, title, family, department) in [
        ("three", Some("c"), "Ada", "z"),
        ("one", Some("a"), "Cid", "y"),
        ("nothing", None, "Bea", "x"),
        ("two", Some("B"), "Dan", "w"),
    ] {
        let mut body = json!({
            "schemas": [USER], "userName": name, "name": { "familyName": family },
            "emails": [
                { "type": "home", "value": format!("{name}@b.example") },
                { "type": "work", "value": format!("{family}@a.example"), "primary": true }
            ],
            (ENTERPRISE): { "department": department }
        });
        body["title"] = json!(title);
        assert_eq!(gateway.entra.post("/Users", body).await.status, 201);
    }
    gateway
}

fn names(answer: &Answer) -> Vec<&str> {
    let resources = answer.body["Resources"].as_array().map(Vec::as_slice).unwrap_or_default();
    resources.iter().filter_map(|user| user["userName"].as_str()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn users_come_in_the_order_of_an_attribute() {
    let gateway = gateway().await;
    let department = format!("{ENTERPRISE}:department");
    for (query, expected) in [
        ("sortBy=title".to_owned(), ["one", "two", "three", "nothing"]),
        ("sortBy=TITLE&sortOrder=ascending".to_owned(), ["one", "two", "three", "nothing"]),
        ("sortBy=title&sortOrder=DESCENDING".to_owned(), ["nothing", "three", "two", "one"]),
        ("sortBy=name.familyName".to_owned(), ["three", "nothing", "one", "two"]),
        ("sortBy=emails.value".to_owned(), ["three", "nothing", "one", "two"]),
        ("sortBy=emails".to_owned(), ["three", "nothing", "one", "two"]),
        (format!("sortBy={department}"), ["two", "nothing", "one", "three"]),
        ("sortBy=userName".to_owned(), ["nothing", "one", "three", "two"]),
    ] {
        let answer = gateway.entra.get(&format!("/Users?{query}")).await;
        assert_eq!(names(&answer), expected, "{query}: {answer:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_equal_values_do_not_overlap() {
    let gateway = TestGateway::start().await;
    for n in 0..20 {
        let body = json!({ "schemas": [USER], "userName": format!("u{n}"), "title": "Same" });
        gateway.entra.post("/Users", body).await;
    }
    for order in ["ascending", "descending"] {
        let mut seen = Vec::new();
        for start in [1, 8, 15] {
            let query = format!("/Users?sortBy=title&sortOrder={order}&startIndex={start}&count=7");
            let page = gateway.entra.get(&query).await;
            seen.extend(names(&page).into_iter().map(str::to_owned));
        }
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), 20, "{order}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_no_order_is_refused() {
    let gateway = TestGateway::start().await;
    for query in ["sortBy=nope", "sortBy=name", "sortBy=password", "sortBy=", "sortBy=title&sortOrder=up"] {
        for path in ["/Users", "/"] {
            let refused = gateway.entra.get(&format!("{path}?{query}")).await;
            assert_refused(&refused, 400, Some("invalidValue"), query);
        }
    }
    let alone = gateway.entra.get("/Users?sortOrder=descending").await;
    assert_eq!((alone.status, &alone.body["Resources"]), (200, &Value::Array(vec![])));
}
