//! All models of a run: limits, retries, and the way to each provider.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::Instant;
use tracing::info;

use super::anthropic::Anthropic;
use super::conversation::{Answer, Request};
use super::error::CallError;
use super::line::Line;
use super::openai::Openai;
use super::provider::{Endpoint, Model};
use super::recording::{RecordingError, Replay};
use super::remote::Remote;
use super::retries::{Retries, jitter};
use super::setup::SetupError;
use super::share::Share;
use super::sim::Sim;
use crate::check::{Key, Limits, ModelAccess, ModelIdentity, Provider};

/// Calls in flight of a model that declares no limit of its own.
const DEFAULT_CONCURRENCY: u32 = 64;

/// The models of one run, each behind its limits.
pub struct Gateway {
    lines: BTreeMap<Key, (usize, Line)>,
    total: Option<Share>,
    retries: Retries,
    counts: Counts,
}

/// A model with the limits under which it is called.
pub struct Served {
    pub model: Arc<dyn Model>,
    pub limits: Limits,
}

/// What a call gave in the end.
#[derive(Debug, Clone, PartialEq)]
pub struct Reply {
    pub answer: Answer,
    /// How often it was tried; 1 when it went well at once.
    pub tries: u32,
}

/// Why a call gave nothing, and how hard it was tried.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{error}{}", self.effort())]
pub struct CallFailure {
    pub error: CallError,
    pub tries: u32,
    /// From the first try to giving up.
    pub waited: Duration,
    /// Whether the model has answered any call of this run.
    pub has_contact: bool,
}

impl CallFailure {
    /// Whether no call of this model can work: a wrong key or name, or a server that has not
    /// answered once.
    pub fn stops_the_run(&self) -> bool {
        let no_server = !self.has_contact && self.error.is_worth_another_try();
        self.error.stops_the_run() || no_server
    }

    fn effort(&self) -> String {
        match self.tries {
            0 | 1 => String::new(),
            tries => format!(
                " (tried {tries} times in {:.1} s)",
                self.waited.as_secs_f64()
            ),
        }
    }
}

/// How many calls a gateway has seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Traffic {
    /// Sent, and not yet answered.
    pub in_flight: u64,
    pub answered: u64,
    /// Tries after the first of a call.
    pub retries: u64,
    pub failed: u64,
    /// How many may be in flight now, where there is a limit.
    pub limit: Option<usize>,
}

#[derive(Default)]
struct Counts {
    in_flight: AtomicU64,
    answered: AtomicU64,
    retries: AtomicU64,
    failed: AtomicU64,
}

impl Gateway {
    /// Makes every model ready to be called; nothing is sent yet.
    ///
    /// `environment` gives the variables that keys and addresses are read from.
    pub fn open(
        models: &BTreeMap<Key, (ModelIdentity, ModelAccess)>,
        environment: &dyn Fn(&str) -> Option<String>,
        total_concurrency: Option<usize>,
    ) -> Result<Self, SetupError> {
        let mut served = BTreeMap::new();
        for (key, (identity, access)) in models {
            served.insert(key.clone(), serve(key, identity, access, environment)?);
        }
        Ok(Self::over(served, total_concurrency))
    }

    /// A gateway over models that are ready already.
    pub fn over(models: BTreeMap<Key, Served>, total_concurrency: Option<usize>) -> Self {
        let lines: BTreeMap<_, _> = models
            .into_iter()
            .enumerate()
            .map(|(number, (key, served))| {
                let line = Line::new(key.clone(), served.model, served.limits);
                (key, (number, line))
            })
            .collect();
        Self {
            total: total_concurrency.map(|most| Share::new(most, lines.len())),
            lines,
            retries: Retries::default(),
            counts: Counts::default(),
        }
    }

    /// A gateway that answers calls of `models` from the recording at `path` alone: it opens no
    /// connection, and needs no key.
    pub fn replaying<'k>(
        path: &std::path::Path,
        models: impl Iterator<Item = &'k Key>,
    ) -> Result<Self, RecordingError> {
        let replay: Arc<dyn Model> = Arc::new(Replay::open(path)?);
        let served = models.map(|key| {
            let model = Arc::clone(&replay);
            let limits = Limits::default();
            (key.clone(), Served { model, limits })
        });
        Ok(Self::over(served.collect(), None))
    }

    /// The same with another patience.
    pub fn with_retries(self, retries: Retries) -> Self {
        Self { retries, ..self }
    }

    /// Calls a model within its limits, again and again while that is worth it.
    pub async fn call(&self, model: &Key, request: &Request) -> Result<Reply, CallFailure> {
        self.call_with_urgency(model, request, 0).await
    }

    /// The same, before all calls that wait with less urgency.
    pub async fn call_with_urgency(
        &self,
        model: &Key,
        request: &Request,
        urgency: u32,
    ) -> Result<Reply, CallFailure> {
        let Some((number, line)) = self.lines.get(model) else {
            return Err(undeclared(model));
        };
        let outcome = self.call_line(line, *number, request, urgency).await;
        let count = match outcome {
            Ok(_) => &self.counts.answered,
            Err(_) => &self.counts.failed,
        };
        count.fetch_add(1, Ordering::Relaxed);
        outcome
    }

    /// What the gateway is doing and has done.
    pub fn traffic(&self) -> Traffic {
        let counts = &self.counts;
        Traffic {
            in_flight: counts.in_flight.load(Ordering::Relaxed),
            answered: counts.answered.load(Ordering::Relaxed),
            retries: counts.retries.load(Ordering::Relaxed),
            failed: counts.failed.load(Ordering::Relaxed),
            limit: self.limit(),
        }
    }

    /// Whom the calls of `model` go to.
    pub fn endpoint(&self, model: &Key) -> Endpoint {
        let line = self.lines.get(model);
        line.map_or_else(Endpoint::of_nobody, |(_, line)| line.endpoint())
    }

    /// What a person should hear about the models; each notice is given once.
    pub fn take_notices(&self) -> Vec<String> {
        let lines = self.lines.values();
        lines.flat_map(|(_, line)| line.take_notices()).collect()
    }

    fn limit(&self) -> Option<usize> {
        let lines = self.lines.values().map(|(_, line)| line.limit());
        let of_lines = lines.sum::<Option<usize>>();
        let total = self.total.as_ref().map(Share::most);
        match (of_lines, total) {
            (Some(lines), Some(total)) => Some(lines.min(total)),
            (one, other) => one.or(other),
        }
    }

    async fn call_line(
        &self,
        line: &Line,
        number: usize,
        request: &Request,
        urgency: u32,
    ) -> Result<Reply, CallFailure> {
        let start = Instant::now();
        let mut tries = 0;
        loop {
            tries += 1;
            let error = match self.try_once(line, number, request, urgency).await {
                Ok(answer) => return Ok(Reply { answer, tries }),
                Err(error) => error,
            };
            let has_contact = line.has_contact();
            let wait = self.retries.wait_after(
                &error,
                tries,
                start.elapsed(),
                has_contact,
                jitter(request.seed, tries),
            );
            let Some(wait) = wait else {
                return Err(CallFailure {
                    error,
                    tries,
                    waited: start.elapsed(),
                    has_contact,
                });
            };
            self.counts.retries.fetch_add(1, Ordering::Relaxed);
            info!(tries, ?wait, "trying again: {error}");
            tokio::time::sleep(wait).await;
        }
    }

    async fn try_once(
        &self,
        line: &Line,
        number: usize,
        request: &Request,
        urgency: u32,
    ) -> Result<Answer, CallError> {
        let turn = line.turn(request, urgency).await;
        let _part = match &self.total {
            Some(total) => Some(total.enter(number, urgency).await),
            None => None,
        };
        let _flight = Flight::begin(&self.counts.in_flight);
        turn.send(request).await
    }
}

/// Counts a call as in flight for as long as it lives, also when it is given up.
struct Flight<'a>(&'a AtomicU64);

impl<'a> Flight<'a> {
    fn begin(count: &'a AtomicU64) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(count)
    }
}

impl Drop for Flight<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

fn serve(
    key: &Key,
    identity: &ModelIdentity,
    access: &ModelAccess,
    environment: &dyn Fn(&str) -> Option<String>,
) -> Result<Served, SetupError> {
    let mut limits = access.limits;
    let model: Arc<dyn Model> = match identity.provider {
        Provider::Sim => Arc::new(Sim),
        Provider::Openai => {
            limits.concurrency = limits.concurrency.or(Some(DEFAULT_CONCURRENCY));
            Arc::new(Remote::<Openai>::open(key, access, environment)?)
        }
        Provider::Anthropic => {
            limits.concurrency = limits.concurrency.or(Some(DEFAULT_CONCURRENCY));
            Arc::new(Remote::<Anthropic>::open(key, access, environment)?)
        }
    };
    Ok(Served { model, limits })
}

fn undeclared(model: &Key) -> CallFailure {
    CallFailure {
        error: CallError::NotDeclared {
            model: model.to_string(),
        },
        tries: 0,
        waited: Duration::ZERO,
        has_contact: false,
    }
}
