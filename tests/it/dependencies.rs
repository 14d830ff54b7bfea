//! Holds the licences, bans and sources of `deny.toml` without cargo-deny, for the crates that this machine builds.
//!
//! What it leaves to `cargo deny check`: known vulnerabilities, yanked versions, and crates of other platforms.

use std::process::Command;

use serde_json::Value;

struct Policy {
    allowed: Vec<String>,
    /// Crate and licence.
    exceptions: Vec<(String, String)>,
    /// Crate and reason.
    banned: Vec<(String, String)>,
    registries: Vec<String>,
}

fn texts(value: &toml::Value) -> Vec<String> {
    value.as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect()
}

fn policy() -> Policy {
    let file: toml::Table = include_str!("../../deny.toml").parse().expect("deny.toml is TOML");
    let text = |value: &toml::Value, key: &str| value[key].as_str().unwrap().to_owned();
    let exceptions = file["licenses"]["exceptions"].as_array().unwrap();
    let banned = file["bans"]["deny"].as_array().unwrap();
    Policy {
        allowed: texts(&file["licenses"]["allow"]),
        exceptions: exceptions
            .iter()
            .flat_map(|one| texts(&one["allow"]).into_iter().map(|licence| (text(one, "crate"), licence)))
            .collect(),
        banned: banned.iter().map(|one| (text(one, "crate"), text(one, "reason"))).collect(),
        registries: texts(&file["sources"]["allow-registry"]),
    }
}

impl Policy {
    fn complaints(&self, package: &Value) -> Vec<String> {
        let name = package["name"].as_str().unwrap();
        let mut found = Vec::new();
        let may = |licence: &str| {
            let excepted = self.exceptions.iter().any(|(only, what)| only == name && what == licence);
            excepted || self.allowed.iter().any(|allowed| allowed == licence)
        };
        match package["license"].as_str() {
            Some(licence) if satisfied(licence, &may) => {}
            licence => found.push(format!("{name}: licence {licence:?} is not among those of deny.toml")),
        }
        if let Some((_, reason)) = self.banned.iter().find(|(banned, _)| banned == name) {
            found.push(format!("{name} is banned: {reason}"));
        }
        // Our own crate has no source.
        if let Some(source) = package["source"].as_str()
            && !self.registries.iter().any(|registry| source == format!("registry+{registry}"))
        {
            found.push(format!("{name} comes from {source}, not from a registry of deny.toml"));
        }
        found
    }
}

/// Whether a choice of these licences satisfies an SPDX expression (or its old spelling with a slash for `OR`).
/// What follows `WITH` only gives more rights, so it is passed over.
fn satisfied(expression: &str, may: &dyn Fn(&str) -> bool) -> bool {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let mut words = spaced.split_whitespace().peekable();
    either(&mut words, may)
}

type Words<'a> = std::iter::Peekable<std::str::SplitWhitespace<'a>>;

fn either(words: &mut Words<'_>, may: &dyn Fn(&str) -> bool) -> bool {
    let mut holds = both(words, may);
    while words.next_if_eq(&"OR").is_some() {
        holds |= both(words, may);
    }
    holds
}

fn both(words: &mut Words<'_>, may: &dyn Fn(&str) -> bool) -> bool {
    let mut holds = single(words, may);
    while words.next_if_eq(&"AND").is_some() {
        holds &= single(words, may);
    }
    holds
}

fn single(words: &mut Words<'_>, may: &dyn Fn(&str) -> bool) -> bool {
    if words.next_if_eq(&"(").is_some() {
        let holds = either(words, may);
        words.next_if_eq(&")");
        return holds;
    }
    let holds = words.next().is_some_and(may);
    if words.next_if_eq(&"WITH").is_some() {
        words.next();
    }
    holds
}

/// What cargo says of the crates that are built here. Asks no registry: they were fetched to build this test.
fn packages() -> Vec<Value> {
    let run = |command: &mut Command| {
        let output = command.output().unwrap();
        assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    };
    let version = String::from_utf8(run(Command::new("rustc").arg("-vV"))).unwrap();
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).expect("rustc names its host");
    let metadata = run(Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--locked", "--offline", "--filter-platform", host])
        .current_dir(env!("CARGO_MANIFEST_DIR")));
    let metadata: Value = serde_json::from_slice(&metadata).unwrap();
    metadata["packages"].as_array().unwrap().clone()
}

#[test]
fn every_crate_is_one_that_may_come_in() {
    let (policy, packages) = (policy(), packages());
    assert!(packages.iter().any(|package| package["name"] == "slack-morphism"), "cargo named none of our crates");
    let complaints: Vec<String> = packages.iter().flat_map(|package| policy.complaints(package)).collect();
    assert!(complaints.is_empty(), "\n  {}\n", complaints.join("\n  "));
}

#[test]
fn licence_expressions_are_understood() {
    let may = |licence: &str| ["MIT", "ISC"].contains(&licence);
    for fine in ["MIT", "MIT OR GPL-3.0", "GPL-3.0/MIT", "GPL-3.0 OR (MIT AND ISC)", "MIT WITH X-exception AND ISC"] {
        assert!(satisfied(fine, &may), "{fine}");
    }
    for not in
        ["GPL-3.0", "MIT AND GPL-3.0", "(MIT OR ISC) AND GPL-3.0", "GPL-3.0 WITH MIT", "GPL-2.0 OR MIT AND GPL-3.0", ""]
    {
        assert!(!satisfied(not, &may), "{not}");
    }
}

#[test]
fn a_crate_from_elsewhere_is_refused() {
    let package = serde_json::json!({"name": "openssl-sys", "license": null, "source": "git+https://example.com/x"});
    assert_eq!(policy().complaints(&package).len(), 3, "{:?}", policy().complaints(&package));
}
