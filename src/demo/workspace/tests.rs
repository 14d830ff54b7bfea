//! The workspace over real HTTP, against a bot that says what it is told to.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State as Handle;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::routing::post;
use serde_json::{Value, json};

use super::mischief::{Fault, Outward, Scope};
use super::model::User;
use super::outbound::signature;
use super::{Clocks, LocalSlack, Team, Trouble};

/// A request that the bot got: path, headers, body.
type Got = (String, HeaderMap, String);

#[derive(Clone, Default)]
struct Bot {
    got: Arc<Mutex<Vec<Got>>>,
    says: Arc<Mutex<VecDeque<(u16, String)>>>,
}

impl Bot {
    fn says(&self, status: u16, body: &str) {
        self.says.lock().unwrap().push_back((status, body.into()));
    }

    fn got(&self) -> Vec<Got> {
        self.got.lock().unwrap().clone()
    }

    /// The last interaction's payload.
    fn payload(&self) -> Value {
        let (_, _, body) = self.got().pop().expect("the bot got something");
        let fields: Vec<_> = url::form_urlencoded::parse(body.as_bytes()).into_owned().collect();
        serde_json::from_str(&fields[0].1).unwrap()
    }
}

async fn hear(Handle(bot): Handle<Bot>, uri: Uri, headers: HeaderMap, body: Bytes) -> (StatusCode, String) {
    bot.got.lock().unwrap().push((uri.path().into(), headers, String::from_utf8(body.to_vec()).unwrap()));
    let (status, body) = bot.says.lock().unwrap().pop_front().unwrap_or((200, String::new()));
    (StatusCode::from_u16(status).unwrap(), body)
}

struct World {
    slack: LocalSlack,
    bot: Bot,
    url: String,
    http: reqwest::Client,
}

const MACHINE_SECONDS: i64 = 1_700_000_000;

async fn world() -> World {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let rehearsed: jiff::Timestamp = "2026-11-23T14:30:00Z".parse().unwrap();
    let machine = jiff::Timestamp::from_second(MACHINE_SECONDS).unwrap();
    let clocks = Clocks { workspace: Arc::new(move || rehearsed), machine: Arc::new(move || machine) };
    let slack = LocalSlack::new(Team::default(), clocks);
    slack.add_user(User::new("U0ANA", "Ana Ruiz", "America/Chicago").email("ana@example.com"));
    slack.add_user(User::new("U0LEE", "Lee Park", "America/New_York").admin());
    slack.add_channel("C0SALES", "sales", "", &["U0ANA", "U0LEE", "U0ONBEAT"]);
    slack.add_channel("C0OTHER", "other", "", &["U0ANA"]);
    let bot = Bot::default();
    let app = Router::new().route("/slack/{door}", post(hear)).with_state(bot.clone());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    slack.connect(&format!("http://{}", listener.local_addr().unwrap()));
    tokio::spawn(async move { axum::serve(listener, app).await });
    let url = slack.start().await.unwrap();
    World { slack, bot, url, http: crate::demo::workspace::plain_client() }
}

impl World {
    fn request(&self, method: &str, body: &Value) -> reqwest::RequestBuilder {
        self.http.post(format!("{}/api/{method}", self.url)).bearer_auth("xoxb-local").json(body)
    }

    async fn api(&self, method: &str, body: Value) -> Value {
        self.request(method, &body).send().await.unwrap().json().await.unwrap()
    }

    async fn get(&self, method: &str, query: &[(&str, &str)]) -> Value {
        let request = self.http.get(format!("{}/api/{method}", self.url)).bearer_auth("xoxb-local").query(query);
        request.send().await.unwrap().json().await.unwrap()
    }

    /// Posts a message with these elements to Ana; returns channel and ts.
    async fn post(&self, elements: Value) -> (String, String) {
        let channel = self.slack.dm_id("U0ANA");
        let blocks = json!([{ "type": "actions", "block_id": "acts", "elements": elements }]);
        let answer = self.api("chat.postMessage", json!({ "channel": channel, "text": "hi", "blocks": blocks })).await;
        (channel, answer["ts"].as_str().unwrap().into())
    }
}

fn done() -> Value {
    json!({ "type": "button", "action_id": "done", "value": "occ-1", "text": { "type": "plain_text", "text": "Done ✓" } })
}

fn modal() -> Value {
    json!({
        "type": "modal", "callback_id": "note", "private_metadata": "occ-1",
        "title": { "type": "plain_text", "text": "Note" }, "submit": { "type": "plain_text", "text": "Save" },
        "blocks": [
            { "type": "input", "block_id": "note", "label": { "type": "plain_text", "text": "What came of it?" },
              "element": { "type": "plain_text_input", "action_id": "text", "multiline": true } },
            { "type": "input", "block_id": "count", "optional": true, "label": { "type": "plain_text", "text": "Deals" },
              "element": { "type": "number_input", "action_id": "number", "is_decimal_allowed": false } },
        ],
    })
}

#[tokio::test]
async fn tokens_and_methods_are_checked_before_anything_else() {
    let w = world().await;
    let bare = w.http.post(format!("{}/api/auth.test", w.url)).send().await.unwrap();
    assert_eq!(bare.json::<Value>().await.unwrap()["error"], "not_authed");
    let wrong = w.http.post(format!("{}/api/auth.test", w.url)).bearer_auth("xoxb-other").send().await.unwrap();
    assert_eq!(wrong.json::<Value>().await.unwrap()["error"], "invalid_auth");
    assert_eq!(w.get("auth.test", &[]).await["user_id"], "U0ONBEAT");
    assert_eq!(w.api("chat.scheduleMessage", json!({})).await["error"], "unknown_method");
    w.slack.settings(|s| s.scopes.retain(|scope| scope != "chat:write"));
    assert_eq!(w.api("chat.postMessage", json!({ "channel": "C0SALES", "text": "x" })).await["error"], "missing_scope");
    assert_eq!(w.slack.refused().len(), 4);
}

#[tokio::test]
async fn every_way_of_sending_arguments_is_read() {
    let w = world().await;
    let channel = w.slack.dm_id("U0ANA");
    assert_eq!(w.api("chat.postMessage", json!({ "channel": channel, "text": "json" })).await["ok"], true);
    let form = [("channel", channel.as_str()), ("text", "form"), ("blocks", r#"[{"type":"divider"}]"#)];
    let sent = w.http.post(format!("{}/api/chat.postMessage", w.url)).bearer_auth("xoxb-local").form(&form).send();
    assert_eq!(sent.await.unwrap().json::<Value>().await.unwrap()["ok"], true);
    assert_eq!(w.get("chat.postMessage", &[("channel", &channel), ("text", "query")]).await["ok"], true);
    let texts: Vec<_> = w.slack.dm("U0ANA").into_iter().map(|m| m.text).collect();
    assert_eq!(texts, ["json", "form", "query"]);
    let broken = w.http.post(format!("{}/api/chat.postMessage", w.url)).bearer_auth("xoxb-local");
    let broken = broken.header("content-type", "application/json").body("{").send().await.unwrap();
    assert_eq!(broken.json::<Value>().await.unwrap()["error"], "invalid_json");
    // The methods that take forms alone ignore JSON, as at Slack.
    assert_eq!(w.api("users.info", json!({ "user": "U0ANA" })).await["error"], "invalid_arguments");
    assert_eq!(w.get("users.info", &[("user", "U0ANA")]).await["user"]["tz_offset"], -6 * 3600);
}

#[tokio::test]
async fn posting_refuses_what_slack_refuses() {
    let w = world().await;
    let post = async |body| w.api("chat.postMessage", body).await["error"].clone();
    assert_eq!(post(json!({ "text": "x" })).await, "invalid_arguments");
    assert_eq!(post(json!({ "channel": "C0NONE", "text": "x" })).await, "channel_not_found");
    assert_eq!(post(json!({ "channel": "C0OTHER", "text": "x" })).await, "not_in_channel");
    assert_eq!(post(json!({ "channel": "C0SALES" })).await, "no_text");
    assert_eq!(post(json!({ "channel": "C0SALES", "blocks": {} })).await, "invalid_blocks_format");
    assert_eq!(post(json!({ "channel": "C0SALES", "blocks": [{ "type": "nonsense" }] })).await, "invalid_blocks");
    assert_eq!(post(json!({ "channel": "#sales", "text": "x", "thread_ts": "1.0" })).await, "thread_not_found");
    assert_eq!(post(json!({ "channel": "#sales", "text": "x" })).await, Value::Null);
    let ephemeral = json!({ "channel": "C0SALES", "user": "U0NOBODY", "text": "x" });
    assert_eq!(w.api("chat.postEphemeral", ephemeral).await["error"], "user_not_in_channel");
}

#[tokio::test]
async fn only_the_bots_own_messages_can_be_changed() {
    let w = world().await;
    let theirs = w.slack.say("U0ANA", "C0SALES", "hello").unwrap();
    let change = |ts: &str| json!({ "channel": "C0SALES", "ts": ts, "text": "changed" });
    assert_eq!(w.api("chat.update", change(&theirs)).await["error"], "cant_update_message");
    assert_eq!(w.api("chat.update", change("1.000000")).await["error"], "message_not_found");
    let (channel, ts) = w.post(json!([done()])).await;
    let long = json!({ "channel": channel, "ts": ts, "text": "x".repeat(4_001) });
    assert_eq!(w.api("chat.update", long).await["error"], "msg_too_long");
    assert_eq!(w.api("chat.update", json!({ "channel": channel, "ts": ts, "text": "only text" })).await["ok"], true);
    let message = &w.slack.dm("U0ANA")[0];
    assert!(message.blocks.is_empty(), "text without blocks removes the blocks");
    assert!(message.edited.is_some());
}

#[tokio::test]
async fn an_update_keeps_the_metadata_that_it_does_not_mention() {
    let w = world().await;
    let metadata = json!({ "event_type": "onbeat_nudge", "event_payload": { "nudge": "n1" } });
    let sent = w.api("chat.postMessage", json!({ "channel": "C0SALES", "text": "a", "metadata": metadata })).await;
    w.api("chat.update", json!({ "channel": "C0SALES", "ts": sent["ts"], "text": "b" })).await;
    assert_eq!(w.slack.messages("C0SALES")[0].metadata, Some(metadata));
    w.api("chat.update", json!({ "channel": "C0SALES", "ts": sent["ts"], "text": "c", "metadata": {} })).await;
    assert_eq!(w.slack.messages("C0SALES")[0].metadata, None);
}

#[tokio::test]
async fn a_second_try_with_the_same_client_msg_id_is_the_first_message() {
    let w = world().await;
    let body = json!({ "channel": "C0SALES", "text": "x", "client_msg_id": "one" });
    let first = w.api("chat.postMessage", body.clone()).await;
    assert_eq!(w.api("chat.postMessage", body.clone()).await["ts"], first["ts"]);
    w.slack.settings(|s| s.recognise_client_msg_id = false);
    assert_ne!(w.api("chat.postMessage", body).await["ts"], first["ts"]);
    assert_eq!(w.slack.messages("C0SALES").len(), 2);
}

#[tokio::test]
async fn history_pages_backwards_within_bounds() {
    let w = world().await;
    let mut sent = vec![];
    for n in 0..5 {
        let metadata = json!({ "event_type": "n", "event_payload": { "n": n.to_string() } });
        let body = json!({ "channel": "C0SALES", "text": n.to_string(), "metadata": metadata });
        sent.push(w.api("chat.postMessage", body).await["ts"].as_str().unwrap().to_string());
    }
    let texts = |answer: &Value| -> Vec<String> {
        let messages = answer["messages"].as_array().unwrap();
        messages.iter().map(|m| m["text"].as_str().unwrap().to_string()).collect()
    };
    let first = w.get("conversations.history", &[("channel", "C0SALES"), ("limit", "2")]).await;
    assert_eq!((texts(&first), &first["has_more"]), (vec!["4".into(), "3".into()], &json!(true)));
    assert_eq!(first["messages"][0]["metadata"], Value::Null);
    let cursor = first["response_metadata"]["next_cursor"].as_str().unwrap();
    let query = [("channel", "C0SALES"), ("limit", "3"), ("cursor", cursor), ("include_all_metadata", "true")];
    let second = w.get("conversations.history", &query).await;
    assert_eq!((texts(&second), &second["has_more"]), (vec!["2".into(), "1".into(), "0".into()], &json!(false)));
    assert_eq!(second["messages"][0]["metadata"]["event_payload"]["n"], "2");
    let within = async |inclusive: &str| {
        let query = [("channel", "C0SALES"), ("oldest", &sent[1]), ("latest", &sent[3]), ("inclusive", inclusive)];
        texts(&w.get("conversations.history", &query).await)
    };
    assert_eq!(within("true").await, ["3", "2", "1"]);
    assert_eq!(within("false").await, ["2"]);
    let odd = w.get("conversations.history", &[("channel", "C0SALES"), ("cursor", "rubbish")]).await;
    assert_eq!(odd["error"], "invalid_cursor");
}

#[tokio::test]
async fn requests_to_the_bot_are_signed_by_the_machines_clock() {
    let w = world().await;
    w.slack.open_home("U0ANA").await.unwrap();
    let (path, headers, body) = w.bot.got().pop().unwrap();
    assert_eq!(path, "/slack/events");
    assert_eq!(headers["x-slack-request-timestamp"], MACHINE_SECONDS.to_string());
    assert_eq!(headers["x-slack-signature"], signature("local-signing-secret", MACHINE_SECONDS, &body));
    let event: Value = serde_json::from_str(&body).unwrap();
    assert_eq!((&event["type"], &event["event"]["type"]), (&json!("event_callback"), &json!("app_home_opened")));
    assert_eq!(event["team_id"], "T0LOCAL");
}

/// The worked example of Slack's page on verifying requests.
#[test]
fn the_signature_is_slacks() {
    let body = "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&\
                channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&\
                response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&\
                trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";
    let expected = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503";
    assert_eq!(signature("8f742231b10e8888abcd99yyyzzz85a5", 1_531_420_618, body), expected);
}

#[tokio::test]
async fn a_press_says_who_pressed_what_where() {
    let w = world().await;
    let (channel, ts) = w.post(json!([done()])).await;
    assert_eq!(w.slack.press("U0ANA", &ts, "Done").await.unwrap().status, 200);
    let payload = w.bot.payload();
    assert_eq!(payload["type"], "block_actions");
    assert_eq!(payload["user"]["id"], "U0ANA");
    let container = json!({ "type": "message", "message_ts": ts, "channel_id": channel, "is_ephemeral": false });
    assert_eq!(payload["container"], container);
    let action = &payload["actions"][0];
    assert_eq!(
        (&action["action_id"], &action["block_id"], &action["value"]),
        (&json!("done"), &json!("acts"), &json!("occ-1"))
    );
    assert!(
        action["action_ts"].is_string() && payload["trigger_id"].is_string() && payload["response_url"].is_string()
    );
    let trouble = w.slack.press("U0LEE", &ts, "Done").await;
    assert!(matches!(trouble, Err(Trouble::NotThere(_))), "nobody presses what they can't see");
}

#[tokio::test]
async fn a_choice_carries_its_option_in_action_and_state() {
    let w = world().await;
    let option = |n: &str| json!({ "text": { "type": "plain_text", "text": n }, "value": format!("occ-1|{n}") });
    let select = json!({ "type": "static_select", "action_id": "snooze", "options": [option("1 hour"), option("Next week")],
        "placeholder": { "type": "plain_text", "text": "Snooze" } });
    let (_, ts) = w.post(json!([select])).await;
    w.slack.select_of("U0ANA", &ts, "Snooze", "occ-1", "Next week").await.unwrap();
    let payload = w.bot.payload();
    assert_eq!(payload["actions"][0]["selected_option"]["value"], "occ-1|Next week");
    assert_eq!(payload["state"]["values"]["acts"]["snooze"]["selected_option"]["value"], "occ-1|Next week");
}

#[tokio::test]
async fn a_trigger_opens_one_modal_and_not_for_ever() {
    let w = world().await;
    let (_, ts) = w.post(json!([done()])).await;
    w.slack.press("U0ANA", &ts, "Done").await.unwrap();
    let trigger = w.bot.payload()["trigger_id"].clone();
    let open = async |trigger: &Value| w.api("views.open", json!({ "trigger_id": trigger, "view": modal() })).await;
    assert_eq!(open(&json!("1.2.x")).await["error"], "invalid_trigger_id");
    assert_eq!(open(&trigger).await["ok"], true);
    assert_eq!(open(&trigger).await["error"], "exchanged_trigger_id");
    w.slack.press("U0ANA", &ts, "Done").await.unwrap();
    let late = w.bot.payload()["trigger_id"].clone();
    w.slack.expire_tickets();
    assert_eq!(open(&late).await["error"], "expired_trigger_id");
}

async fn with_modal() -> World {
    let w = world().await;
    let (_, ts) = w.post(json!([done()])).await;
    w.slack.press("U0ANA", &ts, "Done").await.unwrap();
    let trigger = w.bot.payload()["trigger_id"].clone();
    assert_eq!(w.api("views.open", json!({ "trigger_id": trigger, "view": modal() })).await["ok"], true);
    w
}

#[tokio::test]
async fn a_form_is_checked_here_then_by_the_bot_then_closed() {
    let w = with_modal().await;
    let before = w.bot.got().len();
    assert!(matches!(w.slack.submit("U0ANA", &[]).await, Err(Trouble::Form(_))), "the note is required");
    let odd = [("note", "x"), ("Deals", "1.5")];
    assert!(matches!(w.slack.submit("U0ANA", &odd).await, Err(Trouble::Form(_))), "whole numbers alone");
    assert_eq!(w.bot.got().len(), before, "nothing was sent");
    w.bot.says(200, r#"{"response_action":"errors","errors":{"note":"Say more."}}"#);
    w.slack.submit("U0ANA", &[("note", "x"), ("Deals", "2")]).await.unwrap();
    assert!(w.slack.modal("U0ANA").is_some());
    w.slack.submit("U0ANA", &[("note", "All dated")]).await.unwrap();
    assert!(w.slack.modal("U0ANA").is_none());
    let payload = w.bot.payload();
    assert_eq!(payload["type"], "view_submission");
    assert_eq!(payload["view"]["private_metadata"], "occ-1");
    assert_eq!(payload["view"]["state"]["values"]["note"]["text"]["value"], "All dated");
    assert_eq!(payload["view"]["state"]["values"]["count"]["number"]["value"], "2", "what was put in before stays");
    assert!(w.slack.refused().is_empty());
}

#[tokio::test]
async fn a_submission_may_update_push_or_clear() {
    let w = with_modal().await;
    let fields = [("note", "x")];
    let mut other = modal();
    other["title"]["text"] = json!("Second");
    w.bot.says(200, &json!({ "response_action": "push", "view": other }).to_string());
    w.slack.submit("U0ANA", &fields).await.unwrap();
    let top = w.slack.modal("U0ANA").unwrap();
    assert_eq!(top.body["title"]["text"], "Second");
    assert!(top.previous.is_some());
    other["title"]["text"] = json!("x".repeat(25));
    w.bot.says(200, &json!({ "response_action": "update", "view": other }).to_string());
    w.slack.submit("U0ANA", &fields).await.unwrap();
    assert_eq!(w.slack.refused().last().unwrap().method, "answer to view_submission");
    w.bot.says(200, r#"{"response_action":"clear"}"#);
    w.slack.submit("U0ANA", &fields).await.unwrap();
    assert!(w.slack.modal("U0ANA").is_none());
}

#[tokio::test]
async fn a_home_published_with_an_old_hash_conflicts() {
    let w = world().await;
    let view = json!({ "type": "home", "blocks": [{ "type": "divider" }] });
    let publish =
        async |hash: Value| w.api("views.publish", json!({ "user_id": "U0ANA", "view": view, "hash": hash })).await;
    let first = publish(Value::Null).await["view"]["hash"].clone();
    let second = publish(first.clone()).await["view"]["hash"].clone();
    assert_ne!(first, second);
    assert_eq!(publish(first).await["error"], "hash_conflict");
    assert_eq!(publish(second).await["ok"], true);
}

#[tokio::test]
async fn commands_are_answered_at_once_or_later_to_the_person_alone() {
    let w = world().await;
    w.bot.says(200, r#"{"response_type":"ephemeral","text":"Today: nothing"}"#);
    w.slack.command("U0ANA", "today").await.unwrap();
    let fields: Vec<_> = url::form_urlencoded::parse(w.bot.got()[0].2.as_bytes()).into_owned().collect();
    let field = |name: &str| fields.iter().find(|(k, _)| k == name).unwrap().1.clone();
    assert_eq!((field("command"), field("text"), field("user_id")), ("/onbeat".into(), "today".into(), "U0ANA".into()));
    let later = field("response_url");
    for n in 0..6 {
        let sent = w.http.post(&later).json(&json!({ "text": format!("later {n}") })).send().await.unwrap();
        assert_eq!(sent.status().as_u16(), if n < 5 { 200 } else { 404 }, "five answers, no more");
    }
    let shown: Vec<_> = w.slack.ephemerals("U0ANA").into_iter().map(|e| e.text).collect();
    assert_eq!(shown[..3], ["Today: nothing", "later 0", "later 1"]);
    assert!(w.slack.ephemerals("U0LEE").is_empty() && w.slack.dm("U0ANA").is_empty());
    w.bot.says(500, "");
    w.slack.command("U0ANA", "week").await.unwrap();
    assert!(w.slack.ephemerals("U0ANA").last().unwrap().from_slack, "Slack says that the command failed");
}

#[tokio::test]
async fn files_go_up_in_three_steps_and_can_then_be_shown() {
    let w = world().await;
    let image = |id: &Value| json!([{ "type": "image", "alt_text": "chart", "slack_file": { "id": id } }]);
    let url = w.get("files.getUploadURLExternal", &[("filename", "chart.png"), ("length", "3")]).await;
    let id = url["file_id"].clone();
    let show =
        async || w.api("chat.postMessage", json!({ "channel": "C0SALES", "text": "x", "blocks": image(&id) })).await;
    assert_eq!(show().await["error"], "invalid_blocks");
    let upload = async |bytes: &'static str| {
        w.http.post(url["upload_url"].as_str().unwrap()).body(bytes).send().await.unwrap().status().as_u16()
    };
    assert_eq!(upload("four").await, 400);
    assert_eq!(upload("png").await, 200);
    let complete = json!({ "files": [{ "id": id, "title": "Chart" }] });
    assert_eq!(w.api("files.completeUploadExternal", complete.clone()).await["files"][0]["title"], "Chart");
    assert_eq!(w.api("files.completeUploadExternal", complete).await["error"], "file_not_found");
    assert_eq!(w.get("files.info", &[("file", id.as_str().unwrap())]).await["file"]["mimetype"], "image/png");
    assert_eq!(show().await["ok"], true);
}

#[tokio::test]
async fn mischief_strikes_as_ordered_and_says_whether_the_call_was_carried_out() {
    let w = world().await;
    let body = json!({ "channel": "C0SALES", "text": "x" });
    let played = async |fault: Fault| {
        w.slack.mischief(Scope::method("chat.postMessage"), fault, 1);
        let before = w.slack.messages("C0SALES").len();
        let sent = w.request("chat.postMessage", &body).timeout(Duration::from_millis(300)).send().await;
        let status = sent.map(|s| s.status().as_u16()).unwrap_or(0);
        (status, w.slack.messages("C0SALES").len() - before)
    };
    assert_eq!(played(Fault::RateLimited(7)).await, (429, 0));
    assert_eq!(played(Fault::ServerError(503)).await, (503, 0));
    assert_eq!(played(Fault::ServerErrorAfter(502)).await, (502, 1));
    assert_eq!(played(Fault::Refused("internal_error".into())).await, (200, 0));
    assert_eq!(played(Fault::ResetBefore).await, (0, 0));
    assert_eq!(played(Fault::ResetAfter).await, (0, 1));
    assert_eq!(played(Fault::SilentBefore).await, (0, 0));
    assert_eq!(played(Fault::SilentAfter).await, (0, 1));
    assert_eq!(played(Fault::Slow(Duration::from_millis(1))).await, (200, 1));
    assert!(w.slack.refused().is_empty(), "mischief is no fault of the bot's");
    w.slack.mischief(Scope::Any, Fault::RateLimited(7), 1);
    let limited = w.request("auth.test", &json!({})).send().await.unwrap();
    assert_eq!(limited.headers()["retry-after"], "7");
    assert!(!w.slack.has_mischief_left());
}

#[tokio::test]
async fn an_answer_lost_early_may_still_land_late() {
    let w = world().await;
    w.slack.mischief(Scope::Any, Fault::SilentLate(Duration::from_millis(50)), 1);
    let body = json!({ "channel": "C0SALES", "text": "late" });
    let sent = w.request("chat.postMessage", &body).timeout(Duration::from_millis(10)).send().await;
    assert!(sent.is_err());
    let mut revisions = w.slack.inner.revision.subscribe();
    let landed = async { revisions.wait_for(|_| !w.slack.messages("C0SALES").is_empty()).await.map(|_| ()) };
    tokio::time::timeout(Duration::from_secs(5), landed).await.expect("it lands").unwrap();
}

#[tokio::test]
async fn requests_to_the_bot_double_get_lost_and_overtake_each_other() {
    let w = world().await;
    let (_, ts) = w.post(json!([done()])).await;
    let arrived = || w.bot.got().len();
    w.slack.mischief_outward(Outward::Twice, 1);
    w.slack.press("U0ANA", &ts, "Done").await.unwrap();
    assert_eq!(arrived(), 2);
    w.slack.mischief_outward(Outward::TwiceAtOnce, 1);
    w.slack.press("U0ANA", &ts, "Done").await.unwrap();
    assert_eq!(arrived(), 4);
    w.slack.mischief_outward(Outward::Lost, 1);
    assert_eq!(w.slack.press("U0ANA", &ts, "Done").await.unwrap().status, 0);
    assert_eq!(arrived(), 4);
    w.slack.mischief_outward(Outward::AfterTheNext, 1);
    w.slack.press("U0ANA", &ts, "Done").await.unwrap();
    w.slack.command("U0ANA", "today").await.unwrap();
    let paths: Vec<_> = w.bot.got()[4..].iter().map(|(path, ..)| path.clone()).collect();
    assert_eq!(paths, ["/slack/commands", "/slack/interactions"]);
}

#[tokio::test]
async fn an_event_that_the_bot_did_not_take_comes_again() {
    let w = world().await;
    w.bot.says(500, "");
    assert_eq!(w.slack.open_home("U0ANA").await.unwrap().status, 200);
    let got = w.bot.got();
    assert_eq!(got.len(), 2);
    assert_eq!(got[1].1["x-slack-retry-num"], "1");
    assert_eq!(got[0].2, got[1].2, "the same event id");
}

#[tokio::test]
async fn posts_come_no_faster_than_asked() {
    let w = world().await;
    w.slack.settings(|s| s.post_interval = Some(Duration::from_secs(60)));
    let post = async |channel: &str| {
        let body = json!({ "channel": channel, "text": "x" });
        w.request("chat.postMessage", &body).send().await.unwrap().status().as_u16()
    };
    assert_eq!(post("C0SALES").await, 200);
    assert_eq!(post("C0SALES").await, 429);
    assert_eq!(post("U0ANA").await, 200, "each conversation has its own pace");
}
