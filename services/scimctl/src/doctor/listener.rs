use reqwest::Method;
use serde_json::Value;

use super::Findings;
use crate::client::Side;
use crate::failure::Failure;
use crate::session::Session;
use crate::table;

/// Whether a private listener answers, and its service can serve.
pub(super) async fn check(
    session: &Session,
    name: &str,
    side: Side,
    findings: &mut Findings,
) -> Result<bool, Failure> {
    let base = session.client.base(side).clone();
    let live = session.client.anonymous(&base, &["health", "live"])?;
    if let Err(failure) = session.client.send(live).await {
        let fix = "is it running, and are gateway_url and lms_url those of the private listeners?";
        findings.fail(format!("{name}: {}", failure.sentence()), fix);
        return Ok(false);
    }
    let is_near = matches!(base.host_str(), Some("127.0.0.1" | "localhost" | "[::1]"));
    if base.scheme() == "http" && !is_near {
        findings.warn(format!("{name}: your token travels to {base} unencrypted"), "use https, or a tunnel");
    }
    let ready = session.client.anonymous(&base, &["health", "ready"])?;
    match session.client.probe(ready).await {
        Ok((200, _)) => findings.ok(format!("{name}: {base} is live and ready")),
        Ok((_, body)) => {
            let told: Value = serde_json::from_str(&body).unwrap_or_default();
            let missing = format!("{name}: not ready ({})", table::text(told.get("dependencies")));
            findings.fail(missing, "start what it needs, or look into its log");
        }
        Err(failure) => findings.fail(format!("{name}: {}", failure.sentence()), "look into its log"),
    }
    Ok(true)
}

/// Whether the token is accepted, and what it allows.
pub(super) async fn check_token(session: &Session, findings: &mut Findings) -> Result<bool, Failure> {
    let request = session.client.request(Method::GET, Side::Gateway, &["whoami"])?;
    let answer = match session.client.send(request).await {
        Ok(answer) => answer.json()?,
        Err(failure) => {
            let fix = "get a new token, and check its issuer and audience";
            findings.fail(format!("token: {}", failure.sentence()), fix);
            return Ok(false);
        }
    };
    let subject = table::text(answer.get("subject"));
    match table::text(answer.get("roles")).as_str() {
        "-" => findings.fail(format!("token: {subject} has no role"), "have a role granted: viewer or more"),
        roles => findings.ok(format!("token: {subject} is accepted, with {roles}")),
    }
    Ok(true)
}
