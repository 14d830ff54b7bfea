//! Arguments of a Web API call, wherever they came: query, form or JSON.

use axum::http::{HeaderMap, Method, Uri, header};
use serde_json::{Map, Value};

use super::Refusal;

/// Methods that read forms and queries alone: Slack ignores a JSON body there.
const FORM_ONLY: [&str; 5] =
    ["users.info", "users.list", "users.lookupByEmail", "files.getUploadURLExternal", "files.info"];

/// The arguments of one call.
#[derive(Debug, Clone, Default)]
pub(in super::super) struct Args {
    map: Map<String, Value>,
    bearer: Option<String>,
}

/// Reads the arguments of a request.
pub(super) fn read(verb: &Method, uri: &Uri, headers: &HeaderMap, body: &[u8]) -> Result<Args, Refusal> {
    let mut map = form(uri.query().unwrap_or("").as_bytes());
    let text = |name| headers.get(name).and_then(|v: &axum::http::HeaderValue| v.to_str().ok()).unwrap_or("");
    if verb == Method::POST && !body.is_empty() {
        let kind = text(header::CONTENT_TYPE);
        if kind.starts_with("application/json") {
            let method = uri.path().rsplit('/').next().unwrap_or("");
            let value: Value = serde_json::from_slice(body).map_err(|_| Refusal::new("invalid_json"))?;
            let Value::Object(object) = value else { return Err(Refusal::new("json_not_object")) };
            if !FORM_ONLY.contains(&method) {
                map.extend(object);
            }
        } else if kind.starts_with("application/x-www-form-urlencoded") {
            map.extend(form(body));
        } else {
            return Err(Refusal::new("invalid_post_type"));
        }
    }
    let bearer = text(header::AUTHORIZATION).strip_prefix("Bearer ").map(|t| t.trim().to_string());
    // A null is an argument left out.
    map.retain(|_, value| !value.is_null());
    Ok(Args { map, bearer })
}

fn form(bytes: &[u8]) -> Map<String, Value> {
    url::form_urlencoded::parse(bytes).map(|(k, v)| (k.into_owned(), Value::String(v.into_owned()))).collect()
}

impl Args {
    pub fn token(&self) -> Option<&str> {
        self.bearer.as_deref().or_else(|| self.map.get("token")?.as_str()).filter(|t| !t.is_empty())
    }

    pub fn without_token(&self) -> Map<String, Value> {
        let mut map = self.map.clone();
        map.remove("token");
        map
    }

    /// A plain argument as text; an empty one counts as left out.
    pub fn text(&self, name: &str) -> Option<String> {
        match self.map.get(name)? {
            Value::String(s) if s.is_empty() => None,
            Value::String(s) => Some(s.clone()),
            other => Some(other.to_string()),
        }
    }

    /// A plain argument that the method can't do without.
    pub fn required(&self, name: &str) -> Result<String, Refusal> {
        self.text(name).ok_or_else(|| Refusal::missing(name))
    }

    pub fn flag(&self, name: &str) -> bool {
        matches!(self.text(name).as_deref(), Some("true" | "1"))
    }

    /// A structured argument: JSON, or text that holds JSON. `error` is the code for text that holds none.
    pub fn structured(&self, name: &str, error: &str) -> Result<Option<Value>, Refusal> {
        match self.map.get(name) {
            None => Ok(None),
            Some(Value::String(s)) if s.trim().is_empty() => Ok(None),
            Some(Value::String(s)) => serde_json::from_str(s).map(Some).map_err(|_| Refusal::new(error)),
            Some(other) => Ok(Some(other.clone())),
        }
    }

    /// How many to list: `limit`, from 1 to `most`.
    pub fn limit(&self, default: usize, most: usize) -> Result<usize, Refusal> {
        match self.text("limit") {
            None => Ok(default),
            Some(text) => match text.parse::<usize>() {
                Ok(0) => Ok(default),
                Ok(n) if n <= most => Ok(n),
                Ok(_) | Err(_) => Err(Refusal::new("invalid_limit")),
            },
        }
    }

    /// Where a list goes on: the cursor is the position, dressed up.
    pub fn offset(&self) -> Result<usize, Refusal> {
        match self.text("cursor") {
            None => Ok(0),
            Some(cursor) => cursor
                .strip_prefix("next_")
                .and_then(|c| c.strip_suffix("=="))
                .and_then(|c| c.parse().ok())
                .ok_or_else(|| Refusal::new("invalid_cursor")),
        }
    }
}

/// One page of a list, and the cursor of the next (empty where there is none).
pub(super) fn page(all: Vec<Value>, offset: usize, limit: usize) -> (Vec<Value>, String) {
    let more = all.len() > offset + limit;
    let cursor = if more { format!("next_{}==", offset + limit) } else { String::new() };
    (all.into_iter().skip(offset).take(limit).collect(), cursor)
}
