//! A leader's page by its secret link: whose managers are in it, who gets it, and how it ends.

use reqwest::Response;
use reqwest::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, REFERRER_POLICY};

use crate::digest::{ACTIVITIES, LEADERS, friday_at};
use crate::harness::{ANA, BEN, HEAD, Harness, http, id};

/// The week of `friday_at`, read to the end; nothing of it is looked at here.
async fn friday() -> Harness {
    let h = friday_at("15:30").await;
    h.read("C0SALES");
    h.read("C0TOP");
    h
}

async fn get(address: &str) -> Response {
    http().get(address).send().await.unwrap()
}

async fn status(address: &str) -> u16 {
    get(address).await.status().as_u16()
}

async fn html(address: &str) -> String {
    get(address).await.error_for_status().unwrap().text().await.unwrap()
}

/// The link as the bot whispers it to a leader who asks.
async fn asked(h: &Harness, who: &str) -> String {
    h.slack.command(&id(who), "year").await.unwrap();
    last_line(h, who)
}

fn last_line(h: &Harness, who: &str) -> String {
    h.whisper(who).unwrap().lines().last().unwrap().to_owned()
}

/// The words of the row that begins with this.
fn row(html: &str, name: &str) -> String {
    let row =
        html.split("<tr>").find(|row| row.contains(&format!(">{name}"))).unwrap_or_else(|| panic!("{name}: {html}"));
    let row = row.replace("</td>", "|");
    row.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_leader_sees_the_managers_below_and_nobody_s_words() {
    let h = friday().await;
    let (lees, vals) = (html(&asked(&h, "lee").await).await, html(&asked(&h, "val").await).await);
    for (page, dev) in [(&lees, false), (&vals, true)] {
        assert!(page.contains("Ana Ruiz") && page.contains("Ben"), "{page}");
        assert_eq!(page.contains("Dev Patel"), dev);
        assert!(!page.contains("No time") && !page.contains("Rep away"), "reasons stay where they were said");
    }
    // The same figures as the digest's.
    let digest = crate::digest::digest(&h, &["--week", "2026-W50", "--leader", "U0LEE"]).await;
    let count = |key: &str| digest["must"][key].as_u64().unwrap();
    let decided = count("expected") - count("open");
    let cell = format!("{} of /{decided}", count("done_on_time") + count("done_late"));
    assert!(row(&lees, "Everybody").contains(&cell), "{cell} in {}", row(&lees, "Everybody"));
    h.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_guarded_as_the_year_is() {
    let h = friday().await;
    let page = get(&asked(&h, "lee").await).await;
    let header = |name| page.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(header(CONTENT_TYPE), "text/html; charset=utf-8");
    assert_eq!((header(CACHE_CONTROL), header(REFERRER_POLICY)), ("no-store".to_owned(), "no-referrer".to_owned()));
    let policy = header(CONTENT_SECURITY_POLICY);
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-") && policy.contains("frame-ancestors 'none'"));
    assert!(!page.headers().contains_key(ETAG), "what is not to be kept has no tag");
    h.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_is_one_person_s_and_one_page_s_and_ends_with_a_reset() {
    let h = friday().await;
    let (lees, vals) = (asked(&h, "lee").await, asked(&h, "val").await);
    let anas = asked(&h, "ana").await;
    assert!(anas.contains("/calendar/"), "who leads nobody has no team: {anas}");
    let token = |address: &str| address.rsplit('/').next().unwrap().trim_end_matches(".ics").to_owned();
    let wrong = [
        format!("{}/team/{}", h.url(), token(&anas)),
        format!("{}/year/{}", h.url(), token(&lees)),
        format!("{}/team/A{}", h.url(), token(&lees)),
        format!("{}/team/x", h.url()),
    ];
    for address in &wrong {
        assert_eq!(status(address).await, 404, "{address}");
    }
    // Nobody else's press ends it, and the leader's own does.
    let team = h.slack.team().id;
    assert_eq!(h.press_unseen("val", "reset_links", "U0LEE", &team).await, 200);
    assert_eq!(status(&lees).await, 200);
    h.slack.command("U0LEE", "year").await.unwrap();
    let said = h.slack.ephemerals("U0LEE").last().unwrap().ts.clone();
    h.slack.press("U0LEE", &said, "Reset the links").await.unwrap();
    h.beat().await;
    let fresh = last_line(&h, "lee");
    assert_eq!([status(&lees).await, status(&fresh).await, status(&vals).await], [404, 200, 200]);
    let (revoked, never) = (get(&lees).await, get(&wrong[3]).await);
    assert_eq!(revoked.headers().len(), never.headers().len());
    assert_eq!(revoked.text().await.unwrap(), never.text().await.unwrap(), "revoked or never: nobody can tell");
    h.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_prints_it_and_who_leads_no_more_has_no_page() {
    let h = friday().await;
    let lees = asked(&h, "lee").await;
    let said = h.onbeat(&["year", "U0LEE"]).await;
    assert_eq!((said.status, said.out), (0, format!("team      {lees}\n")));
    let said = h.onbeat(&["year", "U0ANA"]).await;
    assert!(said.status == 0 && !said.out.contains("team"), "{}", said.out);
    let said = h.onbeat(&["year", "U0DANA"]).await;
    assert_eq!((said.status, said.err.contains("no manager or leader has the id U0DANA")), (2, true), "{}", said.err);
    let said = h.onbeat(&["year", "U0LEE", "--reset"]).await;
    let fresh = said.out.split_whitespace().nth(1).unwrap().to_owned();
    assert_eq!([status(&lees).await, status(&fresh).await], [404, 200]);

    let without = LEADERS.replace("[[leader]]\nslack = \"U0LEE\"\nname = \"Lee Park\"\nleader = \"U0VAL\"\n", "");
    assert!(!without.contains("U0LEE"));
    let managers = [ANA, BEN].concat().replace("U0LEE", "U0VAL");
    h.apply(&[HEAD, ACTIVITIES, &without, &managers].concat()).await;
    h.advance_to("2026-12-15 09:00").await;
    assert_eq!(status(&fresh).await, 404);
    for who in ["ana", "ben", "dev"] {
        h.kinds(who);
    }
    h.read("C0SALES");
    h.read("C0TOP");
    h.finish().await;
}
