//! One person's life, from the first day to the return, played through Entra's requests and read back from the LMS.
//! The same for every way of running the product.

use std::time::Duration;

use serde_json::{Value, json};
use uuid::Uuid;

use crate::entra::{Entra, group, user};
use crate::eventually;
use crate::lms_reader::LmsReader;

/// How long the LMS may lag behind an answer to Entra.
const LAG: Duration = Duration::from_secs(20);

/// A person on the way through the product.
pub struct Person {
    entra: Entra,
    lms: LmsReader,
    /// The person's userName.
    pub login: String,
    external_id: String,
    /// SCIM id at present.
    pub scim_id: String,
    cohort: String,
    group_path: String,
    /// The learner whom the first day made.
    pub learner_id: Value,
}

impl Person {
    /// First day: created, and put into a cohort that is created after.
    pub async fn hired(entra: Entra, lms: LmsReader) -> Self {
        let run = Uuid::new_v4().simple().to_string();
        let login = format!("ana.{run}@contoso.example");
        let external_id = Uuid::new_v4().to_string();
        let created = entra.post("/Users", user(&login, &external_id, "Ana", "Silva")).await;
        assert_eq!(created.status, 201, "{created:?}");
        let name = format!("Forklift {run}");
        let made = entra.post("/Groups", group(&name, &Uuid::new_v4().to_string())).await;
        assert_eq!(made.status, 201, "{made:?}");
        let group_path = format!("/Groups/{}", made.id());
        let mut person = Self {
            scim_id: created.id(),
            cohort: format!("aad-{name}"),
            learner_id: Value::Null,
            entra,
            lms,
            login,
            external_id,
            group_path,
        };
        person.join().await;
        person.learner_id =
            person.until_learner("is active", |l| l["status"] == "active").await["learner_id"].clone();
        person.until_in_cohort(true).await;
        person
    }

    async fn join(&self) {
        let join = json!([{ "op": "Add", "path": "members", "value": [{ "value": self.scim_id }] }]);
        assert_eq!(self.entra.patch(&self.group_path, join).await.status, 200);
    }

    /// A change of name in Azure.
    pub async fn renamed(&self, family: &str) {
        let rename = json!([{ "op": "Replace", "path": "name.familyName", "value": family }]);
        let patched = self.entra.patch(&self.path(), rename).await;
        assert_eq!(patched.status, 200, "{patched:?}");
        self.until_learner("is renamed", |l| l["family_name"] == family).await;
    }

    /// Blocked in Azure: inactive in the LMS, still in the cohort. Then let in again.
    pub async fn disabled_and_enabled(&self) {
        let switch = |active: &str| json!([{ "op": "Replace", "path": "active", "value": active }]);
        assert_eq!(self.entra.patch(&self.path(), switch("False")).await.status, 200);
        self.until_learner("is inactive", |l| l["status"] == "inactive").await;
        self.until_in_cohort(true).await;
        assert_eq!(self.entra.patch(&self.path(), switch("True")).await.status, 200);
        self.until_learner("is active again", |l| l["status"] == "active").await;
    }

    /// Purged in Azure: an inactive learner in no cohort.
    pub async fn deleted(&self) {
        assert_eq!(self.entra.delete(&self.path()).await.status, 204);
        self.until_learner("is inactive", |l| l["status"] == "inactive").await;
        self.until_in_cohort(false).await;
    }

    /// Hired again under the same object id: the old learner.
    pub async fn hired_again(&mut self) {
        let again = self.entra.post("/Users", user(&self.login, &self.external_id, "Ana", "Costa")).await;
        assert_eq!(again.status, 201, "{again:?}");
        self.scim_id = again.id();
        let learner = self.until_learner("is back", |l| l["status"] == "active").await;
        assert_eq!(learner["learner_id"], self.learner_id, "the old learner");
        self.join().await;
        self.until_in_cohort(true).await;
    }

    fn path(&self) -> String {
        format!("/Users/{}", self.scim_id)
    }

    /// Waits until the one learner of this person is as wanted.
    pub async fn until_learner(&self, what: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let last = std::sync::Mutex::new(Value::Null);
        eventually(LAG, what, async || {
            let learners = self.lms.learners(&self.login).await;
            assert!(learners.len() <= 1, "one learner at most: {learners:?}");
            let Some(learner) = learners.into_iter().next() else { return false };
            let is_wanted = wanted(&learner) && learner["scim_id"] == self.scim_id.as_str();
            *last.lock().unwrap() = learner;
            is_wanted
        })
        .await;
        last.into_inner().unwrap()
    }

    async fn until_in_cohort(&self, wanted: bool) {
        let what = if wanted { "is in the cohort" } else { "is in no cohort" };
        eventually(LAG, what, async || {
            let Some(cohort) = self.lms.cohort(&self.cohort).await else { return false };
            let members = cohort["members"].as_array().cloned().unwrap_or_default();
            let learners = self.lms.learners(&self.login).await;
            learners.first().is_some_and(|learner| members.contains(&learner["learner_id"]) == wanted)
        })
        .await;
    }
}
