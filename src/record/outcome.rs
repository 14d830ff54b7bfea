//! What came of an occurrence: the result, the note and the evidence that the manager recorded.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::process::Activity;
use crate::process::text::turns;

/// How it went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ResultWord {
    /// The expected outcome is there.
    Met,
    /// Some of it.
    Partly,
    /// None of it.
    #[serde(rename = "not met")]
    NotMet,
}

impl ResultWord {
    /// The word as `records` prints and the store keeps it.
    pub fn as_str(self) -> &'static str {
        match self {
            ResultWord::Met => "met",
            ResultWord::Partly => "partly",
            ResultWord::NotMet => "not met",
        }
    }

    /// The reverse of [`ResultWord::as_str`].
    pub fn parse(word: &str) -> Option<ResultWord> {
        [ResultWord::Met, ResultWord::Partly, ResultWord::NotMet].into_iter().find(|result| result.as_str() == word)
    }
}

/// What bears an outcome out, as the manager gave it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, ToSchema)]
pub struct Evidence {
    /// An http or https address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// The answer to the activity's number question; finite.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<f64>)]
    pub number: Option<serde_json::Number>,
}

/// The result, the note and the evidence.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Outcome {
    /// How it went; `None` where nobody said.
    pub result: Option<ResultWord>,
    /// The manager's words; never empty, no control characters but line breaks.
    pub note: Option<String>,
    /// Link and number.
    pub evidence: Evidence,
}

/// Whether somebody else bore the outcome out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)]
pub enum Verification {
    #[default]
    None,
    Asked,
    Confirmed,
    Disputed,
}

impl Verification {
    /// The word as `records` prints and the store keeps it.
    pub fn as_str(self) -> &'static str {
        match self {
            Verification::None => "none",
            Verification::Asked => "asked",
            Verification::Confirmed => "confirmed",
            Verification::Disputed => "disputed",
        }
    }

    /// The reverse of [`Verification::as_str`].
    pub fn parse(word: &str) -> Option<Verification> {
        use Verification::{Asked, Confirmed, Disputed, None as NotAsked};
        [NotAsked, Asked, Confirmed, Disputed].into_iter().find(|state| state.as_str() == word)
    }
}

/// What a manager typed into the *Done* modal, each field as it came.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Answers {
    /// The chosen radio button.
    pub result: Option<ResultWord>,
    /// The note.
    pub note: Option<String>,
    /// The link.
    pub link: Option<String>,
    /// The number.
    pub number: Option<String>,
}

/// Which field of the modal an objection belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Field {
    Result,
    Note,
    Link,
    Number,
}

impl Answers {
    /// Checks the answers against what the activity asks for.
    ///
    /// # Errors
    /// One friendly sentence for each field that needs another look.
    pub fn into_outcome(self, activity: &Activity) -> Result<Outcome, Vec<(Field, String)>> {
        let mut objections = Vec::new();
        let wanted = activity.evidence;
        let note = self.note.as_deref().map(clean_note).filter(|note| !note.is_empty());
        if wanted.note && note.is_none() {
            objections.push((Field::Note, "A line or two on what came of it, please.".to_owned()));
        }
        let link = self.link.map(|link| link.trim().to_owned()).filter(|link| !link.is_empty());
        match &link {
            None if wanted.link => objections.push((Field::Link, "A link to where it can be seen, please.".to_owned())),
            Some(link) if !is_web_address(link) => {
                objections.push((Field::Link, "That needs to be a web address that begins with https://".to_owned()));
            }
            Some(_) | None => {}
        }
        let number = self.number.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(parse_number);
        match &number {
            None if wanted.number => objections.push((Field::Number, "A number, please.".to_owned())),
            Some(None) => objections.push((Field::Number, "That needs to be a number, such as 3 or 2.5".to_owned())),
            Some(Some(_)) | None => {}
        }
        if !objections.is_empty() {
            return Err(objections);
        }
        let number = number.flatten();
        let result = judge(activity, number.as_ref()).or(self.result);
        Ok(Outcome { result, note, evidence: Evidence { link, number } })
    }
}

/// The result that the activity's target gives a number; `None` without a target or a number.
fn judge(activity: &Activity, number: Option<&serde_json::Number>) -> Option<ResultWord> {
    let target = activity.number.as_ref()?.target?;
    let met = target.is_met(number?.as_f64()?);
    Some(if met { ResultWord::Met } else { ResultWord::NotMet })
}

/// A note as it is kept: control characters dropped (line breaks stay), those that turn what is written behind them too, no
/// blanks around it.
pub fn clean_note(text: &str) -> String {
    let keeps = |c: &char| *c == '\n' || !(c.is_control() || turns(*c));
    let kept: String = text.replace("\r\n", "\n").chars().filter(keeps).collect();
    kept.trim().to_owned()
}

fn is_web_address(link: &str) -> bool {
    url::Url::parse(link).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
        && !link.chars().any(|c| c.is_control() || c.is_whitespace() || turns(c))
}

/// Whole numbers stay whole, so that `3` is not printed back as `3.0`.
fn parse_number(text: &str) -> Option<serde_json::Number> {
    if let Ok(whole) = text.parse::<i64>() {
        return Some(whole.into());
    }
    serde_json::Number::from_f64(text.parse::<f64>().ok()?)
}
