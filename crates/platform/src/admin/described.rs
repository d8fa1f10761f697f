use actix_web::dev::{Path, ResourceDef, ServiceRequest};

/// Where the routes that belong to an integration begin.
const OF_AN_INTEGRATION: &str = "/admin/v1/integrations/{";

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
    match request.resource_map().match_pattern(path) {
        Some(pattern) => with_parameters(pattern, path),
        None => Described { route: cut(path), integration: None, target: None },
    }
}

fn with_parameters(pattern: String, path: &str) -> Described {
    let mut matched = Path::new(path);
    ResourceDef::new(pattern.as_str()).capture_match_info(&mut matched);
    let mut values = matched.iter().map(|(_, value)| decoded(value));
    let integration =
        if pattern.starts_with(OF_AN_INTEGRATION) { values.next().map(|slug| cut(&slug)) } else { None };
    let rest: Vec<_> = values.collect();
    let target = (!rest.is_empty()).then(|| cut(&rest.join("/")));
    Described { route: pattern, integration, target }
}

/// Decodes what the router leaves encoded, as a handler's path argument does.
fn decoded(value: &str) -> String {
    let plain = value.replace("%2F", "/").replace("%2f", "/").replace("%2B", "+").replace("%2b", "+");
    plain.replace("%25", "%")
}

fn cut(part: &str) -> String {
    part.chars().take(LONGEST_PART).collect()
}
