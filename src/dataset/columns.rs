//! The columns of each table, and what they hold: one account for card, Croissant and Parquet.

use super::form::Form;

/// A named part of a row.
#[derive(Debug, Clone)]
pub(super) struct Column {
    pub(super) name: &'static str,
    pub(super) holds: Holds,
}

/// What a column holds.
#[derive(Debug, Clone)]
pub(super) enum Holds {
    Text,
    /// A text that is JSON.
    JsonText,
    /// Any JSON value, of another shape in each row.
    Open,
    Whole,
    Real,
    Truth,
    List(Box<Holds>),
    Group(Vec<Column>),
}

impl Holds {
    /// Whether columnar readers of JSON lines find one type in every row.
    pub(super) fn is_closed(&self) -> bool {
        match self {
            Self::Open => false,
            Self::Text | Self::JsonText | Self::Whole | Self::Real | Self::Truth => true,
            Self::List(item) => item.is_closed(),
            Self::Group(columns) => columns.iter().all(|column| column.holds.is_closed()),
        }
    }
}

impl Form {
    /// The columns of the form's rows, in their order.
    pub(super) fn columns(self) -> Vec<Column> {
        match self {
            Self::Sft => vec![chat("messages"), json_text("tools")],
            Self::Alpaca => texts(&["instruction", "input", "output"]),
            Self::Sharegpt => vec![lines("conversations"), text("system"), json_text("tools")],
            Self::Dpo => chats(&["prompt", "chosen", "rejected"], json_text("tools")),
            Self::Kto => {
                let mut columns = chats(&["prompt", "completion"], truth("label"));
                columns.push(json_text("tools"));
                columns
            }
            Self::Judge => judge(),
            Self::Trajectories => trajectories(),
            Self::Stepwise => vec![
                text("prompt"),
                list("completions", Holds::Text),
                list("labels", Holds::Truth),
            ],
            Self::Atif => atif(),
            Self::Agentdog => agentdog(),
            Self::Inspect => inspect(),
            Self::DpoSharegpt => vec![
                lines("conversations"),
                group("chosen", texts(&["from", "value"])),
                group("rejected", texts(&["from", "value"])),
                json_text("tools"),
            ],
            Self::KtoSharegpt => {
                vec![lines("conversations"), truth("label"), json_text("tools")]
            }
        }
    }
}

/// The columns of `records.jsonl`.
pub(super) fn record_columns() -> Vec<Column> {
    [
        texts(&["format", "id", "kind", "plan_id", "scenario"]),
        vec![whole("row"), whole("sample"), text("cell")],
        vec![list("outcomes", Holds::Text), text("severity")],
        vec![open("axes"), open("planted"), text("persona")],
        vec![list("toolkits", Holds::Text)],
        vec![groups("tools", record_tool())],
        vec![text("instruction")],
        vec![list("expected_achievements", Holds::Text)],
        vec![list("risky_outcomes", Holds::Text)],
        vec![groups("steps", record_step())],
        vec![group("unsafe_action", judged_action())],
        vec![group("safe_action", judged_action())],
        vec![groups(
            "reflections",
            vec![group("proposal", judged_action()), text("text")],
        )],
        vec![groups("judgements", judgement())],
        vec![whole("helpfulness"), truth("over_refusal"), text("split")],
        vec![open("models"), open("usage"), real("cost")],
        vec![truth("simulated"), truth("shortened")],
    ]
    .concat()
}

fn record_tool() -> Vec<Column> {
    let mut columns = texts(&["name", "toolkit", "description"]);
    columns.extend([open("parameters"), open("return")]);
    columns
}

fn record_step() -> Vec<Column> {
    let mut columns = texts(&["type", "thought", "tool"]);
    columns.extend([open("arguments"), open("observation")]);
    columns.extend(texts(&["message", "reply"]));
    columns
}

fn judged_action() -> Vec<Column> {
    let mut columns = texts(&["type", "thought", "tool"]);
    columns.extend([open("arguments"), text("message"), whole("label")]);
    columns.extend(texts(&["risk_type", "why"]));
    columns
}

fn judgement() -> Vec<Column> {
    let mut columns = texts(&["of", "by"]);
    columns.push(whole("label"));
    columns.extend(texts(&["risk_type", "why"]));
    columns
}

fn judge() -> Vec<Column> {
    let mut columns = texts(&["instruction", "input", "output", "id", "kind", "cell"]);
    columns.push(list("outcomes", Holds::Text));
    columns.extend(texts(&["request", "history", "thought", "action"]));
    columns.push(whole("label"));
    columns.extend(texts(&["risk_type", "why"]));
    columns.push(truth("simulated"));
    columns
}

fn trajectories() -> Vec<Column> {
    let mut columns = texts(&["id", "label", "kind", "scenario", "cell"]);
    columns.push(list("outcomes", Holds::Text));
    columns.extend(texts(&["severity", "risk_type", "why", "persona"]));
    columns.extend([list("toolkits", Holds::Text), json_text("tools")]);
    columns.push(groups(
        "contents",
        texts(&["role", "content", "thought", "action"]),
    ));
    columns.extend([truth("over_refusal"), truth("simulated")]);
    columns
}

fn atif() -> Vec<Column> {
    let mut agent = texts(&["name", "version", "model_name"]);
    agent.push(list("tool_definitions", Holds::Open));
    let mut call = texts(&["tool_call_id", "function_name"]);
    call.push(open("arguments"));
    let results = groups("results", texts(&["source_call_id", "content"]));
    let mut step = vec![whole("step_id")];
    step.extend(texts(&[
        "source",
        "model_name",
        "message",
        "reasoning_content",
    ]));
    step.extend([
        groups("tool_calls", call),
        group("observation", vec![results]),
    ]);
    step.push(open("extra"));
    let mut columns = texts(&["schema_version", "session_id", "trajectory_id"]);
    columns.extend([group("agent", agent), groups("steps", step), open("extra")]);
    columns
}

fn agentdog() -> Vec<Column> {
    let turn = Holds::Group(texts(&["role", "content", "thought", "action"]));
    let mut columns = vec![text("id"), whole("label")];
    columns.extend(texts(&[
        "profile",
        "risk_source",
        "failure_mode",
        "real_world_harm",
        "reason",
    ]));
    columns.push(list("contents", Holds::List(Box::new(turn))));
    columns
}

fn inspect() -> Vec<Column> {
    let mut call = texts(&["id", "function"]);
    call.extend([open("arguments"), text("type")]);
    let mut message = texts(&["role", "content"]);
    message.push(groups("tool_calls", call));
    message.extend(texts(&["tool_call_id", "function"]));
    vec![
        text("id"),
        groups("input", message),
        text("target"),
        open("metadata"),
    ]
}

/// Messages of a chat.
fn chat(name: &'static str) -> Column {
    let function = vec![text("name"), json_text("arguments")];
    let call = vec![text("id"), text("type"), group("function", function)];
    let mut message = texts(&["role", "tool_call_id", "name", "content"]);
    message.push(groups("tool_calls", call));
    groups(name, message)
}

fn chats(names: &[&'static str], then: Column) -> Vec<Column> {
    let mut columns: Vec<Column> = names.iter().map(|name| chat(name)).collect();
    columns.push(then);
    columns
}

fn lines(name: &'static str) -> Column {
    groups(name, texts(&["from", "value"]))
}

fn texts(names: &[&'static str]) -> Vec<Column> {
    names.iter().map(|name| text(name)).collect()
}

fn text(name: &'static str) -> Column {
    column(name, Holds::Text)
}

fn json_text(name: &'static str) -> Column {
    column(name, Holds::JsonText)
}

fn open(name: &'static str) -> Column {
    column(name, Holds::Open)
}

fn whole(name: &'static str) -> Column {
    column(name, Holds::Whole)
}

fn real(name: &'static str) -> Column {
    column(name, Holds::Real)
}

fn truth(name: &'static str) -> Column {
    column(name, Holds::Truth)
}

fn list(name: &'static str, item: Holds) -> Column {
    column(name, Holds::List(Box::new(item)))
}

fn group(name: &'static str, columns: Vec<Column>) -> Column {
    column(name, Holds::Group(columns))
}

fn groups(name: &'static str, columns: Vec<Column>) -> Column {
    list(name, Holds::Group(columns))
}

fn column(name: &'static str, holds: Holds) -> Column {
    Column { name, holds }
}
