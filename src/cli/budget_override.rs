//! `--budget`: limits in place of the plan's.

use std::str::FromStr;

use crate::check::Budget;

/// One limit of `--budget`, in place of the plan's.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum BudgetOverride {
    Usd(f64),
    Tokens(u64),
    Seconds(u64),
}

impl BudgetOverride {
    /// Puts the limit into `budget`.
    pub fn apply(self, budget: &mut Budget) {
        match self {
            Self::Usd(usd) => budget.usd = Some(usd),
            Self::Tokens(tokens) => budget.tokens = Some(tokens),
            Self::Seconds(seconds) => budget.seconds = Some(seconds),
        }
    }
}

impl FromStr for BudgetOverride {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, value) = text.split_once('=').ok_or_else(|| {
            format!("`{text}` is no limit; write `usd=50`, `tokens=10M` or `time=2h`")
        })?;
        match name {
            "usd" => scaled(value, &[]).map(Self::Usd),
            "tokens" => {
                scaled(value, &[("k", 1e3), ("M", 1e6)]).map(|count| Self::Tokens(count as u64))
            }
            "time" => scaled(value, &[("s", 1.0), ("m", 60.0), ("h", 3600.0)])
                .map(|seconds| Self::Seconds(seconds as u64)),
            _ => Err(format!(
                "`{name}` is no budget; there are `usd`, `tokens` and `time`"
            )),
        }
    }
}

/// A number that is not negative, with one of the suffixes.
fn scaled(text: &str, suffixes: &[(&str, f64)]) -> Result<f64, String> {
    let (digits, factor) = suffixes
        .iter()
        .find_map(|(suffix, factor)| Some((text.strip_suffix(suffix)?, *factor)))
        .unwrap_or((text, 1.0));
    match digits.parse::<f64>() {
        Ok(value) if value >= 0.0 && value.is_finite() => Ok(value * factor),
        _ => Err(format!("`{text}` is no amount")),
    }
}
