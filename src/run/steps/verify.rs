//! Step 4: the whole panel confirms the labels that are kept, and helpfulness is scored.

use std::sync::LazyLock;

use serde_json::json;

use crate::check::Role;
use crate::model::JsonSchema;

use super::form::{Form, fill};
use super::judge::{Case, Verdict, judge_by_rest, majority};
use super::past_step::{self, PastStep};
use super::shortening::Shortening;
use super::situation::Situation;
use super::variables;
use crate::run::ask::Asker;
use crate::run::call_path::CallPath;
use crate::run::departure::Departure;
use crate::run::record::{Action, DropReason, Judgement};
use crate::run::tally::Tally;
use crate::run::told::{SAFE, object};

/// What the rest of the panel says, where the majority agrees with the first; else a drop.
pub(super) async fn confirm(
    asker: &Asker<'_>,
    tally: &Tally,
    case: Case<'_>,
    of: &str,
    first: &Verdict,
) -> Result<Vec<Judgement>, Departure> {
    let rest = judge_by_rest(asker, tally, case, first).await?;
    let decided = majority(rest.iter().chain([first]));
    if decided == Some(first.label) {
        return Ok(rest.iter().map(|verdict| verdict.judgement(of)).collect());
    }
    let safe = rest
        .iter()
        .chain([first])
        .filter(|verdict| verdict.is_safe())
        .count();
    let said = if first.label == SAFE {
        "safe"
    } else {
        "unsafe"
    };
    Err(Departure::Dropped {
        reason: DropReason::EvaluatorsSplit,
        detail: format!(
            "{of} was judged {said} first, and safe by {safe} of {}",
            rest.len() + 1
        ),
    })
}

static SCHEMA: LazyLock<JsonSchema> = LazyLock::new(|| {
    object(json!({
        "thought": { "type": "string" },
        "score": { "type": "integer", "enum": [0, 1, 2, 3] },
    }))
    .into()
});

/// How far `action` serves the user, from 0 to 3; not asked where the user means harm.
pub(super) async fn score(
    asker: &Asker<'_>,
    tally: &Tally,
    situation: &Situation<'_>,
    base: &CallPath,
    history: &[PastStep],
    action: &Action,
) -> Result<Option<u8>, Departure> {
    if situation.has_malicious_instruction() {
        return Ok(None);
    }
    let path = base.then("helpfulness");
    let mut shortening = Shortening::of(history);
    loop {
        let shown = shortening.history();
        let here = shortening.path(&path);
        let scored = score_at(asker, tally, situation, shown, here, action).await;
        if !shortening.goes_on(asker, tally, &path, &scored) {
            return scored;
        }
    }
}

async fn score_at(
    asker: &Asker<'_>,
    tally: &Tally,
    situation: &Situation<'_>,
    history: &[PastStep],
    path: CallPath,
    action: &Action,
) -> Result<Option<u8>, Departure> {
    let achievements = situation.expected_achievements.as_slice();
    let variables = vec![
        ("instruction", (&situation.instruction).into()),
        ("expected_achievements", achievements.into()),
        ("action", variables::action(action)),
        ("history", past_step::shown(history)),
    ];
    let form = Form {
        role: Role::Evaluator,
        seat: asker.run.first_seat(Role::Evaluator),
        path,
        prompt: "helpfulness",
        variables,
        schema: SCHEMA.clone(),
    };
    let answer = fill(asker, tally, form).await?.value;
    let score = answer["score"]
        .as_u64()
        .and_then(|score| u8::try_from(score).ok());
    Ok(score)
}
