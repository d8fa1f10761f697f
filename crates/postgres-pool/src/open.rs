use diesel::{ConnectionError, ConnectionResult};
use diesel_async::AsyncPgConnection;
use tokio_postgres::NoTls;
use tokio_postgres::config::{Config, SslMode};
use tokio_postgres_rustls::MakeRustlsConnect;

/// Opens a connection: with TLS and a verified certificate where the address requires it, else without.
pub(crate) async fn open(config: &Config) -> ConnectionResult<AsyncPgConnection> {
    if config.get_ssl_mode() == SslMode::Require {
        let (client, connection) = config.connect(verified_tls()?).await.map_err(refused)?;
        return AsyncPgConnection::try_from_client_and_connection(client, connection).await;
    }
    let (client, connection) = config.connect(NoTls).await.map_err(refused)?;
    AsyncPgConnection::try_from_client_and_connection(client, connection).await
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

/// diesel's error takes a text only, and the driver keeps the reason ("connection refused") out of its own.
fn refused(error: tokio_postgres::Error) -> ConnectionError {
    let sources = std::iter::successors(std::error::Error::source(&error), |source| source.source());
    ConnectionError::BadConnection(
        sources.fold(error.to_string(), |text, source| format!("{text}: {source}")),
    )
}
