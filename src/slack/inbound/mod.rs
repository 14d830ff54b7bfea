//! What comes in from Slack: is it really Slack, and what does it say?
//!
//! Everything is read as a JSON value first and only the few fields that Onbeat needs are taken out: one odd block or
//! metadata value in somebody's message must not cost a click. Nothing here is an error; what we do not know is
//! [`Inbound::Ignored`]. Whether the team is ours is the caller's business.

use std::collections::HashMap;

use serde_json::Value;

use super::action::{Action, Modal};
use crate::process::UserId;

mod digest;
mod fields;
mod manage;
mod nul;
mod shortcut;
mod signature;

pub use digest::{Did, Reading};
pub(in crate::slack) use fields::block;
pub use fields::{Fields, What, Why};
pub use manage::{Gesture, Managing};
pub use shortcut::{CADENCE, LOG_OUTCOME, MessagePlace, Shortcut, Wanted};
pub use signature::{BadSignature, sign, verify};

/// What came in.
#[derive(Debug, Clone, PartialEq)]
pub enum Inbound {
    /// Slack wants this back, word for word.
    UrlVerification {
        /// What to send back.
        challenge: String,
    },
    /// `/onbeat …`
    Command(Command),
    /// A button or a select's option.
    Pressed(Pressed),
    /// A modal's Submit.
    Submitted(Submitted),
    /// A shortcut, from the lightning menu or a message's own.
    Shortcut(Shortcut),
    /// Somebody manages the process.
    Managing(Managing),
    /// Somebody looks closer at a digest, or acts on it.
    Reading(Reading),
    /// Somebody opened the Home tab.
    HomeOpened {
        /// The workspace, where Slack names it.
        team: Option<String>,
        /// Who.
        user: UserId,
        /// The same for every delivery of the same event.
        key: String,
    },
    /// Something about the workspace itself has changed.
    Lifecycle {
        /// The workspace, where Slack names it.
        team: Option<String>,
        /// What.
        news: News,
    },
    /// Nothing that Onbeat acts on.
    Ignored {
        /// The workspace, where Slack names it.
        team: Option<String>,
    },
}

impl Inbound {
    /// Who did it, where it was a person.
    pub fn user(&self) -> Option<&UserId> {
        match self {
            Inbound::Command(command) => Some(&command.user),
            Inbound::Shortcut(shortcut) => Some(&shortcut.user),
            Inbound::Pressed(pressed) => Some(&pressed.user),
            Inbound::Submitted(submitted) => Some(&submitted.user),
            Inbound::Managing(managing) => Some(&managing.user),
            Inbound::Reading(reading) => Some(&reading.user),
            Inbound::HomeOpened { user, .. } => Some(user),
            Inbound::UrlVerification { .. } | Inbound::Lifecycle { .. } | Inbound::Ignored { .. } => None,
        }
    }

    /// What it is, in one word.
    pub fn kind(&self) -> &'static str {
        match self {
            Inbound::UrlVerification { .. } => "challenge",
            Inbound::Command(_) => "command",
            Inbound::Pressed(_) => "press",
            Inbound::Submitted(_) => "submission",
            Inbound::Shortcut(_) => "shortcut",
            Inbound::Managing(_) => "manage",
            Inbound::Reading(_) => "digest",
            Inbound::HomeOpened { .. } => "home",
            Inbound::Lifecycle { .. } => "lifecycle",
            Inbound::Ignored { .. } => "ignored",
        }
    }

    /// The same for every arrival of one and the same press or submission, by whatever way it comes; `None` where
    /// doing it twice does no harm.
    pub fn once(&self) -> Option<String> {
        let (key, trigger) = match self {
            Inbound::Pressed(pressed) => (&pressed.key, pressed.trigger_id.as_deref()),
            Inbound::Managing(managing) => (&managing.key, managing.trigger_id.as_deref()),
            Inbound::Reading(reading) => (&reading.key, reading.trigger_id.as_deref()),
            Inbound::Submitted(submitted) => (&submitted.key, None),
            Inbound::Command(_)
            | Inbound::Shortcut(_)
            | Inbound::HomeOpened { .. }
            | Inbound::UrlVerification { .. }
            | Inbound::Lifecycle { .. }
            | Inbound::Ignored { .. } => return None,
        };
        (!key.ends_with('/')).then(|| format!("{key}/{}", trigger.unwrap_or_default()))
    }

    /// The workspace that it comes from, where Slack names it.
    pub fn team(&self) -> Option<&str> {
        match self {
            Inbound::UrlVerification { .. } => None,
            Inbound::Command(command) => command.team.as_deref(),
            Inbound::Pressed(pressed) => pressed.team.as_deref(),
            Inbound::Submitted(submitted) => submitted.team.as_deref(),
            Inbound::Shortcut(shortcut) => shortcut.team.as_deref(),
            Inbound::Managing(managing) => managing.team.as_deref(),
            Inbound::Reading(reading) => reading.team.as_deref(),
            Inbound::HomeOpened { team, .. } | Inbound::Lifecycle { team, .. } | Inbound::Ignored { team } => {
                team.as_deref()
            }
        }
    }
}

/// What has changed in the workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum News {
    /// Somebody's profile changed; whether the account is deactivated now.
    Account {
        /// Whose.
        user: UserId,
        /// As Slack says now.
        deactivated: bool,
    },
    /// The bot's token may be worth nothing any more.
    TokenInDoubt,
}

/// `/onbeat …`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// The workspace, where Slack names it.
    pub team: Option<String>,
    /// Who.
    pub user: UserId,
    /// What stands behind the command, without blanks around it.
    pub text: String,
    /// Opens a modal within three seconds.
    pub trigger_id: Option<String>,
    /// Where to answer.
    pub response_url: Option<String>,
    /// Where it was typed.
    pub channel: Option<String>,
    /// The same for every delivery of the same command.
    pub key: String,
}

/// A button or a select's option.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pressed {
    /// The workspace, where Slack names it.
    pub team: Option<String>,
    /// Who.
    pub user: UserId,
    /// What.
    pub action: Action,
    /// Opens a modal within three seconds.
    pub trigger_id: Option<String>,
    /// Where to answer, in a message.
    pub response_url: Option<String>,
    /// The message's channel.
    pub channel: Option<String>,
    /// The message's timestamp.
    pub message_ts: Option<String>,
    /// The nudge id that the message carries, as far as Slack sent its metadata along.
    pub nudge: Option<String>,
    /// The view, where it was pressed on the Home tab or in a modal.
    pub view_id: Option<String>,
    /// Whether that view is a modal.
    pub in_modal: bool,
    /// Which modal of ours it is.
    pub modal: Option<Modal>,
    /// The same for every delivery of the same press.
    pub key: String,
}

/// A modal's Submit.
#[derive(Debug, Clone, PartialEq)]
pub struct Submitted {
    /// The workspace, where Slack names it.
    pub team: Option<String>,
    /// Who.
    pub user: UserId,
    /// The view.
    pub view_id: String,
    /// The modal on which it lies.
    pub below: Option<String>,
    /// Which modal, and what it is about.
    pub modal: Modal,
    /// What was filled in.
    pub fields: Fields,
    /// The same for every delivery of the same submission.
    pub key: String,
}

/// What came to `/slack/events`: JSON.
pub fn event(body: &[u8]) -> Inbound {
    serde_json::from_slice(body).map_or(Inbound::Ignored { team: None }, |value| event_value(&value))
}

/// An event's payload, however it came.
pub fn event_value(value: &Value) -> Inbound {
    let value = &*nul::without_nul(value);
    let team = text(&value["team_id"]);
    match value["type"].as_str() {
        Some("url_verification") => {
            Inbound::UrlVerification { challenge: value["challenge"].as_str().unwrap_or_default().to_owned() }
        }
        Some("event_callback") => home_opened(value, team.clone())
            .or_else(|| news(&value["event"]).map(|news| Inbound::Lifecycle { team: team.clone(), news }))
            .unwrap_or(Inbound::Ignored { team }),
        Some(_) | None => Inbound::Ignored { team },
    }
}

fn home_opened(value: &Value, team: Option<String>) -> Option<Inbound> {
    let event = &value["event"];
    // The messages tab sends this event too.
    if event["type"] != "app_home_opened" || event["tab"].as_str().is_some_and(|tab| tab != "home") {
        return None;
    }
    let user = UserId(text(&event["user"])?);
    let at = || format!("{user}/{}", event["event_ts"]);
    let key = format!("event/{}", text(&value["event_id"]).unwrap_or_else(at));
    Some(Inbound::HomeOpened { team, user, key })
}

fn news(event: &Value) -> Option<News> {
    match event["type"].as_str()? {
        "user_change" => {
            let user = &event["user"];
            Some(News::Account { user: UserId(text(&user["id"])?), deactivated: user["deleted"].as_bool()? })
        }
        "app_uninstalled" | "tokens_revoked" => Some(News::TokenInDoubt),
        _ => None,
    }
}

/// What came to `/slack/interactions`: a form whose `payload` is JSON.
pub fn interaction(body: &[u8]) -> Inbound {
    let payload = url::form_urlencoded::parse(body).find(|(name, _)| name == "payload");
    let value = payload.and_then(|(_, payload)| serde_json::from_str(&payload).ok());
    value.map_or(Inbound::Ignored { team: None }, |value| interaction_value(&value))
}

/// An interaction's payload, however it came.
pub fn interaction_value(value: &Value) -> Inbound {
    let value = &*nul::without_nul(value);
    let team = text(&value["team"]["id"]).or_else(|| text(&value["user"]["team_id"]));
    let understood = match value["type"].as_str() {
        Some("block_actions") => pressed(value, team.clone()),
        Some("view_submission") => submitted(value, team.clone()),
        Some("shortcut" | "message_action") => shortcut::shortcut(value, team.clone()),
        Some(_) | None => None,
    };
    let understood = understood.or_else(|| manage::managing(value, &team));
    understood.or_else(|| digest::reading(value, &team)).unwrap_or(Inbound::Ignored { team })
}

fn pressed(value: &Value, team: Option<String>) -> Option<Inbound> {
    let user = UserId(text(&value["user"]["id"])?);
    let pressed = value["actions"].as_array()?.iter();
    let (action, raw) = pressed.filter_map(|raw| Some((decode(raw)?, raw))).next()?;
    let container = &value["container"];
    let channel = text(&value["channel"]["id"]).or_else(|| text(&container["channel_id"]));
    let message_ts = text(&container["message_ts"]).or_else(|| text(&value["message"]["ts"]));
    let view_id = text(&container["view_id"]).or_else(|| text(&value["view"]["id"]));
    let place = message_ts.clone().or_else(|| view_id.clone()).unwrap_or_default();
    let when = text(&raw["action_ts"]).or_else(|| text(&value["trigger_id"])).unwrap_or_default();
    Some(Inbound::Pressed(Pressed {
        key: format!("press/{user}/{place}/{}/{}/{when}", action.id(), action.value()),
        team,
        user,
        action,
        trigger_id: text(&value["trigger_id"]),
        response_url: text(&value["response_url"]),
        channel,
        message_ts,
        nudge: text(&value["message"]["metadata"]["event_payload"]["nudge"]),
        view_id,
        in_modal: value["view"]["type"] == "modal",
        modal: modal_of(&value["view"]),
    }))
}

/// A button has its value, a select or an overflow menu the chosen option's.
fn decode(raw: &Value) -> Option<Action> {
    let value = raw["value"].as_str().or_else(|| raw["selected_option"]["value"].as_str())?;
    Action::decode(raw["action_id"].as_str()?, value)
}

fn submitted(value: &Value, team: Option<String>) -> Option<Inbound> {
    let user = UserId(text(&value["user"]["id"])?);
    let view = &value["view"];
    let view_id = text(&view["id"])?;
    let modal = modal_of(view)?;
    let below = text(&view["previous_view_id"]);
    let hash = text(&view["hash"]).unwrap_or_default();
    let fields = Fields(view["state"]["values"].as_object().cloned().unwrap_or_default());
    let key = format!("submit/{view_id}/{hash}");
    Some(Inbound::Submitted(Submitted { team, user, view_id, below, modal, fields, key }))
}

/// Which modal of ours a view is.
fn modal_of(view: &Value) -> Option<Modal> {
    Modal::decode(view["callback_id"].as_str()?, view["private_metadata"].as_str()?)
}

/// What came to `/slack/commands`: a form.
pub fn command(body: &[u8]) -> Inbound {
    let form: HashMap<String, String> = url::form_urlencoded::parse(body).into_owned().collect();
    command_from(|name| form.get(name).cloned())
}

/// A command's payload as JSON, however it came.
pub fn command_value(value: &Value) -> Inbound {
    command_from(|name| value[name].as_str().map(str::to_owned))
}

fn command_from(field: impl Fn(&str) -> Option<String>) -> Inbound {
    let field = |name: &str| field(name).map(|text| text.replace('\0', "").trim().to_owned());
    let field = |name: &str| field(name).filter(|text| !text.is_empty());
    let team = field("team_id");
    let (Some(user), Some(_)) = (field("user_id"), field("command")) else { return Inbound::Ignored { team } };
    let trigger_id = field("trigger_id");
    Inbound::Command(Command {
        key: format!("command/{user}/{}", trigger_id.as_deref().unwrap_or_default()),
        team,
        user: UserId(user),
        text: field("text").unwrap_or_default(),
        trigger_id,
        response_url: field("response_url"),
        channel: field("channel_id"),
    })
}

fn text(value: &Value) -> Option<String> {
    value.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::record::OccurrenceId;
    use crate::record::ResultWord;
    use crate::record::outcome::Answers;
    use crate::slack::action::Purpose;

    /// The command in the vector that Slack publishes.
    const BODY: &str = "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&\
                        channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&\
                        response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F\
                        96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";

    #[test]
    fn a_command_is_read_from_its_form() {
        let Inbound::Command(command) = command(BODY.as_bytes()) else { panic!("it is a command") };
        assert_eq!(command.user, UserId::from("U2CERLKJA"));
        assert_eq!((command.team.as_deref(), command.text.as_str()), (Some("T1DC2JH3J"), ""));
        assert!(command.response_url.is_some_and(|url| url.starts_with("https://hooks.slack.com/commands/")));
        assert_eq!(command.key, "command/U2CERLKJA/398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c");
        assert_eq!(super::command(b"\xff\xfe=1&x"), Inbound::Ignored { team: None });
    }

    /// A press with all the oddities that have been seen: unknown blocks, metadata that is no text, a team that is null.
    fn press() -> Value {
        json!({
            "type": "block_actions", "team": null, "user": { "id": "U0ANA", "team_id": "T1" }, "trigger_id": "t.1",
            "response_url": "https://hooks.example/1", "channel": { "id": "D1" },
            "container": { "type": "message", "message_ts": "1.2", "channel_id": "D1" },
            "message": {
                "ts": "1.2", "blocks": [{ "type": "hologram", "depth": 3 }],
                "metadata": { "event_type": "onbeat_nudge", "event_payload": { "nudge": "n1", "odd": 7 } },
            },
            "actions": [{ "type": "button", "action_id": "done", "block_id": "b", "value": "o1", "action_ts": "9.9" }],
        })
    }

    fn form(payload: &Value) -> Vec<u8> {
        url::form_urlencoded::Serializer::new(String::new())
            .append_pair("payload", &payload.to_string())
            .finish()
            .into()
    }

    #[test]
    fn a_press_is_read_whatever_surrounds_it() {
        let expected = Pressed {
            team: Some("T1".to_owned()),
            user: UserId::from("U0ANA"),
            action: Action::Done(OccurrenceId("o1".to_owned())),
            trigger_id: Some("t.1".to_owned()),
            response_url: Some("https://hooks.example/1".to_owned()),
            channel: Some("D1".to_owned()),
            message_ts: Some("1.2".to_owned()),
            nudge: Some("n1".to_owned()),
            view_id: None,
            in_modal: false,
            modal: None,
            key: "press/U0ANA/1.2/done/o1/9.9".to_owned(),
        };
        assert_eq!(interaction(&form(&press())), Inbound::Pressed(expected));
    }

    #[test]
    fn a_press_survives_what_is_missing() {
        for gone in ["team", "trigger_id", "response_url", "channel", "container", "message"] {
            let mut press = press();
            press.as_object_mut().expect("an object").remove(gone);
            assert!(matches!(interaction_value(&press), Inbound::Pressed(_)), "without {gone}");
        }
        let mut odd = press();
        odd["message"]["metadata"] = json!({});
        odd["actions"] = json!([{ "type": "sundial" }, { "action_id": "snooze", "action_ts": "9.9",
            "selected_option": { "value": "o1|1h" } }]);
        let Inbound::Pressed(pressed) = interaction_value(&odd) else { panic!("it is a press") };
        assert_eq!((pressed.action.id(), pressed.nudge), ("snooze", None));
    }

    #[test]
    fn two_presses_have_two_keys_and_one_delivered_twice_has_one() {
        let key = |press: &Value| match interaction_value(press) {
            Inbound::Pressed(pressed) => pressed.key,
            other => panic!("{other:?}"),
        };
        let mut later = press();
        later["actions"][0]["action_ts"] = json!("10.0");
        assert_eq!(key(&press()), key(&press()));
        assert_ne!(key(&press()), key(&later));
    }

    #[test]
    fn what_we_do_not_know_is_ignored() {
        let team = || Some("T1".to_owned());
        for kind in ["shortcut", "message_action", "view_closed", "hologram"] {
            let value = json!({ "type": kind, "team": { "id": "T1" }, "user": { "id": "U1" } });
            assert_eq!(interaction_value(&value), Inbound::Ignored { team: team() });
        }
        let mut foreign = press();
        foreign["actions"][0]["action_id"] = json!("approve");
        assert_eq!(interaction_value(&foreign), Inbound::Ignored { team: team() });
        for event in [
            json!({ "type": "hologram" }),
            json!({ "type": 7 }),
            json!(null),
            json!([]),
            json!({ "type": "user_change", "user": "U1" }),
            json!({ "type": "user_change", "user": { "id": "U1", "deleted": "no" } }),
        ] {
            let event = json!({ "type": "event_callback", "team_id": "T1", "event": event });
            assert_eq!(event_value(&event), Inbound::Ignored { team: team() });
        }
        for body in [&b"nonsense"[..], b"", b"payload=%7B", b"payload=[]", b"[1]", b"\xff"] {
            assert_eq!(interaction(body), Inbound::Ignored { team: None });
            assert_eq!(event(body), Inbound::Ignored { team: None });
        }
    }

    #[test]
    fn the_home_tab_opened_is_heard_and_the_messages_tab_is_not() {
        let opened = |tab| {
            let event = json!({ "type": "app_home_opened", "user": "U1", "tab": tab, "event_ts": "5.5" });
            event_value(&json!({ "type": "event_callback", "team_id": "T1", "event_id": "Ev1", "event": event }))
        };
        let (team, user) = (Some("T1".to_owned()), UserId::from("U1"));
        assert_eq!(opened("home"), Inbound::HomeOpened { team: team.clone(), user, key: "event/Ev1".to_owned() });
        assert_eq!(opened("messages"), Inbound::Ignored { team });
        let challenge = event(br#"{"type":"url_verification","challenge":"c1"}"#);
        assert_eq!(challenge, Inbound::UrlVerification { challenge: "c1".to_owned() });
    }

    #[test]
    fn news_of_the_workspace_is_heard() {
        let heard =
            |event: Value| match event_value(&json!({ "type": "event_callback", "team_id": "T1", "event": event })) {
                Inbound::Lifecycle { team, news } if team.as_deref() == Some("T1") => news,
                other => panic!("{other:?}"),
            };
        for deactivated in [true, false] {
            let user = json!({ "id": "U1", "deleted": deactivated, "profile": { "fields": [] } });
            let news = News::Account { user: UserId::from("U1"), deactivated };
            assert_eq!(heard(json!({ "type": "user_change", "user": user })), news);
        }
        assert_eq!(heard(json!({ "type": "app_uninstalled" })), News::TokenInDoubt);
        assert_eq!(heard(json!({ "type": "tokens_revoked", "tokens": { "bot": ["U9"] } })), News::TokenInDoubt);
    }

    fn submission(callback_id: &str, values: Value) -> Submitted {
        let view = json!({ "id": "V1", "hash": "h1", "callback_id": callback_id, "state": { "values": values },
            "private_metadata": r#"{"v":1,"occurrence":"o1","purpose":"change"}"# });
        let value = json!({ "type": "view_submission", "team": { "id": "T1" }, "user": { "id": "U1" }, "view": view });
        match interaction(&form(&value)) {
            Inbound::Submitted(submitted) => submitted,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn an_outcome_is_read_from_its_fields() {
        let submitted = submission(
            "outcome",
            json!({
                "result": { "result": { "type": "radio_buttons", "selected_option": { "value": "not met" } } },
                "note": { "anything": { "type": "plain_text_input", "value": "All *clean*" } },
                "number": { "number": { "type": "number_input", "value": "3" } },
                "link": { "link": { "type": "url_text_input", "value": null } },
                "hologram": 7,
            }),
        );
        assert_eq!(submitted.modal, Modal::Outcome(OccurrenceId("o1".to_owned()), Purpose::Change));
        assert_eq!(submitted.key, "submit/V1/h1");
        let answers = Answers {
            result: Some(ResultWord::NotMet),
            note: Some("All *clean*".to_owned()),
            link: None,
            number: Some("3".to_owned()),
        };
        assert_eq!(submitted.fields.answers(), answers);
    }

    #[test]
    fn a_reason_is_read_from_its_fields() {
        let fields = |chosen: &str, words: Value| {
            let reason = json!({ "reason": { "selected_option": { "value": chosen } } });
            submission("cant", json!({ "reason": reason, "reason_words": { "reason_words": { "value": words } } }))
                .fields
        };
        let why = |chosen: &str, words: Value| fields(chosen, words).why();
        assert_eq!(why("no time", Value::Null), Some(Why::NoTime));
        assert_eq!(why("rep away", json!("on leave")), Some(Why::RepAway));
        assert_eq!(fields("rep away", json!("on leave")).reason().as_deref(), Some("rep away: on leave"));
        assert_eq!(fields("no time", json!("  ")).reason().as_deref(), Some("no time"));
        assert_eq!(fields("other", json!("The fire drill")).reason().as_deref(), Some("The fire drill"));
        assert_eq!(why("other", json!(" The fire\u{7} drill ")), Some(Why::Other("The fire drill".to_owned())));
        assert_eq!(why("other", json!("  ")), None);
        assert_eq!(why("hologram", Value::Null), None);
        assert!(Why::RepAway.excuses() && !Why::SomeoneAway.excuses());
    }

    #[test]
    fn an_instant_is_read_from_its_field() {
        let picked = |value: Value| {
            submission("pick_time", json!({ "when": { "when": { "selected_date_time": value } } })).fields.instant()
        };
        assert_eq!(picked(json!(1796652000)), Timestamp::from_second(1796652000).ok());
        assert_eq!(picked(json!("1796652000")), Timestamp::from_second(1796652000).ok());
        assert_eq!(picked(Value::Null), None);
    }

    proptest! {
        /// Whatever comes, it is read or ignored.
        #[test]
        fn nothing_upsets_it(body in prop::collection::vec(any::<u8>(), 0..200), text in "[\\[\\]{}:,\"a-z0-9]{0,80}") {
            for body in [body.as_slice(), text.as_bytes(), format!("payload={text}").as_bytes()] {
                let _ = (event(body), interaction(body), command(body));
            }
        }
    }
}
