//! Starts a run, or goes on with one: opens everything, and hands over to the dispatcher.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::check::{Key, ModelAccess, ModelIdentity, Price, Role};
use crate::model::{Gateway, Recorder};
use crate::plan::{Items, Plan};
use crate::prompt::PromptPack;

use super::adoption::{Adopted, Adoption};
use super::brake::Brake;
use super::calibration::Calibration;
use super::context::RunContext;
use super::dispatcher::{Orders, dispatch};
use super::error::RunError;
use super::event_log::EventLog;
use super::folder::{Folder, FolderClaim};
use super::journal::{Counts, Journal, JournalError, note};
use super::ledger::Ledger;
use super::newcomers::Newcomers;
use super::past::Past;
use super::progress::Progress;
use super::recall::record_earlier_lives;
use super::row_memory::RowMemory;
use super::selection::{Selection, Unfinished, words_on_earlier_samples};
use super::stages::Stages;
use super::summary::RunSummary;
use super::told::{KnownHarms, Toolboxes};
use super::top_up::TopUp;
use super::totals::Totals;
use super::under_way::UnderWay;
use super::workload::{PlanItems, Workload};

/// Gives the environment's variables.
pub type Environment = Arc<dyn Fn(&str) -> Option<String> + Send + Sync>;

/// How a plan is run.
pub struct RunOptions {
    /// The run's own folder; made where there is none, gone on with where there is.
    pub folder: PathBuf,
    /// Only so many items, those with the lowest ids.
    pub limit: Option<u64>,
    /// Calls in flight at most, all models together.
    pub concurrency: Option<usize>,
    /// Where keys and addresses come from.
    pub environment: Environment,
    /// Each message asks the run to stop: the first drains, the second stops at once.
    pub interrupts: Option<mpsc::UnboundedReceiver<()>>,
    /// The file in which every call is kept.
    pub record: Option<PathBuf>,
    /// The recording that answers every call, in place of the models.
    pub replay: Option<PathBuf>,
    /// Whether items are tried again that failed for good.
    pub retry_failed: bool,
    /// The folder of an earlier plan's run, whose answers stand for those of the items that did not
    /// change.
    pub adopt: Option<PathBuf>,
    /// How far rows of which too few records were kept are topped up, and the run's later lives too
    /// unless they are told otherwise; `None` goes by what an earlier life was told.
    pub top_up: Option<TopUp>,
    /// Whether the journal keeps the calls of items that have come to their end without a failure.
    /// The generator's are kept in any case.
    pub keep_calls: bool,
    /// What the evaluators are measured by, beside the items.
    pub calibration: Option<Calibration>,
    /// The folder, where it has been claimed already.
    pub claim: Option<FolderClaim>,
}

impl RunOptions {
    /// Everything in `folder`, with no bounds and an empty environment.
    pub fn in_folder(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
            limit: None,
            concurrency: None,
            environment: Arc::new(|_| None),
            interrupts: None,
            record: None,
            replay: None,
            retry_failed: false,
            adopt: None,
            top_up: None,
            keep_calls: true,
            calibration: None,
            claim: None,
        }
    }
}

/// Calls in flight of a model that declares no limit.
const CONCURRENCY: usize = 64;

/// Runs what is left of `plan` in its folder, and gives what the run came to.
pub async fn execute(
    plan: Plan,
    options: RunOptions,
    progress: impl Progress + 'static,
) -> Result<RunSummary, RunError> {
    let gateway = match &options.replay {
        Some(path) => Gateway::replaying(path, plan.work.models.keys())?,
        None => {
            let models = models_of(&plan);
            Gateway::open(&models, &*options.environment, options.concurrency)?
        }
    };
    execute_with(gateway, plan, options, progress).await
}

/// The same as [`execute`], with models that are open already.
pub async fn execute_with(
    gateway: Gateway,
    plan: Plan,
    options: RunOptions,
    mut progress: impl Progress + 'static,
) -> Result<RunSummary, RunError> {
    check_roles(&plan)?;
    let folder = Folder::at(&options.folder);
    let _claim = match &options.claim {
        Some(claim) => claim.clone(),
        None => folder.claim()?,
    };
    folder.check_plan(&plan)?;
    folder.check_journal()?;
    let plan = Arc::new(plan);
    let items = Items::shared(Arc::clone(&plan));
    let selection = Selection::of(&items, options.limit);
    let total = selection.len();
    let mut journal = open_journal(&folder, &options.folder, &plan.plan_id, total)?;
    if !options.keep_calls {
        journal = journal.dropping_calls();
    }
    if options.retry_failed {
        journal.forget_failed()?;
    }
    let top_up = top_up(&journal, &options).await?;
    let recorder = options.record.as_deref().map(Recorder::open).transpose()?;
    folder.write_plan(&plan)?;
    let adopted = adopt(&options, &journal, &items, top_up.is_some()).await?;
    if !journal.reading().has_calls()?
        && let Some(words) = words_on_earlier_samples(&selection, &items)
    {
        progress.say(&words);
    }
    let width = width(&plan, options.concurrency);
    let life = Life {
        workload: Arc::new(PlanItems),
        unfinished: Unfinished::new(selection, width),
        top_up,
        total,
        width,
        earlier: journal.reading().counts()?,
        items,
        plan,
        journal,
        gateway,
        log: EventLog::open(&folder.events())?,
        interrupts: options.interrupts,
        recorder,
        retries_failed: options.retry_failed,
        calibration: options.calibration,
    };
    let summary = life.live(progress).await?;
    Ok(RunSummary { adopted, ..summary })
}

/// Takes over what an earlier plan's run was answered, where one is named.
async fn adopt(
    options: &RunOptions,
    journal: &Journal,
    items: &Items,
    tops_up: bool,
) -> Result<Adopted, RunError> {
    let Some(from) = &options.adopt else {
        return Ok(Adopted::default());
    };
    let adoption = Adoption {
        from,
        into: &options.folder,
        prices: &prices(items.plan()),
        tops_up,
    };
    adoption.take_over(journal, items).await
}

/// One life of a run, or of an evaluation, with everything open.
pub(super) struct Life {
    pub workload: Arc<dyn Workload>,
    pub unfinished: Unfinished,
    /// How far rows are topped up when all of that is done.
    pub top_up: Option<TopUp>,
    pub total: u64,
    /// Units in flight at most.
    pub width: usize,
    /// What is shown to have been done in earlier lives.
    pub earlier: Counts,
    pub items: Items,
    pub plan: Arc<Plan>,
    pub journal: Journal,
    pub gateway: Gateway,
    pub log: EventLog,
    pub interrupts: Option<mpsc::UnboundedReceiver<()>>,
    /// Where every call is kept, those of earlier lives too.
    pub recorder: Option<Recorder>,
    /// Whether questions without a fitting answer are asked again.
    pub retries_failed: bool,
    pub calibration: Option<Calibration>,
}

impl Life {
    /// Works until all is done, or until it is time to stop.
    pub async fn live(self, progress: impl Progress + 'static) -> Result<RunSummary, RunError> {
        let Self {
            plan,
            journal,
            total,
            ..
        } = self;
        let counts = journal.reading().counts()?;
        let (news_sender, news) = mpsc::unbounded_channel();
        let orders = Orders {
            workload: self.workload,
            unfinished: self.unfinished,
            top_up: self.top_up,
            total,
            width: self.width,
            deadline: deadline(&plan, counts.seconds),
            interrupts: self.interrupts,
            news,
            log: self.log,
            progress,
            counts: self.earlier,
            calibration: self.calibration,
        };
        let context = Arc::new(RunContext {
            prompts: PromptPack::new(&plan.work.prompts)?,
            ledger: Ledger::new(plan.settings.budget, prices(&plan), &counts),
            newcomers: Newcomers::new(plan.work.models.keys(), counts.spending.calls() > 0),
            items: self.items,
            gateway: self.gateway,
            past: Past::of(journal.reading())?,
            journal,
            totals: Totals::from(&counts),
            under_way: UnderWay::default(),
            rows: RowMemory::keeping(self.width + self.width / 8),
            toolboxes: Toolboxes::default(),
            harms: KnownHarms::default(),
            stages: Stages::default(),
            brake: Brake::new(),
            recorder: self.recorder,
            retries_failed: self.retries_failed,
            recalls: AtomicBool::new(false),
            news: news_sender,
            plan,
        });
        if context.recorder.is_some() {
            record_earlier_lives(&context, &*orders.workload).await?;
        }
        let outcome = dispatch(Arc::clone(&context), orders).await?;
        let counts = context.journal.reading().counts()?;
        // Some of what the journal still holds rests on what was dropped, and cannot be replayed.
        let recorder = context.recorder.as_ref();
        let unrecorded = recorder.map(|it| counts.spending.calls().saturating_sub(it.answered()));
        Ok(RunSummary {
            unrecorded: unrecorded.unwrap_or(0),
            ..RunSummary::of(&counts, total, outcome)
        })
    }
}

/// How far this life tops rows up; a life that is limited to some items leaves it alone.
async fn top_up(journal: &Journal, options: &RunOptions) -> Result<Option<TopUp>, RunError> {
    if let Some(top_up) = options.top_up {
        journal.note(note::TOP_UP, top_up.to_note()).await?;
    }
    if options.limit.is_some() {
        return Ok(None);
    }
    let note = journal.reading().about(note::TOP_UP)?;
    Ok(note.and_then(|note| TopUp::from_note(&note)))
}

pub(super) fn models_of(plan: &Plan) -> BTreeMap<Key, (ModelIdentity, ModelAccess)> {
    let access = &plan.settings.models;
    let models = plan.work.models.iter();
    models
        .map(|(key, identity)| {
            let access = access.get(key).cloned().unwrap_or_default();
            (key.clone(), (identity.clone(), access))
        })
        .collect()
}

fn prices(plan: &Plan) -> BTreeMap<Key, Price> {
    let models = plan.settings.models.iter();
    models
        .filter_map(|(key, access)| Some((key.clone(), access.price?)))
        .collect()
}

/// A plan may have been written by hand.
fn check_roles(plan: &Plan) -> Result<(), RunError> {
    for role in Role::ALL {
        let seats = plan
            .work
            .roles
            .get(&role)
            .map(|panel| panel.seats.as_slice());
        let seats = seats.unwrap_or_default();
        if seats.is_empty() || seats.iter().any(|seat| seat.models.is_empty()) {
            return Err(RunError::NobodyPlays { role });
        }
        for player in seats.iter().flat_map(|seat| &seat.models) {
            if !plan.work.models.contains_key(&player.model) {
                let model = player.model.to_string();
                return Err(RunError::UnknownModel { role, model });
            }
        }
    }
    Ok(())
}

fn open_journal(
    folder: &Folder,
    path: &Path,
    plan_id: &str,
    total: u64,
) -> Result<Journal, RunError> {
    Journal::open(&folder.journal(), plan_id, total).map_err(|error| match error {
        JournalError::OtherPlan { there, here, .. } => RunError::OtherPlan {
            path: path.to_owned(),
            there,
            here,
        },
        error => error.into(),
    })
}

/// A few more items than calls, so that no permit waits for an item to start; fewer where the
/// trajectories of an item go beside each other.
fn width(plan: &Plan, concurrency: Option<usize>) -> usize {
    let calls = concurrency.unwrap_or_else(|| declared_concurrency(plan));
    let trajectories = plan.work.rollout.trajectories.max(1) as usize;
    (calls + calls / 12).div_ceil(trajectories) + 1
}

pub(super) fn declared_concurrency(plan: &Plan) -> usize {
    let models = plan.work.models.keys();
    let each = models.map(|key| {
        let access = plan.settings.models.get(key);
        let declared = access.and_then(|access| access.limits.concurrency);
        declared.map_or(CONCURRENCY, |most| most as usize)
    });
    each.sum::<usize>().max(1)
}

/// When the time of the budget is up, earlier lives counted.
fn deadline(plan: &Plan, spent: f64) -> Option<Instant> {
    let seconds = plan.settings.budget.seconds?;
    let spent = Duration::try_from_secs_f64(spent).unwrap_or_default();
    let left = Duration::from_secs(seconds).saturating_sub(spent);
    Instant::now().checked_add(left)
}
