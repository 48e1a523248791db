//! Which part of the dataset a group of records goes to.

use crate::check::Split;

use super::record::SplitPart;

/// The part of the group: by its hash, so that shares are approximate and no group is torn apart.
pub(super) fn part_of(split: &Split, seed: u64, group: &str) -> SplitPart {
    let mut hasher = blake3::Hasher::new();
    hasher.update(b"autosafe.split/1\0");
    hasher.update(&seed.to_le_bytes());
    hasher.update(group.as_bytes());
    let hash = hasher.finalize();
    let first = hash.as_bytes()[..4]
        .try_into()
        .expect("a hash has 32 bytes");
    let share = f64::from(u32::from_le_bytes(first)) / f64::from(u32::MAX);
    if share < split.train || (split.validation <= 0.0 && split.test <= 0.0) {
        SplitPart::Train
    } else if share < split.train + split.validation || split.test <= 0.0 {
        SplitPart::Validation
    } else {
        SplitPart::Test
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::SplitBy;

    #[test]
    fn shares_are_about_what_was_asked_for() {
        let split = Split {
            by: SplitBy::Row,
            train: 0.8,
            validation: 0.1,
            test: 0.1,
        };
        let mut sizes = [0; 3];
        for group in 0..1000 {
            sizes[part_of(&split, 42, &format!("row {group}")) as usize] += 1;
        }
        assert!((760..840).contains(&sizes[0]), "{sizes:?}");
        assert!(sizes[1] > 60 && sizes[2] > 60, "{sizes:?}");
    }

    #[test]
    fn everything_is_for_training_unless_said_otherwise() {
        for group in ["a", "b", "c", "d"] {
            assert_eq!(part_of(&Split::default(), 0, group), SplitPart::Train);
        }
    }
}
