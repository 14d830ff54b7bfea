//! A workspace with one of everything in it, and a stand-in for the bot that answers: to look at the page by hand, and to
//! show that the rules let through what Slack lets through.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use axum::Router;
use axum::extract::State;
use axum::routing::post;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::demo::workspace::model::User;
use crate::demo::{ClockControl, ClockState, Clocks, LocalSlack, Move, Team};

/// A clock that goes where it is told.
pub struct SampleClock(Mutex<Timestamp>);

impl SampleClock {
    pub fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }

    pub fn on(&self, by: SignedDuration) {
        let mut now = self.0.lock().unwrap();
        *now += by;
    }
}

#[async_trait]
impl ClockControl for SampleClock {
    async fn advance(&self, to: Move, _viewer: Option<&str>) -> Result<ClockState, String> {
        match to {
            Move::NextNudge => self.on(SignedDuration::from_mins(30)),
            Move::Hour => self.on(SignedDuration::from_hours(1)),
            Move::Tomorrow => self.on(SignedDuration::from_hours(24)),
            Move::Digest => return Err("There is no digest ahead.".into()),
        }
        Ok(ClockState { note: Some("Ana Ruiz: time for Pipeline review".into()), ..self.state() })
    }

    fn state(&self) -> ClockState {
        ClockState { now: self.now(), next_nudge: Some(self.now() + SignedDuration::from_mins(30)), note: None }
    }
}

pub struct Sample {
    pub slack: LocalSlack,
    pub clock: Arc<SampleClock>,
    pub url: String,
    http: reqwest::Client,
}

impl Sample {
    /// The people and channels, the stand-in bot, and nothing said yet. `port` 0 is any free one.
    pub async fn new(port: u16) -> Sample {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let clock = Arc::new(SampleClock(Mutex::new("2026-11-23T14:28:00Z".parse().unwrap())));
        let rehearsed = clock.clone();
        let workspace: crate::demo::workspace::Now = Arc::new(move || rehearsed.now());
        let slack = LocalSlack::new(Team::default(), Clocks { workspace: workspace.clone(), machine: workspace });
        slack.set_clock(clock.clone());
        people(&slack);
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let serving = slack.clone();
        tokio::spawn(async move { serving.serve(listener, std::future::pending()).await });
        slack.set_own_url(&url);
        let http = crate::demo::workspace::plain_client();
        let bot = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        slack.connect(&format!("http://{}", bot.local_addr().unwrap()));
        let app = Router::new()
            .route("/slack/interactions", post(interaction))
            .route("/slack/events", post(event))
            .route("/slack/commands", post(command))
            .with_state((http.clone(), url.clone()));
        tokio::spawn(async move { axum::serve(bot, app).await });
        Sample { slack, clock, url, http }
    }

    pub async fn api(&self, method: &str, body: Value) -> Value {
        call(&(self.http.clone(), self.url.clone()), method, body).await
    }

    pub async fn post(&self, channel: &str, text: &str, blocks: Value) -> Value {
        self.api("chat.postMessage", json!({ "channel": channel, "text": text, "blocks": blocks })).await
    }

    pub async fn control(&self, path: &str, body: Value) -> Value {
        let sent = self.http.post(format!("{}/control/{path}", self.url)).json(&body).send();
        sent.await.unwrap().json().await.unwrap()
    }

    pub async fn seen(&self, query: &str) -> Value {
        self.http.get(format!("{}/control/state?{query}", self.url)).send().await.unwrap().json().await.unwrap()
    }

    pub async fn file(&self, path: &str) -> reqwest::Response {
        self.http.get(format!("{}{path}", self.url)).send().await.unwrap()
    }

    /// A Monday with one of everything.
    pub async fn fill(&self) {
        let ana = self.slack.dm_id("U0ANA");
        self.post(&ana, "Good morning, Ana", plan()).await;
        self.clock.on(SignedDuration::from_mins(30));
        self.post(&ana, "Time for your pipeline review", due()).await;
        let sent = self.post(&ana, "Team meeting", recorded()).await;
        self.api(
            "chat.update",
            json!({ "channel": ana, "ts": sent["ts"], "text": "Team meeting", "blocks": recorded() }),
        )
        .await;
        self.post(
            &ana,
            "Your *first* week: `done`, _nice_ and ~quick~ :tada: <https://example.com|see the year>",
            json!([]),
        )
        .await;
        self.post(&ana, "everything", everything()).await;
        let digest = self.post("C0SALES", "The week so far", digest()).await;
        let reply = json!({ "channel": "C0SALES", "text": "Restated: one more was done.", "thread_ts": digest["ts"] });
        self.api("chat.postMessage", reply).await;
        self.slack.say("U0LEE", "C0SALES", "Lovely, thank you all :clap: <@U0ANA>").unwrap();
        self.api("chat.postEphemeral", json!({ "channel": ana, "user": "U0ANA", "text": "Only Ana can record this." }))
            .await;
        self.post(&self.slack.dm_id("U0KOFI"), "Good morning, Kofi", plan()).await;
    }
}

fn people(slack: &LocalSlack) {
    let manager = |id, name, tz| User::new(id, name, tz).title("Sales manager");
    slack.add_user(manager("U0ANA", "Ana Ruiz", "America/Chicago"));
    slack.add_user(manager("U0BEN", "Ben Okafor", "America/Chicago"));
    slack.add_user(manager("U0CHEN", "Chen Wei", "America/Los_Angeles"));
    slack.add_user(manager("U0KOFI", "Kofi Mensah", "Europe/London"));
    slack.add_user(User::new("U0LEE", "Lee Park", "America/New_York").title("Head of sales").admin());
    slack.add_user(User::new("U0DANA", "Dana Wu", "America/Chicago").title("Account executive"));
    let all = ["U0ANA", "U0BEN", "U0CHEN", "U0KOFI", "U0LEE", "U0DANA", "U0ONBEAT"];
    slack.add_channel("C0SALES", "sales-leadership", "How the week is holding", &all);
    slack.add_channel("C0GENERAL", "general", "Everybody, everything", &all);
}

type Link = (reqwest::Client, String);

async fn call((http, url): &Link, method: &str, body: Value) -> Value {
    let sent = http.post(format!("{url}/api/{method}")).bearer_auth("xoxb-local").json(&body).send();
    sent.await.unwrap().json().await.unwrap()
}

async fn interaction(State(link): State<Link>, axum::Form(form): axum::Form<Vec<(String, String)>>) -> String {
    let payload: Value = serde_json::from_str(&form[0].1).unwrap();
    if payload["type"] == "view_submission" {
        let note = payload["view"]["state"]["values"]["note"]["text"]["value"].as_str().unwrap_or("");
        return if note.len() < 5 {
            json!({ "response_action": "errors", "errors": { "note": "A few more words, please." } }).to_string()
        } else {
            String::new()
        };
    }
    let action = payload["actions"][0]["action_id"].as_str().unwrap_or("");
    if action == "note" {
        call(&link, "views.open", json!({ "trigger_id": payload["trigger_id"], "view": modal() })).await;
    } else if action == "done" {
        let ts = &payload["container"]["message_ts"];
        let body = json!({ "channel": payload["channel"]["id"], "ts": ts, "text": "Done", "blocks": recorded() });
        call(&link, "chat.update", body).await;
    }
    String::new()
}

async fn event(State(link): State<Link>, axum::Json(event): axum::Json<Value>) -> String {
    let user = event["event"]["user"].clone();
    call(&link, "views.publish", json!({ "user_id": user, "view": { "type": "home", "blocks": home() } })).await;
    String::new()
}

async fn command() -> axum::Json<Value> {
    axum::Json(json!({ "response_type": "ephemeral", "text": "*Today* you have two things left. :seedling:" }))
}

fn plain(words: &str) -> Value {
    json!({ "type": "plain_text", "text": words, "emoji": true })
}

fn words(text: &str) -> Value {
    json!({ "type": "section", "text": { "type": "mrkdwn", "text": text } })
}

fn context(text: &str) -> Value {
    json!({ "type": "context", "elements": [{ "type": "mrkdwn", "text": text }] })
}

fn button(id: &str, words: &str, style: Option<&str>) -> Value {
    let mut button = json!({ "type": "button", "action_id": id, "value": format!("occ-{id}"), "text": plain(words) });
    if let Some(style) = style {
        button["style"] = json!(style);
    }
    button
}

fn option(words: &str) -> Value {
    json!({ "text": plain(words), "value": format!("occ-1|{words}") })
}

fn asking() -> Value {
    json!({ "type": "actions", "elements": [
        button("done", "Done", Some("primary")),
        { "type": "static_select", "action_id": "snooze", "placeholder": plain("Snooze"),
          "options": [option("30 minutes"), option("1 hour"), option("This afternoon"), option("Tomorrow morning"), option("Pick a time…")] },
        button("cant", "Can't", None),
    ]})
}

fn plan() -> Value {
    json!([
        { "type": "header", "text": plain("Good morning, Ana :sunny:") },
        words("Three things today, about *2 hours* in all. The pipeline review comes first."),
        { "type": "divider" },
        words("*Pipeline review* · 9:00 AM · 60 min\nEvery deal closing this quarter has a next step dated within 7 days"),
        asking(),
        words("*1:1 with Dana Wu* · 10:30 AM · 30 min"),
        asking(),
        context("2 of 3 done last Monday · <https://example.com/year|your year>"),
    ])
}

fn due() -> Value {
    json!([
        words(
            ":alarm_clock: *It is time for your pipeline review*\n60 minutes, until <!date^1795453200^{time}|5:30 PM> on Friday at the latest."
        ),
        asking(),
    ])
}

fn recorded() -> Value {
    json!([
        words(":white_check_mark: *Weekly team meeting* is done. Nicely on time."),
        { "type": "actions", "elements": [button("note", "Add note", None), button("undo", "Undo", None)] },
    ])
}

/// Every kind of block and element that a message may hold, the plan's and the digest's aside.
fn everything() -> Value {
    json!([
        { "type": "section", "text": { "type": "mrkdwn", "text": "Fields and a *choice*" },
          "fields": [{ "type": "mrkdwn", "text": "*Due*\nMonday" }, { "type": "mrkdwn", "text": "*Closes*\nFriday" }],
          "accessory": { "type": "overflow", "action_id": "more", "options": [option("Change"), option("Undo")] } },
        { "type": "rich_text", "elements": [
            { "type": "rich_text_section", "elements": [{ "type": "text", "text": "Typed by Ana: " }, { "type": "text", "text": "<!channel> *stars*", "style": { "italic": true } }] },
            { "type": "rich_text_list", "style": "bullet", "elements": [
                { "type": "rich_text_section", "elements": [{ "type": "text", "text": "Acme", "style": { "bold": true } }, { "type": "text", "text": ": next step Thursday" }] },
                { "type": "rich_text_section", "elements": [{ "type": "emoji", "name": "dart" }, { "type": "user", "user_id": "U0DANA" }] } ] } ] },
        words("> a quote of <@U0LEE> in <#C0SALES>\nand `code`"),
        { "type": "actions", "elements": [
            { "type": "datepicker", "action_id": "date", "initial_date": "2026-12-24" },
            { "type": "timepicker", "action_id": "time", "initial_time": "08:30" },
            { "type": "users_select", "action_id": "who", "placeholder": plain("Somebody") },
            { "type": "button", "action_id": "delete", "style": "danger", "text": plain("Take back"), "confirm": {
                "title": plain("Take it back?"), "text": plain("What you recorded is gone then."), "confirm": plain("Take back"), "deny": plain("Keep") } } ] },
    ])
}

fn digest() -> Value {
    let cell = |text: &str| json!({ "type": "raw_text", "text": text });
    let row = |a, b, c| json!([cell(a), cell(b), cell(c)]);
    let point = |label: &str, value: u32| json!({ "label": label, "value": value });
    json!([
        { "type": "header", "text": plain("How the week is holding :bar_chart:") },
        words("*41 of 48 (85%)* done, *38 of 48 (79%)* on time. Last week: 82%."),
        { "type": "data_visualization", "title": "Done on time, of those decided", "chart": {
            "type": "bar",
            "series": [
                { "name": "On time", "data": [point("Ana", 9), point("Ben", 7), point("Chen", 10), point("Kofi", 12)] },
                { "name": "Late", "data": [point("Ana", 1), point("Ben", 2), point("Chen", 0), point("Kofi", 0)] },
            ],
            "axis_config": { "categories": ["Ana", "Ben", "Chen", "Kofi"], "y_label": "Activities" } } },
        { "type": "table", "column_settings": [{ "align": "left" }, { "align": "right" }, { "align": "right" }],
          "rows": [row("Manager", "Done", "On time"), row("Ana Ruiz", "10 of 12 (83%)", "9 of 12 (75%)"),
                   row("Kofi Mensah", "12 of 12 (100%)", "12 of 12 (100%)")] },
        context("Pipeline review slipped twice; coaching holds."),
    ])
}

fn home() -> Value {
    json!([
        { "type": "header", "text": plain("Your week") },
        words("*Monday, November 23* · 3 things, 2 hours"),
        asking(),
        { "type": "divider" },
        { "type": "data_visualization", "title": "Last four weeks", "chart": { "type": "pie",
            "segments": [{ "label": "On time", "value": 31 }, { "label": "Late", "value": 4 }, { "label": "Missed", "value": 2 }] } },
    ])
}

/// Every kind of input.
pub fn modal() -> Value {
    let input = |id: &str, label: &str, element: Value| json!({ "type": "input", "block_id": id, "label": plain(label), "element": element, "optional": id != "note" });
    let choice = |words: &str| json!({ "text": plain(words), "value": words });
    json!({
        "type": "modal", "callback_id": "evidence", "title": plain("Pipeline review"), "submit": plain("Save"), "close": plain("Cancel"),
        "blocks": [
            words("What came of it? *Every deal closing this quarter has a next step dated within 7 days.*"),
            input("note", "Note", json!({ "type": "plain_text_input", "action_id": "text", "multiline": true, "placeholder": plain("A line or two") })),
            input("link", "Link", json!({ "type": "url_text_input", "action_id": "url" })),
            input("number", "Deals without a dated next step", json!({ "type": "number_input", "action_id": "n", "is_decimal_allowed": true })),
            input("result", "Result", json!({ "type": "radio_buttons", "action_id": "r", "options": [choice("Met"), choice("Partly"), choice("Not met")] })),
            input("tags", "What helped", json!({ "type": "checkboxes", "action_id": "c", "options": [choice("Prepared"), choice("CRM was clean")] })),
            input("when", "When", json!({ "type": "datetimepicker", "action_id": "d", "initial_date_time": 1_795_446_000 })),
            input("who", "Who was there", json!({ "type": "users_select", "action_id": "u", "placeholder": plain("Somebody") })),
            input("kind", "Kind", json!({ "type": "static_select", "action_id": "k", "placeholder": plain("Choose"), "options": [choice("Full"), choice("Quick")] })),
        ],
    })
}
