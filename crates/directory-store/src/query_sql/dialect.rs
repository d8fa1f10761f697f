//! What the back ends say in different words.

use chrono::{DateTime, Utc};
use directory::IntegrationId;
use uuid::Uuid;

use super::{Bind, Sql};

/// A table that queries read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Table {
    User,
    Group,
    GroupMember,
    UserLookup,
    ProvisioningLog,
    Outbox,
}

/// A value inside a JSON document.
#[derive(Clone, Debug)]
pub(crate) struct Json {
    /// Name of its type, as the back end calls it; null when there is no value.
    pub(super) kind: Sql,
    /// The value.
    pub(super) value: Sql,
}

/// The words of one back end.
///
/// `r` is the resource's row, `t` an entry of a list, `e` a value of a part of an entry, `m` a row of the memberships.
/// What is asked of a value that is absent or of another type is null.
pub(crate) trait Dialect: Sync {
    fn table(&self, table: Table) -> &'static str;

    /// Whether `r` lives, in the words of the partial indexes.
    fn is_live(&self) -> &'static str;

    /// Whether a user was deleted by the request of `entry`, or another `active` was said, in the words of the partial
    /// index.
    fn is_departure(&self) -> &'static str;

    fn id(&self, id: Uuid) -> Bind;
    fn time(&self, time: DateTime<Utc>) -> Bind;

    /// Whether `r.id` is among the ids that a query answers, which is run once and leads to the rows.
    fn id_is_among(&self, ids: &Sql) -> Sql;

    /// How many resources live, where that is counted when they are written.
    fn counted(&self, table: Table, of: IntegrationId) -> Option<Sql>;

    /// The rows of `page`, each looked up by its id, with these columns.
    fn rows_of_page(&self, table: Table, of: IntegrationId) -> Sql;

    /// The groups of `r` as a JSON list of id and name.
    fn groups_of_user(&self, of: IntegrationId) -> Sql;

    /// The groups of `r` when they are not asked for.
    fn no_groups(&self) -> &'static str;

    /// Milliseconds since 1970.
    fn created(&self) -> &'static str;
    fn last_modified(&self) -> &'static str;

    /// Text that orders by its bytes.
    fn bytewise(&self, text: &Sql) -> Sql;
    fn fold(&self, text: &Sql) -> Sql;
    /// Milliseconds since 1970 of a date and time in RFC 3339's form.
    fn instant(&self, text: &Sql) -> Sql;
    fn contains(&self, text: &Sql, part: &Sql) -> Sql;
    fn starts_with(&self, text: &Sql, part: &Sql) -> Sql;
    fn ends_with(&self, text: &Sql, part: &Sql) -> Sql;

    fn text(&self, json: &Json) -> Sql;
    fn number(&self, json: &Json) -> Sql;
    fn boolean(&self, json: &Json) -> Sql;
    /// Whether there is a value that is not empty; never null.
    fn is_assigned(&self, json: &Json) -> Sql;

    /// The value under these names in the resource.
    fn member(&self, names: &[&str]) -> Json;
    /// From what to select each value `t` of the list under these names; a value that is no list is one of one value.
    fn list(&self, names: &[&str]) -> Sql;
    /// From what to select each value `e` of a part of each entry of the list.
    fn parts_of_list(&self, names: &[&str], part: &str) -> Sql;
    /// From what to select each value `e` of a part of `t`.
    fn parts_of_entry(&self, part: &str) -> Sql;
    /// The part of `t`.
    fn part_of_entry(&self, part: &str) -> Json;
    fn entry(&self) -> Json;
    fn value_of_part(&self) -> Json;
    /// Orders entries: the primary one first, the others as they stand in the list.
    fn primary_entry_first(&self) -> &'static str;
    /// Orders the values of a part as they stand in their list.
    fn first_value_of_part(&self) -> &'static str;
}

/// The path of a value in a document. What both back ends call a path is of the same form.
pub(super) fn path(names: &[&str], end: &str) -> String {
    let mut path = "$".to_owned();
    for name in names {
        // Names are letters, digits and `:._-$`; no quote can be among them.
        path.push_str(&format!(".\"{name}\""));
    }
    path.push_str(end);
    path
}
