use diesel::{ConnectionError, ConnectionResult};
use diesel_async::AsyncPgConnection;
use tokio_postgres::NoTls;
use tokio_postgres::config::{Config, Host, SslMode};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::refusal::{Unopened, chain};

/// Opens a connection: with TLS and a verified certificate where the address requires it, else without.
pub(crate) async fn open(config: &Config) -> Result<AsyncPgConnection, Unopened> {
    if config.get_ssl_mode() == SslMode::Require {
        let (client, connection) = connected(config, config.connect(verified_tls()?)).await?;
        return Ok(AsyncPgConnection::try_from_client_and_connection(client, connection).await?);
    }
    let (client, connection) = connected(config, config.connect(NoTls)).await?;
    Ok(AsyncPgConnection::try_from_client_and_connection(client, connection).await?)
}

/// Names the host that nobody knows, which the driver's words do not.
async fn connected<T>(
    config: &Config,
    connecting: impl Future<Output = Result<T, tokio_postgres::Error>>,
) -> Result<T, Unopened> {
    connecting.await.map_err(|source| {
        // The standard library's words, for which it has no kind.
        let is_unresolved = chain(&source).contains("failed to lookup address information");
        if !is_unresolved {
            return Unopened::Driver(source);
        }
        let names = config.get_hosts().iter().filter_map(|host| match host {
            Host::Tcp(name) => Some(format!("\"{name}\"")),
            Host::Unix(_) => None,
        });
        Unopened::Unresolved { names: names.collect::<Vec<_>>().join(" or "), source }
    })
}

fn verified_tls() -> ConnectionResult<MakeRustlsConnect> {
    // Fails when the process has chosen a provider before: that one is used.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let (tls, _unreadable) = MakeRustlsConnect::with_native_certs().map_err(|errors| {
        let reasons: Vec<String> = errors.iter().map(ToString::to_string).collect();
        ConnectionError::BadConnection(format!("no root certificates: {}", reasons.join(", ")))
    })?;
    Ok(tls)
}
