//! What Entra does to one integration all the time while something breaks.

mod ledger;
mod person;
mod team;
mod writer;

use std::time::Duration;

use anyhow::Context;
use tokio::sync::watch;
use tokio::task::JoinSet;

pub(crate) use self::ledger::{Acknowledged, Ledger, PersonState, TeamState};
use self::person::Person;
use self::team::Team;
use self::writer::Writer;
use crate::chance::Chance;
use crate::world::Entrance;

/// How many people and groups there are. Below twenty people the guard against mass changes counts no percentage.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Population {
    /// Those who stay, and are members of teams.
    pub(crate) staff: usize,
    /// Those who are deleted and created again.
    pub(crate) guests: usize,
    pub(crate) teams: usize,
    /// Between two writes of one person or team.
    pub(crate) pause: Duration,
}

impl Default for Population {
    fn default() -> Self {
        Self { staff: 8, guests: 8, teams: 2, pause: Duration::from_millis(150) }
    }
}

/// People and teams of one integration, and who writes about them.
pub(crate) struct Workload {
    writer: Writer,
    people: Vec<Person>,
    teams: Vec<Team>,
    pause: Duration,
    seed: u64,
    stopping: watch::Sender<bool>,
    tasks: JoinSet<Task>,
}

enum Task {
    Person(Person),
    Team(Team),
}

impl Workload {
    /// Creates everybody, and waits for all answers.
    pub(crate) async fn prepare(
        entrance: &Entrance,
        seed: u64,
        population: Population,
    ) -> anyhow::Result<Self> {
        let writer = Writer::new(entrance.clone());
        let mut everybody = Team::new("everybody");
        everybody.create(&writer).await?;
        let everybody_id = everybody.scim_id().context("the id of a team")?.to_owned();
        let mut people: Vec<Person> = Vec::new();
        for number in 0..population.staff + population.guests {
            let team = (number >= population.staff).then(|| everybody_id.clone());
            // The first is everybody's manager, and never deleted.
            let mut person = Person::new(number, team, people.first().map(Person::as_member));
            person.create(&writer).await?;
            people.push(person);
        }
        let staff: Vec<_> = people.iter().take(population.staff).map(Person::as_member).collect();
        let mut teams = vec![everybody];
        for number in 0..population.teams {
            let mut team = Team::new(&format!("team {number}")).of(staff.clone());
            team.create(&writer).await?;
            teams.push(team);
        }
        let stopping = watch::Sender::new(false);
        Ok(Self { writer, people, teams, pause: population.pause, seed, stopping, tasks: JoinSet::new() })
    }

    /// What is expected when nothing more is written. To be asked before or after the writing, not amid it.
    pub(crate) fn ledger(&self) -> Ledger {
        let mut ledger = self.writer.ledger();
        ledger.people = self.people.iter().map(Person::state).collect();
        let guests: Vec<String> = self.people.iter().filter_map(Person::as_guest).collect();
        ledger.teams = self.teams.iter().map(|team| team.state(&guests)).collect();
        ledger
    }

    /// Begins to write about everybody at once.
    pub(crate) fn begin(&mut self) {
        self.stopping.send_replace(false);
        self.writer.insist_for_ever();
        let pause = self.pause;
        for (number, mut person) in self.people.drain(..).enumerate() {
            let (writer, stopping) = (self.writer.clone(), self.stopping.subscribe());
            let mut chance = Chance::new(self.seed, number as u64);
            self.tasks.spawn(async move {
                while !*stopping.borrow() {
                    person.live(&writer, &mut chance).await;
                    tokio::time::sleep(pause).await;
                }
                Task::Person(person)
            });
        }
        for (number, mut team) in self.teams.drain(..).enumerate() {
            let (writer, stopping) = (self.writer.clone(), self.stopping.subscribe());
            let mut chance = Chance::new(self.seed, 1_000 + number as u64);
            self.tasks.spawn(async move {
                while !*stopping.borrow() && team.has_staff() {
                    team.live(&writer, &mut chance).await;
                    tokio::time::sleep(pause).await;
                }
                Task::Team(team)
            });
        }
    }

    /// Begins nothing more, and waits until everything begun is acknowledged or given up.
    pub(crate) async fn stop(&mut self, patience: Duration) -> anyhow::Result<()> {
        self.stopping.send_replace(true);
        self.writer.give_up_after(patience);
        while let Some(ended) = self.tasks.join_next().await {
            match ended.context("a writer broke down")? {
                Task::Person(person) => self.people.push(person),
                Task::Team(team) => self.teams.push(team),
            }
        }
        Ok(())
    }

    /// Writes acknowledged so far.
    pub(crate) fn acknowledged(&self) -> usize {
        self.writer.acknowledged()
    }

    /// Tries so far, whatever they were answered.
    pub(crate) fn tries(&self) -> usize {
        self.writer.tries()
    }

    /// Goes on with another token.
    pub(crate) fn use_entrance(&self, entrance: Entrance) {
        self.writer.use_entrance(entrance);
    }
}
