//! Files: Slack's three steps of an upload, and the replies among which a piece of a thread is looked for.

use serde_json::json;

use super::client::carries;
use super::limiter::Method;
use super::{CallError, Posted, Slack};

/// Where a file is shown once it is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Share {
    /// The channel's id.
    pub channel: String,
    /// The message in whose thread.
    pub thread: String,
    /// What is said with it; escaped.
    pub comment: String,
}

impl Slack {
    /// Hands Slack a file's bytes; nobody sees it before [`Slack::complete_file`]. The file's id. `alt`: what it says to whoever
    /// can't see it.
    ///
    /// # Errors
    /// As any call. Whatever failed, nothing is to be seen of it, and it may be done again.
    pub async fn upload_file(&self, name: &str, bytes: Vec<u8>, alt: &str) -> Result<String, CallError> {
        let length = bytes.len().to_string();
        let mut asked = vec![("filename", name), ("length", length.as_str())];
        if !alt.is_empty() {
            asked.push(("alt_txt", alt));
        }
        let given = self.get(Method::FilesGetUploadUrlExternal, &asked).await?;
        let text = |name: &str| given[name].as_str().map(str::to_owned);
        let (Some(address), Some(file)) = (text("upload_url"), text("file_id")) else {
            return Err(CallError::Unknown);
        };
        // The address is a permit by itself: no token goes along.
        let http = self.inner.client.http_api.connector.http();
        match http.post(address).body(bytes).send().await {
            Ok(answer) if answer.status().is_success() => Ok(file),
            Ok(answer) if answer.status().as_u16() == 429 => Err(CallError::NotSent { retry_after: None }),
            // No word about the file: it may be handed over again.
            Ok(answer) if answer.status().is_server_error() || answer.status().as_u16() == 408 => {
                Err(CallError::Unknown)
            }
            Ok(answer) => Err(CallError::Refused(format!("http_{}", answer.status().as_u16()))),
            Err(error) if error.is_connect() || error.is_builder() => Err(CallError::NotSent { retry_after: None }),
            Err(_) => Err(CallError::Unknown),
        }
    }

    /// Says that a file's bytes are all there; shared, or the bot's own to put into a message.
    pub async fn complete_file(&self, file: &str, title: &str, share: Option<&Share>) -> Result<(), CallError> {
        let mut request = json!({ "files": [{ "id": file, "title": title }] });
        if let Some(share) = share {
            request["channel_id"] = json!(share.channel);
            request["thread_ts"] = json!(share.thread);
            request["initial_comment"] = json!(share.comment);
        }
        let channel = share.map(|share| share.channel.as_str());
        self.call(Method::FilesCompleteUploadExternal, channel, &request).await?;
        Ok(())
    }

    /// Whether a file can be shown: Slack takes a while over it.
    pub async fn is_file_ready(&self, file: &str) -> Result<bool, CallError> {
        let answer = self.get(Method::FilesInfo, &[("file", file)]).await?;
        Ok(answer["file"]["mimetype"].as_str().is_some_and(|kind| !kind.is_empty()))
    }

    /// Looks a reply up by its metadata, in the thread of this message.
    ///
    /// # Errors
    /// As any call.
    pub async fn find_reply(&self, thread: &Posted, key: &str, id: &str) -> Result<Option<Posted>, CallError> {
        let asked =
            [("channel", &*thread.channel), ("ts", &*thread.ts), ("limit", "200"), ("include_all_metadata", "true")];
        let page = self.get(Method::ConversationsReplies, &asked).await?;
        let replies = page["messages"].as_array().map(Vec::as_slice).unwrap_or_default();
        Ok(replies.iter().find_map(|reply| carries(reply, &thread.channel, key, id)))
    }
}
