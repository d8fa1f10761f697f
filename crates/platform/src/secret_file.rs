//! Secrets that a process makes for itself and keeps in a file.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use secrecy::SecretString;

/// Random bytes from the operating system.
///
/// # Errors
/// When it has none to give.
pub fn random<const N: usize>() -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(io::Error::other)?;
    Ok(bytes)
}

/// Writes a file that only its owner may read, whole or not at all; processes that write it at once do not meet.
///
/// # Errors
/// When the folder cannot be written.
pub fn write(path: &Path, content: &str) -> io::Result<()> {
    let fresh = write_beside(path, content)?;
    std::fs::rename(&fresh, path).inspect_err(|_| discard(&fresh))
}

/// Reads the secret in `path`; makes one of 256 random bits when there is no such file. Processes that start at once
/// agree on one.
///
/// # Errors
/// When the file can neither be read nor made.
pub fn read_or_create(path: &Path) -> io::Result<SecretString> {
    if !path.exists() {
        let secret: String = random::<32>()?.iter().map(|byte| format!("{byte:02x}")).collect();
        let fresh = write_beside(path, &secret)?;
        // Unlike a rename, a link never replaces what another process made meanwhile.
        let linked = std::fs::hard_link(&fresh, path);
        discard(&fresh);
        if let Err(error) = linked
            && error.kind() != io::ErrorKind::AlreadyExists
        {
            return Err(error);
        }
    }
    Ok(SecretString::from(std::fs::read_to_string(path)?.trim().to_owned()))
}

fn write_beside(path: &Path, content: &str) -> io::Result<PathBuf> {
    let name: String = random::<8>()?.iter().map(|byte| format!("{byte:02x}")).collect();
    let fresh = path.with_extension(name);
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&fresh)?;
    file.write_all(content.as_bytes())?;
    file.sync_all()?;
    Ok(fresh)
}

/// A left-over does no harm.
fn discard(path: &Path) {
    let _ = std::fs::remove_file(path);
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use secrecy::ExposeSecret;

    use super::*;

    #[test]
    fn processes_that_start_at_once_agree_and_leave_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        let starts: Vec<_> = (0..8)
            .map(|_| {
                let path = path.clone();
                std::thread::spawn(move || {
                    let secret = read_or_create(&path).unwrap().expose_secret().to_owned();
                    write(&path.with_file_name("bootstrap.json"), &secret).unwrap();
                    secret
                })
            })
            .collect();
        let secrets: Vec<String> = starts.into_iter().map(|start| start.join().unwrap()).collect();
        assert!(secrets.iter().all(|secret| *secret == secrets[0]), "{secrets:?}");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
    }

    #[test]
    fn a_secret_is_made_once_and_for_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        let made = read_or_create(&path).unwrap();
        let read = read_or_create(&path).unwrap();
        assert_eq!(made.expose_secret(), read.expose_secret());
        assert_eq!(made.expose_secret().len(), 64);
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
