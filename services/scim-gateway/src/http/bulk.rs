use std::collections::BTreeMap;
use std::time::Duration;

use actix_web::http::Method;
use directory::Caller;
use platform::clock;
use scim::ScimError;
use scim::bulk::{self, BulkCall, BulkMethod, BulkOperation, BulkPlan, BulkRequest, Step};
use serde_json::{Map, Value, json};
use tokio::time::Instant;

use super::answer::Answer;
use super::call::Call;
use super::endpoint::Endpoint;
use super::error::RequestError;
use super::operation;
use super::parameters::Parameters;
use super::preconditions::Preconditions;
use super::visit::{Aim, Visit};
use crate::Gateway;

/// What is left of a request's time when its operations have to be done, so that there is an answer.
const MARGIN: Duration = Duration::from_secs(1);

/// Longest path of an operation that an answer repeats, in bytes.
const LONGEST_REPEATED_PATH: usize = 256;

/// `POST /Bulk` (RFC 7644 section 3.7): each operation is carried out as the single request would be, and is durable
/// before the next begins, and has an entry of its own in the log. What cannot be begun in time is answered 503, or 429
/// where its turn was not in time.
///
/// # Errors
/// For a body that is no bulk request, or has too many operations; then nothing was done.
pub(super) async fn run(
    gateway: &Gateway,
    visit: &Visit,
    call: &Call<'_>,
    body: Map<String, Value>,
) -> Result<Answer, RequestError> {
    let mut plan = BulkPlan::new(BulkRequest::parse(body)?);
    let deadline = Instant::now() + gateway.limits.request_time().saturating_sub(MARGIN);
    let mut results = BTreeMap::new();
    let mut ignored = 0;
    while let Some(step) = plan.next_step() {
        let caller = call.caller.operation(request_number(&step));
        let mut visit = visit.operation(caller.request_id);
        let outcome = match admit(gateway, &caller, &visit, deadline).await {
            Ok(()) => carry_out(call, &step, &caller, &mut visit).await,
            Err(refusal) => Err(refusal),
        };
        let status = outcome.as_ref().map_or_else(RequestError::status, Answer::status_code);
        if let Some(entry) = visit.entry(status, outcome.as_ref().err()) {
            gateway.journal.note(entry);
        }
        let created = outcome.as_ref().ok().and_then(|answer| answer.id().map(str::to_owned));
        plan.finish(&step, outcome.as_ref().map(|_| created.as_deref()).map_err(|_| ()));
        ignored += outcome.as_ref().ok().and_then(Answer::ignored_attributes).unwrap_or_default();
        let Some(operation) = plan.request().operation(step.position) else { continue };
        let before = results.remove(&step.position);
        results.insert(step.position, result(call.base, operation, &step, before, outcome));
    }
    let results = results.into_values().map(Value::Object).collect();
    Ok(Answer::document(bulk::response(results)).ignoring(ignored))
}

/// Waits for an operation's turn under the rate of the integration, and lets it in as if it came by itself: what came
/// before may have taken its time.
async fn admit(
    gateway: &Gateway,
    caller: &Caller,
    visit: &Visit,
    deadline: Instant,
) -> Result<(), RequestError> {
    while Instant::now() < deadline {
        let Err(busy) = gateway.throttle.operation(&caller.integration) else {
            let (slug, address) = (&caller.integration.slug, visit.client.address);
            let Some(credential) = &visit.credential else { return Err(RequestError::NoToken) };
            return Ok(gateway.sign_in.require_still(slug, credential, address, clock::now()).await?);
        };
        if Instant::now() + busy.wait >= deadline {
            return Err(busy.into());
        }
        tokio::time::sleep(busy.wait).await;
    }
    Err(RequestError::Overloaded)
}

/// Carries out one operation.
async fn carry_out(
    call: &Call<'_>,
    step: &Step,
    caller: &Caller,
    visit: &mut Visit,
) -> Result<Answer, RequestError> {
    let asked = step.call.clone()?;
    let (endpoint, method) = (Endpoint::parse(&asked.path)?, http_method(asked.method));
    if !endpoint.is_of_resources() {
        let detail = "The operations of a bulk request are about users and groups.";
        return Err(ScimError::invalid_value(detail).into());
    }
    visit.aim = Aim::new(&method, &endpoint);
    let single = Call {
        base: call.base,
        caller,
        directory: call.directory,
        noted: &visit.noted,
        // Of the resource itself nothing is answered.
        parameters: Parameters::from_pairs([("attributes".to_owned(), "id".to_owned())]),
        preconditions: Preconditions::from_version(asked.version.as_deref())?,
        prefers_minimal: false,
    };
    endpoint.check_method(&method)?;
    let changing = operation::change(&single, &method, endpoint, asked.data);
    // Not cut off when the time is over: it might be durable all the same. The store limits its own time.
    changing.await.inspect_err(|error| error.log_fault(caller.request_id))
}

/// The number of the request that a step is; what completes a resource is another request than what created it.
fn request_number(step: &Step) -> u32 {
    let offset = if step.is_completion { bulk::MAX_OPERATIONS } else { 0 };
    u32::try_from(step.position + offset).unwrap_or(u32::MAX)
}

fn http_method(method: BulkMethod) -> Method {
    match method {
        BulkMethod::Post => Method::POST,
        BulkMethod::Put => Method::PUT,
        BulkMethod::Patch => Method::PATCH,
        BulkMethod::Delete => Method::DELETE,
    }
}

/// What an operation is answered; `before` is what it was answered until a further step of it.
fn result(
    base: &str,
    operation: &BulkOperation,
    step: &Step,
    before: Option<Map<String, Value>>,
    outcome: Result<Answer, RequestError>,
) -> Map<String, Value> {
    let mut result = before.unwrap_or_else(|| beginning(operation));
    let place = step.call.as_ref().ok().and_then(|call| place(base, call));
    match outcome {
        Ok(answer) => {
            if let Some(version) = answer.version() {
                result.insert("version".to_owned(), json!(version));
            }
            if !step.is_completion {
                result.insert("status".to_owned(), json!(answer.status_code().as_u16().to_string()));
                if let Some(location) = answer.location().map(str::to_owned).or(place) {
                    result.insert("location".to_owned(), json!(location));
                }
            }
        }
        Err(error) => {
            let error: ScimError = error.to_scim();
            result.insert("status".to_owned(), json!(error.status.to_string()));
            result.insert("response".to_owned(), error.to_json());
            if let Some(location) = place {
                result.insert("location".to_owned(), json!(location));
            }
        }
    }
    result
}

fn beginning(operation: &BulkOperation) -> Map<String, Value> {
    let mut result = Map::new();
    result.insert("method".to_owned(), json!(operation.method));
    if let Some(bulk_id) = &operation.bulk_id {
        result.insert("bulkId".to_owned(), json!(bulk_id));
    }
    result
}

/// The address that an operation is about; of a POST there is none before it succeeds.
fn place(base: &str, call: &BulkCall) -> Option<String> {
    let path = call.path.trim_start_matches('/');
    let is_plain = path.len() <= LONGEST_REPEATED_PATH && path.bytes().all(|byte| byte.is_ascii_graphic());
    (call.method != BulkMethod::Post && is_plain).then(|| format!("{base}/{path}"))
}
