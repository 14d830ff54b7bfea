//! `files.*`: the three steps of an upload, and the page's way to look at the result.

use axum::body::Bytes;
use axum::extract::{Path, State as Handle};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::super::LocalSlack;
use super::super::model::{File, State};
use super::chat::{Content, say};
use super::conversations::may_post;
use super::{Answer, Args, Refusal};

pub(super) fn get_upload_url(state: &mut State, args: &Args) -> Answer {
    let name = args.required("filename")?;
    let announced = args.required("length")?.parse().map_err(|_| Refusal::new("invalid_arguments"))?;
    if announced == 0 {
        return Err(Refusal::missing("length"));
    }
    let id = state.id('F');
    let alt = args.text("alt_txt").or_else(|| args.text("alt_text")).unwrap_or_default();
    let file = File {
        id: id.clone(),
        title: name.clone(),
        name,
        alt,
        announced,
        bytes: None,
        complete: false,
        looks: state.settings.file_looks,
    };
    state.files.insert(id.clone(), file);
    Ok(json!({ "upload_url": format!("{}/upload/{id}", state.own_url), "file_id": id }))
}

/// The address that `files.getUploadURLExternal` gives: takes the bytes, raw or as one part of a form.
pub(super) async fn upload(
    Handle(slack): Handle<LocalSlack>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or("");
    let bytes = if kind.starts_with("multipart/form-data") { first_part(&body) } else { Some(&body[..]) };
    let mut state = slack.state();
    let Some(file) = state.files.get_mut(&id).filter(|f| f.bytes.is_none()) else {
        return (StatusCode::NOT_FOUND, "no such upload").into_response();
    };
    match bytes {
        Some(bytes) if bytes.len() == file.announced => {
            file.bytes = Some(bytes.to_vec());
            format!("OK - {}", bytes.len()).into_response()
        }
        _ => (StatusCode::BAD_REQUEST, "the length is not the one announced").into_response(),
    }
}

/// The content of a multipart body's first part.
fn first_part(body: &[u8]) -> Option<&[u8]> {
    let find = |from: usize, what: &[u8]| body[from..].windows(what.len()).position(|w| w == what).map(|at| from + at);
    let boundary = &body[..find(0, b"\r\n")?];
    let start = find(0, b"\r\n\r\n")? + 4;
    let end_mark = [b"\r\n", boundary].concat();
    Some(&body[start..find(start, &end_mark)?])
}

pub(super) fn complete(state: &mut State, args: &Args, now: Timestamp) -> Answer {
    let wanted = args.structured("files", "invalid_arguments")?.ok_or_else(|| Refusal::missing("files"))?;
    let wanted: Vec<(String, Option<String>)> = wanted
        .as_array()
        .ok_or_else(|| Refusal::new("invalid_arguments"))?
        .iter()
        .map(|f| (f["id"].as_str().unwrap_or("").to_string(), f["title"].as_str().map(String::from)))
        .collect();
    if wanted.is_empty() {
        return Err(Refusal::missing("files"));
    }
    let channel = match args.text("channel_id") {
        Some(named) => Some(may_post(state, &named)?),
        None => None,
    };
    let there = |id: &str| state.files.get(id).is_some_and(|f| f.bytes.is_some() && !f.complete);
    if wanted.iter().any(|(id, _)| !there(id)) {
        return Err(Refusal::new("file_not_found"));
    }
    let mut files = vec![];
    for (id, title) in wanted {
        if let Some(file) = state.files.get_mut(&id) {
            file.complete = true;
            file.title = title.unwrap_or_else(|| file.title.clone());
            files.push(shown(&state.own_url, file));
        }
    }
    if let Some(channel) = channel {
        let is_image = |f: &&Value| f["mimetype"].as_str().is_some_and(|kind| kind.starts_with("image/"));
        let names: Vec<&str> = files.iter().filter(|f| !is_image(f)).filter_map(|f| f["title"].as_str()).collect();
        let blocks = files.iter().filter(is_image).map(|f| {
            json!({ "type": "image", "alt_text": f["title"], "slack_file": { "id": f["id"] }, "block_id": f["id"] })
        });
        let mut text = args.text("initial_comment").unwrap_or_default();
        for name in names {
            text.push_str(&format!("\n📎 {name}"));
        }
        let content = Content { text, blocks: blocks.collect(), metadata: None };
        say(state, &channel, content, args.text("thread_ts"), None, now);
    }
    Ok(json!({ "files": files }))
}

pub(super) fn info(state: &mut State, args: &Args) -> Answer {
    let id = args.required("file")?;
    let file = state.files.get_mut(&id).filter(|f| f.complete).ok_or_else(|| Refusal::new("file_not_found"))?;
    let mut told = shown(&state.own_url, file);
    if file.looks > 0 {
        // Slack takes a while over a file: it is there, and can't be shown.
        file.looks -= 1;
        told["mimetype"] = json!("");
        told["filetype"] = json!("");
    }
    Ok(json!({ "file": told, "comments": [] }))
}

fn shown(own_url: &str, file: &File) -> Value {
    let kind = file.name.rsplit_once('.').map_or("", |(_, kind)| kind).to_lowercase();
    json!({
        "id": file.id, "name": file.name, "title": file.title, "mimetype": mimetype(&kind), "filetype": kind,
        "alt_txt": file.alt, "size": file.announced, "url_private": format!("{own_url}/files/{}", file.id),
    })
}

fn mimetype(kind: &str) -> &'static str {
    match kind {
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "csv" => "text/csv",
        "txt" => "text/plain",
        _ => "application/octet-stream",
    }
}

/// A file's bytes, for the page.
pub(super) async fn download(Handle(slack): Handle<LocalSlack>, Path(id): Path<String>) -> Response {
    let state = slack.state();
    let Some(file) = state.files.get(&id) else { return StatusCode::NOT_FOUND.into_response() };
    let kind = file.name.rsplit_once('.').map_or("", |(_, kind)| kind).to_lowercase();
    match &file.bytes {
        Some(bytes) => {
            let headers = [(header::CONTENT_TYPE, mimetype(&kind)), (header::X_CONTENT_TYPE_OPTIONS, "nosniff")];
            (headers, bytes.clone()).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
