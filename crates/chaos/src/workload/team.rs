use std::collections::BTreeSet;

use anyhow::{Context, ensure};
use reqwest::Method;
use serde_json::json;
use testkit::entra::group;
use uuid::Uuid;

use super::TeamState;
use super::writer::Writer;
use crate::chance::Chance;

/// A group in Azure.
pub(super) struct Team {
    scim_id: Option<String>,
    external_id: String,
    name: String,
    /// SCIM id and external id of those who may be members by the team's own writes.
    staff: Vec<(String, String)>,
    members: BTreeSet<String>,
    writes: u32,
}

impl Team {
    pub(super) fn new(name: &str) -> Self {
        let name = name.to_owned();
        let external_id = Uuid::new_v4().to_string();
        Self { scim_id: None, external_id, name, staff: vec![], members: BTreeSet::new(), writes: 0 }
    }

    pub(super) fn of(self, staff: Vec<(String, String)>) -> Self {
        Self { staff, ..self }
    }

    pub(super) fn scim_id(&self) -> Option<&str> {
        self.scim_id.as_deref()
    }

    pub(super) fn has_staff(&self) -> bool {
        !self.staff.is_empty()
    }

    /// A team without staff of its own is that of the guests.
    pub(super) fn state(&self, guests: &[String]) -> TeamState {
        let members = if self.has_staff() { self.members.iter().cloned().collect() } else { guests.to_vec() };
        let members: BTreeSet<String> = members.into_iter().collect();
        let members = members.into_iter().collect();
        TeamState { external_id: self.external_id.clone(), name: self.name.clone(), members }
    }

    pub(super) async fn create(&mut self, writer: &Writer) -> anyhow::Result<()> {
        let body = group(&self.name, &self.external_id);
        let made = writer.write(Method::POST, "/Groups", Some(body)).await.context("no answer")?;
        ensure!(made.status == 201, "POST /Groups was answered {}", made.status);
        self.scim_id = Some(made.id());
        Ok(())
    }

    /// Takes somebody in or out, or takes another name.
    pub(super) async fn live(&mut self, writer: &Writer, chance: &mut Chance) {
        self.writes += 1;
        let Some(id) = &self.scim_id else { return };
        let path = format!("/Groups/{id}");
        if chance.below(6) == 0 {
            let base = self.name.split(" v").next().unwrap_or_default();
            let name = format!("{base} v{}", self.writes);
            let rename = json!([{ "op": "Replace", "path": "displayName", "value": name }]);
            if writer.patch(&path, rename).await.is_some() {
                self.name = name;
            }
            return;
        }
        let at = chance.below(self.staff.len() as u64);
        let Some((member, external_id)) = usize::try_from(at).ok().and_then(|at| self.staff.get(at)) else {
            return;
        };
        let is_member = self.members.contains(external_id);
        let op = if is_member { "Remove" } else { "Add" };
        let change = json!([{ "op": op, "path": "members", "value": [{ "value": member }] }]);
        if writer.patch(&path, change).await.is_some() {
            if is_member {
                self.members.remove(external_id);
            } else {
                self.members.insert(external_id.clone());
            }
        }
    }
}
