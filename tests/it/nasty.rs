//! Text from people is data: one nasty string in every place that takes words, and a look at every surface.

use serde_json::{Value, json};

use crate::harness::{Harness, http, id};

/// What a process file takes as words in one line.
const LINE: &str =
    "=HYPERLINK(\"http://x\") <!channel> <@U1> <http://x|y> *x* _y_ `z` </script><img src=x> & 'q' \\ ; , end";

/// What somebody types into a form.
const TYPED: &str = "=cmd|calc <!channel> <@U1> <http://x|y> *bold* ~s~ </script>\r\nX-Evil: 1\u{1b}[31m\u{7}\u{9b}2J \u{202e}\u{2066} & \"q\" ZEND";

/// Left open, they turn what stands behind them.
const TURNS: [char; 2] = ['\u{202e}', '\u{2066}'];

fn process() -> String {
    let line = json!(LINE).to_string();
    format!(
        r#"
[process]
name = {line}

[calendar]
workday = {{ start = "08:30", end = "17:30" }}

[digest]
channel = "C0SALES"
when = "every Friday at 16:00"
time_zone = "America/Chicago"

[[holiday]]
date = 2026-12-16
name = {line}

[[activity]]
key = "noted"
title = {line}
outcome = {line}
when = "every Monday at 10:00"
minutes = 30
evidence = ["note", "number"]
number = {{ label = {line}, target = "<= 2" }}

[[activity]]
key = "told"
title = "Told"
when = "every Monday at 10:00"
minutes = 30
evidence = ["note", "link"]

[[activity]]
key = "one-on-one"
title = {line}
when = "every Monday at 11:00"
minutes = 30
per = "rep"
share_notes = true

[[leader]]
slack = "U0LEE"
name = {line}

[[manager]]
slack = "U0ANA"
name = {line}
time_zone = "America/Chicago"
leader = "U0LEE"
reps = [{{ slack = "U0DANA", name = {line} }}, {{ slack = "U0EVAN", name = {line} }}]
"#
    )
}

/// Looks at a message, a view or an answer as Slack would.
fn look(value: &Value, at: &str) {
    match value {
        Value::Object(map) => {
            let text = map.get("text").and_then(Value::as_str);
            // A text of a message's own is markup too; `plain_text` and the elements of rich text are none.
            let is_markup = match map.get("type").and_then(Value::as_str) {
                Some(kind) => kind == "mrkdwn",
                None => true,
            };
            if let Some(text) = text.filter(|_| is_markup) {
                for raw in ["<!channel>", "<@U1>", "<http://x"] {
                    assert!(!text.contains(raw), "{at}: {raw} is alive in {text}");
                }
                // The text beside blocks is what a notification says, which knows no markup.
                let is_whole = map.contains_key("blocks");
                assert!(is_whole || !text.contains("*bold*"), "{at}: a note is markup in {text}");
            }
            map.iter().for_each(|(key, inner)| look(inner, &format!("{at}/{key}")));
        }
        Value::Array(list) => list.iter().for_each(|inner| look(inner, at)),
        Value::String(text) => {
            let drop = |c: char| c.is_control() && c != '\n' && c != '\t' || TURNS.contains(&c);
            // Blocks may be sent as text.
            match serde_json::from_str::<Value>(text) {
                Ok(inner @ (Value::Object(_) | Value::Array(_))) => look(&inner, at),
                Ok(_) | Err(_) => assert!(!text.contains(drop), "{at}: a control character in {text:?}"),
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// A week in which everything that takes words is given some.
async fn week() -> Harness {
    let h = Harness::start(&process(), "2026-12-07T12:00:00Z").await;
    h.advance_to("Mon 10:30").await;
    h.press("ana", "Done", "noted").await;
    h.submit("ana", &[(LINE, "1"), ("Note", TYPED)]).await;
    h.press("ana", "Can't", "one-on-one/dana").await;
    h.submit("ana", &[("What got in the way?", "Something else"), ("In your words", TYPED)]).await;
    h.press("ana", "Done", "one-on-one/evan").await;
    tell(&h).await;
    for command in ["today", "week", "year", "status", "help", "away", TYPED, &format!("away {TYPED}")] {
        let answer = h.slack.command(&id("ana"), command).await.unwrap();
        look(&serde_json::from_str(&answer.body).unwrap_or(Value::Null), command);
        h.beat().await;
    }
    for who in ["ana", "lee", "zoe"] {
        h.slack.open_home(&id(who)).await.unwrap();
        for command in ["manage", "if-then", "settings"] {
            let answer = h.slack.command(&id(who), command).await.unwrap();
            look(&serde_json::from_str(&answer.body).unwrap_or(Value::Null), command);
        }
        h.beat().await;
    }
    h.advance_to("Fri 16:01").await;
    h
}

/// The same words, as another system has them.
async fn tell(h: &Harness) {
    let token = h.onbeat(&["token", "new", "crm", "--scope", "record"]).await.out;
    let post = |link: &str| {
        let deed = json!({ "occurrence": "2026-12-07.told.U0ANA", "state": "done", "note": format!("API {TYPED}"),
            "link": link });
        http().post(format!("{}/api/v1/outcomes", h.url())).bearer_auth(token.trim()).json(&deed).send()
    };
    for link in
        ["javascript:alert(1)", "https://x/\u{202e}", "https://x/ <!channel>", "=cmd|calc", "https://x/\r\nX-Evil: 1"]
    {
        assert_eq!(post(link).await.unwrap().status(), 422, "{link}");
    }
    let status = post("https://x.example/?a=<!channel>|<@U1>\"'=&end").await.unwrap().status();
    assert_eq!(status, 200);
    h.beat().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn words_are_words_on_every_surface() {
    let h = week().await;
    for call in h.slack.calls() {
        look(&Value::Object(call.args.clone()), &call.method);
    }
    assert!(
        h.messages("C0SALES").iter().any(|message| format!("{message:?}").contains("ZEND")),
        "the digest quotes it"
    );

    let dates = ["--from", "2026-12-07", "--to", "2026-12-18"];
    for (words, is_csv) in [
        (&["records", "--format", "csv"][..], true),
        (&["plan", "--format", "csv"], true),
        (&["records"], false),
        (&["plan"], false),
        (&["history", "--all"], false),
        (&["load"], false),
        (&["digest", "--week", "2026-W50"], false),
    ] {
        let words = match words[0] {
            "records" | "plan" => [words, &dates].concat(),
            _ => words.to_vec(),
        };
        let said = match words[0] {
            "history" => h.onbeat(&words).await,
            _ => h.onbeat_now(&words).await,
        };
        assert_eq!(said.status, 0, "{words:?}: {}", said.err);
        let drop = |c: char| c.is_control() && c != '\n' || TURNS.contains(&c);
        // The lines of a CSV end as RFC 4180 has them.
        let out = if is_csv { said.out.replace("\r\n", "\n") } else { said.out.clone() };
        assert!(!out.contains(drop) && !said.err.contains(drop), "{words:?}: {:?}", said.out);
        assert!(!is_csv || said.out.contains("'=HYPERLINK"), "{words:?}: {}", said.out);
        if is_csv {
            let mut reader = csv::Reader::from_reader(said.out.trim_start_matches('\u{feff}').as_bytes());
            for row in reader.records().map(Result::unwrap) {
                assert!(row.iter().all(|cell| !cell.starts_with(['=', '+', '-', '@', '\t', '\r'])), "{row:?}");
            }
        }
    }

    let html = h.onbeat_now(&["plan", "--format", "html"]).await.out;
    assert!(
        html.contains("&lt;/script&gt;") && !html.contains("</script>") && !html.contains("<img"),
        "HTML is escaped"
    );
    let ics = h.onbeat_now(&["plan", "--format", "ics"]).await.out;
    assert!(!ics.lines().any(|line| line.starts_with("X-Evil")) && ics.contains("BEGIN:VCALENDAR"));
    let again = h.onbeat(&["export"]).await.out;
    h.write("again.toml", &again);
    let said = h.onbeat_now(&["apply", "again.toml"]).await;
    assert!(said.out.contains("Nothing to change"), "what is printed says the same: {}{}", said.out, said.err);

    let year = h.onbeat(&["year", "U0ANA"]).await.out;
    for address in year.split_whitespace().filter(|word| word.starts_with("http")) {
        let answer = http().get(address).send().await.unwrap().text().await.unwrap();
        assert!(!answer.contains("<img") && !answer.contains("</script>") || address.ends_with(".ics"), "{answer}");
        assert!(!answer.lines().any(|line| line.starts_with("X-Evil")));
    }
    for name in ["ana", "lee", "C0SALES"] {
        h.kinds(name);
    }
    h.finish().await;
}

/// Whoever runs a command may be called anything by their system.
#[tokio::test]
async fn a_users_name_paints_no_terminal() {
    let h = Harness::before("2026-12-07T12:00:00Z").await;
    h.write("process.toml", &process());
    let said = h.onbeat_as("\u{1b}[31mroot\r\n", &["apply", "process.toml"]).await;
    assert_eq!(said.status, 0, "{}", said.err);
    let told = h.onbeat(&["history"]).await;
    assert!(told.out.contains("root") && !told.out.contains(['\u{1b}', '\r']), "{:?}", told.out);
    h.finish().await;
}
