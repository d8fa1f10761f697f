//! Where clients get access tokens (RFC 6749, RFC 7523).

use actix_web::http::header::{
    ALLOW, AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER,
    WWW_AUTHENTICATE, X_CONTENT_TYPE_OPTIONS,
};
use actix_web::http::{Method, StatusCode};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, web};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use directory::{
    AccessGrant, Credential, CredentialId, IntegrationState, LoggedRequest, Outcome, Proof,
    ProvisioningToken, Refusal, Registration, Scopes, SignInError,
};
use platform::body::{self, BodyError, close_unless_read};
use serde_json::json;

use super::body::{is_encoded, is_in_utf8};
use super::error::whole_seconds;
use super::visit::{Aim, Visit};
use crate::Gateway;
use crate::cause;
use crate::metrics::{NotLetIn, Refused};
use crate::throttle::TooOften;

/// Longest form, in bytes: an assertion has a few kilobytes.
const LONGEST_FORM: usize = 32 * 1024;

/// Parameters of a form at most. Clients may send some that are not known here (RFC 6749 section 3.2).
const MOST_PARAMETERS: usize = 20;

const FORM: &str = "application/x-www-form-urlencoded";

const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Why there is no access token (RFC 6749 section 5.2).
#[derive(Debug)]
enum TokenError {
    /// It came without TLS.
    PlainHttp,
    /// The request is none of this endpoint.
    Request(&'static str),
    Method,
    TooLarge,
    Encoded,
    GrantType,
    /// The client is not who it says. It learns nothing more.
    Client(SignInError),
    TooOften(TooOften),
    Internal,
}

impl From<SignInError> for TokenError {
    fn from(error: SignInError) -> Self {
        Self::Client(error)
    }
}

impl From<Refusal> for TokenError {
    fn from(refusal: Refusal) -> Self {
        Self::Client(refusal.into())
    }
}

impl From<TooOften> for TokenError {
    fn from(error: TooOften) -> Self {
        Self::TooOften(error)
    }
}

/// What a client shows.
enum ClientProof {
    Secret { client_id: String, secret: String },
    Assertion { client_id: Option<String>, assertion: String },
}

/// `POST /integrations/{integration}/oauth2/token`
pub(super) async fn token(
    request: HttpRequest,
    mut payload: web::Payload,
    gateway: web::Data<Gateway>,
) -> HttpResponse {
    let mut visit = super::visit(&request, &gateway);
    visit.aim = Aim::TOKEN;
    visit.route = "/oauth2/token";
    let outcome = grant(&request, &mut payload, &gateway, &mut visit).await;
    super::note(&gateway, &visit, entry(&visit, &outcome));
    if let Err(TokenError::Client(SignInError::Refused(_))) = outcome {
        gateway.metrics.refused(Refused::SignIn(NotLetIn::ClientRefused));
    }
    let mut response = match outcome {
        Ok((grant, registration)) => issued(&gateway, &registration, &grant, &visit),
        Err(error) => error.into_response(),
    };
    if let Ok(id) = HeaderValue::try_from(visit.request_id.to_string()) {
        response.headers_mut().insert(HeaderName::from_static("x-request-id"), id);
    }
    super::told(&gateway, request.method(), &mut visit, response.status());
    tracing::info!(
        request.id = %visit.request_id,
        http.status = response.status().as_u16(),
        integration = visit.registration.as_ref().map(|registration| registration.integration.slug.as_str()),
        credential.id = visit.credential.as_ref().map(CredentialId::as_str),
        client.address = visit.client.address.map(tracing::field::display),
        "token request answered"
    );
    response.map_body(|_, body| close_unless_read(body, payload))
}

async fn grant(
    request: &HttpRequest,
    payload: &mut web::Payload,
    gateway: &Gateway,
    visit: &mut Visit,
) -> Result<(AccessGrant, std::sync::Arc<Registration>), TokenError> {
    if request.method() != Method::POST {
        return Err(TokenError::Method);
    }
    if visit.client.is_plain {
        gateway.throttle.refusal(visit.client.address)?;
        gateway.metrics.refused(Refused::SignIn(NotLetIn::PlainHttp));
        let slug = request.match_info().get("integration").unwrap_or_default();
        visit.registration = gateway.sign_in.asked_in_vain(slug, visit.client.address, visit.at).await;
        return Err(TokenError::PlainHttp);
    }
    let granted = grant_to_client(request, payload, gateway, visit).await;
    if let Err(error) = &granted {
        count(gateway, visit, error)?;
    }
    granted
}

/// Whoever is refused is counted, so that nobody can keep this busy, nor fill the log, for nothing.
fn count(gateway: &Gateway, visit: &Visit, error: &TokenError) -> Result<(), TooOften> {
    match (error, &visit.registration) {
        (TokenError::Client(SignInError::Paused(_) | SignInError::Disabled(_)), Some(known)) => {
            gateway.throttle.request(&known.integration)
        }
        (TokenError::Client(SignInError::Keys(_)), _) => gateway.throttle.unchecked(visit.client.address),
        (TokenError::Internal | TokenError::TooOften(_), _)
        | (TokenError::Client(SignInError::Store(_) | SignInError::Busy), _) => Ok(()),
        (
            TokenError::PlainHttp
            | TokenError::Request(_)
            | TokenError::Method
            | TokenError::TooLarge
            | TokenError::Encoded
            | TokenError::GrantType
            | TokenError::Client(_),
            _,
        ) => gateway.throttle.refusal(visit.client.address),
    }
}

async fn grant_to_client(
    request: &HttpRequest,
    payload: &mut web::Payload,
    gateway: &Gateway,
    visit: &mut Visit,
) -> Result<(AccessGrant, std::sync::Arc<Registration>), TokenError> {
    let form = form(request, payload, gateway).await?;
    if form.get("grant_type") != Some("client_credentials") {
        return Err(TokenError::GrantType);
    }
    let proof = client_proof(request, &form)?;
    let slug = request.match_info().get("integration").unwrap_or_default();
    let (credential, registration) = check(gateway, slug, &proof, visit).await?;
    visit.credential = Some(credential.id.clone());
    gateway.throttle.request(&registration.integration)?;
    gateway.usage.count(&credential.id, visit.client.use_at(visit.at));
    let scopes = granted(form.get("scope"), credential.scopes);
    Ok((AccessGrant { credential: credential.id, scopes }, registration))
}

/// The credential that a client has shown to have, and that can be used now.
async fn check(
    gateway: &Gateway,
    slug: &str,
    proof: &ClientProof,
    visit: &mut Visit,
) -> Result<(Credential, std::sync::Arc<Registration>), TokenError> {
    // What has not the form of a secret of ours is refused without a look at any credential.
    let secret = match proof {
        ClientProof::Secret { secret, .. } => match ProvisioningToken::parse(secret) {
            Some(secret) => Some(secret),
            None => {
                let sign_in = &gateway.sign_in;
                visit.registration = sign_in.asked_in_vain(slug, visit.client.address, visit.at).await;
                return Err(Refusal::because("the client's secret has no known form, or was mistyped").into());
            }
        },
        ClientProof::Assertion { .. } => None,
    };
    let shown = secret.as_ref().map(ProvisioningToken::id);
    let registration = gateway.sign_in.registration(slug, shown, visit.client.address, visit.at).await?;
    visit.registration = Some(registration.clone());
    let credential = match (proof, &secret) {
        (ClientProof::Secret { client_id, .. }, Some(secret)) => {
            with_secret(&registration, client_id, secret)?
        }
        (ClientProof::Assertion { client_id, assertion }, _) => {
            gateway
                .sign_in
                .federated(&registration, client_id.as_deref(), assertion, visit.client.address, visit.at)
                .await?
        }
        (ClientProof::Secret { .. }, None) => return Err(TokenError::Request("client_secret is missing")),
    };
    registration.require_usable(credential, visit.client.address, visit.at)?;
    let id = credential.id.clone();
    match registration.integration.state {
        IntegrationState::Enabled => Ok((credential.clone(), registration)),
        IntegrationState::Paused => Err(SignInError::Paused(id).into()),
        IntegrationState::Disabled | IntegrationState::Detached => Err(SignInError::Disabled(id).into()),
    }
}

fn with_secret<'a>(
    registration: &'a Registration,
    client_id: &str,
    secret: &ProvisioningToken,
) -> Result<&'a Credential, Refusal> {
    let credential = registration.with_secret(secret)?;
    let Proof::Client(_) = credential.proof else {
        return Err(Refusal::because("the bearer token is no secret of a client").of(&credential.id));
    };
    match client_id == credential.id.as_str() {
        true => Ok(credential),
        false => Err(Refusal::because("the client_id is not that of the secret").of(&credential.id)),
    }
}

/// The scopes that were asked for and may be had. Names of others are passed over (RFC 6749 section 3.3): Entra's
/// administrators type them. Whoever names none gets all of the credential's.
fn granted(asked: Option<&str>, of_credential: Scopes) -> Scopes {
    let known: Vec<&str> =
        asked.unwrap_or_default().split(' ').filter(|name| Scopes::parse([*name]).is_ok()).collect();
    Scopes::parse(known).ok().and_then(|asked| asked.and(of_credential)).unwrap_or(of_credential)
}

/// Parameters of the request, none of them twice.
struct Form(Vec<(String, String)>);

impl Form {
    fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

async fn form(
    request: &HttpRequest,
    payload: &mut web::Payload,
    gateway: &Gateway,
) -> Result<Form, TokenError> {
    let headers = request.headers();
    if is_encoded(headers) {
        return Err(TokenError::Encoded);
    }
    let content_type = headers.get(CONTENT_TYPE);
    if !content_type.is_some_and(|content_type| is_in_utf8(content_type, &[FORM])) {
        return Err(TokenError::Request("the body must be application/x-www-form-urlencoded in UTF-8"));
    }
    let read = body::read(headers, payload, LONGEST_FORM, gateway.limits.body_time()).await;
    let bytes = read.map_err(|error| match error {
        BodyError::TooLarge { .. } => TokenError::TooLarge,
        BodyError::TooSlow => TokenError::Request("the body took too long to arrive"),
        BodyError::CutOff => TokenError::Request("the body was cut off"),
    })?;
    let unreadable = TokenError::Request("the body is no form in UTF-8");
    let Ok(text) = std::str::from_utf8(&bytes) else { return Err(unreadable) };
    if text.split('&').count() > MOST_PARAMETERS {
        return Err(TokenError::Request("the body has more parameters than this endpoint knows"));
    }
    let Ok(pairs) = web::Query::<Vec<(String, String)>>::from_query(text) else { return Err(unreadable) };
    let form = Form(pairs.into_inner());
    let is_twice = |(position, (name, _)): (usize, &(String, String))| {
        form.0.iter().take(position).any(|(known, _)| known == name)
    };
    if form.0.iter().enumerate().any(is_twice) {
        return Err(TokenError::Request("a parameter was given twice"));
    }
    Ok(form)
}

/// How the client shows who it is: in one way, not in two (RFC 6749 section 2.3).
fn client_proof(request: &HttpRequest, form: &Form) -> Result<ClientProof, TokenError> {
    let mut headers = request.headers().get_all(AUTHORIZATION);
    let client_id = form.get("client_id").map(str::to_owned);
    match (headers.next(), headers.next(), form.get("client_secret"), form.get("client_assertion")) {
        (None, _, Some(secret), None) => {
            let client_id = client_id.ok_or(TokenError::Request("client_id is missing"))?;
            Ok(ClientProof::Secret { client_id, secret: secret.to_owned() })
        }
        (None, _, None, Some(assertion)) if form.get("client_assertion_type") == Some(JWT_BEARER) => {
            Ok(ClientProof::Assertion { client_id, assertion: assertion.to_owned() })
        }
        (None, _, None, Some(_)) => Err(TokenError::Request("client_assertion_type is not understood")),
        (Some(header), None, None, None) => {
            let basic = header.to_str().ok().and_then(basic);
            let (client_id, secret) =
                basic.ok_or(TokenError::Request("the Authorization header is not understood"))?;
            Ok(ClientProof::Secret { client_id, secret })
        }
        (None, _, None, None) => {
            Err(Refusal::because("the request has neither a secret nor an assertion").into())
        }
        _ => Err(TokenError::Request("the client shows who it is in more than one way")),
    }
}

/// Id and secret of HTTP Basic. Ours have no letter that the form encoding of RFC 6749 section 2.3.1 would change.
fn basic(header: &str) -> Option<(String, String)> {
    let (scheme, encoded) = header.split_once(' ')?;
    let pair = scheme.eq_ignore_ascii_case("basic").then(|| STANDARD.decode(encoded.trim()).ok())??;
    let (id, secret) = std::str::from_utf8(&pair).ok()?.split_once(':')?;
    Some((id.to_owned(), secret.to_owned()))
}

fn issued(
    gateway: &Gateway,
    registration: &Registration,
    grant: &AccessGrant,
    visit: &Visit,
) -> HttpResponse {
    let tokens = gateway.sign_in.access_tokens();
    let Ok(token) = tokens.issue(&registration.integration, grant, visit.at) else {
        return TokenError::Internal.into_response();
    };
    finish(HttpResponse::Ok()).json(json!({
        "access_token": token,
        "token_type": "Bearer",
        "expires_in": tokens.life_seconds(),
        "scope": grant.scopes.to_string(),
    }))
}

fn finish(mut response: HttpResponseBuilder) -> HttpResponseBuilder {
    response
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header(("Pragma", "no-cache"))
        .insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"));
    response
}

fn entry(
    visit: &Visit,
    outcome: &Result<(AccessGrant, std::sync::Arc<Registration>), TokenError>,
) -> Option<LoggedRequest> {
    let error = outcome.as_ref().err();
    // Who asks too often must not fill the log as well.
    if matches!(error, Some(TokenError::TooOften(_))) {
        return None;
    }
    let status = error.map_or(StatusCode::OK, TokenError::status);
    let mut entry = visit.entry(status, None)?;
    let Some(error) = error else { return Some(entry) };
    entry.reason = Some(error.words().to_owned());
    match error {
        TokenError::Client(SignInError::Refused(refusal)) => {
            entry.outcome = Outcome::Denied;
            entry.mismatch = refusal.mismatch.as_ref().map(super::visit::cut);
            entry.origin.credential = refusal.credential.clone();
        }
        TokenError::PlainHttp => entry.outcome = Outcome::Denied,
        TokenError::Client(SignInError::Paused(id) | SignInError::Disabled(id)) => {
            entry.origin.credential = Some(id.clone());
        }
        _ => {}
    }
    Some(entry)
}

impl TokenError {
    fn status(&self) -> StatusCode {
        match self {
            Self::PlainHttp | Self::Request(_) | Self::GrantType | Self::Client(SignInError::Disabled(_)) => {
                StatusCode::BAD_REQUEST
            }
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Encoded => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Client(SignInError::Refused(_)) => StatusCode::UNAUTHORIZED,
            Self::Client(
                SignInError::Paused(_) | SignInError::Store(_) | SignInError::Keys(_) | SignInError::Busy,
            ) => StatusCode::SERVICE_UNAVAILABLE,
            Self::TooOften(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// Why, for an administrator.
    fn words(&self) -> &str {
        match self {
            Self::PlainHttp => cause::WITHOUT_TLS,
            Self::Request(reason) => reason,
            Self::Method => "only POST is understood",
            Self::TooLarge => "the body may have 32768 bytes",
            Self::Encoded => "the body must come without an encoding",
            Self::GrantType => "grant_type is not client_credentials",
            Self::Client(SignInError::Refused(refusal)) => &refusal.reason,
            Self::Client(SignInError::Paused(_)) => "the integration is paused",
            Self::Client(SignInError::Disabled(_)) => "the integration is disabled",
            Self::Client(SignInError::Store(_) | SignInError::Busy) => "the client could not be checked",
            Self::Client(SignInError::Keys(_)) => "the keys of the issuer are not available",
            Self::TooOften(_) => "too many requests",
            Self::Internal => "the token could not be signed",
        }
    }

    fn into_response(self) -> HttpResponse {
        let (error, description) = match &self {
            Self::PlainHttp | Self::Request(_) | Self::Method | Self::TooLarge | Self::Encoded => {
                ("invalid_request", self.words())
            }
            Self::GrantType => ("unsupported_grant_type", "grant_type must be client_credentials"),
            Self::Client(SignInError::Refused(_)) => {
                ("invalid_client", "the client is not known, or not let in")
            }
            Self::Client(SignInError::Disabled(_)) => {
                ("unauthorized_client", "the integration is switched off")
            }
            Self::Client(SignInError::Paused(_)) => ("temporarily_unavailable", "the integration is paused"),
            Self::Client(SignInError::Store(_) | SignInError::Keys(_) | SignInError::Busy) => {
                ("temporarily_unavailable", "try again")
            }
            Self::TooOften(_) => ("temporarily_unavailable", "too many requests"),
            Self::Internal => ("server_error", "the token could not be made"),
        };
        let mut response = finish(HttpResponse::build(self.status()));
        match &self {
            Self::Client(SignInError::Refused(_)) => {
                response.insert_header((WWW_AUTHENTICATE, "Basic realm=\"scim\""));
            }
            Self::Client(
                SignInError::Paused(_) | SignInError::Store(_) | SignInError::Keys(_) | SignInError::Busy,
            ) => {
                response.insert_header((RETRY_AFTER, "5"));
            }
            Self::TooOften(TooOften { wait }) => {
                response.insert_header((RETRY_AFTER, whole_seconds(*wait)));
            }
            Self::Method => {
                response.insert_header((ALLOW, "POST"));
            }
            Self::PlainHttp
            | Self::Request(_)
            | Self::TooLarge
            | Self::Encoded
            | Self::GrantType
            | Self::Client(SignInError::Disabled(_))
            | Self::Internal => {}
        }
        response.json(json!({ "error": error, "error_description": description }))
    }
}
