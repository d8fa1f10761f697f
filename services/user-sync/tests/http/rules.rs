//! Rules, as administrators read, save and try them.

use lms::{Attribute, Rules};
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{TestApi, assert_problem};

const RULES: &str = "/acme-production/rules";

fn phone(mode: &str) -> Value {
    json!({ "rules": { "ownership": { "phone": { "mode": mode } } }, "comment": "asked for by Acme" })
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_are_read_and_saved_with_their_version() {
    let api = TestApi::start().await;
    let defaults = api.administrator.get(RULES).await;
    assert_eq!((defaults.status, defaults.header("etag")), (200, "\"0\""));
    assert_eq!(defaults.header("cache-control"), "no-store");
    let rules = serde_json::to_value(Rules::default().complete()).unwrap();
    let expected = json!({ "version": 0, "saved_by": null, "saved_at": null, "comment": "", "rules": rules });
    assert_eq!(defaults.body, expected);
    assert_eq!(rules["ownership"].as_object().unwrap().len(), Attribute::ALL.len());

    let saved = api.save(0, &phone("lms")).await;
    assert_eq!((saved.status, saved.header("etag")), (200, "\"1\""), "{saved:?}");
    assert_eq!(
        (&saved.body["saved_by"], &saved.body["comment"]),
        (&json!("olga"), &json!("asked for by Acme"))
    );
    assert_eq!(saved.body["rules"]["ownership"]["phone"], json!({ "mode": "lms", "on_clear": "keep" }));
    assert!(saved.body["saved_at"].is_string());
    assert_eq!(api.administrator.get(RULES).await.body, saved.body);
    let same = api.save(1, &phone("lms")).await;
    assert_eq!((same.status, same.header("etag")), (200, "\"1\""), "the same again is no version");
    assert_eq!(api.administrator.get("/globex-production/rules").await.header("etag"), "\"0\"");

    api.save(1, &phone("source")).await;
    let list = api.administrator.get(&format!("{RULES}/versions?limit=1")).await;
    assert_eq!((list.status, &list.body["items"][0]["version"]), (200, &json!(2)));
    assert_eq!(list.body["items"][0].get("rules"), None);
    let rest = api.administrator.get(&format!("{RULES}/versions?limit=5&cursor={}", list.body["next"])).await;
    assert_eq!((&rest.body["items"][0]["version"], &rest.body["next"]), (&json!(1), &Value::Null));
    let first = api.administrator.get(&format!("{RULES}/versions/1")).await;
    assert_eq!((first.header("etag"), &first.body), ("\"1\"", &saved.body));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_saves_has_to_have_seen_the_version_in_force() {
    let api = TestApi::start().await;
    let body = phone("lms").to_string().into_bytes();
    assert_problem(&api.put(&[], body.clone()).await, 428, "none");
    for tag in ["*", "\"1\"", "0", "W/\"0\"", "\"0\", \"1\"", "\"x\""] {
        assert_problem(&api.put(&[("if-match", tag)], body.clone()).await, 412, tag);
    }
    assert_eq!(api.save(0, &phone("lms")).await.status, 200);
    let late = api.save(0, &phone("source")).await;
    assert_problem(&late, 412, "late");
    assert!(late.body["detail"].as_str().unwrap().contains("version 1 of the rules is in force"), "{late:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn mistakes_are_told_with_their_places() {
    let api = TestApi::start().await;
    let wrong = json!({
        "ownership": { "login": { "mode": "lms" } },
        "mapping": { "login": { "from": ["userName"] }, "shoe_size": { "from": ["title"] } },
        "cohorts": [{ "name": "a", "when": { "prefix": " " }, "then": "ignore" }],
        "gaurd": {}
    });
    let pointers = ["/mapping/shoe_size", "/cohorts/0/when/prefix", "/gaurd", "/ownership/login/mode"];
    let saved = api.save(0, &json!({ "rules": wrong })).await;
    let tried = api
        .administrator
        .post(&format!("{RULES}/preview"), json!({ "rules": wrong, "scim_id": Uuid::from_u128(1) }))
        .await;
    let grouped =
        api.administrator.post(&format!("{RULES}/preview-cohorts"), json!({ "rules": wrong })).await;
    for answer in [saved, tried, grouped] {
        assert_problem(&answer, 422, "wrong rules");
        let errors = answer.body["errors"].as_array().unwrap();
        let found: Vec<&str> = errors.iter().map(|error| error["pointer"].as_str().unwrap()).collect();
        assert_eq!(found, pointers);
        assert!(errors.iter().all(|error| error["problem"].as_str().is_some_and(|text| text.len() > 10)));
    }
    assert_eq!(api.administrator.get(RULES).await.header("etag"), "\"0\"");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_is_json_as_documented_and_not_too_long() {
    let api = TestApi::start().await;
    let paths = [
        (Method::PUT, RULES.to_owned()),
        (Method::POST, format!("{RULES}/preview")),
        (Method::POST, format!("{RULES}/preview-cohorts")),
    ];
    for (method, path) in paths {
        let send = |body: Vec<u8>| {
            let headers = &[("if-match", "\"0\"")];
            api.administrator.send(method.clone(), &path, headers, Some(body))
        };
        for body in ["", "{", "[]", "{}x", "{\"rules\":{},\"colour\":1}"] {
            assert_problem(&send(body.into()).await, 400, &format!("{path} {body}"));
        }
        let long = json!({ "rules": { "comment": "x".repeat(256 * 1024) } }).to_string();
        assert_problem(&send(long.into_bytes()).await, 413, &path);
    }
    let comment = json!({ "rules": {}, "comment": "x".repeat(1_001) });
    assert_problem(&api.save(0, &comment).await, 400, "comment");
    let preview = format!("{RULES}/preview");
    let both = json!({ "scim_id": Uuid::nil(), "learner_id": Uuid::nil() });
    for body in [json!({}), both, json!({ "scim_id": "x" })] {
        assert_problem(&api.administrator.post(&preview, body.clone()).await, 400, &body.to_string());
    }
    assert_problem(&api.administrator.get(&format!("{RULES}/versions?cursor=x")).await, 400, "cursor");
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_are_tried_on_a_person() {
    let api = TestApi::start().await;
    let learner = api.learner("acme").await;
    let rules = json!({ "mapping": {
        "login": { "from": ["userName"] },
        "job_title": { "from": ["title"], "transforms": [{ "template": "Senior {value}" }] }
    } });
    let path = format!("{RULES}/preview");
    let scim_id = Uuid::from_u128(1);
    let tried = api.administrator.post(&path, json!({ "rules": rules, "scim_id": scim_id })).await;
    assert_eq!((tried.status, &tried.body["scim_id"]), (200, &json!(scim_id)), "{tried:?}");
    let title =
        tried.body["attributes"].as_array().unwrap().iter().find(|told| told["attribute"] == "job_title");
    let expected = json!({
        "attribute": "job_title",
        "directory": "Senior Engineer",
        "trouble": null,
        "value": "Engineer",
        "rule": { "mode": "source", "on_clear": "clear" },
        "becomes": "directory",
        "value_after": "Senior Engineer",
        "conflict": null
    });
    assert_eq!(title, Some(&expected));
    let by_learner = api.administrator.post(&path, json!({ "rules": rules, "learner_id": learner })).await;
    assert_eq!(by_learner.body, tried.body);
    let in_force = api.administrator.post(&path, json!({ "learner_id": learner })).await;
    let stays = in_force.body["attributes"].as_array().unwrap().iter().all(|told| told["becomes"] == "stays");
    assert!(stays, "{in_force:?}");
    for body in [json!({ "learner_id": Uuid::nil() }), json!({ "scim_id": Uuid::nil() })] {
        assert_problem(&api.administrator.post(&path, body).await, 404, "nobody");
    }
    let elsewhere = "/globex-production/rules/preview";
    assert_problem(&api.administrator.post(elsewhere, json!({ "learner_id": learner })).await, 404, "theirs");
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_are_tried_on_groups() {
    let api = TestApi::start().await;
    for (id, name) in [(50, "Sales"), (51, "test-a"), (52, "test-b")] {
        api.hear_of_group("acme", id, name).await;
    }
    let path = format!("{RULES}/preview-cohorts");
    let rules = json!({ "cohorts": [
        { "name": "tests", "when": { "prefix": "test-" }, "then": "ignore" },
        { "name": "all others", "when": "any", "then": { "create": {} } }
    ] });
    let first = api.administrator.post(&path, json!({ "rules": rules, "limit": 2 })).await;
    assert_eq!(first.status, 200, "{first:?}");
    let cohort = &first.body["items"][0]["now"]["cohort_id"];
    let expected = json!({
        "items": [{
            "scim_id": Uuid::from_u128(51),
            "display_name": "test-a",
            "now": {
                "action": "create", "cohort_id": cohort, "name": "aad-test-a", "on_leave": "keep", "grants_role": null
            },
            "after": {
                "action": "ignore", "cohort_id": null, "name": null, "on_leave": null, "grants_role": null
            },
            "rule": "tests"
        }],
        "totals": { "groups": 2, "changed": 1, "created": 0, "linked": 0, "ignored": 1, "amended": 0 },
        "next": Uuid::from_u128(51)
    });
    assert_eq!(first.body, expected);
    let next = &first.body["next"];
    let second = api.administrator.post(&path, json!({ "rules": rules, "limit": 2, "cursor": next })).await;
    assert_eq!((&second.body["totals"]["groups"], &second.body["next"]), (&json!(1), &Value::Null));
}

#[tokio::test(flavor = "multi_thread")]
async fn only_administrators_come_in_and_only_to_what_exists() {
    let api = TestApi::start().await;
    let learner = api.learner("acme").await;
    let routes = [
        (Method::GET, "/rules".to_owned()),
        (Method::PUT, "/rules".to_owned()),
        (Method::GET, "/rules/versions".to_owned()),
        (Method::GET, "/rules/versions/1".to_owned()),
        (Method::POST, "/rules/preview".to_owned()),
        (Method::POST, "/rules/preview-cohorts".to_owned()),
        (Method::GET, format!("/learners/{learner}/explain")),
    ];
    for (method, path) in routes {
        let body = match path.as_str() {
            _ if method == Method::GET => None,
            "/rules/preview" => Some(json!({ "learner_id": learner }).to_string().into_bytes()),
            _ => Some(json!({ "rules": {} }).to_string().into_bytes()),
        };
        let headers = &[("if-match", "\"0\"")];
        for token in [None, Some("nonsense")] {
            let other = api.administrator.with_token(token);
            let answer =
                other.send(method.clone(), &format!("/acme-production{path}"), headers, body.clone()).await;
            assert_problem(&answer, 401, &path);
        }
        for unknown in ["initech-production", "%00"] {
            let path = format!("/{unknown}{path}");
            let answer = api.administrator.send(method.clone(), &path, headers, body.clone()).await;
            assert_problem(&answer, 404, &path);
        }
    }
    for version in ["1", "x", "-1", "99999999999"] {
        let answer = api.administrator.get(&format!("{RULES}/versions/{version}")).await;
        assert_problem(&answer, 404, version);
    }
}
