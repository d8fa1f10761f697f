use std::collections::BTreeMap;

use crate::workload::{Ledger, PersonState, TeamState};
use crate::world::{SUFFERER, World};

/// A learner, as far as Azure owns it.
struct Learner {
    scim_id: Option<String>,
    login: Option<String>,
    family_name: Option<String>,
    title: Option<String>,
    /// Their external id.
    manager: Option<String>,
    status: String,
}

/// Where the LMS says something else than what was acknowledged last.
pub(super) async fn differences(world: &World, ledger: &Ledger) -> anyhow::Result<Vec<String>> {
    let learners = learners(world).await?;
    let mut found: Vec<String> = ledger
        .people
        .iter()
        .filter_map(|person| person_differs(person, learners.get(&person.external_id)))
        .collect();
    let teams = teams(world).await?;
    found.extend(ledger.teams.iter().filter_map(|team| team_differs(team, teams.get(&team.external_id))));
    Ok(found)
}

fn person_differs(person: &PersonState, learner: Option<&Learner>) -> Option<String> {
    let who = &person.external_id;
    let Some(learner) = learner else { return Some(format!("{who} is no learner")) };
    let status = if person.scim_id.is_some() && person.is_active { "active" } else { "inactive" };
    let differs = |what: &str, wanted: &str, is: Option<&str>| {
        (is != Some(wanted)).then(|| format!("{what} of {who} is {is:?} and not {wanted}"))
    };
    let state = differs("status", status, Some(&learner.status));
    let Some(scim_id) = &person.scim_id else { return state };
    state
        .or_else(|| differs("id", scim_id, learner.scim_id.as_deref()))
        .or_else(|| differs("login", &person.login, learner.login.as_deref()))
        .or_else(|| differs("family name", &person.family_name, learner.family_name.as_deref()))
        .or_else(|| differs("title", &person.title, learner.title.as_deref()))
        .or_else(|| differs("manager", person.manager.as_deref()?, learner.manager.as_deref()))
}

fn team_differs(team: &TeamState, cohort: Option<&(String, Vec<String>)>) -> Option<String> {
    let Some((name, members)) = cohort else { return Some(format!("team {} is no cohort", team.name)) };
    if !name.ends_with(&team.name) {
        return Some(format!("team {} is called {name}", team.name));
    }
    (*members != team.members).then(|| {
        let (wanted, has) = (team.members.len(), members.len());
        format!("team {} has other members than acknowledged: {has} instead of {wanted}", team.name)
    })
}

async fn learners(world: &World) -> anyhow::Result<BTreeMap<String, Learner>> {
    let sql = "select learner.source_object_id, learner.scim_id::text, learner.login, learner.family_name,
             learner.job_title, learner.status, manager.source_object_id
         from lms.learner left join lms.learner as manager on manager.learner_id = learner.manager_learner_id
         where learner.integration = $1 and learner.source_object_id is not null";
    let mut learners = BTreeMap::new();
    for row in world.lms.rows_of(sql, SUFFERER).await? {
        let learner = Learner {
            scim_id: row.try_get(1)?,
            login: row.try_get(2)?,
            family_name: row.try_get(3)?,
            title: row.try_get(4)?,
            status: row.try_get(5)?,
            manager: row.try_get(6)?,
        };
        learners.insert(row.try_get(0)?, learner);
    }
    Ok(learners)
}

/// Name and members' external ids of each cohort.
async fn teams(world: &World) -> anyhow::Result<BTreeMap<String, (String, Vec<String>)>> {
    let sql = "select cohort.source_object_id, cohort.name,
             array(select learner.source_object_id from lms.cohort_membership as membership
                 join lms.learner using (learner_id)
                 where membership.cohort_id = cohort.cohort_id and membership.origin = 'scim'
                 order by learner.source_object_id collate \"C\")
         from lms.cohort where integration = $1 and source_object_id is not null";
    let mut teams = BTreeMap::new();
    for row in world.lms.rows_of(sql, SUFFERER).await? {
        teams.insert(row.try_get(0)?, (row.try_get(1)?, row.try_get(2)?));
    }
    Ok(teams)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person() -> PersonState {
        PersonState {
            external_id: "7".to_owned(),
            scim_id: Some("s".to_owned()),
            login: "ana@x".to_owned(),
            family_name: "Silva".to_owned(),
            title: "Pilot".to_owned(),
            manager: Some("1".to_owned()),
            is_active: true,
        }
    }

    fn learner() -> Learner {
        let text = |text: &str| Some(text.to_owned());
        Learner {
            scim_id: text("s"),
            login: text("ana@x"),
            family_name: text("Silva"),
            title: text("Pilot"),
            manager: text("1"),
            status: "active".to_owned(),
        }
    }

    #[test]
    fn a_learner_like_the_person_is_no_difference() {
        assert_eq!(person_differs(&person(), Some(&learner())), None);
        let gone = PersonState { scim_id: None, ..person() };
        let inactive = Learner { status: "inactive".to_owned(), title: None, ..learner() };
        assert_eq!(person_differs(&gone, Some(&inactive)), None);
    }

    #[test]
    fn what_differs_is_said_in_words() {
        assert_eq!(person_differs(&person(), None), Some("7 is no learner".to_owned()));
        let renamed = Learner { family_name: Some("Costa".to_owned()), ..learner() };
        let said = person_differs(&person(), Some(&renamed)).unwrap();
        assert_eq!(said, "family name of 7 is Some(\"Costa\") and not Silva");
        let unmanaged = Learner { manager: None, ..learner() };
        assert_eq!(person_differs(&person(), Some(&unmanaged)).unwrap(), "manager of 7 is None and not 1");
        let team =
            TeamState { external_id: "t".to_owned(), name: "T".to_owned(), members: vec!["7".to_owned()] };
        let said = team_differs(&team, Some(&("aad-T".to_owned(), vec![]))).unwrap();
        assert_eq!(said, "team T has other members than acknowledged: 0 instead of 1");
    }
}
