//! Files that belong to a program because a field names them: certificates of models, what a
//! campaign's quality gates compare with, and the labels that it calibrates by.

use crate::syntax::{Block, Entry, EntryKind, ExprKind, Item, ItemKind, Text, Tree};

/// A path that a field names, and what it leads to.
#[derive(Debug, Clone)]
pub(super) struct Attachment {
    pub text: Text,
    pub what: Attached,
}

/// What an attached path leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Attached {
    Certificates,
    /// A file of texts to compare records with.
    Reference,
    /// A run to compare records with: what belongs to the program is its dataset's manifest.
    Run,
    /// A file of labelled actions.
    Labels,
}

/// The name of the file that tells what a dataset's folder holds.
const MANIFEST: &str = "manifest.json";

/// The paths that the declarations of a file name.
pub(super) fn attachments(tree: &Tree) -> Vec<Attachment> {
    tree.items.iter().flat_map(attachments_of).collect()
}

/// Where the manifest of the run at `path` may be, most likely first, and the folder of its dataset.
pub(super) fn manifests(path: &str) -> Vec<String> {
    match path.rsplit_once('/') {
        _ if !path.ends_with(".jsonl") => {
            vec![
                format!("{path}/dataset/{MANIFEST}"),
                format!("{path}/{MANIFEST}"),
            ]
        }
        Some((folder, _)) => vec![format!("{folder}/{MANIFEST}")],
        None => vec![MANIFEST.to_owned()],
    }
}

fn attachments_of(item: &Item) -> Vec<Attachment> {
    match &item.kind {
        ItemKind::Model(model) => certificates(model),
        ItemKind::Campaign(campaign) => blocks_named("quality", campaign)
            .flat_map(compared_with)
            .chain(blocks_named("calibrate", campaign).flat_map(labels))
            .collect(),
        _ => Vec::new(),
    }
}

fn certificates(model: &Block) -> Vec<Attachment> {
    let texts = values_of("ca", model).filter_map(|value| match value {
        ExprKind::Text(text) if !text.value.contains("-----BEGIN") => Some(text.clone()),
        _ => None,
    });
    let what = Attached::Certificates;
    texts.map(|text| Attachment { text, what }).collect()
}

fn compared_with(quality: &Block) -> Vec<Attachment> {
    let fields = [("leakage", Attached::Reference), ("against", Attached::Run)];
    let of_field = |(name, what): (&str, Attached)| {
        let texts = values_of(name, quality).flat_map(texts_in);
        texts
            .map(|text| Attachment { text, what })
            .collect::<Vec<_>>()
    };
    fields.into_iter().flat_map(of_field).collect()
}

fn labels(calibrate: &Block) -> Vec<Attachment> {
    let texts = values_of("labels", calibrate).filter_map(|value| match value {
        ExprKind::Text(text) => Some(text.clone()),
        _ => None,
    });
    let what = Attached::Labels;
    texts.map(|text| Attachment { text, what }).collect()
}

fn texts_in(value: &ExprKind) -> Vec<Text> {
    let ExprKind::List(items) = value else {
        return Vec::new();
    };
    let texts = items.iter().filter_map(|item| match &item.kind {
        ExprKind::Text(text) => Some(text.clone()),
        _ => None,
    });
    texts.collect()
}

fn values_of<'b>(name: &str, block: &'b Block) -> impl Iterator<Item = &'b ExprKind> {
    let is_named = move |entry: &'b Entry| match &entry.kind {
        EntryKind::Field(field) if field.name.text == name => Some(&field.value.kind),
        _ => None,
    };
    let values: Vec<_> = block.body.entries.iter().filter_map(is_named).collect();
    values.into_iter()
}

fn blocks_named<'b>(name: &str, block: &'b Block) -> impl Iterator<Item = &'b Block> {
    let is_named = move |entry: &'b Entry| match &entry.kind {
        EntryKind::Block(inner) if inner.name.text == name => Some(inner),
        _ => None,
    };
    let blocks: Vec<_> = block.body.entries.iter().filter_map(is_named).collect();
    blocks.into_iter()
}
