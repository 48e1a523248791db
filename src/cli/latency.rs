//! `--latency`: a time to wait.

use std::time::Duration;

/// Reads `200ms`, `1.5s` or a bare number of milliseconds.
pub fn parse_latency(text: &str) -> Result<Duration, String> {
    let (number, unit) = match text.find(|character: char| character.is_ascii_alphabetic()) {
        Some(at) => text.split_at(at),
        None => (text, "ms"),
    };
    let value: f64 = number
        .parse()
        .map_err(|_| format!("`{text}` is no time; write `200ms` or `1.5s`"))?;
    let seconds = match unit {
        "ms" => value / 1000.0,
        "s" => value,
        _ => {
            return Err(format!(
                "`{unit}` is no unit of time here; write `ms` or `s`"
            ));
        }
    };
    Duration::try_from_secs_f64(seconds).map_err(|_| format!("`{text}` is no time to wait"))
}
