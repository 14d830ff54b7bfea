//! From a press to the view it asks for, and from what was filled in to the change it asks for.

use serde_json::Value;

use super::rights::Scope;
use crate::engine::{Engine, Result};
use crate::process::edit::{About, Above, ActivityDraft, Edit, Newcomer, Objection, key_for};
use crate::process::revision::Revisions;
use crate::process::{Activity, ActivityKey, UserId};
use crate::slack::action::manage::{Draft, Form, Press, Turn, block};
use crate::slack::views::manage::{self as show, ActivityForm, ActivityRow, LeaderOf, PersonRow};
use crate::slack::{Fields, View};

/// What the default digest time is called where nobody has said one.
const USUAL: &str = "every Friday at 16:00";

impl Engine {
    /// The list or form that a press asks for, or why there is none.
    pub(super) async fn view_for(&self, user: &UserId, press: &Press) -> Result<View> {
        let revisions = self.refresh().await?;
        let Some(scope) = self.scope(&revisions, user).await else { return Ok(show::notice(show::NO_PROCESS)) };
        if !scope.manages() {
            return Ok(show::notice(&self.not_a_leader(&revisions, user)));
        }
        Ok(match press {
            Press::People(page) => show::people(&people(&scope), *page),
            Press::AddManagers => {
                let leader = scope.newest.leader(user).map(|leader| &leader.slack);
                show::add_managers(scope.revision, leader.or(scope.newest.leaders.first().map(|first| &first.slack)))
            }
            Press::RemoveManagers => show::remove_managers(scope.revision),
            Press::Manager(id) => manager_form(&scope, id),
            Press::Leader(id) => leader_form(&scope, id),
            Press::Excuse => show::excuse_whose(),
            Press::Digest => digest_form(&scope),
            Press::Activities(_) | Press::AddActivity | Press::Activity(..) if !scope.is_at_the_top() => {
                let words = "What everybody is asked to do is for the leader at the top, or an admin.";
                show::notice(&show::not_yours(words, &scope.ask))
            }
            Press::Activities(page) => show::activities(&activities(&scope), *page),
            Press::AddActivity => {
                show::activity_form(&ActivityForm { revision: scope.revision, draft: None, paused: false })
            }
            Press::Activity(turn, key) => activity_form(&scope, *turn, key),
        })
    }

    /// The change that was filled in; else what Slack is to show.
    pub(super) async fn draft_of(
        &self,
        form: &Form,
        fields: &Fields,
        revisions: &Revisions,
        scope: &Scope,
    ) -> std::result::Result<Draft, Value> {
        let from = fields.date(block::FROM);
        if let (Some(from), Some(newest)) = (from, revisions.newest())
            && from < self.earliest(newest)
        {
            return Err(show::field_error(block::FROM, "That day is over. Today is the earliest."));
        }
        let objection = |objection: Objection| show::objection(form, &objection);
        let (revision, edit) = match form {
            Form::AddManagers { revision } => {
                let people = self.newcomers(scope, fields.users(block::PEOPLE), true).await.map_err(objection)?;
                let leader = self.above(scope, fields).await.map_err(objection)?;
                (*revision, Edit::AddManagers { people, leader })
            }
            Form::RemoveManagers { revision } => {
                (*revision, Edit::RemoveManagers { people: fields.users(block::PEOPLE) })
            }
            Form::Manager { revision, manager } => {
                let leader = self.above(scope, fields).await.map_err(objection)?;
                let reps = self.newcomers(scope, fields.users(block::REPS), false).await.map_err(objection)?;
                (*revision, Edit::Manager { manager: manager.clone(), leader, reps })
            }
            Form::Leader { revision, leader } => {
                (*revision, Edit::Leader { leader: leader.clone(), above: fields.user(block::LEADER) })
            }
            Form::Activity { revision, key } => {
                let draft = activity_draft(revisions, key.as_ref(), fields).map_err(objection)?;
                (*revision, Edit::Activity(Box::new(draft)))
            }
            Form::Turn { revision, key, turn } => (*revision, turned(revisions, key, *turn)),
            Form::Digest { revision, leader } => {
                let edit = self.digest_edit(scope, leader.as_ref(), fields).await;
                (*revision, edit)
            }
            Form::List | Form::ExcuseWhose | Form::Excuse { .. } | Form::Preview(_) => {
                return Err(show::field_error(block::FROM, "That form is no longer in use. Please open it again."));
            }
        };
        let draft = Draft { revision, from, edit };
        if Form::Preview(draft.clone()).fits() {
            return Ok(draft);
        }
        let words = "That is more than fits into one go. A shorter text, or fewer people at a time, will do.";
        let about = if matches!(form, Form::Activity { .. }) { About::Outcome } else { About::People };
        Err(objection(Objection { about, words: words.to_owned() }))
    }

    /// Those who were picked, each as Slack knows them where the process doesn't.
    async fn newcomers(
        &self,
        scope: &Scope,
        ids: Vec<UserId>,
        zones: bool,
    ) -> std::result::Result<Vec<Newcomer>, Objection> {
        let known = |id: &UserId| knows(scope, id);
        let asked: Vec<UserId> = ids.iter().filter(|id| zones || !known(id)).cloned().collect();
        let objection = |words: String| Objection { about: About::Reps, words };
        let found = self
            .profiles(&asked)
            .await
            .ok_or_else(|| objection("Slack takes its time to say who they are. Please try once more.".to_owned()))?;
        let mut all = Vec::with_capacity(ids.len());
        for id in ids {
            let profile = found.iter().find(|profile| profile.user == id);
            match profile {
                Some(profile) if profile.is_bot => {
                    return Err(objection(format!("{} is a bot. Only people take part.", profile.whole_name)));
                }
                Some(profile) if profile.deleted => {
                    return Err(objection(format!("{}'s Slack account is closed.", profile.whole_name)));
                }
                None if !known(&id) => return Err(objection("Slack knows nobody like one of these.".to_owned())),
                Some(_) | None => {}
            }
            let name = profile.filter(|_| !known(&id)).map(|profile| profile.whole_name.clone()).unwrap_or_default();
            let zone = profile.filter(|_| zones).and_then(|profile| profile.time_zone.clone());
            all.push(Newcomer { slack: id, name, zone });
        }
        Ok(all)
    }

    /// The leader who was picked; a new one reports to whoever picked them, if that is a leader.
    async fn above(&self, scope: &Scope, fields: &Fields) -> std::result::Result<Above, Objection> {
        let nobody = || Objection { about: About::Leader, words: "Somebody has to be above.".to_owned() };
        let id = fields.user(block::LEADER).ok_or_else(nobody)?;
        let about_leader = |objection: Objection| Objection { about: About::Leader, ..objection };
        let who = self.newcomers(scope, vec![id.clone()], false).await.map_err(about_leader)?;
        let above =
            scope.newest.leader(&id).is_none() && scope.newest.leader(&scope.user).is_some() && id != scope.user;
        Ok(Above { who: who.into_iter().next().ok_or_else(nobody)?, above: above.then(|| scope.user.clone()) })
    }

    async fn digest_edit(&self, scope: &Scope, leader: Option<&UserId>, fields: &Fields) -> Edit {
        let now = digest_of(scope, leader);
        let zone = now.time_zone.as_ref().and_then(|zone| zone.iana_name().map(str::to_owned));
        // Whoever says a time first means it by their own watch.
        let inherited = leader.is_some() && scope.newest.digest.time_zone.is_some();
        let time_zone = match zone {
            Some(zone) => Some(zone),
            None if inherited => None,
            None => {
                let own = self.profiles(std::slice::from_ref(&scope.user)).await.unwrap_or_default();
                own.into_iter().find_map(|profile| profile.time_zone)
            }
        };
        let when = Some(fields.words(block::WHEN)).filter(|when| !when.is_empty());
        let inherits = leader.is_some() && now.when.is_none();
        let usual = scope.newest.digest.when.as_ref().map_or_else(|| USUAL.to_owned(), ToString::to_string);
        // What nobody has said goes on being the default.
        let when = when.filter(|when| !((inherits || now.when.is_none()) && *when == usual));
        Edit::Digest { leader: leader.cloned(), channel: fields.conversation(block::CHANNEL), when, time_zone }
    }
}

fn digest_of<'s>(scope: &'s Scope, leader: Option<&UserId>) -> &'s crate::process::DigestSettings {
    let own = leader.and_then(|id| scope.newest.leader(id)).map(|leader| &leader.digest);
    own.unwrap_or(&scope.newest.digest)
}

/// Whether the process has a name for them.
fn knows(scope: &Scope, id: &UserId) -> bool {
    let process = &scope.newest;
    process.manager(id).is_some()
        || process.leader(id).is_some()
        || process.managers.iter().any(|manager| manager.rep(id).is_some())
}

fn people(scope: &Scope) -> Vec<PersonRow> {
    let process = &scope.newest;
    let name = |id: &UserId| process.leader(id).map(|leader| leader.name.clone());
    let leaders = process
        .leaders
        .iter()
        .filter(|leader| scope.admin || (leader.slack != scope.user && scope.holds(&leader.slack)));
    let leaders = leaders.map(|leader| PersonRow {
        id: leader.slack.clone(),
        name: leader.name.clone(),
        leader: process.leader_above(&leader.slack).and_then(name),
        reps: None,
    });
    let managers = scope.managers().into_iter().map(|manager| PersonRow {
        id: manager.slack.clone(),
        name: manager.name.clone(),
        leader: name(&manager.leader),
        reps: Some(manager.reps.len()),
    });
    managers.chain(leaders).collect()
}

fn activities(scope: &Scope) -> Vec<ActivityRow> {
    let row = |activity: &Activity| ActivityRow {
        key: activity.key.clone(),
        title: activity.title.clone(),
        when: activity.when.to_string(),
        minutes: activity.minutes,
        paused: is_paused(activity),
    };
    scope.newest.activities.iter().map(row).collect()
}

/// The process file has no key for it: an activity that is held by nobody is paused.
fn is_paused(activity: &Activity) -> bool {
    activity.managers.as_ref().is_some_and(Vec::is_empty)
}

fn manager_form(scope: &Scope, id: &UserId) -> View {
    let Some(manager) = scope.newest.manager(id).filter(|_| scope.leads(id)) else {
        return show::notice(&show::not_yours("This manager isn't one you lead.", &scope.ask));
    };
    let reps: Vec<UserId> = manager.reps.iter().map(|rep| rep.slack.clone()).collect();
    let of = LeaderOf { revision: scope.revision, id, name: &manager.name, leader: Some(&manager.leader) };
    show::manager_form(&of, &reps)
}

fn leader_form(scope: &Scope, id: &UserId) -> View {
    let Some(leader) = scope.newest.leader(id).filter(|_| scope.holds(id)) else {
        return show::notice(&show::not_yours("This leader isn't below you.", &scope.ask));
    };
    let above = scope.newest.leader_above(id);
    show::leader_form(&LeaderOf { revision: scope.revision, id, name: &leader.name, leader: above })
}

fn digest_form(scope: &Scope) -> View {
    // The one at the top sets the digest for all, unless they have one of their own.
    let own = scope.newest.leader(&scope.user);
    let is_own = own.is_some_and(|leader| leader.digest != crate::process::DigestSettings::default());
    let leader = own.filter(|_| is_own || !scope.is_at_the_top()).map(|leader| leader.slack.clone());
    let settings = digest_of(scope, leader.as_ref());
    let shown = settings.or(&scope.newest.digest);
    let when = shown.when.map_or_else(|| USUAL.to_owned(), |when| when.to_string());
    let words = match &leader {
        None => "The weekly digest of every leader who has none of their own.",
        Some(_) => "Your own weekly digest. What you leave as it is goes on following the one for all.",
    };
    show::digest_form(&Form::Digest { revision: scope.revision, leader }, words, settings.channel.as_deref(), &when)
}

fn activity_form(scope: &Scope, turn: Turn, key: &ActivityKey) -> View {
    let Some(activity) = scope.newest.activity(key) else {
        return show::notice("This activity isn't in the process any more.");
    };
    match turn {
        Turn::Edit => {
            let (draft, paused) = (ActivityDraft::of(activity), is_paused(activity));
            show::activity_form(&ActivityForm { revision: scope.revision, draft: Some(&draft), paused })
        }
        Turn::Pause | Turn::Resume | Turn::Retire => show::turn_form(scope.revision, key, &activity.title, turn),
    }
}

fn turned(revisions: &Revisions, key: &ActivityKey, turn: Turn) -> Edit {
    let activity = key.clone();
    match turn {
        Turn::Pause => Edit::Hold { activity, managers: Some(Vec::new()) },
        Turn::Resume => {
            // Whoever held it when somebody last did.
            let held = |activity: &&Activity| !is_paused(activity);
            let last = revisions.iter().rev().find_map(|revision| revision.process.activity(key).filter(held));
            Edit::Hold { activity, managers: last.and_then(|activity| activity.managers.clone()) }
        }
        Turn::Retire | Turn::Edit => Edit::Retire { activity },
    }
}

fn activity_draft(
    revisions: &Revisions,
    key: Option<&ActivityKey>,
    fields: &Fields,
) -> std::result::Result<ActivityDraft, Objection> {
    let (title, when) = (fields.words(block::TITLE), fields.words(block::WHEN));
    let minutes = fields
        .words(block::MINUTES)
        .parse()
        .map_err(|_| Objection { about: About::Minutes, words: "Whole minutes, from 1 to 2400, please.".to_owned() })?;
    let in_use = |key: &ActivityKey| revisions.iter().any(|revision| revision.process.activity(key).is_some());
    let word = |block: &str| fields.option(block).unwrap_or_default();
    Ok(ActivityDraft {
        key: key.cloned().unwrap_or_else(|| key_for(&title, in_use)),
        title,
        when,
        minutes,
        outcome: fields.words(block::OUTCOME),
        category: word(block::CATEGORY),
        per: word(block::PER),
        priority: word(block::PRIORITY),
        evidence: fields.options(block::EVIDENCE),
        question: fields.words(block::QUESTION),
        target: fields.words(block::TARGET),
        managers: fields.users(block::HOLDERS),
    })
}
