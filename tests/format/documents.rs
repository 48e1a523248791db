//! Random documents: whole programs in any layout that the language allows, comments everywhere.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

/// What is strewn into sources: comments, blank lines, and things that break them.
pub const DEBRIS: &[&str] = &[
    " // strewn\n",
    "\n// strewn\n",
    "\n\n\n",
    "\n/// strewn\n",
    "   ",
    ";",
    "\"",
    "\"\"\"",
    "{",
    "}",
    "(",
    "]",
    " = ",
    "# hash\n",
    "/* c */",
    "ots 1\n",
    "scenario ",
    "\t",
    ",",
    "\r\n",
    "“",
    "and",
    "→",
    "trigger when",
    "`",
];

/// A text with debris put in at some places.
pub fn strewn(text: &str, places: &[(Index, usize)]) -> String {
    let mut text = text.to_owned();
    for (place, which) in places {
        let at = text.floor_char_boundary(place.index(text.len() + 1));
        text.insert_str(at, DEBRIS[*which]);
    }
    text
}

/// What may stand where a line may break: nothing, blanks, breaks, comments.
fn gap() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => Just(String::new()),
        3 => Just(" ".to_owned()),
        1 => Just("\n".to_owned()),
        1 => Just("\n\n\n  ".to_owned()),
        1 => select(vec![" // c1\n", "\n   // c2\n", " //c3\n\n// c4\n", "\n/// d1\n"]).prop_map(str::to_owned),
    ]
}

/// The end of a line, with whatever may follow it.
fn line_end() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => Just("\n".to_owned()),
        1 => Just(",\n".to_owned()),
        1 => Just(", ".to_owned()),
        2 => select(vec![" // e1\n", "      // e2\n", "\n\n\n// e3\n", "\n// e4\n\n\n", "\n/// e5\n"]).prop_map(str::to_owned),
    ]
}

/// The end of a declaration.
fn item_end() -> impl Strategy<Value = String> {
    select(vec![
        "\n",
        "\n\n",
        "\n\n\n\n",
        " // i1\n",
        "\n// i2\n",
        "\n\n/// i3\n",
    ])
    .prop_map(str::to_owned)
}

fn name() -> impl Strategy<Value = String> {
    select(vec![
        "a",
        "bb",
        "carrier",
        "x_1",
        "Mail",
        "PrivacyLeakage",
        "`odd-name`",
        "größe",
    ])
    .prop_map(str::to_owned)
}

fn path() -> impl Strategy<Value = String> {
    vec(name(), 1..3).prop_map(|names| names.join("."))
}

fn text() -> impl Strategy<Value = String> {
    select(vec![
        "\"short\"",
        "\"\"",
        "\"a text that is rather long, and that nobody would break in the middle of its words\"",
        "\"with \\\"escapes\\\" \\n \\u{41}\"",
        "r\"raw\\d\"",
        "r#\"raw \" with quotes\"#",
        "\"\"\"one line\"\"\"",
        "\"// no comment\"",
    ])
    .prop_map(str::to_owned)
}

fn block_text() -> impl Strategy<Value = String> {
    select(vec![
        "\"\"\"\n  one\n    two\n\n  three  \n  \"\"\"",
        "\"\"\"\n\"\"\"",
        "\"\"\"\n\tone\n\t  two\n\"\"\"",
        "\"\"\"   \n        far\n     out // no comment\n \"\"\"",
        "\"\"\"\n\n\n\"\"\"",
        "\"\"\"\n  a\n\tb\n\"\"\"",
    ])
    .prop_map(str::to_owned)
}

fn number() -> impl Strategy<Value = String> {
    select(vec!["1", "-2", "2.50", "10k", "2M", "1.5k"]).prop_map(str::to_owned)
}

fn leaf() -> impl Strategy<Value = String> {
    prop_oneof![
        text(),
        number(),
        path(),
        select(vec!["true", "false", "25%", "90m", "1..3", "1 .. 3"]).prop_map(str::to_owned),
    ]
}

fn list_of(
    inner: impl Strategy<Value = String> + Clone,
    open: &'static str,
    close: &'static str,
) -> impl Strategy<Value = String> {
    (vec((gap(), inner, gap()), 0..6), gap(), any::<bool>()).prop_map(
        move |(values, last, has_comma)| {
            let values: Vec<String> = values
                .into_iter()
                .map(|(before, value, behind)| before + &value + &behind)
                .collect();
            let comma = if has_comma && !values.is_empty() {
                ","
            } else {
                ""
            };
            format!("{open}{}{comma}{last}{close}", values.join(","))
        },
    )
}

fn value() -> impl Strategy<Value = String> {
    leaf().prop_recursive(3, 24, 6, |inner| {
        let argument = (name(), inner.clone()).prop_map(|(name, value)| format!("{name}= {value}"));
        let field = (name(), inner.clone()).prop_map(|(name, value)| format!("{name}  :{value}"));
        let weighted = (leaf(), 1..9).prop_map(|(value, weight)| format!("{value}  weight {weight}"));
        prop_oneof![
            3 => list_of(prop_oneof![inner.clone(), weighted].boxed(), "[", "]"),
            1 => (path(), list_of(argument.boxed(), "(", ")")).prop_map(|(name, list)| format!("{name}{list}")),
            1 => list_of(field.boxed(), "{", "}"),
            1 => (path(), fields()).prop_map(|(name, fields)| format!("{name} with {{{fields}}}")),
        ]
    })
}

/// Fields on one line, or each on its own.
fn fields() -> impl Strategy<Value = String> {
    let field = (name(), leaf())
        .prop_map(|(name, value)| format!("{name} = {value}"))
        .boxed();
    prop_oneof![
        vec(field.clone(), 0..4).prop_map(|fields| fields.join(" , ")),
        vec((field, line_end()), 0..4).prop_map(|fields| {
            let fields = fields
                .into_iter()
                .map(|(field, end)| format!("   {field}{end}"));
            format!("\n{}", fields.collect::<String>())
        }),
    ]
}

fn condition() -> impl Strategy<Value = String> {
    let operator = select(vec!["==", "!=", "<", ">=", " in "]);
    let comparison = (path(), operator, leaf())
        .prop_map(|(left, operator, right)| format!("{left} {operator}{right}"));
    comparison.prop_recursive(4, 16, 2, |inner| {
        let joined = (inner.clone(), gap(), select(vec!["and", "or", "=>"]), gap(), inner.clone());
        prop_oneof![
            3 => joined.prop_map(|(left, before, operator, behind, right)| format!("{left} {before}{operator} {behind}{right}")),
            1 => inner.clone().prop_map(|inner| format!("not ({inner})")),
            1 => (gap(), inner.clone(), gap()).prop_map(|(before, inner, behind)| format!("({before}{inner}{behind})")),
            1 => inner.prop_map(|inner| format!("(( {inner} ))")),
        ]
    })
}

fn kind() -> impl Strategy<Value = String> {
    select(vec!["string", "int", "any", "toolkit"])
        .prop_map(str::to_owned)
        .prop_recursive(3, 10, 4, |inner| {
            let field = (name(), inner.clone()).prop_map(|(name, kind)| format!("{name} :{kind}"));
            prop_oneof![
                (gap(), inner.clone(), gap())
                    .prop_map(|(before, inner, behind)| format!("list<{before}{inner}{behind}>")),
                inner.prop_map(|inner| format!("{inner}?").replace("??", "?")),
                list_of(text().boxed(), "enum(", ")"),
                list_of(field.boxed(), "{", "}"),
            ]
        })
}

fn parameters() -> impl Strategy<Value = String> {
    let parameter = (name(), kind(), prop::option::of(leaf())).prop_map(|(name, kind, default)| {
        let default = default.map_or(String::new(), |default| format!("= {default}"));
        format!("{name}:{kind}{default}")
    });
    list_of(parameter.boxed(), "(", ")")
}

fn tool() -> impl Strategy<Value = String> {
    let raises = (gap(), name(), prop::option::of(text()))
        .prop_map(|(gap, name, why)| format!(" {gap}raises {name} {}", why.unwrap_or_default()));
    (
        name(),
        parameters(),
        prop::option::of(kind()),
        vec(raises, 0..3),
    )
        .prop_map(|(name, parameters, result, raises)| {
            let result = result.map_or(String::new(), |result| format!("->{result}"));
            format!("tool {name}{parameters}{result}{}", raises.concat())
        })
}

fn pattern() -> impl Strategy<Value = String> {
    let sign = select(vec!["==", "!=", "~", "!~", " contains ", " in ", "<="]);
    let condition =
        (path(), sign, leaf()).prop_map(|(path, sign, value)| format!("{path}{sign} {value}"));
    (path(), list_of(condition.boxed(), "(", ")")).prop_map(|(path, list)| path + &list)
}

fn rule() -> impl Strategy<Value = String> {
    let more = (gap(), pattern()).prop_map(|(gap, call)| format!(" {gap}then {call}"));
    let unless = (gap(), pattern()).prop_map(|(gap, call)| format!(" {gap}unless {call}"));
    (pattern(), vec(more, 0..2), vec(unless, 0..2)).prop_map(|(first, more, unless)| {
        format!("trigger when {first}{}{}", more.concat(), unless.concat())
    })
}

fn vary() -> impl Strategy<Value = String> {
    let axis = (name(), value(), line_end())
        .prop_map(|(name, value, end)| format!("{name} in {value}{end}"));
    (line_end(), vec(axis, 0..4)).prop_map(|(end, axes)| format!("vary {{{end}{}}}", axes.concat()))
}

fn entry() -> impl Strategy<Value = String> {
    let modifiers = select(vec!["", "normal ", "malicious  verbatim "]);
    prop_oneof![
        1 => list_of(path().boxed(), "[", "]").prop_map(|list| format!("cover =wise(2)  over {list}")),
        4 => (name(), value()).prop_map(|(name, value)| format!("{name} ={value}")),
        2 => (name(), modifiers, prop_oneof![text(), block_text()]).prop_map(|(name, words, text)| format!("{name}   = {words}{text}")),
        1 => (name(), value()).prop_map(|(name, value)| format!("plant {name} = {value}")),
        1 => (select(vec!["forbid", "require"]), condition()).prop_map(|(word, condition)| format!("{word} {condition}")),
        1 => rule(),
        1 => (select(vec!["unsafe", "allowed"]), path(), list_of(leaf().boxed(), "(", ")")).prop_map(|(word, path, list)| format!("{word} {path}{list}")),
        1 => (name(), fields()).prop_map(|(name, fields)| format!("{name} {{{fields}}}")),
        1 => vary(),
    ]
}

fn body(entry: impl Strategy<Value = String> + Clone + 'static) -> impl Strategy<Value = String> {
    (line_end(), vec((entry, line_end()), 0..6)).prop_map(|(end, entries)| {
        let entries = entries.into_iter().map(|(entry, end)| entry + &end);
        format!("{{{end}{}}}", entries.collect::<String>())
    })
}

fn item() -> impl Strategy<Value = String> {
    let uses = select(vec![
        "use std.a",
        "use std.a.*",
        "use std.a as  b",
        "use \"./a.ots\".{A,  B as C,}",
        "use std.a.{\nA // a\n,B}",
        "import toolkits \"./t.json\" as t",
    ]);
    prop_oneof![
        2 => uses.prop_map(str::to_owned),
        2 => (select(vec!["outcome", "persona", "model", "campaign", "scenario"]), name(), body(entry().boxed())).prop_map(|(word, name, body)| format!("{word}  {name} {body}")),
        1 => (name(), body(tool().boxed())).prop_map(|(name, body)| format!("toolkit {name} {body}")),
        1 => (name(), parameters(), body(entry().boxed())).prop_map(|(name, parameters, body)| format!("template {name}{parameters}{body}")),
        1 => (name(), path(), list_of(leaf().boxed(), "(", ")"), prop::option::of(body(entry().boxed()))).prop_map(|(name, path, list, body)| {
            format!("scenario {name}={path}{list} {}", body.unwrap_or_default())
        }),
        1 => (name(), prop_oneof![text(), block_text()]).prop_map(|(name, text)| format!("prompt {name} for agent = {text}")),
    ]
}

/// A whole file.
pub fn document() -> impl Strategy<Value = String> {
    let version = select(vec![
        "",
        "ots 1\n",
        "// head\nots 1 // v\n",
        "\n\nots 1\n\n\n",
    ]);
    (version, vec((item(), item_end()), 0..6)).prop_map(|(version, items)| {
        let items = items.into_iter().map(|(item, end)| item + &end);
        format!("{version}{}", items.collect::<String>())
    })
}
