//! The set-based statements of a commit. What a membership of origin scim is stands in the view
//! `sync.derived_membership` alone.

use std::sync::LazyLock;

use crate::bulk::BulkStatement;
use crate::rows::{LEARNER_IDENTITY, LEARNER_WRITTEN};

pub(super) struct RegisterPortals;

impl BulkStatement for RegisterPortals {
    fn sql() -> &'static str {
        "insert into lms.portal (portal_id, code, environment)
         select portal_id, portal_code, environment
         from json_to_recordset({rows}::json) as r(portal_id uuid, portal_code text, environment text)
         on conflict do nothing"
    }
}

pub(super) struct RegisterIntegrations;

impl BulkStatement for RegisterIntegrations {
    fn sql() -> &'static str {
        "insert into sync.integration (slug, portal_id, environment)
         select r.slug, portal.portal_id, r.environment
         from json_to_recordset({rows}::json) as r(slug text, portal_code text, environment text)
         join lms.portal as portal on portal.code = r.portal_code and portal.environment = r.environment
         order by r.slug
         on conflict do nothing"
    }
}

pub(super) struct InsertHandled;

impl BulkStatement for InsertHandled {
    fn sql() -> &'static str {
        "insert into sync.inbox (event_id, integration, subject, epoch, incarnation, version, outcome)
         select event_id, integration, subject, epoch, incarnation, version, outcome
         from json_populate_recordset(null::sync.inbox, {rows}::json)
         on conflict do nothing"
    }
}

/// What is handled waits for nobody any more.
pub(super) struct ForgetParked;

impl BulkStatement for ForgetParked {
    fn sql() -> &'static str {
        "delete from sync.parked_event
         where event_id in (select event_id from json_to_recordset({rows}::json) as r(event_id uuid))"
    }
}

pub(super) struct UpsertParked;

impl BulkStatement for UpsertParked {
    fn sql() -> &'static str {
        "insert into sync.parked_event as parked (event_id, reason, routing_key, content_type, attributes, body)
         select event_id, reason, routing_key, content_type, attributes, decode(body_hex, 'hex')
         from json_to_recordset({rows}::json) as r(
             event_id uuid, reason text, routing_key text, content_type text, attributes json, body_hex text)
         on conflict (event_id) do update
         set reason = excluded.reason, attempts = parked.attempts + 1, last_parked_at = now()"
    }
}

pub(super) struct InsertLearners;

impl BulkStatement for InsertLearners {
    fn sql() -> &'static str {
        static SQL: LazyLock<String> = LazyLock::new(|| {
            let columns = [&LEARNER_IDENTITY[..], &LEARNER_WRITTEN[..]].concat().join(", ");
            format!(
                "insert into lms.learner ({columns}, origin)
                 select {columns}, 'scim' from json_populate_recordset(null::lms.learner, {{rows}}::json)
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
            let assignments = LEARNER_WRITTEN.map(|column| format!("{column} = r.{column}")).join(", ");
            format!(
                "update lms.learner as learner set {assignments}
                 from json_populate_recordset(null::lms.learner, {{rows}}::json) as r
                 where learner.learner_id = r.learner_id and learner.row_version = r.row_version"
            )
        });
        &SQL
    }
}

pub(super) struct InsertCohorts;

impl BulkStatement for InsertCohorts {
    fn sql() -> &'static str {
        "insert into lms.cohort
             (cohort_id, portal_id, integration, scim_id, source_object_id, name, slug, status, origin)
         select cohort_id, portal_id, integration, scim_id, source_object_id, name, slug, status, 'scim'
         from json_populate_recordset(null::lms.cohort, {rows}::json)
         on conflict (cohort_id) do nothing"
    }
}

pub(super) struct UpdateCohorts;

impl BulkStatement for UpdateCohorts {
    fn sql() -> &'static str {
        "update lms.cohort as cohort
         set scim_id = r.scim_id, source_object_id = r.source_object_id, name = r.name, slug = r.slug,
             status = r.status
         from json_populate_recordset(null::lms.cohort, {rows}::json) as r
         where cohort.cohort_id = r.cohort_id and cohort.row_version = r.row_version"
    }
}

pub(super) struct InsertLinks;

impl BulkStatement for InsertLinks {
    fn sql() -> &'static str {
        "insert into sync.link
             (integration, kind, scim_id, learner_id, cohort_id, epoch, incarnation, version, tombstoned)
         select integration, kind, scim_id, learner_id, cohort_id, epoch, incarnation, version, tombstoned
         from json_populate_recordset(null::sync.link, {rows}::json)
         on conflict do nothing"
    }
}

pub(super) struct UpdateLinks;

impl BulkStatement for UpdateLinks {
    fn sql() -> &'static str {
        "update sync.link as link
         set learner_id = r.learner_id, cohort_id = r.cohort_id, epoch = r.epoch, incarnation = r.incarnation,
             version = r.version, tombstoned = r.tombstoned
         from json_to_recordset({rows}::json) as r(
             integration text, kind text, scim_id uuid, learner_id uuid, cohort_id uuid, epoch integer,
             incarnation integer, version bigint, tombstoned boolean, replaced_epoch integer,
             replaced_incarnation integer, replaced_version bigint)
         where link.integration = r.integration and link.kind = r.kind and link.scim_id = r.scim_id
             and (link.epoch, link.incarnation, link.version)
                 = (r.replaced_epoch, r.replaced_incarnation, r.replaced_version)"
    }
}

/// Last writer wins; of equal age, absence.
pub(super) struct UpsertEdges;

impl BulkStatement for UpsertEdges {
    fn sql() -> &'static str {
        "insert into sync.edge as edge
             (integration, scim_group_id, scim_user_id, epoch, incarnation, version, present)
         select integration, scim_group_id, scim_user_id, epoch, incarnation, version, present
         from json_populate_recordset(null::sync.edge, {rows}::json)
         on conflict (integration, scim_group_id, scim_user_id) do update
         set epoch = excluded.epoch, incarnation = excluded.incarnation, version = excluded.version,
             present = excluded.present
         where (edge.epoch, edge.incarnation, edge.version, not edge.present)
             < (excluded.epoch, excluded.incarnation, excluded.version, not excluded.present)"
    }
}

pub(super) struct EndMembershipsOfEdges;

impl BulkStatement for EndMembershipsOfEdges {
    fn sql() -> &'static str {
        "delete from lms.cohort_membership as membership
         using json_populate_recordset(null::sync.edge, {rows}::json) as r
         join sync.derived_membership as derived using (integration, scim_group_id, scim_user_id)
         where not derived.is_effective and membership.origin = 'scim'
             and membership.cohort_id = derived.cohort_id and membership.learner_id = derived.learner_id"
    }
}

pub(super) struct BeginMembershipsOfEdges;

impl BulkStatement for BeginMembershipsOfEdges {
    fn sql() -> &'static str {
        "insert into lms.cohort_membership (cohort_id, learner_id, origin)
         select derived.cohort_id, derived.learner_id, 'scim'
         from json_populate_recordset(null::sync.edge, {rows}::json) as r
         join sync.derived_membership as derived using (integration, scim_group_id, scim_user_id)
         where derived.is_effective and derived.cohort_id is not null and derived.learner_id is not null
         on conflict do nothing"
    }
}

/// Leaves alone what is right, with the day since when it is.
pub(super) struct EndMembershipsOfLearners;

impl BulkStatement for EndMembershipsOfLearners {
    fn sql() -> &'static str {
        "delete from lms.cohort_membership as membership
         using json_to_recordset({rows}::json) as r(learner_id uuid)
         join lms.learner as learner using (learner_id)
         where membership.learner_id = learner.learner_id and membership.origin = 'scim'
             and not exists (
                 select from lms.cohort as cohort
                 join sync.derived_membership as derived
                     on derived.integration = cohort.integration and derived.scim_group_id = cohort.scim_id
                 where cohort.cohort_id = membership.cohort_id and derived.integration = learner.integration
                     and derived.scim_user_id = learner.scim_id and derived.is_effective)"
    }
}

pub(super) struct BeginMembershipsOfLearners;

impl BulkStatement for BeginMembershipsOfLearners {
    fn sql() -> &'static str {
        "insert into lms.cohort_membership (cohort_id, learner_id, origin)
         select derived.cohort_id, learner.learner_id, 'scim'
         from json_to_recordset({rows}::json) as r(learner_id uuid)
         join lms.learner as learner using (learner_id)
         join sync.derived_membership as derived
             on derived.integration = learner.integration and derived.scim_user_id = learner.scim_id
         where derived.is_effective and derived.cohort_id is not null
         on conflict do nothing"
    }
}

pub(super) struct EndMembershipsOfCohorts;

impl BulkStatement for EndMembershipsOfCohorts {
    fn sql() -> &'static str {
        "delete from lms.cohort_membership as membership
         using json_to_recordset({rows}::json) as r(cohort_id uuid)
         where membership.cohort_id = r.cohort_id and membership.origin = 'scim'"
    }
}

pub(super) struct BeginMembershipsOfCohorts;

impl BulkStatement for BeginMembershipsOfCohorts {
    fn sql() -> &'static str {
        "insert into lms.cohort_membership (cohort_id, learner_id, origin)
         select cohort.cohort_id, derived.learner_id, 'scim'
         from json_to_recordset({rows}::json) as r(cohort_id uuid)
         join lms.cohort as cohort using (cohort_id)
         join sync.derived_membership as derived
             on derived.integration = cohort.integration and derived.scim_group_id = cohort.scim_id
         where derived.is_effective and derived.learner_id is not null
         on conflict do nothing"
    }
}
