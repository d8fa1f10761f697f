//! Who may do what: every route of the administrators' API, asked by everybody.

use std::collections::{BTreeMap, BTreeSet};

use events::Environment;
use reqwest::Method;
use scim_gateway::ADMIN_ROUTES;
use serde_json::{Value, json};
use testkit::entra::{Answer, Entra, user};

use crate::administration::assert_problem;
use crate::harness::{TestGateway, assert_refused};

/// Below this the administrators of the harness ask.
const BASE: &str = "/admin/v1/integrations";

/// A route, the lowest role that may, and what that role is answered.
struct Row(&'static str, &'static str, &'static str, u16);

/// `{slug}` is an integration of the portal acme, `{id}` and `{request_id}` what it has.
const ROWS: [Row; 26] = [
    Row("GET", "/{slug}", "viewer", 200),
    Row("GET", "/{slug}/summary", "viewer", 200),
    Row("GET", "/{slug}/setup-check", "viewer", 200),
    Row("PUT", "/{slug}/state", "operator", 200),
    Row("PUT", "/{slug}/profile", "operator", 200),
    Row("PUT", "/{slug}/settings", "operator", 200),
    Row("PUT", "/{slug}/schemas/{urn}", "operator", 200),
    Row("GET", "/{slug}/credentials", "viewer", 200),
    Row("POST", "/{slug}/credentials", "owner", 201),
    Row("GET", "/{slug}/credentials/{id}", "viewer", 200),
    Row("DELETE", "/{slug}/credentials/{id}", "owner", 204),
    Row("POST", "/{slug}/credentials/{id}/rotate", "owner", 201),
    Row("POST", "/{slug}/credentials/{id}/retire", "owner", 409),
    Row("GET", "/{slug}/log", "viewer", 200),
    Row("GET", "/{slug}/log/export", "operator", 200),
    Row("GET", "/{slug}/log/{request_id}", "viewer", 200),
    Row("GET", "/{slug}/audit", "owner", 200),
    Row("GET", "/{slug}/comparison", "viewer", 200),
    Row("POST", "/{slug}/promotion", "owner", 200),
    Row("POST", "/{slug}/detach", "owner", 200),
    Row("POST", "/{slug}/replays", "operator", 200),
    Row("POST", "/{slug}/snapshots", "operator", 202),
    Row("GET", "/{slug}/snapshots", "viewer", 200),
    Row("GET", "/{slug}/snapshots/{id}", "viewer", 200),
    // These two name no integration; the second names a portal in its body.
    Row("GET", "", "viewer", 200),
    Row("POST", "", "owner", 201),
];

/// Routes that need a role, and no matter which.
const OF_ANYBODY: [(&str, &str); 2] = [("GET", "/admin/v1/whoami"), ("GET", "/admin/v1/openapi.json")];

/// A route with everything filled in.
struct Request {
    method: Method,
    path: String,
    body: Option<Value>,
}

impl Request {
    async fn of(row: &Row, gateway: &TestGateway, slug: &str) -> Self {
        let entra = gateway.integration(slug, Environment::Production).await;
        let made = entra.post("/Users", user("ana@acme.example", "1", "Ana", "Silva")).await;
        let (credential, _) = gateway.credential(slug, |_| {}).await;
        let snapshots = format!("/{slug}/snapshots");
        let id = match row.1.contains("snapshots") {
            true => gateway.administrator.send(Method::POST, &snapshots, &[], None).await.id(),
            false => credential.as_str().to_owned(),
        };
        let query = match row.1 {
            "/{slug}/log/export" => "?format=csv",
            "/{slug}/comparison" => "?with=acme-production",
            _ => "",
        };
        let path = row.1.replace("{slug}", slug).replace("{id}", &id).replace("{urn}", "urn:acme:x:User");
        let path = path.replace("{request_id}", made.header("x-request-id"));
        Self { method: row.0.parse().unwrap(), path: path + query, body: body(row, slug) }
    }

    async fn ask(&self, client: &Entra) -> Answer {
        let body = self.body.as_ref().map(|body| body.to_string().into_bytes());
        client.send(self.method.clone(), &self.path, &[("if-match", "\"1\"")], body).await
    }
}

fn body(row: &Row, slug: &str) -> Option<Value> {
    let body = match (row.0, row.1) {
        ("POST", "") => json!({ "slug": format!("{slug}-new"), "portal": "acme", "environment": "staging" }),
        (_, "/{slug}/state") => json!({ "state": "paused" }),
        (_, "/{slug}/profile") => json!({ "profile": "strict" }),
        (_, "/{slug}/settings") => json!({ "log_retention_days": 30 }),
        (_, "/{slug}/schemas/{urn}") => json!({ "attributes": [{ "name": "badge" }] }),
        ("POST", "/{slug}/credentials") => json!({ "kind": "secret", "name": "Entra" }),
        (_, "/{slug}/promotion") => json!({ "from": "acme-production", "from_version": 1, "to_version": 1 }),
        (_, "/{slug}/replays") => json!({ "since": "2026-01-01T00:00:00Z" }),
        (_, "/{slug}/detach") => json!({ "confirm": slug }),
        _ => return None,
    };
    Some(body)
}

/// Roles lower than that one, in the portal of the row.
fn lower(role: &str) -> &'static [&'static str] {
    match role {
        "viewer" => &[],
        "operator" => &["acme:viewer"],
        _ => &["acme:viewer", "acme:operator"],
    }
}

/// Whether a route reads a body. That of a rotation may be empty.
fn takes_body(row: &Row) -> bool {
    body(row, "acme").is_some() || row.1.ends_with("/rotate")
}

#[test]
fn every_route_has_a_row() {
    let of_rows = ROWS.iter().map(|row| (row.0, format!("{BASE}{}", row.1), Some(row.2)));
    let of_anybody = OF_ANYBODY.iter().map(|(method, path)| (*method, (*path).to_owned(), None));
    let registered = ADMIN_ROUTES
        .iter()
        .map(|route| (route.method, route.path.to_owned(), route.role.map(administration::Role::as_str)));
    assert_eq!(of_rows.chain(of_anybody).collect::<BTreeSet<_>>(), registered.collect());
}

#[tokio::test(flavor = "multi_thread")]
async fn every_address_says_which_methods_it_answers() {
    let gateway = TestGateway::start().await;
    let rows = ROWS.iter().map(|row| (row.0, format!("{BASE}{}", row.1)));
    let of_anybody = OF_ANYBODY.iter().map(|(method, path)| (*method, (*path).to_owned()));
    let mut addresses = BTreeMap::<String, BTreeSet<&str>>::new();
    for (method, path) in rows.chain(of_anybody) {
        let methods = addresses.entry(path).or_default();
        methods.insert(method);
        if method == "GET" {
            methods.insert("HEAD");
        }
    }
    for (path, methods) in addresses {
        let allowed = methods.iter().copied().collect::<Vec<_>>().join(", ");
        let path = path.replace("{slug}", "acme-production").replace(['{', '}'], "");
        let path = format!("/..{}", path.trim_start_matches("/admin/v1"));
        for method in ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "BREW"] {
            if methods.contains(method) {
                continue;
            }
            let about = format!("{method} {path}");
            let answer = gateway.administrator.send(method.parse().unwrap(), &path, &[], None).await;
            assert_eq!((answer.status, answer.header("allow")), (405, allowed.as_str()), "{about}");
            if method != "HEAD" {
                assert_problem(&answer, 405, &about);
            }
        }
    }
    for path in ["/acme-production/nowhere", "/acme-production/log/1/2", "/../nowhere", "/acme-production/"] {
        for method in [Method::GET, Method::PUT] {
            assert_problem(&gateway.administrator.send(method, path, &[], None).await, 404, path);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_can_be_got_can_be_asked_for_without_its_body() {
    let gateway = TestGateway::start().await;
    for (n, row) in ROWS.iter().enumerate().filter(|(_, row)| row.0 == "GET") {
        let mut request = Request::of(row, &gateway, &format!("acme-{n}")).await;
        let get = request.ask(&gateway.administrator).await;
        request.method = Method::HEAD;
        let head = request.ask(&gateway.administrator).await;
        assert_eq!((head.status, &head.body), (200, &Value::Null), "{}", row.1);
        for name in ["content-type", "etag", "cache-control", "x-content-type-options"] {
            assert_eq!(head.header(name), get.header(name), "{}: {name}", row.1);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_route_takes_a_parameter_that_it_does_not_have() {
    let gateway = TestGateway::start().await;
    for (n, row) in ROWS.iter().enumerate() {
        let mut request = Request::of(row, &gateway, &format!("acme-{n}")).await;
        let sign = if request.path.contains('?') { '&' } else { '?' };
        request.path = format!("{}{sign}colour=red", request.path);
        let answer = request.ask(&gateway.administrator).await;
        assert_problem(&answer, 400, row.1);
        assert!(answer.body["detail"].as_str().unwrap().contains("colour"), "{answer:?}");
    }
    for path in [
        "/acme-production/log/export?format=csv&limit=1",
        "/acme-production/log/export?format=csv&cursor=1",
        "/acme-production/log?format=csv",
        "/acme-production/log?limit=1&limit=1",
        "/acme-production/snapshots?limit=1",
        "/../whoami?verbose",
        "/../openapi.json?format=yaml",
    ] {
        assert_problem(&gateway.administrator.get(path).await, 400, path);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_is_refused_before_the_body_comes_and_a_body_has_its_time() {
    let gateway = TestGateway::start_with(|limits| limits.body_seconds = 1).await;
    let unfinished = b"Content-Length: 100\r\n\r\n{";
    for (n, row) in ROWS.iter().enumerate().filter(|(_, row)| row.0 != "GET" && takes_body(row)) {
        let about = format!("{} {}", row.0, row.1);
        let request = Request::of(row, &gateway, &format!("acme-{n}")).await;
        let line = format!("{} {}{} HTTP/1.1", row.0, gateway.administrator.path(), request.path);
        for role in lower(row.2) {
            let refused = gateway.administrator_with(&[role]).raw(&line, unfinished).await;
            assert_eq!((refused.status, refused.is_closed), (403, true), "{about}: {refused:?}");
        }
        if row.1 == "/{slug}/settings" {
            // What was seen is asked for first.
            let refused = gateway.administrator.raw(&line, unfinished).await;
            assert_eq!((refused.status, refused.is_closed), (428, true), "{about}: {refused:?}");
            continue;
        }
        let refused = gateway.administrator.raw(&line, unfinished).await;
        assert_eq!((refused.status, refused.is_closed), (408, true), "{about}: {refused:?}");
        assert!(refused.head.contains("application/problem+json"), "{about}: {refused:?}");
        let large = gateway.administrator.raw(&line, b"Content-Length: 65537\r\n\r\n{").await;
        assert_eq!((large.status, large.is_closed), (413, true), "{about}: {large:?}");
        // The web framework takes it for a failure of the connection: mostly nobody is answered.
        let broken =
            gateway.administrator.raw(&line, b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\nzz\r\n").await;
        assert!(broken.is_closed && [0, 400].contains(&broken.status), "{about}: {broken:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_lets_in_who_may_and_nobody_else() {
    let gateway = TestGateway::start().await;
    let with = |roles: &[&str]| gateway.administrator_with(roles);
    for (n, row) in ROWS.iter().enumerate() {
        let about = format!("{} {}", row.0, row.1);
        let request = Request::of(row, &gateway, &format!("acme-{n}")).await;
        for token in [None, Some("nonsense"), gateway.entra.token()] {
            let answer = request.ask(&gateway.administrator.with_token(token)).await;
            assert_problem(&answer, 401, &about);
            assert_eq!(answer.header("www-authenticate"), "Bearer", "{about}");
        }
        for roles in [&[][..], &["admin", "acme:root"]] {
            assert_problem(&request.ask(&with(roles)).await, 403, &about);
        }
        for role in ["viewer", "operator", "owner"] {
            let elsewhere = request.ask(&with(&[&format!("globex:{role}")])).await;
            match (row.0, row.1) {
                ("GET", "") => assert_eq!(elsewhere.body, json!({ "items": [], "next": null })),
                ("POST", "") => assert_problem(&elsewhere, 403, &about),
                _ => assert_problem(&elsewhere, 404, &about),
            }
        }
        for role in lower(row.2) {
            let refused = request.ask(&with(&[role, "globex:owner"])).await;
            assert_problem(&refused, 403, &about);
            let detail = format!("the role {} is needed in this portal", row.2);
            assert_eq!(refused.body["detail"], detail, "{about} as {role}");
        }
        let answer = request.ask(&with(&[&format!("acme:{}", row.2)])).await;
        assert_eq!(answer.status, row.3, "{about}: {answer:?}");
    }
    for (_, path) in OF_ANYBODY {
        let path = format!("/..{}", path.trim_start_matches("/admin/v1"));
        assert_problem(&gateway.administrator.with_token(None).get(&path).await, 401, &path);
        assert_problem(&with(&[]).get(&path).await, 403, &path);
        assert_eq!(with(&["globex:viewer"]).get(&path).await.status, 200, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_unseen_is_told_from_nothing_that_is_not_there() {
    let gateway = TestGateway::start().await;
    let stranger = gateway.administrator_with(&["globex:owner"]);
    for (n, row) in ROWS.iter().enumerate().filter(|(_, row)| row.1.starts_with("/{slug}")) {
        let slug = format!("acme-{n}");
        let mut request = Request::of(row, &gateway, &slug).await;
        let unseen = request.ask(&stranger).await;
        request.path = request.path.replacen(&slug, "acme-x", 1);
        let unknown = request.ask(&stranger).await;
        for answer in [&unseen, &unknown] {
            assert_problem(answer, 404, row.1);
        }
        let whole = |answer: &Answer| {
            let mut headers = answer.headers.clone();
            headers.remove("date");
            (answer.body.to_string(), headers)
        };
        assert_eq!(whole(&unseen), whole(&unknown), "{} {}", row.0, row.1);
    }
    let compared = "/acme-production/comparison?with=acme-nobody";
    let of_acme = gateway.administrator_with(&["acme:owner"]);
    assert_problem(&of_acme.get(compared).await, 404, "the other");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrators_token_opens_no_scim_endpoint() {
    let gateway = TestGateway::start().await;
    let administrator = gateway.entra.with_token(gateway.administrator.token());
    for path in ["/Users", "/Groups", "/Users/0198c0de-0000-7000-8000-000000000000"] {
        assert_refused(&administrator.get(path).await, 401, None, path);
    }
}
