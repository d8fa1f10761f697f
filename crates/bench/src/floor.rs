//! The floor: the least work that still answers rightly and durably, on the crates that the services use. A bare
//! actix-web handler around one prepared statement, and the same with waiting requests committed together.

mod batch;
mod statements;

use actix_web::http::header::ContentType;
use actix_web::{App, HttpResponse, HttpServer, web};
use anyhow::Context;
use diesel_async::pooled_connection::AsyncDieselConnectionManager;
use diesel_async::pooled_connection::deadpool::Pool;
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use serde::Deserialize;
use uuid::Uuid;

use self::batch::{Lanes, Outcome};
use self::statements::{CreateOne, FindOne, GetOne, PatchOne};

/// Threads that serve, as many as the services have by default on two cores.
const WORKERS: usize = 2;
/// Connections of each thread, for requests that are not batched: together as many as the gateway has.
const CONNECTIONS: usize = 8;

/// Where the floor listens and stores.
#[derive(Debug, clap::Args)]
pub(crate) struct FloorOptions {
    /// Address to listen at.
    #[arg(long)]
    listen: String,
    /// Database that gets the tables.
    #[arg(long)]
    database: String,
}

/// What a handler needs. Each thread has its own, so that no request changes threads.
#[derive(Clone)]
struct Floor {
    pool: Pool<AsyncPgConnection>,
    lanes: Lanes,
}

/// The two tables.
const TABLES: &str = "
create table floor_user (
    id uuid primary key,
    user_name text collate \"C\" not null unique,
    external_id text collate \"C\" not null,
    version bigint not null default 1,
    resource jsonb not null
);
create index floor_user_external_id on floor_user (external_id);
create table floor_outbox (id bigint generated always as identity primary key, data text not null);
";

/// Serves until the process is ended.
pub(crate) fn serve(options: FloorOptions) -> anyhow::Result<()> {
    actix_web::rt::System::new().block_on(async move {
        let prepare = Pool::builder(manager(&options.database)).max_size(1).build()?;
        prepare.get().await?.batch_execute(TABLES).await?;
        drop(prepare);
        let database = options.database.clone();
        let server = HttpServer::new(move || {
            // Opens no connection yet, and fails only for a pool without a runtime.
            let pool = Pool::builder(manager(&database)).max_size(CONNECTIONS).build().ok();
            let floor = pool.map(|pool| Floor { pool, lanes: Lanes::open(&database) });
            App::new()
                .app_data(web::Data::new(floor))
                .route("/single/Users", web::post().to(create_one))
                .route("/batch/Users", web::post().to(create_batched))
                .route("/single/Users", web::get().to(find))
                .route("/single/Users/{id}", web::get().to(get))
                .route("/single/Users/{id}", web::patch().to(patch))
        });
        let server = server.workers(WORKERS).disable_signals().bind(&options.listen)?;
        server.run().await.context("the floor stopped serving")
    })
}

fn manager(database: &str) -> AsyncDieselConnectionManager<AsyncPgConnection> {
    AsyncDieselConnectionManager::new(database)
}

/// What stands in columns of its own.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Names {
    user_name: String,
    external_id: String,
}

/// A user on its way into the table.
pub(crate) struct NewUser {
    id: Uuid,
    user_name: String,
    external_id: String,
    resource: String,
}

impl NewUser {
    fn read(body: String) -> Option<Self> {
        let names: Names = serde_json::from_str(&body).ok()?;
        let id = Uuid::now_v7();
        let resource = format!("{{\"id\":\"{id}\",{}", body.strip_prefix('{')?);
        Some(Self { id, user_name: names.user_name, external_id: names.external_id, resource })
    }
}

async fn create_one(floor: web::Data<Option<Floor>>, body: String) -> HttpResponse {
    let (Some(floor), Some(user)) = (floor.get_ref(), NewUser::read(body)) else {
        return HttpResponse::BadRequest().finish();
    };
    let Ok(mut connection) = floor.pool.get().await else { return unavailable() };
    match CreateOne(&user).execute(&mut connection).await {
        Ok(1) => created(user.resource),
        Ok(_) => HttpResponse::Conflict().finish(),
        Err(error) => failed(&error),
    }
}

async fn create_batched(floor: web::Data<Option<Floor>>, body: String) -> HttpResponse {
    let (Some(floor), Some(user)) = (floor.get_ref(), NewUser::read(body)) else {
        return HttpResponse::BadRequest().finish();
    };
    let resource = user.resource.clone();
    match floor.lanes.create(user).await {
        Outcome::Created => created(resource),
        Outcome::Conflict => HttpResponse::Conflict().finish(),
        Outcome::Failed => unavailable(),
    }
}

/// A filter as the load sends it.
#[derive(Deserialize)]
struct Question {
    filter: String,
}

async fn find(floor: web::Data<Option<Floor>>, question: web::Query<Question>) -> HttpResponse {
    let (Some(floor), Some(name)) = (floor.get_ref(), question.filter.split('"').nth(1)) else {
        return HttpResponse::BadRequest().finish();
    };
    let Ok(mut connection) = floor.pool.get().await else { return unavailable() };
    match FindOne(name).load::<String>(&mut connection).await {
        Ok(found) => {
            let (total, resources) = (found.len(), found.join(","));
            answer(200, format!("{{\"totalResults\":{total},\"Resources\":[{resources}]}}"))
        }
        Err(error) => failed(&error),
    }
}

async fn get(floor: web::Data<Option<Floor>>, id: web::Path<Uuid>) -> HttpResponse {
    let Some(floor) = floor.get_ref() else { return unavailable() };
    let Ok(mut connection) = floor.pool.get().await else { return unavailable() };
    match GetOne(*id).load::<String>(&mut connection).await.map(|mut users| users.pop()) {
        Ok(Some(resource)) => answer(200, resource),
        Ok(None) => HttpResponse::NotFound().finish(),
        Err(error) => failed(&error),
    }
}

#[derive(Deserialize)]
struct Patch {
    #[serde(rename = "Operations")]
    operations: Vec<Operation>,
}

#[derive(Deserialize)]
struct Operation {
    path: String,
    value: serde_json::Value,
}

async fn patch(floor: web::Data<Option<Floor>>, id: web::Path<Uuid>, body: web::Bytes) -> HttpResponse {
    let (Some(floor), Ok(patch)) = (floor.get_ref(), serde_json::from_slice::<Patch>(&body)) else {
        return HttpResponse::BadRequest().finish();
    };
    let changed: serde_json::Map<_, _> =
        patch.operations.into_iter().map(|operation| (operation.path, operation.value)).collect();
    let changed = serde_json::Value::Object(changed).to_string();
    let Ok(mut connection) = floor.pool.get().await else { return unavailable() };
    let statement = PatchOne { id: *id, changed: &changed };
    match statement.load::<String>(&mut connection).await.map(|mut users| users.pop()) {
        Ok(Some(resource)) => answer(200, resource),
        Ok(None) => HttpResponse::NotFound().finish(),
        Err(error) => failed(&error),
    }
}

fn created(resource: String) -> HttpResponse {
    answer(201, resource)
}

fn answer(status: u16, body: String) -> HttpResponse {
    let status = actix_web::http::StatusCode::from_u16(status).unwrap_or_default();
    HttpResponse::build(status).content_type(ContentType::json()).body(body)
}

fn failed(error: &diesel::result::Error) -> HttpResponse {
    eprintln!("floor: {error}");
    unavailable()
}

fn unavailable() -> HttpResponse {
    HttpResponse::ServiceUnavailable().finish()
}
