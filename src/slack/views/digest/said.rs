//! What a message says, once: the blocks and the words for those who hear the text alone are made from the same lines, so
//! that neither says more than the other.

use jiff::Timestamp;
use slack_morphism::blocks::SlackBlock;

use crate::slack::views::kit::{self, Rich};
use crate::slack::views::text::{escape, truncate};

/// A piece of a line. What people typed is literal in each.
#[derive(Debug, Clone)]
pub(super) enum Piece {
    Bold(String),
    Plain(String),
    /// An instant that each reader sees by their own clock; in words by the digest's.
    Moment(Timestamp, String),
    /// Somebody's words, set off.
    Quote(String),
}

/// Lines that stand together.
#[derive(Debug, Clone, Default)]
pub(super) struct Section {
    lines: Vec<Vec<Piece>>,
    small: bool,
}

/// A line of plain words.
pub(super) fn plain(words: impl Into<String>) -> Vec<Piece> {
    vec![Piece::Plain(words.into())]
}

/// The same in bold, and what follows it.
pub(super) fn strong(bold: impl Into<String>, rest: impl Into<String>) -> Vec<Piece> {
    vec![Piece::Bold(bold.into()), Piece::Plain(rest.into())]
}

impl Section {
    /// Lines that stand together.
    pub(super) fn new(lines: Vec<Vec<Piece>>) -> Section {
        Section { lines, small: false }
    }

    /// Small print.
    pub(super) fn small(words: String) -> Section {
        Section { lines: vec![plain(words)], small: true }
    }

    /// Whether there is nothing in it.
    pub(super) fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    pub(super) fn block(&self) -> SlackBlock {
        if self.small {
            return kit::small(&self.words_with(Clone::clone));
        }
        let mut rich = Rich::default();
        for (index, line) in self.lines.iter().enumerate() {
            if index > 0 && !matches!(self.lines[index - 1].last(), Some(Piece::Quote(_))) {
                rich = rich.text("\n");
            }
            for piece in line {
                rich = match piece {
                    Piece::Bold(words) => rich.bold(words),
                    Piece::Plain(words) => rich.text(words),
                    Piece::Moment(at, words) => rich.moment(*at, words),
                    Piece::Quote(words) => rich.quote(words),
                };
            }
        }
        rich.block()
    }

    /// Escaped, as Slack's `text` wants it.
    pub(super) fn words(&self) -> String {
        self.words_with(|words| escape(words))
    }

    fn words_with(&self, safe: impl Fn(&String) -> String) -> String {
        let piece = |piece: &Piece| match piece {
            Piece::Bold(words) | Piece::Plain(words) | Piece::Moment(_, words) => safe(words),
            Piece::Quote(words) => {
                format!(": “{}”", safe(&words.split_whitespace().collect::<Vec<_>>().join(" ")))
            }
        };
        let lines: Vec<String> = self.lines.iter().map(|line| line.iter().map(piece).collect()).collect();
        lines.join("\n")
    }
}

/// A few of many by name: *Ana, Ben and 3 more*.
pub(super) fn some_of(names: &[String], most: usize) -> String {
    let shown = &names[..names.len().min(most)];
    let more = names.len() - shown.len();
    match (shown, more) {
        ([], _) => String::new(),
        ([one], 0) => one.clone(),
        ([before @ .., last], 0) => format!("{} and {last}", before.join(", ")),
        (shown, more) => format!("{} and {more} more", shown.join(", ")),
    }
}

/// A name that is never longer than this.
pub(super) fn short(name: &str, most: usize) -> String {
    truncate(name, most)
}
