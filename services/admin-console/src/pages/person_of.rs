use actix_web::http::header::LOCATION;
use actix_web::{HttpResponse, web};
use serde::Deserialize;
use uuid::Uuid;

use super::person;
use crate::api::ApiError;
use crate::http::{Failure, LocalPath, Visit};

#[derive(Deserialize)]
pub(super) struct Wanted {
    #[serde(default)]
    integration: String,
}

/// `GET /people/of/{scim_id}`: to the page of the learner that a user of the directory is, else to what was asked about it.
pub(super) async fn lead(
    visit: Visit,
    scim_id: web::Path<Uuid>,
    wanted: web::Query<Wanted>,
) -> Result<HttpResponse, Failure> {
    let slug = visit.place(Some(&wanted.integration)).await?.integration.slug;
    let learner = match visit.api().learner_of(&slug, *scim_id).await {
        Ok(learner) => learner,
        // The LMS has not heard of the integration yet, or is away.
        Err(ApiError::NotFound | ApiError::Unavailable(_)) => None,
        Err(error) => return Err(error.into()),
    };
    let to = match learner {
        Some(learner) => person::address(&slug, learner.learner_id),
        None => {
            let scim_id = scim_id.to_string();
            LocalPath::with("/log", &[("integration", slug.as_str()), ("scim_id", &scim_id)])
        }
    };
    Ok(HttpResponse::SeeOther().insert_header((LOCATION, to.as_str())).finish())
}
