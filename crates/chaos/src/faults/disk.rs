//! A disk without room: the database lies on a small file system, which something else fills.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::ensure;
use testkit::postgres_server::PostgresServer;

use super::seconds;
use crate::database::Database;
use crate::trial::Stage;
use crate::world::{Service, World};

const SIZE: &str = "size=64m";

/// A file system in memory, gone with it.
struct SmallDisk {
    folder: PathBuf,
}

pub(crate) async fn directory_full(stage: &mut Stage) -> anyhow::Result<()> {
    let (server, database) = (stage.world.servers.directory.clone(), stage.world.directory.clone());
    full(stage, &server, &database, |world| &mut world.gateways).await
}

pub(crate) async fn lms_full(stage: &mut Stage) -> anyhow::Result<()> {
    let (server, database) = (stage.world.servers.lms.clone(), stage.world.lms.clone());
    full(stage, &server, &database, |world| &mut world.user_syncs).await
}

/// Moves a database to a small disk and back; its users may not be connected meanwhile.
async fn full(
    stage: &mut Stage,
    server: &PostgresServer,
    database: &Database,
    users: fn(&mut World) -> &mut Vec<Service>,
) -> anyhow::Result<()> {
    kill(users(&mut stage.world))?;
    let disk = SmallDisk::mount(server.folder())?;
    move_to(server, database, "small", Some(&disk)).await?;
    stage.world.mend().await?;
    stage.world.are_ready().await?;
    full_for_a_while(stage, &disk).await?;
    // Nothing of it may be left on the small disk when that goes.
    stage.settle().await?;
    kill(users(&mut stage.world))?;
    move_to(server, database, "pg_default", None).await
}

fn kill(services: &mut [Service]) -> anyhow::Result<()> {
    services.iter_mut().try_for_each(Service::kill)
}

async fn full_for_a_while(stage: &Stage, disk: &SmallDisk) -> anyhow::Result<()> {
    stage.go_on(seconds(2)).await;
    let filler = disk.fill()?;
    stage.go_on(seconds(15)).await;
    std::fs::remove_file(filler)?;
    stage.go_on(seconds(2)).await;
    Ok(())
}

/// Moves a database, to which nobody may be connected.
async fn move_to(
    server: &PostgresServer,
    database: &Database,
    tablespace: &str,
    made_on: Option<&SmallDisk>,
) -> anyhow::Result<()> {
    database.end_sessions().await?;
    let cluster = Database::new(&server.url("postgres"));
    if let Some(disk) = made_on {
        let location = disk.folder.display();
        cluster.execute(&format!("create tablespace {tablespace} location '{location}'")).await?;
    }
    cluster.execute(&format!("alter database {} set tablespace {tablespace}", database.name())).await?;
    if made_on.is_none() {
        cluster.execute("drop tablespace small").await?;
    }
    Ok(())
}

impl SmallDisk {
    fn mount(below: &Path) -> anyhow::Result<Self> {
        let folder = below.join("small");
        std::fs::create_dir_all(&folder)?;
        let disk = Self { folder };
        for command in [
            Command::new("mount").args(["-t", "tmpfs", "-o", SIZE, "none"]).arg(&disk.folder),
            Command::new("chown").arg("postgres").arg(&disk.folder),
        ] {
            ensure!(command.status()?.success(), "only root can mount a small disk: {command:?}");
        }
        Ok(disk)
    }

    /// Takes all room that is left.
    fn fill(&self) -> anyhow::Result<PathBuf> {
        let path = self.folder.join("filler");
        let mut file = File::create(&path)?;
        let block = vec![0; 4_096];
        while file.write_all(&block).is_ok() {}
        Ok(path)
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily: a server that failed may still have files open there.
        let _unmounted = Command::new("umount").arg("--lazy").arg(&self.folder).status();
    }
}
