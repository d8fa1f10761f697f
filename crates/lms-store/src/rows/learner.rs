use chrono::{DateTime, NaiveDate, Utc};
use lms::{
    Attribute, IntegrationSlug, Learner, LearnerId, LearnerSearch, LearnerView, Lifecycle, PortalId, Profile,
    ResourceKey, RowVersion, ScimId, SearchKeys, StoreError, Stored, TrainingRecord, Write, fold,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::flag;
use crate::error::unreadable;
use crate::words::{read_reason, read_status, reason_word};

/// A learner as it is written, and as it is read with what is remembered of it.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct LearnerRow {
    learner_id: Uuid,
    portal_id: Uuid,
    row_version: i64,
    integration: Option<String>,
    scim_id: Option<Uuid>,
    source_object_id: Option<String>,
    status: String,
    inactive_reason: Option<String>,
    inactivated_at: Option<DateTime<Utc>>,
    reactivated_at: Option<DateTime<Utc>>,
    login: Option<String>,
    login_folded: Option<String>,
    email_folded: Option<String>,
    display_name_folded: Option<String>,
    full_name_folded: Option<String>,
    family_name_folded: Option<String>,
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
    manager_learner_id: Option<Uuid>,
    office: Option<String>,
    country: Option<String>,
    preferred_language: Option<String>,
    locale: Option<String>,
    time_zone: Option<String>,
    phone: Option<String>,
    #[serde(default, skip_serializing)]
    provenance: Option<String>,
    #[serde(default, skip_serializing, deserialize_with = "flag")]
    is_exempt: bool,
}

impl LearnerRow {
    /// The resource that the learner belongs to.
    pub(crate) fn source(&self) -> Option<ResourceKey> {
        let integration = IntegrationSlug(self.integration.clone()?);
        Some(ResourceKey { integration, scim_id: ScimId(self.scim_id?) })
    }

    pub(crate) fn into_stored(self) -> Result<Stored<Learner>, StoreError> {
        let lifecycle = Lifecycle {
            status: read_status(&self.status).map_err(unreadable)?,
            inactive_reason: self
                .inactive_reason
                .as_deref()
                .map(read_reason)
                .transpose()
                .map_err(unreadable)?,
            inactivated_at: self.inactivated_at,
            reactivated_at: self.reactivated_at,
        };
        let provenance = self.provenance.as_deref().map(serde_json::from_str).transpose();
        let version = RowVersion(self.row_version);
        let (login_folded, keys) = (self.login_folded.clone(), self.search_keys());
        let row = Learner {
            id: LearnerId(self.learner_id),
            portal: PortalId(self.portal_id),
            source: self.source(),
            external_id: self.source_object_id.clone(),
            lifecycle,
            provenance: provenance.map_err(unreadable)?.unwrap_or_default(),
            is_exempt: self.is_exempt,
            profile: self.into_profile(),
        };
        let login = row.profile.value(Attribute::Login);
        let is_consistent = login_folded == login.map(fold) && keys == SearchKeys::of(&row.profile);
        Ok(Stored { row, version, is_consistent })
    }

    /// What the columns hold, be it up to date or not.
    fn search_keys(&self) -> SearchKeys {
        SearchKeys {
            email: self.email_folded.clone(),
            display_name: self.display_name_folded.clone(),
            full_name: self.full_name_folded.clone(),
            family_name: self.family_name_folded.clone(),
        }
    }

    /// Whether no value that a search finds stands before this one.
    pub(crate) fn is_first(&self, matched: &str, search: &LearnerSearch) -> bool {
        if matched.is_empty() {
            return true;
        }
        let is_sought =
            |id: &Option<String>| id.as_ref().is_some_and(|id| *id == search.text || *id == search.prefix);
        if is_sought(&self.employee_number) || is_sought(&self.source_object_id) {
            return false;
        }
        [
            &self.login_folded,
            &self.email_folded,
            &self.display_name_folded,
            &self.full_name_folded,
            &self.family_name_folded,
        ]
        .into_iter()
        .flatten()
        .filter(|value| value.starts_with(&search.prefix))
        .all(|value| value.as_str() >= matched)
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
            (Attribute::Manager, self.manager_learner_id.map(|id| id.to_string())),
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
        let SearchKeys { email, display_name, full_name, family_name } = SearchKeys::of(&learner.profile);
        Self {
            learner_id: learner.id.0,
            portal_id: learner.portal.0,
            row_version: write.replaces.map_or(0, |version| version.0),
            integration: learner.source.as_ref().map(|source| source.integration.0.clone()),
            scim_id: learner.source.as_ref().map(|source| source.scim_id.0),
            source_object_id: learner.external_id.clone(),
            status: learner.lifecycle.status.as_str().to_owned(),
            inactive_reason: learner.lifecycle.inactive_reason.map(|reason| reason_word(reason).to_owned()),
            inactivated_at: learner.lifecycle.inactivated_at,
            reactivated_at: learner.lifecycle.reactivated_at,
            login: text(Attribute::Login),
            login_folded: value(Attribute::Login).map(fold),
            email_folded: email,
            display_name_folded: display_name,
            full_name_folded: full_name,
            family_name_folded: family_name,
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
            manager_learner_id: value(Attribute::Manager).and_then(|id| id.parse().ok()),
            office: text(Attribute::Office),
            country: text(Attribute::Country),
            preferred_language: text(Attribute::PreferredLanguage),
            locale: text(Attribute::Locale),
            time_zone: text(Attribute::TimeZone),
            phone: text(Attribute::Phone),
            provenance: None,
            is_exempt: false,
        }
    }
}

/// The memory of a learner, as it is written.
#[derive(Debug, Serialize)]
pub(crate) struct ProvenanceRow {
    learner_id: Uuid,
    document: String,
}

impl ProvenanceRow {
    pub(crate) fn of(learner: &Learner) -> Result<Self, serde_json::Error> {
        Ok(Self { learner_id: learner.id.0, document: serde_json::to_string(&learner.provenance)? })
    }
}

/// The learners as shown.
pub(crate) fn learner_views(rows: Vec<LearnerRow>) -> Result<Vec<LearnerView>, StoreError> {
    let mut views = Vec::with_capacity(rows.len());
    for row in rows {
        views.extend(LearnerView::new(row.into_stored()?.row));
    }
    Ok(views)
}

#[derive(Debug, Deserialize)]
pub(crate) struct TrainingRecordRow {
    record_id: Uuid,
    learner_id: Uuid,
    course_title: String,
    completed_at: DateTime<Utc>,
    #[serde(deserialize_with = "flag")]
    passed: bool,
    certificate_number: Option<String>,
}

impl From<TrainingRecordRow> for TrainingRecord {
    fn from(row: TrainingRecordRow) -> Self {
        Self {
            record_id: row.record_id,
            learner_id: LearnerId(row.learner_id),
            course_title: row.course_title,
            completed_at: row.completed_at,
            passed: row.passed,
            certificate_number: row.certificate_number,
        }
    }
}
