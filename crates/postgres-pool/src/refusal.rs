use diesel::ConnectionError;
use tokio_postgres::error::SqlState;

use crate::PoolError;

/// What a server refuses for good, and thereby what somebody has to change.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The user, the password, or the way to sign in.
    #[error(
        "the server does not let this user in: correct user and password, or what the server asks of them"
    )]
    Login,
    /// There is no database of the name.
    #[error("the server has no database of this name: make it, or correct the name")]
    NoDatabase,
    /// The user has no right there.
    #[error("the user has no right to use this database: grant it, or correct user or database")]
    NoRight,
    /// The server does not encrypt.
    #[error("the server speaks no TLS: let it, or leave `sslmode` out of the address")]
    NoTls,
    /// The user may not work as a role of the service.
    #[error("the user may not work as the role \"{0}\": run `migrate`, and grant the role to the user")]
    Role(String),
}

impl Refusal {
    fn of(state: &SqlState) -> Option<Self> {
        if [SqlState::INVALID_PASSWORD, SqlState::INVALID_AUTHORIZATION_SPECIFICATION].contains(state) {
            return Some(Self::Login);
        }
        if *state == SqlState::INVALID_CATALOG_NAME {
            return Some(Self::NoDatabase);
        }
        (*state == SqlState::INSUFFICIENT_PRIVILEGE).then_some(Self::NoRight)
    }
}

/// No connection came about.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unopened {
    #[error(transparent)]
    Driver(#[from] tokio_postgres::Error),
    /// Perhaps a name that is misspelt, perhaps one that is not known yet.
    #[error("cannot resolve the host name {names}")]
    Unresolved { names: String, source: tokio_postgres::Error },
    #[error(transparent)]
    Connection(#[from] ConnectionError),
}

impl From<Unopened> for ConnectionError {
    /// diesel's error takes a text only, and the driver keeps the reason ("connection refused") out of its own.
    fn from(unopened: Unopened) -> Self {
        match unopened {
            Unopened::Driver(error) => Self::BadConnection(chain(&error)),
            Unopened::Unresolved { ref source, .. } => {
                Self::BadConnection(format!("{unopened}: {}", chain(source)))
            }
            Unopened::Connection(error) => error,
        }
    }
}

impl From<Unopened> for PoolError {
    /// Only what the server itself says of the address is for good: it may be starting, full, or about to hand over.
    fn from(unopened: Unopened) -> Self {
        if let Unopened::Driver(error) = &unopened
            && let Some(answer) = error.as_db_error()
            && let Some(refusal) = Refusal::of(answer.code())
        {
            return Self::Refused { refusal, answer: answer.message().into() };
        }
        if let Unopened::Driver(error) = &unopened
            // The driver's words, for which it has no kind.
            && chain(error).ends_with("server does not support TLS")
        {
            return Self::Refused { refusal: Refusal::NoTls, answer: chain(error).into() };
        }
        Self::Away(Box::new(ConnectionError::from(unopened)))
    }
}

/// The driver's words, and those of what it came from.
pub(crate) fn chain(error: &tokio_postgres::Error) -> String {
    let sources = std::iter::successors(std::error::Error::source(error), |source| source.source());
    sources.fold(error.to_string(), |text, source| format!("{text}: {source}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_starts_or_is_full_refuses_nothing_for_good() {
        for passing in
            [SqlState::CANNOT_CONNECT_NOW, SqlState::TOO_MANY_CONNECTIONS, SqlState::ADMIN_SHUTDOWN]
        {
            assert_eq!(Refusal::of(&passing), None, "{passing:?}");
        }
        assert_eq!(Refusal::of(&SqlState::INVALID_PASSWORD), Some(Refusal::Login));
    }
}
