use actix_web::dev::{Path, ResourceDef, ServiceRequest};
use uuid::Uuid;

/// Where the addresses that belong to an integration begin.
const INTEGRATIONS: &str = "/admin/v1/integrations/";

/// Longest part of a path on record, in characters: more than anything has that exists.
const LONGEST_PART: usize = 200;

/// Characters of the id of a credential.
const CREDENTIAL_ID: usize = 16;

/// What stands on record where no route fits, and for what is no id.
const NOWHERE: &str = "(no route)";
const UNKNOWN: &str = "(no id)";

/// What a request is about, told by its path before any handler has seen it.
#[derive(Debug, PartialEq)]
pub(super) struct Described {
    /// The pattern of the path.
    pub(super) route: String,
    /// The integration that it names.
    pub(super) integration: Option<String>,
    /// What else it names, joined with `/`.
    pub(super) target: Option<String>,
}

/// Describes a request by the routes of the application, in the order in which these are tried.
pub(super) fn describe(request: &ServiceRequest) -> Described {
    // The router compares the path decoded, so this does too.
    let path = request.match_info().as_str();
    let integration = integration(path).map(|slug| known(&decoded(slug), is_slug));
    match request.resource_map().match_pattern(path) {
        Some(route) => Described { target: target(&route, path, integration.is_some()), route, integration },
        None => Described { route: NOWHERE.to_owned(), integration, target: None },
    }
}

/// The part of the path that names an integration, also where no route fits.
fn integration(path: &str) -> Option<&str> {
    path.strip_prefix(INTEGRATIONS)?.split('/').next().filter(|slug| !slug.is_empty())
}

fn target(route: &str, path: &str, has_integration: bool) -> Option<String> {
    let mut matched = Path::new(path);
    ResourceDef::new(route).capture_match_info(&mut matched);
    let parameters = matched.iter().skip(usize::from(has_integration));
    let rest: Vec<_> = parameters.map(|(_, value)| known(&decoded(value), is_id)).collect();
    (!rest.is_empty()).then(|| cut(&rest.join("/")))
}

/// Whatever else somebody writes into an address may be a person's name, and is not repeated.
fn known(part: &str, is_known: fn(&str) -> bool) -> String {
    if is_known(part) { cut(part) } else { UNKNOWN.to_owned() }
}

/// Ids, numbers and names of schemas.
fn is_id(part: &str) -> bool {
    let is_of = |length: usize, is_good: fn(&u8) -> bool| {
        part.len() <= length && part.bytes().all(|byte| is_good(&byte))
    };
    Uuid::try_parse(part).is_ok()
        || is_of(20, u8::is_ascii_digit)
        || (part.len() == CREDENTIAL_ID && is_of(CREDENTIAL_ID, u8::is_ascii_hexdigit))
        || (part.starts_with("urn:") && !part.contains('@'))
}

/// Names of integrations and of their portals are public.
fn is_slug(part: &str) -> bool {
    part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

/// Decodes what the router leaves encoded, as a handler's path argument does.
fn decoded(value: &str) -> String {
    let plain = value.replace("%2F", "/").replace("%2f", "/").replace("%2B", "+").replace("%2b", "+");
    plain.replace("%25", "%")
}

fn cut(part: &str) -> String {
    part.chars().take(LONGEST_PART).collect()
}
