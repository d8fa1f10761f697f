//! The contract of the directory's ports, kept by both adapters.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test ends by panicking"
)]

mod audit;
mod changes;
mod concurrency;
#[cfg(feature = "postgres")]
mod counted;
mod event_log;
mod fixture;
#[cfg(feature = "postgres")]
mod functions;
mod groups;
mod integrations;
mod isolation;
mod log;
mod lookups;
mod members;
#[cfg(all(feature = "postgres", feature = "sqlite"))]
mod migrations;
mod outbox;
mod overview;
mod pages;
#[cfg(feature = "postgres")]
mod postgres;
mod property;
mod queries;
mod snapshots;
#[cfg(feature = "sqlite")]
mod sqlite;
#[cfg(feature = "postgres")]
mod together;
#[cfg(feature = "postgres")]
mod unanalysed;
mod users;
#[cfg(feature = "postgres")]
mod walls;

/// Makes a test of every case for each adapter.
macro_rules! contract {
    ($($module:ident: $($case:ident)+;)+) => {
        #[cfg(feature = "sqlite")]
        mod in_sqlite {
            $(mod $module {
                $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $case() {
                    crate::$module::$case(crate::fixture::Fixture::sqlite().await).await;
                })+
            })+
        }

        #[cfg(feature = "postgres")]
        mod in_postgres {
            $(mod $module {
                $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $case() {
                    crate::$module::$case(crate::fixture::Fixture::postgres().await).await;
                })+
            })+
        }
    };
}

contract! {
    users:
        a_created_user_is_read_as_it_was_written
        every_key_finds_the_user
        pages_are_in_the_order_of_ids_and_know_the_total
        a_name_is_taken_in_any_letter_case
        an_external_id_is_taken_once
        a_taken_name_is_also_refused_to_a_replacement
        deletion_hides_the_user_and_frees_its_names
        a_user_that_comes_back_is_the_next_incarnation
        users_without_external_id_are_all_first_incarnations
        a_replacement_of_another_version_is_refused
        what_does_not_live_is_not_found
        a_refused_change_writes_nothing
        users_of_another_integration_do_not_exist;
    groups:
        a_created_group_is_read_as_it_was_written
        every_key_finds_the_group
        groups_are_found_by_member
        pages_are_in_the_order_of_ids_and_know_the_total
        a_display_name_is_taken_in_any_letter_case
        first_members_are_told_after_the_group
        a_replacement_with_members_is_one_version
        a_replacement_of_another_version_is_refused
        deletion_ends_the_group_and_its_memberships
        a_group_that_comes_back_is_the_next_incarnation
        groups_of_another_integration_do_not_exist;
    members:
        a_delta_changes_only_what_it_names
        a_replacement_tells_only_the_difference
        duplicates_and_unknown_users_are_passed_over
        users_of_another_integration_never_join
        nothing_to_change_writes_nothing
        an_insisted_version_is_checked
        a_group_that_does_not_live_has_no_members_to_edit
        a_deleted_user_leaves_its_groups_without_an_event
        a_user_is_answered_with_its_groups
        users_are_counted_by_their_ids
        a_thousand_members_are_told_in_chunks;
    queries:
        operators_compare_as_the_rfc_says
        special_attributes_are_compared
        conditions_on_entries_are_about_one_entry
        groups_of_users_are_compared
        members_of_groups_are_compared
        wrong_types_equal_nothing_and_fail_nothing
        the_longest_filters_are_answered
        a_directory_that_is_too_large_is_not_searched;
    pages:
        users_are_ordered_by_value_and_then_by_id
        the_primary_entry_decides_about_the_order
        a_walk_by_ids_meets_everybody_once
        a_walk_in_an_order_meets_everybody_once
        only_what_is_asked_for_is_counted
        a_deep_page_is_that_of_its_offset;
    lookups:
        a_replaced_value_no_longer_finds_the_user
        a_deleted_user_leaves_no_lookups
        a_refused_change_leaves_lookups_alone
        a_long_value_is_found
        attributes_of_an_own_extension_are_found
        a_number_that_the_store_writes_otherwise_is_no_change;
    property:
        every_filter_selects_what_it_matches
        every_sort_orders_as_it_compares;
    isolation:
        whatever_one_integration_asks_another_neither_changes_nor_shows;
    concurrency:
        parallel_edits_of_one_group_lose_nobody
        edits_of_one_group_at_once_are_answered_each_for_itself
        the_total_is_that_of_what_lives_after_changes_at_once
        questions_at_once_are_answered_each_for_itself
        one_of_many_parallel_creations_wins
        changes_at_once_are_answered_each_for_itself
        one_of_many_parallel_replacements_wins
        the_member_count_survives_deletions_during_edits
        parallel_credentials_stay_within_the_limit
        a_credential_gets_one_successor_at_a_time
        a_commit_goes_on_without_its_caller;
    outbox:
        an_envelope_is_complete
        events_are_claimed_oldest_first_and_only_once
        a_lease_that_ended_is_claimed_again
        an_event_of_a_later_version_keeps_no_other_from_being_sent
        relays_never_share_an_event
        only_the_holder_marks_and_releases
        released_events_are_claimed_at_once
        the_backlog_counts_what_is_unsent
        a_commit_wakes_a_waiting_relay
        an_epoch_is_stamped_on_events
        one_with_much_to_tell_holds_up_no_other
        a_claim_is_full_when_there_is_enough
        of_more_integrations_than_fit_all_get_their_turn
        what_is_written_into_the_log_waits_until_it_is_sent
        what_another_relay_has_sent_is_marked_by_nobody_else
        an_event_that_is_gone_holds_up_no_other;
    event_log:
        what_was_published_since_is_published_again
        what_comes_again_is_behind_what_is_new
        one_resource_is_published_again
        what_waits_already_waits_once
        snapshots_are_not_published_again
        the_log_is_walked_over_in_parts
        what_is_old_and_published_is_forgotten
        what_was_not_published_is_never_forgotten
        what_is_to_be_published_again_is_not_forgotten
        what_does_not_wait_was_published;
    snapshots:
        everything_is_told_once_and_in_order
        an_empty_integration_is_told_too
        its_events_are_of_the_integration
        sequences_are_those_of_the_resources_own_events
        members_of_a_large_group_come_in_ranges
        a_group_that_goes_meanwhile_ends_its_ranges
        what_changes_meanwhile_is_told_by_a_range_or_a_newer_event
        a_worker_that_dies_leaves_no_gap
        one_who_lost_the_lease_tells_nothing
        workers_side_by_side_tell_nothing_twice
        integrations_take_turns_and_never_mix
        one_runs_at_a_time
        a_user_alone_is_told
        a_group_alone_is_told_with_its_members
        what_is_gone_is_told_as_an_empty_range
        of_one_resource_one_runs_beside_that_of_all
        a_position_is_kept_as_it_was
        the_schedule_finds_integrations_that_are_due
        a_full_outbox_makes_a_snapshot_wait
        a_step_wakes_a_waiting_relay
        pages_are_of_one_integration;
    log:
        an_entry_is_read_as_it_was_written
        a_bulk_request_is_found_with_its_operations
        a_change_is_logged_with_it_and_only_once
        every_operation_says_what_it_came_to
        a_request_is_logged_once
        every_filter_finds_its_entries
        several_outcomes_are_one_list
        a_look_ends_after_so_many_entries
        a_look_that_goes_on_misses_nothing_and_repeats_nothing
        a_page_goes_on_behind_an_entry
        entries_of_another_integration_do_not_exist
        only_what_is_older_is_forgotten_the_oldest_first;
    overview:
        the_newest_of_each_outcome_is_known_and_problems_are_counted
        events_that_wait_are_counted_up_to_a_bound
        what_came_first_is_known
        a_group_that_goes_is_nobodys_deactivation
        the_newest_users_are_answered;
    audit:
        an_act_is_on_record_before_and_after_it_ends
        an_act_begins_and_ends_once
        an_act_gets_the_integration_that_it_made
        acts_are_listed_newest_first_for_one_integration_or_all
        acts_are_forgotten_the_oldest_first;
    integrations:
        an_integration_is_read_as_it_was_written
        an_integration_that_exists_stays_as_it_is
        credentials_of_every_kind_are_read_as_they_were_written
        expired_credentials_push_none_out_that_can_be_used
        the_id_of_a_credential_is_taken_once
        a_credential_is_revoked_once_and_in_its_own_integration
        uses_add_up_and_the_newest_is_the_last
        the_registry_has_a_new_version_after_every_change
        integrations_are_listed_by_slug_and_portal
        a_change_is_made_over_the_version_that_was_read_and_told
        profile_and_extensions_are_kept
        a_store_that_works_says_so;
}
