use std::num::NonZeroU32;

use serde_json::json;
use uuid::Uuid;

use super::*;

#[derive(Debug, Default, Deserialize, PartialEq)]
#[serde(default, deny_unknown_fields)]
struct Everything {
    limit: Option<Limit>,
    cursor: Option<Position>,
    from: Option<Instant>,
    id: Option<Uuid>,
    kind: Option<Kind>,
    name: Option<String>,
    count: Option<u32>,
    version: Option<i32>,
    rate: Option<NonZeroU32>,
    is_on: Option<bool>,
    names: Vec<String>,
    inner: Option<Inner>,
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(rename_all = "snake_case")]
enum Kind {
    User,
    ManyGroups,
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
struct Inner {
    days: u16,
}

fn wrong(document: Value) -> String {
    value::<Everything>(document).unwrap_err().to_string()
}

#[test]
fn what_is_wrong_is_told_with_its_place_and_what_it_must_be() {
    let limit = "limit must be a number from 1 to 1000";
    for (document, told) in [
        (json!({ "limit": 0 }), limit),
        (json!({ "limit": "1001" }), limit),
        (json!({ "limit": -1 }), limit),
        (json!({ "limit": 1.5 }), limit),
        (json!({ "limit": true }), limit),
        (json!({ "cursor": -1 }), "cursor must be the `next` of a page"),
        (json!({ "cursor": "x" }), "cursor must be the `next` of a page"),
        (json!({ "from": "yesterday" }), "from must be an instant such as 2026-03-01T12:00:00Z"),
        (json!({ "from": 7 }), "from must be an instant such as 2026-03-01T12:00:00Z"),
        (json!({ "id": "7" }), "id must be a UUID"),
        (json!({ "id": 7 }), "id must be a UUID"),
        (json!({ "kind": "person" }), "kind must be user or many_groups"),
        (json!({ "name": 7 }), "name must be text"),
        (json!({ "count": "x" }), "count must be a whole number that is not negative"),
        (json!({ "count": -1 }), "count must be a whole number that is not negative"),
        (json!({ "version": "x" }), "version must be a whole number"),
        (json!({ "rate": 0 }), "rate must be a whole number of 1 or more"),
        (json!({ "is_on": "yes" }), "is_on must be true or false"),
        (json!({ "names": "a" }), "names must be a list"),
        (json!({ "names": ["a", 7] }), "names[1] must be text"),
        (json!({ "inner": 7 }), "inner must be an object"),
        (json!({ "inner": {} }), "inner.days is missing"),
        (json!({ "inner": { "days": 1, "hours": 2 } }), "inner.hours is not known here"),
        (json!({ "inner": { "days": 70_000 } }), "inner.days must be a whole number that is not negative"),
        (json!({ "colour": 1 }), "colour is not known here"),
        (json!(7), "the body must be an object"),
    ] {
        let about = document.to_string();
        assert_eq!(wrong(document), told, "{about}");
    }
}

#[test]
fn text_that_is_no_json_is_told_with_its_place() {
    let wrong = |text: &str| json::<Everything>(text.as_bytes()).unwrap_err().to_string();
    for text in ["", "[]", "7", "null", "kind=secret"] {
        assert_eq!(wrong(text), "the body must be a JSON object", "{text}");
    }
    assert_eq!(wrong("{\"limit\":"), "the body is no JSON: line 1, column 9");
    assert_eq!(wrong("{\"limit\": x}"), "the body is no JSON: line 1, column 11");
    assert_eq!(wrong("{\"limit\": 0}"), "limit must be a number from 1 to 1000");
    assert_eq!(wrong("{\"limit\": 1, \"limit\": 2}"), "limit is there twice");
    assert_eq!(wrong("{} {}"), "there is something behind the JSON of the body");
}

#[test]
fn parameters_are_read_by_their_names() {
    let read: Everything = query("limit=7&cursor=41&from=2026-03-01T13:00:00%2B01:00&name=a+b").unwrap();
    let expected = Everything {
        limit: Some(Limit(7)),
        cursor: Some(Position(41)),
        from: Some(Instant("2026-03-01T12:00:00Z".parse().unwrap())),
        name: Some("a b".to_owned()),
        ..Everything::default()
    };
    assert_eq!(read, expected);
    let wrong = query::<Everything>("limit=many").unwrap_err().to_string();
    assert_eq!(wrong, "limit must be a number from 1 to 1000");
}

#[test]
fn an_instant_has_one_form() {
    let instant = |text: &str| value::<Instant>(json!(text)).map(|instant| instant.0.to_rfc3339());
    assert_eq!(instant("2026-03-01T13:00:00+01:00").unwrap(), "2026-03-01T12:00:00+00:00");
    for text in
        ["2026-03-01", "2026-03-01 12:00:00Z", "2026-03-01T12:00:00", "2026-03-01t12:00:00z", "1", "", "now"]
    {
        assert!(instant(text).is_err(), "{text}");
    }
}

#[test]
fn a_number_has_one_form() {
    for text in ["+1", "01", " 1", "1 ", "0x1", "1e2", "99999999999999999999", ""] {
        assert!(value::<Position>(json!(text)).is_err(), "{text}");
    }
    assert_eq!(value::<Position>(json!("41")), Ok(Position(41)));
}

#[test]
fn names_of_parameters_are_known_and_stand_once() {
    let known = ["limit".to_owned(), "cursor".to_owned()];
    assert_eq!(check_names("limit=1&cursor=2", &known), Ok(()));
    assert_eq!(check_names("", &[]), Ok(()));
    let wrong = |text: &str, known: &[String]| check_names(text, known).unwrap_err().to_string();
    assert_eq!(wrong("colour=red", &known), "there is no parameter colour here; there are limit, cursor");
    assert_eq!(wrong("limit", &[]), "there is no parameter limit here, nor any other");
    assert_eq!(wrong("Limit=1", &known), "there is no parameter Limit here; there are limit, cursor");
    assert_eq!(wrong("limit=1&limit=1", &known), "limit is given twice");
    assert_eq!(
        wrong(&format!("{}=1", "x".repeat(1_000)), &[]).len(),
        100 + "there is no parameter  here, nor any other".len()
    );
}

#[test]
fn no_text_has_a_nul() {
    let read = |body: &str| json::<Everything>(body.as_bytes()).map_err(|mistake| mistake.to_string());
    for body in [r#"{ "name": "a\u0000b" }"#, r#"{ "names": ["\u0000"] }"#] {
        assert!(read(body).unwrap_err().contains("NUL"), "{body}");
    }
    // A backslash, and then the letters and figures.
    let plain = read(r#"{ "name": "a\\u0000b" }"#).unwrap();
    assert_eq!(plain.name.as_deref(), Some("a\\u0000b"));
}
