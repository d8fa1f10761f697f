//! The order in which the operations of a bulk request run.

use std::collections::VecDeque;

use serde_json::{Map, Value, json};

use super::reference::{
    Readiness, Target, Targets, readiness, references, resolve, resolve_path, split_awaited,
};
use super::{BulkCall, BulkMethod, BulkRequest};
use crate::error::ScimError;
use crate::urn;

/// Hands out the operations of a request one by one, each with its references resolved.
///
/// They run in the order of the request. A POST that refers to a resource of a later one runs without that reference,
/// which a PATCH adds as soon as the other exists; so circles come out right too (RFC 7644 §3.7.1). Any other operation
/// that refers to a later one runs right behind it.
#[derive(Debug)]
pub struct BulkPlan {
    request: BulkRequest,
    targets: Targets,
    /// Positions of the operations that have not been looked at, in order.
    ahead: VecDeque<usize>,
    /// What waits for resources, in the order of the request.
    waiting: VecDeque<Waiting>,
    /// Whether an operation has run since nothing of what waits was found to be ready.
    has_news: bool,
    errors: usize,
}

#[derive(Debug)]
struct Waiting {
    position: usize,
    call: BulkCall,
    /// The `bulkId`s that it refers to.
    references: Vec<String>,
    is_completion: bool,
}

/// An operation to run now.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// Position of the operation in the request, from 0.
    pub position: usize,
    /// Whether this completes the resource that the operation has created before: then only a failure changes what the
    /// operation is answered.
    pub is_completion: bool,
    /// What to do, or why it cannot be done.
    pub call: Result<BulkCall, ScimError>,
}

impl BulkPlan {
    /// Plans a request.
    pub fn new(request: BulkRequest) -> Self {
        let posts = request.operations.iter().filter(|operation| operation.method == "POST");
        let targets =
            posts.filter_map(|operation| Some((operation.bulk_id.clone()?, Target::Awaited))).collect();
        let ahead = (0..request.operations.len()).collect();
        Self { request, targets, ahead, waiting: VecDeque::new(), has_news: false, errors: 0 }
    }

    /// Returns the request.
    pub fn request(&self) -> &BulkRequest {
        &self.request
    }

    /// Returns what to run next; `None` when all has run, or enough has failed (`failOnErrors`).
    pub fn next_step(&mut self) -> Option<Step> {
        if self.request.fail_on_errors.is_some_and(|limit| self.errors >= limit) {
            return self.next_incomplete();
        }
        loop {
            if let Some(step) = self.next_waiting() {
                return Some(step);
            }
            let position = self.ahead.pop_front()?;
            let call = match self.request.operations.get(position)?.call.clone() {
                Ok(call) => call,
                Err(error) => return Some(Step { position, is_completion: false, call: Err(error) }),
            };
            let references = references(&call.path, &call.data, &self.targets);
            let is_post = call.method == BulkMethod::Post;
            let state = readiness(&references, &self.targets);
            let waiting = Waiting { position, call, references, is_completion: false };
            match state {
                Err(error) => return Some(Step { position, is_completion: false, call: Err(error) }),
                Ok(Readiness::Ready) => return Some(self.step(waiting)),
                Ok(Readiness::Waiting) if is_post => return Some(self.step_without_awaited(waiting)),
                Ok(Readiness::Waiting) => self.waiting.push_back(waiting),
            }
        }
    }

    /// Takes note of what a step came to: the id of the resource that a POST created, or that it failed.
    pub fn finish(&mut self, step: &Step, outcome: Result<Option<&str>, ()>) {
        if outcome.is_err() {
            self.errors += 1;
        }
        if step.is_completion {
            return;
        }
        let bulk_id =
            self.request.operations.get(step.position).and_then(|operation| operation.bulk_id.as_ref());
        let Some(target) = bulk_id.and_then(|id| self.targets.get_mut(id)) else { return };
        *target = match outcome {
            Ok(Some(id)) => Target::Created(id.to_owned()),
            Ok(None) | Err(()) => Target::Failed,
        };
        self.has_news = true;
        if let (Target::Created(id), Some(awaited)) =
            (&*target, self.waiting.iter_mut().find(|w| w.is_completion && w.position == step.position))
        {
            awaited.call.path = format!("{}/{id}", awaited.call.path.trim_end_matches('/'));
        } else {
            // Nothing was created, so there is nothing to complete.
            self.waiting.retain(|waiting| !(waiting.is_completion && waiting.position == step.position));
        }
    }

    /// Returns a resource that was created and can no longer be completed, so that its client learns of it.
    fn next_incomplete(&mut self) -> Option<Step> {
        let index = self.waiting.iter().position(|waiting| waiting.is_completion)?;
        let Waiting { position, is_completion, .. } = self.waiting.remove(index)?;
        let detail = "The request ended before what this resource refers to was created.";
        Some(Step { position, is_completion, call: Err(ScimError::plain(409, detail)) })
    }

    fn next_waiting(&mut self) -> Option<Step> {
        if !self.has_news {
            return None;
        }
        for index in 0..self.waiting.len() {
            let waiting = self.waiting.get(index)?;
            let state = readiness(&waiting.references, &self.targets);
            if state == Ok(Readiness::Waiting) {
                continue;
            }
            let waiting = self.waiting.remove(index)?;
            return Some(match state {
                Ok(_) => self.step(waiting),
                Err(error) => Step {
                    position: waiting.position,
                    is_completion: waiting.is_completion,
                    call: Err(error),
                },
            });
        }
        self.has_news = false;
        None
    }

    fn step(&self, ready: Waiting) -> Step {
        let Waiting { position, mut call, is_completion, .. } = ready;
        call.path = resolve_path(&call.path, &self.targets);
        resolve(&mut call.data, &self.targets);
        Step { position, is_completion, call: Ok(call) }
    }

    /// Creates now what can be created, and keeps a PATCH with the rest for later.
    fn step_without_awaited(&mut self, mut waiting: Waiting) -> Step {
        let awaited = addition(split_awaited(&mut waiting.call.data, &self.targets));
        let path = waiting.call.path.clone();
        self.waiting.push_back(Waiting {
            position: waiting.position,
            references: references("", &awaited, &self.targets),
            call: BulkCall { method: BulkMethod::Patch, path, version: None, data: awaited },
            is_completion: true,
        });
        self.step(waiting)
    }
}

fn addition(value: Map<String, Value>) -> Map<String, Value> {
    let mut body = Map::new();
    body.insert("schemas".to_owned(), json!([urn::PATCH_OP]));
    body.insert("Operations".to_owned(), json!([{ "op": "add", "value": value }]));
    body
}
