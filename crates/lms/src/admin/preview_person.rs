use serde::Serialize;
use serde_json::Value;

use super::person::{Person, Said, find_person};
use super::{MappingTrouble, NamedManager, RulesError, RulesStore, Waiting};
use crate::overwrite::{Act, ConflictKind, decide_attribute};
use crate::{Attribute, IntegrationSlug, LearnerId, LmsStore, Phase, ResourceKey, Rule, Rules, ScimId};

/// Names a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// By the SCIM user.
    User(ScimId),
    /// By the learner.
    Learner(LearnerId),
}

/// What rules would make of a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PersonPreview {
    /// The SCIM user.
    pub scim_id: ScimId,
    /// The learner, if there is one; else this is how it would be created.
    pub learner_id: Option<LearnerId>,
    /// Where the SCIM user stands in its life.
    pub phase: Phase,
    /// Why nothing of it would be written now.
    pub waiting: Option<Waiting>,
    /// Whom the directory names as manager.
    pub manager: Option<NamedManager>,
    /// Every attribute.
    pub attributes: Vec<AttributePreview>,
}

/// What rules would make of an attribute.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AttributePreview {
    /// The attribute.
    pub attribute: Attribute,
    /// What the directory says, through the mapping.
    pub directory: Option<String>,
    /// Why that is nothing, although the directory has a value.
    pub trouble: Option<MappingTrouble>,
    /// The learner's value.
    pub value: Option<String>,
    /// Who would decide.
    pub rule: Rule,
    /// What would happen.
    pub becomes: Becomes,
    /// The learner's value after that.
    pub value_after: Option<String>,
    /// What would be reported.
    pub conflict: Option<ConflictKind>,
}

/// What would happen to a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Becomes {
    /// It stays.
    Stays,
    /// It becomes what the directory says.
    Directory,
    /// It is emptied.
    Emptied,
}

/// Shows what rules would make of a person, and touches nothing. Without rules, those in force are tried.
///
/// # Errors
/// `Invalid`, `UnknownIntegration`, `UnknownPerson`, `NothingKept`.
pub async fn preview_person(
    store: &dyn RulesStore,
    lms: &dyn LmsStore,
    integration: &IntegrationSlug,
    who: Who,
    rules: Option<Value>,
) -> Result<PersonPreview, RulesError> {
    let rules = rules.map(Rules::read).transpose().map_err(RulesError::Invalid)?;
    let scim_id = match who {
        Who::User(scim_id) => scim_id,
        Who::Learner(learner) => {
            store.user_of(integration, learner).await?.ok_or(RulesError::UnknownPerson)?
        }
    };
    let person = find_person(lms, ResourceKey { integration: integration.clone(), scim_id }).await?;
    let rules = rules.unwrap_or_else(|| person.rules.rules.clone());
    let said = person.said(lms, &rules.mapping).await?.ok_or(RulesError::NothingKept)?;
    Ok(PersonPreview {
        scim_id,
        learner_id: person.link.target,
        phase: person.link.phase,
        waiting: person.wait().map(|wait| Waiting::of(wait, None)),
        manager: said.manager,
        attributes: rules
            .ownership
            .rules()
            .map(|(attribute, rule)| preview(&person, &said, attribute, rule))
            .collect(),
    })
}

fn preview(person: &Person, said: &Said, attribute: Attribute, rule: Rule) -> AttributePreview {
    let facts = person.facts(attribute, Some(said));
    let decision = decide_attribute(rule, facts);
    let (becomes, after) = match decision.act {
        Act::Keep => (Becomes::Stays, facts.current),
        Act::Write(_) => (Becomes::Directory, facts.source),
        Act::Clear => (Becomes::Emptied, None),
    };
    AttributePreview {
        attribute,
        directory: facts.source.map(str::to_owned),
        trouble: said.trouble(attribute),
        value: facts.current.map(str::to_owned),
        rule,
        becomes,
        value_after: after.map(str::to_owned),
        conflict: decision.conflict,
    }
}
