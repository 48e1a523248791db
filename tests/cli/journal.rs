//! A run's folder on bad days: the journal gone, damaged or out of room, another process in it, and
//! what is left out of it on request. Nothing is made worse by any of them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::{Said, assert_same_files, repository, run, succeed};

fn quickstart() -> String {
    let path = repository().join("scenarios/quickstart.ots");
    path.display().to_string()
}

/// A run of a few items of the quickstart, in `folder/run`.
fn a_run(folder: &Path, further: &[&str]) -> PathBuf {
    let source = quickstart();
    let first = ["run", source.as_str(), "--out", "run", "--limit", "6"];
    succeed(folder, first.iter().chain(further));
    folder.join("run")
}

fn go_on(folder: &Path) -> Said {
    let source = quickstart();
    run(
        folder,
        ["run", source.as_str(), "--out", "run", "--limit", "6"],
    )
}

fn sql(journal: &Path, query: &str) -> i64 {
    let connection = rusqlite::Connection::open(journal).expect("it is a database");
    connection
        .query_row(query, [], |row| row.get(0))
        .expect("the query gives a number")
}

#[test]
fn a_journal_that_is_gone_is_told_and_the_dataset_stays() {
    let folder = tempfile::tempdir().expect("a folder");
    let run = a_run(folder.path(), &[]);
    let before = fs::read(run.join("dataset/records.jsonl")).expect("it was written");
    let damages: [fn(&Path) -> std::io::Result<()>; 2] =
        [|path| fs::remove_file(path), |path| fs::write(path, "")];
    for damage in damages {
        damage(&run.join("journal.sqlite")).expect("the folder is writable");
        let said = go_on(folder.path());
        assert_eq!(said.status, 2, "{}", said.err);
        assert!(said.err.contains("is gone, although"), "{}", said.err);
        let after = fs::read(run.join("dataset/records.jsonl")).expect("it is still there");
        assert_eq!(before, after);
    }
}

#[test]
fn a_journal_that_was_cut_off_is_told_and_left_as_it_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let run = a_run(folder.path(), &[]);
    let journal = run.join("journal.sqlite");
    let whole = fs::read(&journal).expect("it is there");
    let half = &whole[..whole.len() / 2];
    fs::write(&journal, half).expect("the folder is writable");
    let said = go_on(folder.path());
    assert_eq!(said.status, 2, "{}", said.err);
    assert!(said.err.contains("is damaged"), "{}", said.err);
    assert_eq!(said.err.lines().count(), 1, "{}", said.err);
    assert!(
        fs::read(&journal).expect("it is there") == half,
        "it was changed"
    );
}

/// A program of a user who may read everything here and write nothing. Root may write everything, so it
/// hands the work to a user without rights, with a copy of the program that this one may start.
#[cfg(unix)]
fn powerless(folder: &Path, arguments: &[&str]) -> Said {
    use std::os::unix::process::CommandExt as _;
    let mut command = Command::new(folder.join("autosafe"));
    command.args(arguments).current_dir(folder);
    let is_root = fs::metadata("/proc/self").is_ok_and(|it| {
        use std::os::unix::fs::MetadataExt as _;
        it.uid() == 0
    });
    if is_root {
        command.uid(65534).gid(65534);
    }
    Said::from(command.output().expect("the program starts"))
}

#[cfg(unix)]
fn set_mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("it is ours");
}

#[cfg(unix)]
#[test]
fn a_read_only_folder_is_told_in_a_sentence_left_as_it_is_and_can_be_read() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::copy(
        env!("CARGO_BIN_EXE_autosafe"),
        folder.path().join("autosafe"),
    )
    .expect("room");
    fs::copy(quickstart(), folder.path().join("quickstart.ots")).expect("room");
    let run_folder = a_run(folder.path(), &[]);
    for name in ["autosafe", "quickstart.ots"] {
        set_mode(&folder.path().join(name), 0o755);
    }
    for name in crate::support::files_under(&run_folder).keys() {
        set_mode(&run_folder.join(name), 0o444);
    }
    for read_only in [&run_folder, &folder.path().to_path_buf()] {
        set_mode(read_only, 0o555);
    }
    let before = crate::support::files_under(&run_folder);
    for out in ["run", "another"] {
        let said = powerless(folder.path(), &["run", "quickstart.ots", "--out", out]);
        assert_eq!(said.status, 2, "{}{}", said.out, said.err);
        assert_eq!(said.err.lines().count(), 1, "{}", said.err);
        assert!(
            said.err.starts_with(&format!("error: cannot use {out}")),
            "{}",
            said.err
        );
        assert!(
            said.err.ends_with("; is it, or its folder, read-only?\n"),
            "{}",
            said.err
        );
    }
    let said = powerless(folder.path(), &["status", "run"]);
    assert_eq!(said.status, 0, "{}", said.err);
    assert!(
        crate::support::files_under(&run_folder) == before,
        "something was written"
    );
    set_mode(folder.path(), 0o755);
    set_mode(&run_folder, 0o755);
}

/// A limit on the size of files stands for a full disk, which no test can bring about everywhere.
#[test]
fn a_run_without_room_for_its_journal_stops_in_a_sentence_and_goes_on_with_room() {
    let folder = tempfile::tempdir().expect("a folder");
    let program = env!("CARGO_BIN_EXE_autosafe");
    let source = quickstart();
    // In units of 1024 bytes; the signal that a limit sends is ignored, so that writing fails.
    let command =
        format!("trap '' XFSZ; ulimit -f 160; exec '{program}' run '{source}' --out run --limit 6");
    let output = Command::new("bash")
        .args(["-c", &command])
        .current_dir(folder.path())
        .output()
        .expect("bash starts");
    let said = Said::from(output);
    assert_eq!(said.status, 2, "{}", said.err);
    let last = said.err.lines().last().unwrap_or_default();
    assert!(last.contains("journal.sqlite"), "{}", said.err);
    assert!(last.contains("make room"), "{}", said.err);
    let said = go_on(folder.path());
    assert_eq!(said.status, 0, "{}", said.err);

    let roomy = tempfile::tempdir().expect("a folder");
    let whole = a_run(roomy.path(), &[]);
    assert_same_files(&whole.join("dataset"), &folder.path().join("run/dataset"));
}

#[test]
fn finished_items_may_leave_their_calls_out_of_the_journal_and_nothing_else_changes() {
    let folder = tempfile::tempdir().expect("a folder");
    let kept = a_run(folder.path(), &[]);
    let other = tempfile::tempdir().expect("a folder");
    let dropped = a_run(other.path(), &["--keep-calls", "no"]);
    assert_same_files(&kept.join("dataset"), &dropped.join("dataset"));
    let calls = "SELECT count(*) FROM calls WHERE item >= 0 AND path NOT LIKE 'generate/%'";
    assert!(sql(&kept.join("journal.sqlite"), calls) > 50);
    assert_eq!(sql(&dropped.join("journal.sqlite"), calls), 0);

    // What is left is enough to go on with, and to make everything again.
    let source = quickstart();
    let more = ["run", source.as_str(), "--out", "run", "--keep-calls", "no"];
    succeed(other.path(), more);
    succeed(folder.path(), ["run", source.as_str(), "--out", "run"]);
    assert_same_files(&kept.join("dataset"), &dropped.join("dataset"));
    succeed(other.path(), ["export", "run"]);
    assert_same_files(&kept.join("dataset"), &dropped.join("dataset"));
}

#[test]
fn a_dataset_is_not_written_into_a_run_that_is_under_way() {
    let folder = tempfile::tempdir().expect("a folder");
    let run_folder = a_run(folder.path(), &[]);
    let claim = autosafe::run::claim_folder(&run_folder).expect("nobody is in it");
    let said = run(folder.path(), ["export", "run"]);
    assert_eq!(said.status, 2, "{}", said.err);
    assert!(said.err.contains("is under way in process"), "{}", said.err);
    succeed(folder.path(), ["export", "run", "--out", "elsewhere"]);
    succeed(folder.path(), ["status", "run"]);
    drop(claim);
    succeed(folder.path(), ["export", "run"]);
}
