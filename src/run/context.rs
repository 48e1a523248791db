//! What every unit of a run is handed: the plan, the models, the journal, and the brake.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::mpsc;

use crate::check::{Key, Panel, Role, Seat};
use crate::model::{Gateway, Recorder};
use crate::plan::{Items, Plan};
use crate::prompt::PromptPack;

use super::brake::Brake;
use super::journal::Journal;
use super::ledger::Ledger;
use super::newcomers::Newcomers;
use super::past::Past;
use super::row_memory::RowMemory;
use super::stages::Stages;
use super::told::{KnownHarms, Toolboxes};
use super::totals::Totals;
use super::under_way::UnderWay;

/// What the units of one run share.
pub(super) struct RunContext {
    pub plan: Arc<Plan>,
    pub items: Items,
    pub prompts: PromptPack,
    pub gateway: Gateway,
    pub journal: Journal,
    pub ledger: Ledger,
    pub totals: Totals,
    pub under_way: UnderWay,
    pub newcomers: Newcomers,
    pub rows: RowMemory,
    pub toolboxes: Toolboxes,
    pub harms: KnownHarms,
    pub stages: Stages,
    pub brake: Brake,
    /// Where every call is kept, if anywhere.
    pub recorder: Option<Recorder>,
    /// Whether questions that had no fitting answer in an earlier life are asked again.
    pub retries_failed: bool,
    /// Whether earlier lives are gone through, and nothing is asked that they did not.
    pub recalls: AtomicBool,
    pub past: Past,
    pub news: mpsc::UnboundedSender<News>,
}

/// What units tell the dispatcher while they work.
#[derive(Debug, Clone)]
pub(super) enum News {
    /// A call came back and is durable, but not at the first try.
    Retried {
        item: i64,
        path: String,
        model: Key,
        tries: u32,
    },
    /// An answer was mended before it could be read.
    Repaired {
        item: i64,
        path: String,
        how: String,
    },
    /// A history was longer than its model can read, and was shortened.
    Shortened {
        item: u64,
        path: String,
        level: usize,
    },
}

impl RunContext {
    /// Who plays `role`.
    pub fn panel(&self, role: Role) -> &Panel {
        let panel = self.plan.work.roles.get(&role);
        panel.expect("the roles were looked at when the run was opened")
    }

    /// The one who plays `role`, or the first of a panel.
    pub fn first_seat(&self, role: Role) -> &Seat {
        let seats = &self.panel(role).seats;
        seats.first().expect("a panel is never empty")
    }

    /// The wire name of a model.
    pub fn wire_name<'a>(&'a self, model: &'a Key) -> &'a str {
        let identity = self.plan.work.models.get(model);
        identity.map_or(model.as_str(), |identity| &identity.name)
    }

    /// Whether what the journal does not hold is left alone.
    pub fn only_recalls(&self) -> bool {
        self.recalls.load(Ordering::Relaxed)
    }

    /// Tells the dispatcher; it may be gone already, and has heard what is only recalled.
    pub fn tell(&self, news: News) {
        if self.only_recalls() {
            return;
        }
        let _ = self.news.send(news);
    }
}
