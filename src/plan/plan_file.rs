//! A plan as bytes, and back.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::document::{FORMAT, Plan, Settings, Work};
use super::validity;

/// Why a text is no plan that can be run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    #[error("not a plan: {0}")]
    NotJson(String),
    #[error("not a plan: it names no format; `autosafe compile` writes one")]
    NoFormat,
    #[error("this is `{0}`, not a plan (`{FORMAT}`)")]
    OtherFormat(String),
    #[error(
        "this plan is of version `{0}`, and this program reads `{FORMAT}`; compile the source again"
    )]
    OtherVersion(String),
    #[error("the plan cannot be read: {0}; compile the source again")]
    Malformed(String),
    #[error(
        "the plan was changed by hand: it says that it is {written}, but its work is {actual}; \
         change the source and compile it again"
    )]
    Changed { written: String, actual: String },
    #[error("the plan contradicts itself: {0}; compile the source again")]
    Invalid(String),
}

impl Plan {
    /// The plan of this work, under the id that follows from it.
    pub fn new(work: Work, settings: Settings) -> Self {
        let json = serde_json::to_string(&work).expect("plans hold nothing that JSON cannot");
        Self {
            format: FORMAT.to_owned(),
            plan_id: id_of(&json),
            work,
            settings,
        }
    }

    /// The plan as JSON, on one line: the same plan gives the same bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = serde_json::to_vec(self).expect("plans hold nothing that JSON cannot");
        bytes.push(b'\n');
        bytes
    }

    /// The plan of such a text, laid out in any way.
    pub fn read(text: &str) -> Result<Plan, PlanError> {
        check_format(text)?;
        let parts: Parts<'_> = serde_json::from_str(text).map_err(malformed)?;
        let actual = id_of(&without_blanks(parts.work.get()));
        if actual != parts.plan_id {
            return Err(PlanError::Changed {
                written: short(&parts.plan_id),
                actual: short(&actual),
            });
        }
        let plan = Plan {
            format: FORMAT.to_owned(),
            plan_id: actual,
            work: serde_json::from_str(parts.work.get()).map_err(malformed)?,
            settings: parts.settings,
        };
        validity::check(&plan).map_err(PlanError::Invalid)?;
        Ok(plan)
    }
}

#[derive(Deserialize)]
struct Parts<'a> {
    plan_id: String,
    #[serde(borrow)]
    work: &'a RawValue,
    settings: Settings,
}

#[derive(Deserialize)]
struct Head {
    format: Option<String>,
}

fn check_format(text: &str) -> Result<(), PlanError> {
    let head: Head =
        serde_json::from_str(text).map_err(|error| PlanError::NotJson(error.to_string()))?;
    match head.format {
        None => Err(PlanError::NoFormat),
        Some(format) if format == FORMAT => Ok(()),
        Some(format) if format.starts_with("autosafe.plan/") => {
            Err(PlanError::OtherVersion(format))
        }
        Some(format) => Err(PlanError::OtherFormat(format)),
    }
}

fn malformed(error: serde_json::Error) -> PlanError {
    PlanError::Malformed(error.to_string())
}

/// The id of a work that is written without blanks.
fn id_of(work: &str) -> String {
    blake3::hash(work.as_bytes()).to_hex().to_string()
}

/// The digits by which people know a plan.
fn short(plan_id: &str) -> String {
    plan_id.chars().take(8).collect()
}

/// JSON without the blanks between its tokens.
fn without_blanks(json: &str) -> String {
    let mut is_text = false;
    let mut is_escaped = false;
    json.chars()
        .filter(|&c| {
            if is_text {
                is_text = is_escaped || c != '"';
                is_escaped = !is_escaped && c == '\\';
                return true;
            }
            is_text = c == '"';
            !c.is_ascii_whitespace()
        })
        .collect()
}
