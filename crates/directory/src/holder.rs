use scim::{Filter, ResourceKind};
use serde_json::Value;
use uuid::Uuid;

use crate::{Caller, Directory, DirectoryError, Page, Query, UniqueAttribute};

impl Directory {
    /// The live resource that has a value which another was refused for.
    ///
    /// For the provisioning log alone: whoever is refused need not be allowed to read, and is not told.
    ///
    /// # Errors
    /// When the store fails, or the value is longer than a filter may be.
    pub async fn holder(
        &self,
        caller: &Caller,
        kind: ResourceKind,
        attribute: UniqueAttribute,
        value: &str,
    ) -> Result<Option<Uuid>, DirectoryError> {
        let filter = format!("{} eq {}", attribute.as_str(), Value::from(value));
        let query = Query {
            filter: Some(Filter::parse(&filter, caller.resource_type(kind))?),
            sort: None,
            page: Page::After { position: None, limit: 1 },
            counted: false,
        };
        let of = caller.integration.id;
        Ok(match kind {
            ResourceKind::User => {
                let found = self.store.users(of, &query, false).await?;
                found.items.first().map(|user| user.user.id.0)
            }
            ResourceKind::Group => self.store.groups(of, &query).await?.items.first().map(|group| group.id.0),
        })
    }
}
