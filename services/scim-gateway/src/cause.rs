//! Mistakes that whoever set up Azure can mend, as entries of the provisioning log tell them.
//!
//! An entry holds words. Whoever writes such words takes them from here, so that they can be told apart again.

use directory::{FROM_ANOTHER_NETWORK, OF_ANOTHER_ENVIRONMENT, OF_ANOTHER_INTEGRATION};

/// No bearer token came.
pub(crate) const NO_TOKEN: &str = "no bearer token was sent";
/// What came has no likeness with a credential.
pub(crate) const NO_KNOWN_FORM: &str = "what was sent as a token is none of this service";
/// What came begins as a token of ours, and is not whole or was changed.
pub(crate) const MISTYPED: &str = "the token was mistyped, or not pasted whole";
/// A token of somebody whom the integration does not trust.
pub(crate) const ANOTHER_ISSUER: &str = "the token is of another issuer";
/// The request came without TLS, by its own words or a proxy's.
pub(crate) const WITHOUT_TLS: &str = "This service is reached over TLS only.";
/// The path leads nowhere.
pub(crate) const NO_ENDPOINT: &str = "there is no such address below the integration";
/// The path names another version of the protocol.
pub(crate) const ANOTHER_VERSION: &str = "This service provider speaks version 2 (v2) of SCIM only.";
/// How the words about a body begin that is no JSON object.
pub(crate) const UNREADABLE: &str = "the body cannot be read";

/// The name of the mistake that words tell of.
pub(crate) fn of(words: &str) -> Option<&'static str> {
    match words {
        NO_TOKEN => Some("no_token"),
        NO_KNOWN_FORM => Some("no_known_form"),
        MISTYPED => Some("mistyped"),
        ANOTHER_ISSUER => Some("another_issuer"),
        OF_ANOTHER_ENVIRONMENT | OF_ANOTHER_INTEGRATION => Some("another_integration"),
        FROM_ANOTHER_NETWORK => Some("another_network"),
        WITHOUT_TLS => Some("without_tls"),
        NO_ENDPOINT | ANOTHER_VERSION => Some("wrong_address"),
        _ if words.starts_with(UNREADABLE) => Some("unreadable"),
        _ => None,
    }
}
