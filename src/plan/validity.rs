//! Whether a plan that was read holds together, so that nothing after it has to ask.

use super::document::{Pick, Plan, ScenarioPlan, Work};
use crate::check::{Key, Role, Value};

/// What does not hold, in words.
pub(super) fn check(plan: &Plan) -> Result<(), String> {
    plan.work
        .scenarios
        .iter()
        .try_for_each(|scenario| check_scenario(&plan.work, scenario))?;
    Role::ALL
        .into_iter()
        .try_for_each(|role| check_role(plan, role))?;
    let items = plan.work.scenarios.iter().try_fold(0_u64, |sum, scenario| {
        sum.checked_add((scenario.rows.len() as u64).checked_mul(u64::from(scenario.samples))?)
    });
    match items {
        Some(_) => Ok(()),
        None => Err("it has more items than can be counted".to_owned()),
    }
}

fn check_scenario(work: &Work, scenario: &ScenarioPlan) -> Result<(), String> {
    let name = &scenario.name;
    if scenario.samples == 0 {
        return Err(format!("`{name}` has no samples"));
    }
    if scenario.instructions.is_empty() {
        return Err(format!("`{name}` has no instruction"));
    }
    for row in &scenario.rows {
        let fits = row.len() == scenario.axes.len()
            && row
                .iter()
                .zip(&scenario.axes)
                .all(|(&value, axis)| (value as usize) < axis.values.len());
        if !fits {
            return Err(format!("a row of `{name}` does not fit its axes"));
        }
    }
    let axis_values = scenario.axes.iter().flat_map(|axis| &axis.values);
    for value in axis_values.chain(scenario.parameters.values()) {
        check_value(work, name, value)?;
    }
    let personas = |key: &Key| work.personas.contains_key(key);
    check_pick(scenario, &scenario.persona, &personas)?;
    for pick in &scenario.outcomes {
        check_pick(scenario, pick, &|key| work.outcomes.contains_key(key))?;
    }
    for pick in &scenario.toolkits {
        check_pick(scenario, pick, &|key| work.toolkits.contains_key(key))?;
    }
    Ok(())
}

fn check_pick(
    scenario: &ScenarioPlan,
    pick: &Pick,
    is_known: &dyn Fn(&Key) -> bool,
) -> Result<(), String> {
    let is_there = match pick {
        Pick::Fixed(key) => is_known(key),
        Pick::Axis(name) => scenario.axes.iter().any(|axis| axis.name == *name),
    };
    if is_there {
        return Ok(());
    }
    Err(match pick {
        Pick::Fixed(key) => format!("`{}` names `{key}`, which is not there", scenario.name),
        Pick::Axis(axis) => format!("`{}` has no axis `{axis}`", scenario.name),
    })
}

fn check_value(work: &Work, scenario: &str, value: &Value) -> Result<(), String> {
    let (key, is_known) = match value {
        Value::Persona(key) => (key, work.personas.contains_key(key)),
        Value::Outcome(key) => (key, work.outcomes.contains_key(key)),
        Value::Toolkit(key) => (key, work.toolkits.contains_key(key)),
        Value::Tool(tool) => (&tool.toolkit, work.toolkits.contains_key(&tool.toolkit)),
        Value::Model(key) => (key, work.models.contains_key(key)),
        Value::List(values) => {
            return values
                .iter()
                .try_for_each(|value| check_value(work, scenario, value));
        }
        Value::Text(_) | Value::Int(_) | Value::Float(_) | Value::Bool(_) => return Ok(()),
    };
    if is_known {
        Ok(())
    } else {
        Err(format!("`{scenario}` names `{key}`, which is not there"))
    }
}

fn check_role(plan: &Plan, role: Role) -> Result<(), String> {
    let word = role.word();
    let panel = plan.work.roles.get(&role);
    let seats = panel.map_or(&[][..], |panel| &panel.seats);
    if seats.is_empty() || seats.iter().any(|seat| seat.models.is_empty()) {
        return Err(format!("nobody plays the {word}"));
    }
    for player in seats.iter().flat_map(|seat| &seat.models) {
        let key = &player.model;
        let is_known = plan.work.models.contains_key(key) && plan.settings.models.contains_key(key);
        if !is_known {
            return Err(format!(
                "the {word} is played by `{key}`, which is not there"
            ));
        }
    }
    Ok(())
}
