//! The page about each problem: its example has this problem and no other, the mended one has none.

use autosafe::diagnostic::{Code, Severity, page, render_human};
use autosafe::source::MemoryFiles;

#[test]
fn the_example_of_each_page_has_exactly_its_problem() {
    let told = told_of_each("Example");
    let expected = Code::ALL.iter().map(|code| format!("{code}: [{code}]"));
    assert_eq!(told, expected.collect::<Vec<_>>());
}

#[test]
fn the_mended_example_of_each_page_has_no_problem() {
    let told = told_of_each("Mended");
    let expected = Code::ALL.iter().map(|code| format!("{code}: []"));
    assert_eq!(told, expected.collect::<Vec<_>>());
}

#[test]
fn what_is_drawn_of_each_example_stays_as_it_is() {
    for &code in Code::ALL {
        let analysis = analysis(code, "Example");
        let sources = &analysis.workspace.sources;
        let problems = analysis.diagnostics.iter();
        let drawn: String = problems
            .map(|problem| render_human(problem, sources, 80, false))
            .collect();
        insta::assert_snapshot!(code.name(), drawn);
    }
}

#[test]
fn each_page_is_in_one_shape() {
    for &code in Code::ALL {
        let severity = match code.severity() {
            Severity::Error => "Error",
            Severity::Warning => "Warning",
            Severity::Lint => "Lint",
        };
        let opening = format!("# `{code}`\n\n**{severity}.** ");
        assert!(page(code).starts_with(&opening), "`{code}`");
        let titles: Vec<&str> = headings(page(code)).collect();
        assert!(
            matches!(
                titles[..],
                ["Example", "Mended"] | ["Example", "Mended", "Notes"]
            ),
            "`{code}` has {titles:?}"
        );
    }
}

#[test]
fn each_page_shows_how_it_would_be_silenced_if_it_can_be() {
    for &code in Code::ALL {
        let is_lint = code.severity() == Severity::Lint;
        let shows = page(code).contains(&format!("`// allow {code}`"));
        // What is left over of an `allow` is taken out, not silenced.
        assert_eq!(shows, is_lint && code != Code::UnusedAllow, "`{code}`");
    }
}

#[test]
fn the_book_lists_each_code_with_its_page_and_no_other() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("book/src");
    let problems = std::fs::read_to_string(root.join("problems.md")).expect("the page is there");
    let rows = problems.lines().filter(|line| line.starts_with("| [`"));
    let expected = Code::ALL.iter().map(|code| {
        let kind = code.severity().word();
        let summary = code.summary().trim_end_matches('.');
        format!("| [`{code}`](diagnostics/{code}.md) | {kind} | {summary} |")
    });
    assert_eq!(rows.collect::<Vec<_>>(), expected.collect::<Vec<_>>());
    let mut pages: Vec<String> = std::fs::read_dir(root.join("diagnostics"))
        .expect("the folder is there")
        .map(|entry| entry.expect("readable").file_name().into_string())
        .map(|name| name.expect("UTF-8"))
        .collect();
    pages.sort();
    let mut expected: Vec<_> = Code::ALL.iter().map(|code| format!("{code}.md")).collect();
    expected.sort();
    assert_eq!(pages, expected);
}

/// For each code, the codes that this part of its page gives.
fn told_of_each(heading: &str) -> Vec<String> {
    let codes = Code::ALL.iter();
    codes
        .map(|&code| format!("{code}: [{}]", problems(code, heading).join(", ")))
        .collect()
}

/// What is said of the files in a part of a page; the last of them is the entry.
fn problems(code: Code, heading: &str) -> Vec<&'static str> {
    let analysis = analysis(code, heading);
    let found = analysis.diagnostics.iter();
    found.map(|problem| problem.code.name()).collect()
}

/// What is found out about the files in a part of a page; the last of them is the entry.
pub fn analysis(code: Code, heading: &str) -> autosafe::Analysis {
    let blocks = blocks(section(page(code), heading));
    let (entry, others) = blocks.split_last().expect("there is an example");
    let files = others
        .iter()
        .fold(MemoryFiles::default(), |files, block| {
            files.with(block.file_name(), &*block.text)
        })
        .with("risks.ots", &*entry.text);
    autosafe::analyse("risks.ots", &files).expect("the entry is there")
}

/// A fenced block, which is called `ots`, `ots,fails`, `ots,file=NAME` or `json,file=NAME`.
struct Block<'a> {
    kind: &'a str,
    text: String,
}

impl Block<'_> {
    fn file_name(&self) -> &str {
        let (_, name) = self.kind.split_once("file=").expect("it has a name");
        name
    }
}

fn blocks(section: &str) -> Vec<Block<'_>> {
    let mut blocks = Vec::new();
    let mut lines = section.lines();
    while let Some(line) = lines.next() {
        if let Some(kind) = line.strip_prefix("```") {
            let inside = lines.by_ref().take_while(|line| *line != "```");
            let text = inside.map(|line| format!("{line}\n")).collect();
            blocks.push(Block { kind, text });
        }
    }
    blocks
}

fn headings(page: &str) -> impl Iterator<Item = &str> {
    page.lines().filter_map(|line| line.strip_prefix("## "))
}

fn section<'p>(page: &'p str, heading: &str) -> &'p str {
    let (_, rest) = page
        .split_once(&format!("\n## {heading}\n"))
        .expect("each page has this section");
    rest.split_once("\n## ")
        .map_or(rest, |(section, _)| section)
}
