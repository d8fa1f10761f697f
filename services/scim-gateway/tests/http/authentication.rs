use events::Environment;
use reqwest::Method;

use crate::harness::TestGateway;

const ROUTES: [(&str, &str); 24] = [
    ("GET", "/Users"),
    ("POST", "/Users"),
    ("GET", "/Users/00000000-0000-7000-8000-000000000001"),
    ("PUT", "/Users/00000000-0000-7000-8000-000000000001"),
    ("PATCH", "/Users/00000000-0000-7000-8000-000000000001"),
    ("DELETE", "/Users/00000000-0000-7000-8000-000000000001"),
    ("GET", "/Groups"),
    ("POST", "/Groups"),
    ("GET", "/Groups/00000000-0000-7000-8000-000000000001"),
    ("PUT", "/Groups/00000000-0000-7000-8000-000000000001"),
    ("PATCH", "/Groups/00000000-0000-7000-8000-000000000001"),
    ("DELETE", "/Groups/00000000-0000-7000-8000-000000000001"),
    ("GET", "/"),
    ("POST", "/.search"),
    ("POST", "/Users/.search"),
    ("POST", "/Groups/.search"),
    ("HEAD", "/Users"),
    ("OPTIONS", "/Users"),
    ("POST", "/ServiceProviderConfig"),
    ("GET", "/Me"),
    ("GET", "/Schemas"),
    ("GET", "/ResourceTypes"),
    ("POST", "/Bulk"),
    ("GET", "/Widgets"),
];

#[tokio::test(flavor = "multi_thread")]
async fn no_route_answers_without_a_token_of_its_integration() {
    let gateway = TestGateway::start().await;
    let staging = gateway.integration("acme-staging", Environment::Staging).await;
    let foreign = staging_token_at(&gateway.entra, &staging).await;
    let made_up = "ilx_production_0123456789abcdef_00_00000000";
    for (method, path) in ROUTES {
        let method: Method = method.parse().unwrap();
        let body = (![Method::GET, Method::HEAD].contains(&method)).then(|| b"{}".to_vec());
        for (client, challenge) in [
            (gateway.entra.with_token(None), "Bearer realm=\"scim\""),
            (gateway.entra.with_token(Some(made_up)), "Bearer realm=\"scim\", error=\"invalid_token\""),
            (foreign.clone(), "Bearer realm=\"scim\", error=\"invalid_token\""),
        ] {
            let answer = client.send(method.clone(), path, &[], body.clone()).await;
            assert_eq!(answer.status, 401, "{method} {path}");
            assert_eq!(answer.header("www-authenticate"), challenge, "{method} {path}");
            if method != Method::HEAD {
                assert_eq!(answer.body["status"], "401");
            }
            assert_eq!(answer.header("content-type"), "application/scim+json");
        }
    }
}

/// The production address with the token of staging.
async fn staging_token_at(
    production: &testkit::entra::Entra,
    staging: &testkit::entra::Entra,
) -> testkit::entra::Entra {
    assert_eq!(staging.get("/Users").await.status, 200, "good at its own address");
    testkit::entra::Entra::new(production.base(), staging.token().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn only_one_bearer_in_the_header_counts() {
    let gateway = TestGateway::start().await;
    let token = gateway.entra.token().unwrap().to_owned();
    let anonymous = gateway.entra.with_token(None);
    let with = async |value: &str| {
        anonymous.send(Method::GET, "/Users", &[("authorization", value)], None).await.status
    };
    assert_eq!(with(&format!("bearer {token}")).await, 200, "the scheme's case does not matter");
    assert_eq!(with(&format!("Basic {token}")).await, 401);
    let line = format!("GET {}/Users HTTP/1.1", gateway.entra.path());
    let twice = gateway.entra.raw(&line, format!("Authorization: Bearer {token}\r\n\r\n").as_bytes()).await;
    assert_eq!(twice.status, 401);
    assert_eq!(with("Bearer").await, 401);
    assert_eq!(anonymous.get(&format!("/Users?access_token={token}")).await.status, 401);
}
