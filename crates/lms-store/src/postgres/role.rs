use diesel::dsl::sql;
use diesel::sql_types::Bool;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::OpenError;

/// Proves that the connection's role cannot destroy what a directory must never reach, and is behind the walls between
/// integrations.
pub(super) async fn verify(connection: &mut AsyncPgConnection) -> Result<(), OpenError> {
    let forbidden = (
        sql::<Bool>("has_table_privilege('lms.learner', 'delete, truncate')"),
        sql::<Bool>("has_table_privilege('lms.cohort', 'delete, truncate')"),
        sql::<Bool>("has_table_privilege('lms.training_record', 'insert, update, delete, truncate')"),
        sql::<Bool>("has_any_column_privilege('lms.training_record', 'insert, update')"),
        sql::<Bool>("has_any_column_privilege('lms.enrolment', 'insert, update')"),
        sql::<Bool>("has_any_column_privilege('lms.role_grant', 'insert, update')"),
        sql::<Bool>("not row_security_active('sync.link')"),
    );
    let (learners, cohorts, records, record_columns, enrolments, roles, unwalled): (
        bool,
        bool,
        bool,
        bool,
        bool,
        bool,
        bool,
    ) = diesel::select(forbidden)
        .get_result(connection)
        .await
        .map_err(|error| OpenError::Database(Box::new(error)))?;
    if learners {
        return Err(OpenError::TooPowerful("delete learners"));
    }
    if cohorts {
        return Err(OpenError::TooPowerful("delete cohorts"));
    }
    if records || record_columns {
        return Err(OpenError::TooPowerful("write training records"));
    }
    if enrolments || roles {
        return Err(OpenError::TooPowerful("write enrolments or role grants"));
    }
    if unwalled {
        return Err(OpenError::TooPowerful("see the rows of every integration"));
    }
    Ok(())
}
