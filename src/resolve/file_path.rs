//! Paths between files, as text: nothing is looked up on a disk.

use crate::diagnostic::{Code, Diagnostic};
use crate::syntax::Text;

/// Why a written path names no file of the project.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BadPath {
    Empty,
    /// It starts at the root of a disk.
    Absolute,
    /// It climbs out of the project's root.
    OutsideRoot,
    /// It holds a `\`.
    Backslash,
}

impl BadPath {
    /// What is said of it where `text` is written; with `code` where the path is no path at all.
    pub fn problem(self, text: &Text, code: Code) -> Diagnostic {
        let value = &text.value;
        match self {
            Self::Empty => Diagnostic::new(code, text.span, "the path names no file"),
            Self::Absolute => {
                let message = format!("`{value}` is an absolute path");
                Diagnostic::new(Code::PathOutsideRoot, text.span, message).help(
                    "write a path that starts at the folder of this file, such as `./people.ots`",
                )
            }
            Self::OutsideRoot => {
                let message = format!("`{value}` leaves the project's root");
                Diagnostic::new(Code::PathOutsideRoot, text.span, message).help(
                    "the root is the nearest folder above the outermost file that holds \
                     `autosafe.toml` or `.git`, or else the file's own folder",
                )
            }
            Self::Backslash => {
                let mended = format!("\"{}\"", value.replace('\\', "/"));
                Diagnostic::new(code, text.span, format!("`{value}` is no path"))
                    .label("folders are separated by `/`")
                    .did_you_mean(Some(&mended))
            }
        }
    }
}

/// The path from the project's root of what `using`, itself such a path, calls `written`.
pub(super) fn join(using: &str, written: &str) -> Result<String, BadPath> {
    if written.trim().is_empty() {
        return Err(BadPath::Empty);
    }
    if written.contains('\\') {
        return Err(BadPath::Backslash);
    }
    if is_absolute(written) {
        return Err(BadPath::Absolute);
    }
    normalise(folder(using).chain(written.split('/')))
}

/// The path without `.` and empty steps.
pub(super) fn clean(path: &str) -> String {
    normalise(path.split('/')).unwrap_or_else(|_| path.to_owned())
}

/// How a file in the same folder as `using` would call `target`, both from the root.
pub(super) fn relative(using: &str, target: &str) -> String {
    let from: Vec<&str> = folder(using).collect();
    let to: Vec<&str> = target.split('/').collect();
    let shared = from
        .iter()
        .zip(&to[..to.len() - 1])
        .take_while(|(a, b)| a == b)
        .count();
    let up = match from.len() - shared {
        0 => "./".to_owned(),
        steps => "../".repeat(steps),
    };
    up + &to[shared..].join("/")
}

/// The file's name without its folder and what follows the first dot.
pub(super) fn stem(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.split('.').next().unwrap_or(name)
}

fn folder(file: &str) -> impl Iterator<Item = &str> {
    let folder = file.rsplit_once('/').map_or("", |(folder, _)| folder);
    folder.split('/').filter(|step| !step.is_empty())
}

fn normalise<'p>(steps: impl Iterator<Item = &'p str>) -> Result<String, BadPath> {
    let mut kept: Vec<&str> = Vec::new();
    for step in steps {
        match step {
            "" | "." => {}
            ".." => {
                kept.pop().ok_or(BadPath::OutsideRoot)?;
            }
            step => kept.push(step),
        }
    }
    if kept.is_empty() {
        return Err(BadPath::Empty);
    }
    Ok(kept.join("/"))
}

/// `/etc/passwd`, and `C:/…` of Windows.
fn is_absolute(path: &str) -> bool {
    path.starts_with('/') || path.as_bytes().get(1) == Some(&b':')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_starts_at_the_folder_of_the_file_that_uses_it() {
        assert_eq!(join("a/b/main.ots", "./x.ots").as_deref(), Ok("a/b/x.ots"));
        assert_eq!(
            join("a/b/main.ots", "../c//./x.ots").as_deref(),
            Ok("a/c/x.ots")
        );
        assert_eq!(join("main.ots", "x.ots").as_deref(), Ok("x.ots"));
    }

    #[test]
    fn a_path_that_climbs_out_is_refused_even_when_it_comes_back() {
        assert_eq!(
            join("a/main.ots", "../../a/x.ots"),
            Err(BadPath::OutsideRoot)
        );
        assert_eq!(join("main.ots", "/etc/passwd"), Err(BadPath::Absolute));
        assert_eq!(join("main.ots", ".."), Err(BadPath::OutsideRoot));
        assert_eq!(join("a/main.ots", ".."), Err(BadPath::Empty));
    }

    #[test]
    fn a_relative_path_leads_back() {
        for (using, target) in [
            ("main.ots", "x.ots"),
            ("a/b/m.ots", "a/c/x.ots"),
            ("a/m.ots", "x.ots"),
        ] {
            assert_eq!(join(using, &relative(using, target)).as_deref(), Ok(target));
        }
    }
}
