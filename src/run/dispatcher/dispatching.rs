//! One life of a run, event by event.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::{JoinError, JoinSet};
use tokio::time::{Instant, Interval, MissedTickBehavior};
use tracing::info;

use super::unit::{UnitEnd, examine, run_unit};
use crate::run::brake::Pace;
use crate::run::calibration::{Calibration, calibrate};
use crate::run::context::{News, RunContext};
use crate::run::departure::Halt;
use crate::run::error::RunError;
use crate::run::event_log::{EventLog, LoggedEvent};
use crate::run::journal::{Counts, Finished};
use crate::run::pace_meter::PaceMeter;
use crate::run::progress::{Progress, ProgressState};
use crate::run::selection::Unfinished;
use crate::run::summary::{ExampleAgreement, ItemCounts, Outcome, StopReason};
use crate::run::top_up::{FurtherSamples, TopUp, TopUpOutcome};
use crate::run::trial::TrialOutcome;
use crate::run::workload::Workload;

/// How often the state is shown.
const TICK: Duration = Duration::from_millis(250);

/// What a dispatcher is given beside the run itself.
pub(in crate::run) struct Orders<P> {
    pub workload: Arc<dyn Workload>,
    pub unfinished: Unfinished,
    /// How far rows are topped up when all of those have ended.
    pub top_up: Option<TopUp>,
    /// Items of this life, those included that are finished already.
    pub total: u64,
    /// Items in flight at most.
    pub width: usize,
    /// When the budget's time is up.
    pub deadline: Option<Instant>,
    pub interrupts: Option<mpsc::UnboundedReceiver<()>>,
    pub news: mpsc::UnboundedReceiver<News>,
    pub log: EventLog,
    pub progress: P,
    /// What earlier lives came to.
    pub counts: Counts,
    /// What the evaluators are measured by, beside the units.
    pub calibration: Option<Calibration>,
}

/// One thing that happened.
enum Event {
    Ended(Result<UnitEnd, JoinError>),
    Told(News),
    /// Somebody wants the run to stop.
    Interrupt,
    /// The budget's time is up.
    TimeUp,
    Tick,
}

/// Drives one life of a run, and gives what it came to.
///
/// The dispatcher is a task among those of the units: on a thread of its own, each end of an item
/// would wake that thread.
pub(in crate::run) async fn dispatch<P: Progress + 'static>(
    context: Arc<RunContext>,
    orders: Orders<P>,
) -> Result<Outcome, RunError> {
    let mut dispatcher = JoinSet::new();
    let _brake = BrakeAtTheEnd(Arc::clone(&context));
    dispatcher.spawn(Dispatcher::new(context, orders).run());
    match dispatcher.join_next().await {
        Some(Ok(outcome)) => outcome,
        Some(Err(error)) => Err(RunError::Internal(error.to_string())),
        None => unreachable!("it was spawned"),
    }
}

/// Brakes when it is dropped, before the units are.
///
/// Where a run is given up by dropping it, they are not all stopped at one moment, and one that still
/// works might get the lock of one that is gone, not find in the journal what that one was about to
/// write, and pay for it again.
struct BrakeAtTheEnd(Arc<RunContext>);

impl Drop for BrakeAtTheEnd {
    fn drop(&mut self) {
        self.0.brake.pull(Pace::Stop);
    }
}

/// Owns what the user sees, for one life of a run.
pub(super) struct Dispatcher<P> {
    pub(super) context: Arc<RunContext>,
    pub(super) orders: Orders<P>,
    pub(super) started: Instant,
    pub(super) state: ProgressState,
    pub(super) meter: PaceMeter,
    units: JoinSet<UnitEnd>,
    /// The item to start next; none when all are started.
    upcoming: Option<u64>,
    /// What tops rows up; there once all planned items have ended.
    further: Option<FurtherSamples>,
    /// Whether an item was left before its end.
    has_left_items: bool,
    pub(super) stop: Option<StopReason>,
    /// What keeps the run itself from going on.
    broken: Option<RunError>,
    examples: Option<ExampleAgreement>,
    calibration: Option<Vec<TrialOutcome>>,
}

impl<P: Progress> Dispatcher<P> {
    /// A dispatcher that has started nothing yet.
    fn new(context: Arc<RunContext>, orders: Orders<P>) -> Self {
        let state = ProgressState {
            items: ItemCounts::of(&orders.counts, orders.total),
            ..ProgressState::default()
        };
        Self {
            context,
            orders,
            started: Instant::now(),
            state,
            meter: PaceMeter::default(),
            units: JoinSet::new(),
            upcoming: None,
            further: None,
            has_left_items: false,
            stop: None,
            broken: None,
            examples: None,
            calibration: None,
        }
    }

    /// Runs until all items have ended, or until it is time to stop.
    async fn run(mut self) -> Result<Outcome, RunError> {
        let mut ticks = tokio::time::interval(TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        self.begin()?;
        while !self.units.is_empty() {
            let event = self.next_event(&mut ticks).await;
            self.handle(event);
            self.start_items();
        }
        self.end()
    }

    async fn next_event(&mut self, ticks: &mut Interval) -> Event {
        let deadline = self.orders.deadline.filter(|_| self.stop.is_none());
        tokio::select! {
            Some(ended) = self.units.join_next() => Event::Ended(ended),
            Some(news) = self.orders.news.recv() => Event::Told(news),
            Some(()) = next_interrupt(&mut self.orders.interrupts) => Event::Interrupt,
            () = sleep_until(deadline) => Event::TimeUp,
            _ = ticks.tick() => Event::Tick,
        }
    }

    fn handle(&mut self, event: Event) {
        match event {
            Event::Ended(Ok(UnitEnd::Item { index, end })) => self.end_item(index, end),
            Event::Ended(Ok(UnitEnd::Examples(judged))) => self.end_examples(judged),
            Event::Ended(Ok(UnitEnd::Calibrated(asked))) => self.end_calibration(asked),
            Event::Ended(Err(error)) => self.break_off(RunError::Internal(error.to_string())),
            Event::Told(news) => self.take_news(news),
            Event::Interrupt => self.interrupt(),
            Event::TimeUp => self.drain(StopReason::Budget, "the budget's time is up"),
            Event::Tick => self.show(),
        }
    }

    fn begin(&mut self) -> Result<(), RunError> {
        let started = LoggedEvent::RunStarted {
            plan_id: &self.context.plan.plan_id,
            process: std::process::id(),
            items: self.state.items.total,
            finished: self.state.items.finished(),
        };
        self.orders.log.write(&started)?;
        self.upcoming = self.find_next()?;
        if self
            .orders
            .deadline
            .is_some_and(|deadline| deadline <= Instant::now())
        {
            self.handle(Event::TimeUp);
        }
        self.start_examinations();
        self.start_items();
        Ok(())
    }

    /// What is found out once, of the evaluators.
    fn start_examinations(&mut self) {
        let context = Arc::clone(&self.context);
        let workload = Arc::clone(&self.orders.workload);
        self.units
            .spawn(async move { UnitEnd::Examples(examine(&context, &*workload).await) });
        if let Some(calibration) = self.orders.calibration.take() {
            let context = Arc::clone(&self.context);
            let width = self.orders.width;
            self.units.spawn(async move {
                let asked = calibrate(&context, &calibration.trials, width).await;
                UnitEnd::Calibrated(asked.map(|outcomes| {
                    let words = (calibration.verdict)(&outcomes);
                    (outcomes, words)
                }))
            });
        }
    }

    fn find_next(&mut self) -> Result<Option<u64>, RunError> {
        let reading = self.context.journal.reading();
        let planned = self.orders.unfinished.next(&self.context.items, reading)?;
        Ok(planned.or_else(|| self.further.as_mut()?.next()))
    }

    /// Finds what tops rows up. That begins when all planned items have ended.
    fn look_further(&mut self) -> Result<(), RunError> {
        let (None, Some(wanted)) = (self.upcoming, self.orders.top_up) else {
            return Ok(());
        };
        if self.further.is_none() {
            if self.context.stages.len() > 0 || self.has_left_items {
                return Ok(());
            }
            let context = &self.context;
            let reading = context.journal.reading();
            self.further = Some(FurtherSamples::open(&context.items, reading, wanted)?);
        }
        self.upcoming = self.find_next()?;
        Ok(())
    }

    /// Starts items while there is room. The ones in flight are never more than the calls that
    /// may be, so the ones that are far along do not wait for those that have just begun.
    fn start_items(&mut self) {
        while self.stop.is_none()
            && self.broken.is_none()
            && self.context.stages.len() < self.orders.width
        {
            if let Err(error) = self.look_further() {
                return self.break_off(error);
            }
            let Some(index) = self.upcoming.take() else {
                return;
            };
            self.context.stages.begin(index);
            self.state.items.total += u64::from(self.further.is_some());
            let context = Arc::clone(&self.context);
            let workload = Arc::clone(&self.orders.workload);
            self.units
                .spawn(async move { run_unit(&context, &*workload, index).await });
            match self.find_next() {
                Ok(next) => self.upcoming = next,
                Err(error) => self.break_off(error),
            }
        }
    }

    fn end_item(&mut self, index: u64, end: Result<Finished, Halt>) {
        self.context.stages.end(index);
        match end {
            Ok(finished) => {
                let more = ItemCounts::of(&finished.counts, 0);
                self.state.items.done += more.done;
                self.state.items.dropped += more.dropped;
                self.state.items.failed += more.failed;
                self.state.items.topped_up += more.topped_up;
                self.log_endings(&finished.endings);
                self.end_further(index, &finished);
            }
            Err(halt) => {
                self.has_left_items = true;
                self.heed(halt);
            }
        }
    }

    fn end_further(&mut self, index: u64, finished: &Finished) {
        let Some(further) = &mut self.further else {
            return;
        };
        let context = Arc::clone(&self.context);
        if further.end(&context.items, index, finished)
            && let Some(wanted) = self.orders.top_up
        {
            let place = context.items.place(index);
            self.log(&LoggedEvent::RowGivenUp {
                scenario: &context.plan.work.scenarios[place.scenario].name,
                row: place.row,
                attempts: wanted.attempts,
            });
        }
    }

    fn end_examples(&mut self, judged: Result<ExampleAgreement, Halt>) {
        match judged {
            Err(halt) => self.heed(halt),
            Ok(agreement) => {
                self.examples = Some(agreement);
                self.log(&LoggedEvent::ExamplesJudged {
                    judged: agreement.judged,
                    agreed: agreement.agreed,
                    unanswered: agreement.unanswered,
                });
            }
        }
    }

    fn end_calibration(&mut self, asked: Result<(Vec<TrialOutcome>, String), Halt>) {
        match asked {
            Err(halt) => {
                self.has_left_items = true;
                self.heed(halt);
            }
            Ok((outcomes, words)) => {
                self.calibration = Some(outcomes);
                self.orders.progress.say(&words);
                self.log(&LoggedEvent::Calibrated { words: &words });
            }
        }
    }

    /// Acts on why a unit went no further.
    fn heed(&mut self, halt: Halt) {
        match halt {
            Halt::Asked => {}
            Halt::Budget => self.drain(StopReason::Budget, "the budget is used up"),
            Halt::ModelCannotWork(words) => {
                let why = words.clone();
                self.drain(StopReason::ModelCannotWork(words), &why);
            }
            Halt::Journal(error) => self.break_off(error.into()),
            Halt::Recording(error) => self.break_off(error.into()),
        }
    }

    fn interrupt(&mut self) {
        if self.stop.is_none() {
            self.drain(StopReason::Interrupted, "interrupted");
        } else {
            self.orders.progress.say("stopping at once");
            self.context.brake.pull(Pace::Stop);
        }
    }

    /// Makes no more calls, and waits for those in flight.
    fn drain(&mut self, reason: StopReason, why: &str) {
        if self.stop.is_some() {
            return;
        }
        self.stop = Some(reason);
        self.context.brake.pull(Pace::Drain);
        let waiting = self.context.under_way.now();
        info!(calls = waiting.count(), "no new calls: {why}");
        self.log(&LoggedEvent::Draining {
            why,
            calls: waiting.count(),
        });
        let waiting = waiting.words();
        self.orders.progress.say(&format!(
            "{why}: no new calls; waiting for {waiting} (interrupt to stop at once)"
        ));
    }

    pub(super) fn break_off(&mut self, error: RunError) {
        self.context.brake.pull(Pace::Stop);
        self.broken.get_or_insert(error);
    }

    fn end(mut self) -> Result<Outcome, RunError> {
        while let Ok(news) = self.orders.news.try_recv() {
            self.take_news(news);
        }
        self.tell_notices();
        self.refresh();
        self.state.waiting_for = None;
        self.orders.progress.finish(&self.state);
        if let Err(error) = self.look_further() {
            self.break_off(error);
        }
        let is_whole = self.upcoming.is_none() && !self.has_left_items;
        let stop = match self.stop.take() {
            Some(stop) if !is_whole => stop,
            _ => StopReason::Finished,
        };
        self.log(&LoggedEvent::RunStopped {
            why: stop.words(),
            items: self.state.items.total,
            finished: self.state.items.finished(),
            calls: self.state.calls,
            usd: self.state.usd,
        });
        if let Err(error) = self.orders.log.flush() {
            self.break_off(error);
        }
        match self.broken.take() {
            Some(error) => Err(error),
            None => Ok(Outcome {
                stop,
                top_up: self.top_up_outcome()?,
                examples: self.examples,
                calibration: self.calibration,
            }),
        }
    }

    fn top_up_outcome(&self) -> Result<Option<TopUpOutcome>, RunError> {
        let reading = self.context.journal.reading();
        let outcome = |further: &FurtherSamples| further.outcome(&self.context.items, reading);
        Ok(self.further.as_ref().map(outcome).transpose()?)
    }
}

/// Never comes where nobody can interrupt.
async fn next_interrupt(interrupts: &mut Option<mpsc::UnboundedReceiver<()>>) -> Option<()> {
    match interrupts {
        Some(interrupts) => interrupts.recv().await,
        None => std::future::pending().await,
    }
}

/// Never comes where there is no deadline.
async fn sleep_until(deadline: Option<Instant>) {
    match deadline {
        Some(deadline) => tokio::time::sleep_until(deadline).await,
        None => std::future::pending().await,
    }
}
