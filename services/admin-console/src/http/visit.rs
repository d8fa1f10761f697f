use std::future::{Ready, ready};
use std::ops::Deref;
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};

use super::{Failure, Visitor};
use crate::api::{ApiError, Caller, Integration, Refusal, Role};
use crate::session::Session;

/// Integrations that a chooser offers at most.
const MOST: usize = 2_000;

/// Somebody who is signed in and asks for a page: the argument of nearly all handlers.
pub(crate) struct Visit {
    visitor: Visitor,
    pub(crate) session: Arc<Session>,
}

/// The integration that a page is about, and the others that it could be about.
pub(crate) struct Place {
    pub(crate) integration: Integration,
    pub(crate) slugs: Vec<String>,
}

impl Visit {
    /// Both services, asked with the token of the administrator.
    pub(crate) fn api(&self) -> Caller<'_> {
        self.visitor.console.api.with(&self.session.token)
    }

    /// Refuses whoever did not prove within the last minutes who they are, and brings them back here once they did.
    pub(crate) fn require_fresh(&self) -> Result<(), Failure> {
        self.require_fresh_for(self.whereabouts())
    }

    /// The same for what a form sends: it brings them back to the page of the form.
    pub(crate) fn require_fresh_for(&self, page: &str) -> Result<(), Failure> {
        if self.session.is_fresh(self.now) {
            return Ok(());
        }
        self.session.return_to(page);
        Err(Failure::NotFresh)
    }

    /// Refuses whoever is no owner in the portal, before a form is shown that would be refused. The API judges.
    pub(crate) fn require_owner(&self, integration: &Integration) -> Result<(), Failure> {
        if self.session.allows(Role::Owner, &integration.portal) {
            return Ok(());
        }
        Err(ApiError::Forbidden(Refusal::lacks_owner()).into())
    }

    /// All integrations that the administrator may see.
    pub(crate) async fn integrations(&self) -> Result<Vec<Integration>, ApiError> {
        let mut all = Vec::new();
        let mut cursor = None;
        loop {
            let part = self.api().integrations(cursor).await?;
            cursor = part.next();
            all.extend(part.items);
            if cursor.is_none() || all.len() >= MOST {
                return Ok(all);
            }
        }
    }

    /// The integration that the address names, else the one that was looked at last, else the first.
    pub(crate) async fn place(&self, named: Option<&str>) -> Result<Place, Failure> {
        let all = self.integrations().await?;
        let slugs: Vec<String> = all.iter().map(|one| one.slug.clone()).collect();
        let of = |slug: &str| all.iter().find(|one| one.slug == slug).cloned();
        let integration = match named.filter(|slug| !slug.is_empty()) {
            Some(slug) => of(slug).ok_or(Failure::NotFound)?,
            None => {
                let last = self.session.integration().and_then(|slug| of(&slug));
                last.or_else(|| all.first().cloned()).ok_or(Failure::NoIntegration)?
            }
        };
        self.session.look_at(&integration.slug);
        Ok(Place { integration, slugs })
    }
}

impl Deref for Visit {
    type Target = Visitor;

    fn deref(&self) -> &Visitor {
        &self.visitor
    }
}

impl FromRequest for Visit {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let visit = Visitor::from_request(request, payload).into_inner().and_then(|visitor| {
            let session = visitor.session.clone().ok_or(Failure::NotSignedIn)?;
            if visitor.is_navigation() && session.is_to_be_renewed(visitor.now) {
                return Err(Failure::TokenEnds);
            }
            Ok(Self { visitor, session })
        });
        ready(visit)
    }
}
