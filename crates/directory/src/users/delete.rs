use events::{Subject, SubjectKind};
use scim::{ResourceKind, lookup_keys};

use crate::attempts::Attempts;
use crate::event_data::user_event;
use crate::{
    Access, Caller, Change, Directory, DirectoryError, IfMatch, LoggedChange, Mutation, Operation, UserId,
    UserRecord,
};

impl Directory {
    /// Deletes a user (RFC 7644 section 3.6), memberships included.
    ///
    /// From then on the id answers 404 and the userName is free. The LMS keeps its learner, inactive.
    ///
    /// # Errors
    /// [`DirectoryError::NotFound`], the second time too.
    pub async fn delete_user(
        &self,
        caller: &Caller,
        id: UserId,
        if_match: &IfMatch,
    ) -> Result<(), DirectoryError> {
        caller.require(ResourceKind::User, Access::Write)?;
        let _turn = self.writers.turn(id.0).await;
        let mut attempts = Attempts::default();
        loop {
            let outcome = self.try_delete_user(caller, id, if_match).await;
            if !attempts.again(&outcome) {
                return outcome;
            }
        }
    }

    async fn try_delete_user(
        &self,
        caller: &Caller,
        id: UserId,
        if_match: &IfMatch,
    ) -> Result<(), DirectoryError> {
        let user = self.user_view(caller, id, false).await?.user;
        if_match.check(user.version)?;
        self.store.commit(decide(caller, &user)?).await?;
        Ok(())
    }
}

fn decide(caller: &Caller, user: &UserRecord) -> Result<Change, serde_json::Error> {
    let event = user_event(caller, user.id, Some(&user.resource), None, &[])?;
    let log = LoggedChange {
        operation: Operation::Delete,
        subject: Subject { kind: SubjectKind::User, id: user.id.0 },
        person: caller.person(&user.resource),
        changed: vec![],
    };
    let keys = lookup_keys(caller.resource_type(ResourceKind::User), &user.resource);
    let mutation = Mutation::DeleteUser { id: user.id, expected: user.version, keys };
    Ok(Change::new(caller, mutation, vec![event], log))
}
