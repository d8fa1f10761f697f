//! What waits for a person: holds, newcomers who may be somebody known, parked events, exemptions, erasures; and the
//! reports on what the directory and the LMS disagreed about.
//!
//! A use case reads, decides purely, and has the store write under the condition that nothing changed meanwhile. What
//! was decided of a resource is carried out by deciding it anew: each decision requests that in its own transaction.

mod adoption;
mod backlog;
mod decide_adoption;
mod decide_hold;
mod erase;
mod error;
mod exempt;
mod hold;
mod link_all;
mod ports;
mod report;
mod retry;

pub use adoption::{AdoptionCase, CandidateView, KnownCandidate, Owner, waiting_newcomers};
pub use backlog::{MissingManager, MissingManagers, ParkedCase, ParkedView, StuckResource, parked_events};
pub use decide_adoption::{AdoptedNewcomer, Adoption, AdoptionDecision, decide_adoption};
pub use decide_hold::{HoldDecision, Verdict, decide_hold};
pub use erase::{
    Erasure, ErasureRequest, ErasureState, ErasureSubject, cancel_erasure, confirm_erasure, request_erasure,
};
pub use error::{Case, CaseError, Flaw, Obstacle};
pub use exempt::{Exemption, ExemptionGrant, end_exemption, put_exemption};
pub use hold::{HeldPerson, HeldPersonView, Hold, HoldDetails, show_hold};
pub use link_all::link_all;
pub use ports::{Adoptions, Backlog, CaseStore, Erasures, Exemptions, Holds, Reports};
pub use report::{ConflictEntry, DriftCount, DriftEntry, FindingEntry, ReconcileRun};
pub use retry::{discard_parked_event, retry_parked_event, retry_parked_events, retry_stuck};

/// How often something is decided anew because somebody else was faster.
const MAX_DECISIONS: usize = 5;

/// Longest remark of an administrator, in bytes.
const LONGEST_REMARK: usize = 2_000;

/// Reads what an administrator wrote for others to read.
fn read_remark(text: &str) -> Result<String, Flaw> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Flaw::RemarkMissing);
    }
    if text.len() > LONGEST_REMARK || text.contains('\0') {
        return Err(Flaw::RemarkUnfit);
    }
    Ok(text.to_owned())
}
