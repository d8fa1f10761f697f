//! Use cases of users, one a file.

mod create;
mod delete;
mod list;
mod modify;
mod read;

pub use modify::Modified;
use scim::ResourceKind;
use serde_json::{Map, Value, json};

use crate::{GroupLink, UserView};

impl UserView {
    /// The whole resource as it is answered, `id` and `meta` included, below `base` (the integration's SCIM URL).
    pub fn document(&self, base: &str) -> Map<String, Value> {
        let user = &self.user;
        let meta = crate::record::Meta {
            kind: ResourceKind::User,
            id: user.id.0,
            version: user.version,
            created: user.created,
            last_modified: user.last_modified,
        };
        let mut document = meta.document(base, user.resource.as_map());
        // An attribute without a value is left out (RFC 7643 section 2.5).
        if let Some(groups) = self.groups.as_ref().filter(|groups| !groups.is_empty()) {
            document.insert("groups".to_owned(), groups.iter().map(|group| link(base, group)).collect());
        }
        document
    }
}

/// Groups hold no groups, so that every membership is a direct one (RFC 7643 section 4.1.2).
fn link(base: &str, group: &GroupLink) -> Value {
    json!({
        "value": group.id.to_string(),
        "$ref": format!("{base}{}/{}", ResourceKind::Group.endpoint(), group.id),
        "display": group.display,
        "type": "direct",
    })
}
