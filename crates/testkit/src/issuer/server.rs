use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{AbortHandle, JoinSet};

use super::{Behaviour, State};

/// White space before the keys of an issuer that floods, in bytes.
const FLOOD: usize = 4 * 1024 * 1024;

pub(super) async fn start(state: Arc<Mutex<State>>) -> (String, AbortHandle) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let serving = async move {
        // They end with the listener.
        let mut connections = JoinSet::new();
        while let Ok((stream, _)) = listener.accept().await {
            let state = Arc::clone(&state);
            connections.spawn(async move { serve(stream, &state).await });
        }
    };
    (url, tokio::spawn(serving).abort_handle())
}

/// Answers one request. A client that goes away early is no fault.
async fn serve(stream: TcpStream, state: &Mutex<State>) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    let path = read_path(&mut stream).await?;
    let is_elsewhere = path == "/elsewhere";
    let (keys, behaviour) = {
        let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
        state.fetches += 1;
        (state.keys().to_string(), state.behaviour)
    };
    let is_known =
        path == "/keys" || path.ends_with("/discovery/keys") || path.ends_with("/discovery/v2.0/keys");
    let answer = match behaviour {
        _ if is_elsewhere => whole("200 OK", &keys),
        _ if !is_known => whole("404 Not Found", "{}"),
        Behaviour::Serves => whole("200 OK", &keys),
        Behaviour::Fails => whole("500 Internal Server Error", &keys),
        Behaviour::Redirects => format!("HTTP/1.1 302 Found\r\nlocation: /elsewhere\r\n{}", rest(&keys)),
        Behaviour::Floods => {
            let flood = " ".repeat(FLOOD);
            format!("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{flood}{keys}")
        }
        Behaviour::Hangs => std::future::pending().await,
    };
    stream.write_all(answer.as_bytes()).await?;
    stream.shutdown().await
}

/// Reads the head of a request.
async fn read_path(stream: &mut BufReader<TcpStream>) -> std::io::Result<String> {
    let mut line = String::new();
    stream.read_line(&mut line).await?;
    let path = line.split(' ').nth(1).unwrap_or_default().to_owned();
    while !line.trim().is_empty() {
        line.clear();
        stream.read_line(&mut line).await?;
    }
    Ok(path)
}

fn whole(status: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\n{}", rest(body))
}

fn rest(body: &str) -> String {
    format!(
        "content-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    )
}
