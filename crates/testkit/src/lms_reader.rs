//! Reads back what the LMS holds, through the private API of user-sync.

use serde_json::Value;

/// A reader of one integration's learners and cohorts.
#[derive(Clone, Debug)]
pub struct LmsReader {
    http: reqwest::Client,
    base: String,
    token: String,
}

impl LmsReader {
    /// A reader at `admin_url` (without a path) for an integration.
    pub fn new(admin_url: &str, token: impl Into<String>, integration: &str) -> Self {
        let base = format!("{admin_url}/admin/v1/integrations/{integration}");
        Self { http: reqwest::Client::new(), base, token: token.into() }
    }

    /// Learners of that login, whatever their status.
    pub async fn learners(&self, login: &str) -> Vec<Value> {
        self.items(&format!("/learners?login={}", login.replace('+', "%2B"))).await
    }

    /// The active learner of that login.
    pub async fn active_learner(&self, login: &str) -> Option<Value> {
        self.learners(login).await.into_iter().find(|learner| learner["status"] == "active")
    }

    /// All cohorts.
    pub async fn cohorts(&self) -> Vec<Value> {
        self.items("/cohorts").await
    }

    /// The cohort of that name.
    pub async fn cohort(&self, name: &str) -> Option<Value> {
        self.cohorts().await.into_iter().find(|cohort| cohort["name"] == name)
    }

    async fn items(&self, path: &str) -> Vec<Value> {
        let url = format!("{}{path}", self.base);
        let answer = self.http.get(url).bearer_auth(&self.token).send().await.expect("user-sync answers");
        // Until its first event the LMS knows nothing of an integration.
        if answer.status().as_u16() == 404 {
            return vec![];
        }
        assert_eq!(answer.status().as_u16(), 200, "{path}");
        let body: Value = answer.json().await.expect("JSON");
        body["items"].as_array().cloned().unwrap_or_default()
    }
}
