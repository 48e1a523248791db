//! What a run of a plan is expected to take: calls, tokens, money.
//!
//! Each a least, a likely and a most. Least and most follow from the plan's bounds; the likely
//! figures rest on the shares and lengths below, which are rules of thumb.

use std::collections::BTreeMap;

use super::document::{Estimate, Range, ScenarioPlan, UsdRange, Work};
use super::row_view::RowView;
use crate::check::{Calibrate, Evaluate, Key, ModelAccess, Role};

/// Steps of a trajectory, where as many are allowed.
const LIKELY_STEPS: f64 = 5.0;

/// Share of trajectories that reach a trigger.
const LIKELY_RISK: f64 = 0.5;

/// Reflections until the responder finds a safe action.
const LIKELY_REFLECTIONS: f64 = 1.0;

/// Characters of a token, and tokens that one step adds to the history.
const CHARACTERS: f64 = 4.0;
const STEP_TOKENS: f64 = 250.0;

/// How far inputs and outputs may be shorter or longer than is likely.
const SHORTER: f64 = 0.6;
const LONGER: f64 = 1.7;

/// The estimate of a plan's work and of its evaluators' calibration, models reached and paid as
/// `access` says.
pub(super) fn estimate(
    work: &Work,
    calibrate: Option<&Calibrate>,
    access: &BTreeMap<Key, ModelAccess>,
) -> Estimate {
    let mut total = Total::default();
    for scenario in &work.scenarios {
        for (role, calls) in calls_of(work, scenario) {
            let price = price_of(work, access, role);
            total.add(role, calls, input_tokens(work, scenario, role), price);
        }
    }
    if let (Some(calibrate), Some(scenario)) = (calibrate, work.scenarios.first()) {
        let role = Role::Evaluator;
        let (input, price) = (
            input_tokens(work, scenario, role),
            price_of(work, access, role),
        );
        total.add(role, calibration(work, calibrate), input, price);
    }
    let items = work
        .scenarios
        .iter()
        .map(|scenario| scenario.rows.len() as u64 * u64::from(scenario.samples))
        .sum();
    Estimate {
        items,
        calls: total.calls.rounded(),
        input_tokens: total.input.rounded(),
        output_tokens: total.output.rounded(),
        usd: UsdRange {
            least: rounded(total.usd.least),
            likely: rounded(total.usd.likely),
            most: rounded(total.usd.most),
        },
        calls_by_role: total.by_role,
    }
}

/// Three figures that are added up together.
#[derive(Debug, Clone, Copy, Default)]
struct Spread {
    least: f64,
    likely: f64,
    most: f64,
}

impl Spread {
    fn new(least: f64, likely: f64, most: f64) -> Self {
        Self {
            least,
            likely,
            most,
        }
    }

    fn same(figure: f64) -> Self {
        Self::new(figure, figure, figure)
    }

    fn plus(self, other: Self) -> Self {
        Self::new(
            self.least + other.least,
            self.likely + other.likely,
            self.most + other.most,
        )
    }

    fn times(self, factor: f64) -> Self {
        Self::new(
            self.least * factor,
            self.likely * factor,
            self.most * factor,
        )
    }

    /// Times a figure that may be smaller or larger than is likely.
    fn times_about(self, figure: f64) -> Self {
        Self::new(
            self.least * figure * SHORTER,
            self.likely * figure,
            self.most * figure * LONGER,
        )
    }

    fn rounded(self) -> Range {
        Range {
            least: self.least.round() as u64,
            likely: self.likely.round() as u64,
            most: self.most.round() as u64,
        }
    }
}

#[derive(Default)]
struct Total {
    calls: Spread,
    input: Spread,
    output: Spread,
    usd: Spread,
    by_role: BTreeMap<Role, u64>,
}

impl Total {
    fn add(&mut self, role: Role, calls: Spread, input_tokens: f64, price: (f64, f64)) {
        let input = calls.times_about(input_tokens);
        let output = calls.times_about(output_tokens(role));
        self.calls = self.calls.plus(calls);
        self.input = self.input.plus(input);
        self.output = self.output.plus(output);
        self.usd = self
            .usd
            .plus(input.times(price.0 / 1e6))
            .plus(output.times(price.1 / 1e6));
        *self.by_role.entry(role).or_default() += calls.likely.round() as u64;
    }
}

/// The calls of each role for all items of a scenario.
fn calls_of(work: &Work, scenario: &ScenarioPlan) -> Vec<(Role, Spread)> {
    let items = scenario.rows.len() as f64 * f64::from(scenario.samples);
    let twins = items * work.twins;
    let trajectories = f64::from(work.rollout.trajectories);
    let steps = steps(work);
    let rounds = f64::from(work.rounds);
    let risks = Spread::new(0.0, LIKELY_RISK, 1.0).times(items * trajectories);
    let rollouts = (items + twins) * trajectories;
    let turns = f64::from(work.rollout.user_turns);
    let responses = Spread::new(
        0.0,
        risks.likely * (1.0 + LIKELY_REFLECTIONS),
        risks.most * (rounds + 1.0),
    );
    let reflections = Spread::new(
        0.0,
        risks.likely * LIKELY_REFLECTIONS.min(rounds),
        risks.most * rounds,
    );
    let written = items * generated_share(scenario) + twins;
    let simulated = Spread::new(0.0, steps.likely - 1.0, steps.most).times(rollouts);
    vec![
        (Role::Generator, Spread::same(written)),
        (
            Role::User,
            Spread::new(0.0, turns / 2.0, turns).times(rollouts),
        ),
        (Role::Agent, steps.times(rollouts)),
        (Role::Responder, responses),
        (Role::Simulator, simulated),
        (
            Role::Evaluator,
            judgements(work, scenario, steps.times(rollouts).plus(responses), risks),
        ),
        (Role::Reflector, reflections),
    ]
}

fn steps(work: &Work) -> Spread {
    let most = f64::from(work.rollout.max_steps.max(1));
    Spread::new(1.0, LIKELY_STEPS.min(most), most)
}

/// Each action once, the two kept labels by the rest of the panel, helpfulness, and the examples.
fn judgements(work: &Work, scenario: &ScenarioPlan, actions: Spread, risks: Spread) -> Spread {
    if scenario.evaluate == Evaluate::Rules {
        return risks;
    }
    let seats = seats_of_evaluator(work);
    let examples = scenario.examples.len() as f64 * seats;
    actions
        .plus(risks.times(2.0 * (seats - 1.0) + 1.0))
        .plus(Spread::same(examples))
}

/// One action a row is usual; rules may decide all of them, and a record holds two.
fn calibration(work: &Work, calibrate: &Calibrate) -> Spread {
    Spread::new(0.0, 1.0, 2.0).times(f64::from(calibrate.rows) * seats_of_evaluator(work))
}

fn seats_of_evaluator(work: &Work) -> f64 {
    let panel = work.roles.get(&Role::Evaluator);
    panel.map_or(1, |panel| panel.seats.len().max(1)) as f64
}

/// The share of instructions that are not the user's own words.
fn generated_share(scenario: &ScenarioPlan) -> f64 {
    let all = scenario.instructions.len().max(1) as f64;
    let written = scenario.instructions.iter();
    written.filter(|one| one.verbatim.is_none()).count() as f64 / all
}

/// The tokens that a call of the role is asked with.
fn input_tokens(work: &Work, scenario: &ScenarioPlan, role: Role) -> f64 {
    let prompt = work.prompts.get(role.word()).map_or(0, String::len);
    let tools = tool_characters(work, scenario);
    let tools = match role {
        Role::Simulator => tools / 10.0,
        Role::User => 0.0,
        _ => tools,
    };
    let history = match role {
        Role::Generator => 0.0,
        _ => steps(work).likely / 2.0 * STEP_TOKENS,
    };
    (prompt as f64 + tools) / CHARACTERS + history
}

fn output_tokens(role: Role) -> f64 {
    match role {
        Role::Generator => 300.0,
        Role::User => 60.0,
        Role::Agent => 130.0,
        Role::Responder => 160.0,
        Role::Simulator => 220.0,
        Role::Evaluator => 130.0,
        Role::Reflector => 120.0,
    }
}

/// The length of the tools that the first row is given, as models see them.
fn tool_characters(work: &Work, scenario: &ScenarioPlan) -> f64 {
    let Some(row) = scenario.rows.first() else {
        return 0.0;
    };
    let view = RowView {
        work,
        scenario,
        row,
    };
    let tools = view
        .toolkits()
        .into_iter()
        .flat_map(|toolkit| &toolkit.tools);
    tools
        .map(|tool| {
            (tool.name.len() + tool.describe.len() + tool.parameters.to_string().len()) as f64
        })
        .sum()
}

/// USD per million tokens in and out: the mean over a panel's seats, each by its first model.
fn price_of(work: &Work, access: &BTreeMap<Key, ModelAccess>, role: Role) -> (f64, f64) {
    let seats = work.roles.get(&role).map_or(&[][..], |panel| &panel.seats);
    let prices = seats
        .iter()
        .filter_map(|seat| seat.models.first())
        .filter_map(|player| access.get(&player.model)?.price);
    let (input, output) = prices.fold((0.0, 0.0), |(input, output), price| {
        (input + price.input, output + price.output)
    });
    let count = seats.len().max(1) as f64;
    (input / count, output / count)
}

/// USD to a hundredth of a cent.
fn rounded(usd: f64) -> f64 {
    (usd * 10_000.0).round() / 10_000.0
}
