//! Signals to processes that a test has started.

use std::fs;
use std::process::Command;

/// What a process can be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// SIGTERM: end in good order.
    End,
    /// SIGKILL: be gone.
    Kill,
    /// SIGSTOP: hold still, with every connection open.
    Freeze,
    /// SIGCONT: go on.
    Thaw,
}

impl Signal {
    fn name(self) -> &'static str {
        match self {
            Self::End => "TERM",
            Self::Kill => "KILL",
            Self::Freeze => "STOP",
            Self::Thaw => "CONT",
        }
    }
}

/// Sends a signal; a process that is gone is no failure.
///
/// # Panics
/// When there is no program `kill`.
pub fn send(signal: Signal, process: u32) {
    let _sent = Command::new("kill")
        .args([format!("-{}", signal.name()), process.to_string()])
        .stderr(std::process::Stdio::null())
        .status()
        .expect("the program `kill`");
}

/// Sends a signal to a process and to those that it has started, the process first.
///
/// # Panics
/// When there is no program `kill`.
pub fn send_to_family(signal: Signal, process: u32) {
    let children = children(process);
    send(signal, process);
    for child in children {
        send(signal, child);
    }
}

/// Whether the process is still there, and more than a remainder that nobody has collected.
pub fn is_alive(process: u32) -> bool {
    status(process).is_some_and(|(state, _)| state != "Z")
}

fn children(parent: u32) -> Vec<u32> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let processes = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    processes.filter(|process| status(*process).is_some_and(|(_, of)| of == parent)).collect()
}

/// State and parent of a process.
fn status(process: u32) -> Option<(String, u32)> {
    let line = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // Behind the program's name, which may hold anything.
    let mut fields = line.rsplit_once(')')?.1.split_whitespace();
    Some((fields.next()?.to_owned(), fields.next()?.parse().ok()?))
}
