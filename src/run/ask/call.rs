//! One call of an item: admitted, sent, and durable before anything rests on it.

use std::sync::PoisonError;
use std::sync::atomic::Ordering;

use tokio::sync::SemaphorePermit;
use tokio::time::Instant;
use tracing::{Instrument as _, Span};

use super::asker::{Asker, Call};
use crate::model::{CallError, CallFailure, Kept, Reply};
use crate::run::brake::Pace;
use crate::run::call_span::{call_span, note_answer, note_failure};
use crate::run::context::News;
use crate::run::departure::{Departure, FailureKind, Halt};
use crate::run::journal::{StoredCall, StoredReply};
use crate::run::ledger::Reservation;
use crate::run::tally::Tally;

/// The right to make a call, for as long as it lasts.
struct Admission<'r> {
    _permit: Option<SemaphorePermit<'r>>,
    reservation: Reservation,
}

impl<'r> Asker<'r> {
    /// The reply to a call: from the journal, or else from the model and then into the journal.
    pub(super) async fn call(
        &self,
        tally: &Tally,
        call: &Call<'_>,
    ) -> Result<StoredReply, Departure> {
        let known = self.known().get(call.path.as_str()).cloned();
        let reply = match known {
            Some(known) => known.reply,
            None if self.only_recalls || self.run.only_recalls() => {
                return Err(Departure::Halted(Halt::Asked));
            }
            None => self.call_anew(call).await?,
        };
        if !self.only_recalls {
            self.record(call, &reply)?;
        }
        if let StoredReply::Answer(answer) = &reply {
            tally.count(call.role, call.model, answer.usage(), answer.simulated);
        }
        Ok(reply)
    }

    async fn call_anew(&self, call: &Call<'_>) -> Result<StoredReply, Departure> {
        let run = self.run;
        let admission = self.admit(call).await?;
        let endpoint = || run.gateway.endpoint(call.model);
        let span = call_span(call.role, call.path, call.request, endpoint);
        let start = Instant::now();
        let _on_its_way = run.under_way.begin(call.role, call.model, start);
        let (tries, reply) = match self.send(call, &span).await? {
            Ok(reply) => (reply.tries, StoredReply::Answer(reply.answer.into())),
            Err(CallFailure {
                error: CallError::ContextTooLong { message },
                tries,
                ..
            }) => (tries, StoredReply::TooLong(message)),
            Err(failure) => {
                note_failure(&span, &failure);
                return Err(self.give_up(call, &failure, admission));
            }
        };
        let stored = StoredCall {
            role: call.role,
            model: call.model.to_string(),
            milliseconds: u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX),
            tries,
            reply,
        };
        note_answer(&span, &stored);
        drop(span);
        run.newcomers.has_answered(call.model);
        self.keep(call, &stored, admission.reservation).await?;
        Ok(stored.reply)
    }

    /// Waits until the call may be made, or the run makes no more.
    async fn admit(&self, call: &Call<'_>) -> Result<Admission<'r>, Departure> {
        let run = self.run;
        let admission = async {
            let permit = run.newcomers.admit(call.model).await;
            let reserved = run
                .ledger
                .reserve(call.role, call.model, call.request)
                .await;
            reserved.map(|reservation| Admission {
                _permit: permit,
                reservation,
            })
        };
        // Mostly it is admitted at once, and nobody has to wait for the brake.
        let admission = tokio::select! {
            biased;
            admitted = admission => admitted.map_err(|_| Departure::Halted(Halt::Budget))?,
            () = run.brake.reached(Pace::Drain) => return Err(Departure::Halted(Halt::Asked)),
        };
        // What has let it in may be the end of a call that stops the run.
        if run.brake.is_at(Pace::Drain) {
            run.ledger.give_back(admission.reservation);
            return Err(Departure::Halted(Halt::Asked));
        }
        Ok(admission)
    }

    /// Sends the call, unless the run stops at once.
    async fn send(
        &self,
        call: &Call<'_>,
        span: &Span,
    ) -> Result<Result<Reply, CallFailure>, Departure> {
        let run = self.run;
        // An item that is far along goes before one that has just begun.
        let urgency = self.asked.fetch_add(1, Ordering::Relaxed);
        let called = run
            .gateway
            .call_with_urgency(call.model, call.request, urgency)
            .instrument(span.clone());
        tokio::select! {
            // What has been answered is kept, also when the run stops at this very moment.
            biased;
            called = called => Ok(called),
            () = run.brake.reached(Pace::Stop) => Err(Departure::Halted(Halt::Asked)),
        }
    }

    /// What follows from a call that got no answer.
    fn give_up(
        &self,
        call: &Call<'_>,
        failure: &CallFailure,
        admission: Admission<'_>,
    ) -> Departure {
        let run = self.run;
        run.ledger.give_back(admission.reservation);
        let departure = self.no_answer(call, failure);
        if matches!(departure, Departure::Halted(_)) {
            // Before the permit goes, so that no other call takes its place.
            run.brake.pull(Pace::Drain);
        }
        departure
    }

    fn no_answer(&self, call: &Call<'_>, failure: &CallFailure) -> Departure {
        let name = self.run.wire_name(call.model);
        let is_rejection = matches!(failure.error, CallError::Rejected { .. });
        let is_useless = is_rejection && self.run.newcomers.rejects_everything(call.model);
        if is_useless || failure.stops_the_run() {
            let words = format!("model `{name}`: {failure}");
            return Departure::Halted(Halt::ModelCannotWork(words));
        }
        if let Err(departure) = self.write_down(call, Kept::Failed(&failure.to_string())) {
            return departure;
        }
        let path = call.path.as_str();
        let error = format!("model `{name}` at `{path}`: {failure}");
        Departure::failed(FailureKind::NoAnswer, error)
    }

    /// Keeps a reply in the recording, where there is one.
    fn record(&self, call: &Call<'_>, reply: &StoredReply) -> Result<(), Departure> {
        match reply {
            // Answers are copied only where somebody wants them.
            _ if self.run.recorder.is_none() => Ok(()),
            StoredReply::Answer(stored) => {
                self.write_down(call, Kept::Answer(&stored.clone().into()))
            }
            StoredReply::TooLong(words) => self.write_down(call, Kept::TooLong(words)),
        }
    }

    fn write_down(&self, call: &Call<'_>, kept: Kept<'_>) -> Result<(), Departure> {
        let Some(recorder) = &self.run.recorder else {
            return Ok(());
        };
        let at = format!("{}/{}", self.owner, call.path.as_str());
        let written = recorder.keep(&at, call.request, kept);
        written.map_err(|error| Departure::Halted(Halt::Recording(error)))
    }

    /// Makes a call durable, books it, and tells of it.
    async fn keep(
        &self,
        call: &Call<'_>,
        stored: &StoredCall,
        reservation: Reservation,
    ) -> Result<(), Departure> {
        let run = self.run;
        let usage = stored.usage();
        let usd = run.ledger.cost(call.model, usage);
        let path = call.path.as_str();
        let kept = run.journal.append_call(self.item, path, stored, usd).await;
        run.ledger.settle(reservation, usage, usd);
        kept?;
        run.totals.add(usage, usd);
        self.took
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .add(usage, usd, stored.milliseconds);
        if stored.tries > 1 {
            run.tell(News::Retried {
                item: self.item,
                path: path.to_owned(),
                model: call.model.clone(),
                tries: stored.tries,
            });
        }
        Ok(())
    }
}
