//! `autosafe init`

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::Path;

use super::arguments::InitArguments;
use super::exit::{Exit, Failure, Outcome};
use super::output::{print_note, why_unwritten};

/// The files of a new project: path and text.
const FILES: &[(&str, &str)] = &[
    ("autosafe.toml", include_str!("init/autosafe.toml")),
    ("risks.ots", include_str!("init/risks.ots")),
    ("tools.ots", include_str!("init/tools.ots")),
    (".gitignore", include_str!("init/gitignore")),
    (
        ".github/workflows/autosafe.yml",
        include_str!("init/workflow.yml"),
    ),
];

/// Writes a small working project. Files that are there already are left as they are.
pub fn init(arguments: &InitArguments) -> Outcome {
    let folder = arguments.folder.as_path();
    if folder.exists() && !folder.is_dir() {
        let message = format!("`{}` is a file, not a folder", folder.display());
        return Err(Failure::usage(message));
    }
    // "tools.ots" reads better than "./tools.ots".
    let folder = folder.strip_prefix(".").unwrap_or(folder);
    for (path, text) in FILES {
        let target = folder.join(path);
        let word = match write_new(&target, text) {
            Ok(()) => "wrote",
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => "kept",
            Err(error) => {
                return Err(Failure::usage(format!(
                    "cannot write `{}`: {}",
                    target.display(),
                    why_unwritten(&error)
                )));
            }
        };
        print_note(format_args!("{word:>6} {}", target.display()));
    }
    let entry = folder.join("risks.ots");
    print_note(format_args!("\nnext: autosafe run {}", entry.display()));
    Ok(Exit::Done)
}

fn write_new(path: &Path, text: &str) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(path)?
        .write_all(text.as_bytes())
}
