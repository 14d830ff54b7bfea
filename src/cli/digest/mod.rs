//! `onbeat digest`

mod text;

use std::sync::Arc;

use clap::{Args, ValueEnum};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::output::{print, print_json};
use super::{Failure, Opened, Outcome, instant};
use crate::clock::ManualClock;
use crate::config::Settings;
use crate::engine::{Circle, Engine, circles, story};
use crate::process::{DigestSettings, Process, UserId};
use crate::record::digest::{BadWeek, Week};
use crate::slack::Slack;
use crate::store::{Delivery, Settlement};

/// For how long posting by hand keeps trying.
const PATIENCE: SignedDuration = SignedDuration::from_secs(60);

/// Print the weekly digest, or post it.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  onbeat digest --week 2026-W49 --leader U0LEAD")]
pub(super) struct Words {
    /// An ISO week (default: the one that a digest posted now would cover).
    #[arg(long, value_name = "WEEK", value_parser = week)]
    week: Option<Week>,
    /// Only the managers below this leader.
    #[arg(long, value_name = "ID")]
    leader: Option<String>,
    /// How to print it.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Post what has not been posted yet.
    #[arg(long)]
    post: bool,
    /// Go by this instant instead of the clock.
    #[arg(long, value_name = "INSTANT", value_parser = instant)]
    clock: Option<Timestamp>,
}

#[derive(Debug, Clone, Copy, Default, ValueEnum)]
enum Format {
    #[default]
    Text,
    Json,
}

fn week(text: &str) -> Result<Week, String> {
    text.parse().map_err(|error: BadWeek| error.to_string())
}

pub(super) async fn run(words: Words, settings: &Settings) -> Outcome {
    let opened = Opened::new(settings, words.clock).await?;
    let process = &opened.in_force()?.process;
    let leader = words.leader.clone().map(UserId);
    let own = match &leader {
        Some(id) => {
            process.leader(id).ok_or_else(|| Failure::wrong(format!("no leader has the id {id}")))?.digest.clone()
        }
        None => DigestSettings::default(),
    };
    if words.post {
        return post(&opened, words.week, leader.as_ref(), settings).await;
    }
    let zone = own.or(&process.digest).time_zone.unwrap_or(TimeZone::UTC);
    let today = opened.now.to_zoned(zone.clone()).date();
    let week = words.week.unwrap_or_else(|| Week::covered_on(today, &process.calendar.workweek));
    let leaders = leader.clone().map(|leader| vec![leader]);
    let mut story = story(&*opened.store, &opened.revisions, week, leaders.as_deref(), &zone, opened.now).await?;
    // What it posted it can hold today's figures against. The figures above are not its own: over everybody there are also
    // those whose leader of then leads nobody any more.
    if let Some(circle) = own_circle(process, leader.as_ref()) {
        story.restated = circle.story(&*opened.store, &opened.revisions, week, opened.now).await?.restated;
    }
    match words.format {
        Format::Json => print_json(&story.digest),
        Format::Text => print(&text::digest(&story)),
    }
}

/// The posted digest that covers these managers and no others: the leader's own, or the one over everybody.
fn own_circle(process: &Process, leader: Option<&UserId>) -> Option<Circle> {
    let covers = |circle: &Circle| match leader {
        Some(leader) => circle.leaders == [leader.clone()],
        None => {
            process.leaders.iter().all(|one| circle.leaders.iter().any(|above| process.is_led_by(&one.slack, above)))
        }
    };
    circles(process).into_iter().find(covers)
}

/// Posts the digests of a week that have not been posted, through the same outbox as the bot.
async fn post(opened: &Opened, week: Option<Week>, leader: Option<&UserId>, settings: &Settings) -> Outcome {
    let process = &opened.in_force()?.process;
    let mut wanted = circles(process);
    wanted.retain(|circle| leader.is_none_or(|leader| circle.leaders.contains(leader)));
    if wanted.is_empty() {
        return Err(Failure::failed("there is no channel to post to: name one under [digest] in the process file"));
    }
    let slack = Slack::new(&settings.slack_api_url, settings.need_bot_token()?)
        .map_err(|error| Failure::failed(error.to_string()))?;
    let clock = Arc::new(ManualClock::new(opened.now));
    let engine = Engine::new(opened.store.clone(), slack, clock, settings.admins.clone());
    let mut unposted = 0;
    for circle in wanted {
        let latest = circle.week(process, opened.now);
        let week = week.unwrap_or(latest);
        if week > latest {
            return Err(Failure::wrong(format!("{week} is not over yet: a digest posted now covers {latest}")));
        }
        unposted += usize::from(!post_one(opened, &engine, &circle, week).await?);
    }
    if unposted > 0 {
        return Err(Failure::failed("not everything stands in its channel"));
    }
    Ok(())
}

/// Sends a message, again and again where it is to be tried once more: with plainer blocks, with a picture that Slack has
/// looked at. What would be tried only after `until` is left to the bot.
async fn deliver(engine: &Engine, id: &str, until: Timestamp) -> Result<Option<Settlement>, Failure> {
    loop {
        let settled = engine.deliver_one(id).await?;
        let Some(Settlement::Retry { not_before }) = settled else { return Ok(settled) };
        let machine = engine.clock().machine();
        if not_before.max(machine) > until {
            return Ok(settled);
        }
        tokio::time::sleep(not_before.duration_since(machine).try_into().unwrap_or_default()).await;
    }
}

/// `false`: it does not stand in Slack, as far as is known.
async fn post_one(opened: &Opened, engine: &Engine, circle: &Circle, week: Week) -> Result<bool, Failure> {
    let story = circle.story(&*opened.store, &opened.revisions, week, opened.now).await?;
    let known = circle.known(&*opened.store, week).await?;
    let messages = circle.messages(known.as_ref(), week, opened.now, &story);
    match known {
        // One that Slack would not take is tried again: the bot may be in the channel by now.
        Some(_) => {
            for message in &messages {
                opened.store.revive(&message.id, message.body.as_deref()).await?;
            }
        }
        None => {
            engine.queue_digest(&messages).await?;
        }
    }
    let (message, thread) = messages.split_first().expect("a digest is a message");
    let until = engine.clock().machine() + PATIENCE;
    let posted = matches!(deliver(engine, &message.id, until).await?, Some(Settlement::Sent { .. }));
    if posted {
        for piece in thread {
            deliver(engine, &piece.id, until).await?;
        }
    }
    let delivery = opened.store.message(&message.id).await?.map(|message| message.delivery);
    match whether_it_stands(week, &circle.channel, posted, delivery) {
        Ok(stands) => print(&stands)?,
        Err(trouble) => {
            eprintln!("onbeat: {trouble}");
            return Ok(false);
        }
    }
    Ok(true)
}

/// Whether the digest stands in its channel, in words; `posted`: just now.
fn whether_it_stands(week: Week, channel: &str, posted: bool, delivery: Option<Delivery>) -> Result<String, String> {
    let digest = format!("the digest of {week}");
    match delivery {
        Some(Delivery::Sent) if posted => Ok(format!("Posted {digest} to {channel}.\n")),
        Some(Delivery::Sent) => Ok(format!("The digest of {week} stands in {channel} already.\n")),
        Some(Delivery::Pending) => Err(format!(
            "Slack did not take {digest} for {channel} now; `onbeat serve` goes on trying, and so does this command"
        )),
        Some(Delivery::Sending | Delivery::Uncertain) => Err(format!(
            "Slack has not said whether it took {digest} for {channel}; `onbeat serve` looks it up there, and posts it if \
             it is not there"
        )),
        Some(Delivery::Dead) => Err(format!("Slack will not take {digest} in {channel}: is the bot in it?")),
        Some(Delivery::Dropped | Delivery::Merged) | None => {
            Err(format!("{digest} was taken back: there is nothing to post to {channel}"))
        }
    }
}
