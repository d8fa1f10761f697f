#!/bin/bash
# Run once: by the image on an empty volume, or by hand for a server that somebody else keeps, with PGHOST and the like.
# For each service: a database, its owner (who migrates it and nothing else), and a login that may take on the roles of the
# service's grants and has no right of its own. The grants come with the migrations.
#
#   SECRETS         folder of the passwords                     /run/secrets
#   POSTGRES_USER   who may make databases and roles            postgres
set -euo pipefail

secrets=${SECRETS:-/run/secrets}
administrator=${POSTGRES_USER:-postgres}

service() { # database, roles...
    local database=$1 role
    shift
    psql -v ON_ERROR_STOP=1 -X -U "$administrator" -d postgres -v database="$database" -v owner="${database}_owner" \
        -v login="${database}_login" -v owner_password="$(<"$secrets/$database-owner-password")" \
        -v login_password="$(<"$secrets/$database-password")" <<'SQL'
create role :"owner" login password :'owner_password';
create role :"login" login noinherit password :'login_password';
-- Who is no superuser may give a database to nobody else.
grant :"owner" to current_user;
create database :"database" owner :"owner";
revoke all on database :"database" from public;
grant connect on database :"database" to :"login";
SQL
    for role; do
        psql -v ON_ERROR_STOP=1 -X -U "$administrator" -d postgres -v role="$role" -v login="${database}_login" <<'SQL'
select format('create role %I nologin', :'role')
 where not exists (select from pg_catalog.pg_roles where rolname = :'role') \gexec
grant :"role" to :"login";
SQL
    done
}

service directory illuxi_gateway illuxi_relay
service lms illuxi_user_sync illuxi_caretaker
