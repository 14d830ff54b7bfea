//! What leaders and admins press and fill in: the same wire format, and as public as the rest of it.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::process::edit::Edit;
use crate::process::{ActivityKey, UserId};

/// What somebody pressed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Press {
    /// Who takes part: this page of the list.
    People(usize),
    /// What is to be done: this page of the list.
    Activities(usize),
    /// Excuse something.
    Excuse,
    /// Where and when the digest is posted.
    Digest,
    /// Managers are to join.
    AddManagers,
    /// Managers are to leave.
    RemoveManagers,
    /// A manager's leader and reps.
    Manager(UserId),
    /// A leader's leader.
    Leader(UserId),
    /// A new activity.
    AddActivity,
    /// One of the list is to change so.
    Activity(Turn, ActivityKey),
}

/// What becomes of an activity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Turn {
    /// It says something else.
    Edit,
    /// Nobody holds it for a while.
    Pause,
    /// Those who held it hold it again.
    Resume,
    /// It leaves the process.
    Retire,
}

impl Turn {
    /// Every one.
    const ALL: [Turn; 4] = [Turn::Edit, Turn::Pause, Turn::Resume, Turn::Retire];

    /// Within an option's value.
    fn word(self) -> &'static str {
        match self {
            Turn::Edit => "edit",
            Turn::Pause => "pause",
            Turn::Resume => "resume",
            Turn::Retire => "retire",
        }
    }
}

impl Press {
    /// The `action_id`.
    pub fn id(&self) -> &'static str {
        match self {
            Press::People(_) => "manage_people",
            Press::Activities(_) => "manage_activities",
            Press::Excuse => "manage_excuse",
            Press::Digest => "manage_digest",
            Press::AddManagers => "manage_add",
            Press::RemoveManagers => "manage_remove",
            Press::Manager(_) => "manage_manager",
            Press::Leader(_) => "manage_leader",
            Press::AddActivity => "manage_new",
            Press::Activity(..) => "manage_activity",
        }
    }

    /// The value of the button, or of the option.
    pub fn value(&self) -> String {
        match self {
            Press::People(page) | Press::Activities(page) => page.to_string(),
            Press::Excuse | Press::Digest | Press::AddManagers | Press::RemoveManagers | Press::AddActivity => {
                "0".to_owned()
            }
            Press::Manager(id) | Press::Leader(id) => id.to_string(),
            Press::Activity(turn, key) => format!("{}|{key}", turn.word()),
        }
    }

    /// Reads a pressed button back; `None` where it is none of these.
    pub fn decode(action_id: &str, value: &str) -> Option<Press> {
        // A list may be paged both ways, and two buttons of one block need two ids.
        let action_id = action_id.strip_suffix("_back").unwrap_or(action_id);
        let page = || value.parse().unwrap_or_default();
        let id = || Some(UserId(value.to_owned())).filter(|id| !id.as_str().is_empty());
        match action_id {
            "manage_people" => Some(Press::People(page())),
            "manage_activities" => Some(Press::Activities(page())),
            "manage_excuse" => Some(Press::Excuse),
            "manage_digest" => Some(Press::Digest),
            "manage_add" => Some(Press::AddManagers),
            "manage_remove" => Some(Press::RemoveManagers),
            "manage_manager" => id().map(Press::Manager),
            "manage_leader" => id().map(Press::Leader),
            "manage_new" => Some(Press::AddActivity),
            "manage_activity" => {
                let (word, key) = value.split_once('|')?;
                let turn = Turn::ALL.into_iter().find(|turn| turn.word() == word)?;
                Some(Press::Activity(turn, ActivityKey(key.to_owned())))
            }
            _ => None,
        }
    }
}

/// A modal, and what it is about. `revision` is the newest one when it was drawn: what it shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// A list, with nothing to fill in.
    List,
    /// Managers are to join.
    AddManagers {
        #[allow(missing_docs)]
        revision: i64,
    },
    /// Managers are to leave.
    RemoveManagers {
        #[allow(missing_docs)]
        revision: i64,
    },
    /// A manager's leader and reps.
    Manager {
        #[allow(missing_docs)]
        revision: i64,
        /// Whose.
        manager: UserId,
    },
    /// A leader's leader.
    Leader {
        #[allow(missing_docs)]
        revision: i64,
        /// Whose.
        leader: UserId,
    },
    /// An activity; `None`: a new one.
    Activity {
        #[allow(missing_docs)]
        revision: i64,
        /// Which.
        key: Option<ActivityKey>,
    },
    /// An activity is to pause, resume or go.
    Turn {
        #[allow(missing_docs)]
        revision: i64,
        /// Which.
        key: ActivityKey,
        /// What becomes of it.
        turn: Turn,
    },
    /// Where and when a digest is posted.
    Digest {
        #[allow(missing_docs)]
        revision: i64,
        /// Whose own; `None`: the one for all who have none of their own.
        leader: Option<UserId>,
    },
    /// Whose occurrences are to be excused.
    ExcuseWhose,
    /// Which of them.
    Excuse {
        /// Whose.
        manager: UserId,
    },
    /// What was filled in, shown with what comes of it.
    Preview(Draft),
}

/// A change that waits for *Save*.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// The newest revision when its form was drawn.
    pub revision: i64,
    /// From when it is to hold; today where left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Date>,
    /// What changes.
    pub edit: Edit,
}

/// The `callback_id` of every one of these modals.
pub const CALLBACK: &str = "manage";

/// The most that Slack keeps with a modal.
pub const MOST_PRIVATE: usize = 3000;

/// `private_metadata` as it is written.
#[derive(Serialize, Deserialize)]
struct Private {
    v: u32,
    form: Form,
}

impl Form {
    /// The `private_metadata`.
    pub fn private_metadata(&self) -> String {
        serde_json::to_string(&Private { v: 1, form: self.clone() }).expect("strings and numbers are JSON")
    }

    /// Whether Slack keeps that much with a modal.
    pub fn fits(&self) -> bool {
        self.private_metadata().encode_utf16().count() <= MOST_PRIVATE
    }

    /// Reads a submitted modal back; `None` where it is none of these.
    pub fn decode(callback_id: &str, private_metadata: &str) -> Option<Form> {
        let private = || serde_json::from_str::<Private>(private_metadata).ok();
        (callback_id == CALLBACK).then(private).flatten().map(|private| private.form)
    }
}

/// The block ids of these modals' fields: an open modal outlives a release too.
pub mod block {
    #![allow(missing_docs)]
    pub const PEOPLE: &str = "people";
    pub const LEADER: &str = "leader";
    pub const REPS: &str = "reps";
    pub const FROM: &str = "from";
    pub const TITLE: &str = "title";
    pub const WHEN: &str = "when";
    pub const MINUTES: &str = "minutes";
    pub const OUTCOME: &str = "outcome";
    pub const CATEGORY: &str = "category";
    pub const PER: &str = "per";
    pub const PRIORITY: &str = "priority";
    pub const EVIDENCE: &str = "evidence";
    pub const QUESTION: &str = "question";
    pub const TARGET: &str = "target";
    pub const HOLDERS: &str = "holders";
    pub const CHANNEL: &str = "channel";
    pub const MANAGER: &str = "manager";
    pub const OCCURRENCES: &str = "occurrences";
    pub const REASON: &str = "reason";
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::process::edit::{Above, ActivityDraft, Newcomer};

    fn newcomer(id: &str) -> Newcomer {
        Newcomer { slack: id.into(), name: String::new(), zone: None }
    }

    /// Whatever was once written on a button, and what it means. Lines are added, never changed or taken away.
    fn golden_presses() -> Vec<(&'static str, &'static str, Press)> {
        vec![
            ("manage_people", "0", Press::People(0)),
            ("manage_people", "2", Press::People(2)),
            ("manage_activities", "0", Press::Activities(0)),
            ("manage_excuse", "0", Press::Excuse),
            ("manage_digest", "0", Press::Digest),
            ("manage_add", "0", Press::AddManagers),
            ("manage_remove", "0", Press::RemoveManagers),
            ("manage_manager", "U0ANA", Press::Manager("U0ANA".into())),
            ("manage_leader", "U0LEE", Press::Leader("U0LEE".into())),
            ("manage_new", "0", Press::AddActivity),
            ("manage_activity", "edit|one-to-one", Press::Activity(Turn::Edit, "one-to-one".into())),
            ("manage_activity", "pause|one-to-one", Press::Activity(Turn::Pause, "one-to-one".into())),
            ("manage_activity", "resume|one-to-one", Press::Activity(Turn::Resume, "one-to-one".into())),
            ("manage_activity", "retire|one-to-one", Press::Activity(Turn::Retire, "one-to-one".into())),
        ]
    }

    #[test]
    fn old_buttons_keep_their_meaning() {
        for (action_id, value, press) in golden_presses() {
            assert_eq!(Press::decode(action_id, value).as_ref(), Some(&press));
            assert_eq!((press.id(), press.value().as_str()), (action_id, value));
        }
        assert_eq!(Press::decode("manage_people_back", "1"), Some(Press::People(1)));
        for (action_id, value) in [("done", "o1"), ("manage_activity", "o1"), ("manage_manager", ""), ("manage", "0")] {
            assert_eq!(Press::decode(action_id, value), None, "{action_id} {value}");
        }
    }

    fn golden_forms() -> Vec<(&'static str, Form)> {
        vec![
            (r#"{"v":1,"form":"list"}"#, Form::List),
            (r#"{"v":1,"form":{"add_managers":{"revision":7}}}"#, Form::AddManagers { revision: 7 }),
            (r#"{"v":1,"form":{"remove_managers":{"revision":7}}}"#, Form::RemoveManagers { revision: 7 }),
            (
                r#"{"v":1,"form":{"manager":{"revision":7,"manager":"U0ANA"}}}"#,
                Form::Manager { revision: 7, manager: "U0ANA".into() },
            ),
            (
                r#"{"v":1,"form":{"leader":{"revision":7,"leader":"U0LEE"}}}"#,
                Form::Leader { revision: 7, leader: "U0LEE".into() },
            ),
            (
                r#"{"v":1,"form":{"activity":{"revision":7,"key":"scan"}}}"#,
                Form::Activity { revision: 7, key: Some("scan".into()) },
            ),
            (
                r#"{"v":1,"form":{"turn":{"revision":7,"key":"scan","turn":"pause"}}}"#,
                Form::Turn { revision: 7, key: "scan".into(), turn: Turn::Pause },
            ),
            (r#"{"v":1,"form":{"digest":{"revision":7,"leader":null}}}"#, Form::Digest { revision: 7, leader: None }),
            (r#"{"v":1,"form":"excuse_whose"}"#, Form::ExcuseWhose),
            (r#"{"v":1,"form":{"excuse":{"manager":"U0ANA"}}}"#, Form::Excuse { manager: "U0ANA".into() }),
        ]
    }

    fn draft(edit: Edit) -> Form {
        Form::Preview(Draft { revision: 7, from: None, edit })
    }

    fn golden_changes_of_people() -> Vec<(&'static str, Form)> {
        let above = Above { who: newcomer("U0LEE"), above: Some("U0VAL".into()) };
        vec![
            (
                r#"{"v":1,"form":{"preview":{"revision":7,"edit":{"add_managers":{"people":[{"s":"U0ANA"}],"leader":{"s":"U0LEE","a":"U0VAL"}}}}}}"#,
                draft(Edit::AddManagers { people: vec![newcomer("U0ANA")], leader: above.clone() }),
            ),
            (
                r#"{"v":1,"form":{"preview":{"revision":7,"edit":{"remove_managers":{"people":["U0ANA"]}}}}}"#,
                draft(Edit::RemoveManagers { people: vec!["U0ANA".into()] }),
            ),
            (
                r#"{"v":1,"form":{"preview":{"revision":7,"edit":{"manager":{"manager":"U0ANA","leader":{"s":"U0LEE","a":"U0VAL"},"reps":[{"s":"U0DANA"}]}}}}}"#,
                draft(Edit::Manager { manager: "U0ANA".into(), leader: above, reps: vec![newcomer("U0DANA")] }),
            ),
            (
                r#"{"v":1,"form":{"preview":{"revision":7,"edit":{"leader":{"leader":"U0LEE","above":null}}}}}"#,
                draft(Edit::Leader { leader: "U0LEE".into(), above: None }),
            ),
        ]
    }

    fn golden_changes_of_lines() -> Vec<(&'static str, Form)> {
        let activity = ActivityDraft {
            key: "scan".into(),
            title: "Scan".to_owned(),
            when: "every day at 09:00".to_owned(),
            minutes: 10,
            outcome: String::new(),
            category: "other".to_owned(),
            per: "manager".to_owned(),
            priority: "must".to_owned(),
            evidence: vec!["note".to_owned()],
            question: String::new(),
            target: String::new(),
            managers: Vec::new(),
        };
        vec![
            (
                r#"{"v":1,"form":{"preview":{"revision":7,"edit":{"activity":{"key":"scan","title":"Scan","when":"every day at 09:00","minutes":10,"category":"other","per":"manager","priority":"must","evidence":["note"]}}}}}"#,
                draft(Edit::Activity(Box::new(activity))),
            ),
            (
                r#"{"v":1,"form":{"preview":{"revision":7,"edit":{"hold":{"activity":"scan","managers":[]}}}}}"#,
                draft(Edit::Hold { activity: "scan".into(), managers: Some(Vec::new()) }),
            ),
            (
                r#"{"v":1,"form":{"preview":{"revision":7,"from":"2026-12-14","edit":{"retire":{"activity":"scan"}}}}}"#,
                Form::Preview(Draft {
                    revision: 7,
                    from: Some(jiff::civil::date(2026, 12, 14)),
                    edit: Edit::Retire { activity: "scan".into() },
                }),
            ),
            (
                r#"{"v":1,"form":{"preview":{"revision":7,"edit":{"digest":{"leader":null,"channel":"C1","when":"every Friday at 16:00","time_zone":"UTC"}}}}}"#,
                draft(Edit::Digest {
                    leader: None,
                    channel: Some("C1".to_owned()),
                    when: Some("every Friday at 16:00".to_owned()),
                    time_zone: Some("UTC".to_owned()),
                }),
            ),
        ]
    }

    #[test]
    fn old_modals_keep_their_meaning() {
        let golden = [golden_forms(), golden_changes_of_people(), golden_changes_of_lines()].concat();
        for (private, form) in golden {
            assert_eq!(Form::decode(CALLBACK, private).as_ref(), Some(&form), "{private}");
            assert_eq!(form.private_metadata(), private);
        }
        assert_eq!(Form::decode("outcome", r#"{"v":1,"form":"list"}"#), None);
        assert_eq!(Form::decode(CALLBACK, "not ours"), None);
    }
}
