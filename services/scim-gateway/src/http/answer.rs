use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, ETAG, LOCATION, X_CONTENT_TYPE_OPTIONS};
use scim::Projection;
use scim::list::{ListResponse, Paging};
use serde_json::{Map, Value};
use uuid::Uuid;

/// Media type of every body (RFC 7644 section 3.1). Without a charset: JSON has but one.
const SCIM_JSON: &str = "application/scim+json";

/// What a request is answered, before it is HTTP.
pub(super) struct Answer {
    status: StatusCode,
    location: Option<String>,
    etag: Option<String>,
    body: Option<Value>,
}

impl Answer {
    /// 200 with a resource.
    pub(super) fn resource(document: Map<String, Value>, projection: &Projection) -> Self {
        Self { location: None, ..Self::with(StatusCode::OK, document, projection) }
    }

    /// 201 with a resource and its address.
    pub(super) fn created(document: Map<String, Value>, projection: &Projection) -> Self {
        Self::with(StatusCode::CREATED, document, projection)
    }

    fn with(status: StatusCode, mut document: Map<String, Value>, projection: &Projection) -> Self {
        let meta = |name: &str| Some(document.get("meta")?.get(name)?.as_str()?.to_owned());
        let (location, etag) = (meta("location"), meta("version"));
        projection.apply(&mut document);
        Self { status, location, etag, body: Some(Value::Object(document)) }
    }

    /// 200 with a page of resources.
    pub(super) fn page(
        documents: Vec<Map<String, Value>>,
        total: u64,
        paging: Paging,
        projection: &Projection,
    ) -> Self {
        let mut resources = documents;
        resources.iter_mut().for_each(|document| projection.apply(document));
        let items_per_page = resources.len() as u64;
        let list =
            ListResponse { total_results: total, start_index: paging.start_index, items_per_page, resources };
        Self::document(list.to_json())
    }

    /// 200 with any other document.
    pub(super) fn document(body: Value) -> Self {
        Self { status: StatusCode::OK, location: None, etag: None, body: Some(body) }
    }

    /// 204.
    pub(super) fn no_content() -> Self {
        Self { status: StatusCode::NO_CONTENT, location: None, etag: None, body: None }
    }

    pub(super) fn into_response(self, request_id: Uuid) -> HttpResponse {
        let mut response = HttpResponse::build(self.status);
        if let Some(location) = self.location {
            response.insert_header((LOCATION, location));
        }
        if let Some(etag) = self.etag {
            response.insert_header((ETAG, etag));
        }
        finish(response, request_id, self.body.as_ref())
    }
}

/// Adds what every answer has.
pub(super) fn finish(
    mut response: actix_web::HttpResponseBuilder,
    request_id: Uuid,
    body: Option<&Value>,
) -> HttpResponse {
    response
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header(("X-Request-Id", request_id.to_string()));
    match body {
        Some(body) => response.content_type(SCIM_JSON).body(body.to_string()),
        None => response.finish(),
    }
}
