//! What people do: press, choose, fill in, and what somebody does who is not who they seem.

use onbeat::demo::BotAnswer;
use onbeat::secret::Secret;
use onbeat::slack::inbound;
use serde_json::{Value, json};

use super::{Harness, http, id, name_of, names};

impl Harness {
    /// The newest message with an element of that name for that occurrence, and the element's value.
    fn element(&self, who: &str, what: &str, occurrence: &str) -> Option<(String, String)> {
        let messages = self.messages(who);
        messages.iter().rev().find_map(|message| {
            let elements = message.blocks.iter().flat_map(|block| block["elements"].as_array().into_iter().flatten());
            let values = elements.filter(|element| name_of(element).starts_with(what)).filter_map(|element| {
                let options = element["options"].as_array().into_iter().flatten();
                options.chain([element]).find_map(|one| one["value"].as_str())
            });
            let id = values.map(|value| value.split('|').next().unwrap_or_default().to_owned());
            id.into_iter().find(|id| names(id, occurrence)).map(|id| (message.ts.clone(), id))
        })
    }

    /// Whether there is such a button (or select) for that occurrence anywhere.
    pub fn offers(&self, who: &str, what: &str, occurrence: &str) -> bool {
        self.element(who, what, occurrence).is_some()
    }

    /// Presses the button of that name for the occurrence (`activity`, `activity/rep`, or an id) where it was shown last,
    /// and lets the bot do what follows.
    pub async fn press(&self, who: &str, what: &str, occurrence: &str) -> BotAnswer {
        let (ts, value) =
            self.element(who, what, occurrence).unwrap_or_else(|| panic!("{who} sees no {what} for {occurrence}"));
        let answer = self.slack.press_of(&id(who), &ts, what, &value).await.unwrap();
        self.beat().await;
        answer
    }

    /// Chooses from the Snooze of that occurrence.
    pub async fn snooze(&self, who: &str, occurrence: &str, choice: &str) -> BotAnswer {
        let (ts, value) =
            self.element(who, "Snooze", occurrence).unwrap_or_else(|| panic!("{who} can't snooze {occurrence}"));
        let answer = self.slack.select_of(&id(who), &ts, "Snooze", &value, choice).await.unwrap();
        self.beat().await;
        answer
    }

    /// The choices of the Snooze of that occurrence, where it was shown last.
    pub fn choices(&self, who: &str, occurrence: &str) -> Vec<String> {
        let Some((ts, value)) = self.element(who, "Snooze", occurrence) else { return Vec::new() };
        let messages = self.messages(who);
        let message = messages.iter().find(|message| message.ts == ts).unwrap();
        let elements = message.blocks.iter().flat_map(|block| block["elements"].as_array().into_iter().flatten());
        let options = elements.flat_map(|element| element["options"].as_array().into_iter().flatten());
        let of_it = options.filter(|option| option["value"].as_str().is_some_and(|v| v.starts_with(&value)));
        of_it.map(|option| option["text"]["text"].as_str().unwrap().to_owned()).collect()
    }

    /// Types the slash command, and lets the bot do what follows. What it answers in place; empty where it shows a modal.
    pub async fn command(&self, who: &str, text: &str) -> String {
        let answer = self.slack.command(&id(who), text).await.unwrap();
        assert_eq!(answer.status, 200, "{}", answer.body);
        self.beat().await;
        let said: Value = serde_json::from_str(&answer.body).unwrap_or(Value::Null);
        said["text"].as_str().unwrap_or_default().to_owned()
    }

    /// Presses a button of the newest thing that the bot said to this person alone.
    pub async fn press_whisper(&self, who: &str, what: &str) -> BotAnswer {
        let ts = self.slack.ephemerals(&id(who)).last().expect("something was said").ts.clone();
        let answer = self.slack.press(&id(who), &ts, what).await.unwrap();
        self.beat().await;
        answer
    }

    /// Presses a button in the modal that the person has before them.
    pub async fn press_modal(&self, who: &str, what: &str) -> BotAnswer {
        let answer = self.slack.use_modal(&id(who), what, None).await.unwrap();
        self.beat().await;
        answer
    }

    /// What the person's modal says, its fields and buttons left out.
    pub fn modal_text(&self, who: &str) -> String {
        let view = self.slack.modal(&id(who)).unwrap_or_else(|| panic!("{who} has no modal"));
        super::picture::blocks(view.blocks())
    }

    /// What the person's Home tab says, once it is opened anew.
    pub async fn home_text(&self, who: &str) -> String {
        self.slack.open_home(&id(who)).await.unwrap();
        self.beat().await;
        super::picture::blocks(self.slack.home(&id(who)).expect("a Home tab").blocks())
    }

    /// Submits the modal that the person has before them. The bot's answer: empty, or what Slack is to show.
    pub async fn submit(&self, who: &str, fields: &[(&str, &str)]) -> Value {
        let answer = self.slack.submit(&id(who), fields).await.unwrap();
        assert_eq!(answer.status, 200, "{}", answer.body);
        self.beat().await;
        serde_json::from_str(&answer.body).unwrap_or(Value::Null)
    }

    /// The modal's labels, in order.
    pub fn modal(&self, who: &str) -> Vec<String> {
        let Some(view) = self.slack.modal(&id(who)) else { return Vec::new() };
        view.blocks().iter().filter_map(|block| block["label"]["text"].as_str().map(str::to_owned)).collect()
    }

    /// Presses a button as if it stood before this person, wherever it really stands: a forged or forwarded press.
    /// The status of the answer.
    pub async fn press_unseen(&self, who: &str, action_id: &str, value: &str, team: &str) -> u16 {
        let channel = self.slack.dm_id(&id(who));
        let payload = json!({
            "type": "block_actions",
            "team": { "id": team, "domain": "x" },
            "user": { "id": id(who), "team_id": team },
            "trigger_id": "1.2.none",
            "container": { "type": "message", "message_ts": "1.000001", "channel_id": channel },
            "channel": { "id": channel, "name": "directmessage" },
            "actions": [{ "type": "button", "action_id": action_id, "block_id": "b", "value": value,
                "action_ts": format!("{}.{}", self.now().as_second(), self.slack.calls().len()) }],
        });
        let form =
            url::form_urlencoded::Serializer::new(String::new()).append_pair("payload", &payload.to_string()).finish();
        let status = self.post("/slack/interactions", &form, self.now().as_second(), None).await;
        self.beat().await;
        status
    }

    /// Posts to the bot, signed as at `stamp` unless `signature` says otherwise; the status of the answer.
    pub async fn post(&self, path: &str, body: &str, stamp: i64, signature: Option<&str>) -> u16 {
        self.send(path, body, stamp, signature).await.0
    }

    /// Posts to the bot as Slack would; status and body of the answer.
    pub async fn post_for_body(&self, path: &str, body: &str) -> (u16, String) {
        self.send(path, body, self.now().as_second(), None).await
    }

    async fn send(&self, path: &str, body: &str, stamp: i64, signature: Option<&str>) -> (u16, String) {
        let secret = Secret::from(self.slack.team().signing_secret);
        let signed = inbound::sign(&secret, stamp, body.as_bytes());
        let request = http()
            .post(format!("{}{path}", self.url()))
            .header("content-type", "application/x-www-form-urlencoded")
            .header("x-slack-request-timestamp", stamp.to_string())
            .header("x-slack-signature", signature.unwrap_or(&signed))
            .body(body.to_owned());
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }
}
