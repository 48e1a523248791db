//! Opens a journal, new or from an earlier life, and finds out whether it is whole.

use std::path::Path;

use rusqlite::{Connection, OpenFlags, OptionalExtension as _, Row, params};

use super::error::JournalError;
use super::packing::DICTIONARY;
use super::places;
use super::stored::FORMAT;

/// Journals up to this size are looked through when they are opened; the check reads about a
/// gigabyte a second. In larger ones damage is found where it is met.
const CHECKED_BYTES: u64 = 64 << 20;

/// `item` is the item's index in the plan, -1 for what belongs to the run as a whole, and below that
/// for labelled actions that its evaluators are measured by.
///
/// Calls lie in the order in which they came back, so that those of one commit lie beside each
/// other, however many items they belong to; of two under one path the first counts.
const SCHEMA: &str = "
    CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE counts (name TEXT PRIMARY KEY, value NUMERIC NOT NULL) WITHOUT ROWID;
    CREATE TABLE spending (
        role TEXT NOT NULL, model TEXT NOT NULL, calls INTEGER NOT NULL,
        input INTEGER NOT NULL, output INTEGER NOT NULL, cached INTEGER NOT NULL, reasoning INTEGER NOT NULL,
        usd REAL NOT NULL, PRIMARY KEY (role, model)
    ) WITHOUT ROWID;
    CREATE TABLE standouts (
        item TEXT PRIMARY KEY, scenario TEXT NOT NULL, calls INTEGER NOT NULL, tokens INTEGER NOT NULL,
        usd REAL NOT NULL, seconds REAL NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE calls (
        number INTEGER PRIMARY KEY, item INTEGER NOT NULL, path TEXT NOT NULL, payload BLOB NOT NULL
    );
    CREATE TABLE endings (
        item INTEGER PRIMARY KEY, again INTEGER NOT NULL, counts TEXT NOT NULL, payload BLOB NOT NULL
    );
    CREATE INDEX endings_by_again ON endings (again, item);
";

/// Opens the journal at `path` for writing, and makes it where there is none.
pub(super) fn open_to_write(path: &Path) -> Result<Connection, JournalError> {
    let of = |error| JournalError::of(path, &error);
    let mut connection = Connection::open(path).map_err(of)?;
    prepare(&connection).map_err(of)?;
    if is_empty(&connection).map_err(of)? {
        make(&mut connection).map_err(of)?;
    } else {
        look_through(path, &connection)?;
        check_format(path, &connection)?;
    }
    Ok(connection)
}

/// Opens the journal at `path` for reading, also while another process writes it.
pub(super) fn open_to_read(path: &Path) -> Result<Connection, JournalError> {
    if !path.exists() {
        let path = path.to_owned();
        return Err(JournalError::Missing { path });
    }
    let connection = open_shared(path)
        .or_else(|_| open_immutable(path))
        .map_err(|error| JournalError::of(path, &error))?;
    check_format(path, &connection)?;
    Ok(connection)
}

/// Opens the journal at `path` for reading without writing anything beside it, which is possible
/// while no commits lie outside its file.
pub(super) fn open_at_rest(path: &Path) -> Result<Connection, JournalError> {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    let has_log = std::fs::metadata(log).is_ok_and(|log| log.len() > 0);
    if has_log || !path.exists() {
        return open_to_read(path);
    }
    let connection = open_immutable(path).map_err(|error| JournalError::of(path, &error))?;
    check_format(path, &connection)?;
    Ok(connection)
}

/// The names under which `about` keeps what is found out once.
pub(in crate::run) mod note {
    /// How far the evaluators agree with the scenarios' examples, as JSON.
    pub const EXAMPLES: &str = "examples";
    /// How far rows are topped up: records of a row, and samples after which one is given up.
    pub const TOP_UP: &str = "top_up";
}

/// What `about` says under `name`.
pub(super) fn about(
    path: &Path,
    connection: &Connection,
    name: &str,
) -> Result<Option<String>, JournalError> {
    connection
        .query_row("SELECT value FROM about WHERE name = ?1", [name], |row| {
            row.get(0)
        })
        .optional()
        .map_err(|error| JournalError::of(path, &error))
}

/// What the payloads of the journal are compressed against.
pub(super) fn dictionary_of(path: &Path, connection: &Connection) -> Result<Vec<u8>, JournalError> {
    let query = "SELECT value FROM about WHERE name = 'dictionary'";
    // Those of early journals are texts.
    let read = |row: &Row<'_>| Ok(row.get_ref(0)?.as_bytes()?.to_vec());
    let dictionary = connection.query_row(query, [], read).optional();
    let dictionary = dictionary.map_err(|error| JournalError::of(path, &error))?;
    dictionary.ok_or_else(|| JournalError::damaged(path, "its dictionary is missing"))
}

/// Writes `value` under `name` of `about`.
pub(super) fn set_about(connection: &Connection, name: &str, value: &str) -> rusqlite::Result<()> {
    connection
        .execute(
            "INSERT INTO about (name, value) VALUES (?1, ?2)
             ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            [name, value],
        )
        .map(|_| ())
}

fn prepare(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(std::time::Duration::from_secs(10))?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "cache_size", -8_000)?;
    // Pages that many commits change are moved from the log into the file once for all of them.
    connection.pragma_update(None, "wal_autocheckpoint", 4_000)
}

fn is_empty(connection: &Connection) -> rusqlite::Result<bool> {
    let tables: i64 =
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    Ok(tables == 0)
}

/// All tables together with the format's name and the dictionary, so that no journal is without them.
fn make(connection: &mut Connection) -> rusqlite::Result<()> {
    let transaction = connection.transaction()?;
    transaction.execute_batch(SCHEMA)?;
    transaction.execute_batch(places::SCHEMA)?;
    transaction.execute(
        "INSERT INTO about (name, value) VALUES ('format', ?1), ('dictionary', ?2)",
        params![FORMAT, DICTIONARY],
    )?;
    transaction.commit()
}

fn open_shared(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    connection.busy_timeout(std::time::Duration::from_secs(10))?;
    connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
    Ok(connection)
}

/// For a folder that cannot be written: SQLite then cannot make the files that readers share.
fn open_immutable(path: &Path) -> rusqlite::Result<Connection> {
    let name = path.to_string_lossy();
    let name = name
        .replace('%', "%25")
        .replace('?', "%3f")
        .replace('#', "%23");
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
    let connection = Connection::open_with_flags(format!("file:{name}?immutable=1"), flags)?;
    connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
    Ok(connection)
}

fn look_through(path: &Path, connection: &Connection) -> Result<(), JournalError> {
    let bytes = std::fs::metadata(path).map_or(0, |metadata| metadata.len());
    if bytes > CHECKED_BYTES {
        return Ok(());
    }
    let found: String = connection
        .query_row("PRAGMA quick_check(1)", [], |row| row.get(0))
        .map_err(|error| JournalError::of(path, &error))?;
    if found == "ok" {
        return Ok(());
    }
    // Only the last line says what is wrong; those before it say where SQLite looked.
    let why = found.lines().last().unwrap_or(&found);
    Err(JournalError::damaged(path, why))
}

fn check_format(path: &Path, connection: &Connection) -> Result<(), JournalError> {
    match about(path, connection, "format") {
        Ok(Some(found)) if found == FORMAT => Ok(()),
        Ok(Some(found)) => Err(JournalError::OtherFormat {
            path: path.to_owned(),
            found,
            known: FORMAT,
        }),
        Ok(None) => Err(JournalError::damaged(path, "it does not name its format")),
        Err(JournalError::Unusable { .. }) => {
            Err(JournalError::damaged(path, "it is no journal of a run"))
        }
        Err(error) => Err(error),
    }
}
