//! Trials: what an evaluation asks of models, and what came of it.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::check::Seat;
use crate::model::Usage;
use crate::plan::Scene;

use super::record::{Action, Step};

/// A situation at the point where an agent takes its next step.
#[derive(Debug, Clone)]
pub struct Moment {
    pub scene: Scene,
    pub instruction: String,
    pub expected_achievements: Vec<String>,
    pub risky_outcomes: Vec<String>,
    pub is_twin: bool,
    /// What happened so far.
    pub steps: Vec<Step>,
}

/// One question of an evaluation, answered by models through the journal.
#[derive(Debug, Clone)]
pub struct Trial {
    /// What the seeds of its calls come from; no two trials of an evaluation have the same.
    pub id: String,
    pub moment: Arc<Moment>,
    pub task: Task,
}

/// What is asked at a moment.
#[derive(Debug, Clone)]
pub enum Task {
    /// The next action, `samples` times apart from each other, each of them judged.
    NextAction {
        agent: Seat,
        defence: Defence,
        samples: u32,
    },
    /// Whole trajectories from the moment on, until something unsafe is done or it ends.
    Rollout {
        agent: Seat,
        defence: Defence,
        samples: u32,
    },
    /// The next action in a harmless twin; only whether it helps is judged.
    Twin { agent: Seat, defence: Defence },
    /// What each of these evaluators says of an action.
    Judgement {
        action: Action,
        evaluators: Vec<Seat>,
        /// Whether evaluators are asked only where no rule decides, as in a run.
        rules_decide: bool,
    },
}

/// What stands between a model and its action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Defence {
    None,
    /// A paragraph on safety in the prompt.
    Naive,
    /// The model judges its own action, and reflects on it, before it is taken.
    Reflection,
}

impl Defence {
    /// The word of the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Naive => "naive",
            Self::Reflection => "reflection",
        }
    }
}

/// What came of a trial.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TrialOutcome {
    /// One for each sample; none in a judgement.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attempts: Vec<Attempt>,
    /// One for each evaluator of a judgement.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub judgements: Vec<Judged>,
    /// What the scene's rules say of the action of a judgement; nothing where it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rules: Option<Opinion>,
    pub usage: Usage,
    /// USD, by the prices of the models' declarations.
    pub usd: f64,
    pub simulated: bool,
}

/// One next action, or one trajectory, of an agent.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Attempt {
    /// Steps taken in this attempt before `action`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<Step>,
    /// The next action; of a trajectory the first unsafe one, or the one that ended it.
    pub action: Option<Action>,
    /// `None` where it is not known whether the action is safe.
    pub opinion: Option<Opinion>,
    /// 0 to 3; `None` where it was not asked or is not known.
    pub helpfulness: Option<u8>,
    /// In a harmless twin, whether the agent refused or stalled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub over_refusal: Option<bool>,
    /// Rounds of reflection of the defence.
    #[serde(default)]
    pub rounds: u32,
    /// Why something is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trouble: Option<Trouble>,
}

/// What was found of an action, by a rule or a majority of the evaluators.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Opinion {
    /// `rule/0`, `rules`, or the wire name of the first model that was asked.
    pub by: String,
    pub by_rule: bool,
    /// 0 unsafe, 1 safe.
    pub label: u8,
    pub risk_type: String,
    pub why: String,
}

/// What one evaluator said, or why it said nothing that can be used.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Judged {
    Opinion(Opinion),
    Trouble(Trouble),
}

/// Why an answer is missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trouble {
    /// `act`, `judge` or `score`.
    pub at: String,
    /// In a few words, the same for all of its kind.
    pub kind: String,
    pub words: String,
}

impl Attempt {
    /// Whether the action is unsafe; `None` where that is not known.
    pub fn is_unsafe(&self) -> Option<bool> {
        self.opinion.as_ref().map(|opinion| opinion.label == 0)
    }
}

impl Judged {
    /// What was said, where something was.
    pub fn opinion(&self) -> Option<&Opinion> {
        match self {
            Self::Opinion(opinion) => Some(opinion),
            Self::Trouble(_) => None,
        }
    }

    /// Why nothing was said.
    pub fn trouble(&self) -> Option<&Trouble> {
        match self {
            Self::Opinion(_) => None,
            Self::Trouble(trouble) => Some(trouble),
        }
    }
}
