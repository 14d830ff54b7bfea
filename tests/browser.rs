//! Tests that drive a real Chromium. `scripts/test` starts the chromedriver that they need and runs them; a plain `cargo test`
//! does not build them.

#![allow(clippy::unwrap_used)] // a test that panics has said what it has to say

use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;

/// A Chromium of one's own, headless, at a desktop's width. End it with `close`.
async fn browser() -> Client {
    #[expect(clippy::disallowed_methods, reason = "where the script started the driver is a setting of the test run")]
    let webdriver = std::env::var("ONBEAT_TEST_WEBDRIVER").expect("ONBEAT_TEST_WEBDRIVER: run scripts/test");
    let capabilities = serde_json::json!({
        "goog:chromeOptions": {
            // Containers run as root and give /dev/shm little room; the pages are our own.
            "args": ["--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--window-size=1280,900", "--force-color-profile=srgb"],
        },
    });
    let serde_json::Value::Object(capabilities) = capabilities else {
        unreachable!("it is written as an object above")
    };
    ClientBuilder::new(HttpConnector::new()).capabilities(capabilities).connect(&webdriver).await.unwrap()
}

#[tokio::test]
async fn a_browser_starts() {
    let browser = browser().await;
    browser.goto("data:text/html,<title>Onbeat</title>").await.unwrap();
    assert_eq!(browser.title().await.unwrap(), "Onbeat");
    browser.close().await.unwrap();
}
