use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::time::Duration;

use deadpool::managed::QueueMode;
use diesel::ConnectionError;
use diesel_async::AsyncPgConnection;
use diesel_async::pooled_connection::deadpool::{Object, Pool};
use diesel_async::pooled_connection::{AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod};
use tokio::runtime::Handle;

use crate::address::parse_address;
use crate::session::{Session, SessionOpener};
use crate::{PoolError, PostgresOptions};

/// A connection on loan, which goes back when it is dropped.
pub struct PooledConnection(Object<Session>);

impl PooledConnection {
    /// Asks a question, and gives the connection back when it is answered. Where nobody waits for the answer any more
    /// the connection is closed: the server may still be at it, and the next one would wait for that.
    pub async fn ask<T>(mut self, question: impl AsyncFnOnce(&mut AsyncPgConnection) -> T) -> T {
        self.0.is_asked = true;
        let answer = question(&mut self).await;
        self.0.is_asked = false;
        answer
    }
}

impl Deref for PooledConnection {
    type Target = AsyncPgConnection;

    fn deref(&self) -> &AsyncPgConnection {
        &self.0
    }
}

impl DerefMut for PooledConnection {
    fn deref_mut(&mut self) -> &mut AsyncPgConnection {
        &mut self.0
    }
}

/// Hands out connections of one runtime, whichever thread asks. Cheap to clone.
#[derive(Clone)]
pub struct PostgresPool {
    pool: Pool<Session>,
    opener: Arc<SessionOpener>,
    acquire_timeout: Duration,
    answer_timeout: Duration,
    plans_last: Option<Duration>,
    before_planning: Option<&'static str>,
    scope_setting: &'static str,
}

impl PostgresPool {
    /// Prepares connections that live on the runtime, and opens them when they are needed.
    ///
    /// # Errors
    /// `Address`. A server that is away is no error here.
    pub fn new(url: &str, options: &PostgresOptions, runtime: Handle) -> Result<Self, PoolError> {
        let config = parse_address(url, &options.application_name, &options.timeouts)?;
        let opener = Arc::new(SessionOpener::new(config, options));
        Ok(Self {
            pool: pool(opener.clone(), options.pool_size, runtime)?,
            opener,
            acquire_timeout: options.timeouts.acquire,
            answer_timeout: options.timeouts.answer,
            plans_last: options.plans_last,
            before_planning: options.before_planning,
            scope_setting: options.scope_setting,
        })
    }

    /// Prepares as many other connections of the same kind, which live on another runtime.
    ///
    /// # Errors
    /// `Address`.
    pub fn elsewhere(&self, pool_size: usize, runtime: Handle) -> Result<Self, PoolError> {
        Ok(Self { pool: pool(self.opener.clone(), pool_size, runtime)?, ..self.clone() })
    }

    /// Lends a connection that nobody else uses.
    ///
    /// # Errors
    /// `Away`, also when all connections stay lent for too long.
    pub async fn acquire(&self) -> Result<PooledConnection, PoolError> {
        match tokio::time::timeout(self.acquire_timeout, self.pool.get()).await {
            Ok(acquired) => acquired.map(PooledConnection).map_err(|error| PoolError::Away(Box::new(error))),
            Err(elapsed) => Err(PoolError::Away(Box::new(elapsed))),
        }
    }

    /// Lends a connection whose session works for `scope`, that is, whose [`PostgresOptions::scope_setting`] is that;
    /// one that nobody worked on yet works for the empty one.
    ///
    /// # Errors
    /// `Away`, also when the setting cannot be set.
    ///
    /// # Guarantees
    /// Where it could not be set, or nobody waited for that, the connection is closed.
    pub async fn acquire_for(&self, scope: &str) -> Result<PooledConnection, PoolError> {
        let mut connection = self.acquire().await?;
        let session = &mut *connection.0;
        let setting = async {
            session.forget_plans(self.plans_last, self.before_planning).await?;
            session.work_for(self.scope_setting, scope).await
        };
        match tokio::time::timeout(self.answer_timeout, setting).await {
            Ok(Ok(())) => Ok(connection),
            Ok(Err(error)) => Err(PoolError::Away(Box::new(error))),
            Err(elapsed) => Err(PoolError::Away(Box::new(elapsed))),
        }
    }

    /// How long a store waits for the answer to one call.
    pub fn answer_timeout(&self) -> Duration {
        self.answer_timeout
    }
}

fn pool(opener: Arc<SessionOpener>, size: usize, runtime: Handle) -> Result<Pool<Session>, PoolError> {
    let mut manager = ManagerConfig::default();
    // A broken connection is recognised without a question to the server.
    manager.recycling_method = RecyclingMethod::Fast;
    manager.custom_setup = Box::new(move |_| {
        let opener = opener.clone();
        let opening = runtime.spawn(async move { opener.open().await });
        Box::pin(async move {
            opening.await.unwrap_or_else(|error| Err(ConnectionError::BadConnection(error.to_string())))
        })
    });
    // The opener knows the address.
    Pool::builder(AsyncDieselConnectionManager::new_with_config("", manager))
        .max_size(size)
        // What was used last has its plans, and those that nobody needs rest.
        .queue_mode(QueueMode::Lifo)
        .build()
        .map_err(|error| PoolError::Address(Box::new(error)))
}
