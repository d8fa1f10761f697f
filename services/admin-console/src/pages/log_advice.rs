//! What to do about a request that came to nothing: the keys of texts `advice-…`.

use crate::api::{Effect, LogEntry};

impl LogEntry {
    /// Of an entry of the provisioning log; none when nothing is to be done.
    pub(super) fn advice(&self) -> Option<&'static str> {
        if let Some(cause) = self.cause.as_deref().and_then(of_cause) {
            return Some(cause);
        }
        let is_sign_in = matches!(self.operation.as_str(), "sign_in" | "token");
        match (self.outcome.as_str(), self.status) {
            ("denied", Some(403)) if is_sign_in => Some("advice-disabled"),
            ("denied", Some(403)) => Some("advice-scope"),
            ("denied", _) if self.operation == "token" => Some("advice-token"),
            ("denied", _) => Some("advice-secret"),
            ("not_found", Some(200)) => Some("advice-found-nobody"),
            ("not_found", Some(_)) => Some("advice-not-found"),
            ("refused", Some(409)) => self.advice_on_what_is_taken(),
            ("refused", Some(412)) => Some("advice-changed-meanwhile"),
            ("refused", Some(413)) => Some("advice-too-large"),
            ("refused", Some(429)) => Some("advice-too-many"),
            ("refused", Some(405 | 415)) => Some("advice-not-entra"),
            ("refused", _) => Some("advice-value"),
            ("failed", Some(501)) => Some("advice-not-supported"),
            ("failed", Some(503)) => Some("advice-paused"),
            ("failed", _) => Some("advice-failed"),
            _ => None,
        }
    }

    /// By what the gateway says that somebody has already.
    fn advice_on_what_is_taken(&self) -> Option<&'static str> {
        let reason = self.reason.as_deref().unwrap_or_default();
        let names =
            |attribute| reason.split(|letter: char| !letter.is_alphanumeric()).any(|word| word == attribute);
        match self.kind.as_deref() {
            Some("group") if names("externalId") => Some("advice-taken-external-id-group"),
            _ if names("externalId") => Some("advice-taken-external-id"),
            _ if names("userName") => Some("advice-taken-person"),
            _ if names("displayName") => Some("advice-taken-group"),
            _ => Some("advice-taken"),
        }
    }

    /// Whether it is mended with what the set-up page has: tokens, and the address.
    pub(super) fn is_mended_in_setup(&self) -> bool {
        let is_sign_in = matches!(self.operation.as_str(), "sign_in" | "token");
        self.outcome == "denied" && is_sign_in || self.cause.as_deref() == Some("wrong_address")
    }
}

/// Of a mistake that the gateway knows by name.
fn of_cause(cause: &str) -> Option<&'static str> {
    match cause {
        "no_token" => Some("advice-no-token"),
        "no_known_form" => Some("advice-no-known-form"),
        "mistyped" => Some("advice-mistyped"),
        "another_issuer" => Some("advice-another-issuer"),
        "another_integration" => Some("advice-another-integration"),
        "another_network" => Some("advice-another-network"),
        "without_tls" => Some("advice-without-tls"),
        "wrong_address" => Some("advice-wrong-address"),
        "unreadable" => Some("advice-unreadable"),
        _ => None,
    }
}

impl Effect {
    /// Of what came of it in the LMS.
    pub(super) fn advice(&self) -> Option<&'static str> {
        match self.outcome.as_str() {
            "held" => Some("advice-held"),
            "waiting" => Some("advice-waiting"),
            "parked" => Some("advice-parked"),
            "superseded" => Some("advice-superseded"),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(operation: &str, outcome: &str, status: Option<u16>) -> LogEntry {
        serde_json::from_value(serde_json::json!({
            "entry_id": 1, "at": "2026-03-01T12:00:00Z", "request_id": uuid::Uuid::nil(),
            "bulk_request_id": null, "operation": operation, "kind": null, "scim_id": null,
            "outcome": outcome, "status": status, "reason": null,
        }))
        .unwrap()
    }

    #[test]
    fn who_was_not_let_in_learns_what_to_mend() {
        let of = |operation, outcome, status| entry(operation, outcome, status).advice();
        assert_eq!(of("sign_in", "denied", Some(401)), Some("advice-secret"));
        assert_eq!(of("token", "denied", Some(400)), Some("advice-token"));
        assert_eq!(of("sign_in", "denied", Some(403)), Some("advice-disabled"));
        assert_eq!(of("patch", "denied", Some(403)), Some("advice-scope"));
        assert_eq!(of("create", "refused", Some(409)), Some("advice-taken"));
        assert_eq!(of("create", "refused", Some(400)), Some("advice-value"));
        assert_eq!(of("patch", "failed", Some(503)), Some("advice-paused"));
        assert_eq!(of("patch", "failed", Some(500)), Some("advice-failed"));
        assert_eq!(of("patch", "not_found", Some(404)), Some("advice-not-found"));
    }

    #[test]
    fn a_mistake_that_has_a_name_is_advised_about_by_it() {
        let of = |cause: &str, outcome, status| {
            let cause = Some(cause.to_owned());
            LogEntry { cause, ..entry("sign_in", outcome, Some(status)) }.advice()
        };
        assert_eq!(of("no_token", "denied", 401), Some("advice-no-token"));
        assert_eq!(of("no_known_form", "denied", 401), Some("advice-no-known-form"));
        assert_eq!(of("mistyped", "denied", 401), Some("advice-mistyped"));
        assert_eq!(of("another_issuer", "denied", 401), Some("advice-another-issuer"));
        assert_eq!(of("another_integration", "denied", 401), Some("advice-another-integration"));
        assert_eq!(of("another_network", "denied", 401), Some("advice-another-network"));
        assert_eq!(of("without_tls", "denied", 403), Some("advice-without-tls"));
        assert_eq!(of("wrong_address", "refused", 404), Some("advice-wrong-address"));
        assert_eq!(of("unreadable", "refused", 400), Some("advice-unreadable"));
        assert_eq!(of("of_a_later_gateway", "denied", 401), Some("advice-secret"));
    }

    #[test]
    fn what_somebody_has_already_is_advised_about_by_what_it_is() {
        let of = |kind: &str, reason: &str| {
            let (kind, reason) = (Some(kind.to_owned()), Some(reason.to_owned()));
            LogEntry { kind, reason, ..entry("create", "refused", Some(409)) }.advice()
        };
        let external = "Another resource has this externalId.";
        assert_eq!(of("user", external), Some("advice-taken-external-id"));
        assert_eq!(of("group", external), Some("advice-taken-external-id-group"));
        assert_eq!(of("user", "Another user has this userName."), Some("advice-taken-person"));
        assert_eq!(of("group", "Another group has this displayName."), Some("advice-taken-group"));
        assert_eq!(of("user", "something else"), Some("advice-taken"));
    }

    #[test]
    fn a_search_without_a_hit_is_ordinary_and_a_missing_resource_is_not() {
        assert_eq!(entry("search", "not_found", Some(200)).advice(), Some("advice-found-nobody"));
        assert_eq!(entry("read", "not_found", Some(404)).advice(), Some("advice-not-found"));
    }

    #[test]
    fn nothing_is_to_be_done_about_what_went_well() {
        for outcome in
            ["created", "changed", "unchanged", "deleted", "read", "found", "not_found", "answered"]
        {
            assert_eq!(entry("search", outcome, None).advice(), None, "{outcome}");
        }
    }
}
