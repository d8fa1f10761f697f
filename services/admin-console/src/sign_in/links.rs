use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Duration, Utc};
use secrecy::SecretString;
use serde::Serialize;

use crate::session::{Digest, random};

/// How long a link is good.
const MINUTES: i64 = 10;

/// Links at most that wait to be opened.
const MOST: usize = 1_000;

/// An address that signs somebody in once.
#[derive(Clone, Debug, Serialize)]
pub struct OneTimeLink {
    /// To be opened in a browser.
    pub url: String,
    /// Until when.
    pub expires_at: DateTime<Utc>,
}

/// Links that wait to be opened, by the digest of their code.
#[derive(Default)]
pub(crate) struct Links(Mutex<HashMap<Digest, Waiting>>);

/// What a link stands for.
pub(crate) struct Link {
    pub(crate) token: SecretString,
    /// Whom the token stands for.
    pub(crate) subject: String,
}

struct Waiting {
    token: SecretString,
    /// Whom the token stands for.
    subject: String,
    expires_at: DateTime<Utc>,
}

impl Links {
    /// The code of a new link, and its end.
    pub(crate) fn issue(
        &self,
        token: SecretString,
        subject: String,
        now: DateTime<Utc>,
    ) -> Result<(String, DateTime<Utc>), getrandom::Error> {
        let (code, expires_at) = (random()?, now + Duration::minutes(MINUTES));
        let mut links = self.links();
        links.retain(|_, link| link.expires_at > now);
        if links.len() >= MOST {
            let oldest = links.iter().min_by_key(|(_, link)| link.expires_at).map(|(digest, _)| *digest);
            oldest.and_then(|digest| links.remove(&digest));
        }
        links.insert(Digest::of(&code), Waiting { token, subject, expires_at });
        Ok((code, expires_at))
    }

    /// What a link stands for, if it is good. Looking does not use it up.
    pub(crate) fn look(&self, code: &str, now: DateTime<Utc>) -> Option<Link> {
        let links = self.links();
        let link = links.get(&Digest::of(code)).filter(|link| link.expires_at > now)?;
        Some(Link { token: link.token.clone(), subject: link.subject.clone() })
    }

    /// Uses a link up; answers whether it was good until then.
    pub(crate) fn redeem(&self, code: &str, now: DateTime<Utc>) -> bool {
        self.links().remove(&Digest::of(code)).is_some_and(|link| link.expires_at > now)
    }

    fn links(&self) -> MutexGuard<'_, HashMap<Digest, Waiting>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    fn at(minutes: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_700_000_000, 0).unwrap() + Duration::minutes(minutes)
    }

    #[test]
    fn a_link_is_good_once_and_for_ten_minutes() {
        let links = Links::default();
        let (code, expires_at) = links.issue("token".to_owned().into(), "olga".to_owned(), at(0)).unwrap();
        assert_eq!((code.len(), expires_at), (43, at(10)));
        assert!(links.look(&code, at(9)).is_some());
        let link = links.look(&code, at(9)).unwrap();
        assert_eq!((link.token.expose_secret(), link.subject.as_str()), ("token", "olga"));
        assert!(links.look(&code, at(10)).is_none() && links.look("another", at(0)).is_none());
        assert!(links.redeem(&code, at(9)) && !links.redeem(&code, at(9)));
        assert!(links.look(&code, at(9)).is_none());

        let (late, _) = links.issue("token".to_owned().into(), "olga".to_owned(), at(0)).unwrap();
        assert!(!links.redeem(&late, at(10)));
    }

    #[test]
    fn there_are_no_more_than_so_many_and_the_oldest_goes_first() {
        let links = Links::default();
        let (first, _) = links.issue("token".to_owned().into(), "olga".to_owned(), at(0)).unwrap();
        let codes: Vec<_> = (0..MOST)
            .map(|_| links.issue("token".to_owned().into(), "olga".to_owned(), at(1)).unwrap().0)
            .collect();
        assert!(links.look(&first, at(1)).is_none());
        assert!(codes.iter().all(|code| links.look(code, at(1)).is_some()));
    }
}
