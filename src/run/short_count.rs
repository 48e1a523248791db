//! Large numbers in few characters.

/// At most six characters: `9999` as it is, then `10.0k`, `2.5M`, `1.2G`.
#[expect(clippy::cast_precision_loss, reason = "it is shown with one decimal")]
pub fn short_count(count: u64) -> String {
    match count {
        0..10_000 => count.to_string(),
        10_000..1_000_000 => format!("{:.1}k", (count / 100) as f64 / 10.0),
        1_000_000..1_000_000_000 => format!("{:.1}M", (count / 100_000) as f64 / 10.0),
        _ => format!("{:.1}G", count as f64 / 1e9),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_stay_short() {
        let shown: Vec<String> = [
            0,
            9_999,
            10_000,
            999_999,
            1_000_000,
            12_345_678,
            4_200_000_000,
        ]
        .into_iter()
        .map(short_count)
        .collect();
        assert_eq!(
            shown,
            ["0", "9999", "10.0k", "999.9k", "1.0M", "12.3M", "4.2G"]
        );
    }
}
