//! `--latency` and `--admit`: a time to wait, and a number of calls in a time.

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

/// Reads `50/s` or `600/m`, as calls a second.
pub fn parse_rate(text: &str) -> Result<f64, String> {
    let (number, seconds) = match text.split_once('/') {
        Some((number, "s")) => (number, 1.0),
        Some((number, "m")) => (number, 60.0),
        _ => return Err(format!("`{text}` is no rate; write `50/s` or `600/m`")),
    };
    match number.parse::<f64>() {
        Ok(number) if number > 0.0 && number.is_finite() => Ok(number / seconds),
        _ => Err(format!("`{number}` is no number of calls")),
    }
}
