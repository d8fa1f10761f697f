//! What Entra asks for, made up request by request.

mod bodies;
mod perform;
mod plan;

use std::sync::Arc;

use directory::{Caller, CredentialId, Directory, Entrance, Integration, Scopes};
use uuid::Uuid;

use crate::directory_store::DirectoryMemory;
use crate::ledger::{Ledger, Pages};
use crate::nature::Nature;

pub(crate) use plan::{Request, TOMBSTONE};

/// The provisioning of one integration.
#[derive(Clone)]
pub(crate) struct Entra {
    pub(crate) index: usize,
    pub(crate) integration: Integration,
    pub(crate) store: Arc<DirectoryMemory>,
    pub(crate) ledger: Arc<Ledger>,
    pub(crate) nature: Arc<Nature>,
}

impl Entra {
    /// The use cases, as a replica has them that nobody else asks anything: the queues of writers within one process
    /// are left out, and no promise rests on them.
    fn directory(&self) -> Directory {
        Directory::new(self.store.clone())
    }

    fn caller(&self, request: Uuid) -> Caller {
        let credential = CredentialId::parse("0123456789abcdef").unwrap();
        let entrance = Entrance { integration: self.integration.clone(), credential, scopes: Scopes::ALL };
        Caller::new(entrance, request, self.nature.now())
    }

    fn commits(&self) -> usize {
        self.store.tables().history.len()
    }

    fn with_pages<T>(&self, look: impl FnOnce(&mut Pages) -> T) -> T {
        look(&mut self.ledger.pages())
    }
}
