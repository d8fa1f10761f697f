//! A TCP address in front of several brokers, as a load balancer makes one: who connects gets a broker that answers.

use std::io::ErrorKind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{AbortHandle, JoinSet};

/// How long a broker may take for the first byte of its answer. One that is frozen has its connections accepted by the
/// system, and never says anything.
const PATIENCE: Duration = Duration::from_secs(2);

/// What an AMQP client says first.
const GREETING: usize = 8;

/// Gives connections to brokers, in turn.
#[derive(Debug)]
pub struct LoadBalancer {
    port: u16,
    given: Arc<[AtomicUsize]>,
    acceptor: AbortHandle,
    connections: Arc<Mutex<JoinSet<()>>>,
}

impl LoadBalancer {
    /// Listens on a free port of 127.0.0.1 in front of `brokers`, each a `host:port`.
    ///
    /// # Panics
    /// When no port is free.
    pub async fn in_front_of(brokers: Vec<String>) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let given: Arc<[AtomicUsize]> = brokers.iter().map(|_| AtomicUsize::new(0)).collect();
        let connections = Arc::new(Mutex::new(JoinSet::new()));
        let accepting = accept(listener, brokers.into(), Arc::clone(&given), Arc::clone(&connections));
        let acceptor = tokio::spawn(accepting).abort_handle();
        Self { port, given, acceptor, connections }
    }

    /// `host:port`.
    pub fn authority(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Connections that the broker of that place has now.
    pub fn connections_of(&self, broker: usize) -> usize {
        self.given[broker].load(Ordering::Relaxed)
    }
}

impl Drop for LoadBalancer {
    fn drop(&mut self) {
        self.acceptor.abort();
        self.connections.lock().unwrap_or_else(PoisonError::into_inner).abort_all();
    }
}

async fn accept(
    listener: TcpListener,
    brokers: Arc<[String]>,
    given: Arc<[AtomicUsize]>,
    connections: Arc<Mutex<JoinSet<()>>>,
) {
    let mut turn = 0;
    while let Ok((mut client, _)) = listener.accept().await {
        let (brokers, given) = (Arc::clone(&brokers), Arc::clone(&given));
        let first = turn;
        turn += 1;
        let serve = async move {
            let mut greeting = [0; GREETING];
            if client.read_exact(&mut greeting).await.is_err() {
                return;
            }
            for at in (first..first + brokers.len()).map(|at| at % brokers.len()) {
                let asking = tokio::time::timeout(PATIENCE, ask(&brokers[at], &greeting));
                if let Ok(Ok((mut broker, answer))) = asking.await {
                    let _counted = Counted::one_more(&given, at);
                    // As those do who are at its ends.
                    let _ = (client.set_nodelay(true), broker.set_nodelay(true));
                    if client.write_all(&[answer]).await.is_ok() {
                        // How a connection ends is of no interest: both sides hear of it.
                        let _ = copy_bidirectional(&mut client, &mut broker).await;
                    }
                    return;
                }
            }
        };
        connections.lock().unwrap_or_else(PoisonError::into_inner).spawn(serve);
    }
}

/// Greets a broker; answers the connection and the first byte of what came.
async fn ask(broker: &str, greeting: &[u8]) -> std::io::Result<(TcpStream, u8)> {
    let mut broker = TcpStream::connect(broker).await?;
    broker.write_all(greeting).await?;
    let mut answer = [0];
    match broker.read(&mut answer).await? {
        0 => Err(ErrorKind::UnexpectedEof.into()),
        _ => Ok((broker, answer[0])),
    }
}

/// A connection, as long as it lives.
struct Counted {
    given: Arc<[AtomicUsize]>,
    at: usize,
}

impl Counted {
    fn one_more(given: &Arc<[AtomicUsize]>, at: usize) -> Self {
        given[at].fetch_add(1, Ordering::Relaxed);
        Self { given: Arc::clone(given), at }
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.given[self.at].fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Answers whoever greets it with a byte of its own.
    async fn broker(answer: u8) -> String {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let authority = listener.local_addr().unwrap().to_string();
        tokio::spawn(async move {
            let mut open = Vec::new();
            while let Ok((mut client, _)) = listener.accept().await {
                client.write_all(&[answer, answer]).await.unwrap();
                open.push(client);
            }
        });
        authority
    }

    async fn greet(balancer: &LoadBalancer) -> (TcpStream, [u8; 2]) {
        let mut client = TcpStream::connect(balancer.authority()).await.unwrap();
        client.write_all(b"AMQP\x00\x00\x09\x01").await.unwrap();
        let mut answer = [0; 2];
        client.read_exact(&mut answer).await.unwrap();
        (client, answer)
    }

    #[tokio::test]
    async fn connections_go_to_brokers_in_turn_and_never_to_one_that_is_mute() {
        let mute = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let mute = (mute.local_addr().unwrap().to_string(), mute);
        let balancer =
            LoadBalancer::in_front_of(vec![broker(b'a').await, mute.0.clone(), broker(b'c').await]).await;
        let (_first, first_answer) = greet(&balancer).await;
        let (_second, second_answer) = greet(&balancer).await;
        assert_eq!((&first_answer, &second_answer), (b"aa", b"cc"));
        assert_eq!([0, 1, 2].map(|broker| balancer.connections_of(broker)), [1, 0, 1]);
    }
}
