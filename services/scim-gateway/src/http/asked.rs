use std::time::Duration;

use directory::{DirectoryError, UniqueAttribute};
use scim::{Resource, ResourceKind};

use super::call::Call;

const LONGEST_LOOK: Duration = Duration::from_millis(500);

/// What a creation asks for to have alone, kept until it is known whether it may.
pub(super) struct Asked {
    kind: ResourceKind,
    name: Option<String>,
    external_id: Option<String>,
}

impl Asked {
    pub(super) fn of(kind: ResourceKind, resource: &Resource) -> Self {
        let name = match kind {
            ResourceKind::User => resource.user_name(),
            ResourceKind::Group => resource.display_name(),
        };
        Self { kind, name: name.map(str::to_owned), external_id: resource.external_id().map(str::to_owned) }
    }

    /// Notes for the provisioning log who has it already. The log can do without, so that no failure counts, and the answer
    /// does not wait long.
    pub(super) async fn note_holder(&self, call: &Call<'_>, error: &DirectoryError) {
        let DirectoryError::Taken(attribute) = error else { return };
        let value = match attribute {
            UniqueAttribute::UserName | UniqueAttribute::DisplayName => &self.name,
            UniqueAttribute::ExternalId => &self.external_id,
        };
        let Some(value) = value else { return };
        let holder = call.directory.holder(call.caller, self.kind, *attribute, value);
        if let Ok(Ok(Some(holder))) = tokio::time::timeout(LONGEST_LOOK, holder).await {
            call.noted.holder(holder);
        }
    }
}
