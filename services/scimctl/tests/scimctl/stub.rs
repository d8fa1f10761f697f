use std::collections::{HashMap, VecDeque};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};

use serde_json::Value;

pub(crate) const TOKEN: &str = "the-token";

/// Where the gateway's routes begin at the stub; those of the LMS side begin with `/l`.
pub(crate) const ACME: &str = "/g/admin/v1/integrations/acme";

/// A request that came.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    /// Method and address with its query.
    pub(crate) line: String,
    pub(crate) headers: HashMap<String, String>,
    pub(crate) body: Value,
}

/// An answer to be given: status, further headers, body.
type Answer = (u16, String, String);

/// Both services on one port, the gateway below `/g` and the LMS side below `/l`.
pub(crate) struct Stub {
    pub(crate) address: String,
    requests: Arc<Mutex<Vec<Seen>>>,
    answers: Arc<Mutex<HashMap<String, VecDeque<Answer>>>>,
}

impl Stub {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let stub = Self { address, requests: Arc::default(), answers: Arc::default() };
        let (requests, answers) = (stub.requests.clone(), stub.answers.clone());
        // Ends with the process of the tests.
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                serve(stream.unwrap(), &requests, &answers);
            }
        });
        stub
    }

    /// Answers a method and address, with its query or without; several answers come one after the other, the last
    /// for ever. Anything else is a 404.
    pub(crate) fn on(self, line: &str, status: u16, body: &str) -> Self {
        self.on_with(line, status, "", body)
    }

    pub(crate) fn on_with(self, line: &str, status: u16, headers: &str, body: &str) -> Self {
        let answer = (status, headers.to_owned(), body.to_owned());
        self.answers.lock().unwrap().entry(line.to_owned()).or_default().push_back(answer);
        self
    }

    pub(crate) fn requests(&self) -> Vec<Seen> {
        self.requests.lock().unwrap().clone()
    }

    /// Methods and addresses of what came.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.requests().into_iter().map(|request| request.line).collect()
    }

    /// The one request of a method and address.
    pub(crate) fn request(&self, line: &str) -> Seen {
        let found: Vec<Seen> = self.requests().into_iter().filter(|request| request.line == line).collect();
        assert_eq!(found.len(), 1, "{line}: {:?}", self.lines());
        found[0].clone()
    }

    /// The binary, with the stub for an installation and `acme` for the integration.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = scimctl(arguments);
        command
            .env("SCIMCTL_GATEWAY_URL", format!("{}/g", self.address))
            .env("SCIMCTL_LMS_URL", format!("{}/l/", self.address))
            .env("SCIMCTL_INTEGRATION", "acme")
            .env("SCIMCTL_TOKEN", TOKEN);
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        ran(self.command(arguments), "")
    }
}

/// The binary, which knows of no installation.
pub(crate) fn scimctl(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_scimctl"));
    command.env_clear().args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// How the binary ended.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

pub(crate) fn ran(mut command: Command, input: &str) -> Ran {
    let mut child = command.spawn().unwrap();
    // It may end without having read.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let output = child.wait_with_output().unwrap();
    Ran {
        code: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

fn serve(stream: TcpStream, requests: &Mutex<Vec<Seen>>, answers: &Mutex<HashMap<String, VecDeque<Answer>>>) {
    let mut reader = BufReader::new(stream);
    let mut first = String::new();
    reader.read_line(&mut first).unwrap();
    let line = first.trim_end().trim_end_matches(" HTTP/1.1").to_owned();
    let mut headers = HashMap::new();
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).unwrap();
        let Some((name, value)) = header.trim_end().split_once(": ") else { break };
        headers.insert(name.to_ascii_lowercase(), value.to_owned());
    }
    let length = headers.get("content-length").map_or(0, |length| length.parse().unwrap());
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let body = serde_json::from_slice(&body).unwrap_or_default();
    requests.lock().unwrap().push(Seen { line: line.clone(), headers, body });

    let without_query = line.split('?').next().unwrap().to_owned();
    let mut answers = answers.lock().unwrap();
    let known = if answers.contains_key(&line) { line } else { without_query };
    let (status, headers, body) = match answers.get_mut(&known) {
        Some(answers) if answers.len() > 1 => answers.pop_front().unwrap(),
        Some(answers) => answers[0].clone(),
        None => (404, String::new(), r#"{"title":"Not Found","detail":"no such thing"}"#.to_owned()),
    };
    let length = body.len();
    let answer = format!(
        "HTTP/1.1 {status} Status\r\ncontent-length: {length}\r\nconnection: close\r\n{headers}\r\n{body}"
    );
    reader.into_inner().write_all(answer.as_bytes()).unwrap();
}
