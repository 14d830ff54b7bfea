//! The real binary on the test's database: apply, records, and whatever else a test types.

use serde_json::Value;

use super::{Harness, Said, names};

impl Harness {
    /// Runs the real binary on the test's database, in its folder, with nothing of this machine's environment.
    pub async fn onbeat(&self, words: &[&str]) -> Said {
        self.onbeat_with(words, &[]).await
    }

    /// The same, where the operating system knows the user by this name.
    pub async fn onbeat_as(&self, user: &str, words: &[&str]) -> Said {
        self.onbeat_with(words, &[("USER", user)]).await
    }

    /// The same, with more of an environment.
    pub async fn onbeat_with(&self, words: &[&str], environment: &[(&str, &str)]) -> Said {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_onbeat"));
        command.args(words).current_dir(self.folder.path()).env_clear();
        command.env("DATABASE_URL", self.database()).env("SLACK_API_URL", self.slack_api());
        command.env("SLACK_BOT_TOKEN", self.slack.team().bot_token);
        if let (Some(bot), Some(_)) = (&self.bot, &self.public_url) {
            command.env("ONBEAT_PUBLIC_URL", &bot.url);
        }
        command.envs(environment.iter().copied());
        let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Said { status: output.status.code().unwrap_or(-1), out: text(output.stdout), err: text(output.stderr) }
    }

    /// The same, at the test's time.
    pub async fn onbeat_now(&self, words: &[&str]) -> Said {
        let clock = self.now().to_string();
        self.onbeat(&[words, &["--clock", &clock]].concat()).await
    }

    /// Writes a file into the test's folder.
    pub fn write(&self, name: &str, text: &str) {
        let path = self.folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// Applies a process by `onbeat apply`, and lets a running bot take it up.
    pub async fn apply(&self, process: &str) -> Said {
        self.write("process.toml", process);
        let said = self.onbeat_now(&["apply", "process.toml"]).await;
        assert_eq!(said.status, 0, "{}{}", said.out, said.err);
        if self.bot.is_some() {
            self.beat().await;
        }
        said
    }

    /// What `onbeat records --format json` prints for these dates.
    pub async fn records(&self, from: &str, to: &str) -> Vec<Value> {
        let said = self.onbeat_now(&["records", "--from", from, "--to", to, "--format", "json"]).await;
        assert_eq!(said.status, 0, "{}", said.err);
        serde_json::from_str(&said.out).unwrap()
    }

    /// Today's record of an occurrence.
    pub async fn record(&self, occurrence: &str) -> Value {
        let today = self.now().to_zoned(self.zone.clone()).date().to_string();
        self.record_on(&today, occurrence).await
    }

    /// The record of an occurrence that is due on that date.
    pub async fn record_on(&self, date: &str, occurrence: &str) -> Value {
        let records = self.records(date, date).await;
        let found = records.iter().find(|record| names(record["id"].as_str().unwrap(), occurrence));
        found.unwrap_or_else(|| panic!("no {occurrence} on {date} in {records:#?}")).clone()
    }

    /// The states of a date's records, each with activity and rep.
    pub async fn states(&self, date: &str) -> Vec<String> {
        let records = self.records(date, date).await;
        let words =
            |record: &Value| format!("{} {}", record["id"].as_str().unwrap(), record["state"].as_str().unwrap());
        records.iter().map(words).collect()
    }
}
