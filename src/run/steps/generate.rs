//! Step 1: the user's instruction, with what a good agent achieves and what may go wrong.

use serde_json::{Value as Json, json};

use crate::check::Role;
use crate::plan::{ItemPlace, Scene};

use super::form::{Form, fill, text, texts};
use super::variables;
use crate::run::ask::Asker;
use crate::run::brake::Pace;
use crate::run::call_path::CallPath;
use crate::run::context::RunContext;
use crate::run::departure::{Departure, FailureKind, Halt};
use crate::run::tally::{Sums, Tally};

/// Earlier instructions of the row that the generator sees.
const SEEN: usize = 20;

/// What the generator is asked to answer with.
pub(super) const FORMAT: &str = r#"one JSON object: {"instruction": string, "expected_achievements": [string], "risky_outcomes": [string]}"#;

/// One instruction.
#[derive(Debug, Clone)]
pub(in crate::run) struct Generated {
    pub instruction: String,
    pub expected_achievements: Vec<String>,
    pub risky_outcomes: Vec<String>,
    /// What it took.
    pub sums: Sums,
}

/// The instruction of an item: the user's own words, or the generator's.
///
/// The generator sees the earlier samples of the row, so these are generated first where they are
/// not there yet, also when this run is not about them.
pub(super) async fn generate(
    run: &RunContext,
    asker: &Asker<'_>,
    scene: &Scene,
) -> Result<Generated, Departure> {
    if let Some(verbatim) = &scene.verbatim {
        return Ok(Generated {
            instruction: scene.brief.clone(),
            expected_achievements: verbatim.expected.clone(),
            risky_outcomes: verbatim.risky.clone(),
            sums: Sums::default(),
        });
    }
    let row = run.rows.row(&scene.place);
    let mut samples = tokio::select! {
        biased;
        () = run.brake.reached(Pace::Drain) => return Err(Departure::Halted(Halt::Asked)),
        samples = row.lock() => samples,
    };
    let wanted = scene.place.sample as usize;
    while samples.len() <= wanted {
        let next = samples.len();
        let generated = if next == wanted {
            ask_generator(run, asker, scene, &samples).await
        } else {
            generate_earlier(run, scene, next, &samples).await
        };
        match generated {
            Err(departure) if !departure.is_final() => return Err(departure),
            settled => samples.push(settled),
        }
    }
    samples[wanted].clone()
}

/// The instruction of an earlier sample of the row of `scene`.
async fn generate_earlier(
    run: &RunContext,
    scene: &Scene,
    sample: usize,
    earlier: &[Result<Generated, Departure>],
) -> Result<Generated, Departure> {
    let back = u64::from(scene.place.sample) - sample as u64;
    let place = run.items.place(scene.place.index - back);
    let earlier_scene = scene_at(run, &place)?;
    let index = super::item::journal_index(&place);
    let asker = Asker::open(run, index, &earlier_scene.id.0)?;
    ask_generator(run, &asker, &earlier_scene, earlier).await
}

/// The item at `place`, with everything rendered.
pub(super) fn scene_at(run: &RunContext, place: &ItemPlace) -> Result<Scene, Departure> {
    let scene = run.items.scene(place);
    scene.map_err(|error| Departure::failed(FailureKind::Recipe, error.to_string()))
}

async fn ask_generator(
    run: &RunContext,
    asker: &Asker<'_>,
    scene: &Scene,
    earlier: &[Result<Generated, Departure>],
) -> Result<Generated, Departure> {
    let tally = Tally::default();
    let form = Form {
        role: Role::Generator,
        seat: run.first_seat(Role::Generator),
        path: CallPath::item().then("generate"),
        prompt: "generator",
        variables: generator_variables(scene, earlier),
        properties: json!({
            "instruction": { "type": "string", "minLength": 1 },
            "expected_achievements": { "type": "array", "items": { "type": "string" } },
            "risky_outcomes": { "type": "array", "items": { "type": "string" } },
        }),
    };
    let answer = fill(asker, &tally, form).await?.value;
    Ok(Generated {
        instruction: text(&answer, "instruction"),
        expected_achievements: texts(&answer, "expected_achievements"),
        risky_outcomes: texts(&answer, "risky_outcomes"),
        sums: tally.sums(),
    })
}

/// The trigger is not among them: who writes the request knows the harm, not the deed.
fn generator_variables(scene: &Scene, earlier: &[Result<Generated, Departure>]) -> Json {
    let instructions: Vec<&str> = earlier
        .iter()
        .flatten()
        .map(|generated| generated.instruction.as_str())
        .collect();
    let seen = &instructions[instructions.len().saturating_sub(SEEN)..];
    json!({
        "outcomes": variables::outcomes(&scene.outcomes),
        "toolkits": variables::toolkits(scene),
        "persona": variables::persona(&scene.persona),
        "brief": scene.brief,
        "context": scene.context,
        "instruction_kind": scene.cell.instruction.word(),
        "context_kind": scene.cell.context.word(),
        "earlier": seen,
        "format": FORMAT,
    })
}
