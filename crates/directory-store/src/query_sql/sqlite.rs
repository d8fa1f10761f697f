//! The words of SQLite; `scim_fold` and `scim_instant` are functions of this program.

use chrono::{DateTime, Utc};
use directory::IntegrationId;
use uuid::Uuid;

use super::dialect::{Dialect, Json, Table, path};
use super::{Bind, Sql, bind, raw, sql};

pub(crate) struct Sqlite;

fn path_to(names: &[&str]) -> Sql {
    bind(Bind::Text(path(names, "")))
}

impl Dialect for Sqlite {
    fn table(&self, table: Table) -> &'static str {
        match table {
            Table::User => "scim_user",
            Table::Group => "scim_group",
            Table::GroupMember => "group_member",
            Table::UserLookup => "user_lookup",
            Table::ProvisioningLog => "provisioning_log",
            Table::Outbox => "outbox",
        }
    }

    fn is_live(&self) -> &'static str {
        "r.deleted_at is null"
    }

    fn is_departure(&self) -> &'static str {
        r#"(entry.outcome = 'deleted'
            or entry.outcome = 'changed' and instr(entry.changed, '"attribute":"active"') > 0)"#
    }

    fn id(&self, id: Uuid) -> Bind {
        Bind::Text(id.to_string())
    }

    fn time(&self, time: DateTime<Utc>) -> Bind {
        Bind::Integer(time.timestamp_millis())
    }

    fn id_is_among(&self, ids: &Sql) -> Sql {
        sql("r.id in (?)", [ids])
    }

    fn counted(&self, _table: Table, _of: IntegrationId) -> Option<Sql> {
        None
    }

    fn rows_of_page(&self, table: Table, of: IntegrationId) -> Sql {
        let of = bind(self.id(of.0));
        sql(
            "page cross join ? as r on r.integration_id = ? and r.id = page.id",
            [&raw(self.table(table)), &of],
        )
    }

    fn groups_of_user(&self, of: IntegrationId) -> Sql {
        sql(
            "(select json_group_array(json_array(m.group_id, (
                select json_extract(g.resource, '$.displayName') from scim_group as g
                where g.integration_id = m.integration_id and g.id = m.group_id
            ))) from group_member as m where m.user_id = r.id and m.integration_id = ?)",
            [&bind(self.id(of.0))],
        )
    }

    fn no_groups(&self) -> &'static str {
        "null"
    }

    fn created(&self) -> &'static str {
        "r.created_at"
    }

    fn last_modified(&self) -> &'static str {
        "r.last_modified"
    }

    fn bytewise(&self, text: &Sql) -> Sql {
        text.clone()
    }

    fn fold(&self, text: &Sql) -> Sql {
        sql("scim_fold(?)", [text])
    }

    fn instant(&self, text: &Sql) -> Sql {
        sql("scim_instant(?)", [text])
    }

    fn contains(&self, text: &Sql, part: &Sql) -> Sql {
        sql("instr(?, ?) > 0", [text, part])
    }

    fn starts_with(&self, text: &Sql, part: &Sql) -> Sql {
        sql("substr(?, 1, length(?)) = ?", [text, part, part])
    }

    /// `substr` counts a start of 0 or less from the end, so that the length is compared first.
    fn ends_with(&self, text: &Sql, part: &Sql) -> Sql {
        sql(
            "length(?) >= length(?) and substr(?, length(?) - length(?) + 1) = ?",
            [text, part, text, text, part, part],
        )
    }

    fn text(&self, json: &Json) -> Sql {
        sql("case ? when 'text' then ? end", [&json.kind, &json.value])
    }

    fn number(&self, json: &Json) -> Sql {
        sql("case when ? in ('integer', 'real') then cast(? as real) end", [&json.kind, &json.value])
    }

    fn boolean(&self, json: &Json) -> Sql {
        sql("case ? when 'true' then true when 'false' then false end", [&json.kind])
    }

    fn is_assigned(&self, json: &Json) -> Sql {
        sql(
            "case ? when 'null' then false when 'text' then ? <> '' when 'array' then ? <> '[]'
                when 'object' then exists (
                    select 1 from json_each(?) as part
                    where case part.type when 'null' then false when 'text' then part.value <> ''
                        when 'array' then part.value <> '[]' when 'object' then part.value <> '{}' else true end)
                else coalesce(? <> '', false) end",
            [&json.kind, &json.value, &json.value, &json.value, &json.kind],
        )
    }

    fn member(&self, names: &[&str]) -> Json {
        let path = path_to(names);
        Json {
            kind: sql("json_type(r.resource, ?)", [&path]),
            value: sql("json_extract(r.resource, ?)", [&path]),
        }
    }

    fn list(&self, names: &[&str]) -> Sql {
        sql("json_each(r.resource, ?) as t where true", [&path_to(names)])
    }

    fn parts_of_list(&self, names: &[&str], part: &str) -> Sql {
        sql(
            "json_each(r.resource, ?) as t
                cross join json_each(case t.type when 'object' then t.value end, ?) as e where true",
            [&path_to(names), &path_to(&[part])],
        )
    }

    fn parts_of_entry(&self, part: &str) -> Sql {
        sql("json_each(case t.type when 'object' then t.value end, ?) as e where true", [&path_to(&[part])])
    }

    fn part_of_entry(&self, part: &str) -> Json {
        let path = path_to(&[part]);
        Json {
            kind: sql("json_type(case t.type when 'object' then t.value end, ?)", [&path]),
            value: sql("json_extract(case t.type when 'object' then t.value end, ?)", [&path]),
        }
    }

    fn entry(&self) -> Json {
        Json { kind: raw("t.type"), value: raw("t.value") }
    }

    fn value_of_part(&self) -> Json {
        Json { kind: raw("e.type"), value: raw("e.value") }
    }

    fn primary_entry_first(&self) -> &'static str {
        "case t.type when 'object' then coalesce(json_type(t.value, '$.primary') = 'true', false) else false end desc,
            t.key"
    }

    fn first_value_of_part(&self) -> &'static str {
        "e.key"
    }
}
