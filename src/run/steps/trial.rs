//! The steps of a trial, as straight-line code like those of an item.

use futures_util::future::join_all;

use crate::check::Seat;
use crate::run::ask::Asker;
use crate::run::call_path::CallPath;
use crate::run::context::RunContext;
use crate::run::departure::{Departure, Failure, Halt};
use crate::run::record::Action;
use crate::run::tally::Tally;
use crate::run::trial::{Attempt, Judged, Moment, Opinion, Task, Trial, TrialOutcome, Trouble};

use super::judge::{Case, Verdict, ask_evaluator, judge, judge_by_rest, judge_by_rules, majority};
use super::past_step::{PastStep, steps_of};
use super::propose::{Conduct, propose};
use super::rollout::roll_out;
use super::situation::Situation;
use super::twin::is_over_refusal;
use super::verify::score;

/// What came of `trial`, and whether something in it may go better in another life of the run.
pub(in crate::run) async fn run_trial(
    run: &RunContext,
    index: i64,
    trial: &Trial,
) -> Result<(TrialOutcome, bool), Halt> {
    let asker = Asker::open(run, index, &trial.id).map_err(Halt::Journal)?;
    let moment = &trial.moment;
    let situation = situation(run, moment);
    let history: Vec<PastStep> = moment.steps.iter().cloned().map(Into::into).collect();
    let tally = Tally::default();
    let round = Round {
        asker: &asker,
        tally: &tally,
        history: &history,
        situation: &situation,
    };
    let mut outcome = TrialOutcome {
        attempts: Vec::new(),
        judgements: Vec::new(),
        rules: None,
        usage: crate::model::Usage::default(),
        usd: 0.0,
        simulated: false,
    };
    let may_pass = match &trial.task {
        Task::NextAction { samples, .. } | Task::Rollout { samples, .. } => {
            round
                .attempts(&trial.task, *samples as usize, &mut outcome)
                .await?
        }
        Task::Twin { .. } => round.attempts(&trial.task, 1, &mut outcome).await?,
        Task::Judgement {
            action,
            evaluators,
            rules_decide,
        } => {
            let asks = Asks {
                evaluators,
                unless_rules_decide: *rules_decide,
            };
            round.judgements(action, asks, &mut outcome).await?
        }
    };
    let sums = tally.sums();
    outcome.usage = sums.total();
    let by_model = sums.by_model().into_iter();
    outcome.usd = by_model
        .map(|(model, usage)| run.ledger.cost(model, usage))
        .sum();
    outcome.simulated = sums.simulated;
    Ok((outcome, may_pass))
}

fn situation<'m>(run: &RunContext, moment: &'m Moment) -> Situation<'m> {
    Situation {
        scene: &moment.scene,
        instruction: moment.instruction.clone(),
        expected_achievements: moment.expected_achievements.clone(),
        risky_outcomes: moment.risky_outcomes.clone(),
        context: moment.scene.context.clone(),
        cell: moment.scene.cell,
        planted: &moment.scene.planted,
        is_twin: moment.is_twin,
        harms: run.harms.of(&moment.scene.outcomes),
        toolbox: run.toolboxes.of(&moment.scene),
    }
}

/// Who is asked of an action.
struct Asks<'a> {
    evaluators: &'a [Seat],
    /// Whether nobody is asked where rules say what it is.
    unless_rules_decide: bool,
}

/// What the attempts of one trial share.
struct Round<'r> {
    asker: &'r Asker<'r>,
    tally: &'r Tally,
    history: &'r [PastStep],
    situation: &'r Situation<'r>,
}

impl Round<'_> {
    /// As many attempts beside each other; gives whether something in one may go better another time.
    async fn attempts(
        &self,
        task: &Task,
        samples: usize,
        outcome: &mut TrialOutcome,
    ) -> Result<bool, Halt> {
        let attempts = (0..samples).map(|sample| self.attempt(task, sample));
        let mut may_pass = false;
        for attempt in join_all(attempts).await {
            let (attempt, passing) = attempt?;
            may_pass |= passing;
            outcome.attempts.push(attempt);
        }
        Ok(may_pass)
    }

    /// What rules and evaluators say of an action; gives whether something may go better another time.
    async fn judgements(
        &self,
        action: &Action,
        asks: Asks<'_>,
        outcome: &mut TrialOutcome,
    ) -> Result<bool, Halt> {
        let at = CallPath::item().then("judge");
        let case = Case {
            situation: self.situation,
            history: self.history,
            action,
            at: &at,
        };
        outcome.rules = judge_by_rules(case).map(Into::into);
        let is_decided = asks.unless_rules_decide && outcome.rules.is_some();
        let evaluators = if is_decided { &[] } else { asks.evaluators };
        let asked = evaluators.iter().enumerate();
        let asked = asked
            .map(|(seat, evaluator)| ask_evaluator(self.asker, self.tally, case, seat, evaluator));
        let mut may_pass = false;
        for said in join_all(asked).await {
            outcome.judgements.push(match said {
                Ok(verdict) => Judged::Opinion(verdict.into()),
                Err(departure) => {
                    let (trouble, passing) = trouble("judge", departure)?;
                    may_pass |= passing;
                    Judged::Trouble(trouble)
                }
            });
        }
        Ok(may_pass)
    }

    /// One attempt; what went wrong in it is part of it.
    async fn attempt(&self, task: &Task, sample: usize) -> Result<(Attempt, bool), Halt> {
        let base = CallPath::item().at("sample", sample);
        let mut attempt = Attempt::default();
        let mut at = "act";
        let outcome = self.go(task, sample, &base, &mut attempt, &mut at).await;
        match outcome {
            Ok(()) => Ok((attempt, false)),
            Err(departure) => {
                let (trouble, passing) = trouble(at, departure)?;
                attempt.trouble = Some(trouble);
                Ok((attempt, passing))
            }
        }
    }

    /// Fills in `attempt` as far as it gets; `at` is the part that is under way.
    async fn go(
        &self,
        task: &Task,
        sample: usize,
        base: &CallPath,
        attempt: &mut Attempt,
        at: &mut &'static str,
    ) -> Result<(), Departure> {
        let (asker, tally) = (self.asker, self.tally);
        match task {
            Task::Judgement { .. } => return Ok(()),
            Task::Twin { agent, defence } | Task::NextAction { agent, defence, .. } => {
                let conduct = Conduct {
                    seat: agent,
                    defence: *defence,
                };
                let proposal =
                    propose(asker, tally, &conduct, self.situation, self.history, base).await?;
                attempt.rounds = proposal.rounds;
                attempt.action = Some(proposal.action);
                if matches!(task, Task::NextAction { .. }) {
                    *at = "judge";
                    attempt.opinion = Some(self.decide(base, attempt, None).await?);
                }
            }
            Task::Rollout { agent, defence, .. } => {
                let conduct = Conduct {
                    seat: agent,
                    defence: *defence,
                };
                let rolled = roll_out(asker, tally, &conduct, self.situation, base).await?;
                attempt.rounds = rolled.rounds;
                attempt.steps = steps_of(rolled.history);
                attempt.action = Some(rolled.action);
                *at = "judge";
                let first = Some((rolled.verdict, rolled.at));
                attempt.opinion = Some(self.decide(base, attempt, first).await?);
            }
        }
        *at = "score";
        self.score(base, attempt, sample).await
    }

    /// What rules say, else the majority of the evaluators.
    async fn decide(
        &self,
        base: &CallPath,
        attempt: &Attempt,
        first: Option<(Verdict, CallPath)>,
    ) -> Result<Opinion, Departure> {
        let action = attempt.action.as_ref().expect("it was just proposed");
        let history = self.history(attempt);
        let at = first.as_ref().map_or(base, |(_, at)| at);
        let case = Case {
            situation: self.situation,
            history: &history,
            action,
            at,
        };
        let first = match &first {
            Some((verdict, _)) => verdict.clone(),
            None => judge(self.asker, self.tally, case).await?,
        };
        let rest = judge_by_rest(self.asker, self.tally, case, &first).await?;
        let all = || std::iter::once(&first).chain(&rest);
        match majority(all()) {
            Some(label) => Ok(all()
                .find(|verdict| verdict.label == label)
                .expect("the majority has a voice")
                .clone()
                .into()),
            None => Err(Departure::Dropped {
                reason: crate::run::record::DropReason::EvaluatorsSplit,
                detail: format!("the {} evaluators are split evenly", rest.len() + 1),
            }),
        }
    }

    /// How far a safe action helps: asked of the first sample only, and in twins.
    async fn score(
        &self,
        base: &CallPath,
        attempt: &mut Attempt,
        sample: usize,
    ) -> Result<(), Departure> {
        if sample > 0 || attempt.is_unsafe() == Some(true) {
            return Ok(());
        }
        let action = attempt.action.clone().expect("it was just proposed");
        let history = self.history(attempt);
        let score = score(
            self.asker,
            self.tally,
            self.situation,
            base,
            &history,
            &action,
        )
        .await?;
        attempt.helpfulness = score;
        if self.situation.is_twin {
            attempt.over_refusal = score.map(|score| is_over_refusal(&action, score));
        }
        Ok(())
    }

    fn history(&self, attempt: &Attempt) -> Vec<PastStep> {
        let taken = attempt.steps.iter().cloned().map(Into::into);
        self.history.iter().cloned().chain(taken).collect()
    }
}

/// A departure as part of what came of a trial; a halt is none.
fn trouble(at: &str, departure: Departure) -> Result<(Trouble, bool), Halt> {
    let (kind, words, may_pass) = match departure {
        Departure::Halted(halt) => return Err(halt),
        Departure::Dropped { reason, detail } => (reason.words(), detail, false),
        Departure::Failed(Failure { kind, error }) => (kind.words(), error, kind.may_pass()),
    };
    let trouble = Trouble {
        at: at.to_owned(),
        kind: kind.to_owned(),
        words,
    };
    Ok((trouble, may_pass))
}

impl From<Verdict> for Opinion {
    fn from(verdict: Verdict) -> Self {
        Self {
            by: verdict.by,
            by_rule: verdict.by_rule,
            label: verdict.label,
            risk_type: verdict.risk_type,
            why: verdict.why,
        }
    }
}
