//! What a covering would take, told before it is made.

/// Combinations of values that are handled.
pub(in crate::plan) const MAX_COMBINATIONS: u64 = 30_000_000;

/// Steps that a covering may cost: about the rows that it needs, times what is looked at for each.
pub(in crate::plan) const MAX_STEPS: u64 = 300_000_000;

/// How many combinations of `strength` axes there could be, constraints aside.
pub(in crate::plan) fn combinations_of(sizes: &[usize], strength: usize) -> u64 {
    // sums[k]: combinations of k of the axes seen so far.
    let mut sums = vec![0_u64; strength + 1];
    sums[0] = 1;
    for &size in sizes {
        for chosen in (1..=strength).rev() {
            let more = sums[chosen - 1].saturating_mul(size as u64);
            sums[chosen] = sums[chosen].saturating_add(more);
        }
    }
    sums[strength]
}

/// How many steps a covering of `strength` axes costs at the least, constraints aside.
pub(in crate::plan) fn least_steps(sizes: &[usize], strength: usize) -> u64 {
    let mut largest: Vec<u64> = sizes.iter().map(|&size| size as u64).collect();
    largest.sort_unstable_by(|one, other| other.cmp(one));
    let rows = largest.iter().take(strength);
    let rows = rows.fold(1_u64, |rows, &size| rows.saturating_mul(size));
    // Each value of an axis is looked at in each group of axes that it is in.
    let others = sizes.len().saturating_sub(1) as u64;
    let groups = (1..strength as u64).fold(1_u64, |groups, place| {
        groups.saturating_mul((others + 1).saturating_sub(place)) / place
    });
    let values: u64 = largest.iter().sum();
    rows.saturating_mul(values.saturating_mul(groups))
}
