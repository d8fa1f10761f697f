use std::sync::Arc;

use actix_web::http::header::CONTENT_TYPE;
use actix_web::{HttpResponse, web};
use opentelemetry::metrics::{Meter, MeterProvider as _};
use opentelemetry_sdk::metrics::SdkMeterProvider;
use prometheus::{Registry, TextEncoder};

/// Content type of what `/metrics` answers: the text format of Prometheus.
const TEXT_FORMAT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// The figures of a process, for Prometheus to fetch. Cheap to clone.
#[derive(Clone)]
pub struct Metrics(Option<Arc<Figures>>);

struct Figures {
    registry: Registry,
    provider: SdkMeterProvider,
}

impl Metrics {
    /// No figures yet.
    #[expect(
        clippy::new_without_default,
        reason = "a default that shares nothing with another would surprise"
    )]
    pub fn new() -> Self {
        let registry = Registry::new();
        let exporter = opentelemetry_prometheus::exporter()
            .with_registry(registry.clone())
            .scope_info_enabled(false)
            .without_target_info()
            .build();
        // Only a registry that has such a collector already refuses it.
        let Ok(exporter) = exporter else { return Self(None) };
        let provider = SdkMeterProvider::builder().with_reader(exporter).build();
        Self(Some(Arc::new(Figures { registry, provider })))
    }

    /// Makes instruments.
    pub fn meter(&self, scope: &'static str) -> Meter {
        match &self.0 {
            Some(figures) => figures.provider.meter(scope),
            None => opentelemetry::global::meter(scope),
        }
    }

    /// All figures in the text format of Prometheus.
    pub fn text(&self) -> String {
        let families = self.0.as_ref().map(|figures| figures.registry.gather()).unwrap_or_default();
        let mut text = String::new();
        if let Err(error) = TextEncoder::new().encode_utf8(&families, &mut text) {
            tracing::warn!(%error, "some figures cannot be shown");
        }
        text
    }

    /// `/metrics`, for a private listener.
    pub fn into_routes(self) -> impl Fn(&mut web::ServiceConfig) + Clone {
        move |service| {
            let metrics = self.clone();
            let show = move || {
                let text = metrics.text();
                async move { HttpResponse::Ok().insert_header((CONTENT_TYPE, TEXT_FORMAT)).body(text) }
            };
            service.route("/metrics", web::get().to(show));
        }
    }
}

#[cfg(test)]
mod tests {
    use opentelemetry::KeyValue;

    use super::*;

    #[test]
    fn figures_are_shown_under_the_names_of_prometheus() {
        let metrics = Metrics::new();
        let meter = metrics.meter("test");
        let counter = meter.u64_counter("scim.auth.failures").build();
        counter.add(2, &[KeyValue::new("reason", "no_token")]);
        let boundaries = vec![0.1, 1.0];
        let duration =
            meter.f64_histogram("scim.publish.duration").with_unit("s").with_boundaries(boundaries);
        duration.build().record(0.5, &[]);
        meter.u64_gauge("scim.outbox.unsent").build().record(3, &[]);

        let text = metrics.text();
        for line in [
            r#"scim_auth_failures_total{reason="no_token"} 2"#,
            r#"scim_publish_duration_seconds_bucket{le="0.1"} 0"#,
            r#"scim_publish_duration_seconds_bucket{le="1"} 1"#,
            "scim_outbox_unsent 3",
        ] {
            assert!(text.lines().any(|shown| shown == line), "{line} is not in\n{text}");
        }
    }
}
