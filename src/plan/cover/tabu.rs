//! Fewer rows for the same combinations, by a search that takes one row out at a time.
//!
//! What the row alone held is missing then. Each step takes a missing combination and changes one
//! value of a row so that the row holds it, the value by which least is lost on the whole; a value
//! that has just been changed stays for some steps, which keeps the search from going in circles
//! (after Lin, Luo, Cai, Su, Hao and Zhang, TCA, 2015). Rows stay allowed all the time.

use super::arrays::Sketch;
use super::targets::Targets;
use crate::plan::draws::Draws;
use crate::plan::space::Space;

/// Steps for which a changed value stays.
const REST: u64 = 4;

/// One step in so many changes a row at random.
const RANDOM_STEP: usize = 500;

/// What a search may still look at, in combinations.
#[derive(Debug)]
pub(super) struct Allowance(pub(super) u64);

impl Allowance {
    fn take(&mut self, looked_at: usize) {
        self.0 = self.0.saturating_sub(looked_at as u64);
    }

    fn is_used_up(&self) -> bool {
        self.0 == 0
    }
}

/// The fewest rows that the search comes to, from rows that hold every target.
pub(super) fn fewer(
    space: &Space,
    targets: &Targets,
    rows: Vec<Vec<u32>>,
    least: usize,
    allowance: &mut Allowance,
) -> Vec<Vec<u32>> {
    let mut best = rows;
    let mut search = Search::new(space, targets, best.clone());
    while best.len() > least {
        search.take_out_cheapest();
        if !search.run(allowance) {
            break;
        }
        best.clone_from(&search.rows);
    }
    best
}

/// Rows that hold every target, made from a sketch that holds many; nothing where the search does
/// not come to an end.
pub(super) fn completed(
    space: &Space,
    targets: &Targets,
    sketch: &Sketch,
    allowance: &mut Allowance,
) -> Option<Vec<Vec<u32>>> {
    let mut search = Search::new(space, targets, filled(space, sketch));
    search.run(allowance).then_some(search.rows)
}

/// How many targets a sketch leaves open.
pub(super) fn left_open(space: &Space, targets: &Targets, sketch: &Sketch) -> usize {
    Search::new(space, targets, filled(space, sketch))
        .missing
        .len()
}

/// The sketch as allowed rows; what it leaves open is drawn at random.
fn filled(space: &Space, sketch: &Sketch) -> Vec<Vec<u32>> {
    let mut draws = Draws::of(&["cover", "sketch"]);
    let fill = |known: &Vec<Option<u32>>| {
        let mut row = space.start_row();
        for (axis, value) in known.iter().enumerate() {
            if let Some(value) = value.filter(|&value| row.allows(axis, value as usize)) {
                row.set(axis, value);
            }
        }
        for (axis, &size) in space.sizes().iter().enumerate() {
            if row.value(axis).is_none() {
                let allowed: Vec<usize> =
                    (0..size).filter(|&value| row.allows(axis, value)).collect();
                row.set(axis, allowed[draws.below(allowed.len())] as u32);
            }
        }
        row.into_values()
    };
    sketch.iter().map(fill).collect()
}

struct Search<'a> {
    space: &'a Space,
    targets: &'a Targets,
    rows: Vec<Vec<u32>>,
    /// How many rows hold each combination.
    times: Vec<u32>,
    /// The targets that no row holds, and for each combination its place there.
    missing: Vec<usize>,
    places: Vec<usize>,
    /// For each row and axis the step before which its value stays.
    rests: Vec<Vec<u64>>,
    step: u64,
    draws: Draws,
}

/// Another value in one row.
#[derive(Clone, Copy)]
struct Change {
    row: usize,
    axis: usize,
    value: u32,
}

impl<'a> Search<'a> {
    fn new(space: &'a Space, targets: &'a Targets, rows: Vec<Vec<u32>>) -> Self {
        let times = targets.times(&rows);
        let mut search = Self {
            space,
            targets,
            missing: Vec::new(),
            places: vec![0; times.len()],
            rests: rows.iter().map(|row| vec![0; row.len()]).collect(),
            rows,
            times,
            step: 0,
            draws: Draws::of(&["cover", "search"]),
        };
        for tuple in targets.allowed().iter() {
            if search.times[tuple] == 0 {
                search.add_missing(tuple);
            }
        }
        search
    }

    /// Changes rows until nothing is missing; tells whether it came so far.
    fn run(&mut self, allowance: &mut Allowance) -> bool {
        while !self.missing.is_empty() {
            if allowance.is_used_up() {
                return false;
            }
            self.step += 1;
            let tuple = self.missing[self.draws.below(self.missing.len())];
            let change = match self.draws.below(RANDOM_STEP) {
                0 => None,
                _ => self.best_change(tuple, allowance),
            };
            match change {
                Some(change) => self.apply(change),
                None => self.force(tuple, allowance),
            }
        }
        true
    }

    /// The change of one value that brings `tuple` in and loses least.
    fn best_change(&mut self, tuple: usize, allowance: &mut Allowance) -> Option<Change> {
        let group = self.targets.group_of(tuple);
        let cells: Vec<(usize, u32)> = group.cells(tuple, self.targets.sizes()).collect();
        allowance.take(self.rows.len());
        let mut best: Option<(i64, u64, Change)> = None;
        for row in 0..self.rows.len() {
            let Some((axis, value)) = self.only_difference(row, &cells) else {
                continue;
            };
            let change = Change { row, axis, value };
            if self.rests[row][axis] > self.step || !self.is_allowed(change) {
                continue;
            }
            allowance.take(self.targets.links(axis).len());
            let (gain, rest) = (self.gain(change), self.rests[row][axis]);
            let is_better = best
                .is_none_or(|(most, longest, _)| gain > most || (gain == most && rest < longest));
            if is_better {
                best = Some((gain, rest, change));
            }
        }
        best.map(|(_, _, change)| change)
    }

    /// The cell in which a row differs from these, where it is exactly one.
    fn only_difference(&self, row: usize, cells: &[(usize, u32)]) -> Option<(usize, u32)> {
        let row = &self.rows[row];
        let mut differing = cells.iter().filter(|(axis, value)| row[*axis] != *value);
        let first = differing.next()?;
        differing.next().is_none().then_some(*first)
    }

    fn is_allowed(&self, change: Change) -> bool {
        let row = &self.rows[change.row];
        self.space.allows_change(row, change.axis, change.value)
    }

    /// How many fewer targets are missing after a change.
    fn gain(&self, change: Change) -> i64 {
        let row = &self.rows[change.row];
        let (old, new) = (row[change.axis] as usize, change.value as usize);
        let mut gain = 0;
        for link in self.targets.links(change.axis) {
            let base = link.base_of_row(row);
            gain += i64::from(self.times[base + new * link.stride] == 0);
            gain -= i64::from(self.times[base + old * link.stride] == 1);
        }
        gain
    }

    fn apply(&mut self, change: Change) {
        let Change { row, axis, value } = change;
        let old = self.rows[row][axis] as usize;
        let targets = self.targets;
        for link in targets.links(axis) {
            let base = link.base_of_row(&self.rows[row]);
            self.lose(base + old * link.stride);
            self.win(base + value as usize * link.stride);
        }
        self.rows[row][axis] = value;
        self.rests[row][axis] = self.step + REST;
    }

    /// Puts the whole combination into a row drawn at random, if the row is allowed then.
    fn force(&mut self, tuple: usize, allowance: &mut Allowance) {
        let targets = self.targets;
        let row = self.draws.below(self.rows.len());
        let mut changed = self.rows[row].clone();
        for (axis, value) in targets.group_of(tuple).cells(tuple, targets.sizes()) {
            changed[axis] = value;
        }
        allowance.take(targets.sizes().len());
        if !self.space.allows(&changed) {
            return;
        }
        for (axis, &value) in changed.iter().enumerate() {
            if self.rows[row][axis] != value {
                allowance.take(targets.links(axis).len());
                self.apply(Change { row, axis, value });
            }
        }
    }

    /// Takes out the row that holds least alone.
    fn take_out_cheapest(&mut self) {
        let targets = self.targets;
        let alone = |row: &Vec<u32>| {
            let groups = targets.groups().iter();
            groups
                .filter(|group| self.times[group.of_row(row)] == 1)
                .count()
        };
        let cheapest = (0..self.rows.len())
            .min_by_key(|&row| alone(&self.rows[row]))
            .expect("there are rows while more than the least are left");
        let row = self.rows.remove(cheapest);
        self.rests.remove(cheapest);
        for group in targets.groups() {
            self.lose(group.of_row(&row));
        }
    }

    fn lose(&mut self, tuple: usize) {
        self.times[tuple] -= 1;
        if self.times[tuple] == 0 {
            self.add_missing(tuple);
        }
    }

    fn win(&mut self, tuple: usize) {
        self.times[tuple] += 1;
        if self.times[tuple] == 1 {
            let place = self.places[tuple];
            self.missing.swap_remove(place);
            if let Some(&moved) = self.missing.get(place) {
                self.places[moved] = place;
            }
        }
    }

    fn add_missing(&mut self, tuple: usize) {
        self.places[tuple] = self.missing.len();
        self.missing.push(tuple);
    }
}
