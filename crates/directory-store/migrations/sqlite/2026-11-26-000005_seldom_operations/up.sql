-- What a directory hardly ever asks for is found without reading what it asks for all day long, which is not in here.
create index provisioning_log_seldom on provisioning_log (integration_id, operation, at)
    where operation in ('replace', 'delete', 'bulk', 'discovery', 'token', 'sign_in');
