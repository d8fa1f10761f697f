use reqwest::Method;
use serde_json::json;
use testkit::entra::{Entra, GROUP, USER};

use crate::harness::TestGateway;

#[tokio::test(flavor = "multi_thread")]
async fn discovery_tells_what_there_is() {
    let gateway = TestGateway::start().await;
    let config = gateway.entra.get("/ServiceProviderConfig").await;
    assert_eq!(config.body["patch"]["supported"], true);
    assert_eq!(config.body["bulk"]["supported"], false);
    let types = gateway.entra.get("/ResourceTypes").await;
    assert_eq!(types.body["totalResults"], 2);
    assert_eq!(gateway.entra.get("/ResourceTypes/User").await.body["endpoint"], "/Users");
    let schemas = gateway.entra.get("/Schemas").await;
    assert_eq!(schemas.body["schemas"], json!(["urn:ietf:params:scim:api:messages:2.0:ListResponse"]));
    for urn in [USER, GROUP] {
        let schema = gateway.entra.get(&format!("/Schemas/{urn}")).await;
        assert_eq!((schema.status, &schema.body["id"]), (200, &json!(urn)));
    }
    assert_eq!(gateway.entra.get("/Schemas/urn:nothing").await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_method_that_is_not_offered_is_told_with_those_that_are() {
    let gateway = TestGateway::start().await;
    for (method, path, allow) in [
        ("PUT", "/Users", "GET, POST"),
        ("DELETE", "/Groups", "GET, POST"),
        ("POST", "/Users/00000000-0000-7000-8000-000000000001", "GET, PUT, PATCH, DELETE"),
        ("DELETE", "/ServiceProviderConfig", "GET"),
        ("TRACE", "/Users", "GET, POST"),
    ] {
        let answer = gateway.entra.send(method.parse().unwrap(), path, &[], None).await;
        assert_eq!((answer.status, answer.header("allow")), (405, allow), "{method} {path}");
        assert_eq!(answer.body["status"], "405");
    }
    for path in ["/Bulk", "/Me"] {
        assert_eq!(gateway.entra.send(Method::POST, path, &[], None).await.status, 501, "{path}");
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
