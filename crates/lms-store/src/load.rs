use std::collections::{BTreeMap, BTreeSet};

use events::{EventId, Message, SubjectKind};
use lms::{
    Footprint, IdRange, IntegrationSlug, Likeness, Question, Range, Recheck, ResourceKey, ScimId, Snapshot,
    StoreError, Supplement,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::database::{Database, read, read_for};
use crate::error::unavailable;
use crate::queries as sql;
use crate::rows::{
    CandidateRow, CohortRow, EdgeReadRow, IntegrationRow, LearnerRow, LinkKeyRow, LinkRow, ManagerRow,
    NewcomerRow, ParkedMessageRow, RangeRow, in_order,
};
use crate::statement::Statement;
use crate::words::kind_word;

#[derive(Serialize)]
struct Slug<'a> {
    slug: &'a str,
}

#[derive(Serialize)]
struct ByEvent<'a> {
    event_id: Uuid,
    integration: &'a str,
}

#[derive(Deserialize)]
struct Handled {
    event_id: Uuid,
}

#[derive(Serialize)]
struct ByScimId {
    integration: String,
    scim_id: Uuid,
}

#[derive(Serialize)]
struct ByExternalId<'a> {
    integration: &'a str,
    external_id: &'a str,
}

#[derive(Serialize)]
struct ByLearner {
    integration: String,
    learner_id: Uuid,
}

#[derive(Serialize)]
struct ByCohort {
    integration: String,
    cohort_id: Uuid,
}

#[derive(Serialize)]
struct AtMost {
    max_rows: u32,
}

/// Reads a footprint.
pub(crate) async fn snapshot<D: Database>(
    database: &mut D,
    footprint: &Footprint,
) -> Result<Snapshot, StoreError> {
    let slugs: Vec<Slug<'_>> =
        footprint.integrations.iter().map(|integration| Slug { slug: integration.as_str() }).collect();
    let integrations: Vec<IntegrationRow> = read_for(database, &sql::INTEGRATIONS, &slugs).await?;
    let mut snapshot = Snapshot {
        handled: handled(database, footprint).await?,
        integrations: integrations.into_iter().map(IntegrationRow::into_known).collect::<Result<_, _>>()?,
        edges: edges(database, &footprint.ranges).await?,
        ..Snapshot::default()
    };
    load_users(database, footprint, &mut snapshot).await?;
    load_groups(database, footprint, &mut snapshot).await?;
    Ok(snapshot)
}

async fn handled<D: Database>(
    database: &mut D,
    footprint: &Footprint,
) -> Result<BTreeSet<EventId>, StoreError> {
    let mut events = Vec::new();
    for integration in &footprint.integrations {
        let of_integration =
            |event: &EventId| ByEvent { event_id: event.0, integration: integration.as_str() };
        events.extend(footprint.events.iter().map(of_integration));
    }
    let rows: Vec<Handled> = read_for(database, &sql::HANDLED, &events).await?;
    Ok(rows.into_iter().map(|row| EventId(row.event_id)).collect())
}

async fn load_users<D: Database>(
    database: &mut D,
    footprint: &Footprint,
    snapshot: &mut Snapshot,
) -> Result<(), StoreError> {
    let mut links = links(database, &footprint.users, SubjectKind::User).await?;
    links.extend(links_in_ranges(database, &footprint.ranges, IdRange::Users).await?);
    let linked = links.iter().filter_map(|link| {
        let learner_id = link.learner_id()?;
        Some(ByLearner { integration: link.key().integration.0, learner_id })
    });
    let linked: Vec<ByLearner> = linked.collect();
    let mut learners: Vec<LearnerRow> = read_for(database, &sql::LEARNERS_BY_ID, &linked).await?;
    // Apart from those by id: one condition with `or` would read the whole integration.
    let external_ids = external_ids(&footprint.user_external_ids);
    learners.extend(read_for(database, &sql::LEARNERS_BY_EXTERNAL_ID, &external_ids).await?);
    let owners = unknown(learners.iter().filter_map(LearnerRow::source), &links);
    links.extend(self::links(database, &owners, SubjectKind::User).await?);
    for link in links {
        snapshot.user_links.insert(link.key(), link.into_user_link()?);
    }
    snapshot.learners = learners.into_iter().map(LearnerRow::into_stored).collect::<Result<_, _>>()?;
    Ok(())
}

async fn load_groups<D: Database>(
    database: &mut D,
    footprint: &Footprint,
    snapshot: &mut Snapshot,
) -> Result<(), StoreError> {
    let mut links = links(database, &footprint.groups, SubjectKind::Group).await?;
    links.extend(links_in_ranges(database, &footprint.ranges, IdRange::Groups).await?);
    let linked = links.iter().filter_map(|link| {
        let cohort_id = link.cohort_id()?;
        Some(ByCohort { integration: link.key().integration.0, cohort_id })
    });
    let linked: Vec<ByCohort> = linked.collect();
    let known: BTreeSet<ResourceKey> = links.iter().map(LinkRow::key).collect();
    let own: Vec<ByScimId> = footprint.groups.union(&known).map(by_scim_id).collect();
    let external_ids = external_ids(&footprint.group_external_ids);
    let mut cohorts: Vec<CohortRow> = read_for(database, &sql::COHORTS_BY_ID, &linked).await?;
    cohorts.extend(read_for(database, &sql::COHORTS_BY_SCIM_ID, &own).await?);
    cohorts.extend(read_for(database, &sql::COHORTS_BY_EXTERNAL_ID, &external_ids).await?);
    let owners = unknown(cohorts.iter().filter_map(CohortRow::source), &links);
    links.extend(self::links(database, &owners, SubjectKind::Group).await?);
    for link in links {
        snapshot.group_links.insert(link.key(), link.into_group_link()?);
    }
    snapshot.cohorts = cohorts.into_iter().map(CohortRow::into_stored).collect::<Result<_, _>>()?;
    Ok(())
}

/// Those whose links are not loaded yet.
fn unknown(owners: impl Iterator<Item = ResourceKey>, links: &[LinkRow]) -> BTreeSet<ResourceKey> {
    let known: BTreeSet<ResourceKey> = links.iter().map(LinkRow::key).collect();
    owners.filter(|owner| !known.contains(owner)).collect()
}

async fn links<'a, D: Database>(
    database: &mut D,
    keys: impl IntoIterator<Item = &'a ResourceKey>,
    kind: SubjectKind,
) -> Result<Vec<LinkRow>, StoreError> {
    let keys: Vec<LinkKeyRow> = keys.into_iter().map(|key| LinkKeyRow::of(key, kind)).collect();
    read_for(database, &sql::LINKS, &keys).await
}

async fn links_in_ranges<D: Database>(
    database: &mut D,
    ranges: &[Range],
    kind: IdRange,
) -> Result<Vec<LinkRow>, StoreError> {
    let mut links = Vec::new();
    for range in ranges.iter().filter(|range| range.kind == kind) {
        let found: Vec<LinkRow> = read(database, &sql::LINKS_IN_RANGE, &[RangeRow::from(range)]).await?;
        links.extend(found);
    }
    Ok(links)
}

async fn edges<D: Database>(database: &mut D, ranges: &[Range]) -> Result<Vec<lms::StoredEdge>, StoreError> {
    let of_members = |range: &&Range| matches!(range.kind, IdRange::Members(_));
    let of_members: Vec<&Range> = ranges.iter().filter(of_members).collect();
    let rows: Vec<RangeRow> = of_members.iter().map(|range| RangeRow::from(*range)).collect();
    let firsts: Vec<RangeRow> =
        of_members.iter().filter(|range| range.after.is_none()).map(|range| RangeRow::from(*range)).collect();
    let mut edges: Vec<EdgeReadRow> = read_for(database, &sql::EDGES_IN_RANGES, &rows).await?;
    edges.extend(read_for(database, &sql::MEMBERSHIPS_WITHOUT_EDGE, &firsts).await?);
    Ok(edges.into_iter().map(lms::StoredEdge::from).collect())
}

fn by_scim_id(key: &ResourceKey) -> ByScimId {
    ByScimId { integration: key.integration.0.clone(), scim_id: key.scim_id.0 }
}

fn external_ids(ids: &BTreeSet<(IntegrationSlug, String)>) -> Vec<ByExternalId<'_>> {
    ids.iter()
        .map(|(integration, external_id)| ByExternalId { integration: integration.as_str(), external_id })
        .collect()
}

/// Answers what only the rules can ask for.
pub(crate) async fn supplement<D: Database>(
    database: &mut D,
    question: &Question,
) -> Result<Supplement, StoreError> {
    let managers: Vec<ByScimId> = question.managers.iter().map(by_scim_id).collect();
    let managers: Vec<ManagerRow> = read_for(database, &sql::MANAGERS, &managers).await?;
    let cohorts: Vec<ByCohort> = question
        .cohorts
        .iter()
        .map(|cohort| ByCohort { integration: String::new(), cohort_id: cohort.0 })
        .collect();
    let cohorts: Vec<CohortRow> = read_for(database, &sql::COHORTS_BY_ID, &cohorts).await?;
    let mut candidates = BTreeMap::new();
    let likenesses: [(Likeness, &'static Statement); 3] = [
        (Likeness::EmployeeNumber, &sql::CANDIDATES_BY_EMPLOYEE_NUMBER),
        (Likeness::Login, &sql::CANDIDATES_BY_LOGIN),
        (Likeness::Email, &sql::CANDIDATES_BY_EMAIL),
    ];
    for (likeness, statement) in likenesses {
        let newcomers = NewcomerRow::of(&question.newcomers, likeness);
        let rows: Vec<CandidateRow> = read_for(database, statement, &newcomers).await?;
        for row in rows {
            row.add_to(&mut candidates, likeness);
        }
    }
    Ok(Supplement {
        candidates: in_order(candidates),
        managers: managers.into_iter().map(ManagerRow::into_entry).collect(),
        cohorts: cohorts.into_iter().map(CohortRow::into_stored).collect::<Result<_, _>>()?,
    })
}

/// Parked events whose time has come.
pub(crate) async fn due_parked<D: Database>(
    database: &mut D,
    limit: u32,
) -> Result<Vec<Message>, StoreError> {
    let rows: Vec<ParkedMessageRow> =
        read_for(database, &sql::DUE_PARKED, &[AtMost { max_rows: limit }]).await?;
    rows.into_iter().map(|row| row.message().map_err(unavailable)).collect()
}

#[derive(Deserialize)]
struct RecheckRow {
    integration: String,
    kind: String,
    scim_id: Uuid,
    request: String,
}

/// Resources that are to be decided anew.
pub(crate) async fn due_rechecks<D: Database>(
    database: &mut D,
    limit: u32,
) -> Result<Vec<Recheck>, StoreError> {
    let nothing = crate::statement::RowSet::default();
    database.execute(&sql::RECHECK_EXEMPTED, &nothing).await.map_err(D::classify)?;
    database.execute(&sql::END_EXEMPTIONS, &nothing).await.map_err(D::classify)?;
    let rows: Vec<RecheckRow> = read_for(database, &sql::DUE_RECHECKS, &[AtMost { max_rows: limit }]).await?;
    let recheck = |row: RecheckRow| Recheck {
        key: ResourceKey { integration: IntegrationSlug(row.integration), scim_id: ScimId(row.scim_id) },
        kind: if row.kind == kind_word(SubjectKind::User) { SubjectKind::User } else { SubjectKind::Group },
        request: row.request,
    };
    Ok(rows.into_iter().map(recheck).collect())
}

static PROBE: Statement = Statement::new("select {object: 'answer', 1}");

/// Answers when the database works.
pub(crate) async fn probe<D: Database>(database: &mut D) -> Result<(), StoreError> {
    let nothing = crate::statement::RowSet::default();
    database.query(&PROBE, &nothing).await.map_err(D::classify)?;
    Ok(())
}
