use std::fmt;
use std::sync::Arc;

use events::Environment;
use scim::{Profile, ResourceKind, ResourceType, Schema};

use crate::IntegrationId;

/// The SCIM connection of one portal and one environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Integration {
    /// Identity in the stores.
    pub id: IntegrationId,
    /// Name in addresses and events, fixed at creation.
    pub slug: IntegrationSlug,
    /// Code of the portal that it feeds.
    pub portal: String,
    /// Environment that it feeds.
    pub environment: Environment,
    /// Whether it takes requests.
    pub state: IntegrationState,
    /// How its requests are read.
    pub profile: Profile,
    /// Extensions that it added to users.
    pub user_extensions: Arc<[Schema]>,
}

impl Integration {
    /// An integration that takes requests, reads them as Entra's, and added nothing.
    pub fn new(id: IntegrationId, slug: IntegrationSlug, portal: String, environment: Environment) -> Self {
        let state = IntegrationState::Enabled;
        Self {
            id,
            slug,
            portal,
            environment,
            state,
            profile: Profile::default(),
            user_extensions: Arc::from([]),
        }
    }

    /// What a kind of resource is like here.
    pub fn resource_type(&self, kind: ResourceKind) -> ResourceType<'_> {
        ResourceType::new(kind, self.profile, &self.user_extensions)
    }
}

/// Whether an integration takes requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IntegrationState {
    /// It does.
    Enabled,
    /// Not for now: callers are asked to come back.
    Paused,
    /// No.
    Disabled,
}

/// Name of an integration in addresses: lower-case letters, digits and hyphens, 1 to 63 characters.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct IntegrationSlug(String);

/// The text cannot name an integration.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error(
    "a slug has 1 to 63 lower-case letters, digits and hyphens, and begins and ends with a letter or digit"
)]
pub struct InvalidSlug;

impl IntegrationSlug {
    /// Parses a slug.
    ///
    /// # Errors
    /// When the text is of another form. The form is that of a DNS label, and also of a word in a routing key.
    pub fn parse(text: &str) -> Result<Self, InvalidSlug> {
        let letters = text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        let edges = !text.starts_with('-') && !text.ends_with('-');
        if text.is_empty() || text.len() > 63 || !letters || !edges {
            return Err(InvalidSlug);
        }
        Ok(Self(text.to_owned()))
    }

    /// The slug as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for IntegrationSlug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_is_a_dns_label() {
        assert_eq!(IntegrationSlug::parse("acme-production").unwrap().as_str(), "acme-production");
        for text in ["", "Acme", "a.b", "-a", "a-", "a b", "é", &"a".repeat(64)] {
            assert_eq!(IntegrationSlug::parse(text), Err(InvalidSlug), "{text}");
        }
    }
}
