//! A user or group as the client describes it, in canonical form.

mod changes;
pub(crate) mod entries;
mod normalise;
pub(crate) mod value;

use serde_json::{Map, Value};

pub use changes::changed_paths;
pub(crate) use normalise::names_schema;

use crate::error::ScimError;
use crate::fold::fold;
use crate::resource_type::ResourceType;

/// A normalised document: canonical names, types by schema, nothing empty.
///
/// Holds what the client decides, and no more: `id`, `meta`, `groups`, `password` and the members of a group
/// are never part of it. `schemas` follows from the content.
#[derive(Clone, Debug, PartialEq)]
pub struct Resource {
    resource_type: ResourceType,
    document: Map<String, Value>,
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
    /// RFC 7644 §3.3, §3.5.1. Entra deviations: string booleans, bare manager, `""` for no value, foreign URNs in
    /// `schemas`.
    pub fn from_request(resource_type: ResourceType, body: Map<String, Value>) -> Result<Self, ScimError> {
        normalise::check_schemas(resource_type, &body)?;
        let mut document = normalise::normalise(resource_type, body)?;
        normalise::check_required(resource_type, &document)?;
        normalise::set_defaults(resource_type, &mut document);
        Ok(Self::tidied(resource_type, document))
    }

    /// Normalises and validates the body of a PUT that replaces `self`.
    ///
    /// As [`Resource::from_request`], but a PUT that leaves `active` out neither blocks nor unblocks the person.
    ///
    /// # Errors
    /// As [`Resource::from_request`].
    pub fn replaced_by(&self, body: Map<String, Value>) -> Result<Self, ScimError> {
        normalise::check_schemas(self.resource_type, &body)?;
        let mut document = normalise::normalise(self.resource_type, body)?;
        normalise::check_required(self.resource_type, &document)?;
        normalise::keep_defaulted(self.resource_type, &mut document, &self.document);
        normalise::set_defaults(self.resource_type, &mut document);
        Ok(Self::tidied(self.resource_type, document))
    }

    /// Takes a document that came out of [`Resource::into_map`] before.
    ///
    /// Values are trusted; what is no part of a resource is taken out, so an answered document may be given too.
    pub fn from_stored(resource_type: ResourceType, mut document: Map<String, Value>) -> Self {
        document.retain(|name, _| normalise::belongs(resource_type, name));
        Self::tidied(resource_type, document)
    }

    pub(crate) fn tidied(resource_type: ResourceType, mut document: Map<String, Value>) -> Self {
        normalise::tidy(resource_type, &mut document);
        Self { resource_type, document }
    }

    /// Returns which type of resource this is.
    pub fn resource_type(&self) -> ResourceType {
        self.resource_type
    }

    /// Returns the document.
    pub fn as_map(&self) -> &Map<String, Value> {
        &self.document
    }

    /// Returns the document, for storing it or for adding what the server knows.
    pub fn into_map(self) -> Map<String, Value> {
        self.document
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
        self.document.get("active").and_then(Value::as_bool).unwrap_or(true)
    }

    /// Returns the first e-mail address of type `work`, in any letter case.
    pub fn work_email(&self) -> Option<&str> {
        let emails = self.document.get("emails")?.as_array()?;
        let is_work =
            |email: &&Value| email.get("type").and_then(Value::as_str).is_some_and(|t| fold(t) == "work");
        emails.iter().find(is_work)?.get("value")?.as_str()
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.document.get(name)?.as_str()
    }
}

#[cfg(test)]
mod tests;
