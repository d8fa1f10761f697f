//! Secrets that a process makes for itself and keeps in a file.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

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

/// Writes a file that only its owner may read, whole or not at all.
///
/// # Errors
/// When the folder cannot be written.
pub fn write(path: &Path, content: &str) -> io::Result<()> {
    let fresh = path.with_extension("new");
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&fresh)?;
    file.write_all(content.as_bytes())?;
    file.sync_all()?;
    std::fs::rename(&fresh, path)
}

/// Reads the secret in `path`; makes one of 256 random bits when there is no such file.
///
/// # Errors
/// When the file can neither be read nor made.
pub fn read_or_create(path: &Path) -> io::Result<SecretString> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(SecretString::from(text.trim().to_owned())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let secret: String = random::<32>()?.iter().map(|byte| format!("{byte:02x}")).collect();
            write(path, &secret)?;
            Ok(SecretString::from(secret))
        }
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use secrecy::ExposeSecret;

    use super::*;

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
