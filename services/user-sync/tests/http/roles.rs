//! Who may do what: every route, and everybody who comes.

use std::collections::BTreeSet;

use administration::Role;
use reqwest::Method;
use testkit::entra::Entra;

use crate::harness::{TestApi, assert_problem};

/// The lowest role of every route. A new route needs a row.
const ROLES: &[(&str, &str, Role)] = &[
    ("get", "/learners", Role::Viewer),
    ("get", "/learners/{learner}/explain", Role::Viewer),
    ("get", "/cohorts", Role::Viewer),
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
    let served: BTreeSet<_> = user_sync::ROUTES.iter().copied().collect();
    let listed: BTreeSet<_> = ROLES.iter().map(|(method, path, _)| (*method, *path)).collect();
    assert_eq!(served, listed);
    assert_eq!(served.len(), user_sync::ROUTES.len());
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
        "/rules-comparison" => "?with=acme-production",
        "/reconcile/runs/{id}/drift" => "?kind=missing_user",
        _ => "",
    };
    let fill = |part| if str::starts_with(part, '{') { "00000000-0000-0000-0000-0000000000ff" } else { part };
    path.split('/').map(fill).collect::<Vec<_>>().join("/") + query
}
