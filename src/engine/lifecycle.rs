//! What is wrong on Slack's side: noticed in the errors of our own calls and in Slack's events, kept in the store, said
//! once to whoever can mend it, and looked at again until it is over.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use super::beside::WELCOME;
use super::digest::PIECE;
use super::person::{self, Person};
use super::question::QUESTION;
use super::tick::{circles, id, is_in_hours};
use super::verification::Letter;
use super::{Engine, Result};
use crate::process::revision::Revisions;
use crate::process::{Process, UserId};
use crate::record::agenda::Kind;
use crate::record::trouble::{account, channel_subject};
use crate::record::{AccountTrouble, ChannelTrouble, Trouble};
use crate::slack::client::TOKEN_TROUBLE;
use crate::slack::views::{self, MessageContent, Role, TroublePicture};
use crate::slack::{CallError, News};
use crate::store::{Message, NewMessage, Settlement, StoredTrouble};

/// The kind of a message that tells of a trouble.
const NOTICE: &str = "notice";

/// How often an account that was out of reach is looked at again, should Slack's word of its return be lost.
const LOOK_AGAIN: SignedDuration = SignedDuration::from_mins(15);

/// How often a digest is tried again that its channel does not take.
const TRY_AGAIN: SignedDuration = SignedDuration::from_mins(5);

/// For how long it is: then the next one is due.
const WORTH_TRYING: SignedDuration = SignedDuration::from_hours(7 * 24);

/// What a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    Nudge(Kind),
    Welcome,
    Digest,
    Piece,
    Question,
    Notice,
    Verification(Letter),
}

impl Sort {
    pub(super) fn of(message: &Message) -> Sort {
        match Kind::parse(&message.kind) {
            Some(kind) => Sort::Nudge(kind),
            None if message.kind == WELCOME => Sort::Welcome,
            None if message.kind == NOTICE => Sort::Notice,
            None if message.kind == PIECE => Sort::Piece,
            None if message.kind == QUESTION => Sort::Question,
            None => Letter::parse(&message.kind).map_or(Sort::Digest, Sort::Verification),
        }
    }

    /// The key under which its metadata has its id.
    pub(super) fn key(self) -> &'static str {
        match self {
            Sort::Nudge(_) => "nudge",
            Sort::Welcome => WELCOME,
            Sort::Digest => "digest",
            Sort::Piece => PIECE,
            Sort::Question => QUESTION,
            Sort::Notice => NOTICE,
            Sort::Verification(_) => "verification",
        }
    }

    /// Whether it goes to a person rather than to a channel.
    pub(super) fn is_direct(self) -> bool {
        match self {
            Sort::Nudge(_) | Sort::Welcome | Sort::Notice | Sort::Question | Sort::Verification(_) => true,
            Sort::Digest | Sort::Piece => false,
        }
    }
}

/// The troubles as they stand.
#[derive(Debug, Default)]
pub(super) struct Troubles(Vec<(Trouble, StoredTrouble)>);

impl Troubles {
    /// Whether this person can't be written to.
    pub(super) fn is_out_of_reach(&self, user: &UserId) -> bool {
        self.0.iter().any(|(trouble, _)| matches!(trouble, Trouble::Account(who, _) if who == user))
    }

    fn has(&self, subject: &str) -> bool {
        self.0.iter().any(|(_, stored)| stored.subject == subject)
    }
}

impl Engine {
    pub(super) async fn troubles(&self) -> Result<Troubles> {
        let stored = self.store().troubles().await?.into_iter();
        Ok(Troubles(stored.filter_map(|one| Some((Trouble::parse(&one.subject, &one.what)?, one))).collect()))
    }

    async fn note(&self, trouble: &Trouble) -> Result<()> {
        if self.store().note_trouble(&trouble.subject(), trouble.what(), self.clock().now()).await? {
            tracing::warn!(subject = trouble.subject(), what = trouble.what(), "trouble on Slack's side");
            self.wake();
        }
        Ok(())
    }

    async fn end(&self, subject: &str) -> Result<()> {
        if self.store().end_trouble(subject).await? {
            tracing::info!(subject, "trouble on Slack's side is over");
            self.wake();
        }
        Ok(())
    }

    /// Slack tells of a change in the workspace.
    pub(super) async fn news(&self, news: News) -> Result<()> {
        match news {
            News::TokenInDoubt => {
                // The answer to this tells; what it is is kept where calls are made.
                let engine = self.clone();
                self.0.tasks.spawn(async move { engine.slack().auth_test().await.is_ok() });
            }
            // Profiles change all day: for whom we don't know, this ends here.
            News::Account { user, deactivated: true } => {
                let revisions = self.refresh().await?;
                if revisions.newest().is_some_and(|newest| role(&newest.process, &user).is_some()) {
                    self.note(&Trouble::Account(user, AccountTrouble::Deactivated)).await?;
                }
            }
            News::Account { user, deactivated: false } => {
                if self.troubles().await?.is_out_of_reach(&user) {
                    self.end(&account(&user)).await?;
                }
            }
        }
        Ok(())
    }

    /// A message went through: what was wrong there is over.
    pub(super) async fn went_through(&self, message: &Message) -> Result<()> {
        let subject = match Sort::of(message).is_direct() {
            true => account(&UserId::from(message.recipient.as_str())),
            false => channel_subject(&message.recipient),
        };
        match self.troubles().await?.has(&subject) {
            true => self.end(&subject).await,
            false => Ok(()),
        }
    }

    /// What becomes of a message that Slack refused for a trouble that somebody else has to mend; `None`: it is none.
    pub(super) async fn in_trouble(&self, message: &Message, error: &CallError) -> Result<Option<Settlement>> {
        let CallError::Refused(code) = error else { return Ok(None) };
        match Sort::of(message).is_direct() {
            true => self.account_in_trouble(message, code).await,
            false => self.channel_in_trouble(message, code).await,
        }
    }

    /// Slack's codes are of two minds about whose account they speak of, so Slack is asked about the person.
    async fn account_in_trouble(&self, message: &Message, code: &str) -> Result<Option<Settlement>> {
        let may_be = [
            "account_inactive",
            "is_inactive",
            "user_disabled",
            "user_not_found",
            "users_not_found",
            "user_not_visible",
            "cannot_dm_bot",
            "channel_not_found",
        ];
        if !may_be.contains(&code) {
            return Ok(None);
        }
        let user = UserId::from(message.recipient.as_str());
        match self.look_at(&user).await {
            Ok(Some(why)) => {
                self.note(&Trouble::Account(user, why)).await?;
                Ok(Some(Settlement::Dropped))
            }
            Ok(None) => Ok(Some(Settlement::Dead(code.to_owned()))),
            Err(error) => {
                let wait = if error.is_about_the_token() { TOKEN_TROUBLE } else { std::time::Duration::from_secs(30) };
                let wait = SignedDuration::try_from(wait).unwrap_or(TRY_AGAIN);
                Ok(Some(Settlement::Retry { not_before: self.clock().machine() + wait }))
            }
        }
    }

    async fn look_at(&self, user: &UserId) -> std::result::Result<Option<AccountTrouble>, CallError> {
        Ok(match self.slack().user_profile(user).await? {
            None => Some(AccountTrouble::Unknown),
            Some(profile) if profile.deleted => Some(AccountTrouble::Deactivated),
            Some(profile) if profile.is_bot => Some(AccountTrouble::App),
            Some(_) => None,
        })
    }

    async fn channel_in_trouble(&self, message: &Message, code: &str) -> Result<Option<Settlement>> {
        let why = match code {
            "is_archived" => ChannelTrouble::Archived,
            "not_in_channel" => ChannelTrouble::NotIn,
            "channel_not_found" => ChannelTrouble::Unknown,
            "restricted_action"
            | "restricted_action_read_only_channel"
            | "restricted_action_thread_only_channel"
            | "restricted_action_non_threadable_channel"
            | "posting_to_general_channel_denied" => ChannelTrouble::Restricted,
            _ => return Ok(None),
        };
        let revisions = self.refresh().await?;
        let is_still_wanted =
            in_force(&revisions, self.clock().now()).is_some_and(|process| posts_to(process, &message.recipient));
        if !is_still_wanted || message.at + WORTH_TRYING < self.clock().now() {
            return Ok(Some(Settlement::Dead(code.to_owned())));
        }
        self.note(&Trouble::Channel(message.recipient.clone(), why)).await?;
        Ok(Some(Settlement::Retry { not_before: self.clock().machine() + TRY_AGAIN }))
    }

    /// Looks at what can be looked at: whether people are back, and what the scopes cover.
    pub(super) async fn look_again(&self) -> Result<()> {
        let (troubles, machine) = (self.troubles().await?, self.clock().machine());
        for (trouble, _) in &troubles.0 {
            let Trouble::Account(user, _) = trouble else { continue };
            if !self.is_time_to_look(user, machine) {
                continue;
            }
            match self.look_at(user).await {
                Ok(None) => self.end(&account(user)).await?,
                Ok(Some(why)) => self.note(&Trouble::Account(user.clone(), why)).await?,
                Err(_) => {}
            }
        }
        for (method, is_covered) in self.slack().covered() {
            let trouble = Trouble::Scope(method.to_owned());
            match (is_covered, troubles.has(&trouble.subject())) {
                (false, false) => self.note(&trouble).await?,
                (true, true) => self.end(&trouble.subject()).await?,
                (false, true) | (true, false) => {}
            }
        }
        Ok(())
    }

    /// The first look is a while after the trouble was noted: it was looked at then.
    fn is_time_to_look(&self, user: &UserId, machine: Timestamp) -> bool {
        let mut looked = self.0.looked.lock().expect("nobody panics while holding it");
        let last = looked.entry(user.clone()).or_insert(machine);
        let is_time = machine.duration_since(*last) >= LOOK_AGAIN;
        if is_time {
            *last = machine;
        }
        is_time
    }

    /// *Tells*: queues a word to whoever can mend what is wrong, unless they had it already.
    pub(super) async fn tell_of_troubles(
        &self,
        revisions: &Revisions,
        troubles: &Troubles,
        now: Timestamp,
    ) -> Result<()> {
        let Some(process) = in_force(revisions, now) else { return Ok(()) };
        for (trouble, stored) in &troubles.0 {
            if !is_still_ours(revisions, process, &self.0.admins, trouble) {
                self.end(&stored.subject).await?;
                continue;
            }
            for whom in self.who_can_mend(process, troubles, trouble) {
                let is_told = stored.told.iter().any(|told| told == whom.as_str());
                if !is_told && self.may_be_told(revisions, &whom, now).await? {
                    self.store().tell(&stored.subject, whom.as_str(), &notice(stored, &whom, now)).await?;
                }
            }
        }
        Ok(())
    }

    /// The leader above, or the next one who can be written to; where it is about the whole, the admins, else those whom
    /// nobody leads.
    fn who_can_mend(&self, process: &Process, troubles: &Troubles, trouble: &Trouble) -> Vec<UserId> {
        let about = match trouble {
            Trouble::Account(user, _) => Some(user),
            Trouble::Channel(..) | Trouble::Scope(_) => None,
        };
        let can_be_told = |user: &&UserId| Some(*user) != about && !troubles.is_out_of_reach(user);
        if let Some(user) = about {
            let above = std::iter::successors(first_above(process, user), |id| process.leader_above(id));
            if let Some(leader) = above.filter(|id| can_be_told(id)).take(1).next() {
                return vec![leader.clone()];
            }
        }
        let admins: BTreeSet<&UserId> = self.0.admins.iter().filter(can_be_told).collect();
        if !admins.is_empty() {
            return admins.into_iter().cloned().collect();
        }
        let top = process.leaders.iter().map(|leader| &leader.slack);
        top.filter(|id| process.leader_above(id).is_none()).filter(can_be_told).cloned().collect()
    }

    /// A manager is told inside their hours alone, as with all that we say.
    async fn may_be_told(&self, revisions: &Revisions, whom: &UserId, now: Timestamp) -> Result<bool> {
        let away = self.absences(whom).await?;
        let manager = Person::on(revisions, &away, whom, person::today(revisions, whom, now));
        Ok(manager.is_none_or(|person| is_in_hours(&person.calendar, now)))
    }

    /// What a notice says now; `None`: it is over, or it is not the time.
    pub(super) async fn notice_content(
        &self,
        revisions: &Revisions,
        message: &Message,
        now: Timestamp,
    ) -> Result<Told> {
        let told: Option<[String; 2]> = message.body.as_deref().and_then(|body| serde_json::from_str(body).ok());
        let troubles = self.troubles().await?;
        let standing = told.and_then(|[subject, what]| {
            let stands = |(_, stored): &&(Trouble, StoredTrouble)| stored.subject == subject && stored.what == what;
            troubles.0.iter().find(stands)
        });
        let (Some((trouble, _)), Some(process)) = (standing, in_force(revisions, now)) else { return Ok(Told::Over) };
        let whom = UserId::from(message.recipient.as_str());
        if troubles.is_out_of_reach(&whom) {
            return Ok(Told::Over);
        }
        if !self.may_be_told(revisions, &whom, now).await? {
            return Ok(Told::NotNow);
        }
        let user = match trouble {
            Trouble::Account(user, _) => Some(user),
            Trouble::Channel(..) | Trouble::Scope(_) => None,
        };
        let name = user.map(|user| revisions.name_of(user).unwrap_or(user.as_str())).unwrap_or_default();
        let role = user.and_then(|user| role(process, user)).unwrap_or(Role::Manager);
        Ok(Told::Content(views::trouble(&TroublePicture { trouble, name, role })))
    }
}

/// What there is to tell of a trouble.
pub(super) enum Told {
    Content(MessageContent),
    NotNow,
    Over,
}

fn notice(stored: &StoredTrouble, whom: &UserId, now: Timestamp) -> NewMessage {
    let since = stored.since.as_second().to_string();
    NewMessage {
        id: id(&[NOTICE, &stored.subject, &stored.what, &since, whom.as_str()]),
        kind: NOTICE.to_owned(),
        recipient: whom.to_string(),
        at: now,
        items: Vec::new(),
        body: Some(serde_json::json!([stored.subject, stored.what]).to_string()),
    }
}

/// The process that holds now, for what belongs to no single manager.
fn in_force(revisions: &Revisions, now: Timestamp) -> Option<&Process> {
    let today = now.to_zoned(jiff::tz::TimeZone::UTC).date();
    revisions.governing(today).or(revisions.newest()).map(|revision| &*revision.process)
}

fn posts_to(process: &Process, channel: &str) -> bool {
    circles(process).iter().any(|circle| circle.channel == channel)
}

fn role(process: &Process, user: &UserId) -> Option<Role> {
    let is_rep = || process.managers.iter().any(|manager| manager.rep(user).is_some());
    if process.manager(user).is_some() {
        Some(Role::Manager)
    } else if process.leader(user).is_some() {
        Some(Role::Leader)
    } else {
        is_rep().then_some(Role::Rep)
    }
}

/// The leader of a manager, of a rep's manager, or of a leader.
fn first_above<'p>(process: &'p Process, user: &UserId) -> Option<&'p UserId> {
    let of_rep = || process.managers.iter().find(|manager| manager.rep(user).is_some()).map(|manager| &manager.leader);
    let of_manager = process.manager(user).map(|manager| &manager.leader);
    of_manager.or_else(|| process.leader_above(user)).or_else(of_rep)
}

/// Whether the trouble still touches the process: who was taken off it is nobody's trouble any more.
fn is_still_ours(revisions: &Revisions, process: &Process, admins: &[UserId], trouble: &Trouble) -> bool {
    match trouble {
        Trouble::Account(user, _) => {
            let newest = revisions.newest().is_some_and(|newest| role(&newest.process, user).is_some());
            newest || role(process, user).is_some() || admins.contains(user)
        }
        Trouble::Channel(channel, _) => posts_to(process, channel),
        Trouble::Scope(_) => true,
    }
}
