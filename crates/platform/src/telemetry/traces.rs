use std::time::Duration;

use actix_web::http::{Method, StatusCode, Uri};
use chrono::{DateTime, Utc};
use opentelemetry::trace::{
    Span as _, SpanContext, SpanId, SpanKind, Status, TraceContextExt, TraceFlags, TraceId, TraceState,
    Tracer as _, TracerProvider as _,
};
use opentelemetry::{Context, KeyValue};
use opentelemetry_otlp::{ExporterBuildError, Protocol, SpanExporter, WithExportConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{Sampler, SdkTracer, SdkTracerProvider, Span, TracerProviderBuilder};
use serde::de::Error;
use serde::{Deserialize, Deserializer};

/// Longest wait for a collector. Spans wait in memory meanwhile, 2048 at most; more are dropped.
const EXPORT_TIME: Duration = Duration::from_secs(5);

/// Longest wait for the last spans when the process ends.
const LAST_EXPORT_TIME: Duration = Duration::from_secs(3);

/// Where traces go.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TraceSettings {
    /// Address (URL) that takes OTLP over HTTP, such as `http://collector:4318/v1/traces`; empty: no traces.
    #[serde(deserialize_with = "address")]
    pub endpoint: String,
    /// Share of requests that are traced, 0 to 1, unless who asks has decided that.
    #[serde(deserialize_with = "share")]
    pub ratio: f64,
}

impl TraceSettings {
    /// Reads an `endpoint`.
    ///
    /// # Errors
    /// Says what it must be.
    pub fn parse_endpoint(text: &str) -> Result<String, &'static str> {
        endpoint_of_web(text).map(|()| text.to_owned())
    }

    /// Reads a `ratio`.
    ///
    /// # Errors
    /// Says what it must be.
    pub fn parse_ratio(text: &str) -> Result<f64, &'static str> {
        let share = text.parse().unwrap_or(f64::NAN);
        share_of_all(share).map(|()| share)
    }
}

fn endpoint_of_web(endpoint: &str) -> Result<(), &'static str> {
    let is_of_web = |uri: Uri| matches!(uri.scheme_str(), Some("https" | "http")) && uri.host().is_some();
    let is_usable = endpoint.is_empty() || endpoint.parse().is_ok_and(is_of_web);
    is_usable.then_some(()).ok_or("must be an address such as http://collector:4318/v1/traces")
}

fn share_of_all(share: f64) -> Result<(), &'static str> {
    (0.0..=1.0).contains(&share).then_some(()).ok_or("must be from 0 to 1")
}

fn address<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    endpoint_of_web(&text).map(|()| text).map_err(D::Error::custom)
}

fn share<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    let share = f64::deserialize(deserializer)?;
    share_of_all(share).map(|()| share).map_err(D::Error::custom)
}

/// The address of the collector is none.
#[derive(Debug, thiserror::Error)]
#[error("setting `traces.endpoint`")]
pub struct UnusableEndpoint(#[source] ExporterBuildError);

/// Tells a collector what happened to requests and events. Cheap to clone.
///
/// # Guarantees
/// Nothing waits for the collector: one that is away or slow costs the spans only.
#[derive(Clone)]
pub struct Traces(Option<Tracing>);

#[derive(Clone)]
struct Tracing {
    provider: SdkTracerProvider,
    tracer: SdkTracer,
}

/// One request from its first byte to its answer.
pub struct RequestSpan(Span);

/// One event on its way through this process, part of the trace of the request that caused it.
pub struct MessageSpan<'a> {
    /// What is done with it, and where: `send scim.events`.
    pub name: String,
    /// Whether it is sent; else it is received.
    pub is_sent: bool,
    /// Context of the request that caused it, as W3C's `traceparent`.
    pub creation: &'a str,
    /// When it began. It ends now.
    pub began: DateTime<Utc>,
    /// What else there is to say.
    pub attributes: Vec<KeyValue>,
    /// Why it failed, in a word.
    pub failure: Option<&'static str>,
}

impl Traces {
    /// No traces.
    pub fn off() -> Self {
        Self(None)
    }

    /// Begins to trace as `service`, if the settings say where to.
    ///
    /// # Errors
    /// When the address cannot be used. A collector that is away is no error.
    pub fn start(settings: &TraceSettings, service: &'static str) -> Result<Self, UnusableEndpoint> {
        if settings.endpoint.is_empty() {
            return Ok(Self::off());
        }
        let exporter = SpanExporter::builder()
            .with_http()
            .with_protocol(Protocol::HttpBinary)
            .with_endpoint(&settings.endpoint)
            .with_timeout(EXPORT_TIME)
            .build()
            .map_err(UnusableEndpoint)?;
        let provider = SdkTracerProvider::builder().with_batch_exporter(exporter);
        Ok(Self::with(provider, settings.ratio, service))
    }

    fn with(provider: TracerProviderBuilder, ratio: f64, service: &'static str) -> Self {
        let sampler = Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(ratio)));
        let provider = provider
            .with_sampler(sampler)
            .with_resource(Resource::builder_empty().with_service_name(service).build())
            .build();
        let tracer = provider.tracer("illuxi");
        Self(Some(Tracing { provider, tracer }))
    }

    /// Begins the span of a request, as part of the trace that the caller names, if it does.
    pub fn request(&self, method: &Method, caller: Option<&str>) -> Option<RequestSpan> {
        let Tracing { tracer, .. } = self.0.as_ref()?;
        let parent = caller.and_then(parse).map_or_else(Context::new, context);
        // Its name until its route is known.
        let span = tracer.span_builder(method.to_string()).with_kind(SpanKind::Server);
        Some(RequestSpan(tracer.build_with_context(span, &parent)))
    }

    /// Tells of an event.
    pub fn message(&self, message: MessageSpan<'_>) {
        let Some(Tracing { tracer, .. }) = &self.0 else { return };
        let Some(creation) = parse(message.creation).filter(SpanContext::is_sampled) else { return };
        let kind = if message.is_sent { SpanKind::Producer } else { SpanKind::Consumer };
        let span = tracer
            .span_builder(message.name)
            .with_kind(kind)
            .with_start_time(message.began)
            .with_attributes(message.attributes);
        let mut span = tracer.build_with_context(span, &context(creation));
        if let Some(failure) = message.failure {
            span.set_attribute(KeyValue::new("error.type", failure));
            span.set_status(Status::error(failure));
        }
        span.end();
    }

    /// Sends what is left, when the process ends.
    pub async fn stop(self) {
        let Some(Tracing { provider, .. }) = self.0 else { return };
        let stopping = tokio::task::spawn_blocking(move || provider.shutdown_with_timeout(LAST_EXPORT_TIME));
        if let Ok(Err(error)) = stopping.await {
            tracing::warn!(%error, "the last spans were not sent");
        }
    }
}

impl RequestSpan {
    /// What events that the request causes name as their origin: W3C's `traceparent`.
    pub fn traceparent(&self) -> String {
        let context = self.0.span_context();
        format!("00-{}-{}-{:02x}", context.trace_id(), context.span_id(), context.trace_flags())
    }

    /// Ends it with its answer.
    pub fn answered(
        mut self,
        method: &'static str,
        route: &'static str,
        status: StatusCode,
        attributes: impl IntoIterator<Item = KeyValue>,
    ) {
        self.0.update_name(format!("{method} {route}"));
        self.0.set_attribute(KeyValue::new("http.request.method", method));
        self.0.set_attribute(KeyValue::new("http.route", route));
        self.0.set_attributes(attributes);
        self.0.set_attribute(KeyValue::new("http.response.status_code", i64::from(status.as_u16())));
        if status.is_server_error() {
            self.0.set_attribute(KeyValue::new("error.type", status.as_str().to_owned()));
            self.0.set_status(Status::error(""));
        }
        self.0.end();
    }
}

/// Reads a `traceparent` (W3C Trace Context, version 00).
fn parse(traceparent: &str) -> Option<SpanContext> {
    let mut parts = traceparent.split('-');
    let (Some("00"), Some(trace), Some(span), Some(flags), None) =
        (parts.next(), parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return None;
    };
    let context = SpanContext::new(
        TraceId::from_hex(trace).ok()?,
        SpanId::from_hex(span).ok()?,
        TraceFlags::new(u8::from_str_radix(flags, 16).ok()?) & TraceFlags::SAMPLED,
        true,
        TraceState::NONE,
    );
    context.is_valid().then_some(context)
}

fn context(remote: SpanContext) -> Context {
    Context::new().with_remote_span_context(remote)
}

#[cfg(test)]
mod tests {
    use opentelemetry_sdk::trace::{InMemorySpanExporter, SpanData};

    use super::*;

    fn traces(ratio: f64) -> (Traces, InMemorySpanExporter) {
        let exporter = InMemorySpanExporter::default();
        let provider = SdkTracerProvider::builder().with_simple_exporter(exporter.clone());
        (Traces::with(provider, ratio, "test"), exporter)
    }

    fn sent<'a>(creation: &'a str, failure: Option<&'static str>) -> MessageSpan<'a> {
        let began = DateTime::from_timestamp(1_700_000_000, 0).unwrap();
        let name = "send scim.events".to_owned();
        MessageSpan { name, is_sent: true, creation, began, attributes: Vec::new(), failure }
    }

    fn finished(exporter: &InMemorySpanExporter) -> Vec<SpanData> {
        exporter.get_finished_spans().unwrap()
    }

    #[test]
    fn an_event_belongs_to_the_request_that_caused_it() {
        let (traces, exporter) = traces(1.0);
        let request = traces.request(&Method::POST, None).unwrap();
        let creation = request.traceparent();
        request.answered("POST", "/scim/v2/Users", StatusCode::CREATED, []);
        traces.message(sent(&creation, Some("unavailable")));

        let spans = finished(&exporter);
        let [request, message] = spans.as_slice() else { panic!("{spans:?}") };
        assert_eq!(message.parent_span_id, request.span_context.span_id());
        assert_eq!(message.span_context.trace_id(), request.span_context.trace_id());
        assert!(message.parent_span_is_remote);
        assert_eq!(request.name, "POST /scim/v2/Users");
        assert_eq!(message.status, Status::error("unavailable"));
        assert!(creation.ends_with("-01"), "{creation}");
    }

    #[test]
    fn a_request_belongs_to_the_trace_of_its_caller() {
        let (traces, exporter) = traces(0.0);
        let caller = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        let request = traces.request(&Method::GET, Some(caller)).unwrap();
        assert!(request.traceparent().starts_with("00-4bf92f3577b34da6a3ce929d0e0e4736-"));
        request.answered("GET", "/scim/v2/Users", StatusCode::SERVICE_UNAVAILABLE, []);
        let spans = finished(&exporter);
        assert_eq!(spans.len(), 1);
        assert_eq!(spans[0].parent_span_id, SpanId::from_hex("00f067aa0ba902b7").unwrap());
        assert_eq!(spans[0].status, Status::error(""));
    }

    #[test]
    fn what_is_not_traced_causes_nothing_that_is() {
        let (traces, exporter) = traces(0.0);
        let request = traces.request(&Method::GET, None).unwrap();
        let creation = request.traceparent();
        request.answered("GET", "/scim/v2/Users", StatusCode::OK, []);
        assert!(creation.ends_with("-00"), "{creation}");
        traces.message(sent(&creation, None));
        assert_eq!(finished(&exporter), []);
        assert!(Traces::off().request(&Method::GET, None).is_none());
    }

    #[test]
    fn what_is_no_context_is_none() {
        for text in [
            "",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
            "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-zz",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[tokio::test]
    async fn an_address_that_is_none_is_an_error_and_none_at_all_is_silence() {
        let settings = |endpoint: &str| TraceSettings { endpoint: endpoint.to_owned(), ratio: 1.0 };
        assert!(Traces::start(&settings(""), "test").unwrap().0.is_none());
        assert!(Traces::start(&settings("no address"), "test").is_err());
    }
}
