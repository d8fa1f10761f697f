use events::v1::User;
use events::{EventData, SubjectKind};

use crate::incoming::read_user;
use crate::snapshot_event::{range_of, users};
use crate::task::Task;
use crate::user_event::UserStatement;
use crate::{
    Attribute, IdRange, IntegrationSlug, Newcomer, Phase, Question, Range, Recheck, ResourceKey, ScimId,
    Snapshot, Wait,
};

/// What only the rules can ask for, to decide a batch.
pub(crate) fn question_of(batch: &[Task], snapshot: &Snapshot) -> Question {
    let mut question = Question::default();
    for (key, user) in batch.iter().flat_map(|task| users_of(task, snapshot)) {
        ask_for_user(&mut question, snapshot, &key, user);
    }
    if batch.iter().any(tells_of_groups) {
        let rules = snapshot.integrations.values().map(|known| &known.rules.rules.cohorts);
        question.cohorts = rules.flat_map(|cohorts| cohorts.linked()).collect();
    }
    question
}

/// The users whose state is decided on.
fn users_of<'a>(task: &'a Task, snapshot: &'a Snapshot) -> Vec<(ResourceKey, &'a User)> {
    match task {
        Task::Event(event) => match &event.data {
            EventData::User(change) => {
                let statement = UserStatement::of_event(&event.envelope, change).ok();
                statement
                    .map(|statement| (ResourceKey::of(&event.envelope), statement.user))
                    .into_iter()
                    .collect()
            }
            EventData::SnapshotChunk(chunk) => {
                let integration = IntegrationSlug(event.envelope.integration.clone());
                let listed = users(chunk).filter_map(|user| {
                    let scim_id = ScimId(user.id.parse().ok()?);
                    Some((ResourceKey { integration: integration.clone(), scim_id }, user))
                });
                let range = range_of(&event.envelope, chunk);
                listed.chain(range.into_iter().flat_map(|range| followed_in(range, snapshot))).collect()
            }
            EventData::Group(_)
            | EventData::Membership(_)
            | EventData::Integration(_)
            | EventData::SnapshotEnd(_) => Vec::new(),
        },
        Task::Recheck(Recheck { key, kind: SubjectKind::User, .. }) => {
            let source = snapshot.user_links.get(key).and_then(|link| link.source.as_ref());
            source.map(|source| (key.clone(), &source.state)).into_iter().collect()
        }
        Task::Recheck(_) | Task::Unreadable(_) => Vec::new(),
    }
}

/// Users whom the LMS follows in a range: what is not listed there is decided on too.
fn followed_in(range: Range, snapshot: &Snapshot) -> impl Iterator<Item = (ResourceKey, &User)> {
    snapshot.user_links.iter().filter_map(move |(key, link)| {
        let is_in_range = range.kind == IdRange::Users
            && key.integration == range.integration
            && range.contains(key.scim_id.0);
        let source = link.source.as_ref().filter(|_| is_in_range)?;
        Some((key.clone(), &source.state))
    })
}

fn ask_for_user(question: &mut Question, snapshot: &Snapshot, key: &ResourceKey, user: &User) {
    let Some(known) = snapshot.integrations.get(&key.integration) else { return };
    let rules = &known.rules.rules;
    let incoming = read_user(user, Phase::Current, &rules.mapping);
    let manager = incoming.profile.value(Attribute::Manager).and_then(|id| id.parse().ok()).map(ScimId);
    question
        .managers
        .extend(manager.map(|scim_id| ResourceKey { integration: key.integration.clone(), scim_id }));
    let link = snapshot.user_links.get(key);
    let is_decided = link.is_some_and(|link| {
        link.target.is_some() || link.wait == Some(Wait::Adoption { is_new_person: true })
    });
    if is_decided {
        return;
    }
    let wanted = |is_wanted: bool, attribute| {
        incoming.profile.value(attribute).filter(|_| is_wanted).map(str::to_owned)
    };
    question.newcomers.push(Newcomer {
        key: key.clone(),
        portal: known.portal,
        employee_number: wanted(rules.adoption.by_employee_number, Attribute::EmployeeNumber),
        login: wanted(rules.adoption.by_login, Attribute::Login),
        email: wanted(rules.adoption.by_email, Attribute::Email),
    });
}

fn tells_of_groups(task: &Task) -> bool {
    match task {
        Task::Event(event) => matches!(event.data, EventData::Group(_) | EventData::SnapshotChunk(_)),
        Task::Recheck(recheck) => recheck.kind == SubjectKind::Group,
        Task::Unreadable(_) => false,
    }
}
