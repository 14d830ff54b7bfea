//! Leaders and admins look after the process from Slack: people, activities, excusing, the digest; who may, what is refused,
//! and what `export` and `history` make of it.

use onbeat::demo::Outward;
use onbeat::demo::workspace::model::User;
use serde_json::{Value, json};

use crate::harness::{ANA, BEN, HEAD, Harness, LEADERS, id};

const ACTIVITIES: &str = r#"
[[activity]]
key = "forecast"
title = "Forecast"
when = "every Monday at 09:00"
minutes = 30
"#;

const MORE: &str = r#"
[[leader]]
slack = "U0CLEO"
name = "Cleo Martin"
leader = "U0VAL"

[[manager]]
slack = "U0FINN"
name = "Finn Larsen"
time_zone = "America/Chicago"
leader = "U0CLEO"
reps = [{ slack = "U0GUS", name = "Gus Marin" }]
"#;

async fn monday() -> Harness {
    let h = Harness::before("2026-12-07T12:00:00Z").await;
    for (slack, name) in [
        ("U0DANA", "Dana Wu"),
        ("U0EVAN", "Evan Cole"),
        ("U0FAY", "Fay Osei"),
        ("U0GUS", "Gus Marin"),
        ("U0FINN", "Finn Larsen"),
    ] {
        h.slack.add_user(User::new(slack, name, "America/Chicago"));
    }
    h.slack.add_user(User::new("U0ADA", "Ada Min", "Europe/London").admin());
    let mut h = h;
    h.apply(&[HEAD, ACTIVITIES, LEADERS, ANA, BEN, MORE].concat()).await;
    h.open().await;
    h.beat().await;
    h
}

/// What the person's modal shows, as text; empty where none is open.
fn modal(h: &Harness, who: &str) -> String {
    h.slack.modal(&id(who)).map(|view| Value::from(view.blocks().to_vec()).to_string()).unwrap_or_default()
}

async fn press(h: &Harness, who: &str, what: &str) {
    h.slack.use_modal(&id(who), what, None).await.unwrap();
    h.beat().await;
}

/// Opens a list or form from the Home tab.
async fn from_home(h: &Harness, who: &str, what: &str) {
    h.slack.open_home(&id(who)).await.unwrap();
    h.beat().await;
    h.slack.use_home(&id(who), what, None).await.unwrap();
    h.beat().await;
}

/// What the newest revision says, as `export` prints it.
async fn export(h: &Harness) -> String {
    h.onbeat(&["export"]).await.out
}

/// Applying what `export` prints changes nothing.
async fn export_changes_nothing(h: &Harness) {
    let text = export(h).await;
    h.write("exported.toml", &text);
    let said = h.onbeat_now(&["apply", "exported.toml"]).await;
    assert!(said.status == 0 && said.out.starts_with("Nothing to change"), "{}{}", said.out, said.err);
}

/// Who made each revision that was made in Slack, the newest first.
async fn made_in_slack(h: &Harness) -> Vec<String> {
    let history: Value = serde_json::from_str(&h.onbeat(&["history", "--format", "json"]).await.out).unwrap();
    let made = history.as_array().unwrap().iter().filter(|event| event["where"] == "Slack");
    made.map(|event| event["by"].as_str().unwrap().to_owned()).collect()
}

fn read_all(h: &Harness) {
    for who in ["ana", "ben", "cleo", "dev", "zoe", "C0SALES", "C0WEST"] {
        h.kinds(who);
    }
}

#[tokio::test]
async fn managers_and_reps_join_and_move() {
    let h = monday().await;
    from_home(&h, "lee", "People").await;
    assert!(modal(&h, "lee").contains("Ana Ruiz") && !modal(&h, "lee").contains("Finn"), "{}", modal(&h, "lee"));
    press(&h, "lee", "Add managers").await;
    let answer = h.submit("lee", &[("Who", "U0DEV|U0ZOE"), ("Whom", "U0LEE")]).await;
    assert_eq!(answer["response_action"], "push", "{answer}");
    assert!(modal(&h, "lee").contains("Dev Patel joins"), "{}", modal(&h, "lee"));
    assert_eq!(h.submit("lee", &[]).await["response_action"], "update");
    assert!(modal(&h, "lee").contains("Saved as revision 2"), "{}", modal(&h, "lee"));
    h.slack.close_modal("U0LEE").await.unwrap();
    assert!(h.slack.modal("U0LEE").is_none(), "all of them are closed");
    let exported = export(&h).await;
    for line in ["slack = \"U0DEV\"", "time_zone = \"Asia/Kolkata\"", "name = \"Zoe Stranger\""] {
        assert!(exported.contains(line), "{line} in {exported}");
    }
    export_changes_nothing(&h).await;

    // Dana goes over to Dev, whose first rep she is; Evan keeps his slot.
    h.slack.command("U0LEE", "manage").await.unwrap();
    let whisper = h.slack.ephemerals("U0LEE").last().unwrap().ts.clone();
    h.slack.press("U0LEE", &whisper, "People").await.unwrap();
    h.beat().await;
    assert!(modal(&h, "lee").contains("Dev Patel"), "{}", modal(&h, "lee"));
    edit_manager(&h, "lee", "U0DEV", &[("Reps", "U0DANA|U0FAY")]).await;
    assert!(modal(&h, "lee").contains("Dana Wu moved from Ana Ruiz to Dev Patel"), "{}", modal(&h, "lee"));
    h.submit("lee", &[]).await;
    let exported = export(&h).await;
    assert!(exported.contains("{ slack = \"U0EVAN\", name = \"Evan Cole\", slot = 1 }"), "{exported}");
    assert!(exported.contains("{ slack = \"U0FAY\", name = \"Fay Osei\" }"), "{exported}");
    export_changes_nothing(&h).await;
    assert!(h.onbeat(&["history"]).await.out.contains("Lee Park: revision 3"));
    assert_eq!(made_in_slack(&h).await, ["U0LEE", "U0LEE"]);
    read_all(&h);
    h.finish().await;
}

/// Opens a manager's form by its button's value, wherever in the list it stands, and fills it in.
async fn edit_manager(h: &Harness, who: &str, manager: &str, fields: &[(&str, &str)]) {
    h.slack.close_modal(&id(who)).await.ok();
    from_home(h, who, "People").await;
    h.slack.press_in_modal(&id(who), manager).await.unwrap();
    h.beat().await;
    let answer = h.submit(who, fields).await;
    assert_eq!(answer["response_action"], "push", "{answer}");
}

async fn activity_form(h: &Harness, who: &str) {
    from_home(h, who, "Activities").await;
    h.slack.use_modal(&id(who), "manage_activity", Some("Edit")).await.unwrap();
    h.beat().await;
}

#[tokio::test]
async fn a_phrase_is_checked_shown_and_saved() {
    let h = monday().await;
    activity_form(&h, "val").await;
    let wrong = h.submit("val", &[("When", "every Mnoday at 09:00")]).await;
    assert_eq!(wrong["response_action"], "errors", "{wrong}");
    assert!(wrong["errors"]["when"].as_str().is_some_and(|said| said.contains("Mnoday")), "{wrong}");
    let never = h.submit("val", &[("When", "the 30th day of every February at 09:00")]).await;
    assert!(never["errors"]["when"].as_str().is_some_and(|said| said.contains("never")), "{never}");
    let right = h.submit("val", &[("When", "every Tuesday at 10:00"), ("Minutes", "90")]).await;
    assert_eq!(right["response_action"], "push", "{right}");
    let shown = modal(&h, "val");
    for word in ["Tue 8 Dec 2026 at 10:00", "Tue 5 Jan 2027", "Ana Ruiz: 0.5 → 1.5 of 20", "from today"] {
        assert!(shown.contains(word), "{word} in {shown}");
    }
    assert!(!export(&h).await.contains("Tuesday"), "nothing is saved yet");
    h.submit("val", &[]).await;
    assert!(export(&h).await.contains("when = \"every Tuesday at 10:00\"\nminutes = 90"));
    export_changes_nothing(&h).await;
    // The process of the file it all began with is another one by now.
    let stale = h.onbeat_now(&["apply", "process.toml"]).await;
    assert!(stale.status == 2 && stale.err.contains("Val Porter"), "{}{}", stale.out, stale.err);
    read_all(&h);
    h.finish().await;
}

#[tokio::test]
async fn activities_are_added_paused_resumed_and_retired() {
    let h = monday().await;
    from_home(&h, "val", "Activities").await;
    press(&h, "val", "Add an activity").await;
    let fields =
        [("What is", "Deal scan"), ("When", "every workday at 16:00"), ("Minutes", "15"), ("Held by", "U0ANA")];
    assert_eq!(h.submit("val", &fields).await["response_action"], "push");
    h.submit("val", &[]).await;
    assert!(export(&h).await.contains("key = \"deal-scan\""));
    for (turn, expected) in
        [("Pause", "managers = []"), ("Resume", "managers = [\"U0ANA\"]"), ("Retire", "key = \"forecast\"")]
    {
        h.slack.close_modal("U0VAL").await.unwrap();
        from_home(&h, "val", "Activities").await;
        h.slack.choose_in_modal("U0VAL", "deal-scan", turn).await.unwrap();
        h.beat().await;
        assert_eq!(h.submit("val", &[]).await["response_action"], "push", "{turn}");
        h.submit("val", &[]).await;
        let exported = export(&h).await;
        assert!(exported.contains(expected), "{turn}: {exported}");
        export_changes_nothing(&h).await;
    }
    assert!(!export(&h).await.contains("deal-scan"));
    let history = h.onbeat(&["history"]).await.out;
    for said in ["Deal scan is added", "Deal scan is paused", "Deal scan is resumed", "Deal scan is retired"] {
        assert!(history.contains(said), "{said} in {history}");
    }
    read_all(&h);
    h.finish().await;
}

#[tokio::test]
async fn rights_are_refused_and_told() {
    let h = monday().await;
    // A manager, a stranger.
    for who in ["ana", "zoe"] {
        h.slack.command(&id(who), "manage").await.unwrap();
        assert!(h.whisper(who).is_some_and(|said| said.contains("leaders and admins") && said.contains("U0VAL")));
    }
    // A leader who is not at the top has no say in what all are to do.
    h.slack.command("U0LEE", "activities").await.unwrap();
    assert!(
        !Value::from(h.slack.ephemerals("U0LEE").last().unwrap().blocks.clone()).to_string().contains("Activities")
    );
    // A foreign leader's rep is not there for the taking, nor a bot.
    from_home(&h, "lee", "People").await;
    h.slack.press_in_modal("U0LEE", "U0ANA").await.unwrap();
    h.beat().await;
    let taken = h.submit("lee", &[("Reps", "U0DANA|U0GUS")]).await;
    assert!(taken["view"].to_string().contains("reports to a manager you don't lead"), "{taken}");
    h.slack.close_modal("U0LEE").await.unwrap();
    // What was drawn for one is not for another to save.
    from_home(&h, "lee", "People").await;
    press(&h, "lee", "Remove managers").await;
    let refused = h.submit("lee", &[("Who", "U0FINN")]).await;
    assert!(refused["view"].to_string().contains("Not all of them are managers you lead"), "{refused}");
    h.slack.close_modal("U0LEE").await.unwrap();
    // A rep can't lead, in the reader's own words, with names.
    from_home(&h, "lee", "People").await;
    press(&h, "lee", "Add managers").await;
    let rep = h.submit("lee", &[("Who", "U0DANA"), ("Whom", "U0LEE")]).await;
    let said = rep["errors"].to_string();
    assert!(said.contains("Dana Wu is a rep") && !said.contains("U0DANA") && !said.contains("line"), "{rep}");
    assert!(made_in_slack(&h).await.is_empty(), "nothing was changed");
    read_all(&h);
    h.finish().await;
}

#[tokio::test]
async fn workspace_admins_look_after_all() {
    let h = monday().await;
    from_home(&h, "ada", "People").await;
    assert!(modal(&h, "ada").contains("Finn Larsen") && modal(&h, "ada").contains("Ana Ruiz"));
    h.slack.press_in_modal("U0ADA", "U0FINN").await.unwrap();
    h.beat().await;
    // From one leader to another, and a rep from one manager to another.
    let fields = [("Reports to", "U0LEE"), ("Reps", "U0GUS|U0DANA")];
    assert_eq!(h.submit("ada", &fields).await["response_action"], "push");
    h.submit("ada", &[]).await;
    let exported = export(&h).await;
    assert!(
        exported.contains(
            "slack = \"U0FINN\"\nname = \"Finn Larsen\"\ntime_zone = \"America/Chicago\"\nleader = \"U0LEE\""
        )
    );
    export_changes_nothing(&h).await;
    assert!(h.onbeat(&["history"]).await.out.contains("U0ADA"), "who made it");
    read_all(&h);
    h.finish().await;
}

#[tokio::test]
async fn a_double_save_counts_once_and_two_leaders_do_not_overwrite() {
    let h = monday().await;
    activity_form(&h, "val").await;
    h.submit("val", &[("When", "every Tuesday at 10:00")]).await;
    // Meanwhile an admin changes the same line.
    activity_form(&h, "ada").await;
    h.submit("ada", &[("Minutes", "45")]).await;
    h.slack.mischief_outward(Outward::TwiceAtOnce, 1);
    h.submit("ada", &[]).await;
    assert!(modal(&h, "ada").contains("Saved as revision 2"), "{}", modal(&h, "ada"));
    let meanwhile = h.submit("val", &[]).await.to_string();
    assert!(meanwhile.contains("U0ADA") && meanwhile.contains("30 → 45 minutes"), "{meanwhile}");
    assert!(!export(&h).await.contains("Tuesday"));
    // On another line both stand.
    h.slack.close_modal("U0VAL").await.unwrap();
    h.slack.close_modal("U0VAL").await.unwrap();
    activity_form(&h, "val").await;
    h.submit("val", &[("When", "every Tuesday at 10:00")]).await;
    from_home(&h, "lee", "People").await;
    press(&h, "lee", "Add managers").await;
    h.submit("lee", &[("Who", "U0DEV"), ("Whom", "U0LEE")]).await;
    h.submit("lee", &[]).await;
    h.submit("val", &[]).await;
    let exported = export(&h).await;
    assert!(
        exported.contains("revision = 4") && exported.contains("U0DEV") && exported.contains("Tuesday"),
        "{exported}"
    );
    read_all(&h);
    h.finish().await;
}

#[tokio::test]
async fn what_waits_is_neither_brought_forward_nor_undone() {
    let h = monday().await;
    let later = [
        &HEAD.replace("name = \"Field\"", "name = \"Field\"\neffective = 2027-01-04"),
        &ACTIVITIES.replace("09:00", "11:00"),
        LEADERS,
        ANA,
        BEN,
        MORE,
    ]
    .concat();
    h.apply(&later).await;
    activity_form(&h, "val").await;
    h.submit("val", &[("When", "every Monday at 11:00"), ("Minutes", "50")]).await;
    assert!(modal(&h, "val").contains("4 Jan 2027 is kept"), "{}", modal(&h, "val"));
    h.submit("val", &[]).await;
    let plan = h
        .onbeat_now(&["plan", "--manager", "U0ANA", "--from", "2026-12-14", "--to", "2027-01-11", "--format", "json"])
        .await;
    let plan: Vec<Value> = serde_json::from_str(&plan.out).unwrap();
    assert!(!plan.is_empty() && plan.iter().all(|one| one["minutes"] == 50), "{plan:?}");
    export_changes_nothing(&h).await;
    // Someone new begins today, and is still there in January.
    from_home(&h, "lee", "People").await;
    press(&h, "lee", "Add managers").await;
    h.submit("lee", &[("Who", "U0DEV"), ("Whom", "U0LEE")]).await;
    h.submit("lee", &[]).await;
    assert!(export(&h).await.contains("U0DEV"));
    let first = h.onbeat(&["export", "--revision", "5"]).await.out;
    assert!(first.contains("held from 2026-12-07") && first.contains("U0DEV"), "{first}");
    read_all(&h);
    h.finish().await;
}

#[tokio::test]
async fn leaders_excuse_and_admins_undo() {
    let h = monday().await;
    h.advance_to("Mon 09:30").await;
    from_home(&h, "lee", "Excuse").await;
    let foreign = h.submit("lee", &[("Whose", "U0FINN")]).await;
    assert!(foreign["errors"]["manager"].is_string(), "{foreign}");
    assert_eq!(h.submit("lee", &[("Whose", "U0ANA")]).await["response_action"], "update");
    h.submit("lee", &[("What", "2026-12-07.forecast.U0ANA"), ("Why", "Snowed in")]).await;
    let record = h.record("forecast").await;
    assert_eq!(
        (&record["state"], &record["reason"], &record["completed_by"]),
        (&json!("excused"), &json!("Snowed in"), &json!("U0LEE"))
    );
    // An admin of the workspace takes it back; the manager could not.
    h.press_unseen("ana", "undo", "2026-12-07.forecast.U0ANA", "T0LOCAL").await;
    assert_eq!(h.record("forecast").await["state"], "excused");
    h.press_unseen("ada", "undo", "2026-12-07.forecast.U0ANA", "T0LOCAL").await;
    assert_eq!(h.record("forecast").await["state"], "open");
    // But records nothing.
    h.press_unseen("ada", "done", "2026-12-07.forecast.U0ANA", "T0LOCAL").await;
    assert_eq!(h.record("forecast").await["state"], "open");
    read_all(&h);
    h.finish().await;
}

#[tokio::test]
async fn the_digest_gets_its_channel_and_time() {
    let h = monday().await;
    from_home(&h, "val", "Digest").await;
    let wrong = h.submit("val", &[("Channel", "C0SALES"), ("When", "on Fridays")]).await;
    assert!(wrong["errors"]["when"].is_string(), "{wrong}");
    h.submit("val", &[("Channel", "C0SALES"), ("When", "every Thursday at 15:30")]).await;
    h.submit("val", &[]).await;
    let exported = export(&h).await;
    let digest =
        "[digest]\nchannel = \"C0SALES\"\nwhen = \"every Thursday at 15:30\"\ntime_zone = \"America/New_York\"";
    assert!(exported.contains(digest), "{exported}");
    // One below sets their own.
    from_home(&h, "lee", "Digest").await;
    h.submit("lee", &[("Channel", "C0WEST")]).await;
    h.submit("lee", &[]).await;
    assert!(export(&h).await.contains("digest = { channel = \"C0WEST\" }"), "{}", export(&h).await);
    export_changes_nothing(&h).await;
    read_all(&h);
    h.finish().await;
}

#[tokio::test]
async fn an_empty_team_is_helped_to_begin() {
    let mut h = Harness::before("2026-12-07T12:00:00Z").await;
    h.apply(&[HEAD, ACTIVITIES, LEADERS].concat()).await;
    h.open().await;
    h.beat().await;
    from_home(&h, "lee", "Add your first manager").await;
    h.submit("lee", &[("Who", "U0ANA"), ("Whom", "U0LEE")]).await;
    h.submit("lee", &[]).await;
    h.beat().await;
    let home = Value::from(h.slack.home("U0LEE").unwrap().blocks().to_vec()).to_string();
    assert!(home.contains("Ana Ruiz: nothing due"), "{home}");
    h.advance_to("Mon 09:00").await;
    assert!(!h.kinds("ana").is_empty(), "she hears of her day");
    h.finish().await;
}
