//! Behind the walls, statements find their rows by the same indexes as without.

use diesel::QueryableByName;
use diesel::pg::Pg;
use diesel::sql_types::Text;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use testkit::postgres::TestDatabase;

use super::migrate;
use super::options::{PLANNING, RENEW_STATISTICS};
use crate::casework::effects::{EFFECTS, EFFECTS_OF_LEARNER, EFFECTS_OF_RESOURCE};
use crate::casework::integrations::DETACHMENT;
use crate::casework::summary::SUMMARY;
use crate::queries::{self, EDGES_IN_RANGES, HANDLED, INTEGRATIONS, LINKS, LINKS_IN_RANGE};
use crate::search::SEARCH;
use crate::statement::{Dialect, RowSet, Statement};
use crate::statements as sql;

/// Enough of everything that an index is worth its while.
const ROWS: &str = "
    insert into lms.portal (portal_id, code, environment)
        values ('00000000-0000-0000-0000-000000000001', 'acme', 'production');
    insert into sync.integration (slug, portal_id, environment)
        select 'acme', portal_id, environment from lms.portal;
    insert into lms.learner (learner_id, portal_id, origin, integration, scim_id, status, login, login_folded, employee_number)
        select gen_random_uuid(), portal_id, 'scim', 'acme', gen_random_uuid(), 'active', number, number, number
        from lms.portal, generate_series(1, 2000) number;
    insert into lms.learner (learner_id, portal_id, origin, status, login, email)
        select gen_random_uuid(), portal_id, 'local', 'active', 'own' || number, 'own' || number
        from lms.portal, generate_series(1, 2000) number;
    insert into sync.link (integration, kind, scim_id, learner_id, epoch, incarnation, version, phase, manager_scim_id)
        select 'acme', 'user', scim_id, learner_id, 0, 1, 1, 'current', scim_id from lms.learner where origin = 'scim';
    insert into lms.cohort (cohort_id, portal_id, integration, scim_id, name, slug, status, origin)
        select gen_random_uuid(), portal_id, 'acme', gen_random_uuid(), number, number, 'active', 'scim'
        from lms.portal, generate_series(1, 2000) number;
    insert into sync.link (integration, kind, scim_id, cohort_id, epoch, incarnation, version, phase)
        select 'acme', 'group', scim_id, cohort_id, 0, 1, 1, 'current' from lms.cohort;
    insert into lms.cohort_membership select cohort_id, learner_id, 'scim' from lms.cohort join lms.learner on name = login;
    insert into sync.edge select 'acme', scim_id, scim_id, 0, 1, 1, true from sync.link;
    insert into sync.inbox select scim_id, 'acme', '', 0, 1, 1, 'executed' from sync.link;
    insert into sync.departure select 'acme', now() + number * interval '1 minute', 1 from generate_series(1, 10000) number;
    insert into sync.effect (integration, request_id, event_id, event_type, kind, outcome)
        select 'acme', scim_id, scim_id, '', 'user', '' from sync.link;";

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text, column_name = "QUERY PLAN")]
    text: String,
}

/// How the statement is carried out, line by line.
#[expect(clippy::disallowed_methods, reason = "each plan is asked for once")]
async fn plan(connection: &mut AsyncPgConnection, statement: &'static Statement) -> Vec<String> {
    let rows = RowSet::new(&[()]).unwrap();
    let text = diesel::debug_query::<Pg, _>(&statement.over(Dialect::Postgres, &rows)).to_string();
    let text = text.split(" -- binds").next().unwrap().replace("$1", "'[{}]'");
    let explain = diesel::sql_query(format!("explain (costs off) {text}"));
    let plan: Vec<Line> = explain.load(connection).await.unwrap();
    plan.into_iter().map(|line| line.text.trim().to_owned()).collect()
}

/// What the statement looks into indexes with, in a session of the service.
async fn index_conditions(connection: &mut AsyncPgConnection, statement: &'static Statement) -> String {
    let plan = plan(connection, statement).await;
    let conditions = plan.iter().filter_map(|line| line.strip_prefix("Index Cond: "));
    // Parameters are numbered as the walls leave them to be.
    let conditions = conditions.map(|condition| condition.replace(|c: char| c.is_ascii_digit(), ""));
    conditions.collect::<Vec<String>>().join("\n")
}

/// A session of the service in a database with some rows, which nobody has analyzed.
async fn session(database: &TestDatabase) -> AsyncPgConnection {
    migrate(database.url()).await.unwrap();
    let mut connection = AsyncPgConnection::establish(database.url()).await.unwrap();
    connection.batch_execute(ROWS).await.unwrap();
    for (name, value) in PLANNING {
        connection.batch_execute(&format!("set {name} = {value}")).await.unwrap();
    }
    let as_service = "set illuxi.integrations = '{acme}'; set role illuxi_user_sync";
    connection.batch_execute(as_service).await.unwrap();
    connection
}

#[tokio::test(flavor = "multi_thread")]
async fn walls_take_no_condition_from_an_index() {
    let database = TestDatabase::create().await;
    let mut connection = session(&database).await;
    for (statement, bound) in [
        (&HANDLED, "(event_id = given.event_id) AND (integration = given.integration)"),
        (&LINKS, "(scim_id = given.scim_id)"),
        (&LINKS_IN_RANGE, "(scim_id > given.after) AND (scim_id <= given.through)"),
        (&EDGES_IN_RANGES, "(scim_user_id > given.after) AND (scim_user_id <= given.through)"),
        (&INTEGRATIONS, "(integration = integration.slug) AND (minute > $)"),
        (&EFFECTS, "(integration = $) AND (effect_id < $) AND (effect_id < $) AND (effect_id > $)"),
        (&EFFECTS_OF_LEARNER, "(learner_id = $) AND (effect_id < $) AND (effect_id < $) AND (effect_id > $)"),
        (&EFFECTS_OF_RESOURCE, "(scim_id = $) AND (effect_id < $) AND (effect_id < $) AND (effect_id > $)"),
        (&SEARCH, "(login_folded < $) AND (ROW(login_folded, learner_id) > ROW($, $))"),
        (&queries::LEARNERS_BY_STATUS, "(integration = $) AND (status = $) AND (learner_id > $)"),
        (&queries::LEARNERS_BY_SCIM_ID, "(scim_id = $) AND (integration = $)"),
        (&queries::COHORTS_OF_LEARNER, "(learner_id = $)"),
        (&queries::COHORTS_OF_LEARNER, "(cohort_id = membership.cohort_id)"),
        (&SEARCH, "(employee_number = ANY (ARRAY[$, $]))"),
        // The primary key, which knows the origin of a membership without the row.
        (&DETACHMENT, "(cohort_id = cohort_.cohort_id) AND (origin = 'scim'::text)"),
    ] {
        let conditions = index_conditions(&mut connection, statement).await;
        assert!(conditions.contains(bound), "{bound}: {conditions}");
    }
}

/// Where a plan reads a table without a condition of an index.
fn readings_of_everything(plan: &[String]) -> Vec<&str> {
    let is_bound = |index: usize| plan.get(index + 1).is_some_and(|next| next.starts_with("Index Cond: "));
    let lines = plan.iter().enumerate().filter(|(index, line)| {
        line.contains("Seq Scan")
            || line.contains("Bitmap")
            || line.contains("Index Scan") && !is_bound(*index)
            || line.contains("Index Only Scan") && !is_bound(*index)
    });
    lines.map(|(_, line)| line.as_str()).collect()
}

/// A session plans while a first sync begins, and still has the plan when there are thousands.
#[tokio::test(flavor = "multi_thread")]
async fn a_batch_reads_no_table_from_end_to_end() {
    let database = TestDatabase::create().await;
    let mut connection = session(&database).await;
    // What was written is told to whoever counts at the latest now, and is known to the next statement.
    connection.batch_execute("select pg_stat_force_next_flush()").await.unwrap();
    connection.batch_execute(RENEW_STATISTICS).await.unwrap();
    let mut found = Vec::new();
    for (name, statement) in [
        ("CHECK_REVISIONS", &sql::CHECK_REVISIONS),
        ("CHECK_RULES", &sql::CHECK_RULES),
        ("CHECK_MANAGERS", &sql::CHECK_MANAGERS),
        ("INSERT_HANDLED", &sql::INSERT_HANDLED),
        ("FORGET_PARKED", &sql::FORGET_PARKED),
        ("UPSERT_PARKED", &sql::UPSERT_PARKED),
        ("INSERT_LEARNERS", &sql::INSERT_LEARNERS),
        ("UPDATE_LEARNERS", &sql::UPDATE_LEARNERS),
        ("UPSERT_PROVENANCE", &sql::UPSERT_PROVENANCE),
        ("INSERT_COHORTS", &sql::INSERT_COHORTS),
        ("UPDATE_COHORTS", &sql::UPDATE_COHORTS),
        ("INSERT_HOLDS", &sql::INSERT_HOLDS),
        ("INSERT_LINKS", &sql::INSERT_LINKS),
        ("UPDATE_LINKS", &sql::UPDATE_LINKS),
        ("FORGET_ADOPTIONS", &sql::FORGET_ADOPTIONS),
        ("INSERT_ADOPTIONS", &sql::INSERT_ADOPTIONS),
        ("UPSERT_EDGES", &sql::UPSERT_EDGES),
        ("END_MEMBERSHIPS_OF_EDGES", &sql::END_MEMBERSHIPS_OF_EDGES),
        ("BEGIN_MEMBERSHIPS_OF_EDGES", &sql::BEGIN_MEMBERSHIPS_OF_EDGES),
        ("END_MEMBERSHIPS_OF_LEARNERS", &sql::END_MEMBERSHIPS_OF_LEARNERS),
        ("BEGIN_MEMBERSHIPS_OF_LEARNERS", &sql::BEGIN_MEMBERSHIPS_OF_LEARNERS),
        ("END_MEMBERSHIPS_OF_COHORTS", &sql::END_MEMBERSHIPS_OF_COHORTS),
        ("BEGIN_MEMBERSHIPS_OF_COHORTS", &sql::BEGIN_MEMBERSHIPS_OF_COHORTS),
        ("INSERT_CONFLICTS", &sql::INSERT_CONFLICTS),
        ("COUNT_DEPARTURES", &sql::COUNT_DEPARTURES),
        ("WAKE_REPORTS", &sql::WAKE_REPORTS),
        ("FORGET_RECHECKS", &sql::FORGET_RECHECKS),
        ("POSTPONE_RECHECKS", &sql::POSTPONE_RECHECKS),
        ("INSERT_EFFECTS", &sql::INSERT_EFFECTS),
        ("INSERT_EFFECT_MEMBERS", &sql::INSERT_EFFECT_MEMBERS),
        ("BEGIN_RUNS", &sql::BEGIN_RUNS),
        ("COUNT_PARTS", &sql::COUNT_PARTS),
        ("END_RUNS", &sql::END_RUNS),
        ("INSERT_DRIFT", &sql::INSERT_DRIFT),
        ("HANDLED", &queries::HANDLED),
        ("INTEGRATIONS", &queries::INTEGRATIONS),
        ("LINKS", &queries::LINKS),
        ("LINKS_IN_RANGE", &queries::LINKS_IN_RANGE),
        ("LEARNERS_BY_ID", &queries::LEARNERS_BY_ID),
        ("LEARNERS_BY_EXTERNAL_ID", &queries::LEARNERS_BY_EXTERNAL_ID),
        ("COHORTS_BY_ID", &queries::COHORTS_BY_ID),
        ("COHORTS_BY_SCIM_ID", &queries::COHORTS_BY_SCIM_ID),
        ("COHORTS_BY_EXTERNAL_ID", &queries::COHORTS_BY_EXTERNAL_ID),
        ("EDGES_IN_RANGES", &queries::EDGES_IN_RANGES),
        ("MEMBERSHIPS_WITHOUT_EDGE", &queries::MEMBERSHIPS_WITHOUT_EDGE),
        ("MANAGERS", &queries::MANAGERS),
        ("CANDIDATES_BY_EMPLOYEE_NUMBER", &queries::CANDIDATES_BY_EMPLOYEE_NUMBER),
        ("CANDIDATES_BY_LOGIN", &queries::CANDIDATES_BY_LOGIN),
        ("CANDIDATES_BY_EMAIL", &queries::CANDIDATES_BY_EMAIL),
        ("DUE_PARKED", &queries::DUE_PARKED),
        ("RECHECK_EXEMPTED", &queries::RECHECK_EXEMPTED),
        ("END_EXEMPTIONS", &queries::END_EXEMPTIONS),
        ("DUE_RECHECKS", &queries::DUE_RECHECKS),
        ("LEARNERS", &queries::LEARNERS),
        ("LEARNERS_BY_LOGIN", &queries::LEARNERS_BY_LOGIN),
        ("LEARNERS_BY_STATUS", &queries::LEARNERS_BY_STATUS),
        ("LEARNERS_BY_SCIM_ID", &queries::LEARNERS_BY_SCIM_ID),
        ("SEARCH", &SEARCH),
        ("SUMMARY", &SUMMARY),
        ("COHORTS", &queries::COHORTS),
        ("MEMBERS", &queries::MEMBERS),
        ("COHORT_SIZES", &queries::COHORT_SIZES),
        ("TRAINING_RECORDS", &queries::TRAINING_RECORDS),
    ] {
        let plan = plan(&mut connection, statement).await;
        found.extend(readings_of_everything(&plan).into_iter().map(|line| format!("{name}: {line}")));
    }
    assert_eq!(found, Vec::<String>::new());
}
