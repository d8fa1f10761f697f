//! Filters: each operator, each special attribute, entries, and what was stored in a wrong way.

use directory::{QueryError, UserId};
use serde_json::json;

use crate::changes::{group, group_id, user, user_id, user_of};
use crate::fixture::{Fixture, users};

fn ids(numbers: &[u128]) -> Vec<UserId> {
    numbers.iter().map(|n| user_id(*n)).collect()
}

async fn check(fixture: &Fixture, cases: &[(&str, &[u128])]) {
    for (filter, expected) in cases {
        assert_eq!(fixture.user_ids(filter).await, ids(expected), "{filter}");
    }
}

pub(crate) async fn operators_compare_as_the_rfc_says(fixture: Fixture) {
    for (n, title) in [(1, "Boss"), (2, "100%_\\\"x"), (3, "ΟΔΟΣ")] {
        fixture.add_user(&user_of(n, json!({ "userName": format!("u{n}"), "title": title }))).await;
    }
    fixture.add_user(&user_of(4, json!({ "userName": "u4", "active": true }))).await;
    check(
        &fixture,
        &[
            ("title eq \"bOSS\"", &[1]),
            ("title ne \"boss\"", &[2, 3, 4]),
            ("title co \"OS\"", &[1]),
            ("title co \"%\"", &[2]),
            ("title co \"_\\\\\"", &[2]),
            ("title co \"\"", &[1, 2, 3]),
            ("title sw \"\" and title ew \"\"", &[1, 2, 3]),
            ("title sw \"bo\"", &[1]),
            ("title sw \"os\"", &[]),
            ("title ew \"SS\"", &[1]),
            ("title ew \"\\\"X\"", &[2]),
            ("title ew \"a long text that nothing ends with\"", &[]),
            ("title gt \"boss\"", &[3]),
            ("title ge \"boss\"", &[1, 3]),
            ("title lt \"boss\"", &[2]),
            ("title le \"boss\"", &[1, 2]),
            ("title eq \"οδος\"", &[3]),
            ("title co \"δος\"", &[3]),
            ("title pr", &[1, 2, 3]),
            ("not (title pr)", &[4]),
            ("not (title eq \"boss\") and title pr", &[2, 3]),
            ("title eq null", &[4]),
            ("title ne null", &[1, 2, 3]),
            ("active eq true", &[4]),
            ("active ne true", &[1, 2, 3]),
            ("title eq \"boss\" or active eq true", &[1, 4]),
        ],
    )
    .await;
}

pub(crate) async fn special_attributes_are_compared(fixture: Fixture) {
    for n in 1..=3 {
        let document = json!({
            "userName": format!("U{n}"), "externalId": format!("E{n}"), "displayName": format!("Dé {n}"),
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        });
        fixture.add_user(&user_of(n, document)).await;
    }
    let second = user_id(2).to_string();
    check(
        &fixture,
        &[
            (&format!("id gt \"{second}\""), &[3]),
            (&format!("id ew \"{}\"", &second[30..]), &[2]),
            ("id co \"-\"", &[1, 2, 3]),
            (&format!("id ne \"{second}\""), &[1, 3]),
            ("id ne \"x\"", &[1, 2, 3]),
            ("externalId sw \"E\"", &[1, 2, 3]),
            ("externalId sw \"e\"", &[]),
            ("externalId gt \"E1\" and externalId lt \"E3\"", &[2]),
            ("userName co \"u\" and userName ne \"u2\"", &[1, 3]),
            ("displayName ew \"e\u{301} 3\"", &[3]),
            ("displayName ew \"É 3\"", &[3]),
            ("meta.created eq \"2026-01-01T01:00:00.1239+01:00\"", &[1, 2, 3]),
            ("meta.created lt \"2026-01-01T00:00:00.123Z\"", &[]),
            ("meta.lastModified ge \"2026-01-01T00:00:00.123Z\"", &[1, 2, 3]),
            ("meta.version eq \"W/\\\"1\\\"\"", &[1, 2, 3]),
            ("meta.version eq \"W/\\\"2\\\"\"", &[]),
            ("meta.resourceType eq \"User\"", &[1, 2, 3]),
            ("meta.resourceType eq \"user\"", &[]),
            ("meta pr", &[1, 2, 3]),
            ("schemas eq \"urn:ietf:params:scim:schemas:core:2.0:User\"", &[1, 2, 3]),
            ("schemas ne \"urn:ietf:params:scim:schemas:core:2.0:User\"", &[]),
            ("schemas co \"enterprise\"", &[]),
        ],
    )
    .await;
}

pub(crate) async fn conditions_on_entries_are_about_one_entry(fixture: Fixture) {
    let emails =
        json!([{ "value": "a@x", "type": "work" }, { "value": "b@x", "type": "home", "primary": true }]);
    fixture.add_user(&user_of(1, json!({ "userName": "u1", "emails": emails }))).await;
    fixture.add_user(&user_of(2, json!({ "userName": "u2", "emails": [{ "value": "a@x" }] }))).await;
    fixture.add_user(&user(3, "u3")).await;
    check(
        &fixture,
        &[
            ("emails[type eq \"work\" and value eq \"b@x\"]", &[]),
            ("emails.type eq \"work\" and emails.value eq \"b@x\"", &[1]),
            ("emails[type eq \"HOME\" and value co \"B\"]", &[1]),
            ("emails[not (type pr)]", &[2]),
            ("emails[type ne \"work\"]", &[1, 2]),
            ("emails.type ne \"work\"", &[1, 2, 3]),
            ("emails.value ne \"a@x\"", &[1, 3]),
            ("emails[primary eq true].value eq \"b@x\"", &[1]),
            ("emails[primary eq false]", &[]),
            ("emails pr", &[1, 2]),
            ("emails.type pr", &[1]),
            ("not (emails[value eq \"a@x\"])", &[3]),
        ],
    )
    .await;
}

pub(crate) async fn groups_of_users_are_compared(fixture: Fixture) {
    let all = fixture.add_users(3).await;
    fixture.add_group(&group(1, "Sales"), &all[..2]).await;
    fixture.add_group(&group(2, "Größe"), &all[1..2]).await;
    let (first, second) = (group_id(1), group_id(2));
    check(
        &fixture,
        &[
            (&format!("groups.value eq \"{first}\""), &[1, 2]),
            (&format!("groups eq \"{second}\" and userName pr"), &[2]),
            (&format!("groups.value ne \"{first}\""), &[2, 3]),
            (&format!("groups.value co \"{}\"", &second.to_string()[30..]), &[2]),
            ("groups.value eq \"x\"", &[]),
            ("groups.display sw \"GRÖ\"", &[2]),
            ("groups.display ne \"sales\"", &[2, 3]),
            ("groups.type eq \"DIRECT\"", &[1, 2]),
            ("groups pr", &[1, 2]),
            (&format!("groups[value eq \"{first}\" and display eq \"größe\"]"), &[]),
            (&format!("groups[value eq \"{second}\" and type eq \"direct\"]"), &[2]),
        ],
    )
    .await;
}

pub(crate) async fn members_of_groups_are_compared(fixture: Fixture) {
    fixture.add_user(&user_of(1, json!({ "userName": "a", "displayName": "Ana" }))).await;
    fixture.add_user(&user(2, "b")).await;
    fixture.add_group(&group(1, "One"), &[user_id(1)]).await;
    fixture.add_group(&group(2, "Two"), &[user_id(1), user_id(2)]).await;
    fixture.add_group(&group(3, "None"), &[]).await;
    let second = user_id(2);
    for (filter, expected) in [
        (&*format!("members.value eq \"{second}\""), vec![2]),
        (&format!("members.value ne \"{second}\""), vec![1, 2, 3]),
        (&format!("members.value ne \"{}\"", user_id(1)), vec![2, 3]),
        ("members.display eq \"ANA\"", vec![1, 2]),
        ("members.display ne \"ana\"", vec![3]),
        ("members[not (display pr)]", vec![2]),
        ("members.type ne \"User\"", vec![3]),
        ("meta.resourceType eq \"Group\" and displayName gt \"none\"", vec![1, 2]),
    ] {
        let expected: Vec<_> = expected.into_iter().map(group_id).collect();
        assert_eq!(fixture.group_ids(filter).await, expected, "{filter}");
    }
}

pub(crate) async fn wrong_types_equal_nothing_and_fail_nothing(fixture: Fixture) {
    let document = json!({
        "userName": "u1", "title": 7, "active": "yes", "name": "x", "emails": ["a", { "value": 1 }, null],
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": []
    });
    fixture.add_user(&user_of(1, document)).await;
    check(
        &fixture,
        &[
            ("title eq \"7\" or title co \"7\" or title gt \"\"", &[]),
            ("title ne \"7\"", &[1]),
            ("title pr", &[1]),
            ("active eq true or active eq false", &[]),
            ("active ne true", &[1]),
            ("name.familyName eq \"x\" or name.familyName pr", &[]),
            ("emails.value eq \"1\" or emails[value eq \"a\"]", &[]),
            ("emails.value ne \"1\"", &[1]),
            ("emails[type ne \"work\"]", &[1]),
            ("department pr or manager.value pr", &[]),
            ("department ne \"x\"", &[1]),
        ],
    )
    .await;
    for by in ["title", "active", "name.familyName", "emails.value", "department"] {
        let query = directory::Query { sort: crate::fixture::sort(by, "ascending"), ..users("") };
        assert_eq!(fixture.users_by(&query).await, ids(&[1]), "{by}");
    }
}

pub(crate) async fn the_longest_filters_are_answered(fixture: Fixture) {
    fixture.add_users(2).await;
    let wide = (0..190).map(|n| format!("emails ne \"{n}\"")).collect::<Vec<_>>();
    let deep = (0..31).fold("userName sw \"U\"".to_owned(), |inner, n| match n % 2 {
        0 => format!("not ({inner})"),
        _ => format!("(title pr or {inner}) and id pr"),
    });
    for filter in [wide.join(" and "), wide.join(" or "), deep] {
        assert_eq!(fixture.user_ids(&filter).await.len(), 2, "{filter}");
    }
}

pub(crate) async fn a_directory_that_is_too_large_is_not_searched(fixture: Fixture) {
    let columns = "integration_id, id, incarnation, version, created_at, last_modified, user_name_folded, active, resource";
    let (postgres, sqlite) = (
        format!(
            "insert into directory.scim_user ({columns}) select '{}', gen_random_uuid(), 1, 1, now(), now(),
                'user' || n, true, '{{}}' from generate_series(1, 200000) as n;
            insert into directory.resource_count (integration_id, kind, shard, live) values ('{0}', 'user', 0, 200000)",
            fixture.of.0
        ),
        format!(
            "with recursive numbers(n) as (select 1 union all select n + 1 from numbers where n < 200000)
            insert into directory.scim_user ({columns}) select '{}', printf('01920000-0000-7000-9000-%012x', n), 1, 1, 0, 0,
                'user' || n, true, '{{}}' from numbers",
            fixture.of.0
        ),
    );
    fixture.execute(if fixture.is_postgres() { &postgres } else { &sqlite }).await;
    assert_eq!(fixture.store.users(fixture.of, &users("title eq \"x\""), false).await.unwrap().total, 0);
    fixture.add_user(&user(1, "one more")).await;
    let refused = fixture.store.users(fixture.of, &users("title eq \"x\""), false).await;
    assert!(matches!(refused, Err(QueryError::TooMany)), "{refused:?}");
    let sorted = directory::Query { sort: crate::fixture::sort("title", "ascending"), ..users("") };
    let refused = fixture.store.users(fixture.of, &sorted, false).await;
    assert!(matches!(refused, Err(QueryError::TooMany)), "{refused:?}");
    check(&fixture, &[("userName eq \"one more\" and title ne \"x\"", &[1])]).await;
    let listed = fixture.store.users(fixture.of, &users(""), false).await.unwrap();
    assert_eq!((listed.total, listed.items.len()), (200_001, 1_000));
    assert_eq!(fixture.store.users(fixture.other, &users("title eq \"x\""), false).await.unwrap().total, 0);
}
