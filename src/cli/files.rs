//! Reads process files from disk, and asks Slack for what they leave to it.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Component, Path, PathBuf};

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::Failure;
use super::output::count;
use crate::config::Settings;
use crate::process::file::{self, SourceFile, Surroundings};
use crate::process::{Process, zone_named};
use crate::slack::Slack;

/// Reads and checks the files as one process. Warnings go to standard error.
pub(super) async fn read(paths: &[PathBuf], settings: &Settings, now: Timestamp) -> Result<Process, Failure> {
    let files = sources(paths)?;
    let slack = settings.bot_token.as_ref().and_then(|token| Slack::new(&settings.slack_api_url, token).ok());
    let people = look_up(&file::emails(&files), slack.as_ref()).await;
    let today = now.to_zoned(TimeZone::UTC).date();
    let (mut process, warnings) = file::read(&files, today, &Disk { people }).map_err(|problems| {
        let shown: Vec<&str> = problems.iter().map(|problem| problem.rendered.trim_end()).collect();
        Failure::Wrong(format!(
            "{}\n\n{}{} found; nothing was changed",
            shown.join("\n\n"),
            if shown.len() == file::MOST_PROBLEMS { "at least " } else { "" },
            count(shown.len(), "problem", "problems")
        ))
    })?;
    for warning in warnings {
        eprintln!("{}\n", warning.rendered.trim_end());
    }
    if process.managers.is_empty() {
        eprintln!("warning: nobody takes part yet: no file named here has a [[manager]]; name your team's file too");
    }
    ask_for_zones(&mut process, slack.as_ref()).await;
    Ok(process)
}

/// All files, or what is wrong with any of them.
fn sources(paths: &[PathBuf]) -> Result<Vec<SourceFile>, Failure> {
    let (mut files, mut wrong) = (Vec::new(), Vec::new());
    for path in paths {
        match source(path) {
            Ok(file) => files.push(file),
            Err(words) => wrong.push(words),
        }
    }
    if wrong.is_empty() { Ok(files) } else { Err(Failure::Wrong(wrong.join("\n"))) }
}

fn source(path: &Path) -> Result<SourceFile, String> {
    let name = path.display().to_string();
    let bytes = read_some(path).map_err(|error| format!("cannot read {name}: {error}"))?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let good = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = good.iter().filter(|byte| **byte == b'\n').count() + 1;
        let column = String::from_utf8_lossy(good.rsplit(|byte| *byte == b'\n').next().unwrap_or_default());
        format!("{name}:{line}:{}: this is no UTF-8 text: save the file as UTF-8", column.chars().count() + 1)
    })?;
    Ok(SourceFile { name, text })
}

/// A file is larger than this by mistake: a thousand managers with their reps take half a megabyte.
const LARGEST: u64 = 4 << 20;

fn read_some(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    std::fs::File::open(path)?.take(LARGEST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LARGEST {
        return Err(std::io::Error::other("it is larger than 4 MB: is it the right file?"));
    }
    Ok(bytes)
}

/// The Slack ids behind e-mail addresses, or why not.
async fn look_up(emails: &[String], slack: Option<&Slack>) -> BTreeMap<String, Result<String, String>> {
    let mut people = BTreeMap::new();
    for email in emails {
        let found = match slack {
            None => Err("an address is looked up in Slack, which needs SLACK_BOT_TOKEN".to_owned()),
            Some(slack) => match slack.lookup_by_email(email).await {
                Ok(Some(profile)) => Ok(profile.user.to_string()),
                Ok(None) => Err("nobody in Slack has this address".to_owned()),
                Err(error) => Err(error.to_string()),
            },
        };
        people.insert(email.clone(), found);
    }
    people
}

/// A manager without a zone has the one of their Slack profile; UTC where that isn't known.
async fn ask_for_zones(process: &mut Process, slack: Option<&Slack>) {
    for manager in process.managers.iter_mut().filter(|manager| manager.time_zone.is_none()) {
        let profile = match slack {
            Some(slack) => slack.user_profile(&manager.slack).await.ok().flatten(),
            None => None,
        };
        manager.time_zone = profile.and_then(|profile| zone_named(&profile.time_zone?));
        if manager.time_zone.is_none() && slack.is_some() {
            eprintln!("warning: Slack names no time zone for {}: taking UTC", manager.name);
        }
    }
}

/// What the files name beside themselves.
struct Disk {
    people: BTreeMap<String, Result<String, String>>,
}

impl Surroundings for Disk {
    fn holiday_file(&self, beside: &str, path: &str) -> Result<SourceFile, String> {
        let folder =
            Path::new(beside).parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let named = Path::new(path);
        if named.components().any(|part| part == Component::ParentDir) {
            return Err("its path may not go up by `..`: write it straight, from the process file's folder".to_owned());
        }
        if !named.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir)) {
            return Err("a holiday file must lie inside the process file's folder".to_owned());
        }
        let full = folder.join(named);
        let real = full.canonicalize().map_err(|error| error.to_string())?;
        let home = folder.canonicalize().map_err(|error| error.to_string())?;
        // A symbolic link may lead out.
        if !real.starts_with(home) {
            return Err("a holiday file must lie inside the process file's folder".to_owned());
        }
        // A pipe would be waited for until somebody writes to it.
        if !real.is_file() {
            return Err("it is no file".to_owned());
        }
        let bytes = read_some(&real).map_err(|error| error.to_string())?;
        let text = String::from_utf8(bytes).map_err(|_| "it is not UTF-8 text".to_owned())?;
        Ok(SourceFile { name: full.display().to_string(), text })
    }

    fn user_by_email(&self, email: &str) -> Result<String, String> {
        self.people.get(email).cloned().unwrap_or_else(|| Err("it was not looked up".to_owned()))
    }
}
