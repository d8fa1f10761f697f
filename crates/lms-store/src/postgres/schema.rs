//! The columns that this crate reads, in the order of the rows. Those that only the LMS knows are left out on purpose.

diesel::table! {
    lms.portal (portal_id) {
        portal_id -> Uuid,
        code -> Text,
    }
}

diesel::table! {
    lms.learner (learner_id) {
        learner_id -> Uuid,
        portal_id -> Uuid,
        integration -> Text,
        scim_id -> Uuid,
        source_object_id -> Nullable<Text>,
        status -> Text,
        inactive_reason -> Nullable<Text>,
        inactivated_at -> Nullable<Timestamptz>,
        reactivated_at -> Nullable<Timestamptz>,
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
        manager_scim_id -> Nullable<Uuid>,
        office -> Nullable<Text>,
        country -> Nullable<Text>,
        preferred_language -> Nullable<Text>,
        locale -> Nullable<Text>,
        time_zone -> Nullable<Text>,
        phone -> Nullable<Text>,
    }
}

diesel::table! {
    lms.cohort (cohort_id) {
        cohort_id -> Uuid,
        portal_id -> Uuid,
        integration -> Text,
        scim_id -> Uuid,
        source_object_id -> Nullable<Text>,
        name -> Text,
        slug -> Text,
        status -> Text,
        row_version -> BigInt,
    }
}

diesel::table! {
    lms.cohort_membership (cohort_id, learner_id, origin) {
        cohort_id -> Uuid,
        learner_id -> Uuid,
        origin -> Text,
    }
}

diesel::table! {
    lms.training_record (record_id) {
        record_id -> Uuid,
        learner_id -> Uuid,
        course_title -> Text,
        completed_at -> Timestamptz,
        passed -> Bool,
        certificate_number -> Nullable<Text>,
    }
}

diesel::table! {
    sync.integration (slug) {
        slug -> Text,
        portal_id -> Uuid,
        environment -> Text,
    }
}

diesel::table! {
    sync.link (integration, kind, scim_id) {
        integration -> Text,
        kind -> Text,
        scim_id -> Uuid,
        learner_id -> Nullable<Uuid>,
        cohort_id -> Nullable<Uuid>,
        epoch -> Integer,
        incarnation -> Integer,
        version -> BigInt,
        tombstoned -> Bool,
    }
}

diesel::table! {
    sync.inbox (event_id) {
        event_id -> Uuid,
    }
}

diesel::joinable!(integration -> portal (portal_id));
diesel::table! {
    sync.parked_event (event_id) {
        event_id -> Uuid,
        routing_key -> Text,
        content_type -> Text,
        attributes -> Json,
        body -> Binary,
        last_parked_at -> Timestamptz,
    }
}

diesel::allow_tables_to_appear_in_same_query!(integration, portal);
diesel::allow_tables_to_appear_in_same_query!(cohort, cohort_membership);
diesel::allow_tables_to_appear_in_same_query!(learner, training_record);
