//! The head of a dataset card: what hubs read of it.

use serde_json::{Value as Json, json};

use super::columns::{Column, Holds};
use super::form::Form;
use super::input::DatasetInput;
use super::table::{Table, primary_forms};
use super::tally::Tally;

/// The head of the card, as a value.
pub(super) fn head(input: DatasetInput<'_>, tally: &Tally, tables: &[Table]) -> Json {
    let mut tags = vec!["agent", "agent-safety", "tool-use", "synthetic", "autosafe"];
    if tally.simulated > 0 {
        tags.push("simulated");
    }
    let mut head = json!({
        "license": "other",
        "license_name": "set-by-the-publisher",
        "pretty_name": input.plan.work.campaign,
        "task_categories": ["text-generation", "text-classification"],
        "tags": tags,
        "size_categories": [size_category(tally.records)],
    });
    let configs = configs(tables);
    if !configs.is_empty() {
        head["configs"] = configs.iter().map(Config::files).collect();
        head["dataset_info"] = configs.iter().map(Config::info).collect();
    }
    head
}

fn size_category(records: u64) -> &'static str {
    match records {
        0..1_000 => "n<1K",
        1_000..10_000 => "1K<n<10K",
        10_000..100_000 => "10K<n<100K",
        100_000..1_000_000 => "100K<n<1M",
        1_000_000..10_000_000 => "1M<n<10M",
        _ => "10M<n<100M",
    }
}

/// What a hub calls a configuration: one export.
struct Config<'a> {
    form: Form,
    is_default: bool,
    /// One for each split.
    tables: Vec<&'a Table>,
}

/// One configuration for each export, the first one the default.
fn configs(tables: &[Table]) -> Vec<Config<'_>> {
    let with_tables = |(index, form)| Config {
        form,
        is_default: index == 0,
        tables: tables.iter().filter(|table| table.form == form).collect(),
    };
    let forms = primary_forms(tables).into_iter().enumerate();
    forms.map(with_tables).collect()
}

impl Config<'_> {
    /// Where the splits are: in Parquet where that was asked for. All configurations are of one kind
    /// of file, as readers take one reader for all of a folder.
    fn files(&self) -> Json {
        let file = |table: &&Table| {
            let parquet = table.parquet.as_ref().map(|file| file.path.clone());
            let path = parquet.unwrap_or_else(|| table.path());
            json!({ "split": table.split.word(), "path": path })
        };
        let mut config = json!({
            "config_name": self.form.export().word(),
            "data_files": self.tables.iter().map(file).collect::<Vec<_>>(),
        });
        if self.is_default {
            config["default"] = Json::Bool(true);
        }
        config
    }

    /// The sizes, and the types of the columns.
    ///
    /// Readers that have to guess types do so from the first rows, and fail where a later one is the
    /// first with a call. Where rows hold open objects no type is given: new readers guess those
    /// right, and old ones cannot read a card that names the type. Parquet files bring their own.
    fn info(&self) -> Json {
        let columns = self.form.columns();
        let has_parquet = self.tables.iter().any(|table| table.parquet.is_some());
        let is_typed = !has_parquet && columns.iter().all(|column| column.holds.is_closed());
        let mut info = json!({ "config_name": self.form.export().word() });
        if is_typed {
            info["features"] = features(&columns);
        }
        let stored = |table: &&Table| {
            let parquet = table.parquet.as_ref();
            parquet.map_or(table.bytes, |file| file.bytes)
        };
        let split = |table: &&Table| {
            json!({
                "name": table.split.word(),
                "num_bytes": table.bytes,
                "num_examples": table.rows,
            })
        };
        info["splits"] = self.tables.iter().map(split).collect();
        let download: u64 = self.tables.iter().map(stored).sum();
        info["download_size"] = json!(download);
        let size: u64 = self.tables.iter().map(|table| table.bytes).sum();
        info["dataset_size"] = json!(size);
        info
    }
}

fn features(columns: &[Column]) -> Json {
    columns.iter().map(feature).collect()
}

fn feature(column: &Column) -> Json {
    let mut named = json!({ "name": column.name });
    for (key, value) in type_of(&column.holds).as_object().into_iter().flatten() {
        named[key] = value.clone();
    }
    named
}

/// `dtype`, `list` or `struct` with what belongs to it.
fn type_of(holds: &Holds) -> Json {
    match holds {
        Holds::Text | Holds::JsonText | Holds::Open => json!({ "dtype": "string" }),
        Holds::Whole => json!({ "dtype": "int64" }),
        Holds::Real => json!({ "dtype": "float64" }),
        Holds::Truth => json!({ "dtype": "bool" }),
        Holds::Group(columns) => json!({ "struct": features(columns) }),
        Holds::List(item) => json!({ "list": item_of(item) }),
    }
}

/// What stands below `list`: a bare type, or the fields of a group.
fn item_of(item: &Holds) -> Json {
    let kind = type_of(item);
    match item {
        Holds::Group(columns) => features(columns),
        Holds::List(_) => kind,
        _ => kind["dtype"].clone(),
    }
}
