//! What every command needs, and what most of them do.

use reqwest::{Method, RequestBuilder};
use serde_json::Value;

use crate::client::{Answer, Client, Side};
use crate::failure::Failure;
use crate::output::{Output, Section, escape};
use crate::paging::{self, Items, List, Paging};
use crate::settings::Installation;
use crate::table::Column;

/// A command's surroundings.
pub(crate) struct Session {
    pub(crate) client: Client,
    pub(crate) output: Output,
    integration: Option<String>,
    first_integration: Option<String>,
}

impl Session {
    pub(crate) fn new(installation: Installation, output: Output) -> Result<Self, Failure> {
        let client = Client::new(&installation)?;
        let Installation { integration, first_integration, .. } = installation;
        Ok(Self { client, output, integration, first_integration })
    }

    /// The integration that the command is about.
    pub(crate) fn integration(&self) -> Result<&str, Failure> {
        let missing = || Failure::Usage("which integration? Name it with --integration SLUG".to_owned());
        self.named_integration().or(self.first_integration.as_deref()).ok_or_else(missing)
    }

    /// The integration that somebody named, for commands that are about all when nobody did.
    pub(crate) fn named_integration(&self) -> Option<&str> {
        self.integration.as_deref()
    }

    /// Begins a request about the integration.
    pub(crate) fn request(
        &self,
        method: Method,
        side: Side,
        path: &[&str],
    ) -> Result<RequestBuilder, Failure> {
        let path = [&["integrations", self.integration()?], path].concat();
        self.client.request(method, side, &path)
    }

    pub(crate) async fn get(&self, side: Side, path: &[&str]) -> Result<Answer, Failure> {
        self.client.send(self.request(Method::GET, side, path)?).await
    }

    /// Shows something of the integration.
    pub(crate) async fn show(&self, side: Side, path: &[&str], sections: &[Section]) -> Result<(), Failure> {
        self.act(self.request(Method::GET, side, path)?, sections).await
    }

    /// Sends a request and shows what came back.
    pub(crate) async fn act(&self, request: RequestBuilder, sections: &[Section]) -> Result<(), Failure> {
        let answer = self.client.send(request).await?;
        self.output.answer(&answer, sections)
    }

    /// Posts a decision about something of the integration at the LMS side, and shows what came of it.
    pub(crate) async fn decide(&self, path: &[&str], body: &Value) -> Result<(), Failure> {
        self.act(self.request(Method::POST, Side::Lms, path)?.json(body), &[]).await
    }

    /// Reads a list of the integration.
    pub(crate) async fn items(
        &self,
        side: Side,
        path: &[&str],
        query: &[(&str, Option<String>)],
        paging: &Paging,
    ) -> Result<Items, Failure> {
        let path = [&["integrations", self.integration()?], path].concat();
        paging::read(&self.client, &List { side, path: &path, query, body: None }, paging).await
    }

    /// Shows a list of the integration.
    pub(crate) async fn list(
        &self,
        side: Side,
        path: &[&str],
        query: &[(&str, Option<String>)],
        paging: &Paging,
        columns: &[Column],
    ) -> Result<(), Failure> {
        let items = self.items(side, path, query, paging).await?;
        self.show_items(&items, columns)
    }

    /// Shows a list of the integration at the LMS side that is asked for in a body.
    pub(crate) async fn search(
        &self,
        path: &[&str],
        body: &Value,
        paging: &Paging,
        columns: &[Column],
    ) -> Result<(), Failure> {
        let path = [&["integrations", self.integration()?], path].concat();
        let list = List { side: Side::Lms, path: &path, query: &[], body: Some(body) };
        self.show_items(&paging::read(&self.client, &list, paging).await?, columns)
    }

    /// Shows a list of the integration that comes whole.
    pub(crate) async fn list_whole(
        &self,
        side: Side,
        path: &[&str],
        columns: &[Column],
    ) -> Result<(), Failure> {
        self.show_items(&self.whole(side, path).await?, columns)
    }

    /// Reads a list of the integration that comes whole.
    pub(crate) async fn whole(&self, side: Side, path: &[&str]) -> Result<Items, Failure> {
        let path = [&["integrations", self.integration()?], path].concat();
        paging::read_whole(&self.client, side, &path).await
    }

    pub(crate) fn show_items(&self, items: &Items, columns: &[Column]) -> Result<(), Failure> {
        if self.output.is_json {
            return Ok(self.output.json(&items.document())?);
        }
        self.output.rows(&items.values()?, columns)?;
        if let Some(next) = &items.next {
            eprintln!("There is more: --all, or --cursor {}", escape(next));
        }
        Ok(())
    }
}
