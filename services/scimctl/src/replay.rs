//! `scimctl replay`

use clap::Args;
use reqwest::Method;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::client::Side;
use crate::failure::Failure;
use crate::moment;
use crate::session::Session;

#[derive(Args)]
#[group(required = true, multiple = true)]
pub(crate) struct Wanted {
    /// Events since then: an instant, or how long ago (2h, 7d).
    #[arg(long, value_parser = moment::past, value_name = "TIME")]
    since: Option<String>,
    /// Events of one user, and the user as he or she is now.
    #[arg(long, value_name = "SCIM_ID", conflicts_with = "group")]
    user: Option<Uuid>,
    /// Events of one group, and the group and its members as they are now.
    #[arg(long, value_name = "SCIM_ID")]
    group: Option<Uuid>,
    /// Everything as it is now: the same as `reconcile run`.
    #[arg(long, conflicts_with_all = ["since", "user", "group"])]
    all: bool,
}

pub(crate) async fn run(session: &Session, wanted: Wanted) -> Result<(), Failure> {
    if wanted.all {
        return session.act(session.request(Method::POST, Side::Gateway, &["snapshots"])?, &[]).await;
    }
    let replayed = replay(session, &wanted).await?;
    let snapshot = snapshot(session, &wanted).await?;
    let shown = json!({ "replayed": replayed, "snapshot": snapshot });
    Ok(session.output.record(&shown, &[])?)
}

/// Walks over the log, and answers how many events are published once more.
async fn replay(session: &Session, wanted: &Wanted) -> Result<u64, Failure> {
    let mut body = Map::new();
    let given = [
        ("since", wanted.since.clone()),
        ("user", wanted.user.map(|id| id.to_string())),
        ("group", wanted.group.map(|id| id.to_string())),
    ];
    for (name, value) in given {
        if let Some(value) = value {
            body.insert(name.to_owned(), value.into());
        }
    }
    let mut replayed = 0;
    loop {
        let request = session.request(Method::POST, Side::Gateway, &["replays"])?.json(&body);
        let part = session.client.send(request).await?.json()?;
        replayed += part.get("replayed").and_then(Value::as_u64).unwrap_or_default();
        match part.get("next") {
            None | Some(Value::Null) => return Ok(replayed),
            Some(next) => body.insert("cursor".to_owned(), next.clone()),
        };
        eprintln!("{replayed} events so far …");
    }
}

/// Has a resource told as it is now; answers the snapshot that does.
async fn snapshot(session: &Session, wanted: &Wanted) -> Result<Option<Value>, Failure> {
    let only = match (wanted.user, wanted.group) {
        (Some(user), _) => json!({ "user": user }),
        (None, Some(group)) => json!({ "group": group }),
        (None, None) => return Ok(None),
    };
    let request = session.request(Method::POST, Side::Gateway, &["snapshots"])?.json(&only);
    Ok(session.client.send(request).await?.json()?.get("id").cloned())
}
