-- What a directory hardly ever asks for is found without reading what it asks for all day long, which is not in here.
create index provisioning_log_seldom on directory.provisioning_log (operation, integration_id, at, id)
    where operation in ('replace', 'delete', 'bulk', 'discovery', 'token', 'sign_in');
