//! The words of PostgreSQL.

use chrono::{DateTime, Utc};
use directory::IntegrationId;
use uuid::Uuid;

use super::dialect::{Dialect, Json, Table, path};
use super::{Bind, Sql, bind, raw, sql};

pub(crate) struct Postgres;

fn text(value: &str) -> Sql {
    bind(Bind::Text(value.to_owned()))
}

fn json(value: Sql) -> Json {
    Json { kind: sql("jsonb_typeof(?)", [&value]), value }
}

impl Dialect for Postgres {
    fn table(&self, table: Table) -> &'static str {
        match table {
            Table::User => "directory.scim_user",
            Table::Group => "directory.scim_group",
            Table::GroupMember => "directory.group_member",
            Table::UserLookup => "directory.user_lookup",
            Table::ProvisioningLog => "directory.provisioning_log",
            Table::Outbox => "directory.outbox",
        }
    }

    fn is_live(&self) -> &'static str {
        "r.live"
    }

    fn is_departure(&self) -> &'static str {
        r#"(entry.outcome = 'deleted'
            or entry.outcome = 'changed' and position('"attribute":"active"' in entry.changed::text) > 0)"#
    }

    fn id(&self, id: Uuid) -> Bind {
        Bind::Uuid(id)
    }

    fn time(&self, time: DateTime<Utc>) -> Bind {
        Bind::Time(time)
    }

    fn id_is_among(&self, ids: &Sql) -> Sql {
        sql("r.id = any(array(?))", [ids])
    }

    fn counted(&self, table: Table, of: IntegrationId) -> Option<Sql> {
        let kind = match table {
            Table::User => raw("'user'"),
            Table::Group => raw("'group'"),
            Table::GroupMember | Table::UserLookup | Table::ProvisioningLog | Table::Outbox => return None,
        };
        Some(sql(
            "select coalesce(sum(live), 0)::bigint from directory.resource_count where integration_id = ? and kind = ?",
            [&bind(self.id(of.0)), &kind],
        ))
    }

    /// One lookup for each, which the planner cannot turn into a join: without statistics it would read the tenant.
    fn rows_of_page(&self, table: Table, of: IntegrationId) -> Sql {
        let of = bind(self.id(of.0));
        let columns = match table {
            Table::Group => raw("id, version, created_at, last_modified, resource, member_count"),
            _ => raw("id, version, created_at, last_modified, resource"),
        };
        sql(
            "page cross join lateral (
                select ? from ? as found where found.integration_id = ? and found.id = page.id offset 0
            ) as r",
            [&columns, &raw(self.table(table)), &of],
        )
    }

    fn groups_of_user(&self, of: IntegrationId) -> Sql {
        sql(
            "(select coalesce(jsonb_agg(jsonb_build_array(m.group_id, (
                select g.resource -> 'displayName' from directory.scim_group as g
                where g.integration_id = m.integration_id and g.id = m.group_id
            ))), '[]') from directory.group_member as m where m.user_id = r.id and m.integration_id = ?)",
            [&bind(self.id(of.0))],
        )
    }

    fn no_groups(&self) -> &'static str {
        "null::jsonb"
    }

    fn created(&self) -> &'static str {
        "floor(extract(epoch from r.created_at) * 1000)::bigint"
    }

    fn last_modified(&self) -> &'static str {
        "floor(extract(epoch from r.last_modified) * 1000)::bigint"
    }

    fn bytewise(&self, text: &Sql) -> Sql {
        sql("((?) collate \"C\")", [text])
    }

    fn fold(&self, text: &Sql) -> Sql {
        sql("directory.fold(?)", [text])
    }

    fn instant(&self, text: &Sql) -> Sql {
        sql("directory.instant(?)", [text])
    }

    fn contains(&self, text: &Sql, part: &Sql) -> Sql {
        sql("strpos(?, ?) > 0", [text, part])
    }

    fn starts_with(&self, text: &Sql, part: &Sql) -> Sql {
        sql("starts_with(?, ?)", [text, part])
    }

    fn ends_with(&self, text: &Sql, part: &Sql) -> Sql {
        sql("right(?, length(?)) = ?", [text, part, part])
    }

    fn text(&self, json: &Json) -> Sql {
        sql("case ? when 'string' then ? #>> '{}' end", [&json.kind, &json.value])
    }

    fn number(&self, json: &Json) -> Sql {
        sql("case ? when 'number' then (?)::float8 end", [&json.kind, &json.value])
    }

    fn boolean(&self, json: &Json) -> Sql {
        sql("case ? when 'boolean' then (?)::boolean end", [&json.kind, &json.value])
    }

    fn is_assigned(&self, json: &Json) -> Sql {
        sql("directory.is_assigned(?)", [&json.value])
    }

    fn member(&self, names: &[&str]) -> Json {
        let member = |document, name: &&str| sql("? -> ?", [&document, &text(name)]);
        json(sql("(?)", [&names.iter().fold(raw("r.resource"), member)]))
    }

    fn list(&self, names: &[&str]) -> Sql {
        let path = text(&path(names, "[*]"));
        sql("jsonb_path_query(r.resource, ?::jsonpath) with ordinality as t(v, position) where true", [&path])
    }

    fn parts_of_list(&self, names: &[&str], part: &str) -> Sql {
        let end = path(&[part], "[*]").replacen('$', "[*]", 1);
        let path = text(&path(names, &end));
        sql("jsonb_path_query(r.resource, ?::jsonpath) as e(v) where true", [&path])
    }

    fn parts_of_entry(&self, part: &str) -> Sql {
        let path = text(&path(&[part], "[*]"));
        sql("jsonb_path_query(t.v, ?::jsonpath) with ordinality as e(v, position) where true", [&path])
    }

    fn part_of_entry(&self, part: &str) -> Json {
        json(sql("(t.v -> ?)", [&text(part)]))
    }

    fn entry(&self) -> Json {
        json(raw("t.v"))
    }

    fn value_of_part(&self) -> Json {
        json(raw("e.v"))
    }

    fn primary_entry_first(&self) -> &'static str {
        "coalesce(t.v -> 'primary' = 'true', false) desc, t.position"
    }

    fn first_value_of_part(&self) -> &'static str {
        "e.position"
    }
}
