#!/bin/bash
# Run once, on an empty volume. For each service: a database, its owner (who migrates it and nothing else), and a login
# that may take on the roles of the service's grants and has no right of its own. The grants come with the migrations.
set -euo pipefail

service() { # database, owner's password, login's password, roles...
    local database=$1 owner_password=$2 login_password=$3 role
    shift 3
    psql -v ON_ERROR_STOP=1 -U postgres -v database="$database" -v owner="${database}_owner" \
        -v login="${database}_login" -v owner_password="$owner_password" -v login_password="$login_password" <<'SQL'
create role :"owner" login password :'owner_password';
create role :"login" login noinherit password :'login_password';
create database :"database" owner :"owner";
SQL
    for role; do
        psql -v ON_ERROR_STOP=1 -U postgres -v role="$role" -v login="${database}_login" <<'SQL'
create role :"role" nologin;
grant :"role" to :"login";
SQL
    done
}

service directory "$DIRECTORY_OWNER_PASSWORD" "$DIRECTORY_PASSWORD" illuxi_gateway illuxi_relay
service lms "$LMS_OWNER_PASSWORD" "$LMS_PASSWORD" illuxi_user_sync illuxi_caretaker
