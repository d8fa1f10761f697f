use events::{Subject, SubjectKind};
use scim::{Resource, ResourceKind};

use super::user_ids;
use crate::event_data::group_event;
use crate::{
    Access, Caller, Change, Directory, DirectoryError, GroupId, GroupRecord, LoggedChange, Mutation,
    Operation, Version,
};

impl Directory {
    /// Creates a group with its first members, if any.
    ///
    /// # Errors
    /// [`DirectoryError::Taken`] when a live group has the displayName, which Entra matches by, or the externalId.
    pub async fn create_group(
        &self,
        caller: &Caller,
        resource: Resource,
        members: &[String],
    ) -> Result<GroupRecord, DirectoryError> {
        caller.require(ResourceKind::Group, Access::Write)?;
        self.check_members(caller, members).await?;
        let record = GroupRecord {
            id: GroupId(caller.id(0)),
            version: Version::FIRST,
            created: caller.now,
            last_modified: caller.now,
            resource,
            member_count: 0,
        };
        self.store.commit(decide(caller, &record, members)?).await?;
        Ok(record)
    }
}

fn decide(caller: &Caller, record: &GroupRecord, members: &[String]) -> Result<Change, serde_json::Error> {
    let event = group_event(caller, record.id, None, Some(&record.resource), &[])?;
    let log = LoggedChange {
        operation: Operation::Create,
        subject: Subject { kind: SubjectKind::Group, id: record.id.0 },
        person: None,
        changed: vec![],
    };
    let mutation = Mutation::CreateGroup { record: record.clone(), members: user_ids(members) };
    Ok(Change::new(caller, mutation, vec![event], log))
}
