use chrono::Duration;
use directory::{Caller, DirectoryError, IfMatch, Listed, Listing, UserView};
use scim::list::{PageStart, Paging, Place};
use scim::{Filter, ResourceType, ScimType, Sort};
use serde_json::json;

use crate::fixture::{Fixture, user, user_of};

fn listing(filter: &str, sort_by: Option<&str>, start: PageStart) -> Listing {
    Listing {
        filter: (!filter.is_empty()).then(|| Filter::parse(filter, ResourceType::USER).unwrap()),
        sort: Sort::parse(sort_by, None, ResourceType::USER).unwrap(),
        paging: Paging { start, count: 2 },
    }
}

fn names(page: &Listed<UserView>) -> Vec<&str> {
    page.items.iter().filter_map(|view| view.user.resource.user_name()).collect()
}

fn next(page: &Listed<UserView>) -> Option<String> {
    match &page.place {
        Place::Before(next) => next.clone(),
        Place::Index(_) => panic!("a walk goes by cursors"),
    }
}

/// The names of each page, with the total that it tells.
async fn walk(fixture: &Fixture, filter: &str, sort_by: Option<&str>) -> Vec<(u64, Vec<String>)> {
    let (mut pages, mut start) = (vec![], PageStart::First);
    loop {
        let listing = listing(filter, sort_by, start);
        let page = fixture.directory.list_users(&fixture.caller(), &listing, false).await.unwrap();
        pages.push((page.total, names(&page).into_iter().map(str::to_owned).collect()));
        let Some(cursor) = next(&page) else { return pages };
        start = PageStart::Cursor(cursor);
    }
}

/// Names in the order of ids, which begin with the time.
async fn fill(fixture: &Fixture) {
    for (second, (name, title)) in
        (0_i64..).zip([("e", Some("x")), ("a", None), ("d", Some("X")), ("b", Some("a")), ("c", None)])
    {
        let now = crate::fixture::noon() + Duration::seconds(second);
        let caller = Caller { now, ..fixture.caller() };
        let mut attributes = json!({ "userName": name });
        if let Some(title) = title {
            attributes["title"] = json!(title);
        }
        fixture.directory.create_user(&caller, user_of(ResourceType::USER, attributes)).await.unwrap();
    }
}

fn pages(total: u64, names: &[&[&str]]) -> Vec<(u64, Vec<String>)> {
    names.iter().map(|names| (total, names.iter().map(|name| (*name).to_owned()).collect())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_walk_by_cursor_meets_everybody_in_order() {
    let fixture = Fixture::new().await;
    assert_eq!(walk(&fixture, "", None).await, pages(0, &[&[]]));
    fill(&fixture).await;
    assert_eq!(walk(&fixture, "", None).await, pages(5, &[&["e", "a"], &["d", "b"], &["c"]]));
    assert_eq!(walk(&fixture, "", Some("userName")).await, pages(5, &[&["a", "b"], &["c", "d"], &["e"]]));
    assert_eq!(walk(&fixture, "", Some("title")).await, pages(5, &[&["b", "e"], &["d", "a"], &["c"]]));
    assert_eq!(walk(&fixture, "title pr", Some("title")).await, pages(3, &[&["b", "e"], &["d"]]));
    assert_eq!(walk(&fixture, "not (title pr)", None).await, pages(2, &[&["a", "c"]]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_walk_goes_on_behind_what_was_deleted_and_its_total_stays() {
    let fixture = Fixture::new().await;
    fill(&fixture).await;
    let first = listing("", None, PageStart::First);
    let first = fixture.directory.list_users(&fixture.caller(), &first, false).await.unwrap();
    let last = first.items[1].user.id;
    fixture.directory.delete_user(&fixture.caller(), last, &IfMatch::Any).await.unwrap();
    let second = listing("", None, PageStart::Cursor(next(&first).unwrap()));
    let second = fixture.directory.list_users(&fixture.caller(), &second, false).await.unwrap();
    assert_eq!((second.total, names(&second)), (5, vec!["d", "b"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cursor_belongs_to_its_query() {
    let fixture = Fixture::new().await;
    fill(&fixture).await;
    let first = listing("", Some("title"), PageStart::First);
    let page = fixture.directory.list_users(&fixture.caller(), &first, false).await.unwrap();
    let cursor = next(&page).unwrap();
    for other in [
        listing("", None, PageStart::Cursor(cursor.clone())),
        listing("title pr", Some("title"), PageStart::Cursor(cursor.clone())),
    ] {
        let refused = fixture.directory.list_users(&fixture.caller(), &other, false).await;
        let Err(DirectoryError::Invalid(error)) = refused else { panic!("{refused:?}") };
        assert_eq!(error.scim_type, Some(ScimType::InvalidCursor));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_by_index_tells_its_place() {
    let fixture = Fixture::new().await;
    fill(&fixture).await;
    fixture.directory.create_user(&fixture.caller(), user("late")).await.unwrap();
    let listing = listing("userName ne \"late\"", Some("userName"), PageStart::Index(4));
    let page = fixture.directory.list_users(&fixture.caller(), &listing, true).await.unwrap();
    assert_eq!((page.total, &page.place, names(&page)), (5, &Place::Index(4), vec!["d", "e"]));
    assert!(page.items.iter().all(|view| view.groups == Some(vec![])));
}
