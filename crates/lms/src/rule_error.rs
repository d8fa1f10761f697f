use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_path_to_error::{Path, Segment};

/// What is wrong with a rule, told to the person who wrote it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{pointer}: {problem}")]
pub struct RuleError {
    /// JSON pointer to the place, such as `/mapping/department/from/0`.
    pub pointer: String,
    /// A sentence that says what to do.
    pub problem: String,
}

impl RuleError {
    /// A problem at the place that the steps lead to.
    pub(crate) fn at<S: AsRef<str>>(steps: impl IntoIterator<Item = S>, problem: impl Into<String>) -> Self {
        let pointer = steps.into_iter().map(|step| format!("/{}", escape(step.as_ref()))).collect();
        Self { pointer, problem: problem.into() }
    }
}

/// Reads a rule that lies at the place that the steps lead to.
///
/// # Errors
/// The first thing that does not parse.
pub(crate) fn read_rule<T: DeserializeOwned>(steps: &[&str], rule: Value) -> Result<T, RuleError> {
    serde_path_to_error::deserialize(rule).map_err(|error| {
        let place = RuleError::at(steps, format!("{}.", error.inner()));
        RuleError { pointer: place.pointer + &pointer_of(error.path()), problem: place.problem }
    })
}

fn pointer_of(path: &Path) -> String {
    let mut pointer = String::new();
    for segment in path {
        match segment {
            Segment::Seq { index } => pointer.push_str(&format!("/{index}")),
            Segment::Map { key } | Segment::Enum { variant: key } => {
                pointer.push('/');
                pointer.push_str(&escape(key));
            }
            Segment::Unknown => {}
        }
    }
    pointer
}

/// RFC 6901 §3.
fn escape(step: &str) -> String {
    step.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_with_a_slash_stays_one_step() {
        let error = RuleError::at(["mapping", "a/b~c"], "Say something.");
        assert_eq!(error.pointer, "/mapping/a~1b~0c");
        assert_eq!(error.to_string(), "/mapping/a~1b~0c: Say something.");
    }
}
