//! Use cases of users, one a file.

mod create;
mod delete;
mod list;
mod modify;
mod read;

pub use modify::Modified;
use scim::{ResourceKind, TextProjection};
use serde_json::{Map, Value, json};

use crate::{GroupLink, UserView};

impl UserView {
    /// The whole resource as it is answered, `id` and `meta` included, below `base` (the integration's SCIM URL).
    pub fn document(&self, base: &str) -> Map<String, Value> {
        let mut document = self.meta().document(base, self.user.resource.as_map());
        if let Some(groups) = self.groups(base) {
            document.insert("groups".to_owned(), groups);
        }
        document
    }

    /// Writes what an answer holds of that document. What was stored as a text stays one, wherever nothing has to be taken
    /// out of the middle.
    pub fn write(&self, base: &str, shown: &mut TextProjection<'_, '_>, out: &mut String) {
        let start = out.len();
        if self.write_text(base, shown, out).is_none() {
            out.truncate(start);
            let mut document = self.document(base);
            shown.projection().apply(&mut document);
            out.push_str(&Value::Object(document).to_string());
        }
    }

    fn write_text(&self, base: &str, shown: &mut TextProjection<'_, '_>, out: &mut String) -> Option<()> {
        out.push('{');
        shown.write_members(self.user.resource.as_text()?, out)?;
        if let Some(groups) = self.groups(base)
            && shown.holds("groups")?
        {
            out.push_str("\"groups\":");
            out.push_str(&groups.to_string());
            out.push(',');
        }
        let with_meta = shown.holds("meta")?;
        self.meta().write(base, with_meta, out);
        out.push('}');
        Some(())
    }

    fn meta(&self) -> crate::record::Meta {
        let user = &self.user;
        crate::record::Meta {
            kind: ResourceKind::User,
            id: user.id.0,
            version: user.version,
            created: user.created,
            last_modified: user.last_modified,
        }
    }

    /// An attribute without a value is left out (RFC 7643 section 2.5).
    fn groups(&self, base: &str) -> Option<Value> {
        let groups = self.groups.as_ref().filter(|groups| !groups.is_empty())?;
        Some(groups.iter().map(|group| link(base, group)).collect())
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
