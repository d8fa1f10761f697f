create table floor.schema_floor (migration text primary key);
