use super::Direction;

/// A place in the conversation of one connection, at which one direction is held for good.
///
/// Pieces are looked for one after the other: `.after(Upstream, "ana@").hold(Downstream)` lets a statement that names Ana
/// through to the server, and its answer not back. So a test stops a program between two steps of its work without
/// anything in the program.
#[derive(Clone, Debug)]
pub struct Trap {
    steps: Vec<(Direction, Vec<u8>)>,
    held: Direction,
}

impl Trap {
    /// Springs when `bytes` go that way; what is held is set by [`Trap::hold`], and is the same way at first.
    pub fn at(direction: Direction, bytes: impl Into<Vec<u8>>) -> Self {
        Self { steps: vec![(direction, bytes.into())], held: direction }
    }

    /// Springs only when, behind that, `bytes` go that way.
    #[must_use]
    pub fn then(mut self, direction: Direction, bytes: impl Into<Vec<u8>>) -> Self {
        self.steps.push((direction, bytes.into()));
        self.held = direction;
        self
    }

    /// Holds this direction, from the last bytes on when they go that way.
    #[must_use]
    pub fn hold(mut self, direction: Direction) -> Self {
        self.held = direction;
        self
    }
}

/// What a trap is to one connection.
#[derive(Debug)]
pub(super) enum Watch {
    /// The connection is on its way into it.
    Looking(Progress),
    /// It sprang here: this direction is held.
    Held(Direction),
    /// It does not concern this connection, or sprang at another.
    Free,
}

/// How far a connection has come on its way into a trap.
#[derive(Debug)]
pub(super) struct Progress {
    trap: Trap,
    step: usize,
    /// The end of what went before in each direction, because a piece may be cut anywhere.
    tails: [Vec<u8>; 2],
}

impl Watch {
    pub(super) fn for_trap(trap: Option<Trap>) -> Self {
        trap.map_or(Self::Free, |trap| Self::Looking(Progress { trap, step: 0, tails: Default::default() }))
    }

    /// Looks at bytes before they are handed on, and answers whether they are held; `spring` answers whether the trap was
    /// still there for this connection.
    pub(super) fn holds(
        &mut self,
        direction: Direction,
        bytes: &[u8],
        spring: impl FnOnce() -> bool,
    ) -> bool {
        if let Self::Looking(progress) = self
            && progress.reaches_end(direction, bytes)
        {
            *self = if spring() { Self::Held(progress.trap.held) } else { Self::Free };
        }
        matches!(self, Self::Held(held) if *held == direction)
    }
}

impl Progress {
    fn reaches_end(&mut self, direction: Direction, bytes: &[u8]) -> bool {
        let tail = &mut self.tails[usize::from(direction == Direction::Downstream)];
        tail.extend_from_slice(bytes);
        while let Some((wanted, piece)) = self.trap.steps.get(self.step) {
            if *wanted != direction {
                break;
            }
            let Some(at) = tail.windows(piece.len()).position(|window| window == piece) else { break };
            tail.drain(..at + piece.len());
            self.step += 1;
        }
        let longest = self.trap.steps.iter().map(|(_, piece)| piece.len()).max().unwrap_or_default();
        let superfluous = tail.len().saturating_sub(longest);
        tail.drain(..superfluous);
        self.step == self.trap.steps.len()
    }
}

#[cfg(test)]
mod tests {
    use super::Direction::{Downstream, Upstream};
    use super::*;

    #[test]
    fn a_trap_springs_at_the_last_of_its_pieces_wherever_they_are_cut() {
        let mut watch =
            Watch::for_trap(Some(Trap::at(Upstream, "ana@").then(Upstream, "COMMIT").hold(Downstream)));
        assert!(!watch.holds(Upstream, b"COMMIT an", || true));
        assert!(!watch.holds(Downstream, b"COMMIT", || true));
        assert!(!watch.holds(Upstream, b"a@x COMM", || true));
        assert!(!watch.holds(Downstream, b"before", || true));
        assert!(!watch.holds(Upstream, b"IT", || true));
        assert!(watch.holds(Downstream, b"the answer", || true));
        assert!(!watch.holds(Upstream, b"more", || true));
    }

    #[test]
    fn pieces_in_one_write_are_seen_and_one_connection_is_enough() {
        let trap = Trap::at(Upstream, "ana@").then(Upstream, "COMMIT");
        let mut first = Watch::for_trap(Some(trap.clone()));
        assert!(first.holds(Upstream, b"insert ana@contoso COMMIT", || true));
        let mut second = Watch::for_trap(Some(trap));
        assert!(!second.holds(Upstream, b"insert ana@contoso COMMIT", || false));
        assert!(!second.holds(Upstream, b"more", || true));
    }
}
