//! What a process tells of itself: logs, figures, traces. None of them holds a person, a secret or a token.

mod logs;
mod metrics;
mod traces;

pub use logs::{LogFormat, LogSettings, chain, start};
pub use metrics::Metrics;
pub use traces::{MessageSpan, RequestSpan, TraceSettings, Traces, UnusableEndpoint};

/// Where a process's figures and traces go.
#[derive(Clone)]
pub struct Telemetry {
    /// Figures.
    pub metrics: Metrics,
    /// Traces.
    pub traces: Traces,
}

impl Telemetry {
    /// Figures that can be asked for, and traces where the settings say so.
    ///
    /// # Errors
    /// When the address of the collector cannot be used.
    pub fn start(settings: &TraceSettings, service: &'static str) -> Result<Self, UnusableEndpoint> {
        Ok(Self { metrics: Metrics::new(), traces: Traces::start(settings, service)? })
    }

    /// Figures that can be asked for, and no traces.
    pub fn without_traces() -> Self {
        Self { metrics: Metrics::new(), traces: Traces::off() }
    }
}
