use chrono::{DateTime, NaiveDateTime, Utc};
use reqwest::Url;
use serde::Deserialize;

use crate::api::Query;

/// Operations of the provisioning log.
pub(super) const OPERATIONS: [&str; 10] =
    ["create", "replace", "patch", "delete", "bulk", "read", "search", "discovery", "token", "sign_in"];

/// Outcomes of the provisioning log.
pub(super) const OUTCOMES: [&str; 12] = [
    "created",
    "changed",
    "unchanged",
    "deleted",
    "read",
    "found",
    "not_found",
    "answered",
    "refused",
    "denied",
    "failed",
    "health_check",
];

/// Kinds of resources.
pub(super) const KINDS: [&str; 2] = ["user", "group"];

/// Which entries of the log: what stands in the address. Never a name.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct LogFilters {
    pub(super) integration: String,
    pub(super) operation: String,
    pub(super) outcome: String,
    pub(super) kind: String,
    pub(super) from: String,
    pub(super) to: String,
    pub(super) request_id: String,
    pub(super) scim_id: String,
    pub(super) cursor: String,
}

/// A field that was filled in with what it cannot hold.
pub(super) type Mistakes = Vec<&'static str>;

impl LogFilters {
    /// The same for the gateway, or the fields that are wrong.
    pub(super) fn to_query(&self) -> Result<Query, Mistakes> {
        let mut mistakes = Vec::new();
        let mut instant = |name, text: &str| match text {
            "" => None,
            text => parse_instant(text).or_else(|| {
                mistakes.push(name);
                None
            }),
        };
        let (from, to) = (instant("from", &self.from), instant("to", &self.to));
        for (name, text) in [("request_id", &self.request_id), ("scim_id", &self.scim_id)] {
            if !text.is_empty() && text.trim().parse::<uuid::Uuid>().is_err() {
                mistakes.push(name);
            }
        }
        if !mistakes.is_empty() {
            return Err(mistakes);
        }
        Ok(Query::new()
            .with("operation", self.operation.clone())
            .with("outcome", self.outcome.clone())
            .with("kind", self.kind.clone())
            .with("from", from.map(|at| at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)))
            .with("to", to.map(|at| at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)))
            .with("request_id", self.request_id.trim().to_owned())
            .with("scim_id", self.scim_id.trim().to_owned())
            .with("cursor", self.cursor.clone()))
    }

    /// The address of these entries at a path, from a cursor on.
    pub(super) fn address(&self, path: &str, more: &[(&str, &str)]) -> String {
        let Ok(mut address) = Url::parse("http://console") else { return path.to_owned() };
        let pairs = [
            ("integration", &self.integration),
            ("operation", &self.operation),
            ("outcome", &self.outcome),
            ("kind", &self.kind),
            ("from", &self.from),
            ("to", &self.to),
            ("request_id", &self.request_id),
            ("scim_id", &self.scim_id),
        ];
        let filled = pairs.into_iter().filter(|(_, value)| !value.is_empty());
        address.query_pairs_mut().extend_pairs(filled).extend_pairs(more);
        format!("{path}?{}", address.query().unwrap_or_default())
    }
}

/// An instant, or what a browser's field for one holds, which is UTC here.
fn parse_instant(text: &str) -> Option<DateTime<Utc>> {
    let exact = DateTime::parse_from_rfc3339(text).map(|at| at.to_utc());
    let local = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
        .iter()
        .find_map(|form| NaiveDateTime::parse_from_str(text, form).ok());
    exact.ok().or_else(|| local.map(|at| at.and_utc()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_asked_for_is_named_by_its_field() {
        let filters = LogFilters {
            from: "yesterday".to_owned(),
            to: "2026-03-01T12:30".to_owned(),
            scim_id: "ana".to_owned(),
            ..LogFilters::default()
        };
        assert_eq!(filters.to_query().unwrap_err(), ["from", "scim_id"]);
        assert_eq!(parse_instant("2026-03-01T12:30"), parse_instant("2026-03-01T13:30:00+01:00"));
    }

    #[test]
    fn the_address_holds_what_is_filled_in() {
        let filters = LogFilters {
            integration: "acme-production".to_owned(),
            outcome: "refused,failed".to_owned(),
            cursor: "9".to_owned(),
            ..LogFilters::default()
        };
        let address = filters.address("/log", &[("cursor", "41")]);
        assert_eq!(address, "/log?integration=acme-production&outcome=refused%2Cfailed&cursor=41");
    }
}
