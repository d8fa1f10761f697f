//! What the rules of an integration are read and saved by. Every list is looked up by the leading columns of an index.

use crate::statement::Statement;

macro_rules! rules_object {
    () => {
        "{object: 'version', rules.version, 'document', rules.document, 'saved_by', rules.saved_by,
            'saved_at', rules.saved_at, 'comment', rules.comment}"
    };
}

/// Without a version, while nobody saved rules.
pub(super) static IN_FORCE: Statement = Statement::new(concat!(
    "select ",
    rules_object!(),
    " from {rows: integration text}
     join sync.integration as integration on integration.slug = r.integration
     left join sync.rules as rules on rules.integration = integration.slug and rules.version
         = (select max(newest.version) from sync.rules as newest where newest.integration = integration.slug)"
));

pub(super) static VERSION: Statement = Statement::new(concat!(
    "select ",
    rules_object!(),
    " from {rows: integration text, version integer}
     join sync.rules as rules on rules.integration = r.integration and rules.version = r.version"
));

pub(super) static VERSIONS: Statement = Statement::new(
    "with given as (select * from {rows: integration text, below integer, max_rows integer})
     select {object: 'version', rules.version, 'saved_by', rules.saved_by, 'saved_at', rules.saved_at,
        'comment', rules.comment}
     from sync.rules as rules
     where rules.integration = (select integration from given)
         and rules.version < (select coalesce(below, 2147483647) from given)
     order by rules.version desc
     limit (select max_rows from given)",
);

/// Only after the version that is in force.
pub(super) static INSERT: Statement = Statement::new(
    "insert into sync.rules (integration, version, document, saved_by, comment)
     select r.integration, r.version, r.document, r.saved_by, r.comment
     from {rows: integration text, version integer, document text, saved_by text, comment text}
     where r.version = 1 + (select coalesce(max(known.version), 0) from sync.rules as known
         where known.integration = r.integration)
     on conflict do nothing",
);

pub(super) static SET_GUARD_WINDOW: Statement = Statement::new(
    "update sync.integration as integration set guard_window_minutes = r.guard_window_minutes
     from {rows: integration text, guard_window_minutes integer}
     where integration.slug = r.integration",
);

/// What waits already, because it could not be done, is tried at once.
pub(super) static RECHECK_ALL: Statement = Statement::new(
    "insert into sync.recheck (integration, kind, scim_id)
     select link.integration, link.kind, link.scim_id
     from {rows: integration text, kind text}
     join sync.link as link on link.integration = r.integration and link.kind = r.kind
     where link.phase = 'current'
     on conflict (scim_id, kind, integration) do update set not_before = excluded.not_before",
);

pub(super) static CURRENT_GROUPS: Statement = Statement::new(
    "with given as (select * from {rows: integration text, after uuid, max_rows integer})
     select {object: 'scim_id', link.scim_id}
     from sync.link as link
     where link.integration = (select integration from given) and link.kind = 'group' and link.phase = 'current'
         and link.scim_id > (select coalesce(after, '00000000-0000-0000-0000-000000000000') from given)
     order by link.scim_id
     limit (select max_rows from given)",
);

pub(super) static USER_OF: Statement = Statement::new(
    "select {object: 'scim_id', learner.scim_id}
     from {rows: integration text, learner_id uuid}
     join lms.learner as learner on learner.learner_id = r.learner_id and learner.integration = r.integration",
);

pub(super) static REMARKS: Statement = Statement::new(
    "select {object: 'exempt_until', exemption.ends_at, 'exempt_because', exemption.reason,
        'recheck_at', recheck.requested_at, 'recheck_problem', recheck.reason}
     from {rows: integration text, scim_id uuid, learner_id uuid}
     left join sync.exemption as exemption on exemption.learner_id = r.learner_id and exemption.ends_at > {now}
     left join sync.recheck as recheck
         on recheck.scim_id = r.scim_id and recheck.kind = 'user' and recheck.integration = r.integration",
);

pub(super) static LAST_CONFLICTS: Statement = Statement::new(
    "with given as (select * from {rows: integration text, learner_id uuid, max_rows integer})
     select {object: 'attribute', conflict.attribute, 'kind', conflict.kind, 'lms_value', conflict.lms_value,
        'source_value', conflict.source_value, 'rules_version', conflict.rules_version,
        'event_id', conflict.event_id, 'request_id', conflict.request_id, 'noticed_at', conflict.noticed_at}
     from sync.conflict as conflict
     where conflict.learner_id = (select learner_id from given)
         and conflict.integration = (select integration from given)
     order by conflict.conflict_id desc
     limit (select max_rows from given)",
);
