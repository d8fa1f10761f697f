//! A gateway whose clock is wrong, beside one whose clock is right.

use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use serde_json::json;

use super::seconds;
use crate::fault::Impossible;
use crate::trial::Stage;
use crate::world::{Entrance, SUFFERER};

/// 400 days ahead a token of the usual life is no longer good there, and one of a longer life is; an hour behind both are.
pub(crate) async fn wrong(stage: &mut Stage) -> anyhow::Result<()> {
    let library = library()?.to_string_lossy().into_owned();
    let usual = stage.world.sufferer.clone();
    let lasting = lasting_token(stage, &usual).await?;
    stage.load.use_entrance(lasting.clone());
    for (ahead, answer) in [("+400d", 401), ("-1h", 200)] {
        let [_, second] = &mut *stage.world.gateways else { anyhow::bail!("two gateways") };
        let (preload, time) = (format!("LD_PRELOAD={library}"), format!("FAKETIME={ahead}"));
        // What measures time is not what tells it.
        second.launch_by(&["env", &preload, &time, "DONT_FAKE_MONOTONIC=1"]);
        second.end(seconds(60)).await?;
        second.start()?;
        second.is_ready(seconds(60)).await?;
        for (entrance, number, expected) in [(&usual, 0, 200), (&usual, 1, answer), (&lasting, 1, 200)] {
            let status = entrance.gateway(number).context("a gateway")?.get("/Users?count=1").await.status;
            ensure!(status == expected, "gateway {number} answered {status} at {ahead}, not {expected}");
        }
        stage.go_on(seconds(20)).await;
    }
    let [_, second] = &mut *stage.world.gateways else { anyhow::bail!("two gateways") };
    second.launch_by(&[]);
    second.end(seconds(60)).await?;
    second.start()?;
    second.is_ready(seconds(60)).await?;
    stage.go_on(seconds(3)).await;
    Ok(())
}

async fn lasting_token(stage: &Stage, usual: &Entrance) -> anyhow::Result<Entrance> {
    let days =
        "select to_char((now() + interval '700 days') at time zone 'utc', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')";
    let expires: String = stage.world.directory.column(days).await?.pop().context("a date")?;
    let body = json!({ "kind": "secret", "name": "lasting", "expires_at": expires });
    let made = stage.world.administrator()?.post(&format!("/{SUFFERER}/credentials"), body).await;
    let token = made.body["secret"].as_str().with_context(|| format!("a secret: {}", made.status))?;
    Ok(usual.with_token(token))
}

/// Where Debian's package has the library: installed, or unpacked by `deploy/scripts/chaos`.
fn library() -> anyhow::Result<PathBuf> {
    let program = std::env::current_exe()?;
    let unpacked = program.ancestors().nth(2).map(|target| target.join("tools/usr/lib"));
    let roots = unpacked.into_iter().chain([PathBuf::from("/usr/lib")]);
    let found = roots.filter_map(|root| below(&root)).next();
    found.context(Impossible("libfaketime is not there: deploy/scripts/chaos unpacks it"))
}

fn below(root: &Path) -> Option<PathBuf> {
    let folders = std::fs::read_dir(root).ok()?.flatten();
    folders.map(|folder| folder.path().join("faketime/libfaketime.so.1")).find(|library| library.exists())
}
