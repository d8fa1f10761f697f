//! The contract of the LMS store, run over both adapters through the event handler that uses it.
#![cfg(test)]

mod acts;
mod adoption;
mod casework_adoptions;
mod casework_backlog;
mod casework_erasures;
mod casework_holds;
mod casework_reports;
mod cohort_rules;
mod convergence;
mod detachment;
mod effects;
mod external_ids;
mod fixture;
mod given_up;
mod groups;
mod guard;
mod inbox;
mod interrupted;
mod isolation;
mod learning;
mod logins;
mod managers;
mod migrations;
mod outage;
mod ownership;
mod parked;
mod reads;
mod reconcile;
mod reconcile_large;
mod replicas;
mod role_grants;
mod row_security;
mod rules;
mod search;
mod seats;
mod simulation;
mod snapshot;
mod summary;
mod users;
mod walls;
mod world;

/// Runs each case over each adapter, with a database of its own.
macro_rules! over_both_stores {
    ($($case:ident),+ $(,)?) => {
        mod postgres {
            use crate::world::World;
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $case() { super::$case(World::postgres().await).await; })+
        }
        mod sqlite {
            use crate::world::World;
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $case() { super::$case(World::sqlite().await).await; })+
        }
    };
}
pub(crate) use over_both_stores;
