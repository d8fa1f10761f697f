//! What must be so when nothing is on its way any more.

use std::collections::{BTreeMap, BTreeSet};

use events::{EventId, EventType, Sequence, SubjectKind};
use lms::{Attribute, CohortStatus, InactiveReason, LearnerId, ResourceKey, ScimId, Status};
use uuid::Uuid;

use crate::entra::TOMBSTONE;
use crate::ledger::{Answer, Field, Intent, Person, Write};
use crate::model::{Model, Modelled};
use crate::world::World;

/// Answers everything that is wrong.
pub(crate) fn judge(world: &World) -> Vec<String> {
    let mut wrong = Vec::new();
    for index in 0..world.entras.len() {
        let judge = Judge { world, index, model: replay(world, index, &mut wrong) };
        wrong.extend(judge.directory_members());
        wrong.extend(judge.learners());
        wrong.extend(judge.cohorts());
        wrong.extend(judge.positions());
    }
    wrong.extend(effects_without_event(world));
    wrong.extend(edits_undone(world));
    wrong.extend(not_parked(world));
    wrong
}

/// Replays what an integration committed, and compares it with what it was answered.
fn replay(world: &World, index: usize, wrong: &mut Vec<String>) -> Model {
    let pages = world.ledger.pages();
    let writes: BTreeMap<Uuid, &Write> = pages
        .writes
        .iter()
        .filter(|(_, write)| write.integration == index)
        .map(|(id, write)| (*id, write))
        .collect();
    let mut open: BTreeMap<Uuid, &Write> = writes.clone();
    // Acknowledged, and perhaps nothing had to be done.
    let is_met = |model: &Model, at: usize, write: &Write| {
        write.answer == Answer::Acknowledged
            && (write.began..=write.ended).contains(&at)
            && model.is_met(&write.intent)
    };
    let mut model = Model::default();
    let mut met: Vec<Uuid> = Vec::new();
    let tables = world.pipeline.directory.tables();
    for (at, commit) in tables.history.iter().enumerate() {
        met.extend(writes.iter().filter(|(_, write)| is_met(&model, at, write)).map(|(id, _)| *id));
        let Some(write) = writes.get(&commit.txn) else { continue };
        if open.remove(&commit.txn).is_none() {
            wrong.push(format!("{} was committed twice", commit.txn));
        }
        if write.answer == Answer::Refused {
            wrong.push(format!("{} was refused, and committed", commit.txn));
        }
        if subject_of(&write.intent).is_some_and(|id| id != commit.subject.id) {
            wrong.push(format!("{} was committed for another resource", commit.txn));
        }
        model.apply(commit.subject.id, &write.intent);
    }
    let end = tables.history.len();
    met.extend(writes.iter().filter(|(_, write)| is_met(&model, end, write)).map(|(id, _)| *id));
    for (id, write) in open {
        if write.answer == Answer::Acknowledged && !met.contains(&id) {
            wrong.push(format!("{id} was acknowledged, and never committed: {:?}", write.intent));
        }
    }
    model
}

fn subject_of(intent: &Intent) -> Option<Uuid> {
    match intent {
        Intent::CreatePerson(_) | Intent::CreateTeam(_) => None,
        Intent::ChangePerson(id, _)
        | Intent::ReplacePerson(id, _)
        | Intent::DeletePerson(id)
        | Intent::ChangeTeam(id, _)
        | Intent::DeleteTeam(id) => Some(*id),
    }
}

/// One integration, compared with what its own writes make of it.
struct Judge<'a> {
    world: &'a World,
    index: usize,
    model: Model,
}

impl Judge<'_> {
    fn slug(&self) -> &str {
        self.world.entras[self.index].integration.slug.as_str()
    }

    /// In the directory, too, the members of a team are those whom the writes put in, and nobody else's people.
    fn directory_members(&self) -> Vec<String> {
        let of = self.world.entras[self.index].integration.id;
        let tables = self.world.pipeline.directory.tables();
        let live = tables.groups.iter().filter(|((owner, _), group)| *owner == of && !group.is_deleted);
        let actual: BTreeMap<Uuid, BTreeSet<Uuid>> = live
            .map(|((_, id), group)| (id.0, group.members.iter().map(|member| member.0).collect()))
            .collect();
        let teams = self.model.teams.iter().filter(|(_, team)| team.exists);
        let expected: BTreeMap<Uuid, BTreeSet<Uuid>> =
            teams.map(|(id, team)| (*id, team.state.members.clone())).collect();
        let line = |(id, members): (&Uuid, &BTreeSet<Uuid>)| format!("{id} {members:?}");
        let (expected, actual) = (expected.iter().map(line).collect(), actual.iter().map(line).collect());
        difference("members in the directory", self.slug(), expected, actual)
    }

    /// Each person has one learner, who is as the person's last committed state says.
    fn learners(&self) -> Vec<String> {
        let expected: Vec<String> = self
            .model
            .newest_people()
            .into_iter()
            .map(|(external_id, (id, person))| self.expected_learner(external_id, id, person))
            .collect();
        let names = self.external_ids();
        let tables = self.world.pipeline.lms.tables();
        let mut actual = Vec::new();
        for learner in tables.learners.values().map(|learner| &learner.row) {
            let Some(source) = learner.source.as_ref().filter(|source| source.integration.0 == self.slug())
            else {
                continue;
            };
            let value = |attribute| learner.profile.value(attribute).unwrap_or("-");
            let exists = self.model.living_person(source.scim_id.0).is_some();
            let manager = learner.profile.value(Attribute::Manager).and_then(|id| id.parse().ok());
            let manager = manager.and_then(|id| names.get(&LearnerId(id))).map_or("-", String::as_str);
            actual.push(format!(
                "{} {} {} login={} name={} title={} department={} manager={}",
                learner.external_id.as_deref().unwrap_or("-"),
                source.scim_id.0,
                standing(learner.lifecycle.status, learner.lifecycle.inactive_reason),
                value(Attribute::Login),
                value(Attribute::GivenName),
                value(Attribute::JobTitle),
                value(Attribute::Department),
                // Of whom the directory has no more, the manager stays as it was.
                if exists { manager } else { "?" },
            ));
        }
        actual.sort();
        difference("learners", self.slug(), expected, actual)
    }

    fn expected_learner(&self, external_id: &str, id: Uuid, person: &Modelled<Person>) -> String {
        let value = |field| person.state.get(&field).map_or("-", String::as_str);
        let is_active = value(Field::Active) == "true";
        let name = value(Field::UserName);
        let before_tombstone = name.strip_prefix(TOMBSTONE).filter(|_| !is_active);
        let standing = match (person.exists, is_active, before_tombstone) {
            (false, _, _) => "inactive (deleted)",
            (true, true, _) => "active",
            (true, false, None) => "inactive (disabled)",
            (true, false, Some(_)) => "inactive (softly deleted)",
        };
        let manager = person.state.get(&Field::Manager).and_then(|id| id.parse().ok());
        let manager = manager.and_then(|id| self.model.living_person(id)).filter(|boss| *boss != external_id);
        format!(
            "{external_id} {id} {standing} login={} name={} title={} department={} manager={}",
            before_tombstone.unwrap_or(name),
            value(Field::GivenName),
            value(Field::Title),
            value(Field::Department),
            if person.exists { manager.unwrap_or("-") } else { "?" },
        )
    }

    /// Each team has one cohort, with those as members who are members and exist.
    fn cohorts(&self) -> Vec<String> {
        let living = |id: &Uuid| self.model.living_person(*id).map(str::to_owned);
        let expected: Vec<String> = self
            .model
            .newest_teams()
            .into_iter()
            .map(|(external_id, (id, team))| {
                let status = if team.exists { CohortStatus::Active } else { CohortStatus::Archived };
                let mut members: Vec<String> = team.state.members.iter().filter_map(living).collect();
                members.sort();
                format!("{external_id} {id} {status:?} aad-{} {}", team.state.name, members.join(","))
            })
            .collect();
        let names = self.external_ids();
        let tables = self.world.pipeline.lms.tables();
        let mut actual = Vec::new();
        for cohort in tables.cohorts.values().map(|cohort| &cohort.row) {
            let Some(source) = cohort.source.as_ref().filter(|source| source.integration.0 == self.slug())
            else {
                continue;
            };
            let of_cohort = tables.memberships.iter().filter(|(id, _)| *id == cohort.id);
            let mut members: Vec<&str> = of_cohort
                .map(|(_, learner)| names.get(learner).map_or("a stranger", String::as_str))
                .collect();
            members.sort_unstable();
            actual.push(format!(
                "{} {} {:?} {} {}",
                cohort.external_id.as_deref().unwrap_or("-"),
                source.scim_id.0,
                cohort.status,
                cohort.name,
                members.join(","),
            ));
        }
        actual.sort();
        difference("cohorts", self.slug(), expected, actual)
    }

    /// External ids of the learners of this integration.
    fn external_ids(&self) -> BTreeMap<LearnerId, String> {
        let tables = self.world.pipeline.lms.tables();
        let of_integration = tables.learners.iter().filter(|(_, learner)| {
            learner.row.source.as_ref().is_some_and(|source| source.integration.0 == self.slug())
        });
        of_integration.filter_map(|(id, learner)| Some((*id, learner.row.external_id.clone()?))).collect()
    }

    /// The link of each person and team stands where the newest event of it stands.
    fn positions(&self) -> Vec<String> {
        let directory = self.world.pipeline.directory.tables();
        let lms = self.world.pipeline.lms.tables();
        let mut newest: BTreeMap<(SubjectKind, Uuid), Sequence> = BTreeMap::new();
        for logged in &directory.log {
            let envelope = &logged.event.envelope;
            if envelope.integration != self.slug() || envelope.event_type == EventType::MembershipChanged {
                continue;
            }
            let position = newest.entry((envelope.subject.kind, envelope.subject.id)).or_default();
            *position = envelope.sequence.max(*position);
        }
        let integration = lms::IntegrationSlug(self.slug().to_owned());
        let mut wrong = Vec::new();
        for ((kind, id), position) in newest {
            let key = ResourceKey { integration: integration.clone(), scim_id: ScimId(id) };
            let followed = match kind {
                SubjectKind::User => lms.user_links.get(&key).map(|link| link.sequence),
                SubjectKind::Group => lms.group_links.get(&key).map(|link| link.sequence),
                SubjectKind::Integration => continue,
            };
            if followed != Some(position) {
                wrong.push(format!("{kind:?} {id} was followed to {followed:?}, and not to {position}"));
            }
        }
        wrong
    }
}

fn standing(status: Status, reason: Option<InactiveReason>) -> &'static str {
    match (status, reason) {
        (Status::Active, _) => "active",
        (Status::Inactive, Some(InactiveReason::SourceDisabled)) => "inactive (disabled)",
        (Status::Inactive, Some(InactiveReason::SourceSoftDeleted)) => "inactive (softly deleted)",
        (Status::Inactive, Some(InactiveReason::SourceDeleted)) => "inactive (deleted)",
        (Status::Inactive | Status::Erased, _) => "otherwise",
    }
}

fn difference(what: &str, slug: &str, expected: Vec<String>, actual: Vec<String>) -> Vec<String> {
    if expected == actual {
        return Vec::new();
    }
    let lines = |lines: Vec<String>| lines.join("\n    ");
    vec![format!("{what} of {slug}\n  must be\n    {}\n  and are\n    {}", lines(expected), lines(actual))]
}

/// What the LMS did goes back to an event that was committed, of the same integration and request.
fn effects_without_event(world: &World) -> Vec<String> {
    let directory = world.pipeline.directory.tables();
    let told: BTreeMap<EventId, (&str, Uuid)> = directory
        .log
        .iter()
        .map(|logged| &logged.event.envelope)
        .map(|envelope| (envelope.id, (envelope.integration.as_str(), envelope.txn)))
        .collect();
    let effects = world.pipeline.lms.told();
    let is_unfounded = |effect: &&lms::Effect| {
        let occasion = &effect.occasion;
        told.get(&occasion.event) != Some(&(occasion.integration.as_str(), occasion.request))
    };
    effects
        .effects
        .iter()
        .filter(is_unfounded)
        .map(|effect| format!("an effect without an event: {effect:?}"))
        .collect()
}

/// What people of the LMS wrote is as they wrote it, and what somebody learned is the same person's.
fn edits_undone(world: &World) -> Vec<String> {
    let tables = world.pipeline.lms.tables();
    let mut wrong = Vec::new();
    for (id, (phone, bio)) in &world.by_hand.columns {
        let learner = &tables.learners[id];
        let phone_now = learner.row.profile.value(Attribute::Phone);
        if phone_now != Some(phone) || learner.bio != *bio {
            wrong.push(format!("columns of the LMS were written: {phone_now:?} over {phone}"));
        }
    }
    for (integration, external_id, course) in &world.by_hand.records {
        let owner = tables.learners.values().find(|learner| learner.training_records.contains(course));
        let is_theirs = owner.is_some_and(|owner| {
            let source = owner.row.source.as_ref();
            source.is_some_and(|source| source.integration.0 == *integration)
                && owner.row.external_id.as_ref() == Some(external_id)
        });
        if !is_theirs {
            wrong.push(format!("course {course} of {external_id} in {integration} is another's"));
        }
    }
    wrong
}

/// What nobody can read is kept, with its reason.
fn not_parked(world: &World) -> Vec<String> {
    let tables = world.pipeline.lms.tables();
    let is_kept = |id: &&EventId| tables.parked.get(*id).is_some_and(|row| row.code == "undecodable");
    world.poison.iter().filter(|id| !is_kept(id)).map(|id| format!("{id} is not parked")).collect()
}
