//! What the dispatcher tells people and the event log.

use tracing::info;

use super::dispatching::Dispatcher;
use crate::run::context::News;
use crate::run::event_log::LoggedEvent;
use crate::run::progress::Progress;
use crate::run::record::Ending;

impl<P: Progress> Dispatcher<P> {
    /// Writes down what a unit tells.
    pub(super) fn take_news(&mut self, news: News) {
        match news {
            News::Retried {
                item,
                path,
                model,
                tries,
            } => self.log(&LoggedEvent::CallRetried {
                item,
                path: &path,
                model: model.as_str(),
                tries,
            }),
            News::Shortened { item, path, level } => self.log(&LoggedEvent::HistoryShortened {
                item,
                path: &path,
                level,
            }),
            News::Repaired { item, path, how } => self.log(&LoggedEvent::AnswerRepaired {
                item,
                path: &path,
                how: &how,
            }),
        }
    }

    /// Writes down why trajectories of an item gave no record.
    pub(super) fn log_endings(&mut self, endings: &[Ending]) {
        for ending in endings {
            match ending {
                Ending::Kept { .. } => {}
                Ending::Dropped { id, reason, detail } => self.log(&LoggedEvent::Dropped {
                    trajectory: id,
                    reason: reason.words(),
                    detail,
                }),
                Ending::Failed { id, error } => self.log(&LoggedEvent::Failed {
                    trajectory: id,
                    error,
                }),
            }
        }
    }

    /// Writes down one event; a log that cannot be written ends the run.
    pub(super) fn log(&mut self, event: &LoggedEvent<'_>) {
        if let Err(error) = self.orders.log.write(event) {
            self.break_off(error);
        }
    }

    /// Says what a person should hear once about a model.
    pub(super) fn tell_notices(&mut self) {
        for notice in self.context.gateway.take_notices() {
            info!("{notice}");
            self.orders.progress.say(&notice);
            self.log(&LoggedEvent::Notice { text: &notice });
        }
    }

    /// Shows how the run is going.
    pub(super) fn show(&mut self) {
        self.tell_notices();
        self.refresh();
        self.orders.progress.show(&self.state);
        if let Err(error) = self.orders.log.flush() {
            self.break_off(error);
        }
    }

    /// Brings what is shown up to date.
    pub(super) fn refresh(&mut self) {
        let elapsed = self.started.elapsed();
        let items = self.state.items;
        let totals = self.context.totals.now();
        self.state.calls = totals.calls;
        self.state.usage = totals.usage;
        self.state.usd = totals.usd;
        self.state.stages = self.context.stages.counts();
        self.state.elapsed = elapsed;
        self.state.calls_per_second = self.meter.read_calls(elapsed, self.state.calls);
        self.state.left = self.meter.time_left(elapsed, items.finished(), items.total);
        let traffic = self.context.gateway.traffic();
        self.state.in_flight = traffic.in_flight;
        self.state.limit = traffic.limit;
        self.state.waiting_for = match self.stop {
            Some(_) => Some(self.context.under_way.now()),
            None => None,
        };
    }
}
