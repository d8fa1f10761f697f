use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::about::address_of;
use crate::api::{Credential, Integration, SetupCheck, SetupFinding};
use crate::http::{Failure, LocalPath, Page, Visit, answer_with};

/// How long a page looks by itself for what Azure does, in seconds: somebody who has gone is not kept signed in by it.
const WATCHED: i64 = 600;

/// Status by which htmx shows an answer and asks no more.
const STOP: u16 = 286;

/// The way from nothing to people who come and go by themselves, and how far it was gone.
pub(super) struct Steps {
    pub(super) token: Step,
    /// Names of tokens with a secret that let Azure in: whose secret is lost is of no use.
    pub(super) tokens: Vec<String>,
    pub(super) connection: Step,
    pub(super) mapping: Step,
    pub(super) person: Step,
    pub(super) group: Step,
    pub(super) deactivation: Step,
    pub(super) findings: Vec<SetupFinding>,
    pub(super) sampled: u64,
    /// Where to look once more by itself; none when that has ended.
    pub(super) watch: Option<LocalPath>,
}

/// A step of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Nothing was seen of it.
    Open,
    /// It was done, and not as it should be.
    Wrong,
    /// It was seen to work.
    Done(Option<DateTime<Utc>>),
}

impl Step {
    fn seen(at: Option<DateTime<Utc>>) -> Self {
        at.map_or(Self::Open, |at| Self::Done(Some(at)))
    }

    /// Its name in texts and styles.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Wrong => "wrong",
            Self::Done(_) => "done",
        }
    }

    pub(super) fn at(self) -> Option<DateTime<Utc>> {
        match self {
            Self::Done(at) => at,
            Self::Open | Self::Wrong => None,
        }
    }
}

impl Steps {
    pub(super) const ALL: usize = 6;

    fn of(check: SetupCheck, credentials: &[Credential]) -> Self {
        let is_of_id = |finding: &SetupFinding| {
            matches!(finding.code.as_str(), "no_external_id" | "external_id_is_no_object_id")
        };
        let mapping = match (check.sampled, check.findings.iter().any(is_of_id)) {
            (0, _) => Step::Open,
            (_, true) => Step::Wrong,
            (_, false) => Step::Done(None),
        };
        let usable = || credentials.iter().filter(|credential| credential.is_usable());
        let secrets = usable().filter(|credential| credential.has_secret());
        Self {
            token: if usable().next().is_none() { Step::Open } else { Step::Done(None) },
            tokens: secrets.map(|credential| credential.name.clone()).collect(),
            connection: Step::seen(check.test_connection.at),
            mapping,
            person: Step::seen(check.first_user.at),
            group: Step::seen(check.first_group.at),
            deactivation: Step::seen(check.first_deactivation.at),
            findings: check.findings,
            sampled: check.sampled,
            watch: None,
        }
    }

    /// The name of the token with a secret, where there is just one.
    pub(super) fn only_token(&self) -> Option<&str> {
        self.tokens.first().filter(|_| self.tokens.len() == 1).map(String::as_str)
    }

    fn each(&self) -> [Step; Self::ALL] {
        [self.token, self.connection, self.mapping, self.person, self.group, self.deactivation]
    }

    pub(super) fn done(&self) -> usize {
        self.each().iter().filter(|step| matches!(step, Step::Done(_))).count()
    }

    /// What of it would be shown otherwise when it is another.
    fn mark(&self) -> String {
        let steps = self.each().map(|step| &step.as_str()[..1]).concat();
        let findings = self.findings.iter().map(|finding| format!("-{}", finding.users));
        format!("{steps}{}-{}", findings.collect::<String>(), self.sampled)
    }

    fn watched(mut self, integration: &Integration, until: i64) -> Self {
        let (mark, until) = (self.mark(), until.to_string());
        let pairs = [("integration", integration.slug.as_str()), ("seen", &mark), ("until", &until)];
        self.watch = Some(LocalPath::with("/setup/steps", &pairs));
        self
    }
}

/// How far it was gone, looked at from now on.
pub(super) fn look(
    integration: &Integration,
    check: SetupCheck,
    credentials: &[Credential],
    now: DateTime<Utc>,
) -> Steps {
    Steps::of(check, credentials).watched(integration, now.timestamp() + WATCHED)
}

#[derive(Template)]
#[template(path = "setup_steps.html")]
struct StepsAnew {
    page: Page,
    integration: Integration,
    steps: Steps,
    to: LocalPath,
}

#[derive(Deserialize)]
pub(super) struct Watched {
    integration: String,
    seen: String,
    until: i64,
}

/// `GET /setup/steps`: a part of the page, for scripts. No content when it is as it was seen.
pub(super) async fn follow(visit: Visit, watched: web::Query<Watched>) -> Result<HttpResponse, Failure> {
    let Watched { integration, seen, until } = watched.into_inner();
    let place = visit.place(Some(&integration)).await?;
    let integration = place.integration.clone();
    let (api, now) = (visit.api(), visit.now.timestamp());
    let (check, credentials) =
        futures::try_join!(api.setup_check(&integration.slug), api.credentials(&integration.slug))?;
    let steps = Steps::of(check, &credentials.items);
    let is_over = !(now..=now + WATCHED).contains(&until);
    if !is_over && steps.mark() == seen {
        return Ok(HttpResponse::NoContent().finish());
    }
    let status =
        if is_over { StatusCode::from_u16(STOP).map_err(|_| Failure::Broken)? } else { StatusCode::OK };
    let steps = if is_over { steps } else { steps.watched(&integration, until) };
    let to = address_of("/setup", &integration.slug);
    let page = visit.page("setup-title").about(place);
    answer_with(status, &StepsAnew { page, integration, steps, to })
}
