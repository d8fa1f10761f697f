//! One integration and another.

use events::Environment;
use reqwest::Method;
use serde_json::{Value, json};

use testkit::entra::{PATCH_OP, group, user};

use crate::harness::TestGateway;

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_another_integration_can_be_reached() {
    let gateway = TestGateway::start().await;
    let other = gateway.integration("globex-production", Environment::Production).await;
    let body = user("ana@contoso.example", "a-1", "Ana", "Silva");
    let person = gateway.entra.post("/Users", body.clone()).await.id();
    let team = gateway.entra.post("/Groups", group("Team", "g-1")).await.id();
    gateway.events().await;

    let patch = json!({ "schemas": [PATCH_OP], "Operations": [{ "op": "replace", "path": "displayName", "value": "x" }] });
    let bytes = |value: &Value| Some(value.to_string().into_bytes());
    for (path, put) in
        [(format!("/Users/{person}"), &body), (format!("/Groups/{team}"), &group("Team", "g-1"))]
    {
        for (method, body) in [
            (Method::GET, None),
            (Method::HEAD, None),
            (Method::PUT, bytes(put)),
            (Method::PATCH, bytes(&patch)),
            (Method::DELETE, None),
        ] {
            let answer = other.send(method.clone(), &path, &[], body).await;
            assert_eq!(answer.status, 404, "{method} {path}: {answer:?}");
        }
    }
    for query in [
        "/Users".to_owned(),
        "/Groups".to_owned(),
        "/".to_owned(),
        format!("/Users?filter=id+eq+%22{person}%22"),
        "/Users?filter=userName+eq+%22x%22+or+id+pr".to_owned(),
        "/Users?cursor".to_owned(),
    ] {
        assert_eq!(other.get(&query).await.body["totalResults"], 0, "{query}");
    }
    assert_eq!(gateway.event_types().await, Vec::<&str>::new());
    assert_eq!(other.post("/Users", body).await.status, 201, "the names are free here");
    assert_eq!(other.post("/Groups", group("Team", "g-1")).await.status, 201);
}

#[tokio::test(flavor = "multi_thread")]
async fn headers_decide_neither_the_tenant_nor_the_addresses() {
    let gateway = TestGateway::start().await;
    gateway.entra.post("/Users", user("ana@contoso.example", "a-1", "Ana", "Silva")).await;
    let headers = [
        ("host", "evil.example"),
        ("x-tenant", "globex-production"),
        ("x-forwarded-for", "1.2.3.4"),
        ("x-forwarded-host", "evil.example"),
        ("x-request-id", "mine"),
    ];
    let answer = gateway.entra.get_with("/Users", &headers).await;
    assert_eq!(answer.body["totalResults"], 1);
    let location = answer.body["Resources"][0]["meta"]["location"].as_str().unwrap();
    assert!(location.starts_with(gateway.entra.base()), "{location}");
    assert!(!answer.body.to_string().contains("evil"));
    assert_ne!(answer.header("x-request-id"), "mine");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_member_leads_to_a_user_and_every_group_of_a_user_to_a_group() {
    let gateway = TestGateway::start().await;
    let person = gateway.entra.post("/Users", user("ana@contoso.example", "a-1", "Ana", "Silva")).await.id();
    let mut body = group("Team", "g-1");
    body["members"] = json!([{ "value": person }]);
    let team = gateway.entra.post("/Groups", body).await;
    let member = team.body["members"][0]["$ref"].as_str().unwrap();
    let user = gateway.entra.get(member.strip_prefix(gateway.entra.base()).unwrap()).await;
    assert_eq!((user.status, user.id()), (200, person.clone()));
    assert_eq!(user.body["groups"][0]["value"], team.id().as_str());
    assert_eq!(user.body["groups"][0]["type"], "direct");
    let back = user.body["groups"][0]["$ref"].as_str().unwrap();
    assert_eq!(gateway.entra.get(back.strip_prefix(gateway.entra.base()).unwrap()).await.id(), team.id());
    gateway.entra.delete(&format!("/Groups/{}", team.id())).await;
    assert_eq!(gateway.entra.get(&format!("/Users/{person}")).await.body.get("groups"), None);
    let listed = gateway.entra.get("/Users?excludedAttributes=groups").await;
    assert_eq!(listed.body["Resources"][0].get("groups"), None);
}

/// A sequence of numbers that is the same for the same seed (xorshift).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(limit).unwrap()).unwrap()
    }

    fn one_of<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }
}

/// Requests of one integration, made up of ids of both, whatever they are: of the other nothing changes and nothing is
/// told. A seed that fails is named.
#[tokio::test(flavor = "multi_thread")]
async fn whatever_one_integration_sends_the_other_stays_as_it_is() {
    for seed in [1, 2, 3] {
        let gateway = TestGateway::start().await;
        let other = gateway.integration("globex-production", Environment::Production).await;
        let fill = async |entra: &testkit::entra::Entra, name: &str| {
            let mut ids = (vec![], vec![]);
            for n in 0..4 {
                let body = user(&format!("{name}{n}@x.example"), &format!("{name}-{n}"), name, "Person");
                ids.0.push(entra.post("/Users", body).await.id());
            }
            for n in 0..3 {
                let mut body = group(&format!("{name} {n}"), &format!("{name}-g{n}"));
                body["members"] = json!([{ "value": ids.0[n] }]);
                ids.1.push(entra.post("/Groups", body).await.id());
            }
            ids
        };
        let (own, foreign) = (fill(&gateway.entra, "own").await, fill(&other, "foreign").await);
        let before = (other.get("/Users").await.body, other.get("/Groups").await.body);
        let (users, groups) = ([own.0, foreign.0.clone()].concat(), [own.1, foreign.1.clone()].concat());
        gateway.events().await;
        let mut numbers = Numbers(seed);
        for step in 0..120 {
            let (person, team) = (numbers.one_of(&users).clone(), numbers.one_of(&groups).clone());
            let member = numbers.one_of(&users).clone();
            let value = json!([{ "value": member }]);
            let patch = |operations: Value| {
                let body = json!({ "schemas": [PATCH_OP], "Operations": operations });
                Some(body.to_string().into_bytes())
            };
            let (method, path, body) = match numbers.below(12) {
                0 => (Method::GET, format!("/Users/{person}"), None),
                1 => (Method::GET, format!("/Groups/{team}"), None),
                2 => (
                    Method::GET,
                    format!("/Users?filter=id+eq+%22{person}%22+or+groups.value+eq+%22{team}%22"),
                    None,
                ),
                3 => (Method::GET, format!("/Groups?filter=members.value+eq+%22{member}%22"), None),
                4 => (Method::GET, "/".to_owned(), None),
                5 => {
                    let operations = json!([{ "op": "replace", "path": "title", "value": format!("{step}") },
                        { "op": "add", "path": "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager", "value": member }]);
                    (Method::PATCH, format!("/Users/{person}"), patch(operations))
                }
                6 => (
                    Method::PATCH,
                    format!("/Groups/{team}"),
                    patch(json!([{ "op": "add", "path": "members", "value": value }])),
                ),
                7 => (
                    Method::PATCH,
                    format!("/Groups/{team}"),
                    patch(json!([{ "op": "remove", "path": "members", "value": value }])),
                ),
                8 => (
                    Method::PATCH,
                    format!("/Groups/{team}"),
                    patch(json!([{ "op": "replace", "path": "members", "value": value }])),
                ),
                9 => {
                    let mut body = user(
                        &format!("foreign{}@x.example", numbers.below(4)),
                        &format!("foreign-{step}"),
                        "F",
                        "P",
                    );
                    body["id"] = json!(person);
                    (Method::POST, "/Users".to_owned(), Some(body.to_string().into_bytes()))
                }
                10 => {
                    let body = user(&format!("foreign{}@x.example", numbers.below(4)), "foreign-0", "F", "P");
                    (Method::PUT, format!("/Users/{person}"), Some(body.to_string().into_bytes()))
                }
                _ => (Method::DELETE, format!("/Users/{person}"), None),
            };
            let answer = gateway.entra.send(method.clone(), &path, &[], body).await;
            let about = format!("seed {seed}, step {step}: {method} {path}: {answer:?}");
            assert!(answer.status < 500, "{about}");
            for id in foreign.0.iter().chain(&foreign.1) {
                // A manager is an id that the client gave: it may name anybody, and leads nowhere.
                let told =
                    answer.body.to_string().replace(&format!("\"manager\":{{\"value\":\"{id}\"}}"), "");
                assert!(!told.contains(id.as_str()), "{about}");
            }
        }
        assert_eq!((other.get("/Users").await.body, other.get("/Groups").await.body), before, "seed {seed}");
        let events = gateway.events().await;
        assert!(events.iter().all(|event| event.envelope.integration == "acme-production"), "seed {seed}");
    }
}
