//! An estimate with its interval, as reports hold it.

use serde::{Deserialize, Serialize};

/// The two-sided quantile of the standard normal distribution for 95 %.
pub const Z95: f64 = 1.959_963_984_540_054;

/// A value and its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    pub value: f64,
    pub low: f64,
    pub high: f64,
}

impl Estimate {
    /// In percent, with one decimal: `81.0 [76.2, 85.1]`.
    pub fn percent(&self) -> String {
        format!(
            "{:.1} [{:.1}, {:.1}]",
            self.value * 100.0,
            self.low * 100.0,
            self.high * 100.0
        )
    }

    /// With two decimals: `0.81 [0.76, 0.85]`.
    pub fn plain(&self) -> String {
        format!("{:.2} [{:.2}, {:.2}]", self.value, self.low, self.high)
    }
}
