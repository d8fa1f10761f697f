use serde_json::{Value, json};

/// The resource that Entra's provisioning asks for access tokens for when an integration has no secret.
pub const ENTRA_PROVISIONING: &str = "8adf8e6e-67b2-4cf2-a259-e3dc5476c621";

/// Seconds for which Entra's tokens are good.
const LIFE: i64 = 3_600;

/// Claims of an access token of Entra, version 1, for the provisioning of an application. `now` is in seconds.
pub fn access_token(tenant: &str, app: &str, object: &str, now: i64) -> Value {
    json!({
        "aud": ENTRA_PROVISIONING,
        "iss": format!("https://sts.windows.net/{tenant}/"),
        "iat": now,
        "nbf": now,
        "exp": now + LIFE,
        "appid": app,
        "oid": object,
        "sub": object,
        "tid": tenant,
        "ver": "1.0",
    })
}

/// Claims of an assertion with which Entra asks for a token of ours (workload identity federation). `now` is in seconds.
pub fn federation_assertion(tenant: &str, app: &str, object: &str, now: i64) -> Value {
    json!({
        "aud": format!("api://{app}"),
        "iss": format!("https://login.microsoftonline.com/{tenant}/v2.0"),
        "iat": now,
        "nbf": now,
        "exp": now + LIFE,
        "oid": object,
        "sub": object,
        "tid": tenant,
        "ver": "2.0",
    })
}
