use serde::Serialize;
use serde_json::Value;

use super::{RulesError, RulesStore};
use crate::text::some_text;
use crate::{
    Cohort, CohortId, CohortPlan, CohortRules, Footprint, GroupFacts, GroupLink, IntegrationSlug, LmsStore,
    OnLeave, Page, PortalId, Question, ResourceKey, Role, Rules, ScimId, Snapshot,
};

/// What rules would make of a part of an integration's groups.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CohortsPreview {
    /// Groups that would become something else than they are.
    pub items: Vec<GroupPreview>,
    /// Counts of this part.
    pub totals: GroupTotals,
    /// Cursor of the next part; none at the end.
    pub next: Option<ScimId>,
}

/// How many groups of a part would become what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GroupTotals {
    /// Groups that were looked at.
    pub groups: u32,
    /// Those that would become something else.
    pub changed: u32,
    /// Those that would get a cohort of their own.
    pub created: u32,
    /// Those that would feed a cohort of the LMS.
    pub linked: u32,
    /// Those that would mean nothing any more.
    pub ignored: u32,
    /// Those that would keep their cohort, under another name or with other rights.
    pub amended: u32,
}

/// What rules would make of a group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GroupPreview {
    /// The group.
    pub scim_id: ScimId,
    /// Its name in the directory.
    pub display_name: String,
    /// What it is.
    pub now: GroupOutcome,
    /// What it would be.
    pub after: GroupOutcome,
    /// The rule that would decide; none if none matches.
    pub rule: Option<String>,
    /// Why that cannot be done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<&'static str>,
}

/// What a group is in the LMS.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GroupOutcome {
    /// The way of it.
    pub action: GroupAction,
    /// The cohort.
    pub cohort_id: Option<CohortId>,
    /// The cohort's name.
    pub name: Option<String>,
    /// What leaving means.
    pub on_leave: Option<OnLeave>,
    /// What members may do.
    pub grants_role: Option<Role>,
}

/// What is done with a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum GroupAction {
    /// It has a cohort of its own.
    Create,
    /// It feeds a cohort of the LMS.
    Link,
    /// Nothing.
    Ignore,
}

/// Shows what rules would make of the groups after the cursor, and touches nothing. The work is in proportion to the
/// groups, not to their members.
///
/// # Errors
/// `Invalid`, `UnknownIntegration`.
pub async fn preview_cohorts(
    store: &dyn RulesStore,
    lms: &dyn LmsStore,
    integration: &IntegrationSlug,
    rules: Value,
    page: Page<ScimId>,
) -> Result<CohortsPreview, RulesError> {
    let rules = Rules::read(rules).map_err(RulesError::Invalid)?.cohorts;
    let groups = store.current_groups(integration, page).await?;
    let footprint = Footprint {
        integrations: [integration.clone()].into(),
        groups: groups.iter().map(|scim_id| key_of(integration, *scim_id)).collect(),
        ..Footprint::default()
    };
    let snapshot = lms.load(&footprint).await?;
    let known = snapshot.integrations.get(integration).ok_or(RulesError::UnknownIntegration)?;
    let question = Question { cohorts: rules.linked().collect(), ..Question::default() };
    let local = lms.supplement(&question).await?.cohorts.into_iter().map(|stored| stored.row);
    let trial = Trial { rules: &rules, snapshot: &snapshot, local: local.collect(), portal: known.portal };

    let previews = footprint.groups.iter().filter_map(|key| trial.preview(key));
    let mut totals =
        GroupTotals { groups: u32::try_from(groups.len()).unwrap_or(u32::MAX), ..GroupTotals::default() };
    let items: Vec<GroupPreview> = previews.filter(|preview| preview.now != preview.after).collect();
    items.iter().for_each(|preview| totals.count(preview));
    let is_full = groups.len() >= page.limit as usize;
    Ok(CohortsPreview { items, totals, next: groups.last().copied().filter(|_| is_full) })
}

fn key_of(integration: &IntegrationSlug, scim_id: ScimId) -> ResourceKey {
    ResourceKey { integration: integration.clone(), scim_id }
}

impl GroupTotals {
    fn count(&mut self, preview: &GroupPreview) {
        self.changed += 1;
        let is_same =
            preview.now.action == preview.after.action && preview.now.cohort_id == preview.after.cohort_id;
        match preview.after.action {
            _ if is_same => self.amended += 1,
            GroupAction::Create => self.created += 1,
            GroupAction::Link => self.linked += 1,
            GroupAction::Ignore => self.ignored += 1,
        }
    }
}

/// Rules, and what they are tried on.
struct Trial<'a> {
    rules: &'a CohortRules,
    snapshot: &'a Snapshot,
    /// Cohorts that the rules link to, as far as there are such.
    local: Vec<Cohort>,
    portal: PortalId,
}

impl Trial<'_> {
    /// What becomes of a group; nothing is said of one whose state is not kept.
    fn preview(&self, key: &ResourceKey) -> Option<GroupPreview> {
        let link = self.snapshot.group_links.get(key)?;
        let group = &link.source.as_ref()?.state;
        let external_id = some_text(&group.external_id);
        let facts = GroupFacts {
            scim_id: key.scim_id,
            external_id: external_id.as_deref(),
            display_name: &group.display_name,
        };
        let plan = self.rules.decide(&facts);
        let (after, problem) = self.after(key, link, &plan);
        let rule = match plan {
            CohortPlan::Create { rule, .. } | CohortPlan::Link { rule, .. } => Some(rule),
            CohortPlan::Ignore { rule } => rule,
        };
        let display_name = group.display_name.clone();
        Some(GroupPreview { scim_id: key.scim_id, display_name, now: self.now(link), after, rule, problem })
    }

    fn now(&self, link: &GroupLink) -> GroupOutcome {
        let Some(cohort) = link.target.and_then(|id| self.cohort(|cohort| cohort.id == id)) else {
            return GroupOutcome::nothing();
        };
        let action = if cohort.source.is_some() { GroupAction::Create } else { GroupAction::Link };
        GroupOutcome {
            action,
            cohort_id: Some(cohort.id),
            name: Some(cohort.name.clone()),
            on_leave: Some(cohort.on_leave),
            grants_role: cohort.grants_role,
        }
    }

    fn after(
        &self,
        key: &ResourceKey,
        link: &GroupLink,
        plan: &CohortPlan,
    ) -> (GroupOutcome, Option<&'static str>) {
        match plan {
            CohortPlan::Create { name, on_leave, role, .. } => {
                let outcome = GroupOutcome {
                    action: GroupAction::Create,
                    cohort_id: Some(self.own_cohort(key, link)),
                    name: Some(name.clone()),
                    on_leave: Some(*on_leave),
                    grants_role: *role,
                };
                (outcome, None)
            }
            CohortPlan::Link { cohort, on_leave, role, .. } => {
                let is_kept = |known: &&Cohort| {
                    known.id == *cohort && known.source.is_none() && known.portal == self.portal
                };
                let known = self.local.iter().find(is_kept);
                let outcome = GroupOutcome {
                    action: GroupAction::Link,
                    cohort_id: Some(*cohort),
                    name: known.map(|cohort| cohort.name.clone()),
                    on_leave: Some(*on_leave),
                    grants_role: *role,
                };
                let problem = "the LMS keeps no such cohort in the integration's portal";
                (outcome, known.is_none().then_some(problem))
            }
            CohortPlan::Ignore { .. } => (GroupOutcome::nothing(), None),
        }
    }

    /// The cohort that the group has, had, or would get.
    fn own_cohort(&self, key: &ResourceKey, link: &GroupLink) -> CohortId {
        let linked =
            link.target.and_then(|id| self.cohort(|cohort| cohort.id == id && cohort.source.is_some()));
        let own = linked.or_else(|| self.cohort(|cohort| cohort.source.as_ref() == Some(key)));
        own.map_or_else(|| CohortId::of_group(&key.integration, key.scim_id), |cohort| cohort.id)
    }

    fn cohort(&self, is_meant: impl Fn(&Cohort) -> bool) -> Option<&Cohort> {
        self.snapshot.cohorts.iter().map(|stored| &stored.row).find(|cohort| is_meant(cohort))
    }
}

impl GroupOutcome {
    fn nothing() -> Self {
        Self { action: GroupAction::Ignore, cohort_id: None, name: None, on_leave: None, grants_role: None }
    }
}
