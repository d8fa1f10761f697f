//! What the next request is about.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::Entra;
use crate::chance::Chance;
use crate::ledger::{Field, Intent, Key, Pages, Person, Team, TeamChange};

/// People of an integration.
const PEOPLE: usize = 5;
const TEAMS: usize = 2;
/// Logins that pass from one person to another.
const SHARED_LOGINS: usize = 2;

/// What Entra puts before the name of a user whom it deletes softly.
pub(crate) const TOMBSTONE: &str = "0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f";

/// A request, and whether it insists on the version that it reads before.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) key: Key,
    pub(crate) intent: Intent,
    pub(crate) is_conditional: bool,
}

impl Entra {
    /// Makes up a request. Whom Entra does not know it asks for, and creates; so it does after an answer that got lost.
    pub(crate) fn plan(&self) -> Request {
        self.nature.draw(|chance| {
            let mut pages = self.ledger.pages();
            let token = pages.requests + 1;
            let mut planner = Planner { entra: self.index, pages: &mut pages, chance, token };
            let (key, intent) = match planner.chance.below(3) {
                0 => planner.plan_team(),
                _ => planner.plan_person(),
            };
            Request { key, intent, is_conditional: chance.one_in(8) }
        })
    }
}

struct Planner<'a> {
    entra: usize,
    pages: &'a mut Pages,
    chance: &'a mut Chance,
    token: u128,
}

impl Planner<'_> {
    fn id_of(&self, key: Key) -> Option<Uuid> {
        self.pages.known.get(&(self.entra, key)).copied()
    }

    fn plan_person(&mut self) -> (Key, Intent) {
        let number = self.chance.below(PEOPLE);
        let key = Key::Person(number);
        let Some(id) = self.id_of(key) else {
            return (key, Intent::CreatePerson(self.person(number)));
        };
        let token = self.token;
        let value = |name: &str| Some(format!("{name} {token}"));
        let changes = match self.chance.below(14) {
            0 => return (key, Intent::DeletePerson(id)),
            1 => return (key, Intent::ReplacePerson(id, self.person(number))),
            2 | 3 => vec![(Field::Title, value("Title"))],
            4 => vec![(Field::Department, value("Department"))],
            5 => vec![(Field::GivenName, value("Name")), (Field::Title, value("Title"))],
            6 => vec![(Field::Phone, value("Phone"))],
            7 => vec![(Field::Active, Some("false".to_owned()))],
            8 => vec![(Field::Active, Some("true".to_owned())), (Field::UserName, Some(self.login(number)))],
            9 => {
                let name = format!("{TOMBSTONE}{}", self.login(number));
                vec![(Field::Active, Some("false".to_owned())), (Field::UserName, Some(name))]
            }
            10 => vec![(Field::Manager, None)],
            11 | 12 => match self.somebody() {
                Some(manager) => vec![(Field::Manager, Some(manager.to_string()))],
                None => vec![(Field::Title, None)],
            },
            _ => vec![(Field::UserName, Some(self.login(number)))],
        };
        (key, Intent::ChangePerson(id, changes))
    }

    fn person(&mut self, number: usize) -> Person {
        let token = self.token;
        let mut person = Person::from([
            (Field::ExternalId, format!("person-{number}")),
            (Field::UserName, self.login(number)),
            (Field::Active, (!self.chance.one_in(6)).to_string()),
            (Field::GivenName, format!("Name {token}")),
            (Field::Title, format!("Title {token}")),
        ]);
        if let Some(manager) = self.somebody().filter(|_| self.chance.one_in(3)) {
            person.insert(Field::Manager, manager.to_string());
        }
        person
    }

    fn login(&mut self, number: usize) -> String {
        let name = match self.chance.one_in(3) {
            true => format!("shared{}", self.chance.below(SHARED_LOGINS)),
            false => format!("person{number}.{}", self.token),
        };
        // The two integrations may feed one portal, in which an active login is unique.
        format!("{name}@integration{}.example", self.entra)
    }

    fn somebody(&mut self) -> Option<Uuid> {
        let number = self.chance.below(PEOPLE);
        self.id_of(Key::Person(number))
    }

    fn plan_team(&mut self) -> (Key, Intent) {
        let number = self.chance.below(TEAMS);
        let key = Key::Team(number);
        let Some(id) = self.id_of(key) else {
            let (name, members) = (self.team_name(), self.some_people());
            let external_id = format!("team-{number}");
            return (key, Intent::CreateTeam(Team { external_id, name, members }));
        };
        let nothing = TeamChange::default();
        let change = match self.chance.below(12) {
            0 => return (key, Intent::DeleteTeam(id)),
            1 => TeamChange { name: Some(self.team_name()), ..nothing },
            2 => TeamChange { name: Some(self.team_name()), joining: self.some_people(), ..nothing },
            3 => TeamChange { exactly: Some(self.some_people()), ..nothing },
            4..=7 => TeamChange { joining: self.some_people(), ..nothing },
            8 | 9 => TeamChange { leaving: self.some_people(), ..nothing },
            _ => {
                let (joining, leaving) = (self.some_people(), self.some_people());
                let leaving = leaving.difference(&joining).copied().collect();
                TeamChange { joining, leaving, ..nothing }
            }
        };
        let is_nothing = change == TeamChange::default();
        let change = if is_nothing { TeamChange { name: Some(self.team_name()), ..change } } else { change };
        (key, Intent::ChangeTeam(id, change))
    }

    fn team_name(&mut self) -> String {
        match self.chance.one_in(4) {
            true => "Shared team".to_owned(),
            false => format!("Team {}", self.token),
        }
    }

    /// Some whom Entra knows, and now and then somebody of the other integration, who must not get in.
    fn some_people(&mut self) -> BTreeSet<Uuid> {
        let mut people = BTreeSet::new();
        for number in 0..PEOPLE {
            if self.chance.one_in(2) {
                people.extend(self.id_of(Key::Person(number)));
            }
        }
        if self.chance.one_in(10) {
            let number = self.chance.below(PEOPLE);
            people.extend(self.pages.known.get(&(1 - self.entra, Key::Person(number))));
        }
        people
    }
}
