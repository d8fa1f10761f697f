//! The scim-gateway process: PostgreSQL and RabbitMQ behind the use cases. The only place that names them.

use std::sync::Arc;
use std::time::Duration;

use actix_web::web::ServiceConfig;
use anyhow::Context;
use directory::{DirectoryStore, Relay, RelayId, RelaySettings, SnapshotWorker, WorkerId};
use directory_store::postgres::{PoolError, PostgresDirectoryStore, PostgresOptions, check, migrate};
use messaging::{Broker, BrokerUnusable, RabbitMqPublisher, Topology};
use platform::admin::{AdminAccess, guarded};
use platform::health::Health;
use platform::server;
use platform::shutdown::Shutdown;
use platform::start::{self, Unusable};
use platform::telemetry::{Telemetry, chain};
use secrecy::{ExposeSecret, SecretString};
use uuid::Uuid;

use crate::settings::Settings;
use crate::{
    Gateway, GatewayOptions, ObservedPublisher, bootstrap, configure, configure_admin, housekeeping,
    outbox_watch, relay_task, snapshot_task,
};

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
    // Before anything is changed in a database.
    settings.check()?;
    let telemetry = Telemetry::start(&settings.traces, "scim-gateway")?;
    let broker = Broker::parse(settings.broker.url.expose_secret())
        .context("setting `broker.url`")?
        .with_topology(Topology::default().with_prefix(&settings.broker.name_prefix));
    if let Some(url) = &settings.database.migration_url {
        let migrating = async || migrate(url.expose_secret()).await.map_err(of_migration);
        if start::ask_until_answered(migrating, &shutdown).await?.is_none() {
            return Ok(());
        }
    }
    let options = PostgresOptions {
        pool_size: settings.database.pool_size,
        role: Some(settings.database.role.clone()),
        ..PostgresOptions::default()
    };
    let ask_database = {
        let (url, options) = (settings.database.url.clone(), options.clone());
        async move || check(url.expose_secret(), &options).await.map_err(of_database)
    };
    let ask_broker = {
        // A gateway that relays nothing needs none.
        let broker = settings.relay.enabled.then(|| broker.clone());
        async move || match &broker {
            Some(broker) => broker.check().await.map_err(of_broker),
            None => Ok(()),
        }
    };
    let store = PostgresDirectoryStore::connect(settings.database.url.expose_secret(), options)
        .await
        .context("setting `database.url`")?;
    let store = Arc::new(store);
    let worker = SnapshotWorker::new(
        WorkerId(Uuid::new_v4()),
        store.clone(),
        store.clone(),
        store.clone(),
        settings.snapshot.worker(),
    );
    let options = GatewayOptions {
        base_url: settings.public.base_url.clone(),
        trusted_proxies: settings.public.trusted_proxies.clone(),
        limits: settings.limits,
        oauth: settings.oauth.clone(),
        federation: settings.federation.clone(),
        telemetry: telemetry.clone(),
    };
    let gateway = Gateway::new(store.clone(), options)?;
    let destination = broker.topology().exchange.clone();
    let publisher = ObservedPublisher::new(
        Arc::new(RabbitMqPublisher::new(broker)),
        destination,
        gateway.metrics.clone(),
        gateway.traces.clone(),
    );
    let relay = Relay::new(
        RelayId(Uuid::new_v4()),
        store.clone(),
        Arc::new(publisher),
        RelaySettings {
            batch: settings.relay.batch,
            lease: Duration::from_secs(settings.relay.lease_seconds),
        },
    );
    let access = AdminAccess::try_new(&settings.admin, store.clone())?;
    let health = Health::new(shutdown.clone()).needs("database", {
        let store = store.clone();
        move || {
            let store = store.clone();
            async move { store.check().await.is_ok() }
        }
    });
    let is_database_known = start::ask(&ask_database).await?.is_some();
    let is_broker_known = start::ask(&ask_broker).await?.is_some();
    let public = server::listen(&settings.public.listen).context("setting `public.listen`")?;
    let private = server::listen(&settings.private.listen).context("setting `private.listen`")?;
    tracing::info!(public = %settings.public.listen, private = %settings.private.listen, "scim-gateway serves");

    let bootstrapping = async {
        if let Some(wanted) = &settings.bootstrap {
            bootstrap::ensure(&gateway, wanted, &access.tokens, &shutdown).await?;
        }
        Ok(())
    };
    let watching = async {
        outbox_watch::run(store.as_ref(), &gateway.metrics, &shutdown).await;
        Ok(())
    };
    let telling = async {
        snapshot_task::run(worker, &gateway, settings.snapshot, &shutdown).await;
        Ok(())
    };
    let asking = async {
        let of_database = async {
            if !is_database_known {
                start::ask_until_answered(ask_database, &shutdown).await?;
            }
            Ok(())
        };
        let of_broker = async {
            if !is_broker_known {
                start::ask_until_answered(ask_broker, &shutdown).await?;
            }
            anyhow::Ok(())
        };
        let asked = futures::try_join!(of_database, of_broker);
        if asked.is_err() {
            // Requests are under way by now: they end as with every shutdown.
            shutdown.request();
        }
        Ok(asked)
    };
    // These end after the listeners: what their last requests committed and noted is sent and written too.
    let house = Shutdown::new();
    let relaying = async {
        if settings.relay.enabled {
            relay_task::run(relay, settings.relay, &house).await;
        }
        Ok(())
    };
    let keeping_house = async {
        housekeeping::run(&gateway, settings.events, settings.acts, &house).await;
        Ok(())
    };
    let threads = server::threads(settings.public.workers);
    let scim = {
        let (gateway, store) = (gateway.clone(), store.clone());
        // Called once on each thread that serves.
        move |service: &mut ServiceConfig| match store.for_thread(threads) {
            Ok(here) => configure(gateway.by_way_of(Arc::new(here)))(service),
            Err(error) => {
                tracing::error!(error = %chain(&error), "a thread works through the connections of another");
                configure(gateway.clone())(service);
            }
        }
    };
    let serving = server::serve(public, threads, &shutdown, scim);
    let (health, integrations) = (health.into_routes(), configure_admin(gateway.clone()));
    let metrics = telemetry.metrics.clone().into_routes();
    let routes = guarded(access.clone(), move |service: &mut ServiceConfig| {
        health(service);
        metrics(service);
        integrations(service);
    });
    let serving_privately = server::serve(private, 1, &shutdown, routes);
    let listening = async {
        let both = futures::try_join!(async { serving.await.context("the public listener") }, async {
            serving_privately.await.context("the private listener")
        },);
        house.request();
        both
    };
    let (.., asked) =
        futures::try_join!(listening, relaying, watching, telling, keeping_house, bootstrapping, asking)?;
    telemetry.traces.stop().await;
    asked.map(|_| ())
}

fn of_migration(error: PoolError) -> Unusable {
    Unusable::new("database.migration_url", error.is_away(), error)
}

fn of_database(error: PoolError) -> Unusable {
    Unusable::new("database.url", error.is_away(), error)
}

fn of_broker(error: BrokerUnusable) -> Unusable {
    Unusable::new("broker.url", error.is_away(), error)
}
