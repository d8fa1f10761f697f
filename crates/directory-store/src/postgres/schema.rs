//! The tables as diesel sees them.

use diesel::{allow_tables_to_appear_in_same_query, table};

table! {
    directory.integration (id) {
        id -> Uuid,
        slug -> Text,
        portal -> Text,
        environment -> Text,
        state -> Text,
        profile -> Text,
        user_extensions -> Jsonb,
        settings -> Jsonb,
        version -> BigInt,
        created_at -> Timestamptz,
    }
}

table! {
    directory.credential (id) {
        id -> Text,
        integration_id -> Uuid,
        kind -> Text,
        digest -> Nullable<Binary>,
        terms -> Jsonb,
        replaces -> Nullable<Text>,
        created_at -> Timestamptz,
        created_by -> Text,
        expires_at -> Nullable<Timestamptz>,
        revoked_at -> Nullable<Timestamptz>,
        revoked_by -> Nullable<Text>,
        uses -> BigInt,
        last_used_at -> Nullable<Timestamptz>,
        last_used_address -> Nullable<Text>,
        last_used_agent -> Nullable<Text>,
    }
}

table! {
    directory.registry_version (only_row) {
        only_row -> Bool,
        version -> BigInt,
    }
}

table! {
    directory.source_epoch (only_row) {
        only_row -> Bool,
        epoch -> Integer,
    }
}

table! {
    directory.scim_user (integration_id, id) {
        integration_id -> Uuid,
        id -> Uuid,
        incarnation -> Integer,
        version -> BigInt,
        created_at -> Timestamptz,
        last_modified -> Timestamptz,
        deleted_at -> Nullable<Timestamptz>,
        live -> Bool,
        user_name_folded -> Text,
        external_id -> Nullable<Text>,
        display_name -> Nullable<Text>,
        display_name_folded -> Nullable<Text>,
        active -> Bool,
        resource -> Jsonb,
    }
}

table! {
    directory.scim_group (integration_id, id) {
        integration_id -> Uuid,
        id -> Uuid,
        incarnation -> Integer,
        version -> BigInt,
        created_at -> Timestamptz,
        last_modified -> Timestamptz,
        deleted_at -> Nullable<Timestamptz>,
        live -> Bool,
        display_name_folded -> Text,
        external_id -> Nullable<Text>,
        member_count -> Integer,
        resource -> Jsonb,
    }
}

table! {
    directory.group_member (group_id, user_id, integration_id) {
        integration_id -> Uuid,
        group_id -> Uuid,
        user_id -> Uuid,
    }
}

table! {
    directory.event_log (id) {
        id -> BigInt,
        event_id -> Uuid,
        integration_id -> Uuid,
        event_type -> Text,
        subject_kind -> Text,
        subject_id -> Uuid,
        epoch -> Integer,
        incarnation -> Integer,
        version -> BigInt,
        data -> Text,
        txn -> Uuid,
        committed_at -> Timestamptz,
    }
}

table! {
    directory.outbox (event_id) {
        event_id -> Uuid,
        integration_id -> Uuid,
        log_id -> BigInt,
        replayed -> Bool,
    }
}

table! {
    directory.snapshot (id) {
        id -> Uuid,
        integration_id -> Uuid,
        only_kind -> Nullable<Text>,
        only_id -> Nullable<Uuid>,
        requested_by -> Text,
        began_at -> Timestamptz,
        phase -> Text,
        after_group -> Nullable<Uuid>,
        after_id -> Nullable<Uuid>,
        chunks -> Integer,
        users -> Integer,
        groups -> Integer,
        members -> BigInt,
        finished_at -> Nullable<Timestamptz>,
        claimed_by -> Nullable<Uuid>,
        claimed_until -> Nullable<Timestamptz>,
    }
}

table! {
    directory.act (number) {
        number -> BigInt,
        id -> Uuid,
        at -> Timestamptz,
        subject -> Text,
        address -> Nullable<Text>,
        method -> Text,
        route -> Text,
        integration -> Nullable<Text>,
        target -> Nullable<Text>,
        status -> Nullable<SmallInt>,
        details -> Nullable<Json>,
    }
}

allow_tables_to_appear_in_same_query!(scim_user, scim_group, group_member);
allow_tables_to_appear_in_same_query!(integration, credential, snapshot);

diesel::define_sql_function! {
    fn coalesce(
        value: diesel::sql_types::Nullable<diesel::sql_types::Integer>,
        otherwise: diesel::sql_types::Integer,
    ) -> diesel::sql_types::Integer;
}
