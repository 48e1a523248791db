//! What the tests that start the real program share.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

/// The repository.
pub fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The program with these arguments, started in `folder`, not yet run.
pub fn autosafe<I: AsRef<std::ffi::OsStr>>(
    folder: &Path,
    arguments: impl IntoIterator<Item = I>,
) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_autosafe"));
    command
        .args(arguments)
        .current_dir(folder)
        .env("NO_COLOR", "1")
        .env_remove("http_proxy")
        .env_remove("HTTP_PROXY")
        .stdin(Stdio::null());
    command
}

/// What a finished process said.
pub struct Said {
    pub status: i32,
    pub out: String,
    pub err: String,
}

impl From<Output> for Said {
    fn from(output: Output) -> Self {
        Self {
            status: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).expect("standard output is UTF-8"),
            err: String::from_utf8(output.stderr).expect("standard error is UTF-8"),
        }
    }
}

/// Runs the program to its end.
pub fn run<I: AsRef<std::ffi::OsStr>>(
    folder: &Path,
    arguments: impl IntoIterator<Item = I>,
) -> Said {
    autosafe(folder, arguments)
        .output()
        .expect("the program starts")
        .into()
}

/// Runs the program, which must leave with 0.
pub fn succeed<I: AsRef<std::ffi::OsStr>>(
    folder: &Path,
    arguments: impl IntoIterator<Item = I>,
) -> Said {
    let said = run(folder, arguments);
    assert_eq!(said.status, 0, "{}\n{}", said.out, said.err);
    said
}

/// The simulated model as a server, on a port of its own; ends with the test.
pub struct SimServer {
    child: Child,
    log: BufReader<std::process::ChildStderr>,
    pub base_url: String,
}

impl SimServer {
    /// Starts it with further arguments.
    pub fn start(arguments: &[&str]) -> Self {
        Self::start_with_environment(arguments, &[])
    }

    /// Starts it with further arguments and environment variables.
    pub fn start_with_environment(arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        let all = ["sim", "--listen", "127.0.0.1:0"].iter().chain(arguments);
        let mut child = autosafe(repository(), all)
            .envs(environment.iter().copied())
            .stderr(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .expect("the server starts");
        let stderr = child.stderr.take().expect("standard error is piped");
        let mut line = String::new();
        let mut log = BufReader::new(stderr);
        log.read_line(&mut line)
            .expect("the server says where it listens");
        let base_url = line
            .split_whitespace()
            .find(|word| word.starts_with("http://"))
            .unwrap_or_else(|| panic!("no address in {line:?}"))
            .to_owned();
        Self {
            child,
            log,
            base_url,
        }
    }
}

impl SimServer {
    /// Stops it, and gives what it says of its calls.
    #[cfg(unix)]
    pub fn stop(mut self) -> String {
        let id = self.child.id().to_string();
        let stopped = Command::new("kill").args(["-INT", &id]).status();
        assert!(stopped.expect("kill is there").success());
        let mut words = String::new();
        self.log
            .read_to_string(&mut words)
            .expect("the server says what it did");
        words
    }
}

impl Drop for SimServer {
    fn drop(&mut self) {
        // It may have ended already; then there is nothing to kill.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Every file under `folder`, with its bytes, by its path within it.
pub fn files_under(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    collect(folder, folder, &mut files);
    files
}

fn collect(root: &Path, folder: &Path, files: &mut BTreeMap<PathBuf, Vec<u8>>) {
    for entry in
        fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
    {
        let path = entry.expect("the folder is readable").path();
        if path.is_dir() {
            collect(root, &path, files);
        } else {
            let name = path.strip_prefix(root).expect("found under the root");
            files.insert(
                name.to_path_buf(),
                fs::read(&path).expect("the file is readable"),
            );
        }
    }
}

/// Asserts that two folders hold the same files with the same bytes.
pub fn assert_same_files(left: &Path, right: &Path) {
    let (left, right) = (files_under(left), files_under(right));
    assert!(!left.is_empty(), "there are files to compare");
    assert_eq!(
        left.keys().collect::<Vec<_>>(),
        right.keys().collect::<Vec<_>>()
    );
    for (name, bytes) in &left {
        assert!(
            *bytes == right[name],
            "{} differs between the two folders",
            name.display()
        );
    }
}

/// The JSON values of a file of JSON lines, each of which must parse.
pub fn json_lines(path: &Path) -> Vec<serde_json::Value> {
    fs::read_to_string(path)
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()))
        .lines()
        .map(|line| {
            serde_json::from_str(line)
                .unwrap_or_else(|error| panic!("{}: {error}\n{line}", path.display()))
        })
        .collect()
}
