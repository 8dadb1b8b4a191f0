//! Someone who reads a page and does what it says.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::{env, fs};

use tempfile::TempDir;

use crate::page::{Action, Item, ROOT};
use crate::same;

/// The reader's folder, new for each project of the page.
pub(crate) struct Reader {
    folder: TempDir,
}

impl Reader {
    /// In an empty folder.
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("project")).unwrap();
        Self { folder }
    }

    /// In a committed copy of a folder of the repository, with a tag.
    pub(crate) fn of_copy(folder: &str) -> Self {
        let reader = Self::new();
        let from = Path::new(ROOT).join(folder);
        // What git has: builds in the folder leave files that are nobody's example.
        let copy = format!(
            "git -C '{from}' ls-files -z | (cd '{from}' && xargs -0 cp --parents -t '{to}')",
            from = from.display(),
            to = reader.root().display()
        );
        let git = "git init -q -b main && git add -A \
                   && git commit -q -m First \
                   && git tag v1.4.0";
        for script in [copy.as_str(), git] {
            let output = reader.shell(script);
            assert!(output.status.success(), "{script}: {output:?}");
        }
        reader
    }

    /// The folder in which commands are typed.
    pub(crate) fn root(&self) -> PathBuf {
        self.folder.path().join("project")
    }

    /// Runs a script as the reader's shell does, with the gobuildx of this build. What it prints to
    /// both streams is in stdout, in the order in which it came.
    pub(crate) fn shell(&self, script: &str) -> Output {
        let mut command = Command::new("bash");
        for role in ["AUTHOR", "COMMITTER"] {
            command
                .env(format!("GIT_{role}_NAME"), "Reader")
                .env(format!("GIT_{role}_EMAIL"), "reader@example.com")
                .env(format!("GIT_{role}_DATE"), "2024-05-06T07:08:09Z");
        }
        command
            .args(["-c", &format!("exec 2>&1\n{script}")])
            .current_dir(self.root())
            .env("PATH", search_path())
            .env_remove("SOURCE_DATE_EPOCH")
            .output()
            .unwrap()
    }

    /// Does one thing that a page says, and tells what is not as the page shows it.
    pub(crate) fn follow(&mut self, item: &Item) -> Result<(), String> {
        match &item.action {
            Action::Project(name) if name == "empty" => *self = Self::new(),
            Action::Project(name) => *self = Self::of_copy(name),
            Action::File { name, text } => {
                let path = self.root().join(name);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, text).unwrap();
            }
            Action::Command {
                typed,
                code,
                output,
            } => return self.types(typed, *code, output),
        }
        Ok(())
    }

    fn types(&self, typed: &str, code: i32, shown: &str) -> Result<(), String> {
        let output = self.shell(typed);
        let printed = String::from_utf8_lossy(&output.stdout);
        let printed = printed.replace(&self.root().display().to_string(), "/home/you/project");
        let ended = output.status.code().unwrap_or(-1);
        if ended == code && same::is_shown(shown, &printed) {
            return Ok(());
        }
        Err(format!(
            "$ {typed}\nexit code {ended}, the page says {code}\n\
             --- the page shows\n{shown}--- it prints\n{printed}---"
        ))
    }
}

/// The reader's search path, on which this build's gobuildx comes first.
pub(crate) fn search_path() -> String {
    let program = Path::new(env!("CARGO_BIN_EXE_gobuildx"));
    let path = env::var("PATH").unwrap();
    format!("{}:{path}", program.parent().unwrap().display())
}
