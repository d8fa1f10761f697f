use events::{Subject, SubjectKind};
use scim::Resource;

use crate::event_data::user_event;
use crate::{
    Caller, Change, Directory, DirectoryError, LogEntry, Mutation, Operation, UserId, UserRecord, Version,
};

impl Directory {
    /// Creates a user (RFC 7644 section 3.3).
    ///
    /// # Errors
    /// [`DirectoryError::Taken`] when a live user, active or not, has the userName or the externalId. A deleted one
    /// is no obstacle (section 3.6).
    pub async fn create_user(
        &self,
        caller: &Caller,
        resource: Resource,
    ) -> Result<UserRecord, DirectoryError> {
        let record = UserRecord {
            id: UserId(caller.id(0)),
            version: Version::FIRST,
            created: caller.now,
            last_modified: caller.now,
            resource,
        };
        self.store.commit(decide(caller, &record)?).await?;
        Ok(record)
    }
}

fn decide(caller: &Caller, record: &UserRecord) -> Result<Change, serde_json::Error> {
    let event = user_event(caller, record.id, None, Some(&record.resource), &[])?;
    let log = LogEntry {
        operation: Operation::Create,
        subject: Subject { kind: SubjectKind::User, id: record.id.0 },
        changed: vec![],
    };
    Ok(Change::new(caller, Mutation::CreateUser(record.clone()), vec![event], log))
}
