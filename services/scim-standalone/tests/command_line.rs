//! The process as an operator starts it.

#![allow(
    clippy::unwrap_used,
    reason = "a test ends by panicking; the exemption for tests does not reach their shared functions"
)]

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use diesel::{Connection, SqliteConnection, connection::SimpleConnection};

const ANY: &str = "127.0.0.1:0";

fn standalone() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_scim-standalone"));
    command.env_clear();
    command
}

fn serve(folder: &Path, admin_listen: &str) -> Command {
    let mut command = standalone();
    command.args(["serve", "--listen", ANY, "--console-listen", ANY, "--admin-listen", admin_listen]);
    command.arg("--data-dir").arg(folder);
    command
}

fn health(admin_listen: &str) -> Output {
    standalone().args(["health", "--ready", "--admin-listen", admin_listen]).output().unwrap()
}

/// The only line of standard error, of a process that failed.
fn last_words(output: &Output) -> String {
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
    said.trim_end().to_owned()
}

#[test]
fn a_folder_that_cannot_be_used_ends_it_with_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let say = |name: &str| last_words(&serve(&path(name), ANY).output().unwrap());
    let at = folder.path().display();

    fs::write(path("file"), "").unwrap();
    assert_eq!(
        say("file/below"),
        format!("scim-standalone: making {at}/file/below: Not a directory (os error 20)")
    );

    fs::create_dir(path("text")).unwrap();
    fs::write(path("text/directory.db"), "no database, but a text").unwrap();
    assert_eq!(
        say("text"),
        format!(
            "scim-standalone: opening {at}/text/directory.db: the store answered unexpectedly: file is not a database"
        )
    );

    fs::create_dir(path("keyless")).unwrap();
    fs::write(path("keyless/admin.key"), "\n").unwrap();
    assert_eq!(
        say("keyless"),
        format!("scim-standalone: {at}/keyless/admin.key is empty: delete it, and another key is made")
    );

    for (file, table) in [("directory.db", "schema_floor"), ("lms.db", "sync_schema_floor")] {
        // The start before got as far as the key, so that both files are there.
        let file = path("keyless").join(file);
        let mut database = SqliteConnection::establish(file.to_str().unwrap()).unwrap();
        database.batch_execute(&format!("insert into {table} values ('20990101000000')")).unwrap();
        let said = say("keyless");
        assert!(said.starts_with(&format!("scim-standalone: opening {}: ", file.display())), "{said}");
        let words = "the file is newer than this program, and is for programs that know migration 20990101000000: start \
                     the version that used it last";
        assert!(said.ends_with(words), "{said}");
        database.batch_execute(&format!("delete from {table}")).unwrap();
    }
}

#[test]
fn a_health_check_asks_the_process_that_runs() {
    let taken = TcpListener::bind(ANY).unwrap();
    let listen = taken.local_addr().unwrap().to_string();
    drop(taken);
    let silent = format!("scim-standalone: nothing answers at the private listener, {listen}: ");
    assert!(last_words(&health(&listen)).starts_with(&silent));

    let folder = tempfile::tempdir().unwrap();
    let mut running =
        serve(folder.path(), &listen).args(["--log", "off"]).stdout(Stdio::piped()).spawn().unwrap();
    // What it says, it says once it listens; and it ends when nobody reads it.
    let mut said = BufReader::new(running.stdout.take().unwrap()).lines();
    let greeting = said.next().unwrap().unwrap();
    let answer = health(&listen);
    running.kill().unwrap();
    running.wait().unwrap();
    assert!(greeting.starts_with("SCIM URL"), "{greeting}");
    assert!(answer.status.success(), "{}", String::from_utf8_lossy(&answer.stderr));
}

#[test]
fn a_value_that_could_not_work_is_refused_with_its_argument() {
    let folder = tempfile::tempdir().unwrap();
    for (argument, value, expected) in [
        ("--trusted-proxy", "10.0.0.1/8", "write 10.0.0.0/8"),
        ("--traces-endpoint", "collector:4318", "must be an address such as http"),
        ("--traces-ratio", "3", "must be from 0 to 1"),
        ("--traces-ratio", "much", "must be from 0 to 1"),
    ] {
        let output = serve(folder.path(), ANY).arg(argument).arg(value).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(expected) && said.contains(argument), "{said}");
    }
}
