//! A way to the broker on which a channel can die unnoticed, as it does when its process at the broker crashes.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

/// AMQP's method frames for channel 1, the one that a [link](messaging) opens: class 20, methods 40 and 41.
const CLOSE: &[u8] = b"\x01\x00\x01\x00\x00\x00\x0b\x00\x14\x00\x28\x00\xc8\x00\x00\x00\x00\x00\xce";
const CLOSED: &[u8] = b"\x01\x00\x01\x00\x00\x00\x04\x00\x14\x00\x29\xce";

/// In front of the broker; closes channels there, and keeps from the client that it did.
pub(crate) struct DeafChannels {
    pub(crate) port: u16,
    kill: mpsc::UnboundedSender<()>,
    killed: mpsc::UnboundedReceiver<()>,
}

impl DeafChannels {
    pub(crate) async fn in_front_of(server: String) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (kill, mut kills) = mpsc::unbounded_channel();
        let (tell, killed) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            loop {
                let (client, _) = listener.accept().await.unwrap();
                let server = TcpStream::connect(&server).await.unwrap();
                let ((from_client, to_client), (from_server, to_server)) =
                    (client.into_split(), server.into_split());
                tokio::select! {
                    () = upstream(from_client, to_server, &mut kills) => {}
                    () = downstream(from_server, to_client, &tell) => {}
                }
            }
        });
        Self { port, kill, killed }
    }

    /// Returns once the broker has forgotten the channel of the connection. Nothing else may be on its way.
    pub(crate) async fn kill(&mut self) {
        self.kill.send(()).unwrap();
        self.killed.recv().await.unwrap();
    }
}

async fn upstream(
    mut client: OwnedReadHalf,
    mut server: OwnedWriteHalf,
    kills: &mut mpsc::UnboundedReceiver<()>,
) {
    let mut buffer = vec![0; 65536];
    loop {
        tokio::select! {
            read = client.read(&mut buffer) => match read {
                Ok(read @ 1..) => server.write_all(&buffer[..read]).await.unwrap(),
                _ => return,
            },
            Some(()) = kills.recv() => server.write_all(CLOSE).await.unwrap(),
        }
    }
}

async fn downstream(mut server: OwnedReadHalf, mut client: OwnedWriteHalf, tell: &mpsc::UnboundedSender<()>) {
    let mut buffer = vec![0; 65536];
    while let Ok(read @ 1..) = server.read(&mut buffer).await {
        let bytes = &buffer[..read];
        match bytes.windows(CLOSED.len()).position(|window| window == CLOSED) {
            Some(at) => {
                client.write_all(&bytes[..at]).await.unwrap();
                client.write_all(&bytes[at + CLOSED.len()..]).await.unwrap();
                tell.send(()).unwrap();
            }
            None => {
                if client.write_all(bytes).await.is_err() {
                    return;
                }
            }
        }
    }
}
