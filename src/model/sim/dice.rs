//! Chance that is the same everywhere: drawn from a hash of what it is about.

use rand::rngs::ChaCha8Rng;
use rand::{Rng, SeedableRng};

/// A source of choices, of which the same parts give the same row.
pub(super) struct Dice(ChaCha8Rng);

impl Dice {
    pub(super) fn of(parts: &[&str]) -> Self {
        let mut hash = blake3::Hasher::new();
        for part in parts {
            hash.update(&(part.len() as u64).to_le_bytes());
            hash.update(part.as_bytes());
        }
        Self::from_hash(hash.finalize())
    }

    pub(super) fn from_hash(hash: blake3::Hash) -> Self {
        Self(ChaCha8Rng::from_seed(*hash.as_bytes()))
    }

    /// A number below `bound`; 0 when that is 0.
    pub(super) fn below(&mut self, bound: usize) -> usize {
        let draw = u128::from(self.0.next_u64()) * bound as u128;
        (draw >> 64) as usize
    }

    /// A number from `least` to `most`, both included.
    pub(super) fn between(&mut self, least: i64, most: i64) -> i64 {
        let width = most.saturating_sub(least).max(0) as usize;
        least + self.below(width.saturating_add(1)) as i64
    }

    /// True in so many of a hundred throws.
    pub(super) fn percent(&mut self, share: u32) -> bool {
        self.below(100) < share as usize
    }

    /// True with this probability, from 0 to 1.
    pub(super) fn happens(&mut self, probability: f64) -> bool {
        #[expect(clippy::cast_precision_loss, reason = "53 bits are exact")]
        let fraction = (self.0.next_u64() >> 11) as f64 / (1_u64 << 53) as f64;
        fraction < probability
    }

    /// True in so many of a thousand throws.
    pub(super) fn permille(&mut self, share: u32) -> bool {
        self.below(1000) < share as usize
    }

    /// One of a list of words.
    pub(super) fn word(&mut self, words: &[&'static str]) -> &'static str {
        words.get(self.below(words.len())).copied().unwrap_or("")
    }

    /// One of a list that may be empty.
    pub(super) fn one<'a, T>(&mut self, things: &'a [T]) -> Option<&'a T> {
        things.get(self.below(things.len()))
    }

    /// So many letters and digits.
    pub(super) fn code(&mut self, length: usize) -> String {
        const SIGNS: &[u8] = b"abcdefghjkmnpqrstuvwxyz23456789";
        (0..length)
            .map(|_| SIGNS[self.below(SIGNS.len())] as char)
            .collect()
    }
}
