//! Whatever is asked, both stores answer what evaluation over the documents says.

use directory::{GroupRecord, GroupView, Position, Query, UserId, UserRecord, UserView};
use proptest::prelude::{Just, Strategy, any, prop, prop_oneof};
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use scim::{Filter, Profile, ResourceKind, ResourceType, Schema, Sort};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::changes::{create_user_with, group_id, group_of, user_id, user_of};
use crate::fixture::{EVERYTHING, Fixture};

const OWN: &str = "urn:acme:2.0:User";
const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const USERS: u128 = 40;
const GROUPS: u128 = 10;
const FILTERS: usize = 400;

/// An extension with an attribute of each type.
fn own() -> Vec<Schema> {
    let definition = json!({ "id": OWN, "attributes": [
        { "name": "nick" }, { "name": "badge", "caseExact": true }, { "name": "level", "type": "integer" },
        { "name": "score", "type": "decimal" }, { "name": "remote", "type": "boolean" },
        { "name": "hired", "type": "dateTime" }, { "name": "tags", "multiValued": true },
        { "name": "days", "type": "dateTime", "multiValued": true },
        { "name": "desk", "type": "complex", "subAttributes": [
            { "name": "floor", "type": "integer" }, { "name": "keys", "multiValued": true }] },
        { "name": "sites", "type": "complex", "multiValued": true, "subAttributes": [
            { "name": "code" }, { "name": "since", "type": "dateTime" }, { "name": "size", "type": "integer" },
            { "name": "open", "type": "boolean" }, { "name": "doors", "multiValued": true },
            { "name": "primary", "type": "boolean" }] },
    ]});
    vec![Schema::from_definition(definition.as_object().unwrap()).unwrap()]
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[aAbB]{1,2}",
        1 => "[é%_\\\\\"σΣςİi\u{301}e ]{1,4}",
        1 => Just("ΟΔΟΣ".to_owned()),
        1 => Just("Jose\u{301}".to_owned()),
        1 => Just("JOSÉ".to_owned()),
    ]
}

fn number() -> impl Strategy<Value = Value> {
    prop_oneof![
        (-3..4_i64).prop_map(|n| json!(n)),
        Just(json!(9_007_199_254_740_993_i64)),
        Just(json!(i64::MIN))
    ]
}

fn decimal() -> impl Strategy<Value = Value> {
    prop_oneof![(-3..4_i64).prop_map(|n| json!(n as f64 / 2.0)), Just(json!(1e300)), Just(json!(-0.0))]
}

fn moment() -> impl Strategy<Value = String> {
    prop_oneof![
        "2026-01-01T0[0-1]:00:0[0-1](\\.[0-1]{1,4})?Z",
        "2025-12-31T23:00:00(\\.000[0-9]{0,6})?-01:00",
        Just("0001-01-01T00:00:00.9999999Z".to_owned()),
        Just("9999-12-31T23:59:59.9999+00:00".to_owned()),
        Just("2024-02-29T12:00:00Z".to_owned()),
    ]
}

fn list<T: std::fmt::Debug>(item: impl Strategy<Value = T>) -> impl Strategy<Value = Vec<T>> {
    prop::collection::vec(item, 0..3)
}

/// Members that are each there or not.
fn object(
    members: Vec<(&'static str, prop::strategy::BoxedStrategy<Value>)>,
) -> impl Strategy<Value = Value> {
    let members: Vec<_> = members
        .into_iter()
        .map(|(name, value)| prop::option::of(value.prop_map(move |v| (name, v))))
        .collect();
    members.prop_map(|members| {
        Value::Object(members.into_iter().flatten().map(|(name, value)| (name.to_owned(), value)).collect())
    })
}

fn text_value() -> prop::strategy::BoxedStrategy<Value> {
    text().prop_map(Value::String).boxed()
}

fn flag() -> prop::strategy::BoxedStrategy<Value> {
    any::<bool>().prop_map(Value::Bool).boxed()
}

fn entries() -> prop::strategy::BoxedStrategy<Value> {
    let entry = object(vec![("value", text_value()), ("type", text_value()), ("primary", flag())]);
    list(entry).prop_map(Value::Array).boxed()
}

fn document() -> impl Strategy<Value = Value> {
    let texts = || list(text_value()).prop_map(Value::Array).boxed();
    let moments = || moment().prop_map(Value::String).boxed();
    let site = object(vec![
        ("code", text_value()),
        ("since", moments()),
        ("size", number().boxed()),
        ("open", flag()),
        ("doors", texts()),
        ("primary", flag()),
    ]);
    let own = object(vec![
        ("nick", text_value()),
        ("badge", text_value()),
        ("level", number().boxed()),
        ("score", decimal().boxed()),
        ("remote", flag()),
        ("hired", moments()),
        ("tags", texts()),
        ("days", list(moments()).prop_map(Value::Array).boxed()),
        ("desk", object(vec![("floor", number().boxed()), ("keys", texts())]).boxed()),
        ("sites", list(site).prop_map(Value::Array).boxed()),
    ]);
    let enterprise = object(vec![
        ("department", text_value()),
        ("employeeNumber", text_value()),
        ("manager", object(vec![("value", text_value())]).boxed()),
    ]);
    object(vec![
        ("title", text_value()),
        ("displayName", text_value()),
        ("externalId", text_value()),
        ("active", flag()),
        ("name", object(vec![("familyName", text_value()), ("givenName", text_value())]).boxed()),
        ("emails", entries()),
        ("roles", entries()),
        (ENTERPRISE, enterprise.boxed()),
        (OWN, own.boxed()),
        ("schemas", Just(json!(["urn:ietf:params:scim:schemas:core:2.0:User", ENTERPRISE])).boxed()),
    ])
}

/// A source of the same cases in each run.
fn runner() -> TestRunner {
    TestRunner::new_with_rng(Config::default(), TestRng::deterministic_rng(RngAlgorithm::ChaCha))
}

fn draw<T>(runner: &mut TestRunner, strategy: &impl Strategy<Value = T>) -> T {
    strategy.new_tree(runner).unwrap().current()
}

struct Population {
    users: Vec<UserView>,
    groups: Vec<GroupView>,
    extensions: Vec<Schema>,
}

async fn populate(fixture: &Fixture, runner: &mut TestRunner) -> Population {
    let (extensions, documents) = (own(), document());
    for n in 1..=USERS {
        let Value::Object(mut document) = draw(runner, &documents) else { panic!("an object") };
        document.insert("userName".to_owned(), json!(format!("{}{n}", draw(runner, &text()))));
        if let Some(Value::String(id)) = document.get_mut("externalId") {
            id.push_str(&n.to_string());
        }
        let moment = crate::changes::at(draw(runner, &(0..3_i64)));
        let record =
            UserRecord { created: moment, last_modified: moment, ..user_of(n, Value::Object(document)) };
        fixture.store.commit(create_user_with(fixture.of, &record, &extensions)).await.unwrap();
    }
    for n in 1..=GROUPS {
        let name = format!("{}{n}", draw(runner, &text()));
        let members: Vec<UserId> =
            draw(runner, &prop::collection::vec(1..=USERS, 0..4)).into_iter().map(user_id).collect();
        fixture.add_group(&group_of(n, json!({ "displayName": name })), &members).await;
    }
    // A stranger, which no answer may hold.
    let stranger = user_of(900, json!({ "userName": "a", "title": "a" }));
    fixture.store.commit(create_user_with(fixture.other, &stranger, &[])).await.unwrap();

    let users = fixture.store.users(fixture.of, &everything(), true).await.unwrap().items;
    let mut groups = vec![];
    for group in fixture.store.groups(fixture.of, &everything()).await.unwrap().items {
        let members = fixture.members(group.id).await;
        groups.push(GroupView { group, members: Some(members) });
    }
    assert_eq!((users.len(), groups.len()), (40, 10));
    Population { users, groups, extensions }
}

fn everything() -> Query {
    Query { filter: None, sort: None, page: EVERYTHING, counted: true }
}

/// A name and what it is compared with.
fn comparison(kind: ResourceKind) -> impl Strategy<Value = String> {
    let quoted = || text().prop_map(|text| json!(text).to_string());
    let id = (1..=GROUPS).prop_map(move |n| match kind {
        ResourceKind::User => format!("\"{}\"", group_id(n)),
        ResourceKind::Group => format!("\"{}\"", user_id(n)),
    });
    let own_id = (1..=GROUPS).prop_map(move |n| match kind {
        ResourceKind::User => format!("\"{}\"", user_id(n)),
        ResourceKind::Group => format!("\"{}\"", group_id(n)),
    });
    let all = "eq|ne|co|sw|ew|gt|ge|lt|le";
    let ordering = "eq|ne|gt|ge|lt|le";
    let (texts, moments, edges, presences) = match kind {
        ResourceKind::User => (
            "userName|displayName|externalId|title|name\\.familyName|emails|emails\\.type|roles\\.value|groups\\.display|\
             groups\\.type|department|employeeNumber|manager\\.value|schemas|meta\\.version|meta\\.resourceType|nick|badge|\
             tags|desk\\.keys|sites\\.code|sites\\.doors",
            "meta\\.created|meta\\.lastModified|hired|days|sites\\.since",
            "groups|groups\\.value",
            "(userName|title|name|name\\.givenName|emails|emails\\.primary|groups|groups\\.display|active|meta|manager|\
             schemas|nick|tags|desk|desk\\.keys|sites|sites\\.doors|remote|hired|level|externalId) pr",
        ),
        ResourceKind::Group => (
            "displayName|externalId|members\\.display|members\\.type|meta\\.version|meta\\.resourceType",
            "meta\\.created|meta\\.lastModified",
            "members|members\\.value",
            "(displayName|members|members\\.display|externalId|meta) pr",
        ),
    };
    let join = |(name, operator, value): (String, String, String)| format!("{name} {operator} {value}");
    let plain = prop_oneof![
        6 => (texts, all, quoted()).prop_map(join),
        1 => (texts, "eq|ne", Just("\"\"".to_owned())).prop_map(join),
        1 => (texts, "eq|ne", Just("null".to_owned())).prop_map(join),
        1 => (texts, "co|sw|ew|gt|lt", Just("\"\"".to_owned())).prop_map(join),
        2 => (moments, ordering, moment().prop_map(|text| json!(text).to_string())).prop_map(join),
        2 => (edges, all, id).prop_map(join),
        1 => ("id", all, own_id).prop_map(join),
        2 => presences,
    ];
    let users_only = prop_oneof![
        (
            "level|sites\\.size|desk\\.floor|score",
            ordering,
            prop_oneof![number(), decimal()].prop_map(|n| n.to_string())
        )
            .prop_map(join),
        ("active|remote|emails\\.primary|sites\\.open", "eq|ne", "true|false").prop_map(join),
        (entry_filter()).boxed(),
    ];
    match kind {
        ResourceKind::User => prop_oneof![2 => plain, 1 => users_only].boxed(),
        ResourceKind::Group => {
            let entry = ("value|display|type", all, quoted())
                .prop_map(join)
                .prop_map(|inner| format!("members[{inner}]"));
            prop_oneof![6 => plain, 1 => entry].boxed()
        }
    }
}

fn entry_filter() -> impl Strategy<Value = String> {
    let quoted = || text().prop_map(|text| json!(text).to_string());
    let join = |(name, operator, value): (String, String, String)| format!("{name} {operator} {value}");
    let all = "eq|ne|co|sw|ew|gt|ge|lt|le";
    let inner = |names: &'static str, presences: &'static str| {
        let term = prop_oneof![
            3 => (names, all, quoted()).prop_map(join),
            1 => ("primary", "eq|ne", "true|false|null").prop_map(join),
            1 => presences,
        ];
        term.prop_recursive(2, 4, 2, |inner| {
            prop_oneof![
                (inner.clone(), "and|or", inner.clone()).prop_map(|(a, word, b)| format!("({a} {word} {b})")),
                inner.prop_map(|a| format!("not ({a})")),
            ]
        })
    };
    prop_oneof![
        ("emails|roles", inner("value|type", "(value|type|primary) pr"))
            .prop_map(|(list, inner)| format!("{list}[{inner}]")),
        inner("code|doors", "(code|doors|since|open) pr").prop_map(|inner| format!("sites[{inner}]")),
        ("value (eq|ne|co|sw) \"[aAbB]\"").prop_map(|inner| format!("tags[{inner}]")),
        ("value|display|type", all, quoted()).prop_map(join).prop_map(|inner| format!("groups[{inner}]")),
        ("[aAbB]", quoted()).prop_map(|(kind, value)| format!("emails[type eq \"{kind}\"].value eq {value}")),
    ]
}

fn filter(kind: ResourceKind) -> impl Strategy<Value = String> {
    comparison(kind).prop_recursive(3, 10, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4).prop_map(|parts| parts.join(" and ")),
            prop::collection::vec(inner.clone(), 2..4).prop_map(|parts| parts.join(" or ")),
            inner.clone().prop_map(|part| format!("not ({part})")),
            inner.prop_map(|part| format!("({part})")),
        ]
    })
}

pub(crate) async fn every_filter_selects_what_it_matches(fixture: Fixture) {
    let mut runner = runner();
    let population = populate(&fixture, &mut runner).await;
    let resource_type = ResourceType::new(ResourceKind::User, Profile::Entra, &population.extensions);
    let (filters, mut selected) = (filter(ResourceKind::User), 0);
    for _ in 0..FILTERS {
        let text = draw(&mut runner, &filters);
        let filter = Filter::parse(&text, resource_type).unwrap_or_else(|error| panic!("{text}: {error:?}"));
        let expected: Vec<_> = (population.users.iter())
            .filter(|view| filter.matches(&view.document("")))
            .map(|view| view.user.id)
            .collect();
        selected += usize::from(!expected.is_empty() && expected.len() < 40);
        let found = fixture.users_by(&Query { filter: Some(filter), ..everything() }).await;
        assert_eq!(found, expected, "{text}");
    }
    assert!(selected > FILTERS / 3, "{selected} filters told users apart");

    let filters = self::filter(ResourceKind::Group);
    for _ in 0..FILTERS / 4 {
        let text = draw(&mut runner, &filters);
        let filter =
            Filter::parse(&text, ResourceType::GROUP).unwrap_or_else(|error| panic!("{text}: {error:?}"));
        let expected: Vec<_> = (population.groups.iter())
            .filter(|view| filter.matches(&view.document("")))
            .map(|view| view.group.id)
            .collect();
        let query = Query { filter: Some(filter), ..everything() };
        let found = fixture.store.groups(fixture.of, &query).await.unwrap().items;
        let found: Vec<_> = found.into_iter().map(|group| group.id).collect();
        assert_eq!(found, expected, "{text}");
    }
}

const SORTS_OF_USERS: [&str; 31] = [
    "id",
    "userName",
    "displayName",
    "externalId",
    "title",
    "name.familyName",
    "active",
    "emails",
    "emails.type",
    "emails.primary",
    "roles.value",
    "department",
    "employeeNumber",
    "manager",
    "schemas",
    "meta.created",
    "meta.lastModified",
    "meta.version",
    "meta.resourceType",
    "nick",
    "badge",
    "level",
    "score",
    "remote",
    "hired",
    "tags",
    "days",
    "desk.keys",
    "sites.code",
    "sites.since",
    "sites.doors",
];

const SORTS_OF_GROUPS: [&str; 4] = ["displayName", "externalId", "meta.version", "id"];

fn documents<'p>(
    views: impl Iterator<Item = (Uuid, Map<String, Value>)> + 'p,
) -> Vec<(Uuid, Map<String, Value>)> {
    views.collect()
}

/// Ids with the values that decide, in the order of `sort`.
fn in_order(sort: &Sort, documents: &[(Uuid, Map<String, Value>)]) -> Vec<Position> {
    let mut positions: Vec<Position> =
        documents.iter().map(|(id, document)| Position { value: sort.value_of(document), id: *id }).collect();
    positions
        .sort_by(|one, other| sort.compare((one.value.as_ref(), one.id), (other.value.as_ref(), other.id)));
    positions
}

pub(crate) async fn every_sort_orders_as_it_compares(fixture: Fixture) {
    let mut runner = runner();
    let population = populate(&fixture, &mut runner).await;
    let resource_type = ResourceType::new(ResourceKind::User, Profile::Entra, &population.extensions);
    let users = documents(population.users.iter().map(|view| (view.user.id.0, view.document(""))));
    let groups = documents(population.groups.iter().map(|view| (view.group.id.0, view.document(""))));
    for order in ["ascending", "descending"] {
        for by in SORTS_OF_USERS {
            let sort = Sort::parse(Some(by), Some(order), resource_type).unwrap().unwrap();
            let expected = in_order(&sort, &users);
            for start in [None, Some(0), Some(13), Some(30), Some(39)] {
                let rest = start.map_or(&expected[..], |start| &expected[start + 1..]);
                let position = start.map(|start| expected[start].clone());
                let page = directory::Page::After { position, limit: 100 };
                let query = Query { filter: None, sort: Some(sort.clone()), page, counted: false };
                let found = fixture.store.users(fixture.of, &query, false).await.unwrap().items;
                let found: Vec<Uuid> = found.into_iter().map(|view| view.user.id.0).collect();
                let rest: Vec<Uuid> = rest.iter().map(|position| position.id).collect();
                assert_eq!(found, rest, "{by} {order} {start:?}");
            }
        }
        for by in SORTS_OF_GROUPS {
            let sort = Sort::parse(Some(by), Some(order), ResourceType::GROUP).unwrap().unwrap();
            let expected: Vec<Uuid> =
                in_order(&sort, &groups).into_iter().map(|position| position.id).collect();
            let query = Query { sort: Some(sort), ..everything() };
            let found: Vec<GroupRecord> = fixture.store.groups(fixture.of, &query).await.unwrap().items;
            let found: Vec<Uuid> = found.into_iter().map(|group| group.id.0).collect();
            assert_eq!(found, expected, "{by} {order}");
        }
    }
}
