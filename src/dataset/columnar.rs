//! Tables in Parquet: the rows of a file of JSON lines, typed.
//!
//! What is a JSON value of another shape in each row (arguments, tools, answers) is a text with
//! Parquet's logical type JSON: readers that know it give objects, all others the text. So no reader
//! pads one tool's arguments with the nulls of another's. Rows are written in batches, so that memory
//! does not grow with their number.

use std::path::PathBuf;
use std::sync::Arc;

use arrow_array::builder::{BooleanBuilder, Float64Builder, Int64Builder, StringBuilder};
use arrow_array::{ArrayRef, ListArray, RecordBatch, StructArray};
use arrow_buffer::{NullBuffer, OffsetBuffer};
use arrow_schema::extension::Json as JsonExtension;
use arrow_schema::{DataType, Field, Fields, Schema, SchemaRef};
use parquet::arrow::arrow_writer::{ArrowWriter, ArrowWriterOptions};
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use serde_json::Value as Json;

use super::columns::{Column, Holds};
use super::error::DatasetError;
use super::manifest::WrittenFile;
use super::open_file::OpenFile;

/// Text that waits to be written, in bytes of JSON.
const BATCH: usize = 4 << 20;

/// What a row group holds at least, in encoded bytes; readers load one at a time.
const ROW_GROUP: usize = 32 << 20;

/// A Parquet file that grows.
pub(super) struct ColumnarFile {
    path: PathBuf,
    writer: ArrowWriter<OpenFile>,
    schema: SchemaRef,
    columns: Vec<Column>,
    waiting: Vec<Json>,
    waiting_bytes: usize,
    rows: u64,
}

impl ColumnarFile {
    /// A file at `path` for rows of these columns.
    pub(super) fn create(path: PathBuf, columns: Vec<Column>) -> Result<Self, DatasetError> {
        let schema: SchemaRef = Arc::new(Schema::new(fields(&columns)));
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::default()))
            .build();
        let options = ArrowWriterOptions::new()
            .with_properties(properties)
            .with_skip_arrow_metadata(true);
        let file = OpenFile::create(path.clone())?;
        let writer = ArrowWriter::try_new_with_options(file, Arc::clone(&schema), options)
            .map_err(|error| unwritten(&path, error))?;
        Ok(Self {
            path,
            writer,
            schema,
            columns,
            waiting: Vec::new(),
            waiting_bytes: 0,
            rows: 0,
        })
    }

    /// Adds the row that stands in a line of JSON.
    pub(super) fn add_row(&mut self, line: &str) -> Result<(), DatasetError> {
        let row = serde_json::from_str(line).expect("rows are written as JSON");
        self.waiting.push(row);
        self.waiting_bytes += line.len();
        self.rows += 1;
        if self.waiting_bytes >= BATCH {
            self.write_waiting()?;
        }
        Ok(())
    }

    /// Writes what is left, and closes the file.
    pub(super) fn close(mut self, name: String) -> Result<WrittenFile, DatasetError> {
        self.write_waiting()?;
        let path = self.path;
        let file = self.writer.into_inner();
        let file = file.map_err(|error| unwritten(&path, error))?;
        file.close(name, Some(self.rows))
    }

    fn write_waiting(&mut self) -> Result<(), DatasetError> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let rows: Vec<Option<&Json>> = self.waiting.iter().map(Some).collect();
        let arrays = arrays(&self.columns, &rows);
        let batch = RecordBatch::try_new(Arc::clone(&self.schema), arrays)
            .expect("arrays are made after the schema's own columns");
        self.writer
            .write(&batch)
            .map_err(|error| unwritten(&self.path, error))?;
        self.waiting.clear();
        self.waiting_bytes = 0;
        if self.writer.in_progress_size() >= ROW_GROUP {
            self.writer
                .flush()
                .map_err(|error| unwritten(&self.path, error))?;
        }
        Ok(())
    }
}

fn unwritten(path: &std::path::Path, error: ParquetError) -> DatasetError {
    DatasetError::at(path)(std::io::Error::other(error))
}

fn fields(columns: &[Column]) -> Fields {
    columns
        .iter()
        .map(|column| field(column.name, &column.holds))
        .collect()
}

/// Every field may be null: a tool call has no message, a message no tool call.
fn field(name: &str, holds: &Holds) -> Field {
    let field = Field::new(name, data_type(holds), true);
    match holds {
        Holds::JsonText | Holds::Open => field.with_extension_type(JsonExtension::default()),
        _ => field,
    }
}

fn data_type(holds: &Holds) -> DataType {
    match holds {
        Holds::Text | Holds::JsonText | Holds::Open => DataType::Utf8,
        Holds::Whole => DataType::Int64,
        Holds::Real => DataType::Float64,
        Holds::Truth => DataType::Boolean,
        Holds::List(item) => DataType::List(element(item)),
        Holds::Group(columns) => DataType::Struct(fields(columns)),
    }
}

fn element(item: &Holds) -> Arc<Field> {
    Arc::new(field("element", item))
}

/// One array for each column, from rows that are objects, or absent.
fn arrays(columns: &[Column], rows: &[Option<&Json>]) -> Vec<ArrayRef> {
    let of_column = |column: &Column| {
        let values: Vec<Option<&Json>> = rows
            .iter()
            .map(|row| row.and_then(|row| row.get(column.name)))
            .collect();
        array(&column.holds, &values)
    };
    columns.iter().map(of_column).collect()
}

fn array(holds: &Holds, values: &[Option<&Json>]) -> ArrayRef {
    match holds {
        Holds::Text | Holds::JsonText => {
            let mut built = StringBuilder::new();
            for value in values {
                built.append_option(value.and_then(Json::as_str));
            }
            Arc::new(built.finish())
        }
        Holds::Open => {
            let mut built = StringBuilder::new();
            for value in values {
                built.append_option(value.map(Json::to_string));
            }
            Arc::new(built.finish())
        }
        Holds::Whole => {
            let mut built = Int64Builder::new();
            for value in values {
                built.append_option(value.and_then(Json::as_i64));
            }
            Arc::new(built.finish())
        }
        Holds::Real => {
            let mut built = Float64Builder::new();
            for value in values {
                built.append_option(value.and_then(Json::as_f64));
            }
            Arc::new(built.finish())
        }
        Holds::Truth => {
            let mut built = BooleanBuilder::new();
            for value in values {
                built.append_option(value.and_then(Json::as_bool));
            }
            Arc::new(built.finish())
        }
        Holds::List(item) => list_array(item, values),
        Holds::Group(columns) => group_array(columns, values),
    }
}

fn list_array(item: &Holds, values: &[Option<&Json>]) -> ArrayRef {
    let lists = values
        .iter()
        .map(|value| value.and_then(Json::as_array))
        .collect::<Vec<_>>();
    let lengths = lists.iter().map(|list| list.map_or(0, Vec::len));
    let offsets = OffsetBuffer::from_lengths(lengths);
    let nulls: NullBuffer = lists.iter().map(Option::is_some).collect::<Vec<_>>().into();
    let items: Vec<Option<&Json>> = lists.into_iter().flatten().flatten().map(Some).collect();
    let items = array(item, &items);
    Arc::new(ListArray::new(element(item), offsets, items, Some(nulls)))
}

fn group_array(columns: &[Column], values: &[Option<&Json>]) -> ArrayRef {
    let groups: Vec<Option<&Json>> = values
        .iter()
        .map(|value| value.filter(|value| value.is_object()))
        .collect();
    let nulls: NullBuffer = groups
        .iter()
        .map(Option::is_some)
        .collect::<Vec<_>>()
        .into();
    let arrays = arrays(columns, &groups);
    let length = groups.len();
    let array = StructArray::try_new_with_length(fields(columns), arrays, Some(nulls), length)
        .expect("arrays are made after the group's own columns");
    Arc::new(array)
}
