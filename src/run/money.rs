//! Amounts of money, in USD, as files and people are shown them.

/// The sum of `amounts`, 0 where there are none: a plain sum of no floats is -0, and is shown so.
pub(crate) fn total_usd(amounts: impl IntoIterator<Item = f64>) -> f64 {
    amounts.into_iter().fold(0.0, |sum, usd| sum + usd)
}

/// `usd` in billionths, so that every reader of JSON reads back the same number.
pub(crate) fn in_billionths(usd: f64) -> f64 {
    (usd * 1e9).round() / 1e9
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_costs_nothing() {
        assert_eq!(format!("{:.2}", total_usd([])), "0.00");
        assert_eq!(in_billionths(total_usd([0.1, 0.2])).to_string(), "0.3");
    }
}
