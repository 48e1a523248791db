//! Durable questions: asked of models once, answered from the journal ever after.
//!
//! A question goes to the first model of its seat. An answer that cannot be read is asked again
//! with what is wrong; a refusal or an overlong conversation goes to the next model; an outage is
//! the business of the gateway, and goes to nobody else.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Map, Value as Json};
use tokio::time::Instant;
use tracing::Instrument as _;

use crate::check::{Key, Player, Role, Seat};
use crate::model::{
    Answer, AnswerFormat, CallError, Finish, Kept, Message, Request, ToolSpec, is_refusal,
    read_answer,
};

use super::brake::Pace;
use super::call_path::{CallPath, seed};
use super::call_span::{call_span, note_answer, note_failure};
use super::context::{News, RunContext};
use super::departure::{Departure, FailureKind, Halt};
use super::journal::{JournalError, Presence, StoredCall, StoredReply};
use super::record::DropReason;
use super::standouts::Took;
use super::tally::Tally;

/// How often one model is asked before its answers count as misfits.
const TRIES: usize = 3;

/// How much of a model's words an error shows.
const SHOWN: usize = 300;

/// Asks on behalf of one item.
pub(super) struct Asker<'r> {
    pub run: &'r RunContext,
    /// The item's index, or -1 for what belongs to the run as a whole.
    item: i64,
    /// What seeds are derived from: the item's id.
    owner: String,
    /// What earlier lives of the run paid for.
    known: HashMap<String, StoredCall>,
    /// Calls of the item so far.
    asked: AtomicU32,
    took: Mutex<Took>,
    /// Whether what the journal does not hold is left alone.
    only_recalls: bool,
    _presence: Presence,
}

/// One question to whoever sits in a seat.
pub(super) struct Question<'q> {
    pub role: Role,
    pub seat: &'q Seat,
    pub path: CallPath,
    pub messages: Vec<Message>,
    pub tools: Arc<[ToolSpec]>,
    pub format: AnswerFormat,
    /// Whether a refusal is an answer like any other, as it is from an agent.
    pub takes_refusals: bool,
}

/// An answer that was understood, and who gave it.
#[derive(Debug, Clone)]
pub(super) struct Said<T> {
    pub value: T,
    /// The wire name.
    pub by: String,
}

/// An answer that cannot be read.
#[derive(Debug, Clone)]
pub(super) struct Misread {
    /// What is wrong with it, and what it said.
    pub why: String,
    /// What to go on with: the answer, and the request for a better one.
    pub follow_up: Vec<Message>,
}

/// What one model gave in the end.
enum Outcome<T> {
    Said(T),
    PassedOn { reason: DropReason, words: String },
}

impl<'r> Asker<'r> {
    /// An asker for the item of this index and id, with what the journal holds of it.
    pub fn open(run: &'r RunContext, item: i64, owner: &str) -> Result<Self, JournalError> {
        Ok(Self::knowing(run, item, owner, run.past_of(item)?))
    }

    fn knowing(
        run: &'r RunContext,
        item: i64,
        owner: &str,
        known: HashMap<String, StoredCall>,
    ) -> Self {
        Self {
            run,
            item,
            owner: owner.to_owned(),
            asked: AtomicU32::new(u32::try_from(known.len()).unwrap_or(u32::MAX)),
            took: Mutex::new(took(run, &known)),
            known,
            only_recalls: false,
            _presence: run.journal.enter(),
        }
    }

    /// What the item's calls took so far, in all lives of the run.
    pub fn took(&self) -> Took {
        *self.took.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes note of what was asked for the item by others since the asker was opened: by a later
    /// sample of its row, before the asker has asked anything itself.
    pub fn catch_up(&self) -> Result<(), JournalError> {
        let calls = self.run.journal.reading().calls_of(self.item)?;
        let took = took(self.run, &calls);
        *self.took.lock().unwrap_or_else(PoisonError::into_inner) = took;
        Ok(())
    }

    /// The index of the item, in the plan; that of the first for what belongs to the run.
    pub fn item(&self) -> u64 {
        u64::try_from(self.item).unwrap_or(0)
    }

    /// An asker that gives what the journal holds of the item of this index, and halts where a model
    /// would have to be asked.
    pub fn recalling(run: &'r RunContext, item: i64) -> Result<Self, JournalError> {
        let known = run.journal.reading().calls_of(item)?;
        Ok(Self {
            only_recalls: true,
            ..Self::knowing(run, item, "", known)
        })
    }

    /// Whether what the journal does not hold is left alone.
    pub fn only_recalls(&self) -> bool {
        self.only_recalls
    }

    /// Asks for JSON that fits `schema`.
    pub async fn ask_json(
        &self,
        tally: &Tally,
        question: Question<'_>,
        schema: &Json,
    ) -> Result<Said<Json>, Departure> {
        let read = |path: &CallPath, answer: &Answer| self.read_json(path, answer, schema);
        self.ask(tally, question, &read).await
    }

    /// Asks until `read` understands the answer.
    pub async fn ask<T>(
        &self,
        tally: &Tally,
        mut question: Question<'_>,
        read: &(dyn Fn(&CallPath, &Answer) -> Result<T, Misread> + Send + Sync),
    ) -> Result<Said<T>, Departure> {
        let mut last = None;
        let players = &question.seat.models;
        for (rank, player) in players.iter().enumerate() {
            let messages = if rank + 1 < players.len() {
                question.messages.clone()
            } else {
                // The last one, mostly the only one, needs no copy.
                std::mem::take(&mut question.messages)
            };
            let asked = self.ask_player(tally, &question, messages, (rank, player), read);
            match asked.await? {
                Outcome::Said(value) => {
                    let by = self.run.wire_name(&player.model).to_owned();
                    return Ok(Said { value, by });
                }
                Outcome::PassedOn { reason, words } => last = Some((player, reason, words)),
            }
        }
        let (player, reason, words) = last.expect("a seat is never empty");
        let role = question.role.word();
        let model = self.run.wire_name(&player.model);
        Err(Departure::Dropped {
            reason,
            detail: format!("{role} ({model}): {words}"),
        })
    }

    async fn ask_player<T>(
        &self,
        tally: &Tally,
        question: &Question<'_>,
        messages: Vec<Message>,
        (rank, player): (usize, &Player),
        read: &(dyn Fn(&CallPath, &Answer) -> Result<T, Misread> + Send + Sync),
    ) -> Result<Outcome<T>, Departure> {
        let base = match rank {
            0 => question.path.clone(),
            _ => question.path.at("fallback", rank),
        };
        let mut request = self.request(question, player, messages);
        let asked = request.messages.len();
        let mut last = String::new();
        let tries = self.tries(&base);
        for attempt in 0..tries {
            if attempt % TRIES == 0 {
                // Tries of another life begin anew: more of the same talk seldom helps.
                request.messages.truncate(asked);
            }
            let path = base.at("try", attempt);
            request.seed = seed(&self.owner, &path);
            let answer = match self
                .call(tally, question.role, &player.model, &path, &request)
                .await?
            {
                StoredReply::TooLong(words) => {
                    let reason = DropReason::ContextTooLong;
                    return Ok(Outcome::PassedOn { reason, words });
                }
                StoredReply::Answer(stored) => Answer::from(stored),
            };
            // What a server's filter withheld is nobody's answer, not even an agent's.
            let is_withheld = answer.finish == Finish::ContentFilter;
            if is_withheld || (!question.takes_refusals && is_refusal(&answer)) {
                let reason = DropReason::Refused;
                let words = words_of_refusal(&answer);
                return Ok(Outcome::PassedOn { reason, words });
            }
            match read(&path, &answer) {
                Ok(value) => return Ok(Outcome::Said(value)),
                Err(misread) => {
                    request.messages.extend(misread.follow_up);
                    last = misread.why;
                }
            }
        }
        let role = question.role.word();
        let model = self.run.wire_name(&player.model);
        let error = format!(
            "{role} ({model}): no fitting answer in {tries} tries at `{}`: {last}",
            base.as_str()
        );
        Err(Departure::failed(FailureKind::Misfit, error))
    }

    /// How often to ask at `base`: as ever, or, where that was in vain in an earlier life, as often
    /// as it was asked, and again as often where failed items are to be tried again.
    fn tries(&self, base: &CallPath) -> usize {
        if self.known.is_empty() {
            return TRIES;
        }
        let is_known = |attempt: &usize| {
            let path = base.at("try", *attempt);
            self.known.contains_key(path.as_str())
        };
        let known = (0..).take_while(is_known).count();
        match (known >= TRIES, self.run.retries_failed) {
            (false, _) => TRIES,
            (true, false) => known,
            (true, true) => known + TRIES,
        }
    }

    /// The request of a question, all but its seed.
    fn request(&self, question: &Question<'_>, player: &Player, messages: Vec<Message>) -> Request {
        let identity = self.run.plan.work.models.get(&player.model);
        let setting = |name: &str| player.settings.get(name);
        let mut body: Map<String, Json> = identity
            .map(|identity| identity.body.clone().into_iter().collect())
            .unwrap_or_default();
        let others = player
            .settings
            .iter()
            .filter(|(name, _)| !is_sampling(name));
        body.extend(others.map(|(name, value)| (name.clone(), value.clone())));
        Request {
            model: self.run.wire_name(&player.model).to_owned(),
            messages,
            tools: Arc::clone(&question.tools),
            answer: question.format.clone(),
            temperature: player.temperature,
            top_p: setting("top_p")
                .and_then(Json::as_f64)
                .or_else(|| identity.and_then(|identity| identity.top_p)),
            max_tokens: setting("max_tokens")
                .and_then(Json::as_u64)
                .and_then(|tokens| u32::try_from(tokens).ok())
                .or_else(|| identity.and_then(|identity| identity.max_tokens)),
            seed: 0,
            body,
        }
    }

    /// One call: from the journal, or else on the wire and then into the journal.
    async fn call(
        &self,
        tally: &Tally,
        role: Role,
        model: &Key,
        path: &CallPath,
        request: &Request,
    ) -> Result<StoredReply, Departure> {
        let reply = match self.known.get(path.as_str()) {
            Some(call) => call.reply.clone(),
            None if self.only_recalls || self.run.only_recalls() => {
                return Err(Departure::Halted(Halt::Asked));
            }
            None => self.call_anew(role, model, path, request).await?,
        };
        if !self.only_recalls {
            self.record(path, request, &reply)?;
        }
        if let StoredReply::Answer(answer) = &reply {
            tally.count(role, model, answer.usage(), answer.simulated);
        }
        Ok(reply)
    }

    async fn call_anew(
        &self,
        role: Role,
        model: &Key,
        path: &CallPath,
        request: &Request,
    ) -> Result<StoredReply, Departure> {
        let run = self.run;
        // An item that is far along goes before one that has just begun.
        let urgency = self.asked.fetch_add(1, Ordering::Relaxed);
        let admission = async {
            let permit = run.newcomers.admit(model).await;
            let reserved = run.ledger.reserve(role, model, request).await;
            reserved.map(|reservation| (permit, reservation))
        };
        // Mostly it is admitted at once, and nobody has to wait for the brake.
        let (_permit, reservation) = tokio::select! {
            biased;
            admitted = admission => admitted.map_err(|_| Departure::Halted(Halt::Budget))?,
            () = run.brake.reached(Pace::Drain) => return Err(Departure::Halted(Halt::Asked)),
        };
        // What has let it in may be the end of a call that stops the run.
        if run.brake.is_at(Pace::Drain) {
            run.ledger.give_back(reservation);
            return Err(Departure::Halted(Halt::Asked));
        }
        let span = call_span(role, path, request, || run.gateway.endpoint(model));
        let start = Instant::now();
        let _on_its_way = run.under_way.begin(role, model, start);
        let called = tokio::select! {
            // What has been answered is kept, also when the run stops at this very moment.
            biased;
            called = run
                .gateway
                .call_with_urgency(model, request, urgency)
                .instrument(span.clone()) => called,
            () = run.brake.reached(Pace::Stop) => return Err(Departure::Halted(Halt::Asked)),
        };
        let call = |tries, reply| StoredCall {
            role,
            model: model.to_string(),
            milliseconds: u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX),
            tries,
            reply,
        };
        let call = match called {
            Ok(reply) => call(reply.tries, StoredReply::Answer(reply.answer.into())),
            Err(failure) => match &failure.error {
                CallError::ContextTooLong { message } => {
                    call(failure.tries, StoredReply::TooLong(message.clone()))
                }
                _ => {
                    note_failure(&span, &failure);
                    run.ledger.give_back(reservation);
                    let departure = self.no_answer(model, path, request, &failure);
                    if matches!(departure, Departure::Halted(_)) {
                        // Before the permit goes, so that no other call takes its place.
                        run.brake.pull(Pace::Drain);
                    }
                    return Err(departure);
                }
            },
        };
        note_answer(&span, &call);
        drop(span);
        run.newcomers.has_answered(model);
        self.keep(model, path, &call, reservation).await?;
        Ok(call.reply)
    }

    /// Keeps a call in the recording, where there is one.
    fn record(
        &self,
        path: &CallPath,
        request: &Request,
        reply: &StoredReply,
    ) -> Result<(), Departure> {
        let Some(recorder) = &self.run.recorder else {
            return Ok(());
        };
        let at = format!("{}/{}", self.owner, path.as_str());
        let kept = match reply {
            StoredReply::Answer(stored) => {
                recorder.keep(&at, request, Kept::Answer(&stored.clone().into()))
            }
            StoredReply::TooLong(words) => recorder.keep(&at, request, Kept::TooLong(words)),
        };
        kept.map_err(|error| Departure::Halted(Halt::Recording(error)))
    }

    /// Makes a call durable, books it, and tells of it.
    async fn keep(
        &self,
        model: &Key,
        path: &CallPath,
        call: &StoredCall,
        reservation: super::ledger::Reservation,
    ) -> Result<(), Departure> {
        let usage = call.usage();
        let usd = self.run.ledger.cost(model, usage);
        let journal = &self.run.journal;
        let kept = journal
            .append_call(self.item, path.as_str(), call, usd)
            .await;
        self.run.ledger.settle(reservation, usage, usd);
        kept?;
        self.run.totals.add(usage, usd);
        self.took
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .add(usage, usd, call.milliseconds);
        if call.tries > 1 {
            self.run.tell(News::Retried {
                item: self.item,
                path: path.as_str().to_owned(),
                model: model.clone(),
                tries: call.tries,
            });
        }
        Ok(())
    }

    fn no_answer(
        &self,
        model: &Key,
        path: &CallPath,
        request: &Request,
        failure: &crate::model::CallFailure,
    ) -> Departure {
        let name = self.run.wire_name(model);
        let is_rejection = matches!(failure.error, CallError::Rejected { .. });
        let is_useless = is_rejection && self.run.newcomers.rejects_everything(model);
        if is_useless || failure.stops_the_run() {
            let words = format!("model `{name}`: {failure}");
            return Departure::Halted(Halt::ModelCannotWork(words));
        }
        if let Some(recorder) = &self.run.recorder {
            let at = format!("{}/{}", self.owner, path.as_str());
            let words = failure.to_string();
            if let Err(error) = recorder.keep(&at, request, Kept::Failed(&words)) {
                return Departure::Halted(Halt::Recording(error));
            }
        }
        let error = format!("model `{name}` at `{}`: {failure}", path.as_str());
        Departure::failed(FailureKind::NoAnswer, error)
    }

    fn read_json(&self, path: &CallPath, answer: &Answer, schema: &Json) -> Result<Json, Misread> {
        match read_answer(answer, schema) {
            Ok((value, repaired)) => {
                if repaired.is_any() {
                    self.run.tell(News::Repaired {
                        item: self.item,
                        path: path.as_str().to_owned(),
                        how: format!("{:?}", repaired.repairs),
                    });
                }
                Ok(value)
            }
            Err(misfit) => Err(Misread::of_text(
                answer,
                misfit.to_string(),
                misfit.follow_up(),
            )),
        }
    }
}

impl Misread {
    /// A misread answer in words, and what to say to its author.
    pub fn of_text(answer: &Answer, why: impl Into<String>, ask_again: String) -> Self {
        let said = Message::Assistant {
            content: answer.content.clone(),
            tool_calls: Vec::new(),
        };
        Self {
            why: why.into(),
            follow_up: vec![said, Message::User { content: ask_again }],
        }
    }
}

/// What these calls took, at today's prices.
fn took(run: &RunContext, calls: &HashMap<String, StoredCall>) -> Took {
    let mut took = Took::default();
    for call in calls.values() {
        let usage = call.usage();
        let usd = run.ledger.cost(&Key(call.model.clone()), usage);
        took.add(usage, usd, call.milliseconds);
    }
    took
}

/// The beginning of `text`, for an error.
pub(super) fn shortened(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

fn is_sampling(name: &str) -> bool {
    matches!(name, "temperature" | "top_p" | "max_tokens")
}

fn words_of_refusal(answer: &Answer) -> String {
    let words = answer.refusal.as_deref().unwrap_or(&answer.content).trim();
    match words {
        "" => "the answer was withheld by a content filter".to_owned(),
        words => shortened(words),
    }
}
