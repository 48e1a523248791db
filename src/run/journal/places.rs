//! Which calls belong to an item.
//!
//! Calls lie in the order in which they came back. Thousands of items are in flight at once, so an
//! index over them would change a page of its own for nearly each call. New places therefore go
//! into a small table, of which a commit changes a handful of pages, and from there, many at a time
//! and in order, into the large one. The view `places` shows both.

use rusqlite::{Connection, params};

/// So many places are moved at a time: with more, commits change more pages of the small table, and
/// with fewer, moving changes more pages of the large one for each of them.
const MANY: u64 = 2048;

pub(super) const SCHEMA: &str = "
    CREATE TABLE new_places (
        item INTEGER NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (item, number)
    ) WITHOUT ROWID;
    CREATE TABLE old_places (
        item INTEGER NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (item, number)
    ) WITHOUT ROWID;
    CREATE VIEW places AS
        SELECT item, number FROM old_places UNION ALL SELECT item, number FROM new_places;
";

/// What the writer knows of the places.
pub(super) struct Places {
    /// Those that are not moved yet.
    new: u64,
}

impl Places {
    /// The places of a journal that is there.
    pub(super) fn of(connection: &Connection) -> rusqlite::Result<Self> {
        let new = connection.query_row("SELECT count(*) FROM new_places", [], |row| {
            row.get::<_, i64>(0)
        })?;
        Ok(Self {
            new: new.unsigned_abs(),
        })
    }

    /// Notes that the call that was inserted last belongs to `item`.
    pub(super) fn note(&mut self, connection: &Connection, item: i64) -> rusqlite::Result<()> {
        self.new += 1;
        connection
            .prepare_cached("INSERT INTO new_places (item, number) VALUES (?1, ?2)")?
            .execute(params![item, connection.last_insert_rowid()])
            .map(|_| ())
    }

    /// Moves the new places where there are many; to be called once for each commit, within it.
    pub(super) fn tidy(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        if self.new < MANY {
            return Ok(());
        }
        // A commit that fails leaves the count too low or too high: places then move later or
        // earlier.
        self.new = 0;
        for step in [
            "INSERT INTO old_places (item, number)
             SELECT item, number FROM new_places ORDER BY item, number",
            "DELETE FROM new_places",
        ] {
            connection.prepare_cached(step)?.execute([])?;
        }
        Ok(())
    }
}

/// Deletes the calls of an item, but for those that later samples of its row rest on: these are told
/// what its generator wrote.
pub(super) fn drop_calls(connection: &Connection, item: i64) -> rusqlite::Result<()> {
    for step in [
        "DELETE FROM calls
         WHERE number IN (SELECT number FROM places WHERE item = ?1) AND path NOT LIKE 'generate/%'",
        "DELETE FROM old_places WHERE item = ?1 AND number NOT IN (SELECT number FROM calls)",
        "DELETE FROM new_places WHERE item = ?1 AND number NOT IN (SELECT number FROM calls)",
    ] {
        connection.prepare_cached(step)?.execute([item])?;
    }
    Ok(())
}
