use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::Queryable;
use lms::{
    Attribute, IntegrationSlug, Learner, LearnerId, LearnerView, Lifecycle, PortalId, Profile, RowVersion,
    ScimId, Stored, TrainingRecord, Write, fold,
};
use serde::Serialize;
use uuid::Uuid;

use crate::id::Id;
use crate::words::{UnknownWord, read_reason, read_status, reason_word, status_word};

/// Columns that a learner is born with and keeps.
pub(crate) const LEARNER_IDENTITY: [&str; 3] = ["learner_id", "portal_id", "integration"];

/// Columns that follow the directory. No other column of a learner is ever updated.
pub(crate) const LEARNER_WRITTEN: [&str; 27] = [
    "scim_id",
    "source_object_id",
    "status",
    "inactive_reason",
    "inactivated_at",
    "reactivated_at",
    "login",
    "login_folded",
    "email",
    "given_name",
    "family_name",
    "display_name",
    "job_title",
    "department",
    "division",
    "organization",
    "cost_center",
    "employee_number",
    "employee_type",
    "hire_date",
    "manager_scim_id",
    "office",
    "country",
    "preferred_language",
    "locale",
    "time_zone",
    "phone",
];

#[derive(Debug, Queryable, Serialize)]
pub(crate) struct LearnerRow {
    learner_id: Id,
    portal_id: Id,
    integration: String,
    scim_id: Id,
    source_object_id: Option<String>,
    status: String,
    inactive_reason: Option<String>,
    inactivated_at: Option<DateTime<Utc>>,
    reactivated_at: Option<DateTime<Utc>>,
    row_version: i64,
    login: Option<String>,
    login_folded: Option<String>,
    email: Option<String>,
    given_name: Option<String>,
    family_name: Option<String>,
    display_name: Option<String>,
    job_title: Option<String>,
    department: Option<String>,
    division: Option<String>,
    organization: Option<String>,
    cost_center: Option<String>,
    employee_number: Option<String>,
    employee_type: Option<String>,
    hire_date: Option<NaiveDate>,
    manager_scim_id: Option<Id>,
    office: Option<String>,
    country: Option<String>,
    preferred_language: Option<String>,
    locale: Option<String>,
    time_zone: Option<String>,
    phone: Option<String>,
}

impl LearnerRow {
    pub(crate) fn scim_id(&self) -> Uuid {
        self.scim_id.0
    }

    pub(crate) fn manager_scim_id(&self) -> Option<Uuid> {
        self.manager_scim_id.map(|id| id.0)
    }

    pub(crate) fn into_stored(self) -> Result<Stored<Learner>, UnknownWord> {
        let lifecycle = Lifecycle {
            status: read_status(&self.status)?,
            inactive_reason: self.inactive_reason.as_deref().map(read_reason).transpose()?,
            inactivated_at: self.inactivated_at,
            reactivated_at: self.reactivated_at,
        };
        let version = RowVersion(self.row_version);
        let is_consistent = self.login_folded == self.login.as_deref().map(fold);
        let row = Learner {
            id: LearnerId(self.learner_id.0),
            portal: PortalId(self.portal_id.0),
            integration: IntegrationSlug(self.integration.clone()),
            scim_id: ScimId(self.scim_id.0),
            external_id: self.source_object_id.clone(),
            lifecycle,
            profile: self.into_profile(),
        };
        Ok(Stored { row, version, is_consistent })
    }

    fn into_profile(self) -> Profile {
        [
            (Attribute::Login, self.login),
            (Attribute::Email, self.email),
            (Attribute::GivenName, self.given_name),
            (Attribute::FamilyName, self.family_name),
            (Attribute::DisplayName, self.display_name),
            (Attribute::JobTitle, self.job_title),
            (Attribute::Department, self.department),
            (Attribute::Division, self.division),
            (Attribute::Organization, self.organization),
            (Attribute::CostCenter, self.cost_center),
            (Attribute::EmployeeNumber, self.employee_number),
            (Attribute::EmployeeType, self.employee_type),
            (Attribute::HireDate, self.hire_date.map(|date| date.to_string())),
            (Attribute::Manager, self.manager_scim_id.map(|id| id.0.to_string())),
            (Attribute::Office, self.office),
            (Attribute::Country, self.country),
            (Attribute::PreferredLanguage, self.preferred_language),
            (Attribute::Locale, self.locale),
            (Attribute::TimeZone, self.time_zone),
            (Attribute::Phone, self.phone),
        ]
        .into_iter()
        .collect()
    }
}

impl From<&Write<Learner>> for LearnerRow {
    fn from(write: &Write<Learner>) -> Self {
        let learner = &write.row;
        let value = |attribute| learner.profile.value(attribute);
        let text = |attribute| value(attribute).map(str::to_owned);
        Self {
            learner_id: Id(learner.id.0),
            portal_id: Id(learner.portal.0),
            integration: learner.integration.0.clone(),
            scim_id: Id(learner.scim_id.0),
            source_object_id: learner.external_id.clone(),
            status: status_word(learner.lifecycle.status).to_owned(),
            inactive_reason: learner.lifecycle.inactive_reason.map(|reason| reason_word(reason).to_owned()),
            inactivated_at: learner.lifecycle.inactivated_at,
            reactivated_at: learner.lifecycle.reactivated_at,
            row_version: write.replaces.map_or(0, |version| version.0),
            login: text(Attribute::Login),
            login_folded: value(Attribute::Login).map(fold),
            email: text(Attribute::Email),
            given_name: text(Attribute::GivenName),
            family_name: text(Attribute::FamilyName),
            display_name: text(Attribute::DisplayName),
            job_title: text(Attribute::JobTitle),
            department: text(Attribute::Department),
            division: text(Attribute::Division),
            organization: text(Attribute::Organization),
            cost_center: text(Attribute::CostCenter),
            employee_number: text(Attribute::EmployeeNumber),
            employee_type: text(Attribute::EmployeeType),
            hire_date: value(Attribute::HireDate).and_then(|day| day.parse().ok()),
            manager_scim_id: value(Attribute::Manager).and_then(|id| id.parse().ok()).map(Id),
            office: text(Attribute::Office),
            country: text(Attribute::Country),
            preferred_language: text(Attribute::PreferredLanguage),
            locale: text(Attribute::Locale),
            time_zone: text(Attribute::TimeZone),
            phone: text(Attribute::Phone),
        }
    }
}

/// SCIM id and learner of a manager.
pub(crate) type ManagerRow = (Id, Id);

/// The learners as shown, with those managers who are learners too.
pub(crate) fn learner_views(
    rows: Vec<LearnerRow>,
    managers: Vec<ManagerRow>,
) -> Result<Vec<LearnerView>, UnknownWord> {
    let managers: HashMap<Uuid, Uuid> =
        managers.into_iter().map(|(scim, learner)| (scim.0, learner.0)).collect();
    let mut views = Vec::with_capacity(rows.len());
    for row in rows {
        let manager = row.manager_scim_id().and_then(|scim_id| managers.get(&scim_id));
        let manager_learner_id = manager.copied().map(LearnerId);
        let learner = row.into_stored()?.row;
        views.push(LearnerView {
            learner_id: learner.id,
            scim_id: learner.scim_id,
            external_id: learner.external_id,
            status: learner.lifecycle.status,
            inactive_reason: learner.lifecycle.inactive_reason,
            manager_learner_id,
            profile: learner.profile,
        });
    }
    Ok(views)
}

#[derive(Debug, Queryable)]
pub(crate) struct TrainingRecordRow {
    record_id: Id,
    learner_id: Id,
    course_title: String,
    completed_at: DateTime<Utc>,
    passed: bool,
    certificate_number: Option<String>,
}

impl From<TrainingRecordRow> for TrainingRecord {
    fn from(row: TrainingRecordRow) -> Self {
        Self {
            record_id: row.record_id.0,
            learner_id: LearnerId(row.learner_id.0),
            course_title: row.course_title,
            completed_at: row.completed_at,
            passed: row.passed,
            certificate_number: row.certificate_number,
        }
    }
}
