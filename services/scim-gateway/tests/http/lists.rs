use reqwest::Method;
use serde_json::json;
use testkit::entra::{Answer, ENTERPRISE, PATCH_OP, SEARCH_REQUEST, USER, user};

use crate::harness::{TestGateway, assert_refused};

#[tokio::test(flavor = "multi_thread")]
async fn the_matching_attributes_of_entra_are_found() {
    let gateway = TestGateway::start().await;
    let login = "o'neil+lms@contoso.example";
    let id = gateway.entra.post("/Users", user(login, "Ext-1", "Sam", "O'Neil")).await.id();
    gateway.entra.post("/Users", user("other@contoso.example", "ext-2", "Sam", "Other")).await;
    for filter in [
        "userName+eq+%22O%27Neil%2Blms%40contoso.example%22".to_owned(),
        "externalId+eq+%22Ext-1%22".to_owned(),
        "emails[type+eq+%22work%22].value+eq+%22o%27neil%2BLMS@contoso.example%22".to_owned(),
        "emails%5Btype%20eq%20%22work%22%5D.value%20eq%20%22o%27neil%2Blms@contoso.example%22".to_owned(),
        "displayName+eq+%22sam+o%27neil%22".to_owned(),
        format!("id+eq+%22{id}%22"),
        "USERNAME+EQ+%22o%27neil%2Blms@contoso.example%22+and+active+eq+true".to_owned(),
    ] {
        let found = gateway.entra.get(&format!("/Users/?aadOptscim062020&filter={filter}")).await;
        assert_eq!(found.status, 200, "{filter}: {found:?}");
        assert_eq!(found.body["totalResults"], 1, "{filter}: {found:?}");
        assert_eq!(found.body["Resources"][0]["id"], id.as_str(), "{filter}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_a_list_without_resources() {
    let gateway = TestGateway::start().await;
    for query in [
        "/Users?filter=userName+eq+%22nobody%22",
        "/Users?filter=externalId+eq+%22EXT-1%22",
        "/Users?filter=id+eq+%22nobody%22",
        "/Users?filter=userName+eq+%22x%22+and+active+eq+false",
        "/Groups?excludedAttributes=members&filter=displayName+eq+%22nothing%22",
    ] {
        let found = gateway.entra.get(query).await;
        assert_eq!(found.status, 200, "{query}");
        assert_eq!(
            found.body,
            json!({
                "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
                "totalResults": 0, "startIndex": 1, "itemsPerPage": 0, "Resources": []
            }),
            "{query}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_are_stable_and_counted() {
    let gateway = TestGateway::start().await;
    for n in 0..7 {
        gateway
            .entra
            .post("/Users", user(&format!("p{n}@contoso.example"), &format!("p-{n}"), "P", "Q"))
            .await;
    }
    let mut seen = Vec::new();
    for (start, expected) in [(1, 3), (4, 3), (7, 1), (10, 0)] {
        let page = gateway.entra.get(&format!("/Users?startIndex={start}&count=3")).await;
        assert_eq!(page.body["totalResults"], 7);
        assert_eq!(page.body["startIndex"], start);
        assert_eq!(page.body["itemsPerPage"], expected);
        for resource in page.body["Resources"].as_array().unwrap() {
            seen.push(resource["userName"].as_str().unwrap().to_owned());
        }
    }
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 7);
}

#[tokio::test(flavor = "multi_thread")]
async fn odd_numbers_are_moved_into_range_and_other_texts_refused() {
    let gateway = TestGateway::start().await;
    for n in 0..3 {
        gateway
            .entra
            .post("/Users", user(&format!("p{n}@contoso.example"), &format!("p-{n}"), "P", "Q"))
            .await;
    }
    for (query, start, items) in [
        ("startIndex=0&count=2", 1, 2),
        ("startIndex=-5&count=2", 1, 2),
        ("startIndex=3", 3, 1),
        ("startIndex=1000", 1_000, 0),
        ("startIndex=9223372036854775807", 9_223_372_036_854_775_807_i64, 0),
        ("count=0", 1, 0),
        ("count=-1", 1, 0),
        ("count=1000000000", 1, 3),
    ] {
        let page = gateway.entra.get(&format!("/Users?{query}")).await;
        assert_eq!(page.status, 200, "{query}: {page:?}");
        assert_eq!(page.body["totalResults"], 3, "{query}");
        assert_eq!(page.body["startIndex"], start, "{query}");
        assert_eq!(page.body["itemsPerPage"], items, "{query}");
        assert_eq!(page.body["Resources"].as_array().unwrap().len(), items, "{query}");
    }
    for query in ["count=abc", "startIndex=abc", "count=18446744073709551616", "startIndex=1.5", "count="] {
        let refused = gateway.entra.get(&format!("/Users?{query}")).await;
        assert_refused(&refused, 400, Some("invalidValue"), query);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_page_has_more_than_two_hundred() {
    let gateway = TestGateway::start().await;
    for n in 0..201 {
        let body = json!({ "schemas": [USER], "userName": format!("u{n}") });
        assert_eq!(gateway.entra.post("/Users", body).await.status, 201);
    }
    let largest = gateway.entra.get("/Users?count=1000000000").await;
    assert_eq!((&largest.body["itemsPerPage"], &largest.body["totalResults"]), (&json!(200), &json!(201)));
    let usual = gateway.entra.get("/Users").await;
    assert_eq!(usual.body["itemsPerPage"], 100);
}

#[tokio::test(flavor = "multi_thread")]
async fn attributes_are_chosen_for_every_method() {
    let gateway = TestGateway::start().await;
    let body = user("a@contoso.example", "a", "A", "B");
    let text = |value: &serde_json::Value| Some(value.to_string().into_bytes());
    let created = gateway.entra.post("/Users?attributes=userName", body.clone()).await;
    let path = format!("/Users/{}", created.id());
    let patch =
        json!({ "schemas": [PATCH_OP], "Operations": [{ "op": "add", "path": "title", "value": "x" }] });
    let search = json!({ "schemas": [SEARCH_REQUEST], "attributes": ["userName"] });
    let one = format!("{path}?attributes=userName");
    let listed = |answer: Answer| answer.body["Resources"][0].clone();
    for document in [
        created.body,
        gateway.entra.get(&one).await.body,
        gateway.entra.send(Method::PUT, &one, &[], text(&body)).await.body,
        gateway.entra.send(Method::PATCH, &one, &[], text(&patch)).await.body,
        listed(gateway.entra.get("/Users?attributes=userName").await),
        listed(gateway.entra.get("/?attributes=userName").await),
        listed(gateway.entra.post("/Users/.search", search.clone()).await),
        listed(gateway.entra.post("/.search", search).await),
    ] {
        let names: Vec<&String> = document.as_object().unwrap().keys().collect();
        assert_eq!(names, ["id", "schemas", "userName"], "{document}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn attributes_are_chosen_in_every_notation() {
    let gateway = TestGateway::start().await;
    let mut body = user("a@contoso.example", "a", "A", "B");
    body[ENTERPRISE] = json!({ "department": "D", "division": "E" });
    let path = format!("/Users/{}", gateway.entra.post("/Users", body).await.id());
    let names = format!("emails.value, NAME.familyName,{ENTERPRISE}:department,nope");
    let chosen = gateway.entra.get(&format!("{path}?attributes={}", names.replace(' ', "%20"))).await.body;
    assert_eq!(chosen["emails"], json!([{ "value": "a@contoso.example" }]));
    assert_eq!(chosen["name"], json!({ "familyName": "B" }));
    assert_eq!(chosen[ENTERPRISE], json!({ "department": "D" }));
    assert_eq!(chosen.get("userName"), None);
    let nothing = gateway.entra.get(&format!("{path}?attributes=nope")).await.body;
    assert_eq!(nothing.as_object().unwrap().keys().collect::<Vec<_>>(), ["id", "schemas"]);
    let without = gateway.entra.get(&format!("{path}?excludedAttributes=id,emails,schemas")).await.body;
    assert!(without.get("id").is_some() && without.get("schemas").is_some(), "always there");
    assert_eq!(without.get("emails"), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn attributes_are_chosen() {
    let gateway = TestGateway::start().await;
    let id = gateway.entra.post("/Users", user("a@contoso.example", "a", "A", "B")).await.id();
    let only = gateway.entra.get(&format!("/Users/{id}?attributes=userName")).await;
    assert_eq!(only.body["userName"], "a@contoso.example");
    assert_eq!(only.body["id"], id.as_str(), "always there");
    assert_eq!(only.body.get("emails"), None);
    let without = gateway.entra.get(&format!("/Users/{id}?excludedAttributes=emails,name")).await;
    assert_eq!((without.body.get("emails"), without.body.get("name")), (None, None));
    let both = gateway.entra.get("/Users?attributes=id&excludedAttributes=name").await;
    assert_eq!((both.status, &both.body["scimType"]), (400, &json!("invalidValue")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_filter_that_cannot_be_read_is_refused() {
    let gateway = TestGateway::start().await;
    let many_terms = vec!["title+pr"; 201].join("+or+");
    for filter in [
        "userName+eqq+%22a%22",
        "userName+regex+%22a%22",
        "userName+eq",
        "userName+eq+%22abc",
        "(userName+eq+%22abc%22",
        "userName+eq+abc",
        "userName+eq+'abc'",
        "",
        "nothing+eq+%22a%22",
        "userName+eq+%22%00%22",
        "active+gt+true",
        "name+eq+%22x%22",
        "not+userName+pr",
        "emails[type+eq+%221%22+and+emails[value+pr]]",
        "%zz",
        "userName+pr&filter=userName+pr",
        &"(".repeat(10_000),
        &many_terms,
        &format!("userName+eq+%22{}%22", "x".repeat(5_000)),
    ] {
        let shown: String = filter.chars().take(60).collect();
        let begun = std::time::Instant::now();
        let refused = gateway.entra.get(&format!("/Users?filter={filter}")).await;
        assert_refused(&refused, 400, Some("invalidFilter"), &shown);
        assert!(begun.elapsed().as_secs() < 2, "{shown}");
    }
    let secret = gateway.entra.get("/Users?filter=password+sw+%22a%22").await;
    assert_refused(&secret, 403, Some("sensitive"), "password");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_filter_compares_with_is_only_text() {
    let gateway = TestGateway::start().await;
    for (n, title) in ["50% off", "50_ off", "back\\slash"].into_iter().enumerate() {
        let mut body = user(&format!("w{n}@contoso.example"), &format!("w-{n}"), "W", "X");
        body["title"] = json!(title);
        gateway.entra.post("/Users", body).await;
    }
    for (filter, found) in [
        ("userName+eq+%22x'+or+1=1--%22", 0),
        ("title+co+%22%25%22", 1),
        ("title+co+%22_%22", 1),
        ("title+co+%22%5C%5C%22", 1),
        ("title+co+%22%25_%5C%22%22", 0),
        ("title+sw+%2250%22", 2),
    ] {
        let answer = gateway.entra.get(&format!("/Users?filter={filter}")).await;
        assert_eq!(
            (answer.status, &answer.body["totalResults"]),
            (200, &json!(found)),
            "{filter}: {answer:?}"
        );
    }
}
