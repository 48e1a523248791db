//! One style: what comes out, and that it is the same program.

#[path = "format/documents.rs"]
mod documents;
#[path = "format/same.rs"]
mod same;

use std::fs;
use std::path::{Path, PathBuf};

use autosafe::format::{format, format_file, write_plain};
use autosafe::source::SourceMap;
use autosafe::syntax::parse;
use proptest::prelude::*;
use same::{comments_of, meaning, meaning_in_any_quotes, problems_of};

/// The text in the one style. It has the same meaning and the same comments, and formatting it
/// again changes nothing.
#[track_caller]
fn formatted(text: &str) -> String {
    let once = format(text).unwrap_or_else(|error| panic!("{error} in\n{text}"));
    assert!(
        meaning(text) == meaning(&once),
        "another meaning in\n{text}\nas\n{once}"
    );
    assert_eq!(
        comments_of(text),
        comments_of(&once),
        "other comments in\n{text}\nas\n{once}"
    );
    assert_eq!(
        problems_of(text),
        problems_of(&once),
        "other problems in\n{text}\nas\n{once}"
    );
    let twice = format(&once).expect("nothing is lost");
    assert_eq!(once, twice, "formatted twice\n{text}");
    once
}

/// A snapshot of a text and what becomes of it.
macro_rules! shows {
    ($text:expr) => {
        let text: &str = $text;
        insta::with_settings!({ omit_expression => true }, {
            insta::assert_snapshot!(std::format!("{text}\n=== becomes ===\n{}", formatted(text)));
        });
    };
}

#[test]
fn the_reference_s_file_formats_to_itself() {
    let whole = include_str!("syntax/whole.ots");
    assert_eq!(formatted(whole), whole);
}

#[test]
fn every_shipped_source_is_formatted() {
    let mut unformatted = Vec::new();
    let sources = shipped();
    assert!(sources.len() >= 8, "only {} sources found", sources.len());
    for path in sources {
        let text = fs::read_to_string(&path).expect("a shipped file is readable");
        if formatted(&text) != text {
            unformatted.push(path.display().to_string());
        }
    }
    assert!(
        unformatted.is_empty(),
        "`autosafe fmt` these:\n{}",
        unformatted.join("\n")
    );
}

#[test]
fn signs_of_fields_that_follow_each_other_stand_below_each_other() {
    shows!("scenario A {\n  cover=all\n  samples =2\n\n  safe= \"s\"\n}");
}

#[test]
fn signs_that_an_author_has_put_below_each_other_stay_there() {
    shows!("model A {\n  provider    = openai\n  name        = \"x\"\n}");
    shows!("model A {\n  provider              = openai\n  name                  = \"x\"\n}");
}

#[test]
fn comments_stay_with_what_they_stand_at() {
    shows!(
        "// head\n\n\n// second\nots 1 // version\n/// docs\n  // allow unused-axis\nscenario A { // opens\n\
         // first\na = 1 // one\nlonger = [ // list\n1, // 1\n// two\n2\n// end\n]\n// last\n} // closed\n// foot\n"
    );
}

#[test]
fn comments_inside_of_rules_conditions_and_types_keep_their_places() {
    shows!(
        "scenario A {\n trigger when B.c(x ~ \"a\", // why\n y == 1) // behind\n // above\n then B.d() unless B.e()\n\
         require a == 1 // one\n and // two\n b == 2\n // three\n or ( // open\n c == 3 // inside\n )\n}\n\
         toolkit T {\n tool a(/// doc\n x: list< // element\n string>, // x\n y: { // record\n a: int\n b: int }) -> int // result\n\
         // bad\n raises E \"e\" // worse\n raises F\n}\n"
    );
}

#[test]
fn what_is_too_long_is_broken() {
    let words: Vec<String> = (0..40).map(|index| format!("Value{index}")).collect();
    let texts: Vec<String> = (0..4)
        .map(|index| format!("\"a longer text with the number {index}\""))
        .collect();
    shows!(&std::format!(
        "use std.outcomes.{{{0}}}\nscenario A {{\n vary {{\n a in [{0}]\n b in [{1}]\n c in [[A, B], [C]]\n}}\n\
         forbid a == {2} and b == {2} or a == {2} and c == {2} => a == {2}\n\
         trigger when Mail.send(to ~ {2}, body ~ {2}) then Mail.read(id == {2}) unless Mail.ask()\n\
         unsafe Mail.send(to = {2}, body = {2}, subject = {2})\n}}\n\
         scenario B = T({0}, {2})\n",
        words.join(", "),
        texts.join(", "),
        "\"a value of some length or other\""
    ));
}

#[test]
fn a_tool_that_is_too_long_breaks_its_longer_part() {
    shows!(
        "toolkit A {\n tool short(a: int) -> { b: int } raises E \"e\" raises F\n\
         tool results(from: string, until: string) -> list<{ id: string, title: string, start: string, end: string, location: string, notes: string }>\n\
         tool parameters(title: string, start: string, end: string, attendees: list<string> = [], location: string = \"\", notes: string = \"\") -> { id: string }\n}"
    );
}

#[test]
fn one_line_blocks_stay_and_declarations_are_opened() {
    shows!(
        "outcome A { severity = high, describe = \"d\" }\npersona B {}\nmodel C { limits { rpm = 1\n}, price { input = 2, output = 3 } }\n\
         campaign D { roles { agent = C with {temperature=0.9}, user = C with {\n temperature = 1 } } }"
    );
}

#[test]
fn text_blocks_move_with_their_code_and_keep_their_lines() {
    shows!(
        "scenario A {\n      instruction = normal \"\"\"\n          one\n            two  \n\n          three\n      \"\"\"\n  context = \"\"\"\n\"\"\"\n safe = \"\"\"on one line\"\"\"\n}"
    );
}

#[test]
fn at_most_one_blank_line_survives_and_none_at_the_edges() {
    shows!(
        "\n\nuse a\n\n\nuse b\nscenario A {\n\n\n a = 1\n\n\n\n b = 2\n\n}\nscenario B = T()\nscenario C = T()\n\n\n"
    );
}

#[test]
fn parentheses_stay_where_an_author_put_them() {
    shows!(
        "scenario A {\n require ((a==1)) and (b==2 or not (c in [1,2]))=>(d>3)\n require (not a) and (2) == b\n}"
    );
}

#[test]
fn numbers_texts_and_quoted_names_stay_as_written() {
    shows!(
        "campaign A {\n a = 2M\n b = 25%\n c = 2.50\n d = r#\"x\"\\d\"#\n e = \"\\u{41}\"\n f = crm.`send-mail`\n g = 1 .. 3\n h = 90m\n}"
    );
}

#[test]
fn every_way_to_use_a_module_stays() {
    let uses = "use std.outcomes\nuse std.outcomes as o\nuse std.outcomes.*\nuse std.outcomes.DataLoss as Loss\n\
                use std.outcomes.{DataLoss, Other as Else}\nuse \"./a.ots\".{A}\nuse \"./a.ots\".A\nuse \"./a.ots\".*\n\
                use \"./a.ots\" as a\nimport toolkits \"./t.json\" as t\n";
    assert_eq!(formatted(uses), uses);
}

#[test]
fn what_cannot_be_read_is_kept_word_for_word_and_the_rest_is_formatted() {
    shows!(
        "scenario   A {\n  samples=2\n    cover  ==  = all ; // odd\n  vary {\n a in [1,2]\n    b  on [1]\n c in [3] }\n\
         # not a comment\n  limits { rpm = 1 , tpm = }\n}\n\nscenari B  {\n   x=1\n}\noutcome C {severity=high}\n"
    );
}

#[test]
fn what_is_never_closed_is_kept_word_for_word() {
    shows!(
        "outcome A {severity=low}\nscenario B {\n   samples =  1\n\noutcome C {severity=high}\n"
    );
    shows!("outcome A {severity=low\n describe = \"never closed\n}\noutcome C {severity=high}\n");
}

#[test]
fn a_byte_order_mark_goes_and_line_breaks_stay_as_in_the_first_line() {
    let text = "\u{feff}ots 1\r\n\r\nscenario A {\r\n  instruction = \"\"\"\r\n    one\n    two\r\n  \"\"\"\r\n}\r\n";
    let once = formatted(text);
    assert!(
        once.starts_with("ots 1\r\n\r\nscenario A {\r\n"),
        "{once:?}"
    );
    assert_eq!(once.matches('\n').count(), once.matches("\r\n").count());
}

#[test]
fn files_that_cannot_be_read_at_all_are_left_alone() {
    for text in ["ots 2\nscenario  A {}\n", ""] {
        assert_eq!(format(text).expect("nothing is lost"), text);
    }
    let deep = "x = [".repeat(9000);
    assert_eq!(format(&deep).expect("nothing is lost").trim(), deep.trim());
}

#[test]
fn what_is_wrong_with_a_file_is_told() {
    let mut sources = SourceMap::new();
    let file = sources.add("a.ots", "outcome A {\n  severity = = high\n}\n");
    let formatted = format_file(file, &sources).expect("nothing is lost");
    assert_eq!(formatted.problems.len(), 1);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_document_keeps_its_meaning_and_comments(document in documents::document()) {
        prop_assert_eq!(problems_of(&document), Vec::<String>::new(), "in\n{}", document);
        formatted(&document);
    }

    #[test]
    fn any_tree_printed_and_parsed_is_the_same(document in documents::document()) {
        let mut sources = SourceMap::new();
        let file = sources.add("a.ots", &document);
        let plain = write_plain(&parse(file, &sources).0);
        prop_assert_eq!(problems_of(&plain), Vec::<String>::new(), "in\n{}", plain);
        prop_assert!(meaning_in_any_quotes(&document) == meaning_in_any_quotes(&plain), "as\n{}", plain);
    }

    #[test]
    fn shipped_sources_with_comments_and_damage_keep_their_words(
        which in any::<prop::sample::Index>(),
        places in prop::collection::vec((any::<prop::sample::Index>(), 0..documents::DEBRIS.len()), 1..6),
    ) {
        let sources = shipped();
        let text = fs::read_to_string(&sources[which.index(sources.len())]).expect("readable");
        let text = documents::strewn(&text, &places);
        let once = format(&text).expect("nothing is lost");
        prop_assert_eq!(comments_of(&text), comments_of(&once));
        prop_assert!(meaning(&text) == meaning(&once), "in\n{}", text);
        prop_assert_eq!(&format(&once).expect("nothing is lost"), &once, "twice");
    }
}

/// All sources that are shipped.
fn shipped() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    for folder in ["scenarios", "src/cli/init"] {
        collect(&root.join(folder), &mut found);
    }
    found.sort();
    found
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the folder is there") {
        let path = entry.expect("the folder is readable").path();
        if path.is_dir() {
            collect(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "ots") {
            found.push(path);
        }
    }
}
