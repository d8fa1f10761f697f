-- Migrations that a program must know in order to work here. One that takes away what older programs use names there the
-- first migration that these do not know; one that adds something names none.
create table schema_floor (
    migration text primary key
) without rowid;
