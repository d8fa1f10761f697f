use actix_web::http::header::{HeaderMap, HeaderName, IF_MATCH, IF_NONE_MATCH};
use directory::{DirectoryError, IfMatch, Version};
use scim::ScimError;

/// `If-Match` and `If-None-Match` of a request (RFC 7644 section 3.14, RFC 9110 section 13).
#[derive(Clone, Debug, Default)]
pub(super) struct Preconditions {
    if_match: IfMatch,
    if_none_match: Option<Tags>,
}

/// Entity tags, as versions.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Tags {
    /// `*`: that of any resource that exists.
    Any,
    OneOf(Vec<Version>),
}

impl Preconditions {
    /// Reads the headers. Our tags are weak, and compare as such.
    ///
    /// # Errors
    /// 400 `invalidValue` when a header is no list of entity tags.
    pub(super) fn from_headers(headers: &HeaderMap) -> Result<Self, ScimError> {
        let if_match = match read(headers, &IF_MATCH)? {
            None | Some(Tags::Any) => IfMatch::Any,
            Some(Tags::OneOf(versions)) => IfMatch::OneOf(versions),
        };
        Ok(Self { if_match, if_none_match: read(headers, &IF_NONE_MATCH)? })
    }

    /// The `version` of an operation in a bulk request, which is its `If-Match`.
    ///
    /// # Errors
    /// 400 `invalidValue` when it is no entity tag.
    pub(super) fn from_version(version: Option<&str>) -> Result<Self, ScimError> {
        let if_match = match version.map(|text| parse("version", text)).transpose()? {
            None | Some(Tags::Any) => IfMatch::Any,
            Some(Tags::OneOf(versions)) => IfMatch::OneOf(versions),
        };
        Ok(Self { if_match, if_none_match: None })
    }

    /// Whether there is any.
    pub(super) fn are_given(&self) -> bool {
        self.if_match != IfMatch::Any || self.if_none_match.is_some()
    }

    /// What both together ask of a resource that is to be changed.
    pub(super) fn for_change(&self) -> IfMatch {
        match (&self.if_match, &self.if_none_match) {
            (if_match, None) => if_match.clone(),
            // It asks that there be no such resource, and whoever changes one needs it.
            (_, Some(Tags::Any)) => IfMatch::OneOf(Vec::new()),
            (IfMatch::OneOf(wanted), Some(Tags::OneOf(unwanted))) => {
                IfMatch::OneOf(wanted.iter().filter(|version| !unwanted.contains(version)).copied().collect())
            }
            (IfMatch::Any | IfMatch::NoneOf(_), Some(Tags::OneOf(unwanted))) => {
                IfMatch::NoneOf(unwanted.clone())
            }
        }
    }

    /// Whether a reader has the resource in this version already.
    ///
    /// # Errors
    /// [`DirectoryError::PreconditionFailed`] when the reader insists on another version.
    pub(super) fn is_known(&self, current: Version) -> Result<bool, DirectoryError> {
        self.if_match.check(current)?;
        Ok(match &self.if_none_match {
            None => false,
            Some(Tags::Any) => true,
            Some(Tags::OneOf(versions)) => versions.contains(&current),
        })
    }
}

fn read(headers: &HeaderMap, name: &HeaderName) -> Result<Option<Tags>, ScimError> {
    let lines: Option<Vec<&str>> = headers.get_all(name).map(|line| line.to_str().ok()).collect();
    match lines {
        Some(lines) if lines.is_empty() => Ok(None),
        // Several lines are one list (RFC 9110 section 5.3).
        Some(lines) => parse(name.as_str(), &lines.join(",")).map(Some),
        None => Err(malformed(name.as_str())),
    }
}

fn parse(name: &str, text: &str) -> Result<Tags, ScimError> {
    if text.trim() == "*" {
        return Ok(Tags::Any);
    }
    versions(text).map(Tags::OneOf).ok_or_else(|| malformed(name))
}

fn malformed(name: &str) -> ScimError {
    ScimError::invalid_value(format!("{name} must hold entity tags such as W/\"3\"."))
}

/// The versions that a list of entity tags names.
fn versions(text: &str) -> Option<Vec<Version>> {
    let mut versions = Vec::new();
    let mut rest = text.trim();
    loop {
        let quoted = rest.strip_prefix("W/").unwrap_or(rest).strip_prefix('"')?;
        let (opaque, after) = quoted.split_once('"')?;
        versions.push(version(opaque));
        rest = after.trim_start();
        if rest.is_empty() {
            return Some(versions);
        }
        rest = rest.strip_prefix(',')?.trim_start();
    }
}

/// The version that a tag names; one that is not of ours is the version of no resource.
fn version(opaque: &str) -> Version {
    let number: Option<i64> = opaque.parse().ok().filter(|number: &i64| number.to_string() == opaque);
    Version(number.unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    fn preconditions(pairs: &[(HeaderName, &'static str)]) -> Result<Preconditions, ScimError> {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(name.clone(), HeaderValue::from_static(value));
        }
        Preconditions::from_headers(&headers)
    }

    #[test]
    fn entity_tags_are_read_weak_or_strong_and_in_lists() {
        let read = |text| versions(text).map(|versions| versions.iter().map(|v| v.0).collect::<Vec<_>>());
        assert_eq!(read("W/\"3\""), Some(vec![3]));
        assert_eq!(read("\"3\" , W/\"12\""), Some(vec![3, 12]));
        assert_eq!(read("\"of,another\", \"03\", \"+3\""), Some(vec![0, 0, 0]), "which no resource has");
        for text in ["3", "\"3", "", "\"3\",", "\"3\" \"4\"", "w/\"3\"", "*, \"3\""] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn headers_given_twice_are_one_list_and_wrong_ones_are_refused() {
        let both = preconditions(&[(IF_MATCH, "\"1\""), (IF_MATCH, "\"2\"")]).unwrap();
        assert_eq!(both.for_change(), IfMatch::OneOf(vec![Version(1), Version(2)]));
        for name in [IF_MATCH, IF_NONE_MATCH] {
            let error = preconditions(&[(name.clone(), "1")]).unwrap_err();
            assert_eq!((error.status, error.scim_type), (400, Some(scim::ScimType::InvalidValue)), "{name}");
        }
    }

    #[test]
    fn a_change_needs_both_headers_to_be_met() {
        let wanted = |pairs: &[_]| preconditions(pairs).unwrap().for_change();
        assert_eq!(wanted(&[]), IfMatch::Any);
        assert_eq!(wanted(&[(IF_MATCH, "*")]), IfMatch::Any);
        assert_eq!(wanted(&[(IF_NONE_MATCH, "*")]), IfMatch::OneOf(vec![]));
        assert_eq!(wanted(&[(IF_NONE_MATCH, "\"2\"")]), IfMatch::NoneOf(vec![Version(2)]));
        let both = [(IF_MATCH, "\"1\", \"2\""), (IF_NONE_MATCH, "\"2\"")];
        assert_eq!(wanted(&both), IfMatch::OneOf(vec![Version(1)]));
    }

    #[test]
    fn a_reader_is_told_what_it_knows_and_refused_what_is_not() {
        let known = |pairs: &[_]| preconditions(pairs).unwrap().is_known(Version(2)).ok();
        assert_eq!(known(&[]), Some(false));
        assert_eq!(known(&[(IF_NONE_MATCH, "W/\"1\", \"2\"")]), Some(true));
        assert_eq!(known(&[(IF_NONE_MATCH, "*")]), Some(true));
        assert_eq!(known(&[(IF_NONE_MATCH, "\"1\"")]), Some(false));
        assert_eq!(known(&[(IF_MATCH, "\"1\""), (IF_NONE_MATCH, "\"2\"")]), None);
    }
}
