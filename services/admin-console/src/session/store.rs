use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Duration, Utc};
use tokio::sync::Semaphore;

use super::{Digest, Mutable, Session, SignedIn, TAILS, ends_soon, random};
use crate::api::Roles;

/// Sessions at most: far more than an installation has administrators.
const MOST: usize = 10_000;

/// How long sessions last.
#[derive(Clone, Copy, Debug)]
pub struct Lifetime {
    /// Without a request.
    pub idle: Duration,
    /// In any case.
    pub absolute: Duration,
}

/// Those who are signed in, by the digest of what their cookie holds.
pub struct Sessions {
    lifetime: Lifetime,
    sessions: Mutex<HashMap<Digest, Arc<Session>>>,
}

impl Sessions {
    /// Nobody yet.
    pub fn new(lifetime: Lifetime) -> Self {
        Self { lifetime, sessions: Mutex::default() }
    }

    /// Begins a session, and answers what its cookie holds.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub fn begin(&self, signed_in: SignedIn, now: DateTime<Utc>) -> Result<String, getrandom::Error> {
        self.insert(signed_in, random()?, now, Mutable { last_seen: now, ..Mutable::default() }, now)
    }

    /// Goes on with a session under a new id and with a new token. Open forms stay good, and so does its end.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub fn renew(
        &self,
        old: &Session,
        signed_in: SignedIn,
        now: DateTime<Utc>,
    ) -> Result<String, getrandom::Error> {
        let signed_in = SignedIn { proven_at: signed_in.proven_at.max(old.proven_at), ..signed_in };
        // Of a provider whose tokens all end so soon, each is used to its end: nobody goes in circles.
        let was_renewal_tried = ends_soon(signed_in.token_ends, now);
        let mutable = Mutable { last_seen: now, was_renewal_tried, ..old.mutable().clone() };
        let id = self.insert(signed_in, old.csrf.clone(), old.started_at, mutable, now)?;
        self.end(old);
        Ok(id)
    }

    fn insert(
        &self,
        signed_in: SignedIn,
        csrf: String,
        started_at: DateTime<Utc>,
        mutable: Mutable,
        now: DateTime<Utc>,
    ) -> Result<String, getrandom::Error> {
        let id = random()?;
        let SignedIn { who, token, token_ends, way, proven_at } = signed_in;
        let session = Session {
            digest: Digest::of(&id),
            csrf,
            roles: Roles::parse(&who.roles),
            subject: who.subject,
            way,
            token,
            token_ends,
            proven_at,
            started_at,
            tails: Arc::new(Semaphore::new(TAILS)),
            mutable: Mutex::new(mutable),
        };
        let mut sessions = self.sessions();
        // Tokens of those who went without signing out are not kept.
        sessions.retain(|_, session| self.is_alive(session, now));
        if sessions.len() >= MOST {
            let oldest = sessions.values().min_by_key(|session| session.mutable().last_seen);
            let oldest = oldest.map(|session| session.digest);
            oldest.and_then(|digest| sessions.remove(&digest));
        }
        sessions.insert(session.digest, Arc::new(session));
        Ok(id)
    }

    /// The session of a cookie, which is used now.
    pub fn find(&self, id: &str, now: DateTime<Utc>) -> Option<Arc<Session>> {
        let digest = Digest::of(id);
        let session = self.sessions().get(&digest).cloned()?;
        if !self.is_alive(&session, now) {
            self.end(&session);
            return None;
        }
        session.mutable().last_seen = now;
        Some(session)
    }

    /// Whether a session goes on. Asking is no use of it.
    pub fn goes_on(&self, session: &Session, now: DateTime<Utc>) -> bool {
        self.sessions().contains_key(&session.digest) && self.is_alive(session, now)
    }

    /// Ends a session.
    pub fn end(&self, session: &Session) {
        self.sessions().remove(&session.digest);
    }

    fn is_alive(&self, session: &Session, now: DateTime<Utc>) -> bool {
        let last_seen = session.mutable().last_seen;
        now - last_seen < self.lifetime.idle && now - session.started_at < self.lifetime.absolute
    }

    fn sessions(&self) -> MutexGuard<'_, HashMap<Digest, Arc<Session>>> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{Role, Whoami};
    use crate::session::Way;

    fn at(minutes: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_700_000_000, 0).unwrap() + Duration::minutes(minutes)
    }

    fn sessions() -> Sessions {
        Sessions::new(Lifetime { idle: Duration::minutes(30), absolute: Duration::hours(8) })
    }

    fn olga(minute: i64) -> SignedIn {
        SignedIn {
            who: Whoami { subject: "olga".to_owned(), roles: vec!["acme:operator".to_owned()] },
            token: "t".to_owned().into(),
            token_ends: Some(at(minute + 60)),
            way: Way::Oidc,
            proven_at: at(minute),
        }
    }

    #[test]
    fn a_session_ends_when_it_is_not_used_and_in_any_case_some_day() {
        let sessions = sessions();
        let id = sessions.begin(olga(0), at(0)).unwrap();
        assert!(sessions.find("another", at(1)).is_none());
        for minute in (29..480).step_by(29) {
            let session = sessions.find(&id, at(minute)).unwrap();
            assert!(session.allows(Role::Operator, "acme") && !session.allows(Role::Owner, "acme"));
        }
        assert!(sessions.find(&id, at(480)).is_none());

        let id = sessions.begin(olga(0), at(0)).unwrap();
        let session = sessions.find(&id, at(1)).unwrap();
        assert!(sessions.goes_on(&session, at(30)));
        assert!(!sessions.goes_on(&session, at(31)));
        assert!(sessions.find(&id, at(31)).is_none());
    }

    #[test]
    fn a_renewed_session_is_the_same_one_with_another_id() {
        let sessions = sessions();
        let old_id = sessions.begin(olga(0), at(0)).unwrap();
        let old = sessions.find(&old_id, at(20)).unwrap();
        old.look_at("acme-production");
        assert!(
            !old.is_to_be_renewed(at(55)) && old.is_to_be_renewed(at(56)) && !old.is_to_be_renewed(at(57))
        );
        assert!(old.is_fresh(at(9)) && !old.is_fresh(at(10)));

        let id = sessions.renew(&old, olga(25), at(25)).unwrap();
        assert!(sessions.find(&old_id, at(26)).is_none());
        let session = sessions.find(&id, at(26)).unwrap();
        assert_eq!(
            (session.csrf == old.csrf, session.integration().as_deref()),
            (true, Some("acme-production"))
        );
        assert!(session.is_fresh(at(34)) && !session.is_to_be_renewed(at(60)));
        // Its absolute end is that of the old one.
        session.mutable().last_seen = at(479);
        assert!(sessions.goes_on(&session, at(479)) && !sessions.goes_on(&session, at(480)));
    }

    #[test]
    fn what_has_ended_is_not_kept_until_somebody_asks_for_it() {
        let sessions = sessions();
        sessions.begin(olga(0), at(0)).unwrap();
        let used = sessions.begin(olga(0), at(0)).unwrap();
        sessions.find(&used, at(29)).unwrap();
        sessions.begin(olga(30), at(30)).unwrap();
        assert_eq!(sessions.sessions().len(), 2);
    }

    #[test]
    fn there_are_no_more_than_so_many_and_the_longest_unused_goes_first() {
        let sessions = sessions();
        let first = sessions.begin(olga(0), at(0)).unwrap();
        let second = sessions.begin(olga(0), at(0)).unwrap();
        for _ in 2..MOST {
            sessions.begin(olga(1), at(1)).unwrap();
        }
        assert!(sessions.find(&first, at(2)).is_some());
        sessions.begin(olga(2), at(2)).unwrap();
        assert_eq!(sessions.sessions().len(), MOST);
        assert!(sessions.find(&second, at(2)).is_none() && sessions.find(&first, at(2)).is_some());
    }
}
