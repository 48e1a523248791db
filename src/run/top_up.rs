//! Further samples of rows of which too few records were kept.
//!
//! A row gets its next sample when those before it kept too few, and not too many of them in a row
//! kept nothing. Samples of a row that are needed in any case go beside each other; so which ones a
//! row gets depends on what came of its samples alone, and not on when it came, or in which life.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};

use serde::Serialize;

use super::journal::{Counts, Finished, JournalError, Reading, name};
use crate::plan::{ItemPlace, Items};

/// How far rows are topped up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct TopUp {
    /// Records of each row, twins not counted.
    pub kept: u32,
    /// Samples in a row that kept nothing, after which a row is given up.
    pub attempts: u32,
}

/// What topping up came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TopUpOutcome {
    pub wanted: TopUp,
    /// Rows with fewer records than wanted.
    pub short: u64,
    /// The first of those, in the plan's order.
    pub first: Vec<ShortRow>,
}

/// A row of which fewer records were kept than wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShortRow {
    pub scenario: String,
    /// From 0, as in records.
    pub row: usize,
    /// Samples that came to an end.
    pub attempts: u64,
    pub kept: u64,
    pub why: ShortBecause,
    /// What became of its other trajectories, by reason in words.
    pub reasons: BTreeMap<String, u64>,
}

/// Why a row stays short.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShortBecause {
    /// Too many samples in a row kept nothing.
    GivenUp,
    /// A sample failed without an answer, and is tried again by the next life of the run.
    Unanswered,
    /// The run stopped before.
    Stopped,
}

/// Rows that are told of one by one.
const TOLD: usize = 10;

impl TopUp {
    /// As the journal notes it.
    pub(super) fn to_note(self) -> String {
        format!("{} {}", self.kept, self.attempts)
    }

    /// What the journal has noted; nothing where rows are not to be topped up.
    pub(super) fn from_note(note: &str) -> Option<Self> {
        let (kept, attempts) = note.split_once(' ')?;
        let top_up = Self {
            kept: kept.parse().ok()?,
            attempts: attempts.parse().ok()?,
        };
        (top_up.kept > 0).then_some(top_up)
    }
}

/// The further samples of a run: which there are to be, and what came of those that ended.
pub(super) struct FurtherSamples {
    wanted: TopUp,
    /// Records that a sample gives at most.
    trajectories: u32,
    rows: Vec<Row>,
    /// What the further samples kept that have ended, by index.
    ended: HashMap<u64, u32>,
    /// Those that are to be started.
    ready: VecDeque<u64>,
    released: HashSet<u64>,
}

/// One row, by its samples in their order.
#[derive(Debug, Clone, Default)]
struct Row {
    /// Records of the samples that are settled.
    kept: u32,
    /// How many of them, at the end, kept nothing.
    barren: u32,
    /// Further samples that are settled.
    further: u32,
    /// Whether a sample is to be tried again before it can be said what came of it.
    waits: bool,
}

impl FurtherSamples {
    /// What is still to be done, by the endings in the journal. All planned items have ended.
    pub fn open(items: &Items, reading: &Reading, wanted: TopUp) -> Result<Self, JournalError> {
        let rows = usize::try_from(items.row_count()).unwrap_or(usize::MAX);
        let mut further = Self {
            wanted,
            trajectories: items.plan().work.rollout.trajectories.max(1),
            rows: vec![Row::default(); rows],
            ended: HashMap::new(),
            ready: VecDeque::new(),
            released: HashSet::new(),
        };
        reading.each_ending(|item, again, counts| {
            further.recall(items, &items.place(item), again, kept(counts));
        })?;
        for row in 0..rows {
            further.release(items, row);
        }
        Ok(further)
    }

    /// The index of the next one to start.
    pub fn next(&mut self) -> Option<u64> {
        self.ready.pop_front()
    }

    /// Takes in what came of one, and says whether its row is given up now.
    pub fn end(&mut self, items: &Items, index: u64, finished: &Finished) -> bool {
        let place = items.place(index);
        let row = row_of(items, &place);
        self.recall(items, &place, finished.again, kept(&finished.counts));
        self.release(items, row);
        self.rows[row].barren >= self.wanted.attempts
    }

    /// Which rows stay short, and why.
    pub fn outcome(&self, items: &Items, reading: &Reading) -> Result<TopUpOutcome, JournalError> {
        let short: Vec<usize> = (0..self.rows.len())
            .filter(|row| self.kept_of(items, *row) < self.wanted.kept)
            .collect();
        let first = short.iter().take(TOLD);
        Ok(TopUpOutcome {
            wanted: self.wanted,
            short: short.len() as u64,
            first: first
                .map(|row| self.short_row(items, reading, *row))
                .collect::<Result<_, _>>()?,
        })
    }

    fn recall(&mut self, items: &Items, place: &ItemPlace, again: bool, kept: u32) {
        let row = &mut self.rows[row_of(items, place)];
        match (again, items.is_planned(place)) {
            (true, _) => row.waits = true,
            (false, true) => row.settle(kept),
            (false, false) => {
                self.ended.insert(place.index, kept);
            }
        }
    }

    /// Settles what has ended, in the order of samples, and makes those ready that the row needs
    /// whatever comes of the others.
    fn release(&mut self, items: &Items, number: usize) {
        let first = items.further_place(number as u64, 0);
        let at = |further: u32| items.further_place(number as u64, further).index;
        let wanted = self.wanted;
        let row = &mut self.rows[number];
        while row.is_short(wanted)
            && let Some(kept) = self.ended.get(&at(row.further))
        {
            row.settle(*kept);
            row.further += 1;
        }
        if !row.is_short(wanted) || row.waits {
            return;
        }
        let lacking = (wanted.kept - row.kept).div_ceil(self.trajectories);
        let most = lacking.min(wanted.attempts.saturating_sub(row.barren));
        let most = most.min(
            u32::MAX
                .saturating_sub(first.sample)
                .saturating_sub(row.further),
        );
        for further in row.further..row.further + most {
            let index = at(further);
            if !self.ended.contains_key(&index) && self.released.insert(index) {
                self.ready.push_back(index);
            }
        }
    }

    /// Also of further samples that an earlier life was asked for.
    fn kept_of(&self, items: &Items, number: usize) -> u32 {
        let row = &self.rows[number];
        let index = |further: u32| items.further_place(number as u64, further).index;
        let beyond = (row.further..).map_while(|further| self.ended.get(&index(further)));
        beyond.fold(row.kept, |sum, kept| sum.saturating_add(*kept))
    }

    fn short_row(
        &self,
        items: &Items,
        reading: &Reading,
        number: usize,
    ) -> Result<ShortRow, JournalError> {
        let row = &self.rows[number];
        let first = items.further_place(number as u64, 0);
        let mut counts = Counts::default();
        let mut attempts = 0;
        for place in (0..).map(|sample| items.at(first.scenario, first.row, sample)) {
            match reading.counts_of(place.index)? {
                Some(more) => {
                    attempts += 1;
                    counts.merge(&more);
                }
                None if items.is_planned(&place) => {}
                None => break,
            }
        }
        let mut reasons = counts.under(name::DROPS);
        reasons.extend(counts.under(name::FAILURES));
        Ok(ShortRow {
            scenario: items.plan().work.scenarios[first.scenario].name.clone(),
            row: first.row,
            attempts,
            kept: u64::from(kept(&counts)),
            why: match row {
                Row { waits: true, .. } => ShortBecause::Unanswered,
                row if row.barren >= self.wanted.attempts => ShortBecause::GivenUp,
                _ => ShortBecause::Stopped,
            },
            reasons,
        })
    }
}

impl Row {
    fn settle(&mut self, kept: u32) {
        self.kept = self.kept.saturating_add(kept);
        self.barren = if kept > 0 { 0 } else { self.barren + 1 };
    }

    fn is_short(&self, wanted: TopUp) -> bool {
        self.kept < wanted.kept && self.barren < wanted.attempts
    }
}

fn row_of(items: &Items, place: &ItemPlace) -> usize {
    usize::try_from(items.row_number(place)).unwrap_or(usize::MAX)
}

/// Records, without those of twins.
fn kept(counts: &Counts) -> u32 {
    let records = counts.under(name::RECORDS).into_iter();
    let kept = records.filter(|(kind, _)| kind != "twin");
    let sum = kept.map(|(_, count)| count).sum::<u64>();
    u32::try_from(sum).unwrap_or(u32::MAX)
}
