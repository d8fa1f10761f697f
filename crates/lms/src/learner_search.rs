//! What learners are found by: the beginning of a name or an address, in any letter case, or a whole number or id.

use crate::{Attribute, LearnerId, Profile, Status, fold};

/// Longest text that is looked for, and longest part of a value that is looked at, in characters.
pub const LONGEST_SOUGHT: usize = 200;

/// Whom somebody looks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LearnerSearch {
    /// As it was written, for numbers and ids.
    pub text: String,
    /// Folded: how a name or an address begins.
    pub prefix: String,
    /// Only those.
    pub status: Option<Status>,
}

/// The text cannot be looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the text must have 1 to {LONGEST_SOUGHT} characters, and one of them that can be seen")]
pub struct NothingSought;

impl LearnerSearch {
    /// A search for those with this text, blanks around it left aside.
    ///
    /// # Errors
    /// When nothing is left of it, or too much.
    pub fn new(text: &str, status: Option<Status>) -> Result<Self, NothingSought> {
        let text = text.trim();
        if text.is_empty() || text.chars().count() > LONGEST_SOUGHT || text.contains('\0') {
            return Err(NothingSought);
        }
        Ok(Self { text: text.to_owned(), prefix: folded(text), status })
    }
}

/// Where a match stands among those of a search: by what was found, then by who it is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct MatchPosition {
    /// The value that matches, folded; empty for a number or an id.
    pub value: String,
    /// Whose it is.
    pub learner: LearnerId,
}

impl std::fmt::Display for MatchPosition {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.learner.0, self.value)
    }
}

impl std::str::FromStr for MatchPosition {
    type Err = NoPosition;

    fn from_str(text: &str) -> Result<Self, NoPosition> {
        let (learner, value) = text.split_once(':').ok_or(NoPosition)?;
        let learner = learner.parse().map(LearnerId).map_err(|_| NoPosition)?;
        Ok(Self { value: value.to_owned(), learner })
    }
}

/// The text is no position.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be the `next` of a page")]
pub struct NoPosition;

/// Values that a learner is found by, besides the login, folded and no longer than what can be looked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SearchKeys {
    /// E-mail address.
    pub email: Option<String>,
    /// Display name.
    pub display_name: Option<String>,
    /// Given name and family name.
    pub full_name: Option<String>,
    /// Family name and given name, of who has both.
    pub family_name: Option<String>,
}

impl SearchKeys {
    /// Those of a learner.
    pub fn of(profile: &Profile) -> Self {
        let [email, display_name, given, family] =
            [Attribute::Email, Attribute::DisplayName, Attribute::GivenName, Attribute::FamilyName]
                .map(|attribute| profile.value(attribute));
        let (full_name, family_name) = match (given, family) {
            (Some(given), Some(family)) => {
                (Some(format!("{given} {family}")), Some(format!("{family} {given}")))
            }
            (one, other) => (one.or(other).map(str::to_owned), None),
        };
        Self {
            email: email.map(folded),
            display_name: display_name.map(folded),
            full_name: full_name.as_deref().map(folded),
            family_name: family_name.as_deref().map(folded),
        }
    }
}

fn folded(text: &str) -> String {
    fold(text).chars().take(LONGEST_SOUGHT).collect()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn keys(values: &[(Attribute, &str)]) -> SearchKeys {
        SearchKeys::of(
            &values.iter().map(|(attribute, value)| (*attribute, Some((*value).to_owned()))).collect(),
        )
    }

    #[test]
    fn a_name_is_found_from_either_end() {
        let ana = keys(&[
            (Attribute::GivenName, "Ana"),
            (Attribute::FamilyName, "ŠILVA"),
            (Attribute::DisplayName, "Dr. Ana"),
            (Attribute::Email, "Ana@Acme.example"),
        ]);
        let text = |text: &str| Some(text.to_owned());
        assert_eq!(
            ana,
            SearchKeys {
                email: text("ana@acme.example"),
                display_name: text("dr. ana"),
                full_name: text("ana šilva"),
                family_name: text("šilva ana"),
            }
        );
        for (attribute, name) in [(Attribute::GivenName, "Ana"), (Attribute::FamilyName, "Silva")] {
            let only = SearchKeys { full_name: Some(fold(name)), ..SearchKeys::default() };
            assert_eq!(keys(&[(attribute, name)]), only);
        }
    }

    #[test]
    fn what_is_too_long_for_an_index_is_cut() {
        let long = keys(&[(Attribute::DisplayName, &"é".repeat(500))]);
        assert_eq!(long.display_name, Some("é".repeat(200)));
    }

    #[test]
    fn a_text_has_something_to_look_for() {
        let search = LearnerSearch::new("  JOSE\u{301} ", None).unwrap();
        assert_eq!((search.text.as_str(), search.prefix.as_str()), ("JOSE\u{301}", "jos\u{e9}"));
        for nothing in ["", "  ", "a\0", &"x".repeat(201)] {
            assert_eq!(LearnerSearch::new(nothing, None), Err(NothingSought), "{nothing:?}");
        }
        assert!(LearnerSearch::new(&"x".repeat(200), None).is_ok());
    }

    #[test]
    fn a_position_is_read_as_it_was_written() {
        for value in ["", "ana: the first"] {
            let position = MatchPosition { value: value.to_owned(), learner: LearnerId(Uuid::from_u128(7)) };
            assert_eq!(position.to_string().parse(), Ok(position));
        }
        for text in ["", "ana", "ana:silva"] {
            assert_eq!(text.parse::<MatchPosition>(), Err(NoPosition), "{text}");
        }
    }
}
