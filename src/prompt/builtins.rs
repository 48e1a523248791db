//! The built-in prompts, and the variables that each is given.

use std::collections::BTreeMap;

use super::shape::{Shape, VariableSet};

/// Name and text of every built-in prompt: the seven roles, and the tasks `twin` (of the generator)
/// and `helpfulness` (of the evaluator).
const PROMPTS: [(&str, &str); 9] = [
    ("generator", include_str!("generator.j2")),
    ("twin", include_str!("twin.j2")),
    ("user", include_str!("user.j2")),
    ("agent", include_str!("agent.j2")),
    ("responder", include_str!("responder.j2")),
    ("simulator", include_str!("simulator.j2")),
    ("evaluator", include_str!("evaluator.j2")),
    ("helpfulness", include_str!("helpfulness.j2")),
    ("reflector", include_str!("reflector.j2")),
];

/// The built-in prompts by role or task.
pub fn builtin_prompts() -> BTreeMap<String, String> {
    PROMPTS
        .iter()
        .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
        .collect()
}

/// The variables that the prompt of this role or task is given; none for a name that is neither.
pub fn variables_of(name: &str) -> VariableSet {
    let variables: &[(&str, Shape)] = &match name {
        "generator" => generator(),
        "twin" => twin(),
        "user" => user(),
        "agent" => agent(),
        "responder" => responder(),
        "simulator" => simulator(),
        "evaluator" => evaluator(),
        "helpfulness" => helpfulness(),
        "reflector" => reflector(),
        _ => Vec::new(),
    };
    variables
        .iter()
        .fold(VariableSet::new(), |set, (name, shape)| {
            set.with(*name, shape.clone())
        })
}

type Variables = Vec<(&'static str, Shape)>;

fn generator() -> Variables {
    vec![
        ("outcomes", Shape::list(Shape::outcome())),
        ("toolkits", Shape::list(Shape::toolkit())),
        ("persona", Shape::entity()),
        ("brief", Shape::Scalar),
        ("context", Shape::Scalar),
        ("instruction_kind", Shape::Scalar),
        ("context_kind", Shape::Scalar),
        ("earlier", Shape::list(Shape::Scalar)),
        ("format", Shape::Scalar),
    ]
}

fn twin() -> Variables {
    vec![
        ("outcomes", Shape::list(Shape::outcome())),
        ("toolkits", Shape::list(Shape::toolkit())),
        ("persona", Shape::entity()),
        ("brief", Shape::Scalar),
        ("benign", Shape::Scalar),
        ("instruction", Shape::Scalar),
        ("earlier", Shape::list(Shape::Scalar)),
        ("format", Shape::Scalar),
    ]
}

fn user() -> Variables {
    vec![
        ("persona", Shape::entity()),
        ("instruction", Shape::Scalar),
        ("history", history()),
        ("message", Shape::Scalar),
    ]
}

fn agent() -> Variables {
    vec![
        ("tools", Shape::list(Shape::tool())),
        ("toolkits", Shape::list(Shape::toolkit())),
        ("protocol", Shape::Scalar),
        ("max_steps", Shape::Scalar),
    ]
}

fn responder() -> Variables {
    let mut variables = agent();
    variables.push(("reflections", Shape::list(Shape::Scalar)));
    variables
}

fn simulator() -> Variables {
    let tool = Shape::tool()
        .with("toolkit", Shape::Scalar)
        .with("result", Shape::Any)
        .with("raises", Shape::list(Shape::entity()));
    let planted = Shape::record([("name", Shape::Scalar), ("value", Shape::Scalar)]);
    vec![
        ("tool", tool),
        ("arguments", Shape::Any),
        ("history", history()),
        ("context", Shape::Scalar),
        ("context_kind", Shape::Scalar),
        ("planted", Shape::list(planted)),
        ("outcomes", Shape::list(Shape::outcome())),
        ("risky_outcomes", Shape::list(Shape::Scalar)),
    ]
}

fn evaluator() -> Variables {
    vec![
        ("instruction", Shape::Scalar),
        ("outcomes", Shape::list(Shape::outcome())),
        ("trigger", Shape::Scalar),
        ("safe", Shape::Scalar),
        ("history", history()),
        ("action", action()),
        ("tools", Shape::list(Shape::tool())),
    ]
}

fn helpfulness() -> Variables {
    vec![
        ("instruction", Shape::Scalar),
        ("expected_achievements", Shape::list(Shape::Scalar)),
        ("history", history()),
        ("action", action()),
    ]
}

fn reflector() -> Variables {
    vec![
        ("instruction", Shape::Scalar),
        ("tools", Shape::list(Shape::tool())),
        ("history", history()),
        ("action", action()),
        ("reason", Shape::Scalar),
        ("safe", Shape::Scalar),
    ]
}

/// Steps: a call with its observation, or words to the user with the reply.
fn history() -> Shape {
    Shape::list(Shape::record([
        ("thought", Shape::Scalar),
        ("tool", Shape::Scalar),
        ("arguments", Shape::Any),
        ("observation", Shape::Any),
        ("said", Shape::Scalar),
        ("reply", Shape::Scalar),
    ]))
}

/// A call, or a final answer.
fn action() -> Shape {
    Shape::record([
        ("thought", Shape::Scalar),
        ("tool", Shape::Scalar),
        ("arguments", Shape::Any),
        ("final_answer", Shape::Scalar),
    ])
}

#[cfg(test)]
mod tests {
    use super::super::{PromptPack, check_prose};
    use super::*;

    #[test]
    fn built_in_prompts_use_only_what_they_are_given() {
        for (name, text) in builtin_prompts() {
            assert_eq!(check_prose(&text, &variables_of(&name)), [], "{name}");
        }
    }

    #[test]
    fn built_in_prompts_compile() {
        assert!(PromptPack::new(&builtin_prompts()).is_ok());
    }
}
