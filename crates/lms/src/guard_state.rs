use crate::{Guard, HoldId, HoldState, IntegrationSlug, KnownIntegration, OpenedHold, Wait};

/// How many of an integration came and went while a batch is being decided.
#[derive(Clone, Debug)]
pub(crate) struct GuardState {
    guard: Guard,
    /// The hold that would begin.
    next_hold: HoldId,
    /// Learners of the integration who are active, before the batch.
    active: u64,
    /// Those deactivated within the window, before the batch.
    departed: u64,
    /// Seats of the portal that are free, before the batch; none when there is no limit.
    free_seats: Option<u64>,
    /// The hold that is open.
    hold: Option<HoldId>,
    is_hold_new: bool,
    arrivals: u64,
    departures: u64,
    /// Departures that a person decided: they say nothing about those to come.
    approved: u64,
}

/// Whether a deactivation goes through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Passage {
    /// It does.
    Free,
    /// It does, because a person decided so.
    Approved,
    /// It waits.
    Held(Wait),
}

impl GuardState {
    pub(crate) fn of(integration: &IntegrationSlug, known: &KnownIntegration) -> Self {
        Self {
            guard: known.rules.rules.guard,
            next_hold: HoldId::opened_at(integration, known.revision),
            active: known.active,
            departed: known.departed,
            free_seats: known.free_seats,
            hold: known.open_hold,
            is_hold_new: false,
            arrivals: 0,
            departures: 0,
            approved: 0,
        }
    }

    /// Decides about a deactivation. What a person decided stands; who waits in an open hold goes on waiting there, even
    /// when the window has moved on.
    pub(crate) fn pass(&mut self, wait: Option<Wait>) -> Passage {
        match wait {
            Some(Wait::Held { state: HoldState::Approved, .. }) => return Passage::Approved,
            Some(wait @ Wait::Held { state: HoldState::Open | HoldState::Rejected, .. }) => {
                return Passage::Held(wait);
            }
            Some(Wait::Adoption { .. } | Wait::Exempt) | None => {}
        }
        let active = (self.active + self.arrivals).saturating_sub(self.departures + self.approved);
        if self.guard.allows(self.departed + self.departures, active) {
            return Passage::Free;
        }
        let hold = self.hold.unwrap_or_else(|| self.open());
        Passage::Held(Wait::Held { hold, state: HoldState::Open })
    }

    fn open(&mut self) -> HoldId {
        self.hold = Some(self.next_hold);
        self.is_hold_new = true;
        self.next_hold
    }

    /// Whether one more active learner has room.
    pub(crate) fn has_seat(&self) -> bool {
        self.free_seats.is_none_or(|free| free + self.departures + self.approved > self.arrivals)
    }

    /// Counts a learner who was or is active.
    pub(crate) fn count(&mut self, was_active: bool, is_active: bool, passage: Passage) {
        match (was_active, is_active) {
            (true, false) if passage == Passage::Approved => self.approved += 1,
            (true, false) => self.departures += 1,
            (false, true) => self.arrivals += 1,
            (true, true) | (false, false) => {}
        }
    }

    /// Learners who were deactivated and of whom no person decided that.
    pub(crate) fn departures(&self) -> u64 {
        self.departures
    }

    /// Whether something was decided by the counters.
    pub(crate) fn is_used(&self) -> bool {
        self.departures > 0 || self.is_hold_new || (self.arrivals > 0 && self.free_seats.is_some())
    }

    /// The hold that began.
    pub(crate) fn opened_hold(&self, integration: &IntegrationSlug) -> Option<OpenedHold> {
        let id = self.hold.filter(|_| self.is_hold_new)?;
        let departed = self.departed + self.departures;
        Some(OpenedHold { id, integration: integration.clone(), departed, active: self.active })
    }
}
