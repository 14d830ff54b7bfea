//! What people see, one file a surface. A view is a picture of the record: it gets values and gives blocks, and every
//! English word that the bot says in Slack stands here.

pub mod away;
pub mod digest;
mod entry;
pub mod home;
#[cfg(test)]
mod limits;
pub mod lists;
pub mod manage;
pub mod modals;
pub mod nudge;
pub mod own;
pub mod progress;
pub mod refusal;
pub mod review;
pub mod settings;
pub mod several;
pub mod shortcuts;
pub mod text;
pub mod trouble;
pub mod verification;
pub mod welcome;
pub mod year;

mod kit;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod sizes;
#[cfg(test)]
mod snapshots;

use serde_json::Value;
use slack_morphism::blocks::{SlackBlock, SlackView};

pub use away::{AwayPicture, Said, away, away_modal, away_told_modal, no_such_days, not_understood};
pub use digest::{
    Detail, Drawn, LeadersQuestion, Someone, ask, ask_whose, asked, chart, details, digest, digest_csv,
    digest_form_errors, digest_notice, digest_thread, digest_thread_above, digest_unknown, excuse_of_whom,
    not_your_digest, question,
};
pub use home::{HomePicture, home, home_of_leader, home_of_stranger};
pub use lists::{Overview, Status, help, help_for, plain, status, stranger, today, week};
pub use modals::{
    answer_with_view, cant_modal, done_modal, field_errors, needs_a_reason, no_such_time, notice_modal, pick_time_modal,
};
pub use nudge::{Beside, MOST_BESIDE, MOST_ENTRIES, NudgePicture, nudge};
pub use own::OwnWeeks;
pub use progress::Progress;
pub use refusal::{refusal, refusal_in_words};
pub use review::{Question, not_asked};
pub use settings::{Misfit, Own, settings_misfit, settings_modal, settings_saved};
pub use several::{no_words, not_chosen, nothing_to_mark, objections_of, several_errors, several_left, several_modal};
pub use shortcuts::{cadence_modal, log_modal, no_address, nothing_to_log, shortcut_of_stranger};
pub use trouble::{Role, TroublePicture, trouble};
pub use verification::{
    Asked, MOST_ASKED, RepPicture, SamplePicture, ToldPicture, ask_rep, sample, told, unanswerable, word_modal,
};
pub use welcome::{Welcome, if_then_modal, welcome};
pub use year::{TeamLink, YearLinks, not_your_links, team_link, year, year_of_leader, year_without_address};

/// What a message shows: text that reads well alone, and blocks.
#[derive(Debug, Clone, PartialEq)]
pub struct MessageContent {
    /// Escaped; what phones and screen readers get.
    pub text: String,
    /// What the screen gets.
    pub(in crate::slack) blocks: Vec<SlackBlock>,
}

impl MessageContent {
    /// The words without the blocks.
    pub fn words_alone(self) -> MessageContent {
        MessageContent { blocks: Vec::new(), ..self }
    }

    /// The blocks as Slack takes them.
    pub fn blocks_json(&self) -> Value {
        serde_json::to_value(&self.blocks).expect("blocks are JSON by construction")
    }
}

/// A modal or a Home tab.
#[derive(Debug, Clone, PartialEq)]
pub struct View(pub(in crate::slack) SlackView);

impl View {
    /// A Home tab with more beneath it, as far as Slack takes it.
    pub fn with_beneath(mut self, mut more: Vec<SlackBlock>) -> View {
        if let SlackView::Home(home) = &mut self.0 {
            more.truncate(100 - home.blocks.len().min(100));
            home.blocks.extend(more);
        }
        self
    }

    /// The view as Slack takes it.
    pub fn to_json(&self) -> Value {
        serde_json::to_value(&self.0).expect("views are JSON by construction")
    }
}
