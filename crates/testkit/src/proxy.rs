//! A TCP address in front of a server, whose connections a test can cut, slow down, starve, or hold at one byte.

mod connection;
mod trap;
mod weather;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{AbortHandle, JoinSet};

pub use self::trap::Trap;
pub use self::weather::{Direction, Weather};

/// Passes bytes on in both directions until it is told otherwise.
#[derive(Debug)]
pub struct CuttingProxy {
    port: u16,
    refuses: watch::Sender<bool>,
    weather: watch::Sender<Weather>,
    resets: watch::Sender<()>,
    snares: Arc<Snares>,
    connections: Arc<Mutex<JoinSet<()>>>,
    acceptor: AbortHandle,
}

/// What waits for a connection on its way.
#[derive(Debug)]
struct Snares {
    set: Mutex<Set>,
    sprung: watch::Sender<bool>,
}

#[derive(Debug, Default)]
struct Set {
    trap: Option<Trap>,
    /// Direction, and bytes that may still go there, over all connections.
    budget: Option<(Direction, usize)>,
}

/// What a connection has to know of its proxy.
#[derive(Clone)]
struct Conditions {
    weather: watch::Receiver<Weather>,
    resets: watch::Receiver<()>,
    snares: Arc<Snares>,
}

impl CuttingProxy {
    /// Listens on a free port of 127.0.0.1 in front of `server`, a `host:port`.
    ///
    /// # Panics
    /// When no port is free.
    pub async fn in_front_of(server: impl Into<String>) -> Self {
        Self::at(("127.0.0.1", 0), server).await
    }

    /// Listens at an address of its own; port 0 is a free one.
    ///
    /// # Panics
    /// When the address is taken.
    pub async fn at(address: (&str, u16), server: impl Into<String>) -> Self {
        let server = server.into();
        let listener = TcpListener::bind(address).await.expect("a free address");
        let port = listener.local_addr().expect("an address").port();
        let (refuses, refused) = watch::channel(false);
        let (weather, resets) = (watch::Sender::new(Weather::default()), watch::Sender::new(()));
        let snares = Arc::new(Snares { set: Mutex::default(), sprung: watch::Sender::new(false) });
        let connections = Arc::new(Mutex::new(JoinSet::new()));
        let conditions = Conditions {
            weather: weather.subscribe(),
            resets: resets.subscribe(),
            snares: Arc::clone(&snares),
        };
        let accepting = accept(listener, server, refused, conditions, Arc::clone(&connections));
        let acceptor = tokio::spawn(accepting).abort_handle();
        Self { port, refuses, weather, resets, snares, connections, acceptor }
    }

    /// Port to connect to.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Cuts every connection now; new ones are served.
    pub fn cut(&self) {
        self.connections.lock().unwrap_or_else(PoisonError::into_inner).abort_all();
    }

    /// Cuts every connection now by RST, as a host does that has lost its memory; new ones are served.
    pub fn reset(&self) {
        self.resets.send_replace(());
    }

    /// Cuts every connection now, and every new one, until [`CuttingProxy::heal`].
    pub fn refuse(&self) {
        self.refuses.send_replace(true);
        self.cut();
    }

    /// Serves new connections again, in fair weather, with nothing in the way.
    pub fn heal(&self) {
        *self.snares.set() = Set::default();
        self.weather.send_replace(Weather::default());
        self.refuses.send_replace(false);
    }

    /// Makes the way worse or better, for open connections too.
    pub fn set_weather(&self, weather: Weather) {
        self.weather.send_replace(weather);
    }

    /// Lets that many bytes through in a direction, over all connections, and then cuts the one that is at it. Only once.
    pub fn cut_after(&self, direction: Direction, bytes: usize) {
        self.snares.set().budget = Some((direction, bytes));
    }

    /// Waits for the first connection that walks into the trap, and holds it there. Connections that are open now are cut
    /// first, so that all are watched from their beginning.
    pub fn set_trap(&self, trap: Trap) {
        self.snares.sprung.send_replace(false);
        self.snares.set().trap = Some(trap);
        self.cut();
    }

    /// Returns once a connection is held in the trap.
    pub async fn trapped(&self) {
        let mut sprung = self.snares.sprung.subscribe();
        // The sender lives in `self`, so waiting cannot fail.
        let _ = sprung.wait_for(|sprung| *sprung).await;
    }

    /// Connections that were made so far and not cut or closed.
    pub fn open_connections(&self) -> usize {
        let mut connections = self.connections.lock().unwrap_or_else(PoisonError::into_inner);
        while connections.try_join_next().is_some() {}
        connections.len()
    }
}

impl Drop for CuttingProxy {
    fn drop(&mut self) {
        self.acceptor.abort();
        self.cut();
    }
}

impl Snares {
    fn set(&self) -> MutexGuard<'_, Set> {
        self.set.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Conditions {
    fn trap(&self) -> Option<Trap> {
        self.snares.set().trap.clone()
    }

    /// Answers whether the trap was still there. It catches one connection: for all others it is gone.
    fn spring(&self) -> bool {
        let was_there = self.snares.set().trap.take().is_some();
        if was_there {
            self.snares.sprung.send_replace(true);
        }
        was_there
    }

    /// Bytes of so many that may go in the direction; fewer than asked for end the connection.
    fn spend(&self, direction: Direction, bytes: usize) -> usize {
        let mut set = self.snares.set();
        match &mut set.budget {
            Some((limited, left)) if *limited == direction && bytes >= *left => {
                let allowed = *left;
                set.budget = None;
                allowed
            }
            Some((limited, left)) if *limited == direction => {
                *left -= bytes;
                bytes
            }
            _ => bytes,
        }
    }
}

async fn accept(
    listener: TcpListener,
    server: String,
    refused: watch::Receiver<bool>,
    conditions: Conditions,
    connections: Arc<Mutex<JoinSet<()>>>,
) {
    while let Ok((client, _)) = listener.accept().await {
        if *refused.borrow() {
            continue;
        }
        let (server, conditions) = (server.clone(), conditions.clone());
        let serve = async move {
            if let Ok(server) = TcpStream::connect(&server).await {
                connection::serve(client, server, conditions).await;
            }
        };
        connections.lock().unwrap_or_else(PoisonError::into_inner).spawn(serve);
    }
}

#[cfg(test)]
#[path = "proxy/tests.rs"]
mod tests;
