//! Step 3: the responder finds a safe action, with reflections on what it proposed before.

use std::sync::LazyLock;

use serde_json::json;

use crate::check::{Role, Seat};
use crate::model::JsonSchema;

use super::act::{Turn, act};
use super::form::{Form, fill, text};
use super::judge::{Case, Verdict, judge};
use super::past_step::{self, PastStep};
use super::shortening::Shortening;
use super::situation::Situation;
use super::variables;
use crate::run::ask::{Asker, shortened};
use crate::run::call_path::CallPath;
use crate::run::departure::Departure;
use crate::run::record::{Action, DropReason, Judgement, Reflection};
use crate::run::tally::Tally;
use crate::run::told::object;

/// The first safe action, and the way there.
pub(super) struct Response {
    pub action: Action,
    pub verdict: Verdict,
    pub at: CallPath,
    pub of: String,
    pub reflections: Vec<Reflection>,
    pub judgements: Vec<Judgement>,
}

/// Asks the responder afresh after `history`, until its action is safe or no round is left.
pub(super) async fn respond(
    asker: &Asker<'_>,
    tally: &Tally,
    situation: &Situation<'_>,
    base: &CallPath,
    history: &[PastStep],
) -> Result<Response, Departure> {
    let rounds = asker.run.plan.work.rounds as usize;
    let mut reflections: Vec<Reflection> = Vec::new();
    let mut judgements = Vec::new();
    loop {
        let round = reflections.len();
        let at = base.at("respond", round);
        let of = format!("respond/{round}");
        let told: Vec<&str> = reflections.iter().map(|told| told.text.as_str()).collect();
        let turn = Turn {
            role: Role::Responder,
            seat: asker.run.first_seat(Role::Responder),
            path: at.then("act"),
            reflections: Some(&told),
            addendum: String::new(),
        };
        let action = act(asker, tally, situation, history, turn).await?;
        let case = Case {
            situation,
            history,
            action: &action,
            at: &at,
        };
        let verdict = judge(asker, tally, case).await?;
        judgements.push(verdict.judgement(&of));
        if verdict.is_safe() {
            return Ok(Response {
                action,
                verdict,
                at,
                of,
                reflections,
                judgements,
            });
        }
        if round >= rounds {
            return Err(none_found(&verdict, round));
        }
        let reflector = asker.run.first_seat(Role::Reflector);
        let text = reflect(asker, tally, reflector, case, &verdict).await?;
        let proposal = verdict.label(action);
        reflections.push(Reflection { proposal, text });
    }
}

fn none_found(last: &Verdict, rounds: usize) -> Departure {
    Departure::Dropped {
        reason: DropReason::NoSafeAction,
        detail: format!(
            "{} proposals were all unsafe; the last: {}",
            rounds + 1,
            shortened(&last.why)
        ),
    }
}

static SCHEMA: LazyLock<JsonSchema> =
    LazyLock::new(|| object(json!({ "reflection": { "type": "string", "minLength": 1 } })).into());

/// The reflector sees what the agent sees, the action, why it is unsafe, and what would be safe.
pub(super) async fn reflect(
    asker: &Asker<'_>,
    tally: &Tally,
    reflector: &Seat,
    case: Case<'_>,
    verdict: &Verdict,
) -> Result<String, Departure> {
    let path = case.at.then("reflect");
    let mut shortening = Shortening::of(case.history);
    loop {
        let shorter = Case {
            history: shortening.history(),
            ..case
        };
        let here = shortening.path(&path);
        let reflected = reflect_at(asker, tally, reflector, shorter, verdict, here).await;
        if !shortening.goes_on(asker, tally, &path, &reflected) {
            return reflected;
        }
    }
}

async fn reflect_at(
    asker: &Asker<'_>,
    tally: &Tally,
    reflector: &Seat,
    case: Case<'_>,
    verdict: &Verdict,
    path: CallPath,
) -> Result<String, Departure> {
    let situation = case.situation;
    let variables = vec![
        ("instruction", (&situation.instruction).into()),
        ("action", variables::action(case.action)),
        ("reason", (&verdict.why).into()),
        ("safe", situation.scene.safe.as_deref().into()),
        ("tools", situation.toolbox.tools.clone()),
        ("history", past_step::shown(case.history)),
    ];
    let form = Form {
        role: Role::Reflector,
        seat: reflector,
        path,
        prompt: "reflector",
        variables,
        schema: SCHEMA.clone(),
    };
    let answer = fill(asker, tally, form).await?.value;
    Ok(text(&answer, "reflection"))
}
