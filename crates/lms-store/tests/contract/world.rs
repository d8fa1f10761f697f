use std::sync::Arc;

use administration::AuditLog;
use diesel::connection::SimpleConnection;
use diesel::dsl::sql;
use diesel::sql_types::{BigInt, Text};
use diesel::{Connection, RunQueryDsl, SqliteConnection};
use diesel_async::{AsyncConnection as _, AsyncPgConnection, SimpleAsyncConnection as _};
use events::{Applied, EventHandler, Message};
use lms::admin::{EffectLog, Integrations, Proposal, RulesError, RulesStore, SavedRules, save_rules};
use lms::casework::CaseStore;
use lms::{
    Attribute, CohortView, DirectorySync, Inbox, IntegrationSlug, LearnerView, LmsReader, LmsStore, Narrowed,
    Page, RulesVersion, Status, TrainingRecord,
};
use lms_store::postgres::{PostgresLmsStore, PostgresOptions, Timeouts, migrate};
use lms_store::sqlite::SqliteLmsStore;
use tempfile::TempDir;
use testkit::postgres::TestDatabase;
use tokio::sync::OnceCell;

use crate::fixture::INTEGRATION;

/// A handler over a fresh store, and a way behind its back: what the LMS itself would do.
pub(crate) struct World {
    pub(crate) store: Arc<dyn LmsStore>,
    pub(crate) reader: Arc<dyn LmsReader>,
    pub(crate) rules: Arc<dyn RulesStore>,
    pub(crate) cases: Arc<dyn CaseStore>,
    pub(crate) waiting: Arc<dyn lms::Waiting>,
    pub(crate) effects: Arc<dyn EffectLog>,
    pub(crate) inbox: Arc<dyn Inbox>,
    pub(crate) integrations: Arc<dyn Integrations>,
    pub(crate) acts: Arc<dyn AuditLog>,
    pub(crate) sync: DirectorySync,
    backdoor: Backdoor,
}

pub(crate) enum Backdoor {
    Postgres(TestDatabase),
    Sqlite(TempDir),
    None,
}

impl World {
    pub(crate) async fn postgres() -> Self {
        Self::postgres_with(PostgresOptions::default().timeouts).await
    }

    pub(crate) async fn postgres_with(timeouts: Timeouts) -> Self {
        let database = TestDatabase::create().await;
        migrate(database.url()).await.unwrap();
        let options = PostgresOptions { pool_size: 4, timeouts, ..PostgresOptions::default() };
        let store = PostgresLmsStore::connect(database.url(), options).await.unwrap();
        Self::over(Arc::new(store), Backdoor::Postgres(database))
    }

    pub(crate) async fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteLmsStore::open(&folder.path().join("lms.db")).await.unwrap();
        Self::over(Arc::new(store), Backdoor::Sqlite(folder))
    }

    /// As [`World::sqlite`], in memory if the system has a folder there, and from a database that was migrated once.
    pub(crate) async fn quick_sqlite() -> Self {
        static MIGRATED: OnceCell<Vec<u8>> = OnceCell::const_new();
        let migrated = MIGRATED
            .get_or_init(async || {
                let world = Self::sqlite().await;
                let Backdoor::Sqlite(folder) = &world.backdoor else { panic!("not SQLite") };
                let copy = folder.path().join("copy.db");
                world.execute(&format!("vacuum into '{}'", copy.display())).await;
                std::fs::read(copy).unwrap()
            })
            .await;
        let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
        std::fs::write(folder.path().join("lms.db"), migrated).unwrap();
        let store = SqliteLmsStore::open(&folder.path().join("lms.db")).await.unwrap();
        Self::over(Arc::new(store), Backdoor::Sqlite(folder))
    }

    pub(crate) async fn sqlite_in_memory() -> Self {
        Self::over(Arc::new(SqliteLmsStore::open_in_memory().await.unwrap()), Backdoor::None)
    }

    fn over<S>(store: Arc<S>, backdoor: Backdoor) -> Self
    where
        S: LmsStore
            + LmsReader
            + RulesStore
            + CaseStore
            + EffectLog
            + Inbox
            + lms::Waiting
            + Integrations
            + AuditLog
            + 'static,
    {
        let sync = DirectorySync::new(store.clone());
        Self {
            store: store.clone(),
            reader: store.clone(),
            rules: store.clone(),
            cases: store.clone(),
            waiting: store.clone(),
            effects: store.clone(),
            inbox: store.clone(),
            integrations: store.clone(),
            acts: store,
            sync,
            backdoor,
        }
    }

    pub(crate) fn replica(&self) -> DirectorySync {
        DirectorySync::new(self.store.clone())
    }

    pub(crate) async fn handle(&self, batch: &[Message]) -> Vec<Applied> {
        self.sync.handle(batch).await.unwrap()
    }

    /// Handles one message.
    pub(crate) async fn apply(&self, message: Message) -> Applied {
        self.handle(&[message]).await[0]
    }

    pub(crate) async fn retry_parked(&self) -> usize {
        self.sync.retry_parked().await.unwrap()
    }

    /// Decides anew whatever asks for it, until nothing does.
    pub(crate) async fn recheck(&self) {
        for _ in 0..20 {
            if self.sync.recheck().await.unwrap() == 0 {
                return;
            }
        }
        panic!("there is always something to decide anew");
    }

    pub(crate) async fn let_a_minute_pass_for_parked_events(&self) {
        let earlier = match &self.backdoor {
            Backdoor::Postgres(_) => "last_parked_at - interval '1 minute'",
            _ => "strftime('%Y-%m-%dT%H:%M:%fZ', last_parked_at, '-1 minute')",
        };
        self.execute(&format!("update sync.parked_event set last_parked_at = {earlier}")).await;
    }

    pub(crate) async fn let_a_day_pass_for_the_guard(&self) {
        let earlier = match &self.backdoor {
            Backdoor::Postgres(_) => "minute - interval '1 day'",
            _ => "strftime('%Y-%m-%dT%H:%M:%fZ', minute, '-1 day')",
        };
        self.execute(&format!("update sync.departure set minute = {earlier}")).await;
    }

    /// Runs statements as the LMS. Tables are named as in PostgreSQL, strings quoted with `'`.
    pub(crate) async fn execute(&self, statements: &str) {
        match &self.backdoor {
            Backdoor::Postgres(database) => database.execute(statements).await,
            Backdoor::Sqlite(_) => self.sqlite_link().batch_execute(&for_sqlite(statements)).unwrap(),
            Backdoor::None => panic!("a database in memory has no back door"),
        }
    }

    /// What the database says when it refuses a statement of the LMS.
    pub(crate) async fn refusal(&self, statement: &str) -> String {
        match &self.backdoor {
            Backdoor::Postgres(database) => {
                let mut connection = AsyncPgConnection::establish(database.url()).await.unwrap();
                connection.batch_execute(statement).await.unwrap_err().to_string()
            }
            _ => self.sqlite_refusal(statement).unwrap(),
        }
    }

    /// What SQLite says when it refuses a statement; `None` if it does not.
    pub(crate) fn sqlite_refusal(&self, statement: &str) -> Option<String> {
        self.sqlite_link().batch_execute(&for_sqlite(statement)).err().map(|error| error.to_string())
    }

    pub(crate) async fn count(&self, from_where: &str) -> i64 {
        match &self.backdoor {
            Backdoor::Postgres(database) => {
                database.query_i64(&format!("select count(*) from {from_where}")).await
            }
            Backdoor::Sqlite(_) => {
                let count = format!("(select count(*) from {})", for_sqlite(from_where));
                diesel::select(sql::<BigInt>(&count)).get_result(&mut self.sqlite_link()).unwrap()
            }
            Backdoor::None => panic!("a database in memory has no back door"),
        }
    }

    /// The one text that a query of one row and one column gives.
    pub(crate) async fn text(&self, select: &str) -> String {
        match &self.backdoor {
            Backdoor::Postgres(database) => database.query_text(select).await,
            Backdoor::Sqlite(_) => {
                let text = format!("(select cast(({}) as text))", for_sqlite(select));
                diesel::select(sql::<Text>(&text)).get_result(&mut self.sqlite_link()).unwrap()
            }
            Backdoor::None => panic!("a database in memory has no back door"),
        }
    }

    /// Puts rules in force for the integration, as an administrator would, and has everything decided anew.
    pub(crate) async fn rule(&self, document: &str) {
        let next = "coalesce((select max(version) from sync.rules), 0) + 1";
        self.execute(&format!(
            "insert into sync.rules (integration, version, document, saved_by)
             values ('{INTEGRATION}', {next}, '{document}', 'admin')"
        ))
        .await;
        self.decide_all_anew().await;
    }

    /// Asks for every resource to be decided anew, and does so.
    pub(crate) async fn decide_all_anew(&self) {
        self.execute(
            "insert into sync.recheck (integration, kind, scim_id)
             select integration, kind, scim_id from sync.link where true on conflict do nothing",
        )
        .await;
        self.recheck().await;
    }

    /// What an administrator can see, in lines: `login status given-name` of learners, `name status: members` of
    /// cohorts.
    pub(crate) async fn picture(&self) -> Vec<String> {
        let mut learners = self.learners_of(INTEGRATION).await;
        let text = |learner: &LearnerView, attribute| {
            let value = learner.profile.value(attribute).unwrap_or("-");
            value.split('@').next().unwrap_or_default().to_owned()
        };
        learners.sort_by_key(|learner| text(learner, Attribute::Login));
        let mut lines: Vec<String> = learners
            .iter()
            .map(|learner| {
                let login = text(learner, Attribute::Login);
                let name = text(learner, Attribute::GivenName);
                format!("{login} {} {name}", learner.status.as_str())
            })
            .collect();
        let mut cohorts = self.cohorts_of(INTEGRATION).await;
        cohorts.sort_by(|a, b| (&a.name, a.scim_id).cmp(&(&b.name, b.scim_id)));
        for cohort in cohorts {
            let is_member = |learner: &&LearnerView| cohort.members.contains(&learner.learner_id);
            let members: Vec<String> =
                learners.iter().filter(is_member).map(|learner| text(learner, Attribute::Login)).collect();
            lines.push(
                format!("{} {:?}: {}", cohort.name, cohort.status, members.join(" ")).trim_end().to_owned(),
            );
        }
        lines
    }

    /// Every column of every table of the LMS, tables named as in PostgreSQL.
    pub(crate) async fn columns(&self) -> Vec<(String, String)> {
        let list = match &self.backdoor {
            Backdoor::Postgres(database) => {
                let columns = "select string_agg(columns.table_schema || '.' || columns.table_name || ' '
                        || columns.column_name, ',')
                    from information_schema.columns
                    join information_schema.tables using (table_schema, table_name)
                    where table_schema in ('lms', 'sync') and table_type = 'BASE TABLE'";
                database.query_text(columns).await
            }
            Backdoor::Sqlite(_) => {
                let columns = "(select group_concat(sqlite_master.name || ' ' || columns.name)
                    from sqlite_master, pragma_table_info(sqlite_master.name) as columns
                    where sqlite_master.type = 'table'
                        and (sqlite_master.name like 'lms%' or sqlite_master.name like 'sync%'))";
                let list: String =
                    diesel::select(sql::<Text>(columns)).get_result(&mut self.sqlite_link()).unwrap();
                list.replace("lms_", "lms.").replace("sync_", "sync.")
            }
            Backdoor::None => panic!("a database in memory has no back door"),
        };
        let columns = list.split(',').filter_map(|column| column.split_once(' '));
        columns.map(|(table, column)| (table.to_owned(), column.to_owned())).collect()
    }

    /// A column as text, bytes too.
    pub(crate) fn as_text(&self, column: &str) -> String {
        match (&self.backdoor, column) {
            (Backdoor::Postgres(_), "body") => format!("encode({column}, 'escape')"),
            _ => format!("cast({column} as text)"),
        }
    }

    pub(crate) fn database(&self) -> &TestDatabase {
        match &self.backdoor {
            Backdoor::Postgres(database) => database,
            Backdoor::Sqlite(_) | Backdoor::None => panic!("not PostgreSQL"),
        }
    }

    fn sqlite_link(&self) -> SqliteConnection {
        let Backdoor::Sqlite(folder) = &self.backdoor else { panic!("not SQLite") };
        let path = folder.path().join("lms.db");
        let mut connection = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
        connection.batch_execute("pragma busy_timeout = 5000; pragma foreign_keys = on;").unwrap();
        connection
    }

    pub(crate) async fn learners_of(&self, integration: &str) -> Vec<LearnerView> {
        let integration = IntegrationSlug(integration.to_owned());
        self.reader.learners(&integration, Narrowed::No, Page { after: None, limit: 1000 }).await.unwrap()
    }

    pub(crate) async fn cohorts_of(&self, integration: &str) -> Vec<CohortView> {
        let integration = IntegrationSlug(integration.to_owned());
        self.reader.cohorts(&integration, Page { after: None, limit: 1000 }).await.unwrap()
    }

    /// The one learner there is.
    pub(crate) async fn learner(&self) -> LearnerView {
        let mut learners = self.learners_of(INTEGRATION).await;
        assert_eq!(learners.len(), 1, "{learners:?}");
        learners.remove(0)
    }

    /// The one cohort there is.
    pub(crate) async fn cohort(&self) -> CohortView {
        let mut cohorts = self.cohorts_of(INTEGRATION).await;
        assert_eq!(cohorts.len(), 1, "{cohorts:?}");
        cohorts.remove(0)
    }

    /// Saves rules of an integration as `ops`, over the version that is expected.
    pub(crate) async fn save_rules(
        &self,
        integration: &str,
        expected: i32,
        rules: serde_json::Value,
    ) -> Result<SavedRules, RulesError> {
        let proposal = Proposal {
            expected: RulesVersion(expected),
            rules,
            saved_by: "ops".to_owned(),
            comment: format!("over version {expected}"),
        };
        let integration = IntegrationSlug(integration.to_owned());
        save_rules(self.rules.as_ref(), self.store.as_ref(), &integration, proposal).await
    }

    pub(crate) async fn status(&self) -> Status {
        self.learner().await.status
    }

    /// Gives a learner two training records, as the LMS does.
    pub(crate) async fn record_training(&self, learner: &LearnerView) -> Vec<TrainingRecord> {
        let id = learner.learner_id.0;
        self.execute(&format!(
            "insert into lms.training_record (record_id, learner_id, course_id, course_title, completed_at, passed,
                 certificate_number)
             values ('00000000-0000-0000-0000-00000000000a', '{id}', '00000000-0000-0000-0000-0000000000c1',
                 'Fire safety', '2025-05-01T09:00:00Z', true, 'C-1');
             insert into lms.training_record (record_id, learner_id, course_id, course_title, completed_at, passed)
             values ('00000000-0000-0000-0000-00000000000b', '{id}', '00000000-0000-0000-0000-0000000000c2',
                 'First aid', '2025-06-01T09:00:00Z', false);"
        ))
        .await;
        let integration = IntegrationSlug(INTEGRATION.to_owned());
        self.reader.training_records(&integration, learner.learner_id).await.unwrap()
    }
}

fn for_sqlite(statements: &str) -> String {
    statements.replace("lms.", "lms_").replace("sync.", "sync_")
}
