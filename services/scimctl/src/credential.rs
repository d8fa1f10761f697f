//! `scimctl credential`, or `scimctl token`

use std::io;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use reqwest::{Method, RequestBuilder};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::client::Side;
use crate::failure::Failure;
use crate::file::PrivateFile;
use crate::moment;
use crate::session::Session;
use crate::table::{self, Column};

const COLUMNS: &[Column] = &[
    ("ID", "/id"),
    ("KIND", "/kind"),
    ("NAME", "/name"),
    ("STATE", "/state"),
    ("EXPIRES", "/expires_at"),
    ("LAST USED", "/last_used/at"),
    ("USES", "/uses"),
    ("RETIREMENT", "/retirement/state"),
];

#[derive(Subcommand)]
pub(crate) enum Command {
    /// List the credentials.
    List,
    /// Show one, with its last use.
    Show {
        #[arg(value_parser = credential_id)]
        id: String,
    },
    /// Make one. A secret is shown once.
    #[command(visible_alias = "add")]
    Issue(Issue),
    /// Issue a successor like it. Both work until the old one is retired, revoked or expired.
    Rotate {
        #[arg(value_parser = credential_id)]
        id: String,
        /// Name of the successor.
        #[arg(long)]
        name: Option<String>,
        /// When the successor expires: an instant, or a time such as 180d.
        #[arg(long, value_parser = moment::future, value_name = "WHEN")]
        expires: Option<String>,
        #[command(flatten)]
        delivery: Delivery,
    },
    /// Revoke one that has a successor and is used no more.
    Retire {
        #[arg(value_parser = credential_id)]
        id: String,
    },
    /// Revoke one at once.
    Revoke {
        #[arg(value_parser = credential_id)]
        id: String,
    },
}

#[derive(Args)]
pub(crate) struct Issue {
    /// secret (a token), client (OAuth client credentials), federated (tokens of another issuer) or entra
    /// (tokens of Microsoft Entra ID).
    #[arg(long, default_value = "secret", value_parser = ["secret", "client", "federated", "entra"])]
    kind: String,
    /// What it is for.
    #[arg(long)]
    name: String,
    /// What it may do, with commas, such as users.read,groups.read [default: everything].
    #[arg(long, value_delimiter = ',', value_name = "SCOPES")]
    scopes: Vec<String>,
    /// Networks that it may come from, with commas, such as 192.0.2.0/24 [default: anywhere].
    #[arg(long, value_delimiter = ',', value_name = "CIDRS")]
    networks: Vec<String>,
    /// When it expires: an instant, or a time such as 180d [default: 180d when it has a secret].
    #[arg(long, value_parser = moment::future, value_name = "WHEN")]
    expires: Option<String>,
    /// Tenant in Microsoft Entra ID (federated, entra).
    #[arg(long, value_name = "ID")]
    tenant_id: Option<String>,
    /// Audience of the tokens (federated, entra).
    #[arg(long)]
    audience: Option<String>,
    /// Subject of the tokens (federated).
    #[arg(long)]
    subject: Option<String>,
    #[command(flatten)]
    delivery: Delivery,
}

/// How a secret gets to where it is needed.
#[derive(Args)]
pub(crate) struct Delivery {
    /// Write the secret to a new file for its owner alone, and do not show it.
    #[arg(long, value_name = "FILE")]
    secret_file: Option<PathBuf>,
    /// Key by which the server recognises a repetition [default: a new one].
    #[arg(long, value_name = "KEY")]
    idempotency_key: Option<String>,
}

pub(crate) async fn run(session: &Session, command: Command) -> Result<(), Failure> {
    match command {
        Command::List => session.list_whole(Side::Gateway, &["credentials"], COLUMNS).await,
        Command::Show { id } => session.show(Side::Gateway, &["credentials", &id], &[]).await,
        Command::Issue(issue) => {
            let request = session.request(Method::POST, Side::Gateway, &["credentials"])?;
            deliver(session, request.json(&issue.body()), &issue.delivery).await
        }
        Command::Rotate { id, name, expires, delivery } => {
            let path = ["credentials", &id, "rotate"];
            let body = members([("name", name.map(Value::from)), ("expires_at", expires.map(Value::from))]);
            let request = session.request(Method::POST, Side::Gateway, &path)?;
            deliver(session, request.json(&body), &delivery).await?;
            let slug = session.integration()?;
            eprintln!("Once the new one is used: scimctl token retire -i {slug} {id}");
            Ok(())
        }
        Command::Retire { id } => {
            let path = ["credentials", &id, "retire"];
            session.act(session.request(Method::POST, Side::Gateway, &path)?, &[]).await
        }
        Command::Revoke { id } => {
            let path = ["credentials", &id];
            session.act(session.request(Method::DELETE, Side::Gateway, &path)?, &[]).await
        }
    }
}

fn credential_id(text: &str) -> Result<String, &'static str> {
    let is_one = text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_one {
        Ok(text.to_ascii_lowercase())
    } else {
        Err("the id of a credential has 16 hexadecimal digits")
    }
}

impl Issue {
    fn body(&self) -> Value {
        let text = |value: &Option<String>| value.as_deref().map(Value::from);
        let list = |values: &[String]| (!values.is_empty()).then(|| Value::from(values));
        members([
            ("kind", Some(self.kind.as_str().into())),
            ("name", Some(self.name.as_str().into())),
            ("scopes", list(&self.scopes)),
            ("networks", list(&self.networks)),
            ("expires_at", text(&self.expires)),
            ("tenant_id", text(&self.tenant_id)),
            ("audience", text(&self.audience)),
            ("subject", text(&self.subject)),
        ])
    }
}

fn members<const N: usize>(given: [(&str, Option<Value>); N]) -> Value {
    given.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
}

/// Has a credential made, and sees to it that its secret is not lost: everything that may fail comes before.
async fn deliver(session: &Session, request: RequestBuilder, delivery: &Delivery) -> Result<(), Failure> {
    let integration = session.get(Side::Gateway, &[]).await?.json()?;
    let file = delivery.secret_file.as_deref().map(PrivateFile::create).transpose()?;
    let key = delivery.idempotency_key.clone().unwrap_or_else(|| Uuid::new_v4().to_string());
    let answer = session.client.send(request.header("Idempotency-Key", key)).await?;
    let mut credential = answer.json()?;
    let secret = take_secret(&mut credential);
    let lost = |error: io::Error| {
        let id = table::text(credential.get("id"));
        Failure::Usage(format!("credential {id} was made and its secret is lost, so revoke it: {error}"))
    };
    match (file, secret) {
        (Some(mut file), Some(secret)) => {
            file.write(format!("{secret}\n").as_bytes()).map_err(lost)?;
            file.finish().map_err(lost)?;
            Ok(session.output.record(&credential, &[])?)
        }
        (_, None) => session.output.answer(&answer, &[]),
        (None, Some(_)) if session.output.is_json => session.output.json(answer.document()?).map_err(lost),
        (None, Some(secret)) => {
            session.output.line(&instructions(&integration, &credential, &secret)).map_err(lost)
        }
    }
}

fn take_secret(credential: &mut Value) -> Option<String> {
    match credential.as_object_mut().and_then(|members: &mut Map<_, _>| members.remove("secret")) {
        Some(Value::String(secret)) => Some(secret),
        _ => None,
    }
}

/// What to paste where in Azure; the secret on a line of its own.
fn instructions(integration: &Value, credential: &Value, secret: &str) -> String {
    let of = |value: &Value, name: &str| table::text(value.get(name));
    let secret = crate::output::escape(secret);
    let head = format!(
        "Credential {} was made; it expires: {}.\nIn Azure, under Provisioning > Admin Credentials, paste\n\n\
         Tenant URL:\n{}",
        of(credential, "id"),
        of(credential, "expires_at"),
        of(integration, "scim_url")
    );
    match credential.get("kind").and_then(Value::as_str) {
        Some("client") => format!(
            "{head}\n\nToken Endpoint:\n{}\n\nClient Identifier:\n{}\n\nClient Secret (shown this once):\n{secret}",
            of(integration, "token_url"),
            of(credential, if credential.get("client_id").is_some() { "client_id" } else { "id" }),
        ),
        _ => format!("{head}\n\nSecret Token (shown this once):\n{secret}"),
    }
}
