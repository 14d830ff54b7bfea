//! What the teammates write: plain sentences, as managers write them between two meetings.

use crate::process::{Category, Comparison, Target};

/// How many of each list, at its end, tell of what is not there yet.
const MIXED: usize = 2;

/// What somebody writes of an activity of that category. `turn` chooses: neighbours say different things.
pub(super) fn note(category: Category, met: bool, turn: usize) -> &'static str {
    let (good, mixed) = notes(category).split_at(notes(category).len() - MIXED);
    let fitting = if met { good } else { mixed };
    fitting[turn % fitting.len()]
}

/// Sentences that suit a category. `{rep}` is the rep's first name; what is held without a rep does without it.
fn notes(category: Category) -> &'static [&'static str] {
    match category {
        Category::Meeting => MEETING,
        Category::Coaching => COACHING,
        Category::Forecast => FORECAST,
        Category::Pipeline => PIPELINE,
        Category::Inspection => INSPECTION,
        Category::RideAlong => RIDE_ALONG,
        Category::Other => OTHER,
    }
}

const MEETING: &[&str] = &[
    "Everybody named three priorities. The story of the Halden renewal was the best ten minutes.",
    "The week's number is clear, and we agreed who helps whom. Short and good.",
    "Ran over by five minutes, but all of them left with their own list.",
    "Good energy. New discount rules explained, and two questions taken to Lee.",
    "Went round the table on next steps; two people swapped accounts to balance the load.",
    "Half the team was on the road. The others shared two lost deals openly; we repeat it on Thursday.",
    "Numbers yes, priorities not yet: they come in writing by tonight.",
];

const COACHING: &[&str] = &[
    "{rep} kept both commitments. This week: three first meetings and the Orvik proposal out.",
    "Talked about pace. {rep} wants help with the pricing conversation, so we rehearse it on Thursday.",
    "Strong questions in discovery. To practise: wait three seconds before answering.",
    "{rep} is ahead of plan and wants a larger account. Agreed what would show that it is time.",
    "{rep} will ask every prospect for the decision process this week, and note it down.",
    "One commitment met, one moved. {rep} will call the champion at Brandt before Friday.",
    "Good talk, no decision yet. The two stalled deals get a date, or they go.",
];

const FORECAST: &[&str] = &[
    "Commit stands. Two deals challenged on the date, one moved to next quarter.",
    "One number agreed. What is missing is two deals; legal at Kestrel is the one to chase.",
    "Took Marlow out of commit: no decision maker met yet. Best case covers it.",
    "Up a little on last week. Every commit deal has a close plan that the customer has seen.",
    "Same number, better footing: three of five have a verbal yes.",
    "We are short by one deal and know which three could fill it. Not settled who goes first.",
    "Two dates I don't believe. Checking with the reps before I sign it off.",
];

const PIPELINE: &[&str] = &[
    "Every large deal has a dated step; the last one, Tarn, came in this morning.",
    "Let two dead ones go. It hurts, and the list is honest now.",
    "Six of six with a next step that the customer agreed to.",
    "Halden wants a pilot first. Date agreed, owner named.",
    "Kestrel moved to procurement, and Orvik has a sponsor at last.",
    "Three next steps were ours, not the customer's. Fixed one, the others by Friday.",
    "Tarn and Brandt have gone quiet. One more try each, then they go.",
];

const INSPECTION: &[&str] = &[
    "Causes are clear: late start on new business. The plan has numbers and dates.",
    "Looked at ten, mended two. Clean.",
    "Good shape. The habit to keep: next steps written on the day of the call.",
    "Lost deals came in too late with price. We try the early range from now on.",
    "Better than last quarter, and everybody can say why.",
    "Two accounts without a sponsor; both have a name to meet by the end of the month.",
    "Half way through. The rest tomorrow, with operations at the table.",
];

const RIDE_ALONG: &[&str] = &[
    "Two meetings with {rep}. Keep: the opening question. Change: let the customer finish.",
    "{rep} led, I listened. Good close on next steps; the demo can be half as long.",
    "Three visits. {rep} reads the room well. To change: bring numbers to the second meeting.",
    "Feedback given in the car: more silence, fewer slides. {rep} agreed.",
    "The customer asked for us both again. Keep: the summary at the end.",
    "One of two meetings was called off. {rep} did well in the other.",
    "Saw it, but no time for feedback the same day. We talk tomorrow.",
];

const OTHER: &[&str] = &[
    "Two good conversations; one could start in spring.",
    "Done with the team in the room. One thing dropped, nobody will miss it.",
    "It is written down and sent to Lee.",
    "Shorter than feared. The follow-ups have owners.",
    "Met three, kept in touch with two.",
    "First draft is there. Lee looks at it next.",
    "Half of it. The rest waits for the numbers from finance.",
];

/// Reasons in one's own words.
pub(super) const REASONS: &[&str] = &[
    "Customer escalation took the morning",
    "Half the team is at the trade fair, we do it next week",
    "Moved into next week's meeting, agreed with the team",
    "Travelling, no line",
    "Covered in yesterday's review already",
];

/// A number that meets the target, or nearly does; without a target a commit in thousands. `roll` varies it.
pub(super) fn number(target: Option<Target>, meets: bool, roll: u64) -> String {
    let spread = roll % 4;
    let Some(target) = target else { return (640 + roll % 90 * 5).to_string() };
    let bound = target.value;
    // Percentages vary by more than counts do.
    let step = if bound >= 20.0 { 6.0 } else { 1.0 };
    let off = spread as f64 * step;
    let number = match (target.comparison, meets) {
        (Comparison::Equal, true) => bound,
        (Comparison::AtMost, true) => (bound - off).max(0.0),
        (Comparison::Below, true) => (bound - step - off).max(0.0),
        (Comparison::AtLeast, true) => bound + off,
        (Comparison::Above, true) => bound + step + off,
        (Comparison::Equal | Comparison::AtMost | Comparison::Below, false) => bound + step + off,
        (Comparison::AtLeast | Comparison::Above, false) => (bound - step - off).max(0.0),
    };
    number.to_string()
}
