//! HTTP listeners, the same way in every process.

use std::fmt::Display;
use std::net::{TcpListener, ToSocketAddrs};
use std::num::NonZeroUsize;
use std::time::Duration;

use actix_web::dev::Service;
use actix_web::http::ConnectionType;
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

/// How many threads serve where so many were asked for: 0 means one for each core.
pub fn threads(asked: usize) -> usize {
    match asked {
        0 => std::thread::available_parallelism().map_or(1, NonZeroUsize::get),
        asked => asked,
    }
}

/// Serves on `listener` until shutdown is requested and the requests under way are answered.
///
/// `workers` 0 means one for each core. From the announcement on each answer ends its connection, so that who keeps
/// connections open has none that is closed under a request.
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
    let ending = shutdown.clone();
    let app = move || {
        let ending = ending.clone();
        App::new().configure(configure.clone()).wrap_fn(move |request, routes| {
            let ending = ending.clone();
            let answering = routes.call(request);
            async move {
                let mut answer = answering.await?;
                if ending.is_announced() {
                    answer.response_mut().head_mut().set_connection_type(ConnectionType::Close);
                }
                Ok(answer)
            }
        })
    };
    let server = HttpServer::new(app)
        .workers(threads(workers))
        .client_request_timeout(HEAD_TIME)
        .keep_alive(KEEP_ALIVE)
        .shutdown_timeout(DRAIN_SECONDS)
        .disable_signals();
    let server = server.listen(listener)?.run();
    let handle = server.handle();
    let stop = async {
        shutdown.requested().await;
        handle.stop(true).await;
    };
    let (outcome, ()) = futures::future::join(server, stop).await;
    outcome
}
