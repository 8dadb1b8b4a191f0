//! Facts and verdicts in words.

use std::collections::{BTreeMap, HashSet};
use std::fmt::Write as _;

use crate::human;
use crate::inspect::{CodeSignature, Facts, Format, Kind, Library, Module, Packer};
use crate::target::{Cgo, Goos};
use crate::verify::{
    Finding, Need, Outcome, PolicyName, Severity, Standing, Verdict, Verification,
};

/// Container, platform and kind.
pub(super) fn format(facts: &Facts) -> String {
    let container = match facts.format {
        Format::Elf => "ELF",
        Format::Pe => "PE",
        Format::Macho => "Mach-O",
        Format::Wasm => "WebAssembly",
        Format::Xcoff => "XCOFF",
        Format::Plan9 => "Plan 9",
        Format::Archive => "archive",
        Format::Unknown => return "unknown: no executable that gobuildx can read".to_owned(),
    };
    format!("{container}, {}, {}", platform(facts), kind(facts.kind))
}

/// The platform as far as the file tells it.
pub(super) fn platform(facts: &Facts) -> String {
    let variant = facts.variant().map(|variant| format!("/{variant}"));
    let variant = variant.unwrap_or_default();
    match (facts.goos(), facts.goarch()) {
        (Some(goos), Some(goarch)) => format!("{goos}/{goarch}{variant}"),
        (Some(goos), None) => format!("{goos}"),
        (None, Some(goarch)) => format!("{goarch}{variant} (it names no system)"),
        (None, None) => "no platform of Go".to_owned(),
    }
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Executable => "program",
        Kind::Pie => "position-independent program",
        Kind::Library => "shared library",
        Kind::Universal => "several programs in one file",
        Kind::Archive => "object files to link",
        Kind::Component => "component",
        Kind::DebugInfo => "debug information only, no program",
        Kind::Other => "neither program nor library",
    }
}

/// Toolchain, main module, main package, cgo.
pub(super) fn go(facts: &Facts) -> String {
    let info = match &facts.go {
        Ok(info) => info,
        Err(reason) => return reason.to_string(),
    };
    let mut parts = vec![info.go_version.clone()];
    if let Some(main) = &info.main {
        parts.push(module(main));
    }
    let main_path = info.main.as_ref().map(|main| main.path.as_str());
    if main_path != Some(info.path.as_str()) && !info.path.is_empty() {
        parts.push(format!("package {}", info.path));
    }
    match info.modules.len() {
        0 => {}
        1 => parts.push("1 other module".to_owned()),
        count => parts.push(format!("{count} other modules")),
    }
    match facts.cgo() {
        Some(Cgo::Enabled) => parts.push("cgo on".to_owned()),
        Some(Cgo::Disabled) => parts.push("cgo off".to_owned()),
        None => {}
    }
    parts.join(", ")
}

/// A module with its version.
pub(super) fn module(module: &Module) -> String {
    format!("{} {}", module.path, module.version)
        .trim_end()
        .to_owned()
}

/// How the program gets started, and what that takes.
pub(super) fn linking(facts: &Facts) -> String {
    let is_read = matches!(facts.format, Format::Elf | Format::Pe | Format::Macho);
    if !is_read || matches!(facts.kind, Kind::Universal | Kind::DebugInfo | Kind::Other) {
        return host(facts).unwrap_or_else(|| "not read".to_owned());
    }
    let unpacker = match facts.packed {
        Some(Packer::Upx) => "of the unpacker, ",
        None => "",
    };
    format!("{unpacker}{}", start(facts))
}

/// What a WebAssembly module wants from its host, by the modules of that.
fn host(facts: &Facts) -> Option<String> {
    let mut modules: BTreeMap<&str, usize> = BTreeMap::new();
    for import in &facts.wasm_imports {
        *modules.entry(&import.module).or_default() += 1;
    }
    let modules: Vec<_> = modules
        .iter()
        .map(|(module, count)| format!("{module} ({count})"))
        .collect();
    (!modules.is_empty()).then(|| format!("the host has to offer {}", modules.join(", ")))
}

/// What happens before the first instruction of a program.
fn start(facts: &Facts) -> String {
    match (&facts.interpreter, facts.format) {
        (Some(loader), _) => {
            let purpose = Library::find(loader).map(|library| format!(" ({})", library.purpose));
            let purpose = purpose.unwrap_or_default();
            format!("dynamic: the system starts {loader}{purpose} first")
        }
        (None, _) if facts.needed.is_empty() => match facts.kind {
            Kind::Library => "no other library is needed".to_owned(),
            _ => "static: no loader and no library".to_owned(),
        },
        (None, Format::Pe) => "dynamic: Windows loads its DLLs first".to_owned(),
        (None, _) => "dynamic: the loader of its program loads its libraries too".to_owned(),
    }
}

/// The lowest glibc, for each library.
pub(super) fn glibc(facts: &Facts) -> Option<String> {
    let least = facts.glibc_min()?;
    let each: Vec<_> = facts
        .glibc
        .iter()
        .map(|need| format!("{} {}", need.library, need.version))
        .collect();
    Some(format!("{least} or later ({})", each.join(", ")))
}

/// The oldest system that a Mach-O file says it runs on.
pub(super) fn system(facts: &Facts) -> Option<String> {
    let least = facts.minimum_os?;
    let system = match facts.goos() {
        Some(Goos::Darwin) => "macOS",
        Some(Goos::Ios) => "iOS",
        _ => "version",
    };
    Some(format!("{system} {least} or later"))
}

pub(super) fn signature(signature: Option<CodeSignature>) -> &'static str {
    match signature {
        None => "none",
        Some(CodeSignature::Linker) => "by the linker, without an identity",
        Some(CodeSignature::AdHoc) => "without an identity (ad hoc)",
        Some(CodeSignature::Identity) => "by an identity",
    }
}

/// The verdict, with what it hangs on. It says no more than the rules looked at.
pub(super) fn verdict(facts: &Facts, verification: &Verification) -> String {
    let hangs_on = |finding: &&Finding| finding.is_condition();
    let conditions: Vec<&Finding> = verification.findings.iter().filter(hangs_on).collect();
    let needs = subjects(conditions.iter().copied());
    let worst = conditions.iter().map(|finding| finding.severity).max();
    let without = worst.and_then(|severity| without(facts, severity));
    let unnamed = unnamed(verification);
    match (verification.verdict, without) {
        (Verdict::Proven, _) => format!("{}{unnamed}", proven(facts)),
        (Verdict::Conditional, None) => format!("conditional (on {needs}){unnamed}"),
        (Verdict::Conditional, Some(without)) => {
            format!("conditional (on {needs}): {without}{unnamed}")
        }
        (Verdict::Unproven, without) => {
            let mut text = format!("not proven ({})", opacity(&verification.findings));
            if let Some(without) = without {
                let _ = write!(text, "; needs {needs}: {without}");
            }
            text
        }
    }
}

/// The verdict under a policy that was asked for.
pub(super) fn verdict_under(
    policy: PolicyName,
    facts: &Facts,
    verification: &Verification,
) -> String {
    let standing = |wanted: Standing| {
        let findings = verification.findings.iter();
        findings.filter(move |finding| finding.standing == wanted)
    };
    match (verification.outcome, verification.verdict) {
        (Outcome::Failed, _) => {
            let failing = || standing(Standing::Fails);
            let about_the_file = failing().any(|finding| finding.verdict() == Verdict::Unproven);
            if about_the_file {
                return format!(
                    "fails {policy}: not proven ({})",
                    opacity(&verification.findings)
                );
            }
            let worst = failing().map(|finding| finding.severity).max();
            let without = worst.and_then(|severity| without(facts, severity));
            let needs = format!("fails {policy}: needs {}", subjects(failing()));
            match without {
                Some(without) => format!("{needs}; {without}"),
                None => needs,
            }
        }
        (Outcome::Passed, Verdict::Proven) => {
            let provided = standing(Standing::Provided);
            let provided = provided.filter(|finding| finding.severity > Severity::Info);
            let unnamed = unnamed(verification);
            match subjects(provided).as_str() {
                "" => format!("proven for {policy}{unnamed}"),
                provided => format!("proven for {policy}, which has {provided}{unnamed}"),
            }
        }
        (Outcome::Passed, Verdict::Conditional | Verdict::Unproven) => {
            format!("passes {policy}; {}", verdict(facts, verification))
        }
    }
}

/// What the proof says nothing about.
fn unnamed(verification: &Verification) -> String {
    match subjects(verification.unnamed()).as_str() {
        "" => String::new(),
        unnamed => format!("; not known: {unnamed}"),
    }
}

/// What happens without the worst of what is needed.
fn without(facts: &Facts, worst: Severity) -> Option<&'static str> {
    match (worst, facts.kind) {
        (Severity::Block, Kind::Library) => Some("without that it doesn't load"),
        (Severity::Block, _) => Some("without that it doesn't start"),
        (Severity::Fail, _) => Some("without that it starts, and part of it fails"),
        (Severity::Degrade, _) => Some("without that it works, but not as well"),
        (Severity::Info, _) => None,
    }
}

/// More names than these are counted.
const NAMES: usize = 5;

/// What findings are about, in one line.
pub(in crate::report) fn subjects<'a>(findings: impl Iterator<Item = &'a Finding>) -> String {
    let findings: Vec<_> = findings.collect();
    // A loader may be named twice: by its path, and as a library. Other things are what they are
    // called: a program that is run by its path isn't the one that is looked for in PATH.
    let loaders: HashSet<&str> = findings
        .iter()
        .filter_map(|finding| match &finding.need {
            Some(Need::Loader(path)) => Some(path.rsplit_once('/')?.1),
            _ => None,
        })
        .collect();
    let is_a_loader = |finding: &Finding| match &finding.need {
        Some(Need::Library(name)) => loaders.contains(name.as_str()),
        _ => false,
    };
    let (mut seen, mut names, mut count) = (HashSet::new(), Vec::new(), 0);
    for finding in findings.iter().filter(|finding| !is_a_loader(finding)) {
        let subject = &finding.subject;
        if seen.insert(subject.as_str()) {
            count += subject.count();
            if subject.count() == 1 {
                names.push(subject.as_str());
            }
        }
    }
    human::first_of(count, NAMES, &names)
}

/// Where Go always links the system's own libraries, static means those and no others.
fn proven(facts: &Facts) -> &'static str {
    match (facts.kind, facts.needed.is_empty(), &facts.interpreter) {
        (Kind::Library, true, None) => "proven: it needs no other library",
        (Kind::Universal, ..) => {
            "proven: each program in it needs nothing but what the system itself always has"
        }
        (_, true, None) => "proven: static, nothing has to be there for it to start",
        _ => "proven: it needs nothing but what the system itself always has",
    }
}

/// Why nothing is proven: only rules about what can be read find that in a file from elsewhere.
pub(in crate::report) fn opacity(findings: &[Finding]) -> String {
    let opaque = findings
        .iter()
        .filter(|finding| finding.verdict() == Verdict::Unproven);
    let why: Vec<_> = opaque.map(|finding| finding.detail.as_str()).collect();
    why.join("; ")
}

/// What was found in one place. A chain doesn't name what it leads to.
pub(super) fn found(finding: &Finding) -> String {
    let mut text = if finding.chain.is_empty() {
        finding.detail.clone()
    } else {
        format!("{}: {}", finding.subject, finding.detail)
    };
    if finding.standing == Standing::Provided {
        text.push_str(" (the system has it)");
    }
    text
}

/// How bad findings are, in one word.
pub(super) fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Info => "info",
        Severity::Degrade => "degrades",
        Severity::Fail => "fails",
        Severity::Block => "blocks",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loader_that_is_a_library_too_is_named_once() {
        let path = "/lib64/ld-linux-x86-64.so.2";
        let name = "ld-linux-x86-64.so.2";
        let findings = [
            Finding::example("elf-interp", path).needing(Need::Loader(path.to_owned())),
            Finding::example("elf-needed", name).needing(Need::Library(name.to_owned())),
        ];
        assert_eq!(subjects(findings.iter()), path);
    }

    #[test]
    fn a_program_in_path_and_one_at_a_path_are_two() {
        let program = |name: &str| {
            Finding::example("exec", name).needing(Need::Program(Some(name.to_owned())))
        };
        let findings = ["git", "/usr/local/bin/git", "git"].map(program);
        assert_eq!(subjects(findings.iter()), "git, /usr/local/bin/git");
    }
}
