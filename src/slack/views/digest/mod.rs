//! The weekly digest as the leader reads it, in one minute: whether the process is holding, where it isn't and can still be
//! mended, what came of it in the managers' own words, and what the next week brings. No ranking, and nobody is painted red:
//! where managers are named it is in order of name, and the table of all of them is in the thread.

mod ask;
mod chart;
mod details;
mod said;
mod thread;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use slack_morphism::blocks::SlackAccessibilityLabel;
use slack_morphism::blocks::{SlackBlock, SlackBlockButtonElement};

use self::said::{Piece, Section, plain, short, some_of, strong};
use super::text::{count, duration, escape, length, truncate, until};
use super::{MessageContent, kit};
use crate::process::{ActivityKey, UserId};
use crate::record::digest::{InTheirWords, Rates, Recoverable, Restated, StillOpen, Story};
use crate::slack::action::digest::Press;

pub use ask::{
    LeadersQuestion, Someone, ask, ask_whose, asked, digest_form_errors, digest_notice, digest_unknown, excuse_of_whom,
    not_your_digest, question,
};
pub use chart::chart;
pub use details::{Detail, details};
pub use thread::{digest_csv, digest_thread, digest_thread_above};

/// The longest top-level text that Slack advises, less a margin.
const MOST_TEXT: usize = 3900;
/// How much of a note, and with it of titles, is shown: the first of these with which all of it fits.
const SIZES: [usize; 6] = [500, 300, 200, 120, 60, 30];
/// How many weeks that changed are told one by one.
const MOST_RESTATED: usize = 3;
/// How many people are named in a line.
const MOST_NAMED: usize = 5;

/// In which form the chart is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Drawn {
    /// Slack's own block.
    Native,
    /// A picture that was uploaded, by the id of its file.
    Picture(String),
    /// Not at all: the words say the same.
    Words,
    /// Nor any other block: the words alone.
    Text,
}

/// The digest as one message; `id`: its own, which its buttons carry.
pub fn digest(story: &Story, id: &str, drawn: &Drawn) -> MessageContent {
    let headline = headline(story);
    let chart = chart::chart(story);
    let mut last = None;
    for size in SIZES {
        let look = Look { story, size, zone: TimeZone::get(&story.time_zone).unwrap_or(TimeZone::UTC) };
        let (top, rest) = (look.top(), look.rest());
        let mut text = vec![escape(&headline)];
        text.extend(top.iter().map(Section::words));
        text.extend(chart.as_ref().map(|chart| escape(&chart.in_words())));
        text.extend(rest.iter().map(Section::words));
        let text = text.join("\n");
        let fits = length(&text) <= MOST_TEXT;
        last = Some((top, rest, text));
        if fits {
            break;
        }
    }
    let (top, rest, text) = last.expect("there are sizes");
    if *drawn == Drawn::Text {
        return MessageContent { text, blocks: Vec::new() };
    }
    let mut blocks = vec![kit::header(&headline)];
    blocks.extend(top.iter().map(Section::block));
    blocks.extend(chart.as_ref().map(|chart| match drawn {
        Drawn::Native => chart::native(chart),
        Drawn::Picture(file) => chart::picture(chart, file),
        Drawn::Words | Drawn::Text => kit::paragraph(&chart.in_words()),
    }));
    blocks.extend(rest.iter().map(Section::block));
    blocks.push(buttons(id));
    MessageContent { text, blocks }
}

fn buttons(id: &str) -> SlackBlock {
    let row = [
        ("Details", Press::Details(id.to_owned()), "each manager and each activity"),
        ("Excuse…", Press::Excuse(id.to_owned()), "something of a manager you lead"),
        ("Ask…", Press::Ask(id.to_owned()), "a manager you lead about one thing"),
    ];
    let row = row.map(|(label, press, about)| button(label, &press, about).into());
    kit::actions(&format!("digest.{id}"), row.to_vec())
}

/// A button of a digest's.
fn button(label: &str, press: &Press, about: &str) -> SlackBlockButtonElement {
    SlackBlockButtonElement::new(kit::plain(label, 75))
        .with_action_id(press.id().into())
        .with_value(press.value())
        .with_accessibility_label(SlackAccessibilityLabel(truncate(&format!("{label}: {about}"), 75)))
}

fn headline(story: &Story) -> String {
    let (week, from, to) = (story.digest.week, story.digest.from, story.digest.to);
    let so_far = if story.so_far { ", so far" } else { "" };
    let days = if from.month() == to.month() {
        format!("{} – {}", from.day(), to.strftime("%-d %b"))
    } else {
        format!("{} – {}", from.strftime("%-d %b"), to.strftime("%-d %b"))
    };
    format!("The week of {days} ({week}){so_far}")
}

/// A story, and how much of what people typed is shown.
struct Look<'a> {
    story: &'a Story,
    size: usize,
    zone: TimeZone,
}

impl Look<'_> {
    /// What stands above the chart: whether the process is holding.
    fn top(&self) -> Vec<Section> {
        let story = self.story;
        let mut lines = match story.so_far {
            true => vec![
                self.held("Last week, final", &story.previous_must, &story.previous_still_open),
                self.held("This week so far", &story.digest.must, &story.still_open),
            ],
            false => vec![
                self.held("This week, final", &story.digest.must, &story.still_open),
                self.held("The week before", &story.previous_must, &story.previous_still_open),
            ],
        };
        if let Some(change) = self.change() {
            lines[0].push(Piece::Plain(change));
        }
        let mut sections = vec![Section::new(lines), Section::small(self.everything())];
        if !story.restated.is_empty() {
            sections.push(Section::new(self.restated()));
        }
        sections
    }

    /// A week's must-adherence with its counts, what is still open, and until when.
    fn held(&self, title: &str, must: &Rates, still: &StillOpen) -> Vec<Piece> {
        let title = if still.open > 0 { title.replace(", final", ", not final yet") } else { title.to_owned() };
        let among = if must.figures().expected > 0 { " among the must-dos" } else { "" };
        let mut line = strong(format!("{title}: {}", must.figures().in_words()), among.to_owned());
        if let Some(closes) = still.until.filter(|_| still.open > 0) {
            let open = if still.must == still.open {
                format!(" · {} open until ", still.open)
            } else {
                format!(" · {} open ({} must) until ", still.open, still.must)
            };
            line.extend([Piece::Plain(open), self.moment(closes)]);
        }
        if still.planned > 0 {
            line.push(Piece::Plain(format!(" · {} still to come", still.planned)));
        }
        line
    }

    fn change(&self) -> Option<String> {
        let mean = self.story.mean.as_ref()?;
        let (points, usual) = ((mean.change? * 100.0).round() as i64, (mean.adherence? * 100.0).round());
        let weeks = match mean.weeks {
            1 => "one earlier week".to_owned(),
            4 => "the four-week mean".to_owned(),
            some => format!("the mean of {some} earlier weeks"),
        };
        let how = match points {
            0 => "level with".to_owned(),
            _ => {
                let side = if points > 0 { "above" } else { "below" };
                format!("{} {side}", count(points.unsigned_abs() as usize, "point", "points"))
            }
        };
        Some(format!(" · {how} {weeks} ({usual:.0}%)"))
    }

    /// All of it, nice-to-have too, with what the rates leave out.
    fn everything(&self) -> String {
        let figures = self.story.digest.rates.figures();
        let counts = [
            (figures.done_on_time, "on time"),
            (figures.done_late, "late"),
            (figures.skipped, "skipped with a reason"),
            (figures.missed, "missed"),
            (figures.excused, "excused"),
        ];
        let counts: Vec<String> =
            counts.iter().filter(|(number, _)| *number > 0).map(|(number, what)| format!("{number} {what}")).collect();
        let mut words = vec![format!("With the nice-to-haves: {}", figures.in_words())];
        if !counts.is_empty() {
            words.push(counts.join(", "));
        }
        words.join(" · ")
    }

    fn restated(&self) -> Vec<Vec<Piece>> {
        let line = |restated: &Restated| {
            let (now, told) = match (&restated.now_must, &restated.told_must) {
                (Some(now), Some(told)) if now != told => (now, told),
                (Some(_) | None, _) => (&restated.now, &restated.told),
            };
            let (now, told) = (now.figures().in_words(), told.figures().in_words());
            strong("Restated: ", format!("week {} now stands at {now}, was {told}", restated.week))
        };
        let newest = self.story.restated.iter().rev();
        let mut lines: Vec<Vec<Piece>> = newest.take(MOST_RESTATED).map(line).collect();
        let more = self.story.restated.len().saturating_sub(MOST_RESTATED);
        if more > 0 {
            lines.push(plain(format!("… and {more} earlier weeks")));
        }
        lines
    }

    /// What stands below the chart.
    fn rest(&self) -> Vec<Section> {
        let mut sections: Vec<Section> = [self.to_mend(), self.in_their_words(), self.ahead(), self.to_know()]
            .into_iter()
            .filter(|section| !section.is_empty())
            .collect();
        sections.push(Section::small(
            "Done of what is decided, as it stood when this was posted; late counts as done. Each manager, who is away, \
             and the figures as CSV are in the thread."
                .to_owned(),
        ));
        sections
    }

    fn to_mend(&self) -> Section {
        let story = self.story;
        if story.recoverable.is_empty() {
            return Section::default();
        }
        let mut lines = vec![strong("Can still be mended", "")];
        lines.extend(story.recoverable.iter().map(|slip| self.slip(slip)));
        if story.more_recoverable > 0 {
            lines.push(plain(format!("… and {} more", story.more_recoverable)));
        }
        Section::new(lines)
    }

    fn slip(&self, slip: &Recoverable) -> Vec<Piece> {
        let what = format!("• {}: {}, ", self.name(&slip.manager), truncate(&slip.label, self.size.min(120)));
        match slip.closes {
            Some(closes) => vec![Piece::Plain(what + "open until "), self.moment(closes)],
            None => plain(what + "closed, still counts when done late"),
        }
    }

    /// Notes are people's words: set off, and literal.
    fn in_their_words(&self) -> Section {
        if self.story.words.is_empty() {
            return Section::default();
        }
        let spoken = |words: &InTheirWords| {
            let result = words.result.map(|result| format!(" ({})", result.as_str())).unwrap_or_default();
            let who = format!("{}, {}{result}", self.name(&words.manager), truncate(&words.label, self.size.min(120)));
            vec![Piece::Plain(who), Piece::Quote(truncate(&words.note, self.size))]
        };
        let title = strong("What came of it, in their words", "");
        Section::new([title].into_iter().chain(self.story.words.iter().map(spoken)).collect())
    }

    fn ahead(&self) -> Section {
        let next = &self.story.next;
        let occurrences: u64 = next.iter().map(|line| line.occurrences).sum();
        if occurrences == 0 {
            return Section::default();
        }
        let minutes = next.iter().map(|line| line.planned).sum();
        let rest = format!(": {}, about {}", count(occurrences as usize, "thing", "things"), duration(minutes));
        let mut lines = vec![strong("Next week", rest)];
        let mut over: Vec<String> = self
            .story
            .over_next()
            .map(|line| {
                let (asked, can) = (duration(line.planned), duration(line.capacity));
                format!("{} ({asked} asked, {can} to give)", self.name(&line.manager))
            })
            .collect();
        over.sort_by_key(|line| line.to_lowercase());
        if !over.is_empty() {
            lines.push(plain(format!("More than they can give: {}", some_of(&over, MOST_NAMED))));
        }
        Section::new(lines)
    }

    /// How good the figures are: spread, results and evidence, what was excused, disputes.
    fn to_know(&self) -> Section {
        let story = self.story;
        let mut lines: Vec<Vec<Piece>> = self.spread().into_iter().collect();
        let (results, evidenced) = (&story.results, &story.evidenced);
        if results.done() > 0 {
            lines.push(strong("Outcomes: ", format!("{} · {}", results.in_words(), evidenced.in_words())));
        }
        let flagged = story.by_manager.iter().filter(|one| one.excused.is_flagged()).count();
        if story.excused.is_flagged() || flagged > 0 {
            let own = match story.excused.by_themselves {
                0 => String::new(),
                own => format!(", {own} by the managers' own word"),
            };
            let with = match flagged {
                0 => String::new(),
                some => format!("; above 15% with {}, marked in the thread", count(some, "manager", "managers")),
            };
            lines.push(strong(
                "Excused: ",
                format!("{}{own}{with}. A reason to look, no verdict", story.excused.in_words()),
            ));
        }
        if story.disputes > 0 {
            let disputes = count(story.disputes as usize, "thing", "things");
            lines.push(strong(
                "Disputed: ",
                format!("{disputes} recorded as done in four weeks, where the rep says otherwise"),
            ));
        }
        Section::new(lines)
    }

    /// Where the managers are farthest apart.
    fn spread(&self) -> Option<Vec<Piece>> {
        let apart = |spread: &&crate::record::digest::Spread| spread.highest.rate() - spread.lowest.rate();
        let widest = self.story.spread.iter().max_by(|a, b| apart(a).total_cmp(&apart(b)))?;
        if apart(&widest) < 0.005 {
            return Some(strong("Spread: ", "the managers are level in every activity"));
        }
        let title = self.title(&widest.activity);
        let of = |share: crate::record::digest::Share| share.in_words();
        let words = format!(
            "widest in {title}, over four weeks: lowest {}, middle {}, highest {}",
            of(widest.lowest),
            of(widest.median),
            of(widest.highest)
        );
        Some(strong("Spread: ", words))
    }

    fn name(&self, manager: &UserId) -> String {
        name(self.story, manager, self.size.min(60))
    }

    fn title(&self, key: &ActivityKey) -> String {
        truncate(self.story.titles.get(key).map_or(key.as_str(), String::as_str), self.size.min(80))
    }

    /// The managers and the leader may live in several zones: when something closes, each reads by their own clock.
    fn moment(&self, at: Timestamp) -> Piece {
        let zone = at.to_zoned(self.zone.clone()).strftime("%Z").to_string();
        Piece::Moment(at, format!("{} {zone}", until(at, None, &self.zone)))
    }
}

fn name(story: &Story, manager: &UserId, most: usize) -> String {
    short(story.names.get(manager).map_or(manager.as_str(), String::as_str), most)
}
