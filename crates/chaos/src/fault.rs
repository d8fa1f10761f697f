use std::fmt;

use futures::future::BoxFuture;

use crate::trial::Stage;
use crate::workload::Population;
use crate::world::Cast;

/// Something that can happen to the product.
pub(crate) struct Fault {
    /// `F01` to `F76`.
    pub(crate) id: &'static str,
    /// What happens.
    pub(crate) title: &'static str,
    /// Whether it belongs to the tests of every change.
    pub(crate) is_fast: bool,
    pub(crate) how: How,
}

/// How it is known what then happens.
#[derive(Clone, Copy)]
pub(crate) enum How {
    /// It is done to real processes while Entra writes, and the oracle judges.
    Injected { cast: Cast, population: Population, inject: Inject },
    /// Tests of the suite show it.
    Shown(&'static str),
    /// It cannot be done here, for this reason.
    NotRun(&'static str),
}

/// Why a fault cannot be injected on this machine.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Impossible(pub(crate) &'static str);

impl fmt::Display for Impossible {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.0)
    }
}

impl std::error::Error for Impossible {}

/// Does it, and ends it, as far as ending is part of it: servers, processes and ways are mended afterwards anyway.
pub(crate) type Inject = for<'a> fn(&'a mut Stage) -> BoxFuture<'a, anyhow::Result<()>>;
