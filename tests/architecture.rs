//! The house holds its shape: arrows between rooms point one way, and no files use each other in a
//! circle.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The rooms in their order: a room may use those before it, never those after it.
/// `format` is among the last because nothing but the command line needs it.
const ROOMS: &[&str] = &[
    "source",
    "diagnostic",
    "syntax",
    "import",
    "resolve",
    "prompt",
    "check",
    "plan",
    "model",
    "run",
    "dataset",
    "eval",
    "report",
    "format",
    "cli",
];

/// Foreign crates that live in one room.
const TENANTS: &[(&str, &str)] = &[
    ("pest", "syntax"),
    ("miette", "diagnostic"),
    ("minijinja", "prompt"),
    ("reqwest", "model"),
    ("httparse", "model"),
    ("hyper_util", "model"),
    ("axum", "model"),
    ("rusqlite", "run"),
    ("parquet", "dataset"),
    ("arrow_array", "dataset"),
    ("saphyr_parser", "import"),
    ("sha2", "dataset"),
    ("clap", "cli"),
    ("tracing_subscriber", "cli"),
    ("opentelemetry_otlp", "cli"),
    ("opentelemetry_sdk", "cli"),
    ("similar", "cli"),
];

/// Rooms that turn text into values and touch nothing else.
const PURE: &[&str] = &[
    "syntax", "import", "resolve", "prompt", "check", "plan", "format",
];

#[test]
fn arrows_between_rooms_point_one_way() {
    let mut wrong = Vec::new();
    for (room, file, text) in sources() {
        for used in rooms_named_in(&text) {
            if position(&used) > position(&room) {
                wrong.push(format!("{}: `{room}` uses `{used}`", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_files_use_each_other_in_a_circle() {
    let mut open: BTreeMap<PathBuf, BTreeSet<PathBuf>> = sources()
        .into_iter()
        .filter(|(_, file, _)| !file.ends_with("mod.rs"))
        .map(|(_, file, text)| (file.clone(), files_named_in(&file, &text)))
        .collect();
    let arrows: usize = open.values().map(BTreeSet::len).sum();
    assert!(arrows > open.len(), "the files' names are found");
    // Whatever uses nothing that is left, or is used by nothing that is left, is in no circle.
    loop {
        let before = open.len();
        let left: BTreeSet<PathBuf> = open.keys().cloned().collect();
        let used: BTreeSet<PathBuf> = open.values().flatten().cloned().collect();
        open.retain(|file, uses| used.contains(file) && !uses.is_disjoint(&left));
        if open.len() == before {
            break;
        }
    }
    assert!(open.is_empty(), "in a circle: {open:#?}");
}

#[test]
fn faces_hand_on_what_others_define() {
    let defines = |line: &str| {
        let words = line.split_whitespace();
        let mut words = words.skip_while(|word| word.starts_with("pub") || *word == "async");
        let first = words.next().unwrap_or_default();
        ["fn", "struct", "enum", "trait", "impl", "const", "static"].contains(&first)
    };
    let faces = sources().into_iter().filter(|it| it.1.ends_with("mod.rs"));
    let wrong: Vec<_> = faces
        .filter(|(_, _, text)| code_of(text).any(defines))
        .map(|(_, file, _)| file)
        .collect();
    assert!(wrong.is_empty(), "these define something: {wrong:?}");
}

#[test]
fn every_room_has_its_place_in_the_order() {
    for (room, file, _) in sources() {
        assert!(
            ROOMS.contains(&room.as_str()),
            "{}: `{room}` is no known room",
            file.display()
        );
    }
}

#[test]
fn foreign_crates_live_in_one_room() {
    let mut wrong = Vec::new();
    for (room, file, text) in sources() {
        for (guest, home) in TENANTS {
            if room != *home && code_of(&text).any(|line| line.contains(&format!("{guest}::"))) {
                wrong.push(format!("{}: `{guest}` lives in `{home}`", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn pure_rooms_deny_files_clock_and_environment() {
    for room in PURE {
        let text =
            fs::read_to_string(root().join(room).join("mod.rs")).expect("a room has a mod.rs");
        assert!(
            text.contains("#![deny(clippy::disallowed_methods)]"),
            "src/{room}/mod.rs does not deny the disallowed methods"
        );
    }
}

/// Room, file and text of every source file that belongs to a room.
fn sources() -> Vec<(String, PathBuf, String)> {
    let mut files = Vec::new();
    collect(&root(), &mut files);
    assert!(files.len() > 20, "the sources are found");
    files
        .into_iter()
        .filter_map(|file| {
            let inside = file
                .strip_prefix(root())
                .expect("it was found under the root");
            let room = inside.components().next()?.as_os_str().to_str()?;
            let room = room.trim_end_matches(".rs").to_owned();
            if ["lib", "main"].contains(&room.as_str()) {
                return None;
            }
            let text = fs::read_to_string(&file).expect("a source is readable");
            Some((room, inside.to_path_buf(), text))
        })
        .collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("src is readable") {
        let path = entry.expect("src is readable").path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

/// The rooms named after `crate::`, in a `use` or anywhere else in the code, braces included.
fn rooms_named_in(text: &str) -> Vec<String> {
    let code = code_of(text).collect::<Vec<_>>().join("\n");
    let mut rooms = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        match rest.strip_prefix('{') {
            Some(inside) => rooms.extend(first_names(inside)),
            None => rooms.extend(first_name(rest)),
        }
    }
    rooms.retain(|name| ROOMS.contains(&name.as_str()));
    rooms
}

/// The files whose names follow `super::` or `crate::` in the code of `file`, all of them below the
/// root; those that hand on what others define are none.
fn files_named_in(file: &Path, text: &str) -> BTreeSet<PathBuf> {
    let code = code_of(text).collect::<Vec<_>>().join("\n");
    let code = code.split("#[cfg(test)]\nmod tests").next();
    let code = code.expect("a split has a first part");
    let folder = file.parent().expect("it lies in a room");
    let mut named = BTreeSet::new();
    for (at, _) in code.match_indices("super::") {
        // `super::super::x` is met at its beginning.
        if !code[..at].ends_with("::") {
            let rest = code[at..].trim_start_matches("super::");
            let steps = (code[at..].len() - rest.len()) / "super::".len();
            let above = folder.ancestors().nth(steps - 1);
            follow(above.expect("it lies in the crate"), rest, &mut named);
        }
    }
    for (at, path) in code.match_indices("crate::") {
        follow(Path::new(""), &code[at + path.len()..], &mut named);
    }
    named.remove(file);
    named
}

/// Enters the file that a path from `folder` leads into; several where it ends in braces.
fn follow(folder: &Path, path: &str, named: &mut BTreeSet<PathBuf>) {
    let names = match path.strip_prefix('{') {
        Some(inside) => first_names(inside),
        None => Vec::from_iter(first_name(path)),
    };
    for name in names {
        let file = folder.join(format!("{name}.rs"));
        let rest = path.strip_prefix(&format!("{name}::"));
        if root().join(&file).exists() {
            named.insert(file);
        } else if let Some(rest) = rest
            && root().join(folder).join(&name).is_dir()
        {
            follow(&folder.join(&name), rest, named);
        }
    }
}

/// The first name of every path at the top of a braced list.
fn first_names(inside: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut depth = 0;
    let mut at_start = true;
    for (at, character) in inside.char_indices() {
        match character {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => at_start = true,
            _ if character.is_whitespace() => {}
            _ if depth == 0 && at_start => {
                at_start = false;
                names.extend(first_name(&inside[at..]));
            }
            _ => {}
        }
    }
    names
}

fn first_name(path: &str) -> Option<String> {
    let end = path
        .find(|character: char| !character.is_alphanumeric() && character != '_')
        .unwrap_or(path.len());
    (end > 0).then(|| path[..end].to_owned())
}

fn code_of(text: &str) -> impl Iterator<Item = &str> {
    text.lines()
        .filter(|line| !line.trim_start().starts_with("//"))
}

fn position(room: &str) -> usize {
    ROOMS
        .iter()
        .position(|known| *known == room)
        .unwrap_or(usize::MAX)
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}
