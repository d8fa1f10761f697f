//! What callers send, read so that what is wrong is told in the words of the API and never in those of a library.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::error::InternalError;
use actix_web::http::StatusCode;
use actix_web::{Error, FromRequest, HttpRequest, web};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer, Error as _};
use serde_json::{Map, Value};

use crate::problem;

/// Items of a page when the caller does not say.
pub const DEFAULT_LIMIT: u32 = 100;

/// Items of a page at most.
pub const LARGEST_LIMIT: u32 = 1_000;

/// Longest name of a caller that is repeated, in characters.
const LONGEST_NAME: usize = 100;

/// How what a type says of its own values begins; such texts are passed on as they are.
const OWN_WORDS: &str = "must be ";

/// What a caller sent is not what is taken; says where, and what is.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Mistake(String);

/// Items of a page: 1 to 1000.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit(pub u32);

/// A place in a list that is numbered from 1: the `next` of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position(pub i64);

/// An instant in the form of RFC 3339 and no other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Instant(pub DateTime<Utc>);

/// Parameters of the address, as an argument of a handler.
#[derive(Clone, Copy, Debug)]
pub struct Query<T>(pub T);

impl Default for Limit {
    fn default() -> Self {
        Self(DEFAULT_LIMIT)
    }
}

impl<'de> Deserialize<'de> for Limit {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = number(&Value::deserialize(deserializer)?);
        let limit = number.and_then(|number| u32::try_from(number).ok());
        let limit = limit.filter(|limit| (1..=LARGEST_LIMIT).contains(limit));
        limit
            .map(Self)
            .ok_or_else(|| D::Error::custom(format!("{OWN_WORDS}a number from 1 to {LARGEST_LIMIT}")))
    }
}

impl<'de> Deserialize<'de> for Position {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = number(&Value::deserialize(deserializer)?).filter(|number| *number > 0);
        number.map(Self).ok_or_else(|| D::Error::custom(format!("{OWN_WORDS}the `next` of a page")))
    }
}

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        // The library takes other signs than `T` too.
        let text = value.as_str().filter(|text| text.as_bytes().get(10) == Some(&b'T'));
        let instant = text.and_then(|text| DateTime::parse_from_rfc3339(text).ok());
        instant
            .map(|instant| Self(instant.to_utc()))
            .ok_or_else(|| D::Error::custom(format!("{OWN_WORDS}an instant such as 2026-03-01T12:00:00Z")))
    }
}

/// A whole number, which an address can only tell as text; without a sign or a zero before it.
fn number(value: &Value) -> Option<i64> {
    let Value::String(text) = value else { return value.as_i64() };
    text.parse().ok().filter(|number: &i64| number.to_string() == *text)
}

impl<T: DeserializeOwned> FromRequest for Query<T> {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(query(request.query_string()).map(Self).map_err(|mistake| {
            let answer = problem::response(StatusCode::BAD_REQUEST, &mistake.to_string());
            InternalError::from_response(mistake, answer).into()
        }))
    }
}

/// Reads those parameters that `T` has. [`AdminRoute`](super::AdminRoute) says which there may be.
///
/// # Errors
/// When one is not what it must be, or is missing.
pub fn query<T: DeserializeOwned>(text: &str) -> Result<T, Mistake> {
    let members = pairs(text)?.into_iter().map(|(name, value)| (name, Value::String(value)));
    value(Value::Object(members.collect::<Map<_, _>>()))
}

/// Requires each parameter to be one of `known`, and none to be given twice.
pub(super) fn check_names(text: &str, known: &[String]) -> Result<(), Mistake> {
    let pairs = pairs(text)?;
    for (index, (name, _)) in pairs.iter().enumerate() {
        if !known.contains(name) {
            let name = shown(name);
            return Err(Mistake(match known.is_empty() {
                true => format!("there is no parameter {name} here, nor any other"),
                false => format!("there is no parameter {name} here; there are {}", known.join(", ")),
            }));
        }
        if pairs.iter().take(index).any(|(earlier, _)| earlier == name) {
            return Err(Mistake(format!("{name} is given twice")));
        }
    }
    Ok(())
}

fn pairs(text: &str) -> Result<Vec<(String, String)>, Mistake> {
    let pairs = web::Query::<Vec<(String, String)>>::from_query(text);
    Ok(pairs.map_err(|_| Mistake("the query cannot be read".to_owned()))?.into_inner())
}

/// Reads a body.
///
/// # Errors
/// When it is not JSON, or not of the form of `T`.
pub fn json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Mistake> {
    // A list of the members' values would be taken for an object too.
    if !bytes.trim_ascii_start().starts_with(b"{") {
        return Err(Mistake("the body must be a JSON object".to_owned()));
    }
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let read = serde_path_to_error::deserialize(&mut deserializer).map_err(mistake)?;
    deserializer.end().map_err(|_| Mistake("there is something behind the JSON of the body".to_owned()))?;
    if has_nul(bytes) {
        return Err(Mistake(
            "the body has a text with the character NUL, which nothing here can have".to_owned(),
        ));
    }
    Ok(read)
}

/// Whether a text in the JSON has a NUL, which PostgreSQL neither stores nor compares. In JSON it is always escaped.
fn has_nul(bytes: &[u8]) -> bool {
    fn is_in(value: &Value) -> bool {
        match value {
            Value::String(text) => text.contains('\0'),
            Value::Array(items) => items.iter().any(is_in),
            Value::Object(members) => members.iter().any(|(name, value)| name.contains('\0') || is_in(value)),
            Value::Null | Value::Bool(_) | Value::Number(_) => false,
        }
    }
    let is_suspect = bytes.windows(6).any(|escape| escape == b"\\u0000");
    is_suspect && serde_json::from_slice(bytes).is_ok_and(|value: Value| is_in(&value))
}

/// Reads a document that was parsed before.
///
/// # Errors
/// When it is not of the form of `T`.
pub fn value<T: DeserializeOwned>(document: Value) -> Result<T, Mistake> {
    serde_path_to_error::deserialize(document).map_err(mistake)
}

fn mistake(error: serde_path_to_error::Error<serde_json::Error>) -> Mistake {
    let (path, inner) = (shown(&error.path().to_string()), error.inner());
    if inner.is_syntax() || inner.is_eof() || inner.is_io() {
        return Mistake(format!("the body is no JSON: line {}, column {}", inner.line(), inner.column()));
    }
    let text = inner.to_string();
    let place = if path == "." { "the body" } else { &path };
    Mistake(match what_is_wrong(&text) {
        Wrong::Member(name, said) if path == "." => format!("{} {said}", shown(name)),
        Wrong::Member(name, said) => {
            let name = shown(name);
            match path == name || path.ends_with(&format!(".{name}")) {
                true => format!("{path} {said}"),
                false => format!("{path}.{name} {said}"),
            }
        }
        Wrong::Value(expected) => format!("{place} {expected}"),
    })
}

/// What the library found, without its words.
enum Wrong<'a> {
    /// Of a member: that it is missing, unknown or there twice.
    Member(&'a str, &'static str),
    /// A value is not what it must be.
    Value(String),
}

fn what_is_wrong(text: &str) -> Wrong<'_> {
    let text = text.split(" at line ").next().unwrap_or(text);
    let quoted = text.split('`').nth(1);
    for (beginning, said) in [
        ("missing field", "is missing"),
        ("unknown field", "is not known here"),
        ("duplicate field", "is there twice"),
    ] {
        if let Some(name) = quoted.filter(|_| text.starts_with(beginning)) {
            return Wrong::Member(name, said);
        }
    }
    if text.starts_with(OWN_WORDS) {
        return Wrong::Value(text.to_owned());
    }
    if text.starts_with("UUID parsing failed") {
        return Wrong::Value(format!("{OWN_WORDS}a UUID"));
    }
    let expected = text.split_once("expected ").map(|(_, expected)| expected);
    if text.starts_with("unknown variant") {
        let words: Vec<_> = expected.unwrap_or_default().split('`').skip(1).step_by(2).collect();
        return Wrong::Value(format!("{OWN_WORDS}{}", words.join(" or ")));
    }
    Wrong::Value(match expected.and_then(in_words) {
        Some(words) => format!("{OWN_WORDS}{words}"),
        None => "is not of the documented form".to_owned(),
    })
}

/// What a type of the library is called here.
fn in_words(expected: &str) -> Option<&'static str> {
    Some(match expected {
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number that is not negative",
        "i16" | "i32" | "i64" => "a whole number",
        "a nonzero u32" => "a whole number of 1 or more",
        "a string" | "a borrowed string" | "a character" => "text",
        "a boolean" => "true or false",
        "a sequence" => "a list",
        "a map" => "an object",
        "a formatted UUID string" => "a UUID",
        _ if expected.starts_with("struct ") => "an object",
        _ => return None,
    })
}

/// What a caller wrote, fit to be repeated.
fn shown(name: &str) -> String {
    name.chars().filter(|letter| !letter.is_control()).take(LONGEST_NAME).collect()
}

#[cfg(test)]
mod tests;
