//! Who asks: on behalf of one item, the models of a seat in turn.

use std::collections::HashMap;
use std::sync::atomic::AtomicU32;
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard};

use serde_json::{Map, Value as Json};

use crate::check::{Key, Player, Role, Seat};
use crate::model::{
    Answer, AnswerFormat, Finish, Message, Request, ToolSpec, is_refusal, read_answer,
};

use crate::run::call_path::{CallPath, seed};
use crate::run::context::{News, RunContext};
use crate::run::departure::{Departure, FailureKind};
use crate::run::journal::{JournalError, Presence, StoredCall, StoredReply};
use crate::run::record::DropReason;
use crate::run::standouts::Took;
use crate::run::tally::Tally;

/// How often one model is asked before its answers count as misfits.
const TRIES: usize = 3;

/// How much of a model's words an error shows.
const SHOWN: usize = 300;

/// Asks on behalf of one item.
pub(in crate::run) struct Asker<'r> {
    pub run: &'r RunContext,
    /// The item's index, or -1 for what belongs to the run as a whole.
    pub(super) item: i64,
    /// What seeds are derived from: the item's id.
    pub(super) owner: String,
    /// What earlier lives of the run paid for.
    known: RwLock<HashMap<String, StoredCall>>,
    /// Calls of the item so far.
    pub(super) asked: AtomicU32,
    pub(super) took: Mutex<Took>,
    /// Whether what the journal does not hold is left alone.
    pub(super) only_recalls: bool,
    _presence: Presence,
}

/// What is asked of which model, and where in the item.
pub(super) struct Call<'c> {
    pub role: Role,
    pub model: &'c Key,
    pub path: &'c CallPath,
    pub request: &'c Request,
}

/// One question to whoever sits in a seat.
pub(in crate::run) struct Question<'q> {
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
pub(in crate::run) struct Said<T> {
    pub value: T,
    /// The wire name.
    pub by: String,
}

/// An answer that cannot be read.
#[derive(Debug, Clone)]
pub(in crate::run) struct Misread {
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
        let known = run.past.calls_of(item, run.journal.reading())?;
        Ok(Self::knowing(run, item, owner, known))
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
            known: RwLock::new(known),
            only_recalls: false,
            _presence: run.journal.enter(),
        }
    }

    /// What the item's calls took so far, in all lives of the run.
    pub fn took(&self) -> Took {
        *self.took.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes in what was asked for the item by others since the asker was opened: by a later sample
    /// of its row, before the asker has asked anything itself.
    pub fn catch_up(&self) -> Result<(), JournalError> {
        let calls = self.run.journal.reading().calls_of(self.item)?;
        let took = took(self.run, &calls);
        *self.took.lock().unwrap_or_else(PoisonError::into_inner) = took;
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = calls;
        Ok(())
    }

    pub(super) fn known(&self) -> RwLockReadGuard<'_, HashMap<String, StoredCall>> {
        self.known.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// An asker on behalf of the item of this index and id, which may be yet to begin, or have ended.
    pub fn on_behalf(run: &'r RunContext, item: i64, owner: &str) -> Result<Self, JournalError> {
        run.past.ask_ahead(item);
        let known = run.journal.reading().calls_of(item)?;
        Ok(Self::knowing(run, item, owner, known))
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
            let call = Call {
                role: question.role,
                model: &player.model,
                path: &path,
                request: &request,
            };
            let answer = match self.call(tally, &call).await? {
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
        let calls = self.known();
        if calls.is_empty() {
            return TRIES;
        }
        let is_known = |attempt: &usize| {
            let path = base.at("try", *attempt);
            calls.contains_key(path.as_str())
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
pub(in crate::run) fn shortened(text: &str) -> String {
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
