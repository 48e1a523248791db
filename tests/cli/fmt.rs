//! `autosafe fmt`: files in place, diffs, standard input.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Stdio;

use crate::support::{Said, autosafe, run, succeed};

const UNTIDY: &str = "outcome  A { severity=high }  // keep me\n";
const TIDY: &str = "outcome A {\n  severity = high\n}  // keep me\n";

fn written(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().expect("a file has a folder")).expect("writable");
    fs::write(path, text).expect("writable");
}

fn read(folder: &Path, name: &str) -> String {
    fs::read_to_string(folder.join(name)).expect("readable")
}

fn piped(arguments: &[&str], text: &str) -> Said {
    let mut child = autosafe(Path::new("."), arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut input = child.stdin.take().expect("it is piped");
    input.write_all(text.as_bytes()).expect("it is read");
    drop(input);
    child.wait_with_output().expect("it ends").into()
}

#[test]
fn files_and_folders_are_formatted_in_place() {
    let folder = tempfile::tempdir().expect("a folder");
    written(folder.path(), "one.ots", UNTIDY);
    written(folder.path(), "deep/er/two.ots", UNTIDY);
    written(folder.path(), "deep/other.txt", UNTIDY);
    let said = succeed(folder.path(), ["fmt", "one.ots", "deep"]);
    assert_eq!(read(folder.path(), "one.ots"), TIDY);
    assert_eq!(read(folder.path(), "deep/er/two.ots"), TIDY);
    assert_eq!(read(folder.path(), "deep/other.txt"), UNTIDY);
    assert!(said.err.contains("2 of 2 files changed"), "{}", said.err);
    let again = succeed(folder.path(), ["fmt", "one.ots", "deep"]);
    assert!(again.err.contains("0 of 2 files changed"), "{}", again.err);
}

#[test]
fn a_check_writes_nothing_and_prints_a_unified_diff() {
    let folder = tempfile::tempdir().expect("a folder");
    written(folder.path(), "one.ots", UNTIDY);
    let said = run(folder.path(), ["fmt", "one.ots", "--check"]);
    assert_eq!(said.status, 1);
    assert_eq!(
        said.out,
        "--- a/one.ots\n+++ b/one.ots\n@@ -1 +1,3 @@\n-outcome  A { severity=high }  // keep me\n\
         +outcome A {\n+  severity = high\n+}  // keep me\n"
    );
    assert_eq!(read(folder.path(), "one.ots"), UNTIDY);
    succeed(folder.path(), ["fmt", "one.ots"]);
    let said = succeed(folder.path(), ["fmt", "one.ots", "--check"]);
    assert_eq!(said.out, "");
}

#[test]
fn standard_input_goes_to_standard_output() {
    assert_eq!(piped(&["fmt", "-"], UNTIDY).out, TIDY);
    let said = piped(&["fmt", "-", "--check"], UNTIDY);
    assert_eq!(said.status, 1);
    assert!(said.out.starts_with("--- a/<stdin>\n"), "{}", said.out);
    let said = piped(&["fmt", "-", "other.ots"], UNTIDY);
    assert_eq!((said.status, said.out.as_str()), (2, ""));
}

#[test]
fn what_cannot_be_read_is_told_and_the_rest_is_formatted() {
    let folder = tempfile::tempdir().expect("a folder");
    written(
        folder.path(),
        "one.ots",
        "outcome A {\n severity =  = high\n describe=\"d\"\n}\n",
    );
    let said = run(folder.path(), ["fmt", "one.ots"]);
    assert_eq!(said.status, 1);
    assert!(said.err.contains("one.ots:2:14"), "{}", said.err);
    assert!(
        said.err.contains("1 file with parts that cannot be read"),
        "{}",
        said.err
    );
    let text = read(folder.path(), "one.ots");
    assert_eq!(
        text,
        "outcome A {\n  severity =  = high\n  describe = \"d\"\n}\n"
    );
}

#[test]
fn a_byte_order_mark_goes_and_other_bytes_are_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    written(
        folder.path(),
        "marked.ots",
        &format!("\u{feff}{}", TIDY.replace('\n', "\r\n")),
    );
    succeed(folder.path(), ["fmt", "marked.ots"]);
    assert_eq!(
        read(folder.path(), "marked.ots"),
        TIDY.replace('\n', "\r\n")
    );
    fs::write(folder.path().join("wrong.ots"), b"ots \xff").expect("writable");
    let said = run(folder.path(), ["fmt", "wrong.ots"]);
    assert!(said.err.contains("not UTF-8"), "{}", said.err);
    assert_eq!(said.status, 1);
    assert_eq!(run(folder.path(), ["fmt", "none.ots"]).status, 2);
}
