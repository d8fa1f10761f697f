//! Use cases of users, one a file.

mod create;
mod delete;
mod list;
mod modify;
mod read;

use scim::ResourceType;
use serde_json::{Map, Value};

use crate::UserRecord;

impl UserRecord {
    /// The whole resource as it is answered, `id` and `meta` included, below `base` (the integration's SCIM URL).
    pub fn document(&self, base: &str) -> Map<String, Value> {
        let meta = crate::record::Meta {
            resource_type: ResourceType::User,
            id: self.id.0,
            version: self.version,
            created: self.created,
            last_modified: self.last_modified,
        };
        meta.document(base, self.resource.as_map())
    }
}
