use std::fmt;
use std::num::NonZeroU32;
use std::sync::Arc;

use events::Environment;
use scim::{Profile, ResourceKind, ResourceType, Schema};
use serde::{Deserialize, Serialize};

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
    /// What else can be set.
    pub settings: IntegrationSettings,
    /// Grows by one with every change: who changes it says what they saw.
    pub version: u32,
}

/// What can be set of an integration, besides how its requests are read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct IntegrationSettings {
    /// Days that an entry of its provisioning log is kept.
    pub log_retention_days: u16,
    /// Attributes whose values before and after stand in its provisioning log, as paths; of all others the names do.
    pub logged_values: Vec<String>,
    /// Requests in a second, when they are not as many as the installation gives everybody.
    pub requests_per_second: Option<NonZeroU32>,
}

impl IntegrationSettings {
    /// Whether the values of an attribute stand in the provisioning log.
    pub fn logs_values_of(&self, path: &str) -> bool {
        self.logged_values.iter().any(|logged| logged.eq_ignore_ascii_case(path))
    }
}

impl Default for IntegrationSettings {
    fn default() -> Self {
        Self { log_retention_days: 180, logged_values: Vec::new(), requests_per_second: None }
    }
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
            settings: IntegrationSettings::default(),
            version: 1,
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
    /// No, and never again: the LMS has been given the people that it fed.
    Detached,
}

impl IntegrationState {
    /// Name in the API and in the stores.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Enabled => "enabled",
            Self::Paused => "paused",
            Self::Disabled => "disabled",
            Self::Detached => "detached",
        }
    }

    /// Parses a name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Enabled, Self::Paused, Self::Disabled, Self::Detached]
            .into_iter()
            .find(|state| state.as_str() == name)
    }
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
