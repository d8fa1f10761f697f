use std::sync::Arc;
use std::time::Duration;

use diesel::ConnectionError;
use diesel_async::AsyncPgConnection;
use diesel_async::pooled_connection::deadpool::{Object, Pool};
use diesel_async::pooled_connection::{AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod};
use tokio::runtime::Handle;

use crate::address::parse_address;
use crate::session::SessionOpener;
use crate::{PoolError, PostgresOptions};

/// A connection on loan, which goes back when it is dropped.
pub type PooledConnection = Object<AsyncPgConnection>;

/// Hands out connections of one runtime, whichever thread asks. Cheap to clone.
#[derive(Clone)]
pub struct PostgresPool {
    pool: Pool<AsyncPgConnection>,
    acquire_timeout: Duration,
    answer_timeout: Duration,
}

impl PostgresPool {
    /// Prepares connections that live on the runtime, and opens them when they are needed.
    ///
    /// # Errors
    /// `Address`. A server that is away is no error here.
    pub fn new(url: &str, options: &PostgresOptions, runtime: Handle) -> Result<Self, PoolError> {
        let config = parse_address(url, &options.application_name, &options.timeouts)?;
        let opener = Arc::new(SessionOpener::new(config, options));
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
        let pool = Pool::builder(AsyncDieselConnectionManager::new_with_config(url, manager))
            .max_size(options.pool_size)
            .build()
            .map_err(|error| PoolError::Address(Box::new(error)))?;
        Ok(Self { pool, acquire_timeout: options.timeouts.acquire, answer_timeout: options.timeouts.answer })
    }

    /// Lends a connection that nobody else uses.
    ///
    /// # Errors
    /// `Away`, also when all connections stay lent for too long.
    pub async fn acquire(&self) -> Result<PooledConnection, PoolError> {
        match tokio::time::timeout(self.acquire_timeout, self.pool.get()).await {
            Ok(acquired) => acquired.map_err(|error| PoolError::Away(Box::new(error))),
            Err(elapsed) => Err(PoolError::Away(Box::new(elapsed))),
        }
    }

    /// How long a store waits for the answer to one call.
    pub fn answer_timeout(&self) -> Duration {
        self.answer_timeout
    }
}
