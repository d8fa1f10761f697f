use actix_web::dev::{Path, ResourceDef, ServiceRequest};

/// Where the addresses that belong to an integration begin.
const INTEGRATIONS: &str = "/admin/v1/integrations/";

/// Longest part of a path on record, in characters: more than anything has that exists.
const LONGEST_PART: usize = 200;

/// What a request is about, told by its path before any handler has seen it.
#[derive(Debug, PartialEq)]
pub(super) struct Described {
    /// The pattern of the path; the path itself when none fits.
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
    let integration = integration(path).map(|slug| cut(&decoded(slug)));
    match request.resource_map().match_pattern(path) {
        Some(route) => Described { target: target(&route, path, integration.is_some()), route, integration },
        None => Described { route: cut(path), integration, target: None },
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
    let rest: Vec<_> = parameters.map(|(_, value)| decoded(value)).collect();
    (!rest.is_empty()).then(|| cut(&rest.join("/")))
}

/// Decodes what the router leaves encoded, as a handler's path argument does.
fn decoded(value: &str) -> String {
    let plain = value.replace("%2F", "/").replace("%2f", "/").replace("%2B", "+").replace("%2b", "+");
    plain.replace("%25", "%")
}

fn cut(part: &str) -> String {
    part.chars().take(LONGEST_PART).collect()
}
