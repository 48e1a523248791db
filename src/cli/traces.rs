//! Traces by OpenTelemetry: spans of items, their steps and their calls, sent by OTLP over HTTP to where
//! the standard variables say.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use opentelemetry::trace::TracerProvider as _;
use opentelemetry_otlp::{Protocol, WithExportConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{SdkTracerProvider, SpanData, SpanExporter};
use tracing::{Level, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::registry::LookupSpan;

use super::exit::Failure;
use super::output::print_note;
use crate::model::choose_tls;
use crate::run::trace_words;

/// The service's name where `OTEL_SERVICE_NAME` gives none.
const SERVICE: &str = "autosafe";

/// How long the last spans may take to be sent.
const PATIENCE: Duration = Duration::from_secs(5);

/// Asks for the words of calls in their spans.
const CONTENT: &str = "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT";

/// Where spans go.
pub struct Traces {
    provider: SdkTracerProvider,
    lost: Arc<Lost>,
}

/// Spans that could not be sent, and why the first of them could not.
#[derive(Debug, Default)]
struct Lost {
    spans: AtomicUsize,
    why: OnceLock<String>,
}

/// Sends spans, and counts those that it cannot send: the library says nothing of them.
#[derive(Debug)]
struct Counting {
    exporter: opentelemetry_otlp::SpanExporter,
    lost: Arc<Lost>,
}

impl SpanExporter for Counting {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let spans = batch.len();
        let sent = self.exporter.export(batch).await;
        if let Err(error) = &sent {
            self.lost.spans.fetch_add(spans, Ordering::Relaxed);
            self.lost.why.get_or_init(|| error.to_string());
        }
        sent
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.exporter.set_resource(resource);
    }
}

impl Traces {
    /// Opens the way to the collector, where the environment names one.
    pub fn open() -> Result<Option<Self>, Failure> {
        if !is_wanted() {
            return Ok(None);
        }
        choose_tls();
        let cannot = |error| Failure::usage(format!("cannot send traces: {error}"));
        let protocol = match variable("OTEL_EXPORTER_OTLP_PROTOCOL").as_deref() {
            None | Some("http/protobuf") => Protocol::HttpBinary,
            Some("http/json") => Protocol::HttpJson,
            Some(other) => {
                return Err(Failure::usage(format!(
                    "cannot send traces by `OTEL_EXPORTER_OTLP_PROTOCOL={other}`: `http/protobuf` and `http/json` are known"
                )));
            }
        };
        let exporter = opentelemetry_otlp::SpanExporter::builder()
            .with_http()
            .with_protocol(protocol)
            .build()
            .map_err(cannot)?;
        let name = variable("OTEL_SERVICE_NAME").unwrap_or_else(|| SERVICE.to_owned());
        let resource = Resource::builder().with_service_name(name).build();
        let lost = Arc::<Lost>::default();
        let counting = Counting {
            exporter,
            lost: Arc::clone(&lost),
        };
        let provider = SdkTracerProvider::builder()
            .with_batch_exporter(counting)
            .with_resource(resource)
            .build();
        if wants_words() {
            trace_words();
        }
        Ok(Some(Self { provider, lost }))
    }

    /// Turns our spans into theirs.
    pub fn layer<S: Subscriber + for<'s> LookupSpan<'s>>(&self) -> impl Layer<S> + use<S> {
        let ours = Targets::new().with_target("autosafe", Level::INFO);
        tracing_opentelemetry::layer()
            .with_tracer(self.provider.tracer(SERVICE))
            .with_location(false)
            .with_threads(false)
            .with_tracked_inactivity(false)
            .with_filter(ours)
    }

    /// Sends the last spans, and says how many could not be sent.
    pub fn finish(self) {
        let shut_down = self.provider.shutdown_with_timeout(PATIENCE);
        let lost = self.lost.spans.load(Ordering::Relaxed);
        let why = match (self.lost.why.get(), shut_down) {
            (Some(why), _) => why.clone(),
            (None, Err(error)) => error.to_string(),
            (None, Ok(())) => return,
        };
        print_note(format!(
            "not all traces could be sent ({lost} spans were not): {why}"
        ));
    }
}

fn is_wanted() -> bool {
    let is = |name, value: &str| variable(name).is_some_and(|it| it.eq_ignore_ascii_case(value));
    if is("OTEL_SDK_DISABLED", "true") || is("OTEL_TRACES_EXPORTER", "none") {
        return false;
    }
    is("OTEL_TRACES_EXPORTER", "otlp")
        || variable("OTEL_EXPORTER_OTLP_ENDPOINT").is_some()
        || variable("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT").is_some()
}

fn wants_words() -> bool {
    let words = variable(CONTENT).unwrap_or_default().to_lowercase();
    matches!(words.as_str(), "true" | "span_only" | "span_and_event")
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
