//! A store of the test's own, and a look past it at its rows.

use std::collections::BTreeMap;
use std::sync::Arc;

use administration::AuditLog;
use directory::{
    Committed, DirectoryStore, EventLog, GroupId, GroupRecord, Integration, IntegrationId, IntegrationSlug,
    IntegrationStore, Member, Outbox, OutboxEvent, Overview, Page, ProvisioningLog, Query, RelayId,
    Snapshots, StateReader, UserId, UserRecord, Version,
};
use events::{Environment, Sequence, SubjectKind};
use scim::{Filter, ResourceType, Sort};
use uuid::Uuid;

use crate::changes::{self, at};

pub(crate) trait Store:
    DirectoryStore + Outbox + IntegrationStore + Snapshots + StateReader + EventLog + ProvisioningLog + Overview
{
}

impl<T> Store for T where
    T: DirectoryStore
        + Outbox
        + IntegrationStore
        + Snapshots
        + StateReader
        + EventLog
        + ProvisioningLog
        + Overview
{
}

pub(crate) struct Fixture {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) audit: Arc<dyn AuditLog>,
    /// An integration that exists.
    pub(crate) of: IntegrationId,
    /// Another one.
    pub(crate) other: IntegrationId,
    rows: Rows,
}

enum Rows {
    #[cfg(feature = "postgres")]
    Postgres(testkit::postgres::TestDatabase),
    #[cfg(feature = "sqlite")]
    Sqlite(tempfile::TempDir),
}

pub(crate) const EVERYTHING: Page = Page::From { offset: 0, limit: 1_000 };

impl Fixture {
    #[cfg(feature = "postgres")]
    pub(crate) async fn postgres() -> Self {
        use directory_store::postgres::{PostgresDirectoryStore, PostgresOptions, migrate};

        let database = testkit::postgres::TestDatabase::create().await;
        migrate(database.url()).await.unwrap();
        // Parallel tests share the server's connections.
        let options = PostgresOptions { pool_size: 4, ..PostgresOptions::default() };
        let store = PostgresDirectoryStore::connect(database.url(), options).await.unwrap();
        // As the gateway works with it: users go by connections of the thread, all else by those of the process.
        let store = store.for_thread(2).unwrap();
        Self::new(store, Rows::Postgres(database)).await
    }

    #[cfg(feature = "sqlite")]
    pub(crate) async fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = directory_store::sqlite::SqliteDirectoryStore::open(folder.path().join("directory.db"));
        Self::new(store.await.unwrap(), Rows::Sqlite(folder)).await
    }

    async fn new<T: Store + AuditLog + 'static>(store: T, rows: Rows) -> Self {
        let store = Arc::new(store);
        let (of, other) = (integration(1, "acme-production"), integration(2, "other-production"));
        store.add_integration(&of, None, at(0)).await.unwrap();
        store.add_integration(&other, None, at(0)).await.unwrap();
        Self { audit: store.clone(), store, of: of.id, other: other.id, rows }
    }

    /// Answers a number straight from the tables, which are called `directory.x` for both back ends.
    pub(crate) async fn number(&self, select: &str) -> i64 {
        match &self.rows {
            #[cfg(feature = "postgres")]
            Rows::Postgres(database) => database.query_i64(select).await,
            #[cfg(feature = "sqlite")]
            Rows::Sqlite(folder) => {
                use diesel::{Connection, RunQueryDsl};

                let path = folder.path().join("directory.db");
                let mut connection = diesel::SqliteConnection::establish(path.to_str().unwrap()).unwrap();
                let select = format!("({})", select.replace("directory.", ""));
                diesel::select(diesel::dsl::sql::<diesel::sql_types::BigInt>(&select))
                    .get_result(&mut connection)
                    .unwrap()
            }
        }
    }

    /// Runs a statement past the store.
    pub(crate) async fn execute(&self, statement: &str) {
        match &self.rows {
            #[cfg(feature = "postgres")]
            Rows::Postgres(database) => database.execute(statement).await,
            #[cfg(feature = "sqlite")]
            Rows::Sqlite(folder) => {
                use diesel::Connection;
                use diesel::connection::SimpleConnection;

                let path = folder.path().join("directory.db");
                let mut connection = diesel::SqliteConnection::establish(path.to_str().unwrap()).unwrap();
                connection.batch_execute(&statement.replace("directory.", "")).unwrap();
            }
        }
    }

    /// The rows of a table that meet a condition, as text and in one order.
    pub(crate) async fn rows(&self, table: &str, condition: &str) -> String {
        match &self.rows {
            #[cfg(feature = "postgres")]
            Rows::Postgres(database) => {
                let row = "coalesce(string_agg(found::text, '\n' order by found::text), '')";
                let select =
                    format!("select {row} as value from directory.{table} as found where {condition}");
                database.query_text(&select).await
            }
            #[cfg(feature = "sqlite")]
            Rows::Sqlite(folder) => {
                use diesel::dsl::sql;
                use diesel::sql_types::Text;
                use diesel::{Connection, RunQueryDsl};

                let path = folder.path().join("directory.db");
                let mut connection = diesel::SqliteConnection::establish(path.to_str().unwrap()).unwrap();
                let mut text = |select: String| -> String {
                    diesel::select(sql::<Text>(&format!("({select})"))).get_result(&mut connection).unwrap()
                };
                let columns =
                    "select group_concat('quote(' || name || ')', ' || \",\" || ') from pragma_table_info";
                let row = text(format!("{columns}('{table}')"));
                text(format!(
                    "select coalesce(group_concat(line, char(10)), '') from (
                        select {row} as line from {table} where {condition} order by 1)"
                ))
            }
        }
    }

    pub(crate) fn is_postgres(&self) -> bool {
        match &self.rows {
            #[cfg(feature = "postgres")]
            Rows::Postgres(_) => true,
            #[cfg(feature = "sqlite")]
            Rows::Sqlite(_) => false,
        }
    }

    /// Rows of the event log and of the provisioning log.
    pub(crate) async fn log_sizes(&self) -> (i64, i64) {
        (
            self.number("select count(*) from directory.event_log").await,
            self.number("select count(*) from directory.provisioning_log").await,
        )
    }

    pub(crate) async fn add_user(&self, user: &UserRecord) {
        let committed = self.store.commit(changes::create_user(self.of, user)).await.unwrap();
        assert_eq!(committed, Committed::Applied(user.version));
    }

    pub(crate) async fn delete_user(&self, user: &UserRecord) {
        let committed = self.store.commit(changes::delete_user(self.of, user)).await.unwrap();
        assert_eq!(committed, Committed::Applied(user.version.next()));
    }

    pub(crate) async fn add_group(&self, group: &GroupRecord, members: &[UserId]) {
        let committed = self.store.commit(changes::create_group(self.of, group, members)).await.unwrap();
        assert_eq!(committed, Committed::Applied(group.version));
    }

    /// Users 1 to `count`.
    pub(crate) async fn add_users(&self, count: u128) -> Vec<UserId> {
        let mut ids = vec![];
        for n in 1..=count {
            let user = changes::user(n, &format!("user{n}@acme.example"));
            self.add_user(&user).await;
            ids.push(user.id);
        }
        ids
    }

    /// The users that meet a filter, all without one.
    pub(crate) async fn user_ids(&self, filter: &str) -> Vec<UserId> {
        self.users_by(&users(filter)).await
    }

    pub(crate) async fn users_by(&self, query: &Query) -> Vec<UserId> {
        let found = self.store.users(self.of, query, false).await.unwrap();
        if query.counted && query.page == EVERYTHING {
            assert_eq!(found.total, u64::try_from(found.items.len()).unwrap());
        }
        found.items.into_iter().map(|user| user.user.id).collect()
    }

    /// The groups that meet a filter, all without one.
    pub(crate) async fn group_ids(&self, filter: &str) -> Vec<GroupId> {
        let found = self.store.groups(self.of, &groups(filter)).await.unwrap();
        assert_eq!(found.total, u64::try_from(found.items.len()).unwrap());
        found.items.into_iter().map(|group| group.id).collect()
    }

    pub(crate) async fn user(&self, id: UserId) -> Option<UserRecord> {
        self.store.user(self.of, id, false).await.unwrap().map(|view| view.user)
    }

    pub(crate) async fn members(&self, group: GroupId) -> Vec<Member> {
        let members = self.store.members(self.of, &[group]).await.unwrap();
        members.into_iter().map(|(of, member)| if of == group { member } else { panic!("{of}") }).collect()
    }

    pub(crate) async fn member_ids(&self, group: GroupId) -> Vec<UserId> {
        self.members(group).await.into_iter().map(|member| member.id).collect()
    }

    pub(crate) async fn group_version(&self, group: GroupId) -> Version {
        self.store.group(self.of, group).await.unwrap().unwrap().version
    }

    /// Claims every event that nobody holds.
    pub(crate) async fn claim_all(&self) -> Vec<OutboxEvent> {
        self.store.claim(RelayId(Uuid::new_v4()), 10_000, LONG_LEASE).await.unwrap()
    }

    /// Takes every event that nobody holds for sent, and answers them.
    pub(crate) async fn send_all(&self) -> Vec<OutboxEvent> {
        let relay = RelayId(Uuid::new_v4());
        let events = self.store.claim(relay, 10_000, LONG_LEASE).await.unwrap();
        let ids: Vec<_> = events.iter().map(|event| event.envelope.id).collect();
        self.store.mark_published(relay, &ids).await.unwrap();
        events
    }

    /// The newest sequence of every user and group that an event tells of since the last look; those of snapshots are
    /// left in the outbox.
    pub(crate) async fn newest_sequences(&self) -> BTreeMap<Uuid, Sequence> {
        let relay = RelayId(Uuid::new_v4());
        let events = self.store.claim(relay, 10_000, LONG_LEASE).await.unwrap();
        let (of_snapshots, live): (Vec<_>, Vec<_>) =
            events.into_iter().partition(|event| event.envelope.subject.kind == SubjectKind::Integration);
        let ids = |events: &[OutboxEvent]| events.iter().map(|event| event.envelope.id).collect::<Vec<_>>();
        self.store.release(relay, &ids(&of_snapshots)).await.unwrap();
        self.store.mark_published(relay, &ids(&live)).await.unwrap();
        let mut newest = BTreeMap::new();
        for event in live {
            let known: &mut Sequence = newest.entry(event.envelope.subject.id).or_default();
            *known = event.envelope.sequence.max(*known);
        }
        newest
    }
}

/// Longer than any test.
pub(crate) const LONG_LEASE: std::time::Duration = std::time::Duration::from_secs(600);

/// A query for all users that meet a filter; an empty one selects all.
pub(crate) fn users(filter: &str) -> Query {
    query(filter, ResourceType::USER)
}

/// A query for all groups that meet a filter; an empty one selects all.
pub(crate) fn groups(filter: &str) -> Query {
    query(filter, ResourceType::GROUP)
}

pub(crate) fn query(filter: &str, resource_type: ResourceType<'_>) -> Query {
    let filter = (!filter.is_empty()).then(|| Filter::parse(filter, resource_type).unwrap());
    Query { filter, sort: None, page: EVERYTHING, counted: true }
}

/// An order of users.
pub(crate) fn sort(by: &str, order: &str) -> Option<Sort> {
    Sort::parse(Some(by), Some(order), ResourceType::USER).unwrap()
}

pub(crate) fn integration(n: u128, slug: &str) -> Integration {
    let slug = IntegrationSlug::parse(slug).unwrap();
    Integration::new(IntegrationId(Uuid::from_u128(n)), slug, "acme".to_owned(), Environment::Production)
}
