mod read;

use serde::{Deserialize, Serialize};

use crate::{Attribute, CohortRules, Guard, Mapping, Mode, Ownership, RuleError, RulesVersion};

/// Everything that an administrator can decide about how an integration's people become learners.
///
/// One document, so that what belongs together is saved, compared and taken to another environment together.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Rules {
    /// Who owns which attribute.
    pub ownership: Ownership,
    /// Where the directory's values come from.
    pub mapping: Mapping,
    /// Which group becomes which cohort.
    pub cohorts: CohortRules,
    /// When deactivations are held.
    pub guard: Guard,
    /// What makes a newcomer look like somebody known.
    pub adoption: Adoption,
}

/// By what somebody who is known already is proposed for a newcomer. Nobody is ever linked without a person's decision
/// for any of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Adoption {
    /// The employee number, of local learners and of inactive ones of the integration.
    pub by_employee_number: bool,
    /// The login, of local learners.
    pub by_login: bool,
    /// The e-mail address, of local learners.
    pub by_email: bool,
}

impl Default for Adoption {
    fn default() -> Self {
        Self { by_employee_number: true, by_login: true, by_email: true }
    }
}

/// Rules, and which version of the integration's they are.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct VersionedRules {
    /// The version.
    pub version: RulesVersion,
    /// The rules.
    pub rules: Rules,
}

impl Rules {
    /// Checks what the form of the document cannot say.
    ///
    /// # Errors
    /// Every mistake, each with its place.
    pub fn validate(&self) -> Result<(), Vec<RuleError>> {
        let mut errors = Vec::new();
        errors.extend(self.mapping.validate().err().into_iter().flatten());
        errors.extend(self.cohorts.validate().err().into_iter().flatten());
        errors.extend(self.check_login());
        errors.extend(self.guard.check());
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }

    /// Who signs in must have a login: nobody else gives a new learner one.
    fn check_login(&self) -> Option<RuleError> {
        let mode = self.ownership.rule(Attribute::Login).mode;
        matches!(mode, Mode::Lms | Mode::Ignore).then(|| RuleError {
            pointer: "/ownership/login/mode".to_owned(),
            problem:
                "a new learner gets the login from the directory: choose source, seed_once, fill_if_empty or \
                      keep_until_source_changes"
                    .to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_empty_document_is_the_default_and_valid() {
        let rules: Rules = serde_json::from_str("{}").unwrap();
        assert_eq!(rules, Rules::default());
        assert_eq!(rules.validate(), Ok(()));
    }

    #[test]
    fn a_login_must_come_from_the_directory() {
        let rules: Rules = serde_json::from_str(r#"{"ownership":{"login":{"mode":"lms"}}}"#).unwrap();
        let errors = rules.validate().unwrap_err();
        assert_eq!(errors[0].pointer, "/ownership/login/mode");
    }

    #[test]
    fn a_window_without_length_is_refused() {
        let rules: Rules = serde_json::from_str(r#"{"guard":{"window_minutes":0}}"#).unwrap();
        assert_eq!(rules.validate().unwrap_err()[0].pointer, "/guard/window_minutes");
    }
}
