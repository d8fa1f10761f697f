use std::sync::{Arc, Mutex, PoisonError};

use diesel::result::{DatabaseErrorKind, Error};
use diesel::{QueryResult, SqliteConnection};
use tokio::runtime::Handle;

/// The way to a connection, from threads that must not wait for a file.
pub(crate) struct SqliteLink {
    connection: Arc<Mutex<SqliteConnection>>,
    /// Where its work is done, whichever thread asks.
    runtime: Handle,
}

impl SqliteLink {
    /// The way to a connection, whose work is done on the runtime that calls this.
    pub(super) fn new(connection: SqliteConnection) -> Self {
        Self { connection: Arc::new(Mutex::new(connection)), runtime: Handle::current() }
    }

    /// Does work on the connection. Where nobody waits for it any more it runs to its end all the same, and the next one
    /// waits for that.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut SqliteConnection) -> QueryResult<T> + Send + 'static,
    ) -> QueryResult<T> {
        let connection = Arc::clone(&self.connection);
        let working = move || work(&mut connection.lock().unwrap_or_else(PoisonError::into_inner));
        self.runtime.spawn_blocking(working).await.unwrap_or_else(|ended| {
            Err(Error::DatabaseError(DatabaseErrorKind::UnableToSendCommand, Box::new(ended.to_string())))
        })
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;
    use std::pin::pin;
    use std::sync::mpsc::channel;
    use std::task::Poll;

    use diesel::Connection;

    use super::*;

    #[test]
    fn who_leaves_in_the_middle_stops_neither_the_work_nor_a_thread_of_its_own() {
        let store = tokio::runtime::Builder::new_multi_thread().build().unwrap();
        let link =
            store.block_on(async { SqliteLink::new(SqliteConnection::establish(":memory:").unwrap()) });
        let (go_on, waits) = channel();
        // As a worker of the server is: it may not wait in place.
        let worker = tokio::runtime::Builder::new_current_thread().build().unwrap();
        worker.block_on(async {
            {
                let work = link.run(move |_| waits.recv().map_err(|_| Error::NotFound));
                let mut leaving = pin!(work);
                poll_fn(|context| {
                    assert!(leaving.as_mut().poll(context).is_pending());
                    Poll::Ready(())
                })
                .await;
            }
            go_on.send(()).expect("the work still waits");
            assert_eq!(link.run(|_| Ok(7)).await, Ok(7));
        });
    }
}
