//! What a gateway does besides answering: it keeps what it knows of credentials fresh, writes the provisioning log and
//! the uses of credentials, forgets what is old, and warns.

use std::collections::HashMap;
use std::time::Duration;

use chrono::{DateTime, Utc};
use directory::{Integration, IntegrationId, StoreError};
use platform::clock;
use platform::settings::ActsSettings;
use platform::shutdown::Shutdown;
use platform::telemetry::chain;

use crate::Gateway;
use crate::settings::EventsSettings;

/// How often to ask whether an integration or a credential was changed. With the time for which the answer is trusted, at
/// most five seconds until a revocation is known.
const REFRESH_PAUSE: Duration = Duration::from_secs(1);

/// How often to write uses of credentials.
const USAGE_PAUSE: Duration = Duration::from_secs(10);

/// How often to forget what is old, and to look for credentials that end.
const HOUR: Duration = Duration::from_secs(3_600);

/// Integrations looked at together, and log entries and events looked at in one statement.
const PAGE: u32 = 100;
const FORGOTTEN: u32 = 5_000;
const EVENTS_LOOKED_AT: u32 = 5_000;

/// Works until shutdown is requested.
pub async fn run(gateway: &Gateway, events: EventsSettings, acts: ActsSettings, shutdown: &Shutdown) {
    let refreshing = every(REFRESH_PAUSE, shutdown, async || {
        // When the store is away, sign-in finds that out by itself and lets nobody in.
        let _ = gateway.sign_in.registry().refresh(clock::now()).await;
    });
    let counting = every(USAGE_PAUSE, shutdown, async || {
        gateway.throttle.forget_idle();
        gateway.sign_in.forget_idle();
        write_usage(gateway).await;
    });
    let forgetting = every(HOUR, shutdown, async || {
        if let Err(error) = visit_integrations(gateway, shutdown).await {
            tracing::warn!(error = %chain(&error), "old entries of the provisioning log wait to be forgotten");
        }
    });
    let forgetting_events = every(HOUR, shutdown, async || {
        if let Err(error) = forget_events(gateway, events, shutdown).await {
            tracing::warn!(error = %chain(&error), "old events wait to be forgotten");
        }
    });
    let forgetting_acts = every(HOUR, shutdown, async || {
        if let Err(error) = forget_acts(gateway, acts, shutdown).await {
            tracing::warn!(error = format!("{error:#}"), "old acts wait to be forgotten");
        }
    });
    futures::join!(
        gateway.journal.write(shutdown),
        refreshing,
        counting,
        forgetting,
        forgetting_events,
        forgetting_acts
    );
    write_usage(gateway).await;
}

async fn every(pause: Duration, shutdown: &Shutdown, work: impl AsyncFn()) {
    while !shutdown.is_requested() {
        work().await;
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = shutdown.requested() => {}
        }
    }
}

async fn write_usage(gateway: &Gateway) {
    let uses = gateway.usage.take();
    if uses.is_empty() {
        return;
    }
    if let Err(error) = gateway.integrations.add_uses(&uses).await {
        tracing::warn!(error = %chain(&error), "uses of credentials wait to be written");
        uses.into_iter().for_each(|(id, usage)| gateway.usage.add(&id, usage));
    }
}

async fn forget_events(
    gateway: &Gateway,
    events: EventsSettings,
    shutdown: &Shutdown,
) -> Result<(), StoreError> {
    let before = gateway.events.now().await? - chrono::Duration::days(events.retention_days.get().into());
    let mut position = None;
    while !shutdown.is_requested() {
        let step = gateway.events.forget_events(before, position, EVENTS_LOOKED_AT).await?;
        match step.next {
            Some(next) => position = Some(next),
            None => break,
        }
    }
    Ok(())
}

async fn forget_acts(gateway: &Gateway, acts: ActsSettings, shutdown: &Shutdown) -> anyhow::Result<()> {
    let before = gateway.events.now().await? - chrono::Duration::days(acts.retention_days.into());
    while !shutdown.is_requested()
        && gateway.audit.forget_acts(before, FORGOTTEN).await? == u64::from(FORGOTTEN)
    {}
    Ok(())
}

async fn visit_integrations(gateway: &Gateway, shutdown: &Shutdown) -> Result<(), StoreError> {
    let now = gateway.events.now().await?;
    let mut after = None;
    while !shutdown.is_requested() {
        let page = gateway.integrations.integrations(None, after.as_ref(), PAGE).await?;
        warn(gateway, &page, now).await?;
        for integration in &page {
            // One that cannot be forgotten now must not keep those of all others.
            if let Err(error) = forget(gateway, integration, now, shutdown).await {
                let slug = integration.slug.as_str();
                tracing::warn!(integration = slug, error = %chain(&error), "old log entries wait to be forgotten");
            }
        }
        match page.last() {
            Some(last) if page.len() == PAGE as usize => after = Some(last.slug.clone()),
            _ => break,
        }
    }
    Ok(())
}

async fn forget(
    gateway: &Gateway,
    integration: &Integration,
    now: DateTime<Utc>,
    shutdown: &Shutdown,
) -> Result<(), StoreError> {
    let before = now - chrono::Duration::days(integration.settings.log_retention_days.into());
    while !shutdown.is_requested()
        && gateway.log.forget(integration.id, before, FORGOTTEN).await? == u64::from(FORGOTTEN)
    {}
    Ok(())
}

/// Warns of credentials that end soon: Entra's job stops when its token does.
async fn warn(gateway: &Gateway, of: &[Integration], now: DateTime<Utc>) -> Result<(), StoreError> {
    let slugs: HashMap<IntegrationId, &str> =
        of.iter().map(|integration| (integration.id, integration.slug.as_str())).collect();
    let ids: Vec<IntegrationId> = slugs.keys().copied().collect();
    let usable = gateway.integrations.usable_credentials(&ids, now).await?;
    for credential in usable.iter().filter(|credential| credential.ends_soon(now)) {
        tracing::warn!(
            integration = slugs.get(&credential.integration),
            credential.id = credential.id.as_str(),
            expires = credential.expires.map(|at| at.to_rfc3339()),
            last_used = credential.usage.last.as_ref().map(|last| last.at.to_rfc3339()),
            "a credential ends soon: rotate it"
        );
    }
    Ok(())
}
