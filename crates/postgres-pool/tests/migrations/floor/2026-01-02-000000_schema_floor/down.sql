drop table floor.schema_floor;
