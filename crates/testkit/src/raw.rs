//! HTTP written by hand, for requests that no client would send.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::Instant;

/// How long to wait for more of an answer, or for its end.
const PATIENCE: Duration = Duration::from_secs(10);

/// What came back over a plain connection.
#[derive(Debug)]
pub struct RawAnswer {
    /// HTTP status; 0 when nothing came.
    pub status: u16,
    /// Status line and headers, in lower case.
    pub head: String,
    /// Everything behind the head.
    pub body: String,
    /// Whether the other side ended the connection.
    pub is_closed: bool,
}

/// Sends bytes, and reads what comes back until the other side ends the connection or nothing more comes.
///
/// # Panics
/// When the address cannot be reached.
pub async fn exchange(address: &str, request: &[u8]) -> RawAnswer {
    let mut stream = TcpStream::connect(address).await.expect("the service provider listens");
    // The other side may refuse the request before it has read all of it.
    let _ = stream.write_all(request).await;
    let (bytes, is_closed) = read_all(&mut stream).await;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    let head = head.to_ascii_lowercase();
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default();
    RawAnswer { status, head, body: body.to_owned(), is_closed }
}

async fn read_all(stream: &mut TcpStream) -> (Vec<u8>, bool) {
    let deadline = Instant::now() + PATIENCE;
    let mut bytes = Vec::new();
    let mut buffer = [0; 16 * 1024];
    loop {
        match tokio::time::timeout_at(deadline, stream.read(&mut buffer)).await {
            Ok(Ok(0) | Err(_)) => return (bytes, true),
            Ok(Ok(count)) => bytes.extend_from_slice(buffer.get(..count).unwrap_or_default()),
            Err(_) => return (bytes, false),
        }
        if is_whole(&bytes) && !promises_to_close(&bytes) {
            let is_closed = ends_soon(stream).await;
            return (bytes, is_closed);
        }
    }
}

/// Whether an answer whose length is told has come, so that a connection that stays open is not waited for.
fn is_whole(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes).to_ascii_lowercase();
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    length.and_then(|length| length.trim().parse().ok()).is_some_and(|length: usize| body.len() >= length)
}

/// Whether the answer says that the connection ends; it may stay until the client has had time to read.
fn promises_to_close(bytes: &[u8]) -> bool {
    String::from_utf8_lossy(bytes).to_ascii_lowercase().contains("\r\nconnection: close\r\n")
}

async fn ends_soon(stream: &mut TcpStream) -> bool {
    let mut buffer = [0; 1024];
    let read = tokio::time::timeout(Duration::from_millis(300), stream.read(&mut buffer)).await;
    matches!(read, Ok(Ok(0) | Err(_)))
}
