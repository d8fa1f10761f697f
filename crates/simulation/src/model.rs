//! What the source meant, replayed in the order in which the directory committed it.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use crate::ledger::{Field, Intent, Person, Team};

/// One integration as its writes alone make it. It knows nothing of SCIM, of events or of the LMS.
#[derive(Default)]
pub(crate) struct Model {
    pub(crate) people: BTreeMap<Uuid, Modelled<Person>>,
    pub(crate) teams: BTreeMap<Uuid, Modelled<Team>>,
    creations: usize,
}

pub(crate) struct Modelled<T> {
    pub(crate) state: T,
    pub(crate) exists: bool,
    /// Grows with every creation.
    pub(crate) number: usize,
}

impl Model {
    /// Applies a committed write to the resource that it was committed for.
    pub(crate) fn apply(&mut self, id: Uuid, intent: &Intent) {
        match intent {
            Intent::CreatePerson(person) => {
                let person = self.created(person.clone());
                self.people.insert(id, person);
            }
            Intent::ChangePerson(_, changes) => {
                let Some(person) = self.people.get_mut(&id) else { return };
                for (field, value) in changes {
                    match value {
                        Some(value) => person.state.insert(*field, value.clone()),
                        None => person.state.remove(field),
                    };
                }
            }
            Intent::ReplacePerson(_, after) => {
                if let Some(person) = self.people.get_mut(&id) {
                    person.state = after.clone();
                }
            }
            Intent::DeletePerson(_) => {
                if let Some(person) = self.people.get_mut(&id) {
                    person.exists = false;
                }
                self.teams.values_mut().for_each(|team| _ = team.state.members.remove(&id));
            }
            Intent::CreateTeam(team) => {
                let members = self.living(&team.members);
                let team = self.created(Team { members, ..team.clone() });
                self.teams.insert(id, team);
            }
            Intent::ChangeTeam(_, change) => {
                let (joining, exactly) = (
                    self.living(&change.joining),
                    change.exactly.as_ref().map(|members| self.living(members)),
                );
                let Some(team) = self.teams.get_mut(&id) else { return };
                team.state.name = change.name.clone().unwrap_or(std::mem::take(&mut team.state.name));
                team.state.members.extend(joining);
                team.state.members.retain(|member| !change.leaving.contains(member));
                team.state.members = exactly.unwrap_or(std::mem::take(&mut team.state.members));
            }
            Intent::DeleteTeam(_) => {
                if let Some(team) = self.teams.get_mut(&id) {
                    team.exists = false;
                    team.state.members.clear();
                }
            }
        }
    }

    /// Whether the write would change nothing now, and so may be acknowledged without a commit.
    pub(crate) fn is_met(&self, intent: &Intent) -> bool {
        match intent {
            Intent::ChangePerson(id, changes) => self.people.get(id).is_some_and(|person| {
                let is_so =
                    |(field, value): &(Field, Option<String>)| person.state.get(field) == value.as_ref();
                person.exists && changes.iter().all(is_so)
            }),
            Intent::ReplacePerson(id, after) => {
                self.people.get(id).is_some_and(|person| person.exists && person.state == *after)
            }
            Intent::ChangeTeam(id, change) => self.teams.get(id).is_some_and(|team| {
                let members = &team.state.members;
                team.exists
                    && change.name.as_ref().is_none_or(|name| *name == team.state.name)
                    && self.living(&change.joining).is_subset(members)
                    && change.leaving.is_disjoint(members)
                    && change.exactly.as_ref().is_none_or(|exactly| self.living(exactly) == *members)
            }),
            Intent::CreatePerson(_)
            | Intent::DeletePerson(_)
            | Intent::CreateTeam(_)
            | Intent::DeleteTeam(_) => false,
        }
    }

    /// The newest person of each external id.
    pub(crate) fn newest_people(&self) -> BTreeMap<&str, (Uuid, &Modelled<Person>)> {
        newest(&self.people, |person| &person[&Field::ExternalId])
    }

    /// The newest team of each external id.
    pub(crate) fn newest_teams(&self) -> BTreeMap<&str, (Uuid, &Modelled<Team>)> {
        newest(&self.teams, |team| &team.external_id)
    }

    /// The external id of a person who exists.
    pub(crate) fn living_person(&self, id: Uuid) -> Option<&str> {
        let person = self.people.get(&id).filter(|person| person.exists)?;
        Some(&person.state[&Field::ExternalId])
    }

    fn living(&self, ids: &BTreeSet<Uuid>) -> BTreeSet<Uuid> {
        ids.iter().copied().filter(|id| self.living_person(*id).is_some()).collect()
    }

    fn created<T>(&mut self, state: T) -> Modelled<T> {
        self.creations += 1;
        Modelled { state, exists: true, number: self.creations }
    }
}

fn newest<T>(
    all: &BTreeMap<Uuid, Modelled<T>>,
    external_id: impl Fn(&T) -> &String,
) -> BTreeMap<&str, (Uuid, &Modelled<T>)> {
    let mut by_number: Vec<_> = all.iter().collect();
    by_number.sort_by_key(|(_, modelled)| modelled.number);
    // Of those with one external id, the last one stays.
    by_number
        .into_iter()
        .map(|(id, modelled)| (external_id(&modelled.state).as_str(), (*id, modelled)))
        .collect()
}
