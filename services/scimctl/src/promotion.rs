//! How two integrations differ, and making one like the other.

use clap::Args;
use reqwest::Method;
use serde_json::{Value, json};

use crate::client::Side;
use crate::confirm;
use crate::failure::Failure;
use crate::output::escape;
use crate::session::Session;
use crate::table;

/// Two integrations.
#[derive(Args)]
pub(crate) struct Between {
    /// The one to look up to.
    #[arg(long, value_name = "SLUG")]
    from: String,
    /// The one that is or becomes otherwise.
    #[arg(long, value_name = "SLUG")]
    to: String,
}

/// A promotion that is wanted.
#[derive(Args)]
pub(crate) struct Promote {
    #[command(flatten)]
    between: Between,
    /// Do not ask.
    #[arg(long)]
    yes: bool,
    /// Why, for those who read the versions of the rules.
    #[arg(long)]
    comment: Option<String>,
}

/// What is compared, and where.
pub(crate) struct Subject {
    name: &'static str,
    side: Side,
    comparison: &'static str,
    promotion: &'static str,
}

const SETTINGS: Subject =
    Subject { name: "settings", side: Side::Gateway, comparison: "comparison", promotion: "promotion" };

const RULES: Subject =
    Subject { name: "rules", side: Side::Lms, comparison: "rules-comparison", promotion: "rules-promotion" };

impl Subject {
    /// An integration as a whole.
    pub(crate) const BOTH: &'static [Self] = &[SETTINGS, RULES];
    /// Its rules alone.
    pub(crate) const RULES: &'static [Self] = &[RULES];
}

pub(crate) async fn compare(
    session: &Session,
    between: &Between,
    subjects: &[Subject],
) -> Result<(), Failure> {
    let compared = read(session, between, subjects).await?;
    if session.output.is_json {
        return Ok(session.output.json(&by_name(subjects, compared).to_string())?);
    }
    Ok(session.output.line(&shown(between, subjects, &compared))?)
}

/// Shows the differences, asks, and has each service do its part with the versions that were shown.
pub(crate) async fn promote(
    session: &Session,
    wanted: &Promote,
    subjects: &[Subject],
) -> Result<(), Failure> {
    let between = &wanted.between;
    let compared = read(session, between, subjects).await?;
    eprintln!("{}\n", shown(between, subjects, &compared));
    confirm::agreed(wanted.yes, &format!("Make {} like {}?", between.to, between.from))?;

    let mut done = Vec::new();
    for (subject, comparison) in subjects.iter().zip(&compared) {
        let version = |of: &str| comparison.pointer(&format!("/versions/{of}")).unwrap_or(&Value::Null);
        let mut body = json!({
            "from": between.from,
            "from_version": version("there"),
            "to_version": version("here"),
        });
        if let (Side::Lms, Some(comment), Value::Object(members)) = (subject.side, &wanted.comment, &mut body)
        {
            members.insert("comment".to_owned(), comment.as_str().into());
        }
        let path = ["integrations", &between.to, subject.promotion];
        let request = session.client.request(Method::POST, subject.side, &path)?.json(&body);
        let answer = match session.client.send(request).await {
            Ok(answer) => answer,
            Err(source) if done.is_empty() => return Err(source),
            Err(source) => {
                return Err(Failure::Halfway {
                    done: "settings, profile and schemas were promoted",
                    source: Box::new(source),
                });
            }
        };
        done.push(answer.json()?);
    }
    if session.output.is_json {
        return Ok(session.output.json(&by_name(subjects, done).to_string())?);
    }
    Ok(session.output.line(&format!("{} is like {} now", escape(&between.to), escape(&between.from)))?)
}

async fn read(session: &Session, between: &Between, subjects: &[Subject]) -> Result<Vec<Value>, Failure> {
    let mut compared = Vec::new();
    for subject in subjects {
        let path = ["integrations", &between.to, subject.comparison];
        let request = session.client.request(Method::GET, subject.side, &path)?;
        compared.push(session.client.send(request.query(&[("with", &between.from)])).await?.json()?);
    }
    Ok(compared)
}

/// The answers as they came; each under its name when there are several.
fn by_name(subjects: &[Subject], answers: Vec<Value>) -> Value {
    match <[Value; 1]>::try_from(answers) {
        Ok([only]) => only,
        Err(several) => {
            subjects.iter().map(|subject| subject.name.to_owned()).zip(several).collect::<Value>()
        }
    }
}

fn shown(between: &Between, subjects: &[Subject], compared: &[Value]) -> String {
    let titles = || vec!["WHAT".into(), "WHERE".into(), escape(&between.to), escape(&between.from)];
    let lines: Vec<Vec<String>> = subjects
        .iter()
        .zip(compared)
        .flat_map(|(subject, comparison)| {
            let differences = comparison.get("differences").and_then(Value::as_array).into_iter().flatten();
            differences.map(|difference| {
                let cell = |member| table::text(difference.get(member));
                vec![subject.name.to_owned(), cell("pointer"), cell("here"), cell("there")]
            })
        })
        .collect();
    if lines.is_empty() {
        return format!("{} and {} do not differ", escape(&between.to), escape(&between.from));
    }
    table::aligned(titles(), lines)
}
