//! How much of a client's deviation from the RFCs is followed.

/// How the requests of an integration are read.
///
/// Answers are the same in both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Profile {
    /// Every deviation of Microsoft Entra ID is understood, in both of its PATCH dialects.
    #[default]
    Entra,
    /// RFC 7643 and RFC 7644 to the letter.
    Strict,
}

impl Profile {
    /// Name in settings, in the administrators' API and in stores.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Entra => "entra",
            Self::Strict => "strict",
        }
    }

    /// Finds a profile by its name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Entra, Self::Strict].into_iter().find(|profile| profile.as_str() == name)
    }

    pub(crate) const fn is_strict(self) -> bool {
        matches!(self, Self::Strict)
    }
}
