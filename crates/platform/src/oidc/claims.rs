use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use super::refused::shown;
use super::{Expected, Refused};

/// Seconds by which the clocks of an issuer and of ours may differ.
const LEEWAY_SECONDS: i64 = 60;

/// A token that is good.
#[derive(Clone, Debug)]
pub struct VerifiedToken {
    /// Its issuer, one of those expected.
    pub issuer: String,
    /// Whom it speaks of; not empty, and without control characters.
    pub subject: String,
    /// Until when it is good, but for a minute.
    pub expires_at: DateTime<Utc>,
    /// All its claims.
    pub claims: Map<String, Value>,
}

impl VerifiedToken {
    /// A claim that is a string.
    pub fn text(&self, claim: &str) -> Option<&str> {
        self.claims.get(claim)?.as_str()
    }

    /// Requires a claim to be a certain string, compared as it stands.
    ///
    /// # Errors
    /// When it is another, no string, or missing.
    pub fn require(&self, claim: &'static str, expected: &str) -> Result<(), Refused> {
        match self.text(claim) {
            Some(received) if received == expected => Ok(()),
            received => {
                let received = shown(received.unwrap_or_default());
                Err(Refused::Claim { claim, expected: expected.to_owned(), received })
            }
        }
    }
}

/// Checks the claims that every token must have: that they are there, of the right type, and as expected.
pub(super) fn check(
    claims: Map<String, Value>,
    expected: &Expected<'_>,
    now: DateTime<Utc>,
) -> Result<VerifiedToken, Refused> {
    let (expires_at, valid_from) = (instant(&claims, "exp")?, instant(&claims, "nbf")?);
    let issuer = text(&claims, "iss")?;
    let audiences = audiences(&claims)?;
    let subject = text(&claims, "sub")?;
    if !expected.issuers.contains(&issuer) {
        return Err(Refused::Issuer { expected: expected.issuers.join(" or "), received: shown(issuer) });
    }
    if !audiences.iter().any(|audience| expected.audiences.contains(audience)) {
        let received = shown(&audiences.join(" "));
        return Err(Refused::Audience { expected: expected.audiences.join(" or "), received });
    }
    let leeway = chrono::Duration::seconds(LEEWAY_SECONDS);
    if now - leeway >= expires_at {
        return Err(Refused::Expired { at: expires_at });
    }
    if now + leeway < valid_from {
        return Err(Refused::NotYetValid { at: valid_from });
    }
    Ok(VerifiedToken { issuer: issuer.to_owned(), subject: subject.to_owned(), expires_at, claims })
}

fn claim<'a>(claims: &'a Map<String, Value>, name: &'static str) -> Result<&'a Value, Refused> {
    claims.get(name).ok_or(Refused::Missing { claim: name })
}

/// A number of whole seconds. RFC 7519 allows fractions; nobody sends them.
fn instant(claims: &Map<String, Value>, name: &'static str) -> Result<DateTime<Utc>, Refused> {
    let seconds = claim(claims, name)?.as_i64();
    let instant = seconds.and_then(|seconds| DateTime::from_timestamp(seconds, 0));
    instant.ok_or(Refused::MalformedClaim { claim: name })
}

fn text<'a>(claims: &'a Map<String, Value>, name: &'static str) -> Result<&'a str, Refused> {
    let text = claim(claims, name)?.as_str().filter(|text| !text.is_empty());
    text.filter(|text| !text.contains(char::is_control)).ok_or(Refused::MalformedClaim { claim: name })
}

/// One string, or an array of nothing but strings (RFC 7519 §4.1.3).
fn audiences(claims: &Map<String, Value>) -> Result<Vec<&str>, Refused> {
    let malformed = Refused::MalformedClaim { claim: "aud" };
    match claim(claims, "aud")? {
        Value::String(audience) => Ok(vec![audience.as_str()]),
        Value::Array(audiences) => {
            audiences.iter().map(Value::as_str).collect::<Option<_>>().ok_or(malformed)
        }
        _ => Err(malformed),
    }
}
