//! `--format` of `export`: an export by its word.

use std::str::FromStr;

use crate::check::Export;
use crate::diagnostic::nearest;

/// An export as named on the command line.
#[derive(Debug, Clone, Copy)]
pub struct ExportName(pub Export);

impl FromStr for ExportName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Export::from_word(text).map(Self).ok_or_else(|| {
            let words = Export::ALL.map(Export::word);
            match nearest(text, words) {
                Some(near) => format!("no such export; did you mean `{near}`?"),
                None => format!("no such export; there are {}", words.join(", ")),
            }
        })
    }
}
