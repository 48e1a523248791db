//! Rows drawn at random, each once.

use std::collections::HashSet;

use super::draws::Draws;
use super::space::Space;
use crate::check::Axis;

/// `count` different rows of `space`, or all of them where there are no more.
///
/// Rows are drawn one after the other, each with a chance in proportion to the product of its
/// values' weights, and never twice; so a larger `count` keeps the rows of a smaller one, as long
/// as it stays below a quarter of all rows.
pub(super) fn sample(space: &Space, axes: &[Axis], count: u64, draws: &mut Draws) -> Vec<Vec<u32>> {
    match space.count().to_u64() {
        Some(all) if all <= count => space.rows(),
        Some(all) if all <= count.saturating_mul(4).max(1000) => {
            draw_from(space.rows(), axes, count, draws)
        }
        _ => draw_apart(space, axes, count, draws),
    }
}

/// Draws from listed rows.
fn draw_from(rows: Vec<Vec<u32>>, axes: &[Axis], count: u64, draws: &mut Draws) -> Vec<Vec<u32>> {
    let weights = rows.iter().map(|row| weight_of(row, axes)).collect();
    let mut sums = Sums::new(weights);
    (0..count)
        .map(|_| {
            let index = sums.find(draws.fraction() * sums.total());
            sums.clear(index);
            rows[index].clone()
        })
        .collect()
}

/// The product of the shares that the row's values have of their axes' weights.
fn weight_of(row: &[u32], axes: &[Axis]) -> f64 {
    row.iter()
        .zip(axes)
        .map(|(&value, axis)| shares_of(axis)[value as usize])
        .product()
}

fn shares_of(axis: &Axis) -> Vec<f64> {
    let weight = |index: usize| f64::from(axis.values[index].weight.max(1));
    let total: f64 = (0..axis.values.len()).map(weight).sum();
    (0..axis.values.len())
        .map(|index| weight(index) / total)
        .collect()
}

/// Draws from a space that is too large to list, and much larger than `count`.
fn draw_apart(space: &Space, axes: &[Axis], count: u64, draws: &mut Draws) -> Vec<Vec<u32>> {
    let weighted: Shares = axes.iter().map(shares_of).collect();
    let even: Shares = axes
        .iter()
        .map(|axis| vec![1.0 / axis.values.len() as f64; axis.values.len()])
        .collect();
    let mut rows = Vec::new();
    let mut known = HashSet::new();
    // Weights may leave hardly any chance to what is left. Then chances become even.
    for (shares, tries) in [(weighted, count.saturating_mul(64)), (even, u64::MAX)] {
        let drawer = Drawer::new(space, shares);
        for _ in 0..tries {
            if rows.len() as u64 == count {
                break;
            }
            let row = drawer.draw(draws);
            if known.insert(row.clone()) {
                rows.push(row);
            }
        }
    }
    rows
}

/// For each axis or level the share of each value, or for each level that of each node.
type Shares = Vec<Vec<f64>>;

/// Draws rows of a space with these chances for each axis' values.
struct Drawer<'a> {
    space: &'a Space,
    weights: Shares,
    /// By diagram: the weights of its levels, and the shares of its nodes.
    diagrams: Vec<(Shares, Shares)>,
}

impl<'a> Drawer<'a> {
    fn new(space: &'a Space, weights: Shares) -> Self {
        let diagrams = space
            .diagrams()
            .iter()
            .map(|diagram| {
                let own: Shares = diagram
                    .axes()
                    .iter()
                    .map(|&axis| weights[axis].clone())
                    .collect();
                let shares = diagram.shares(&own);
                (own, shares)
            })
            .collect();
        Self {
            space,
            weights,
            diagrams,
        }
    }

    fn draw(&self, draws: &mut Draws) -> Vec<u32> {
        let mut row = vec![0; self.weights.len()];
        for axis in self.space.free_axes() {
            row[axis] = draws.weighted(&self.weights[axis]) as u32;
        }
        for (diagram, (weights, shares)) in self.space.diagrams().iter().zip(&self.diagrams) {
            let values = diagram.draw(weights, shares, |chances| draws.weighted(chances));
            for (&axis, value) in diagram.axes().iter().zip(values) {
                row[axis] = value;
            }
        }
        row
    }
}

/// Weights whose running sums can be searched while some are taken out: a binary tree of sums.
struct Sums {
    /// `tree[1]` is the root; the leaves begin at `leaves`.
    tree: Vec<f64>,
    leaves: usize,
}

impl Sums {
    fn new(weights: Vec<f64>) -> Self {
        let leaves = weights.len().next_power_of_two();
        let mut tree = vec![0.0; 2 * leaves];
        tree[leaves..leaves + weights.len()].copy_from_slice(&weights);
        for node in (1..leaves).rev() {
            tree[node] = tree[2 * node] + tree[2 * node + 1];
        }
        Self { tree, leaves }
    }

    fn total(&self) -> f64 {
        self.tree[1]
    }

    /// The leaf in which the running sum passes `rest`.
    fn find(&self, mut rest: f64) -> usize {
        let mut node = 1;
        while node < self.leaves {
            let left = self.tree[2 * node];
            let has_right = self.tree[2 * node + 1] > 0.0;
            if rest < left || !has_right {
                node *= 2;
            } else {
                rest -= left;
                node = 2 * node + 1;
            }
        }
        node - self.leaves
    }

    fn clear(&mut self, leaf: usize) {
        let mut node = self.leaves + leaf;
        self.tree[node] = 0.0;
        while node > 1 {
            node /= 2;
            self.tree[node] = self.tree[2 * node] + self.tree[2 * node + 1];
        }
    }
}
