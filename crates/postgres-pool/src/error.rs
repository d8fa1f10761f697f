use crate::Refusal;

type Cause = Box<dyn std::error::Error + Send + Sync>;

/// There is no connection, or no schema of this version.
#[derive(Debug, thiserror::Error)]
pub enum PoolError {
    /// The address cannot be used, and will not be until somebody corrects it.
    #[error(
        "the address of the database cannot be used, it reads postgres://user:password@host:port/database"
    )]
    Address(#[source] Cause),
    /// No connection came about in time. It may heal.
    #[error("the database gave no connection")]
    Away(#[source] Cause),
    /// The server answered, and lets nobody in with this address; nor will it until somebody changes something.
    #[error("{refusal}")]
    Refused {
        /// What to change.
        refusal: Refusal,
        /// The server's words.
        #[source]
        answer: Cause,
    },
    /// The server answered something else that does not heal by itself; its words say what.
    #[error(transparent)]
    Unexpected(Cause),
    /// The tables are not those that this program works on.
    #[error(transparent)]
    Schema(#[from] SchemaError),
    /// The schema stays at the last version that succeeded.
    #[error("the migrations did not run to their end")]
    Migration(#[source] Cause),
}

impl PoolError {
    /// Whether it may heal by itself. Everything else waits for a person.
    pub fn is_away(&self) -> bool {
        matches!(self, Self::Away(_))
    }
}

/// The tables are not those that a program works on.
#[derive(Debug, thiserror::Error)]
pub enum SchemaError {
    /// No migration has ever run.
    #[error(
        "the database has no schema \"{schema}\": run `migrate` first, or correct the name of the database"
    )]
    Missing {
        /// The schema of the service.
        schema: &'static str,
    },
    /// A migration of the program has not run.
    #[error(
        "the schema \"{schema}\" is older than this program and lacks migration {lacks}: run `migrate` first"
    )]
    Older {
        /// The schema of the service.
        schema: &'static str,
        /// One of those that it lacks.
        lacks: String,
    },
    /// A migration of a later program took away what this one may use.
    #[error(
        "the schema \"{schema}\" is newer than this program, and is for programs that know migration {needs}: start \
         the version that migrated it"
    )]
    Newer {
        /// The schema of the service.
        schema: &'static str,
        /// A migration that a program has to know, and this one does not.
        needs: String,
    },
}
