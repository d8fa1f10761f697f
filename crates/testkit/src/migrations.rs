//! Migrations and their ways back.

use std::fmt::Debug;
use std::path::{Path, PathBuf};

/// Checks that every migration of a folder changes something, can be taken back, and leaves what was there before it:
/// one by one, and all of them down to nothing and up again.
///
/// `after` runs a script, and tells what the database is made of then.
///
/// # Panics
/// When one does not, or is no pair of files.
pub async fn there_and_back<D: PartialEq + Debug>(folder: &Path, mut after: impl AsyncFnMut(&str) -> D) {
    let migrations = migrations(folder);
    assert!(!migrations.is_empty(), "{} has no migrations", folder.display());
    let empty = after("select 1").await;
    for (name, [up, down]) in &migrations {
        let before = after("select 1").await;
        let made = after(up).await;
        assert_ne!(before, made, "{}", name.display());
        assert_eq!(after(down).await, before, "{}", name.display());
        assert_eq!(after(up).await, made, "{}", name.display());
    }
    let full = after("select 1").await;
    for (_, [_, down]) in migrations.iter().rev() {
        after(down).await;
    }
    assert_eq!(after("select 1").await, empty);
    for (_, [up, _]) in &migrations {
        after(up).await;
    }
    assert_eq!(after("select 1").await, full);
}

/// There and back, in the order in which they run.
fn migrations(folder: &Path) -> Vec<(PathBuf, [String; 2])> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut folders: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    let scripts = |folder: PathBuf| {
        let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
        let scripts = ["up.sql", "down.sql"].map(read);
        (folder, scripts)
    };
    folders.into_iter().map(scripts).collect()
}
