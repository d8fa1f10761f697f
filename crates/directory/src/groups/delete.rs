use events::{Subject, SubjectKind};
use scim::ResourceKind;

use crate::attempts::Attempts;
use crate::event_data::group_event;
use crate::{
    Access, Caller, Change, Directory, DirectoryError, GroupId, GroupRecord, IfMatch, LoggedChange, Mutation,
    Operation,
};

impl Directory {
    /// Deletes a group. Its members stay users; the LMS archives the cohort.
    ///
    /// # Errors
    /// [`DirectoryError::NotFound`], the second time too.
    pub async fn delete_group(
        &self,
        caller: &Caller,
        id: GroupId,
        if_match: &IfMatch,
    ) -> Result<(), DirectoryError> {
        caller.require(ResourceKind::Group, Access::Write)?;
        let _turn = self.writers.turn(id.0).await;
        let mut attempts = Attempts::default();
        loop {
            let outcome = self.try_delete_group(caller, id, if_match).await;
            if !attempts.again(&outcome) {
                return outcome;
            }
        }
    }

    async fn try_delete_group(
        &self,
        caller: &Caller,
        id: GroupId,
        if_match: &IfMatch,
    ) -> Result<(), DirectoryError> {
        let group = self.group_record(caller, id).await?;
        if_match.check(group.version)?;
        self.store.commit(decide(caller, &group)?).await?;
        Ok(())
    }
}

fn decide(caller: &Caller, group: &GroupRecord) -> Result<Change, serde_json::Error> {
    let event = group_event(caller, group.id, Some(&group.resource), None, &[])?;
    let log = LoggedChange {
        operation: Operation::Delete,
        subject: Subject { kind: SubjectKind::Group, id: group.id.0 },
        person: None,
        changed: vec![],
    };
    let mutation = Mutation::DeleteGroup { id: group.id, expected: group.version };
    Ok(Change::new(caller, mutation, vec![event], log))
}
