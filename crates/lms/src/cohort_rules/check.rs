use std::collections::{HashMap, HashSet};

use uuid::Uuid;

use super::{CohortAction, CohortRule, GroupMatch, NameTemplate};
use crate::RuleError;
use crate::fold::fold;

const MAX_RULES: usize = 500;
const MAX_NAME_CHARACTERS: usize = 200;
const MAX_TEXT_CHARACTERS: usize = 1000;

/// Where the rules are in their document.
pub(super) const ROOT: &str = "cohorts";

/// A problem of one rule: the members that lead to it, and a sentence.
type Problem = (Vec<&'static str>, String);

/// Finds everything that is wrong with rules that were read.
pub(super) fn check_rules(rules: &[CohortRule]) -> Vec<RuleError> {
    let mut errors: Vec<_> = check_count(rules.len()).err().into_iter().collect();
    let (mut names, mut links) = (HashSet::new(), HashMap::new());
    for (index, rule) in rules.iter().enumerate() {
        let is_new = names.insert(fold(rule.name.trim()));
        let problems = [
            check_name(&rule.name, is_new),
            check_match(&rule.when),
            check_action(rule),
            check_link(&mut links, rule),
            check_role(rule),
        ];
        let index = index.to_string();
        for (members, problem) in problems.into_iter().flatten() {
            let steps = [ROOT, &index].into_iter().chain(members);
            errors.push(RuleError::at(steps, problem));
        }
    }
    errors
}

pub(super) fn check_count(rules: usize) -> Result<(), RuleError> {
    if rules <= MAX_RULES {
        return Ok(());
    }
    Err(RuleError::at([ROOT], format!("Write at most {MAX_RULES} rules.")))
}

fn check_name(name: &str, is_new: bool) -> Option<Problem> {
    let problem = if name.trim().is_empty() {
        "Give the rule a name.".to_owned()
    } else if name.chars().count() > MAX_NAME_CHARACTERS {
        format!("Shorten the name to {MAX_NAME_CHARACTERS} characters.")
    } else if !is_new {
        "Give the rule a name that no rule before it has.".to_owned()
    } else {
        return None;
    };
    Some((vec!["name"], problem))
}

fn check_match(when: &GroupMatch) -> Option<Problem> {
    let (member, text) = when.text()?;
    let problem = if text.trim().is_empty() {
        "Give a text that is not blank, or use `any`.".to_owned()
    } else if text.chars().count() > MAX_TEXT_CHARACTERS {
        format!("Shorten the text to {MAX_TEXT_CHARACTERS} characters.")
    } else {
        return None;
    };
    Some((vec!["when", member], problem))
}

fn check_action(rule: &CohortRule) -> Option<Problem> {
    let problem = match &rule.then {
        CohortAction::Create { name_template } => check_template(name_template, &rule.when)?,
        CohortAction::Link { .. } | CohortAction::Ignore => return None,
    };
    Some((vec!["then", "create", "name_template"], problem))
}

/// A cohort has one way to be left.
fn check_link<'a>(links: &mut HashMap<Uuid, &'a CohortRule>, rule: &'a CohortRule) -> Option<Problem> {
    let CohortAction::Link { cohort } = &rule.then else { return None };
    let first = links.entry(*cohort).or_insert(rule);
    let is_alike = first.on_leave == rule.on_leave;
    let problem = || "Give all rules that link this cohort the same on_leave.".to_owned();
    (!is_alike).then(|| (vec!["then", "link", "cohort"], problem()))
}

fn check_template(template: &NameTemplate, when: &GroupMatch) -> Option<String> {
    if template.as_str().trim().is_empty() {
        return Some("Give a template that is not blank, or leave it out.".to_owned());
    }
    if template.as_str().chars().count() > MAX_TEXT_CHARACTERS {
        return Some(format!("Shorten the template to {MAX_TEXT_CHARACTERS} characters."));
    }
    let pattern = when.pattern();
    let mut unknown = template.wanted_captures().filter(|name| !pattern.is_some_and(|p| p.has_capture(name)));
    unknown.next().map(|name| {
        format!("Use {{displayName}}, {{externalId}} or a group of the rule's regex: it has no `{name}`.")
    })
}

/// Whoever may name a group in the directory could otherwise make administrators of the LMS.
fn check_role(rule: &CohortRule) -> Option<Problem> {
    rule.grants_role?;
    let problem = if rule.then == CohortAction::Ignore {
        "Take the role away: a group that is ignored grants none."
    } else if matches!(rule.then, CohortAction::Link { .. }) {
        "Use `create`: other groups may be linked to the same cohort, and all its members would get the role."
    } else if !rule.when.is_by_identity() {
        "Match by `group_id` or `external_id` to grant a role: a name can be given to any group."
    } else {
        return None;
    };
    Some((vec!["grants_role"], problem.to_owned()))
}

#[cfg(test)]
mod tests;
