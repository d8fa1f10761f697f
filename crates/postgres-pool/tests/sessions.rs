//! What a session of the pool is like.
#![cfg(test)]

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use diesel::dsl::sql;
use diesel::sql_types::Text;
use diesel_async::SimpleAsyncConnection;
use postgres_pool::{PoolError, PooledConnection, PostgresOptions, PostgresPool, Timeouts, Trouble, trouble};
use testkit::postgres::TestDatabase;
use tokio::runtime::Handle;

fn pool(database: &TestDatabase, options: &PostgresOptions) -> PostgresPool {
    PostgresPool::new(database.url(), options, Handle::current()).unwrap()
}

async fn setting(connection: &mut PooledConnection, name: &str) -> String {
    let current = diesel::select(sql::<Text>(&format!("current_setting('{name}')")));
    diesel_async::RunQueryDsl::get_result(current, connection).await.unwrap()
}

#[tokio::test]
async fn a_session_has_its_name_its_limits_and_its_settings() {
    let database = TestDatabase::create().await;
    database.execute("do $$ begin execute format('alter database %I set synchronous_commit = off', current_database()); end $$").await;
    // The only role that every server has and lets us work as.
    let role = database.query_text("select current_user").await;
    let options = PostgresOptions {
        session_settings: vec![("plan_cache_mode", "force_custom_plan")],
        ..PostgresOptions::new("the-test", Some(role.clone()))
    };
    let mut connection = pool(&database, &options).acquire().await.unwrap();
    for (name, value) in [
        ("application_name", "the-test"),
        ("role", role.as_str()),
        ("statement_timeout", "10s"),
        ("lock_timeout", "3s"),
        ("idle_in_transaction_session_timeout", "30s"),
        ("plan_cache_mode", "force_custom_plan"),
        ("synchronous_commit", "on"),
    ] {
        assert_eq!(setting(&mut connection, name).await, value, "{name}");
    }
}

#[tokio::test]
async fn a_pool_that_is_lent_out_is_away() {
    let database = TestDatabase::create().await;
    let options = PostgresOptions {
        pool_size: 1,
        timeouts: Timeouts { acquire: Duration::from_millis(200), ..Timeouts::default() },
        ..PostgresOptions::new("test", None)
    };
    let pool = pool(&database, &options);
    let lent = pool.acquire().await.unwrap();
    assert!(matches!(pool.acquire().await, Err(PoolError::Away(_))));
    drop(lent);
    assert!(pool.acquire().await.is_ok());
}

/// How the server finds one row of a table that had one row when it was planned, and has many now.
async fn plan_after_growth(plans_last: Option<Duration>) -> String {
    let database = TestDatabase::create().await;
    let options = PostgresOptions {
        pool_size: 1,
        session_settings: vec![("plan_cache_mode", "force_generic_plan")],
        plans_last,
        ..PostgresOptions::new("test", None)
    };
    let pool = pool(&database, &options);
    let mut connection = pool.acquire_for("").await.unwrap();
    for statement in [
        "create table grown (id int primary key) with (autovacuum_enabled = false)",
        "insert into grown values (1)",
        "vacuum analyze grown",
        "prepare find as select from grown where id = $1",
        "execute find(1)",
        "insert into grown select * from generate_series(2, 20000)",
    ] {
        connection.batch_execute(statement).await.unwrap();
    }
    drop(connection);
    let mut connection = pool.acquire_for("").await.unwrap();
    connection
        .batch_execute(
            "do $$ declare line text; begin
                execute 'explain execute find(1)' into line;
                perform set_config('test.plan', line, false);
            end $$",
        )
        .await
        .unwrap();
    setting(&mut connection, "test.plan").await
}

#[tokio::test]
async fn a_plan_is_kept_for_as_long_as_the_options_say() {
    let kept = plan_after_growth(None).await;
    assert!(kept.starts_with("Seq Scan"), "{kept}");
    let anew = plan_after_growth(Some(Duration::ZERO)).await;
    assert!(anew.starts_with("Index"), "{anew}");
}

fn scoped() -> PostgresOptions {
    PostgresOptions { pool_size: 1, scope_setting: "illuxi.scope", ..PostgresOptions::new("test", None) }
}

async fn session(connection: &mut PooledConnection) -> String {
    let pid = diesel::select(sql::<Text>("pg_backend_pid()::text"));
    diesel_async::RunQueryDsl::get_result(pid, connection).await.unwrap()
}

#[tokio::test]
async fn a_connection_works_for_whom_it_was_acquired_last() {
    let database = TestDatabase::create().await;
    let pool = pool(&database, &scoped());
    let mut sessions = vec![];
    for scope in ["one", "two", "two", "", "it's", "one"] {
        let mut connection = pool.acquire_for(scope).await.unwrap();
        assert_eq!(setting(&mut connection, "illuxi.scope").await, scope);
        connection.batch_execute("begin; rollback").await.unwrap();
        sessions.push(session(&mut connection).await);
    }
    sessions.dedup();
    assert_eq!(sessions.len(), 1, "all on one connection");
}

#[tokio::test]
async fn a_connection_that_was_not_set_in_the_end_is_closed() {
    let database = TestDatabase::create().await;
    let pool = pool(&database, &scoped());
    let first = session(&mut pool.acquire_for("one").await.unwrap()).await;
    {
        let mut called_off = pin!(pool.acquire_for("two"));
        let polled = poll_fn(|context| Poll::Ready(called_off.as_mut().poll(context))).await;
        assert!(polled.is_pending(), "the server was asked and has not answered");
    }
    let mut connection = pool.acquire_for("one").await.unwrap();
    assert_ne!(session(&mut connection).await, first);
    assert_eq!(setting(&mut connection, "illuxi.scope").await, "one");
}

#[tokio::test]
async fn a_connection_that_is_still_at_a_question_is_handed_to_nobody() {
    let database = TestDatabase::create().await;
    let pool = pool(&database, &scoped());
    let ask = async |text: &'static str| {
        let answering = pool.acquire().await.unwrap().ask(async move |connection| {
            diesel_async::RunQueryDsl::get_result::<String>(diesel::select(sql::<Text>(text)), connection)
                .await
                .unwrap()
        });
        answering.await
    };
    let first = ask("pg_backend_pid()::text").await;
    assert_eq!(ask("pg_backend_pid()::text").await, first, "an answered one is used again");
    let active = "select count(*) from pg_stat_activity
        where query like '%pg_sleep(5)::text%' and state = 'active' and pid <> pg_backend_pid()
            and datname = current_database()";
    let has_begun = async || database.query_i64(active).await == 1;
    tokio::select! {
        _ = ask("pg_sleep(5)::text") => panic!("nobody left"),
        () = testkit::eventually(Duration::from_secs(5), "the server is at it", has_begun) => {}
    }
    assert_ne!(ask("pg_backend_pid()::text").await, first, "nobody waits behind who left");
}

#[tokio::test]
async fn a_setting_that_is_refused_makes_the_pool_away() {
    let database = TestDatabase::create().await;
    let options = PostgresOptions { scope_setting: "no dot", ..scoped() };
    let pool = pool(&database, &options);
    let mut connection = pool.acquire_for("").await.unwrap();
    let first = session(&mut connection).await;
    drop(connection);
    assert!(matches!(pool.acquire_for("one").await, Err(PoolError::Away(_))));
    assert_ne!(session(&mut pool.acquire().await.unwrap()).await, first);
}

/// The texts that trouble is known by are those of a real server.
#[tokio::test]
async fn a_server_is_understood_when_it_tells_of_trouble() {
    let database = TestDatabase::create().await;
    let options = PostgresOptions {
        timeouts: Timeouts {
            statement: Duration::from_millis(100),
            lock: Duration::from_millis(20),
            ..Timeouts::default()
        },
        ..PostgresOptions::new("test", None)
    };
    database.execute("create table note (id int)").await;
    let pool = pool(&database, &options);
    let mut holder = pool.acquire().await.unwrap();
    holder.batch_execute("begin; lock table note").await.unwrap();
    let mut connection = pool.acquire().await.unwrap();
    for (statement, expected) in [
        ("select pg_sleep(5)", Some(Trouble::Away)),
        ("select from note", Some(Trouble::Away)),
        ("begin; set transaction read only; create table other (id int)", Some(Trouble::Away)),
        ("rollback; select from missing", None),
        ("select 1 / 0", None),
        ("select pg_terminate_backend(pg_backend_pid())", Some(Trouble::Away)),
        ("select 1", Some(Trouble::Away)),
    ] {
        let error = connection.batch_execute(statement).await.unwrap_err();
        assert_eq!(trouble(&error), expected, "{statement}: {error}");
    }
}

#[tokio::test]
async fn a_deadlock_is_repeated() {
    let database = TestDatabase::create().await;
    database.execute("create table note (id int); create table other (id int)").await;
    let pool = pool(&database, &PostgresOptions::new("test", None));
    let (mut one, mut two) = (pool.acquire().await.unwrap(), pool.acquire().await.unwrap());
    one.batch_execute("begin; lock table note").await.unwrap();
    two.batch_execute("begin; lock table other").await.unwrap();
    let (first, second) = tokio::join!(one.batch_execute("lock table other"), async {
        let locked = two.batch_execute("lock table note").await;
        // Lets the other one go on.
        two.batch_execute("rollback").await.unwrap();
        locked
    });
    let failed: Vec<_> = [first, second].into_iter().filter_map(Result::err).collect();
    assert_eq!(failed.iter().map(trouble).collect::<Vec<_>>(), [Some(Trouble::Repeat)]);
}
