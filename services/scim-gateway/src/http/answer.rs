use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{ALLOW, CACHE_CONTROL, ETAG, LOCATION, X_CONTENT_TYPE_OPTIONS};
use directory::Version;
use scim::Projection;
use scim::list::{ListResponse, Place};
use serde_json::{Map, Value};
use uuid::Uuid;

/// Media type of every body (RFC 7644 section 3.1). Without a charset: JSON has but one.
const SCIM_JSON: &str = "application/scim+json";

/// What a request is answered, before it is HTTP.
pub(super) struct Answer {
    status: StatusCode,
    /// Address of the one resource that the body holds.
    location: Option<String>,
    /// Version of the one resource that the answer is about.
    version: Option<String>,
    methods: Option<&'static str>,
    is_minimal: bool,
    ignored_attributes: usize,
    body: Option<Body>,
}

enum Body {
    Document(Value),
    /// JSON that is written already.
    Text(String),
}

impl Answer {
    /// 200 with a resource.
    pub(super) fn resource(document: Map<String, Value>, projection: &Projection<'_>) -> Self {
        Self::with(StatusCode::OK, document, projection)
    }

    /// 201 with a resource and its address.
    pub(super) fn created(document: Map<String, Value>, projection: &Projection<'_>) -> Self {
        Self::with(StatusCode::CREATED, document, projection)
    }

    fn with(status: StatusCode, mut document: Map<String, Value>, projection: &Projection<'_>) -> Self {
        let meta = |name: &str| Some(document.get("meta")?.get(name)?.as_str()?.to_owned());
        let (location, version) = (meta("location"), meta("version"));
        projection.apply(&mut document);
        Self { location, version, body: Some(Body::Document(Value::Object(document))), ..Self::empty(status) }
    }

    /// 200 with a page of resources of one kind.
    pub(super) fn page(
        documents: Vec<Map<String, Value>>,
        total: u64,
        place: Place,
        projection: &Projection<'_>,
    ) -> Self {
        let mut resources = documents;
        resources.iter_mut().for_each(|document| projection.apply(document));
        Self::list(resources, total, place)
    }

    /// 200 with a page of resources that are as they are to be answered.
    pub(super) fn list(resources: Vec<Map<String, Value>>, total: u64, place: Place) -> Self {
        Self::document(ListResponse { total_results: total, place, resources }.to_json())
    }

    /// 200 with any other document.
    pub(super) fn document(body: Value) -> Self {
        Self { body: Some(Body::Document(body)), ..Self::empty(StatusCode::OK) }
    }

    /// 200 with a document that is written already.
    pub(super) fn text(body: String) -> Self {
        Self { body: Some(Body::Text(body)), ..Self::empty(StatusCode::OK) }
    }

    /// 204.
    pub(super) fn no_content() -> Self {
        Self::empty(StatusCode::NO_CONTENT)
    }

    /// 204, because the client prefers it (RFC 7240 section 4.2).
    pub(super) fn minimal() -> Self {
        Self { is_minimal: true, ..Self::no_content() }
    }

    /// 204 with the methods of an endpoint.
    pub(super) fn methods(methods: &'static str) -> Self {
        Self { methods: Some(methods), ..Self::no_content() }
    }

    /// 304: the client has this version already.
    pub(super) fn not_modified(version: Version) -> Self {
        Self::empty(StatusCode::NOT_MODIFIED).with_version(version)
    }

    fn empty(status: StatusCode) -> Self {
        Self {
            status,
            location: None,
            version: None,
            methods: None,
            is_minimal: false,
            ignored_attributes: 0,
            body: None,
        }
    }

    /// The same with the version of the resource that it is about.
    #[must_use]
    pub(super) fn with_version(self, version: Version) -> Self {
        Self { version: Some(version.to_string()), ..self }
    }

    /// The same, having passed over so many attributes of the request.
    #[must_use]
    pub(super) fn ignoring(self, attributes: usize) -> Self {
        Self { ignored_attributes: attributes, ..self }
    }

    /// HTTP status.
    pub(super) fn status_code(&self) -> StatusCode {
        self.status
    }

    /// Address of the one resource that the answer holds.
    pub(super) fn location(&self) -> Option<&str> {
        self.location.as_deref()
    }

    /// Version of the one resource that the answer is about, as an entity tag.
    pub(super) fn version(&self) -> Option<&str> {
        self.version.as_deref()
    }

    /// Id of the one resource that the answer holds.
    pub(super) fn id(&self) -> Option<&str> {
        match self.body.as_ref()? {
            Body::Document(document) => document.get("id")?.as_str(),
            Body::Text(_) => None,
        }
    }

    /// Attributes of the request that were passed over, if any, for the log.
    pub(super) fn ignored_attributes(&self) -> Option<usize> {
        (self.ignored_attributes > 0).then_some(self.ignored_attributes)
    }

    pub(super) fn into_response(self, request_id: Uuid) -> HttpResponse {
        let mut response = HttpResponse::build(self.status);
        if let Some(location) = self.location.filter(|_| self.status == StatusCode::CREATED) {
            response.insert_header((LOCATION, location));
        }
        if let Some(version) = self.version {
            response.insert_header((ETAG, version));
        }
        if let Some(methods) = self.methods {
            response.insert_header((ALLOW, methods));
        }
        if self.is_minimal {
            response.insert_header(("Preference-Applied", "return=minimal"));
        }
        let body = self.body.map(|body| match body {
            // Cannot fail, since every name is text; `Display` would write each piece by way of `fmt`.
            Body::Document(document) => {
                serde_json::to_string(&document).unwrap_or_else(|_| document.to_string())
            }
            Body::Text(text) => text,
        });
        finish(response, request_id, body)
    }
}

/// Adds what every answer has.
pub(super) fn finish(
    mut response: actix_web::HttpResponseBuilder,
    request_id: Uuid,
    body: Option<String>,
) -> HttpResponse {
    response
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header(("X-Request-Id", request_id.to_string()));
    match body {
        Some(body) => response.content_type(SCIM_JSON).body(body),
        None => response.finish(),
    }
}
