//! An issuer of tokens in Microsoft Entra's place, whose keys can be fetched over plain HTTP.

mod claims;
mod server;
mod signing_key;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};
use tokio::task::AbortHandle;

pub use claims::{ENTRA_PROVISIONING, access_token, federation_assertion};
pub use signing_key::SigningKey;

/// What the issuer does when it is asked for its keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Behaviour {
    /// Answers them.
    Serves,
    /// Answers 500.
    Fails,
    /// Answers 302 to an address of its own that serves them.
    Redirects,
    /// Answers them behind more white space than anybody should read, without telling how much.
    Floods,
    /// Answers nothing.
    Hangs,
}

/// Listens on 127.0.0.1 until it is dropped. `/keys`, `/{tenant}/discovery/keys` and `/{tenant}/discovery/v2.0/keys`
/// answer the same.
#[derive(Debug)]
pub struct Issuer {
    url: String,
    state: Arc<Mutex<State>>,
    server: AbortHandle,
}

#[derive(Debug)]
struct State {
    key: Arc<SigningKey>,
    key_id: String,
    also: Vec<Value>,
    behaviour: Behaviour,
    fetches: usize,
}

impl State {
    /// The document that is served.
    fn keys(&self) -> Value {
        let mut keys = vec![self.key.to_jwk(&self.key_id)];
        keys.extend(self.also.iter().cloned());
        json!({ "keys": keys })
    }
}

impl Issuer {
    /// An issuer with an RSA key of its own.
    ///
    /// # Panics
    /// When no port is free.
    pub async fn start() -> Self {
        let state = State {
            key: Arc::new(SigningKey::rsa()),
            key_id: "key-1".to_owned(),
            also: Vec::new(),
            behaviour: Behaviour::Serves,
            fetches: 0,
        };
        let state = Arc::new(Mutex::new(state));
        let (url, server) = server::start(Arc::clone(&state)).await;
        Self { url, state, server }
    }

    /// Its address, without a slash at the end.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Where its keys are.
    pub fn keys_url(&self) -> String {
        format!("{}/keys", self.url)
    }

    /// Where Entra would have the keys of a tenant.
    pub fn tenant_keys_url(&self, tenant: &str) -> String {
        format!("{}/{tenant}/discovery/v2.0/keys", self.url)
    }

    /// A token with these claims, signed with the key of now.
    pub fn sign(&self, claims: &Value) -> String {
        self.sign_with(&json!({}), claims)
    }

    /// As [`Issuer::sign`], with these members in the header too; null takes one away.
    pub fn sign_with(&self, header: &Value, claims: &Value) -> String {
        let (key, key_id) = {
            let state = self.state();
            (Arc::clone(&state.key), state.key_id.clone())
        };
        let mut whole = json!({ "typ": "JWT", "alg": key.algorithm(), "kid": key_id });
        for (name, value) in header.as_object().expect("a header is an object") {
            whole[name] = value.clone();
        }
        whole.as_object_mut().expect("an object").retain(|_, value| !value.is_null());
        key.sign(&whole, claims)
    }

    /// The id of the key of now.
    pub fn key_id(&self) -> String {
        self.state().key_id.clone()
    }

    /// Takes another key; the one before is served no more.
    pub fn rotate(&self) {
        let key = Arc::new(SigningKey::rsa());
        let mut state = self.state();
        state.key = key;
        state.key_id.push_str("-next");
    }

    /// Serves another key beside its own.
    pub fn also_serve(&self, jwk: Value) {
        self.state().also.push(jwk);
    }

    /// Does so from now on.
    pub fn behave(&self, behaviour: Behaviour) {
        self.state().behaviour = behaviour;
    }

    /// Requests that it got so far, whatever for.
    pub fn fetches(&self) -> usize {
        self.state().fetches
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Issuer {
    fn drop(&mut self) {
        self.server.abort();
    }
}
