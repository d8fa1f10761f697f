use std::fmt;

/// A page of this console to go to: never an address of somebody else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LocalPath(String);

/// Longest, in bytes.
const LONGEST: usize = 2_000;

impl LocalPath {
    /// What a browser would take for another host leads to the overview.
    pub(crate) fn parse(text: &str) -> Self {
        let is_local = text.starts_with('/')
            && !text.starts_with("//")
            && text.len() <= LONGEST
            && text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
        Self(if is_local { text.to_owned() } else { "/".to_owned() })
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
    fn nothing_leads_to_another_host() {
        assert_eq!(LocalPath::parse("/log?kind=user").as_str(), "/log?kind=user");
        for elsewhere in
            ["", "log", "//evil.example", "/\\evil.example", "https://evil.example", "/\t/evil", "/a b"]
        {
            assert_eq!(LocalPath::parse(elsewhere).as_str(), "/", "{elsewhere:?}");
        }
    }
}
