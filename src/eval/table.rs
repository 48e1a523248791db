//! Tables for a terminal: columns wide enough for what is in them, text to the left, figures to the
//! right.

use std::fmt::Write as _;

/// Rows under heads; the first column is text, and the others are figures unless more are said to be
/// text.
#[derive(Debug)]
pub struct Table {
    rows: Vec<Vec<String>>,
    /// How many columns are text.
    texts: usize,
}

impl Table {
    /// A table with these heads.
    pub fn new<const N: usize>(heads: [&str; N]) -> Self {
        Self::with_heads(heads.iter().map(|head| (*head).to_owned()).collect())
    }

    /// A table with heads that are not known beforehand.
    pub fn with_heads(heads: Vec<String>) -> Self {
        Self {
            rows: vec![heads],
            texts: 1,
        }
    }

    /// The same with the first columns, so many, as text.
    pub fn with_texts(self, texts: usize) -> Self {
        Self { texts, ..self }
    }

    /// Adds a row; cells that are missing stay empty.
    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// The table as text, indented by two.
    pub fn render(&self) -> String {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let widths: Vec<usize> = (0..columns).map(|column| self.width(column)).collect();
        let mut text = String::new();
        for row in &self.rows {
            let cells = widths.iter().enumerate().map(|(column, width)| {
                let cell = row.get(column).map_or("", String::as_str);
                match column < self.texts {
                    true => format!("{cell:<width$}"),
                    false => format!("{cell:>width$}"),
                }
            });
            let line = cells.collect::<Vec<_>>().join("  ");
            // Writing to a string cannot fail.
            let _ = writeln!(text, "  {}", line.trim_end());
        }
        text
    }

    fn width(&self, column: usize) -> usize {
        let cells = self.rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    }
}
