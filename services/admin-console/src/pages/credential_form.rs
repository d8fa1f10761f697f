use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;
use chrono::{DateTime, Days, NaiveDate, NaiveTime, Utc};
use secrecy::ExposeSecret;
use serde::Deserialize;

use super::credential_networks::WrongNetwork;
use crate::api::{Credential, Integration, Issued, NewCredential, Refusal, SCOPES, has_secret};
use crate::http::{Failure, Page, Place, Visit, answer, answer_with};
use crate::session;

/// Kinds of credentials, the one that most want first.
pub(super) const KINDS: [&str; 4] = ["secret", "federated", "entra", "client"];

/// Days until the end that a form proposes.
const PROPOSED_DAYS: u64 = 180;

/// The `aud` of Entra's own tokens, the same for all customers of Microsoft.
const ENTRA_AUDIENCE: &str = "8adf8e6e-67b2-4cf2-a259-e3dc5476c621";

/// What was typed, of a new credential or of a successor.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Typed {
    pub(super) integration: String,
    /// The credential that is rotated.
    pub(super) id: String,
    pub(super) kind: String,
    pub(super) name: String,
    /// A date; empty for no end.
    pub(super) expires: String,
    pub(super) tenant_id: String,
    pub(super) audience: String,
    pub(super) subject: String,
    /// What it may do: a field for each of [`SCOPES`], empty where it may not.
    pub(super) users_read: String,
    pub(super) users_write: String,
    pub(super) groups_read: String,
    pub(super) groups_write: String,
    /// One a line; empty for anywhere.
    pub(super) networks: String,
    /// Of this form: sent twice, it makes one credential.
    pub(super) key: String,
}

/// Why it was not made.
#[derive(Default)]
pub(super) struct Refused {
    /// Fields that are wrong.
    pub(super) mistakes: Vec<&'static str>,
    /// What the gateway says.
    pub(super) said: Option<Refusal>,
}

#[derive(Template)]
#[template(path = "credential_form.html")]
struct CredentialForm {
    page: Page,
    integration: Integration,
    typed: Typed,
    key: String,
    rotated: Option<Credential>,
    refused: Refused,
}

impl Typed {
    /// What a form begins with.
    pub(super) fn proposed(kind: &str, now: DateTime<Utc>) -> Self {
        let end = now.date_naive().checked_add_days(Days::new(PROPOSED_DAYS)).map(|date| date.to_string());
        let is_secret = has_secret(kind);
        let chosen = || "yes".to_owned();
        Self {
            users_read: chosen(),
            users_write: chosen(),
            groups_read: chosen(),
            groups_write: chosen(),
            kind: kind.to_owned(),
            expires: end.filter(|_| is_secret).unwrap_or_default(),
            audience: if kind == "entra" { ENTRA_AUDIENCE.to_owned() } else { String::new() },
            ..Self::default()
        }
    }

    /// Name and end, or the fields that are wrong. It is good until the end of its last day.
    pub(super) fn terms(&self) -> Result<(&str, Option<DateTime<Utc>>), Vec<&'static str>> {
        let (name, date) = (self.name.trim(), self.expires.trim());
        let end = date.parse().ok().and_then(|date: NaiveDate| {
            let last = NaiveTime::from_hms_opt(23, 59, 59)?;
            Some(date.and_time(last).and_utc())
        });
        let mut mistakes = Vec::new();
        if name.is_empty() {
            mistakes.push("name");
        }
        if end.is_none() && !date.is_empty() {
            mistakes.push("expires");
        }
        if mistakes.is_empty() { Ok((name, end)) } else { Err(mistakes) }
    }

    /// Each scope with its field, and whether it is chosen.
    fn scopes(&self) -> [(&'static str, &'static str, bool); 4] {
        let fields = [
            ("users_read", &self.users_read),
            ("users_write", &self.users_write),
            ("groups_read", &self.groups_read),
            ("groups_write", &self.groups_write),
        ];
        let mut scopes = SCOPES.into_iter();
        fields.map(|(field, typed)| (field, scopes.next().unwrap_or_default(), !typed.is_empty()))
    }

    fn networks(&self) -> impl Iterator<Item = &str> {
        self.networks.split(|sign: char| sign.is_whitespace() || sign == ',').filter(|word| !word.is_empty())
    }

    /// What was typed as networks, and is none.
    fn wrong_networks(&self) -> Vec<WrongNetwork> {
        self.networks().filter_map(WrongNetwork::of).collect()
    }

    /// What is asked for, or the fields that are wrong.
    pub(super) fn to_new(&self) -> Result<NewCredential, Vec<&'static str>> {
        let fields: &[(&'static str, &String)] = match self.kind.as_str() {
            "federated" => {
                &[("tenant_id", &self.tenant_id), ("audience", &self.audience), ("subject", &self.subject)]
            }
            "entra" => &[("tenant_id", &self.tenant_id), ("audience", &self.audience)],
            _ => &[],
        };
        let missing = fields.iter().filter(|(_, value)| value.trim().is_empty()).map(|(name, _)| *name);
        let terms = self.terms();
        let mut mistakes: Vec<_> =
            terms.as_ref().err().into_iter().flatten().copied().chain(missing).collect();
        let scopes = self.scopes().into_iter().filter(|(_, _, is_chosen)| *is_chosen);
        let scopes: Vec<_> = scopes.map(|(_, scope, _)| scope).collect();
        if scopes.is_empty() {
            mistakes.push("scopes");
        }
        if !self.wrong_networks().is_empty() {
            mistakes.push("networks");
        }
        let (name, expires_at) = terms.unwrap_or_default();
        if !mistakes.is_empty() {
            return Err(mistakes);
        }
        let signed = fields.iter().map(|(name, value)| (*name, value.trim().to_owned())).collect();
        let networks = self.networks().map(str::to_owned).collect();
        let (kind, name) = (self.kind.clone(), name.to_owned());
        Ok(NewCredential { kind, name, scopes, networks, expires_at, signed })
    }
}

impl CredentialForm {
    fn is_wrong(&self, field: &str) -> bool {
        let said = self.refused.said.as_ref().and_then(said_of);
        self.refused.mistakes.contains(&field) || said == Some(field)
    }

    /// Fields of this kind beside name and end.
    fn signed(&self) -> Vec<(&'static str, &str)> {
        let Typed { kind, tenant_id, audience, subject, .. } = &self.typed;
        match kind.as_str() {
            "federated" => vec![("tenant_id", tenant_id), ("audience", audience), ("subject", subject)],
            "entra" => vec![("tenant_id", tenant_id), ("audience", audience)],
            _ => Vec::new(),
        }
    }
}

/// The field of the form that the gateway does not take.
fn said_of(said: &Refusal) -> Option<&str> {
    match (said.code.as_deref(), said.field.as_deref()) {
        (Some("name_taken"), _) => Some("name"),
        (_, Some("expires_at")) => Some("expires"),
        (_, member) => member,
    }
}

/// The form, with what was typed, and what is wrong about it.
pub(super) fn show_form(
    visit: &Visit,
    place: Place,
    typed: Typed,
    rotated: Option<Credential>,
    (status, refused): (StatusCode, Refused),
) -> Result<HttpResponse, Failure> {
    let (integration, key) = (place.integration.clone(), session::random()?);
    let page = if rotated.is_some() { visit.page("rotate-title") } else { visit.page("issue-title") };
    let page = page.about(place);
    answer_with(status, &CredentialForm { page, integration, typed, key, rotated, refused })
}

#[derive(Template)]
#[template(path = "credential_made.html")]
struct CredentialMade {
    page: Page,
    integration: Integration,
    issued: Issued,
    /// Name of the one that it takes over from.
    rotated: Option<String>,
}

impl CredentialMade {
    /// Shown in this answer and in no other.
    fn secret(&self) -> Option<&str> {
        self.issued.secret.as_ref().map(ExposeSecret::expose_secret)
    }
}

/// A credential that was made just now, with what is to be pasted in Azure.
pub(super) fn show_made(
    visit: &Visit,
    place: Place,
    issued: Issued,
    rotated: Option<String>,
) -> Result<HttpResponse, Failure> {
    let integration = place.integration.clone();
    let page = visit.page("made-title").about(place);
    answer(&CredentialMade { page, integration, issued, rotated })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(kind: &str) -> Typed {
        let users_read = "yes".to_owned();
        Typed { kind: kind.to_owned(), name: " Entra ".to_owned(), users_read, ..Typed::default() }
    }

    #[test]
    fn a_credential_is_good_until_the_end_of_its_last_day() {
        let of = |expires: &str| Typed { expires: expires.to_owned(), ..typed("secret") }.to_new();
        let new = of("2027-02-28").unwrap();
        assert_eq!(new.name, "Entra");
        assert_eq!(new.expires_at.unwrap().to_rfc3339(), "2027-02-28T23:59:59+00:00");
        assert_eq!(of("").unwrap().expires_at, None);
        assert_eq!(of("2027-02-30").unwrap_err(), ["expires"]);
        assert_eq!(Typed { name: " ".to_owned(), ..typed("secret") }.to_new().unwrap_err(), ["name"]);
    }

    #[test]
    fn what_an_entra_tenant_signs_has_to_be_said() {
        assert_eq!(typed("federated").to_new().unwrap_err(), ["tenant_id", "audience", "subject"]);
        let full =
            Typed { tenant_id: "t".into(), audience: "a ".into(), subject: "s".into(), ..typed("entra") };
        assert_eq!(
            full.to_new().unwrap().signed,
            [("tenant_id", "t".to_owned()), ("audience", "a".to_owned())]
        );
    }

    #[test]
    fn a_credential_may_do_what_is_chosen_from_where_is_typed() {
        let of = |networks: &str| Typed { networks: networks.to_owned(), ..typed("secret") }.to_new();
        let new = of(" 192.0.2.0/24\r\n2001:db8::/32, 198.51.100.7/32\r\n").unwrap();
        assert_eq!(new.scopes, ["users.read"]);
        assert_eq!(new.networks, ["192.0.2.0/24", "2001:db8::/32", "198.51.100.7/32"]);
        assert_eq!(of("").unwrap().networks, Vec::<String>::new());
        assert_eq!(of("192.0.2.0/24 x").unwrap_err(), ["networks"]);
        let nothing = Typed { users_read: String::new(), ..typed("secret") };
        assert_eq!(nothing.to_new().unwrap_err(), ["scopes"]);
        let now = DateTime::parse_from_rfc3339("2026-03-01T12:00:00Z").unwrap().to_utc();
        let proposed = Typed { name: "n".to_owned(), ..Typed::proposed("secret", now) };
        assert_eq!(proposed.to_new().unwrap().scopes, SCOPES);
    }

    #[test]
    fn only_what_has_a_secret_is_proposed_an_end() {
        let now = DateTime::parse_from_rfc3339("2026-03-01T12:00:00Z").unwrap().to_utc();
        assert_eq!(Typed::proposed("secret", now).expires, "2026-08-28");
        let entra = Typed::proposed("entra", now);
        assert_eq!((entra.expires.as_str(), entra.audience.as_str()), ("", ENTRA_AUDIENCE));
    }
}
