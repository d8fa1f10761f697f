//! A user or group as the client describes it, in canonical form.

mod changes;
pub(crate) mod entries;
mod lookup;
mod normalise;
mod readable;
pub(crate) mod value;

use std::sync::OnceLock;

use serde_json::{Map, Value};

pub use changes::changed_paths;
pub(crate) use changes::check_immutable;
pub use lookup::{LookupKey, lookup_keys};
pub(crate) use normalise::names_schema;
pub use normalise::unknown_attributes;

use crate::document::attribute_value;
use crate::error::ScimError;
use crate::path::AttributePath;
use crate::resource_type::{ResourceKind, ResourceType};

/// A normalised document: canonical names, types by schema, nothing empty.
///
/// Holds what the client decides, and no more: `id`, `meta`, `groups`, `password` and the members of a group
/// are never part of it. `schemas` follows from the content.
#[derive(Clone, Debug)]
pub struct Resource {
    kind: ResourceKind,
    /// Of a text it is read when somebody asks for it.
    document: OnceLock<Map<String, Value>>,
    text: Option<Box<str>>,
}

impl PartialEq for Resource {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind && self.as_map() == other.as_map()
    }
}

impl Resource {
    /// Normalises and validates the body of a POST or PUT.
    ///
    /// Unknown attributes and those the server decides are ignored; `active` starts as true.
    ///
    /// # Errors
    /// 400 `invalidSyntax` when `schemas` lacks the base schema or an attribute is given twice; 400 `invalidValue`
    /// when a value is missing or does not fit.
    ///
    /// # RFC
    /// RFC 7644 §3.3, §3.5.1. Entra deviations: string booleans, bare manager, foreign URNs in `schemas`.
    pub fn from_request(
        resource_type: ResourceType<'_>,
        body: Map<String, Value>,
    ) -> Result<Self, ScimError> {
        normalise::check_schemas(resource_type, &body)?;
        let mut document = normalise::normalise(resource_type, body)?;
        normalise::set_defaults(resource_type, &mut document);
        normalise::check_required(resource_type, &document)?;
        Ok(Self::tidied(resource_type, document))
    }

    /// Normalises and validates the body of a PUT that replaces `self`.
    ///
    /// As [`Resource::from_request`], but a PUT that leaves `active` out neither blocks nor unblocks the person, and what
    /// can be set once only stays when it is left out.
    ///
    /// # Errors
    /// As [`Resource::from_request`]; 400 `mutability` for another value of what may be set once only.
    pub fn replaced_by(
        &self,
        resource_type: ResourceType<'_>,
        body: Map<String, Value>,
    ) -> Result<Self, ScimError> {
        normalise::check_schemas(resource_type, &body)?;
        let mut document = normalise::normalise(resource_type, body)?;
        normalise::keep_unsaid(resource_type, &mut document, self.as_map())?;
        normalise::set_defaults(resource_type, &mut document);
        normalise::check_required(resource_type, &document)?;
        let after = Self::tidied(resource_type, document);
        changes::check_immutable(resource_type, self, &after)?;
        Ok(after)
    }

    /// Takes a document that came out of [`Resource::into_map`] before; it is trusted.
    pub fn from_stored(kind: ResourceKind, document: Map<String, Value>) -> Self {
        Self { kind, document: OnceLock::from(document), text: None }
    }

    /// Takes the text of such a document from a database that keeps nothing but JSON in its place; most answers hold it
    /// as it is. `None` when it is no object, or one that cannot be read.
    pub fn from_stored_text(kind: ResourceKind, text: String) -> Option<Self> {
        readable::is_object(&text).then(|| Self {
            kind,
            document: OnceLock::new(),
            text: Some(text.into_boxed_str()),
        })
    }

    pub(crate) fn tidied(resource_type: ResourceType<'_>, mut document: Map<String, Value>) -> Self {
        normalise::tidy(resource_type, &mut document);
        Self::from_stored(resource_type.kind(), document)
    }

    /// Returns which kind of resource this is.
    pub fn kind(&self) -> ResourceKind {
        self.kind
    }

    /// Returns the document.
    pub fn as_map(&self) -> &Map<String, Value> {
        let read = || serde_json::from_str(self.text.as_deref().unwrap_or("{}")).unwrap_or_default();
        self.document.get_or_init(read)
    }

    /// Returns the document as it was stored, if it came as a text.
    pub fn as_text(&self) -> Option<&str> {
        self.text.as_deref()
    }

    /// Returns the document, for storing it or for adding what the server knows.
    pub fn into_map(mut self) -> Map<String, Value> {
        self.as_map();
        self.document.take().unwrap_or_default()
    }

    /// Returns the value at a path such as [`changed_paths`] lists.
    pub fn value_at(&self, resource_type: ResourceType<'_>, path: &str) -> Option<&Value> {
        let path = AttributePath::parse(path, resource_type)?;
        let value = attribute_value(self.as_map(), &path)?;
        match path.sub_attribute {
            Some(part) => value.get(&part.name),
            None => Some(value),
        }
    }

    /// Returns `userName`; users always have one.
    pub fn user_name(&self) -> Option<&str> {
        self.text("userName")
    }

    /// Returns `displayName`; groups always have one.
    pub fn display_name(&self) -> Option<&str> {
        self.text("displayName")
    }

    /// Returns `externalId`.
    pub fn external_id(&self) -> Option<&str> {
        self.text("externalId")
    }

    /// Returns `active`, which is true when it was never set.
    pub fn active(&self) -> bool {
        self.as_map().get("active").and_then(Value::as_bool).unwrap_or(true)
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.as_map().get(name)?.as_str()
    }
}

#[cfg(test)]
mod tests;
