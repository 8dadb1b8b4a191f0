//! Sources that benchmarks build, and the environment in which they do.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use gobuildx::host::Environment;
use gobuildx::process::{Cancel, Command};

/// A module of four binaries.
pub(crate) const AGE: &str = "filippo.io/age@v1.3.2";

/// A go command that uses the toolchain on the PATH and nothing but the module's own settings.
pub(crate) fn go(args: &[&str], dir: &Path, env: &Environment) -> Command {
    environment(Command::new("go").args(args).dir(dir), env)
}

/// The environment of every command here: the user's, without what changes how go builds.
pub(crate) fn environment(command: Command, env: &Environment) -> Command {
    command.envs(env.iter()).envs(SETTINGS)
}

/// What every command is told, so that both sides build alike.
pub(crate) const SETTINGS: [(&str, &str); 3] =
    [("GOFLAGS", ""), ("GOTOOLCHAIN", "local"), ("GOWORK", "off")];

/// The folder that a download of a module ends in.
pub(crate) fn module(download: &Command, cancel: &Cancel) -> Result<PathBuf, Box<dyn Error>> {
    #[derive(serde::Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Module {
        dir: PathBuf,
    }
    let output = download.run(cancel)?;
    let module: Module = serde_json::from_slice(&output.stdout)?;
    Ok(module.dir)
}

/// The folders in a folder, sorted.
pub(crate) fn names(dir: &Path) -> std::io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    names.sort();
    Ok(names)
}

/// Copies a folder and all that is in it.
pub(crate) fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
