//! `/health/live` and `/health/ready`, for whoever starts and stops processes.

mod ask;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use actix_web::{HttpResponse, web};
use serde_json::{Map, Value, json};

pub use ask::{Unhealthy, ask};

use crate::shutdown::Shutdown;

/// Answers whether a dependency can be used.
type Check = Arc<dyn Fn() -> Pin<Box<dyn Future<Output = bool> + Send>> + Send + Sync>;

/// How long a check may take before the dependency counts as away.
const CHECK_TIMEOUT: Duration = Duration::from_secs(3);

/// What a process needs in order to serve.
#[derive(Clone)]
pub struct Health {
    shutdown: Shutdown,
    checks: Vec<(&'static str, Check)>,
}

impl Health {
    /// A process that needs nothing, until `shutdown` is announced.
    pub fn new(shutdown: Shutdown) -> Self {
        Self { shutdown, checks: Vec::new() }
    }

    /// Adds a dependency without which the process cannot serve.
    #[must_use]
    pub fn needs<F>(mut self, name: &'static str, check: impl Fn() -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = bool> + Send + 'static,
    {
        self.checks.push((name, Arc::new(move || Box::pin(check()))));
        self
    }

    /// The routes, for a private listener.
    pub fn into_routes(self) -> impl Fn(&mut web::ServiceConfig) + Clone {
        let health = web::Data::new(self);
        move |service| {
            service
                .app_data(health.clone())
                .route("/health/live", web::get().to(live))
                .route("/health/ready", web::get().to(ready));
        }
    }
}

async fn live() -> HttpResponse {
    HttpResponse::Ok().json(json!({ "status": "live" }))
}

async fn ready(health: web::Data<Health>) -> HttpResponse {
    let mut dependencies = Map::new();
    let mut all = !health.shutdown.is_announced();
    for (name, check) in &health.checks {
        let usable = tokio::time::timeout(CHECK_TIMEOUT, check()).await.unwrap_or(false);
        dependencies.insert((*name).to_owned(), Value::Bool(usable));
        all &= usable;
    }
    let status = if all { "ready" } else { "not ready" };
    let answer = json!({ "status": status, "dependencies": dependencies });
    if all { HttpResponse::Ok().json(answer) } else { HttpResponse::ServiceUnavailable().json(answer) }
}
