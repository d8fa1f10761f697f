use std::collections::{BTreeMap, BTreeSet};

use tokio_postgres::Error;

use crate::workload::Ledger;
use crate::world::World;

/// What the directory told, and what became of it on the other side.
pub(super) struct History {
    /// Ids of all events.
    told: BTreeSet<String>,
    /// Versions told of each resource.
    versions: BTreeSet<(String, i64)>,
    /// Present versions of groups: the deletion of a member raises one, and tells no event of the group.
    groups: BTreeMap<String, i64>,
    handled: BTreeSet<String>,
    /// Id of the event and reason.
    pub(super) parked: Vec<(String, String)>,
    /// Events that an effect names.
    effective: BTreeSet<String>,
}

impl History {
    pub(super) async fn read(world: &World) -> anyhow::Result<Self> {
        // The far side first: what is told in between is then missing there only for a moment.
        let handled = world.lms.column("select event_id::text from sync.inbox").await?;
        let effective = world.lms.column("select distinct event_id::text from sync.effect").await?;
        let parked = world.lms.connect().await?;
        let parked = parked.query("select event_id::text, reason_code from sync.parked_event", &[]).await?;
        let events = world.directory.connect().await?;
        let events = events
            .query("select event_id::text, subject_id::text, version from directory.event_log", &[])
            .await?;
        let mut told = BTreeSet::new();
        let mut versions = BTreeSet::new();
        for row in &events {
            told.insert(row.try_get(0)?);
            versions.insert((row.try_get(1)?, row.try_get(2)?));
        }
        let groups = world.directory.connect().await?;
        let groups = groups.query("select id::text, version from directory.scim_group", &[]).await?;
        Ok(Self {
            told,
            versions,
            groups: groups
                .iter()
                .map(|row| Ok((row.try_get(0)?, row.try_get(1)?)))
                .collect::<Result<_, Error>>()?,
            handled: handled.into_iter().collect(),
            parked: parked
                .iter()
                .map(|row| Ok((row.try_get(0)?, row.try_get(1)?)))
                .collect::<Result<_, Error>>()?,
            effective: effective.into_iter().collect(),
        })
    }

    /// Acknowledged writes of which the directory knows nothing.
    pub(super) fn missing_acknowledged(&self, ledger: &Ledger) -> Vec<String> {
        let is_told = |scim_id: &str, version| {
            self.versions.contains(&(scim_id.to_owned(), version))
                || self.groups.get(scim_id).is_some_and(|present| *present >= version)
        };
        let missing = ledger.acknowledged.iter().filter(|write| !is_told(&write.scim_id, write.version));
        missing
            .map(|write| {
                format!("version {} of {} was acknowledged and is lost", write.version, write.scim_id)
            })
            .collect()
    }

    /// Events that were told and neither handled nor parked.
    pub(super) fn unhandled(&self) -> Vec<String> {
        let parked: BTreeSet<&String> = self.parked.iter().map(|(event, _)| event).collect();
        let unhandled =
            self.told.iter().filter(|event| !self.handled.contains(*event) && !parked.contains(event));
        unhandled.map(|event| format!("event {event} was told and never handled")).collect()
    }

    /// Effects and handled events that no change of the directory explains.
    pub(super) fn without_origin(&self, allowed: usize) -> Vec<String> {
        let foreign: BTreeSet<_> =
            self.handled.union(&self.effective).filter(|event| !self.told.contains(*event)).collect();
        if foreign.len() <= allowed {
            return vec![];
        }
        foreign
            .into_iter()
            .map(|event| format!("the LMS acted on event {event}, which was never told"))
            .collect()
    }

    /// What exists, or was done, twice.
    pub(super) async fn doubles(&self, world: &World) -> anyhow::Result<Vec<String>> {
        let mut found = Vec::new();
        for (what, sql) in [
            (
                "learners of the person",
                "select source_object_id || ' of ' || integration from lms.learner where integration is not null
                 group by source_object_id, integration having count(*) > 1",
            ),
            (
                "cohorts of the group",
                "select source_object_id || ' of ' || integration from lms.cohort where integration is not null
                 group by source_object_id, integration having count(*) > 1",
            ),
            (
                "effects of the event",
                "select event_id::text from sync.effect
                 where event_type <> 'recheck'
                     and outcome not in ('unchanged', 'superseded', 'held', 'waiting', 'parked')
                 -- A part of a snapshot can tell of members who joined and of others who left.
                 group by event_id, kind, scim_id, case when kind = 'membership' then outcome end
                 having count(*) > 1",
            ),
        ] {
            let doubled: Vec<String> = world.lms.column(sql).await?;
            found.extend(doubled.into_iter().map(|of| format!("there are two {what} {of}")));
        }
        Ok(found)
    }

    /// Users to whom something older was done after something newer.
    pub(super) async fn out_of_order(&self, world: &World) -> anyhow::Result<Vec<String>> {
        // Commits of one integration wait for each other, so that the numbers of effects are in their order.
        let client = world.lms.connect().await?;
        let effects = client
            .query(
                "select inbox.integration || ' ' || inbox.subject, inbox.epoch, inbox.incarnation, inbox.version
                 from sync.effect join sync.inbox using (event_id)
                 where effect.kind = 'user' and inbox.subject like 'Users/%' and effect.event_type <> 'recheck'
                     and effect.outcome not in ('unchanged', 'superseded', 'held', 'waiting', 'parked')
                 order by effect.effect_id",
                &[],
            )
            .await?;
        let mut newest: BTreeMap<String, (i32, i32, i64)> = BTreeMap::new();
        let mut found = Vec::new();
        for row in &effects {
            let subject: String = row.try_get(0)?;
            let sequence = (row.try_get(1)?, row.try_get(2)?, row.try_get(3)?);
            if newest.get(&subject).is_some_and(|newest| *newest >= sequence) {
                found.push(format!("{sequence:?} of {subject} was applied after a newer one"));
            }
            newest.insert(subject, sequence);
        }
        Ok(found)
    }
}
