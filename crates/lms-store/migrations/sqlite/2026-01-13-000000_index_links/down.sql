drop index link_integration;
