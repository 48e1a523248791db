//! Whether a server says what an answer took.
//!
//! Records hold what their answers took, so an answer that lacks it is not the same answer. A
//! server that says it otherwise is asked again; one that never says it is estimated, and asked
//! again no more than a few times to find that out.

use std::sync::atomic::{AtomicU32, Ordering};

/// So many answers in a row without it are a habit, and no accident.
const A_HABIT: u32 = 4;

/// What is known of one server.
#[derive(Debug, Default)]
pub(super) struct UsageHabit {
    missing_in_a_row: AtomicU32,
}

impl UsageHabit {
    /// Whether an answer should be asked for again, of which `tries` came without what they took.
    pub(super) fn asks_again(&self, is_counted: bool, tries: u32) -> bool {
        if is_counted {
            // Every answer has it with most servers: a look is cheaper than a word to every core.
            if self.missing_in_a_row.load(Ordering::Relaxed) > 0 {
                self.missing_in_a_row.store(0, Ordering::Relaxed);
            }
            return false;
        }
        let in_a_row = self.missing_in_a_row.fetch_add(1, Ordering::Relaxed) + 1;
        in_a_row < A_HABIT && tries < A_HABIT
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_accident_is_asked_again_and_a_habit_is_not() {
        let habit = UsageHabit::default();
        assert!(!habit.asks_again(true, 0));
        assert!(habit.asks_again(false, 1));
        assert!(!habit.asks_again(true, 1));
        for tries in 1..A_HABIT {
            assert!(habit.asks_again(false, tries));
        }
        assert!(!habit.asks_again(false, A_HABIT));
        assert!(!habit.asks_again(false, 1), "it is known by now");
    }
}
