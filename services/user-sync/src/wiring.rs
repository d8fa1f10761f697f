//! The user-sync process: PostgreSQL and RabbitMQ around the LMS hexagon. The only place that names them.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use futures::future::join_all;
use lms::{DirectorySync, GivenUpEvents, LmsStore};
use lms_store::postgres::{PostgresLmsStore, PostgresOptions, migrate};
use messaging::{Broker, ConsumerSettings, RabbitMqConsumer, Topology};
use platform::admin::{AdminAccess, AdminTokens, guarded};
use platform::health::Health;
use platform::server;
use platform::shutdown::Shutdown;
use platform::telemetry::Telemetry;
use secrecy::ExposeSecret;

use crate::settings::Settings;
use crate::{ObservedHandler, READS, SyncMetrics, background, configure};

/// Brings the database to this version.
///
/// # Errors
/// When `database.migration_url` is not set, or the owner it names is not let do it.
pub async fn migrate_database(settings: &Settings) -> anyhow::Result<()> {
    let url =
        settings.database.migration_url.as_ref().context("setting `database.migration_url` is missing")?;
    migrate(url.expose_secret()).await.context("migrating the LMS database")
}

/// Runs the process until shutdown is requested.
///
/// # Errors
/// When it cannot start. Once it runs, a dependency that is away is waited for.
pub async fn run(settings: Settings, shutdown: Shutdown) -> anyhow::Result<()> {
    // Before anything is opened.
    AdminTokens::new(&settings.admin.key)?;
    let telemetry = Telemetry::start(&settings.traces, "user-sync")?;
    let broker = Broker::parse(settings.broker.url.expose_secret())
        .context("setting `broker.url`")?
        .with_topology(Topology::default().with_prefix(&settings.broker.name_prefix));
    if settings.database.migration_url.is_some() {
        migrate_database(&settings).await?;
    }
    let options = PostgresOptions {
        pool_size: settings.database.pool_size,
        role: Some(settings.database.role.clone()),
        ..PostgresOptions::default()
    };
    let store = Arc::new(
        PostgresLmsStore::connect(settings.database.url.expose_secret(), options)
            .await
            .context("setting `database.url`")?,
    );
    let access = AdminAccess::try_new(&settings.admin, store.clone())?.with_reads(READS);
    let counted = SyncMetrics::new(&telemetry.metrics.meter("user-sync"));
    let sync = DirectorySync::new(store.clone()).with_drift_listener(Arc::new(counted.clone()));
    let sync = Arc::new(sync);
    let source = broker.topology().lane_exchange.clone();
    let handler_of = |lane| {
        let (counted, traces) = (counted.clone(), telemetry.traces.clone());
        Arc::new(ObservedHandler::new(sync.clone(), source.clone(), counted, traces).by_lane(lane))
    };
    let lanes = RabbitMqConsumer::of_lanes(&broker, consumer_settings(&settings));
    let keeper = RabbitMqConsumer::of_parked(broker, consumer_settings(&settings));
    let given_up = Arc::new(GivenUpEvents::new(store.clone()));

    let health = Health::new(shutdown.clone()).needs("database", {
        let store = store.clone();
        move || {
            let store = store.clone();
            async move { store.probe().await.is_ok() }
        }
    });
    let listener = server::listen(&settings.private.listen).context("setting `private.listen`")?;
    tracing::info!(private = %settings.private.listen, "user-sync serves");

    let metrics = telemetry.metrics.clone().into_routes();
    let (health, learners) = (health.into_routes(), configure(store.clone(), store.clone()));
    let serving = server::serve(
        listener,
        1,
        &shutdown,
        guarded(access, move |service| {
            health(service);
            metrics(service);
            learners(service);
        }),
    );
    let consuming = join_all(lanes.iter().enumerate().map(|(lane, consumer)| {
        let until = shutdown.clone();
        consumer.run(handler_of(lane), async move { until.requested().await })
    }));
    let until = shutdown.clone();
    let keeping = keeper.run(given_up, async move { until.requested().await });
    let in_background = background::run(
        &sync,
        store.as_ref(),
        &counted,
        settings.effects,
        settings.inbox,
        settings.acts,
        &shutdown,
    );
    let (served, _, (), ()) = futures::join!(serving, consuming, keeping, in_background);
    telemetry.traces.stop().await;
    served.context("the private listener")
}

fn consumer_settings(settings: &Settings) -> ConsumerSettings {
    let consumer = settings.consumer;
    ConsumerSettings {
        prefetch: consumer.prefetch,
        batch: consumer.batch,
        linger: Duration::from_millis(consumer.linger_milliseconds),
        probe_interval: Duration::from_secs(consumer.probe_seconds),
        ..ConsumerSettings::default()
    }
}
