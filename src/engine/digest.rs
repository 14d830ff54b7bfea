//! A digest on its way to Slack: the form of its chart, which gives way where Slack refuses it, and what goes into its
//! thread once it stands.
//!
//! The digest is one message with one id all the way. A refusal is a definite no, so whatever comes after it is another
//! attempt at the same message with other blocks. Which form it has come to is kept with the message before the next
//! attempt: a restart goes on from there.

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::deliver::Ready;
use super::lifecycle::Sort;
use super::tick::id;
use super::{Engine, Result};
use crate::record::digest::Story;
use crate::slack::chart;
use crate::slack::views::{self, Drawn, MessageContent};
use crate::slack::{CallError, Metadata, Post, Posted, Share};
use crate::store::{Delivery, Message, NewMessage, Settlement};

/// The kind of a message that is a piece of a digest's thread.
pub(super) const PIECE: &str = "piece";

/// For how long Slack may think about an uploaded picture.
const READY_WITHIN: SignedDuration = SignedDuration::from_secs(45);
/// How long to wait before asking again.
const ASK_AGAIN: SignedDuration = SignedDuration::from_secs(2);
/// How often an upload is tried.
const TRIES: u32 = 3;
/// How long a piece waits for its digest before it looks again.
const WAIT_FOR_IT: SignedDuration = SignedDuration::from_secs(10);

/// In which form the digest's chart is to be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Form {
    /// Slack's own block.
    #[default]
    Native,
    /// A picture.
    Picture,
    /// Not at all.
    Words,
    /// No block at all.
    Text,
}

impl Form {
    /// What is left once Slack refused this one.
    fn plainer(self) -> Option<Form> {
        match self {
            Form::Native => Some(Form::Picture),
            Form::Picture => Some(Form::Words),
            Form::Words => Some(Form::Text),
            Form::Text => None,
        }
    }
}

/// A picture that was, or is to be, uploaded.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Picture {
    /// Slack's id of it, and when it was uploaded (the machine's clock, seconds).
    uploaded: Option<(String, i64)>,
    /// How often it was tried.
    tries: u32,
}

/// What a digest's message keeps: the story as it is told, and beside it how it is shown.
struct Kept {
    story: Story,
    body: Value,
    form: Form,
    picture: Picture,
}

impl Kept {
    fn read(message: &Message) -> Option<Kept> {
        let body: Value = serde_json::from_str(message.body.as_deref()?).ok()?;
        let part = |name: &str| body[name].clone();
        Some(Kept {
            story: Story::deserialize(&body).ok()?,
            form: serde_json::from_value(part("form")).unwrap_or_default(),
            picture: serde_json::from_value(part("picture")).unwrap_or_default(),
            body,
        })
    }

    fn write(&mut self) -> String {
        self.body["form"] = serde_json::to_value(self.form).expect("a word is JSON");
        self.body["picture"] = serde_json::to_value(&self.picture).expect("plain data is JSON");
        self.body.to_string()
    }
}

/// What a digest told, from its message.
pub(super) fn story_of(message: &Message) -> Option<Story> {
    serde_json::from_str(message.body.as_deref()?).ok()
}

/// What stands in the thread. The number is the page of [`views::digest_thread`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum What {
    Page(usize),
    Csv,
}

/// A piece of a digest's thread, as its message keeps it. Beside it the keys by which parts are sent in order.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Piece {
    digest: String,
    what: What,
    part: usize,
    of: usize,
    /// Whether Slack refused its blocks.
    #[serde(default)]
    plain: bool,
    /// The file that was uploaded.
    #[serde(default)]
    file: Option<String>,
}

impl Piece {
    fn read(message: &Message) -> Option<Piece> {
        serde_json::from_str(message.body.as_deref()?).ok()
    }

    fn write(&self) -> String {
        serde_json::to_string(self).expect("plain data is JSON")
    }

    /// A page of the thread in the form that the piece has; `None`: there are not so many.
    fn page(&self, page: usize, story: &Story) -> Option<MessageContent> {
        let content = views::digest_thread(story).into_iter().nth(page)?;
        Some(if self.plain { content.words_alone() } else { content })
    }
}

/// The messages of a digest's thread, in order.
pub(super) fn pieces(digest: &NewMessage, story: &Story) -> Vec<NewMessage> {
    let pages = views::digest_thread(story).len();
    let of = pages + 2;
    let what = (0..pages).map(What::Page).chain([What::Csv]);
    let piece = |(index, what): (usize, What)| {
        let piece = Piece { digest: digest.id.clone(), what, part: index + 2, of, plain: false, file: None };
        NewMessage {
            id: id(&[PIECE, &digest.id, &index.to_string()]),
            kind: PIECE.to_owned(),
            recipient: digest.recipient.clone(),
            at: digest.at,
            items: Vec::new(),
            body: Some(piece.write()),
        }
    };
    what.enumerate().map(piece).collect()
}

/// Slack's codes that speak of the blocks, not of the channel or of us.
fn is_about_the_blocks(code: &str) -> bool {
    matches!(
        code,
        "invalid_blocks"
            | "invalid_blocks_format"
            | "invalid_arguments"
            | "invalid_attachments"
            | "msg_blocks_too_long"
            | "msg_too_long"
            | "file_not_found"
            | "slack_file_not_found"
    )
}

/// A digest that stands, drawn anew in the form that it has: its figures are frozen, what forgetting somebody takes out of it
/// goes.
pub(super) fn again(message: &Message) -> Option<(MessageContent, Metadata)> {
    let kept = Kept::read(message)?;
    let drawn = match (kept.form, kept.picture.uploaded) {
        (Form::Native, _) => Drawn::Native,
        (Form::Picture, Some((file, _))) => Drawn::Picture(file),
        (Form::Picture, None) | (Form::Words, _) => Drawn::Words,
        (Form::Text, _) => Drawn::Text,
    };
    Some((views::digest(&kept.story, &message.id, &drawn), Metadata::digest(&message.id)))
}

impl Engine {
    /// Adds a digest's message and its thread's. `true`: it is new.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn queue_digest(&self, messages: &[NewMessage]) -> Result<bool> {
        let Some((digest, thread)) = messages.split_first() else { return Ok(false) };
        // The thread first: its pieces wait for the digest, and a digest that stands is not queued again.
        for piece in thread {
            self.store().add_message(piece).await?;
        }
        Ok(self.store().add_message(digest).await?)
    }

    /// Writes down how far a message has come. Nothing where its body is another one by now: whoever was forgotten
    /// meanwhile does not come back.
    async fn keep(&self, message: &Message, body: &str) -> Result<()> {
        let was = message.body.as_deref().unwrap_or_default();
        self.store().reword(&message.id, was, body).await?;
        Ok(())
    }

    /// The digest as it is to be posted now.
    pub(super) async fn ready_digest(&self, message: &Message) -> Result<Ready> {
        let Some(mut kept) = Kept::read(message) else { return Ok(Ready::Nothing) };
        let drawn = match kept.form {
            Form::Native => Drawn::Native,
            Form::Words => Drawn::Words,
            Form::Text => Drawn::Text,
            Form::Picture => match self.picture(message, &mut kept).await? {
                Drawing::Ready(file) => Drawn::Picture(file),
                Drawing::Wait(wait) => return Ok(Ready::NotNow(wait)),
                Drawing::Never => {
                    kept.form = Form::Words;
                    self.keep(message, &kept.write()).await?;
                    Drawn::Words
                }
            },
        };
        let content = views::digest(&kept.story, &message.id, &drawn);
        Ok(Ready::Send { content, metadata: Metadata::digest(&message.id), asked: Vec::new() })
    }

    /// The chart as a picture that Slack has, as far as that has come.
    async fn picture(&self, message: &Message, kept: &mut Kept) -> Result<Drawing> {
        let machine = self.clock().machine();
        if let Some((file, since)) = kept.picture.uploaded.clone() {
            let is_patient = machine.as_second() - since < READY_WITHIN.as_secs();
            return Ok(match self.slack().is_file_ready(&file).await {
                Ok(true) => Drawing::Ready(file),
                Ok(false) | Err(CallError::NotSent { .. } | CallError::Unknown) if is_patient => {
                    Drawing::Wait(ASK_AGAIN)
                }
                Ok(false) | Err(_) => Drawing::Never,
            });
        }
        let Some(chart) = views::chart(&kept.story).filter(|_| kept.picture.tries < TRIES) else {
            return Ok(Drawing::Never);
        };
        kept.picture.tries += 1;
        let words = chart.in_words();
        let drawn = tokio::task::spawn_blocking(move || chart::png(&chart)).await;
        let Ok(Ok(png)) = drawn else {
            tracing::error!("the digest's chart could not be drawn");
            return Ok(Drawing::Never);
        };
        let uploaded = self.upload("onbeat-chart.png", chart::Chart::TITLE, png, &words).await;
        Ok(match uploaded {
            Ok(file) => {
                kept.picture.uploaded = Some((file, machine.as_second()));
                self.keep(message, &kept.write()).await?;
                Drawing::Wait(SignedDuration::ZERO)
            }
            Err(CallError::NotSent { retry_after }) => {
                self.keep(message, &kept.write()).await?;
                let wait = retry_after.and_then(|wait| SignedDuration::try_from(wait).ok());
                Drawing::Wait(wait.unwrap_or(ASK_AGAIN))
            }
            Err(CallError::Unknown) => {
                self.keep(message, &kept.write()).await?;
                Drawing::Wait(ASK_AGAIN)
            }
            Err(CallError::Refused(_)) => Drawing::Never,
        })
    }

    /// Uploads a file that is nobody's yet but the bot's.
    async fn upload(
        &self,
        name: &str,
        title: &str,
        bytes: Vec<u8>,
        alt: &str,
    ) -> std::result::Result<String, CallError> {
        let file = self.slack().upload_file(name, bytes, alt).await?;
        self.slack().complete_file(&file, title, None).await?;
        Ok(file)
    }

    /// A piece of a digest's thread drawn anew, as [`again`]; none where it is the file, which can't be.
    pub(super) async fn piece_again(&self, message: &Message) -> Result<Option<(MessageContent, Metadata)>> {
        let Some(piece) = Piece::read(message) else { return Ok(None) };
        let What::Page(page) = piece.what else { return Ok(None) };
        let digest = self.store().message(&piece.digest).await?;
        let Some(story) = digest.as_ref().and_then(story_of) else { return Ok(None) };
        // Where it takes fewer pages by now, the last one must not go on showing what was there.
        let content = piece.page(page, &story).unwrap_or_else(views::digest_thread_above);
        Ok(Some((content, Metadata::piece(&message.id))))
    }

    /// What becomes of a digest, or a piece of its thread, whose blocks Slack refused: the next attempt is plainer.
    /// `None`: it was not refused for its blocks, or there is nothing plainer.
    pub(super) async fn plainer(&self, message: &Message, error: &CallError) -> Result<Option<Settlement>> {
        let CallError::Refused(code) = error else { return Ok(None) };
        if !is_about_the_blocks(code) {
            return Ok(None);
        }
        let body = match Sort::of(message) {
            Sort::Digest => Kept::read(message).and_then(|mut kept| {
                kept.form = kept.form.plainer()?;
                Some(kept.write())
            }),
            Sort::Piece => {
                Piece::read(message).filter(|piece| !piece.plain).map(|piece| Piece { plain: true, ..piece }.write())
            }
            Sort::Nudge(_) | Sort::Welcome | Sort::Notice | Sort::Question | Sort::Verification(_) => None,
        };
        let Some(body) = body else { return Ok(None) };
        tracing::warn!(message = %message.id, code, "Slack refused the blocks; the next attempt has plainer ones");
        self.keep(message, &body).await?;
        Ok(Some(Settlement::Retry { not_before: self.clock().machine() }))
    }

    /// Sends a piece of a digest's thread, if the digest stands.
    pub(super) async fn send_piece(&self, message: &Message) -> Result<Option<Settlement>> {
        let Some(piece) = Piece::read(message) else { return Ok(Some(Settlement::Dropped)) };
        let later = || Settlement::Retry { not_before: self.clock().machine() + WAIT_FOR_IT };
        let Some(digest) = self.store().message(&piece.digest).await? else {
            // Queued just before it; or whoever queued them was cut short in between, and does so again.
            let is_lost = message.at + SignedDuration::from_hours(24) < self.clock().now();
            return Ok(Some(if is_lost { Settlement::Dropped } else { later() }));
        };
        match digest.delivery {
            Delivery::Sent => {}
            Delivery::Pending | Delivery::Sending | Delivery::Uncertain => {
                return Ok(Some(later()));
            }
            // Should the digest be posted after all, so is this.
            Delivery::Dead => return Ok(Some(Settlement::Dead("digest".to_owned()))),
            Delivery::Dropped | Delivery::Merged => return Ok(Some(Settlement::Dropped)),
        }
        let (Some(story), Some(thread)) = (story_of(&digest), place(&digest)) else {
            return Ok(Some(Settlement::Dropped));
        };
        let page = match piece.what {
            What::Csv => return self.send_csv(message, piece, &story, thread).await,
            What::Page(page) => page,
        };
        let Some(content) = piece.page(page, &story) else { return Ok(Some(Settlement::Dropped)) };
        let post = Post {
            channel: thread.channel.clone(),
            thread: Some(thread.ts),
            content,
            metadata: Metadata::piece(&message.id),
            client_msg_id: message.id.parse().unwrap_or_default(),
        };
        if !self.start(message).await? {
            return Ok(None);
        }
        Ok(Some(match self.slack().post(&post).await {
            Ok(Posted { channel, ts }) => Settlement::Sent { channel, ts },
            Err(error) => self.refused(message, error, Some(thread.channel)).await?,
        }))
    }

    /// The figures as a file in the thread. Its place is the file's id: Slack tells no other.
    async fn send_csv(
        &self,
        message: &Message,
        mut piece: Piece,
        story: &Story,
        thread: Posted,
    ) -> Result<Option<Settlement>> {
        let name = format!("onbeat-{}.csv", story.digest.week);
        let file = match piece.file.clone() {
            Some(file) => file,
            None => match self.slack().upload_file(&name, views::digest_csv(story).into_bytes(), "").await {
                Ok(file) => {
                    if !self.start(message).await? {
                        return Ok(None);
                    }
                    piece.file = Some(file.clone());
                    self.keep(message, &piece.write()).await?;
                    file
                }
                // Nothing is to be seen of it.
                Err(error) => return self.refused_file(message, error, None).await.map(Some),
            },
        };
        let comment = "The figures of this digest, for a spreadsheet.".to_owned();
        let share = Share { channel: thread.channel.clone(), thread: thread.ts, comment };
        if !self.start(message).await? {
            return Ok(None);
        }
        Ok(Some(match self.slack().complete_file(&file, &name, Some(&share)).await {
            Ok(()) => Settlement::Sent { channel: thread.channel, ts: file },
            Err(error) => self.refused_file(message, error, Some(thread.channel)).await?,
        }))
    }

    /// A scope that is missing is said to the admins; the file does without rather than to wait for it.
    async fn refused_file(&self, message: &Message, error: CallError, channel: Option<String>) -> Result<Settlement> {
        match error {
            CallError::Refused(code) if code == "missing_scope" => Ok(Settlement::Dead(code)),
            error => self.refused(message, error, channel).await,
        }
    }

    /// What became of a piece whose answer was lost; `None`: that is not known yet.
    pub(super) async fn find_piece(&self, message: &Message) -> std::result::Result<Option<Posted>, CallError> {
        let piece = Piece::read(message);
        let digest = match &piece {
            Some(piece) => self.store().message(&piece.digest).await.ok().flatten(),
            None => None,
        };
        let (Some(piece), Some(thread)) = (piece, digest.as_ref().and_then(place)) else { return Ok(None) };
        match (piece.what, piece.file) {
            (What::Page(_), _) => self.slack().find_reply(&thread, Sort::Piece.key(), &message.id).await,
            (What::Csv, None) => Ok(None),
            (What::Csv, Some(file)) => match self.slack().is_file_ready(&file).await {
                Ok(true) => Ok(Some(Posted { channel: thread.channel, ts: file })),
                Ok(false) => Ok(None),
                Err(CallError::Refused(_)) => Ok(None),
                Err(error) => Err(error),
            },
        }
    }
}

/// How far the picture has come.
enum Drawing {
    /// Slack has it and can show it.
    Ready(String),
    /// Not yet: look again then.
    Wait(SignedDuration),
    /// There will be none.
    Never,
}

/// Where Slack has a message.
fn place(message: &Message) -> Option<Posted> {
    message.channel.clone().zip(message.ts.clone()).map(|(channel, ts)| Posted { channel, ts })
}
