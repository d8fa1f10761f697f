use actix_web::http::header::{HeaderMap, IF_MATCH};

/// `If-Match` names no version that could be the present one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoVersion {
    /// It is missing.
    #[error("If-Match is missing: send the ETag of what you have seen")]
    Missing,
    /// It is something else than one version as its ETag tells it.
    #[error("If-Match must be one version in quotes, as the ETag that you have seen")]
    NotOne,
}

/// The version that a caller has seen. One version and no other form: whoever changes something has to have looked.
///
/// # Errors
/// When there is none, or another form.
pub fn seen_version(headers: &HeaderMap) -> Result<u32, NoVersion> {
    let mut tags = headers.get_all(IF_MATCH);
    let tag = tags.next().ok_or(NoVersion::Missing)?;
    let text = tag.to_str().ok().filter(|_| tags.next().is_none());
    let version = text.and_then(|text| text.strip_prefix('"')?.strip_suffix('"')?.parse().ok());
    version.filter(|version: &u32| text == Some(&format!("\"{version}\""))).ok_or(NoVersion::NotOne)
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    fn seen(tags: &[&'static str]) -> Result<u32, NoVersion> {
        seen_version(&tags.iter().map(|tag| (IF_MATCH, HeaderValue::from_static(tag))).collect())
    }

    #[test]
    fn a_version_has_one_form() {
        assert_eq!(seen(&["\"0\""]), Ok(0));
        assert_eq!(seen(&["\"17\""]), Ok(17));
        assert_eq!(seen(&[]), Err(NoVersion::Missing));
        for tag in [
            "\"01\"",
            "\"+1\"",
            "\"-1\"",
            "\"\"",
            "1",
            "*",
            "W/\"1\"",
            "\"1\", \"2\"",
            "\"1\" ",
            "\"4294967296\"",
        ] {
            assert_eq!(seen(&[tag]), Err(NoVersion::NotOne), "{tag}");
        }
        assert_eq!(seen(&["\"1\"", "\"1\""]), Err(NoVersion::NotOne));
    }
}
