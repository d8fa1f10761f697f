//! Every fault that we can think of, and how it is known that the product survives it.

use std::time::Duration;

use crate::fault::{Fault, How, Inject};
use crate::faults::{
    address, broker, broker_loss, clock, cluster, consumer, directory, disk, gateway, limits, lms, messages,
    neighbour, network, restore, traces,
};
use crate::workload::Population;
use crate::world::Cast;

const PAIRS: Cast = Cast { has_cluster: false, gateways: 2, user_syncs: 2, settings: &[] };
const TWO_GATEWAYS: Cast = Cast { has_cluster: false, gateways: 2, user_syncs: 1, settings: &[] };
const USUAL: Cast = Cast { has_cluster: false, gateways: 1, user_syncs: 1, settings: &[] };
/// Shorter than the usual lease, so that nobody waits for the events of a dead relay.
const SHORT_LEASE: Cast = Cast { settings: &[("scim-gateway/ILLUXI__RELAY__LEASE_SECONDS", "16")], ..USUAL };
const ON_A_CLUSTER: Cast = Cast { has_cluster: true, ..PAIRS };
const PEOPLE: Population = Population { staff: 8, guests: 8, teams: 2, pause: Duration::from_millis(150) };

const fn injected(id: &'static str, title: &'static str, cast: Cast, inject: Inject) -> Fault {
    Fault { id, title, is_fast: false, how: How::Injected { cast, population: PEOPLE, inject } }
}

const fn shown(id: &'static str, title: &'static str, tests: &'static str) -> Fault {
    Fault { id, title, is_fast: false, how: How::Shown(tests) }
}

const fn not_run(id: &'static str, title: &'static str, reason: &'static str) -> Fault {
    Fault { id, title, is_fast: false, how: How::NotRun(reason) }
}

impl Fault {
    /// Nobody is deleted or created while it lasts.
    const fn without_guests(self) -> Self {
        let how = match self.how {
            How::Injected { cast, inject, .. } => {
                How::Injected { cast, population: Population { guests: 0, ..PEOPLE }, inject }
            }
            other => other,
        };
        Self { how, ..self }
    }

    /// Belongs to the tests of every change.
    const fn fast(self) -> Self {
        Self { is_fast: true, ..self }
    }
}

/// In the order of their ids.
#[rustfmt::skip]
pub(crate) static MATRIX: &[Fault] = &[
    injected("F01", "gateway killed while idle", USUAL, |stage| Box::pin(gateway::killed_idle(stage))),
    injected("F02", "gateway killed 10 times under load", USUAL, |stage| Box::pin(gateway::killed_under_load(stage))),
    injected("F03", "gateway killed between COMMIT and its answer", SHORT_LEASE, |stage| Box::pin(gateway::killed_after_commit(stage))).fast(),
    injected("F04", "gateway killed before COMMIT", USUAL, |stage| Box::pin(gateway::killed_before_commit(stage))),
    injected("F05", "gateway killed between commit and publishing", TWO_GATEWAYS, |stage| Box::pin(gateway::killed_before_publishing(stage))),
    injected("F06", "gateway killed between publishing and marking", TWO_GATEWAYS, |stage| Box::pin(gateway::killed_before_marking(stage))),
    injected("F07", "gateway frozen for 40 s, longer than its lease", TWO_GATEWAYS, |stage| Box::pin(gateway::frozen_longer_than_the_lease(stage))),
    injected("F08", "two gateways and two user-syncs", PAIRS, |stage| Box::pin(gateway::two_of_everything(stage))),
    injected("F09", "user-sync killed between COMMIT and ack", SHORT_LEASE, |stage| Box::pin(consumer::killed_before_acknowledging(stage))).fast(),
    injected("F10", "user-sync killed before COMMIT", USUAL, |stage| Box::pin(consumer::killed_amid_a_transaction(stage))),
    injected("F11", "user-sync frozen for 35 s, longer than a heartbeat", PAIRS, |stage| Box::pin(consumer::frozen_longer_than_a_heartbeat(stage))),
    shown("F12", "user-sync panics at a message", "messaging/rabbitmq_consumer::a_message_at_which_the_handler_panics_is_parked_with_its_reason"),
    injected("F13", "a message that cannot be read", SHORT_LEASE, |stage| Box::pin(messages::garbage(stage))).fast(),
    not_run("F14", "another integration in the envelope than in the data", "the data of an event names no integration that could contradict the envelope"),
    injected("F15", "an event with a field more, and one of a later version", USUAL, |stage| Box::pin(messages::other_versions(stage))),
    injected("F16", "every event published three times more", USUAL, |stage| Box::pin(messages::everything_sent_again(stage))),
    injected("F17", "messages in random order", USUAL, |stage| Box::pin(messages::shuffled(stage))),
    injected("F18", "the whole history and a snapshot on top", USUAL, |stage| Box::pin(messages::history_and_snapshot(stage))),
    injected("F19", "deletions arrive after the return", USUAL, |stage| Box::pin(messages::late_deletions(stage))),
    injected("F20", "broker stopped for 20 s", USUAL, |stage| Box::pin(broker::stopped(stage))),
    injected("F21", "broker out of reach for 90 s", USUAL, |stage| Box::pin(broker::away_for_long(stage))),
    injected("F22", "broker killed under load", USUAL, |stage| Box::pin(broker::killed(stage))),
    injected("F23", "broker frozen for 25 s", USUAL, |stage| Box::pin(broker::frozen(stage))),
    injected("F24", "all connections closed every 2 s, 20 times", USUAL, |stage| Box::pin(broker::connections_closed(stage))),
    injected("F25", "all channels closed, 5 times", USUAL, |stage| Box::pin(broker::channels_closed(stage))),
    injected("F26", "broker short of memory for 30 s", USUAL, |stage| Box::pin(broker::short_of_memory(stage))),
    injected("F27", "broker short of disk for 30 s", USUAL, |stage| Box::pin(broker::short_of_disk(stage))),
    injected("F28", "queue deleted", USUAL, |stage| Box::pin(broker_loss::queue_deleted(stage))),
    injected("F29", "exchange deleted", USUAL, |stage| Box::pin(broker_loss::exchange_deleted(stage))),
    injected("F30", "binding removed under load, 3 times", USUAL, |stage| Box::pin(broker_loss::binding_removed(stage))),
    injected("F31", "queue full", USUAL, |stage| Box::pin(broker_loss::queue_full(stage))),
    shown("F32", "delivery limit reached", "messaging/rabbitmq_consumer::a_message_that_the_broker_gives_up_is_parked_and_not_deleted"),
    injected("F33", "queue of parked messages missing while the broker gives a message up", USUAL, |stage| Box::pin(broker_loss::parked_queue_missing(stage))),
    injected("F34", "leader of a cluster of brokers frozen for 30 s", ON_A_CLUSTER, |stage| Box::pin(cluster::leader_frozen(stage))),
    injected("F35", "leader of a cluster of brokers cut off for 30 s", ON_A_CLUSTER, |stage| Box::pin(cluster::leader_cut_off(stage))),
    injected("F36", "broker refuses the credentials for 20 s", USUAL, |stage| Box::pin(broker::refuses_credentials(stage))),
    injected("F37", "sessions of the gateways' database ended every second, 15 times", USUAL, |stage| Box::pin(directory::sessions_ended(stage))),
    injected("F38", "gateways' database restarted, fast and immediate", USUAL, |stage| Box::pin(directory::restarted(stage))),
    injected("F39", "gateways' database killed", USUAL, |stage| Box::pin(directory::killed(stage))),
    injected("F40", "gateways' database frozen for 30 s", USUAL, |stage| Box::pin(directory::frozen(stage))),
    injected("F41", "connection cut during COMMIT, before and after", USUAL, |stage| Box::pin(directory::cut_while_committing(stage))),
    injected("F42", "all connections of the gateway wait for a lock, 12 s", USUAL, |stage| Box::pin(directory::pool_exhausted(stage))),
    injected("F43", "rows of all groups locked for 20 s", USUAL, |stage| Box::pin(directory::group_locked(stage))),
    shown("F44", "deadlock", "postgres-pool/tests/sessions::a_deadlock_is_repeated"),
    injected("F45", "long transaction elsewhere in the cluster", USUAL, |stage| Box::pin(directory::long_transaction_elsewhere(stage))),
    injected("F46", "gateways' database has no disk left for 15 s", USUAL, |stage| Box::pin(disk::directory_full(stage))),
    injected("F47", "LMS database stopped for 20 s", USUAL, |stage| Box::pin(lms::stopped(stage))),
    injected("F48", "LMS database 2 s up, 2 s down, 10 times", USUAL, |stage| Box::pin(lms::flapping(stage))),
    injected("F49", "LMS database read-only for 15 s", USUAL, |stage| Box::pin(lms::read_only(stage))),
    injected("F50", "LMS database has no disk left for 15 s", USUAL, |stage| Box::pin(disk::lms_full(stage))),
    injected("F51", "row of a learner locked for 20 s", USUAL, |stage| Box::pin(lms::learner_locked(stage))),
    injected("F52", "column of the LMS renamed for 15 s", USUAL, |stage| Box::pin(lms::column_renamed(stage))),
    shown("F53", "learner deleted by hand", "lms-store/walls::not_even_the_owner_deletes_learners_or_changes_records"),
    injected("F54", "every way 300 ms slower, with jitter, 25 s", USUAL, |stage| Box::pin(network::slow(stage))),
    injected("F55", "single bytes, then 50 kB a second", USUAL, |stage| Box::pin(network::thin(stage))),
    injected("F56", "connections reset, then half-open for 25 s in each direction", USUAL, |stage| Box::pin(network::half_open(stage))),
    injected("F57", "confirms of the broker lost", SHORT_LEASE, |stage| Box::pin(network::confirm_lost(stage))).fast(),
    injected("F58", "broker at another address", USUAL, |stage| Box::pin(address::moved(stage))),
    injected("F59", "clock of one of two gateways 400 days ahead, then an hour behind", TWO_GATEWAYS, |stage| Box::pin(clock::wrong(stage))),
    injected("F60", "gateway with 64 files", USUAL, |stage| Box::pin(limits::few_files(stage))),
    injected("F61", "processes with 1 MB of address space left", USUAL, |stage| Box::pin(limits::little_memory(stage))),
    injected("F62", "one core, shared with four others", USUAL, |stage| Box::pin(limits::one_core(stage))),
    injected("F63", "SIGTERM under load, 20 times in turn", PAIRS, |stage| Box::pin(gateway::ended_in_turn(stage))),
    shown("F64", "keys of an issuer cannot be fetched", "platform/oidc/verifier/tests::keys_outlive_their_issuer_by_a_day"),
    shown("F65", "keys of an issuer rotated", "platform/oidc/verifier/tests::a_new_key_is_found_and_made_up_ones_cost_a_question_a_minute"),
    injected("F66", "collector of traces away for 30 s, then dumb for 30 s", USUAL, |stage| Box::pin(traces::collector_away(stage))),
    injected("F67", "gateways' database restored from a backup, epoch raised, snapshot", USUAL, |stage| Box::pin(restore::directory_restored(stage))).without_guests(),
    injected("F68", "data of the broker lost, events sent again", USUAL, |stage| Box::pin(broker_loss::wiped(stage))),
    injected("F69", "token revoked under load", PAIRS, |stage| Box::pin(limits::token_revoked(stage))),
    injected("F70", "one integration much busier than another", USUAL, |stage| Box::pin(neighbour::busy(stage))),
    shown("F71", "wrong settings", "pair/pair::a_wrong_setting_stops_the_start_with_its_name"),
    not_run("F72", "an older release on newer rows", "there is no older release"),
    injected("F73", "LMS database frozen for 30 s", USUAL, |stage| Box::pin(lms::frozen(stage))),
    injected("F74", "messages in reverse order", USUAL, |stage| Box::pin(messages::reversed(stage))),
    injected("F75", "connections cut at any byte", USUAL, |stage| Box::pin(network::cut_anywhere(stage))),
    injected("F76", "services started while the broker is away", USUAL, |stage| Box::pin(broker::absent_at_the_start(stage))),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_stand_in_the_order_of_their_ids() {
        let ids: Vec<&str> = MATRIX.iter().map(|fault| fault.id).collect();
        let expected: Vec<String> = (1..=76).map(|number| format!("F{number:02}")).collect();
        assert_eq!(ids, expected);
    }
}
