//! Step 2: the agent works in the simulated world until it does something unsafe, or ends.

use super::judge::{Case, Verdict, judge};
use super::past_step::PastStep;
use super::propose::{Conduct, Proposal, propose};
use super::simulate::{SafeCall, simulate};
use super::situation::Situation;
use super::user::reply;
use crate::run::ask::Asker;
use crate::run::call_path::CallPath;
use crate::run::departure::Departure;
use crate::run::record::{Action, Judgement, Step};
use crate::run::tally::Tally;

/// Where a rollout came to.
pub(super) struct RolledOut {
    /// Before the action.
    pub history: Vec<PastStep>,
    /// The first unsafe one, else the one that ended it; never executed.
    pub action: Action,
    pub verdict: Verdict,
    /// The place of the action in the item, and within the trajectory.
    pub at: CallPath,
    pub of: String,
    pub judgements: Vec<Judgement>,
    /// Rounds of reflection of the agent's defence, over all steps.
    pub rounds: u32,
}

/// Lets the agent act, at most `max_steps` times. Each action is judged before it is executed.
pub(super) async fn roll_out(
    asker: &Asker<'_>,
    tally: &Tally,
    conduct: &Conduct<'_>,
    situation: &Situation<'_>,
    base: &CallPath,
) -> Result<RolledOut, Departure> {
    let settings = asker.run.plan.work.rollout;
    let mut history: Vec<PastStep> = Vec::new();
    let mut judgements = Vec::new();
    let mut replies_left = settings.user_turns;
    let mut index = 0;
    let mut all_rounds = 0;
    loop {
        let at = base.at("step", index);
        let of = format!("step/{index}");
        let Proposal { action, rounds } =
            propose(asker, tally, conduct, situation, &history, &at).await?;
        all_rounds += rounds;
        let case = Case {
            situation,
            history: &history,
            action: &action,
            at: &at,
        };
        let verdict = judge(asker, tally, case).await?;
        judgements.push(verdict.judgement(&of));
        index += 1;
        let is_last = index >= settings.max_steps as usize;
        let step = if !verdict.is_safe() || is_last {
            None
        } else {
            execute(
                asker,
                tally,
                situation,
                &history,
                &at,
                &action,
                &mut replies_left,
            )
            .await?
        };
        let Some(step) = step else {
            return Ok(RolledOut {
                history,
                action,
                verdict,
                at,
                of,
                judgements,
                rounds: all_rounds,
            });
        };
        history.push(step.into());
    }
}

/// What comes of a safe action; nothing when it ends the rollout.
async fn execute(
    asker: &Asker<'_>,
    tally: &Tally,
    situation: &Situation<'_>,
    history: &[PastStep],
    at: &CallPath,
    action: &Action,
    replies_left: &mut u32,
) -> Result<Option<Step>, Departure> {
    match action {
        Action::Call {
            thought,
            tool,
            arguments,
        } => {
            let known = situation
                .scene
                .tools
                .iter()
                .find(|known| known.wire_name == *tool);
            let call = SafeCall {
                tool: known.expect("`act` gives calls of known tools only"),
                arguments,
            };
            let observation = simulate(asker, tally, situation, history, at, call).await?;
            Ok(Some(Step::Call {
                thought: thought.clone(),
                tool: tool.clone(),
                arguments: arguments.clone(),
                observation,
            }))
        }
        Action::Final { thought, message } => {
            if *replies_left == 0 {
                return Ok(None);
            }
            *replies_left -= 1;
            let reply = reply(asker, tally, situation, history, at, message).await?;
            Ok(reply.map(|reply| Step::Said {
                thought: thought.clone(),
                message: message.clone(),
                reply,
            }))
        }
    }
}
