//! The book and the README say what really happens.

use std::fs;
use std::path::{Path, PathBuf};

use autosafe::prompt::{builtin_prompts, variables_of};

use crate::support::{autosafe, repository, run, succeed};

/// A fenced block of a page.
struct Block {
    page: String,
    line: usize,
    kind: String,
    text: String,
}

#[test]
fn every_source_in_the_book_checks_without_a_problem() {
    let mut checked = 0;
    let blocks = blocks();
    for block in blocks.iter().filter(|block| block.kind == "ots") {
        let folder = project();
        for beside in blocks.iter().filter(|beside| beside.page == block.page) {
            if let Some(name) = beside.kind.strip_prefix("json,file=") {
                fs::write(folder.path().join(name), &beside.text).expect("writable");
            }
        }
        fs::write(folder.path().join("block.ots"), &block.text).expect("writable");
        let said = run(
            folder.path(),
            [
                "check",
                "block.ots",
                "--deny",
                "warnings",
                "--deny",
                "lints",
            ],
        );
        let (page, line) = (&block.page, block.line);
        assert_eq!(said.status, 0, "{page}:{line}\n{}{}", said.out, said.err);
        checked += 1;
    }
    assert!(checked >= 10, "only {checked} sources found");
}

#[test]
fn every_source_in_the_book_is_formatted() {
    let mut unformatted = String::new();
    for block in blocks().iter().filter(|block| block.kind == "ots") {
        let formatted = autosafe::format::format(&block.text).expect("nothing is lost");
        if formatted != block.text {
            unformatted += &format!("{}:{} should be\n{formatted}\n", block.page, block.line);
        }
    }
    assert_eq!(unformatted, "");
}

#[test]
fn every_command_in_the_book_works() {
    let folder = project();
    fs::copy(
        folder.path().join("scenarios/quickstart.ots"),
        folder.path().join("first.ots"),
    )
    .expect("writable");
    let mut tried = 0;
    for block in blocks().iter().filter(|block| block.kind == "console") {
        for command in commands(&block.text) {
            let words = arguments(folder.path(), command);
            let said = run(folder.path(), &words);
            let (page, line) = (&block.page, block.line);
            assert_eq!(
                said.status, 0,
                "{page}:{line} {command}\n{}{}",
                said.out, said.err
            );
            tried += 1;
        }
    }
    assert!(tried >= 15, "only {tried} commands found");
}

#[test]
fn the_tutorial_ends_with_the_quickstart() {
    let tutorial = page("book/src/tutorial.md");
    let last = blocks()
        .into_iter()
        .rfind(|block| block.page.ends_with("tutorial.md") && block.kind == "ots")
        .expect("the tutorial has sources");
    assert!(tutorial.contains(&last.text));
    assert_eq!(last.text, page("scenarios/quickstart.ots"));
}

#[test]
fn the_summary_names_every_page_and_every_link_leads_somewhere() {
    let summary = page("book/src/SUMMARY.md");
    for path in pages("book/src") {
        let name = path.strip_prefix("book/src").expect("it is in the book");
        let name = name.display().to_string();
        if name != "SUMMARY.md" {
            assert!(
                summary.contains(&format!("({name})")),
                "{name} is in no summary"
            );
        }
    }
    let link = regex::Regex::new(r"\]\(([^)#:]+)(#[^)]*)?\)").expect("a regex");
    for path in pages("book/src").into_iter().chain(["README.md".into()]) {
        let folder = repository().join(path.parent().expect("a file has a folder"));
        for found in link.captures_iter(&page(&path.display().to_string())) {
            let target = folder.join(&found[1]);
            assert!(target.exists(), "{} links to {}", path.display(), &found[1]);
        }
    }
}

#[test]
fn every_variable_of_every_role_is_in_the_book() {
    let page = page("book/src/prompts.md");
    for prompt in builtin_prompts().into_keys() {
        for variable in variables_of(&prompt).names() {
            assert!(
                page.contains(&format!("`{variable}`")),
                "`{variable}` of `{prompt}` is not listed"
            );
        }
    }
}

#[test]
fn the_readme_shows_both_commands_and_what_the_first_prints() {
    let readme = page("README.md");
    assert!(readme.contains("$ cargo run --release -- run scenarios/quickstart.ots\n"));
    assert!(readme.contains("$ cargo test"));
    let said = succeed(project().path(), ["run", "scenarios/quickstart.ots"]);
    assert!(
        timeless(&readme).contains(timeless(&said.out).trim_end()),
        "{}",
        said.out
    );
}

/// A text without what differs from run to run: seconds at the ends of lines, and which items took
/// longest.
fn timeless(text: &str) -> String {
    let slowest = regex::Regex::new(r"(?m)^  slowest items .*\n(  .*\n)*").expect("a regex");
    let seconds = regex::Regex::new(r"(?m) +[0-9]+\.[0-9]( s)?$").expect("a regex");
    let text = slowest.replace_all(text, "");
    seconds.replace_all(&text, "").into_owned()
}

#[test]
fn the_readme_shows_what_is_said_of_its_mistakes() {
    let readme = page("README.md");
    let example = blocks_of("README.md")
        .into_iter()
        .find(|block| block.kind == "ots")
        .expect("the README has a source");
    let wrong = example
        .text
        .replace("{{ secret }} reaches", "{{ secert }} reaches")
        .replace("body contains", "bodi contains");
    let folder = project();
    fs::write(folder.path().join("leak.ots"), wrong).expect("writable");
    let said = autosafe(folder.path(), ["check", "leak.ots"])
        .env("COLUMNS", "80")
        .output()
        .expect("the program starts");
    let said = String::from_utf8(said.stdout).expect("UTF-8");
    assert_eq!(said.matches("did you mean").count(), 2, "{said}");
    assert!(readme.contains(said.trim_end()), "{said}");
}

/// A copy of what a user has beside the book: the scenarios.
fn project() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, bytes) in crate::support::files_under(&repository().join("scenarios")) {
        let target = folder.path().join("scenarios").join(name);
        fs::create_dir_all(target.parent().expect("a file has a folder")).expect("writable");
        fs::write(target, bytes).expect("writable");
    }
    fs::copy(
        folder.path().join("scenarios/toolemu/tools.json"),
        folder.path().join("tools.json"),
    )
    .expect("writable");
    let models = blocks_of("book/src/evaluation.md")
        .into_iter()
        .find(|block| block.kind == "ots")
        .expect("the page on evaluation declares models");
    fs::write(folder.path().join("models.ots"), models.text).expect("writable");
    folder
}

/// The lines of a console block that start our program; a server would not end.
fn commands(text: &str) -> impl Iterator<Item = &str> {
    text.lines()
        .filter_map(|line| {
            line.strip_prefix("$ autosafe ")
                .or_else(|| line.strip_prefix("$ cargo run --release -- "))
        })
        .filter(|command| !command.starts_with("sim"))
}

/// The words of a command, with the name of a run in the book replaced by that of a run here.
fn arguments(folder: &Path, command: &str) -> Vec<String> {
    command
        .split_whitespace()
        .map(|word| match word.starts_with("runs/Quickstart-") {
            true => quickstart_run(folder),
            false => word.to_owned(),
        })
        .collect()
}

fn quickstart_run(folder: &Path) -> String {
    if !folder.join("runs").exists() {
        succeed(folder, ["run", "scenarios/quickstart.ots"]);
    }
    let run = fs::read_dir(folder.join("runs"))
        .expect("there are runs")
        .map(|entry| entry.expect("readable").path())
        .find(|path| path.display().to_string().contains("Quickstart-"))
        .expect("the quickstart has run");
    run.display().to_string()
}

fn blocks() -> Vec<Block> {
    pages("book/src")
        .into_iter()
        .chain(["README.md".into()])
        .flat_map(|path| blocks_of(&path.display().to_string()))
        .collect()
}

fn blocks_of(name: &str) -> Vec<Block> {
    let text = page(name);
    let mut blocks = Vec::new();
    let mut open: Option<Block> = None;
    for (index, line) in text.lines().enumerate() {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(kind)) => {
                open = Some(Block {
                    page: name.to_owned(),
                    line: index + 1,
                    kind: kind.to_owned(),
                    text: String::new(),
                });
            }
            (Some(_), Some("")) => blocks.extend(open.take()),
            (Some(block), _) => {
                block.text.push_str(line);
                block.text.push('\n');
            }
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "{name}: a block is never closed");
    blocks
}

fn page(name: &str) -> String {
    fs::read_to_string(repository().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn pages(folder: &str) -> Vec<PathBuf> {
    crate::support::files_under(&repository().join(folder))
        .into_keys()
        .filter(|name| name.extension().is_some_and(|extension| extension == "md"))
        .map(|name| Path::new(folder).join(name))
        .collect()
}
