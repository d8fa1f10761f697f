//! One kept-alive connection with one request in flight. It shares the cores with what it measures, and therefore does
//! no more than writing the request and finding the end of the answer.

use anyhow::{Context, bail, ensure};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Where requests go, and as whom.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    /// `host:port`.
    pub(crate) authority: String,
    /// Path before that of a resource type.
    pub(crate) root: String,
    /// Bearer token.
    pub(crate) token: String,
}

impl Target {
    /// From the address of a SCIM service and its token.
    pub(crate) fn at(url: &str, token: &str) -> anyhow::Result<Self> {
        let rest = url.strip_prefix("http://").with_context(|| format!("{url} is no http address"))?;
        let (authority, root) = match rest.split_once('/') {
            Some((authority, path)) => (authority, format!("/{path}")),
            None => (rest, String::new()),
        };
        Ok(Self { authority: authority.to_owned(), root, token: token.to_owned() })
    }
}

/// What was answered.
#[derive(Debug)]
pub(crate) struct Answer<'a> {
    pub(crate) status: u16,
    pub(crate) body: &'a [u8],
}

/// A connection to a target.
pub(crate) struct Connection {
    stream: TcpStream,
    root: String,
    headers: String,
    sent: Vec<u8>,
    received: Vec<u8>,
}

impl Connection {
    pub(crate) async fn open(target: &Target) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(&target.authority)
            .await
            .with_context(|| format!("nobody answers at {}", target.authority))?;
        stream.set_nodelay(true)?;
        let headers = format!(
            " HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\nAccept: application/scim+json\r\n\
             Content-Type: application/scim+json; charset=utf-8\r\nContent-Length: ",
            target.authority, target.token
        );
        Ok(Self { stream, root: target.root.clone(), headers, sent: Vec::new(), received: Vec::new() })
    }

    /// Sends a request and waits for the whole answer.
    ///
    /// # Errors
    /// When the connection breaks or the answer is none of HTTP/1.1 with a length.
    pub(crate) async fn send(&mut self, method: &str, path: &str, body: &str) -> anyhow::Result<Answer<'_>> {
        self.sent.clear();
        let length = body.len().to_string();
        for part in [method, " ", &self.root, path, &self.headers, &length, "\r\n\r\n", body] {
            self.sent.extend_from_slice(part.as_bytes());
        }
        self.stream.write_all(&self.sent).await?;
        self.received.clear();
        let head = loop {
            self.receive().await?;
            if let Some(head) = read_head(&self.received)? {
                break head;
            }
        };
        let end = head.bytes + head.body_bytes;
        while self.received.len() < end {
            self.receive().await?;
        }
        let body = self.received.get(head.bytes..end).unwrap_or_default();
        Ok(Answer { status: head.status, body })
    }

    async fn receive(&mut self) -> anyhow::Result<()> {
        ensure!(self.stream.read_buf(&mut self.received).await? > 0, "the connection was closed");
        Ok(())
    }
}

#[derive(Debug, PartialEq, Eq)]
struct Head {
    status: u16,
    bytes: usize,
    body_bytes: usize,
}

/// The head of an answer, once all of it is there.
fn read_head(received: &[u8]) -> anyhow::Result<Option<Head>> {
    let Some(end) = received.windows(4).position(|window| window == b"\r\n\r\n") else { return Ok(None) };
    let text = std::str::from_utf8(received.get(..end).unwrap_or_default())?;
    let mut lines = text.split("\r\n");
    let status_line = lines.next().unwrap_or_default();
    let status = status_line.split(' ').nth(1).and_then(|word| word.parse().ok());
    let status = status.with_context(|| format!("{status_line:?} is no status line"))?;
    let mut body_bytes = None;
    for line in lines {
        let Some((name, value)) = line.split_once(':') else { continue };
        if name.eq_ignore_ascii_case("content-length") {
            body_bytes = Some(value.trim().parse()?);
        }
    }
    let body_bytes = match (status, body_bytes) {
        (204 | 304, _) => 0,
        (_, Some(length)) => length,
        _ => bail!("an answer without a length"),
    };
    Ok(Some(Head { status, bytes: end + 4, body_bytes }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_read_once_it_is_complete() {
        let answer = b"HTTP/1.1 201 Created\r\ncontent-length: 12\r\netag: W/\"1\"\r\n\r\n{\"id\"";
        assert_eq!(read_head(&answer[..40]).unwrap(), None);
        let head = Head { status: 201, bytes: 57, body_bytes: 12 };
        assert_eq!(read_head(answer).unwrap(), Some(head));
    }

    #[test]
    fn an_answer_without_content_needs_no_length() {
        let head = read_head(b"HTTP/1.1 204 No Content\r\n\r\n").unwrap();
        assert_eq!(head, Some(Head { status: 204, bytes: 27, body_bytes: 0 }));
        assert!(read_head(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n").is_err());
    }

    #[test]
    fn a_target_is_an_address_and_a_path() {
        let target = Target::at("http://127.0.0.1:8080/integrations/demo/scim/v2", "t").unwrap();
        assert_eq!(target.authority, "127.0.0.1:8080");
        assert_eq!(target.root, "/integrations/demo/scim/v2");
        assert!(Target::at("amqp://127.0.0.1", "t").is_err());
    }
}
