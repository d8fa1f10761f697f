//! The LMS's database.

use testkit::postgres_server::Stop;

use super::seconds;
use crate::trial::Stage;

pub(crate) async fn stopped(stage: &mut Stage) -> anyhow::Result<()> {
    let server = stage.world.servers.lms.clone();
    server.stop(Stop::Fast);
    let before = stage.load.acknowledged();
    stage.go_on(seconds(20)).await;
    let during = stage.load.acknowledged() - before;
    server.start_again().await;
    anyhow::ensure!(during > 50, "only {during} writes were acknowledged while the LMS was stopped");
    Ok(())
}

pub(crate) async fn flapping(stage: &mut Stage) -> anyhow::Result<()> {
    let server = stage.world.servers.lms.clone();
    for round in 0..10 {
        server.stop(if round % 2 == 0 { Stop::Immediate } else { Stop::Fast });
        stage.go_on(seconds(2)).await;
        server.start_again().await;
        stage.go_on(seconds(2)).await;
    }
    Ok(())
}

pub(crate) async fn read_only(stage: &mut Stage) -> anyhow::Result<()> {
    stage.world.lms.set_read_only(true).await?;
    stage.world.lms.end_sessions().await?;
    stage.go_on(seconds(15)).await;
    stage.world.lms.set_read_only(false).await?;
    stage.world.lms.end_sessions().await
}

pub(crate) async fn learner_locked(stage: &mut Stage) -> anyhow::Result<()> {
    let holder = stage.world.lms.connect().await?;
    holder
        .batch_execute(
            "begin; select from lms.learner where integration = 'acme-production' limit 1 for update",
        )
        .await?;
    stage.go_on(seconds(20)).await;
    holder.batch_execute("rollback").await?;
    Ok(())
}

pub(crate) async fn column_renamed(stage: &mut Stage) -> anyhow::Result<()> {
    stage.world.lms.execute("alter table lms.learner rename column job_title to job_title_new").await?;
    stage.go_on(seconds(15)).await;
    stage.world.lms.execute("alter table lms.learner rename column job_title_new to job_title").await
}

pub(crate) async fn frozen(stage: &mut Stage) -> anyhow::Result<()> {
    stage.world.servers.lms.freeze();
    stage.go_on(seconds(30)).await;
    stage.world.servers.lms.thaw();
    Ok(())
}
