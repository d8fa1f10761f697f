/// A message that is shown once, on the next page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flash {
    /// Whether something was done, and not refused.
    pub is_good: bool,
    /// In the reader's language.
    pub text: String,
}
