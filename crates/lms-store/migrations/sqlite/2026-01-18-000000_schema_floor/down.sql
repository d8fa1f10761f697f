drop table sync_schema_floor;
