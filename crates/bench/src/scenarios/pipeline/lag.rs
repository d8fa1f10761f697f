//! How far the LMS is behind when 100 users a second are written. A trigger of the measurement's own tells of each row
//! as its transaction commits.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use futures::StreamExt;
use tokio::sync::mpsc;
use tokio_postgres::{AsyncMessage, Client, NoTls};

use super::Pipeline;
use crate::load::http::Connection;
use crate::load::sample::Times;
use crate::load::scim::{self, user_name};
use crate::scenarios::Bench;

/// Beyond the users that were written before.
const FIRST: usize = 5_000_000;
const PER_SECOND: usize = 100;
/// How long the last row may take.
const PATIENCE: Duration = Duration::from_secs(20);

const TELL: &str = "
create function public.tell_of_learner() returns trigger language plpgsql as $$
begin
    perform pg_catalog.pg_notify('learner', new.login);
    return null;
end
$$;
create trigger tell_of_learner after insert on lms.learner
    for each row execute function public.tell_of_learner();
listen learner;";

const TELL_NO_MORE: &str = "
drop trigger tell_of_learner on lms.learner;
drop function public.tell_of_learner();";

pub(super) async fn measure(bench: &Bench, pipeline: &Pipeline) -> anyhow::Result<Times> {
    let (listener, mut rows) = listen(&pipeline.lms.url).await?;
    listener.batch_execute(TELL).await?;
    let mut connection = Connection::open(&pipeline.gateway.target).await?;
    let begin = Instant::now();
    let written = usize::try_from(bench.plan.lag.as_secs())? * PER_SECOND;
    let mut answered = HashMap::new();
    for turn in 0..written {
        let due = begin + Duration::from_secs(1) * u32::try_from(turn)? / u32::try_from(PER_SECOND)?;
        tokio::time::sleep_until(due.into()).await;
        scim::create(&mut connection, FIRST + turn).await?;
        answered.insert(user_name(FIRST + turn), Instant::now());
    }
    let behind = begin.elapsed().saturating_sub(bench.plan.lag);
    ensure!(behind < Duration::from_secs(1), "the gateway cannot take {PER_SECOND} users a second");
    let mut lags = Vec::new();
    while lags.len() < written {
        let row = tokio::time::timeout(PATIENCE, rows.recv()).await.context("a row did not come")?;
        let (login, at) = row.context("the listener was disconnected")?;
        let answered = answered.get(&login).with_context(|| format!("nobody wrote {login}"))?;
        lags.push(at.saturating_duration_since(*answered));
    }
    listener.batch_execute(TELL_NO_MORE).await?;
    Times::of(lags).context("nothing was written")
}

/// A session, and what it is told with the moment at which it was.
async fn listen(url: &str) -> anyhow::Result<(Client, mpsc::UnboundedReceiver<(String, Instant)>)> {
    let (client, mut connection) = tokio_postgres::connect(url, NoTls).await?;
    let (sender, receiver) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        let mut messages = futures::stream::poll_fn(move |context| connection.poll_message(context));
        while let Some(Ok(message)) = messages.next().await {
            if let AsyncMessage::Notification(told) = message {
                // Whoever measured has seen enough when nobody receives any more.
                let _ = sender.send((told.payload().to_owned(), Instant::now()));
            }
        }
    });
    Ok((client, receiver))
}
