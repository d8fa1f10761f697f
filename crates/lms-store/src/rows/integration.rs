use std::sync::Arc;

use events::Sequence;
use lms::{
    HoldId, IntegrationSlug, IntegrationState, KnownIntegration, KnownState, PortalId, Registration, Rules,
    RulesVersion, StoreError, VersionedRules,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::error::unavailable;
use crate::words::read_environment;

#[derive(Debug, Deserialize)]
pub(crate) struct IntegrationRow {
    slug: String,
    portal_id: Uuid,
    portal_code: String,
    environment: String,
    state: IntegrationState,
    epoch: Option<i32>,
    incarnation: Option<i32>,
    version: Option<i64>,
    revision: i64,
    rules_version: Option<i32>,
    rules: Option<String>,
    active: i64,
    departed: i64,
    seat_limit: Option<i64>,
    seats_taken: i64,
    open_hold: Option<Uuid>,
}

impl IntegrationRow {
    pub(crate) fn into_known(self) -> Result<(IntegrationSlug, KnownIntegration), StoreError> {
        let count = |number: i64| u64::try_from(number).unwrap_or_default();
        let rules: Option<Rules> =
            self.rules.as_deref().map(serde_json::from_str).transpose().map_err(unavailable)?;
        let rules = VersionedRules {
            version: RulesVersion(self.rules_version.unwrap_or_default()),
            rules: rules.unwrap_or_default(),
        };
        let sequence = match (self.epoch, self.incarnation, self.version) {
            (Some(epoch), Some(incarnation), Some(version)) => Some(Sequence { epoch, incarnation, version }),
            _ => None,
        };
        let known = KnownIntegration {
            state: KnownState { state: self.state, sequence },
            portal: PortalId(self.portal_id),
            portal_code: self.portal_code,
            environment: read_environment(&self.environment).map_err(unavailable)?,
            rules: Arc::new(rules),
            revision: self.revision,
            active: count(self.active),
            departed: count(self.departed),
            free_seats: self.seat_limit.map(|limit| count(limit - self.seats_taken)),
            open_hold: self.open_hold.map(HoldId),
        };
        Ok((IntegrationSlug(self.slug), known))
    }
}

#[derive(Debug, Serialize)]
pub(crate) struct RegistrationRow {
    slug: String,
    portal_code: String,
    environment: &'static str,
    portal_id: Uuid,
}

impl From<&Registration> for RegistrationRow {
    fn from(registration: &Registration) -> Self {
        Self {
            slug: registration.integration.0.clone(),
            portal_code: registration.portal_code.clone(),
            environment: registration.environment.as_str(),
            portal_id: registration.portal.0,
        }
    }
}
