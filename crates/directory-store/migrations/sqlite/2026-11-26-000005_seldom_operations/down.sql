drop index provisioning_log_seldom;
