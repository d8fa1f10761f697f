//! The provisioning log.

use directory::{
    Change, ChangedAttribute, CredentialId, IntegrationId, LogEntry, LogQuery, LoggedChange, LoggedOperation,
    LoggedRequest, MemberChange, Mismatch, Operation, Origin, Outcome, PersonDigest,
};
use scim::ResourceKind;
use serde_json::json;
use uuid::Uuid;

use crate::changes::{
    add, at, create_group, create_user, delete_group, delete_user, edit_members, group, group_id,
    replace_group, replace_user, user, user_id,
};
use crate::fixture::Fixture;

pub(crate) const ALL: LogQuery = LogQuery {
    request_id: None,
    subject: None,
    person: None,
    kind: None,
    outcomes: vec![],
    operation: None,
    from: None,
    to: None,
    without_health_checks: false,
    before: None,
    limit: 1_000,
    looks: LogQuery::LOOKS,
};

/// Request number `n`, at `n` seconds: a search that found nobody.
pub(crate) fn request(of: IntegrationId, n: u32) -> LoggedRequest {
    LoggedRequest {
        integration: of,
        request_id: Uuid::from_u128(n.into()),
        at: at(n.into()),
        origin: Origin::default(),
        operation: LoggedOperation::Search,
        kind: None,
        subject: None,
        person: None,
        outcome: Outcome::NotFound,
        status: None,
        reason: None,
        changed: vec![],
        duration_ms: None,
        mismatch: None,
    }
}

fn origin() -> Origin {
    Origin {
        credential: CredentialId::parse("0123456789abcdef"),
        address: "2001:db8::1".parse().ok(),
        agent: Some("Entra é \"x\"".to_owned()),
        bulk_request_id: Some(Uuid::from_u128(77)),
    }
}

async fn found(fixture: &Fixture, query: &LogQuery) -> Vec<LogEntry> {
    fixture.store.entries(fixture.of, query).await.unwrap().entries
}

/// Numbers of the requests that a query finds, in its order.
async fn numbers(fixture: &Fixture, query: LogQuery) -> Vec<u128> {
    found(fixture, &query).await.into_iter().map(|entry| entry.request.request_id.as_u128()).collect()
}

async fn append(fixture: &Fixture, requests: &[LoggedRequest]) {
    fixture.store.append(requests).await.unwrap();
}

pub(crate) async fn an_entry_is_read_as_it_was_written(fixture: Fixture) {
    let mismatch = Mismatch { expected: "tenant a".to_owned(), received: "tenant b".to_owned() };
    let full = LoggedRequest {
        origin: origin(),
        operation: LoggedOperation::SignIn,
        kind: Some(ResourceKind::Group),
        subject: Some(group_id(1).0),
        person: Some(PersonDigest([7; 16])),
        outcome: Outcome::Denied,
        status: Some(401),
        reason: Some("The token is one of another tenant.".to_owned()),
        changed: vec![
            ChangedAttribute { attribute: "title".to_owned(), before: Some(json!("é")), after: None },
            ChangedAttribute::named("name.familyName"),
            ChangedAttribute {
                attribute: "roles".to_owned(),
                before: None,
                after: Some(json!([{ "b": 1, "a": 0.5 }])),
            },
        ],
        duration_ms: Some(1_234),
        mismatch: Some(mismatch),
        ..request(fixture.of, 1)
    };
    let bare = request(fixture.of, 2);
    append(&fixture, &[full.clone(), bare.clone()]).await;
    append(&fixture, &[]).await;
    let entries = found(&fixture, &ALL).await;
    assert!(entries[0].number > entries[1].number);
    assert_eq!(entries.into_iter().map(|entry| entry.request).collect::<Vec<_>>(), [bare, full]);

    let nul = LoggedRequest { reason: Some("a\0b".to_owned()), ..request(fixture.of, 3) };
    append(&fixture, &[nul]).await;
    assert_eq!(found(&fixture, &ALL).await[0].request.reason.as_deref(), Some("a\u{fffd}b"));
}

pub(crate) async fn a_bulk_request_is_found_with_its_operations(fixture: Fixture) {
    let part_of = |bulk: u128, n| LoggedRequest {
        origin: Origin { bulk_request_id: Some(Uuid::from_u128(bulk)), ..Origin::default() },
        ..request(fixture.of, n)
    };
    let bulk = request(fixture.of, 1);
    append(&fixture, &[part_of(1, 2), part_of(9, 3), part_of(1, 4), bulk]).await;
    let of_request = |n| LogQuery { request_id: Some(Uuid::from_u128(n)), ..ALL };
    assert_eq!(numbers(&fixture, of_request(1)).await, [4, 2, 1]);
    assert_eq!(numbers(&fixture, of_request(4)).await, [4], "one operation by itself");
    assert_eq!(numbers(&fixture, LogQuery { limit: 1, ..of_request(1) }).await, [4]);
}

pub(crate) async fn a_change_is_logged_with_it_and_only_once(fixture: Fixture) {
    let changed = vec![
        ChangedAttribute::named("userName"),
        ChangedAttribute { attribute: "title".to_owned(), before: None, after: Some(json!("Director")) },
    ];
    let create = create_user(fixture.of, &user(1, "alice"));
    let log = LoggedChange { person: Some(PersonDigest([7; 16])), changed: changed.clone(), ..create.log };
    let create = Change { origin: origin(), log, ..create };
    fixture.store.commit(create.clone()).await.unwrap();
    let logged = LoggedRequest {
        integration: fixture.of,
        request_id: create.txn,
        at: create.at,
        origin: origin(),
        operation: LoggedOperation::Create,
        kind: Some(ResourceKind::User),
        subject: Some(user_id(1).0),
        person: Some(PersonDigest([7; 16])),
        outcome: Outcome::Created,
        status: None,
        reason: None,
        changed,
        duration_ms: None,
        mismatch: None,
    };
    let after_the_answer = LoggedRequest { status: Some(201), changed: vec![], ..logged.clone() };
    append(&fixture, &[after_the_answer]).await;
    let entries: Vec<_> = found(&fixture, &ALL).await.into_iter().map(|entry| entry.request).collect();
    assert_eq!(entries, [logged]);
}

pub(crate) async fn every_operation_says_what_it_came_to(fixture: Fixture) {
    let (ana, sales) = (user(1, "ana"), group(1, "Sales"));
    let of = fixture.of;
    let operation = |change: Change, operation| Change {
        log: LoggedChange { operation, ..change.log.clone() },
        ..change
    };
    let renamed = user(1, "ana");
    let version = |n| directory::Version(n);
    let changes = [
        create_user(of, &ana),
        operation(replace_user(of, &renamed), Operation::Replace),
        create_group(of, &sales, &[ana.id]),
        replace_group(of, &sales, MemberChange::Keep),
        edit_members(of, sales.id, None, MemberChange::Replace(vec![])),
        edit_members(of, sales.id, None, add(&[ana.id])),
        delete_group(of, &directory::GroupRecord { version: version(4), ..sales }),
        delete_user(of, &directory::UserRecord { version: version(2), ..ana }),
    ];
    for (n, change) in (0..).zip(changes) {
        fixture.store.commit(Change { at: at(n), ..change }).await.unwrap();
    }
    let said = found(&fixture, &ALL).await.into_iter().rev().map(|entry| entry.request);
    let said: Vec<_> =
        said.map(|r| (r.operation.as_str(), r.kind.unwrap().name(), r.outcome.as_str())).collect();
    assert_eq!(
        said,
        [
            ("create", "User", "created"),
            ("replace", "User", "changed"),
            ("create", "Group", "created"),
            ("replace", "Group", "changed"),
            ("patch", "Group", "changed"),
            ("patch", "Group", "changed"),
            ("delete", "Group", "deleted"),
            ("delete", "User", "deleted"),
        ]
    );
}

pub(crate) async fn a_request_is_logged_once(fixture: Fixture) {
    let again = LoggedRequest { outcome: Outcome::Failed, ..request(fixture.of, 1) };
    append(&fixture, &[request(fixture.of, 1), again.clone()]).await;
    append(&fixture, &[again, request(fixture.of, 2)]).await;
    let outcomes: Vec<_> =
        found(&fixture, &ALL).await.into_iter().map(|entry| entry.request.outcome).collect();
    assert_eq!(outcomes, [Outcome::NotFound, Outcome::NotFound]);
}

/// Six requests of different kinds.
async fn six(fixture: &Fixture) {
    let request = |n| request(fixture.of, n);
    append(
        fixture,
        &[
            LoggedRequest { outcome: Outcome::HealthCheck, kind: Some(ResourceKind::User), ..request(1) },
            LoggedRequest {
                kind: Some(ResourceKind::User),
                person: Some(PersonDigest([1; 16])),
                subject: Some(user_id(1).0),
                outcome: Outcome::Found,
                ..request(2)
            },
            LoggedRequest {
                kind: Some(ResourceKind::User),
                person: Some(PersonDigest([2; 16])),
                subject: Some(user_id(2).0),
                operation: LoggedOperation::Patch,
                outcome: Outcome::Refused,
                ..request(3)
            },
            LoggedRequest {
                kind: Some(ResourceKind::Group),
                subject: Some(group_id(1).0),
                operation: LoggedOperation::Read,
                outcome: Outcome::Read,
                ..request(4)
            },
            LoggedRequest { operation: LoggedOperation::SignIn, outcome: Outcome::Denied, ..request(5) },
            LoggedRequest {
                kind: Some(ResourceKind::User),
                person: Some(PersonDigest([1; 16])),
                subject: Some(user_id(1).0),
                operation: LoggedOperation::Read,
                outcome: Outcome::Read,
                ..request(6)
            },
        ],
    )
    .await;
}

pub(crate) async fn every_filter_finds_its_entries(fixture: Fixture) {
    six(&fixture).await;
    for (query, expected) in [
        (ALL, vec![6, 5, 4, 3, 2, 1]),
        (LogQuery { limit: 2, ..ALL }, vec![6, 5]),
        (LogQuery { request_id: Some(Uuid::from_u128(4)), ..ALL }, vec![4]),
        (LogQuery { request_id: Some(Uuid::from_u128(7)), ..ALL }, vec![]),
        (LogQuery { subject: Some(user_id(1).0), ..ALL }, vec![6, 2]),
        (LogQuery { person: Some(PersonDigest([1; 16])), ..ALL }, vec![6, 2]),
        (LogQuery { person: Some(PersonDigest([3; 16])), ..ALL }, vec![]),
        (LogQuery { kind: Some(ResourceKind::Group), ..ALL }, vec![4]),
        (LogQuery { kind: Some(ResourceKind::User), ..ALL }, vec![6, 3, 2, 1]),
        (LogQuery { outcomes: vec![Outcome::Read], ..ALL }, vec![6, 4]),
        (LogQuery { operation: Some(LoggedOperation::SignIn), ..ALL }, vec![5]),
        (LogQuery { from: Some(at(4)), ..ALL }, vec![6, 5, 4]),
        (LogQuery { to: Some(at(3)), ..ALL }, vec![3, 2, 1]),
        (LogQuery { from: Some(at(2)), to: Some(at(4)), limit: 2, ..ALL }, vec![4, 3]),
        (LogQuery { without_health_checks: true, ..ALL }, vec![6, 5, 4, 3, 2]),
    ] {
        assert_eq!(numbers(&fixture, query.clone()).await, expected, "{query:?}");
    }
    let together = LogQuery {
        person: Some(PersonDigest([1; 16])),
        subject: Some(user_id(1).0),
        kind: Some(ResourceKind::User),
        outcomes: vec![Outcome::Read],
        operation: Some(LoggedOperation::Read),
        from: Some(at(1)),
        to: Some(at(6)),
        without_health_checks: true,
        ..ALL
    };
    assert_eq!(numbers(&fixture, together.clone()).await, [6]);
    assert_eq!(numbers(&fixture, LogQuery { to: Some(at(5)), ..together }).await, [] as [u128; 0]);
}

pub(crate) async fn several_outcomes_are_one_list(fixture: Fixture) {
    six(&fixture).await;
    let outcomes = vec![Outcome::Refused, Outcome::Read, Outcome::Denied, Outcome::Read, Outcome::Failed];
    let several = LogQuery { outcomes, ..ALL };
    assert_eq!(numbers(&fixture, several.clone()).await, [6, 5, 4, 3]);
    assert_eq!(numbers(&fixture, LogQuery { limit: 3, ..several.clone() }).await, [6, 5, 4]);
    let before = Some(found(&fixture, &several).await[1].number);
    assert_eq!(numbers(&fixture, LogQuery { before, ..several }).await, [4, 3]);
}

pub(crate) async fn a_look_ends_after_so_many_entries(fixture: Fixture) {
    six(&fixture).await;
    let user = Some(ResourceKind::User);
    let page = async |query: &LogQuery| {
        let page = fixture.store.entries(fixture.of, query).await.unwrap();
        let found: Vec<_> = page.entries.iter().map(|entry| entry.request.request_id.as_u128()).collect();
        (found, page.looked_back_to)
    };
    // Of the newest two entries one is of a user; the next two have one as well; and so do the last.
    let mut query = LogQuery { kind: user, looks: 2, ..ALL };
    for (expected, ended_at) in
        [(vec![6], Some(5)), (vec![3], Some(3)), (vec![2, 1], Some(1)), (vec![], None)]
    {
        let (found, last) = page(&query).await;
        assert_eq!((found, last.map(|last| last.at)), (expected, ended_at.map(at)));
        query.before = last.map(|last| last.number);
    }
    // It is full, or needs no other condition than the one that leads.
    assert_eq!(page(&LogQuery { kind: user, looks: 2, limit: 1, ..ALL }).await, (vec![6], None));
    assert_eq!(page(&LogQuery { looks: 2, ..ALL }).await, (vec![6, 5, 4, 3, 2, 1], None));
    let outcomes = vec![Outcome::Refused, Outcome::Read];
    let several = LogQuery { outcomes, looks: 2, ..ALL };
    assert_eq!(page(&several).await, (vec![6, 4, 3], None));
    // Each outcome has half of the looks. The only refusal is 3: a look that has seen that one, and of what was read 6 alone,
    // tells of nothing below 6.
    let (found, last) = page(&LogQuery { kind: user, limit: 2, ..several.clone() }).await;
    assert_eq!((found, last.map(|last| last.at)), (vec![6], Some(at(6))));
    // A page that is full ends there, not where the look did.
    assert_eq!(page(&LogQuery { kind: user, limit: 1, ..several }).await, (vec![6], None));
}

pub(crate) async fn a_look_that_goes_on_misses_nothing_and_repeats_nothing(fixture: Fixture) {
    six(&fixture).await;
    let queries = [
        LogQuery { kind: Some(ResourceKind::User), ..ALL },
        LogQuery { operation: Some(LoggedOperation::Read), without_health_checks: true, ..ALL },
        LogQuery {
            outcomes: vec![Outcome::Read, Outcome::Refused, Outcome::Found],
            kind: Some(ResourceKind::User),
            ..ALL
        },
        LogQuery {
            outcomes: vec![Outcome::Read, Outcome::Refused, Outcome::HealthCheck],
            without_health_checks: true,
            ..ALL
        },
        LogQuery { subject: Some(user_id(1).0), outcomes: vec![Outcome::Found], ..ALL },
        LogQuery { person: Some(PersonDigest([1; 16])), operation: Some(LoggedOperation::Read), ..ALL },
        LogQuery { operation: Some(LoggedOperation::SignIn), outcomes: vec![Outcome::Denied], ..ALL },
        LogQuery { request_id: Some(Uuid::from_u128(3)), kind: Some(ResourceKind::User), ..ALL },
    ];
    for query in queries {
        let expected = numbers(&fixture, query.clone()).await;
        assert!(!expected.is_empty(), "{query:?}");
        for (looks, limit) in [(1, 1), (2, 2), (6, 1), (9, 2), (20, 1)] {
            let mut part = LogQuery { looks, limit, ..query.clone() };
            let mut seen = vec![];
            loop {
                let page = fixture.store.entries(fixture.of, &part).await.unwrap();
                let last = page.entries.last().map(|entry| entry.number);
                let end = page.looked_back_to.map(|last| last.number).or(last);
                seen.extend(page.entries.iter().map(|entry| entry.request.request_id.as_u128()));
                let Some(end) = end else { break };
                part.before = Some(end);
            }
            assert_eq!(seen, expected, "{query:?}, {looks} looks, {limit} a page");
        }
    }
}

pub(crate) async fn a_page_goes_on_behind_an_entry(fixture: Fixture) {
    let at_once = |n| LoggedRequest { at: at(50), ..request(fixture.of, n) };
    append(&fixture, &[at_once(1), at_once(2), at_once(3), request(fixture.of, 100)]).await;
    // Written later than it came.
    append(&fixture, &[request(fixture.of, 40)]).await;
    let mut seen = vec![];
    let mut before = None;
    loop {
        let page = found(&fixture, &LogQuery { before, limit: 2, ..ALL }).await;
        let Some(last) = page.last() else { break };
        before = Some(last.number);
        seen.extend(page.iter().map(|entry| entry.request.request_id.as_u128()));
    }
    assert_eq!(seen, [100, 3, 2, 1, 40]);
}

pub(crate) async fn entries_of_another_integration_do_not_exist(fixture: Fixture) {
    let mine = request(fixture.of, 1);
    let theirs =
        LoggedRequest { integration: fixture.other, subject: Some(user_id(1).0), ..request(fixture.of, 2) };
    let same_id = LoggedRequest { integration: fixture.other, ..mine.clone() };
    append(&fixture, &[theirs, mine, same_id]).await;
    assert_eq!(numbers(&fixture, ALL).await, [1]);
    assert_eq!(numbers(&fixture, LogQuery { subject: Some(user_id(1).0), ..ALL }).await, [] as [u128; 0]);
    let of_other = fixture.store.entries(fixture.other, &ALL).await.unwrap().entries;
    assert_eq!(of_other.len(), 2);
    let behind_theirs = LogQuery { before: Some(of_other[0].number), ..ALL };
    assert_eq!(numbers(&fixture, behind_theirs).await, [] as [u128; 0]);
    assert_eq!(fixture.store.forget(fixture.of, at(1_000), 100).await.unwrap(), 1);
    assert_eq!(fixture.store.entries(fixture.other, &ALL).await.unwrap().entries, of_other);
}

pub(crate) async fn only_what_is_older_is_forgotten_the_oldest_first(fixture: Fixture) {
    append(&fixture, &[5, 3, 1, 2, 4].map(|n| request(fixture.of, n))).await;
    let forget = async |limit| fixture.store.forget(fixture.of, at(4), limit).await.unwrap();
    assert_eq!(forget(2).await, 2);
    assert_eq!(numbers(&fixture, ALL).await, [5, 4, 3]);
    assert_eq!(forget(2).await, 1);
    assert_eq!(forget(2).await, 0);
    assert_eq!(numbers(&fixture, ALL).await, [5, 4]);
}
