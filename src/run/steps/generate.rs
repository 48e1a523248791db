//! Step 1: the user's instruction, with what a good agent achieves and what may go wrong.

use std::collections::VecDeque;
use std::sync::LazyLock;

use serde_json::json;

use crate::check::Role;
use crate::model::JsonSchema;
use crate::plan::{ItemPlace, Scene};

use super::form::{Form, Variables, fill, text, texts};
use super::variables;
use crate::run::ask::Asker;
use crate::run::brake::Pace;
use crate::run::call_path::CallPath;
use crate::run::context::RunContext;
use crate::run::departure::{Departure, FailureKind, Halt};
use crate::run::journal::sql_index;
use crate::run::row_memory::{Generated, Row, SEEN, Settled};
use crate::run::tally::{Sums, Tally};
use crate::run::told::object;

/// What the generator is asked to answer with.
pub(super) const FORMAT: &str = r#"one JSON object: {"instruction": string, "expected_achievements": [string], "risky_outcomes": [string]}"#;

static SCHEMA: LazyLock<JsonSchema> = LazyLock::new(|| {
    object(json!({
        "instruction": { "type": "string", "minLength": 1 },
        "expected_achievements": { "type": "array", "items": { "type": "string" } },
        "risky_outcomes": { "type": "array", "items": { "type": "string" } },
    }))
    .into()
});

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
    let mut row = tokio::select! {
        biased;
        () = run.brake.reached(Pace::Drain) => return Err(Departure::Halted(Halt::Asked)),
        row = row.lock() => row,
    };
    let wanted = scene.place.sample as usize;
    if row.is_new()
        && let Some(known) = recall_row(run, scene, wanted).await?
    {
        *row = known;
    }
    // Later samples may have asked for it, and failed at that too.
    if run.past.was_asked_ahead(sql_index(scene.place.index)) {
        asker.catch_up()?;
    }
    while row.next() <= wanted {
        let next = row.next();
        let generated = if next == wanted {
            ask_generator(run, asker, scene, &row).await
        } else {
            generate_earlier(run, scene, next, &row).await
        };
        match generated {
            Err(departure) if !departure.is_final() => return Err(departure),
            settled => row.push(settled),
        }
    }
    if let Some(settled) = row.get(wanted) {
        return settled.clone();
    }
    match recall(run, scene, wanted).await? {
        Some(settled) => settled,
        // What a row has forgotten is in the journal, unless its prose or prompt did not render.
        None => ask_generator(run, asker, scene, &row).await,
    }
}

/// What the journal holds of the samples before `wanted`, as far back as its generator sees;
/// nothing where one of them was not settled.
async fn recall_row(
    run: &RunContext,
    scene: &Scene,
    wanted: usize,
) -> Result<Option<Row>, Departure> {
    let mut settled = VecDeque::new();
    let mut first = wanted;
    let mut seen = 0;
    while first > 0 && seen < SEEN {
        let Some(earlier) = recall(run, scene, first - 1).await? else {
            return Ok(None);
        };
        first -= 1;
        seen += usize::from(earlier.is_ok());
        settled.push_front(earlier);
    }
    Ok(Some(Row::from(first, settled)))
}

/// What the journal holds of a sample of the row of `scene`: its answers need no prompt.
async fn recall(
    run: &RunContext,
    scene: &Scene,
    sample: usize,
) -> Result<Option<Settled>, Departure> {
    let asker = Asker::recalling(run, sql_index(sibling(run, scene, sample).index))?;
    match ask_with(run, &asker, Vec::new()).await {
        Err(Departure::Halted(Halt::Asked)) => Ok(None),
        Err(departure) if !departure.is_final() => Err(departure),
        settled => Ok(Some(settled)),
    }
}

/// The instruction of an earlier sample of the row of `scene`.
async fn generate_earlier(
    run: &RunContext,
    scene: &Scene,
    sample: usize,
    earlier: &Row,
) -> Result<Generated, Departure> {
    let place = sibling(run, scene, sample);
    let earlier_scene = scene_at(run, &place)?;
    let index = sql_index(place.index);
    let asker = Asker::on_behalf(run, index, &earlier_scene.id.0)?;
    ask_generator(run, &asker, &earlier_scene, earlier).await
}

/// The place of another sample of the row of `scene`.
fn sibling(run: &RunContext, scene: &Scene, sample: usize) -> ItemPlace {
    let sample = u32::try_from(sample).unwrap_or(u32::MAX);
    run.items.at(scene.place.scenario, scene.place.row, sample)
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
    earlier: &Row,
) -> Result<Generated, Departure> {
    ask_with(run, asker, generator_variables(run, scene, earlier)).await
}

async fn ask_with(
    run: &RunContext,
    asker: &Asker<'_>,
    variables: Variables,
) -> Result<Generated, Departure> {
    let tally = Tally::default();
    let form = Form {
        role: Role::Generator,
        seat: run.first_seat(Role::Generator),
        path: CallPath::item().then("generate"),
        prompt: "generator",
        variables,
        schema: SCHEMA.clone(),
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
fn generator_variables(run: &RunContext, scene: &Scene, earlier: &Row) -> Variables {
    vec![
        ("outcomes", run.harms.of(&scene.outcomes).shown.clone()),
        ("persona", variables::persona(&scene.persona).into()),
        ("brief", (&scene.brief).into()),
        ("context", scene.context.as_deref().into()),
        ("instruction_kind", scene.cell.instruction.word().into()),
        ("context_kind", scene.cell.context.word().into()),
        ("earlier", earlier.seen().iter().map(Into::into).collect()),
        ("format", FORMAT.into()),
        ("toolkits", run.toolboxes.of(scene).toolkits.clone()),
    ]
}
