//! Why a learner is as it is, as administrators are told.

use events::v1::User;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{TestApi, ana, assert_problem};

async fn language(api: &TestApi) -> (Value, Value) {
    let path = format!("/acme-production/learners/{}/explain", api.learner("acme").await);
    let told = api.administrator.get(&path).await;
    assert_eq!((told.status, told.header("cache-control")), (200, "no-store"), "{told:?}");
    let attributes = told.body["attributes"].as_array().unwrap();
    let language = attributes.iter().find(|told| told["attribute"] == "preferred_language").unwrap().clone();
    (told.body, language)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_learner_is_explained() {
    let api = TestApi::start().await;
    api.hear("acme", 1, 2, User { preferred_language: "de".to_owned(), ..ana() }).await;
    let (learner, told) = language(&api).await;
    let request = Uuid::from_u128(9);
    assert_eq!(
        (&learner["scim_id"], &learner["phase"], &learner["rules_version"], &learner["waiting"]),
        (&json!(Uuid::from_u128(1)), &json!("current"), &json!(0), &Value::Null)
    );
    assert_eq!(learner["last_event"]["request_id"], json!(request));
    assert_eq!(
        learner["status"]["words"],
        format!(
            "Azure owns the status. It was set from Azure on 2026-03-01 12:00 UTC by the default rules (request \
             {request})."
        )
    );
    let expected = json!({
        "attribute": "preferred_language",
        "value": "pt-BR",
        "directory": "de",
        "trouble": null,
        "rule": { "mode": "seed_once", "on_clear": "keep" },
        "set_by": "seed",
        "written": {
            "at": "2026-03-01T12:00:00Z",
            "event_id": told["written"]["event_id"],
            "request_id": request,
            "rules_version": 0
        },
        "is_edited": false,
        "conflicts": [],
        "words": "The LMS owns this value since the learner was created. Azure now says something else, which is not \
                  written because of the rule seed_once."
    });
    assert_eq!(told, expected);

    let body = json!({ "rules": { "ownership": { "preferred_language": { "mode": "source" } } } });
    assert_eq!(api.save(0, &body).await.status, 200);
    while api.sync.recheck().await.unwrap() > 0 {}
    let (learner, told) = language(&api).await;
    assert_eq!(
        (&learner["rules_version"], &told["value"], &told["set_by"]),
        (&json!(1), &json!("de"), &json!("source"))
    );
    assert!(told["words"].as_str().unwrap().contains("by rules version 1"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_elses_learner_is_explained() {
    let api = TestApi::start().await;
    let others = api.learner("globex").await;
    for learner in [others.as_str(), "00000000-0000-0000-0000-000000000000", "ana"] {
        let answer = api.administrator.get(&format!("/acme-production/learners/{learner}/explain")).await;
        assert_problem(&answer, 404, learner);
    }
}
