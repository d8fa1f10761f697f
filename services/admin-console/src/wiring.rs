//! The admin-console process: two listeners around the console.

use anyhow::Context;
use platform::health::Health;
use platform::server;
use platform::shutdown::Shutdown;
use platform::telemetry::Metrics;

use crate::settings::Settings;
use crate::{Console, ConsoleOptions, configure};

/// Runs the process until shutdown is requested. A service that is away is told to whoever opens a page.
///
/// # Errors
/// When it cannot start.
pub async fn run(settings: Settings, shutdown: Shutdown) -> anyhow::Result<()> {
    let options = ConsoleOptions {
        base_url: settings.public.base_url,
        gateway_url: settings.gateway.url,
        user_sync_url: settings.user_sync.url,
        oidc: settings.oidc,
        session: settings.session,
        bootstrap_file: None,
    };
    let console = Console::new(options)?;
    let public = server::listen(&settings.public.listen).context("setting `public.listen`")?;
    let private = server::listen(&settings.private.listen).context("setting `private.listen`")?;
    tracing::info!(public = %settings.public.listen, private = %settings.private.listen, "admin-console serves");

    let health = Health::new(shutdown.clone()).into_routes();
    let metrics = Metrics::new().into_routes();
    let operators = move |service: &mut actix_web::web::ServiceConfig| {
        health(service);
        metrics(service);
    };
    let (public, private) = futures::join!(
        server::serve(public, 0, &shutdown, configure(console, shutdown.clone())),
        server::serve(private, 1, &shutdown, operators),
    );
    public.context("the public listener")?;
    private.context("the private listener")
}
