#!/bin/bash
# Run once, on an empty volume: a database for each service, and a login for each that may take on the role of the
# service's grants and nothing else. The grants themselves come with the migrations.
set -euo pipefail

service() { # database, login, role, password
    psql -v ON_ERROR_STOP=1 -U postgres -v database="$1" -v login="$2" -v role="$3" -v password="$4" <<'SQL'
create database :"database";
create role :"role" nologin;
create role :"login" login noinherit password :'password';
grant :"role" to :"login";
SQL
}

service directory directory_login illuxi_gateway "$DIRECTORY_PASSWORD"
service lms lms_login illuxi_user_sync "$LMS_PASSWORD"
