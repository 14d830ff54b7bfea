//! Nothing that looks like a secret leaves through an error: a token pasted into the wrong file must not end up in a
//! terminal log or a ticket.

/// What stands where a secret stood, one for each of its characters, so that a caret below still points right.
const COVER: char = '*';

/// Words in a key that say its value is secret, however short.
const SECRET_KEYS: [&str; 8] = ["token", "secret", "password", "passwd", "api_key", "api-key", "apikey", "private_key"];

/// The line with everything in it that looks like a token, a key or a password covered; as many characters as before.
pub(super) fn mask(line: &str) -> String {
    let mut chars: Vec<char> = line.chars().collect();
    cover_values_of_secret_keys(&mut chars);
    cover_slack_tokens(&mut chars);
    cover_url_passwords(&mut chars);
    cover_random_runs(&mut chars);
    chars.into_iter().collect()
}

/// Same length whatever the letters, which `str::to_lowercase` does not promise.
fn lower(chars: &[char]) -> Vec<char> {
    chars.iter().map(char::to_ascii_lowercase).collect()
}

/// `slack_bot_token = "abc"`, or with a colon: the value, even where it looks harmless.
fn cover_values_of_secret_keys(chars: &mut [char]) {
    let Some(equals) = chars.iter().position(|c| matches!(c, '=' | ':')) else {
        return;
    };
    let key: String = lower(&chars[..equals]).into_iter().collect();
    if SECRET_KEYS.iter().any(|word| key.contains(word)) {
        for c in chars[equals + 1..].iter_mut().filter(|c| !c.is_whitespace() && !matches!(c, '"' | '\'')) {
            *c = COVER;
        }
    }
}

/// `xoxb-…`, `xoxe.xoxp-…`, `xapp-…`: everything after the prefix.
fn cover_slack_tokens(chars: &mut [char]) {
    let small = lower(chars);
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '%' | '+' | '/');
    let mut at = 0;
    while at + 5 <= small.len() {
        let head: String = small[at..at + 5].iter().collect();
        let prefix =
            (head.starts_with("xox") && small[at + 3].is_ascii_alphanumeric() && matches!(small[at + 4], '-' | '.'))
                || matches!(head.as_str(), "xapp-" | "xwfp-");
        at += if prefix { 5 } else { 1 };
        while prefix && at < chars.len() && is_part(chars[at]) {
            chars[at] = COVER;
            at += 1;
        }
    }
}

/// `postgres://user:password@host`: the password.
fn cover_url_passwords(chars: &mut [char]) {
    let mut at = 0;
    while at + 3 <= chars.len() {
        if chars[at..at + 3] != [':', '/', '/'] {
            at += 1;
            continue;
        }
        at += 3;
        let end = (at..chars.len()).find(|i| chars[*i].is_whitespace() || matches!(chars[*i], '/' | '"' | '\''));
        let authority = at..end.unwrap_or(chars.len());
        let colon = authority.clone().find(|i| chars[*i] == ':');
        let sign = authority.clone().rev().find(|i| chars[*i] == '@');
        if let (Some(colon), Some(sign)) = (colon, sign) {
            chars[(colon + 1).min(sign)..sign].fill(COVER);
        }
        at = authority.end;
    }
}

/// Long runs of letters and digits (a signing secret has 32) and long mixed runs (base64, API keys).
fn cover_random_runs(chars: &mut [char]) {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '_' | '-' | '=');
    let mut at = 0;
    while at < chars.len() {
        let end = (at..chars.len()).find(|i| !is_part(chars[*i])).unwrap_or(chars.len());
        let run = &chars[at..end];
        let mixed = run.len() >= 20
            && run.iter().any(char::is_ascii_digit)
            && run.iter().any(char::is_ascii_lowercase)
            && run.iter().any(char::is_ascii_uppercase);
        let unbroken = run.len() >= 24
            && run.iter().all(char::is_ascii_alphanumeric)
            && run.iter().filter(|c| c.is_ascii_digit()).count() >= 4;
        if mixed || unbroken {
            chars[at..end].fill(COVER);
        }
        at = end + 1;
    }
}

#[cfg(test)]
mod tests {
    use super::mask;

    #[test]
    fn covers_what_looks_secret_and_keeps_the_length() {
        for (line, shown) in [
            ("token = \"xoxb-12-ab\"", "token = \"**********\""),
            ("password: abc", "password: ***"),
            ("x = \"xoxb-12-ab\" # y", "x = \"xoxb-*****\" # y"),
            ("x = 'XAPP-1-A'", "x = 'XAPP-***'"),
            ("x = \"xoxe.xoxp-1-z\"", "x = \"xoxe.********\""),
            ("d = \"postgres://u:pw@db/x\"", "d = \"postgres://u:**@db/x\""),
            ("s = \"8f742231b10e8888abcd99yyyzzz85a5\"", &format!("s = \"{}\"", "*".repeat(32))),
            ("s = \"8f742231b10e8888abcd99eeefff85a5\"", &format!("s = \"{}\"", "*".repeat(32))),
            ("k = \"4Zk1v0Qx8sT2nB6mLp9aW3==\"", &format!("k = \"{}\"", "*".repeat(24))),
        ] {
            assert_eq!(mask(line), shown);
            assert_eq!(mask(line).chars().count(), line.chars().count());
        }
    }

    #[test]
    fn leaves_ordinary_lines_alone() {
        for line in [
            "key = \"deal-reviews-of-the-whole-quarter-2026\"",
            "when = \"the second Tuesday of every quarter at 09:00\"",
            "outcome = \"Every deal closing this quarter has a next step dated within 7 days\"",
            "reps = [{ slack = \"U0DANA\", name = \"Dana Wu\", slot = 0 }]",
            "",
        ] {
            assert_eq!(mask(line), line);
        }
    }
}
