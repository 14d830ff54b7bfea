//! Block Kit in few words, each keeping Slack's limits (SLACK.md §4.3) by itself: text is cut before it is escaped.
