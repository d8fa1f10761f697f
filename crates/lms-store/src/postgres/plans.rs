//! Behind the walls, statements find their rows by the same indexes as without.

use diesel::QueryableByName;
use diesel::pg::Pg;
use diesel::sql_types::Text;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use testkit::postgres::TestDatabase;

use super::migrate;
use crate::casework::effects::EFFECTS;
use crate::queries::{EDGES_IN_RANGES, HANDLED, INTEGRATIONS, LINKS, LINKS_IN_RANGES};
use crate::statement::{Dialect, RowSet, Statement};

/// Enough of everything that an index is worth its while.
const ROWS: &str = "
    insert into lms.portal (portal_id, code, environment)
        values ('00000000-0000-0000-0000-000000000001', 'acme', 'production');
    insert into sync.integration (slug, portal_id, environment)
        select 'acme', portal_id, environment from lms.portal;
    insert into sync.link (integration, kind, scim_id, epoch, incarnation, version, phase)
        select 'acme', 'user', gen_random_uuid(), 0, 1, 1, 'current' from generate_series(1, 10000);
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

/// What the statement looks into indexes with, in a session of the service.
#[expect(clippy::disallowed_methods, reason = "each plan is asked for once")]
async fn index_conditions(connection: &mut AsyncPgConnection, statement: &'static Statement) -> String {
    let rows = RowSet::new(&[()]).unwrap();
    let text = diesel::debug_query::<Pg, _>(&statement.over(Dialect::Postgres, &rows)).to_string();
    let text = text.split(" -- binds").next().unwrap().replace("$1", "'[{}]'");
    let explain = diesel::sql_query(format!("explain (costs off) {text}"));
    let plan: Vec<Line> = explain.load(connection).await.unwrap();
    let conditions = plan.iter().filter_map(|line| line.text.trim().strip_prefix("Index Cond: "));
    // Parameters are numbered as the walls leave them to be.
    let conditions = conditions.map(|condition| condition.replace(|c: char| c.is_ascii_digit(), ""));
    conditions.collect::<Vec<String>>().join("\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn walls_take_no_condition_from_an_index() {
    let database = TestDatabase::create().await;
    migrate(database.url()).await.unwrap();
    let mut connection = AsyncPgConnection::establish(database.url()).await.unwrap();
    connection.batch_execute(ROWS).await.unwrap();
    // Few as the rows are, they would be read from the beginning to the end, and joined so.
    let as_service = "set enable_seqscan = off; set enable_hashjoin = off; set enable_mergejoin = off;
        set illuxi.integrations = '{acme}'; set role illuxi_user_sync";
    connection.batch_execute(as_service).await.unwrap();
    for (statement, bound) in [
        (&HANDLED, "(event_id = given.event_id) AND (integration = given.integration)"),
        (&LINKS, "(scim_id = given.scim_id)"),
        (&LINKS_IN_RANGES, "(scim_id > given.after) AND (scim_id <= given.through)"),
        (&EDGES_IN_RANGES, "(scim_user_id > given.after) AND (scim_user_id <= given.through)"),
        (&INTEGRATIONS, "(integration = integration.slug) AND (minute > $)"),
        (&EFFECTS, "(integration = $) AND (effect_id < $) AND (effect_id < $) AND (effect_id > $)"),
    ] {
        let conditions = index_conditions(&mut connection, statement).await;
        assert!(conditions.contains(bound), "{bound}: {conditions}");
    }
}
