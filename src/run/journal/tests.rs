use std::path::{Path, PathBuf};

use futures_util::future::join_all;

use super::*;
use crate::check::Role;
use crate::model::{Answer, Finish, Usage};
use crate::run::past::Past;
use crate::run::record::Ending;
use crate::run::standouts::{ItemSpending, Took};

fn path(folder: &tempfile::TempDir) -> PathBuf {
    folder.path().join("journal.sqlite")
}

fn open(path: &Path) -> Journal {
    Journal::open(path, "plan-a", 3).expect("the folder is writable")
}

fn call(content: &str) -> StoredCall {
    let answer = Answer {
        simulated: false,
        content: content.to_owned(),
        tool_calls: Vec::new(),
        finish: Finish::Stop,
        refusal: None,
        reasoning: None,
        usage: Usage::default(),
    };
    StoredCall {
        role: Role::Agent,
        milliseconds: 250,
        model: "M".to_owned(),
        tries: 1,
        reply: StoredReply::Answer(answer.into()),
    }
}

fn one(name: &'static str) -> Counts {
    let mut counts = Counts::default();
    counts.increase(name);
    counts
}

fn finished(again: bool) -> Finished {
    Finished {
        endings: vec![Ending::Failed {
            id: "i/0".to_owned(),
            error: "gone".to_owned(),
        }],
        counts: one(name::FAILED),
        again,
        took: Some(ItemSpending::of("i", "S", Took::default())),
    }
}

async fn write(journal: &Journal, path: &str, content: &str) {
    write_for(0, journal, path, content).await;
}

async fn write_for(item: i64, journal: &Journal, path: &str, content: &str) {
    let call = call(content);
    let written = journal.append_call(item, path, &call, 0.25);
    written.await.expect("there is room");
}

/// Writes `count` calls of three items in turn, among them one of each item's generator.
async fn write_many(journal: &Journal, count: i64) {
    let one = |number: i64| async move {
        let path = match number < 3 {
            true => "generate/try/0".to_owned(),
            false => format!("step/{number}"),
        };
        write_for(number % 3, journal, &path, "said").await;
    };
    join_all((0..count).map(one)).await;
}

fn count(path: &Path, query: &str) -> i64 {
    let connection = rusqlite::Connection::open(path).expect("it is there");
    let counted = connection.query_row(query, [], |row| row.get(0));
    counted.expect("one row")
}

fn why_not(path: &Path) -> String {
    match Journal::open(path, "plan-a", 3) {
        Ok(_) => "it opens".to_owned(),
        Err(error) => error.to_string(),
    }
}

#[tokio::test]
async fn what_was_acknowledged_is_there_for_the_next_life() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let journal = open(&path(&folder));
    write(&journal, "step/0", "first").await;
    write(&journal, "step/0", "second").await;
    drop(journal);
    let journal = open(&path(&folder));
    let calls = journal.reading().calls_of(0).expect("it reads");
    assert_eq!(calls["step/0"], call("first"));
    let counts = journal.reading().counts().expect("it reads");
    assert_eq!(counts.spending.calls(), 2, "both were paid for");
    assert_eq!(counts.spending.usd(), 0.5);
}

#[tokio::test]
async fn a_reader_sees_what_a_writer_has_committed() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let journal = open(&path(&folder));
    write(&journal, "step/0", "first").await;
    let reading = Reading::open(&path(&folder)).expect("readers stand beside the writer");
    assert_eq!(reading.calls_of(0).expect("it reads").len(), 1);
    write(&journal, "step/1", "second").await;
    assert_eq!(reading.calls_of(0).expect("it reads").len(), 2);
}

#[tokio::test]
async fn an_items_calls_are_found_among_thousands() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let journal = open(&path(&folder));
    let found = |journal: &Journal, item| {
        let calls = journal.reading().calls_of(item).expect("it reads");
        calls.len()
    };
    write_many(&journal, 3_000).await;
    write_many(&journal, 600).await;
    assert!(count(&path(&folder), "SELECT count(*) FROM old_places") > 0);
    assert!(count(&path(&folder), "SELECT count(*) FROM new_places") > 0);
    assert_eq!(
        [0, 1, 2, 3].map(|item| found(&journal, item)),
        [1_000, 1_000, 1_000, 0]
    );
    drop(journal);
    let journal = open(&path(&folder));
    write_for(7, &journal, "step/0", "in another life").await;
    assert_eq!(
        [0, 2, 7].map(|item| found(&journal, item)),
        [1_000, 1_000, 1]
    );
    assert_eq!(
        journal.reading().items_from(1).expect("it reads"),
        [1, 2, 7]
    );
}

#[tokio::test]
async fn what_an_item_leaves_behind_is_found_and_nothing_else() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let journal = open(&path(&folder)).dropping_calls();
    write_many(&journal, 3_000).await;
    write_many(&journal, 30).await;
    let done = Finished {
        counts: one(name::DONE),
        ..finished(false)
    };
    journal.finish(1, &done).await.expect("there is room");
    let reading = journal.reading();
    let left = reading.calls_of(1).expect("it reads");
    assert_eq!(left.keys().collect::<Vec<_>>(), ["generate/try/0"]);
    assert_eq!(reading.calls_of(2).expect("it reads").len(), 1_000);
    // The generator was asked twice.
    assert_eq!(reading.dropped_calls().expect("it reads"), 1_010 - 2);
    let strays = "SELECT count(*) FROM places WHERE number NOT IN (SELECT number FROM calls)";
    assert_eq!(count(&path(&folder), strays), 0);
}

#[tokio::test]
async fn a_failure_that_may_pass_is_forgotten_in_the_next_life_and_any_other_is_kept() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let journal = open(&path(&folder));
    journal
        .finish(0, &finished(true))
        .await
        .expect("there is room");
    journal
        .finish(1, &finished(false))
        .await
        .expect("there is room");
    drop(journal);
    let journal = open(&path(&folder));
    let reading = journal.reading();
    let mut marks = [false; 3];
    reading.mark_finished(0, &mut marks).expect("it reads");
    assert_eq!(marks, [false, true, false]);
    assert_eq!(reading.counts().expect("it reads").get(name::FAILED), 1);
}

#[test]
fn the_journal_of_another_plan_is_refused_by_both_names() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    drop(open(&path(&folder)));
    let error = Journal::open(&path(&folder), "plan-b", 3).err();
    let error = error.expect("another plan").to_string();
    assert!(
        error.contains("plan-a") && error.contains("plan-b"),
        "{error}"
    );
}

#[test]
fn a_file_that_is_no_database_is_damaged() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(
        path(&folder),
        "not a database, but long enough to look at".repeat(100),
    )
    .expect("the folder is writable");
    assert!(why_not(&path(&folder)).contains("is damaged"));
}

#[tokio::test]
async fn a_truncated_journal_is_damaged() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let journal = open(&path(&folder));
    for step in 0..200 {
        let content = blake3::hash(&[step]).to_hex().repeat(20);
        write(&journal, &format!("step/{step}"), &content).await;
    }
    drop(journal);
    let bytes = std::fs::read(path(&folder)).expect("it is there");
    std::fs::write(path(&folder), &bytes[..bytes.len() / 2]).expect("the folder is writable");
    let _ = std::fs::remove_file(folder.path().join("journal.sqlite-wal"));
    assert!(why_not(&path(&folder)).contains("is damaged"));
}

#[test]
fn a_database_of_something_else_is_refused() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let other = rusqlite::Connection::open(path(&folder)).expect("the folder is writable");
    other
        .execute_batch("CREATE TABLE notes (text TEXT)")
        .expect("it is empty");
    drop(other);
    let error = Reading::open(&path(&folder)).err().expect("no journal");
    assert!(error.to_string().contains("no journal of a run"), "{error}");
}

#[test]
fn the_journal_of_another_version_is_refused_with_what_to_do() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    drop(open(&path(&folder)));
    let other = rusqlite::Connection::open(path(&folder)).expect("it is there");
    let older = "UPDATE about SET value = 'autosafe.journal/1' WHERE name = 'format'";
    other.execute(older, []).expect("one row");
    drop(other);
    let why = why_not(&path(&folder));
    assert!(why.contains("`autosafe.journal/1`"), "{why}");
    assert!(why.contains("begin in another folder"), "{why}");
}

#[tokio::test]
async fn a_call_whose_payload_was_changed_is_damage() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let journal = open(&path(&folder));
    write(&journal, "step/0", "first").await;
    drop(journal);
    let connection = rusqlite::Connection::open(path(&folder)).expect("it is there");
    connection
        .execute("UPDATE calls SET payload = x'00'", [])
        .expect("one row");
    drop(connection);
    let reading = Reading::open(&path(&folder)).expect("the rest is whole");
    let error = reading.calls_of(0).expect_err("a changed payload");
    assert!(error.to_string().contains("is damaged"), "{error}");
}

#[tokio::test]
async fn what_was_asked_of_an_item_before_it_began_is_found() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let journal = open(&path(&folder));
    let found = |past: &Past| {
        let calls = past.calls_of(0, journal.reading()).expect("it reads");
        calls.len()
    };
    let past = Past::of(journal.reading()).expect("it reads");
    past.ask_ahead(0);
    write(&journal, "generate/try/0", "for a later sample").await;
    assert_eq!(found(&past), 1, "asked in this life");
    let later = Past::of(journal.reading()).expect("it reads");
    assert_eq!(found(&later), 1, "asked in an earlier life");
}
