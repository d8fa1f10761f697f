use serde_json::json;
use testkit::entra::user;

use crate::harness::TestGateway;

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
    let none = gateway.entra.get("/Users?count=0").await;
    assert_eq!((&none.body["totalResults"], &none.body["Resources"]), (&json!(7), &json!([])));
    assert_eq!(gateway.entra.get("/Users?startIndex=0&count=2").await.body["startIndex"], 1);
    assert_eq!(gateway.entra.get("/Users?count=x").await.status, 400);
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
    for filter in
        ["userName+eqq+%22a%22", "userName+eq+%22abc", "", "nothing+eq+%22a%22", "userName+eq+%22%00%22"]
    {
        let refused = gateway.entra.get(&format!("/Users?filter={filter}")).await;
        assert_eq!((refused.status, &refused.body["scimType"]), (400, &json!("invalidFilter")), "{filter}");
    }
}
