//! MinHash: texts as short signatures whose agreement estimates the Jaccard similarity of their word
//! 3-shingles (Broder 1997).

use std::collections::HashSet;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::words::{Word, words};

/// Hash functions of a signature: the standard error of a similarity of 0.85 is 0.045.
pub(super) const SIZE: usize = 64;

/// Words of a shingle.
const SHINGLE: usize = 3;

/// The signature of one text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sketch([u32; SIZE]);

impl Sketch {
    /// The signature of `text`; case and punctuation do not count.
    pub(super) fn of(text: &str) -> Self {
        Self::of_words(&words(text))
    }

    /// The signature of the text that has these words.
    pub(super) fn of_words(words: &[Word]) -> Self {
        let mut least = [u32::MAX; SIZE];
        for shingle in shingles(words) {
            for (index, lowest) in least.iter_mut().enumerate() {
                *lowest = (*lowest).min(permuted(shingle, index));
            }
        }
        Self(least)
    }

    /// The estimated Jaccard similarity, from 0 to 1.
    pub(super) fn similarity(&self, other: &Self) -> f64 {
        let pairs = self.0.iter().zip(&other.0);
        let equal = pairs.filter(|(one, other)| one == other).count();
        equal as f64 / SIZE as f64
    }

    /// `rows` of its values from `band` times `rows` on, as one key.
    pub(super) fn band(&self, band: usize, rows: usize) -> u64 {
        let values = self.0.iter().skip(band * rows).take(rows);
        values.fold(mixed(band as u64), |key, value| {
            mixed(key ^ u64::from(*value))
        })
    }
}

/// One hash of several, in their order.
pub(super) fn combined(hashes: impl IntoIterator<Item = u64>) -> u64 {
    hashes.into_iter().fold(0, |key, hash| mixed(key ^ hash))
}

impl Serialize for Sketch {
    /// As hexadecimal digits, eight a value.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let digits = self.0.iter().map(|value| format!("{value:08x}"));
        serializer.serialize_str(&digits.collect::<String>())
    }
}

impl<'de> Deserialize<'de> for Sketch {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let digits = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        let value = |index: usize| {
            let eight = digits.get(8 * index..8 * index + 8)?;
            u32::from_str_radix(eight, 16).ok()
        };
        let values: Option<Vec<u32>> = (0..SIZE).map(value).collect();
        let values = values.and_then(|values| values.try_into().ok());
        values
            .map(Self)
            .ok_or_else(|| D::Error::custom("no signature"))
    }
}

fn shingles(words: &[Word]) -> HashSet<u64> {
    let hash = |words: &[Word]| combined(words.iter().map(|word| word.hash));
    if words.len() < SHINGLE {
        return HashSet::from([hash(words)]);
    }
    words.windows(SHINGLE).map(hash).collect()
}

fn permuted(shingle: u64, index: usize) -> u32 {
    (mixed(shingle ^ mixed(index as u64)) >> 32) as u32
}

/// The finalizer of SplitMix64.
fn mixed(value: u64) -> u64 {
    let value = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}
