//! A go command that notes what it is asked.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

/// Wraps go so that it notes what it is asked.
pub struct Noted {
    folder: tempfile::TempDir,
}

impl Noted {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let output = std::process::Command::new("sh")
            .args(["-c", "command -v go"])
            .output()
            .unwrap();
        let real = String::from_utf8(output.stdout).unwrap();
        let notes = folder.path().join("notes");
        let script = format!(
            "#!/bin/sh\necho \"$@\" >> {}\nexec {} \"$@\"\n",
            notes.display(),
            real.trim()
        );
        let go = folder.path().join("go");
        fs::write(&go, script).unwrap();
        fs::set_permissions(&go, fs::Permissions::from_mode(0o755)).unwrap();
        Self { folder }
    }

    /// The PATH on which it comes first.
    pub fn path(&self) -> String {
        let host = gobuildx::host::Host::probe().unwrap();
        let path = host.env.get("PATH").unwrap().to_str().unwrap().to_owned();
        format!("{}:{path}", self.folder.path().display())
    }

    /// The verbs that go was asked since the last time, each once.
    pub fn verbs(&self) -> Vec<String> {
        let verb = |line: String| line.split(' ').next().unwrap().to_owned();
        let mut verbs: Vec<String> = self.commands().into_iter().map(verb).collect();
        verbs.sort();
        verbs.dedup();
        verbs
    }

    /// What go was asked since the last time.
    pub fn commands(&self) -> Vec<String> {
        let file = self.folder.path().join("notes");
        let notes = fs::read_to_string(&file).unwrap_or_default();
        let _ = fs::remove_file(file);
        notes.lines().map(str::to_owned).collect()
    }
}
