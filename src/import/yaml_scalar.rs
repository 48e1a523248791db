//! What the words of YAML stand for: the core schema of YAML 1.2 (chapter 10.3), in which `no` and
//! `1:30` are strings, and `0o17` and `0x1F` numbers.

use super::kind::Kind;

/// What a plain scalar is.
pub(super) fn kind_of(text: &str) -> Kind {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Kind::Null,
        "true" | "True" | "TRUE" | "false" | "False" | "FALSE" => Kind::Bool,
        _ if is_number(text) => Kind::Number,
        _ => Kind::String,
    }
}

/// The kind that a tag of the core schema gives a scalar, where the scalar can be that.
pub(super) fn kind_tagged(suffix: &str, text: &str) -> Option<Kind> {
    let kind = match suffix {
        "str" | "binary" => return Some(Kind::String),
        "int" | "float" => Kind::Number,
        "bool" => Kind::Bool,
        "null" => Kind::Null,
        _ => return None,
    };
    (kind_of(text) == kind).then_some(kind)
}

/// The value of an integer that fits.
pub(super) fn int(text: &str) -> Option<i64> {
    match radix(text) {
        Some((digits, radix)) => i64::from_str_radix(digits, radix).ok(),
        None => text.parse().ok(),
    }
}

/// The value of a number, where JSON has it too.
pub(super) fn float(text: &str) -> Option<f64> {
    let value = match radix(text) {
        Some((digits, radix)) => u64::from_str_radix(digits, radix).ok()? as f64,
        None => text.parse().ok()?,
    };
    f64::is_finite(value).then_some(value)
}

/// The digits of `0o17` and `0x1F`, and what they count in.
fn radix(text: &str) -> Option<(&str, u32)> {
    let octal = text.strip_prefix("0o").map(|digits| (digits, 8));
    octal.or_else(|| text.strip_prefix("0x").map(|digits| (digits, 16)))
}

fn is_number(text: &str) -> bool {
    if let Some((digits, radix)) = radix(text) {
        return !digits.is_empty() && digits.chars().all(|it| it.is_digit(radix));
    }
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    match unsigned {
        ".inf" | ".Inf" | ".INF" => true,
        _ if matches!(text, ".nan" | ".NaN" | ".NAN") => true,
        _ => is_decimal(unsigned),
    }
}

/// `12`, `1.5`, `.5`, `1.`, `6e-3`.
fn is_decimal(text: &str) -> bool {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (text, None),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let is_digits = |text: &str| text.bytes().all(|it| it.is_ascii_digit());
    let is_exponent = |text: &str| {
        let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
        !digits.is_empty() && is_digits(digits)
    };
    is_digits(whole)
        && is_digits(fraction)
        && !(whole.is_empty() && fraction.is_empty())
        && exponent.is_none_or(is_exponent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_what_the_core_schema_says() {
        let of_kind = |kind, texts: &[&str]| {
            for text in texts {
                assert_eq!(kind_of(text), kind, "{text}");
            }
        };
        of_kind(Kind::Null, &["", "~", "null", "NULL"]);
        of_kind(Kind::Bool, &["true", "False", "TRUE"]);
        of_kind(
            Kind::Number,
            &[
                "0", "-12", "+3", "010", "0o17", "0x1F", "1.5", ".5", "1.", "6e-3", "-.inf", ".nan",
            ],
        );
        of_kind(
            Kind::String,
            &[
                "no",
                "yes",
                "on",
                "off",
                "nUll",
                "tRUE",
                "1:30",
                "1_000",
                "0b1",
                "0o8",
                "0x",
                ".",
                "+",
                "-",
                "e5",
                "1e",
                "1.2.3",
                "3.0.0",
                "2026-01-01",
                "+0x1",
                "--1",
                "1e5.5",
            ],
        );
    }

    #[test]
    fn numbers_have_their_values() {
        assert_eq!(int("010"), Some(10));
        assert_eq!(int("0o17"), Some(15));
        assert_eq!(int("0x1F"), Some(31));
        assert_eq!(int("+3"), Some(3));
        assert_eq!(int("99999999999999999999"), None);
        assert_eq!(float("99999999999999999999"), Some(1e20));
        assert_eq!(float("1."), Some(1.0));
        assert_eq!(float(".5"), Some(0.5));
        assert_eq!(float("-.inf"), None);
        assert_eq!(float(".nan"), None);
        assert_eq!(float("1e999"), None);
    }
}
