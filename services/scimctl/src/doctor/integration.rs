use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use reqwest::Url;
use serde_json::Value;

use super::Findings;
use crate::client::Side;
use crate::failure::Failure;
use crate::moment;
use crate::paging::{self, List, Paging};
use crate::session::Session;
use crate::table;

/// What waits for a person, and where it is found.
const WAITING: [(&str, Option<&str>, &str, &str); 4] = [
    ("parked", None, "parked events", "scimctl parked list"),
    ("stuck", None, "people or groups that are stuck", "scimctl stuck list"),
    ("holds", Some("open"), "mass deactivations that are held", "scimctl hold list --state open"),
    ("adoptions", None, "newcomers who wait for a decision", "scimctl adoption list"),
];

/// What the checks themselves say.
const OWN_WARNINGS: [&str; 3] = ["credential_expires", "no_credential", "paused"];

/// Looks at one integration, from the directory's way in to what waits at the LMS side.
pub(super) async fn check(
    session: &Session,
    integration: &Value,
    findings: &mut Findings,
) -> Result<(), Failure> {
    let slug = table::text(integration.get("slug"));
    findings.integration = Some(slug.clone());
    let is_enabled = check_state(integration, &slug, findings);
    check_warnings(integration, findings);
    check_credentials(session, &slug, is_enabled, findings).await?;
    check_way_in(session, integration, findings).await?;
    if is_enabled {
        check_snapshot(session, &slug, findings).await?;
    }
    check_waiting(session, &slug, findings).await?;
    findings.integration = None;
    Ok(())
}

fn check_state(integration: &Value, slug: &str, findings: &mut Findings) -> bool {
    match table::text(integration.get("state")).as_str() {
        "enabled" => {
            findings.ok("is enabled");
            true
        }
        "detached" => {
            findings.warn("is detached for ever", "remove it from Azure");
            false
        }
        state => {
            findings.warn(format!("is {state}"), format!("scimctl integration enable {slug}"));
            false
        }
    }
}

fn check_warnings(integration: &Value, findings: &mut Findings) {
    for warning in integration.get("warnings").and_then(Value::as_array).into_iter().flatten() {
        let code = table::text(warning.get("code"));
        if !OWN_WARNINGS.contains(&code.as_str()) {
            findings.warn(table::text(warning.get("text")), format!("look at the cause ({code})"));
        }
    }
}

async fn check_credentials(
    session: &Session,
    slug: &str,
    is_enabled: bool,
    findings: &mut Findings,
) -> Result<(), Failure> {
    let path = ["integrations", slug, "credentials"];
    let credentials = match whole(session, &path).await {
        Ok(credentials) => credentials,
        Err(failure) => {
            findings.fail(format!("credentials: {}", failure.sentence()), "look into the gateway's log");
            return Ok(());
        }
    };
    let state = |credential: &&Value| table::text(credential.get("state"));
    let usable: Vec<&Value> =
        credentials.iter().filter(|one| matches!(state(one).as_str(), "active" | "expiring")).collect();
    if usable.is_empty() {
        let fix = format!("scimctl token issue --integration {slug} --name NAME");
        if is_enabled {
            findings.fail("has no usable credential", fix);
        } else {
            findings.warn("has no usable credential", fix);
        }
        return Ok(());
    }
    for credential in usable.iter().filter(|one| state(one) == "expiring") {
        let (id, name) = (table::text(credential.get("id")), table::text(credential.get("name")));
        findings.warn(
            format!("credential {name} expires {}", table::text(credential.get("expires_at"))),
            format!("scimctl token rotate --integration {slug} {id}"),
        );
    }
    let used = usable.iter().filter_map(|credential| instant(credential.pointer("/last_used/at")));
    match used.max() {
        None => findings.warn(
            format!("usable credentials: {}, never used", usable.len()),
            "paste Tenant URL and Secret Token in Azure, and start provisioning",
        ),
        Some(at) if is_enabled && moment::now() - at > TimeDelta::days(1) => {
            findings.warn(format!("was last used {at}"), "is provisioning running in Azure?");
        }
        Some(at) => findings.ok(format!("usable credentials: {}, last used {at}", usable.len())),
    }
    Ok(())
}

/// The public listener, as the directory sees it: without a token it either tells what it can, or asks for one.
async fn check_way_in(
    session: &Session,
    integration: &Value,
    findings: &mut Findings,
) -> Result<(), Failure> {
    let address = table::text(integration.get("scim_url"));
    let Ok(base) = Url::parse(&address) else {
        findings.fail(format!("SCIM URL {address} is no address"), "check public.base_url of the gateway");
        return Ok(());
    };
    let request = session.client.anonymous(&base, &["ServiceProviderConfig"])?;
    match session.client.probe(request).await {
        Ok((200 | 401, _)) if base.scheme() == "https" => findings.ok(format!("{address} answers")),
        Ok((200 | 401, _)) => findings.warn(
            format!("{address} answers, but not by https, which Azure needs"),
            "put a proxy with TLS before it, and set public.base_url",
        ),
        Ok((status, _)) => findings.fail(
            format!("{address} answers {status}"),
            "check public.base_url of the gateway, and the proxy before it",
        ),
        Err(failure) => {
            findings.fail(failure.sentence(), "check public.base_url, DNS, the proxy and its certificate")
        }
    }
    Ok(())
}

async fn check_snapshot(session: &Session, slug: &str, findings: &mut Findings) -> Result<(), Failure> {
    let fix = format!("scimctl reconcile run --integration {slug} --wait");
    let snapshots = match whole(session, &["integrations", slug, "snapshots"]).await {
        Ok(snapshots) => snapshots,
        Err(failure) => {
            findings.fail(format!("snapshots: {}", failure.sentence()), "look into the gateway's log");
            return Ok(());
        }
    };
    let finished = |one: &Value| instant(one.get("finished_at"));
    match snapshots.iter().filter_map(finished).max() {
        None => findings.warn("there was no snapshot yet", fix),
        Some(at) if moment::now() - at > TimeDelta::days(2) => {
            findings.warn(format!("the last snapshot is of {at}"), fix);
        }
        Some(at) => findings.ok(format!("the last snapshot is of {at}")),
    }
    Ok(())
}

async fn check_waiting(session: &Session, slug: &str, findings: &mut Findings) -> Result<(), Failure> {
    let mut is_quiet = true;
    for (list, state, what, fix) in WAITING {
        match read(session, Side::Lms, &["integrations", slug, list], state).await {
            Ok(items) if items.is_empty() => {}
            Ok(items) => {
                is_quiet = false;
                findings.warn(format!("{what}: {}", items.len()), format!("{fix} --integration {slug}"));
            }
            Err(failure) if failure.is_not_found() => {
                findings.warn(
                    "the LMS knows nothing of it",
                    "it does from the first event on: provision somebody",
                );
                return Ok(());
            }
            Err(failure) => {
                let fix = "check lms_url and the token's role, or look into user-sync's log";
                findings.fail(format!("{list}: {}", failure.sentence()), fix);
                return Ok(());
            }
        }
    }
    if is_quiet {
        findings.ok("nothing waits for a person");
    }
    Ok(())
}

async fn whole(session: &Session, path: &[&str]) -> Result<Vec<Value>, Failure> {
    paging::read_whole(&session.client, Side::Gateway, path).await?.values()
}

async fn read(
    session: &Session,
    side: Side,
    path: &[&str],
    state: Option<&str>,
) -> Result<Vec<Value>, Failure> {
    let query = [("state", state.map(str::to_owned))];
    paging::read(&session.client, &List { side, path, query: &query, body: None }, &Paging::all())
        .await?
        .values()
}

/// To the second: who reads it asks how long ago that was.
fn instant(value: Option<&Value>) -> Option<DateTime<Utc>> {
    let instant: DateTime<Utc> = value.and_then(Value::as_str).and_then(|text| text.parse().ok())?;
    Some(instant.trunc_subsecs(0))
}
