use std::sync::Arc;

use serde::Serialize;

use super::RulesError;
use crate::incoming::{IncomingUser, read_user};
use crate::overwrite::{Contact, Facts};
use crate::{
    Attribute, Footprint, Learner, LearnerId, LmsStore, Mapping, MappingFinding, MappingProblem, Question,
    ResourceKey, ScimId, StoreError, UserLink, VersionedRules, Wait,
};

/// A person as the directory and the LMS have them.
pub(super) struct Person {
    pub(super) key: ResourceKey,
    pub(super) link: UserLink,
    /// The learner, once there is one.
    pub(super) learner: Option<Learner>,
    /// The rules in force.
    pub(super) rules: Arc<VersionedRules>,
}

/// What the directory said last of a person, through a mapping.
pub(super) struct Said {
    pub(super) user: IncomingUser,
    pub(super) manager: Option<NamedManager>,
}

/// Whom the directory names as a person's manager.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NamedManager {
    /// The SCIM user.
    pub scim_id: ScimId,
    /// The manager's learner; none while that person is no learner, and of somebody who is named as their own manager.
    pub learner_id: Option<LearnerId>,
}

/// Why a value of the directory could not be used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MappingTrouble {
    /// The kind of problem.
    pub problem: MappingProblem,
    /// The same in words that follow "the value".
    pub words: String,
}

/// Finds a person by the SCIM user.
pub(super) async fn find_person(lms: &dyn LmsStore, key: ResourceKey) -> Result<Person, RulesError> {
    let footprint = Footprint {
        integrations: [key.integration.clone()].into(),
        users: [key.clone()].into(),
        ..Footprint::default()
    };
    let mut snapshot = lms.load(&footprint).await?;
    let known = snapshot.integrations.remove(&key.integration).ok_or(RulesError::UnknownIntegration)?;
    let link = snapshot.user_links.remove(&key).ok_or(RulesError::UnknownPerson)?;
    let learners = snapshot.learners.into_iter().map(|stored| stored.row);
    let learner = learners.into_iter().find(|learner| Some(learner.id) == link.target);
    Ok(Person { key, link, learner, rules: known.rules })
}

impl Person {
    /// What the directory said last, through the mapping, with the manager's learner in the place of the SCIM id.
    /// Nothing when that is not kept.
    pub(super) async fn said(
        &self,
        lms: &dyn LmsStore,
        mapping: &Mapping,
    ) -> Result<Option<Said>, StoreError> {
        let Some(source) = &self.link.source else { return Ok(None) };
        let mut user = read_user(&source.state, self.link.phase, mapping);
        let named = user.profile.value(Attribute::Manager).and_then(|id| id.parse().ok()).map(ScimId);
        let manager = match named {
            Some(scim_id) => Some(self.resolve_manager(lms, scim_id).await?),
            None => None,
        };
        let learner = manager.and_then(|manager| manager.learner_id);
        user.profile.set(Attribute::Manager, learner.map(|learner| learner.0.to_string()));
        Ok(Some(Said { user, manager }))
    }

    async fn resolve_manager(&self, lms: &dyn LmsStore, scim_id: ScimId) -> Result<NamedManager, StoreError> {
        if scim_id == self.key.scim_id {
            return Ok(NamedManager { scim_id, learner_id: None });
        }
        let manager = ResourceKey { scim_id, ..self.key.clone() };
        let question = Question { managers: [manager.clone()].into(), ..Question::default() };
        let learner_id = lms.supplement(&question).await?.managers.remove(&manager);
        Ok(NamedManager { scim_id, learner_id })
    }

    /// Why the learner does not follow now, also if no event came since.
    pub(super) fn wait(&self) -> Option<Wait> {
        let is_exempt = self.learner.as_ref().is_some_and(|learner| learner.is_exempt);
        self.link.wait.or(is_exempt.then_some(Wait::Exempt))
    }

    /// What is known about an attribute when the directory says so much.
    pub(super) fn facts<'a>(&'a self, attribute: Attribute, said: Option<&'a Said>) -> Facts<'a> {
        let learner = self.learner.as_ref();
        Facts {
            current: learner.and_then(|learner| learner.profile.value(attribute)),
            source: said.and_then(|said| said.user.profile.value(attribute)),
            memory: learner.and_then(|learner| learner.provenance.origin(attribute)),
            contact: match learner {
                None => Contact::Created,
                Some(learner) if learner.source.is_none() => Contact::Adopted,
                Some(_) => Contact::Repeated,
            },
        }
    }
}

impl Said {
    /// Why the attribute has no value, if the directory has one that cannot be used.
    pub(super) fn trouble(&self, attribute: Attribute) -> Option<MappingTrouble> {
        let about = |finding: &&MappingFinding| finding.attribute == attribute;
        let problem = self.user.findings.iter().find(about)?.problem;
        Some(MappingTrouble { problem, words: problem.to_string() })
    }
}
