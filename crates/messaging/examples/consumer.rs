//! An LMS program that follows a directory by a queue of its own, and applies each event once.
//!
//! ```sh
//! AMQP_URL=amqp://user:password@host/vhost cargo run -p messaging --example consumer -- QUEUE [PREFIX]
//! ```

use std::collections::HashMap;
use std::io::Write;

use events::{Event, Sequence, State};
use messaging::{Broker, NotApplied, Subscription, Topology};
use tokio::sync::Mutex;

/// The newest of each thing that was applied. A real program keeps it in its database, and writes it in the transaction
/// of what it does.
type Newest = Mutex<HashMap<String, Sequence>>;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // On standard error; without what the AMQP library would write of bodies.
    tracing_subscriber::fmt().with_writer(std::io::stderr).with_env_filter("info,lapin=off").init();
    let mut arguments = std::env::args().skip(1);
    let queue = arguments.next().ok_or("the name of a queue is needed")?;
    let names = Topology::default().with_prefix(&arguments.next().unwrap_or_default());
    let broker = Broker::parse(&std::env::var("AMQP_URL")?)?.with_topology(names);
    let newest = Newest::default();
    let reports = Subscription::new(broker, &queue, &["*.*.user.*", "*.*.group.*", "*.*.membership.*"]);
    reports.run(|event| apply(&newest, event), async { drop(tokio::signal::ctrl_c().await) }).await;
    Ok(())
}

async fn apply(newest: &Newest, event: Event) -> Result<(), NotApplied> {
    let mut newest = newest.lock().await;
    for fact in event.facts() {
        if fact.is_newer(|mark| newest.get(mark).copied()) {
            let state = match fact.state {
                State::User(user) => user.map_or("gone", |user| user.user_name.as_str()),
                State::Group(group) => group.map_or("gone", |group| group.display_name.as_str()),
                State::Member { is_member: true, .. } => "a member",
                State::Member { .. } => "no member",
            };
            writeln!(std::io::stdout(), "{} is {state}", fact.about)?;
            newest.extend(fact.marks());
        }
    }
    Ok(())
}
