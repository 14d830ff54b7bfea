//! Block Kit in few words, each keeping Slack's limits (SLACK.md §4.3) by itself.
//!
//! What people typed goes into rich text or plain text, never into mrkdwn: there it stays what was typed.

use jiff::Timestamp;
use slack_morphism::blocks::*;
use slack_morphism::{SlackDateTime, SlackRelaxedUrl};

use super::text::truncate;
use crate::slack::action::Action;

/// Plain text of at most `most`. An emoji name in it stays a name.
pub fn plain(text: &str, most: usize) -> SlackBlockPlainTextOnly {
    SlackBlockPlainText::new(truncate(text, most)).with_emoji(false).into()
}

/// A headline.
pub fn header(text: &str) -> SlackBlock {
    SlackHeaderBlock::new(plain(text, 150)).into()
}

/// Small print.
pub fn small(text: &str) -> SlackBlock {
    let text = SlackBlockPlainText::new(truncate(text, 2000)).with_emoji(false);
    SlackContextBlock::new(vec![SlackContextBlockElement::Plain(text)]).into()
}

/// A line between things.
pub fn divider() -> SlackBlock {
    SlackDividerBlock::new().into()
}

/// Text of our own making, with mrkdwn; whatever of it people typed must have been escaped.
pub fn mrkdwn(text: String) -> SlackBlock {
    SlackSectionBlock::new().with_text(SlackBlockText::MarkDown(text.into())).into()
}

/// Plain text in a paragraph of its own.
pub fn paragraph(text: &str) -> SlackBlock {
    let text = SlackBlockPlainText::new(truncate(text, 3000)).with_emoji(false);
    SlackSectionBlock::new().with_text(SlackBlockText::Plain(text)).into()
}

/// A rich text block, built piece by piece. Slack takes no empty text, so empty pieces are left out.
#[derive(Default)]
pub struct Rich {
    done: Vec<SlackRichTextElement>,
    line: Vec<SlackRichTextInlineElement>,
}

impl Rich {
    /// Literal text.
    pub fn text(mut self, text: &str) -> Rich {
        if !text.is_empty() {
            self.line.push(SlackRichTextText::new(text.to_owned()).into());
        }
        self
    }

    /// Literal text, bold.
    pub fn bold(mut self, text: &str) -> Rich {
        if !text.is_empty() {
            self.line.push(SlackRichTextText::new(text.to_owned()).bold().into());
        }
        self
    }

    /// Literal text, in italics.
    pub fn italic(mut self, text: &str) -> Rich {
        if !text.is_empty() {
            self.line.push(SlackRichTextText::new(text.to_owned()).italic().into());
        }
        self
    }

    /// A link, shown as it is.
    pub fn link(mut self, url: &str) -> Rich {
        if super::text::length(url) > 2000 {
            return self.text(&truncate(url, 200));
        }
        self.line.push(SlackRichTextLink::new(SlackRelaxedUrl(url.to_owned())).into());
        self
    }

    /// An instant that each reader sees by their own clock; `fallback` where Slack can't show it so.
    pub fn moment(mut self, at: Timestamp, fallback: &str) -> Rich {
        let date = SlackRichTextDate::new(SlackDateTime(at), "{date_short_pretty} at {time}".to_owned());
        self.line.push(date.with_fallback(fallback.to_owned()).into());
        self
    }

    /// Somebody's words, set off.
    pub fn quote(mut self, text: &str) -> Rich {
        if !text.is_empty() {
            self.end_line();
            let text = SlackRichTextText::new(text.to_owned()).into();
            self.done.push(SlackRichTextQuote::new(vec![text]).into());
        }
        self
    }

    /// What follows stands in a paragraph of its own.
    pub fn end_line(&mut self) {
        if !self.line.is_empty() {
            self.done.push(SlackRichTextSection::new(std::mem::take(&mut self.line)).into());
        }
    }

    /// The block.
    pub fn block(mut self) -> SlackBlock {
        self.end_line();
        SlackRichTextBlock::new(self.done).into()
    }
}

/// A button. `about` is told to screen readers with it.
pub fn button(label: &str, action: &Action, about: &str) -> SlackBlockButtonElement {
    let spoken = truncate(&format!("{label}: {about}"), 75);
    SlackBlockButtonElement::new(plain(label, 75))
        .with_action_id(action.id().into())
        .with_value(truncate(&action.value(), 2000))
        .with_accessibility_label(SlackAccessibilityLabel(spoken))
}

/// A select whose options are actions of one kind.
pub fn select(placeholder: &str, options: &[(&str, Action)]) -> Option<SlackBlockStaticSelectElement> {
    let action_id = options.first()?.1.id();
    let options = options.iter().map(|(label, action)| SlackBlockChoiceItem::new(plain(label, 75), action.value()));
    Some(
        SlackBlockStaticSelectElement::new()
            .with_placeholder(plain(placeholder, 150))
            .with_action_id(action_id.into())
            .with_options(options.collect()),
    )
}

/// A row of buttons and selects. The id must differ from one painting to the next, or Slack's apps keep what was chosen.
pub fn actions(id: &str, elements: Vec<SlackActionBlockElement>) -> SlackBlock {
    SlackActionsBlock::new(elements).with_block_id(truncate(id, 255).into()).into()
}

/// A field of a modal.
pub fn input(id: &str, label: &str, hint: Option<&str>, optional: bool, element: SlackInputBlockElement) -> SlackBlock {
    SlackInputBlock::new(plain(label, 2000), element)
        .with_block_id(id.into())
        .opt_hint(hint.map(|hint| plain(hint, 2000)))
        .with_optional(optional)
        .into()
}

/// Radio buttons: label and value of each, and the value that is chosen already.
pub fn radio(action_id: &str, options: &[(String, String)], chosen: Option<&str>) -> SlackBlockRadioButtonsElement {
    let item = |(label, value): &(String, String)| {
        let text = SlackBlockPlainText::new(truncate(label, 75)).with_emoji(false);
        SlackBlockChoiceItem::new(SlackBlockText::Plain(text), value.clone())
    };
    let initial = options.iter().find(|(_, value)| Some(value.as_str()) == chosen).map(item);
    SlackBlockRadioButtonsElement::new(options.iter().map(item).collect())
        .with_action_id(action_id.into())
        .opt_initial_option(initial)
}
