//! What a server says of its own limits, read from the headers of its answers.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// What a server says it still admits; `None` where it says nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Allowance {
    pub requests: Quota,
    /// Input and output together, where the server does not part them.
    pub tokens: Quota,
}

/// One kind of limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Quota {
    /// In a window whose length the server knows; a minute with most.
    pub limit: Option<u64>,
    /// Of `limit`, what is left.
    pub remaining: Option<u64>,
    /// Until all of `limit` is there again.
    pub resets_in: Option<Duration>,
}

impl Allowance {
    /// What the headers say, in OpenAI's form or in Anthropic's.
    ///
    /// `header` gives a header's text by its name in small letters.
    pub fn read<'h>(header: &dyn Fn(&str) -> Option<&'h str>) -> Option<Self> {
        let openai = |what: &str| Quota {
            limit: number(header(&format!("x-ratelimit-limit-{what}"))),
            remaining: number(header(&format!("x-ratelimit-remaining-{what}"))),
            resets_in: header(&format!("x-ratelimit-reset-{what}")).and_then(duration),
        };
        let anthropic = |what: &str| Quota {
            limit: number(header(&format!("anthropic-ratelimit-{what}-limit"))),
            remaining: number(header(&format!("anthropic-ratelimit-{what}-remaining"))),
            resets_in: header(&format!("anthropic-ratelimit-{what}-reset")).and_then(until),
        };
        let found = |allowance: Self| (allowance != Self::default()).then_some(allowance);
        let of = |quota: &dyn Fn(&str) -> Quota| Self {
            requests: quota("requests"),
            tokens: quota("tokens"),
        };
        found(of(&openai)).or_else(|| found(of(&anthropic)))
    }
}

fn number(text: Option<&str>) -> Option<u64> {
    text?.trim().parse().ok()
}

/// `6m0s`, `1.5s`, `20ms`, or a bare number of seconds.
fn duration(text: &str) -> Option<Duration> {
    let text = text.trim();
    if let Ok(seconds) = text.parse::<f64>() {
        return Duration::try_from_secs_f64(seconds).ok();
    }
    let mut sum = Duration::ZERO;
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.find(|letter: char| !letter.is_ascii_digit() && letter != '.')?;
        let amount: f64 = rest[..digits].parse().ok()?;
        rest = &rest[digits..];
        let letters = rest.find(|letter: char| letter.is_ascii_digit());
        let (unit, after) = rest.split_at(letters.unwrap_or(rest.len()));
        let seconds = match unit {
            "ms" => 0.001,
            "s" => 1.0,
            "m" => 60.0,
            "h" => 3600.0,
            "d" => 86_400.0,
            _ => return None,
        };
        sum += Duration::try_from_secs_f64(amount * seconds).ok()?;
        rest = after;
    }
    (!text.is_empty()).then_some(sum)
}

/// The time from now until a moment such as `2026-11-25T14:47:50Z`.
fn until(text: &str) -> Option<Duration> {
    let moment = seconds_since_1970(text.trim())?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
    Some(Duration::from_secs(moment).saturating_sub(now))
}

/// A moment of RFC 3339 in UTC, to the second.
fn seconds_since_1970(text: &str) -> Option<u64> {
    let zone = text
        .get(19..)?
        .trim_start_matches(|letter: char| letter == '.' || letter.is_ascii_digit());
    if !matches!(zone, "Z" | "z" | "+00:00") {
        return None;
    }
    let part = |start: usize, end: usize| text.get(start..end)?.parse::<u64>().ok();
    let (year, month, day) = (part(0, 4)?, part(5, 7)?, part(8, 10)?);
    let (hour, minute, second) = (part(11, 13)?, part(14, 16)?, part(17, 19)?);
    if year < 1970 || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    // Days since 1 March of year 0, as in Hinnant's `days_from_civil`.
    let (year, month) = match month {
        1 | 2 => (year - 1, month + 9),
        _ => (year, month - 3),
    };
    let days = year * 365 + year / 4 - year / 100 + year / 400 + (month * 153 + 2) / 5 + day - 1;
    let days = days.checked_sub(719_468)?;
    Some(days * 86_400 + hour * 3600 + minute * 60 + second)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(headers: &[(&str, &'static str)]) -> Option<Allowance> {
        Allowance::read(&|name| {
            let found = headers.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| *value)
        })
    }

    #[test]
    fn openais_headers_are_understood() {
        let allowance = read(&[
            ("x-ratelimit-limit-requests", "60"),
            ("x-ratelimit-remaining-requests", "59"),
            ("x-ratelimit-reset-requests", "1s"),
            ("x-ratelimit-limit-tokens", "150000"),
            ("x-ratelimit-remaining-tokens", "149984"),
            ("x-ratelimit-reset-tokens", "6m0s"),
        ])
        .expect("there are headers");
        assert_eq!(allowance.requests.limit, Some(60));
        assert_eq!(allowance.requests.resets_in, Some(Duration::from_secs(1)));
        assert_eq!(allowance.tokens.remaining, Some(149_984));
        assert_eq!(allowance.tokens.resets_in, Some(Duration::from_secs(360)));
        assert_eq!(duration("1h2m3.5s"), Some(Duration::from_millis(3_723_500)));
        assert_eq!(duration("20ms"), Some(Duration::from_millis(20)));
        assert_eq!(duration("soon"), None);
    }

    #[test]
    fn anthropics_headers_are_understood() {
        let allowance = read(&[
            ("anthropic-ratelimit-requests-limit", "50"),
            ("anthropic-ratelimit-requests-remaining", "0"),
            ("anthropic-ratelimit-requests-reset", "2001-01-01T00:00:00Z"),
        ])
        .expect("there are headers");
        assert_eq!(allowance.requests.remaining, Some(0));
        assert_eq!(allowance.requests.resets_in, Some(Duration::ZERO));
        assert_eq!(allowance.tokens, Quota::default());
        assert_eq!(seconds_since_1970("1970-01-01T00:00:00Z"), Some(0));
        assert_eq!(
            seconds_since_1970("2026-11-25T14:47:50.123Z"),
            Some(1_795_618_070)
        );
    }

    #[test]
    fn a_server_that_says_nothing_says_nothing() {
        assert_eq!(read(&[("content-type", "text/plain")]), None);
    }
}
