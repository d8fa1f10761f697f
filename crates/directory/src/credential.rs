use std::net::IpAddr;

use chrono::{DateTime, Duration, Utc};
use ipnet::IpNet;

use crate::{CredentialId, Integration, IntegrationId, Scopes, SecretDigest};

/// Days before its end in which a credential is warned of.
const WARNING_DAYS: i64 = 30;

/// Credentials of one integration that can be used at the same time.
pub(crate) const MAX_USABLE: usize = 20;

/// What lets a caller in at one integration.
#[derive(Clone, Debug, PartialEq)]
pub struct Credential {
    /// Public id.
    pub id: CredentialId,
    /// What it opens.
    pub integration: IntegrationId,
    /// How a caller shows that it has it.
    pub proof: Proof,
    /// Name that an administrator gave it.
    pub name: String,
    /// What a caller may do.
    pub scopes: Scopes,
    /// Networks that a caller may come from; any when there is none.
    pub networks: Vec<IpNet>,
    /// The credential that it was made to take over from, by a rotation.
    pub replaces: Option<CredentialId>,
    /// Since when.
    pub created: DateTime<Utc>,
    /// Who made it.
    pub created_by: String,
    /// Until when; what has no secret has no end.
    pub expires: Option<DateTime<Utc>>,
    /// When and by whom it was revoked.
    pub revoked: Option<Revocation>,
    /// How it was used, as far as that is written already.
    pub usage: Usage,
}

/// How a caller shows that it has a credential.
#[derive(Clone, Debug, PartialEq)]
pub enum Proof {
    /// It sends the token with every request (RFC 6750).
    Secret(SecretDigest),
    /// An OAuth 2.0 client: it gets access tokens for its id and secret (RFC 6749 section 4.4).
    Client(SecretDigest),
    /// Workload identity federation: it gets access tokens for an assertion that Entra signed (RFC 7523).
    Federated {
        /// Entra tenant that signs.
        tenant: TenantId,
        /// `aud` of the assertion, such as `api://{application id}`.
        audience: String,
        /// `sub` of the assertion: object id of the service principal.
        subject: String,
    },
    /// Entra's own token, which it sends when the field "Secret Token" is left blank.
    Entra {
        /// Entra tenant that signs.
        tenant: TenantId,
        /// `aud` of the token.
        audience: String,
    },
}

/// Kind of a [`Proof`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CredentialKind {
    /// [`Proof::Secret`]
    Secret,
    /// [`Proof::Client`]
    Client,
    /// [`Proof::Federated`]
    Federated,
    /// [`Proof::Entra`]
    Entra,
}

/// Id of an Entra tenant: a UUID in lower case.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TenantId(String);

/// The text is no id of a tenant.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("an Entra tenant id is a UUID")]
pub struct InvalidTenantId;

/// A credential's end before its time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revocation {
    /// When.
    pub at: DateTime<Utc>,
    /// Who did it.
    pub by: String,
}

/// How a credential was used.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Requests let in.
    pub count: u64,
    /// The last of them.
    pub last: Option<LastUse>,
}

/// When and from where a credential was used last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastUse {
    /// When.
    pub at: DateTime<Utc>,
    /// Address of the client.
    pub address: Option<IpAddr>,
    /// The client's `User-Agent`, cut.
    pub agent: Option<String>,
}

/// All that sign-in needs to know of an integration.
#[derive(Clone, Debug, PartialEq)]
pub struct Registration {
    /// The integration.
    pub integration: Integration,
    /// Its credentials, revoked and expired ones too: who uses one is told why it no longer works.
    pub credentials: Vec<Credential>,
}

impl Proof {
    /// What kind it is.
    pub fn kind(&self) -> CredentialKind {
        match self {
            Self::Secret(_) => CredentialKind::Secret,
            Self::Client(_) => CredentialKind::Client,
            Self::Federated { .. } => CredentialKind::Federated,
            Self::Entra { .. } => CredentialKind::Entra,
        }
    }
}

impl CredentialKind {
    /// Name in the API and in the stores.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Secret => "secret",
            Self::Client => "client",
            Self::Federated => "federated",
            Self::Entra => "entra",
        }
    }

    /// Parses a name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Secret, Self::Client, Self::Federated, Self::Entra]
            .into_iter()
            .find(|kind| kind.as_str() == name)
    }
}

impl TenantId {
    /// Parses the id.
    ///
    /// # Errors
    /// When it is no UUID. Its form is strict, because it becomes part of an address.
    pub fn parse(text: &str) -> Result<Self, InvalidTenantId> {
        let id = uuid::Uuid::try_parse(text).map_err(|_| InvalidTenantId)?;
        Ok(Self(id.hyphenated().to_string()))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether a new credential may join those of its integration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Admission {
    /// It may.
    Admitted,
    /// A credential has its id.
    Known,
    /// What it would take over from has a successor that can be used.
    Succeeded(CredentialId),
    /// Another that can be used has its name.
    Named(CredentialId),
    /// The integration has as many that can be used as it may have.
    Full,
}

/// Why a credential does not let anybody in now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unusable {
    /// It was revoked.
    Revoked,
    /// Its time is over.
    Expired,
    /// The caller comes from a network that it may not come from.
    Network,
}

impl Credential {
    /// Whether it can be used now, by a caller who comes from the right network.
    pub fn is_usable(&self, now: DateTime<Utc>) -> bool {
        self.revoked.is_none() && self.expires.is_none_or(|expires| expires > now)
    }

    /// Whether it can be used now, and ends within the days in which its end is warned of.
    pub fn ends_soon(&self, now: DateTime<Utc>) -> bool {
        let soon = now + Duration::days(WARNING_DAYS);
        self.is_usable(now) && self.expires.is_some_and(|expires| expires <= soon)
    }

    /// Whether it, made just now, may join `usable`, which are all credentials of its integration that can be used.
    pub fn admission(&self, usable: &[Self]) -> Admission {
        let succeeds = |other: &&Self| self.replaces.is_some() && other.replaces == self.replaces;
        if let Some(successor) = usable.iter().find(succeeds) {
            return Admission::Succeeded(successor.id.clone());
        }
        if usable.len() >= MAX_USABLE {
            return Admission::Full;
        }
        let namesakes: Vec<&Self> = usable.iter().filter(|other| self.has_name_of(other)).collect();
        // A successor may keep the name until the one before is retired.
        let keeps_it = namesakes.iter().any(|other| self.replaces.as_ref() == Some(&other.id));
        match namesakes.first() {
            Some(other) if !keeps_it => Admission::Named(other.id.clone()),
            _ => Admission::Admitted,
        }
    }

    /// Whether people would take the two names for one.
    fn has_name_of(&self, other: &Self) -> bool {
        scim::fold(self.name.trim()) == scim::fold(other.name.trim())
    }

    /// Requires it to be good at `now` for a caller at `address`.
    ///
    /// # Errors
    /// Why it is not.
    pub fn check(&self, now: DateTime<Utc>, address: Option<IpAddr>) -> Result<(), Unusable> {
        if self.revoked.is_some() {
            return Err(Unusable::Revoked);
        }
        if self.expires.is_some_and(|expires| expires <= now) {
            return Err(Unusable::Expired);
        }
        let comes_from = |network: &IpNet| address.is_some_and(|address| network.contains(&address));
        match self.networks.is_empty() || self.networks.iter().any(comes_from) {
            true => Ok(()),
            false => Err(Unusable::Network),
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn credential() -> Credential {
        Credential {
            id: CredentialId::parse("0123456789abcdef").unwrap(),
            integration: IntegrationId(Uuid::nil()),
            proof: Proof::Secret(SecretDigest([0; 32])),
            name: "Entra".to_owned(),
            scopes: Scopes::ALL,
            networks: vec!["192.0.2.0/24".parse().unwrap(), "2001:db8::/32".parse().unwrap()],
            replaces: None,
            created: at("2026-01-01T00:00:00Z"),
            created_by: "ops".to_owned(),
            expires: Some(at("2026-07-01T00:00:00Z")),
            revoked: None,
            usage: Usage::default(),
        }
    }

    #[test]
    fn it_is_good_until_it_expires_and_from_its_networks() {
        let credential = credential();
        let inside = Some("192.0.2.7".parse().unwrap());
        assert_eq!(credential.check(at("2026-06-30T23:59:59Z"), inside), Ok(()));
        assert_eq!(credential.check(at("2026-06-30T23:59:59Z"), "2001:db8::1".parse().ok()), Ok(()));
        assert_eq!(credential.check(at("2026-07-01T00:00:00Z"), inside), Err(Unusable::Expired));
        for outside in [None, Some("192.0.3.1".parse().unwrap()), Some("::ffff:192.0.2.7".parse().unwrap())] {
            assert_eq!(credential.check(at("2026-02-01T00:00:00Z"), outside), Err(Unusable::Network));
        }
        let everywhere = Credential { networks: vec![], ..credential };
        assert_eq!(everywhere.check(at("2026-02-01T00:00:00Z"), None), Ok(()));
    }

    #[test]
    fn a_revoked_one_is_said_to_be_revoked_even_when_it_has_expired() {
        let revoked = Revocation { at: at("2026-02-01T00:00:00Z"), by: "ops".to_owned() };
        let credential = Credential { revoked: Some(revoked), ..credential() };
        assert_eq!(credential.check(at("2027-01-01T00:00:00Z"), None), Err(Unusable::Revoked));
    }

    #[test]
    fn one_joins_while_there_is_room_and_nobody_took_over_before() {
        let new = Credential { name: "new".to_owned(), ..credential() };
        assert_eq!(new.admission(&vec![credential(); 19]), Admission::Admitted);
        assert_eq!(new.admission(&vec![credential(); 20]), Admission::Full);
        let of = |id: &str| Credential { replaces: CredentialId::parse(id), ..new.clone() };
        let successor = of("ffffffffffffffff");
        let of_another = Credential { name: "another".to_owned(), ..of("eeeeeeeeeeeeeeee") };
        assert_eq!(successor.admission(&[credential(), of_another]), Admission::Admitted);
        let taken = Admission::Succeeded(successor.id.clone());
        assert_eq!(successor.admission(&[credential(), successor.clone()]), taken);
    }

    #[test]
    fn a_name_is_that_of_one_that_can_be_used_or_of_the_one_that_it_takes_over_from() {
        let of = |id: &str, name: &str| Credential {
            id: CredentialId::parse(id).unwrap(),
            name: name.to_owned(),
            ..credential()
        };
        let (old, other) = (of("00000000000000aa", "Entra"), of("00000000000000bb", "Other"));
        let new = of("00000000000000cc", " ENTRA");
        assert_eq!(new.admission(std::slice::from_ref(&other)), Admission::Admitted);
        assert_eq!(new.admission(&[other.clone(), old.clone()]), Admission::Named(old.id.clone()));
        let successor = Credential { replaces: Some(old.id.clone()), ..new.clone() };
        assert_eq!(successor.admission(&[other.clone(), old.clone()]), Admission::Admitted);
        let of_other = Credential { replaces: Some(other.id.clone()), ..new };
        assert_eq!(of_other.admission(&[other.clone(), old.clone()]), Admission::Named(old.id.clone()));
        // The one before is not retired yet, and the one before that is not either.
        let third = Credential { replaces: Some(successor.id.clone()), ..of("00000000000000dd", "Entra") };
        assert_eq!(third.admission(&[old, other, successor]), Admission::Admitted);
    }

    #[test]
    fn a_tenant_is_a_uuid_and_nothing_that_could_change_an_address() {
        let id = TenantId::parse("72F988BF-86F1-41AF-91AB-2D7CD011DB47").unwrap();
        assert_eq!(id.as_str(), "72f988bf-86f1-41af-91ab-2d7cd011db47");
        for text in ["", "common", "72f988bf-86f1-41af-91ab-2d7cd011db47/../x", "a@b"] {
            assert_eq!(TenantId::parse(text), Err(InvalidTenantId), "{text}");
        }
    }
}
