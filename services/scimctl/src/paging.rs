//! Lists, which come in pages.

use std::num::NonZeroUsize;

use clap::Args;
use reqwest::{Method, RequestBuilder};
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::client::{Client, Side};
use crate::failure::Failure;

/// Items of a page at most.
const LARGEST_PAGE: usize = 1_000;

/// Items of a list when nobody says how many.
pub(crate) const DEFAULT_LIMIT: NonZeroUsize = NonZeroUsize::new(100).unwrap();

/// How much of a list.
#[derive(Args, Debug)]
pub(crate) struct Paging {
    /// Items at most.
    #[arg(long, default_value_t = DEFAULT_LIMIT, value_name = "NUMBER")]
    limit: NonZeroUsize,
    /// All items, however many there are.
    #[arg(long, conflicts_with = "limit")]
    all: bool,
    /// Where to go on: the `next` of the list before.
    #[arg(long)]
    cursor: Option<String>,
    /// What the server gives at once, however little that is.
    #[arg(skip)]
    is_one_page: bool,
}

impl Paging {
    /// Everything there is.
    pub(crate) fn all() -> Self {
        Self { limit: DEFAULT_LIMIT, all: true, cursor: None, is_one_page: false }
    }

    /// So many items at most, from the start or a cursor on, as one page: of a log with a rare filter it may be empty long
    /// before the end.
    pub(crate) fn page(limit: NonZeroUsize, cursor: Option<String>) -> Self {
        Self { limit, all: false, cursor, is_one_page: true }
    }

    fn wanted(&self) -> usize {
        if self.all { usize::MAX } else { self.limit.get() }
    }
}

/// Where a list is, and which of it.
#[derive(Debug)]
pub(crate) struct List<'a> {
    pub(crate) side: Side,
    pub(crate) path: &'a [&'a str],
    pub(crate) query: &'a [(&'a str, Option<String>)],
    /// What is asked in a body and not in the address, because it is about a person.
    pub(crate) body: Option<&'a Value>,
}

impl List<'_> {
    fn request(
        &self,
        client: &Client,
        cursor: Option<&str>,
        limit: usize,
    ) -> Result<RequestBuilder, Failure> {
        let Some(body) = self.body else {
            let request = client.request(Method::GET, self.side, self.path)?.query(self.query);
            return Ok(request.query(&[("cursor", cursor)]).query(&[("limit", limit)]));
        };
        let mut body = body.clone();
        if let Value::Object(members) = &mut body {
            members.insert("limit".to_owned(), limit.into());
            members.extend(cursor.map(|cursor| ("cursor".to_owned(), cursor.into())));
        }
        Ok(client.request(Method::POST, self.side, self.path)?.json(&body))
    }
}

#[derive(Deserialize)]
struct Page {
    items: Vec<Box<RawValue>>,
    #[serde(default)]
    next: Value,
}

/// A part of a list, of one page or several.
pub(crate) struct Items {
    raw: Vec<Box<RawValue>>,
    /// Cursor of what follows.
    pub(crate) next: Option<String>,
    next_value: Value,
    /// The server's own words, when they are the whole.
    only_page: Option<String>,
}

impl Items {
    /// One JSON document.
    pub(crate) fn document(&self) -> String {
        self.only_page.clone().unwrap_or_else(|| {
            let items: Vec<&str> = self.raw.iter().map(|item| item.get()).collect();
            format!("{{\"items\":[{}],\"next\":{}}}", items.join(","), self.next_value)
        })
    }

    pub(crate) fn values(&self) -> Result<Vec<Value>, Failure> {
        let read: Result<_, _> = self.raw.iter().map(|item| serde_json::from_str(item.get())).collect();
        read.map_err(|_| Failure::NotUnderstood("the list".to_owned()))
    }
}

/// Reads a list that comes whole, because it is short.
pub(crate) async fn read_whole(client: &Client, side: Side, path: &[&str]) -> Result<Items, Failure> {
    let answer = client.send(client.request(Method::GET, side, path)?).await?;
    let body = answer.document()?;
    let page = page(body)?;
    Ok(Items { raw: page.items, next: None, next_value: Value::Null, only_page: Some(body.to_owned()) })
}

fn page(body: &str) -> Result<Page, Failure> {
    serde_json::from_str(body).map_err(|_| Failure::NotUnderstood("the list".to_owned()))
}

/// Reads pages until there are as many items as are wanted.
pub(crate) async fn read(client: &Client, list: &List<'_>, paging: &Paging) -> Result<Items, Failure> {
    let wanted = paging.wanted();
    let mut items = Items { raw: Vec::new(), next: None, next_value: Value::Null, only_page: None };
    let mut cursor = paging.cursor.clone();
    loop {
        let limit = (wanted - items.raw.len()).min(LARGEST_PAGE);
        let answer = client.send(list.request(client, cursor.as_deref(), limit)?).await?;
        let body = answer.document()?;
        let page = page(body)?;
        let is_first = items.raw.is_empty() && cursor == paging.cursor;
        items.only_page = is_first.then(|| body.to_owned());
        items.raw.extend(page.items);
        items.next = cursor_of(&page.next);
        items.next_value = page.next;
        // A cursor that leads nowhere would be followed for ever.
        let is_enough = paging.is_one_page || items.raw.len() >= wanted;
        if items.next.is_none() || items.next == cursor || is_enough {
            return Ok(items);
        }
        cursor = items.next.clone();
    }
}

fn cursor_of(next: &Value) -> Option<String> {
    match next {
        Value::String(cursor) => Some(cursor.clone()),
        Value::Number(cursor) => Some(cursor.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}
