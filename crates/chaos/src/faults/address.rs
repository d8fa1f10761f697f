//! The broker's name stands for another address than before.

use std::os::unix::fs::MetadataExt;
use std::path::Path;

use anyhow::{bail, ensure};
use testkit::proxy::CuttingProxy;

use super::seconds;
use crate::fault::Impossible;
use crate::trial::Stage;
use crate::world::broker_url;

const NAME: &str = "broker.trial";

/// Processes see a file of hosts of their own. What connects afresh must ask for the address again.
pub(crate) async fn moved(stage: &mut Stage) -> anyhow::Result<()> {
    if std::fs::metadata("/proc/self")?.uid() != 0 {
        bail!(Impossible("only root can give processes an /etc/hosts of their own"));
    }
    let hosts = stage.world.folder.join("hosts");
    stands_for(&hosts, "127.0.0.1")?;
    let ports = [stage.world.publisher_proxy.port(), stage.world.consumer_proxy.port()];
    let bind = format!("mount --bind '{}' /etc/hosts && exec \"$0\" \"$@\"", hosts.display());
    let gateways = stage.world.gateways.iter_mut().map(|gateway| (gateway, ports[0]));
    let user_syncs = stage.world.user_syncs.iter_mut().map(|user_sync| (user_sync, ports[1]));
    for (service, port) in gateways.chain(user_syncs) {
        service.set("ILLUXI__BROKER__URL", broker_url(NAME, port));
        service.launch_by(&["unshare", "--mount", "sh", "-c", &bind]);
        service.kill()?;
        service.start()?;
        service.is_ready(seconds(60)).await?;
    }
    stage.go_on(seconds(3)).await;
    for proxy in [&stage.world.publisher_proxy, &stage.world.consumer_proxy] {
        ensure!(proxy.open_connections() > 0, "the services do not use the name");
    }
    let broker = stage.world.servers.broker.authority();
    let elsewhere = [
        CuttingProxy::at(("127.0.0.2", ports[0]), &broker).await,
        CuttingProxy::at(("127.0.0.2", ports[1]), &broker).await,
    ];
    stands_for(&hosts, "127.0.0.2")?;
    for proxy in [&stage.world.publisher_proxy, &stage.world.consumer_proxy] {
        proxy.refuse();
    }
    stage.go_on(seconds(10)).await;
    // Everything arrives while the old address answers nobody.
    stage.settle().await?;
    ensure!(elsewhere.iter().all(|proxy| proxy.open_connections() > 0), "nobody is at the new address");
    stage.load.begin();
    stands_for(&hosts, "127.0.0.1")?;
    stage.go_on(seconds(3)).await;
    Ok(())
}

/// Into the same file: another one of that name would not be the one that the processes see.
fn stands_for(hosts: &Path, address: &str) -> anyhow::Result<()> {
    Ok(std::fs::write(hosts, format!("127.0.0.1 localhost\n{address} {NAME}\n"))?)
}
