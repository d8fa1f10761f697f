//! Two logins are the same person's when the directory says so, whatever the database's collation.

use events::Applied::{Executed, Parked};
use events::v1::User;
use lms::{Attribute, IntegrationSlug, Narrowed, Page};
use uuid::Uuid;

use crate::fixture::{INTEGRATION, at, changed, provisioned, scim, user};
use crate::over_both_stores;
use crate::world::World;

over_both_stores!(
    surrounding_space_makes_another_login,
    a_blank_login_is_none,
    letters_of_any_alphabet_lose_their_case,
    a_login_is_found_composed_and_decomposed,
    the_next_event_heals_a_login_written_by_hand,
);

fn named(name: &str, login: &str) -> User {
    User { user_name: login.to_owned(), ..user(name) }
}

async fn found(world: &World, login: &str) -> Vec<Uuid> {
    let integration = IntegrationSlug(INTEGRATION.to_owned());
    let page = Page { after: None, limit: 10 };
    let learners = world.reader.learners(&integration, Narrowed::ToLogin(login, None), page).await.unwrap();
    learners.iter().map(|learner| learner.scim_id.0).collect()
}

async fn surrounding_space_makes_another_login(world: World) {
    let batch = [provisioned(1, at(1), named("ana", "a")), provisioned(2, at(1), named("bea", " a "))];
    assert_eq!(world.handle(&batch).await, [Executed, Executed]);
    assert_eq!(found(&world, "a").await, [scim(1)]);
    assert_eq!(found(&world, " A ").await, [scim(2)]);
    let learners = world.learners_of(INTEGRATION).await;
    let bea = learners.iter().find(|learner| learner.scim_id.0 == scim(2)).unwrap();
    assert_eq!(bea.profile.value(Attribute::Login), Some(" a "));
}

async fn a_blank_login_is_none(world: World) {
    assert_eq!(world.apply(provisioned(1, at(1), named("ana", " \t "))).await, Parked);
}

async fn letters_of_any_alphabet_lose_their_case(world: World) {
    let batch = [
        provisioned(1, at(1), named("ana", "ŽOFIA")),
        provisioned(2, at(1), named("bea", "žofia")),
        provisioned(3, at(1), named("caio", "ΟΔΟΣ")),
        provisioned(4, at(1), named("dora", "οδος")),
    ];
    assert_eq!(world.handle(&batch).await, [Executed, Parked, Executed, Parked]);
    let reason = "the LMS refuses it: another active learner of the portal holds the login";
    assert_eq!(world.count(&format!("sync.parked_event where reason = '{reason}'")).await, 2);
    assert_eq!(found(&world, "žOFIA").await, [scim(1)]);
}

async fn a_login_is_found_composed_and_decomposed(world: World) {
    let batch = [
        provisioned(1, at(1), named("jose", "jos\u{e9}")),
        provisioned(2, at(1), named("twin", "JOSE\u{301}")),
    ];
    assert_eq!(world.handle(&batch).await, [Executed, Parked]);
    assert_eq!(found(&world, "Jose\u{301}").await, [scim(1)]);
}

/// Even if the hand wrote what the event says.
async fn the_next_event_heals_a_login_written_by_hand(world: World) {
    world.apply(provisioned(1, at(1), named("ana", "ana"))).await;
    world.execute("update lms.learner set login = 'Ana.Costa'").await;
    assert_eq!(world.apply(changed(1, at(2), named("ana", "Ana.Costa"))).await, Executed);
    assert_eq!(found(&world, "ana.costa").await, [scim(1)]);
    assert!(found(&world, "ana").await.is_empty());
    world.execute("update lms.learner set login = 'by hand'").await;
    assert_eq!(world.apply(changed(1, at(3), named("ana", "Ana.Costa"))).await, Executed);
    assert_eq!(found(&world, "ana.costa").await, [scim(1)]);
}
