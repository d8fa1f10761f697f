use directory::{Found, KindQuery, Listed, Search};
use scim::list::{PageStart, Paging, Place};
use scim::{Filter, ResourceType, Sort};
use serde_json::json;

use crate::fixture::{Fixture, group, user_of};

/// Users a, c and e with titles, groups B and D without.
async fn fill(fixture: &Fixture) {
    for (name, title) in [("a", "2"), ("c", "3"), ("e", "1")] {
        let attributes = json!({ "userName": name, "displayName": name, "title": title });
        let user = user_of(ResourceType::USER, attributes);
        fixture.directory.create_user(&fixture.caller(), user).await.unwrap();
    }
    let everybody = fixture.directory.list_users(&fixture.caller(), &all(), false).await.unwrap();
    let members: Vec<String> = everybody.items.iter().map(|view| view.user.id.to_string()).collect();
    for name in ["D", "B"] {
        fixture.directory.create_group(&fixture.caller(), group(name), &members).await.unwrap();
    }
}

fn all() -> directory::Listing {
    let paging = Paging { start: PageStart::Index(1), count: 100 };
    directory::Listing { filter: None, sort: None, paging }
}

fn search(filter: &str, sort_by: &str, order: &str, paging: Paging) -> Search {
    let (users, groups) = (ResourceType::USER, ResourceType::GROUP);
    let filter = |one, other| (!filter.is_empty()).then(|| Filter::parse_among(filter, one, other).unwrap());
    let sort = |resource_type| Sort::parse(Some(sort_by), Some(order), resource_type).ok().flatten();
    Search {
        users: KindQuery { filter: filter(users, groups), sort: sort(users) },
        groups: KindQuery { filter: filter(groups, users), sort: sort(groups) },
        paging,
    }
}

async fn ask(fixture: &Fixture, search: &Search) -> Listed<Found> {
    fixture.directory.search(&fixture.caller(), search, true, true).await.unwrap()
}

fn names(page: &Listed<Found>) -> String {
    let name = |found: &Found| found.document("")["displayName"].as_str().unwrap().to_owned();
    page.items.iter().map(name).collect()
}

/// All names in one order, once by cursor and once by index, two at a time.
async fn walks(fixture: &Fixture, filter: &str, sort_by: &str, order: &str) -> [String; 2] {
    let (mut by_cursor, mut start) = (String::new(), PageStart::First);
    loop {
        let page = ask(fixture, &search(filter, sort_by, order, Paging { start, count: 2 })).await;
        by_cursor.push_str(&names(&page));
        let Place::Before(next) = page.place else { panic!("a walk goes by cursors") };
        let Some(next) = next else { break };
        start = PageStart::Cursor(next);
    }
    let mut by_index = String::new();
    for start in [1, 3, 5, 7] {
        let paging = Paging { start: PageStart::Index(start), count: 2 };
        let page = ask(fixture, &search(filter, sort_by, order, paging)).await;
        assert_eq!(page.total as usize, by_cursor.len());
        by_index.push_str(&names(&page));
    }
    [by_cursor, by_index]
}

#[tokio::test(flavor = "multi_thread")]
async fn users_and_groups_stand_in_one_order() {
    let fixture = Fixture::new().await;
    fill(&fixture).await;
    for (filter, sort_by, order, expected) in [
        ("", "displayName", "ascending", "aBcDe"),
        ("", "displayName", "descending", "eDcBa"),
        ("displayName gt \"b\"", "displayName", "ascending", "cDe"),
        ("displayName ne \"c\"", "displayName", "descending", "eDBa"),
        ("members pr", "displayName", "ascending", "BD"),
        ("groups pr", "displayName", "ascending", "ace"),
        ("not (title pr)", "displayName", "ascending", "BD"),
        ("meta.resourceType eq \"Group\"", "displayName", "descending", "DB"),
    ] {
        let found = walks(&fixture, filter, sort_by, order).await;
        assert_eq!(found, [expected, expected], "{filter} by {sort_by} {order}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kind_without_the_attribute_comes_as_one_without_a_value() {
    let fixture = Fixture::new().await;
    fill(&fixture).await;
    let [by_cursor, by_index] = walks(&fixture, "", "title", "ascending").await;
    assert_eq!(by_cursor, by_index);
    assert_eq!(&by_cursor[..3], "eac");
    let [by_cursor, by_index] = walks(&fixture, "", "title", "descending").await;
    assert_eq!(by_cursor, by_index);
    assert_eq!(&by_cursor[2..], "cae");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_found_is_whole_where_it_is_asked_for() {
    let fixture = Fixture::new().await;
    fill(&fixture).await;
    let paging = Paging { start: PageStart::Index(1), count: 2 };
    let query = search("", "displayName", "ascending", paging);
    let whole = ask(&fixture, &query).await;
    assert_eq!(whole.items[0].document("")["groups"].as_array().unwrap().len(), 2);
    assert_eq!(whole.items[1].document("")["members"].as_array().unwrap().len(), 3);
    let bare = fixture.directory.search(&fixture.caller(), &query, false, false).await.unwrap();
    assert!(bare.items.iter().all(|found| {
        let document = found.document("");
        !document.contains_key("groups") && !document.contains_key("members")
    }));
}
