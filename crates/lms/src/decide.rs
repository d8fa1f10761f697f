use events::Applied;

use crate::task::Task;
use crate::working_set::WorkingSet;
use crate::{Change, ParkReason, Question, Recheck, Snapshot, Supplement};

/// What a batch means.
pub(crate) struct Decision {
    pub(crate) change: Change,
    /// One outcome for each task, in the same order.
    pub(crate) outcomes: Vec<Applied>,
    /// Which of the tasks cannot be done, by their numbers, with the reason.
    pub(crate) refused: Vec<(usize, ParkReason)>,
}

/// Decides a batch in the order of its tasks.
pub(crate) fn decide(
    batch: &[Task],
    snapshot: Snapshot,
    question: &Question,
    supplement: Supplement,
) -> Decision {
    let mut working_set = WorkingSet::new(snapshot, question, supplement);
    let mut refused = Vec::new();
    let mut postponed: Vec<(Recheck, ParkReason)> = Vec::new();
    let mut outcomes = Vec::with_capacity(batch.len());
    for (number, task) in batch.iter().enumerate() {
        let decided = match task {
            Task::Event(event) => working_set.apply(event),
            Task::Unreadable(reason) => Err(reason.clone()),
            Task::Recheck(recheck) => working_set.recheck(recheck),
        };
        outcomes.push(decided.unwrap_or_else(|reason| {
            match task {
                Task::Recheck(recheck) => {
                    working_set.note_postponed(recheck, reason.clone());
                    postponed.push((recheck.clone(), reason));
                }
                Task::Event(_) | Task::Unreadable(_) => refused.push((number, reason)),
            }
            Applied::Parked
        }));
    }
    Decision { change: working_set.into_change(postponed), outcomes, refused }
}
