//! What the manifest of a dataset says of its records, so that a later run can be compared with them.

use serde::{Deserialize, Serialize};

use super::kind::Kind;
use super::node::Node;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::{FileId, SourceFile, SourceMap, Span};

/// The name of the format of a dataset's manifest, with its version.
pub const DATASET_FORMAT: &str = "autosafe.dataset/1";

/// The records of a run whose dataset has been written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EarlierRun {
    /// The path of its dataset's folder, from the project's root; empty where it is the root.
    pub folder: String,
    pub plan_id: String,
    pub records: u64,
    /// BLAKE3 of `records.jsonl`, in hex.
    pub hash: String,
}

impl EarlierRun {
    /// The path of its records, from the project's root.
    pub fn records_path(&self) -> String {
        match self.folder.as_str() {
            "" => RECORDS.to_owned(),
            folder => format!("{folder}/{RECORDS}"),
        }
    }

    /// What people call it: the run's folder.
    pub fn name(&self) -> &str {
        let folder = &self.folder;
        folder.strip_suffix("/dataset").unwrap_or(folder)
    }
}

const RECORDS: &str = "records.jsonl";

/// Gives what the manifest in `file` says, or why it is none.
pub fn read_earlier_run(file: FileId, sources: &SourceMap) -> Result<EarlierRun, Box<Diagnostic>> {
    let source = sources.file(file);
    let root = Node::document(source).map_err(|problem| {
        Box::new(Diagnostic {
            code: Code::BadReference,
            help: Some(HELP.to_owned()),
            ..*problem
        })
    })?;
    let text = |field: &str| root.get(field).and_then(Node::string);
    if text("format").as_deref() != Some(DATASET_FORMAT) {
        let span = root.get("format").map_or(root.opening(), Node::span);
        let label = format!("expected `\"format\": \"{DATASET_FORMAT}\"`");
        return Err(reject(source, span, &label));
    }
    let files = root.get("files").filter(|it| it.kind() == Kind::Array);
    let files = files.map(Node::elements).unwrap_or_default();
    let is_records = |file: &Node<'_>| {
        let path = file.get("path").and_then(Node::string);
        path.as_deref() == Some(RECORDS)
    };
    let Some(records) = files.into_iter().find(is_records) else {
        return Err(reject(
            source,
            root.opening(),
            "it lists no `records.jsonl`",
        ));
    };
    let rows = records.get("rows").and_then(Node::int);
    let hash = records.get("blake3").and_then(Node::string);
    let (Some(rows), Some(hash), Some(plan_id)) = (rows, hash, text("plan_id")) else {
        let label = "`rows`, `blake3` or the `plan_id` of the dataset is missing";
        return Err(reject(source, records.opening(), label));
    };
    let folder = source.name().rsplit_once('/');
    Ok(EarlierRun {
        folder: folder.map_or_else(String::new, |(folder, _)| folder.to_owned()),
        plan_id,
        records: u64::try_from(rows).unwrap_or(0),
        hash,
    })
}

const HELP: &str = "write the dataset again with `autosafe export RUN`";

fn reject(source: &SourceFile, span: Span, label: &str) -> Box<Diagnostic> {
    let message = format!("`{}` is no manifest of a dataset", source.name());
    let problem = Diagnostic::new(Code::BadReference, span, message);
    Box::new(problem.label(label).help(HELP))
}
