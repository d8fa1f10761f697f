revoke select on sync.__diesel_schema_migrations from illuxi_user_sync, illuxi_caretaker;
drop table sync.schema_floor;
