//! A listener between a service and PostgreSQL that reads along: which statements the service sends.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context;
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};

/// Questions that have passed by: statements that were prepared or run, in their order. For each somebody waits for an
/// answer.
type Questions = Vec<String>;

/// Reads along with every session that is opened through it.
pub(crate) struct Wire {
    address: String,
    seen: Arc<Mutex<Questions>>,
}

impl Wire {
    /// Listens in front of the server at `host:port`.
    pub(crate) async fn in_front_of(server: String) -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?.to_string();
        let seen = Arc::new(Mutex::new(Questions::default()));
        let shared = seen.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(join(client, server.clone(), shared.clone()));
            }
        });
        Ok(Self { address, seen })
    }

    /// The address of a database, led through here. Without TLS: it could not be read.
    pub(crate) fn through(&self, url: &str) -> anyhow::Result<String> {
        let authority = authority(url).context("an address without a host")?;
        let url = url.replacen(authority, &self.address, 1);
        Ok(format!("{url}{}sslmode=disable", if url.contains('?') { '&' } else { '?' }))
    }

    /// What has passed by since it was asked last.
    pub(crate) fn take(&self) -> Questions {
        std::mem::take(&mut *self.seen.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// `host:port` of an address.
pub(crate) fn authority(url: &str) -> Option<&str> {
    let rest = url.split_once("://")?.1;
    let rest = rest.split(['/', '?']).next()?;
    Some(rest.split_once('@').map_or(rest, |(_, host)| host))
}

async fn join(client: TcpStream, server: String, seen: Arc<Mutex<Questions>>) -> anyhow::Result<()> {
    let server = TcpStream::connect(server).await?;
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    let (from_client, mut to_client) = client.into_split();
    let (mut from_server, to_server) = server.into_split();
    let answers = copy(&mut from_server, &mut to_client);
    let questions = read_along(from_client, to_server, &seen);
    futures::future::try_join(async { Ok(answers.await?) }, questions).await?;
    Ok(())
}

async fn read_along(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    seen: &Mutex<Questions>,
) -> anyhow::Result<()> {
    let mut session = Session::default();
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let read = from.read(&mut buffer).await?;
        let bytes = buffer.get(..read).unwrap_or_default();
        if bytes.is_empty() {
            return Ok(());
        }
        session.read(bytes, &mut seen.lock().unwrap_or_else(PoisonError::into_inner));
        to.write_all(bytes).await?;
    }
}

/// How far a session's messages were read.
#[derive(Default)]
struct Session {
    unread: Vec<u8>,
    is_started: bool,
    prepared: HashMap<String, String>,
}

impl Session {
    fn read(&mut self, bytes: &[u8], seen: &mut Questions) {
        self.unread.extend_from_slice(bytes);
        while let Some((kind, message)) = self.next_message() {
            let mut texts = message.split(|byte| *byte == 0).map(|text| String::from_utf8_lossy(text));
            match kind {
                b'Q' => seen.extend(texts.next().map(String::from)),
                // The driver waits for the answer to this one, too.
                b'P' => {
                    if let (Some(name), Some(sql)) = (texts.next(), texts.next()) {
                        seen.push(format!("prepare {sql}"));
                        self.prepared.insert(name.into_owned(), sql.into_owned());
                    }
                }
                // The portal's name, then the statement's.
                b'B' => {
                    let sql = texts.nth(1).and_then(|name| self.prepared.get(&*name));
                    seen.extend(sql.cloned());
                }
                _ => {}
            }
        }
    }

    /// A kind and what follows the length. The first message of a session has no kind.
    fn next_message(&mut self) -> Option<(u8, Vec<u8>)> {
        let kind_bytes = usize::from(self.is_started);
        let length = self.unread.get(kind_bytes..kind_bytes + 4)?;
        let length = usize::try_from(u32::from_be_bytes(length.try_into().ok()?)).ok()?;
        if self.unread.len() < kind_bytes + length {
            return None;
        }
        let message: Vec<u8> = self.unread.drain(..kind_bytes + length).collect();
        let kind = if self.is_started { *message.first()? } else { 0 };
        self.is_started = true;
        Some((kind, message.get(kind_bytes + 4..)?.to_vec()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(kind: u8, content: &[u8]) -> Vec<u8> {
        let length = u32::try_from(content.len() + 4).unwrap().to_be_bytes();
        [&[kind][..], &length, content].concat()
    }

    #[test]
    fn questions_are_read_however_they_are_cut() {
        let start = [&9_u32.to_be_bytes()[..], b"\0\x03\0\0\0"].concat();
        let session = [
            start,
            message(b'P', b"s1\0select 1\0\0\0"),
            message(b'S', b""),
            message(b'B', b"\0s1\0\0\0"),
            message(b'E', b"\0\0\0\0\0"),
            message(b'S', b""),
            message(b'Q', b"commit\0"),
        ]
        .concat();
        for cut in 1..session.len() {
            let (mut seen, mut reader) = (Questions::default(), Session::default());
            reader.read(&session[..cut], &mut seen);
            reader.read(&session[cut..], &mut seen);
            assert_eq!(seen, ["prepare select 1", "select 1", "commit"]);
        }
    }

    #[test]
    fn a_database_is_reached_through_the_wire() {
        assert_eq!(authority("postgres://me:secret@db:5432/name?x=y"), Some("db:5432"));
        let wire = Wire { address: "127.0.0.1:7".to_owned(), seen: Arc::default() };
        assert_eq!(
            wire.through("postgres://me@db:5432/name").unwrap(),
            "postgres://me@127.0.0.1:7/name?sslmode=disable"
        );
    }
}
