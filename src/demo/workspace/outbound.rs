//! Slack's requests to the bot: signed, waited for, and lost, doubled or late on demand.

use hmac::{Hmac, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use super::mischief::Outward;
use super::socket::Way;
use super::{BotAnswer, LocalSlack, Trouble};

/// A request to the bot before it is signed.
#[derive(Debug, Clone)]
pub(super) struct Delivery {
    pub path: &'static str,
    pub content_type: &'static str,
    pub body: String,
    /// Which try this is, and why there is another.
    pub retry: Option<(u32, &'static str)>,
}

impl Delivery {
    /// An interaction: a form with the payload in one field.
    pub fn interaction(payload: &Value) -> Delivery {
        Delivery::form("/slack/interactions", &[("payload", &payload.to_string())])
    }

    /// A form, as commands are sent.
    pub fn form(path: &'static str, fields: &[(&str, &str)]) -> Delivery {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        Delivery { path, content_type: "application/x-www-form-urlencoded", body, retry: None }
    }

    /// An event.
    pub fn event(envelope: &Value) -> Delivery {
        Delivery { path: "/slack/events", content_type: "application/json", body: envelope.to_string(), retry: None }
    }
}

/// Slack's signature over a request: `v0=` and the HMAC-SHA256 of `v0:TIMESTAMP:BODY`.
pub fn signature(secret: &str, timestamp: i64, body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("HMAC takes keys of any length");
    mac.update(format!("v0:{timestamp}:{body}").as_bytes());
    let hex: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("v0={hex}")
}

impl LocalSlack {
    /// Sends the request, with whatever mischief is next, and returns the bot's (last) answer.
    pub(super) async fn deliver(&self, delivery: Delivery) -> Result<BotAnswer, Trouble> {
        let way = self.state().settings.way;
        if way != Way::Socket && self.state().bot_url.is_none() {
            return Err(Trouble::NotConnected);
        }
        let strike = self.state().book.strike_outward();
        let answer = match strike {
            None => self.send(&delivery).await,
            Some(Outward::Twice) => {
                self.send(&delivery).await;
                self.send(&delivery).await
            }
            Some(Outward::TwiceAtOnce) => {
                let (_, answer) = tokio::join!(self.send(&delivery), self.send(&delivery));
                answer
            }
            Some(Outward::AfterTheNext) => {
                self.state().held.push_back(delivery);
                return Ok(BotAnswer { status: 0, body: "held back until the next one".into() });
            }
            Some(Outward::Lost) => return Ok(BotAnswer { status: 0, body: "lost on the way".into() }),
        };
        let held: Vec<Delivery> = self.state().held.drain(..).collect();
        for late in held {
            self.send(&late).await;
        }
        self.changed();
        Ok(answer)
    }

    async fn send(&self, delivery: &Delivery) -> BotAnswer {
        let way = self.state().settings.way;
        match way {
            Way::Http => self.send_over_http(delivery).await,
            Way::Socket => self.send_by_socket(delivery).await,
            Way::Both => tokio::join!(self.send_over_http(delivery), self.send_by_socket(delivery)).1,
        }
    }

    /// Signs by the machine's clock, sends and waits as long as the settings say.
    async fn send_over_http(&self, delivery: &Delivery) -> BotAnswer {
        let (url, secret, patience) = {
            let state = self.state();
            let base = state.bot_url.clone().unwrap_or_default();
            (format!("{base}{}", delivery.path), state.team.signing_secret.clone(), state.settings.patience)
        };
        let timestamp = (self.inner.clocks.machine)().as_second();
        let mut request = self
            .inner
            .http
            .post(url)
            .timeout(patience)
            .header("content-type", delivery.content_type)
            .header("user-agent", "Slackbot 1.0 (+https://api.slack.com/robots)")
            .header("x-slack-request-timestamp", timestamp)
            .header("x-slack-signature", signature(&secret, timestamp, &delivery.body))
            .body(delivery.body.clone());
        if let Some((number, reason)) = delivery.retry {
            request = request.header("x-slack-retry-num", number).header("x-slack-retry-reason", reason);
        }
        let answer = match request.send().await {
            Ok(response) => {
                let status = response.status().as_u16();
                response.text().await.map(|body| BotAnswer { status, body })
            }
            Err(error) => Err(error),
        };
        answer.unwrap_or_else(|error| {
            let why = if error.is_timeout() { "the bot took too long" } else { "the bot can't be reached" };
            tracing::warn!(path = delivery.path, "{why}");
            BotAnswer { status: 0, body: why.into() }
        })
    }

    /// Sends an event with its envelope, and once more where the bot did not take it.
    pub async fn event(&self, event: Value) -> Result<BotAnswer, Trouble> {
        let envelope = {
            let mut state = self.state();
            let id = state.id('E');
            let team = &state.team;
            json!({
                "token": "local", "team_id": team.id, "context_team_id": team.id, "context_enterprise_id": null,
                "api_app_id": team.app_id, "event": event, "type": "event_callback", "event_id": id.replacen('E', "Ev", 1),
                "event_time": self.now().as_second(), "is_ext_shared_channel": false,
                "authorizations": [{
                    "enterprise_id": null, "team_id": team.id, "user_id": team.bot_user, "is_bot": true,
                    "is_enterprise_install": false,
                }],
            })
        };
        let mut delivery = Delivery::event(&envelope);
        let answer = self.deliver(delivery.clone()).await?;
        if answer.is_ok() || answer.status == 0 {
            return Ok(answer);
        }
        delivery.retry = Some((1, "http_error"));
        self.deliver(delivery).await
    }
}
