//! A Dockerfile that builds the program and makes an image with the same parts, for those who want one. What a system
//! brings, such as certificates and time zones, is that of the image that builds.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::build::created;
use super::extra::needed;
use super::{Blueprint, Platform};
use crate::go_version::GoVersion;
use crate::remedy::{
    Image, Libraries, Program, STAGE, cmd, env, image_lines, label, preparations, run,
};
use crate::verify::Finding;

/// How the program is built.
#[derive(Clone, Copy, Debug)]
pub struct BuildStage<'a> {
    /// The release of Go.
    pub go: &'a GoVersion,
    /// The folder to run in, from that of all sources; empty where it is that.
    pub folder: &'a str,
    /// The variables that are set for it.
    pub env: &'a BTreeMap<String, String>,
    /// All that follows `go build`, but for `-o` and its value.
    pub words: &'a [String],
}

/// The file, for one platform.
#[derive(Clone, Copy, Debug)]
pub struct Dockerfile<'a> {
    /// The first stage.
    pub build: BuildStage<'a>,
    /// What was found in the program.
    pub findings: &'a [Finding],
    /// How it is started. Its parts aren't looked at.
    pub blueprint: &'a Blueprint,
    /// What it is for: another platform takes another file.
    pub platform: &'a Platform,
}

/// The folder of the first stage for what the last one gets.
const READY: &str = "/image";

/// The text of the file: a stage that builds, and one from scratch.
#[must_use]
pub fn dockerfile(file: &Dockerfile<'_>) -> String {
    let program = format!("{READY}{}", file.blueprint.program.path());
    let findings = needed(file.findings);
    let platform = file.platform.to_string();
    let mut text = build_stage(file, &program, &preparations(&findings));
    let last_stage = image_lines(&Image {
        program: Program::Stage {
            path: &program,
            platform: &platform,
        },
        findings: &findings,
        libraries: &Libraries::default(),
        system: None,
    });
    text.push_str(&last_stage);
    text.push_str(&execution(file.blueprint));
    text
}

fn build_stage(file: &Dockerfile<'_>, program: &str, preparations: &[&str]) -> String {
    let BuildStage {
        go,
        folder,
        env,
        words,
    } = file.build;
    let variables: Vec<String> = env
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let mut argv = vec!["env"];
    argv.extend(variables.iter().map(String::as_str));
    argv.extend(["go", "build", "-o", program]);
    argv.extend(words.iter().map(String::as_str));
    // Builders run on their own platform: go cross-compiles, nothing is emulated.
    let mut text =
        format!("FROM --platform=$BUILDPLATFORM golang:{go} AS {STAGE}\nWORKDIR /src\nCOPY . .\n");
    if !folder.is_empty() && folder != "." {
        let _ = writeln!(text, "WORKDIR /src/{folder}");
    }
    let _ = writeln!(text, "{}", run(&argv));
    for line in preparations {
        let _ = writeln!(text, "{line}");
    }
    text.push('\n');
    text
}

/// The instructions that say how the image is started, and what is said of it.
fn execution(blueprint: &Blueprint) -> String {
    let mut lines: Vec<String> = Vec::new();
    lines.extend(blueprint.env.iter().map(|(name, value)| env(name, value)));
    lines.extend(blueprint.ports.iter().map(|port| format!("EXPOSE {port}")));
    lines.push(format!("USER {}", blueprint.user));
    let created = created(blueprint.epoch).unwrap_or_default();
    let annotations = blueprint.labels.annotations(&created);
    lines.extend(annotations.iter().map(|(name, value)| label(name, value)));
    if !blueprint.args.is_empty() {
        let args: Vec<&str> = blueprint.args.iter().map(String::as_str).collect();
        lines.push(cmd(&args));
    }
    lines.push(String::new());
    lines.join("\n")
}
