//! A collector of traces (OTLP over HTTP) that remembers what it was sent.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{AbortHandle, JoinSet};

/// One span.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToldSpan {
    /// Of the process that told it.
    pub service: String,
    /// Its name.
    pub name: String,
    /// Its trace, in hexadecimal.
    pub trace: String,
    /// Its id, in hexadecimal.
    pub id: String,
    /// The id of the span that caused it; empty for the first of a trace.
    pub parent: String,
    /// Its attributes that are texts or whole numbers.
    pub attributes: BTreeMap<String, String>,
}

/// Listens on 127.0.0.1 until it is dropped.
#[derive(Debug)]
pub struct Collector {
    authority: String,
    url: String,
    spans: Arc<Mutex<Vec<ToldSpan>>>,
    server: AbortHandle,
}

impl Collector {
    /// One that takes what it is sent.
    ///
    /// # Panics
    /// When no port is free.
    pub async fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let authority = listener.local_addr().expect("an address").to_string();
        let spans = Arc::new(Mutex::new(Vec::new()));
        let taken = Arc::clone(&spans);
        let serving = async move {
            // They end with the listener.
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let taken = Arc::clone(&taken);
                connections.spawn(async move { serve(stream, &taken).await });
            }
        };
        let url = format!("http://{authority}/v1/traces");
        Self { authority, url, spans, server: tokio::spawn(serving).abort_handle() }
    }

    /// Where it takes spans.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// `host:port`.
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// What it was sent so far.
    pub fn spans(&self) -> Vec<ToldSpan> {
        self.spans.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Collector {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// Answers one connection's requests. A client that goes away is no fault.
async fn serve(stream: TcpStream, taken: &Mutex<Vec<ToldSpan>>) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    loop {
        let mut length = 0;
        let mut line = String::new();
        while stream.read_line(&mut line).await? > 2 {
            if let Some((name, value)) = line.split_once(':')
                && name.eq_ignore_ascii_case("content-length")
            {
                length = value.trim().parse().unwrap_or(0);
            }
            line.clear();
        }
        let mut body = vec![0; length];
        stream.read_exact(&mut body).await?;
        taken.lock().unwrap_or_else(PoisonError::into_inner).extend(read(&body));
        stream
            .write_all(
                b"HTTP/1.1 200 OK\r\ncontent-type: application/x-protobuf\r\ncontent-length: 0\r\n\r\n",
            )
            .await?;
    }
}

fn read(body: &[u8]) -> Vec<ToldSpan> {
    let request = ExportTraceServiceRequest::decode(body).expect("spans in protobuf");
    let mut told = Vec::new();
    for of_service in request.resource_spans {
        let attributes = of_service.resource.map(|resource| texts(resource.attributes)).unwrap_or_default();
        let service = attributes.get("service.name").cloned().unwrap_or_default();
        let spans = of_service.scope_spans.into_iter().flat_map(|scope| scope.spans);
        told.extend(spans.map(|span| told_span(&service, span)));
    }
    told
}

fn told_span(service: &str, span: Span) -> ToldSpan {
    ToldSpan {
        service: service.to_owned(),
        name: span.name,
        trace: hexadecimal(&span.trace_id),
        id: hexadecimal(&span.span_id),
        parent: hexadecimal(&span.parent_span_id),
        attributes: texts(span.attributes),
    }
}

fn texts(attributes: Vec<opentelemetry_proto::tonic::common::v1::KeyValue>) -> BTreeMap<String, String> {
    let text = |value| match value {
        any_value::Value::StringValue(text) => Some(text),
        any_value::Value::IntValue(number) => Some(number.to_string()),
        _ => None,
    };
    let pairs = attributes.into_iter();
    pairs.filter_map(|pair| Some((pair.key, text(pair.value?.value?)?))).collect()
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
