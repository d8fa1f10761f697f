use std::os::unix::fs::MetadataExt;
use std::process::Command;

/// A program as the user `postgres` when this process is root's: PostgreSQL refuses to run as root.
pub(crate) fn as_postgres(program: &str) -> Command {
    let is_root = std::fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0);
    if !is_root {
        return Command::new(program);
    }
    let mut command = Command::new("runuser");
    command.args(["-u", "postgres", "--", program]);
    command
}

/// Runs a program to its end, and answers what it printed.
///
/// # Panics
/// When it cannot be started, or fails.
pub(crate) fn run(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {}: {said}", output.status);
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}
