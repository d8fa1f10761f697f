revoke select on directory.__diesel_schema_migrations from illuxi_gateway, illuxi_relay;
drop table directory.schema_floor;
