//! Fields of declarations: which there are, what they take, which must be there.
//!
//! Each kind of declaration has a [`Table`]. Reading a body against its table says what is unknown,
//! doubled, missing or of the wrong type, and gives the values that are right.

use std::collections::BTreeMap;

use super::checker::Checker;
use super::expressions::{both, either, name_of, unknown_word, wrong_type};
use crate::diagnostic::{Code, Diagnostic, nearest};
use crate::source::Span;
use crate::syntax::{Block, Entry, EntryKind, Expr, ExprKind, Field, Name, Text};

/// The fields of one kind of declaration or block.
pub(super) struct Table {
    /// How messages call what holds the fields: "a model".
    pub owner: &'static str,
    pub fields: &'static [FieldRule],
}

/// One field.
pub(super) struct FieldRule {
    pub name: &'static str,
    pub shape: Shape,
    /// Why it must be there; `None` where it need not.
    pub needed_because: Option<&'static str>,
}

impl FieldRule {
    /// A field that may be left out.
    pub const fn optional(name: &'static str, shape: Shape) -> Self {
        Self {
            name,
            shape,
            needed_because: None,
        }
    }

    /// A field that must be there, and why.
    pub const fn required(name: &'static str, shape: Shape, because: &'static str) -> Self {
        Self {
            name,
            shape,
            needed_because: Some(because),
        }
    }
}

/// What a field takes.
#[derive(Clone, Copy)]
pub(super) enum Shape {
    Text,
    Int {
        least: i64,
        most: i64,
    },
    Number {
        least: f64,
        most: f64,
    },
    Percent,
    Duration,
    Word(&'static [&'static str]),
    Words(&'static [&'static str]),
    Block(&'static Table),
    /// Read by the declaration's own code.
    Free,
}

/// A field's value that fits its shape.
pub(super) enum Setting<'w> {
    Text(&'w Text),
    Int(i64),
    Number(f64),
    Seconds(u64),
    Word(&'static str),
    Words(Vec<(&'static str, Span)>),
    Block(Fields<'w>),
    Free(&'w Expr),
    /// Given, but wrong, and told.
    Broken,
}

/// The fields of one body, by name.
pub(super) struct Fields<'w> {
    given: BTreeMap<&'static str, (&'w Name, Setting<'w>)>,
    /// What misspelt names probably stand for: nothing more is to be said about it.
    meant: Vec<&'static str>,
    /// Whether an entry could not be read, so that nothing can be called missing.
    pub is_partial: bool,
}

impl<'w> Fields<'w> {
    /// The text of a field.
    pub fn text(&self, name: &str) -> Option<&'w Text> {
        match self.setting(name)? {
            Setting::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The integer of a field.
    pub fn int(&self, name: &str) -> Option<i64> {
        match self.setting(name)? {
            Setting::Int(value) => Some(*value),
            _ => None,
        }
    }

    /// The integer of a field whose bounds fit 32 bits.
    pub fn small(&self, name: &str) -> Option<u32> {
        u32::try_from(self.int(name)?).ok()
    }

    /// The integer of a field whose bounds leave out negative ones.
    pub fn count(&self, name: &str) -> Option<u64> {
        u64::try_from(self.int(name)?).ok()
    }

    /// The number of a field; percentages are from 0 to 100.
    pub fn number(&self, name: &str) -> Option<f64> {
        match self.setting(name)? {
            Setting::Number(value) => Some(*value),
            _ => None,
        }
    }

    /// The duration of a field, in seconds.
    pub fn seconds(&self, name: &str) -> Option<u64> {
        match self.setting(name)? {
            Setting::Seconds(value) => Some(*value),
            _ => None,
        }
    }

    /// The word of a field.
    pub fn word(&self, name: &str) -> Option<&'static str> {
        match self.setting(name)? {
            Setting::Word(word) => Some(word),
            _ => None,
        }
    }

    /// The words of a field, with their places.
    pub fn words(&self, name: &str) -> Option<&[(&'static str, Span)]> {
        match self.setting(name)? {
            Setting::Words(words) => Some(words),
            _ => None,
        }
    }

    /// The fields of a block.
    pub fn block(&self, name: &str) -> Option<&Fields<'w>> {
        match self.setting(name)? {
            Setting::Block(fields) => Some(fields),
            _ => None,
        }
    }

    /// The value of a field that the declaration reads itself.
    pub fn free(&self, name: &str) -> Option<&'w Expr> {
        match self.setting(name)? {
            Setting::Free(expr) => Some(expr),
            _ => None,
        }
    }

    /// Where a field's name stands.
    pub fn place(&self, name: &str) -> Option<Span> {
        self.given.get(name).map(|(place, _)| place.span)
    }

    /// Whether a field stands there, right or wrong.
    pub fn has(&self, name: &str) -> bool {
        self.given.contains_key(name) || self.meant.contains(&name)
    }

    fn setting(&self, name: &str) -> Option<&Setting<'w>> {
        self.given.get(name).map(|(_, setting)| setting)
    }
}

impl<'w> Checker<'w> {
    /// Reads entries against a table; `owner` is the name that missing fields are shown at.
    pub fn read_fields(&self, table: &Table, owner: &Name, entries: &'w [Entry]) -> Fields<'w> {
        let mut fields = Fields {
            given: BTreeMap::new(),
            meant: Vec::new(),
            is_partial: false,
        };
        for entry in entries {
            self.read_entry(table, entry, &mut fields);
        }
        self.say_missing(table, owner, &fields);
        fields
    }

    fn read_entry(&self, table: &Table, entry: &'w Entry, fields: &mut Fields<'w>) {
        match &entry.kind {
            EntryKind::Field(field) => self.read_field(table, field, fields),
            EntryKind::Block(block) => self.read_block(table, block, fields),
            EntryKind::Error { declares: None } => fields.is_partial = true,
            EntryKind::Error {
                declares: Some(name),
            } => match rule_of(table, &name.text) {
                Some(rule) => insert(self, fields, rule, name, Setting::Broken),
                None => fields.is_partial = true,
            },
            _ => self.say_misplaced(table.owner, entry),
        }
    }

    fn read_field(&self, table: &Table, field: &'w Field, fields: &mut Fields<'w>) {
        let Some(rule) = rule_of(table, &field.name.text) else {
            return self.say_unknown(table, &field.name, fields);
        };
        let setting = self.read_setting(rule, &field.value);
        insert(self, fields, rule, &field.name, setting);
    }

    fn read_block(&self, table: &Table, block: &'w Block, fields: &mut Fields<'w>) {
        let Some(rule) = rule_of(table, &block.name.text) else {
            return self.say_unknown(table, &block.name, fields);
        };
        let setting = match rule.shape {
            Shape::Block(inner) => {
                Setting::Block(self.read_fields(inner, &block.name, &block.body.entries))
            }
            _ => {
                let name = rule.name;
                let message = format!("`{name}` is a field, not a block");
                self.say(
                    Diagnostic::new(Code::WrongType, block.name.span, message)
                        .help(format!("write `{name} = …`")),
                );
                Setting::Broken
            }
        };
        insert(self, fields, rule, &block.name, setting);
    }

    fn read_setting(&self, rule: &FieldRule, value: &'w Expr) -> Setting<'w> {
        match read_shape(rule, value) {
            Ok(setting) => setting,
            Err(problem) => {
                problem.into_iter().for_each(|problem| self.say(*problem));
                Setting::Broken
            }
        }
    }

    fn say_missing(&self, table: &Table, owner: &Name, fields: &Fields) {
        if fields.is_partial {
            return;
        }
        for rule in table.fields.iter().filter(|rule| !fields.has(rule.name)) {
            if let Some(because) = rule.needed_because {
                let (whose, name) = (table.owner, rule.name);
                let message = format!("{whose} needs `{name}`");
                self.say(
                    Diagnostic::new(Code::MissingField, owner.span, message)
                        .label(format!("`{name}` is missing"))
                        .help(because),
                );
            }
        }
    }

    fn say_unknown(&self, table: &Table, name: &Name, fields: &mut Fields) {
        let known = table.fields.iter().map(|rule| rule.name);
        let open: Vec<_> = known.filter(|known| !fields.has(known)).collect();
        self.say_unknown_field(table.owner, name, &open);
        fields.meant.extend(nearest(&name.text, open));
    }

    /// Says that a field does not exist, with the nearest or all of those that do.
    pub fn say_unknown_field(&self, owner: &str, name: &Name, known: &[&str]) {
        let message = format!("{owner} has no field `{}`", name.text);
        let problem = Diagnostic::new(Code::UnknownField, name.span, message);
        self.say(match nearest(&name.text, known.iter().copied()) {
            Some(near) => problem.did_you_mean(Some(near)),
            None if known.is_empty() => problem,
            None if known.len() == 1 => problem.help(format!("its only field is `{}`", known[0])),
            None => problem.help(format!("the fields are {}", both(known))),
        });
    }

    /// Says that an entry has no business in this body.
    pub fn say_misplaced(&self, owner: &str, entry: &Entry) {
        if let Some((what, span)) = describe_entry(entry) {
            let message = format!("{owner} cannot hold {what}");
            self.say(Diagnostic::new(Code::UnknownField, span, message));
        }
    }

    /// Says that a field is given twice.
    pub fn say_duplicate_field(&self, what: &str, first: Span, second: Span) {
        self.say(
            Diagnostic::new(
                Code::DuplicateField,
                second,
                format!("{what} is given twice"),
            )
            .label("given again here")
            .other(first, "given first here"),
        );
    }
}

/// What an entry is, for messages, and the place to show; `None` for what is told already.
fn describe_entry(entry: &Entry) -> Option<(String, Span)> {
    Some(match &entry.kind {
        EntryKind::Field(field) => (format!("the field `{}`", field.name.text), field.name.span),
        EntryKind::Block(block) => (format!("the block `{}`", block.name.text), block.name.span),
        EntryKind::Vary(vary) => ("`vary`".to_owned(), vary.keyword),
        EntryKind::Constraint(constraint) => ("constraints".to_owned(), constraint.keyword),
        EntryKind::Plant(plant) => ("`plant`".to_owned(), plant.name.span),
        EntryKind::Rule(_) => ("rules".to_owned(), entry.span),
        EntryKind::Example(example) => ("examples".to_owned(), example.keyword),
        EntryKind::Tool(tool) => ("tools".to_owned(), tool.name.span),
        EntryKind::Error { .. } => return None,
    })
}

fn rule_of<'t>(table: &'t Table, name: &str) -> Option<&'t FieldRule> {
    table.fields.iter().find(|rule| rule.name == name)
}

fn insert<'w>(
    checker: &Checker<'w>,
    fields: &mut Fields<'w>,
    rule: &FieldRule,
    name: &'w Name,
    setting: Setting<'w>,
) {
    if let Some((first, _)) = fields.given.get(rule.name) {
        return checker.say_duplicate_field(&format!("`{}`", rule.name), first.span, name.span);
    }
    fields.given.insert(rule.name, (name, setting));
}

type Problem = Option<Box<Diagnostic>>;

fn read_shape<'w>(rule: &FieldRule, value: &'w Expr) -> Result<Setting<'w>, Problem> {
    let what = format!("`{}`", rule.name);
    let wrong = |wanted: &str| Err(wrong_type(&what, wanted, value).map(Box::new));
    match (rule.shape, &value.kind) {
        (Shape::Free, _) => Ok(Setting::Free(value)),
        (Shape::Text, ExprKind::Text(text)) => Ok(Setting::Text(text)),
        (Shape::Text, _) => wrong("a string"),
        (Shape::Int { least, most }, ExprKind::Int(given)) => {
            in_range(&what, value.span, *given as f64, least as f64, most as f64)?;
            Ok(Setting::Int(*given))
        }
        (Shape::Int { .. }, _) => wrong("an integer"),
        (Shape::Number { least, most }, _) => match number(value) {
            Some(given) => {
                in_range(&what, value.span, given, least, most)?;
                Ok(Setting::Number(given))
            }
            None => wrong("a number"),
        },
        (Shape::Percent, ExprKind::Percent(given)) => {
            in_range(&what, value.span, *given, 0.0, 100.0)?;
            Ok(Setting::Number(*given))
        }
        (Shape::Percent, _) => wrong("a percentage such as `25%`"),
        (Shape::Duration, ExprKind::Duration(seconds)) => {
            in_range(&what, value.span, *seconds as f64, 1.0, f64::INFINITY)?;
            Ok(Setting::Seconds(*seconds))
        }
        (Shape::Duration, _) => wrong("a duration such as `30s`, `5m` or `2h`"),
        (Shape::Word(words), _) => word(&what, value, words).map(|word| Setting::Word(word.0)),
        (Shape::Words(words), ExprKind::List(items)) => items
            .iter()
            .map(|item| word(&what, item, words))
            .collect::<Result<_, _>>()
            .map(Setting::Words),
        (Shape::Words(words), _) => wrong(&format!("a list of {}", either(words))),
        (Shape::Block(_), _) => Err(wrong_type(&what, "a block", value)
            .map(|problem| problem.help(format!("write `{} {{ … }}`", rule.name)))
            .map(Box::new)),
    }
}

fn word(
    what: &str,
    value: &Expr,
    words: &'static [&'static str],
) -> Result<(&'static str, Span), Problem> {
    let Some(name) = name_of(value) else {
        let wanted = format!("one of the words {}", either(words));
        return Err(wrong_type(what, &wanted, value).map(Box::new));
    };
    match words.iter().find(|word| **word == name.text) {
        Some(word) => Ok((word, name.span)),
        None => Err(Some(Box::new(unknown_word(
            what, &name.text, name.span, words,
        )))),
    }
}

fn number(value: &Expr) -> Option<f64> {
    match value.kind {
        ExprKind::Int(value) => Some(value as f64),
        ExprKind::Float(value) => Some(value),
        _ => None,
    }
}

fn in_range(what: &str, span: Span, given: f64, least: f64, most: f64) -> Result<(), Problem> {
    if least <= given && given <= most {
        return Ok(());
    }
    let bounds = if most.is_finite() && most < i64::MAX as f64 {
        format!("expected {least} to {most}")
    } else {
        format!("expected {least} or more")
    };
    let problem = Diagnostic::new(Code::OutOfRange, span, format!("{what} is out of range"));
    Err(Some(Box::new(problem.label(bounds))))
}
