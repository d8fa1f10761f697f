use std::ops::{Deref, DerefMut};
use std::sync::Once;
use std::time::{Duration, Instant};

use diesel::dsl::sql;
use diesel::sql_types::Text;
use diesel::{ConnectionError, ConnectionResult, QueryResult};
use diesel_async::pooled_connection::PoolableConnection;
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use tokio_postgres::config::Config;

use crate::PostgresOptions;
use crate::open::open;

/// How long a session keeps its first plans; the next ones twice as long.
const FIRST_PLANS_LAST: Duration = Duration::from_millis(50);

/// A connection of a pool, and for whom it works.
pub(crate) struct Session {
    connection: AsyncPgConnection,
    scope: Scope,
    /// Since when it keeps plans.
    plans_since: Instant,
    /// How long it keeps them.
    plans_last: Duration,
    /// Whether somebody asked something and did not stay for the answer, while the connection is in the pool.
    pub(crate) is_asked: bool,
}

/// Whom the session works for.
#[derive(PartialEq, Eq)]
enum Scope {
    Known(String),
    /// Asked for, and not answered: whoever waited for it was called off, or it failed.
    Unknown,
}

diesel::define_sql_function! {
    fn set_config(name: Text, value: Text, is_local: diesel::sql_types::Bool) -> Text;
}

impl Session {
    fn new(connection: AsyncPgConnection) -> Self {
        Self {
            connection,
            scope: Scope::Known(String::new()),
            plans_since: Instant::now(),
            plans_last: FIRST_PLANS_LAST,
            is_asked: false,
        }
    }

    /// Lets the server plan anew, with a statement executed before: when what it has planned is older than `longest`, and
    /// sooner while a session has only begun to work, because that is when tables grow the most.
    pub(crate) async fn forget_plans(
        &mut self,
        longest: Option<Duration>,
        before_planning: Option<&'static str>,
    ) -> QueryResult<()> {
        let age = self.plans_since.elapsed();
        let Some(longest) = longest.filter(|longest| age >= self.plans_last.min(*longest)) else {
            return Ok(());
        };
        self.plans_last =
            if age < longest * 2 { (self.plans_last * 2).min(longest) } else { FIRST_PLANS_LAST };
        self.is_asked = true;
        if let Some(statement) = before_planning
            && let Err(error) = self.connection.batch_execute(statement).await
        {
            // It makes plans better, and nothing right. Where the connection is at an end the next statement says so.
            let error: &dyn std::error::Error = &error;
            tracing::warn!(error, statement, "plans are made without it");
        }
        self.connection.batch_execute("discard plans").await?;
        self.is_asked = false;
        self.plans_since = Instant::now();
        Ok(())
    }

    /// Sets for whom the session works, which costs a question to the server only when that was another.
    ///
    /// Nobody is in a transaction here, so that no rollback can take it back.
    pub(crate) async fn work_for(&mut self, setting: &'static str, scope: &str) -> QueryResult<()> {
        if matches!(&self.scope, Scope::Known(known) if known == scope) {
            return Ok(());
        }
        self.scope = Scope::Unknown;
        let _set: String =
            diesel::select(set_config(setting, scope, false)).get_result(&mut self.connection).await?;
        self.scope = Scope::Known(scope.to_owned());
        Ok(())
    }
}

impl Deref for Session {
    type Target = AsyncPgConnection;

    fn deref(&self) -> &AsyncPgConnection {
        &self.connection
    }
}

impl DerefMut for Session {
    fn deref_mut(&mut self) -> &mut AsyncPgConnection {
        &mut self.connection
    }
}

impl PoolableConnection for Session {
    /// Nobody gets a session of which it is not known for whom it works, or one that is still at somebody's question.
    fn is_broken(&mut self) -> bool {
        self.scope == Scope::Unknown || self.is_asked || self.connection.is_broken()
    }
}

/// Opens the sessions of a pool.
pub(crate) struct SessionOpener {
    config: Config,
    setup: String,
    /// Set once the log was told of a server that speaks another language.
    told: Once,
}

impl SessionOpener {
    pub(crate) fn new(config: Config, options: &PostgresOptions) -> Self {
        Self { config, setup: session_setup(options), told: Once::new() }
    }

    pub(crate) async fn open(&self) -> ConnectionResult<Session> {
        let mut connection = open(&self.config).await.map_err(ConnectionError::from)?;
        connection.batch_execute(&self.setup).await.map_err(ConnectionError::CouldntSetupConfiguration)?;
        if !self.told.is_completed() {
            self.check_language(&mut connection).await?;
        }
        Ok(Session::new(connection))
    }

    /// Asked of every session, not of the first alone: another server may take over.
    async fn check_language(&self, connection: &mut AsyncPgConnection) -> ConnectionResult<()> {
        let lc_messages: String = diesel::select(sql::<Text>("current_setting('lc_messages')"))
            .get_result(connection)
            .await
            .map_err(ConnectionError::CouldntSetupConfiguration)?;
        if !is_english(&lc_messages) {
            self.told.call_once(|| {
                tracing::warn!(
                    database.lc_messages = lc_messages,
                    "the database writes its messages in another language than English: an outage may be taken for a fault"
                );
            });
        }
        Ok(())
    }
}

/// Whether the server writes messages in English. Without a locale they are as in its source.
fn is_english(lc_messages: &str) -> bool {
    let locale = lc_messages.to_ascii_lowercase();
    // As in `C.UTF-8`, which is C in another encoding.
    let language = locale.split('.').next().unwrap_or_default();
    matches!(language, "" | "c" | "posix") || language.starts_with("en")
}

fn session_setup(options: &PostgresOptions) -> String {
    let mut setup = format!(
        "set statement_timeout = {}; set lock_timeout = {}; set idle_in_transaction_session_timeout = {};",
        options.timeouts.statement.as_millis(),
        options.timeouts.lock.as_millis(),
        options.timeouts.idle_in_transaction.as_millis(),
    );
    // An answered commit is durable, also where the server's default is weaker. A stronger default stays.
    setup.push_str(
        "select set_config('synchronous_commit', 'on', false)
         where current_setting('synchronous_commit') in ('off', 'local');",
    );
    for (name, value) in &options.session_settings {
        setup.push_str(&format!("set {name} = '{}';", value.replace('\'', "''")));
    }
    if let Some(role) = &options.role {
        setup.push_str(&format!("set role \"{}\";", role.replace('"', "\"\"")));
    }
    setup
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_limited_and_works_as_the_role() {
        let options = PostgresOptions {
            session_settings: vec![("plan_cache_mode", "it's")],
            ..PostgresOptions::new("test", Some("a\"b".to_owned()))
        };
        let setup = session_setup(&options);
        for part in [
            "statement_timeout = 10000;",
            "lock_timeout = 3000;",
            "idle_in_transaction_session_timeout = 30000;",
            "set plan_cache_mode = 'it''s';",
            "set role \"a\"\"b\";",
        ] {
            assert!(setup.contains(part), "{part}: {setup}");
        }
    }

    #[test]
    fn english_and_the_want_of_a_language_are_understood() {
        for understood in
            ["", "C", "C.UTF-8", "POSIX", "en", "en_US.UTF-8", "en-GB", "English_United States.1252"]
        {
            assert!(is_english(understood), "{understood}");
        }
        for foreign in ["de_DE.UTF-8", "pt_BR", "cs_CZ.UTF-8", "German_Germany.1252"] {
            assert!(!is_english(foreign), "{foreign}");
        }
    }
}
