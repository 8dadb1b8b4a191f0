//! Sources that benchmarks build, and the environment in which they do.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use gobuildx::host::Environment;
use gobuildx::process::{Cancel, Command};

/// A module of four binaries.
pub(crate) const AGE: &str = "filippo.io/age@v1.3.2";
/// A module of one binary with some hundred packages.
pub(crate) const RESTIC: &str = "github.com/restic/restic@v0.18.1";

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

/// Writes a module of 25 programs that share 199 packages of 25 files each.
pub(crate) fn wide(dir: &Path, go: &str) -> std::io::Result<()> {
    let write = |path: String, text: String| {
        let path = dir.join(path);
        path.parent().map_or(Ok(()), fs::create_dir_all)?;
        fs::write(path, text)
    };
    write(
        "go.mod".to_owned(),
        format!("module example.com/wide\n\ngo {go}\n"),
    )?;
    for package in 0..199 {
        for file in 0..25 {
            let text = format!(
                "package p{package}\n\n// F{file} is a number.\nfunc F{file}() int {{ return {file} }}\n"
            );
            write(format!("internal/p{package}/f{file}.go"), text)?;
        }
    }
    for binary in 0..25 {
        let of_it = (0..199).filter(|package| package % 25 == binary);
        let (imports, sum): (String, Vec<String>) = of_it
            .map(|package| {
                (
                    format!("\t\"example.com/wide/internal/p{package}\"\n"),
                    format!("p{package}.F1()"),
                )
            })
            .unzip();
        let sum = sum.join(" + ");
        let text =
            format!("package main\n\nimport (\n{imports})\n\nfunc main() {{ println({sum}) }}\n");
        write(format!("cmd/b{binary:02}/main.go"), text)?;
    }
    Ok(())
}
