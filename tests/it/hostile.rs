//! Whatever comes in, rightly signed or not: never a 5xx, never a change by somebody who may not make it, never a dead bot.

use std::time::{Duration, Instant};

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::harness::{ANA, BEN, HEAD, Harness, LEADERS, http, id};

const ACTIVITIES: &str = r#"
[[activity]]
key = "forecast"
title = "Forecast"
when = "every Monday at 09:00"
minutes = 30

[[activity]]
key = "noted"
title = "Noted"
when = "every Monday at 10:00"
minutes = 30
evidence = ["note", "link", "number"]
number = { label = "How many", target = "<= 2" }

[[activity]]
key = "one-on-one"
title = "Weekly 1:1"
when = "every Monday at 11:00"
minutes = 30
per = "rep"
"#;

/// How many payloads a test sends; more by hand, where somebody wants to look longer.
const CASES: usize = 400;

const OPEN: &str = "2026-12-07.forecast.U0ANA";
const NOTED: &str = "2026-12-07.noted.U0ANA";

async fn monday() -> Harness {
    monday_on(Harness::before("2026-12-07T12:00:00Z").await).await
}

async fn monday_on(mut h: Harness) -> Harness {
    h.apply(&[HEAD, ACTIVITIES, LEADERS, ANA, BEN].concat()).await;
    h.open().await;
    h.beat().await;
    h.advance_to("Mon 08:30").await;
    h.kinds("ana");
    h
}

/// What stands in the tables that people change.
async fn stands(h: &Harness) -> String {
    use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};
    let url = h.database();
    let tables = [
        ("occurrence", "id, standing, note, link, number, reason, result, completed_by, snoozed_until, version", "id"),
        ("revision", "number, text", "number"),
        ("absence", "manager, first, last", "manager, first"),
        ("intention", "manager, activity, words", "manager, activity"),
        ("link", "user_id, generation", "user_id"),
        ("aside", "id, answer", "id"),
        ("message", "id, delivery, channel, ts", "id"),
        ("log", "who, what, occurrence", "id"),
    ];
    let mut all = String::new();
    for (table, columns, order) in tables {
        let row: String = if url.starts_with("sqlite") {
            let mut connection = SqliteConnection::connect(&url).await.unwrap();
            let from = format!("(SELECT * FROM {table} ORDER BY {order})");
            let query = format!("SELECT json_group_array(json_array({columns})) FROM {from}");
            let row = sqlx::query_scalar(AssertSqlSafe(query)).fetch_one(&mut connection).await.unwrap();
            connection.close().await.unwrap();
            row
        } else {
            let mut connection = PgConnection::connect(&url).await.unwrap();
            let rows = format!("json_agg(json_build_array({columns}) ORDER BY {order})");
            let query = format!("SELECT coalesce({rows}, '[]')::text FROM {table}");
            sqlx::query_scalar(AssertSqlSafe(query)).fetch_one(&mut connection).await.unwrap()
        };
        all += &row.replace('\n', " ");
        all.push('\n');
    }
    all
}

fn press(action_id: &str, value: &str) -> Value {
    json!({
        "actions": [{ "type": "button", "action_id": action_id, "block_id": "b", "value": value, "action_ts": "9.9" }],
        "container": { "type": "message", "message_ts": "1.000001", "channel_id": "D1" },
        "channel": { "id": "D1", "name": "directmessage" },
        "message": { "ts": "1.000001", "metadata": { "event_type": "onbeat_nudge", "event_payload": { "nudge": "n1", "kind": "due" } } },
        "response_url": "http://127.0.0.1:9/response/1", "state": { "values": {} }, "type": "block_actions",
    })
}

fn submission(callback_id: &str, private: &Value, values: Value) -> Value {
    let view = json!({ "id": "V1", "type": "modal", "hash": "h1", "callback_id": callback_id,
        "private_metadata": private.to_string(), "previous_view_id": "V0", "state": { "values": values } });
    json!({ "type": "view_submission", "view": view })
}

fn field(value: Value) -> Value {
    json!({ "x": value })
}

/// One of each kind of interaction, each of which would change something of Ana's, or of the process.
fn interactions() -> Vec<Value> {
    let mut all = Vec::new();
    for action in ["done", "cant", "add_note", "change", "undo", "log_for"] {
        all.extend([press(action, OPEN), press(action, NOTED)]);
    }
    for choice in ["30m", "1h", "afternoon", "tomorrow", "next-week", "pick"] {
        all.push(press("snooze", &format!("{OPEN}|{choice}")));
    }
    for (action, value) in [
        ("mark_several", "m1"),
        ("keep", "snoozes.o1"),
        ("fewer", "silence.o1"),
        ("if_then", "new"),
        ("reset_links", "U0ANA"),
        ("away", "new"),
        ("change_away", "2026-12-24/2027-01-02"),
        ("back", "2026-12-24/2027-01-02"),
        ("settings", "own"),
        ("manage_people", "0"),
        ("manage_manager", "U0ANA"),
        ("manage_leader", "U0LEE"),
        ("manage_activity", "retire|forecast"),
        ("manage_digest", "0"),
        ("manage_excuse", "0"),
    ] {
        all.push(press(action, value));
    }
    all.push(json!({ "type": "shortcut", "callback_id": "cadence", "action_ts": "1.1" }));
    all.push(json!({ "type": "message_action", "callback_id": "log_outcome", "action_ts": "1.1",
        "channel": { "id": "C0SALES" }, "message_ts": "1.1", "message": { "ts": "1.1" } }));
    all.push(json!({ "type": "view_closed", "view": { "id": "V1" } }));
    all.extend(submissions());
    all.extend(managing());
    all
}

fn text(text: &str) -> Value {
    field(json!({ "type": "plain_text_input", "value": text }))
}

fn option(value: &str) -> Value {
    field(json!({ "selected_option": { "value": value } }))
}

/// What managers submit.
fn submissions() -> Vec<Value> {
    let mut all = Vec::new();
    let answers = json!({ "note": text("fine"), "link": text("https://x.example/"), "number": text("1"),
        "result": option("met") });
    let occurrence = |purpose: &str| json!({ "v": 1, "occurrence": NOTED, "purpose": purpose });
    all.push(submission("outcome", &occurrence("done"), answers.clone()));
    all.push(submission("outcome", &occurrence("change"), answers.clone()));
    all.push(submission("cant", &occurrence("done"), json!({ "reason": option("other"), "reason_words": text("so") })));
    let when = field(json!({ "selected_date_time": 1_796_660_000 }));
    all.push(submission("pick_time", &occurrence("done"), json!({ "when": when })));
    let several = json!({ format!("what/{OPEN}"): option("done"), format!("what/{NOTED}"): option("no time") });
    all.push(submission("several", &json!({ "v": 1, "message": "m1" }), several));
    let days = json!({ "first_day": field(json!({ "selected_date": "2026-12-24" })),
        "last_day": field(json!({ "selected_date": "2026-12-30" })) });
    all.push(submission("away", &json!({ "v": 1 }), days));
    let if_then = json!({ "activity": option("forecast"), "if_then": text("after coffee") });
    all.push(submission("if_then", &json!({ "v": 1 }), if_then));
    let settings = json!({ "intensity": option("light"), "start": field(json!({ "selected_time": "07:00" })),
        "zone": text("Europe/Paris") });
    all.push(submission("settings", &json!({ "v": 1 }), settings));
    let log = json!({ "v": 1, "occurrence": NOTED, "link": "https://x.slack.com/archives/C1/p17" });
    all.push(submission("log_outcome", &log, answers));
    all
}

/// What leaders submit.
fn managing() -> Vec<Value> {
    let mut all = Vec::new();
    for form in [
        json!({ "preview": { "revision": 1, "edit": { "remove_managers": { "people": ["U0ANA"] } } } }),
        json!({ "preview": { "revision": 1, "edit": { "retire": { "activity": "forecast" } } } }),
        json!({ "preview": { "revision": 1, "edit": { "hold": { "activity": "forecast", "managers": [] } } } }),
        json!({ "preview": { "revision": 1, "edit": { "leader": { "leader": "U0LEE", "above": null } } } }),
        json!({ "preview": { "revision": 1, "edit": { "add_managers": { "people": [{ "s": "U0ZOE" }],
            "leader": { "s": "U0LEE", "a": "U0VAL" } } } } }),
        json!({ "remove_managers": { "revision": 1 } }),
        json!({ "activity": { "revision": 1, "key": "forecast" } }),
        json!({ "excuse": { "manager": "U0ANA" } }),
        json!("excuse_whose"),
    ] {
        let values = json!({ "people": field(json!({ "selected_users": ["U0ANA"] })), "title": text("Mine now"),
            "manager": field(json!({ "selected_user": "U0ANA" })), "reason": text("because"),
            "occurrences": field(json!({ "selected_options": [{ "value": OPEN }] })) });
        all.push(submission("manage", &json!({ "v": 1, "form": form }), values));
    }
    all
}

fn events() -> Vec<Value> {
    let event =
        |event: Value| json!({ "type": "event_callback", "team_id": "T0LOCAL", "event_id": "Ev1", "event": event });
    vec![
        event(json!({ "type": "app_home_opened", "user": "U0ZOE", "tab": "home", "event_ts": "1.1" })),
        event(json!({ "type": "user_change", "user": { "id": "U0ZOE", "deleted": true } })),
        event(json!({ "type": "tokens_revoked", "tokens": { "bot": ["U9"] } })),
        event(json!({ "type": "message", "text": "hello", "user": "U0ZOE" })),
        json!({ "type": "url_verification", "challenge": "c" }),
    ]
}

/// What stands where something else stood.
fn odd() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        Just(json!([])),
        Just(json!({})),
        Just(json!(true)),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,40}".prop_map(Value::from),
        Just(json!("<!channel> \u{0}\u{1b}[31m\r\n=HYPERLINK(1) ' OR 1=1 --")),
        Just(json!("x".repeat(20_000))),
        Just(json!("🦔".repeat(3_000))),
        Just(json!(format!("{OPEN}|{}", "|".repeat(500)))),
        Just(json!("2026-12-07.forecast.U0BEN")),
        Just(json!("9999-99-99/0000-00-00")),
        Just(json!("{\"v\":1,\"form\":{\"preview\":{}}}")),
        Just((0..100).fold(json!(1), |inner, _| json!([inner]))),
    ]
}

/// The places of a value, as JSON pointers.
fn places(value: &Value, at: &str, all: &mut Vec<String>) {
    all.push(at.to_owned());
    let escaped = |key: &str| key.replace('~', "~0").replace('/', "~1");
    match value {
        Value::Object(map) => map.iter().for_each(|(key, inner)| places(inner, &format!("{at}/{}", escaped(key)), all)),
        Value::Array(list) => {
            list.iter().enumerate().for_each(|(place, inner)| places(inner, &format!("{at}/{place}"), all));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Puts something odd into up to two places, also into the text in which a modal carries what it is about.
fn mutated(runner: &mut TestRunner, value: &Value) -> Value {
    let mut value = value.clone();
    for _ in 0..drawn(runner, 0usize..3) {
        let mut all = Vec::new();
        places(&value, "", &mut all);
        let place = all[drawn(runner, 1usize..all.len().max(2)).min(all.len() - 1)].clone();
        let with = drawn(runner, odd());
        if let Some(slot) = value.pointer_mut(&place) {
            let inner =
                slot.as_str().and_then(|text| serde_json::from_str::<Value>(text).ok()).filter(Value::is_object);
            *slot = match inner {
                Some(private) if drawn(runner, any::<bool>()) => mutated(runner, &private).to_string().into(),
                Some(_) | None => with,
            };
        }
    }
    value
}

fn drawn<S: Strategy>(runner: &mut TestRunner, strategy: S) -> S::Value {
    strategy.new_tree(runner).expect("a strategy that never gives up").current()
}

/// As if this person had done it, in the bot's own workspace.
fn by(who: &str, number: usize, mut value: Value) -> Value {
    if let Some(map) = value.as_object_mut() {
        map.insert("user".to_owned(), json!({ "id": id(who), "team_id": "T0LOCAL" }));
        map.insert("team".to_owned(), json!({ "id": "T0LOCAL", "domain": "local" }));
        map.insert("trigger_id".to_owned(), format!("{number}.2.none").into());
    }
    value
}

fn form(payload: &str) -> String {
    url::form_urlencoded::Serializer::new(String::new()).append_pair("payload", payload).finish()
}

/// Signed, and sent; the status.
async fn sent(h: &Harness, path: &str, body: &str) -> u16 {
    h.post(path, body, h.now().as_second(), None).await
}

async fn still_well(h: &Harness) {
    h.engine().drain().await;
    // What was made up was no call that Slack would have taken: that is the point.
    h.slack.forget_calls();
    h.press("ana", "Done", "forecast").await;
    assert_eq!(h.record("forecast").await["state"], "done", "the bot works as before");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_changes_nothing_whatever_they_send() {
    strangers(monday().await).await;
}

async fn strangers(h: Harness) {
    let before = stands(&h).await;
    let mut runner = TestRunner::deterministic();
    let interactions = interactions();
    for number in 0..CASES.max(interactions.len()) {
        let whole = &interactions[number % interactions.len()];
        // The first of each is sent as it is.
        let payload = if number < interactions.len() { whole.clone() } else { mutated(&mut runner, whole) };
        let who = ["zoe", "dana", "ben"][number % 3];
        // Ben is a manager, and may say of himself what he likes.
        let own = ["away", "settings", "if_then", "back"];
        let said = payload.to_string();
        let who = if who == "ben" && own.iter().any(|word| said.contains(word)) { "zoe" } else { who };
        let payload = by(who, number, payload);
        let status = sent(&h, "/slack/interactions", &form(&payload.to_string())).await;
        assert_eq!(status, 200, "{payload}");
        if number < interactions.len() {
            h.engine().drain().await;
            assert_eq!(stands(&h).await, before, "{who} changed something with {payload}");
        }
    }
    for number in 0..60 {
        let events = events();
        let payload = mutated(&mut runner, &events[number % events.len()]);
        assert_eq!(sent(&h, "/slack/events", &payload.to_string()).await, 200, "{payload}");
        let text = drawn(&mut runner, "(year|away|manage|settings|if-then|\\PC{0,20}) ?\\PC{0,40}");
        let command = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs([("command", "/onbeat"), ("user_id", "U0ZOE"), ("team_id", "T0LOCAL"), ("text", &text)])
            .finish();
        assert_eq!(sent(&h, "/slack/commands", &command).await, 200, "{text:?}");
    }
    h.engine().drain().await;
    assert_eq!(stands(&h).await, before);
    still_well(&h).await;
    h.finish().await;
}

/// A press tells where a nudge stands whose posting was interrupted: the recipient's does, nobody else's.
#[tokio::test(flavor = "multi_thread")]
async fn nobody_else_keeps_a_nudge_from_its_manager() {
    use onbeat::demo::{Fault, Scope};
    let h = Harness::start(&[HEAD, ACTIVITIES, LEADERS, ANA].concat(), "2026-12-07T12:00:00Z").await;
    h.slack.mischief(Scope::method("chat.postMessage"), Fault::ServerError(503), 1);
    h.advance_to("Mon 08:30").await;
    assert!(h.messages("ana").is_empty(), "Slack was out");
    let before = stands(&h).await;
    let nudge = before.lines().nth(6).and_then(|line| serde_json::from_str::<Value>(line).ok()).expect("the messages");
    let nudge = nudge[0][0].as_str().expect("one is to go").to_owned();
    let mut payload = press("done", "2026-12-07.nothing.U0ANA");
    payload["message"]["metadata"]["event_payload"]["nudge"] = nudge.into();
    assert_eq!(sent(&h, "/slack/interactions", &form(&by("zoe", 1, payload).to_string())).await, 200);
    h.engine().drain().await;
    assert_eq!(stands(&h).await, before);
    h.slack.forget_calls();
    h.advance_to("Mon 08:40").await;
    assert_eq!(h.kinds("ana").len(), 1, "it comes all the same");
    h.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_managers_own_nonsense_breaks_nothing() {
    own_nonsense(monday().await).await;
}

async fn own_nonsense(h: Harness) {
    let others = |all: &str| -> Vec<Value> {
        let rows: Vec<Value> = serde_json::from_str(all.lines().next().unwrap()).unwrap();
        rows.into_iter().filter(|row| row[0].as_str().is_some_and(|id| id.ends_with("U0BEN"))).collect()
    };
    let before = others(&stands(&h).await);
    assert!(!before.is_empty());
    let mut runner = TestRunner::deterministic();
    let interactions = interactions();
    for number in 0..CASES {
        let payload = mutated(&mut runner, &interactions[number % interactions.len()]);
        // Nobody takes themself out of the process: what Ana says of her own is hers to say.
        let payload = by("ana", number, payload);
        let status = sent(&h, "/slack/interactions", &form(&payload.to_string())).await;
        assert_eq!(status, 200, "{payload}");
    }
    h.engine().drain().await;
    assert_eq!(others(&stands(&h).await), before, "Ben's are Ben's");
    h.beat().await;
    h.slack.forget_calls();
    assert_eq!(h.onbeat_now(&["records"]).await.status, 0);
    h.kinds("ana");
    h.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn raw_bytes_are_answered_and_never_with_5xx() {
    let h = monday().await;
    let mut runner = TestRunner::deterministic();
    let methods = ["GET", "POST", "PUT", "DELETE", "OPTIONS", "HEAD", "PATCH"];
    let paths = [
        "/",
        "/slack/events",
        "/slack/interactions",
        "/slack/commands",
        "/healthz",
        "/metrics",
        "/calendar/x.ics",
        "/calendar/%ff.ics",
        "/calendar/..%2f..%2fetc",
        "/year/%00",
        "/year/",
        "/slack/",
        "//",
        "/slack/events?x=%ff",
    ];
    for number in 0..200 {
        let method = methods[number % methods.len()].parse().unwrap();
        let path = paths[drawn(&mut runner, 0..paths.len())];
        let body: Vec<u8> = drawn(&mut runner, prop::collection::vec(any::<u8>(), 0..300));
        let stamp =
            drawn(&mut runner, prop_oneof![Just(h.now().to_string()), "[0-9-]{0,25}", Just(i64::MIN.to_string())]);
        let signature = drawn(&mut runner, "(v0=)?[0-9a-fA-Fg]{0,70}");
        let request = http().request(method, format!("{}{path}", h.url())).body(body);
        let request = request.header("x-slack-request-timestamp", stamp).header("x-slack-signature", signature);
        let request = request.header("content-type", drawn(&mut runner, "[a-z/;=]{0,30}"));
        let answer = request.send().await.unwrap();
        assert!(answer.status().as_u16() < 500, "{path}: {}", answer.status());
        for (name, wanted) in
            [("x-content-type-options", "nosniff"), ("referrer-policy", "no-referrer"), ("cache-control", "no-store")]
        {
            assert_eq!(answer.headers()[name], wanted, "{path} {}: {name}", answer.status());
        }
        let csp = answer.headers()["content-security-policy"].to_str().unwrap();
        assert!(csp.contains("default-src 'none'") && csp.contains("frame-ancestors 'none'"), "{path}: {csp}");
    }
    still_well(&h).await;
    h.finish().await;
}

/// A byte now and then: whoever does that waits for themself alone, and is told whose fault it is.
#[tokio::test(flavor = "multi_thread")]
async fn who_dawdles_is_let_go_of() {
    let h = monday().await;
    let address = h.url().trim_start_matches("http://").to_owned();
    let mut stream = tokio::net::TcpStream::connect(&address).await.unwrap();
    let head = format!("POST /slack/events HTTP/1.1\r\nhost: {address}\r\ncontent-length: 1000\r\n\r\n{{");
    stream.write_all(head.as_bytes()).await.unwrap();
    let began = Instant::now();
    let mut answer = vec![0; 64];
    let read = tokio::time::timeout(Duration::from_secs(10), stream.read(&mut answer)).await.unwrap().unwrap();
    let answer = String::from_utf8_lossy(&answer[..read]).into_owned();
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    assert!(began.elapsed() < Duration::from_secs(5));
    still_well(&h).await;
    h.finish().await;
}

/// The same on PostgreSQL, which takes no NUL and ends what it does not like with an error of its own.
#[cfg(feature = "postgres-tests")]
mod on_postgres {
    use super::*;
    use crate::postgres::schema::Schema;

    async fn monday(schema: &Schema) -> Harness {
        monday_on(Harness::before("2026-12-07T12:00:00Z").await.on(&schema.url())).await
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_stranger_changes_nothing_whatever_they_send() {
        let schema = Schema::new().await;
        strangers(monday(&schema).await).await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_managers_own_nonsense_breaks_nothing() {
        let schema = Schema::new().await;
        own_nonsense(monday(&schema).await).await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn what_other_systems_send_is_never_a_5xx() {
        let schema = Schema::new().await;
        other_systems(monday(&schema).await).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_other_systems_send_is_never_a_5xx() {
    other_systems(monday().await).await;
}

async fn other_systems(h: Harness) {
    let said = h.onbeat(&["token", "new", "crm", "--scope", "read,record"]).await;
    let token = said.out.trim().to_owned();
    assert!(token.starts_with("onb_"), "{}", said.err);
    let whole = json!({ "occurrence": NOTED, "state": "done", "note": "n", "link": "https://x.example/", "number": 1,
        "result": "met", "reason": "r", "completed_by": "U0ANA", "idempotency_key": "k" });
    let mut runner = TestRunner::deterministic();
    let mut bodies: Vec<Vec<u8>> = [
        "[".repeat(60_000),
        "{\"a\":".repeat(10_000),
        format!("{{\"note\":{}1{}}}", "[".repeat(20_000), "]".repeat(20_000)),
        "x".repeat(200_000),
        String::new(),
        "\u{feff}{}".to_owned(),
        r#"{"occurrence":"a","occurrence":"b"}"#.to_owned(),
        r#"{"note":"\ud800"}"#.to_owned(),
        r#"{"number":1e999,"state":"done","occurrence":"x"}"#.to_owned(),
        r#"{"state":"done","activity":"forecast","manager":"U0ANA","date":"-009999-01-01"}"#.to_owned(),
        "{\"state\":\"done\",\"activity\":\"f\\u0000\",\"manager\":\"\\u0000\",\"rep\":\"\\u0000\",\"date\":\"9999-12-31\"}".to_owned(),
    ]
    .map(String::into_bytes)
    .into();
    bodies.push(b"{\"note\":\"\xff\xfe\"}".to_vec());
    for _ in 0..150 {
        bodies.push(mutated(&mut runner, &whole).to_string().into_bytes());
    }
    for body in bodies {
        let request = http().post(format!("{}/api/v1/outcomes", h.url())).bearer_auth(&token);
        let shown = String::from_utf8_lossy(&body[..body.len().min(300)]).into_owned();
        let status = request.header("content-type", "application/json").body(body).send().await.unwrap().status();
        assert!(status.as_u16() < 500, "{status}: {shown}");
    }
    let odd = ["%00", "%ff", "-1", "99999999999999999999", "9999-12-31", "-009999-01-01", "%E2%80%AE", "0", "AAAA", ""];
    for value in odd {
        let queries = ["cursor", "limit", "manager", "activity", "from", "to", "state", "group_by", "by"]
            .map(|name| format!("?{name}={value}"));
        let paths =
            ["occurrences", "adherence"].into_iter().flat_map(|path| queries.iter().map(move |q| format!("{path}{q}")));
        let deeper = [format!("occurrences/{value}"), format!("process/revisions/{value}")];
        let periods =
            [format!("adherence?from=-9999-01-01&to={value}"), "adherence?from=0001-01-01&to=9999-12-31".to_owned()];
        for path in paths.chain(deeper).chain(periods) {
            let request = http().get(format!("{}/api/v1/{path}", h.url())).bearer_auth(&token);
            let status = request.send().await.unwrap().status();
            assert!(status.as_u16() < 500, "{path}: {status}");
        }
    }
    h.beat().await;
    still_well(&h).await;
    h.finish().await;
}
