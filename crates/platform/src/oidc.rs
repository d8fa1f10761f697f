//! Tokens of issuers outside, such as Microsoft Entra ID or an administrators' OpenID provider (RFC 7519, RFC 8725).
//!
//! What a token says of itself is never trusted: the algorithm follows from the key, the key from the issuer's document
//! at an address that an operator configured, and neither `jku`, `jwk`, `x5u`, `x5c` nor `alg` changes that.

mod claims;
mod jwk;
mod keys;
mod refused;
mod token;
mod verifier;

pub use claims::VerifiedToken;
pub use keys::{InvalidUrl, KeysError, KeysUrl};
pub use refused::Refused;
pub use token::unverified_issuer;
pub use verifier::{Expected, TokenVerifier, VerificationError};
