//! Files that hold a secret or a document.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use secrecy::SecretString;
use serde_json::Value;

use crate::failure::Failure;

/// Reads a secret from a file that nobody but its owner may read.
pub(crate) fn read_secret(path: &Path) -> Result<SecretString, Failure> {
    let unreadable = |error: io::Error| Failure::Usage(format!("{} cannot be read: {error}", path.display()));
    let mut file = File::open(path).map_err(unreadable)?;
    let mode = file.metadata().map_err(unreadable)?.permissions().mode();
    if mode & 0o077 != 0 {
        let path = path.display();
        return Err(Failure::Usage(format!(
            "{path} holds a secret and is open to others than its owner (mode {:03o}): chmod 600 {path}",
            mode & 0o777
        )));
    }
    let mut text = String::new();
    file.read_to_string(&mut text).map_err(unreadable)?;
    Ok(SecretString::from(text.trim().to_owned()))
}

/// A file for its owner alone that did not exist before. It goes away again unless it is finished.
pub(crate) struct PrivateFile {
    path: PathBuf,
    file: File,
    is_finished: bool,
}

impl PrivateFile {
    /// Makes the file, before anything is asked for that could be lost without it.
    pub(crate) fn create(path: &Path) -> Result<Self, Failure> {
        let made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
        let file =
            made.map_err(|error| Failure::Usage(format!("{} cannot be made: {error}", path.display())))?;
        Ok(Self { path: path.to_owned(), file, is_finished: false })
    }

    pub(crate) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes)
    }

    /// Keeps the file.
    pub(crate) fn finish(mut self) -> io::Result<()> {
        self.file.sync_all()?;
        self.is_finished = true;
        Ok(())
    }
}

impl Drop for PrivateFile {
    fn drop(&mut self) {
        if !self.is_finished {
            // What remains is empty or a part, and for its owner alone.
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

/// Reads a JSON document; `-` is the standard input.
pub(crate) fn read_json(path: &Path) -> Result<Value, Failure> {
    let text =
        if path == Path::new("-") { io::read_to_string(io::stdin()) } else { std::fs::read_to_string(path) };
    let text = text.map_err(|error| Failure::Usage(format!("{} cannot be read: {error}", path.display())))?;
    serde_json::from_str(&text)
        .map_err(|error| Failure::Usage(format!("{} is not JSON: {error}", path.display())))
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    #[test]
    fn a_secret_that_others_may_read_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        let mut file = PrivateFile::create(&path).unwrap();
        file.write(b"abc\n").unwrap();
        file.finish().unwrap();
        assert_eq!(read_secret(&path).unwrap().expose_secret(), "abc");
        for mode in [0o640, 0o604, 0o620] {
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
            let refused = read_secret(&path).unwrap_err().to_string();
            assert!(refused.contains("open to others") && refused.contains("chmod 600"), "{refused}");
        }
    }

    #[test]
    fn a_private_file_replaces_nothing_and_leaves_nothing_unfinished() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        std::fs::write(&path, "old").unwrap();
        assert!(PrivateFile::create(&path).is_err());
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "old");
        let other = folder.path().join("other");
        drop(PrivateFile::create(&other).unwrap());
        assert!(!other.exists());
    }
}
