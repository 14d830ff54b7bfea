//! What is written on the buttons of a digest and of its modals. A public format like the others: each begins with the id of
//! the digest that it belongs to, so that one of an old digest speaks of that digest still.

use serde::{Deserialize, Serialize};

use crate::process::UserId;

/// What somebody pressed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Press {
    /// Look closer: from a digest.
    Details(String),
    /// Excuse something: from a digest.
    Excuse(String),
    /// Ask a manager: from a digest.
    Ask(String),
    /// Another page of the details: by managers or activities.
    Page(String, By, usize),
    /// One manager's week.
    Manager(String, UserId),
    /// Ask this manager.
    AskOne(String, UserId),
    /// Excuse something of this manager's.
    ExcuseOne(String, UserId),
}

/// By what the details are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum By {
    Managers,
    Activities,
}

impl Press {
    /// The `action_id`.
    pub fn id(&self) -> &'static str {
        match self {
            Press::Details(_) => "digest_details",
            Press::Excuse(_) => "digest_excuse",
            Press::Ask(_) => "digest_ask",
            Press::Page(_, By::Managers, _) => "digest_managers",
            Press::Page(_, By::Activities, _) => "digest_activities",
            Press::Manager(..) => "digest_manager",
            Press::AskOne(..) => "digest_ask_one",
            Press::ExcuseOne(..) => "digest_excuse_one",
        }
    }

    /// The value of the button, or of the option.
    pub fn value(&self) -> String {
        match self {
            Press::Details(digest) | Press::Excuse(digest) | Press::Ask(digest) => digest.clone(),
            Press::Page(digest, _, page) => format!("{digest}|{page}"),
            Press::Manager(digest, manager) | Press::AskOne(digest, manager) | Press::ExcuseOne(digest, manager) => {
                format!("{digest}|{manager}")
            }
        }
    }

    /// The digest that it belongs to.
    pub fn digest(&self) -> &str {
        match self {
            Press::Details(digest)
            | Press::Excuse(digest)
            | Press::Ask(digest)
            | Press::Page(digest, ..)
            | Press::Manager(digest, _)
            | Press::AskOne(digest, _)
            | Press::ExcuseOne(digest, _) => digest,
        }
    }

    /// Reads a pressed button back; `None` where it is none of these.
    pub fn decode(action_id: &str, value: &str) -> Option<Press> {
        // A list may be paged both ways, and two buttons of one block need two ids.
        let action_id = action_id.strip_suffix("_back").unwrap_or(action_id);
        let mut parts = value.split('|');
        let digest = parts.next().filter(|digest| !digest.is_empty())?.to_owned();
        let rest = parts.next().unwrap_or_default();
        let page = || rest.parse().unwrap_or_default();
        let manager = || Some(UserId(rest.to_owned())).filter(|id| !id.as_str().is_empty());
        match action_id {
            "digest_details" => Some(Press::Details(digest)),
            "digest_excuse" => Some(Press::Excuse(digest)),
            "digest_ask" => Some(Press::Ask(digest)),
            "digest_managers" => Some(Press::Page(digest, By::Managers, page())),
            "digest_activities" => Some(Press::Page(digest, By::Activities, page())),
            "digest_manager" => Some(Press::Manager(digest, manager()?)),
            "digest_ask_one" => Some(Press::AskOne(digest, manager()?)),
            "digest_excuse_one" => Some(Press::ExcuseOne(digest, manager()?)),
            _ => None,
        }
    }
}

/// A modal, and what it is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// The details, with nothing to fill in.
    Details {
        #[allow(missing_docs)]
        digest: String,
    },
    /// Whom to ask.
    AskWhom {
        #[allow(missing_docs)]
        digest: String,
    },
    /// About what, and what.
    Ask {
        #[allow(missing_docs)]
        digest: String,
        /// Whom.
        manager: UserId,
    },
    /// Whose occurrences are to be excused.
    ExcuseWhom {
        #[allow(missing_docs)]
        digest: String,
    },
}

/// The `callback_id` of every one of these modals.
pub const CALLBACK: &str = "digest";

/// `private_metadata` as it is written.
#[derive(Serialize, Deserialize)]
struct Private {
    v: u32,
    form: Form,
}

impl Form {
    /// The `private_metadata`.
    pub fn private_metadata(&self) -> String {
        serde_json::to_string(&Private { v: 1, form: self.clone() }).expect("strings are JSON")
    }

    /// The digest that it belongs to.
    pub fn digest(&self) -> &str {
        match self {
            Form::Details { digest }
            | Form::AskWhom { digest }
            | Form::Ask { digest, .. }
            | Form::ExcuseWhom { digest } => digest,
        }
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
    pub const WHOM: &str = "whom";
    pub const ABOUT: &str = "about";
    pub const QUESTION: &str = "question";
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whatever was once written on a button, and what it means. Lines are added, never changed or taken away.
    fn golden() -> Vec<(&'static str, &'static str, Press)> {
        let id = || "0f8d".to_owned();
        vec![
            ("digest_details", "0f8d", Press::Details(id())),
            ("digest_excuse", "0f8d", Press::Excuse(id())),
            ("digest_ask", "0f8d", Press::Ask(id())),
            ("digest_managers", "0f8d|0", Press::Page(id(), By::Managers, 0)),
            ("digest_activities", "0f8d|2", Press::Page(id(), By::Activities, 2)),
            ("digest_manager", "0f8d|U0ANA", Press::Manager(id(), "U0ANA".into())),
            ("digest_ask_one", "0f8d|U0ANA", Press::AskOne(id(), "U0ANA".into())),
            ("digest_excuse_one", "0f8d|U0ANA", Press::ExcuseOne(id(), "U0ANA".into())),
        ]
    }

    #[test]
    fn old_buttons_keep_their_meaning() {
        for (action_id, value, press) in golden() {
            assert_eq!(Press::decode(action_id, value).as_ref(), Some(&press));
            assert_eq!((press.id(), press.value().as_str(), press.digest()), (action_id, value, "0f8d"));
        }
        assert_eq!(Press::decode("digest_managers_back", "0f8d|1"), Some(Press::Page("0f8d".into(), By::Managers, 1)));
        assert_eq!(Press::decode("digest_details", "0f8d|v2|x"), Some(Press::Details("0f8d".into())));
        for (action_id, value) in [("done", "o1"), ("digest_details", ""), ("digest_manager", "0f8d"), ("digest", "x")]
        {
            assert_eq!(Press::decode(action_id, value), None, "{action_id} {value}");
        }
    }

    #[test]
    fn old_modals_keep_their_meaning() {
        let digest = || "0f8d".to_owned();
        for (private, form) in [
            (r#"{"v":1,"form":{"details":{"digest":"0f8d"}}}"#, Form::Details { digest: digest() }),
            (r#"{"v":1,"form":{"ask_whom":{"digest":"0f8d"}}}"#, Form::AskWhom { digest: digest() }),
            (
                r#"{"v":1,"form":{"ask":{"digest":"0f8d","manager":"U0ANA"}}}"#,
                Form::Ask { digest: digest(), manager: "U0ANA".into() },
            ),
            (r#"{"v":1,"form":{"excuse_whom":{"digest":"0f8d"}}}"#, Form::ExcuseWhom { digest: digest() }),
        ] {
            assert_eq!(Form::decode(CALLBACK, private).as_ref(), Some(&form));
            assert_eq!((form.private_metadata().as_str(), form.digest()), (private, "0f8d"));
        }
        assert_eq!(Form::decode("manage", r#"{"v":1,"form":{"details":{"digest":"0f8d"}}}"#), None);
    }
}
