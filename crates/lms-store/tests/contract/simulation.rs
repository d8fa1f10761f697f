//! Random histories of a small company, told in disorder to an LMS that people edit meanwhile. What must come of each is
//! said by a model that knows the history alone.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use events::v1::{Group, Name, User};
use events::{Applied, Message, Sequence};
use lms::{Attribute, CohortStatus, LearnerId, Status};
use tokio::task::JoinSet;

use crate::fixture::{
    INTEGRATION, changed, deactivated, deprovisioned, group, group_changed, group_deprovisioned,
    group_provisioned, managed_by, members, provisioned, reactivated, scim, user,
};
use crate::snapshot::Directory;
use crate::world::World;

/// Seeds of each of the five tests: four hundred in all, because ten thousand of another simulation, over stores in memory,
/// try the order of things. `SIMULATION_SEEDS` says another number, `SIMULATION_SEED` the only one to run.
const SEEDS: u64 = 80;
const PEOPLE: usize = 8;
const TEAMS: usize = 3;
const STEPS: usize = 40;

#[tokio::test(flavor = "multi_thread")]
async fn whatever_happens_the_lms_ends_as_the_directory() {
    simulate_share(0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_happens_the_lms_ends_as_the_directory_second_share() {
    simulate_share(1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_happens_the_lms_ends_as_the_directory_third_share() {
    simulate_share(2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_happens_the_lms_ends_as_the_directory_fourth_share() {
    simulate_share(3).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_happens_the_lms_ends_as_the_directory_fifth_share() {
    simulate_share(4).await;
}

/// Runs a fifth of the seeds, apart from the others so that they can run side by side.
async fn simulate_share(share: u64) {
    let seeds = number_from("SIMULATION_SEEDS").unwrap_or(SEEDS);
    let only = number_from("SIMULATION_SEED");
    let seeds = only.map_or(share * seeds + 1..=(share + 1) * seeds, |seed| seed..=seed);
    let next = Arc::new(AtomicU64::new(*seeds.start()));
    let mut workers = JoinSet::new();
    for _ in 0..std::thread::available_parallelism().unwrap().get() {
        let (next, last) = (next.clone(), *seeds.end());
        workers.spawn(async move {
            loop {
                let seed = next.fetch_add(1, Ordering::Relaxed);
                if seed > last {
                    return;
                }
                let run = tokio::spawn(simulate(seed)).await;
                assert!(run.is_ok(), "to run it again: SIMULATION_SEED={seed}");
            }
        });
    }
    workers.join_all().await;
}

fn number_from(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().map(|text| text.parse().unwrap())
}

async fn simulate(seed: u64) {
    let mut dice = Dice(seed);
    let mut company = Company::default();
    let mut messages = Vec::new();
    for _ in 0..STEPS {
        messages.extend(company.step(&mut dice));
    }
    let world = World::quick_sqlite().await;
    // An integration is known by its first event.
    world.apply(members(99_999, sequence(1, 1), &[], &[])).await;
    world.rule(r#"{"guard":{"people":2}}"#).await;
    let mut by_hand = ByHand::default();
    for batch in dice.disorder(messages) {
        if world.handle(&batch).await.contains(&Applied::Parked) {
            let reasons = "select string_agg(reason, ', ') from sync.parked_event";
            panic!("seed {seed}: {}", world.text(reasons).await);
        }
        by_hand.interfere(&world, &mut dice).await;
    }
    settle(&world).await;
    tell(&world, &company, 1).await;
    assert_eq!(learners(&world).await, company.learners(), "seed {seed}");
    assert_eq!(cohorts(&world).await, company.cohorts(), "seed {seed}");
    by_hand.verify(&world, seed).await;
    tell(&world, &company, 2).await;
    let drift = format!("sync.drift where run_id = '{}'", scim(2));
    assert_eq!(world.count(&drift).await, 0, "seed {seed}");
}

/// Approves what is held, and has everything decided anew.
async fn settle(world: &World) {
    for _ in 0..PEOPLE {
        world
            .execute(
                "update sync.hold set state = 'approved', decided_by = 'admin', decided_at = opened_at
                 where state = 'open'",
            )
            .await;
        world.decide_all_anew().await;
        if world.count("sync.hold where state = 'open'").await == 0 {
            return;
        }
    }
    panic!("there is always another hold");
}

async fn tell(world: &World, company: &Company, run: u128) {
    assert!(!world.handle(&company.directory().tell_by(run, 3)).await.contains(&Applied::Parked));
    settle(world).await;
}

fn sequence(incarnation: i32, version: i64) -> Sequence {
    Sequence { epoch: 0, incarnation, version }
}

/// Randomness that a seed repeats (splitmix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % u64::try_from(bound).unwrap()).unwrap()
    }

    fn one_in(&mut self, chances: usize) -> bool {
        self.below(chances) == 0
    }

    /// Repeats some messages, delays some, or mixes all, and cuts them into batches.
    fn disorder(&mut self, messages: Vec<Message>) -> Vec<Vec<Message>> {
        let reach = [1, 4, 200][self.below(3)];
        let mut timed: Vec<(usize, Message)> = Vec::new();
        for (index, message) in messages.into_iter().enumerate() {
            if self.one_in(4) {
                timed.push((index + self.below(reach * 3), message.clone()));
            }
            timed.push((index + self.below(reach), message));
        }
        timed.sort_by_key(|(time, _)| *time);
        let mut batches: Vec<Vec<Message>> = vec![Vec::new()];
        for (_, message) in timed {
            if self.one_in(5) {
                batches.push(Vec::new());
            }
            batches.last_mut().unwrap().push(message);
        }
        batches
    }
}

/// The directory, with the past that the LMS has to remember.
#[derive(Default)]
struct Company {
    people: BTreeMap<usize, Person>,
    teams: BTreeMap<usize, Team>,
    counter: usize,
}

#[derive(Clone, Default)]
struct Person {
    incarnation: i32,
    version: i64,
    exists: bool,
    is_active: bool,
    is_tombstone: bool,
    login: String,
    given_name: String,
    manager: Option<u128>,
}

#[derive(Clone, Default)]
struct Team {
    incarnation: i32,
    version: i64,
    exists: bool,
    name: String,
    /// SCIM ids of living users.
    members: BTreeSet<u128>,
}

fn person_id(key: usize, incarnation: i32) -> u128 {
    u128::try_from(key).unwrap() + 100 * u128::try_from(incarnation).unwrap()
}

fn team_id(key: usize, incarnation: i32) -> u128 {
    10_000 + person_id(key, incarnation)
}

impl Person {
    fn sequence(&self) -> Sequence {
        sequence(self.incarnation, self.version)
    }

    fn user(&self, key: usize) -> User {
        let tombstone = if self.is_tombstone { "0f".repeat(16) } else { String::new() };
        let user = User {
            user_name: format!("{tombstone}{}@contoso.example", self.login),
            active: Some(self.is_active),
            name: Some(Name { given_name: self.given_name.clone(), ..Name::default() }),
            ..user(&format!("p{key}"))
        };
        match self.manager {
            Some(manager) => managed_by(manager, user),
            None => user,
        }
    }
}

impl Team {
    fn sequence(&self) -> Sequence {
        sequence(self.incarnation, self.version)
    }

    fn group(&self, key: usize) -> Group {
        Group { external_id: format!("team-{key}"), ..group(&self.name) }
    }
}

impl Company {
    /// Something happens; answers what the directory says of it.
    fn step(&mut self, dice: &mut Dice) -> Vec<Message> {
        self.counter += 1;
        let number = self.counter;
        if dice.below(10) < 6 {
            let key = dice.below(PEOPLE);
            let boss = dice.below(PEOPLE);
            let boss = self.people.get(&boss).map(|person| person_id(boss, person.incarnation.max(1)));
            let message = self.person_step(key, dice, number, boss);
            let person = &self.people[&key];
            let gone = person_id(key, person.incarnation);
            if !person.exists {
                self.teams.values_mut().for_each(|team| _ = team.members.remove(&gone));
            }
            vec![message]
        } else {
            let key = dice.below(TEAMS);
            self.team_step(key, dice, number).into_iter().collect()
        }
    }

    fn person_step(&mut self, key: usize, dice: &mut Dice, number: usize, boss: Option<u128>) -> Message {
        let person = self.people.entry(key).or_default();
        if !person.exists {
            *person = Person {
                incarnation: person.incarnation + 1,
                version: 1,
                exists: true,
                is_active: !dice.one_in(6),
                login: format!("p{key}.{number}"),
                given_name: format!("Name{number}"),
                manager: boss,
                ..Person::default()
            };
            return provisioned(person_id(key, person.incarnation), person.sequence(), person.user(key));
        }
        let before = person.user(key);
        person.version += 1;
        let (id, sequence) = (person_id(key, person.incarnation), person.sequence());
        match dice.below(8) {
            0 => {
                person.exists = false;
                return deprovisioned(id, sequence, before);
            }
            1 | 2 if person.is_active => {
                person.is_active = false;
                person.is_tombstone = dice.one_in(2);
                return deactivated(id, sequence, person.user(key));
            }
            1..=4 if !person.is_active => {
                (person.is_active, person.is_tombstone) = (true, false);
                return reactivated(id, sequence, person.user(key));
            }
            5 => person.manager = boss,
            6 => person.login = format!("p{key}.{number}"),
            _ => person.given_name = format!("Name{number}"),
        }
        changed(id, sequence, person.user(key))
    }

    fn team_step(&mut self, key: usize, dice: &mut Dice, number: usize) -> Option<Message> {
        let living: Vec<u128> = self
            .people
            .iter()
            .filter(|(_, person)| person.exists)
            .map(|(key, person)| person_id(*key, person.incarnation))
            .collect();
        let team = self.teams.entry(key).or_default();
        if !team.exists {
            let incarnation = team.incarnation + 1;
            let name = format!("Team{number}");
            *team = Team { incarnation, version: 1, exists: true, name, members: BTreeSet::new() };
            return Some(group_provisioned(team_id(key, incarnation), team.sequence(), team.group(key)));
        }
        let before = team.group(key);
        team.version += 1;
        let (id, sequence) = (team_id(key, team.incarnation), team.sequence());
        match dice.below(8) {
            0 => {
                team.exists = false;
                team.members.clear();
                Some(group_deprovisioned(id, sequence, before))
            }
            1 => {
                team.name = format!("Team{number}");
                Some(group_changed(id, sequence, team.group(key)))
            }
            _ => {
                let (mut added, mut removed) = (Vec::new(), Vec::new());
                for person in living {
                    if dice.one_in(3) && !team.members.remove(&person) {
                        team.members.insert(person);
                        added.push(person);
                    } else if !team.members.contains(&person) {
                        removed.push(person);
                    }
                }
                Some(members(id, sequence, &added, &removed))
            }
        }
    }

    fn directory(&self) -> Directory {
        let mut directory = Directory::default();
        for (key, person) in self.people.iter().filter(|(_, person)| person.exists) {
            let id = person_id(*key, person.incarnation);
            directory = directory.user(id, person.sequence(), person.user(*key));
        }
        for (key, team) in self.teams.iter().filter(|(_, team)| team.exists) {
            let members: Vec<u128> = team.members.iter().copied().collect();
            let id = team_id(*key, team.incarnation);
            directory = directory.group(id, team.sequence(), team.group(*key), &members);
        }
        directory
    }

    /// `p1 202 active p1.7 Name9 reports to p3`, as it has to be.
    fn learners(&self) -> Vec<String> {
        let lines = self.people.iter().map(|(key, person)| {
            let id = person_id(*key, person.incarnation);
            let status = if person.exists && person.is_active { "active" } else { "inactive" };
            let manager = person.manager.and_then(|manager| self.living(manager)).filter(|boss| boss != key);
            let manager = manager.map(|boss| format!(" reports to p{boss}")).unwrap_or_default();
            format!("p{key} {id} {status} {} {}{manager}", person.login, person.given_name)
        });
        lines.collect()
    }

    /// `team-1 10101 Active aad-Team5: p1 p3`, likewise.
    fn cohorts(&self) -> Vec<String> {
        let lines = self.teams.iter().map(|(key, team)| {
            let status = if team.exists { CohortStatus::Active } else { CohortStatus::Archived };
            let mut members: Vec<String> =
                team.members.iter().filter_map(|id| self.living(*id)).map(|key| format!("p{key}")).collect();
            members.sort();
            let id = team_id(*key, team.incarnation);
            format!("team-{key} {id} {status:?} aad-{}: {}", team.name, members.join(" "))
        });
        lines.collect()
    }

    /// The person of a user that exists.
    fn living(&self, id: u128) -> Option<usize> {
        let found = self
            .people
            .iter()
            .find(|(key, person)| person.exists && person_id(**key, person.incarnation) == id);
        found.map(|(key, _)| *key)
    }
}

async fn learners(world: &World) -> Vec<String> {
    let views = world.learners_of(INTEGRATION).await;
    let keys: BTreeMap<LearnerId, String> = views
        .iter()
        .map(|view| (view.learner_id, view.external_id.as_deref().unwrap_or("?").replace("object-", "")))
        .collect();
    let mut lines: Vec<String> = views
        .iter()
        .map(|view| {
            let value = |attribute| view.profile.value(attribute).unwrap_or("-");
            let status = if view.status == Status::Active { "active" } else { "inactive" };
            let manager = view.manager_learner_id.map(|boss| format!(" reports to {}", keys[&boss]));
            let (id, login) =
                (view.scim_id.0.as_u128(), value(Attribute::Login).replace("@contoso.example", ""));
            let (key, name) = (&keys[&view.learner_id], value(Attribute::GivenName));
            format!("{key} {id} {status} {login} {name}{}", manager.unwrap_or_default())
        })
        .collect();
    lines.sort();
    lines
}

async fn cohorts(world: &World) -> Vec<String> {
    let views = world.learners_of(INTEGRATION).await;
    let mut lines: Vec<String> = Vec::new();
    for cohort in world.cohorts_of(INTEGRATION).await {
        let is_member = |view: &&lms::LearnerView| cohort.members.contains(&view.learner_id);
        let mut members: Vec<String> = views
            .iter()
            .filter(is_member)
            .map(|view| view.external_id.as_deref().unwrap_or("?").replace("object-", ""))
            .collect();
        members.sort();
        let (key, id) = (cohort.external_id.unwrap_or_default(), cohort.scim_id.0.as_u128());
        lines.push(format!("{key} {id} {:?} {}: {}", cohort.status, cohort.name, members.join(" ")));
    }
    lines.sort();
    lines
}

/// What people did in the LMS.
#[derive(Default)]
struct ByHand {
    /// Biographies, by external id.
    bios: BTreeMap<String, String>,
    records: usize,
}

impl ByHand {
    async fn interfere(&mut self, world: &World, dice: &mut Dice) {
        if !dice.one_in(2) {
            return;
        }
        let key = dice.below(PEOPLE);
        let of_person = format!("source_object_id = 'object-p{key}'");
        let count = self.records + self.bios.len() + dice.below(1000);
        match dice.below(9) {
            0 => {
                self.edit(
                    world,
                    &format!("given_name = 'Edited{count}', login = 'edited{count}'"),
                    &of_person,
                )
                .await
            }
            1 => self.edit(world, "status = 'inactive', inactive_reason = 'admin'", &of_person).await,
            2 => self.edit(world, "status = 'active', inactive_reason = null", &of_person).await,
            3 => self.edit(world, "manager_learner_id = null, email = null", &of_person).await,
            4 => world.execute("delete from lms.cohort_membership where origin = 'scim'").await,
            5 => {
                world
                    .execute(&format!(
                        "insert into lms.cohort_membership (cohort_id, learner_id, origin)
                         select cohort_id, learner_id, 'scim' from lms.cohort cross join lms.learner
                         where lms.learner.{of_person} on conflict do nothing"
                    ))
                    .await;
            }
            6 => world.execute("update lms.cohort set name = 'Edited', status = 'active'").await,
            7 => {
                self.edit(world, &format!("bio = 'Bio{count}', preferred_language = 'ja'"), &of_person).await;
                if world.count(&format!("lms.learner where {of_person}")).await == 1 {
                    self.bios.insert(format!("object-p{key}"), format!("Bio{count}"));
                }
            }
            _ => {
                if world.count(&format!("lms.learner where {of_person}")).await == 1 {
                    self.records += 1;
                    let record = scim(u128::try_from(self.records).unwrap());
                    world
                        .execute(&format!(
                            "insert into lms.training_record
                                 (record_id, learner_id, course_id, course_title, completed_at, passed)
                             select '{record}', learner_id, '{record}', source_object_id, '2025-05-01T09:00:00Z', true
                             from lms.learner where {of_person}"
                        ))
                        .await;
                }
            }
        }
    }

    async fn edit(&self, world: &World, change: &str, of_person: &str) {
        world.execute(&format!("update lms.learner set {change} where {of_person}")).await;
    }

    async fn verify(&self, world: &World, seed: u64) {
        for (person, bio) in &self.bios {
            let kept = format!(
                "lms.learner where source_object_id = '{person}' and bio = '{bio}' and preferred_language = 'ja'"
            );
            assert_eq!(world.count(&kept).await, 1, "seed {seed}");
        }
        let records = "lms.training_record as record join lms.learner as learner
            on learner.learner_id = record.learner_id and learner.source_object_id = record.course_title";
        assert_eq!(world.count(records).await, i64::try_from(self.records).unwrap(), "seed {seed}");
    }
}
