//! The plan as a POSIX shell script, which makes the same binaries without gobuildx.
//!
//! No value of an inherited variable is written down, since it may be secret: the script resolves
//! them as gobuildx does.

use std::collections::BTreeSet;
use std::fmt::{self, Write as _};
use std::path::Path;

use super::{
    Action, Arg, ArtifactPath, Base, CommandLine, HookCommand, Overlay, Place, Plan, Script, Step,
    StepId,
};
use crate::atomic::Mode;
use crate::shell_word::shell_word;
use crate::tools::go::{ASKING, PASSED, RESOLVED};

/// Writes the script for a root and an output folder.
#[must_use]
pub fn script(plan: &Plan, root: &Path, out: &Path) -> String {
    let mut text = String::new();
    // Writing to a String can't fail.
    let _ = write(&mut text, plan, root, out);
    text
}

fn write(text: &mut String, plan: &Plan, root: &Path, out: &Path) -> fmt::Result {
    writeln!(text, "#!/bin/sh")?;
    writeln!(
        text,
        "# {} {}, plan {}",
        comment(&plan.release.project),
        comment(&plan.release.version),
        plan.digest()
    )?;
    writeln!(
        text,
        "# Builds the same binaries as `gobuildx build`, but once, and verifies and runs nothing."
    )?;
    writeln!(text, "set -eu")?;
    writeln!(text, "umask 022")?;
    writeln!(text, "root={}", shell_word(root.as_os_str()))?;
    writeln!(text, "out={}", shell_word(out.as_os_str()))?;
    if plan.hooks().next().is_some() {
        text.push_str(PERMISSION);
    }
    text.push_str(PREPARE);
    for hook in &plan.hooks.before {
        write_hook(text, &hook.id, &hook.command)?;
    }
    write_inheritance(text, plan)?;
    write_packers(text, plan)?;
    write_sources(text, plan)?;
    write_scripts(text, plan)?;
    for step in &plan.steps {
        write_step(text, step)?;
    }
    for hook in &plan.hooks.after {
        write_hook(text, &hook.id, &hook.command)?;
    }
    Ok(())
}

fn write_step(text: &mut String, step: &Step) -> fmt::Result {
    match &step.action {
        Action::Compile(compile) => {
            writeln!(text, "\n# {}", comment(&step.id.to_string()))?;
            writeln!(text, "mkdir -p {}", place(&compile.stage))?;
            if let Some(overlay) = &compile.overlay {
                write_overlay(text, overlay)?;
            }
            write_command(text, &compile.command)
        }
        Action::Place(file) => {
            let folder = Place::new(file.to.base, file.artifact.folder());
            writeln!(text, "folder {}", place(&folder))?;
            if let Some(header) = &file.header {
                // go writes none for a library that exports nothing to C.
                writeln!(text, "if [ -e {} ]; then", place(&header.from))?;
                write_place(text, &header.path, Mode::Record, (&header.from, &header.to))?;
                writeln!(text, "fi")?;
            }
            write_place(text, &file.artifact, file.mode, (&file.from, &file.to))
        }
        Action::Hook(hook) => write_hook(text, &step.id, hook),
        Action::Pack(pack) => {
            writeln!(text, "\n# {}", comment(&step.id.to_string()))?;
            let folder = pack.to.parent();
            writeln!(text, "mkdir -p {}", place(&folder))?;
            write_command(text, &pack.command)
        }
        // One build is enough to make the files.
        Action::Copy(_)
        | Action::Restore(_)
        | Action::Recompile(_)
        | Action::Compare(_)
        | Action::Verify(_)
        | Action::Smoke(_) => Ok(()),
    }
}

/// Puts a file into its place, and into the list of what was placed: the next `gobuildx build`
/// removes what it doesn't make itself.
fn write_place(
    text: &mut String,
    path: &ArtifactPath,
    mode: Mode,
    (from, to): (&Place, &Place),
) -> fmt::Result {
    let bits = match mode {
        Mode::Executable => "755",
        Mode::Record => "644",
    };
    let listed = shell_word(path.as_str().as_ref()).to_string();
    writeln!(text, "chmod {bits} {}", place(from))?;
    writeln!(
        text,
        "printf '\\n%s\\n' {listed} >>\"$out/.gobuildx/placed\""
    )?;
    writeln!(text, "mv -f {} {}", place(from), place(to))
}

/// A text that stays on the line of its comment: a folder's name may have a line break in it.
fn comment(text: &str) -> String {
    text.replace(char::is_control, "?")
}

/// As with gobuildx itself, a manifest alone runs nothing.
const PERMISSION: &str = r#"
if [ "${1:-}" != --allow-hooks ]; then
    echo 'failed to build: this script runs hooks of a manifest; look at them, then run it with `sh -s -- --allow-hooks`' >&2
    exit 2
fi
"#;

const PREPARE: &str = r#"
fail() {
    printf 'failed to use `%s`: %s\n' "$1" "$2" >&2
    exit 4
}
# Creates a folder for an artifact, and follows no link out of the output folder.
folder() {
    [ ! -L "$1" ] || fail "$1" "it is a symbolic link"
    mkdir -p "$1"
}
if [ ! -d "$out/.gobuildx" ] && [ -n "$(ls -A "$out" 2>/dev/null)" ]; then
    fail "$out" "it has files that gobuildx didn't make"
fi

# Git must ignore the output before the first file is there: go stamps the state of the tree.
mkdir -p "$out/.gobuildx"
[ -e "$out/.gitignore" ] || printf '*\n' >"$out/.gitignore"
# One run at a time works in the folder, where there is a command that can see to it.
exec 9>>"$out/.gobuildx/lock"
if command -v flock >/dev/null 2>&1; then
    flock 9
fi
# What describes the folder describes an earlier run.
rm -f "$out/artifacts.json" "$out/checksums.txt" "$out/metadata.json" "$out/report.html" "$out/report.json"
work=$(mktemp -d "$out/.gobuildx/work.XXXXXX")
tmp=$(mktemp -d)
trap 'rm -rf "$work" "$tmp"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
"#;

/// The function `inheriting`, which runs a command with nothing of the environment but what go
/// needs to find programs, modules and caches.
fn write_inheritance(text: &mut String, plan: &Plan) -> fmt::Result {
    writeln!(
        text,
        "\n# Where modules come from and caches lie, as go itself resolves it here."
    )?;
    let asking: Vec<String> = ASKING
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let asking = asking.join(" ");
    for name in RESOLVED {
        writeln!(text, "{name}=$(cd \"$root\" && {asking} go env {name})")?;
    }
    writeln!(text, "inheriting() {{\n    env -i \\")?;
    for name in inherited(plan) {
        writeln!(text, "        ${{{name}:+\"{name}=${name}\"}} \\")?;
    }
    writeln!(text, "        \"$@\"\n}}")
}

/// Another version of a packer would make other bytes.
fn write_packers(text: &mut String, plan: &Plan) -> fmt::Result {
    let tools = plan.steps.iter().filter_map(|step| match &step.action {
        Action::Pack(pack) => Some(pack.tool.as_str()),
        _ => None,
    });
    let tools: BTreeSet<&str> = tools.collect();
    for tool in tools {
        let quoted = shell_word(tool.as_ref()).to_string();
        writeln!(
            text,
            "\n[ \"$(env -i PATH=\"$PATH\" upx --version | sed 1q)\" = {quoted} ] || \
             fail upx \"the plan was made for {tool}\""
        )?;
    }
    Ok(())
}

/// The sources that the plan makes. They are ASCII, and no line of Go is the word at their end.
fn write_sources(text: &mut String, plan: &Plan) -> fmt::Result {
    if plan.sources.is_empty() {
        return Ok(());
    }
    text.push_str(TMP_AS_JSON);
    for source in &plan.sources {
        writeln!(text, "# {}", comment(&source.what))?;
        write!(
            text,
            "cat >{} <<'END_OF_FILE'\n{}",
            place(&source.file),
            source.text
        )?;
        writeln!(text, "END_OF_FILE")?;
    }
    Ok(())
}

/// The scripts that go starts for C.
fn write_scripts(text: &mut String, plan: &Plan) -> fmt::Result {
    let scripts = plan.scripts();
    if scripts.is_empty() {
        return Ok(());
    }
    let folder = Script::folder();
    writeln!(text, "\nmkdir -p {}", place(&folder))?;
    for script in scripts {
        let file = place(&folder.join(&script.name));
        write!(text, "cat >{file} <<'END_OF_FILE'\n{}", script.text())?;
        writeln!(text, "END_OF_FILE\nchmod 755 {file}")?;
    }
    Ok(())
}

/// The file that tells go of these sources names the folder that they lie in.
const TMP_AS_JSON: &str = r#"
mkdir -p "$tmp/embed"
case $tmp in
*[[:cntrl:]]*) fail "$tmp" "it has a control character in its name" ;;
esac
tmp_as_json=$(printf '%s\n' "$tmp" | sed 's/[\\"]/\\&/g')
"#;

fn write_overlay(text: &mut String, overlay: &Overlay) -> fmt::Result {
    // No path has a NUL, so it can stand for the folder that only the script knows.
    const TMP: &str = "\0";
    let written = overlay.text(|place| place.below(Path::new(TMP)));
    let written = written.unwrap_or_default();
    let parts: Vec<String> = written
        .split("\\u0000")
        .map(|part| shell_word(part.as_ref()).to_string())
        .collect();
    let words = parts.join("\"$tmp_as_json\"");
    writeln!(text, "printf '%s\\n' {words} >{}", place(&overlay.file))
}

/// The names of what go may inherit, and of what it does inherit here.
fn inherited(plan: &Plan) -> BTreeSet<&str> {
    let is_name = |name: &&str| name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    let here = plan.steps.iter().filter_map(|step| match &step.action {
        Action::Compile(compile) => Some(&compile.command.tuning.inherit),
        _ => None,
    });
    let here = here.flatten().map(String::as_str).filter(is_name);
    let everywhere = RESOLVED.iter().chain(PASSED).copied();
    everywhere.chain(here).collect()
}

fn write_command(text: &mut String, command: &CommandLine) -> fmt::Result {
    write!(text, "(cd {} && inheriting", place(&command.dir))?;
    for (name, value) in command.full_env() {
        write!(text, " \\\n    {name}={}", arg(value))?;
    }
    if command.tuning.starts_scripts() {
        write!(text, " \\\n    PATH={}:\"$PATH\"", place(&Script::folder()))?;
    }
    write!(text, " \\\n   ")?;
    for word in command.full_argv() {
        write!(text, " {}", arg(&word))?;
    }
    writeln!(text, ")")
}

/// A hook reads nothing of the script, and holds no lock; here it has no time limit.
fn write_hook(text: &mut String, id: &StepId, hook: &HookCommand) -> fmt::Result {
    let words: Vec<String> = hook.argv.iter().map(arg).collect();
    writeln!(text, "\n# {}", comment(&id.to_string()))?;
    let (dir, words) = (place(&hook.dir), words.join(" "));
    writeln!(text, "(cd {dir} && env {words}) </dev/null >&2 9>&-")
}

fn arg(arg: &Arg) -> String {
    match arg {
        Arg::Text(text) => shell_word(text.as_ref()).to_string(),
        Arg::Path(path) => place(path),
        Arg::Name(base) => format!("\"$(basename {})\"", place(&Place::new(*base, ""))),
        Arg::Joined(parts) => parts.iter().map(self::arg).collect(),
    }
}

fn place(place: &Place) -> String {
    let base = match place.base {
        Base::Root => "\"$root\"",
        Base::Out => "\"$out\"",
        Base::Work => "\"$work\"",
        Base::Temporary => "\"$tmp\"",
        Base::BuildCache => "\"$GOCACHE\"",
        Base::ModuleCache => "\"$GOMODCACHE\"",
    };
    match place.path.as_str() {
        "" | "." => base.to_owned(),
        path => format!("{base}/{}", shell_word(path.as_ref())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_stays_on_its_line() {
        assert_eq!(comment("x\nrm -rf y\r\u{1b}"), "x?rm -rf y??");
    }
}
