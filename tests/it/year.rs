//! A manager's year by its secret links: subscribed to, kept up to date, revoked.

use std::collections::BTreeMap;

use reqwest::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, LAST_MODIFIED, REFERRER_POLICY};
use reqwest::{Response, StatusCode};

use crate::harness::{ANA, BEN, HEAD, Harness, LEADERS, http, id};

const PIPELINE: &str = r#"
[[activity]]
key = "pipeline"
title = "Pipeline review"
when = "every Monday at 09:00"
minutes = 60
outcome = "Every deal has a next step"
"#;

const SCAN: &str = r#"
[[activity]]
key = "scan"
title = "Scan"
when = "every workday at 16:00"
minutes = 10
"#;

async fn started() -> Harness {
    let process = [HEAD, PIPELINE, SCAN, LEADERS, ANA, BEN].concat();
    Harness::start(&process, "2026-12-07T08:00:00-06:00").await
}

/// The page's and the calendar's address, as the bot says them to somebody who asks.
async fn asked(h: &Harness, who: &str) -> (String, String) {
    h.slack.command(&id(who), "year").await.unwrap();
    addresses(h, who)
}

fn addresses(h: &Harness, who: &str) -> (String, String) {
    let said = h.whisper(who).unwrap();
    let mut lines = said.lines().rev();
    let calendar = lines.next().unwrap().to_owned();
    (lines.next().unwrap().to_owned(), calendar)
}

async fn get(address: &str) -> Response {
    http().get(address).send().await.unwrap()
}

async fn status(address: &str) -> u16 {
    get(address).await.status().as_u16()
}

/// Each event by its UID, unfolded.
async fn events(calendar: &str) -> BTreeMap<String, String> {
    let text = get(calendar).await.error_for_status().unwrap().text().await.unwrap().replace("\r\n ", "");
    let uid = |event: &str| event.lines().find_map(|line| line.strip_prefix("UID:").map(str::to_owned));
    let whole = text.split("BEGIN:VEVENT").skip(1).filter_map(|event| event.split("END:VEVENT").next());
    whole.map(|event| (uid(event).unwrap(), event.to_owned())).collect()
}

fn sequence(event: &str) -> u32 {
    event.lines().find_map(|line| line.strip_prefix("SEQUENCE:")).unwrap().trim().parse().unwrap()
}

async fn end(h: Harness) {
    for who in ["ana", "ben"] {
        h.kinds(who);
    }
    h.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_becomes_of_it_shows_in_the_calendar() {
    let h = started().await;
    let (_, calendar) = asked(&h, "ana").await;
    let before = events(&calendar).await;
    let (monday, autumn) = ("2026-12-07.pipeline.U0ANA@onbeat", "2027-11-29.pipeline.U0ANA@onbeat");
    assert!(before[monday].contains("SUMMARY:Pipeline review\r") && before[monday].contains("Every deal has"));
    assert!(before.contains_key(autumn), "a year ahead");
    assert!(before.keys().all(|uid| uid.contains("U0ANA")), "nobody else's");

    h.advance_to("Mon 09:05").await;
    let nudged = events(&calendar).await;
    assert_eq!(before, nudged, "a nudge changes nothing that a calendar shows");
    h.press("ana", "Done", "pipeline").await;
    let done = events(&calendar).await;
    assert!(done[monday].contains("SUMMARY:✓ Pipeline review"), "{}", done[monday]);
    assert!(sequence(&done[monday]) > sequence(&before[monday]));
    assert_eq!(done[autumn], before[autumn]);

    h.apply(&[HEAD, &PIPELINE.replace("= 60", "= 45"), LEADERS, ANA, BEN].concat()).await;
    let applied = events(&calendar).await;
    assert!(applied[monday].contains("PT60M") && applied[monday].contains("✓"), "the past is not rewritten");
    assert!(applied[autumn].contains("PT45M") && sequence(&applied[autumn]) > sequence(&before[autumn]));
    let tuesday = "2026-12-08.scan.U0ANA@onbeat";
    assert!(applied[tuesday].contains("STATUS:CANCELLED"), "{}", applied[tuesday]);
    assert!(sequence(&applied[tuesday]) > sequence(&before[tuesday]));
    assert!(!applied.contains_key("2027-11-29.scan.U0ANA@onbeat"), "what was never planned is simply gone");

    h.advance_to("2026-12-14 09:30").await;
    let later = events(&calendar).await;
    let next = "2026-12-14.pipeline.U0ANA@onbeat";
    assert_eq!(later[next], applied[next], "the clock alone changes nothing");
    end(h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_it_already_is_told_so() {
    let h = started().await;
    let (page, calendar) = asked(&h, "ana").await;
    h.advance_to("Mon 08:10").await;
    let first = get(&calendar).await;
    let header = |answer: &Response, name| answer.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(header(&first, CONTENT_TYPE), "text/calendar; charset=utf-8");
    assert_eq!(header(&first, CACHE_CONTROL), "private, no-cache");
    let (tag, date) = (header(&first, ETAG), header(&first, LAST_MODIFIED));
    for (name, value) in [("if-none-match", &tag), ("if-modified-since", &date)] {
        let again = http().get(&calendar).header(name, value).send().await.unwrap();
        assert_eq!((again.status(), header(&again, ETAG)), (StatusCode::NOT_MODIFIED, tag.clone()), "{name}");
        assert_eq!(again.text().await.unwrap(), "");
    }
    let head = http().head(&calendar).send().await.unwrap();
    assert_eq!((head.status(), header(&head, ETAG)), (StatusCode::OK, tag.clone()));
    assert_eq!(head.text().await.unwrap(), "");

    h.advance_to("Mon 08:40").await;
    h.press("ana", "Done", "pipeline").await;
    for (name, value) in [("if-none-match", &tag), ("if-modified-since", &date)] {
        let again = http().get(&calendar).header(name, value).send().await.unwrap();
        assert_eq!(again.status(), StatusCode::OK, "{name}");
    }

    let shown = get(&page).await;
    assert_eq!(header(&shown, CONTENT_TYPE), "text/html; charset=utf-8");
    assert_eq!(header(&shown, CACHE_CONTROL), "no-store");
    assert_eq!(header(&shown, REFERRER_POLICY), "no-referrer");
    assert!(header(&shown, CONTENT_SECURITY_POLICY).starts_with("default-src 'none';"));
    let html = shown.text().await.unwrap();
    assert!(html.contains("Ana Ruiz") && html.contains("Pipeline review"));
    end(h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reset_ends_the_old_links_at_once_and_nobody_elses() {
    let h = started().await;
    let (page, calendar) = asked(&h, "ana").await;
    let (_, bens) = asked(&h, "ben").await;
    let team = h.slack.team().id;
    assert_eq!(h.press_unseen("ben", "reset_links", "U0ANA", &team).await, 200);
    assert!(h.whisper("ben").unwrap().contains("somebody else's"));
    assert_eq!(h.press_unseen("lee", "reset_links", "U0ANA", &team).await, 200);
    assert_eq!(status(&calendar).await, 200, "others can't");

    let asked = h.slack.ephemerals("U0ANA").last().unwrap().ts.clone();
    h.slack.press("U0ANA", &asked, "Reset the links").await.unwrap();
    h.beat().await;
    let (new_page, new_calendar) = addresses(&h, "ana");
    assert!(new_page != page && new_calendar != calendar);
    assert_eq!([status(&page).await, status(&calendar).await], [404, 404]);
    assert_eq!([status(&new_page).await, status(&new_calendar).await, status(&bens).await], [200, 200, 200]);

    let never = calendar.replace("/calendar/", "/calendar/A");
    let (revoked, never) = (get(&calendar).await, get(&never).await);
    assert_eq!(revoked.headers().len(), never.headers().len());
    assert_eq!(revoked.text().await.unwrap(), never.text().await.unwrap(), "revoked or never: nobody can tell");
    let token = new_calendar.rsplit('/').next().unwrap();
    assert_eq!(
        status(&format!("{}/year/{}", h.url(), token.trim_end_matches(".ics"))).await,
        404,
        "a calendar's alone"
    );

    let said = h.onbeat(&["year", "U0ANA"]).await;
    assert_eq!((said.status, said.out), (0, format!("calendar  {new_calendar}\npage      {new_page}\n")));
    let said = h.onbeat(&["year", "U0ANA", "--reset"]).await;
    assert_eq!(said.status, 0, "{}", said.err);
    assert_eq!(status(&new_calendar).await, 404, "beside the running bot");
    assert_eq!(status(said.out.split_whitespace().nth(1).unwrap()).await, 200);
    end(h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_left_keeps_what_remains() {
    let h = started().await;
    let (page, calendar) = asked(&h, "ana").await;
    h.advance_to("Mon 09:05").await;
    h.press("ana", "Done", "pipeline").await;
    h.apply(&[HEAD, PIPELINE, SCAN, LEADERS, BEN].concat()).await;
    let left = events(&calendar).await;
    assert!(left["2026-12-07.pipeline.U0ANA@onbeat"].contains("✓"));
    assert!(left["2026-12-14.pipeline.U0ANA@onbeat"].contains("STATUS:CANCELLED"));
    assert!(!left.contains_key("2027-11-29.pipeline.U0ANA@onbeat"));
    assert_eq!(status(&page).await, 200);
    end(h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_an_address_it_says_whom_to_ask() {
    let mut h = Harness::before("2026-12-07T08:00:00-06:00").await;
    h.public_url = None;
    h.apply(&[HEAD, PIPELINE, LEADERS, ANA].concat()).await;
    h.open().await;
    for (who, words) in [("ana", "ONBEAT_PUBLIC_URL"), ("lee", "ONBEAT_PUBLIC_URL"), ("zoe", "You aren't in")] {
        h.slack.command(&id(who), "year").await.unwrap();
        let said = h.whisper(who).unwrap();
        assert!(said.contains(words) && !said.contains("/calendar/"), "{who}: {said}");
    }
    let said = h.onbeat(&["year", "U0ANA"]).await;
    assert_eq!(said.status, 2);
    assert!(said.err.contains("ONBEAT_PUBLIC_URL is not set"), "{}", said.err);
    let said = h.onbeat_with(&["year", "U0ZOE"], &[("ONBEAT_PUBLIC_URL", "https://x.example")]).await;
    assert_eq!((said.status, said.err.contains("U0ZOE")), (2, true));
    end(h).await;
}
