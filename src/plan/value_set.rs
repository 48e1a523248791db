//! Sets of small numbers: values of an axis by index, or tuples of values.

/// A subset of `0..size`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct ValueSet {
    size: usize,
    words: Vec<u64>,
}

impl ValueSet {
    pub(super) fn empty(size: usize) -> Self {
        Self {
            size,
            words: vec![0; size.div_ceil(64)],
        }
    }

    /// The numbers below `size` for which `holds` says yes.
    pub(super) fn filled(size: usize, holds: impl Fn(usize) -> bool) -> Self {
        let mut set = Self::empty(size);
        (0..size)
            .filter(|&value| holds(value))
            .for_each(|value| set.insert(value));
        set
    }

    pub(super) fn size(&self) -> usize {
        self.size
    }

    pub(super) fn insert(&mut self, value: usize) {
        self.words[value / 64] |= 1 << (value % 64);
    }

    /// Takes `value` out, and tells whether it was there.
    pub(super) fn remove(&mut self, value: usize) -> bool {
        let was_there = self.contains(value);
        self.words[value / 64] &= !(1 << (value % 64));
        was_there
    }

    pub(super) fn contains(&self, value: usize) -> bool {
        self.words[value / 64] & (1 << (value % 64)) != 0
    }

    pub(super) fn len(&self) -> usize {
        self.words
            .iter()
            .map(|word| word.count_ones() as usize)
            .sum()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.words.iter().all(|&word| word == 0)
    }

    pub(super) fn is_full(&self) -> bool {
        self.len() == self.size
    }

    pub(super) fn intersect(&mut self, other: &Self) {
        for (word, other) in self.words.iter_mut().zip(&other.words) {
            *word &= other;
        }
    }

    pub(super) fn unite(&mut self, other: &Self) {
        for (word, other) in self.words.iter_mut().zip(&other.words) {
            *word |= other;
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.words.iter().enumerate().flat_map(|(index, &word)| {
            std::iter::successors((word != 0).then_some(word), |rest| {
                let rest = rest & (rest - 1);
                (rest != 0).then_some(rest)
            })
            .map(move |rest| index * 64 + rest.trailing_zeros() as usize)
        })
    }
}
