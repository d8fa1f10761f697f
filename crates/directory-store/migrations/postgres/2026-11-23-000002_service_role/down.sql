-- The role stays: other databases of the cluster may use it.
revoke all on all functions in schema directory from illuxi_gateway;
revoke all on all tables in schema directory from illuxi_gateway;
revoke all on schema directory from illuxi_gateway;
