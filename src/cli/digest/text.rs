//! The digest in words, for a terminal: what Slack shows, with bars. A rate stands with its counts, a bar beside the rate it
//! draws, and nothing is said by a colour.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::cli::output::{bar, count, table, table_text, wrapped};
use crate::process::{ActivityKey, UserId};
use crate::record::adherence::{ENOUGH, Figures};
use crate::record::digest::{ChartWeek, LoadLine, Rates, Regularity, Restated, Share, StillOpen, Story};

/// How far the lines stand in, and what runs on.
const INDENT: &str = "  ";
const RUNS_ON: &str = "      ";

/// The whole of it.
pub(super) fn digest(story: &Story) -> String {
    let digest = &story.digest;
    let so_far = if story.so_far { " so far" } else { "" };
    let mut text = format!("Week {}{so_far} ({} to {})\n\n", digest.week, digest.from, digest.to);
    text += &figures(story);
    let sections = [
        restated(story),
        outcomes(story),
        weeks(story),
        managers(story),
        reps(story),
        rhythm(story),
        activities(story),
        spread(story),
        load(story),
        away(story),
        slips(story),
        words(story),
    ];
    for (head, lines) in sections.into_iter().flatten() {
        text += &format!("\n{head}\n{lines}");
    }
    text
}

/// A title and the lines below it; nothing where there is nothing to say.
type Section = Option<(&'static str, String)>;

fn section(head: &'static str, lines: impl IntoIterator<Item = String>) -> Section {
    let lines: String = lines.into_iter().map(|line| wrapped(&format!("{INDENT}{line}"), RUNS_ON)).collect();
    (!lines.is_empty()).then_some((head, lines))
}

fn figures(story: &Story) -> String {
    let zone = TimeZone::get(&story.time_zone).unwrap_or(TimeZone::UTC);
    let nothing = Rates::from(Figures::default());
    let nice = story.nice.as_ref().unwrap_or(&nothing);
    let mut lines = vec![
        format!("Must   {}", rate(&story.digest.must)),
        format!("Nice   {}", rate(nice)),
        format!("All    {}", rate(&story.digest.rates)),
    ];
    lines.extend(still_open(&story.still_open, &zone).map(|open| format!("Still open: {open}")));
    let of = |rates: &Rates| rates.figures().in_words();
    let last = format!("must {}, all {}", of(&story.previous_must), of(&story.previous));
    lines.push(match still_open(&story.previous_still_open, &zone) {
        Some(open) => format!("Week before: {last}; not final yet, still open: {open}"),
        None => format!("Week before (final): {last}"),
    });
    if let Some(mean) = &story.mean
        && let (Some(change), Some(adherence)) = (mean.change_in_words(), mean.adherence)
    {
        let weeks = count(mean.weeks as usize, "week", "weeks");
        let percent = (adherence * 100.0).round();
        lines.push(format!(
            "Must of {} against the mean of the finals before: {change} ({percent:.0}% over {weeks}, {} decided)",
            mean.week, mean.decided
        ));
    }
    lines.iter().map(|line| wrapped(&format!("{INDENT}{line}"), RUNS_ON)).collect()
}

fn still_open(still: &StillOpen, zone: &TimeZone) -> Option<String> {
    let until = still.until?;
    let must = if still.must > 0 { format!(" ({} must)", still.must) } else { String::new() };
    Some(format!("{}{must}, the last until {}", still.open, moment(until, zone)))
}

fn moment(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%a %-d %b %H:%M %Z").to_string()
}

fn restated(story: &Story) -> Section {
    let line = |restated: &Restated| {
        let (told, now) = (restated.told.figures().in_words(), restated.now.figures().in_words());
        let must = match (&restated.told_must, &restated.now_must) {
            (Some(told), Some(now)) if told.figures() != now.figures() => {
                format!("; must {}, was {}", now.figures().in_words(), told.figures().in_words())
            }
            (Some(_) | None, Some(_) | None) => String::new(),
        };
        format!("Week {} now stands at {now}, was {told}{must}", restated.week)
    };
    section("Restated", story.restated.iter().map(line))
}

fn outcomes(story: &Story) -> Section {
    let mut lines = Vec::new();
    let (results, levels, excused) = (&story.results, &story.evidenced, &story.excused);
    if results.done() > 0 {
        let counts = [
            (results.met, "met"),
            (results.partly, "partly"),
            (results.not_met, "not met"),
            (results.unsaid, "unsaid"),
        ];
        lines.push(format!("Results: {}", counted(&counts)));
        let counts = [
            (levels.corroborated, "confirmed by somebody else"),
            (levels.evidenced, "with a link or a number"),
            (levels.noted, "with a note"),
            (levels.ticked, "ticked"),
        ];
        lines.push(format!("Borne out: {}", counted(&counts)));
    }
    if story.disputes > 0 {
        let disputes = count(story.disputes as usize, "thing", "things");
        lines.push(format!("Disputed: {disputes} recorded as done in four weeks, where the rep says otherwise"));
    }
    if excused.count() > 0 {
        let counts = [(excused.by_themselves, "by managers’ own word"), (excused.by_others, "by somebody else")];
        let flag = if excused.is_flagged() { ": more than 15%, worth a look" } else { "" };
        lines.push(format!("Excused: {}, {}{flag}", excused.in_words(), counted(&counts)));
    }
    section("What came of it", lines)
}

/// `3 met, 1 not met`: what there is of it.
fn counted(counts: &[(u64, &str)]) -> String {
    let there = counts.iter().filter(|(number, _)| *number > 0);
    there.map(|(number, what)| format!("{number} {what}")).collect::<Vec<_>>().join(", ")
}

fn weeks(story: &Story) -> Section {
    if story.chart.iter().all(|week| week.team.is_none()) {
        return None;
    }
    let mut table = table(&["week", "", "team", "lowest", "middle", "highest manager"]);
    for ChartWeek { week, team, lowest, middle, highest } in &story.chart {
        let drawn = team.map_or_else(|| " ".repeat(10), |team| bar(team.rate()));
        let cell = |share: &Option<Share>| share.map_or_else(|| "–".to_owned(), Share::in_words);
        table.add_row([week.to_string(), drawn, cell(team), cell(lowest), cell(middle), cell(highest)]);
    }
    Some(("Must, week by week", table_text(&table)))
}

fn managers(story: &Story) -> Section {
    let mut table = table(&["manager", "", "done", "must", "late", "skipped", "missed", "open", "excused", "nudges"]);
    for (place, line) in story.digest.managers.iter().enumerate() {
        let beside = story.by_manager.get(place);
        let must = beside.map(|beside| beside.must.figures().in_words()).unwrap_or_default();
        let nudges = beside.map(|beside| beside.nudges.to_string()).unwrap_or_default();
        let mut cells = row(name(story, &line.manager), &line.rates);
        cells.insert(3, must);
        cells.push(nudges);
        table.add_row(cells);
    }
    (!story.digest.managers.is_empty()).then(|| ("Managers", table_text(&table)))
}

fn activities(story: &Story) -> Section {
    let mut table = table(&["activity", "", "done", "late", "skipped", "missed", "open", "excused"]);
    for line in &story.digest.activities {
        table.add_row(row(title(story, &line.activity), &line.rates));
    }
    (!story.digest.activities.is_empty()).then(|| ("Activities", table_text(&table)))
}

fn row(name: String, rates: &Rates) -> Vec<String> {
    let figures = rates.figures();
    let counts = [rates.done_late, rates.skipped, rates.missed, rates.open, rates.excused].map(|n| n.to_string());
    [name, rate_bar(&figures), figures.in_words()].into_iter().chain(counts).collect()
}

fn reps(story: &Story) -> Section {
    let told = story.by_manager.iter().filter_map(|one| Some((&one.manager, one.coverage?)));
    let line = |(manager, coverage): (&UserId, crate::record::digest::Coverage)| {
        let gap = count(coverage.longest_gap.unsigned_abs() as usize, "day", "days");
        format!("{}: {}, longest gap {gap}", name(story, manager), coverage.in_words())
    };
    section("Reps reached in four weeks", told.map(line))
}

fn rhythm(story: &Story) -> Section {
    let line = |one: &Regularity| {
        Some(format!("{}, {}: {}", name(story, &one.manager), title(story, &one.activity), one.in_words()?))
    };
    section("Out of rhythm over the quarter", story.regularity.iter().filter_map(line))
}

fn spread(story: &Story) -> Section {
    let mut table = table(&["activity", "managers", "lowest", "median", "highest"]);
    for spread in &story.spread {
        let [lowest, median, highest] = [spread.lowest, spread.median, spread.highest].map(Share::in_words);
        table.add_row([title(story, &spread.activity), spread.managers.to_string(), lowest, median, highest]);
    }
    (!story.spread.is_empty()).then(|| ("Between managers, over four weeks", table_text(&table)))
}

fn load(story: &Story) -> Section {
    let brings: u64 = story.next.iter().map(|line| line.occurrences).sum();
    if brings == 0 {
        return None;
    }
    let minutes: u32 = story.next.iter().map(|line| line.planned).sum();
    let all = count(brings as usize, "occurrence", "occurrences");
    let mut lines = vec![format!("{all}, {} for {} managers", hours(minutes), story.next.len())];
    let over = |line: &LoadLine| {
        let (planned, capacity) = (hours(line.planned), hours(line.capacity));
        format!("Over capacity: {}, {planned} of {capacity}, {} too many", name(story, &line.manager), hours(line.over))
    };
    lines.extend(story.over_next().map(over));
    section("Next week", lines)
}

/// `13 h 30 min`.
fn hours(minutes: u32) -> String {
    match (minutes / 60, minutes % 60) {
        (0, minutes) => format!("{minutes} min"),
        (hours, 0) => format!("{hours} h"),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    }
}

fn away(story: &Story) -> Section {
    let line = |away: &crate::record::digest::AwayLine| {
        let days: Vec<String> = away.days.iter().map(|days| format!("{} to {}", days.first(), days.last())).collect();
        format!("{}: {}", name(story, &away.manager), days.join(", "))
    };
    section("Away, by their own word", story.away.iter().map(line))
}

fn slips(story: &Story) -> Section {
    let zone = TimeZone::get(&story.time_zone).unwrap_or(TimeZone::UTC);
    let line = |slip: &crate::record::digest::Recoverable| {
        let state = match slip.closes {
            Some(closes) => format!("open until {}", moment(closes, &zone)),
            None => "closed, still counts when done late".to_owned(),
        };
        format!("{}: {}, {state}", name(story, &slip.manager), slip.label)
    };
    let more = (story.more_recoverable > 0).then(|| format!("… and {} more", story.more_recoverable));
    section("Can still be mended", story.recoverable.iter().map(line).chain(more))
}

fn words(story: &Story) -> Section {
    let line = |words: &crate::record::digest::InTheirWords| {
        let result = words.result.map(|result| format!(" ({})", result.as_str())).unwrap_or_default();
        let note = words.note.split_whitespace().collect::<Vec<_>>().join(" ");
        format!("{}, {}{result}: {note}", name(story, &words.manager), words.label)
    };
    section("In their words", story.words.iter().map(line))
}

fn name(story: &Story, manager: &UserId) -> String {
    story.names.get(manager).cloned().unwrap_or_else(|| manager.to_string())
}

fn title(story: &Story, activity: &ActivityKey) -> String {
    story.titles.get(activity).cloned().unwrap_or_else(|| activity.to_string())
}

/// Its bar, its counts, and what the rate leaves out.
fn rate(rates: &Rates) -> String {
    let figures = rates.figures();
    let mut words = figures.in_words();
    if figures.open > 0 && figures.decided() > 0 {
        words += &format!(", {} still open", figures.open);
    }
    format!("{} {words}", rate_bar(&figures))
}

/// Empty where there is too little to say a rate.
fn rate_bar(figures: &Figures) -> String {
    match figures.adherence() {
        Some(rate) if figures.decided() >= ENOUGH => bar(rate),
        Some(_) | None => " ".repeat(10),
    }
}
