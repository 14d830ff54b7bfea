//! slack-morphism's way to the wire: our own reqwest client, with time-outs and one base address.
//!
//! What a failure means is worked out here, where it arises, by `Failure::of`: whether Slack certainly has not got the
//! request, may have got it, or said no.

use std::future::Future;
use std::net::IpAddr;
use std::pin::Pin;
use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use reqwest::{RequestBuilder, StatusCode};
use serde::de::DeserializeOwned;
use slack_morphism::errors::{
    SlackClientApiError, SlackClientError, SlackClientHttpError, SlackClientHttpProtocolError, SlackRateLimitError,
    map_serde_error,
};
use slack_morphism::multipart_form::FileMultipartData;
use slack_morphism::{
    ClientResult, SlackClientApiCallContext, SlackClientHttpConnector, SlackClientId, SlackClientSecret,
    SlackEnvelopeMessage,
};
use url::Url;

/// How long a connection may take.
const CONNECT_WITHIN: Duration = Duration::from_secs(3);
/// How long a whole call may take: well inside the lease of a sending, and inside the ten seconds of a shutdown.
const ANSWER_WITHIN: Duration = Duration::from_secs(8);
/// How long an unused connection is kept: shorter than a server's patience, so that a request seldom meets a closing one.
const IDLE_AT_MOST: Duration = Duration::from_secs(20);

/// How long to leave a method alone where Slack says «too many calls» and not how long.
const UNSAID_PAUSE: Duration = Duration::from_secs(30);

type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Why a Slack client could not be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConnectorError {
    /// The base address is none.
    #[error("SLACK_API_URL: expected an http or https address such as https://slack.com/api/")]
    BaseUrl,
    /// TLS could not be set up.
    #[error("setting up the HTTP client: {0}")]
    Http(#[from] reqwest::Error),
}

/// The wire: a reqwest client and the base address of the Web API.
#[derive(Debug, Clone)]
pub struct Connector {
    http: reqwest::Client,
    base: Url,
}

impl Connector {
    /// A connector to the Web API at `base_url`, with or without a slash at its end.
    ///
    /// # Errors
    /// Where the address is no http or https one, or TLS cannot be set up.
    pub fn new(base_url: &str) -> Result<Connector, ConnectorError> {
        Connector::within(base_url, ANSWER_WITHIN)
    }

    /// The same with a time-out of one's own.
    pub(in crate::slack) fn within(base_url: &str, answer_within: Duration) -> Result<Connector, ConnectorError> {
        let mut base: Url = base_url.trim().parse().map_err(|_| ConnectorError::BaseUrl)?;
        if !matches!(base.scheme(), "http" | "https") || !base.has_host() {
            return Err(ConnectorError::BaseUrl);
        }
        if !base.path().ends_with('/') {
            base.set_path(&format!("{}/", base.path()));
        }
        // A redirect could carry the token elsewhere or post twice; Slack's API has none.
        #[expect(clippy::disallowed_methods, reason = "this is the room of the one client, with its time-outs")]
        let mut http = reqwest::Client::builder()
            .connect_timeout(CONNECT_WITHIN)
            .timeout(answer_within)
            .pool_idle_timeout(IDLE_AT_MOST)
            .redirect(reqwest::redirect::Policy::none())
            .user_agent(concat!("onbeat/", env!("CARGO_PKG_VERSION")));
        if is_loopback(&base) {
            http = http.no_proxy();
        }
        Ok(Connector { http: http.build()?, base })
    }

    /// The HTTP client, for addresses that Slack hands out (`response_url`). It adds no token.
    pub(in crate::slack) fn http(&self) -> &reqwest::Client {
        &self.http
    }

    /// Whether this is the Web API itself.
    fn is_ours(&self, url: &Url) -> bool {
        url.origin() == self.base.origin() && url.path().starts_with(self.base.path())
    }

    /// Whether an address that came in is Slack's, or at the host of the Web API: what comes in is no reason to post to
    /// whatever stands in it.
    pub(in crate::slack) fn is_slacks(&self, address: &str) -> bool {
        let Ok(url) = address.parse::<Url>() else { return false };
        let is_slack = url.host_str().is_some_and(|host| {
            ["slack.com", "slack-gov.com"].iter().any(|own| host == *own || host.ends_with(&format!(".{own}")))
        });
        (url.scheme() == "https" && is_slack) || (url.scheme() == self.base.scheme() && url.host() == self.base.host())
    }

    /// Adds the token, but only where the request goes to the Web API itself: upload addresses carry their own permit.
    async fn call<RS: DeserializeOwned>(
        &self,
        request: RequestBuilder,
        to: Url,
        context: SlackClientApiCallContext<'_>,
    ) -> ClientResult<RS> {
        let is_ours = self.is_ours(&to);
        match context.token {
            Some(token) if is_ours => self.send(request.bearer_auth(&token.token_value.0), is_ours).await,
            Some(_) | None => self.send(request, is_ours).await,
        }
    }

    async fn send<RS: DeserializeOwned>(&self, request: RequestBuilder, is_ours: bool) -> ClientResult<RS> {
        let response = request.send().await.map_err(lost)?;
        let status = response.status();
        if status == StatusCode::TOO_MANY_REQUESTS {
            let retry_after = retry_after(response.headers());
            return Err(SlackClientError::RateLimitError(SlackRateLimitError::new().opt_retry_after(retry_after)));
        }
        if !status.is_success() {
            return Err(SlackClientError::HttpError(SlackClientHttpError::new(status)));
        }
        let is_json =
            response.headers().get(CONTENT_TYPE).is_none_or(|kind| kind.as_bytes().starts_with(b"application/json"));
        let body = response.bytes().await.map_err(lost)?;
        // An upload address answers «OK»; the Web API speaks JSON, and a captive portal doesn't.
        if is_json || is_ours { decode(&body) } else { parse(b"{}") }
    }
}

/// Slack's envelope first, then what was asked for. Bodies stay out of the errors: they hold people's words.
fn decode<RS: DeserializeOwned>(body: &[u8]) -> ClientResult<RS> {
    let envelope: SlackEnvelopeMessage = parse(body)?;
    match envelope.error {
        Some(code) => Err(SlackClientError::ApiError(SlackClientApiError::new(code))),
        None if envelope.ok => parse(body),
        None => Err(SlackClientError::ApiError(SlackClientApiError::new("unknown_error".to_owned()))),
    }
}

fn parse<RS: DeserializeOwned>(body: &[u8]) -> ClientResult<RS> {
    serde_json::from_slice(body).map_err(|error| map_serde_error(error, None))
}

/// The address is taken out of the error: a `response_url` is a permit.
fn lost(error: reqwest::Error) -> SlackClientError {
    let cause = Box::new(error.without_url());
    SlackClientError::HttpProtocolError(SlackClientHttpProtocolError::new().with_cause(cause))
}

/// Bounded, so that a mad header cannot stop the bot for good.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds: u64 = headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds.min(3600)))
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

impl SlackClientHttpConnector for Connector {
    fn create_method_uri_path(&self, method: &str) -> ClientResult<Url> {
        Ok(self.base.join(method)?)
    }

    fn http_get_uri<'a, RS>(
        &'a self,
        uri: Url,
        context: SlackClientApiCallContext<'a>,
    ) -> BoxFuture<'a, ClientResult<RS>>
    where
        RS: for<'de> serde::de::Deserialize<'de> + Send + 'a,
    {
        Box::pin(self.call(self.http.get(uri.clone()), uri, context))
    }

    fn http_get_with_client_secret<'a, RS>(
        &'a self,
        uri: Url,
        client_id: &'a SlackClientId,
        client_secret: &'a SlackClientSecret,
    ) -> BoxFuture<'a, ClientResult<RS>>
    where
        RS: for<'de> serde::de::Deserialize<'de> + Send + 'a,
    {
        let request = self.http.get(uri.clone()).basic_auth(&client_id.0, Some(&client_secret.0));
        Box::pin(async move { self.send(request, self.is_ours(&uri)).await })
    }

    fn http_post_uri<'a, RQ, RS>(
        &'a self,
        uri: Url,
        body: &'a RQ,
        context: SlackClientApiCallContext<'a>,
    ) -> BoxFuture<'a, ClientResult<RS>>
    where
        RQ: serde::ser::Serialize + Send + Sync,
        RS: for<'de> serde::de::Deserialize<'de> + Send + 'a,
    {
        Box::pin(async move {
            let json = serde_json::to_vec(body).map_err(|error| map_serde_error(error, None))?;
            let request =
                self.http.post(uri.clone()).header(CONTENT_TYPE, "application/json; charset=utf-8").body(json);
            self.call(request, uri, context).await
        })
    }

    fn http_post_uri_multipart_form<'a, 'p, RS, PT, TS>(
        &'a self,
        uri: Url,
        file: Option<FileMultipartData<'p>>,
        params: &'p PT,
        context: SlackClientApiCallContext<'a>,
    ) -> BoxFuture<'a, ClientResult<RS>>
    where
        RS: for<'de> serde::de::Deserialize<'de> + Send + 'a,
        PT: std::iter::IntoIterator<Item = (&'p str, Option<TS>)> + Clone,
        TS: AsRef<str> + 'p + Send,
    {
        let mut form = reqwest::multipart::Form::new();
        for (name, value) in params.clone() {
            if let Some(value) = value {
                form = form.text(name.to_owned(), value.as_ref().to_owned());
            }
        }
        if let Some(file) = file {
            let part = reqwest::multipart::Part::bytes(file.data.to_vec()).file_name(file.name);
            match part.mime_str(&file.content_type) {
                Ok(part) => form = form.part("file", part),
                Err(error) => return Box::pin(std::future::ready(Err(lost(error)))),
            }
        }
        Box::pin(self.call(self.http.post(uri.clone()).multipart(form), uri, context))
    }

    fn http_post_uri_binary<'a, 'p, RS>(
        &'a self,
        uri: Url,
        content_type: String,
        data: &'a [u8],
        context: SlackClientApiCallContext<'a>,
    ) -> BoxFuture<'a, ClientResult<RS>>
    where
        RS: for<'de> serde::de::Deserialize<'de> + Send + 'a,
    {
        let request = self.http.post(uri.clone()).header(CONTENT_TYPE, content_type).body(data.to_vec());
        Box::pin(self.call(request, uri, context))
    }
}

/// What a failed call means for whoever made it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::slack) enum Failure {
    /// Slack certainly has not acted on it.
    NotSent {
        /// How long Slack asked us to wait.
        retry_after: Option<Duration>,
    },
    /// Slack may have acted on it.
    Unknown,
    /// Slack understood, and said no.
    Refused(String),
}

impl Failure {
    /// The meaning of an error of slack-morphism's.
    pub(in crate::slack) fn of(error: &SlackClientError) -> Failure {
        match error {
            SlackClientError::ApiError(error) => Failure::of_code(&error.code),
            SlackClientError::RateLimitError(error) => {
                Failure::NotSent { retry_after: Some(error.retry_after.unwrap_or(UNSAID_PAUSE)) }
            }
            SlackClientError::HttpProtocolError(error) => {
                let reqwest = error.cause.as_ref().and_then(|cause| cause.downcast_ref::<reqwest::Error>());
                match reqwest {
                    Some(error) if error.is_connect() || error.is_builder() => Failure::NotSent { retry_after: None },
                    Some(_) | None => Failure::Unknown,
                }
            }
            // A gateway's 4xx is no word of Slack's, so even that is looked up before anything is sent again.
            SlackClientError::HttpError(_)
            | SlackClientError::EndOfStream(_)
            | SlackClientError::SystemError(_)
            | SlackClientError::ProtocolError(_)
            | SlackClientError::SocketModeProtocolError(_) => Failure::Unknown,
        }
    }

    fn of_code(code: &str) -> Failure {
        match code {
            // «Some aspect of the operation may have succeeded», says Slack of these.
            "internal_error" | "fatal_error" | "service_unavailable" | "request_timeout" | "unknown_error"
            // It knows our `client_msg_id` and yet not the message.
            | "duplicate_message_not_found" | "duplicate_channel_not_found" => Failure::Unknown,
            // Refused for now: too many calls, or the workspace is being moved.
            "ratelimited" | "rate_limited" | "message_limit_exceeded" | "team_added_to_org" | "accesslimited" => {
                Failure::NotSent { retry_after: Some(UNSAID_PAUSE) }
            }
            code => Failure::Refused(code.to_owned()),
        }
    }
}
