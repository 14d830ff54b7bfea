//! What a workspace is made of: people, conversations, messages, views and files. Plain values; the rules are elsewhere.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Map, Value, json};

use super::mischief::MischiefBook;
use super::{Settings, Team};

/// The title of those through whose eyes there is nothing to see; the page leaves them out.
pub const ONLOOKER: &str = "Sales rep";

/// Somebody in the workspace.
#[derive(Debug, Clone)]
pub struct User {
    /// Slack's id, `U…`.
    pub id: String,
    /// The full name.
    pub name: String,
    /// IANA name of the zone in the profile.
    pub tz: String,
    /// The profile's address, if it shows one.
    pub email: Option<String>,
    /// Whether they administer the workspace.
    pub is_admin: bool,
    /// What the page shows under the name, e.g. *Sales manager*.
    pub title: String,
    /// Whether the account was deactivated.
    pub deleted: bool,
}

impl User {
    /// A member with nothing special about them.
    pub fn new(id: &str, name: &str, tz: &str) -> User {
        User {
            id: id.into(),
            name: name.into(),
            tz: tz.into(),
            email: None,
            is_admin: false,
            title: String::new(),
            deleted: false,
        }
    }

    /// The same person with an e-mail address in the profile.
    pub fn email(mut self, email: &str) -> User {
        self.email = Some(email.into());
        self
    }

    /// The same person with a job title.
    pub fn title(mut self, title: &str) -> User {
        self.title = title.into();
        self
    }

    /// The same person as an admin.
    pub fn admin(mut self) -> User {
        self.is_admin = true;
        self
    }

    /// The handle: the name in lower case with dots, as Slack would derive it.
    pub fn handle(&self) -> String {
        self.name.to_lowercase().split_whitespace().collect::<Vec<_>>().join(".")
    }

    /// The user as `users.info` shows them. `now` decides the zone's offset.
    pub fn to_json(&self, team: &Team, now: Timestamp) -> Value {
        let zone = TimeZone::get(&self.tz).unwrap_or(TimeZone::UTC);
        let offset = zone.to_offset_info(now);
        let mut profile = json!({
            "real_name": self.name, "real_name_normalized": self.name, "display_name": self.handle(),
            "display_name_normalized": self.handle(), "title": self.title, "team": team.id,
        });
        if let Some(email) = &self.email {
            profile["email"] = json!(email);
        }
        json!({
            "id": self.id, "team_id": team.id, "name": self.handle(), "real_name": self.name, "deleted": self.deleted,
            "tz": self.tz, "tz_label": offset.abbreviation(), "tz_offset": offset.offset().seconds(),
            "profile": profile, "is_admin": self.is_admin, "is_owner": false, "is_primary_owner": false, "is_bot": false,
            "is_app_user": false, "is_restricted": false, "is_ultra_restricted": false, "updated": 1_700_000_000,
        })
    }
}

/// A channel or a direct-message conversation with the bot.
#[derive(Debug, Clone)]
pub struct Conversation {
    /// Slack's id, `C…` or `D…`.
    pub id: String,
    /// The channel's name; empty for direct messages.
    pub name: String,
    /// What the channel is for.
    pub topic: String,
    /// The person the bot talks to here, in direct messages.
    pub im_with: Option<String>,
    /// Members' user ids, the bot's among them where it was invited.
    pub members: Vec<String>,
    /// Whether nobody can post there any more.
    pub is_archived: bool,
    /// In the order of their `ts`.
    pub messages: Vec<Message>,
}

impl Conversation {
    /// The message of that `ts`.
    pub fn message(&self, ts: &str) -> Option<&Message> {
        self.messages.iter().find(|m| m.ts == ts)
    }

    /// The conversation as `conversations.info` shows it.
    pub fn to_json(&self, team: &Team) -> Value {
        match &self.im_with {
            Some(user) => json!({
                "id": self.id, "created": 1_700_000_000, "is_im": true, "is_org_shared": false, "user": user,
                "is_archived": false, "context_team_id": team.id, "is_user_deleted": false, "priority": 0,
            }),
            None => json!({
                "id": self.id, "name": self.name, "name_normalized": self.name, "created": 1_700_000_000,
                "is_channel": true, "is_group": false, "is_im": false, "is_mpim": false, "is_private": false,
                "is_archived": self.is_archived, "is_general": false, "context_team_id": team.id, "creator": "USLACKBOT",
                "is_member": self.members.contains(&team.bot_user), "num_members": self.members.len(),
                "topic": { "value": self.topic, "creator": "", "last_set": 0 },
                "purpose": { "value": "", "creator": "", "last_set": 0 },
            }),
        }
    }
}

/// A message that everybody in the conversation sees.
#[derive(Debug, Clone)]
pub struct Message {
    /// Slack's id of the message within its conversation, `seconds.micros`.
    pub ts: String,
    /// Who wrote it: a user id, the bot's for the bot.
    pub user: String,
    /// The text beside the blocks, as sent.
    pub text: String,
    /// The blocks, each with its `block_id`.
    pub blocks: Vec<Value>,
    /// `{event_type, event_payload}`.
    pub metadata: Option<Value>,
    /// When it was last edited.
    pub edited: Option<String>,
    /// The thread's first message, where this is a reply.
    pub thread_ts: Option<String>,
    /// What the sender named it, to recognise a second try.
    pub client_msg_id: Option<String>,
}

impl Message {
    /// The message as the API shows it; metadata only where asked for.
    pub fn to_json(&self, team: &Team, with_metadata: bool) -> Value {
        let mut out =
            json!({ "type": "message", "user": self.user, "ts": self.ts, "text": self.text, "team": team.id });
        if self.user == team.bot_user {
            out["bot_id"] = json!(team.bot_id);
            out["app_id"] = json!(team.app_id);
            out["bot_profile"] = json!({
                "id": team.bot_id, "app_id": team.app_id, "user_id": team.bot_user, "name": team.bot_name, "deleted": false,
                "updated": 1_700_000_000, "team_id": team.id,
            });
        }
        if !self.blocks.is_empty() {
            out["blocks"] = json!(self.blocks);
        }
        if let Some(ts) = &self.edited {
            out["edited"] = json!({ "user": self.user, "ts": ts });
        }
        if let Some(ts) = &self.thread_ts {
            out["thread_ts"] = json!(ts);
        }
        if let Some(id) = &self.client_msg_id {
            out["client_msg_id"] = json!(id);
        }
        if let (true, Some(metadata)) = (with_metadata, &self.metadata) {
            out["metadata"] = metadata.clone();
        }
        out
    }
}

/// A message that one person alone sees.
#[derive(Debug, Clone)]
pub struct Ephemeral {
    /// `seconds.micros`, unique like a message's.
    pub ts: String,
    /// The conversation it appeared in.
    pub channel: String,
    /// Who sees it.
    pub user: String,
    /// The text beside the blocks.
    pub text: String,
    /// The blocks, each with its `block_id`.
    pub blocks: Vec<Value>,
    /// Whether Slack itself says this (a command that failed) and not the bot.
    pub from_slack: bool,
}

/// A modal or a Home tab as Slack keeps it: what the app sent, with id and hash.
#[derive(Debug, Clone)]
pub struct View {
    /// Slack's id, `V…`.
    pub id: String,
    /// Changes with every change of the view.
    pub hash: String,
    /// What the app sent, with every `block_id` filled in.
    pub body: Value,
    /// The view underneath.
    pub previous: Option<String>,
    /// The lowest view of the stack.
    pub root: String,
    /// What people have put in, as in `state.values`.
    pub values: Value,
}

impl View {
    /// The blocks.
    pub fn blocks(&self) -> &[Value] {
        self.body["blocks"].as_array().map_or(&[], Vec::as_slice)
    }

    /// The view as the API and the payloads show it.
    pub fn to_json(&self, team: &Team) -> Value {
        let mut out = json!({
            "private_metadata": "", "callback_id": "", "title": null, "submit": null, "close": null, "notify_on_close": false,
            "clear_on_close": false, "external_id": "",
        });
        if let (Some(out), Some(body)) = (out.as_object_mut(), self.body.as_object()) {
            out.extend(body.clone());
        }
        if out["title"].is_null() {
            // A Home tab has none; Slack sends an empty one.
            out["title"] = json!({ "type": "plain_text", "text": "View Title", "emoji": true });
        }
        out["id"] = json!(self.id);
        out["hash"] = json!(self.hash);
        out["team_id"] = json!(team.id);
        out["app_id"] = json!(team.app_id);
        out["app_installed_team_id"] = json!(team.id);
        out["bot_id"] = json!(team.bot_id);
        out["root_view_id"] = json!(self.root);
        out["previous_view_id"] = json!(self.previous);
        out["state"] = json!({ "values": self.values });
        out
    }
}

/// A file on its way or arrived.
#[derive(Debug, Clone)]
pub struct File {
    /// Slack's id, `F…`.
    pub id: String,
    /// File name.
    pub name: String,
    /// Title shown.
    pub title: String,
    /// What screen readers say of it.
    pub alt: String,
    /// Bytes announced.
    pub announced: usize,
    /// The bytes, once uploaded.
    pub bytes: Option<Vec<u8>>,
    /// Whether `files.completeUploadExternal` was called.
    pub complete: bool,
}

/// What a trigger or a `response_url` is good for, and until when.
#[derive(Debug, Clone)]
pub struct Ticket {
    /// Who pressed.
    pub user: String,
    /// Where.
    pub channel: Option<String>,
    /// The ephemeral that carried the button, where one did.
    pub ephemeral: Option<String>,
    /// The message that carried the button, where one did.
    pub message: Option<String>,
    /// The view that carried the button, where one did.
    pub view: Option<String>,
    /// By the machine's clock.
    pub expires: Instant,
    /// How often it was used.
    pub uses: u32,
}

/// One request to the Web API, with its answer.
#[derive(Debug, Clone)]
pub struct ApiCall {
    /// The workspace's time.
    pub at: Timestamp,
    /// E.g. `chat.postMessage`.
    pub method: String,
    /// The arguments without the token.
    pub args: Map<String, Value>,
    /// HTTP status of the answer; 0 where none was given.
    pub status: u16,
    /// The answer's body; null where none was given.
    pub response: Value,
    /// Whether the request itself was wrong: `ok` was false, by the rules and not by mischief.
    pub refused: bool,
    /// The mischief that was played on it.
    pub mischief: Option<String>,
}

/// Everything in the workspace.
pub(super) struct State {
    pub team: Team,
    pub settings: Settings,
    pub users: BTreeMap<String, User>,
    pub conversations: BTreeMap<String, Conversation>,
    pub ephemerals: Vec<Ephemeral>,
    /// Open modals, the last on top, per user.
    pub modals: BTreeMap<String, Vec<View>>,
    pub homes: BTreeMap<String, View>,
    pub files: BTreeMap<String, File>,
    pub triggers: HashMap<String, Ticket>,
    pub response_urls: HashMap<String, Ticket>,
    pub calls: Vec<ApiCall>,
    pub book: MischiefBook,
    /// The bot's connections in Socket Mode.
    pub sockets: super::socket::Sockets,
    /// Whether the bot's token is worth nothing any more.
    pub is_token_revoked: bool,
    /// Until which `ts` each user has read each conversation.
    pub read: BTreeMap<(String, String), String>,
    /// Whom somebody at the page has acted as, or moved the clock as.
    pub played: BTreeSet<String>,
    /// When each conversation was last posted to, by the machine's clock.
    pub last_post: HashMap<String, Instant>,
    pub bot_url: Option<String>,
    pub own_url: String,
    pub held: VecDeque<super::outbound::Delivery>,
    counter: u64,
    last_ts: i64,
}

impl State {
    pub fn new(team: Team) -> State {
        State {
            team,
            settings: Settings::default(),
            users: BTreeMap::new(),
            conversations: BTreeMap::new(),
            ephemerals: Vec::new(),
            modals: BTreeMap::new(),
            homes: BTreeMap::new(),
            files: BTreeMap::new(),
            triggers: HashMap::new(),
            response_urls: HashMap::new(),
            calls: Vec::new(),
            book: MischiefBook::default(),
            sockets: super::socket::Sockets::default(),
            is_token_revoked: false,
            read: BTreeMap::new(),
            played: BTreeSet::new(),
            last_post: HashMap::new(),
            bot_url: None,
            own_url: "http://127.0.0.1".into(),
            held: VecDeque::new(),
            counter: 0,
            last_ts: 0,
        }
    }

    /// The next number of the one counter that all ids come from.
    pub fn next(&mut self) -> u64 {
        self.counter += 1;
        self.counter
    }

    /// An id as Slack would write it: the kind's letter, then ten capitals and digits.
    pub fn id(&mut self, letter: char) -> String {
        format!("{letter}0LOCAL{:05}", self.next())
    }

    /// A `ts` at `now`, later than every one before.
    pub fn ts(&mut self, now: Timestamp) -> String {
        self.last_ts = now.as_microsecond().max(self.last_ts + 1);
        format!("{}.{:06}", self.last_ts.div_euclid(1_000_000), self.last_ts.rem_euclid(1_000_000))
    }

    /// The direct-message conversation of a user with the bot, made when missing.
    pub fn im(&mut self, user: &str) -> String {
        let known = self.conversations.values().find(|c| c.im_with.as_deref() == Some(user));
        if let Some(known) = known {
            return known.id.clone();
        }
        let id = self.id('D');
        let members = vec![user.to_string(), self.team.bot_user.clone()];
        self.conversations.insert(
            id.clone(),
            Conversation {
                id: id.clone(),
                name: String::new(),
                topic: String::new(),
                im_with: Some(user.into()),
                members,
                is_archived: false,
                messages: vec![],
            },
        );
        id
    }

    /// Gives every block that has none a `block_id`, and every element an `action_id`, as Slack does.
    pub fn name_blocks(&mut self, blocks: &mut [Value]) {
        for block in blocks {
            if block.get("block_id").and_then(Value::as_str).unwrap_or("").is_empty() {
                block["block_id"] = json!(format!("b{}", self.next()));
            }
            let holds_actions = matches!(block["type"].as_str(), Some("actions" | "section" | "input"));
            let elements = block.as_object_mut().filter(|_| holds_actions).into_iter().flat_map(|block| {
                block.iter_mut().filter(|(key, _)| ["elements", "element", "accessory"].contains(&key.as_str()))
            });
            for (_, held) in elements {
                let one_or_many = match held {
                    Value::Array(many) => many.iter_mut().collect(),
                    one => vec![one],
                };
                for element in one_or_many.into_iter().filter(|e| e.is_object() && e["type"] != "image") {
                    if element.get("action_id").and_then(Value::as_str).unwrap_or("").is_empty() {
                        element["action_id"] = json!(format!("a{}", self.next()));
                    }
                }
            }
        }
    }

    /// A ticket that runs out after `life`, filed by the caller under the id returned.
    pub fn ticket(&self, user: &str, life: Duration) -> Ticket {
        Ticket {
            user: user.into(),
            channel: None,
            ephemeral: None,
            message: None,
            view: None,
            expires: Instant::now() + life,
            uses: 0,
        }
    }

    /// The open modal with that id, and whose it is.
    pub fn modal(&mut self, id: &str) -> Option<&mut View> {
        self.modals.values_mut().flatten().find(|v| v.id == id)
    }
}
