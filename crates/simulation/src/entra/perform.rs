//! How a request is made, and what is learned from its answer.

use directory::{DirectoryError, GroupId, IfMatch, Listing, UserId, Version};
use scim::list::{PageStart, Paging};
use scim::{Filter, ResourceKind};
use uuid::Uuid;

use super::bodies::{group_body, group_patch, resource, user_body, user_patch};
use super::{Entra, Request};
use crate::ledger::{Answer, Field, Intent, Key};

impl Entra {
    /// Makes the request. Whoever drops this leaves it in doubt.
    pub(crate) async fn perform(self, request: Request) {
        let Request { key, intent, is_conditional } = request;
        if let Some(external_id) = created_external_id(&intent) {
            match self.find(key, &external_id).await {
                Ok(None) => {}
                Ok(Some(id)) => return self.learn(key, Some(id)),
                Err(_) => return,
            }
        }
        let Ok(if_match) = self.condition(&intent, is_conditional).await else { return };
        let began = self.commits();
        let txn = self.with_pages(|pages| pages.open(self.index, intent.clone(), began));
        self.nature.note("entra.request", || format!("{txn} of {}: {intent:?}", self.index));
        let answer = self.write(txn, &intent, &if_match).await;
        let ended = self.commits();
        self.with_pages(|pages| pages.answer(txn, &answer, ended));
        self.nature.note("entra.answer", || format!("{txn}: {answer:?}"));
        let is_in_doubt = self.with_pages(|pages| pages.writes[&txn].answer == Answer::InDoubt);
        match (&intent, answer) {
            (Intent::CreatePerson(_) | Intent::CreateTeam(_), Ok(id)) => self.learn(key, id),
            (Intent::DeletePerson(_) | Intent::DeleteTeam(_), Ok(_)) | (_, Err(DirectoryError::NotFound)) => {
                self.learn(key, None);
            }
            (Intent::DeletePerson(_) | Intent::DeleteTeam(_), Err(_)) if is_in_doubt => self.learn(key, None),
            _ => {}
        }
    }

    fn learn(&self, key: Key, id: Option<Uuid>) {
        self.with_pages(|pages| match id {
            Some(id) => pages.known.insert((self.index, key), id),
            None => pages.known.remove(&(self.index, key)),
        });
    }

    /// `GET ?filter=externalId eq`
    async fn find(&self, key: Key, external_id: &str) -> Result<Option<Uuid>, DirectoryError> {
        let caller = self.caller(self.with_pages(|pages| pages.next_request()));
        let text = format!("externalId eq \"{external_id}\"");
        let kind = match key {
            Key::Person(_) => ResourceKind::User,
            Key::Team(_) => ResourceKind::Group,
        };
        let listing = Listing {
            filter: Some(Filter::parse(&text, caller.resource_type(kind))?),
            sort: None,
            paging: Paging { start: PageStart::Index(1), count: 2 },
        };
        Ok(match key {
            Key::Person(_) => {
                let found = self.directory().list_users(&caller, &listing, false).await?;
                found.items.first().map(|view| view.user.id.0)
            }
            Key::Team(_) => {
                let found = self.directory().list_groups(&caller, &listing, false).await?;
                found.items.first().map(|view| view.group.id.0)
            }
        })
    }

    async fn condition(&self, intent: &Intent, is_conditional: bool) -> Result<IfMatch, DirectoryError> {
        if !is_conditional {
            return Ok(IfMatch::Any);
        }
        let caller = self.caller(self.with_pages(|pages| pages.next_request()));
        let version: Version = match intent {
            Intent::CreatePerson(_) | Intent::CreateTeam(_) => return Ok(IfMatch::Any),
            Intent::ChangePerson(id, _) | Intent::ReplacePerson(id, _) | Intent::DeletePerson(id) => {
                self.directory().user(&caller, UserId(*id), false).await?.user.version
            }
            Intent::ChangeTeam(id, _) | Intent::DeleteTeam(id) => {
                self.directory().group(&caller, GroupId(*id), false).await?.group.version
            }
        };
        Ok(IfMatch::OneOf(vec![version]))
    }

    async fn write(
        &self,
        txn: Uuid,
        intent: &Intent,
        if_match: &IfMatch,
    ) -> Result<Option<Uuid>, DirectoryError> {
        let (directory, caller) = (self.directory(), self.caller(txn));
        let (user, group) =
            (caller.resource_type(ResourceKind::User), caller.resource_type(ResourceKind::Group));
        match intent {
            Intent::CreatePerson(person) => {
                let created = directory.create_user(&caller, resource(user, user_body(person))).await?;
                return Ok(Some(created.user.id.0));
            }
            Intent::ChangePerson(id, changes) => {
                let patch = user_patch(user, changes);
                directory.patch_user(&caller, UserId(*id), &patch, if_match).await?;
            }
            Intent::ReplacePerson(id, person) => {
                directory.replace_user(&caller, UserId(*id), &user_body(person), if_match).await?;
            }
            Intent::DeletePerson(id) => directory.delete_user(&caller, UserId(*id), if_match).await?,
            Intent::CreateTeam(team) => {
                let mut body = group_body(team);
                let members = scim::members::from_request(&body)?;
                body.remove("members");
                let created = directory.create_group(&caller, resource(group, body), &members).await?;
                return Ok(Some(created.id.0));
            }
            Intent::ChangeTeam(id, change) => {
                directory.patch_group(&caller, GroupId(*id), group_patch(group, change), if_match).await?;
            }
            Intent::DeleteTeam(id) => directory.delete_group(&caller, GroupId(*id), if_match).await?,
        }
        Ok(None)
    }
}

fn created_external_id(intent: &Intent) -> Option<String> {
    match intent {
        Intent::CreatePerson(person) => person.get(&Field::ExternalId).cloned(),
        Intent::CreateTeam(team) => Some(team.external_id.clone()),
        _ => None,
    }
}
