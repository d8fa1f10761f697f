//! HTTP listeners, the same way in every process.

use std::fmt::Display;
use std::net::{TcpListener, ToSocketAddrs};
use std::time::Duration;

use actix_web::web::ServiceConfig;
use actix_web::{App, HttpServer};

use crate::shutdown::Shutdown;

/// Time for the head of a request to arrive.
const HEAD_TIME: Duration = Duration::from_secs(5);

/// Idle time of a connection: longer than a load balancer's, so that it is never we who close first.
const KEEP_ALIVE: Duration = Duration::from_secs(75);

/// Time for requests under way when the process ends, in seconds.
const DRAIN_SECONDS: u64 = 30;

/// Listens on `address`, so that requests wait from then on until they are served.
///
/// # Errors
/// When the address is none, or taken; the error names it.
pub fn listen(address: impl ToSocketAddrs + Display) -> std::io::Result<TcpListener> {
    let named = |error: std::io::Error| std::io::Error::new(error.kind(), format!("{address}: {error}"));
    let listener = TcpListener::bind(&address).map_err(named)?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

/// Serves on `listener` until shutdown is requested and the requests under way are answered.
///
/// `workers` 0 means one for each core.
///
/// # Errors
/// When the listener cannot be used.
pub async fn serve<F>(
    listener: TcpListener,
    workers: usize,
    shutdown: &Shutdown,
    configure: F,
) -> std::io::Result<()>
where
    F: Fn(&mut ServiceConfig) + Clone + Send + 'static,
{
    let mut server = HttpServer::new(move || App::new().configure(configure.clone()))
        .client_request_timeout(HEAD_TIME)
        .keep_alive(KEEP_ALIVE)
        .shutdown_timeout(DRAIN_SECONDS)
        .disable_signals();
    if workers > 0 {
        server = server.workers(workers);
    }
    let server = server.listen(listener)?.run();
    let handle = server.handle();
    let stop = async {
        shutdown.requested().await;
        handle.stop(true).await;
    };
    let (outcome, ()) = futures::future::join(server, stop).await;
    outcome
}
