//! The order of a result and its parts.

use directory::{Page, Position, Query, UserId, UserView};
use scim::ResourceType;
use serde_json::{Value, json};

use crate::changes::{user, user_id, user_of};
use crate::fixture::{Fixture, query, sort, users};

fn numbers(ids: &[UserId]) -> Vec<u128> {
    (1..100).filter(|n| ids.contains(&user_id(*n))).collect()
}

async fn ordered(fixture: &Fixture, by: &str, order: &str) -> Vec<UserId> {
    fixture.users_by(&Query { sort: sort(by, order), ..users("") }).await
}

fn ids(numbers: &[u128]) -> Vec<UserId> {
    numbers.iter().map(|n| user_id(*n)).collect()
}

/// Titles with ties, gaps, and letters that a dictionary would sort in another way.
async fn add_titled(fixture: &Fixture) {
    for (n, title) in
        [(1, Some("b")), (2, None), (3, Some("Z")), (4, Some("B")), (5, Some("ä")), (6, None), (7, Some("a"))]
    {
        let mut document = json!({ "userName": format!("u{n}"), "active": n % 2 == 0 });
        if let Some(title) = title {
            document["title"] = Value::String(title.to_owned());
        }
        fixture.add_user(&user_of(n, document)).await;
    }
}

pub(crate) async fn users_are_ordered_by_value_and_then_by_id(fixture: Fixture) {
    add_titled(&fixture).await;
    assert_eq!(ordered(&fixture, "title", "ascending").await, ids(&[7, 1, 4, 3, 5, 2, 6]));
    assert_eq!(ordered(&fixture, "title", "descending").await, ids(&[2, 6, 5, 3, 1, 4, 7]));
    assert_eq!(ordered(&fixture, "active", "ascending").await, ids(&[1, 3, 5, 7, 2, 4, 6]));
    assert_eq!(ordered(&fixture, "userName", "descending").await, ids(&[7, 6, 5, 4, 3, 2, 1]));
    assert_eq!(ordered(&fixture, "meta.created", "descending").await, ids(&[1, 2, 3, 4, 5, 6, 7]));
    assert_eq!(ordered(&fixture, "id", "descending").await, ids(&[7, 6, 5, 4, 3, 2, 1]));
}

pub(crate) async fn the_primary_entry_decides_about_the_order(fixture: Fixture) {
    for (n, emails) in [
        (1, json!([{ "value": "a" }, { "value": "z", "primary": true }])),
        (2, json!([{ "value": "M" }, { "value": "b", "primary": false }])),
        (3, json!([{ "value": "a" }, { "display": "x", "primary": true }])),
    ] {
        fixture.add_user(&user_of(n, json!({ "userName": format!("u{n}"), "emails": emails }))).await;
    }
    assert_eq!(ordered(&fixture, "emails", "ascending").await, ids(&[2, 1, 3]));
    assert_eq!(ordered(&fixture, "emails.value", "descending").await, ids(&[3, 1, 2]));
}

/// Walks through a query, two at a time, and does `between` after the first page.
async fn walk(fixture: &Fixture, query: &Query, between: impl AsyncFnOnce()) -> Vec<UserId> {
    let (mut met, mut position, mut between) = (vec![], None, Some(between));
    loop {
        let page = Page::After { position, limit: 2 };
        let part = Query { page, counted: false, ..query.clone() };
        let found = fixture.store.users(fixture.of, &part, false).await.unwrap();
        let Some(last) = found.items.last() else { return met };
        position = Some(position_of(query, last));
        met.extend(found.items.iter().map(|view| view.user.id));
        if let Some(between) = between.take() {
            between().await;
        }
    }
}

fn position_of(query: &Query, view: &UserView) -> Position {
    let value = query.sort.as_ref().and_then(|sort| sort.value_of(&view.document("")));
    Position { value, id: view.user.id.0 }
}

pub(crate) async fn a_walk_by_ids_meets_everybody_once(fixture: Fixture) {
    for n in [2, 4, 6, 8, 10] {
        fixture.add_user(&user(n, &format!("u{n}"))).await;
    }
    let met = walk(&fixture, &users(""), async || {
        fixture.delete_user(&user(6, "u6")).await;
        fixture.add_user(&user(1, "u1")).await;
        fixture.add_user(&user(9, "u9")).await;
    })
    .await;
    assert_eq!(met, ids(&[2, 4, 8, 9, 10]), "what was there all the time is met once, and 9 came behind");
    let met = walk(&fixture, &users("userName ne \"u4\""), async || {}).await;
    assert_eq!(met, ids(&[1, 2, 8, 9, 10]));
}

pub(crate) async fn a_walk_in_an_order_meets_everybody_once(fixture: Fixture) {
    add_titled(&fixture).await;
    let query = |order| Query { sort: sort("title", order), ..users("") };
    let whole = walk(&fixture, &query("ascending"), async || {}).await;
    assert_eq!(whole, ids(&[7, 1, 4, 3, 5, 2, 6]));
    let whole = walk(&fixture, &query("descending"), async || {}).await;
    assert_eq!(whole, ids(&[2, 6, 5, 3, 1, 4, 7]));
    let met = walk(&fixture, &query("ascending"), async || {
        fixture.delete_user(&user(1, "u1")).await;
        fixture.add_user(&user_of(8, json!({ "userName": "u8", "title": "0" }))).await;
        fixture.add_user(&user_of(9, json!({ "userName": "u9", "title": "y" }))).await;
    })
    .await;
    assert_eq!(met, ids(&[7, 1, 4, 9, 3, 5, 2, 6]), "1 was met before it went, and 8 came too late");
    assert_eq!(numbers(&met), [1, 2, 3, 4, 5, 6, 7, 9]);
}

pub(crate) async fn only_what_is_asked_for_is_counted(fixture: Fixture) {
    fixture.add_users(5).await;
    let total = async |query: Query| fixture.store.users(fixture.of, &query, false).await.unwrap().total;
    let after = |limit| Page::After { position: None, limit };
    for filter in ["", "userName pr", "userName sw \"USER\" or title pr"] {
        assert_eq!(total(Query { page: after(2), ..users(filter) }).await, 5);
        assert_eq!(total(Query { page: after(0), ..users(filter) }).await, 5);
        assert_eq!(total(Query { page: after(9), ..users(filter) }).await, 5);
        let position = Some(Position { value: None, id: user_id(4).0 });
        assert_eq!(total(Query { page: Page::After { position, limit: 9 }, ..users(filter) }).await, 5);
        assert_eq!(total(Query { page: after(2), counted: false, ..users(filter) }).await, 0);
    }
    let groups = Query { page: after(0), ..query("", ResourceType::GROUP) };
    assert_eq!(fixture.store.groups(fixture.of, &groups).await.unwrap().total, 0);
}

pub(crate) async fn a_deep_page_is_that_of_its_offset(fixture: Fixture) {
    fixture.add_users(30).await;
    let page = Page::From { offset: 25, limit: 3 };
    for filter in ["", "userName pr"] {
        let met = fixture.users_by(&Query { page: page.clone(), ..users(filter) }).await;
        assert_eq!(met, ids(&[26, 27, 28]));
    }
    let last_first = Query { page, sort: sort("id", "descending"), ..users("") };
    assert_eq!(fixture.users_by(&last_first).await, ids(&[5, 4, 3]));
}
