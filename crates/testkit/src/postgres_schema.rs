//! What a PostgreSQL database is made of, as text that can be compared.

use crate::postgres::TestDatabase;

/// One line for each thing, sorted. Rights are spelled out: those that were granted and taken back leave a list behind that
/// says in other words what its absence said.
const DESCRIPTION: &str = "
    with space as (select oid, nspname, nspowner, nspacl from pg_namespace where nspname = any('{SCHEMAS}')),
    relation as (select pg_class.* from pg_class join space on space.oid = relnamespace where relkind <> 'i'),
    line(text) as (
        select format('schema %s: %s', nspname, (select string_agg(acl::text, ' ' order by acl::text)
            from unnest(coalesce(nspacl, acldefault('n', nspowner))) as acl)) from space
        union all
        select format('relation %s: %s %s %s %s %s', relation.oid::regclass, relkind, relrowsecurity, relforcerowsecurity,
            reloptions, (select string_agg(acl::text, ' ' order by acl::text) from unnest(coalesce(relacl,
                acldefault(case relkind when 'S' then 's'::\"char\" else 'r' end, relowner))) as acl)) from relation
        union all
        select format('column %s.%s: %s %s %s %s %s %s', relation.oid::regclass, attname, format_type(atttypid, atttypmod),
            attnotnull, attidentity, attgenerated, pg_get_expr(adbin, adrelid),
            (select string_agg(acl::text, ' ' order by acl::text) from unnest(attacl) as acl))
        from pg_attribute join relation on relation.oid = attrelid
        left join pg_attrdef on adrelid = attrelid and adnum = attnum where attnum > 0 and not attisdropped
        union all
        select format('constraint %s %s: %s %s', conrelid::regclass, conname, pg_get_constraintdef(pg_constraint.oid),
            convalidated) from pg_constraint join space on space.oid = connamespace
        union all
        select format('index %s', pg_get_indexdef(indexrelid)) from pg_index join relation on relation.oid = indrelid
        union all
        select format('view %s: %s', relation.oid::regclass, pg_get_viewdef(relation.oid)) from relation
        where relkind in ('v', 'm')
        union all
        select format('trigger %s: %s', pg_get_triggerdef(pg_trigger.oid), tgenabled) from pg_trigger
        join relation on relation.oid = tgrelid where not tgisinternal
        union all
        select format('policy %s %s: %s %s %s %s %s', polrelid::regclass, polname, polcmd, polpermissive,
            (select string_agg(pg_get_userbyid(member), ' ' order by pg_get_userbyid(member)) from unnest(polroles) as member),
            pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid))
        from pg_policy join relation on relation.oid = polrelid
        union all
        select format('function %s: %s %s', pg_proc.oid::regprocedure, pg_get_functiondef(pg_proc.oid),
            (select string_agg(acl::text, ' ' order by acl::text) from unnest(coalesce(proacl,
                acldefault('f', proowner))) as acl))
        from pg_proc join space on space.oid = pronamespace where prokind in ('f', 'p')
        union all
        select format('type %s: %s %s', pg_type.oid::regtype, typtype, (select string_agg(enumlabel, ' ' order by
            enumsortorder) from pg_enum where enumtypid = pg_type.oid))
        from pg_type join space on space.oid = typnamespace where typtype in ('e', 'd', 'r')
        union all
        select format('comment %s: %s', objoid::regclass, description) from pg_description
        join relation on relation.oid = objoid
    )
    select coalesce(string_agg(text, e'\\n' order by text), '') from line";

/// Describes everything that stands in these schemas, and who may do what to it.
///
/// # Panics
/// When PostgreSQL refuses to tell.
pub async fn describe(database: &TestDatabase, schemas: &[&str]) -> String {
    database.query_text(&DESCRIPTION.replace("{SCHEMAS}", &format!("{{{}}}", schemas.join(",")))).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn every_kind_of_change_is_seen_and_what_was_taken_back_is_not() {
        let database = TestDatabase::create().await;
        database
            .execute(
                "create schema a;
                 create table a.t (id int primary key, name text);
                 create function a.f() returns trigger language plpgsql as 'begin return new; end';",
            )
            .await;
        let before = describe(&database, &["a"]).await;
        for (there, back) in [
            ("alter table a.t add column more int", "alter table a.t drop column more"),
            (
                "alter table a.t alter column name set not null",
                "alter table a.t alter column name drop not null",
            ),
            (
                "alter table a.t alter column name set default 'x'",
                "alter table a.t alter column name drop default",
            ),
            ("create index i on a.t (name)", "drop index a.i"),
            ("create view a.v as select id from a.t", "drop view a.v"),
            (
                "create trigger g before insert on a.t for each row execute function a.f()",
                "drop trigger g on a.t",
            ),
            ("create policy p on a.t using (true)", "drop policy p on a.t"),
            ("alter table a.t enable row level security", "alter table a.t disable row level security"),
            ("grant select on a.t to public", "revoke select on a.t from public"),
            ("grant select (id) on a.t to public", "revoke select (id) on a.t from public"),
            ("grant usage on schema a to public", "revoke usage on schema a from public"),
            ("revoke execute on function a.f() from public", "grant execute on function a.f() to public"),
            (
                "alter table a.t add constraint c check (id > 0) not valid",
                "alter table a.t drop constraint c",
            ),
            ("create type a.e as enum ('x')", "drop type a.e"),
        ] {
            database.execute(there).await;
            assert_ne!(describe(&database, &["a"]).await, before, "{there}");
            database.execute(back).await;
            assert_eq!(describe(&database, &["a"]).await, before, "{back}");
        }
    }
}
