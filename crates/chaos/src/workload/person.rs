use anyhow::{Context, ensure};
use reqwest::Method;
use serde_json::json;
use testkit::entra::{ENTERPRISE, user};
use uuid::Uuid;

use super::PersonState;
use super::writer::Writer;
use crate::chance::Chance;

/// Somebody in Azure, who is written about by one task: Entra, too, has no two writes of one person under way.
pub(super) struct Person {
    state: PersonState,
    /// Guests come and go, and are put in this team each time.
    team: Option<String>,
    manager_id: Option<String>,
    writes: u32,
}

impl Person {
    /// `manager` is their manager's SCIM id and external id.
    pub(super) fn new(number: usize, team: Option<String>, manager: Option<(String, String)>) -> Self {
        let external_id = Uuid::new_v4().to_string();
        let login = format!("person-{number}-{}@people.example", &external_id[..8]);
        let (manager_id, manager) = manager.unzip();
        let state = PersonState {
            external_id,
            manager,
            scim_id: None,
            login,
            family_name: String::new(),
            title: String::new(),
            is_active: false,
        };
        Self { state, team, manager_id, writes: 0 }
    }

    pub(super) fn state(&self) -> PersonState {
        self.state.clone()
    }

    /// SCIM id and external id.
    pub(super) fn as_member(&self) -> (String, String) {
        (self.state.scim_id.clone().unwrap_or_default(), self.state.external_id.clone())
    }

    /// External id of a guest who is there.
    pub(super) fn as_guest(&self) -> Option<String> {
        let is_there = self.team.is_some() && self.state.scim_id.is_some();
        is_there.then(|| self.state.external_id.clone())
    }

    pub(super) async fn create(&mut self, writer: &Writer) -> anyhow::Result<()> {
        self.arrive(writer).await.context("a person could not be created")
    }

    /// Does the next thing that happens to this person.
    pub(super) async fn live(&mut self, writer: &Writer, chance: &mut Chance) {
        self.writes += 1;
        let Some(id) = self.state.scim_id.clone() else {
            if let Err(failure) = self.arrive(writer).await {
                writer.note_unexpected(format!("{failure:#}"));
            }
            return;
        };
        let path = format!("/Users/{id}");
        match chance.below(8) {
            0 if self.team.is_some() => {
                if writer.write(Method::DELETE, &path, None).await.is_some() {
                    self.state.scim_id = None;
                }
            }
            0..=2 => {
                let is_active = !self.state.is_active;
                let value = if is_active { "True" } else { "False" };
                let switch = json!([{ "op": "Replace", "path": "active", "value": value }]);
                if writer.patch(&path, switch).await.is_some() {
                    self.state.is_active = is_active;
                }
            }
            3..=4 => {
                let name = format!("Family{}", self.writes);
                let rename = json!([{ "op": "Replace", "path": "name.familyName", "value": name }]);
                if writer.patch(&path, rename).await.is_some() {
                    self.state.family_name = name;
                }
            }
            _ => {
                let title = format!("Title {}", self.writes);
                let promote = json!([{ "op": "Replace", "path": "title", "value": title }]);
                if writer.patch(&path, promote).await.is_some() {
                    self.state.title = title;
                }
            }
        }
    }

    async fn arrive(&mut self, writer: &Writer) -> anyhow::Result<()> {
        self.state.family_name = format!("Family{}", self.writes);
        self.state.is_active = true;
        let state = &self.state;
        let mut body = user(&state.login, &state.external_id, "Given", &state.family_name);
        self.state.title = format!("Title {}", self.writes);
        body["title"] = json!(self.state.title);
        if let Some(manager) = &self.manager_id {
            body[ENTERPRISE] = json!({ "manager": { "value": manager } });
        }
        let answer = writer.write(Method::POST, "/Users", Some(body)).await.context("no answer")?;
        let id = match answer.status {
            201 => answer.id(),
            // An earlier try arrived, and its answer did not.
            409 => self.find(writer).await?,
            status => anyhow::bail!("POST /Users was answered {status}"),
        };
        if let Some(team) = &self.team {
            let join = json!([{ "op": "Add", "path": "members", "value": [{ "value": id }] }]);
            writer.patch(&format!("/Groups/{team}"), join).await.context("no answer")?;
        }
        self.state.scim_id = Some(id);
        Ok(())
    }

    async fn find(&self, writer: &Writer) -> anyhow::Result<String> {
        let filter = format!("/Users?filter=externalId+eq+%22{}%22", self.state.external_id);
        let found = writer.read(&filter).await.context("no answer")?;
        ensure!(found.body["totalResults"] == 1, "409, and {} of them", found.body["totalResults"]);
        Ok(found.body["Resources"][0]["id"].as_str().context("an id")?.to_owned())
    }
}
