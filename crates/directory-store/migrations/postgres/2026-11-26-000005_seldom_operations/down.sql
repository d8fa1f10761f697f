drop index directory.provisioning_log_seldom;
