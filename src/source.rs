//! Source files: bytes come in through [`Files`], and every file gets its part of one offset space.
//!
//! A [`Span`] is two offsets into that space, so one diagnostic may point into two files and
//! nothing needs to carry a file beside a span. Invariant: the parts of two files never touch
//! (one offset lies between them), so a span belongs to at most one file.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// Largest file that is read, in bytes.
pub const MAX_FILE_BYTES: u64 = 16 * 1024 * 1024;

/// What some editors put before a text; it belongs to no language.
pub const BYTE_ORDER_MARK: char = '\u{feff}';

/// A range of bytes in the offset space that all files of a program share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span {
    pub start: u32,
    pub end: u32,
}

impl Span {
    /// The span from `start` to `end`, both global byte offsets.
    pub fn new(start: u32, end: u32) -> Self {
        debug_assert!(start <= end, "a span runs forward");
        Self { start, end }
    }

    /// The empty span at `offset`.
    pub fn at(offset: u32) -> Self {
        Self::new(offset, offset)
    }

    /// The smallest span that holds both.
    pub fn to(self, other: Span) -> Self {
        Self::new(self.start.min(other.start), self.end.max(other.end))
    }

    /// Length in bytes.
    pub fn len(self) -> u32 {
        self.end - self.start
    }

    /// Whether nothing lies inside.
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// Whether `offset` lies inside or at the end.
    pub fn touches(self, offset: u32) -> bool {
        self.start <= offset && offset <= self.end
    }
}

/// A value and the place it was written at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Spanned<T> {
    pub value: T,
    pub span: Span,
}

impl<T> Spanned<T> {
    /// Puts `value` at `span`.
    pub fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }
}

/// The place of a file in a [`SourceMap`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(u32);

/// A line and a column, both from 1; the column counts characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct LineColumn {
    pub line: u32,
    pub column: u32,
}

/// One file: its text, and where it lies in the offset space.
#[derive(Debug)]
pub struct SourceFile {
    name: String,
    text: String,
    base: u32,
    line_starts: Vec<u32>,
}

impl SourceFile {
    /// How the file is called in messages: relative to the project's root, with `/`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The global span of the whole file.
    pub fn span(&self) -> Span {
        Span::new(self.base, self.base + self.text.len() as u32)
    }

    /// Line and column of a global offset that lies in this file.
    pub fn line_column(&self, offset: u32) -> LineColumn {
        let local = self.local(offset);
        let line = self.line_starts.partition_point(|&start| start <= local) - 1;
        let before = &self.text[self.line_starts[line] as usize..local as usize];
        LineColumn {
            line: line as u32 + 1,
            column: before.chars().count() as u32 + 1,
        }
    }

    /// The byte offset within the file of a global offset, moved back to a character's start.
    pub fn local(&self, offset: u32) -> u32 {
        let clamped = offset.saturating_sub(self.base).min(self.text.len() as u32);
        self.text.floor_char_boundary(clamped as usize) as u32
    }

    /// The global span of line `line` (from 1) without its line break.
    pub fn line_span(&self, line: u32) -> Option<Span> {
        let start = *self.line_starts.get(line.checked_sub(1)? as usize)?;
        let rest = &self.text[start as usize..];
        let length = rest.find('\n').unwrap_or(rest.len());
        Some(Span::new(
            self.base + start,
            self.base + start + length as u32,
        ))
    }
}

/// All files of a program in one offset space.
#[derive(Debug, Default)]
pub struct SourceMap {
    files: Vec<SourceFile>,
}

impl SourceMap {
    /// An empty map.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a file behind those already there.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<String>) -> FileId {
        let text = text.into();
        let base = self.files.last().map_or(0, |last| last.span().end + 1);
        let line_starts = std::iter::once(0)
            .chain(text.match_indices('\n').map(|(at, _)| at as u32 + 1))
            .collect();
        self.files.push(SourceFile {
            name: name.into(),
            text,
            base,
            line_starts,
        });
        FileId(self.files.len() as u32 - 1)
    }

    /// The file that `add` gave this id.
    pub fn file(&self, id: FileId) -> &SourceFile {
        &self.files[id.0 as usize]
    }

    /// All files, in the order they were added.
    pub fn files(&self) -> impl Iterator<Item = (FileId, &SourceFile)> {
        self.files
            .iter()
            .enumerate()
            .map(|(index, file)| (FileId(index as u32), file))
    }

    /// The file that a global offset lies in; `None` for an empty map.
    pub fn file_at(&self, offset: u32) -> Option<&SourceFile> {
        let index = self
            .files
            .partition_point(|file| file.span().start <= offset);
        self.files.get(index.checked_sub(1)?)
    }

    /// The text under a span.
    pub fn text(&self, span: Span) -> &str {
        match self.file_at(span.start) {
            Some(file) => {
                &file.text[file.local(span.start) as usize..file.local(span.end) as usize]
            }
            None => "",
        }
    }
}

/// Why a file could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    #[error("no such file")]
    NotFound,
    #[error("this is a folder, not a file")]
    Directory,
    #[error("not a regular file")]
    NotRegular,
    #[error("not UTF-8 (the first wrong byte is at offset {at})")]
    NotUtf8 { at: usize },
    #[error("larger than {} MiB", MAX_FILE_BYTES / 1024 / 1024)]
    TooLarge,
    #[error("the path leads out of the project's root {}", root.display())]
    OutsideRoot { root: PathBuf },
    #[error("{0}")]
    Other(String),
}

impl From<io::Error> for ReadError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound => Self::NotFound,
            io::ErrorKind::IsADirectory => Self::Directory,
            _ => Self::Other(error.to_string()),
        }
    }
}

/// Where the text of files comes from: the disk, an editor's buffers, or a test.
///
/// Paths are relative to the project's root, use `/`, and hold no `..`.
pub trait Files {
    /// The text of the file at `path`, without a byte-order mark.
    fn read(&self, path: &str) -> Result<String, ReadError>;
}

/// Files held in memory, for tests and editors.
#[derive(Debug, Default, Clone)]
pub struct MemoryFiles {
    files: std::collections::BTreeMap<String, String>,
}

impl MemoryFiles {
    /// Adds a file, or replaces it.
    #[must_use]
    pub fn with(mut self, path: impl Into<String>, text: impl Into<String>) -> Self {
        self.files.insert(path.into(), text.into());
        self
    }
}

impl Files for MemoryFiles {
    fn read(&self, path: &str) -> Result<String, ReadError> {
        self.files.get(path).cloned().ok_or(ReadError::NotFound)
    }
}

/// The folder of a project on disk. Nothing outside its root is read, links followed.
#[derive(Debug, Clone)]
pub struct Project {
    root: PathBuf,
}

impl Project {
    /// The project that `entry` belongs to, and the entry's path within it.
    ///
    /// The root is the nearest folder at or above the entry's that holds `autosafe.toml` or
    /// `.git`; without one it is the entry's own folder.
    pub fn containing(entry: &Path) -> Result<(Self, String), ReadError> {
        let entry = canonical(entry)?;
        let folder = entry.parent().unwrap_or(Path::new("/"));
        let root = folder
            .ancestors()
            .find(|folder| is_marked_as_root(folder))
            .unwrap_or(folder)
            .to_path_buf();
        let path = slashed(entry.strip_prefix(&root).unwrap_or(&entry));
        Ok((Self { root }, path))
    }

    /// The project's root.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The file at `path`, for what is too large to be read at once.
    ///
    /// # Errors
    /// It is not there, lies outside the root, or is no regular file.
    pub fn open(&self, path: &str) -> Result<std::fs::File, ReadError> {
        let file = std::fs::File::open(self.inside(path)?)?;
        let about = file.metadata()?;
        match () {
            () if about.is_dir() => Err(ReadError::Directory),
            () if !about.is_file() => Err(ReadError::NotRegular),
            () => Ok(file),
        }
    }

    /// Where the file is, if it is below the root, links followed.
    fn inside(&self, path: &str) -> Result<PathBuf, ReadError> {
        let path = canonical(&self.root.join(path))?;
        if path.starts_with(&self.root) {
            return Ok(path);
        }
        Err(ReadError::OutsideRoot {
            root: self.root.clone(),
        })
    }
}

impl Files for Project {
    fn read(&self, path: &str) -> Result<String, ReadError> {
        read_text(&self.inside(path)?)
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "files come into the pure stages through this module alone"
)]
fn canonical(path: &Path) -> Result<PathBuf, ReadError> {
    Ok(std::fs::canonicalize(path)?)
}

fn is_marked_as_root(folder: &Path) -> bool {
    ["autosafe.toml", ".git"]
        .iter()
        .any(|marker| folder.join(marker).exists())
}

fn read_text(path: &Path) -> Result<String, ReadError> {
    let text = read_as_is(path)?;
    Ok(match text.strip_prefix(BYTE_ORDER_MARK) {
        Some(rest) => rest.to_owned(),
        None => text,
    })
}

/// The text of a file on disk, a byte-order mark included where it has one.
///
/// # Errors
/// It cannot be read, is no regular file, is too large, or not UTF-8.
#[expect(
    clippy::disallowed_methods,
    reason = "files come into the pure stages through this module alone"
)]
pub fn read_as_is(path: &Path) -> Result<String, ReadError> {
    let metadata = std::fs::metadata(path)?;
    if metadata.is_dir() {
        return Err(ReadError::Directory);
    }
    // A named pipe or a device would never end.
    if !metadata.is_file() {
        return Err(ReadError::NotRegular);
    }
    if metadata.len() > MAX_FILE_BYTES {
        return Err(ReadError::TooLarge);
    }
    decode(std::fs::read(path)?)
}

fn decode(bytes: Vec<u8>) -> Result<String, ReadError> {
    String::from_utf8(bytes).map_err(|error| ReadError::NotUtf8 {
        at: error.utf8_error().valid_up_to(),
    })
}

fn slashed(path: &Path) -> String {
    path.components()
        .map(|part| part.as_os_str().to_string_lossy())
        .collect::<Vec<_>>()
        .join("/")
}

impl fmt::Display for LineColumn {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.line, self.column)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn two_files() -> (SourceMap, FileId, FileId) {
        let mut sources = SourceMap::new();
        let first = sources.add("a.ots", "one\ntwo é🦀 x");
        let second = sources.add("b.ots", "three\r\nfour\n");
        (sources, first, second)
    }

    #[test]
    fn files_lie_apart_in_one_offset_space() {
        let (sources, first, second) = two_files();
        let (first, second) = (sources.file(first).span(), sources.file(second).span());
        assert_eq!(first.start, 0);
        assert!(first.end < second.start);
        assert_eq!(
            sources.file_at(first.end).map(SourceFile::name),
            Some("a.ots")
        );
        assert_eq!(
            sources.file_at(second.start).map(SourceFile::name),
            Some("b.ots")
        );
        assert!(SourceMap::new().file_at(0).is_none());
    }

    #[test]
    fn columns_count_characters() {
        let (sources, first, _) = two_files();
        let file = sources.file(first);
        let at = file.text().find('x').expect("it is there") as u32;
        assert_eq!(file.line_column(at).to_string(), "2:8");
        assert_eq!(file.line_column(0).to_string(), "1:1");
        assert_eq!(file.line_column(file.span().end).to_string(), "2:9");
    }

    #[test]
    fn an_offset_inside_of_a_character_moves_to_its_start() {
        let (sources, first, _) = two_files();
        let file = sources.file(first);
        let crab = file.text().find('🦀').expect("it is there") as u32;
        assert_eq!(file.local(crab + 2), crab);
        assert_eq!(sources.text(Span::new(crab, crab + 2)), "");
    }

    #[test]
    fn a_line_has_a_span_without_its_break() {
        let (sources, _, second) = two_files();
        let file = sources.file(second);
        let line = |number| file.line_span(number).map(|span| sources.text(span));
        assert_eq!(line(2), Some("four"));
        assert_eq!(line(3), Some(""));
        assert_eq!((line(0), line(4)), (None, None));
    }

    #[test]
    fn a_byte_order_mark_is_dropped_and_other_bytes_are_refused() {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let marked = folder.path().join("marked.ots");
        std::fs::write(&marked, b"\xef\xbb\xbfots 1").expect("writable");
        assert_eq!(read_text(&marked), Ok("ots 1".to_owned()));
        assert_eq!(read_as_is(&marked), Ok("\u{feff}ots 1".to_owned()));
        assert_eq!(
            decode(b"ots \xff".to_vec()),
            Err(ReadError::NotUtf8 { at: 4 })
        );
    }

    #[test]
    fn what_is_no_readable_file_is_refused_by_name() {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let missing = Project::containing(&folder.path().join("none.ots"));
        assert_eq!(missing.err(), Some(ReadError::NotFound));
        let project = Project {
            root: canonical(folder.path()).expect("the folder is there"),
        };
        assert_eq!(project.read("."), Err(ReadError::Directory));
        assert_eq!(project.read("none.ots"), Err(ReadError::NotFound));
        let outside = project.read("..");
        assert!(
            matches!(outside, Err(ReadError::OutsideRoot { .. })),
            "{outside:?}"
        );
    }
}
