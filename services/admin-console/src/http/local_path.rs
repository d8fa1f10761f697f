use std::fmt;

use reqwest::Url;

/// A page of this console to go to: never an address of somebody else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LocalPath(String);

/// Longest, in bytes.
const LONGEST: usize = 2_000;

/// Longest in a cookie: a browser may hold several.
const SHORT: usize = 512;

impl LocalPath {
    /// What a browser would take for another host leads to the overview.
    pub(crate) fn parse(text: &str) -> Self {
        let is_local = text.starts_with('/')
            && !text.starts_with("//")
            && text.len() <= LONGEST
            && text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
        Self(if is_local { text.to_owned() } else { "/".to_owned() })
    }

    /// A page with these parameters.
    pub(crate) fn with(path: &str, pairs: &[(&str, &str)]) -> Self {
        let query = Url::parse_with_params("http://console", pairs).ok().and_then(|url| {
            let query = url.query().filter(|query| !query.is_empty())?;
            Some(format!("?{query}"))
        });
        Self(format!("{path}{}", query.unwrap_or_default()))
    }

    /// The same, fit for a cookie: without its query where that is long.
    pub(crate) fn as_short(&self) -> &str {
        let path = || self.0.split('?').next().filter(|path| path.len() <= SHORT).unwrap_or("/");
        if self.0.len() <= SHORT { &self.0 } else { path() }
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for LocalPath {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_stands_in_the_address_as_one_value() {
        let path = LocalPath::with("/setup", &[("integration", "a&b=c"), ("kind", "secret")]);
        assert_eq!(path.as_str(), "/setup?integration=a%26b%3Dc&kind=secret");
        assert_eq!(LocalPath::with("/setup", &[]).as_str(), "/setup");
    }

    #[test]
    fn what_is_too_long_for_a_cookie_loses_its_query() {
        let long = format!("/log?person={}", "x".repeat(501));
        assert_eq!(LocalPath::parse(&long).as_short(), "/log");
        assert_eq!(LocalPath::parse("/log?kind=user").as_short(), "/log?kind=user");
        assert_eq!(LocalPath::parse(&format!("/{}", "x".repeat(512))).as_short(), "/");
    }

    #[test]
    fn nothing_leads_to_another_host() {
        assert_eq!(LocalPath::parse("/log?kind=user").as_str(), "/log?kind=user");
        for elsewhere in
            ["", "log", "//evil.example", "/\\evil.example", "https://evil.example", "/\t/evil", "/a b"]
        {
            assert_eq!(LocalPath::parse(elsewhere).as_str(), "/", "{elsewhere:?}");
        }
    }
}
