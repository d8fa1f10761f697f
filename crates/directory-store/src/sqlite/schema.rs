//! The tables as diesel sees them.

use diesel::{allow_tables_to_appear_in_same_query, table};

table! {
    integration (id) {
        id -> Text,
        slug -> Text,
        portal -> Text,
        environment -> Text,
        state -> Text,
        profile -> Text,
        user_extensions -> Text,
        settings -> Text,
        version -> BigInt,
        created_at -> BigInt,
    }
}

table! {
    credential (id) {
        id -> Text,
        integration_id -> Text,
        kind -> Text,
        digest -> Nullable<Binary>,
        terms -> Text,
        replaces -> Nullable<Text>,
        created_at -> BigInt,
        created_by -> Text,
        expires_at -> Nullable<BigInt>,
        revoked_at -> Nullable<BigInt>,
        revoked_by -> Nullable<Text>,
        uses -> BigInt,
        last_used_at -> Nullable<BigInt>,
        last_used_address -> Nullable<Text>,
        last_used_agent -> Nullable<Text>,
    }
}

table! {
    registry_version (only_row) {
        only_row -> Integer,
        version -> BigInt,
    }
}

table! {
    source_epoch (only_row) {
        only_row -> Integer,
        epoch -> Integer,
    }
}

table! {
    scim_user (integration_id, id) {
        integration_id -> Text,
        id -> Text,
        incarnation -> Integer,
        version -> BigInt,
        created_at -> BigInt,
        last_modified -> BigInt,
        deleted_at -> Nullable<BigInt>,
        user_name_folded -> Text,
        external_id -> Nullable<Text>,
        display_name -> Nullable<Text>,
        display_name_folded -> Nullable<Text>,
        active -> Bool,
        resource -> Text,
    }
}

table! {
    user_lookup (integration_id, attribute, value, user_id) {
        integration_id -> Text,
        attribute -> Text,
        value -> Text,
        user_id -> Text,
    }
}

table! {
    scim_group (integration_id, id) {
        integration_id -> Text,
        id -> Text,
        incarnation -> Integer,
        version -> BigInt,
        created_at -> BigInt,
        last_modified -> BigInt,
        deleted_at -> Nullable<BigInt>,
        display_name_folded -> Text,
        external_id -> Nullable<Text>,
        member_count -> Integer,
        resource -> Text,
    }
}

table! {
    group_member (integration_id, group_id, user_id) {
        integration_id -> Text,
        group_id -> Text,
        user_id -> Text,
    }
}

table! {
    event_log (id) {
        id -> BigInt,
        event_id -> Text,
        integration_id -> Text,
        event_type -> Text,
        subject_kind -> Text,
        subject_id -> Text,
        epoch -> Integer,
        incarnation -> Integer,
        version -> BigInt,
        data -> Text,
        txn -> Text,
        traceparent -> Nullable<Text>,
        committed_at -> BigInt,
    }
}

table! {
    outbox (event_id) {
        event_id -> Text,
        integration_id -> Text,
        log_id -> BigInt,
        replayed -> Bool,
        committed_at -> BigInt,
        claimed_by -> Nullable<Text>,
        claimed_until -> Nullable<BigInt>,
        attempts -> Integer,
    }
}

table! {
    provisioning_log (id) {
        id -> BigInt,
        integration_id -> Text,
        request_id -> Text,
        at -> BigInt,
        operation -> Text,
        kind -> Nullable<Text>,
        subject_id -> Nullable<Text>,
        person -> Nullable<Binary>,
        outcome -> Text,
        status -> Nullable<SmallInt>,
        reason -> Nullable<Text>,
        changed -> Text,
        credential_id -> Nullable<Text>,
        address -> Nullable<Text>,
        agent -> Nullable<Text>,
        bulk_request_id -> Nullable<Text>,
        duration_ms -> Nullable<Integer>,
        expected -> Nullable<Text>,
        received -> Nullable<Text>,
    }
}

table! {
    snapshot (id) {
        id -> Text,
        integration_id -> Text,
        only_kind -> Nullable<Text>,
        only_id -> Nullable<Text>,
        requested_by -> Text,
        began_at -> BigInt,
        phase -> Text,
        after_group -> Nullable<Text>,
        after_id -> Nullable<Text>,
        chunks -> Integer,
        users -> Integer,
        groups -> Integer,
        members -> BigInt,
        finished_at -> Nullable<BigInt>,
        claimed_by -> Nullable<Text>,
        claimed_until -> Nullable<BigInt>,
    }
}

table! {
    act (number) {
        number -> BigInt,
        id -> Text,
        at -> BigInt,
        subject -> Text,
        address -> Nullable<Text>,
        method -> Text,
        route -> Text,
        integration -> Nullable<Text>,
        target -> Nullable<Text>,
        status -> Nullable<SmallInt>,
        details -> Nullable<Text>,
    }
}

allow_tables_to_appear_in_same_query!(scim_user, scim_group, group_member);
allow_tables_to_appear_in_same_query!(integration, credential, event_log, outbox, snapshot);

diesel::define_sql_function! {
    /// Seconds since 1970, with a fraction for the modifier `subsec`.
    fn unixepoch(modifier: diesel::sql_types::Text) -> diesel::sql_types::Double;
}
