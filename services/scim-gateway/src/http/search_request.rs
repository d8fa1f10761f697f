use scim::{Profile, ScimError, urn};
use serde_json::{Map, Value};

use super::parameters::{KNOWN, Parameters};

/// Reads a search request (RFC 7644 section 3.4.3): the parameters of a query, as members of a body.
///
/// Names count without regard to case, and what is null was not given. A comma-separated text is taken for a list of
/// attributes, and, in the profile for Entra, a number in quotes for the number.
///
/// # Errors
/// 400 `invalidSyntax` for a body that is no SearchRequest or names a parameter twice; 400 `invalidValue` for a value
/// of the wrong type.
pub(super) fn read(body: &Map<String, Value>, profile: Profile) -> Result<Parameters, ScimError> {
    let mut pairs: Vec<(String, String)> = Vec::new();
    let mut schemas = None;
    for (spelt, value) in body.iter().filter(|(_, value)| !value.is_null()) {
        let name = spelt.to_ascii_lowercase();
        if name == "schemas" {
            schemas = Some(value);
        }
        if !KNOWN.contains(&name.as_str()) {
            continue;
        }
        if pairs.iter().any(|(known, _)| *known == name) {
            return Err(ScimError::invalid_syntax(format!("{name} is given twice.")));
        }
        let text = parameter(&name, value, profile)?;
        pairs.push((name, text));
    }
    if !schemas.is_some_and(names_search_request) {
        let detail = format!("schemas must be a list that contains {}.", urn::SEARCH_REQUEST);
        return Err(ScimError::invalid_syntax(detail));
    }
    Ok(Parameters::from_pairs(pairs))
}

fn names_search_request(schemas: &Value) -> bool {
    let is_it = |urn: &Value| urn.as_str().is_some_and(|urn| urn.eq_ignore_ascii_case(urn::SEARCH_REQUEST));
    schemas.as_array().is_some_and(|urns| urns.iter().any(is_it))
}

/// Writes a value as the query would have it.
fn parameter(name: &str, value: &Value, profile: Profile) -> Result<String, ScimError> {
    let text = match name {
        "attributes" | "excludedattributes" => names(value),
        "startindex" | "count" => number(value, profile),
        _ => value.as_str().map(str::to_owned),
    };
    text.ok_or_else(|| ScimError::invalid_value(format!("{name} has a value of the wrong type.")))
}

fn names(value: &Value) -> Option<String> {
    match value {
        Value::String(names) => Some(names.clone()),
        Value::Array(items) => {
            let names: Option<Vec<&str>> = items.iter().map(Value::as_str).collect();
            Some(names?.join(","))
        }
        _ => None,
    }
}

fn number(value: &Value, profile: Profile) -> Option<String> {
    match value {
        Value::Number(number) => Some(number.to_string()),
        Value::String(text) if profile == Profile::Entra => Some(text.clone()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read_json(mut body: Value, profile: Profile) -> Result<Parameters, ScimError> {
        body["schemas"] = json!([urn::SEARCH_REQUEST]);
        read(body.as_object().unwrap(), profile)
    }

    #[test]
    fn it_says_what_a_query_says() {
        let body = json!({
            "Attributes": ["userName", "name.familyName"], "FILTER": "title pr", "sortBy": "title",
            "sortOrder": "descending", "startIndex": 2, "count": 5, "cursor": null, "nonsense": {}
        });
        let query = "attributes=userName,name.familyName&filter=title+pr&sortBy=title&sortOrder=descending\
                     &startIndex=2&count=5";
        assert_eq!(read_json(body, Profile::Strict).unwrap(), Parameters::from_query(query).unwrap());
    }

    #[test]
    fn values_of_the_wrong_type_are_refused() {
        for body in [
            json!({ "filter": 1 }),
            json!({ "attributes": [1] }),
            json!({ "excludedAttributes": {} }),
            json!({ "count": true }),
            json!({ "count": "5" }),
            json!({ "cursor": 1 }),
        ] {
            let error = read_json(body.clone(), Profile::Strict).unwrap_err();
            assert_eq!(error.scim_type, Some(scim::ScimType::InvalidValue), "{body}");
        }
        assert!(read_json(json!({ "count": "5" }), Profile::Entra).is_ok());
    }

    #[test]
    fn a_body_that_is_no_search_request_is_refused() {
        for schemas in [json!([]), json!(urn::SEARCH_REQUEST), json!([urn::PATCH_OP]), Value::Null] {
            let body = json!({ "schemas": schemas });
            let error = read(body.as_object().unwrap(), Profile::Entra).unwrap_err();
            assert_eq!(error.scim_type, Some(scim::ScimType::InvalidSyntax), "{body}");
        }
        let twice = read_json(json!({ "count": 1, "COUNT": 2 }), Profile::Entra).unwrap_err();
        assert_eq!(twice.scim_type, Some(scim::ScimType::InvalidSyntax));
    }
}
