use serde_json::{Value, json};
use testkit::entra::{Answer, group, user};

use crate::harness::TestGateway;

/// A gateway with users and an empty group, and nothing told yet.
async fn with_members(count: usize) -> (TestGateway, Vec<String>, String) {
    let gateway = TestGateway::start().await;
    let mut users = Vec::new();
    for n in 0..count {
        let login = format!("learner{n}@contoso.example");
        users.push(
            gateway.entra.post("/Users", user(&login, &format!("l-{n}"), "L", &n.to_string())).await.id(),
        );
    }
    let created = gateway.entra.post("/Groups", group("Forklift 2026", "g-1")).await;
    assert_eq!(created.status, 201, "{created:?}");
    assert_eq!(created.body.get("members"), None);
    let path = format!("/Groups/{}", created.id());
    gateway.events().await;
    (gateway, users, path)
}

fn member_ids(answer: &Answer) -> Vec<String> {
    let members = answer.body["members"].as_array().cloned().unwrap_or_default();
    members.iter().map(|member| member["value"].as_str().unwrap().to_owned()).collect()
}

fn sorted(ids: &[&String]) -> Vec<String> {
    let mut ids: Vec<String> = ids.iter().map(|id| (*id).clone()).collect();
    ids.sort();
    ids
}

#[tokio::test(flavor = "multi_thread")]
async fn members_join_and_leave_in_both_dialects() {
    let (gateway, u, path) = with_members(4).await;
    let entra = &gateway.entra;
    let join = json!([{ "op": "Add", "path": "members", "value": [
        { "$ref": null, "value": u[0] }, { "value": u[1] }, { "value": u[2] }, { "value": u[2] }
    ] }]);
    assert_eq!(entra.patch(&path, join.clone()).await.status, 200);
    let events = gateway.events().await;
    assert_eq!(events.len(), 1);
    let data: Value = serde_json::from_str(&events[0].data).unwrap();
    assert_eq!(data["added"].as_array().unwrap().len(), 3);
    assert_eq!(data["memberCount"], 3);
    assert_eq!((&data["chunk"], &data["chunks"]), (&json!(1), &json!(1)));

    assert_eq!(entra.patch(&path, join).await.status, 200, "again");
    assert_eq!(gateway.event_types().await, Vec::<&str>::new());

    let leave = json!([{ "op": "Remove", "path": "members", "value": [{ "$ref": null, "value": u[0] }] }]);
    assert_eq!(entra.patch(&path, leave).await.status, 200);
    let leave = json!([{ "op": "remove", "path": format!("members[value eq \"{}\"]", u[1]) }]);
    assert_eq!(entra.patch(&path, leave.clone()).await.status, 200);
    assert_eq!(entra.patch(&path, leave).await.status, 200, "is no member any more");
    assert_eq!(gateway.event_types().await, ["membership.changed", "membership.changed"]);
    let read = entra.get(&path).await;
    assert_eq!(member_ids(&read), [u[2].clone()]);
    assert_eq!(read.body["members"][0]["type"], "User");
    assert_eq!(read.body["members"][0]["$ref"], format!("{}/Users/{}", entra.base(), u[2]).as_str());
    assert_eq!(read.body["members"][0]["display"], "L 2");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_whole_membership_is_replaced_by_its_difference() {
    let (gateway, u, path) = with_members(4).await;
    let replace = |ids: &[&String]| {
        let members: Vec<Value> = ids.iter().map(|id| json!({ "value": id })).collect();
        json!([{ "op": "replace", "path": "members", "value": members }])
    };
    gateway.entra.patch(&path, replace(&[&u[0], &u[1]])).await;
    gateway.events().await;
    assert_eq!(gateway.entra.patch(&path, replace(&[&u[1], &u[2], &u[3]])).await.status, 200);
    let data: Value = serde_json::from_str(&gateway.events().await[0].data).unwrap();
    assert_eq!(data["removed"], json!([u[0]]));
    assert_eq!(data["added"].as_array().unwrap().len(), 2);
    assert_eq!(member_ids(&gateway.entra.get(&path).await), sorted(&[&u[1], &u[2], &u[3]]));

    assert_eq!(gateway.entra.patch(&path, replace(&[])).await.status, 200);
    assert_eq!(member_ids(&gateway.entra.get(&path).await), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rename_keeps_the_members_and_travels_with_them() {
    let (gateway, u, path) = with_members(1).await;
    let both = json!([
        { "op": "Replace", "path": "displayName", "value": "Forklift A" },
        { "op": "Add", "path": "externalId", "value": "g-2" },
        { "op": "Add", "path": "members", "value": [{ "value": u[0] }] }
    ]);
    assert_eq!(gateway.entra.patch(&path, both).await.status, 200);
    let events = gateway.events().await;
    let told: Vec<_> = events
        .iter()
        .map(|event| (event.envelope.event_type.routing_suffix(), event.envelope.sequence.version))
        .collect();
    assert_eq!(told, [("group.changed", 2), ("membership.changed", 2)], "one version");
    let read = gateway.entra.get(&path).await;
    assert_eq!((&read.body["displayName"], &read.body["externalId"]), (&json!("Forklift A"), &json!("g-2")));
    assert_eq!(member_ids(&read), [u[0].clone()]);
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_are_passed_over() {
    let (gateway, u, path) = with_members(1).await;
    let other = gateway.integration("globex-production", events::Environment::Production).await;
    let foreign = other.post("/Users", user("f@globex.example", "f-1", "F", "G")).await.id();
    gateway.events().await;
    let join = json!([{ "op": "Add", "path": "members", "value": [
        { "value": foreign }, { "value": uuid::Uuid::new_v4().to_string() }, { "value": "no id of ours" }
    ] }]);
    assert_eq!(gateway.entra.patch(&path, join).await.status, 200);
    assert_eq!(gateway.event_types().await, Vec::<&str>::new());
    assert_eq!(member_ids(&gateway.entra.get(&path).await), Vec::<String>::new());
    assert_eq!(other.get(&path).await.status, 404);
    assert_eq!(other.get(&format!("/Users/{}", u[0])).await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disabled_member_stays_and_a_deleted_one_goes() {
    let (gateway, u, path) = with_members(2).await;
    let join = json!([{ "op": "Add", "path": "members", "value": [{ "value": u[0] }, { "value": u[1] }] }]);
    gateway.entra.patch(&path, join).await;
    let off = json!([{ "op": "Replace", "path": "active", "value": "False" }]);
    gateway.entra.patch(&format!("/Users/{}", u[0]), off).await;
    gateway.entra.delete(&format!("/Users/{}", u[1])).await;
    assert_eq!(member_ids(&gateway.entra.get(&path).await), [u[0].clone()]);
}

#[tokio::test(flavor = "multi_thread")]
async fn groups_are_matched_without_their_members() {
    let (gateway, u, path) = with_members(1).await;
    gateway
        .entra
        .patch(&path, json!([{ "op": "Add", "path": "members", "value": [{ "value": u[0] }] }]))
        .await;
    for query in [
        "filter=displayName+eq+%22FORKLIFT+2026%22&excludedAttributes=members".to_owned(),
        "filter=externalId+eq+%22g-1%22&excludedAttributes=members".to_owned(),
        format!("filter=members+eq+%22{}%22&attributes=id", u[0]),
    ] {
        let found = gateway.entra.get(&format!("/Groups?{query}")).await;
        assert_eq!(found.body["totalResults"], 1, "{query}: {found:?}");
        assert_eq!(found.body["Resources"][0].get("members"), None, "{query}");
        assert!(path.ends_with(found.body["Resources"][0]["id"].as_str().unwrap()));
    }
    let listed = gateway.entra.get("/Groups").await;
    assert_eq!(listed.body["Resources"][0]["members"][0]["value"], u[0].as_str());
}

#[tokio::test(flavor = "multi_thread")]
async fn put_replaces_attributes_and_members() {
    let (gateway, u, path) = with_members(2).await;
    let mut body = group("Forklift 2026", "g-1");
    body["members"] = json!([{ "value": u[1] }]);
    let put = gateway.entra.put(&path, body.clone()).await;
    assert_eq!(put.status, 200, "{put:?}");
    assert_eq!(member_ids(&put), [u[1].clone()]);
    assert_eq!(gateway.event_types().await, ["membership.changed"]);
    assert_eq!(gateway.entra.put(&path, body).await.status, 200);
    assert_eq!(gateway.event_types().await, Vec::<&str>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_group_frees_its_name_and_keeps_its_people() {
    let (gateway, u, path) = with_members(1).await;
    let taken = gateway.entra.post("/Groups", group("FORKLIFT 2026", "g-9")).await;
    assert_eq!((taken.status, &taken.body["scimType"]), (409, &json!("uniqueness")));
    assert_eq!(gateway.entra.delete(&path).await.status, 204);
    assert_eq!(gateway.entra.delete(&path).await.status, 404);
    assert_eq!(gateway.entra.get(&path).await.status, 404);
    assert_eq!(gateway.entra.get(&format!("/Users/{}", u[0])).await.status, 200);
    assert_eq!(gateway.entra.post("/Groups", group("Forklift 2026", "g-1")).await.status, 201);
    assert_eq!(gateway.event_types().await, ["group.deprovisioned", "group.provisioned"]);
}
