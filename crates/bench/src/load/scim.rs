//! Entra's requests, and what their answers must say. A wrong answer ends the run: its speed would mean nothing.

use std::fmt;

use anyhow::{Context, ensure};
use serde::Deserialize;
use serde_json::{Value, json};

use super::http::Connection;

const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
const PATCH_OP: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

/// What a user is looked for by before Entra creates it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum MatchBy {
    UserName,
    ExternalId,
    WorkMail,
}

impl MatchBy {
    pub(crate) const ALL: [Self; 3] = [Self::UserName, Self::ExternalId, Self::WorkMail];

    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::UserName => "user-name",
            Self::ExternalId => "external-id",
            Self::WorkMail => "work-mail",
        }
    }

    fn filter(self, number: usize) -> String {
        let (attribute, value) = match self {
            Self::UserName => ("userName", user_name(number)),
            Self::ExternalId => ("externalId", external_id(number)),
            Self::WorkMail => ("emails%5Btype%20eq%20%22work%22%5D.value", user_name(number)),
        };
        format!("/Users?filter={attribute}%20eq%20%22{value}%22")
    }
}

impl fmt::Display for MatchBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::UserName => "userName",
            Self::ExternalId => "externalId",
            Self::WorkMail => "work mail",
        })
    }
}

/// Name of the user of that number.
pub(crate) fn user_name(number: usize) -> String {
    format!("person-{number}@contoso.example")
}

/// External id of the user of that number.
pub(crate) fn external_id(number: usize) -> String {
    format!("external-{number:012}")
}

/// The document of a user as Entra sends it, about 700 bytes.
pub(crate) fn user(number: usize) -> Value {
    let name = user_name(number);
    json!({
        "schemas": [USER, ENTERPRISE],
        "externalId": external_id(number),
        "userName": name,
        "active": true,
        "displayName": "Lidia Holloway",
        "emails": [{ "primary": true, "type": "work", "value": name }],
        "meta": { "resourceType": "User" },
        "name": { "formatted": "Lidia Holloway", "familyName": "Holloway", "givenName": "Lidia" },
        "title": "Warehouse associate",
        "preferredLanguage": "en-GB",
        "phoneNumbers": [{ "type": "work", "value": format!("+44 20 7946 {:04}", number % 10_000) }],
        ENTERPRISE: { "employeeNumber": number.to_string(), "department": "Logistics" }
    })
}

#[derive(Deserialize)]
struct Resource<'a> {
    id: &'a str,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Changed<'a> {
    display_name: &'a str,
    active: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Found<'a> {
    total_results: usize,
    #[serde(rename = "Resources", borrow, default)]
    resources: Vec<Resource<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    items_per_page: usize,
    next_cursor: Option<String>,
}

/// Creates the user of that number, and answers its id.
pub(crate) async fn create(connection: &mut Connection, number: usize) -> anyhow::Result<String> {
    made(connection, "/Users", &user(number).to_string()).await
}

/// Creates a group without members, and answers its id.
pub(crate) async fn create_group(connection: &mut Connection, number: usize) -> anyhow::Result<String> {
    let body = json!({
        "schemas": [GROUP], "displayName": format!("Group {number}"), "externalId": format!("group-{number}")
    });
    made(connection, "/Groups", &body.to_string()).await
}

async fn made(connection: &mut Connection, path: &str, body: &str) -> anyhow::Result<String> {
    let answer = connection.send("POST", path, body).await?;
    ensure!(answer.status == 201, "POST {path} answered {}: {}", answer.status, text(answer.body));
    let resource: Resource<'_> = serde_json::from_slice(answer.body).context("no id")?;
    Ok(resource.id.to_owned())
}

/// Looks for a user, and answers the id of the one found.
pub(crate) async fn find(
    connection: &mut Connection,
    by: MatchBy,
    number: usize,
) -> anyhow::Result<Option<String>> {
    let answer = connection.send("GET", &by.filter(number), "").await?;
    ensure!(answer.status == 200, "a filter was answered {}: {}", answer.status, text(answer.body));
    let found: Found<'_> = serde_json::from_slice(answer.body).context("no list")?;
    ensure!(found.total_results == found.resources.len() && found.total_results <= 1, "one user at most");
    Ok(found.resources.first().map(|resource| resource.id.to_owned()))
}

/// Reads a user.
pub(crate) async fn get(connection: &mut Connection, id: &str) -> anyhow::Result<()> {
    let answer = connection.send("GET", &format!("/Users/{id}"), "").await?;
    ensure!(answer.status == 200, "GET was answered {}: {}", answer.status, text(answer.body));
    let resource: Resource<'_> = serde_json::from_slice(answer.body).context("no id")?;
    ensure!(resource.id == id, "another user than {id}");
    Ok(())
}

/// Replaces two attributes of a user.
pub(crate) async fn patch(connection: &mut Connection, id: &str, number: usize) -> anyhow::Result<()> {
    let (display_name, active) = (format!("Changed {number}"), number.is_multiple_of(2));
    let body = json!({ "schemas": [PATCH_OP], "Operations": [
        { "op": "Replace", "path": "displayName", "value": display_name },
        { "op": "Replace", "path": "active", "value": active },
    ]});
    let answer = connection.send("PATCH", &format!("/Users/{id}"), &body.to_string()).await?;
    ensure!(answer.status == 200, "PATCH was answered {}: {}", answer.status, text(answer.body));
    let changed: Changed<'_> = serde_json::from_slice(answer.body).context("no user")?;
    ensure!(changed.display_name == display_name && changed.active == active, "the change is not shown");
    Ok(())
}

/// What Entra does with one user: looks for it, creates it, reads it, changes it, finds it.
pub(crate) async fn cycle(connection: &mut Connection, number: usize) -> anyhow::Result<()> {
    ensure!(find(connection, MatchBy::UserName, number).await?.is_none(), "user {number} is there already");
    let id = create(connection, number).await?;
    get(connection, &id).await?;
    patch(connection, &id, number).await?;
    let found = find(connection, MatchBy::UserName, number).await?;
    ensure!(found.as_ref() == Some(&id), "user {number} was created as {id} and found as {found:?}");
    Ok(())
}

/// Adds or removes members of a group.
pub(crate) async fn change_members(
    connection: &mut Connection,
    group: &str,
    op: &str,
    members: &[String],
) -> anyhow::Result<()> {
    let values: Vec<Value> = members.iter().map(|id| json!({ "value": id })).collect();
    let body = json!({ "schemas": [PATCH_OP], "Operations": [
        { "op": op, "path": "members", "value": values },
    ]});
    let answer = connection.send("PATCH", &format!("/Groups/{group}"), &body.to_string()).await?;
    ensure!(
        [200, 204].contains(&answer.status),
        "{op} members was answered {}: {}",
        answer.status,
        text(answer.body)
    );
    Ok(())
}

/// Reads a page of 100 users, and answers the cursor of the next.
pub(crate) async fn page(connection: &mut Connection, cursor: &str) -> anyhow::Result<Option<String>> {
    let answer = connection.send("GET", &format!("/Users?count=100&cursor={cursor}"), "").await?;
    ensure!(answer.status == 200, "a page was answered {}: {}", answer.status, text(answer.body));
    let page: Page = serde_json::from_slice(answer.body).context("no page")?;
    ensure!(page.items_per_page > 0, "an empty page");
    Ok(page.next_cursor)
}

fn text(body: &[u8]) -> String {
    String::from_utf8_lossy(body).chars().take(300).collect()
}
