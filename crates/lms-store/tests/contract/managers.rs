//! A learner's manager is a learner.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use events::Applied::{AlreadyApplied, Executed};
use events::v1::User;
use events::{EventHandler, EventType, Message};
use lms::DirectorySync;

use crate::fixture::{
    OTHER, again, at, changed, deactivated, deprovisioned, managed_by, provisioned, reactivated, user,
    user_event_of,
};
use crate::interrupted::{Interrupted, Meanwhile};
use crate::over_both_stores;
use crate::world::World;

over_both_stores!(
    a_manager_who_comes_later_is_put_in,
    a_manager_and_a_report_come_together,
    managers_in_a_circle_are_let_be,
    nobody_is_their_own_manager,
    nobody_is_managed_by_an_old_self,
    a_deleted_manager_is_taken_out_and_put_in_again_on_return,
    an_inactive_manager_stays,
    one_manager_wakes_three_hundred_reports,
    a_manager_set_by_hand_is_undone,
    a_report_that_moves_to_another_manager_follows,
    a_report_that_is_told_again_is_handled_alone_and_with_others,
    a_manager_who_comes_while_a_report_is_decided_is_put_in,
    a_manager_who_goes_while_a_report_is_decided_is_taken_out,
);

/// Another replica that handles these messages before the first commit of this one.
struct Overtaking {
    replica: DirectorySync,
    messages: Mutex<Option<Vec<Message>>>,
}

#[async_trait]
impl Meanwhile for Overtaking {
    async fn before_commit(&self) {
        let messages = self.messages.lock().unwrap().take();
        if let Some(messages) = messages {
            self.replica.handle(&messages).await.unwrap();
        }
    }
}

fn slow_replica(world: &World, meanwhile: Vec<Message>) -> DirectorySync {
    let replica = DirectorySync::new(world.store.clone());
    let meanwhile = Overtaking { replica, messages: Mutex::new(Some(meanwhile)) };
    DirectorySync::new(Arc::new(Interrupted { store: world.store.clone(), meanwhile }))
}

/// Who reports to whom, by given name.
async fn reports(world: &World) -> String {
    world
        .text(
            "select coalesce(string_agg(report.given_name || ' ' || manager.given_name, ', '
                 order by report.given_name), '')
             from lms.learner as report
             join lms.learner as manager on manager.learner_id = report.manager_learner_id",
        )
        .await
}

async fn handle(world: &World, batch: &[Message]) {
    world.handle(batch).await;
    world.recheck().await;
}

async fn a_manager_who_comes_later_is_put_in(world: World) {
    handle(&world, &[provisioned(1, at(1), managed_by(2, user("ana")))]).await;
    assert_eq!(reports(&world).await, "");
    handle(&world, &[provisioned(2, at(1), user("bea"))]).await;
    assert_eq!(reports(&world).await, "ana bea");
    assert_eq!(world.count("sync.conflict").await, 0, "nobody edited anything");
    assert_eq!(world.count("sync.recheck").await, 0);
}

async fn a_manager_and_a_report_come_together(world: World) {
    handle(&world, &[provisioned(1, at(1), managed_by(2, user("ana"))), provisioned(2, at(1), user("bea"))])
        .await;
    assert_eq!(reports(&world).await, "ana bea");
}

async fn managers_in_a_circle_are_let_be(world: World) {
    let batch = [
        provisioned(1, at(1), managed_by(2, user("ana"))),
        provisioned(2, at(1), managed_by(1, user("bea"))),
    ];
    handle(&world, &batch).await;
    assert_eq!(reports(&world).await, "ana bea, bea ana");
    handle(&world, &[deprovisioned(2, at(2), managed_by(1, user("bea")))]).await;
    assert_eq!(reports(&world).await, "bea ana");
}

async fn nobody_is_their_own_manager(world: World) {
    handle(&world, &[provisioned(1, at(1), managed_by(1, user("ana")))]).await;
    assert_eq!((reports(&world).await, world.count("sync.parked_event").await), (String::new(), 0));
}

async fn nobody_is_managed_by_an_old_self(world: World) {
    // The deletion of the old account was lost, and the new one still names it.
    handle(&world, &[provisioned(1, at(1), user("ana"))]).await;
    handle(&world, &[provisioned(11, again(1), managed_by(1, user("ana")))]).await;
    assert_eq!((reports(&world).await, world.count("sync.parked_event").await), (String::new(), 0));
}

async fn a_deleted_manager_is_taken_out_and_put_in_again_on_return(world: World) {
    let ana = || managed_by(2, user("ana"));
    handle(&world, &[provisioned(1, at(1), ana()), provisioned(2, at(1), user("bea"))]).await;
    handle(&world, &[deprovisioned(2, at(2), user("bea"))]).await;
    assert_eq!(reports(&world).await, "");
    // The directory names the new account before the manager has returned under it.
    handle(&world, &[changed(1, at(2), managed_by(12, user("ana")))]).await;
    assert_eq!(reports(&world).await, "");
    handle(&world, &[provisioned(12, again(1), user("bea"))]).await;
    assert_eq!((reports(&world).await, world.count("lms.learner").await), ("ana bea".to_owned(), 2));
}

async fn an_inactive_manager_stays(world: World) {
    handle(&world, &[provisioned(1, at(1), managed_by(2, user("ana"))), provisioned(2, at(1), user("bea"))])
        .await;
    handle(&world, &[deactivated(2, at(2), user("bea"))]).await;
    assert_eq!(reports(&world).await, "ana bea");
    handle(&world, &[reactivated(2, at(3), user("bea"))]).await;
    assert_eq!(reports(&world).await, "ana bea");
}

async fn one_manager_wakes_three_hundred_reports(world: World) {
    let reports: Vec<Message> =
        (1..=300).map(|id| provisioned(id, at(1), managed_by(500, user(&format!("p{id}"))))).collect();
    handle(&world, &reports).await;
    handle(&world, &[provisioned(500, at(1), user("bea"))]).await;
    assert_eq!(world.count("lms.learner where manager_learner_id is not null").await, 300);
    handle(&world, &[deprovisioned(500, at(2), user("bea"))]).await;
    assert_eq!(world.count("lms.learner where manager_learner_id is not null").await, 0);
}

async fn a_manager_set_by_hand_is_undone(world: World) {
    let ana = || managed_by(2, user("ana"));
    let batch = [
        provisioned(1, at(1), ana()),
        provisioned(2, at(1), user("bea")),
        provisioned(3, at(1), user("caio")),
    ];
    handle(&world, &batch).await;
    world
        .execute(
            "update lms.learner
             set manager_learner_id = (select learner_id from lms.learner where given_name = 'caio')
             where given_name = 'ana'",
        )
        .await;
    handle(&world, &[changed(1, at(2), User { title: "Architect".to_owned(), ..ana() })]).await;
    assert_eq!(reports(&world).await, "ana bea");
    assert_eq!(world.count("sync.conflict where attribute = 'manager' and kind = 'reverted'").await, 1);
}

async fn a_report_that_moves_to_another_manager_follows(world: World) {
    let batch = [
        provisioned(1, at(1), managed_by(2, user("ana"))),
        provisioned(2, at(1), user("bea")),
        provisioned(3, at(1), user("caio")),
    ];
    handle(&world, &batch).await;
    handle(&world, &[changed(1, at(2), managed_by(3, user("ana")))]).await;
    assert_eq!(reports(&world).await, "ana caio");
    // The one before is no concern any more.
    handle(&world, &[deprovisioned(2, at(2), user("bea"))]).await;
    assert_eq!(reports(&world).await, "ana caio");
}

async fn a_report_that_is_told_again_is_handled_alone_and_with_others(world: World) {
    let ana = provisioned(1, at(1), managed_by(2, user("ana")));
    handle(&world, &[provisioned(2, at(1), user("bea")), ana.clone()]).await;
    assert_eq!(world.handle(std::slice::from_ref(&ana)).await, [AlreadyApplied]);
    let other = user_event_of(OTHER, EventType::UserProvisioned, 1, at(1), user("caio"));
    assert_eq!(world.handle(&[ana, other]).await, [AlreadyApplied, Executed]);
    assert_eq!(reports(&world).await, "ana bea");
}

async fn a_manager_who_comes_while_a_report_is_decided_is_put_in(world: World) {
    let meanwhile = vec![provisioned(2, at(1), user("bea"))];
    let slow = slow_replica(&world, meanwhile);
    slow.handle(&[provisioned(1, at(1), managed_by(2, user("ana")))]).await.unwrap();
    world.recheck().await;
    assert_eq!(reports(&world).await, "ana bea");
}

async fn a_manager_who_goes_while_a_report_is_decided_is_taken_out(world: World) {
    handle(&world, &[provisioned(2, at(1), user("bea"))]).await;
    let slow = slow_replica(&world, vec![deprovisioned(2, at(2), user("bea"))]);
    slow.handle(&[provisioned(1, at(1), managed_by(2, user("ana")))]).await.unwrap();
    world.recheck().await;
    assert_eq!(reports(&world).await, "");
}
