//! Each request is one statement with a static id, so that it is prepared once on each connection.

use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::sql_types::{Array, Text, Uuid as SqlUuid};
use uuid::Uuid;

use super::NewUser;

/// Inserts a user with its event, unless the name is taken.
pub(super) struct CreateOne<'a>(pub(super) &'a NewUser);

/// Inserts many at once, and answers the ids of those that were new.
pub(super) struct CreateMany {
    ids: Vec<Uuid>,
    user_names: Vec<String>,
    external_ids: Vec<String>,
    resources: Vec<String>,
}

/// Reads the user of a name.
pub(super) struct FindOne<'a>(pub(super) &'a str);

/// Reads the user of an id.
pub(super) struct GetOne(pub(super) Uuid);

/// Writes parts of a user over, with an event.
pub(super) struct PatchOne<'a> {
    pub(super) id: Uuid,
    pub(super) changed: &'a str,
}

impl CreateMany {
    pub(super) fn of(users: Vec<NewUser>) -> Self {
        let mut all = Self { ids: vec![], user_names: vec![], external_ids: vec![], resources: vec![] };
        for user in users {
            all.ids.push(user.id);
            all.user_names.push(user.user_name);
            all.external_ids.push(user.external_id);
            all.resources.push(user.resource);
        }
        all
    }
}

impl QueryId for CreateOne<'_> {
    type QueryId = CreateOne<'static>;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl QueryFragment<Pg> for CreateOne<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("with made as (insert into floor_user (id, user_name, external_id, resource) values (");
        out.push_bind_param::<SqlUuid, _>(&self.0.id)?;
        out.push_sql(", ");
        out.push_bind_param::<Text, _>(&self.0.user_name)?;
        out.push_sql(", ");
        out.push_bind_param::<Text, _>(&self.0.external_id)?;
        out.push_sql(", ");
        out.push_bind_param::<Text, _>(&self.0.resource)?;
        out.push_sql("::jsonb) on conflict do nothing returning resource) ");
        out.push_sql("insert into floor_outbox (data) select resource::text from made");
        Ok(())
    }
}

impl QueryId for CreateMany {
    type QueryId = Self;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl Query for CreateMany {
    type SqlType = SqlUuid;
}

impl QueryFragment<Pg> for CreateMany {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(
            "with made as (insert into floor_user (id, user_name, external_id, resource)
             select id, user_name, external_id, resource::jsonb from unnest(",
        );
        out.push_bind_param::<Array<SqlUuid>, _>(&self.ids)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Text>, _>(&self.user_names)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Text>, _>(&self.external_ids)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Text>, _>(&self.resources)?;
        out.push_sql(
            ") as new (id, user_name, external_id, resource) on conflict do nothing returning id, resource),
             told as (insert into floor_outbox (data) select resource::text from made)
             select id from made",
        );
        Ok(())
    }
}

impl QueryId for FindOne<'_> {
    type QueryId = FindOne<'static>;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl Query for FindOne<'_> {
    type SqlType = Text;
}

impl QueryFragment<Pg> for FindOne<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("select resource::text from floor_user where user_name = ");
        out.push_bind_param::<Text, _>(self.0)
    }
}

impl QueryId for GetOne {
    type QueryId = Self;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl Query for GetOne {
    type SqlType = Text;
}

impl QueryFragment<Pg> for GetOne {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("select resource::text from floor_user where id = ");
        out.push_bind_param::<SqlUuid, _>(&self.0)
    }
}

impl QueryId for PatchOne<'_> {
    type QueryId = PatchOne<'static>;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl Query for PatchOne<'_> {
    type SqlType = Text;
}

impl QueryFragment<Pg> for PatchOne<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("with changed as (update floor_user set version = version + 1, resource = resource || ");
        out.push_bind_param::<Text, _>(self.changed)?;
        out.push_sql("::jsonb where id = ");
        out.push_bind_param::<SqlUuid, _>(&self.id)?;
        out.push_sql(
            " returning resource::text as resource),
             told as (insert into floor_outbox (data) select resource from changed)
             select resource from changed",
        );
        Ok(())
    }
}
