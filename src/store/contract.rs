//! What every backend must do: one story a behaviour, run against each of them.
//!
//! A new backend adds a line at the end, and a way to open an empty store twice.

mod away;
mod counting;
pub mod fixtures;
mod forgetting;
mod keeping;
mod nudging;
mod outward;
mod reviewing;
#[cfg(feature = "postgres-tests")]
pub mod schema;
mod sending;
mod showing;
mod troubles;
mod verifying;

/// One test per behaviour, in a module named after the backend.
macro_rules! contract {
    ($backend:ident, $bench:ty: $($room:ident :: { $($behaviour:ident),+ $(,)? }),+ $(,)?) => {
        mod $backend {
            $($(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $behaviour() {
                    let bench = <$bench>::new().await;
                    super::$room::$behaviour(&bench).await;
                }
            )+)+
        }
    };
}

/// All behaviours, for one backend.
macro_rules! every_behaviour {
    ($backend:ident, $bench:ty) => {
        contract!($backend, $bench:
            keeping::{
                the_workspace_is_there_from_the_start, saving_the_workspace_takes_nothing_back,
                the_rehearsal_clock_never_goes_back, revisions_are_numbered_and_compared,
                one_of_two_revisions_at_once_wins, a_second_delivery_adds_no_revision, the_log_says_who_did_what_when, an_occurrence_comes_back_whole, fractions_of_a_second_are_dropped,
                queries_combine_their_conditions, queries_are_ordered, a_query_by_no_id_finds_nothing,
                a_query_takes_thousands_of_ids, recording_compares_the_version, recording_an_unknown_row_is_a_change,
                a_key_seen_before_records_nothing, a_lost_race_gives_its_key_back, of_two_recordings_at_once_one_stands,
                planning_twice_changes_nothing, planning_updates_by_version, lapsing_is_done_once,
                what_is_decided_does_not_lapse, direct_channels_are_remembered, keys_are_seen_once_and_forgotten,
                everything_survives_a_restart, a_closed_store_says_so, one_serves_at_a_time,
            },
            counting::{
                what_a_calendar_shows_is_counted, what_it_does_not_show_is_not_counted, moving_and_lapsing_are_counted,
                what_comes_in_inside_an_absence_is_counted,
                links_have_generations, a_second_delivery_resets_no_links,
            },
            forgetting::{
                forgetting_erases_words_and_keeps_counts, words_about_somebody_go_with_them,
                texts_are_written_anew_as_they_were_read, what_is_kept_about_one_is_told, what_is_old_goes_in_batches,
            },
            away::{
                absences_are_kept_in_order, absences_are_compared, an_absence_changes_rows_by_version,
                planning_by_other_absences_is_refused,
            },
            nudging::{
                planning_begins_the_cursor, a_new_revision_wakes, nothing_new_lets_sleep, recording_wakes, lapsing_wakes,
                the_next_wake_is_the_earliest, a_pass_moves_the_cursor_and_adds, a_pass_on_an_old_cursor_is_refused,
                a_click_during_a_pass_is_not_slept_over, a_pass_leaves_what_exists_alone, merging_takes_messages_away,
                merging_what_is_being_sent_is_refused, of_two_passes_at_once_one_stands,
            },
            reviewing::{
                something_is_said_in_one_message, the_first_answer_stands, an_if_then_is_kept_and_painted,
                who_is_heard_of_is_remembered, what_was_sent_is_counted,
            },
            sending::{
                what_is_not_settled_is_counted, pauses_outlive_a_restart,
                what_is_sent_can_be_reworded, a_question_is_no_nudge,
                a_message_is_added_once, claims_go_by_age_up_to_the_limit, claims_never_double,
                one_message_is_claimed_by_name, what_is_put_back_waits, what_is_put_back_wakes,
                what_is_being_sent_can_be_narrowed, waits_are_never_shortened,
                what_is_sent_is_counted, a_plan_counts_no_nudge_but_ends_a_snooze, a_snooze_to_come_stays,
                settling_twice_counts_once, what_is_uncertain_is_looked_for, leases_expire, a_late_answer_counts,
                what_is_over_is_over, an_attempt_that_was_given_up_is_not_begun,
            },
            showing::{
                messages_are_found, a_change_makes_stale_what_is_sent, a_change_while_sending_is_painted_after,
                a_change_while_painting_stays_stale, what_is_sent_anew_is_drawn_anew, lapsing_makes_stale,
                planning_makes_stale, a_snooze_that_rang_is_painted_elsewhere, painting_waits_its_turn,
                one_paints_at_a_time,
                what_is_gone_is_let_be, the_newest_is_painted_first, the_latest_is_found,
            },
            outward::{
                tokens_hold_until_they_are_revoked, an_answer_is_kept_with_what_it_answers, pages_follow_one_another,
                what_happens_is_told_to_who_asked, an_event_is_told_once_and_has_one_name,
                what_was_not_taken_waits_and_dies_and_lives_again, who_takes_nothing_is_left_in_peace,
                who_wants_no_more_is_told_no_more,
            },
            verifying::{
                what_a_rep_can_bear_out_is_found_until_they_are_asked, an_answer_is_compared_and_counted_once,
                questions_are_looked_at_when_there_is_a_reason, a_dispute_counts_once_it_stands,
                a_word_goes_with_whoever_said_it, a_word_goes_with_time,
            },
            troubles::{ a_trouble_is_noted_and_said_once, another_trouble_of_the_same_is_said_anew },
        );
    };
}

every_behaviour!(sqlite, super::fixtures::SqliteBench);
#[cfg(feature = "postgres-tests")]
every_behaviour!(postgres, super::fixtures::PostgresBench);
