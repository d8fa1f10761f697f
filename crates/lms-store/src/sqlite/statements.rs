//! The set-based statements of a commit. What a membership of origin scim is stands in the view
//! `sync_derived_membership` alone. A `where true` keeps SQLite from reading `on conflict` as part of a join.

use std::sync::LazyLock;

use crate::bulk::BulkStatement;
use crate::rows::{LEARNER_IDENTITY, LEARNER_WRITTEN};

pub(super) struct RegisterPortals;

impl BulkStatement for RegisterPortals {
    fn sql() -> &'static str {
        "insert into lms_portal (portal_id, code, environment)
         select value ->> 'portal_id', value ->> 'portal_code', value ->> 'environment'
         from json_each({rows}) where true
         on conflict do nothing"
    }
}

pub(super) struct RegisterIntegrations;

impl BulkStatement for RegisterIntegrations {
    fn sql() -> &'static str {
        "insert into sync_integration (slug, portal_id, environment)
         select r.value ->> 'slug', portal.portal_id, portal.environment
         from json_each({rows}) as r
         join lms_portal as portal
             on portal.code = r.value ->> 'portal_code' and portal.environment = r.value ->> 'environment'
         where true
         on conflict do nothing"
    }
}

pub(super) struct InsertHandled;

impl BulkStatement for InsertHandled {
    fn sql() -> &'static str {
        "insert into sync_inbox (event_id, integration, subject, epoch, incarnation, version, outcome)
         select value ->> 'event_id', value ->> 'integration', value ->> 'subject', value ->> 'epoch',
             value ->> 'incarnation', value ->> 'version', value ->> 'outcome'
         from json_each({rows}) where true
         on conflict do nothing"
    }
}

/// What is handled waits for nobody any more.
pub(super) struct ForgetParked;

impl BulkStatement for ForgetParked {
    fn sql() -> &'static str {
        "delete from sync_parked_event where event_id in (select value ->> 'event_id' from json_each({rows}))"
    }
}

pub(super) struct UpsertParked;

impl BulkStatement for UpsertParked {
    fn sql() -> &'static str {
        "insert into sync_parked_event (event_id, reason, routing_key, content_type, attributes, body)
         select value ->> 'event_id', value ->> 'reason', value ->> 'routing_key', value ->> 'content_type',
             value -> 'attributes', unhex(value ->> 'body_hex')
         from json_each({rows}) where true
         on conflict (event_id) do update
         set reason = excluded.reason, attempts = attempts + 1,
             last_parked_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now')"
    }
}

pub(super) struct InsertLearners;

impl BulkStatement for InsertLearners {
    fn sql() -> &'static str {
        static SQL: LazyLock<String> = LazyLock::new(|| {
            let columns = [&LEARNER_IDENTITY[..], &LEARNER_WRITTEN[..]].concat();
            let values: Vec<String> = columns.iter().map(|column| format!("value ->> '{column}'")).collect();
            let (columns, values) = (columns.join(", "), values.join(", "));
            format!(
                "insert into lms_learner ({columns}, origin)
                 select {values}, 'scim' from json_each({{rows}}) where true
                 on conflict (learner_id) do nothing"
            )
        });
        &SQL
    }
}

pub(super) struct UpdateLearners;

impl BulkStatement for UpdateLearners {
    fn sql() -> &'static str {
        static SQL: LazyLock<String> = LazyLock::new(|| {
            let assignments =
                LEARNER_WRITTEN.map(|column| format!("{column} = r.value ->> '{column}'")).join(", ");
            format!(
                "update lms_learner set {assignments}
                 from json_each({{rows}}) as r
                 where learner_id = r.value ->> 'learner_id' and row_version = r.value ->> 'row_version'"
            )
        });
        &SQL
    }
}

pub(super) struct InsertCohorts;

impl BulkStatement for InsertCohorts {
    fn sql() -> &'static str {
        "insert into lms_cohort
             (cohort_id, portal_id, integration, scim_id, source_object_id, name, slug, status, origin)
         select value ->> 'cohort_id', value ->> 'portal_id', value ->> 'integration', value ->> 'scim_id',
             value ->> 'source_object_id', value ->> 'name', value ->> 'slug', value ->> 'status', 'scim'
         from json_each({rows}) where true
         on conflict (cohort_id) do nothing"
    }
}

pub(super) struct UpdateCohorts;

impl BulkStatement for UpdateCohorts {
    fn sql() -> &'static str {
        "update lms_cohort
         set scim_id = r.value ->> 'scim_id', source_object_id = r.value ->> 'source_object_id',
             name = r.value ->> 'name', slug = r.value ->> 'slug', status = r.value ->> 'status'
         from json_each({rows}) as r
         where cohort_id = r.value ->> 'cohort_id' and row_version = r.value ->> 'row_version'"
    }
}

pub(super) struct InsertLinks;

impl BulkStatement for InsertLinks {
    fn sql() -> &'static str {
        "insert into sync_link
             (integration, kind, scim_id, learner_id, cohort_id, epoch, incarnation, version, tombstoned)
         select value ->> 'integration', value ->> 'kind', value ->> 'scim_id', value ->> 'learner_id',
             value ->> 'cohort_id', value ->> 'epoch', value ->> 'incarnation', value ->> 'version',
             value ->> 'tombstoned'
         from json_each({rows}) where true
         on conflict do nothing"
    }
}

pub(super) struct UpdateLinks;

impl BulkStatement for UpdateLinks {
    fn sql() -> &'static str {
        "update sync_link
         set learner_id = r.value ->> 'learner_id', cohort_id = r.value ->> 'cohort_id',
             epoch = r.value ->> 'epoch', incarnation = r.value ->> 'incarnation',
             version = r.value ->> 'version', tombstoned = r.value ->> 'tombstoned'
         from json_each({rows}) as r
         where integration = r.value ->> 'integration' and kind = r.value ->> 'kind'
             and scim_id = r.value ->> 'scim_id' and epoch = r.value ->> 'replaced_epoch'
             and incarnation = r.value ->> 'replaced_incarnation' and version = r.value ->> 'replaced_version'"
    }
}

/// Last writer wins; of equal age, absence.
pub(super) struct UpsertEdges;

impl BulkStatement for UpsertEdges {
    fn sql() -> &'static str {
        "insert into sync_edge
             (integration, scim_group_id, scim_user_id, epoch, incarnation, version, present)
         select value ->> 'integration', value ->> 'scim_group_id', value ->> 'scim_user_id', value ->> 'epoch',
             value ->> 'incarnation', value ->> 'version', value ->> 'present'
         from json_each({rows}) where true
         on conflict (integration, scim_group_id, scim_user_id) do update
         set epoch = excluded.epoch, incarnation = excluded.incarnation, version = excluded.version,
             present = excluded.present
         where (epoch, incarnation, version, not present)
             < (excluded.epoch, excluded.incarnation, excluded.version, not excluded.present)"
    }
}

pub(super) struct EndMembershipsOfEdges;

impl BulkStatement for EndMembershipsOfEdges {
    fn sql() -> &'static str {
        "delete from lms_cohort_membership
         where origin = 'scim' and (cohort_id, learner_id) in (
             select derived.cohort_id, derived.learner_id
             from json_each({rows}) as r
             join sync_derived_membership as derived
                 on derived.integration = r.value ->> 'integration'
                 and derived.scim_group_id = r.value ->> 'scim_group_id'
                 and derived.scim_user_id = r.value ->> 'scim_user_id'
             where not derived.is_effective)"
    }
}

pub(super) struct BeginMembershipsOfEdges;

impl BulkStatement for BeginMembershipsOfEdges {
    fn sql() -> &'static str {
        "insert into lms_cohort_membership (cohort_id, learner_id, origin)
         select derived.cohort_id, derived.learner_id, 'scim'
         from json_each({rows}) as r
         join sync_derived_membership as derived
             on derived.integration = r.value ->> 'integration'
             and derived.scim_group_id = r.value ->> 'scim_group_id'
             and derived.scim_user_id = r.value ->> 'scim_user_id'
         where derived.is_effective and derived.cohort_id is not null and derived.learner_id is not null
         on conflict do nothing"
    }
}

/// Leaves alone what is right, with the day since when it is.
pub(super) struct EndMembershipsOfLearners;

impl BulkStatement for EndMembershipsOfLearners {
    fn sql() -> &'static str {
        "delete from lms_cohort_membership as membership
         where origin = 'scim' and learner_id in (select value ->> 'learner_id' from json_each({rows}))
             and not exists (
                 select 1 from lms_learner as learner
                 join lms_cohort as cohort
                     on cohort.cohort_id = membership.cohort_id and cohort.integration = learner.integration
                 join sync_derived_membership as derived
                     on derived.integration = learner.integration and derived.scim_group_id = cohort.scim_id
                     and derived.scim_user_id = learner.scim_id
                 where learner.learner_id = membership.learner_id and derived.is_effective)"
    }
}

pub(super) struct BeginMembershipsOfLearners;

impl BulkStatement for BeginMembershipsOfLearners {
    fn sql() -> &'static str {
        "insert into lms_cohort_membership (cohort_id, learner_id, origin)
         select derived.cohort_id, learner.learner_id, 'scim'
         from json_each({rows}) as r
         join lms_learner as learner on learner.learner_id = r.value ->> 'learner_id'
         join sync_derived_membership as derived
             on derived.integration = learner.integration and derived.scim_user_id = learner.scim_id
         where derived.is_effective and derived.cohort_id is not null
         on conflict do nothing"
    }
}

pub(super) struct EndMembershipsOfCohorts;

impl BulkStatement for EndMembershipsOfCohorts {
    fn sql() -> &'static str {
        "delete from lms_cohort_membership
         where origin = 'scim' and cohort_id in (select value ->> 'cohort_id' from json_each({rows}))"
    }
}

pub(super) struct BeginMembershipsOfCohorts;

impl BulkStatement for BeginMembershipsOfCohorts {
    fn sql() -> &'static str {
        "insert into lms_cohort_membership (cohort_id, learner_id, origin)
         select cohort.cohort_id, derived.learner_id, 'scim'
         from json_each({rows}) as r
         join lms_cohort as cohort on cohort.cohort_id = r.value ->> 'cohort_id'
         join sync_derived_membership as derived
             on derived.integration = cohort.integration and derived.scim_group_id = cohort.scim_id
         where derived.is_effective and derived.learner_id is not null
         on conflict do nothing"
    }
}
