//! A TCP address in front of a server, whose connections a test can cut.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{AbortHandle, JoinSet};

/// Passes bytes on in both directions until it is told to stop.
#[derive(Debug)]
pub struct CuttingProxy {
    port: u16,
    refuses: watch::Sender<bool>,
    connections: Arc<Mutex<JoinSet<()>>>,
    acceptor: AbortHandle,
}

impl CuttingProxy {
    /// Listens on a free port of 127.0.0.1 in front of `server`, a `host:port`.
    ///
    /// # Panics
    /// When no port is free.
    pub async fn in_front_of(server: impl Into<String>) -> Self {
        let server = server.into();
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let (refuses, refused) = watch::channel(false);
        let connections = Arc::new(Mutex::new(JoinSet::new()));
        let accepting = accept(listener, server, refused, Arc::clone(&connections));
        let acceptor = tokio::spawn(accepting).abort_handle();
        Self { port, refuses, connections, acceptor }
    }

    /// Port to connect to on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Cuts every connection now; new ones are served.
    pub fn cut(&self) {
        self.connections.lock().unwrap_or_else(PoisonError::into_inner).abort_all();
    }

    /// Cuts every connection now, and every new one, until [`CuttingProxy::heal`].
    pub fn refuse(&self) {
        self.refuses.send_replace(true);
        self.cut();
    }

    /// Serves new connections again.
    pub fn heal(&self) {
        self.refuses.send_replace(false);
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

async fn accept(
    listener: TcpListener,
    server: String,
    refused: watch::Receiver<bool>,
    connections: Arc<Mutex<JoinSet<()>>>,
) {
    while let Ok((mut client, _)) = listener.accept().await {
        if *refused.borrow() {
            continue;
        }
        let server = server.clone();
        let serve = async move {
            if let Ok(mut upstream) = TcpStream::connect(&server).await {
                let _ended = copy_bidirectional(&mut client, &mut upstream).await;
            }
        };
        connections.lock().unwrap_or_else(PoisonError::into_inner).spawn(serve);
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    #[tokio::test]
    async fn a_cut_connection_ends_and_a_new_one_works() {
        let echo = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let proxy = CuttingProxy::in_front_of(echo.local_addr().unwrap().to_string()).await;
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = echo.accept().await {
                tokio::spawn(async move {
                    let (mut reader, mut writer) = stream.split();
                    tokio::io::copy(&mut reader, &mut writer).await
                });
            }
        });

        let mut first = TcpStream::connect(("127.0.0.1", proxy.port())).await.unwrap();
        first.write_all(b"a").await.unwrap();
        assert_eq!(first.read_u8().await.unwrap(), b'a');
        proxy.refuse();
        assert!(first.read_u8().await.is_err());
        let mut refused = TcpStream::connect(("127.0.0.1", proxy.port())).await.unwrap();
        assert!(refused.read_u8().await.is_err());

        proxy.heal();
        let mut second = TcpStream::connect(("127.0.0.1", proxy.port())).await.unwrap();
        second.write_all(b"b").await.unwrap();
        assert_eq!(second.read_u8().await.unwrap(), b'b');
    }
}
