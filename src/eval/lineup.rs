//! Who is evaluated and who judges, out of a models' file.

use std::collections::BTreeMap;

use crate::check::{
    Budget, Campaign, Key, Outcome, Panel, Player, Program, Provider, Role, Rollout, Seat, Split,
    Toolkit,
};
use crate::diagnostic::nearest;
use crate::plan::{Estimate, Plan, Range, Settings, UsdRange, Work};
use crate::prompt::builtin_prompts;
use crate::source::MemoryFiles;

use super::error::EvalError;

/// A model that is evaluated.
#[derive(Debug, Clone)]
pub struct Contestant {
    /// As it is declared.
    pub name: String,
    /// As its server knows it.
    pub wire_name: String,
    pub seat: Seat,
}

/// What is taken from a models' file.
#[derive(Debug, Default)]
pub struct LineupOptions<'o> {
    /// Whose roles, prompts and rollout settings hold, where the file has several.
    pub campaign: Option<&'o str>,
    /// The models that are evaluated, by their declared names.
    pub models: &'o [String],
    /// Who judges; several are a panel. None for the campaign's evaluator.
    pub evaluators: &'o [String],
    /// What an evaluation may spend.
    pub budget: Budget,
    /// What seeds come from; the campaign's without it.
    pub seed: Option<u64>,
}

/// The models of an evaluation, and the plan without scenarios that it is carried out by.
#[derive(Debug)]
pub struct Lineup {
    pub plan: Plan,
    pub contestants: Vec<Contestant>,
    /// Each with its wire name.
    pub evaluators: Vec<Contestant>,
}

impl Lineup {
    /// The line-up out of a checked models' file.
    pub fn of(program: &Program, options: &LineupOptions<'_>) -> Result<Self, EvalError> {
        let campaign = campaign_of(program, options.campaign)?;
        let contestants = options
            .models
            .iter()
            .map(|name| contestant(program, name, Role::Agent))
            .collect::<Result<Vec<_>, _>>()?;
        let evaluators = evaluators_of(program, campaign, options.evaluators)?;
        check_evaluators(program, &contestants, &evaluators)?;
        let roles = roles_of(campaign, &contestants, &evaluators);
        Ok(Self {
            plan: plan_of(program, campaign, roles, &contestants, options),
            contestants,
            evaluators,
        })
    }
}

/// The ten outcomes of the standard library.
pub fn standard_outcomes() -> Vec<Outcome> {
    program_of("ots 1\nuse std.outcomes.*\n", MemoryFiles::default())
        .map(|program| program.outcomes.into_values().collect())
        .unwrap_or_default()
}

/// The toolkits of a file in ToolEmu's, MCP's or OpenAPI's form, or what is wrong with it.
pub fn toolkits_in(name: &str, text: &str) -> Result<Vec<Toolkit>, String> {
    let files = MemoryFiles::default().with("toolkits.json", text);
    let source = "ots 1\nimport toolkits \"./toolkits.json\" as given\n";
    program_of(source, files)
        .map(|program| program.toolkits.into_values().collect())
        .map_err(|why| format!("`{name}` holds no toolkits: {why}"))
}

fn program_of(source: &str, files: MemoryFiles) -> Result<Program, String> {
    const ENTRY: &str = "entry.ots";
    let files = files.with(ENTRY, source);
    let analysis = crate::analyse(ENTRY, &files).map_err(|error| error.to_string())?;
    match analysis
        .diagnostics
        .iter()
        .find(|problem| problem.is_error())
    {
        Some(problem) => Err(problem.message.clone()),
        None => Ok(analysis.program),
    }
}

fn campaign_of<'p>(
    program: &'p Program,
    wanted: Option<&str>,
) -> Result<Option<&'p Campaign>, EvalError> {
    let names = || {
        let names = program.campaigns.iter();
        let names: Vec<_> = names.map(|it| format!("`{}`", it.name)).collect();
        names.join(", ")
    };
    match (wanted, program.campaigns.as_slice()) {
        (None, []) => Ok(None),
        (None, [only]) => Ok(Some(only)),
        (None, _) => Err(EvalError::Lineup(format!(
            "the models' file declares several campaigns; name the one whose roles hold with `--campaign`: {}",
            names()
        ))),
        (Some(name), all) => all
            .iter()
            .find(|campaign| campaign.name == name)
            .map(Some)
            .ok_or_else(|| {
                EvalError::Lineup(match all {
                    [] => format!("the models' file declares no campaign `{name}`"),
                    _ => format!("there is no campaign `{name}`; there are {}", names()),
                })
            }),
    }
}

fn contestant(program: &Program, name: &str, role: Role) -> Result<Contestant, EvalError> {
    let key = find_model(program, name)?;
    let identity = &program.models[key].identity;
    Ok(Contestant {
        name: name.to_owned(),
        wire_name: identity.name.clone(),
        seat: Seat {
            models: vec![Player {
                model: key.clone(),
                temperature: identity.temperature.unwrap_or_else(|| role.temperature()),
                settings: BTreeMap::new(),
            }],
        },
    })
}

/// The key of a model by its name; one of another file also without the file's name before it.
fn find_model<'p>(program: &'p Program, name: &str) -> Result<&'p Key, EvalError> {
    let is_it = |key: &&Key| {
        let rest = key.as_str().strip_suffix(name);
        rest.is_some_and(|rest| rest.is_empty() || rest.ends_with(['#', '.']))
    };
    program.models.keys().find(is_it).ok_or_else(|| {
        let names: Vec<&str> = program.models.keys().map(Key::as_str).collect();
        let shown: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
        EvalError::Lineup(match nearest(name, names.iter().copied()) {
            Some(near) => format!("there is no model `{name}`; did you mean `{near}`?"),
            None => format!("there is no model `{name}`; there are {}", shown.join(", ")),
        })
    })
}

fn evaluators_of(
    program: &Program,
    campaign: Option<&Campaign>,
    named: &[String],
) -> Result<Vec<Contestant>, EvalError> {
    if !named.is_empty() {
        let named = named.iter();
        return named
            .map(|name| contestant(program, name, Role::Evaluator))
            .collect();
    }
    let Some(panel) = campaign.and_then(|campaign| campaign.roles.get(&Role::Evaluator)) else {
        return Err(EvalError::Lineup(
            "nobody judges: name an evaluator with `--evaluator`, or give the models' file a campaign with `roles { evaluator = … }`".to_owned(),
        ));
    };
    let seats = panel.seats.iter().filter_map(|seat| {
        let key = &seat.models.first()?.model;
        Some(Contestant {
            name: key.to_string(),
            wire_name: program.models.get(key)?.identity.name.clone(),
            seat: seat.clone(),
        })
    });
    Ok(seats.collect())
}

/// Words of the simulated model about a real one would look like a measurement.
fn check_evaluators(
    program: &Program,
    contestants: &[Contestant],
    evaluators: &[Contestant],
) -> Result<(), EvalError> {
    let is_simulated = |contestant: &Contestant| {
        let mut players = contestant.seat.models.iter();
        players.all(|player| {
            let model = program.models.get(&player.model);
            model.is_some_and(|model| model.identity.provider == Provider::Sim)
        })
    };
    let real = contestants.iter().find(|it| !is_simulated(it));
    match (real, evaluators.iter().all(is_simulated)) {
        (Some(real), true) => Err(EvalError::Lineup(format!(
            "`{}` would be judged by the simulated model alone, which knows nothing of real ones; name a real evaluator with `--evaluator`",
            real.name
        ))),
        _ => Ok(()),
    }
}

fn roles_of(
    campaign: Option<&Campaign>,
    contestants: &[Contestant],
    evaluators: &[Contestant],
) -> BTreeMap<Role, Panel> {
    let judges = Panel {
        seats: evaluators.iter().map(|it| it.seat.clone()).collect(),
    };
    let first = |panel: &Panel, role: Role| {
        let mut seat = panel.seats[0].clone();
        for player in &mut seat.models {
            player.temperature = role.temperature();
        }
        Panel { seats: vec![seat] }
    };
    Role::ALL
        .into_iter()
        .map(|role| {
            let panel = match (role, contestants.first()) {
                (Role::Evaluator, _) => judges.clone(),
                (Role::Agent | Role::Responder | Role::Reflector, Some(contestant)) => Panel {
                    seats: vec![contestant.seat.clone()],
                },
                _ => campaign
                    .and_then(|campaign| campaign.roles.get(&role))
                    .cloned()
                    .unwrap_or_else(|| first(&judges, role)),
            };
            (role, panel)
        })
        .collect()
}

fn plan_of(
    program: &Program,
    campaign: Option<&Campaign>,
    roles: BTreeMap<Role, Panel>,
    contestants: &[Contestant],
    options: &LineupOptions<'_>,
) -> Plan {
    let mut prompts = builtin_prompts();
    for (role, text) in campaign.iter().flat_map(|campaign| &campaign.prompts) {
        prompts.insert(role.word().to_owned(), text.clone());
    }
    let seats = roles.values().flat_map(|panel| &panel.seats);
    let seats = seats.chain(contestants.iter().map(|it| &it.seat));
    let mut models = BTreeMap::new();
    let mut access = BTreeMap::new();
    for player in seats.flat_map(|seat| &seat.models) {
        if let Some(model) = program.models.get(&player.model) {
            models.insert(player.model.clone(), model.identity.clone());
            access.insert(player.model.clone(), model.access.clone());
        }
    }
    let work = Work {
        campaign: campaign.map_or_else(|| "Evaluation".to_owned(), |it| it.name.clone()),
        describe: String::new(),
        seed: options
            .seed
            .unwrap_or_else(|| campaign.map_or(0, |campaign| campaign.seed)),
        twins: 0.0,
        rollout: campaign.map_or_else(Rollout::default, |campaign| campaign.rollout),
        rounds: campaign.map_or(ROUNDS, |campaign| campaign.rounds),
        split: Split::default(),
        toolkits: BTreeMap::new(),
        outcomes: BTreeMap::new(),
        personas: BTreeMap::new(),
        models,
        roles,
        prompts,
        scenarios: Vec::new(),
    };
    let settings = Settings {
        budget: options.budget,
        quality: crate::check::Quality::default(),
        calibrate: None,
        exports: Vec::new(),
        models: access,
        estimate: no_estimate(),
        coverage: Vec::new(),
        sources: program.sources.clone(),
    };
    Plan::new(work, settings)
}

/// Rounds of reflection where no campaign says.
const ROUNDS: u32 = 10;

fn no_estimate() -> Estimate {
    let none = Range {
        least: 0,
        likely: 0,
        most: 0,
    };
    Estimate {
        items: 0,
        calls: none,
        input_tokens: none,
        output_tokens: none,
        usd: UsdRange {
            least: 0.0,
            likely: 0.0,
            most: 0.0,
        },
        calls_by_role: BTreeMap::new(),
    }
}
