use chrono::{DateTime, Utc};
use serde::Serialize;
use uuid::Uuid;

use super::person::{Person, Said, find_person};
use super::words::{AttributeCase, Footing, StatusCase, attribute_words, status_words};
use super::{
    MappingTrouble, NamedManager, NotedConflict, PendingRecheck, Remarks, RulesError, RulesStore, Waiting,
};
use crate::overwrite::Contact;
use crate::{
    Attribute, Cause, InactiveReason, IntegrationSlug, Learner, LearnerId, LmsStore, Phase, ResourceKey,
    Rule, RulesVersion, ScimId, SetBy, Status,
};

/// The last conflicts of a learner that are told.
const CONFLICTS: u32 = 5;

/// Why a learner is as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Explanation {
    /// The learner.
    pub learner_id: LearnerId,
    /// The SCIM user whom it belongs to.
    pub scim_id: ScimId,
    /// The user's externalId.
    pub external_id: Option<String>,
    /// Where the SCIM user stands in its life.
    pub phase: Phase,
    /// The rules in force.
    pub rules_version: RulesVersion,
    /// The event that the directory spoke in last; none if that is not kept.
    pub last_event: Option<Writing>,
    /// Why the learner does not follow now.
    pub waiting: Option<Waiting>,
    /// Why the learner is exempt.
    pub exempt_because: Option<String>,
    /// It is about to be decided anew.
    pub recheck: Option<PendingRecheck>,
    /// Whom the directory names as manager.
    pub manager: Option<NamedManager>,
    /// The status.
    pub status: StatusExplanation,
    /// Every attribute.
    pub attributes: Vec<AttributeExplanation>,
}

/// An event of the directory, and by which rules it was applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Writing {
    /// When the directory committed it.
    pub at: DateTime<Utc>,
    /// The event.
    pub event_id: Uuid,
    /// The SCIM request behind it.
    pub request_id: Uuid,
    /// The rules then; none where no rules were applied.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rules_version: Option<RulesVersion>,
}

/// Who gave a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Author {
    /// The directory, which owns it.
    Source,
    /// The directory, when the learner was created.
    Seed,
    /// The directory, because there was none.
    Fill,
    /// Somebody in the LMS.
    Lms,
}

/// Why a learner has the status.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StatusExplanation {
    /// The status.
    pub value: Status,
    /// Why the learner is inactive.
    pub inactive_reason: Option<InactiveReason>,
    /// What the directory says now.
    pub directory: Option<Status>,
    /// Who gave it.
    pub set_by: Author,
    /// What the directory wrote last.
    pub written: Option<Writing>,
    /// Somebody changed it in the LMS since.
    pub is_edited: bool,
    /// The last conflicts about it.
    pub conflicts: Vec<NotedConflict>,
    /// All that in words.
    pub words: String,
}

/// Why a learner has the value of an attribute.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AttributeExplanation {
    /// The attribute.
    pub attribute: Attribute,
    /// The learner's value.
    pub value: Option<String>,
    /// What the directory says now, through the mapping in force.
    pub directory: Option<String>,
    /// Why that is nothing, although the directory has a value.
    pub trouble: Option<MappingTrouble>,
    /// The rule in force.
    pub rule: Rule,
    /// Who gave the value; nobody, if there is none and never was.
    pub set_by: Option<Author>,
    /// What the directory wrote last.
    pub written: Option<Writing>,
    /// Somebody changed it in the LMS since.
    pub is_edited: bool,
    /// The last conflicts about it.
    pub conflicts: Vec<NotedConflict>,
    /// All that in words.
    pub words: String,
}

/// Explains a learner of the integration.
///
/// # Errors
/// `UnknownIntegration`, `UnknownPerson`.
pub async fn explain_learner(
    store: &dyn RulesStore,
    lms: &dyn LmsStore,
    integration: &IntegrationSlug,
    learner: LearnerId,
) -> Result<Explanation, RulesError> {
    let scim_id = store.user_of(integration, learner).await?.ok_or(RulesError::UnknownPerson)?;
    let person = find_person(lms, ResourceKey { integration: integration.clone(), scim_id }).await?;
    let said = person.said(lms, &person.rules.rules.mapping).await?;
    let remarks = store.remarks(&person.key, learner, CONFLICTS).await?;
    // The user was another learner's when it was looked up.
    let row = person.learner.as_ref().filter(|row| row.id == learner).ok_or(RulesError::UnknownPerson)?;
    Ok(explain(&person, row, said.as_ref(), remarks))
}

fn explain(person: &Person, learner: &Learner, said: Option<&Said>, remarks: Remarks) -> Explanation {
    let footing = footing(person, learner);
    let rules = person.rules.rules.ownership.rules();
    let attributes = rules.map(|(attribute, rule)| {
        explain_attribute(person, said, (attribute, rule), footing, &remarks.conflicts)
    });
    Explanation {
        learner_id: learner.id,
        scim_id: person.key.scim_id,
        external_id: learner.external_id.clone(),
        phase: person.link.phase,
        rules_version: person.rules.version,
        last_event: person.link.source.as_ref().map(|source| Writing::of(source.cause, None)),
        waiting: person.wait().map(|wait| Waiting::of(wait, remarks.exempt_until)),
        manager: said.and_then(|said| said.manager),
        status: explain_status(learner, said, footing, &remarks.conflicts),
        attributes: attributes.collect(),
        exempt_because: remarks.exempt_because,
        recheck: remarks.recheck,
    }
}

fn footing(person: &Person, learner: &Learner) -> Footing {
    if learner.lifecycle.status == Status::Erased {
        Footing::Erased
    } else if person.link.source.is_none() {
        Footing::Unknown
    } else if person.wait().is_some() {
        Footing::Waits
    } else if person.link.phase == Phase::Current {
        Footing::Follows
    } else {
        Footing::Gone
    }
}

fn explain_status(
    learner: &Learner,
    said: Option<&Said>,
    footing: Footing,
    conflicts: &[NotedConflict],
) -> StatusExplanation {
    let value = learner.lifecycle.status;
    let origin = learner.provenance.status();
    let written = origin.map(|origin| Writing::of(origin.cause, Some(origin.rules)));
    let is_edited = origin.is_some_and(|origin| origin.written != value);
    // Of the lifecycle only the status is looked at, which no time has a say in.
    let followed = said.map(|said| learner.lifecycle.follow(said.user.standing, DateTime::UNIX_EPOCH));
    let directory = followed.map(|lifecycle| lifecycle.status);
    StatusExplanation {
        value,
        inactive_reason: learner.lifecycle.inactive_reason,
        directory,
        set_by: if origin.is_none() || is_edited { Author::Lms } else { Author::Source },
        written,
        is_edited,
        conflicts: about(None, conflicts),
        words: status_words(&StatusCase { value, directory, written, is_edited, footing }),
    }
}

fn explain_attribute(
    person: &Person,
    said: Option<&Said>,
    (attribute, rule): (Attribute, Rule),
    footing: Footing,
    conflicts: &[NotedConflict],
) -> AttributeExplanation {
    let facts = person.facts(attribute, said);
    let trouble = said.and_then(|said| said.trouble(attribute));
    let is_edited = facts.contact == Contact::Repeated && facts.is_edited();
    let set_by = match facts.memory {
        Some(origin) if !is_edited => Some(Author::from(origin.set_by)),
        Some(_) | None => (is_edited || facts.current.is_some()).then_some(Author::Lms),
    };
    AttributeExplanation {
        attribute,
        value: facts.current.map(str::to_owned),
        directory: facts.source.map(str::to_owned),
        rule,
        set_by,
        written: facts.memory.map(|origin| Writing::of(origin.cause, Some(origin.rules))),
        // What the directory never wrote was set, not changed.
        is_edited: is_edited && facts.memory.is_some(),
        conflicts: about(Some(attribute), conflicts),
        words: attribute_words(&AttributeCase {
            rule,
            facts,
            problem: trouble.as_ref().map(|trouble| trouble.problem),
            footing,
        }),
        trouble,
    }
}

fn about(attribute: Option<Attribute>, conflicts: &[NotedConflict]) -> Vec<NotedConflict> {
    conflicts.iter().filter(|conflict| conflict.attribute == attribute).cloned().collect()
}

impl Writing {
    fn of(cause: Cause, rules_version: Option<RulesVersion>) -> Self {
        Self { at: cause.at, event_id: cause.event, request_id: cause.request, rules_version }
    }
}

impl From<SetBy> for Author {
    fn from(set_by: SetBy) -> Self {
        match set_by {
            SetBy::Source => Self::Source,
            SetBy::Seed => Self::Seed,
            SetBy::Fill => Self::Fill,
        }
    }
}
