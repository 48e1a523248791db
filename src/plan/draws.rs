//! Random numbers that are the same in every version and on every machine.

use rand::Rng;
use rand::SeedableRng;
use rand::rngs::ChaCha12Rng;

/// A stream of draws, decided by its seed. Everything is made from raw 64-bit numbers.
#[derive(Debug)]
pub(super) struct Draws {
    source: ChaCha12Rng,
}

impl Draws {
    /// The stream of the texts, taken together.
    pub(super) fn of(seed: &[&str]) -> Self {
        let mut hasher = blake3::Hasher::new();
        for part in seed {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part.as_bytes());
        }
        Self {
            source: ChaCha12Rng::from_seed(*hasher.finalize().as_bytes()),
        }
    }

    /// A number below `bound`, each as likely as the others.
    pub(super) fn below(&mut self, bound: usize) -> usize {
        let bound = bound.max(1) as u64;
        // The numbers above the largest multiple would favour the lowest results.
        let unfair = u64::MAX - u64::MAX % bound;
        loop {
            let number = self.source.next_u64();
            if number < unfair {
                return (number % bound) as usize;
            }
        }
    }

    /// A number from 0, below 1.
    pub(super) fn fraction(&mut self) -> f64 {
        fraction_of(self.source.next_u64())
    }

    /// An index, as likely as its share of the weights.
    pub(super) fn weighted(&mut self, weights: &[f64]) -> usize {
        let total: f64 = weights.iter().sum();
        let mut rest = self.fraction() * total;
        for (index, weight) in weights.iter().enumerate() {
            if rest < *weight {
                return index;
            }
            rest -= weight;
        }
        weights
            .iter()
            .rposition(|weight| *weight > 0.0)
            .unwrap_or_default()
    }

    /// The elements in an order that is as likely as any other.
    pub(super) fn shuffle<T>(&mut self, elements: &mut [T]) {
        for last in (1..elements.len()).rev() {
            elements.swap(last, self.below(last + 1));
        }
    }
}

/// The number from 0 and below 1 that 64 random bits stand for.
pub(super) fn fraction_of(bits: u64) -> f64 {
    (bits >> 11) as f64 / (1_u64 << 53) as f64
}
