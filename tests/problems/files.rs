//! What a program names as a file is no way to hang the compiler, or to read outside of the project.
#![cfg(unix)]

use std::fs::{self, File};
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use autosafe::diagnostic::render_human;
use autosafe::source::{MAX_FILE_BYTES, Project, ReadError};

/// What is told of `main.ots` in `folder`, as code and message.
fn told_in(folder: &Path) -> Vec<String> {
    let (project, entry) = Project::containing(&folder.join("main.ots")).expect("it is there");
    let analysis = autosafe::analyse(&entry, &project).expect("the entry is readable");
    let problems = analysis.diagnostics.iter();
    problems
        .map(|problem| format!("{} {}", problem.code, problem.message))
        .collect()
}

/// What is told when `thing` stands where a module is used, and where a tool file is imported.
fn told_of(make: impl Fn(&Path)) -> Vec<String> {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let root = folder.path().join("project");
    fs::create_dir(&root).expect("the folder is new");
    make(&root.join("thing.ots"));
    make(&root.join("thing.json"));
    let text = "ots 1\nuse \"./thing.ots\".{A}\nimport toolkits \"./thing.json\" as tools\n";
    fs::write(root.join("main.ots"), text).expect("the folder is writable");
    told_in(&root)
}

fn assert_both_say(told: &[String], code: &str, words: &str) {
    assert_eq!(told.len(), 2, "{told:?}");
    for problem in told {
        assert!(problem.starts_with(code), "{problem}");
        assert!(problem.contains(words), "{problem}");
    }
}

#[test]
fn a_named_pipe_is_not_waited_for() {
    let told = told_of(|path| {
        let made = Command::new("mkfifo").arg(path).status();
        assert!(made.expect("mkfifo is there").success());
    });
    assert_both_say(&told, "module-not-found", "not a regular file");
}

#[test]
fn a_device_is_not_read() {
    let (project, entry) = Project::containing(Path::new("/dev/zero")).expect("it is there");
    let refused = autosafe::analyse(&entry, &project).err();
    assert_eq!(refused, Some(ReadError::NotRegular));
}

#[test]
fn a_link_does_not_lead_out_of_the_project() {
    let outside = tempfile::NamedTempFile::new().expect("a file for the test");
    for target in [Path::new("/dev/zero"), outside.path()] {
        let told = told_of(|path| symlink(target, path).expect("the folder is writable"));
        assert_both_say(&told, "path-outside-root", "project's root");
    }
}

#[test]
fn a_link_to_itself_is_not_followed_for_ever() {
    let told = told_of(|path| symlink(path, path).expect("the folder is writable"));
    assert_both_say(&told, "module-not-found", "");
}

#[test]
fn a_file_of_a_hundred_megabytes_is_not_read() {
    let make = |path: &Path| {
        let file = File::create(path).expect("the folder is writable");
        file.set_len(100_000_000).expect("a sparse file is small");
    };
    let limit = format!("larger than {} MiB", MAX_FILE_BYTES / 1024 / 1024);
    assert_both_say(&told_of(make), "too-large", &limit);

    let folder = tempfile::tempdir().expect("a folder for the test");
    make(&folder.path().join("main.ots"));
    let (project, entry) =
        Project::containing(&folder.path().join("main.ots")).expect("it is there");
    let refused = autosafe::analyse(&entry, &project).err();
    assert_eq!(refused, Some(ReadError::TooLarge));
}

#[test]
fn of_a_very_long_line_only_a_part_is_drawn() {
    let files = autosafe::source::MemoryFiles::default().with(
        "main.ots",
        format!(
            "ots 1\npersona A {{ describe = \"{}\", severty = high }} // {}\n",
            "long ".repeat(200_000),
            "and more ".repeat(100_000)
        ),
    );
    let analysis = autosafe::analyse("main.ots", &files).expect("the entry is there");
    assert!(!analysis.diagnostics.is_empty());
    for problem in &analysis.diagnostics {
        let drawn = render_human(problem, &analysis.workspace.sources, 80, false);
        assert!(drawn.len() < 10_000, "{} bytes are drawn", drawn.len());
    }
}
