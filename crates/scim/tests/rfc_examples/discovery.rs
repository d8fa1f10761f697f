//! RFC 7643 §8.5 to §8.7: the documents in which a service describes itself.

use scim::discovery::ServiceLimits;
use serde_json::{Map, Value, json};

use super::fixture::{ENTERPRISE, GROUP, USER};

const BASE: &str = "https://example.com/v2";
const LIMITS: ServiceLimits = ServiceLimits { bulk_bytes: 1_048_576, cursor_seconds: 600 };

/// RFC 7643 §8.7.1 with its errata applied: 5368, 8472, 8471, 6004, 6011.
///
/// A row is: path, type, then letters: `m` multi-valued, `R` required, `x` case-exact, `o` read-only, `i` immutable,
/// `w` write-only, `n` returned never, `u` unique on the server; then canonical values and reference types.
const PRINTED: &str = "
User userName string Ru
User name complex -
User name.formatted string -
User name.familyName string -
User name.givenName string -
User name.middleName string -
User name.honorificPrefix string -
User name.honorificSuffix string -
User displayName string -
User nickName string -
User profileUrl reference - @external
User title string -
User userType string -
User preferredLanguage string -
User locale string -
User timezone string -
User active boolean -
User password string wn
User emails complex m
User emails.value string -
User emails.display string -
User emails.type string - work,home,other
User emails.primary boolean -
User phoneNumbers complex m
User phoneNumbers.value string -
User phoneNumbers.display string -
User phoneNumbers.type string - work,home,mobile,fax,pager,other
User phoneNumbers.primary boolean -
User ims complex m
User ims.value string -
User ims.display string -
User ims.type string - aim,gtalk,icq,xmpp,msn,skype,qq,yahoo
User ims.primary boolean -
User photos complex m
User photos.value reference - @external
User photos.display string -
User photos.type string - photo,thumbnail
User photos.primary boolean -
User addresses complex m
User addresses.formatted string -
User addresses.streetAddress string -
User addresses.locality string -
User addresses.region string -
User addresses.postalCode string -
User addresses.country string -
User addresses.type string - work,home,other
User groups complex mo
User groups.value string o
User groups.$ref reference o @Group
User groups.display string o
User groups.type string o direct,indirect
User entitlements complex m
User entitlements.value string -
User entitlements.display string -
User entitlements.type string -
User entitlements.primary boolean -
User roles complex m
User roles.value string -
User roles.display string -
User roles.type string -
User roles.primary boolean -
User x509Certificates complex m
User x509Certificates.value binary -
User x509Certificates.display string -
User x509Certificates.type string -
User x509Certificates.primary boolean -
Group displayName string R
Group members complex m
Group members.value string i
Group members.$ref reference i @User,Group
Group members.type string i User,Group
Group members.display string o
EnterpriseUser employeeNumber string -
EnterpriseUser costCenter string -
EnterpriseUser organization string -
EnterpriseUser division string -
EnterpriseUser department string -
EnterpriseUser manager complex -
EnterpriseUser manager.value string x
EnterpriseUser manager.$ref reference - @User
EnterpriseUser manager.displayName string o
";

/// Where we differ on purpose: the row as printed, ours, and why.
const DELIBERATE: [(&str, &str, &str); 14] = [
    (
        "User profileUrl reference - @external",
        "User profileUrl reference x @external",
        "§2.3.7: references are case-exact",
    ),
    ("User active boolean -", "User active boolean R", "never without a value, so it cannot be cleared"),
    (
        "User password string wn",
        "User password string xwn",
        "letter case counts in a password; it is kept nowhere",
    ),
    ("User photos.value reference - @external", "User photos.value reference x @external", "§2.3.7"),
    ("", "User addresses.primary boolean -", "§2.4 has it for every list, and §8.2 uses it"),
    ("User groups.value string o", "User groups.value string xo", "ids are case-exact (§3.1)"),
    ("User groups.$ref reference o @Group", "User groups.$ref reference xo @Group", "§2.3.7"),
    (
        "User groups.type string o direct,indirect",
        "User groups.type string o direct",
        "there are no groups in groups",
    ),
    (
        "User x509Certificates.value binary -",
        "User x509Certificates.value binary x",
        "§2.3.6: binary is case-exact",
    ),
    ("Group displayName string R", "Group displayName string Ru", "Entra matches groups by it"),
    ("Group members.value string i", "Group members.value string xi", "ids are case-exact (§3.1)"),
    (
        "Group members.$ref reference i @User,Group",
        "Group members.$ref reference xi @User",
        "§2.3.7; no groups in groups",
    ),
    ("Group members.type string i User,Group", "Group members.type string i User", "no groups in groups"),
    (
        "EnterpriseUser manager.$ref reference - @User",
        "EnterpriseUser manager.$ref reference xo @User",
        "§2.3.7; it follows from value, so only the server writes it",
    ),
];

fn row(schema: &str, prefix: &str, attribute: &Value) -> String {
    let is = |key: &str, value: Value| attribute[key] == value;
    let flags = [
        (is("multiValued", json!(true)), 'm'),
        (is("required", json!(true)), 'R'),
        (is("caseExact", json!(true)), 'x'),
        (is("mutability", json!("readOnly")), 'o'),
        (is("mutability", json!("immutable")), 'i'),
        (is("mutability", json!("writeOnly")), 'w'),
        (is("returned", json!("never")), 'n'),
        (is("uniqueness", json!("server")), 'u'),
    ];
    let mut letters: String = flags.iter().filter(|(is_set, _)| *is_set).map(|(_, letter)| *letter).collect();
    if letters.is_empty() {
        letters.push('-');
    }
    let list = |key: &str| -> Vec<String> {
        attribute
            .get(key)
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .map(|v| v.as_str().unwrap().to_owned())
            .collect()
    };
    let mut row = format!(
        "{schema} {prefix}{} {} {letters}",
        attribute["name"].as_str().unwrap(),
        attribute["type"].as_str().unwrap()
    );
    if !list("canonicalValues").is_empty() {
        row = format!("{row} {}", list("canonicalValues").join(","));
    }
    if !list("referenceTypes").is_empty() {
        row = format!("{row} @{}", list("referenceTypes").join(","));
    }
    row
}

fn ours() -> Vec<String> {
    let list = scim::discovery::schemas(BASE, &[]);
    let mut rows = Vec::new();
    for schema in list["Resources"].as_array().unwrap() {
        let name = schema["name"].as_str().unwrap().replace(' ', "");
        for attribute in schema["attributes"].as_array().unwrap() {
            rows.push(row(&name, "", attribute));
            let prefix = format!("{}.", attribute["name"].as_str().unwrap());
            let parts = attribute.get("subAttributes").and_then(Value::as_array).into_iter().flatten();
            rows.extend(parts.map(|part| row(&name, &prefix, part)));
        }
    }
    rows.sort();
    rows
}

#[test]
fn schemas_are_those_of_8_7_1_but_for_what_is_deliberate() {
    let mut expected: Vec<String> =
        PRINTED.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect();
    for (printed, ours, reason) in DELIBERATE {
        let count = expected.len();
        expected.retain(|row| row != printed);
        assert_eq!(
            expected.len(),
            count - usize::from(!printed.is_empty()),
            "{printed} is not printed: {reason}"
        );
        expected.push(ours.to_owned());
    }
    expected.sort();
    assert_eq!(ours(), expected);
}

#[test]
fn every_attribute_states_all_of_its_characteristics() {
    let list = scim::discovery::schemas(BASE, &[]);
    for schema in list["Resources"].as_array().unwrap() {
        for attribute in schema["attributes"].as_array().unwrap() {
            let parts = attribute.get("subAttributes").and_then(Value::as_array).into_iter().flatten();
            for attribute in std::iter::once(attribute).chain(parts) {
                for key in ["multiValued", "required", "caseExact"] {
                    assert!(attribute[key].is_boolean(), "{attribute}");
                }
                for key in ["name", "type", "description", "mutability", "returned", "uniqueness"] {
                    assert!(attribute[key].as_str().is_some_and(|text| !text.is_empty()), "{attribute}");
                }
                // Erratum 6004: nothing but a simple attribute of ours is unique.
                assert!(attribute["type"] != "complex" || attribute["uniqueness"] == "none");
                // Errata 5606, 8415: binary is a type for parts too, complex is none.
                let parts = attribute.get("subAttributes").and_then(Value::as_array);
                assert!(parts.is_none_or(|parts| parts.iter().all(|part| part["type"] != "complex")));
            }
        }
    }
}

fn keys(document: &Value) -> Vec<&str> {
    let mut keys: Vec<&str> = document.as_object().unwrap().keys().map(String::as_str).collect();
    keys.sort_unstable();
    keys
}

/// Which features are on is the service's business; §8.5 is held against for the members and their types.
#[test]
fn service_provider_configuration_has_the_members_of_8_5() {
    let config = scim::discovery::service_provider_config(BASE, LIMITS);
    assert_eq!(config["schemas"], json!(["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"]));
    for feature in ["patch", "bulk", "filter", "changePassword", "sort", "etag"] {
        assert!(config[feature]["supported"].is_boolean(), "{feature}");
    }
    for (feature, number) in [("bulk", "maxOperations"), ("bulk", "maxPayloadSize"), ("filter", "maxResults")]
    {
        assert!(config[feature][number].is_u64(), "{feature}.{number}");
    }
    assert!(config["documentationUri"].as_str().unwrap().starts_with("https://"));
    for scheme in config["authenticationSchemes"].as_array().unwrap() {
        for key in ["type", "name", "description"] {
            assert!(scheme[key].is_string(), "{key}");
        }
    }
    assert_eq!(config["meta"]["resourceType"], "ServiceProviderConfig");
    assert_eq!(config["meta"]["location"], "https://example.com/v2/ServiceProviderConfig");
}

#[test]
fn resource_types_are_those_of_8_6() {
    let list = scim::discovery::resource_types(BASE, &[]);
    assert_eq!(list["totalResults"], 2);
    let [user, group] = list["Resources"].as_array().unwrap().as_slice() else { panic!("two") };
    for (document, name, endpoint, schema) in
        [(user, "User", "/Users", USER), (group, "Group", "/Groups", GROUP)]
    {
        assert_eq!(
            keys(document),
            ["description", "endpoint", "id", "meta", "name", "schema", "schemaExtensions", "schemas"]
        );
        assert_eq!(document["schemas"], json!(["urn:ietf:params:scim:schemas:core:2.0:ResourceType"]));
        assert_eq!((&document["id"], &document["name"]), (&json!(name), &json!(name)));
        assert_eq!((&document["endpoint"], &document["schema"]), (&json!(endpoint), &json!(schema)));
        assert_eq!(
            document["meta"],
            json!({"location": format!("https://example.com/v2/ResourceTypes/{name}"), "resourceType": "ResourceType"})
        );
    }
    // The RFC prints `required: true`; ours never is, because a core-only user is welcome. Erratum 7522: a list.
    assert_eq!(user["schemaExtensions"], json!([{"schema": ENTERPRISE, "required": false}]));
    assert_eq!(group["schemaExtensions"], json!([]));
}

/// Erratum 5607: a simple part may be a list, as `referenceTypes` is in §8.7.2; 5606: or binary.
#[test]
fn schema_documents_of_our_own_are_written_as_they_were_read() {
    let definition = json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Schema"],
        "id": "urn:example:params:scim:2.0:User", "name": "Example", "description": "Ours.",
        "attributes": [{
            "name": "docs", "type": "complex", "multiValued": true, "description": "D", "required": false,
            "caseExact": false, "mutability": "readWrite", "returned": "default", "uniqueness": "none",
            "subAttributes": [
                {"name": "referenceTypes", "type": "string", "multiValued": true, "description": "R", "required": false,
                 "caseExact": true, "mutability": "readWrite", "returned": "default", "uniqueness": "none"},
                {"name": "value", "type": "binary", "multiValued": false, "description": "V", "required": false,
                 "caseExact": true, "mutability": "readWrite", "returned": "default", "uniqueness": "none"}
            ]
        }]
    });
    let document: Map<String, Value> = serde_json::from_value(definition.clone()).unwrap();
    let schema = scim::Schema::from_definition(&document).unwrap();
    assert_eq!(Value::Object(schema.definition()), definition);
    // It is listed beside the standard ones, and the type refers to it.
    let extensions = [schema];
    let listed = scim::discovery::schema(BASE, &extensions, "URN:example:params:scim:2.0:user").unwrap();
    assert_eq!(listed["attributes"], definition["attributes"]);
    let user = scim::discovery::resource_type(BASE, &extensions, "User").unwrap();
    assert_eq!(
        user["schemaExtensions"][1],
        json!({"schema": "urn:example:params:scim:2.0:User", "required": false})
    );
}
