//! `scimctl doctor`: what is wrong with an installation, and what to do about it.

mod integration;
mod listener;

use serde::Serialize;
use serde_json::json;

use crate::client::Side;
use crate::failure::Failure;
use crate::output::escape;
use crate::paging::{self, List, Paging};
use crate::session::Session;
use crate::table;

/// How serious a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Grade {
    Ok,
    /// Somebody should look at it.
    Warn,
    /// It does not work.
    Fail,
}

/// One thing that was looked at.
#[derive(Debug, Serialize)]
struct Check {
    status: Grade,
    integration: Option<String>,
    what: String,
    fix: Option<String>,
}

/// What was found so far.
#[derive(Default)]
struct Findings {
    checks: Vec<Check>,
    /// What the next ones are about.
    integration: Option<String>,
}

impl Findings {
    fn ok(&mut self, what: impl Into<String>) {
        self.add(Grade::Ok, what.into(), None);
    }

    fn warn(&mut self, what: impl Into<String>, fix: impl Into<String>) {
        self.add(Grade::Warn, what.into(), Some(fix.into()));
    }

    fn fail(&mut self, what: impl Into<String>, fix: impl Into<String>) {
        self.add(Grade::Fail, what.into(), Some(fix.into()));
    }

    fn add(&mut self, status: Grade, what: String, fix: Option<String>) {
        self.checks.push(Check { status, integration: self.integration.clone(), what, fix });
    }
}

/// Looks at the listeners, the token, and each integration that the caller may see.
pub(crate) async fn run(session: &Session) -> Result<(), Failure> {
    let mut findings = Findings::default();
    let gateway_answers = listener::check(session, "gateway", Side::Gateway, &mut findings).await?;
    let is_one_listener = session.client.base(Side::Gateway) == session.client.base(Side::Lms);
    if !is_one_listener {
        listener::check(session, "LMS side", Side::Lms, &mut findings).await?;
    }
    if gateway_answers && listener::check_token(session, &mut findings).await? {
        for integration in integrations(session, &mut findings).await? {
            integration::check(session, &integration, &mut findings).await?;
        }
    }
    tell(session, &findings)
}

async fn integrations(session: &Session, findings: &mut Findings) -> Result<Vec<serde_json::Value>, Failure> {
    if let Some(slug) = session.named_integration() {
        return match session.get(Side::Gateway, &[]).await {
            Ok(answer) => Ok(vec![answer.json()?]),
            Err(failure) => {
                findings
                    .fail(format!("integration {slug}: {}", failure.sentence()), "scimctl integration list");
                Ok(Vec::new())
            }
        };
    }
    let list = List { side: Side::Gateway, path: &["integrations"], query: &[], body: None };
    let found = match paging::read(&session.client, &list, &Paging::all()).await {
        Ok(found) => found.values()?,
        Err(failure) => {
            findings.fail(format!("integrations: {}", failure.sentence()), "look into the gateway's log");
            return Ok(Vec::new());
        }
    };
    if found.is_empty() {
        findings.warn("there is no integration in your portals", "scimctl integration create");
    }
    Ok(found)
}

fn tell(session: &Session, findings: &Findings) -> Result<(), Failure> {
    let is_well = findings.checks.iter().all(|check| check.status != Grade::Fail);
    if session.output.is_json {
        let report = json!({ "is_well": is_well, "checks": findings.checks });
        session.output.json(&report.to_string())?;
    } else {
        let lines = findings.checks.iter().map(|check| {
            let status = match check.status {
                Grade::Ok => "ok",
                Grade::Warn => "warn",
                Grade::Fail => "fail",
            };
            let about = check.integration.as_ref().map(|slug| format!("{slug}: ")).unwrap_or_default();
            let fix = check.fix.as_deref().unwrap_or_default();
            vec![status.to_owned(), escape(&format!("{about}{}", check.what)), escape(fix)]
        });
        session.output.line(&table::aligned(Vec::new(), lines.collect()))?;
    }
    if is_well { Ok(()) } else { Err(Failure::Unhealthy) }
}
