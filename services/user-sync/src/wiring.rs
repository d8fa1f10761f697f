//! The user-sync process: PostgreSQL and RabbitMQ around the LMS hexagon. The only place that names them.

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use lms::{DirectorySync, LmsStore, Ownership};
use lms_store::postgres::{PostgresLmsStore, PostgresOptions, migrate};
use messaging::{Broker, ConsumerSettings, RabbitMqConsumer, Topology};
use platform::admin::AdminTokens;
use platform::health::Health;
use platform::server;
use platform::shutdown::Shutdown;
use secrecy::ExposeSecret;

use crate::configure;
use crate::settings::Settings;

/// Runs the process until shutdown is requested.
///
/// # Errors
/// When it cannot start. Once it runs, a dependency that is away is waited for.
pub async fn run(settings: Settings, shutdown: Shutdown) -> anyhow::Result<()> {
    let admin_tokens = AdminTokens::new(&settings.admin.key)?;
    let broker = Broker::parse(settings.broker.url.expose_secret())
        .context("setting `broker.url`")?
        .with_topology(Topology::default().with_prefix(&settings.broker.name_prefix));
    if let Some(url) = &settings.database.migration_url {
        migrate(url.expose_secret()).await.context("migrating the LMS database")?;
    }
    let options = PostgresOptions {
        pool_size: settings.database.pool_size,
        role: Some(settings.database.role.clone()),
        ..PostgresOptions::default()
    };
    let store: Arc<dyn LmsStore> = Arc::new(
        PostgresLmsStore::connect(settings.database.url.expose_secret(), options)
            .await
            .context("setting `database.url`")?,
    );
    let consumer = RabbitMqConsumer::new(broker, consumer_settings(&settings));
    let handler = Arc::new(DirectorySync::new(store.clone(), Ownership::default()));

    let health = Health::new(shutdown.clone()).needs("database", {
        let store = store.clone();
        move || {
            let store = store.clone();
            async move { store.probe().await.is_ok() }
        }
    });
    let listener = TcpListener::bind(&settings.private.listen)
        .with_context(|| format!("setting `private.listen`: listening on {}", settings.private.listen))?;
    listener.set_nonblocking(true)?;
    tracing::info!(private = %settings.private.listen, "user-sync serves");

    let (health, learners) = (health.into_routes(), configure(store, admin_tokens));
    let serving = server::serve(listener, 1, &shutdown, move |service| {
        health(service);
        learners(service);
    });
    let until = shutdown.clone();
    let consuming = consumer.run(handler, async move { until.requested().await });
    let (served, ()) = futures::future::join(serving, consuming).await;
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
