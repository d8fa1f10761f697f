use reqwest::Method;
use serde_json::json;
use testkit::entra::{Entra, SEARCH_REQUEST};

use crate::harness::{TestGateway, assert_refused};

#[tokio::test(flavor = "multi_thread")]
async fn a_method_that_is_not_offered_is_told_with_those_that_are() {
    let gateway = TestGateway::start().await;
    let one = "GET, HEAD, PUT, PATCH, DELETE, OPTIONS";
    let many = "GET, HEAD, POST, OPTIONS";
    let read = "GET, HEAD, OPTIONS";
    for (method, path, allow) in [
        ("PUT", "/Users", many),
        ("PATCH", "/Users", many),
        ("DELETE", "/Groups", many),
        ("TRACE", "/Users", many),
        ("POST", "/Users/00000000-0000-7000-8000-000000000001", one),
        ("POST", "/Groups/00000000-0000-7000-8000-000000000001", one),
        ("POST", "/", read),
        ("GET", "/Bulk", "POST, OPTIONS"),
        ("GET", "/.search", "POST, OPTIONS"),
        ("GET", "/Users/.search", "POST, OPTIONS"),
        ("POST", "/ServiceProviderConfig", read),
        ("PUT", "/Schemas", read),
        ("POST", "/Schemas", read),
        ("PATCH", "/ResourceTypes", read),
        ("DELETE", "/ResourceTypes/User", read),
        ("DELETE", "/Schemas/urn:ietf:params:scim:schemas:core:2.0:User", read),
    ] {
        let answer = gateway.entra.send(method.parse().unwrap(), path, &[], None).await;
        assert_refused(&answer, 405, None, &format!("{method} {path}"));
        assert_eq!(answer.header("allow"), allow, "{method} {path}");
        let options = gateway.entra.options(path).await;
        assert_eq!((options.status, options.header("allow")), (204, allow), "{path}");
        assert_eq!(gateway.entra.with_token(None).options(path).await.status, 401, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn there_is_nobody_behind_the_token() {
    let gateway = TestGateway::start().await;
    for method in [Method::GET, Method::POST, Method::PATCH, Method::DELETE, Method::OPTIONS] {
        let answer = gateway.entra.send(method.clone(), "/Me", &[], None).await;
        assert_refused(&answer, 501, None, method.as_str());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn addresses_with_slashes_too_many_and_odd_queries_are_understood() {
    let gateway = TestGateway::start().await;
    for path in
        ["/Users/?aadOptscim062020", "//Users", "/users", "/Users?x=%zz&AzureAdScimPatch2017", "/.search/"]
    {
        let status = match path {
            "/.search/" => gateway.entra.post(path, json!({ "schemas": [SEARCH_REQUEST] })).await.status,
            _ => gateway.entra.get(path).await.status,
        };
        assert_eq!(status, 200, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_version_of_the_protocol_is_refused() {
    let gateway = TestGateway::start().await;
    let token = gateway.entra.token().unwrap();
    let scim = gateway.entra.base().strip_suffix("/v2").unwrap();
    for base in [format!("{scim}/v1"), format!("{scim}/v3"), format!("{scim}/v9"), format!("{scim}/v2/v3")] {
        let answer = Entra::new(base.clone(), token).get("/Users").await;
        assert_refused(&answer, 400, Some("invalidVers"), &base);
    }
    for base in [scim.to_owned(), format!("{scim}/v2beta"), format!("{scim}/v22x"), format!("{scim}x/v2")] {
        assert_refused(&Entra::new(base.clone(), token).get("/Users").await, 404, None, &base);
    }
    assert_refused(&Entra::new(format!("{scim}/v2Users"), token).get("").await, 404, None, "no slash");
    assert_eq!(Entra::new(format!("{scim}/v1"), "nonsense").get("/Users").await.status, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_that_is_none_of_ours_is_not_found() {
    let gateway = TestGateway::start().await;
    let long = "9".repeat(5_000);
    for id in ["x", "%00", "..%2f", "..", "CEC50F27.5D83@834d", "1'or'1", &long] {
        let answer = gateway.entra.get(&format!("/Users/{id}")).await;
        // The client itself resolves `..` away.
        if id != ".." {
            assert_refused(&answer, 404, None, id);
        }
        assert_eq!(gateway.entra.delete(&format!("/Groups/x{id}")).await.status, 404, "{id}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_is_a_scim_error_too() {
    let gateway = TestGateway::start().await;
    let token = gateway.entra.token().unwrap();
    let elsewhere = Entra::new(gateway.origin(), token);
    for answer in [
        gateway.entra.get("/Widgets").await,
        gateway.entra.get("/Users/CEC50F275D83C4530A495FCF@834d0e1e5d8235f90a495fda").await,
        gateway.entra.get("/Users/00000000-0000-7000-8000-000000000001").await,
        gateway.entra.get("/Users/1/2").await,
        elsewhere.get("/").await,
        elsewhere.get("/health/live").await,
        elsewhere.get("/admin/v1/integrations/acme-production/learners").await,
        elsewhere.get("/metrics").await,
    ] {
        assert_eq!(answer.status, 404);
        assert_eq!(answer.body["schemas"], json!(["urn:ietf:params:scim:api:messages:2.0:Error"]));
        assert_eq!(answer.header("content-type"), "application/scim+json");
        assert!(!answer.header("x-request-id").is_empty());
    }
}
