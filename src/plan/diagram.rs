//! The allowed rows of axes that constraints tie together, as a decision diagram.
//!
//! Each level decides one axis; a path from the root to the end is an allowed row. Invariant: from
//! every node the end can be reached, so a path never has to turn back.

use std::collections::{BTreeSet, HashMap};

use super::formula::Formula;
use super::natural::Natural;
use super::value_set::ValueSet;

/// No way on.
const DEAD: u32 = u32::MAX;

/// Nodes that a diagram may have while it is built.
const MAX_NODES: usize = 200_000;

/// Parts of formulas that may be looked at while a diagram is built.
const MAX_STEPS: usize = 2_000_000;

/// Constraints tie so many axes together that their rows cannot be counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TooTangled;

/// Every allowed row of some axes.
#[derive(Debug)]
pub(super) struct Diagram {
    /// The axis of each level.
    axes: Vec<usize>,
    /// The number of values of each level.
    sizes: Vec<usize>,
    levels: Vec<Vec<Node>>,
    /// Whether the parts contradict each other whatever the values are.
    is_void: bool,
}

/// For each value the node of the next level, or [`DEAD`]. Behind the last level is one end, 0.
type Node = Vec<u32>;

/// What each level may still be, given the values of some.
pub(super) type Allowed = Vec<ValueSet>;

impl Diagram {
    /// The rows over the axes that `parts` speak of which fulfil all of them.
    pub(super) fn new(parts: &[Formula], sizes: &[usize]) -> Result<Self, TooTangled> {
        let axes = order(parts);
        let sizes: Vec<usize> = axes.iter().map(|&axis| sizes[axis]).collect();
        let mut levels = Vec::new();
        let mut states = vec![Formula::all(parts.iter().cloned())];
        let is_void = states[0] == Formula::False;
        let mut nodes = 0;
        let mut steps = 0;
        for (&axis, &size) in axes.iter().zip(&sizes) {
            steps += states.iter().map(Formula::parts).sum::<usize>() * size;
            if steps > MAX_STEPS {
                return Err(TooTangled);
            }
            let (level, next) = expand(&states, axis, size);
            nodes += level.len();
            if nodes + next.len() > MAX_NODES {
                return Err(TooTangled);
            }
            levels.push(level);
            states = next;
        }
        Ok(Self {
            axes,
            sizes,
            levels: reduce(levels),
            is_void,
        })
    }

    pub(super) fn axes(&self) -> &[usize] {
        &self.axes
    }

    /// How many ways lead from a node to a next one.
    pub(super) fn ways(&self) -> usize {
        self.levels.iter().flatten().map(Vec::len).sum()
    }

    /// Whether no row is allowed.
    pub(super) fn is_empty(&self) -> bool {
        self.is_void || self.levels.first().is_some_and(Vec::is_empty)
    }

    /// Whether the row with these values is allowed.
    pub(super) fn holds(&self, value: impl Fn(usize) -> u32) -> bool {
        let mut at = 0;
        for (axis, nodes) in self.axes.iter().zip(&self.levels) {
            match nodes.get(at).map(|node| node[value(*axis) as usize]) {
                None | Some(DEAD) => return false,
                Some(next) => at = next as usize,
            }
        }
        !self.is_void
    }

    /// How many rows are allowed, exactly.
    pub(super) fn count(&self) -> Natural {
        if self.is_empty() {
            return Natural::zero();
        }
        let mut below = vec![Natural::one()];
        for level in self.levels.iter().rev() {
            below = level
                .iter()
                .map(|node| {
                    let mut sum = Natural::zero();
                    live(node).for_each(|(_, next)| sum.add(&below[next]));
                    sum
                })
                .collect();
        }
        below.first().cloned().unwrap_or_else(Natural::zero)
    }

    /// The values that each level can have where some have one already.
    pub(super) fn allowed(&self, fixed: &[Option<u32>]) -> Allowed {
        let alive = self.alive(fixed);
        let mut reached = vec![!self.is_empty()];
        let mut allowed = Vec::with_capacity(self.levels.len());
        for (level, nodes) in self.levels.iter().enumerate() {
            let mut values = ValueSet::empty(self.sizes[level]);
            let mut next_reached = vec![false; alive[level + 1].len()];
            for (node, _) in nodes.iter().zip(&reached).filter(|(_, is)| **is) {
                for (value, next) in live(node) {
                    if fits(fixed[level], value) && alive[level + 1][next] {
                        values.insert(value);
                        next_reached[next] = true;
                    }
                }
            }
            allowed.push(values);
            reached = next_reached;
        }
        allowed
    }

    /// Which tuples of values the levels `chosen` (ascending) can have together; the last level
    /// counts fastest.
    pub(super) fn projection(&self, chosen: &[usize]) -> ValueSet {
        let mut width = 1;
        let mut sets = vec![ValueSet::filled(1, |_| !self.is_empty())];
        for (level, nodes) in self.levels.iter().enumerate() {
            let Some(last) = chosen.last() else { break };
            if level > *last {
                break;
            }
            let is_chosen = chosen.contains(&level);
            let factor = if is_chosen { self.sizes[level] } else { 1 };
            width *= factor;
            let mut next_sets = vec![ValueSet::empty(width); self.nodes_at(level + 1)];
            for (node, tuples) in nodes.iter().zip(&sets) {
                for (value, next) in live(node) {
                    if is_chosen {
                        tuples
                            .iter()
                            .for_each(|tuple| next_sets[next].insert(tuple * factor + value));
                    } else {
                        next_sets[next].unite(tuples);
                    }
                }
            }
            sets = next_sets;
        }
        let mut all = ValueSet::empty(width);
        sets.iter().for_each(|tuples| all.unite(tuples));
        all
    }

    /// Every allowed row, as a value for each level.
    pub(super) fn rows(&self) -> Vec<Vec<u32>> {
        let mut rows = Vec::new();
        if !self.is_empty() {
            self.walk(0, 0, &mut Vec::new(), &mut rows);
        }
        rows
    }

    /// For each node of each level the share of all combinations below it that is allowed, each
    /// value counting by its share `weights[level][value]`.
    pub(super) fn shares(&self, weights: &[Vec<f64>]) -> Vec<Vec<f64>> {
        let mut shares = vec![vec![1.0]];
        for (level, nodes) in self.levels.iter().enumerate().rev() {
            let below = shares.last().expect("the end has a share");
            let own = nodes
                .iter()
                .map(|node| {
                    live(node)
                        .map(|(value, next)| weights[level][value] * below[next])
                        .sum()
                })
                .collect();
            shares.push(own);
        }
        shares.reverse();
        shares
    }

    /// Draws a row with `pick`, which chooses among the weights of the values that lead on.
    pub(super) fn draw(
        &self,
        weights: &[Vec<f64>],
        shares: &[Vec<f64>],
        mut pick: impl FnMut(&[f64]) -> usize,
    ) -> Vec<u32> {
        let mut at = 0;
        let mut row = Vec::with_capacity(self.levels.len());
        for (level, nodes) in self.levels.iter().enumerate() {
            let ways: Vec<(usize, usize)> = live(&nodes[at]).collect();
            let chances: Vec<f64> = ways
                .iter()
                .map(|&(value, next)| weights[level][value] * shares[level + 1][next])
                .collect();
            let (value, next) = ways[pick(&chances)];
            row.push(value as u32);
            at = next;
        }
        row
    }

    fn walk(&self, level: usize, at: usize, row: &mut Vec<u32>, rows: &mut Vec<Vec<u32>>) {
        let Some(nodes) = self.levels.get(level) else {
            rows.push(row.clone());
            return;
        };
        for (value, next) in live(&nodes[at]) {
            row.push(value as u32);
            self.walk(level + 1, next, row, rows);
            row.pop();
        }
    }

    /// For each level, and the end, which nodes still lead to the end.
    fn alive(&self, fixed: &[Option<u32>]) -> Vec<Vec<bool>> {
        let mut alive = vec![vec![true]];
        for (level, nodes) in self.levels.iter().enumerate().rev() {
            let below = alive.last().expect("the end is alive");
            let own = nodes
                .iter()
                .map(|node| {
                    live(node).any(|(value, next)| fits(fixed[level], value) && below[next])
                })
                .collect();
            alive.push(own);
        }
        alive.reverse();
        alive
    }

    fn nodes_at(&self, level: usize) -> usize {
        self.levels.get(level).map_or(1, Vec::len)
    }
}

fn fits(fixed: Option<u32>, value: usize) -> bool {
    fixed.is_none_or(|fixed| fixed as usize == value)
}

/// The values that lead on, and where to.
fn live(node: &Node) -> impl Iterator<Item = (usize, usize)> + '_ {
    node.iter()
        .enumerate()
        .filter(|(_, next)| **next != DEAD)
        .map(|(value, next)| (value, *next as usize))
}

/// The nodes of one level, and the formulas that the next begins with.
fn expand(states: &[Formula], axis: usize, size: usize) -> (Vec<Node>, Vec<Formula>) {
    let mut next = Vec::new();
    let mut known: HashMap<Formula, u32> = HashMap::new();
    let nodes = states
        .iter()
        .map(|state| {
            (0..size)
                .map(|value| match state.given(axis, value) {
                    Formula::False => DEAD,
                    formula => *known.entry(formula).or_insert_with_key(|formula| {
                        next.push(formula.clone());
                        next.len() as u32 - 1
                    }),
                })
                .collect()
        })
        .collect();
    (nodes, next)
}

/// Takes out nodes that lead nowhere, and makes one of those that lead on in the same way.
fn reduce(mut levels: Vec<Vec<Node>>) -> Vec<Vec<Node>> {
    let mut renamed = vec![0];
    for level in levels.iter_mut().rev() {
        let mut kept: Vec<Node> = Vec::new();
        let mut known: HashMap<Node, u32> = HashMap::new();
        renamed = level
            .iter()
            .map(|node| {
                let node: Node = node
                    .iter()
                    .map(|&next| renamed.get(next as usize).copied().unwrap_or(DEAD))
                    .collect();
                if node.iter().all(|&next| next == DEAD) {
                    return DEAD;
                }
                *known.entry(node).or_insert_with_key(|node| {
                    kept.push(node.clone());
                    kept.len() as u32 - 1
                })
            })
            .collect();
        *level = kept;
    }
    levels
}

/// The axes in an order that keeps few of them open at a time: next comes the one after which the
/// fewest undecided axes share a part with decided ones.
fn order(parts: &[Formula]) -> Vec<usize> {
    let scopes: Vec<BTreeSet<usize>> = parts
        .iter()
        .map(|part| {
            let mut axes = BTreeSet::new();
            part.add_axes(&mut axes);
            axes
        })
        .collect();
    let mut rest: BTreeSet<usize> = scopes.iter().flatten().copied().collect();
    let mut decided = BTreeSet::new();
    let mut order = Vec::new();
    while let Some(next) = rest
        .iter()
        .copied()
        .min_by_key(|&axis| (open_after(&scopes, &decided, axis), axis))
    {
        rest.remove(&next);
        decided.insert(next);
        order.push(next);
    }
    order
}

fn open_after(scopes: &[BTreeSet<usize>], decided: &BTreeSet<usize>, axis: usize) -> usize {
    let is_decided = |other: &usize| *other == axis || decided.contains(other);
    scopes
        .iter()
        .filter(|scope| scope.iter().any(is_decided))
        .flatten()
        .filter(|other| !is_decided(other))
        .collect::<BTreeSet<_>>()
        .len()
}
