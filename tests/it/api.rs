//! The API as another system sees it: tokens, pages, figures, outcomes, and problems that say what to do.

use onbeat::record::row::rfc3339;
use reqwest::header::HeaderMap;
use serde_json::{Value, json};

use crate::harness::{ANA, BEN, HEAD, Harness, LEADERS, http};

const ACTIVITIES: &str = r#"
[[activity]]
key = "forecast"
title = "Forecast"
when = "every Monday at 09:00"
minutes = 30
evidence = ["number"]
number = { label = "Deals without a next step", target = "<= 2" }
verify = "system"

[[activity]]
key = "one-on-one"
title = "1:1"
category = "coaching"
when = "every Monday at 10:00"
minutes = 30
per = "rep"

[[activity]]
key = "scan"
title = "Scan"
when = "every workday at 11:00"
minutes = 10
priority = "nice"
"#;

fn process() -> String {
    [HEAD, ACTIVITIES, LEADERS, ANA, BEN].concat()
}

/// A bot on Monday morning at six, nobody nudged yet.
async fn monday() -> Harness {
    Harness::start(&process(), "2026-12-07T12:00:00Z").await
}

/// Reads what the day brought, so that the test may end.
async fn finish(h: Harness) {
    for name in ["ana", "ben", "lee", "val"] {
        h.kinds(name);
    }
    h.finish().await;
}

/// What the API answered.
struct Answer {
    status: u16,
    headers: HeaderMap,
    json: Value,
}

impl Answer {
    #[track_caller]
    fn ok(self) -> Value {
        assert_eq!(self.status, 200, "{}", self.json);
        assert_eq!(self.headers["content-type"], "application/json");
        self.json
    }

    /// A problem of this status and kind; its words.
    #[track_caller]
    fn problem(&self, status: u16, kind: &str) -> String {
        assert_eq!((self.status, &self.json["status"]), (status, &json!(status)), "{}", self.json);
        assert_eq!(self.json["type"], format!("urn:onbeat:problem:{kind}"), "{}", self.json);
        assert_eq!(self.headers["content-type"], "application/problem+json");
        let detail = self.json["detail"].as_str().unwrap();
        assert!(!detail.is_empty() && self.json["title"].is_string());
        detail.to_owned()
    }
}

async fn sent(request: reqwest::RequestBuilder) -> Answer {
    let answer = request.send().await.unwrap();
    let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
    let text = answer.text().await.unwrap();
    Answer { status, headers, json: serde_json::from_str(&text).unwrap_or(Value::String(text)) }
}

/// A system with a token.
struct System<'h> {
    h: &'h Harness,
    token: String,
}

impl<'h> System<'h> {
    async fn new(h: &'h Harness, name: &str, scopes: &str) -> System<'h> {
        let said = h.onbeat(&["token", "new", name, "--scope", scopes]).await;
        assert_eq!(said.status, 0, "{}", said.err);
        assert!(said.out.starts_with("onb_") && said.out.trim().len() == 47, "{}", said.out);
        assert!(!said.err.contains("onb_"), "shown once: {}", said.err);
        System { h, token: said.out.trim().to_owned() }
    }

    async fn get(&self, path: &str) -> Answer {
        let request = http().get(format!("{}/api/v1{path}", self.h.url())).bearer_auth(&self.token);
        sent(request).await
    }

    async fn post(&self, body: &Value) -> Answer {
        self.post_with(body, "").await
    }

    async fn post_with(&self, body: &Value, key: &str) -> Answer {
        let mut request = http().post(format!("{}/api/v1/outcomes", self.h.url())).bearer_auth(&self.token).json(body);
        if !key.is_empty() {
            request = request.header("idempotency-key", key);
        }
        let answer = sent(request).await;
        self.h.beat().await;
        answer
    }

    /// All pages of the list, so many at a time.
    async fn all(&self, conditions: &str, limit: usize) -> Vec<Value> {
        let (mut all, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = self.get(&format!("/occurrences?limit={limit}{conditions}{cursor}")).await.ok();
            let items = page["items"].as_array().unwrap();
            assert!(items.len() <= limit);
            all.extend(items.iter().cloned());
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return all,
            }
        }
    }
}

const FORECAST: &str = "2026-12-07.forecast.U0ANA";
const SCAN: &str = "2026-12-07.scan.U0ANA";

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_shown_once_and_ends_when_revoked() {
    let h = monday().await;
    let crm = System::new(&h, "crm", "read,record").await;
    assert_eq!(crm.get("/process").await.status, 200);
    let listed = h.onbeat(&["token", "list"]).await;
    assert!(listed.out.contains("crm") && listed.out.contains("read, record") && !listed.out.contains("onb_"));
    for file in std::fs::read_dir(h.folder()).unwrap().map(|file| file.unwrap().path()).filter(|path| path.is_file()) {
        let text = String::from_utf8_lossy(&std::fs::read(&file).unwrap()).into_owned();
        assert!(!text.contains(&crm.token), "{} holds the token", file.display());
    }
    for words in [
        &["token", "new", "crm", "--scope", "read"][..],
        &["token", "new", "b i", "--scope", "read"],
        &["token", "new", "bi"],
        &["token", "new", "bi", "--scope", "write"],
        &["token", "revoke", "7"],
        &["token"],
    ] {
        assert_eq!(h.onbeat(words).await.status, 2, "{words:?}");
    }
    for words in [&["token", "--help"][..], &["token", "new", "--help"], &["token", "revoke", "--help"]] {
        let said = h.onbeat(words).await;
        assert!(said.status == 0 && said.out.contains("Example:"), "{words:?}");
    }
    assert_eq!(h.onbeat_as("ops", &["token", "revoke", "1"]).await.status, 0);
    let answer = crm.get("/process").await;
    assert!(answer.problem(401, "bad-token").contains("revoked"));
    let said = h.onbeat(&["history", "--all"]).await.out;
    assert!(said.contains("made a token for the API"), "{said}");
    assert!(said.contains("ops (command line): revoked a token"), "{said}");
    finish(h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_may_not_is_told_what_is_needed() {
    let h = monday().await;
    let (reader, writer) = (System::new(&h, "bi", "read").await, System::new(&h, "crm", "record").await);
    let at = |path: &str| format!("{}/api/v1{path}", h.url());
    for path in ["/occurrences", "/occurrences/x", "/adherence", "/process", "/process/revisions"] {
        let answer = sent(http().get(at(path))).await;
        answer.problem(401, "no-token");
        assert_eq!(answer.headers["www-authenticate"], "Bearer realm=\"onbeat\"", "{path}");
        let answer = writer.get(path).await;
        answer.problem(403, "no-scope");
        let wanted = "Bearer realm=\"onbeat\", error=\"insufficient_scope\", scope=\"read\"";
        assert_eq!(answer.headers["www-authenticate"], wanted, "{path}");
    }
    reader.post(&json!({ "occurrence": SCAN, "state": "done" })).await.problem(403, "no-scope");
    for bad in ["Bearer", "Bearer ", "Basic eDp5", "onb_", "Bearer onb_x", &format!("Bearer {}x", reader.token), "é"] {
        let answer = sent(http().get(at("/process")).header("authorization", bad)).await;
        assert_eq!(answer.status, 401, "{bad}");
        assert_eq!(answer.headers["content-type"], "application/problem+json", "{bad}");
    }
    let document = sent(http().get(at("/openapi.json"))).await.ok();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"), "no token is needed for it");
    finish(h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_problem_is_one_that_programs_can_read() {
    let h = monday().await;
    let crm = System::new(&h, "crm", "read,record").await;
    crm.get("/nothing").await.problem(404, "nothing-here");
    crm.get("").await.problem(404, "nothing-here");
    crm.get("/occurrences/2026-12-07.forecast.U0ZOE").await.problem(404, "not-found");
    crm.get("/occurrences/%ff").await.problem(404, "not-found");
    crm.get("/process/revisions/99").await.problem(404, "not-found");
    crm.get("/process/revisions/one").await.problem(404, "not-found");
    let answer = crm.get("/outcomes").await;
    answer.problem(405, "method");
    assert_eq!(answer.headers["allow"], "POST");
    let answer = sent(http().delete(format!("{}/api/v1/occurrences", h.url()))).await;
    answer.problem(405, "method");
    assert_eq!(answer.headers["allow"], "GET,HEAD");
    for (query, field) in [
        ("from=2026-13-01", "from"),
        ("from=", "from"),
        ("to=20261207", "to"),
        ("from=2026-12-08&to=2026-12-07", "from"),
        ("manager=U0ZOE", "manager"),
        ("activity=nap", "activity"),
        ("state=open,lost", "state"),
        ("limit=0", "limit"),
        ("limit=501", "limit"),
        ("limit=x", "limit"),
        ("cursor=x", "cursor"),
    ] {
        let answer = crm.get(&format!("/occurrences?{query}")).await;
        answer.problem(422, "bad-value");
        assert_eq!(answer.json["errors"][0]["field"], field, "{query}");
    }
    for query in ["/occurrences?form=2026-12-07", "/occurrences?limit=1&limit=2", "/adherence?group_by=team"] {
        crm.get(query).await.problem(422, "bad-value");
    }
    let post = |kind: &'static str, body: String| {
        let request = http().post(format!("{}/api/v1/outcomes", h.url())).bearer_auth(&crm.token);
        sent(request.header("content-type", kind).body(body))
    };
    post("text/plain", "{}".to_owned()).await.problem(415, "not-json");
    post("application/json", "{".to_owned()).await.problem(400, "no-json");
    post("application/json", "[]".to_owned()).await.problem(422, "bad-value");
    post("application/json", "{\"verified\":\"yes\"}".to_owned()).await.problem(422, "bad-value");
    post("application/json", "{\"what\":1}".to_owned()).await.problem(422, "bad-value");
    post("application/json", format!("\"{}\"", "x".repeat(70_000))).await.problem(413, "too-large");
    post("application/json", format!("\"{}\"", "x".repeat(3 << 20))).await.problem(413, "too-large");
    finish(h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_is_what_records_prints() {
    let h = monday().await;
    h.advance_to("Mon 12:00").await;
    h.press("ana", "Done", "scan").await;
    let bi = System::new(&h, "bi", "read").await;
    let range = "&from=2026-12-07&to=2026-12-11";
    let mut listed = bi.all(range, 3).await;
    assert_eq!(listed, bi.all(range, 500).await, "pages make no difference");
    let mut records = h.records("2026-12-07", "2026-12-11").await;
    assert!(records.len() > 10);
    for one in &mut listed {
        assert_eq!(one.as_object_mut().unwrap().remove("note_withheld"), Some(json!(false)));
    }
    let key = |one: &Value| one["id"].to_string();
    records.sort_by_key(key);
    listed.sort_by_key(key);
    assert_eq!(listed, records);
    let one = bi.get(&format!("/occurrences/{SCAN}")).await.ok();
    assert_eq!((&one["state"], &one["completed_by"], &one["on_time"]), (&json!("done"), &json!("U0ANA"), &json!(true)));
    for (condition, field, wanted) in [
        ("&state=done", "state", "done"),
        ("&manager=U0BEN", "manager", "U0BEN"),
        ("&activity=forecast", "activity", "forecast"),
    ] {
        let found = bi.all(&format!("{range}{condition}"), 2).await;
        let wanted: Vec<_> = records.iter().filter(|record| record[field] == wanted).collect();
        assert!(!found.is_empty() && found.len() == wanted.len(), "{condition}");
        assert!(found.iter().all(|one| one[field] == wanted[0][field]), "{condition}");
    }
    let now = bi.all(&format!("{range}&state=open,done,planned"), 100).await.len();
    assert_eq!(now, records.len());
    finish(h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outcome_is_recorded_like_a_click() {
    let h = monday().await;
    h.advance_to("Mon 09:00").await;
    let crm = System::new(&h, "crm", "record").await;
    let done = json!({ "occurrence": FORECAST, "state": "done", "number": 2, "note": "All dated\u{7}",
        "link": "https://crm.example/1" });
    let answer = crm.post(&done).await.ok();
    assert_eq!(answer["result"], "met", "{answer}");
    assert_eq!((&answer["state"], &answer["on_time"]), (&json!("done"), &json!(true)));
    assert_eq!(answer["evidence"], json!({ "link": "https://crm.example/1", "number": 2 }));
    assert_eq!((&answer["note"], &answer["completed_by"]), (&json!("All dated"), &json!("api:crm")));
    let zone = jiff::tz::TimeZone::get("America/Chicago").unwrap();
    assert_eq!(answer["completed_at"], rfc3339(h.now(), &zone));
    let record = h.record("forecast").await;
    assert_eq!(record["completed_by"], "api:crm");
    assert!(h.messages("ana").iter().any(|message| message.text.contains("Done") || !message.blocks.is_empty()));
    assert!(!h.offers("ana", "Done", "forecast"), "the nudge was repainted");
    crm.post(&done).await.problem(409, "already-recorded");
    // By what it is, in somebody's name.
    let scan = json!({ "activity": "scan", "manager": "U0ANA", "date": "2026-12-07", "state": "skipped" });
    let with = |more: Value| {
        let mut body = scan.clone();
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    crm.post(&scan).await.problem(422, "bad-value");
    crm.post(&with(json!({ "reason": " " }))).await.problem(422, "bad-value");
    for stranger in ["U0BEN", "U0ZOE", ""] {
        let answer = crm.post(&with(json!({ "reason": "Fair", "completed_by": stranger }))).await;
        answer.problem(422, "bad-value");
        assert_eq!(answer.json["errors"][0]["field"], "completed_by");
    }
    let answer = crm.post(&with(json!({ "reason": "Trade fair", "completed_by": "U0VAL" }))).await.ok();
    assert_eq!((&answer["state"], &answer["reason"]), (&json!("skipped"), &json!("Trade fair")));
    assert_eq!(answer["completed_by"], "U0VAL");
    let late = with(json!({ "state": "done", "completed_by": "U0ANA" }));
    assert_eq!(crm.post(&late).await.ok()["completed_by"], "U0ANA");
    let rep = json!({ "activity": "one-on-one", "manager": "U0ANA", "rep": "U0DANA", "date": "2026-12-07",
        "state": "done" });
    assert_eq!(crm.post(&rep).await.ok()["rep"], "U0DANA");
    let said = h.onbeat(&["history", "--all"]).await.out;
    assert!(said.contains("api:crm: Forecast of Ana Ruiz"), "{said}");
    finish(h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_fit_is_refused_and_changes_nothing() {
    let h = monday().await;
    let crm = System::new(&h, "crm", "record").await;
    let bad = [
        json!({}),
        json!({ "occurrence": FORECAST }),
        json!({ "state": "done" }),
        json!({ "occurrence": FORECAST, "state": "missed" }),
        json!({ "occurrence": FORECAST, "state": "done" }),
        json!({ "occurrence": FORECAST, "state": "done", "number": "2" }),
        json!({ "occurrence": FORECAST, "state": "done", "number": 2, "link": "javascript:alert(1)" }),
        json!({ "occurrence": FORECAST, "state": "done", "number": 2, "note": "x".repeat(3001) }),
        json!({ "occurrence": FORECAST, "activity": "scan", "state": "done", "number": 2 }),
        json!({ "occurrence": FORECAST, "rep": "U0DANA", "state": "done", "number": 2 }),
        json!({ "activity": "scan", "manager": "U0ANA", "state": "done" }),
        json!({ "activity": "scan", "manager": "U0ANA", "date": "Monday", "state": "done" }),
        json!({ "occurrence": SCAN, "state": "done", "verified": true }),
        json!({ "occurrence": SCAN, "state": "skipped", "reason": "x", "verified": true }),
        json!({ "occurrence": FORECAST, "verified": true, "note": "x" }),
        json!({ "occurrence": FORECAST, "state": "done", "number": 2, "idempotency_key": "" }),
        json!({ "occurrence": FORECAST, "state": "done", "number": 2, "idempotency_key": "x".repeat(256) }),
    ];
    for body in bad {
        crm.post(&body).await.problem(422, "bad-value");
    }
    crm.post(&json!({ "occurrence": "nothing", "state": "done" })).await.problem(404, "not-found");
    crm.post(&json!({ "occurrence": FORECAST, "verified": true })).await.problem(409, "not-done");
    assert!(h.states("2026-12-07").await.iter().all(|state| state.ends_with(" planned")));
    finish(h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_makes_a_request_happen_once() {
    let h = monday().await;
    let (crm, other) = (System::new(&h, "crm", "record").await, System::new(&h, "erp", "record").await);
    let done = json!({ "occurrence": FORECAST, "state": "done", "number": 3 });
    let first = crm.post_with(&done, "k1").await;
    assert!(!first.headers.contains_key("idempotency-replayed"));
    let again = crm.post_with(&done, "k1").await;
    assert_eq!(again.headers["idempotency-replayed"], "true");
    let first = first.ok();
    assert_eq!((&first["result"], again.ok()), (&json!("not met"), first.clone()));
    let mut field = done.clone();
    field["idempotency_key"] = json!("k1");
    assert_eq!(crm.post(&field).await.ok(), first, "the field is as good as the header");
    assert_eq!(crm.post_with(&field, "k1").await.ok(), first);
    crm.post_with(&field, "k2").await.problem(422, "bad-value");
    let mut changed = done.clone();
    changed["number"] = json!(4);
    crm.post_with(&changed, "k1").await.problem(422, "key-reused");
    crm.post_with(&done, "k3").await.problem(409, "already-recorded");
    other.post_with(&done, "k1").await.problem(409, "already-recorded");
    assert_eq!(h.log("done").await, 1);
    // Many at once are one too.
    let scan = json!({ "occurrence": SCAN, "state": "done" });
    let url = format!("{}/api/v1/outcomes", h.url());
    let send = || sent(http().post(&url).bearer_auth(&crm.token).header("idempotency-key", "k4").json(&scan));
    let (a, b, c) = tokio::join!(send(), send(), send());
    let (a, b, c) = (a.ok(), b.ok(), c.ok());
    assert!(a == b && b == c, "{a} {b} {c}");
    assert_eq!(h.log("done").await, 2);
    h.beat().await;
    finish(h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_system_bears_an_outcome_out() {
    let h = monday().await;
    let crm = System::new(&h, "crm", "read,record").await;
    let body = json!({ "occurrence": FORECAST, "state": "done", "number": 1, "verified": true });
    assert_eq!(crm.post(&body).await.ok()["verification"], "confirmed");
    let verify = |verified: bool| json!({ "occurrence": FORECAST, "verified": verified });
    assert_eq!(crm.post(&verify(false)).await.ok()["verification"], "disputed");
    let record = h.record("forecast").await;
    assert_eq!((&record["verification"], &record["completed_by"]), (&json!("disputed"), &json!("api:crm")));
    assert_eq!(record["state"], "done", "a dispute undoes nothing");
    assert_eq!((h.log("done").await, h.log("dispute").await), (1, 1));
    h.advance_to("Mon 09:00").await;
    h.press("ana", "Undo", "forecast").await;
    assert_eq!(h.record("forecast").await["verification"], "none");
    crm.post(&verify(true)).await.problem(409, "not-done");
    finish(h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_managers_own_notes_stay_with_them() {
    let h = monday().await;
    let crm = System::new(&h, "crm", "read,record").await;
    let id = "2026-12-07.one-on-one.U0ANA.U0DANA";
    let body = json!({ "occurrence": id, "state": "done", "note": "Dana wants to leave" });
    let answer = crm.post_with(&body, "k").await;
    let again = crm.post_with(&body, "k").await;
    let (listed, one) = (crm.get("/occurrences?state=done").await, crm.get(&format!("/occurrences/{id}")).await);
    for answer in [&answer.json, &again.json, &listed.json["items"][0], &one.json] {
        assert_eq!((&answer["note"], &answer["note_withheld"]), (&Value::Null, &json!(true)), "{answer}");
    }
    assert!(!format!("{} {}", listed.json, one.json).contains("leave"));
    assert_eq!(h.record("one-on-one/dana").await["note"], "Dana wants to leave");
    finish(h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn adherence_is_the_digests() {
    let h = monday().await;
    h.advance_to("Mon 12:00").await;
    h.press("ana", "Done", "scan").await;
    h.advance_to("Sat 12:00").await;
    let bi = System::new(&h, "bi", "read").await;
    let digest = h.onbeat_now(&["digest", "--week", "2026-W50", "--format", "json"]).await;
    let digest: Value = serde_json::from_str(&digest.out).unwrap();
    let of = |grouping: &str| format!("/adherence?from=2026-12-07&to=2026-12-13&group_by={grouping}");
    let counts =
        ["expected", "open", "done_on_time", "done_late", "skipped", "missed", "excused", "adherence", "on_time_rate"];
    for (grouping, list, name) in [("manager", "managers", "manager"), ("activity", "activities", "activity")] {
        let figures = bi.get(&of(grouping)).await.ok();
        assert_eq!(figures["must"], digest["must"]);
        let groups = figures["groups"].as_array().unwrap();
        assert_eq!(groups.len(), digest[list].as_array().unwrap().len());
        for (group, line) in groups.iter().zip(digest[list].as_array().unwrap()).chain([(&figures, &digest)]) {
            assert!(group["key"] == line[name], "{group} {line}");
            for count in counts {
                assert_eq!(group[count], line[count], "{grouping} {count}");
            }
        }
    }
    assert_eq!(bi.get(&of("none")).await.ok()["groups"], json!([]));
    let keys = async |path: &str| {
        let figures = bi.get(path).await.ok();
        let groups = figures["groups"].as_array().unwrap().clone();
        let sum: u64 = groups.iter().map(|group| group["expected"].as_u64().unwrap()).sum();
        assert_eq!(sum, figures["expected"].as_u64().unwrap(), "{path}");
        groups.iter().map(|group| format!("{} {} {}", group["key"], group["from"], group["to"])).collect::<Vec<_>>()
    };
    assert_eq!(keys(&of("week")).await, ["\"2026-W50\" \"2026-12-07\" \"2026-12-13\""]);
    assert_eq!(keys(&of("leader")).await, ["\"U0LEE\" null null"]);
    let long = "/adherence?from=2026-12-07&to=2027-01-10&group_by=";
    assert_eq!(
        keys(&format!("{long}month")).await,
        ["\"2026-12\" \"2026-12-01\" \"2026-12-31\"", "\"2027-01\" \"2027-01-01\" \"2027-01-31\""]
    );
    assert_eq!(
        keys(&format!("{long}quarter&activity=scan&manager=U0ANA")).await,
        ["\"FY2026-Q4\" \"2026-10-01\" \"2026-12-31\"", "\"FY2027-Q1\" \"2027-01-01\" \"2027-03-31\""]
    );
    finish(h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_process_is_told_as_the_file_has_it() {
    let h = monday().await;
    let bi = System::new(&h, "bi", "read").await;
    let now = bi.get("/process").await.ok();
    assert_eq!((&now["revision"], &now["effective"]), (&json!(1), &json!("2026-12-07")));
    assert_eq!(now["process"]["activity"][0]["when"], "every Monday at 09:00");
    assert_eq!(now["process"]["manager"][0]["reps"][0]["name"], "Dana Wu");
    h.apply(&process().replace("minutes = 10", "minutes = 15")).await;
    let all = bi.get("/process/revisions").await.ok();
    let numbers: Vec<_> = all["revisions"].as_array().unwrap().iter().map(|one| one["revision"].clone()).collect();
    assert_eq!(numbers, [json!(2), json!(1)]);
    assert!(all["revisions"][0]["changes"].to_string().contains("Scan"), "{all}");
    let first = bi.get("/process/revisions/1").await.ok();
    assert_eq!(first["process"]["activity"][2]["minutes"], 10);
    assert_eq!(bi.get("/process").await.ok()["process"]["activity"][2]["minutes"], 15);
    finish(h).await;
}

/// The examples in docs/api.md, replayed in their order.
#[tokio::test(flavor = "multi_thread")]
async fn the_documentation_tells_the_truth() {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/api.md");
    let page = std::fs::read_to_string(page).unwrap();
    let h = monday().await;
    h.advance_to("Mon 09:00").await;
    let crm = System::new(&h, "crm", "read,record").await;
    let mut replayed = 0;
    for example in page.split("```http\n").skip(1) {
        let (request, rest) = example.split_once("\n```").unwrap();
        let (head, body) = request.split_once("\n\n").unwrap_or((request, ""));
        let mut lines = head.lines();
        let (method, path) = lines.next().unwrap().split_once(' ').unwrap();
        let mut request = http().request(method.parse().unwrap(), format!("{}{path}", h.url()));
        for line in lines {
            let (name, value) = line.split_once(": ").unwrap();
            request = request.header(name, value.replace("onb_…", &crm.token));
        }
        let answer = sent(request.body(body.to_owned())).await;
        let told = rest.split_once("```json\n").unwrap().1.split_once("\n```").unwrap().0;
        let told: Value = serde_json::from_str(told).unwrap();
        assert_eq!(told, answer.json, "{method} {path}\n{}", serde_json::to_string_pretty(&answer.json).unwrap());
        h.beat().await;
        replayed += 1;
    }
    assert!(replayed >= 5, "{replayed}");
    finish(h).await;
}
