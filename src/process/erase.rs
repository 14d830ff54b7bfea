//! A process without somebody's name: their Slack id stands in its place, and all else stays as it is.

use std::collections::BTreeSet;

use super::{Process, UserId};

/// The names under which a process knows this person, where the id is not the name already.
pub fn names_of(process: &Process, user: &UserId) -> BTreeSet<String> {
    let managers = process.managers.iter().filter(|one| one.slack == *user).map(|one| &one.name);
    let leaders = process.leaders.iter().filter(|one| one.slack == *user).map(|one| &one.name);
    let reps = process.managers.iter().flat_map(|one| &one.reps).filter(|one| one.slack == *user).map(|one| &one.name);
    managers.chain(leaders).chain(reps).filter(|name| name.as_str() != user.as_str()).cloned().collect()
}

/// The process with the id in place of each of this person's names.
pub fn without_name(process: &Process, user: &UserId) -> Process {
    let mut after = process.clone();
    let id = || user.as_str().to_owned();
    for leader in after.leaders.iter_mut().filter(|one| one.slack == *user) {
        leader.name = id();
    }
    for manager in &mut after.managers {
        if manager.slack == *user {
            manager.name = id();
        }
        manager.reps.iter_mut().filter(|one| one.slack == *user).for_each(|rep| rep.name = id());
    }
    after
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::process::file::{NothingAround, SourceFile, read, write};

    const TEXT: &str = r#"
[process]
name = "Field"
effective = 2026-12-01

[[activity]]
key = "scan"
title = "Scan with Ana Ruiz"
when = "every Monday at 09:00"
minutes = 30

[[leader]]
slack = "U0LEE"
name = "Lee Park"

[[manager]]
slack = "U0ANA"
name = "Ana Ruiz"
leader = "U0LEE"
reps = [{ slack = "U0DANA", name = "Dana Wu", slot = 3 }, { slack = "U0EVAN", name = "Evan Cole" }]
"#;

    fn process(text: &str) -> Process {
        let source = SourceFile { name: "it".to_owned(), text: text.to_owned() };
        read(&[source], date(2026, 12, 1), &NothingAround).expect("a good file").0
    }

    #[test]
    fn the_name_goes_and_nothing_else() {
        for (user, name) in [("U0ANA", "Ana Ruiz"), ("U0LEE", "Lee Park"), ("U0DANA", "Dana Wu")] {
            let (before, user) = (process(TEXT), UserId::from(user));
            assert_eq!(names_of(&before, &user), BTreeSet::from([name.to_owned()]));
            let after = without_name(&before, &user);
            assert!(names_of(&after, &user).is_empty());
            let wanted = write(&before).replace(&format!("name = \"{name}\""), &format!("name = \"{user}\""));
            assert_eq!(write(&after), wanted);
            assert_eq!(process(&write(&after)), after, "it can be read again");
        }
        assert!(names_of(&process(TEXT), &UserId::from("U0ZOE")).is_empty());
    }
}
