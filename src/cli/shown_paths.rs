//! Files as the readers of a log know them: from where the work is done, not from a project's root.

use std::path::{Path, PathBuf};

/// Turns the names of a project's files into paths for logs.
pub struct ShownPaths {
    /// The project's root, from where the work is done; absolute where it lies elsewhere.
    root: PathBuf,
}

impl ShownPaths {
    /// Paths from the checkout that a workflow works on, or else from the working folder.
    pub fn new(root: &Path) -> Self {
        let checkout = std::env::var_os("GITHUB_WORKSPACE").map(PathBuf::from);
        let working = std::env::current_dir().ok();
        let bases = [checkout, working];
        let from = bases
            .into_iter()
            .flatten()
            .filter_map(|base| base.canonicalize().ok())
            .find_map(|base| Some(root.strip_prefix(base).ok()?.to_path_buf()));
        Self {
            root: from.unwrap_or_else(|| root.to_path_buf()),
        }
    }

    /// The path to write for a file's name, with `/`.
    pub fn of(&self, name: &str) -> String {
        let path = self.root.join(name).display().to_string();
        path.replace(std::path::MAIN_SEPARATOR, "/")
    }
}
