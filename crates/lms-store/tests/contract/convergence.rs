//! Whatever the order, the repetition and the cut into batches: the same history ends in the same state.

use events::Message;
use events::v1::User;
use lms::{CohortStatus, Profile, Status};
use uuid::Uuid;

use crate::fixture::{
    INTEGRATION, again, at, changed, deactivated, deprovisioned, group, group_deprovisioned,
    group_provisioned, members, provisioned, reactivated, user,
};
use crate::world::World;

const HISTORIES_IN_MEMORY: u64 = 300;
const HISTORIES_ON_POSTGRES: u64 = 5;

#[tokio::test(flavor = "multi_thread")]
async fn histories_converge_on_sqlite() {
    let expected = state_of(&World::sqlite_in_memory().await, &history()).await;
    assert_eq!(expected, by_hand());
    for seed in 1..=HISTORIES_IN_MEMORY {
        let world = World::sqlite_in_memory().await;
        assert_eq!(state_of(&world, &Shuffle::new(seed).disturb(history())).await, expected, "seed {seed}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn histories_converge_on_postgres() {
    for seed in 1..=HISTORIES_ON_POSTGRES {
        let world = World::postgres().await;
        assert_eq!(state_of(&world, &Shuffle::new(seed).disturb(history())).await, by_hand(), "seed {seed}");
    }
}

/// Ana leaves and returns, Bea is disabled, Caio is deleted and Dora is renamed; Sales returns, Support is deleted.
fn history() -> Vec<Message> {
    let titled = |name: &str, title: &str| User { title: title.to_owned(), ..user(name) };
    let tombstone = User { user_name: format!("{}ana@contoso.example", "0f".repeat(16)), ..user("ana") };
    vec![
        provisioned(1, at(1), user("ana")),
        changed(1, at(2), titled("ana", "Architect")),
        deactivated(1, at(3), tombstone.clone()),
        deprovisioned(1, at(4), User { active: Some(false), ..tombstone }),
        provisioned(11, again(1), titled("ana", "Director")),
        provisioned(2, at(1), user("bea")),
        deactivated(2, at(2), user("bea")),
        reactivated(2, at(3), user("bea")),
        deactivated(2, at(4), user("bea")),
        provisioned(3, at(1), user("caio")),
        deprovisioned(3, at(2), user("caio")),
        provisioned(4, at(1), user("dora")),
        changed(4, at(2), User { user_name: "dora.lima@contoso.example".to_owned(), ..user("dora") }),
        group_provisioned(50, at(1), group("Sales")),
        members(50, at(2), &[1, 2, 3], &[]),
        members(50, at(3), &[4], &[2]),
        group_deprovisioned(50, at(4), group("Sales")),
        group_provisioned(60, again(1), group("Sales")),
        members(60, again(2), &[11, 2], &[]),
        members(60, again(3), &[3, 4], &[]),
        members(60, again(4), &[], &[4]),
        group_provisioned(70, at(1), group("Support")),
        members(70, at(2), &[2, 4], &[]),
        group_deprovisioned(70, at(3), group("Support")),
    ]
}

#[derive(Debug, PartialEq, Eq)]
struct State {
    /// Name, SCIM id, status and title.
    learners: Vec<(String, Uuid, Status, String)>,
    /// Name, SCIM id, status and the members' names.
    cohorts: Vec<(String, Uuid, CohortStatus, Vec<String>)>,
}

fn by_hand() -> State {
    let learner = |login: &str, id, status, title: &str| {
        (format!("{login}@contoso.example"), Uuid::from_u128(id), status, title.to_owned())
    };
    let cohort = |name: &str, id, status, members: &[&str]| {
        let members = members.iter().map(|login| format!("{login}@contoso.example")).collect();
        (name.to_owned(), Uuid::from_u128(id), status, members)
    };
    State {
        learners: vec![
            learner("ana", 11, Status::Active, "Director"),
            learner("bea", 2, Status::Inactive, "Engineer"),
            learner("caio", 3, Status::Inactive, "Engineer"),
            learner("dora.lima", 4, Status::Active, "Engineer"),
        ],
        cohorts: vec![
            cohort("aad-Sales", 60, CohortStatus::Active, &["ana", "bea"]),
            cohort("aad-Support", 70, CohortStatus::Archived, &[]),
        ],
    }
}

/// Handles the messages in batches of seven and describes what came of them. Learner ids are left out: they follow
/// from the SCIM id that was met first.
async fn state_of(world: &World, messages: &[Message]) -> State {
    for batch in messages.chunks(7) {
        world.handle(batch).await;
    }
    let text = |profile: &Profile, attribute| profile.value(attribute).unwrap_or_default().to_owned();
    let views = world.learners_of(INTEGRATION).await;
    let login = |learner: &lms::LearnerView| text(&learner.profile, lms::Attribute::Login);
    let mut learners: Vec<_> = views
        .iter()
        .map(|learner| {
            let title = text(&learner.profile, lms::Attribute::JobTitle);
            (login(learner), learner.scim_id.0, learner.status, title)
        })
        .collect();
    learners.sort_by(|a, b| a.0.cmp(&b.0));
    let mut cohorts: Vec<_> = world
        .cohorts_of(INTEGRATION)
        .await
        .into_iter()
        .map(|cohort| {
            let is_member = |learner: &&lms::LearnerView| cohort.members.contains(&learner.learner_id);
            let mut members: Vec<String> = views.iter().filter(is_member).map(login).collect();
            members.sort();
            (cohort.name, cohort.scim_id.0, cohort.status, members)
        })
        .collect();
    cohorts.sort_by(|a, b| a.0.cmp(&b.0));
    State { learners, cohorts }
}

/// Disorder that a seed repeats (xorshift).
struct Shuffle(u64);

impl Shuffle {
    fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(bound).unwrap()).unwrap()
    }

    /// Repeats about half of the messages and puts all in any order.
    fn disturb(mut self, mut messages: Vec<Message>) -> Vec<Message> {
        for index in 0..messages.len() {
            if self.below(2) == 0 {
                messages.push(messages[index].clone());
            }
        }
        for index in (1..messages.len()).rev() {
            messages.swap(index, self.below(index + 1));
        }
        messages
    }
}
