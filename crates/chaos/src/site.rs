use std::path::PathBuf;

use crate::servers::Servers;

/// Where trials take place: with which servers and programs, and where they write.
#[derive(Clone)]
pub(crate) struct Site {
    pub(crate) servers: Servers,
    /// Folder of `scim-gateway` and `user-sync`.
    pub(crate) programs: PathBuf,
    /// For logs, and for both databases of a trial that failed.
    pub(crate) folder: PathBuf,
}

impl Site {
    /// The same with a folder for one trial.
    pub(crate) fn of(&self, trial: &str) -> anyhow::Result<Self> {
        let folder = self.folder.join(trial);
        std::fs::create_dir_all(&folder)?;
        Ok(Self { folder, ..self.clone() })
    }
}
