drop index sync.link_integration;
