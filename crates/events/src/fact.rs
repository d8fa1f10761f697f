use crate::v1::{Group, User, UserChange};
use crate::{Event, EventData, Sequence};

/// One thing that an event says, which is newer or older than what other events say of the same thing.
///
/// Whoever remembers the newest sequence by each of the texts in [`Fact::marks`], in the transaction of what it does, does
/// it once.
#[derive(Clone, Debug, PartialEq)]
pub struct Fact<'a> {
    /// What it is about: one text for each user, group and membership of each integration.
    pub about: String,
    /// What is so.
    pub state: State<'a>,
    /// The person whom a user is, through deletion and return: these change the user's id, and not the external id.
    person: Option<String>,
    sequence: Sequence,
}

/// What a fact says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum State<'a> {
    /// All of the user; nothing after a deletion.
    User(Option<&'a User>),
    /// All of the group but its members; nothing after a deletion.
    Group(Option<&'a Group>),
    /// Whether the user of this SCIM id is a member of the group that the event is about. Neither need be known yet.
    Member {
        /// The user's SCIM id.
        user: &'a str,
        /// False of who left.
        is_member: bool,
    },
}

impl Event {
    /// What the event says, each thing by itself; nothing for those of snapshots and of the integration.
    pub fn facts<'a>(&'a self) -> Vec<Fact<'a>> {
        let integration = &self.envelope.integration;
        let subject = format!("{integration} {}", self.envelope.subject);
        let sequence = self.envelope.sequence;
        match &self.data {
            EventData::User(change) => {
                let person = external_id(change).map(|id| format!("{integration} externalId {id}"));
                let state = State::User(change.after.as_ref());
                vec![Fact { about: subject, state, person, sequence }]
            }
            EventData::Group(change) => {
                let state = State::Group(change.after.as_ref());
                vec![Fact { about: subject, state, person: None, sequence }]
            }
            EventData::Membership(change) => {
                let added = change.added.iter().map(|user| (user, true));
                let removed = change.removed.iter().map(|user| (user, false));
                let fact = |(user, is_member): (&'a String, bool)| Fact {
                    about: format!("{subject} Users/{user}"),
                    state: State::Member { user, is_member },
                    person: None,
                    sequence,
                };
                added.chain(removed).map(fact).collect()
            }
            EventData::Integration(_) | EventData::SnapshotChunk(_) | EventData::SnapshotEnd(_) => Vec::new(),
        }
    }
}

impl Fact<'_> {
    /// What to remember once it is applied: sequences, by the texts that they are asked for with.
    pub fn marks(&self) -> Vec<(String, Sequence)> {
        let person = self.person.iter().map(|person| (person.clone(), self.life()));
        std::iter::once((self.about.clone(), self.sequence)).chain(person).collect()
    }

    /// Whether it is newer than what is remembered, which `newest` answers.
    ///
    /// A fact that is not is a repetition, or late, or of a former life of the person.
    pub fn is_newer(&self, newest: impl Fn(&str) -> Option<Sequence>) -> bool {
        let is_former_life =
            self.person.as_deref().and_then(&newest).is_some_and(|known| self.life() < known);
        !is_former_life && newest(&self.about).is_none_or(|known| self.sequence > known)
    }

    /// Versions count within one user, lives within one person.
    fn life(&self) -> Sequence {
        Sequence { version: 0, ..self.sequence }
    }
}

fn external_id(change: &UserChange) -> Option<&str> {
    let user = change.after.as_ref().or(change.before.as_ref())?;
    Some(user.external_id.as_str()).filter(|id| !id.is_empty())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use chrono::DateTime;
    use uuid::Uuid;

    use super::*;
    use crate::v1::MembershipChange;
    use crate::{Envelope, Environment, EventId, EventType, Subject, SubjectKind};

    /// Of one subject in epoch 0.
    fn event(kind: SubjectKind, id: u128, (incarnation, version): (i32, i64), data: EventData) -> Event {
        let envelope = Envelope {
            id: EventId(Uuid::nil()),
            event_type: EventType::UserChanged,
            subject: Subject { kind, id: Uuid::from_u128(id) },
            time: DateTime::UNIX_EPOCH,
            sequence: Sequence { epoch: 0, incarnation, version },
            txn: Uuid::nil(),
            environment: Environment::Production,
            integration: "acme".to_owned(),
            portal: "acme".to_owned(),
            traceparent: None,
        };
        Event { envelope, data }
    }

    fn user(id: u128, sequence: (i32, i64), external_id: &str) -> Event {
        let after = User { external_id: external_id.to_owned(), ..User::default() };
        let change = UserChange { after: Some(after), ..UserChange::default() };
        event(SubjectKind::User, id, sequence, EventData::User(Box::new(change)))
    }

    fn membership(sequence: (i32, i64), added: &[&str], removed: &[&str]) -> Event {
        let texts = |users: &[&str]| users.iter().map(ToString::to_string).collect();
        let change =
            MembershipChange { added: texts(added), removed: texts(removed), ..MembershipChange::default() };
        event(SubjectKind::Group, 9, sequence, EventData::Membership(change))
    }

    /// For each event in the order of their coming, how many of its facts are applied.
    fn applied<const N: usize>(events: [Event; N]) -> [usize; N] {
        let mut newest = BTreeMap::new();
        events.map(|event| {
            let mut applied = 0;
            for fact in event.facts() {
                if fact.is_newer(|mark| newest.get(mark).copied()) {
                    newest.extend(fact.marks());
                    applied += 1;
                }
            }
            applied
        })
    }

    #[test]
    fn what_comes_late_or_again_is_not_newer() {
        let events = [user(1, (1, 2), "a"), user(1, (1, 1), "a"), user(1, (1, 2), "a"), user(1, (1, 3), "a")];
        assert_eq!(applied(events), [1, 0, 0, 1]);
    }

    #[test]
    fn what_comes_late_of_a_former_life_is_not_newer() {
        assert_eq!(applied([user(2, (2, 1), "a"), user(1, (1, 7), "a"), user(3, (1, 7), "b")]), [1, 0, 1]);
    }

    #[test]
    fn an_external_id_that_changed_does_not_make_late_events_newer() {
        assert_eq!(applied([user(1, (1, 2), "b"), user(1, (1, 1), "a")]), [1, 0]);
    }

    #[test]
    fn an_external_id_may_pass_to_somebody_with_fewer_changes() {
        assert_eq!(applied([user(1, (1, 9), "a"), user(2, (1, 3), "a")]), [1, 1]);
    }

    #[test]
    fn users_without_an_external_id_are_told_apart_by_their_own() {
        assert_eq!(applied([user(1, (1, 9), ""), user(2, (1, 1), ""), user(2, (1, 1), "")]), [1, 1, 0]);
    }

    #[test]
    fn each_membership_is_by_itself() {
        let events = [
            membership((1, 5), &["a"], &["b"]),
            membership((1, 4), &["b", "c"], &[]),
            membership((1, 6), &[], &["a"]),
        ];
        assert_eq!(applied(events), [2, 1, 1]);
    }
}
