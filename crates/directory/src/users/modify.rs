use std::sync::Arc;

use events::{Subject, SubjectKind};
use scim::{PatchRequest, Resource, ResourceKind, changed_paths, lookup_keys};
use serde_json::{Map, Value};

use crate::attempts::Attempts;
use crate::event_data::user_event;
use crate::provisioning_log::changed_attributes;
use crate::{
    Access, Caller, Change, Directory, DirectoryError, IfMatch, KeyChange, LoggedChange, Mutation, Operation,
    UserId, UserRecord, UserView,
};

/// A user after a request to change it.
#[derive(Clone, Debug, PartialEq)]
pub struct Modified {
    /// The user as it is now.
    pub view: UserView,
    /// Whether that is another version than before; the provisioning log has an entry of it.
    pub is_changed: bool,
}

impl Directory {
    /// Applies a PATCH (RFC 7644 section 3.5.2): all of its operations, or none.
    ///
    /// # Guarantees
    /// A PATCH that changes nothing makes no version and no event (section 3.5.2.1).
    ///
    /// # Errors
    /// What the operations are wrong in, [`DirectoryError::NotFound`], or [`DirectoryError::Taken`].
    pub async fn patch_user(
        &self,
        caller: &Caller,
        id: UserId,
        patch: &PatchRequest<'_>,
        if_match: &IfMatch,
    ) -> Result<Modified, DirectoryError> {
        self.modify_user(caller, id, Operation::Patch, if_match, |user| Ok(patch.apply(user)?)).await
    }

    /// Replaces a user's attributes by those of a PUT (RFC 7644 section 3.5.1).
    ///
    /// # Errors
    /// What the body is wrong in, [`DirectoryError::NotFound`] or [`DirectoryError::Taken`].
    pub async fn replace_user(
        &self,
        caller: &Caller,
        id: UserId,
        body: &Map<String, Value>,
        if_match: &IfMatch,
    ) -> Result<Modified, DirectoryError> {
        let resource_type = caller.resource_type(ResourceKind::User);
        let replace = |user: &Resource| Ok(user.replaced_by(resource_type, body.clone())?);
        self.modify_user(caller, id, Operation::Replace, if_match, replace).await
    }

    async fn modify_user(
        &self,
        caller: &Caller,
        id: UserId,
        operation: Operation,
        if_match: &IfMatch,
        modify: impl Fn(&Resource) -> Result<Resource, DirectoryError>,
    ) -> Result<Modified, DirectoryError> {
        caller.require(ResourceKind::User, Access::Write)?;
        let _turn = self.writers.turn(id.0).await;
        let mut attempts = Attempts::default();
        loop {
            let outcome = self.try_modify_user(caller, id, operation, if_match, &modify).await;
            if !attempts.again(&outcome) {
                return outcome;
            }
        }
    }

    async fn try_modify_user(
        &self,
        caller: &Caller,
        id: UserId,
        operation: Operation,
        if_match: &IfMatch,
        modify: impl Fn(&Resource) -> Result<Resource, DirectoryError>,
    ) -> Result<Modified, DirectoryError> {
        // The answer is the whole resource, and a change of attributes leaves the groups as they were.
        let UserView { user: before, groups } =
            self.user_view(caller, id, caller.scopes.allow(ResourceKind::Group, Access::Read)).await?;
        if_match.check(before.version)?;
        let resource = modify(&before.resource)?;
        let changed = changed_paths(caller.resource_type(ResourceKind::User), &before.resource, &resource);
        if changed.is_empty() {
            return Ok(Modified { view: UserView { user: before, groups }, is_changed: false });
        }
        let after = Arc::new(UserRecord {
            id: before.id,
            version: before.version.next(),
            created: before.created,
            last_modified: caller.now,
            resource,
        });
        self.store.commit(decide(caller, operation, &before, &after, changed)?).await?;
        Ok(Modified { view: UserView { user: Arc::unwrap_or_clone(after), groups }, is_changed: true })
    }
}

fn decide(
    caller: &Caller,
    operation: Operation,
    before: &UserRecord,
    after: &Arc<UserRecord>,
    changed: Vec<String>,
) -> Result<Change, serde_json::Error> {
    let event = user_event(caller, after.id, Some(&before.resource), Some(&after.resource), &changed)?;
    let resource_type = caller.resource_type(ResourceKind::User);
    let settings = &caller.integration.settings;
    let log = LoggedChange {
        operation,
        subject: Subject { kind: SubjectKind::User, id: after.id.0 },
        person: caller.person(&after.resource),
        changed: changed_attributes(settings, resource_type, &changed, &before.resource, &after.resource),
    };
    let keys = |user: &UserRecord| lookup_keys(resource_type, &user.resource);
    let keys = KeyChange::between(keys(before), keys(after));
    let mutation = Mutation::ReplaceUser { record: Arc::clone(after), expected: before.version, keys };
    Ok(Change::new(caller, mutation, vec![event], log))
}
