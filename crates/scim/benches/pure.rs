//! What the pure parts of one request cost, each from the bytes or text as they came in.
//!
//! `cargo bench -p scim --bench pure`, or with `-- --quick` in seconds. What a whole
//! request costs is measured by the gateway's `load`.

#![allow(
    clippy::unwrap_used,
    reason = "the inputs are constants; one that does not fit has to stop the bench"
)]

use std::hint::black_box;

use criterion::{BatchSize, Criterion, Throughput};
use scim::{Filter, PatchRequest, Projection, Resource, ResourceType, json};
use serde_json::{Map, Value};

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

const BY_NAME: &str = r#"userName eq "amira.haddad@contoso.example""#;
const TEN_TERMS: &str = concat!(
    r#"active eq true and (title co "engineer" or title sw "lead" or nickName pr) and not (userType eq "Guest") "#,
    r#"and name.familyName ge "H" and emails.type eq "work" and meta.lastModified gt "2026-01-01T00:00:00Z" "#,
    r#"and preferredLanguage ne "de" and department eq "R&D""#,
);
const VALUE_PATH: &str = r#"emails[type eq "work" and primary eq "True"].value ew "@contoso.example""#;

/// Every attribute of Entra's default mapping, in the shapes in which Entra sends them.
const POST: &str = r#"{
    "schemas": [
        "urn:ietf:params:scim:schemas:core:2.0:User",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
    ],
    "externalId": "0a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef",
    "userName": "amira.haddad@contoso.example",
    "active": "True",
    "displayName": "Amira Haddad",
    "title": "Lead engineer",
    "preferredLanguage": "en-GB",
    "userType": "Member",
    "name": {"formatted": "Amira Haddad", "familyName": "Haddad", "givenName": "Amira"},
    "emails": [
        {"type": "work", "value": "amira.haddad@contoso.example", "primary": true},
        {"type": "home", "value": "amira@home.example"}
    ],
    "phoneNumbers": [
        {"type": "work", "value": "+44 20 7946 0001"},
        {"type": "mobile", "value": "+44 7700 900001"},
        {"type": "fax", "value": "+44 20 7946 0002"}
    ],
    "addresses": [{
        "type": "work", "primary": true, "formatted": "1 Wharf Road, London", "streetAddress": "1 Wharf Road",
        "locality": "London", "region": "Greater London", "postalCode": "N1 7GR", "country": "GB"
    }],
    "roles": [{"primary": "True", "type": "WindowsAzureActiveDirectoryRole", "value": "learner"}],
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {
        "employeeNumber": "004711", "costCenter": "4200", "organization": "Contoso", "division": "Products",
        "department": "R&D", "manager": "2819c223-7f76-453a-919d-413861904646"
    },
    "meta": {"resourceType": "User"}
}"#;

const DEFAULT_DIALECT: &str = r#"{
    "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
    "Operations": [
        {"op": "Replace", "path": "displayName", "value": "Amira Khoury"},
        {"op": "Replace", "path": "name.familyName", "value": "Khoury"},
        {"op": "Replace", "path": "active", "value": "False"},
        {"op": "Replace", "path": "emails[type eq \"work\"].value", "value": "amira.khoury@contoso.example"},
        {"op": "Add", "path": "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager", "value": "77"},
        {"op": "Remove", "path": "title"}
    ]
}"#;

/// With `aadOptscim062020`.
const FLAG_DIALECT: &str = r#"{
    "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
    "Operations": [
        {"op": "replace", "path": "emails[type eq \"work\"].value", "value": "amira.khoury@contoso.example"},
        {"op": "replace", "value": {
            "displayName": "Amira Khoury",
            "name.familyName": "Khoury",
            "active": false,
            "title": "Director",
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department": "Sales"
        }}
    ]
}"#;

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    filters(&mut criterion);
    bodies(&mut criterion);
    patches(&mut criterion);
    projections(&mut criterion);
    criterion.final_summary();
}

fn filters(criterion: &mut Criterion) {
    let document = answered();
    let parsed = |text| Filter::parse(text, ResourceType::USER).unwrap();
    let mut group = criterion.benchmark_group("filter");
    for (name, text) in [("by_name", BY_NAME), ("ten_terms", TEN_TERMS), ("value_path", VALUE_PATH)] {
        group.bench_function(format!("parse/{name}"), |bencher| bencher.iter(|| parsed(black_box(text))));
        let filter = parsed(text);
        // One that does not match would be left at its first term.
        assert!(filter.matches(&document), "{name}");
        group.bench_function(format!("match/{name}"), |bencher| {
            bencher.iter(|| filter.matches(black_box(&document)));
        });
    }
}

fn bodies(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("body");
    group.throughput(Throughput::Bytes(POST.len() as u64));
    group.bench_function("post", |bencher| bencher.iter(|| user(black_box(POST))));

    // As many members as the gateway's largest body, 1 MiB, can hold: all entries are of one length.
    let (one, two) = (members_patch(1).len(), members_patch(2).len());
    let large = members_patch((1 << 20) / (two - one) - 5);
    group.throughput(Throughput::Bytes(large.len() as u64));
    group.bench_function("json_1_mib", |bencher| bencher.iter(|| object(black_box(&large))));
}

fn patches(criterion: &mut Criterion) {
    let before = user(POST);
    let mut group = criterion.benchmark_group("patch");
    for (name, body) in [("default_dialect", DEFAULT_DIALECT), ("flag_dialect", FLAG_DIALECT)] {
        let patched = |body| PatchRequest::parse(ResourceType::USER, object(body)).unwrap().apply(&before);
        assert_ne!(patched(body).unwrap(), before, "{name}");
        group.bench_function(name, |bencher| bencher.iter(|| patched(black_box(body))));
    }

    let body = members_patch(1_000);
    group.throughput(Throughput::Elements(1_000));
    group.bench_function("members_1000", |bencher| {
        bencher.iter(|| {
            let request = PatchRequest::parse(ResourceType::GROUP, object(black_box(&body)));
            request.unwrap().split_members().unwrap()
        });
    });
}

fn projections(criterion: &mut Criterion) {
    let document = answered();
    let names = format!("userName,active,name.familyName,emails.value,{ENTERPRISE}:department");
    let mut group = criterion.benchmark_group("projection");
    for (name, attributes, excluded) in [
        ("default", None, None),
        ("attributes", Some(names.as_str()), None),
        ("excluded", None, Some("addresses,phoneNumbers,emails.type")),
    ] {
        let projection = Projection::parse(attributes, excluded, ResourceType::USER).unwrap();
        group.bench_function(format!("apply/{name}"), |bencher| {
            bencher.iter_batched_ref(
                || document.clone(),
                |document| projection.apply(document),
                BatchSize::SmallInput,
            );
        });
    }
}

fn object(body: &str) -> Map<String, Value> {
    json::parse(body.as_bytes()).unwrap()
}

fn user(body: &str) -> Resource {
    Resource::from_request(ResourceType::USER, object(body)).unwrap()
}

/// The user as a gateway answers it, with what the server adds.
fn answered() -> Map<String, Value> {
    let mut document = user(POST).into_map();
    document.extend(object(
        r#"{
            "id": "2819c223-7f76-453a-919d-413861904647",
            "groups": [{"value": "e9e30dba-f08f-4109-8486-d5c6a331660a", "display": "Learners", "type": "direct"}],
            "meta": {
                "resourceType": "User", "created": "2026-01-23T04:56:22.000Z",
                "lastModified": "2026-05-13T04:42:34.000Z", "version": "W/\"7\"",
                "location": "https://scim.example/v2/Users/2819c223-7f76-453a-919d-413861904647"
            }
        }"#,
    ));
    document
}

/// Adds that many members to a group, as Entra does.
fn members_patch(count: usize) -> String {
    let member = |number| {
        format!(r#"{{"$ref":null,"display":"Amira","value":"2819c223-7f76-453a-919d-{number:012}"}}"#)
    };
    let members: Vec<String> = (0..count).map(member).collect();
    format!(
        r#"{{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{{"op":"Add","path":"members","value":[{}]}}]}}"#,
        members.join(",")
    )
}
