//! A snapshot of a large company, as right as one of a small one; and what it takes.

use events::Applied::Parked;
use events::Message;

use crate::fixture::{at, group, group_provisioned, members, provisioned, scim, user};
use crate::over_both_stores;
use crate::reconcile::{NOTHING, drift};
use crate::snapshot::Directory;
use crate::world::World;

over_both_stores!(a_company_of_thousands_is_repaired);

/// People in groups of a hundred, told by events and then in a snapshot after damage of each kind; answers the seconds
/// that the events, the comparison that repairs and the one that finds nothing took.
async fn large(world: &World, people: u128) -> [f64; 3] {
    const GROUP: u128 = 1_000_000_000;
    let person = |id: u128| user(&format!("p{id}"));
    let teams = people / 100;
    let mut directory = Directory::default();
    let mut history: Vec<Message> = Vec::new();
    for id in 1..=people {
        directory.add_user(id, at(1), person(id));
        history.push(provisioned(id, at(1), person(id)));
    }
    for team in 1..=teams {
        let ids: Vec<u128> = (1..=100).map(|number| (team - 1) * 100 + number).collect();
        directory.add_group(GROUP + team, at(2), group(&format!("Team {team}")), &ids);
        history.push(group_provisioned(GROUP + team, at(1), group(&format!("Team {team}"))));
        history.push(members(GROUP + team, at(2), &ids, &[]));
    }
    // Of the last person and of the last group nothing was ever heard.
    let last_group = scim(GROUP + teams);
    let unheard = [format!("Users/{}", scim(people)), format!("Groups/{last_group}")];
    history.retain(|message| {
        let subject = message.attributes.get("subject").map(String::as_str).unwrap_or_default();
        !unheard.iter().any(|unheard| unheard == subject)
    });
    // Somebody and something that the directory has no more.
    history.push(provisioned(people + 1, at(1), person(people + 1)));
    history.push(group_provisioned(GROUP + teams + 1, at(1), group("Old")));
    let start = std::time::Instant::now();
    for batch in history.chunks(200) {
        world.handle(batch).await;
    }
    let told = start.elapsed().as_secs_f64();
    let of = |id: u128| format!("(select learner_id from lms.learner where scim_id = '{}')", scim(id));
    world
        .execute(&format!(
            "update lms.learner set given_name = 'Edited' where scim_id in ('{}', '{}');
             update lms.learner set status = 'inactive', inactive_reason = 'admin' where scim_id = '{}';
             update lms.cohort set name = 'Edited' where scim_id = '{}';
             delete from lms.cohort_membership where learner_id = {};
             delete from sync.edge where scim_user_id = '{}';
             insert into lms.cohort_membership (cohort_id, learner_id, origin)
                 select cohort_id, {}, 'scim' from lms.cohort where scim_id = '{}';
             update sync.link set version = 0 where kind = 'user' and scim_id = '{}'",
            scim(1),
            scim(2),
            scim(3),
            scim(GROUP + 1),
            of(4),
            scim(5),
            of(6),
            scim(GROUP + 2),
            scim(7),
        ))
        .await;
    let mut seconds = [told, 0.0, 0.0];
    for (run, seconds) in (100..).zip(&mut seconds[1..]) {
        let messages = directory.tell_by(run, 100);
        let start = std::time::Instant::now();
        for batch in messages.chunks(20) {
            assert!(!world.handle(batch).await.contains(&Parked));
        }
        *seconds = start.elapsed().as_secs_f64();
    }
    let counted = format!(
        "select string_agg(kind || ' ' || found, ', ' order by kind)
         from (select kind, count(*) as found from sync.drift where run_id = '{}' group by kind) as counted",
        scim(100)
    );
    assert_eq!(
        world.text(&counted).await,
        "edited_cohort 1, edited_learner 2, edited_status 1, extra_group 1, extra_membership 1, extra_user 1, \
         missing_group 1, missing_membership 102, missing_user 1, stale_user 1"
    );
    assert_eq!(drift(world, 101).await, NOTHING);
    let members = i64::try_from(people).unwrap();
    assert_eq!(world.count("lms.cohort_membership where origin = 'scim'").await, members);
    assert_eq!(world.count("lms.learner where status = 'active' and given_name like 'p%'").await, members);
    seconds
}

async fn a_company_of_thousands_is_repaired(world: World) {
    large(&world, 5000).await;
}

/// Prints how long it takes; `cargo test --release -p lms-store --test contract -- --ignored --nocapture` shows it.
/// `RECONCILE_PEOPLE` says another number.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes minutes, and is for its figures"]
async fn a_company_of_a_hundred_thousand_is_repaired() {
    let people = std::env::var("RECONCILE_PEOPLE").map_or(100_000, |people| people.parse().unwrap());
    let [told, repaired, compared] = large(&World::postgres().await, people).await;
    println!("{people} people with one group each, in seconds: events {told:.1}, a snapshot that repairs");
    println!("{repaired:.1}, a snapshot that finds nothing {compared:.1}");
}
