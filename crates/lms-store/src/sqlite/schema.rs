//! The columns that this crate reads, in the order of the rows. Those that only the LMS knows are left out on purpose.

diesel::table! {
    #[sql_name = "lms_portal"]
    portal (portal_id) {
        portal_id -> Text,
        code -> Text,
    }
}

diesel::table! {
    #[sql_name = "lms_learner"]
    learner (learner_id) {
        learner_id -> Text,
        portal_id -> Text,
        integration -> Text,
        scim_id -> Text,
        source_object_id -> Nullable<Text>,
        status -> Text,
        inactive_reason -> Nullable<Text>,
        inactivated_at -> Nullable<TimestamptzSqlite>,
        reactivated_at -> Nullable<TimestamptzSqlite>,
        row_version -> BigInt,
        login -> Nullable<Text>,
        login_folded -> Nullable<Text>,
        email -> Nullable<Text>,
        given_name -> Nullable<Text>,
        family_name -> Nullable<Text>,
        display_name -> Nullable<Text>,
        job_title -> Nullable<Text>,
        department -> Nullable<Text>,
        division -> Nullable<Text>,
        organization -> Nullable<Text>,
        cost_center -> Nullable<Text>,
        employee_number -> Nullable<Text>,
        employee_type -> Nullable<Text>,
        hire_date -> Nullable<Date>,
        manager_scim_id -> Nullable<Text>,
        office -> Nullable<Text>,
        country -> Nullable<Text>,
        preferred_language -> Nullable<Text>,
        locale -> Nullable<Text>,
        time_zone -> Nullable<Text>,
        phone -> Nullable<Text>,
    }
}

diesel::table! {
    #[sql_name = "lms_cohort"]
    cohort (cohort_id) {
        cohort_id -> Text,
        portal_id -> Text,
        integration -> Text,
        scim_id -> Text,
        source_object_id -> Nullable<Text>,
        name -> Text,
        slug -> Text,
        status -> Text,
        row_version -> BigInt,
    }
}

diesel::table! {
    #[sql_name = "lms_cohort_membership"]
    cohort_membership (cohort_id, learner_id, origin) {
        cohort_id -> Text,
        learner_id -> Text,
        origin -> Text,
    }
}

diesel::table! {
    #[sql_name = "lms_training_record"]
    training_record (record_id) {
        record_id -> Text,
        learner_id -> Text,
        course_title -> Text,
        completed_at -> TimestamptzSqlite,
        passed -> Bool,
        certificate_number -> Nullable<Text>,
    }
}

diesel::table! {
    #[sql_name = "sync_integration"]
    integration (slug) {
        slug -> Text,
        portal_id -> Text,
        environment -> Text,
    }
}

diesel::table! {
    #[sql_name = "sync_link"]
    link (integration, kind, scim_id) {
        integration -> Text,
        kind -> Text,
        scim_id -> Text,
        learner_id -> Nullable<Text>,
        cohort_id -> Nullable<Text>,
        epoch -> Integer,
        incarnation -> Integer,
        version -> BigInt,
        tombstoned -> Bool,
    }
}

diesel::table! {
    #[sql_name = "sync_inbox"]
    inbox (event_id) {
        event_id -> Text,
    }
}

diesel::joinable!(integration -> portal (portal_id));
diesel::table! {
    #[sql_name = "sync_parked_event"]
    parked_event (event_id) {
        event_id -> Text,
        routing_key -> Text,
        content_type -> Text,
        attributes -> Text,
        body -> Binary,
        last_parked_at -> Text,
    }
}

diesel::allow_tables_to_appear_in_same_query!(integration, portal);
diesel::allow_tables_to_appear_in_same_query!(cohort, cohort_membership);
diesel::allow_tables_to_appear_in_same_query!(learner, training_record);
