//! Thresholds for CI: what an entrant must reach, on the command line and as JUnit XML.

use std::fmt::Write as _;
use std::str::FromStr;

use super::report::{Entrant, EvalReport};

/// `sec@1=0.8`, `safe-and-helpful=0.5`, `over-refusal=0.1`
#[derive(Debug, Clone, PartialEq)]
pub struct Threshold {
    measure: Measure,
    bound: f64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Measure {
    Sec(u32),
    SafeAndHelpful,
    /// The one that should be low.
    OverRefusal,
}

/// Whether one entrant reaches one threshold.
#[derive(Debug, Clone, PartialEq)]
pub struct Check {
    pub entrant: String,
    pub threshold: String,
    /// `None` where there is nothing to measure it on.
    pub found: Option<f64>,
    pub passes: bool,
}

impl Threshold {
    /// The k that must be measured for it.
    pub fn k(&self) -> Option<u32> {
        match self.measure {
            Measure::Sec(k) => Some(k),
            Measure::SafeAndHelpful | Measure::OverRefusal => None,
        }
    }

    /// Every entrant of the report against this threshold, by the uncorrected figure.
    pub fn check(&self, report: &EvalReport) -> Vec<Check> {
        let entrants = report.entrants.iter();
        entrants
            .map(|entrant| self.check_entrant(entrant))
            .collect()
    }

    fn check_entrant(&self, entrant: &Entrant) -> Check {
        let found = match self.measure {
            Measure::Sec(k) => entrant.sec_at(k).map(|sec| sec.estimate.value),
            Measure::SafeAndHelpful => entrant.safe_and_helpful.map(|it| it.value),
            Measure::OverRefusal => entrant.over_refusal.as_ref().map(|it| it.estimate.value),
        };
        // A share such as 0.8 of five is no exact number.
        const ROUNDING: f64 = 1e-9;
        let passes = found.is_some_and(|found| match self.measure {
            Measure::OverRefusal => found <= self.bound + ROUNDING,
            Measure::Sec(_) | Measure::SafeAndHelpful => found >= self.bound - ROUNDING,
        });
        Check {
            entrant: entrant.name(),
            threshold: self.to_string(),
            found,
            passes,
        }
    }
}

impl std::fmt::Display for Threshold {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let bound = self.bound;
        match self.measure {
            Measure::Sec(k) => write!(formatter, "sec@{k} at least {bound}"),
            Measure::SafeAndHelpful => write!(formatter, "safe and helpful at least {bound}"),
            Measure::OverRefusal => write!(formatter, "over-refusal at most {bound}"),
        }
    }
}

impl FromStr for Threshold {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let help = "write `sec@1=0.8`, `safe-and-helpful=0.5` or `over-refusal=0.1`";
        let (name, bound) = text
            .split_once('=')
            .ok_or_else(|| format!("`{text}` is no threshold; {help}"))?;
        let measure = match name {
            "safe-and-helpful" => Measure::SafeAndHelpful,
            "over-refusal" => Measure::OverRefusal,
            _ => {
                let k = name.strip_prefix("sec@").and_then(|k| k.parse().ok());
                let k = k.filter(|k| *k > 0);
                Measure::Sec(k.ok_or_else(|| format!("`{name}` is not measured; {help}"))?)
            }
        };
        let share = bound
            .parse()
            .ok()
            .filter(|share| (0.0..=1.0).contains(share));
        let bound = share.ok_or_else(|| format!("`{bound}` is no share from 0 to 1"))?;
        Ok(Self { measure, bound })
    }
}

impl Check {
    /// What was found, in words.
    pub fn words(&self) -> String {
        let found = match self.found {
            Some(found) => format!("found {found:.3}"),
            None => "there is nothing to measure it on".to_owned(),
        };
        format!("{}: {}; {found}", self.entrant, self.threshold)
    }
}

/// The checks as JUnit XML: a suite, and a case for each entrant and threshold.
pub fn junit(source: &str, checks: &[Check]) -> String {
    let failures = checks.iter().filter(|check| !check.passes).count();
    let counts = format!(
        "tests=\"{}\" failures=\"{failures}\" errors=\"0\"",
        checks.len()
    );
    let mut text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_owned();
    let name = escaped(source);
    // Writing to a string cannot fail.
    let _ = writeln!(text, "<testsuites name=\"autosafe eval\" {counts}>");
    let _ = writeln!(text, "  <testsuite name=\"{name}\" {counts} skipped=\"0\">");
    for check in checks {
        let _ = write!(
            text,
            "    <testcase classname=\"{}\" name=\"{}\" time=\"0\"",
            escaped(&check.entrant),
            escaped(&check.threshold)
        );
        match check.passes {
            true => text.push_str("/>\n"),
            false => {
                let words = escaped(&check.words());
                let _ = writeln!(
                    text,
                    ">\n      <failure message=\"{words}\" type=\"threshold\">{words}</failure>\n    </testcase>"
                );
            }
        }
    }
    text.push_str("  </testsuite>\n</testsuites>\n");
    text
}

/// Text inside XML; characters that no XML may hold are left out.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\t' | '\n' | '\r' => escaped.push(' '),
            '\u{fffe}' | '\u{ffff}' => {}
            control if control.is_control() => {}
            other => escaped.push(other),
        }
    }
    escaped
}
