-- Migrations that a program must know in order to work here. One that takes away what older programs use names there the
-- first migration that these do not know; one that adds something names none.
create table sync.schema_floor (
    migration text primary key
);

-- Services compare both with what they know when they start.
grant select on sync.schema_floor, sync.__diesel_schema_migrations to illuxi_user_sync, illuxi_caretaker;
