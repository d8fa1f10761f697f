#!/bin/bash
# Run once, on an empty volume. For each service: a database, its owner (who migrates it and nothing else), and a login
# that may take on the role of the service's grants and has no right of its own. The grants come with the migrations.
set -euo pipefail

service() { # database, role, owner's password, login's password
    psql -v ON_ERROR_STOP=1 -U postgres -v database="$1" -v role="$2" -v owner="$1_owner" -v login="$1_login" \
        -v owner_password="$3" -v login_password="$4" <<'SQL'
create role :"role" nologin;
create role :"owner" login password :'owner_password';
create role :"login" login noinherit password :'login_password';
grant :"role" to :"login";
create database :"database" owner :"owner";
SQL
}

service directory illuxi_gateway "$DIRECTORY_OWNER_PASSWORD" "$DIRECTORY_PASSWORD"
service lms illuxi_user_sync "$LMS_OWNER_PASSWORD" "$LMS_PASSWORD"
