use std::sync::Arc;

use events::{Subject, SubjectKind};
use scim::{Resource, ResourceKind, lookup_keys};

use crate::event_data::user_event;
use crate::{
    Access, Caller, Change, Directory, DirectoryError, LoggedChange, Mutation, Operation, UserId, UserRecord,
    UserView, Version,
};

impl Directory {
    /// Creates a user (RFC 7644 section 3.3).
    ///
    /// # Errors
    /// [`DirectoryError::Taken`] when a live user, active or not, has the userName or the externalId. A deleted one
    /// is no obstacle (section 3.6).
    pub async fn create_user(&self, caller: &Caller, resource: Resource) -> Result<UserView, DirectoryError> {
        caller.require(ResourceKind::User, Access::Write)?;
        let record = Arc::new(UserRecord {
            id: UserId(caller.id(0)),
            version: Version::FIRST,
            created: caller.now,
            last_modified: caller.now,
            resource,
        });
        self.store.commit(decide(caller, &record)?).await?;
        Ok(UserView { user: Arc::unwrap_or_clone(record), groups: Some(Vec::new()) })
    }
}

fn decide(caller: &Caller, record: &Arc<UserRecord>) -> Result<Change, serde_json::Error> {
    let event = user_event(caller, record.id, None, Some(&record.resource), &[])?;
    let log = LoggedChange {
        operation: Operation::Create,
        subject: Subject { kind: SubjectKind::User, id: record.id.0 },
        person: caller.person(&record.resource),
        changed: vec![],
    };
    let keys = lookup_keys(caller.resource_type(ResourceKind::User), &record.resource);
    Ok(Change::new(caller, Mutation::CreateUser { record: Arc::clone(record), keys }, vec![event], log))
}
