//! Sentences for administrators about why a learner is as it is.

use chrono::{DateTime, Utc};

use super::Writing;
use crate::overwrite::{Act, Facts, decide_attribute};
use crate::{MappingProblem, Mode, OnClear, Origin, Rule, SetBy, Status};

/// How a learner stands to the directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Footing {
    /// It follows.
    Follows,
    /// It does not for now.
    Waits,
    /// The SCIM user is deleted.
    Gone,
    /// What the directory said is not kept.
    Unknown,
    /// The person was erased.
    Erased,
}

/// What there is to say about an attribute.
#[derive(Clone, Copy, Debug)]
pub(super) struct AttributeCase<'a> {
    pub(super) rule: Rule,
    pub(super) facts: Facts<'a>,
    pub(super) problem: Option<MappingProblem>,
    pub(super) footing: Footing,
}

/// What there is to say about the status.
#[derive(Clone, Copy, Debug)]
pub(super) struct StatusCase {
    pub(super) value: Status,
    pub(super) directory: Option<Status>,
    pub(super) written: Option<Writing>,
    pub(super) is_edited: bool,
    pub(super) footing: Footing,
}

/// Says in a sentence or two why an attribute has its value, and what will become of it.
pub(super) fn attribute_words(case: &AttributeCase<'_>) -> String {
    match case.footing {
        Footing::Erased => return "The person was erased; no value comes back.".to_owned(),
        Footing::Unknown => return "What Azure said of this person is not kept.".to_owned(),
        Footing::Follows | Footing::Waits | Footing::Gone => {}
    }
    if case.rule.mode == Mode::Ignore {
        return "Nobody here looks after this value: the rule is ignore.".to_owned();
    }
    let trouble = case
        .problem
        .map(|problem| format!("What Azure says cannot be used and counts as none: it {problem}."));
    let news = news(case);
    let is_put_back = case.rule.mode.follows_source() && case.facts.is_edited();
    // Who changed it says whose it is.
    let owner = (!is_put_back).then(|| owner(case));
    let history = (trouble.is_none() && news.is_none()).then(|| history(case)).flatten();
    let sentences: Vec<String> = [owner, history, trouble, news].into_iter().flatten().collect();
    sentences.join(" ")
}

/// Says in a sentence or two why a learner has the status, and what will become of it.
pub(super) fn status_words(case: &StatusCase) -> String {
    let differs = case.directory.is_some_and(|directory| directory != case.value);
    match (case.footing, case.written) {
        (Footing::Erased, _) => "The person was erased, which is final.".to_owned(),
        (Footing::Unknown, _) => "What Azure said of this person is not kept.".to_owned(),
        _ if case.is_edited && differs => {
            sentence(&format!("somebody changed it in the LMS; {}", will(case.footing, PUT_BACK)))
        }
        _ if differs => sentence(&format!("Azure owns the status. {}", capital(&will(case.footing, WRITE)))),
        _ if case.is_edited => {
            "Azure owns the status. Somebody changed it in the LMS to what Azure says.".to_owned()
        }
        (_, Some(written)) => format!("Azure owns the status. It was set from Azure {}.", reference(written)),
        (_, None) => "Azure owns the status.".to_owned(),
    }
}

/// What happens: as something does it, and as it is done.
#[derive(Clone, Copy)]
struct Happening(&'static str, &'static str);

const PUT_BACK: Happening = Happening("puts back what Azure says", "what Azure says is put back");
const WRITE: Happening = Happening("writes what Azure says", "what Azure says is written");
const EMPTY: Happening = Happening("empties it, because Azure has no value", "it is emptied");

/// Whose the value is.
fn owner(case: &AttributeCase<'_>) -> String {
    match (case.rule.mode, case.facts.memory) {
        (Mode::Source, _) => "Azure owns this value.".to_owned(),
        (Mode::KeepUntilSourceChanges, _) => {
            "Azure owns this value; what is changed in the LMS stands until Azure says something else."
                .to_owned()
        }
        (Mode::SeedOnce, Some(Origin { set_by: SetBy::Seed, .. })) => {
            "The LMS owns this value since the learner was created.".to_owned()
        }
        (Mode::FillIfEmpty, _) => {
            "The LMS owns this value; Azure only fills it in while it is empty.".to_owned()
        }
        (Mode::SeedOnce | Mode::Lms, _) => "The LMS owns this value.".to_owned(),
        (Mode::Ignore, _) => String::new(),
    }
}

/// How the value came about.
fn history(case: &AttributeCase<'_>) -> Option<String> {
    let facts = &case.facts;
    let Some(origin) = facts.memory else {
        return Some(match facts.current {
            Some(_) => "It was set in the LMS.".to_owned(),
            None => "There is none.".to_owned(),
        });
    };
    if facts.is_edited() {
        let done = if facts.current.is_some() { "changed" } else { "emptied" };
        return Some(format!("Somebody {done} it in the LMS since Azure gave it {}.", dated(origin)));
    }
    Some(match (origin.written, origin.set_by) {
        (None, _) => format!("It was emptied from Azure {}.", dated(origin)),
        (Some(_), SetBy::Source) => format!("It was set from Azure {}.", dated(origin)),
        (Some(_), SetBy::Seed) => format!("Azure gave it once, {}.", dated(origin)),
        (Some(_), SetBy::Fill) => format!("It was filled in from Azure {}.", dated(origin)),
    })
}

/// What will become of the value, or why nothing does although Azure says something else.
fn news(case: &AttributeCase<'_>) -> Option<String> {
    let AttributeCase { rule, facts, footing, .. } = *case;
    let is_put_back = rule.mode.follows_source() && facts.is_edited();
    match decide_attribute(rule, facts).act {
        Act::Write(_) | Act::Clear if is_put_back => {
            let done = if facts.current.is_some() { "changed" } else { "emptied" };
            Some(sentence(&format!("somebody {done} it in the LMS; {}", will(footing, PUT_BACK))))
        }
        Act::Write(_) => Some(sentence(&will(footing, WRITE))),
        Act::Clear => Some(sentence(&will(footing, EMPTY))),
        Act::Keep if facts.source == facts.current => None,
        Act::Keep if rule.mode.follows_source() => Some(kept(case)),
        Act::Keep if facts.source.is_none() => None,
        Act::Keep => Some(format!(
            "Azure now says something else, which is not written because of the rule {}.",
            mode_word(rule.mode)
        )),
    }
}

/// Why a value that Azure owns is not what Azure says.
fn kept(case: &AttributeCase<'_>) -> String {
    let AttributeCase { rule, facts, problem, .. } = *case;
    if rule.mode == Mode::KeepUntilSourceChanges && facts.is_edited() && !facts.is_source_changed() {
        return "Somebody changed it in the LMS, which stands until Azure says something else than before."
            .to_owned();
    }
    let word = match rule.on_clear {
        OnClear::Clear => "clear",
        OnClear::Keep => "keep",
        OnClear::Refuse => "refuse",
    };
    let keeps = format!("the learner keeps this one because of on_clear {word}");
    if problem.is_some() {
        return sentence(&keeps);
    }
    format!("Azure has no value any more; {keeps}.")
}

/// What happens when the learner hears from Azure again.
fn will(footing: Footing, Happening(does, is_done): Happening) -> String {
    match footing {
        Footing::Waits => format!("{is_done} once the learner follows Azure again"),
        Footing::Gone => format!("{is_done} once the person is back in Azure"),
        Footing::Follows | Footing::Unknown | Footing::Erased => {
            format!("the next event of the person, or a reconcile, {does}")
        }
    }
}

fn dated(origin: &Origin) -> String {
    reference(Writing {
        at: origin.cause.at,
        event_id: origin.cause.event,
        request_id: origin.cause.request,
        rules_version: Some(origin.rules),
    })
}

fn reference(written: Writing) -> String {
    let rules = match written.rules_version.map(|version| version.0) {
        Some(0) => " by the default rules".to_owned(),
        Some(version) => format!(" by rules version {version}"),
        None => String::new(),
    };
    format!("on {}{rules} (request {})", minute(written.at), written.request_id)
}

/// A time as people write it.
pub(super) fn minute(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M UTC").to_string()
}

fn mode_word(mode: Mode) -> &'static str {
    match mode {
        Mode::Source => "source",
        Mode::SeedOnce => "seed_once",
        Mode::FillIfEmpty => "fill_if_empty",
        Mode::KeepUntilSourceChanges => "keep_until_source_changes",
        Mode::Lms => "lms",
        Mode::Ignore => "ignore",
    }
}

fn sentence(text: &str) -> String {
    format!("{}.", capital(text))
}

fn capital(text: &str) -> String {
    let mut characters = text.chars();
    characters
        .next()
        .map_or_else(String::new, |first| format!("{}{}", first.to_uppercase(), characters.as_str()))
}

#[cfg(test)]
mod tests;
