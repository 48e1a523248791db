//! The filters, tests and functions that templates have.

use super::shape::Shape;

/// Every filter.
pub(super) const FILTERS: &[&str] = &[
    "abs",
    "attr",
    "batch",
    "bool",
    "capitalize",
    "chain",
    "count",
    "d",
    "default",
    "dictsort",
    "e",
    "escape",
    "first",
    "float",
    "format",
    "groupby",
    "indent",
    "int",
    "items",
    "join",
    "last",
    "length",
    "lines",
    "list",
    "lower",
    "map",
    "max",
    "min",
    "pprint",
    "reject",
    "rejectattr",
    "replace",
    "reverse",
    "round",
    "safe",
    "select",
    "selectattr",
    "slice",
    "sort",
    "split",
    "string",
    "sum",
    "title",
    "tojson",
    "trim",
    "unique",
    "upper",
    "zip",
];

/// Every test that has a name, for `is`.
pub(super) const TESTS: &[&str] = &[
    "boolean",
    "defined",
    "divisibleby",
    "endingwith",
    "eq",
    "equalto",
    "escaped",
    "even",
    "false",
    "filter",
    "float",
    "ge",
    "greaterthan",
    "gt",
    "in",
    "int",
    "integer",
    "iterable",
    "le",
    "lessthan",
    "lower",
    "lt",
    "mapping",
    "ne",
    "none",
    "number",
    "odd",
    "safe",
    "sameas",
    "sequence",
    "startingwith",
    "string",
    "test",
    "true",
    "undefined",
    "upper",
];

/// Every function.
pub(super) const FUNCTIONS: &[&str] = &["dict", "namespace", "range"];

/// What a filter gives for a value of this shape.
pub(super) fn filtered(filter: &str, value: &Shape) -> Shape {
    match (filter, value) {
        ("list" | "sort" | "unique" | "reverse" | "select" | "reject", Shape::List(_))
        | ("selectattr" | "rejectattr", Shape::List(_)) => value.clone(),
        ("first" | "last" | "min" | "max", Shape::List(element)) => element.as_ref().clone(),
        (
            "lower" | "upper" | "title" | "capitalize" | "replace" | "length" | "count" | "trim"
            | "join" | "round" | "int" | "float" | "string" | "bool" | "indent" | "tojson"
            | "format",
            _,
        ) => Shape::Scalar,
        _ => Shape::Any,
    }
}

/// What `loop` holds inside a `for`.
pub(super) fn loop_shape() -> Shape {
    let names = [
        "index",
        "index0",
        "revindex",
        "revindex0",
        "first",
        "last",
        "length",
        "depth",
        "depth0",
    ];
    let callable = ["cycle", "changed", "previtem", "nextitem"];
    Shape::record(
        names
            .map(|name| (name, Shape::Scalar))
            .into_iter()
            .chain(callable.map(|name| (name, Shape::Any))),
    )
}

#[cfg(test)]
mod tests {
    use super::super::engine::render_prose;
    use super::*;

    fn is_known(word: &str, names: &[&str]) {
        for name in names {
            let template = format!("{{{{ '{name}' is {word} }}}}");
            let shown = render_prose(&template, &serde_json::Map::new());
            assert_eq!(shown.as_deref(), Ok("true"), "{word} {name}");
        }
    }

    #[test]
    fn the_engine_knows_every_filter_and_test_of_the_lists() {
        is_known("filter", FILTERS);
        is_known("test", TESTS);
    }
}
