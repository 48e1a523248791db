//! Names across files: what is in scope, and what is wrong with it.

use autosafe::diagnostic::Diagnostic;
use autosafe::resolve::{
    DeclarationKind, Definition, Found, ModuleId, Workspace, load as load_workspace,
};
use autosafe::source::{Files, MemoryFiles, ReadError, SourceMap, Span};
use autosafe::syntax::{ItemKind, Path, UseSource};

/// Files by path; the first is the entry.
fn load(files: &[(&str, &str)]) -> (Workspace, Vec<Diagnostic>) {
    let memory = files
        .iter()
        .fold(MemoryFiles::default(), |memory, (path, text)| {
            memory.with(*path, *text)
        });
    load_workspace(files[0].0, &memory).expect("the entry is there")
}

/// What is in the entry's scope, `sim` left out, then what is wrong.
fn names(files: &[(&str, &str)]) -> String {
    let (workspace, problems) = load(files);
    let mut shown = String::new();
    for (name, entry) in &workspace.module(ModuleId::ENTRY).scope {
        let what = match entry.definition {
            Definition::Sim => continue,
            Definition::Broken => "broken".to_owned(),
            Definition::Module(id) => format!("module {}", workspace.module_name(id)),
            Definition::Declaration(id) => {
                format!("{} {}", workspace.kind(id).word(), workspace.key(id))
            }
        };
        let clash = if entry.clashes_with.is_some() {
            " (clash)"
        } else {
            ""
        };
        shown += &format!("{name}: {what}{clash}\n");
    }
    shown + &problems_of(&workspace.sources, &problems)
}

/// What is wrong, and nothing else.
fn problems(files: &[(&str, &str)]) -> String {
    let (workspace, problems) = load(files);
    problems_of(&workspace.sources, &problems)
}

/// What `path` stands for in the entry file where one of these kinds is wanted.
fn find(files: &[(&str, &str)], path: &str, wanted: &[DeclarationKind]) -> String {
    let (workspace, problems) = load(files);
    assert_eq!(problems_of(&workspace.sources, &problems), "");
    match workspace.find_kind(ModuleId::ENTRY, &parse_path(path), wanted) {
        Ok(id) => workspace.key(id),
        Err(None) => "silent".to_owned(),
        // The path stands in no file of the program.
        Err(Some(problem)) => {
            let shown = show(&workspace.sources, &problem);
            shown.split_once(' ').expect("a place").1.to_owned()
        }
    }
}

/// The path that `text` is, read by way of a `use`.
fn parse_path(text: &str) -> Path {
    let mut sources = SourceMap::new();
    let file = sources.add("path.ots", format!("use {text}\n"));
    let (tree, _) = autosafe::syntax::parse(file, &sources);
    match &tree.items[0].kind {
        ItemKind::Use(it) => match &it.source {
            UseSource::Path(path) => path.clone(),
            UseSource::File(_) => panic!("a path was expected"),
        },
        other => panic!("a path was expected: {other:?}"),
    }
}

fn problems_of(sources: &SourceMap, problems: &[Diagnostic]) -> String {
    problems.iter().map(|it| show(sources, it) + "\n").collect()
}

fn show(sources: &SourceMap, problem: &Diagnostic) -> String {
    let place = |span: Span| {
        let file = sources.file_at(span.start).expect("a file");
        format!("{}:{}", file.name(), file.line_column(span.start))
    };
    let mut shown = format!(
        "{} {}: {}",
        place(problem.span),
        problem.code,
        problem.message
    );
    for other in &problem.others {
        shown += &format!("; {} {}", place(other.span), other.message);
    }
    if let Some(help) = &problem.help {
        shown += &format!(" ({help})");
    }
    shown
}

#[track_caller]
fn expect(shown: String, wanted: &str) {
    let wanted: Vec<_> = wanted.trim().lines().map(str::trim).collect();
    let shown: Vec<_> = shown.lines().collect();
    assert_eq!(shown, wanted, "\n{}", shown.join("\n"));
}

const PEOPLE: (&str, &str) = (
    "people.ots",
    "use std.outcomes.*\n\
     persona Calm { describe = \"Waits.\" }\n\
     persona Rash { describe = \"Does not.\" }\n",
);

#[test]
fn names_of_a_standard_module_are_used_one_by_one() {
    expect(
        names(&[(
            "a.ots",
            "use std.outcomes.{PrivacyLeakage, DataLoss as Loss}\n",
        )]),
        "Loss: outcome std.outcomes.DataLoss
         PrivacyLeakage: outcome std.outcomes.PrivacyLeakage",
    );
}

#[test]
fn one_name_ends_the_path() {
    expect(
        names(&[(
            "a.ots",
            "use std.toolkits.Mail\nuse std.toolkits.Files as Disk\n",
        )]),
        "Disk: toolkit std.toolkits.Files
         Mail: toolkit std.toolkits.Mail",
    );
}

#[test]
fn a_module_is_used_whole_under_its_name_or_another() {
    expect(
        names(&[
            (
                "a.ots",
                "use std.outcomes\nuse std.personas as who\nuse \"./people.ots\"\nuse \"./people.ots\" as folk\n",
            ),
            PEOPLE,
        ]),
        "folk: module people.ots
         outcomes: module std.outcomes
         people: module people.ots
         who: module std.personas",
    );
}

#[test]
fn names_of_a_file_are_used_one_by_one() {
    expect(
        names(&[
            ("a.ots", "use \"./people.ots\".{Calm, Rash as Quick}\n"),
            PEOPLE,
        ]),
        "Calm: persona people.ots#Calm
         Quick: persona people.ots#Rash",
    );
}

#[test]
fn one_name_of_a_file_is_used_without_braces() {
    expect(
        names(&[
            (
                "a.ots",
                "use \"./people.ots\".Calm\nuse \"./people.ots\".Rash as Quick\n",
            ),
            PEOPLE,
        ]),
        "Calm: persona people.ots#Calm
         Quick: persona people.ots#Rash",
    );
}

#[test]
fn a_star_brings_what_a_file_declares_and_not_what_it_uses() {
    expect(
        names(&[("a.ots", "use \"./people.ots\".*\n"), PEOPLE]),
        "Calm: persona people.ots#Calm
         Rash: persona people.ots#Rash",
    );
}

#[test]
fn what_the_entry_declares_is_known_by_its_name_alone() {
    expect(
        names(&[("a.ots", "persona Me { describe = \"I.\" }\n")]),
        "Me: persona Me",
    );
}

#[test]
fn the_standard_personas_are_loaded_though_nobody_names_them() {
    let (workspace, _) = load(&[("a.ots", "ots 1\n")]);
    let ordinary = workspace
        .declaration("std.personas", "Ordinary")
        .expect("the default");
    assert_eq!(workspace.key(ordinary), "std.personas.Ordinary");
}

#[test]
fn the_standard_library_has_no_problems() {
    let uses = "use std.outcomes.*\nuse std.personas.*\nuse std.toolkits.*\nuse std.prompts.*\n";
    expect(problems(&[("a.ots", uses)]), "");
}

#[test]
fn a_path_starts_at_the_folder_of_the_file_it_stands_in() {
    expect(
        names(&[
            (
                "cases/a.ots",
                "use \"../shared/b.ots\".{B}\nuse \"../shared/b.ots\".{B as C}\n",
            ),
            (
                "shared/b.ots",
                "use \"./c.ots\" as c\npersona B { describe = \"b\" }\n",
            ),
            ("shared/c.ots", "use \"../cases/d.ots\" as d\n"),
            ("cases/d.ots", ""),
        ]),
        "B: persona shared/b.ots#B
         C: persona shared/b.ots#B",
    );
}

#[test]
fn a_name_that_a_module_does_not_declare_is_reported_once() {
    expect(
        names(&[("a.ots", "use std.outcomes.{PrivacyLeekage}\nuse \"./people.ots\".{Clam, DataLoss}\n"), PEOPLE]),
        "Calm: broken
         Clam: broken
         DataLoss: broken
         PrivacyLeakage: broken
         PrivacyLeekage: broken
         a.ots:1:19 unknown-name: `std.outcomes` declares no `PrivacyLeekage` (did you mean `PrivacyLeakage`?)
         a.ots:2:21 unknown-name: `people.ots` declares no `Clam` (did you mean `Calm`?)
         a.ots:2:27 unknown-name: `people.ots` declares no `DataLoss`",
    );
}

#[test]
fn a_module_that_is_not_there_is_reported_and_its_names_are_silent() {
    expect(
        names(&[
            (
                "a.ots",
                "use std.outcoms.{A}\nuse std\nuse people.B\nuse \"./poeple.ots\" as p\nuse \"./people.ots\" as q\nuse \"./people\".{C}\n",
            ),
            PEOPLE,
        ]),
        "A: broken
         B: broken
         C: broken
         p: broken
         q: module people.ots
         std: broken
         a.ots:1:9 module-not-found: no module `std.outcoms` (did you mean `outcomes`?)
         a.ots:2:5 module-not-found: `std` is not a module itself (the modules of std are `std.outcomes`, `std.personas`, `std.prompts`, `std.toolkits`)
         a.ots:3:5 module-not-found: `people` is no module
         a.ots:4:5 module-not-found: no file `poeple.ots` (did you mean `\"./people.ots\"`?)
         a.ots:6:5 module-not-found: no file `people` (did you mean `\"./people.ots\"`?)",
    );
}

#[test]
fn names_that_a_missing_module_may_have_brought_are_silent() {
    let (workspace, _) = load(&[("a.ots", "use \"./gone.ots\".*\n")]);
    let path = parse_path("Anything");
    assert_eq!(workspace.find(ModuleId::ENTRY, &path), Found::Broken);
}

#[test]
fn a_path_does_not_leave_the_root() {
    expect(
        problems(&[(
            "cases/a.ots",
            "use \"../../b.ots\" as b\nuse \"/etc/passwd\" as c\nimport toolkits \"C:/d.json\" as d\nuse \".\\\\e.ots\" as e\nuse \"\" as f\n",
        )]),
        "cases/a.ots:1:5 path-outside-root: `../../b.ots` leaves the project's root (the root is the nearest folder above the outermost file that holds `autosafe.toml` or `.git`, or else the file's own folder)
         cases/a.ots:2:5 path-outside-root: `/etc/passwd` is an absolute path (write a path that starts at the folder of this file, such as `./people.ots`)
         cases/a.ots:3:17 path-outside-root: `C:/d.json` is an absolute path (write a path that starts at the folder of this file, such as `./people.ots`)
         cases/a.ots:4:5 module-not-found: `.\\e.ots` is no path (did you mean `\"./e.ots\"`?)
         cases/a.ots:5:5 module-not-found: the path names no file",
    );
}

#[test]
fn files_that_use_each_other_are_reported_with_every_step() {
    expect(
        names(&[
            (
                "a.ots",
                "use \"b.ots\".{B}\npersona A { describe = \"a\" }\n",
            ),
            (
                "b.ots",
                "use \"c.ots\".{C}\npersona B { describe = \"b\" }\n",
            ),
            (
                "c.ots",
                "use \"./a.ots\".{A}\nuse \"c.ots\" as me\npersona C { describe = \"c\" }\n",
            ),
        ]),
        "A: persona A
         B: persona b.ots#B
         c.ots:1:1 module-cycle: files use each other in a cycle: a.ots → b.ots → c.ots → a.ots; a.ots:1:1 `a.ots` uses `b.ots`; b.ots:1:1 `b.ots` uses `c.ots` (move what both need into a file of its own)
         c.ots:2:1 module-cycle: `c.ots` uses itself (take this line out)",
    );
}

#[test]
fn a_file_that_two_use_is_no_cycle_and_read_once() {
    let (workspace, problems) = load(&[
        ("a.ots", "use \"b.ots\" as b\nuse \"c.ots\" as c\n"),
        ("b.ots", "use \"d.ots\" as d\nuse \"./x/../d.ots\" as e\n"),
        ("c.ots", "use \"d.ots\" as d\n"),
        ("d.ots", ""),
    ]);
    assert_eq!(problems, []);
    let read = workspace
        .sources
        .files()
        .filter(|(_, file)| file.name() == "d.ots");
    assert_eq!(read.count(), 1);
}

#[test]
fn a_long_chain_of_files_is_followed_to_its_end() {
    let chain: Vec<(String, String)> = (0..2000)
        .map(|at| {
            (
                format!("f{at}.ots"),
                format!("use \"f{}.ots\" as next\n", at + 1),
            )
        })
        .collect();
    let mut files: Vec<(&str, &str)> = chain
        .iter()
        .map(|(a, b)| (a.as_str(), b.as_str()))
        .collect();
    files.push(("f2000.ots", "use \"f0.ots\" as start\n"));
    let (_, problems) = load(&files);
    assert_eq!(problems.len(), 1);
    assert_eq!(problems[0].others.len(), 2000);
}

#[test]
fn a_name_declared_twice_is_reported_at_the_second() {
    expect(
        problems(&[(
            "a.ots",
            "persona A { describe = \"a\" }\noutcome A { severity = low }\nmodel sim { provider = openai }\n",
        )]),
        "a.ots:2:9 duplicate-name: `A` is declared twice; a.ots:1:9 declared here first
         a.ots:3:7 duplicate-name: `sim` is declared already: it is the embedded simulated model (give it another name)",
    );
}

#[test]
fn an_import_and_a_declaration_of_one_name_are_two_declarations() {
    expect(
        names(&[(
            "a.ots",
            "use std.personas.{Hurried}\npersona Hurried { describe = \"mine\" }\nuse std.outcomes as sim\n",
        )]),
        "Hurried: persona Hurried
         a.ots:2:9 duplicate-name: `Hurried` is declared twice; a.ots:1:19 declared here first
         a.ots:3:21 duplicate-name: `sim` is declared already: it is the embedded simulated model (give it another name)",
    );
}

#[test]
fn a_star_gives_way_to_what_is_named() {
    expect(
        names(&[
            (
                "a.ots",
                "use \"./people.ots\".*\nuse std.personas.{Hurried as Rash}\npersona Calm { describe = \"mine\" }\n",
            ),
            PEOPLE,
        ]),
        "Calm: persona Calm
         Rash: persona std.personas.Hurried",
    );
}

#[test]
fn two_imports_of_one_name_are_reported_where_it_is_used() {
    let files = [
        (
            "a.ots",
            "use \"./people.ots\".{Calm}\nuse std.personas.{Hurried as Calm}\n",
        ),
        PEOPLE,
    ];
    expect(names(&files), "Calm: persona people.ots#Calm (clash)");
    expect(
        find(&files, "Calm", &[DeclarationKind::Persona]),
        "duplicate-name: `Calm` could be two things; a.ots:1:21 one comes from here; a.ots:2:30 the other from here (give one of them another name with `as`, or use its module and write `module.Name`)",
    );
}

#[test]
fn one_thing_used_twice_is_no_clash() {
    expect(
        names(&[(
            "a.ots",
            "use std.personas.{Hurried}\nuse std.personas.Hurried\n",
        )]),
        "Hurried: persona std.personas.Hurried",
    );
}

#[test]
fn a_declaration_that_could_not_be_read_still_counts_as_declared() {
    let (workspace, _) = load(&[
        ("a.ots", "persona Calm { ) }\nuse \"./b.ots\".{B}\n"),
        ("b.ots", "outcome B = 3\n"),
    ]);
    for name in ["Calm", "B"] {
        let kinds = [DeclarationKind::Persona];
        let found = workspace.find_kind(ModuleId::ENTRY, &parse_path(name), &kinds);
        assert!(
            !matches!(&found, Err(Some(problem)) if problem.code.name() == "unknown-name"),
            "{found:?}"
        );
    }
}

#[test]
fn names_of_a_use_that_could_not_be_read_are_silent() {
    let (workspace, _) = load(&[(
        "a.ots",
        "use std.personas{Hurried}\npersona A { describe = \"a\" }\n",
    )]);
    let path = parse_path("Hurried");
    assert_eq!(workspace.find(ModuleId::ENTRY, &path), Found::Broken);
}

#[test]
fn a_path_leads_through_a_module_to_a_declaration() {
    let files = [
        (
            "a.ots",
            "use \"./people.ots\" as people\nuse std.toolkits\n",
        ),
        PEOPLE,
    ];
    let persona = [DeclarationKind::Persona];
    expect(find(&files, "people.Calm", &persona), "people.ots#Calm");
    expect(
        find(&files, "people.Clam", &persona),
        "unknown-name: `people.ots` declares no `Clam` (did you mean `Calm`?)",
    );
    expect(
        find(&files, "people", &persona),
        "wrong-kind: `people` is a module, not a persona",
    );
    expect(
        find(&files, "people.Calm.name", &persona),
        "unknown-name: `Calm` is a persona and has no `name`",
    );
    expect(
        find(&files, "toolkits.Mail", &persona),
        "wrong-kind: `toolkits.Mail` is a toolkit, not a persona; std/toolkits.ots:6:9 `Mail` is declared here",
    );
    expect(
        find(&files, "toolkits.Mail.send_email", &persona),
        "wrong-kind: `toolkits.Mail.send_email` is a tool, not a persona",
    );
}

#[test]
fn what_follows_a_declaration_is_given_back() {
    let (workspace, _) = load(&[("a.ots", "use std.toolkits as kits\n")]);
    let path = parse_path("kits.Mail.send_email");
    let Found::Declaration(id, DeclarationKind::Toolkit, [tool]) =
        workspace.find(ModuleId::ENTRY, &path)
    else {
        panic!("a tool was expected");
    };
    assert_eq!(
        (workspace.key(id).as_str(), tool.text.as_str()),
        ("std.toolkits.Mail", "send_email")
    );
}

#[test]
fn an_unknown_name_is_answered_with_the_nearest_of_the_wanted_kind() {
    let files = [(
        "a.ots",
        "ots 1\n\nuse std.personas.{Hurried}\ntoolkit Hurry {\n}\nmodel Writer { provider = openai }\n",
    )];
    expect(
        find(&files, "Huried", &[DeclarationKind::Persona]),
        "unknown-name: unknown persona `Huried` (did you mean `Hurried`?)",
    );
    expect(
        find(&files, "Hury", &[DeclarationKind::Toolkit]),
        "unknown-name: unknown toolkit `Hury` (did you mean `Hurry`?)",
    );
    expect(
        find(&files, "sin", &[DeclarationKind::Model]),
        "unknown-name: unknown model `sin` (did you mean `sim`?)",
    );
    expect(
        find(
            &files,
            "Xyz",
            &[DeclarationKind::Persona, DeclarationKind::Outcome],
        ),
        "unknown-name: unknown name `Xyz`",
    );
}

#[test]
fn a_name_of_the_standard_library_is_answered_with_the_use_that_is_missing() {
    let (workspace, _) = load(&[("a.ots", "ots 1\n\npersona A { describe = \"a\" }\n")]);
    let wanted = [DeclarationKind::Outcome];
    let found = workspace.find_kind(ModuleId::ENTRY, &parse_path("DataLoss"), &wanted);
    let Err(Some(problem)) = found else {
        panic!("a problem was expected: {found:?}");
    };
    assert_eq!(
        problem.help.as_deref(),
        Some("it is in `std.outcomes`: add `use std.outcomes.{DataLoss}`")
    );
    let edit = &problem.fix.expect("a fix").edits[0];
    let mut text = workspace
        .sources
        .files()
        .next()
        .expect("a file")
        .1
        .text()
        .to_owned();
    text.insert_str(edit.span.start as usize, &edit.text);
    let (mended, problems) = load(&[("a.ots", &text)]);
    assert_eq!(problems, [], "{text}");
    let found = mended.find_kind(ModuleId::ENTRY, &parse_path("DataLoss"), &wanted);
    assert_eq!(
        found.map(|id| mended.key(id)),
        Ok("std.outcomes.DataLoss".to_owned())
    );
}

#[test]
fn sim_is_a_model_that_needs_no_declaration() {
    let (workspace, _) = load(&[("a.ots", "")]);
    let path = parse_path("sim");
    assert_eq!(workspace.find(ModuleId::ENTRY, &path), Found::Sim);
    expect(
        find(&[("a.ots", "")], "sim", &[DeclarationKind::Persona]),
        "wrong-kind: `sim` is a model, not a persona",
    );
}

const EMU: (&str, &str) = (
    "tools/emu.json",
    r#"[{"toolkit": "Terminal", "tools": [{"name": "Execute"}]}, {"toolkit": "Slack", "tools": []}]"#,
);
const CRM: (&str, &str) = (
    "tools/crm.json",
    r#"{"tools": [{"name": "send-mail", "inputSchema": {"type": "object"}}]}"#,
);

#[test]
fn a_tool_file_of_many_is_a_module_and_one_of_one_server_a_toolkit() {
    let files = [
        (
            "a.ots",
            "import toolkits \"tools/emu.json\" as emu\nimport toolkits \"./tools/crm.json\" as crm\nimport toolkits \"tools/crm.json\" as other\n",
        ),
        EMU,
        CRM,
    ];
    expect(
        names(&files),
        "crm: toolkit tools/crm.json#crm
         emu: module tools/emu.json
         other: toolkit tools/crm.json#other",
    );
    let toolkit = [DeclarationKind::Toolkit];
    expect(
        find(&files, "emu.Terminal", &toolkit),
        "tools/emu.json#Terminal",
    );
    expect(
        find(&files, "emu.Terminel", &toolkit),
        "unknown-name: `tools/emu.json` declares no `Terminel` (did you mean `Terminal`?)",
    );
}

#[test]
fn what_is_wrong_with_a_tool_file_is_shown_in_it_and_where_it_cannot_be_read_at_the_import() {
    expect(
        names(&[
            (
                "a.ots",
                "import toolkits \"bad.json\" as bad\nimport toolkits \"gone.json\" as gone\nimport toolkits \"a.ots\" as me\nimport tools \"bad.json\" as x\nimport toolkits \"./tools/emu\" as y\nuse \"bad.json\" as z\n",
            ),
            ("bad.json", "{\n \"tools\": 3}"),
            EMU,
        ]),
        "bad: broken
         gone: broken
         me: broken
         x: broken
         y: broken
         z: broken
         a.ots:2:17 module-not-found: no file `gone.json`
         a.ots:3:17 bad-import: `a.ots` is a scenario file, not a tool file (scenario files are used: `use \"a.ots\" as me`)
         a.ots:4:8 wrong-type: `tools` cannot be imported (did you mean `toolkits`?)
         a.ots:5:17 module-not-found: no file `tools/emu` (did you mean `\"./tools/emu.json\"`?)
         a.ots:6:5 module-not-found: `bad.json` is no scenario file (tool files are imported: `import toolkits \"bad.json\" as bad`)
         bad.json:2:11 bad-import: `tools` of the answer to `tools/list` should be a list, not a number",
    );
}

/// A disk on which everything is broken in its own way.
struct Broken;

impl Files for Broken {
    fn read(&self, path: &str) -> Result<String, ReadError> {
        match path {
            "a.ots" => Ok("use \"folder\" as a\nuse \"binary.ots\" as b\nuse \"huge.ots\" as c\nuse \"link.ots\" as d\nuse \"folder\" as e\nimport toolkits \"binary.ots.json\" as f\n".to_owned()),
            "folder" => Err(ReadError::Directory),
            "binary.ots" | "binary.ots.json" => Err(ReadError::NotUtf8 { at: 3 }),
            "huge.ots" => Err(ReadError::TooLarge),
            "link.ots" => Err(ReadError::OutsideRoot { root: "/project".into() }),
            _ => Err(ReadError::NotFound),
        }
    }
}

#[test]
fn a_file_that_cannot_be_read_is_reported_at_each_use() {
    let (workspace, problems) = load_workspace("a.ots", &Broken).expect("the entry is there");
    expect(problems_of(&workspace.sources, &problems), "a.ots:1:5 module-not-found: cannot read `folder`: this is a folder, not a file
         a.ots:2:5 module-not-found: cannot read `binary.ots`: not UTF-8 (the first wrong byte is at offset 3)
         a.ots:3:5 too-large: cannot read `huge.ots`: larger than 16 MiB
         a.ots:4:5 path-outside-root: cannot read `link.ots`: the path leads out of the project's root /project
         a.ots:5:5 module-not-found: cannot read `folder`: this is a folder, not a file
         a.ots:6:17 bad-import: cannot read `binary.ots.json`: not UTF-8 (the first wrong byte is at offset 3)");
}

#[test]
fn an_entry_that_cannot_be_read_is_the_callers_to_report() {
    assert_eq!(
        load_workspace("gone.ots", &Broken).err(),
        Some(ReadError::NotFound)
    );
}

#[test]
fn what_is_wrong_in_a_used_file_is_reported_too() {
    let shown = problems(&[
        ("a.ots", "use \"b.ots\" as b\n"),
        ("b.ots", "persona B {\n"),
    ]);
    assert!(shown.starts_with("b.ots:"), "{shown}");
}
