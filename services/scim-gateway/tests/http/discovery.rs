//! What the service says of itself.

use serde_json::{Value, json};
use testkit::entra::{ENTERPRISE, GROUP, USER};

use crate::harness::{TestGateway, assert_refused};

#[tokio::test(flavor = "multi_thread")]
async fn the_configuration_tells_what_works() {
    let gateway = TestGateway::start().await;
    let answer = gateway.entra.get("/ServiceProviderConfig").await;
    let mut config = answer.body;
    let scheme = config["authenticationSchemes"][0].take();
    assert_eq!(scheme["type"], "oauthbearertoken");
    assert_eq!(
        config,
        json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
            "documentationUri": "https://www.rfc-editor.org/rfc/rfc7644",
            "patch": { "supported": true },
            "bulk": { "supported": true, "maxOperations": 1000, "maxPayloadSize": 131_072 },
            "filter": { "supported": true, "maxResults": 200 },
            "changePassword": { "supported": false },
            "sort": { "supported": true },
            "etag": { "supported": true },
            "pagination": {
                "cursor": true, "index": true, "defaultPaginationMethod": "index",
                "defaultPageSize": 100, "maxPageSize": 200, "cursorTimeout": 3600
            },
            "authenticationSchemes": [null],
            "meta": {
                "resourceType": "ServiceProviderConfig",
                "location": format!("{}/ServiceProviderConfig", gateway.entra.base())
            }
        })
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn how_to_authenticate_is_told_to_everybody() {
    let gateway = TestGateway::start().await;
    let told = gateway.entra.get("/ServiceProviderConfig").await;
    let anonymous = gateway.entra.with_token(None);
    let answer = anonymous.get("/ServiceProviderConfig").await;
    assert_eq!((answer.status, &answer.body), (200, &told.body));
    assert!(!answer.header("x-request-id").is_empty());
    assert_eq!(anonymous.head("/ServiceProviderConfig").await.status, 200);
    let stranger =
        testkit::entra::Entra::new(format!("{}/integrations/nobody/scim/v2", gateway.origin()), "");
    assert_eq!(stranger.with_token(None).get("/ServiceProviderConfig").await.status, 200, "is not looked up");
    let no_slug =
        testkit::entra::Entra::new(format!("{}/integrations/No.Slug/scim/v2", gateway.origin()), "");
    assert_eq!(no_slug.with_token(None).get("/ServiceProviderConfig").await.status, 401);
    assert_eq!(anonymous.with_token(Some("wrong")).get("/ServiceProviderConfig").await.status, 401);
    for path in ["/Schemas", "/ResourceTypes", "/"] {
        assert_eq!(anonymous.get(path).await.status, 401, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn resource_types_and_schemas_refer_to_each_other() {
    let gateway = TestGateway::start().await;
    let types = gateway.entra.get("/ResourceTypes?startIndex=2&count=1&sortBy=name").await;
    assert_eq!((&types.body["totalResults"], &types.body["itemsPerPage"]), (&json!(2), &json!(2)));
    for resource_type in types.body["Resources"].as_array().unwrap() {
        let name = resource_type["name"].as_str().unwrap();
        let one = gateway.entra.get(&format!("/ResourceTypes/{name}")).await;
        assert_eq!((one.status, &one.body), (200, resource_type));
        assert_eq!(one.body["meta"]["resourceType"], "ResourceType");
        assert_eq!(one.body["meta"]["location"], format!("{}/ResourceTypes/{name}", gateway.entra.base()));
        let endpoint = one.body["endpoint"].as_str().unwrap();
        assert_eq!(gateway.entra.get(endpoint).await.status, 200);
        let extensions = one.body["schemaExtensions"].as_array().unwrap();
        let urns = extensions.iter().map(|extension| &extension["schema"]).chain([&one.body["schema"]]);
        for urn in urns {
            let encoded = urn.as_str().unwrap().replace(':', "%3A");
            let schema = gateway.entra.get(&format!("/Schemas/{encoded}")).await;
            assert_eq!((schema.status, &schema.body["id"]), (200, urn));
            assert_eq!(schema.body["meta"]["resourceType"], "Schema");
        }
    }
    assert_eq!(gateway.entra.get("/Schemas/urn:nothing").await.status, 404);
    assert_eq!(gateway.entra.get("/ResourceTypes/Widget").await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn schemas_hold_what_clients_look_for_and_no_messages() {
    let gateway = TestGateway::start().await;
    let schemas = gateway.entra.get("/Schemas?startIndex=2").await;
    let documents = schemas.body["Resources"].as_array().unwrap();
    let ids: Vec<&Value> = documents.iter().map(|schema| &schema["id"]).collect();
    assert_eq!(ids, [USER, ENTERPRISE, GROUP]);
    let attribute = |schema: usize, name: &str| {
        let attributes = documents[schema]["attributes"].as_array().unwrap();
        attributes.iter().find(|attribute| attribute["name"] == name).unwrap().clone()
    };
    let part = |attribute: &Value, name: &str| {
        let parts = attribute["subAttributes"].as_array().unwrap();
        parts.iter().find(|part| part["name"] == name).unwrap().clone()
    };
    assert_eq!(attribute(0, "userName")["uniqueness"], "server");
    assert_eq!(part(&attribute(0, "emails"), "type")["canonicalValues"], json!(["work", "home", "other"]));
    assert_eq!(part(&attribute(0, "groups"), "$ref")["referenceTypes"], json!(["Group"]));
    assert_eq!(part(&attribute(1, "manager"), "value")["caseExact"], true);
    assert_eq!(attribute(2, "displayName")["required"], true);
    assert!(part(&attribute(2, "members"), "display").is_object());
    for schema in documents {
        for attribute in schema["attributes"].as_array().unwrap() {
            let name = attribute["name"].as_str().unwrap();
            assert!(!["id", "externalId", "meta", "schemas"].contains(&name), "{name} is common to all");
            for part in attribute["subAttributes"].as_array().map(Vec::as_slice).unwrap_or_default() {
                assert_ne!(part["type"], "complex", "{name}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn discovery_is_not_filtered() {
    let gateway = TestGateway::start().await;
    for path in ["/Schemas", "/ResourceTypes"] {
        let answer = gateway.entra.get(&format!("{path}?filter=name+eq+%22User%22")).await;
        assert_refused(&answer, 403, None, path);
    }
    let config = gateway.entra.get("/ServiceProviderConfig?filter=id+pr").await;
    assert_eq!(config.status, 200, "a single document has nothing to be filtered");
}
