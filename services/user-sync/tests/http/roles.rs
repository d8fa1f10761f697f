//! Who may do what: every route, and everybody who comes.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use administration::Role;
use reqwest::Method;
use testkit::entra::Entra;

use crate::harness::{TestApi, assert_problem};

/// The lowest role of every route. A new route needs a row.
const ROLES: &[(&str, &str, Role)] = &[
    ("get", "/lms-summary", Role::Viewer),
    ("get", "/learners", Role::Viewer),
    ("post", "/learners/search", Role::Viewer),
    ("get", "/learners/{learner}/explain", Role::Viewer),
    ("get", "/learners/{learner}/cohorts", Role::Viewer),
    ("get", "/cohorts", Role::Viewer),
    ("get", "/cohort-sizes", Role::Viewer),
    ("get", "/rules", Role::Viewer),
    ("put", "/rules", Role::Owner),
    ("get", "/rules/versions", Role::Viewer),
    ("get", "/rules/versions/{version}", Role::Viewer),
    ("post", "/rules/preview", Role::Operator),
    ("post", "/rules/preview-cohorts", Role::Operator),
    ("get", "/rules-comparison", Role::Viewer),
    ("post", "/rules-promotion", Role::Owner),
    ("get", "/effects", Role::Viewer),
    ("get", "/effects/export", Role::Operator),
    ("get", "/detachment", Role::Viewer),
    ("get", "/lms-audit", Role::Owner),
    ("get", "/holds", Role::Viewer),
    ("get", "/holds/{id}", Role::Viewer),
    ("post", "/holds/{id}/approve", Role::Operator),
    ("post", "/holds/{id}/reject", Role::Operator),
    ("get", "/adoptions", Role::Viewer),
    ("post", "/adoptions/link-all", Role::Owner),
    ("post", "/adoptions/{scim_id}/link", Role::Operator),
    ("post", "/adoptions/{scim_id}/create", Role::Operator),
    ("get", "/parked", Role::Viewer),
    ("post", "/parked/retry", Role::Operator),
    ("post", "/parked/{event_id}/retry", Role::Operator),
    ("delete", "/parked/{event_id}", Role::Operator),
    ("get", "/stuck", Role::Viewer),
    ("post", "/stuck/{scim_id}/retry", Role::Operator),
    ("get", "/missing-managers", Role::Viewer),
    ("get", "/exemptions", Role::Viewer),
    ("get", "/learners/{id}/exemption", Role::Viewer),
    ("put", "/learners/{id}/exemption", Role::Operator),
    ("delete", "/learners/{id}/exemption", Role::Operator),
    ("get", "/erasures", Role::Viewer),
    ("get", "/learners/{id}/erasure", Role::Viewer),
    ("post", "/learners/{id}/erasure", Role::Operator),
    ("delete", "/learners/{id}/erasure", Role::Operator),
    ("post", "/learners/{id}/erasure/confirm", Role::Owner),
    ("get", "/conflicts", Role::Viewer),
    ("get", "/findings", Role::Viewer),
    ("get", "/reconcile/runs", Role::Viewer),
    ("get", "/reconcile/runs/{id}", Role::Viewer),
    ("get", "/reconcile/runs/{id}/drift", Role::Viewer),
];

const PORTALS: [(&str, Role); 3] =
    [("acme:viewer", Role::Viewer), ("acme:operator", Role::Operator), ("acme:owner", Role::Owner)];

#[test]
fn every_route_has_a_row_and_every_row_a_route() {
    let routes = user_sync::admin_routes();
    let served: BTreeSet<_> =
        routes.iter().map(|route| (route.method.to_lowercase(), route.path.to_owned(), route.role)).collect();
    let listed = ROLES.iter().map(|(method, path, role)| ((*method).to_owned(), whole(path), Some(*role)));
    let description = ("get".to_owned(), "/admin/v1/lms/openapi.json".to_owned(), None);
    assert_eq!(served, listed.chain([description]).collect());
    assert_eq!(served.len(), routes.len());
}

#[test]
fn what_reads_by_a_post_does_nothing_else_at_its_address() {
    let at = |path: &str| {
        let routes = user_sync::admin_routes().into_iter().filter(|route| route.path == path);
        routes.map(|route| route.method).collect::<Vec<_>>()
    };
    for path in user_sync::READS {
        assert_eq!(at(path), ["POST"], "{path}");
    }
}

fn whole(path: &str) -> String {
    format!("/admin/v1/integrations/{{integration}}{path}")
}

/// Routes that read a body.
const TAKE_BODIES: &[(&str, &str)] = &[
    ("post", "/learners/search"),
    ("put", "/rules"),
    ("post", "/rules/preview"),
    ("post", "/rules/preview-cohorts"),
    ("post", "/rules-promotion"),
    ("post", "/holds/{id}/approve"),
    ("post", "/holds/{id}/reject"),
    ("post", "/adoptions/link-all"),
    ("post", "/adoptions/{scim_id}/link"),
    ("post", "/parked/retry"),
    ("put", "/learners/{id}/exemption"),
    ("post", "/learners/{id}/erasure"),
];

#[tokio::test(flavor = "multi_thread")]
async fn every_address_says_which_methods_it_answers() {
    let api = TestApi::start().await;
    let mut addresses = BTreeMap::<&str, BTreeSet<String>>::new();
    for (method, path, _) in ROLES {
        let methods = addresses.entry(path).or_default();
        methods.insert(method.to_uppercase());
        if *method == "get" {
            methods.insert("HEAD".to_owned());
        }
    }
    for (path, methods) in addresses {
        let allowed = methods.iter().cloned().collect::<Vec<_>>().join(", ");
        let path = format!("/acme-production{}", filled(path));
        for method in ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] {
            if methods.contains(method) {
                continue;
            }
            let answer = api.administrator.send(method.parse().unwrap(), &path, &[], None).await;
            assert_eq!((answer.status, answer.header("allow")), (405, allowed.as_str()), "{method} {path}");
            if method != "HEAD" {
                assert_problem(&answer, 405, &path);
            }
        }
    }
    for path in ["/acme-production", "/acme-production/nowhere", "/acme-production/holds/1/2", "/../nowhere"]
    {
        assert_problem(&api.administrator.get(path).await, 404, path);
        assert_problem(&api.administrator.post(path, serde_json::json!({})).await, 404, path);
    }
    let head = api.administrator.send(Method::HEAD, "/acme-production/learners", &[], None).await;
    assert_eq!((head.status, &head.body), (200, &serde_json::Value::Null));
}

#[tokio::test(flavor = "multi_thread")]
async fn no_route_takes_a_parameter_that_it_does_not_have() {
    let api = TestApi::start().await;
    for (method, path, _) in ROLES {
        let path = format!("/acme-production{}", filled(path));
        let sign = if path.contains('?') { '&' } else { '?' };
        let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
        let path = format!("{path}{sign}colour=red");
        let answer = api.administrator.send(method, &path, &[], Some(b"{}".to_vec())).await;
        assert_problem(&answer, 400, &path);
        assert!(answer.body["detail"].as_str().unwrap().contains("colour"), "{answer:?}");
    }
    for (path, told) in [
        ("/effects/export?format=csv&limit=1", "there is no parameter limit here"),
        ("/effects/export?format=csv&cursor=1", "there is no parameter cursor here"),
        ("/effects?format=csv", "there is no parameter format here"),
        ("/effects/export?outcome=held", "format is missing"),
        ("/effects/export?format=xlsx", "format must be csv or ndjson"),
        ("/effects?cursor=-1", "cursor must be the `next` of a page"),
        ("/effects?from=2026-03-01", "from must be an instant such as 2026-03-01T12:00:00Z"),
        ("/effects?scim_id=7", "scim_id must be a UUID"),
        ("/holds?state=open&state=open", "state is given twice"),
        ("/learners?limit=0", "limit must be a number from 1 to 1000"),
        ("/learners?limit=1001", "limit must be a number from 1 to 1000"),
        ("/learners?cursor=1", "cursor must be a UUID"),
        ("/rules/versions?cursor=-1", "cursor must be the `next` of a page"),
        ("/lms-audit?cursor=0", "cursor must be the `next` of a page"),
    ] {
        let answer = api.administrator.get(&format!("/acme-production{path}")).await;
        assert_problem(&answer, 400, path);
        let detail = answer.body["detail"].as_str().unwrap();
        assert!(detail.starts_with(told), "{path}: {detail}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_is_refused_before_the_body_comes_and_a_body_has_its_time() {
    let api = TestApi::start_with(Duration::from_secs(1)).await;
    for (method, path) in TAKE_BODIES {
        let about = format!("{method} {path}");
        let needed = ROLES.iter().find(|row| (row.0, row.1) == (*method, *path)).unwrap().2;
        let base = api.administrator.path();
        let line = format!("{} {base}/acme-production{} HTTP/1.1", method.to_uppercase(), filled(path));
        let unfinished = b"If-Match: \"0\"\r\nContent-Length: 100\r\n\r\n{";
        for (grant, _) in PORTALS.iter().filter(|(_, role)| *role < needed) {
            let refused = api.caller("olaf", &[grant]).raw(&line, unfinished).await;
            assert_eq!((refused.status, refused.is_closed), (403, true), "{about}: {refused:?}");
        }
        let refused = api.administrator.raw(&line, unfinished).await;
        assert_eq!((refused.status, refused.is_closed), (408, true), "{about}: {refused:?}");
        assert!(refused.head.contains("application/problem+json"), "{about}: {refused:?}");
        let large = b"If-Match: \"0\"\r\nContent-Length: 262145\r\n\r\n{";
        let refused = api.administrator.raw(&line, large).await;
        assert_eq!((refused.status, refused.is_closed), (413, true), "{about}: {refused:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_lets_in_whom_it_should_and_nobody_else() {
    let api = TestApi::start().await;
    let nobody = api.administrator.with_token(None);
    let garbage = api.administrator.with_token(Some("garbage"));
    let without_roles = api.caller("ulla", &[]);
    let stranger = api.caller("stan", &["globex:owner"]);
    for (method, path, needed) in ROLES {
        let about = format!("{method} {path}");
        let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
        let path = filled(path);
        let known = format!("/acme-production{path}");
        let ask = async |caller: &Entra, path: &str| {
            caller.send(method.clone(), path, &[], Some(b"{}".to_vec())).await
        };
        assert_problem(&ask(&nobody, &known).await, 401, &about);
        assert_problem(&ask(&garbage, &known).await, 401, &about);
        assert_problem(&ask(&without_roles, &known).await, 403, &about);
        let unseen = ask(&stranger, &known).await;
        assert_problem(&unseen, 404, &about);
        // Nobody can tell an integration of another portal from one that there is not.
        let unknown = ask(&api.administrator, &format!("/nowhere{path}")).await;
        assert_eq!((unknown.status, &unknown.body), (404, &unseen.body), "{about}");
        for (grant, role) in PORTALS {
            let answer = ask(&api.caller("olaf", &[grant]), &known).await;
            if role < *needed {
                assert_problem(&answer, 403, &about);
                let detail = answer.body["detail"].as_str().unwrap();
                assert!(detail.contains(needed.as_str()), "{about}: {detail}");
            } else {
                assert!(!matches!(answer.status, 401 | 403 | 405), "{about} as {grant}: {answer:?}");
                assert_ne!(answer.body, unseen.body, "{about} as {grant}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_asked_for_is_on_record_also_what_is_denied() {
    let api = TestApi::start().await;
    let viewer = api.caller("vera", &["acme:viewer"]);
    assert_eq!(viewer.post("/acme-production/parked/retry", serde_json::json!({})).await.status, 403);
    let operator = api.caller("otto", &["acme:operator"]);
    assert_eq!(operator.post("/acme-production/parked/retry", serde_json::json!({})).await.status, 202);
    let owner = api.caller("olga", &["acme:owner"]);
    assert_eq!(owner.get("/acme-production/learners").await.status, 200);
    let sought = serde_json::json!({ "text": "ana" });
    assert_eq!(owner.post("/acme-production/learners/search", sought).await.status, 200);
    let record = owner.get("/acme-production/lms-audit").await;
    let acts: Vec<_> = record.body["items"].as_array().unwrap().iter().collect();
    let told = |act: &serde_json::Value| {
        let route = act["route"].as_str().unwrap().rsplit_once('}').unwrap().1.to_owned();
        (act["subject"].clone(), act["method"].clone(), route, act["status"].clone())
    };
    assert_eq!(told(acts[0]), ("otto".into(), "POST".into(), "/parked/retry".to_owned(), 202.into()));
    assert_eq!(told(acts[1]), ("vera".into(), "POST".into(), "/parked/retry".to_owned(), 403.into()));
    assert_eq!(acts.len(), 2);
    let first = owner.get("/acme-production/lms-audit?limit=1").await;
    let next = first.body["next"].as_i64().unwrap();
    let second = owner.get(&format!("/acme-production/lms-audit?limit=1&cursor={next}")).await;
    assert_eq!(second.body["items"][0], *acts[1]);
    let elsewhere = api.administrator.get("/globex-production/lms-audit").await;
    assert_eq!(elsewhere.body["items"], serde_json::json!([]));
}

/// The path with something in place of every parameter, and the query that it cannot do without.
fn filled(path: &str) -> String {
    let query = match path {
        "/effects/export" => "?format=csv",
        "/rules-comparison" => "?with=acme-production",
        "/reconcile/runs/{id}/drift" => "?kind=missing_user",
        _ => "",
    };
    let fill = |part| if str::starts_with(part, '{') { "00000000-0000-0000-0000-0000000000ff" } else { part };
    path.split('/').map(fill).collect::<Vec<_>>().join("/") + query
}
