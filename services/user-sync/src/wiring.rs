//! The user-sync process: PostgreSQL and RabbitMQ around the LMS hexagon. The only place that names them.

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::web::{self, ServiceConfig};
use anyhow::Context;
use futures::future::join_all;
use lms::{DirectorySync, GivenUpEvents, LmsStore};
use lms_store::OpenError;
use lms_store::postgres::{PoolError, PostgresLmsStore, PostgresOptions, check, migrate};
use messaging::{Broker, BrokerUnusable, ConsumerSettings, RabbitMqConsumer, Topology};
use platform::admin::{AdminAccess, AdminTokens, guarded};
use platform::health::Health;
use platform::problem;
use platform::server;
use platform::settings::DatabaseSettings;
use platform::shutdown::Shutdown;
use platform::start::{self, Unusable};
use platform::telemetry::Telemetry;
use secrecy::{ExposeSecret, SecretString};

use crate::settings::Settings;
use crate::{ObservedHandler, READS, SyncMetrics, background, configure};

/// Brings the database to this version.
///
/// # Errors
/// When the owner that the setting names is not let do it.
pub async fn migrate_database(migration_url: &SecretString) -> anyhow::Result<()> {
    migrate(migration_url.expose_secret()).await.context("setting `database.migration_url`")
}

/// Runs the process until shutdown is requested.
///
/// # Errors
/// When it cannot start: a dependency that is away is waited for, one that refuses is not.
pub async fn run(settings: Settings, shutdown: Shutdown) -> anyhow::Result<()> {
    // Before anything is opened.
    AdminTokens::new(&settings.admin.key)?;
    let telemetry = Telemetry::start(&settings.traces, "user-sync")?;
    let broker = Broker::parse(settings.broker.url.expose_secret())
        .context("setting `broker.url`")?
        .with_topology(Topology::default().with_prefix(&settings.broker.name_prefix));
    if let Some(url) = &settings.database.migration_url {
        let migrating = async || migrate(url.expose_secret()).await.map_err(of_migration);
        if start::ask_until_answered(migrating, &shutdown).await?.is_none() {
            return Ok(());
        }
    }
    let ask_broker = async || broker.check().await.map_err(of_broker);
    let is_broker_known = start::ask(ask_broker).await?.is_some();
    let listener = server::listen(&settings.private.listen).context("setting `private.listen`")?;
    let Some(store) = open_store(&settings.database, &listener, &shutdown).await? else { return Ok(()) };
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
    let keeper = RabbitMqConsumer::of_parked(broker.clone(), consumer_settings(&settings));
    let given_up = Arc::new(GivenUpEvents::new(store.clone()));

    let health = Health::new(shutdown.clone()).needs("database", {
        let store = store.clone();
        move || {
            let store = store.clone();
            async move { store.probe().await.is_ok() }
        }
    });
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
    let asking = async {
        if is_broker_known {
            return Ok(None);
        }
        let asked = start::ask_until_answered(ask_broker, &shutdown).await;
        if asked.is_err() {
            // Requests are under way by now: they end as with every shutdown.
            shutdown.request();
        }
        asked
    };
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
    let (served, _, (), (), asked) = futures::join!(serving, consuming, keeping, in_background, asking);
    telemetry.traces.stop().await;
    served.context("the private listener")?;
    asked?;
    Ok(())
}

/// Opens the store, for which the database has to say what the role may do, and until then answers that the process is
/// not ready. `None`: shutdown was requested before the database answered.
async fn open_store(
    settings: &DatabaseSettings,
    listener: &TcpListener,
    shutdown: &Shutdown,
) -> anyhow::Result<Option<Arc<PostgresLmsStore>>> {
    let options = PostgresOptions {
        pool_size: settings.pool_size,
        role: Some(settings.role.clone()),
        ..PostgresOptions::default()
    };
    let open = async || {
        let url = settings.url.expose_secret();
        check(url, &options).await.map_err(of_database)?;
        PostgresLmsStore::connect(url, options.clone()).await.map_err(of_store)
    };
    if let Some(store) = start::ask(open).await? {
        return Ok(Some(Arc::new(store)));
    }
    // The listener stays open: who asks between the two servers waits for the second.
    let meanwhile = listener.try_clone().context("setting `private.listen`")?;
    let health = Health::new(shutdown.clone()).needs("database", async || false).into_routes();
    let is_answered = Shutdown::new();
    let serving = server::serve(meanwhile, 1, &is_answered, move |service: &mut ServiceConfig| {
        health(service);
        // Not "no such thing", which would be believed.
        service.default_service(web::to(async || {
            problem::response(StatusCode::SERVICE_UNAVAILABLE, "the database does not answer")
        }));
    });
    let asking = async {
        let store = start::ask_until_answered(open, shutdown).await;
        is_answered.request();
        store
    };
    let (served, store) = futures::join!(serving, asking);
    served.context("the private listener")?;
    Ok(store?.map(Arc::new))
}

fn of_migration(error: PoolError) -> Unusable {
    Unusable::new("database.migration_url", error.is_away(), error)
}

fn of_database(error: PoolError) -> Unusable {
    Unusable::new("database.url", error.is_away(), error)
}

fn of_store(error: OpenError) -> Unusable {
    let is_away = matches!(error, OpenError::Database(_));
    Unusable::new("database.url", is_away, error)
}

fn of_broker(error: BrokerUnusable) -> Unusable {
    Unusable::new("broker.url", error.is_away(), error)
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
