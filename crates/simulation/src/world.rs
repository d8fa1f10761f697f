//! A run of one seed: the script, the recovery and the judgement.

use std::sync::Arc;

use chrono::Duration;
use directory::{Integration, IntegrationId, IntegrationSlug};
use events::{Environment, EventId, Message};
use lms::{Attribute, LearnerId};
use uuid::Uuid;

use crate::directory_store::DirectoryMemory;
use crate::entra::Entra;
use crate::ledger::Ledger;
use crate::nature::{Nature, Weather};
use crate::oracle;
use crate::pipeline::{Pipeline, REPLICAS, Work};

/// Requests of a script, of both integrations.
const REQUESTS: usize = 24;
const AT_ONCE: usize = 4;
/// Steps after which a script counts as stuck.
const MOST_STEPS: usize = 20_000;
/// Rounds within which everything must have arrived once all works again.
const MOST_ROUNDS: usize = 60;

pub(crate) struct World {
    pub(crate) nature: Arc<Nature>,
    pub(crate) pipeline: Pipeline,
    pub(crate) entras: [Entra; 2],
    pub(crate) ledger: Arc<Ledger>,
    pub(crate) by_hand: ByHand,
    /// Messages that nobody can read.
    pub(crate) poison: Vec<EventId>,
}

/// What people did in the LMS.
#[derive(Default)]
pub(crate) struct ByHand {
    /// Telephone number and biography that a learner was given last.
    pub(crate) columns: std::collections::BTreeMap<LearnerId, (String, String)>,
    /// Courses that somebody took, by integration and external id.
    pub(crate) records: Vec<(IntegrationSlugText, String, u32)>,
}

type IntegrationSlugText = String;

impl World {
    pub(crate) fn new(seed: u64, is_traced: bool) -> Self {
        let nature = Arc::new(Nature::new(seed, is_traced));
        let is_one_portal = nature.draw(|chance| chance.one_in(2));
        let integrations = [0, 1].map(|index: usize| {
            let portal = if is_one_portal || index == 0 { "acme" } else { "contoso" };
            let slug = IntegrationSlug::parse(&format!("integration{index}")).unwrap();
            let id = IntegrationId(Uuid::from_u128(1 + index as u128));
            Integration::new(id, slug, portal.to_owned(), Environment::Production)
        });
        let store = Arc::new(DirectoryMemory::new(nature.clone(), &integrations));
        let ledger = Arc::new(Ledger::default());
        let mut index = 0;
        let entras = integrations.map(|integration| {
            let entra = Entra {
                index,
                integration,
                store: store.clone(),
                ledger: ledger.clone(),
                nature: nature.clone(),
            };
            index += 1;
            entra
        });
        let is_standalone = nature.draw(|chance| chance.one_in(5));
        let pipeline = Pipeline::new(&nature, &store, is_standalone);
        Self { nature, pipeline, entras, ledger, by_hand: ByHand::default(), poison: Vec::new() }
    }

    /// Runs the script, heals everything, waits until nothing is on its way, and judges. Answers what is wrong.
    pub(crate) fn run(&mut self) -> Vec<String> {
        self.script();
        self.nature.set_weather(Weather::default());
        self.nature.note("healed", String::new);
        let mut wrong = self.drain();
        if wrong.is_empty() {
            wrong.extend(oracle::judge(self));
        }
        wrong.extend(self.nature.violations());
        wrong
    }

    fn script(&mut self) {
        let mut sent = 0;
        for _ in 0..MOST_STEPS {
            if sent == REQUESTS && self.pipeline.under_way(Work::Request) == 0 {
                return;
            }
            let replica = self.nature.draw(|chance| chance.below(REPLICAS));
            match self.nature.draw(|chance| chance.below(100)) {
                0..=11 if sent < REQUESTS && self.pipeline.under_way(Work::Request) < AT_ONCE => {
                    let entra = self.nature.draw(|chance| chance.below(2));
                    self.pipeline.request(replica, &self.entras[entra]);
                    sent += 1;
                }
                12..=16 => self.pipeline.begin(replica, Work::Relay),
                17..=22 => self.pipeline.begin(replica, Work::Consumer),
                23 => self.pipeline.begin(replica, Work::Retry),
                24 => self.pipeline.begin(replica, Work::Recheck),
                25 => self.happen(replica),
                _ => self.pipeline.step(),
            }
        }
        self.nature.violate("the script is stuck".to_owned());
    }

    /// Something that no process decides.
    fn happen(&mut self, replica: usize) {
        match self.nature.draw(|chance| chance.below(12)) {
            0 | 1 => self.pipeline.crash(replica, true),
            2 | 3 => self.pipeline.crash(replica, false),
            4 | 5 => {
                let weather = self.nature.draw(|chance| {
                    let mut percent = || [0, 0, 5, 30, 100][chance.below(5)];
                    Weather { directory: percent(), broker: percent(), lms: percent() }
                });
                self.nature.note("weather", || format!("{weather:?}"));
                self.nature.set_weather(weather);
            }
            6 => self.nature.pass_time(Duration::seconds(31)),
            7 => self.nature.pass_time(Duration::minutes(5)),
            8 => self.poison(),
            9 if self.nature.draw(|chance| chance.one_in(4)) => {
                // The directory was restored from a backup that lacked nothing.
                self.pipeline.directory.tables().epoch += 1;
            }
            _ => self.edit_by_hand(),
        }
    }

    fn poison(&mut self) {
        if self.pipeline.is_standalone || !self.poison.is_empty() {
            return;
        }
        let id = EventId(Uuid::from_u128(0xBAD));
        self.poison.push(id);
        let (routing_key, content_type) = (String::new(), "application/json".to_owned());
        let attributes = std::collections::BTreeMap::new();
        self.pipeline.broker.enqueue(Message {
            id,
            routing_key,
            attributes,
            content_type,
            body: b"{".to_vec(),
        });
    }

    /// Somebody edits a learner's own columns in the LMS, or takes a course.
    fn edit_by_hand(&mut self) {
        let mut tables = self.pipeline.lms.tables();
        let ids: Vec<LearnerId> = tables.learners.keys().copied().collect();
        let (chosen, number) =
            self.nature.draw(|chance| (chance.pick(&ids).copied(), chance.below(1_000_000)));
        let Some(id) = chosen else { return };
        self.nature.note("by hand", || format!("{id:?}"));
        let Some(learner) = tables.learners.get_mut(&id).map(Arc::make_mut) else { return };
        let (phone, bio) = (format!("+1 {number}"), format!("Bio {number}"));
        learner.row.profile.set(Attribute::Phone, Some(phone.clone()));
        learner.bio.clone_from(&bio);
        learner.version += 1;
        self.by_hand.columns.insert(id, (phone, bio));
        if let (Some(source), Some(external_id)) = (&learner.row.source, &learner.row.external_id) {
            let course = self.by_hand.records.len() as u32;
            learner.training_records.push(course);
            self.by_hand.records.push((source.integration.0.clone(), external_id.clone(), course));
        }
    }

    /// Lets everything arrive that is on its way.
    fn drain(&mut self) -> Vec<String> {
        for _ in 0..MOST_ROUNDS {
            self.finish();
            if self.is_settled() {
                return Vec::new();
            }
            for replica in 0..REPLICAS {
                for work in [Work::Relay, Work::Consumer, Work::Retry, Work::Recheck] {
                    self.pipeline.begin(replica, work);
                }
            }
            self.finish();
            // Leases end, and what was parked is due again, at most an hour later.
            self.nature.pass_time(Duration::minutes(10));
        }
        vec![self.left()]
    }

    fn finish(&mut self) {
        for _ in 0..MOST_STEPS {
            if self.pipeline.is_idle() {
                return;
            }
            self.pipeline.step();
        }
        self.nature.violate("a task does not end".to_owned());
    }

    fn is_settled(&self) -> bool {
        let lms = self.pipeline.lms.tables();
        let only_poison = lms.parked.keys().all(|id| self.poison.contains(id));
        self.pipeline.directory.tables().unsent() == 0
            && self.pipeline.broker.is_empty()
            && only_poison
            && lms.rechecks.is_empty()
    }

    /// What never arrived.
    fn left(&self) -> String {
        let lms = self.pipeline.lms.tables();
        let parked: Vec<String> = lms
            .parked
            .iter()
            .filter(|(id, _)| !self.poison.contains(id))
            .map(|(id, row)| format!("{id} {} after {} times", row.code, row.attempts))
            .collect();
        let unsent = self.pipeline.directory.tables().unsent();
        format!("it does not end: {unsent} unsent, {} rechecks, parked {parked:?}", lms.rechecks.len())
    }
}
