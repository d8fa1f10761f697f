-- The roles stay: other databases of the cluster may use them.
revoke all on all functions in schema directory from illuxi_gateway, illuxi_relay;
revoke all on all tables in schema directory from illuxi_gateway, illuxi_relay;
revoke all on schema directory from illuxi_gateway, illuxi_relay;
