//! Signatures that are found again by locality-sensitive hashing: those that agree on a whole band
//! are compared.

use std::collections::HashMap;

use super::sketch::Sketch;

/// With 21 bands of 3, a pair of similarity 0.6 meets in one with a chance of 99%, of 0.85 nearly always.
const BANDS: usize = 21;
const ROWS: usize = 3;
/// Signatures of one band that are compared, newest first: bounds the time where all are alike.
const LOOKED_AT: usize = 64;

/// Signatures, numbered as they were added.
#[derive(Debug, Default)]
pub(super) struct Alike {
    added: Vec<Added>,
    /// The newest one with this key in a band.
    newest: HashMap<u64, u32>,
}

#[derive(Debug)]
struct Added {
    sketch: Sketch,
    /// By band, the one before with the same key.
    before: [Option<u32>; BANDS],
}

impl Alike {
    /// Adds the next one.
    pub(super) fn add(&mut self, sketch: Sketch) {
        let number = u32::try_from(self.added.len()).unwrap_or(u32::MAX);
        let before =
            std::array::from_fn(|band| self.newest.insert(sketch.band(band, ROWS), number));
        self.added.push(Added { sketch, before });
    }

    /// The numbers of those that are at least so similar to `sketch`, and how similar they are; one
    /// may come more than once.
    pub(super) fn like<'s>(
        &'s self,
        sketch: &'s Sketch,
        least: f64,
    ) -> impl Iterator<Item = (usize, f64)> + 's {
        let met = (0..BANDS).flat_map(move |band| {
            let newest = self.newest.get(&sketch.band(band, ROWS)).copied();
            self.chain(band, newest)
        });
        met.filter_map(move |number| {
            let similarity = self.added[number].sketch.similarity(sketch);
            (similarity >= least).then_some((number, similarity))
        })
    }

    /// Those with one key in `band`, newest first.
    fn chain(&self, band: usize, newest: Option<u32>) -> impl Iterator<Item = usize> + '_ {
        std::iter::successors(newest, move |number| {
            self.added[*number as usize].before[band]
        })
        .take(LOOKED_AT)
        .map(|number| number as usize)
    }
}
