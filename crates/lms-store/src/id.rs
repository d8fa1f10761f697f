use diesel::backend::Backend;
use diesel::deserialize::{FromSql, FromSqlRow, Result};
use serde::Serialize;
use uuid::Uuid;

/// A UUID as either back end stores it: PostgreSQL as such, SQLite as lower-case text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, FromSqlRow)]
pub(crate) struct Id(pub(crate) Uuid);

#[cfg(feature = "postgres")]
impl FromSql<diesel::sql_types::Uuid, diesel::pg::Pg> for Id {
    fn from_sql(value: <diesel::pg::Pg as Backend>::RawValue<'_>) -> Result<Self> {
        <Uuid as FromSql<diesel::sql_types::Uuid, diesel::pg::Pg>>::from_sql(value).map(Self)
    }
}

#[cfg(feature = "sqlite")]
impl FromSql<diesel::sql_types::Text, diesel::sqlite::Sqlite> for Id {
    fn from_sql(value: <diesel::sqlite::Sqlite as Backend>::RawValue<'_>) -> Result<Self> {
        let text = <String as FromSql<diesel::sql_types::Text, diesel::sqlite::Sqlite>>::from_sql(value)?;
        Ok(Self(text.parse()?))
    }
}
