//! What a trace tells of a model call, in the words of OpenTelemetry's conventions for generative AI.
//!
//! Where nobody listens a span costs a look at a flag, and nothing is put together for it.

use tracing::field::Empty;
use tracing::{Span, debug, info_span, warn};

use super::call_path::CallPath;
use super::journal::{StoredCall, StoredReply};
use crate::check::Role;
use crate::model::{AnswerFormat, CallFailure, Endpoint, Request};

/// The span of one call, from its admission to its answer, with all of its tries.
pub(super) fn call_span(
    role: Role,
    path: &CallPath,
    request: &Request,
    endpoint: impl FnOnce() -> Endpoint,
) -> Span {
    let span = info_span!(
        "chat",
        otel.name = Empty,
        otel.kind = "client",
        otel.status_code = Empty,
        otel.status_description = Empty,
        gen_ai.operation.name = "chat",
        gen_ai.provider.name = Empty,
        gen_ai.request.model = request.model,
        gen_ai.request.temperature = request.temperature,
        gen_ai.request.top_p = request.top_p,
        gen_ai.request.max_tokens = request.max_tokens.map(i64::from),
        gen_ai.request.seed = number(request.seed),
        gen_ai.output.r#type = output_type(request),
        gen_ai.response.model = Empty,
        gen_ai.response.finish_reasons = Empty,
        gen_ai.usage.input_tokens = Empty,
        gen_ai.usage.output_tokens = Empty,
        gen_ai.usage.cache_read.input_tokens = Empty,
        "error.type" = Empty,
        server.address = Empty,
        server.port = Empty,
        autosafe.role = role.word(),
        autosafe.path = path.as_str(),
        autosafe.tries = Empty,
    );
    if span.is_disabled() {
        return span;
    }
    let endpoint = endpoint();
    span.record("otel.name", format!("chat {}", request.model));
    span.record("gen_ai.provider.name", endpoint.provider);
    if let Some((address, port)) = endpoint.server {
        span.record("server.address", address);
        span.record("server.port", i64::from(port));
    }
    #[cfg(feature = "otel")]
    super::span_content::note_request(&span, request);
    span
}

/// Notes on its span what a call came to.
pub(super) fn note_answer(span: &Span, call: &StoredCall) {
    if span.is_disabled() {
        return;
    }
    let usage = call.usage();
    span.record("gen_ai.usage.input_tokens", number(usage.input));
    span.record("gen_ai.usage.output_tokens", number(usage.output));
    if usage.cached > 0 {
        span.record("gen_ai.usage.cache_read.input_tokens", number(usage.cached));
    }
    span.record("autosafe.tries", i64::from(call.tries));
    match &call.reply {
        StoredReply::Answer(answer) => {
            #[cfg(not(feature = "otel"))]
            span.record("gen_ai.response.finish_reasons", answer.finish_word());
            // A list there, as the conventions want it, which only their own library can write.
            #[cfg(feature = "otel")]
            super::span_content::note_answer(span, answer);
            debug!(
                parent: span,
                input_tokens = usage.input,
                output_tokens = usage.output,
                tries = call.tries,
                milliseconds = call.milliseconds,
                "answered"
            );
        }
        StoredReply::TooLong(words) => {
            note_error(span, "context_too_long", words);
            debug!(parent: span, "the conversation is too long: {words}");
        }
    }
}

/// Notes on its span why a call gave nothing.
pub(super) fn note_failure(span: &Span, failure: &CallFailure) {
    if span.is_disabled() {
        return;
    }
    let words = failure.to_string();
    span.record("autosafe.tries", i64::from(failure.tries));
    note_error(span, &failure.error.kind(), &words);
    warn!(parent: span, "no answer: {words}");
}

fn note_error(span: &Span, kind: &str, words: &str) {
    span.record("error.type", kind);
    span.record("otel.status_code", "ERROR");
    span.record("otel.status_description", words);
}

/// Numbers of traces have a sign; those without one become texts.
fn number(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn output_type(request: &Request) -> &'static str {
    match request.answer {
        AnswerFormat::Text => "text",
        AnswerFormat::Json { .. } => "json",
    }
}
