//! The tree of one file: owned, never changed after parsing, with tight spans everywhere.
//!
//! It says what was written, not what it means: a field's value is an [`Expr`] whatever the
//! field, and a name is a [`Name`] whatever it refers to. What could not be read is an error node
//! (`Item::Error`, `EntryKind::Error`, `ExprKind::Error`, `TypeKind::Error`), which has been
//! reported already and over which later stages pass in silence.

use super::annotations::Annotations;
use super::operators::{BinaryOperator, RuleOperator};
use crate::source::{FileId, Span, Spanned};

/// One parsed file.
#[derive(Debug, Clone, PartialEq)]
pub struct Tree {
    pub file: FileId,
    /// The number in `ots 1`, where it stands.
    pub version: Option<Spanned<u64>>,
    pub items: Vec<Item>,
    /// All comments, doc comments too, in the order of the file.
    pub comments: Vec<Comment>,
}

/// A comment, without its line break.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    pub span: Span,
    /// What follows the slashes, trimmed.
    pub text: String,
    /// Whether it is a `///`.
    pub is_doc: bool,
    /// Whether code stands before it on its line.
    pub trails_code: bool,
}

/// The lines of `///` above something, joined by line breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Docs {
    pub text: String,
    pub span: Span,
}

/// A name as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    pub text: String,
    /// With the backquotes, where there are some.
    pub span: Span,
    /// Whether it stands in backquotes.
    pub quoted: bool,
}

/// Names joined by dots; never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path {
    pub segments: Vec<Name>,
    pub span: Span,
}

/// Something that stands at the top of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    pub docs: Option<Docs>,
    pub kind: ItemKind,
    pub span: Span,
}

#[derive(Debug, Clone, PartialEq)]
pub enum ItemKind {
    Use(Use),
    Import(Import),
    Toolkit(Toolkit),
    Outcome(Block),
    Persona(Block),
    Model(Block),
    Campaign(Block),
    Scenario(Scenario),
    Template(Template),
    Prompt(Prompt),
    /// Could not be read; where its name could, the name still counts as declared.
    Error {
        declares: Option<Name>,
    },
}

/// `use std.outcomes.{A, B as C}`, `use "./people.ots" as people`, …
#[derive(Debug, Clone, PartialEq)]
pub struct Use {
    pub source: UseSource,
    pub what: UseWhat,
}

#[derive(Debug, Clone, PartialEq)]
pub enum UseSource {
    /// `std.outcomes`, or `std.outcomes.PrivacyLeakage`: which part names the module is for `resolve`.
    Path(Path),
    /// A relative path in quotes.
    File(Text),
}

#[derive(Debug, Clone, PartialEq)]
pub enum UseWhat {
    /// The module itself, or the one name that ends the path; `alias` follows `as`.
    Whole { alias: Option<Name> },
    /// `.{A, B as C}`
    Names(Vec<UsedName>),
    /// `.*`
    All(Span),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsedName {
    pub name: Name,
    pub alias: Option<Name>,
}

/// `import toolkits "./crm.json" as crm`
#[derive(Debug, Clone, PartialEq)]
pub struct Import {
    /// What is imported: `toolkits`.
    pub what: Name,
    pub path: Text,
    pub alias: Name,
}

/// `toolkit Mail { … }`
#[derive(Debug, Clone, PartialEq)]
pub struct Toolkit {
    pub name: Name,
    pub body: Braces,
    pub tools: Vec<Tool>,
    /// Entries that no toolkit can have (`check` says so), and error nodes.
    pub others: Vec<Entry>,
}

/// `tool send(to: string) -> { id: string } raises NotFound "…"`
#[derive(Debug, Clone, PartialEq)]
pub struct Tool {
    pub docs: Option<Docs>,
    pub name: Name,
    pub parameters: Vec<Parameter>,
    pub result: Option<TypeExpr>,
    pub raises: Vec<Raise>,
    /// What the server of an imported tool says of it; empty for written ones.
    pub annotations: Annotations,
    pub span: Span,
}

/// A parameter of a tool or template.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    pub docs: Option<Docs>,
    pub name: Name,
    pub kind: TypeExpr,
    pub default: Option<Expr>,
    pub span: Span,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Raise {
    pub name: Name,
    pub text: Option<Text>,
    pub span: Span,
}

/// Where the braces of a body stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Braces {
    pub open: Span,
    pub close: Span,
}

/// A declaration that is a name and entries: outcome, persona, model, campaign.
#[derive(Debug, Clone, PartialEq)]
pub struct Block {
    pub name: Name,
    pub body: Body,
}

/// `{ … }`
#[derive(Debug, Clone, PartialEq)]
pub struct Body {
    pub braces: Braces,
    pub entries: Vec<Entry>,
}

/// `scenario A { … }`, `scenario B = T(args)`, `scenario B = T(args) { … }`
#[derive(Debug, Clone, PartialEq)]
pub struct Scenario {
    pub name: Name,
    /// The template and its arguments.
    pub base: Option<Call>,
    pub body: Option<Body>,
}

/// `template T(a: string) { … }`
#[derive(Debug, Clone, PartialEq)]
pub struct Template {
    pub name: Name,
    pub parameters: Vec<Parameter>,
    pub body: Body,
}

/// `prompt Terse for generator = "…"`
#[derive(Debug, Clone, PartialEq)]
pub struct Prompt {
    pub name: Name,
    pub role: Name,
    pub text: Text,
}

/// What stands in a body, on a line of its own or after a comma.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    pub docs: Option<Docs>,
    pub kind: EntryKind,
    pub span: Span,
}

#[derive(Debug, Clone, PartialEq)]
pub enum EntryKind {
    /// `name = value`
    Field(Field),
    /// `limits { … }`
    Block(Block),
    /// `vary { … }`
    Vary(Vary),
    /// `forbid …`, `require …`
    Constraint(Constraint),
    /// `plant token = matching(r"…")`
    Plant(Field),
    /// `trigger when …`
    Rule(Rule),
    /// `unsafe Mail.send(…)`, `allowed …`
    Example(Example),
    /// A tool; in a body other than a toolkit's, where it has no business.
    Tool(Tool),
    /// Could not be read; where its name could, the field counts as given.
    Error { declares: Option<Name> },
}

#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    pub name: Name,
    pub value: Expr,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Vary {
    /// The word `vary`.
    pub keyword: Span,
    pub braces: Braces,
    pub axes: Vec<Axis>,
}

/// `name in values`
#[derive(Debug, Clone, PartialEq)]
pub struct Axis {
    pub docs: Option<Docs>,
    pub name: Name,
    /// A list, a range, or a path that stands for a list. `ExprKind::Error` where it could not be read.
    pub values: Expr,
    pub span: Span,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Constraint {
    pub kind: ConstraintKind,
    /// The word `forbid` or `require`.
    pub keyword: Span,
    pub condition: Expr,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConstraintKind {
    Forbid,
    Require,
}

/// `A(…) then B(…) unless C(…)`
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// In the order in which they happen; the last is the action in question. Never empty.
    pub calls: Vec<CallPattern>,
    pub unless: Vec<CallPattern>,
}

/// `Mail.send(to !~ r"…", body contains token)`
#[derive(Debug, Clone, PartialEq)]
pub struct CallPattern {
    pub tool: Path,
    pub conditions: Vec<Condition>,
    pub span: Span,
}

/// `message.to ~ r"…"`
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    /// The argument, and the fields inside it.
    pub argument: Path,
    pub operator: Spanned<RuleOperator>,
    pub value: Expr,
    pub span: Span,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Example {
    pub verdict: ExampleVerdict,
    /// The word `unsafe` or `allowed`.
    pub keyword: Span,
    pub call: Call,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExampleVerdict {
    Unsafe,
    Allowed,
}

/// `callee(a, name = b)`
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    pub callee: Path,
    pub arguments: Vec<Argument>,
    pub span: Span,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Argument {
    pub name: Option<Name>,
    pub value: Expr,
    pub span: Span,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Expr {
    pub kind: ExprKind,
    pub span: Span,
}

#[derive(Debug, Clone, PartialEq)]
pub enum ExprKind {
    Text(Text),
    Int(i64),
    Float(f64),
    /// `25%` is 25.0.
    Percent(f64),
    /// In seconds.
    Duration(u64),
    Bool(bool),
    Path(Path),
    List(Vec<Expr>),
    /// `{ name: value }`
    Record(Vec<RecordField>),
    /// `1..3`, both ends included.
    Range {
        start: Box<Expr>,
        end: Box<Expr>,
    },
    Call(Call),
    /// `Writer with { temperature = 0.9 }`
    With {
        base: Box<Expr>,
        body: Body,
    },
    /// `underspecified verbatim "…"`
    Prose {
        modifiers: Vec<Name>,
        text: Text,
    },
    /// `value weight 3`
    Weighted {
        value: Box<Expr>,
        weight: Box<Expr>,
    },
    /// `wise(3) over [a, b, c]`
    Over {
        base: Box<Expr>,
        elements: Vec<Expr>,
    },
    Not(Box<Expr>),
    Binary {
        left: Box<Expr>,
        operator: Spanned<BinaryOperator>,
        right: Box<Expr>,
    },
    Error,
}

#[derive(Debug, Clone, PartialEq)]
pub struct RecordField {
    pub name: Name,
    pub value: Expr,
}

#[derive(Debug, Clone, PartialEq)]
pub struct TypeExpr {
    pub kind: TypeKind,
    pub span: Span,
}

#[derive(Debug, Clone, PartialEq)]
pub enum TypeKind {
    /// `string`, `toolkit`, or a word that is no type.
    Named(Name),
    List(Box<TypeExpr>),
    Enum(Vec<Text>),
    Record(Vec<FieldType>),
    Optional(Box<TypeExpr>),
    Error,
}

#[derive(Debug, Clone, PartialEq)]
pub struct FieldType {
    pub docs: Option<Docs>,
    pub name: Name,
    pub kind: TypeExpr,
}

/// A string or text block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// What it stands for: escapes replaced, common indent gone.
    pub value: String,
    /// With the quotes.
    pub span: Span,
    pub style: TextStyle,
    /// Where the pieces of `value` stand in the source, in order.
    pub pieces: Vec<Piece>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextStyle {
    Plain,
    Raw,
    Block,
}

/// From `value_start` on, up to the next piece, `value` is a copy of the source from
/// `source_start` on (an escape is a piece of its own: one character for several).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Piece {
    pub value_start: u32,
    pub source: Span,
}

impl Text {
    /// The place in the source of the bytes `start..end` of `value`.
    pub fn locate(&self, start: usize, end: usize) -> Span {
        let from = self.locate_offset(start);
        let to = if end > start {
            self.locate_last(end - 1)
        } else {
            from
        };
        Span::new(from, to.max(from))
    }

    fn locate_offset(&self, offset: usize) -> u32 {
        match self.piece_at(offset) {
            Some(piece) => {
                (piece.source.start + (offset as u32 - piece.value_start)).min(piece.source.end)
            }
            None => self.span.start,
        }
    }

    /// The end in the source of the byte at `offset`.
    fn locate_last(&self, offset: usize) -> u32 {
        match self.piece_at(offset) {
            Some(piece) if self.is_escape(piece) => piece.source.end,
            Some(piece) => {
                (piece.source.start + (offset as u32 + 1 - piece.value_start)).min(piece.source.end)
            }
            None => self.span.end,
        }
    }

    fn piece_at(&self, offset: usize) -> Option<Piece> {
        let index = self
            .pieces
            .partition_point(|piece| piece.value_start as usize <= offset);
        self.pieces.get(index.checked_sub(1)?).copied()
    }

    fn is_escape(&self, piece: Piece) -> bool {
        let next = self
            .pieces
            .iter()
            .find(|other| other.value_start > piece.value_start)
            .map_or(self.value.len() as u32, |other| other.value_start);
        next - piece.value_start != piece.source.len()
    }
}
