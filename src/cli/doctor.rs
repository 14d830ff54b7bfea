//! `onbeat doctor`: what keeps the bot from doing its work, each in words with the mend. No secret is printed.

use clap::Args;
use jiff::SignedDuration;

use super::output::{count, print, table, table_text};
use super::{Failure, Opened, Outcome};
use crate::clock::{Clock, SystemClock};
use crate::config::Settings;
use crate::engine::circles;
use crate::key::Key;
use crate::secret::Secret;
use crate::slack::Slack;
use crate::slack::checkup::{self, ChannelStanding, Checkup, Tested, TokenKind};
use crate::store;

/// How far the machine's clock may be off Slack's.
const CLOCKS_APART: SignedDuration = SignedDuration::from_mins(1);

/// Less than this, and the database will soon have no room to grow.
const LITTLE_ROOM: u64 = 100 * 1024 * 1024;

/// Check token, scopes, channels, database and clock, and say how to mend what is wrong.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  onbeat --config config/onbeat.toml doctor\n\n\
    Exit status: 0 all is well, 1 something is wrong.")]
pub(super) struct Words {}

/// How a check went.
enum Finding {
    Good(String),
    /// Not wrong, and worth knowing.
    Note(String),
    /// What is wrong, and how it is mended.
    Wrong(String, String),
}

use Finding::{Good, Note, Wrong};

#[derive(Default)]
struct Report(Vec<(&'static str, Finding)>);

impl Report {
    fn add(&mut self, what: &'static str, finding: Finding) {
        self.0.push((what, finding));
    }

    fn wrong(&mut self, what: &'static str, is: impl Into<String>, mend: impl Into<String>) {
        self.add(what, Wrong(is.into(), mend.into()));
    }

    fn text(&self) -> String {
        let mut table = table(&["", "checked", "found"]);
        for (what, finding) in &self.0 {
            let (sign, words) = match finding {
                Good(words) => ("✓ good", words.clone()),
                Note(words) => ("• note", words.clone()),
                Wrong(is, mend) => ("✗ wrong", format!("{is}\n→ {mend}")),
            };
            table.add_row([sign, what, &words]);
        }
        table_text(&table)
    }

    fn count_wrong(&self) -> usize {
        self.0.iter().filter(|(_, finding)| matches!(finding, Wrong(..))).count()
    }
}

pub(super) async fn run(_: Words, settings: &Settings) -> Outcome {
    let mut report = Report::default();
    let bot = check_bot_token(&mut report, settings).await;
    check_way_in(&mut report, settings).await;
    let opened = check_database(&mut report, settings).await;
    check_key(&mut report, settings);
    if let Some(opened) = &opened {
        check_process(&mut report, opened, bot.as_ref()).await;
    }
    check_addresses(&mut report, settings).await;
    print(&report.text())?;
    match report.count_wrong() {
        0 => Ok(()),
        wrong => {
            Err(Failure::failed(format!("{} wrong: mend what the arrows say", count(wrong, "thing is", "things are"))))
        }
    }
}

const BOT_TOKEN: &str =
    "SLACK_BOT_TOKEN is the «Bot User OAuth Token» (xoxb-…) on your Slack app's page «OAuth & Permissions»";
const APP_TOKEN: &str = "SLACK_APP_TOKEN is an «App-Level Token» (xapp-…) with the scope connections:write, on the page «Basic Information»";

/// The token, its scopes, and the clock; whoever may be asked about channels then.
async fn check_bot_token(report: &mut Report, settings: &Settings) -> Option<Checkup> {
    let Some(token) = &settings.bot_token else {
        report.wrong("bot token", "SLACK_BOT_TOKEN is not set", BOT_TOKEN);
        return None;
    };
    let kind = TokenKind::of(token);
    match kind {
        TokenKind::Bot => {}
        TokenKind::App | TokenKind::User | TokenKind::Rotating | TokenKind::Other => {
            report.wrong("bot token", format!("SLACK_BOT_TOKEN holds {}", kind.as_str()), BOT_TOKEN);
            return None;
        }
    }
    let checkup = match Checkup::new(&settings.slack_api_url, token) {
        Ok(checkup) => checkup,
        Err(error) => {
            report.wrong("Slack", error.to_string(), "take SLACK_API_URL away, and Slack's own is used");
            return None;
        }
    };
    let Ok(tested) = checkup.test().await else {
        let mend =
            "check that this machine reaches the internet (a proxy is taken from HTTPS_PROXY), and SLACK_API_URL";
        report.wrong("Slack", "Slack does not answer", mend);
        return None;
    };
    check_clock(report, &tested);
    match &tested.identity {
        Err(code) => {
            report.wrong(
                "bot token",
                format!("Slack refuses it ({code})"),
                format!("reinstall the app to your workspace; {BOT_TOKEN}"),
            );
            return None;
        }
        Ok(who) => report.add("bot token", Good(format!("Slack takes it: {}, as {}", who.team_name, who.bot_user))),
    }
    match (tested.missing_scopes().as_slice(), &tested.scopes) {
        (_, None) => report.add("scopes", Note("Slack did not say which the token has".to_owned())),
        ([], _) => report.add("scopes", Good("all that the manifest asks for".to_owned())),
        (missing, _) => report.wrong(
            "scopes",
            format!("missing: {}", missing.join(", ")),
            "paste what `onbeat manifest` prints into the app's manifest, and reinstall the app to your workspace",
        ),
    }
    Some(checkup)
}

fn check_clock(report: &mut Report, tested: &Tested) {
    let Some(slack) = tested.date else {
        report.add("clock", Note("Slack did not tell the time".to_owned()));
        return;
    };
    let off = SystemClock.machine().duration_since(slack);
    if off.abs() <= CLOCKS_APART {
        report.add("clock", Good("agrees with Slack's".to_owned()));
        return;
    }
    let which = if off.is_positive() { "ahead of" } else { "behind" };
    report.wrong(
        "clock",
        format!("this machine's clock is {} {which} Slack's", off.abs().as_secs_span()),
        "set it by NTP (`timedatectl set-ntp true`): past five minutes every request of Slack's is refused as stale",
    );
}

/// A length of time in words of one or two units.
trait InWords {
    fn as_secs_span(&self) -> String;
}

impl InWords for SignedDuration {
    fn as_secs_span(&self) -> String {
        match self.as_secs() {
            seconds @ ..120 => format!("{seconds} seconds"),
            seconds @ 120..7200 => format!("{} minutes", seconds / 60),
            seconds => format!("{} hours", seconds / 3600),
        }
    }
}

async fn check_way_in(report: &mut Report, settings: &Settings) {
    match (&settings.signing_secret, &settings.app_token) {
        (None, None) => report.wrong(
            "way in",
            "neither SLACK_SIGNING_SECRET nor SLACK_APP_TOKEN is set, so no click could arrive",
            format!("SLACK_SIGNING_SECRET is on the page «Basic Information»; or, for Socket Mode: {APP_TOKEN}"),
        ),
        (Some(secret), _) if TokenKind::of(secret) != TokenKind::Other => report.wrong(
            "signing secret",
            format!("SLACK_SIGNING_SECRET holds {}", TokenKind::of(secret).as_str()),
            "take the «Signing Secret» from the page «Basic Information»: 32 letters and digits",
        ),
        (Some(_), _) => {
            report.add("signing secret", Good("set; whether it is the right one shows with the first click".to_owned()))
        }
        (None, Some(_)) => report.add("signing secret", Note("not set: Socket Mode alone".to_owned())),
    }
    if let Some(token) = &settings.app_token {
        check_app_token(report, settings, token).await;
    }
}

async fn check_app_token(report: &mut Report, settings: &Settings, token: &Secret) {
    let kind = TokenKind::of(token);
    if kind != TokenKind::App {
        report.wrong("app token", format!("SLACK_APP_TOKEN holds {}", kind.as_str()), APP_TOKEN);
        return;
    }
    let Ok(slack) = Slack::new(&settings.slack_api_url, token) else { return };
    match checkup::opens_socket_mode(&slack).await {
        Ok(Ok(())) => report.add("app token", Good("Socket Mode opens".to_owned())),
        Ok(Err(code)) => report.wrong(
            "app token",
            format!("Slack refuses it ({code})"),
            format!("switch Socket Mode on in the app's settings; {APP_TOKEN}"),
        ),
        Err(_) => report.wrong("app token", "Slack does not answer", "try again once Slack is reached"),
    }
}

async fn check_database(report: &mut Report, settings: &Settings) -> Option<Opened> {
    if !super::has_database(settings) {
        report.wrong(
            "database",
            "there is none yet",
            "`onbeat apply FILE` makes it; or point DATABASE_URL at the one you mean",
        );
        return None;
    }
    let opened = match Opened::new(settings, None).await {
        Ok(opened) => opened,
        Err(Failure::Failed(words) | Failure::Wrong(words)) => {
            report.wrong("database", "it can't be used", words);
            return None;
        }
    };
    match opened.store.ping().await {
        Ok(()) => report.add("database", Good("answers, can be written, and is up to date".to_owned())),
        Err(error) => report.wrong("database", "it can't be written", error.to_string()),
    }
    let file = store::file(settings.database_url.reveal());
    let folder = file.as_deref().and_then(std::path::Path::parent);
    let folder = folder.map(|folder| if folder.as_os_str().is_empty() { std::path::Path::new(".") } else { folder });
    if let Some(Ok(room)) = folder.map(rustix::fs::statvfs) {
        let free = room.f_bavail.saturating_mul(room.f_frsize);
        let words = format!("{} MB free beside the database", free / (1024 * 1024));
        match free < LITTLE_ROOM {
            true => report.wrong("disk", words, "make room: a full disk stops every click from being stored"),
            false => report.add("disk", Good(words)),
        }
    }
    Some(opened)
}

fn check_key(report: &mut Report, settings: &Settings) {
    let database = store::file(settings.database_url.reveal());
    let beside = database.as_deref().map(|file| file.with_file_name("onbeat.key"));
    if settings.key.is_none() && beside.as_deref().is_some_and(|key| !key.exists()) {
        report.add("key", Note("none yet: the first `onbeat serve` makes onbeat.key beside the database".to_owned()));
        return;
    }
    match Key::find(settings.key.as_ref(), database.as_deref()) {
        Ok(found) => match found.warning {
            Some(warning) => report.wrong("key", "it is not kept well", warning),
            None => report.add("key", Good("found".to_owned())),
        },
        Err(error) => report.wrong("key", "it can't be used", error.to_string()),
    }
}

async fn check_process(report: &mut Report, opened: &Opened, bot: Option<&Checkup>) {
    let process = match opened.in_force() {
        Ok(revision) => &revision.process,
        Err(Failure::Failed(words) | Failure::Wrong(words)) => {
            report.wrong("process", "nobody would be nudged", words);
            return;
        }
    };
    let managers = count(process.managers.len(), "manager", "managers");
    let activities = count(process.activities.len(), "activity", "activities");
    report.add("process", Good(format!("«{}»: {activities} for {managers}", process.name)));
    let mut channels: Vec<String> = circles(process).into_iter().map(|circle| circle.channel).collect();
    channels.sort();
    channels.dedup();
    if channels.is_empty() {
        report.add(
            "digest",
            Note("no channel is named, so no digest is posted ([digest] in the process file)".to_owned()),
        );
    }
    let Some(bot) = bot else { return };
    for channel in channels {
        match bot.channel(&channel).await {
            Ok(standing) => report.add("digest", of_channel(&channel, &standing)),
            Err(_) => report.wrong("digest", format!("Slack did not answer about {channel}"), "try again"),
        }
    }
}

fn of_channel(channel: &str, standing: &ChannelStanding) -> Finding {
    let (is, mend) = match standing {
        ChannelStanding::Good => return Good(format!("the bot can post to {channel}")),
        ChannelStanding::NotIn => ("the bot is not in the channel", "type `/invite @Onbeat` there"),
        ChannelStanding::Archived => ("the channel is archived", "unarchive it, or name another under [digest]"),
        ChannelStanding::NotThere => (
            "there is no such channel, or it is private and without the bot",
            "check its id under [digest] (C…, from the channel's details), or type `/invite @Onbeat` there",
        ),
        ChannelStanding::CantTell(code) => {
            return Wrong(
                format!("{channel}: Slack says {code}"),
                "mend what is said above, and look again".to_owned(),
            );
        }
    };
    Wrong(format!("{channel}: {is}"), mend.to_owned())
}

/// Whether a bot runs here, and whether people reach it.
async fn check_addresses(report: &mut Report, settings: &Settings) {
    let token = settings.bot_token.clone().unwrap_or_else(|| Secret::from(""));
    // Any base does: nothing of Slack's is asked.
    let Ok(asking) = Checkup::new("http://127.0.0.1/", &token) else { return };
    let is_alive = |answer: &Option<(u16, String)>| {
        answer.as_ref().is_some_and(|(status, text)| *status == 200 && text.trim() == "alive")
    };
    let mut here = settings.listen;
    if here.ip().is_unspecified() {
        here.set_ip(std::net::IpAddr::from([127, 0, 0, 1]));
    }
    let running = is_alive(&asking.reach(&format!("http://{here}/healthz")).await);
    report.add(
        "bot",
        match running {
            true => Good(format!("runs at {}", settings.listen)),
            false => Note(format!("none runs at {}: `onbeat serve` starts it", settings.listen)),
        },
    );
    let Some(public) = &settings.public_url else {
        report.add("public address", Note("ONBEAT_PUBLIC_URL is not set: no calendar links".to_owned()));
        return;
    };
    // With the proxy settings of this machine, as anybody else's request would go.
    let Ok(asking) = Checkup::new(public, &token) else { return };
    let answer = asking.reach(&format!("{}/healthz", public.trim_end_matches('/'))).await;
    if is_alive(&answer) {
        report.add("public address", Good(format!("{public} leads to the bot")));
        return;
    }
    let is = match answer {
        Some((status, _)) => format!("{public} answers, but not with the bot (status {status})"),
        None => format!("nobody answers at {public}"),
    };
    let mend = match running {
        true => "lead it to ONBEAT_LISTEN: check the name, the proxy and the firewall",
        false => "start `onbeat serve`, and look again; then the name, the proxy and the firewall",
    };
    report.wrong("public address", is, mend);
}
