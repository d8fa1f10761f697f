use tokio_postgres::config::Config;

use crate::{PoolError, Timeouts};

/// Reads an address. The driver's `require` stands for every mode that verifies.
pub(crate) fn parse_address(
    url: &str,
    application_name: &str,
    timeouts: &Timeouts,
) -> Result<Config, PoolError> {
    // It would be plain text whatever the server offers, which is not what its name says.
    if url.contains("sslmode=prefer") {
        return Err(PoolError::Address("sslmode is disable, require, verify-ca or verify-full".into()));
    }
    // The driver would end the password at the first, and take the rest of it for the name of a host, which is told.
    let is_url = url.starts_with("postgres://") || url.starts_with("postgresql://");
    if is_url && url.split('?').next().unwrap_or(url).matches('@').count() > 1 {
        return Err(PoolError::Address("an @ of a user or a password is written %40".into()));
    }
    // The driver does not know these two.
    let url =
        url.replace("sslmode=verify-full", "sslmode=require").replace("sslmode=verify-ca", "sslmode=require");
    let mut config: Config = url.parse().map_err(|error| PoolError::Address(Box::new(error)))?;
    config
        .application_name(application_name)
        .connect_timeout(timeouts.connect)
        .keepalives(true)
        .keepalives_idle(timeouts.keepalive)
        .tcp_user_timeout(timeouts.tcp_user);
    Ok(config)
}

#[cfg(test)]
mod tests {
    use tokio_postgres::config::SslMode;

    use super::*;

    fn ssl_mode(query: &str) -> SslMode {
        let url = format!("postgres://lms@db.example/lms{query}");
        parse_address(&url, "test", &Timeouts::default()).unwrap().get_ssl_mode()
    }

    #[test]
    fn every_verifying_mode_requires_tls() {
        for mode in ["require", "verify-ca", "verify-full"] {
            assert_eq!(ssl_mode(&format!("?sslmode={mode}")), SslMode::Require, "{mode}");
        }
        assert_eq!(ssl_mode("?sslmode=disable"), SslMode::Disable);
        assert_eq!(ssl_mode(""), SslMode::Prefer);
        assert_eq!(ssl_mode("?application_name=a@b"), SslMode::Prefer);
    }

    #[test]
    fn an_address_that_cannot_be_read_is_an_error() {
        for url in [
            "amqp://localhost",
            "postgres://localhost/?sslmode=perhaps",
            "postgres://localhost/?sslmode=prefer",
            "postgres://lms:p@ss@db.example/lms",
        ] {
            let parsed = parse_address(url, "test", &Timeouts::default());
            assert!(matches!(parsed, Err(PoolError::Address(_))), "{url}");
        }
    }
}
