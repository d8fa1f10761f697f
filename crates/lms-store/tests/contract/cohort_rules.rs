//! Which cohort a group becomes, as the rules change.

use events::Applied::{Executed, Parked};
use events::Message;

use crate::fixture::{
    INTEGRATION, again, at, group, group_changed, group_deprovisioned, group_provisioned, members,
    provisioned, scim, user,
};
use crate::over_both_stores;
use crate::world::World;

over_both_stores!(
    two_groups_feed_one_local_cohort,
    a_group_that_is_ignored_has_no_cohort,
    rules_that_change_take_the_members_along,
    a_regular_expression_names_cohorts,
    what_leaving_means_and_the_role_are_written,
    a_group_named_like_a_local_cohort_does_not_merge,
    a_deleted_group_archives_its_cohort_and_returns,
    a_group_that_returns_keeps_the_memberships_that_are_right,
    a_group_that_returns_keeps_them_when_the_deletion_was_lost,
    a_rule_that_links_to_nothing_makes_events_wait,
    what_was_deleted_while_ignored_gets_no_cohort,
    a_cohort_edited_by_hand_goes_back,
);

const LOCAL: &str = "00000000-0000-0000-0000-0000000000aa";

async fn local_cohort(world: &World, name: &str) {
    world
        .execute(&format!(
            "insert into lms.cohort (cohort_id, portal_id, name, slug, status, origin)
             select '{LOCAL}', portal_id, '{name}', 'local', 'active', 'local' from lms.portal"
        ))
        .await;
}

/// Members of the local cohort, by whatever origin.
async fn local_members(world: &World) -> String {
    world
        .text(&format!(
            "select coalesce(string_agg(given_name || ' ' || origin, ', ' order by given_name), '')
             from (select learner.given_name, membership.origin
                 from lms.cohort_membership as membership
                 join lms.learner as learner on learner.learner_id = membership.learner_id
                 where membership.cohort_id = '{LOCAL}') as member"
        ))
        .await
}

/// Ana and Bea in Sales (50), Bea and Caio in Support (60).
fn history() -> Vec<Message> {
    vec![
        provisioned(1, at(1), user("ana")),
        provisioned(2, at(1), user("bea")),
        provisioned(3, at(1), user("caio")),
        group_provisioned(50, at(1), group("Sales")),
        members(50, at(2), &[1, 2], &[]),
        group_provisioned(60, at(1), group("Support")),
        members(60, at(2), &[2, 3], &[]),
    ]
}

fn link_all() -> String {
    format!(r#"{{"cohorts":[{{"name":"all","when":"any","then":{{"link":{{"cohort":"{LOCAL}"}}}}}}]}}"#)
}

const IGNORE_SALES: &str = r#"{"cohorts":[
    {"name":"no sales","when":{"exact":"sales"},"then":"ignore"},
    {"name":"rest","when":"any","then":{"create":{}}}]}"#;

/// Of memberships, since when they are.
async fn backdate(world: &World) {
    world.execute("update lms.cohort_membership set since = '2020-01-01T00:00:00Z'").await;
}

const OLD: &str = "lms.cohort_membership where since < '2021-01-01T00:00:00Z'";

async fn two_groups_feed_one_local_cohort(world: World) {
    world.apply(provisioned(9, at(1), user("zoe"))).await;
    local_cohort(&world, "Everybody").await;
    world.rule(&link_all()).await;
    world.handle(&history()).await;
    assert_eq!(local_members(&world).await, "ana scim, bea scim, caio scim");
    assert_eq!(world.cohorts_of(INTEGRATION).await.len(), 0);
    world.apply(members(50, at(3), &[], &[1, 2])).await;
    assert_eq!(local_members(&world).await, "bea scim, caio scim");
    world.apply(group_deprovisioned(60, at(3), group("Support"))).await;
    assert_eq!(local_members(&world).await, "");
    let untouched = format!(
        "lms.cohort where cohort_id = '{LOCAL}' and name = 'Everybody' and slug = 'local'
        and status = 'active' and origin = 'local' and integration is null"
    );
    assert_eq!(world.count(&untouched).await, 1);
}

async fn a_group_that_is_ignored_has_no_cohort(world: World) {
    world.apply(provisioned(9, at(1), user("zoe"))).await;
    world.rule(IGNORE_SALES).await;
    assert_eq!(world.handle(&history()).await, [Executed; 7]);
    assert_eq!(world.picture().await[4..], ["aad-Support Active: bea caio"]);
    // By another name it is another matter.
    world.apply(group_changed(50, at(3), group("Sales EMEA"))).await;
    assert_eq!(
        world.picture().await[4..],
        ["aad-Sales EMEA Active: ana bea", "aad-Support Active: bea caio"]
    );
}

async fn rules_that_change_take_the_members_along(world: World) {
    world.handle(&history()).await;
    local_cohort(&world, "Everybody").await;
    let created = ["aad-Sales Active: ana bea", "aad-Support Active: bea caio"];
    let ids =
        "select string_agg(cast(cohort_id as text), ' ' order by name) from lms.cohort where origin = 'scim'";
    let before = world.text(ids).await;
    for _ in 0..2 {
        assert_eq!(world.picture().await[3..], created);
        assert_eq!(local_members(&world).await, "");
        world.rule(IGNORE_SALES).await;
        assert_eq!(world.picture().await[3..], ["aad-Sales Archived:", created[1]]);
        world.rule(&link_all()).await;
        assert_eq!(world.picture().await[3..], ["aad-Sales Archived:", "aad-Support Archived:"]);
        assert_eq!(local_members(&world).await, "ana scim, bea scim, caio scim");
        world.rule("{}").await;
    }
    assert_eq!(world.picture().await[3..], created);
    assert_eq!(world.text(ids).await, before, "they are the same cohorts");
}

async fn a_regular_expression_names_cohorts(world: World) {
    world.handle(&history()).await;
    world
        .rule(
            r#"{"cohorts":[{"name":"teams","when":{"regex":"^S(?<rest>.+)$"},
                "then":{"create":{"name_template":"Team {rest}"}}}]}"#,
        )
        .await;
    world.apply(group_provisioned(70, at(1), group("Lab"))).await;
    assert_eq!(world.picture().await[3..], ["Team ales Active: ana bea", "Team upport Active: bea caio"]);
}

async fn what_leaving_means_and_the_role_are_written(world: World) {
    world.handle(&history()).await;
    let sales = scim(50);
    world
        .rule(&format!(
            r#"{{"cohorts":[
                {{"name":"teachers","when":{{"group_id":"{sales}"}},"then":{{"create":{{}}}},
                  "on_leave":"withdraw","grants_role":"instructor"}},
                {{"name":"rest","when":"any","then":{{"create":{{}}}}}}]}}"#
        ))
        .await;
    let written = "lms.cohort where on_leave = 'withdraw' and grants_role = 'instructor'";
    assert_eq!(world.count(written).await, 1);
    assert_eq!(world.count("lms.role_grant where role = 'instructor'").await, 2);
    world.apply(members(50, at(3), &[], &[1])).await;
    assert_eq!(world.count("lms.role_grant where role = 'instructor'").await, 1);
    world.rule("{}").await;
    assert_eq!((world.count(written).await, world.count("lms.role_grant").await), (0, 0));
}

async fn a_group_named_like_a_local_cohort_does_not_merge(world: World) {
    world.handle(&history()).await;
    local_cohort(&world, "aad-Staff").await;
    world.apply(group_changed(50, at(3), group("Staff"))).await;
    assert_eq!(world.picture().await[3..], ["aad-Staff Active: ana bea", "aad-Support Active: bea caio"]);
    assert_eq!(world.count("lms.cohort where name = 'aad-Staff'").await, 2);
    assert_eq!(world.count("lms.cohort where name = 'aad-Staff' and slug like 'aad-staff-%'").await, 1);
    assert_eq!(local_members(&world).await, "");
}

async fn a_deleted_group_archives_its_cohort_and_returns(world: World) {
    world.handle(&history()).await;
    world.apply(group_deprovisioned(50, at(3), group("Sales"))).await;
    assert_eq!(world.picture().await[3], "aad-Sales Archived:");
    world.handle(&[group_provisioned(51, again(1), group("Sales")), members(51, again(2), &[3], &[])]).await;
    assert_eq!(world.picture().await[3], "aad-Sales Active: caio");
}

async fn a_group_that_returns_keeps_the_memberships_that_are_right(world: World) {
    world.handle(&history()).await;
    backdate(&world).await;
    let batch = [
        group_deprovisioned(50, at(3), group("Sales")),
        group_provisioned(51, again(1), group("Sales")),
        members(51, again(2), &[2, 3], &[]),
    ];
    world.handle(&batch).await;
    assert_eq!(world.picture().await[3], "aad-Sales Active: bea caio");
    assert_eq!(world.count(OLD).await, 3, "Bea is in both since long, Caio in Support");
}

async fn a_group_that_returns_keeps_them_when_the_deletion_was_lost(world: World) {
    world.handle(&history()).await;
    backdate(&world).await;
    world
        .handle(&[group_provisioned(51, again(1), group("Sales")), members(51, again(2), &[1, 2], &[])])
        .await;
    assert_eq!((world.picture().await[3].as_str(), world.count(OLD).await), ("aad-Sales Active: ana bea", 4));
    // The deletion comes after all.
    world.apply(group_deprovisioned(50, at(3), group("Sales"))).await;
    assert_eq!((world.picture().await[3].as_str(), world.count(OLD).await), ("aad-Sales Active: ana bea", 4));
}

async fn a_rule_that_links_to_nothing_makes_events_wait(world: World) {
    world.handle(&history()).await;
    world.rule(&link_all()).await;
    assert_eq!(world.count("sync.recheck where reason_code = 'unknown_cohort'").await, 2);
    assert_eq!(world.apply(group_changed(50, at(3), group("Sales EMEA"))).await, Parked);
    local_cohort(&world, "Everybody").await;
    world.let_a_minute_pass_for_parked_events().await;
    assert_eq!(world.retry_parked().await, 1);
    world.execute("update sync.recheck set not_before = requested_at").await;
    world.recheck().await;
    assert_eq!(local_members(&world).await, "ana scim, bea scim, caio scim");
    assert_eq!(world.count("sync.recheck").await, 0);
}

async fn what_was_deleted_while_ignored_gets_no_cohort(world: World) {
    world.apply(provisioned(9, at(1), user("zoe"))).await;
    world.rule(r#"{"cohorts":[]}"#).await;
    world.handle(&history()).await;
    world.apply(group_deprovisioned(50, at(3), group("Sales"))).await;
    world.rule("{}").await;
    assert_eq!(world.picture().await[4..], ["aad-Support Active: bea caio"]);
}

async fn a_cohort_edited_by_hand_goes_back(world: World) {
    world.handle(&history()).await;
    world
        .execute("update lms.cohort set name = 'Mine', on_leave = 'withdraw' where name = 'aad-Sales'")
        .await;
    world.apply(group_changed(50, at(3), group("Sales"))).await;
    assert_eq!(world.picture().await[3], "aad-Sales Active: ana bea");
    assert_eq!(world.count("lms.cohort where on_leave = 'withdraw'").await, 0);
}
