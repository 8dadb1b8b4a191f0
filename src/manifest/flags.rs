//! `flags`: the flags of go build that have no key of their own.

use std::fmt;

use super::diagnostic::{Diagnostic, Located};
use super::ldflags::split;
use super::reader::{Entry, Reader};
use super::tool_flags::{self, Refusal, Tool};
use super::words::{all, nearest, quote, toml};

/// A flag of go build that can be set.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Flag {
    /// Its name, without dashes.
    name: &'static str,
    /// What stands after its `=`.
    value: Option<String>,
}

impl Flag {
    /// Its name, without dashes.
    pub(super) fn name(&self) -> &'static str {
        self.name
    }

    /// Whether it is a switch that is on.
    pub(super) fn is_on(&self) -> bool {
        self.value.as_deref().is_none_or(|value| value == "true")
    }
}

/// As an argument of go, which takes one dash and two alike.
impl fmt::Display for Flag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.value {
            Some(value) => write!(f, "-{}={value}", self.name),
            None => write!(f, "-{}", self.name),
        }
    }
}

/// What a flag of go build may have after its `=`.
pub(super) enum Rule {
    /// Nothing.
    Switch,
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// Package patterns, separated by commas.
    Packages,
    /// `auto`, `off`, or a file of the project.
    Profile,
    /// Letters, digits and `_`.
    Suffix,
    /// Arguments for a tool, perhaps after `pattern=`.
    Arguments(&'static Tool),
}

/// The flags that can be set, and what each may have after its `=`.
pub(super) const ALLOWED: &[(&str, Rule)] = &[
    ("asan", Rule::Switch),
    ("asmflags", Rule::Arguments(&ASSEMBLER)),
    ("cover", Rule::Switch),
    ("covermode", Rule::OneOf(&["set", "count", "atomic"])),
    ("coverpkg", Rule::Packages),
    ("gcflags", Rule::Arguments(&COMPILER)),
    ("installsuffix", Rule::Suffix),
    ("mod", Rule::OneOf(&["mod", "readonly", "vendor"])),
    ("modcacherw", Rule::Switch),
    ("msan", Rule::Switch),
    ("pgo", Rule::Profile),
    ("race", Rule::Switch),
];

/// Flags that gobuildx sets itself, and what to write instead.
const OWN: &[(&str, &str)] = &[
    ("a", "write `rebuild = \"all\"`, which is the default"),
    ("buildmode", "write `buildmode`"),
    ("buildvcs", "write `vcs = true` or `vcs = false`"),
    ("json", "run gobuildx with `--message-format json`"),
    (
        "ldflags",
        "write `ldflags`, one element an argument of the linker",
    ),
    ("n", "run `gobuildx plan`"),
    ("p", "run gobuildx with `--jobs`"),
    ("tags", "write `tags`, one element a tag"),
    ("trimpath", "write `trimpath = true`, which is the default"),
    ("v", "gobuildx shows the packages that are compiled anyway"),
    ("work", "intermediate files are removed in any case"),
    ("x", "run `gobuildx plan`"),
];

const REDIRECTS: &[&str] = &[
    "C",
    "compiler",
    "exec",
    "gccgoflags",
    "linkshared",
    "modfile",
    "o",
    "overlay",
    "pkgdir",
    "toolexec",
];

const COMPILER: Tool = Tool {
    name: "the compiler",
    command: "go tool compile",
    switches: &[
        "B",
        "C",
        "E",
        "K",
        "L",
        "N",
        "S",
        "W",
        "clobberdead",
        "clobberdeadreg",
        "dwarf",
        "dwarfbasentries",
        "dwarflocationlists",
        "e",
        "errorurl",
        "h",
        "j",
        "l",
        "live",
        "m",
        "r",
        "smallframes",
        "t",
        "v",
        "w",
        "wb",
    ],
    values: &["d", "gendwarfinl", "lang", "spectre"],
    refused: &[
        (
            Refusal::Redirects,
            &[
                "D",
                "I",
                "asmhdr",
                "bench",
                "blockprofile",
                "coveragecfg",
                "cpuprofile",
                "embedcfg",
                "env",
                "importcfg",
                "json",
                "linkobj",
                "memprofile",
                "mutexprofile",
                "o",
                "pack",
                "pgoprofile",
                "symabis",
                "traceprofile",
            ],
        ),
        (
            Refusal::Gos,
            &[
                "+",
                "asan",
                "buildid",
                "c",
                "complete",
                "dynlink",
                "goversion",
                "installsuffix",
                "linkshared",
                "memprofilerate",
                "msan",
                "nolocalimports",
                "p",
                "race",
                "shared",
                "std",
            ],
        ),
        (Refusal::Key("`trimpath`"), &["trimpath"]),
        (Refusal::NoWork, &["V", "%", "help"]),
    ],
};

const ASSEMBLER: Tool = Tool {
    name: "the assembler",
    command: "go tool asm",
    switches: &["S", "debug", "e", "v"],
    values: &["D", "d", "spectre"],
    refused: &[
        (Refusal::Redirects, &["I", "o"]),
        (
            Refusal::Gos,
            &["dynlink", "gensymabis", "linkshared", "p", "shared"],
        ),
        (Refusal::Key("`trimpath`"), &["trimpath"]),
        (Refusal::NoWork, &["V", "help"]),
    ],
};

pub(super) fn read<'a>(read: &mut Reader<'a>, entry: &Entry<'a>) -> Option<Vec<Located<Flag>>> {
    let before = read.count();
    let elements = read.distinct(entry)?;
    let mut flags = Vec::new();
    let mut rest = elements.into_iter().peekable();
    while let Some(element) = rest.next() {
        let next = rest.peek().map(|next| next.value);
        match check(&element, next.filter(|next| !next.starts_with('-'))) {
            Ok(flag) => flags.push(element.map(|_| flag)),
            Err(Refused { faults, takes_next }) => {
                for fault in faults {
                    read.push(fault);
                }
                if takes_next {
                    rest.next();
                }
            }
        }
    }
    (read.count() == before).then_some(flags)
}

/// Why an element is not a flag that can be set.
struct Refused {
    faults: Vec<Diagnostic>,
    /// Whether the next element is its value, and no flag of its own.
    takes_next: bool,
}

impl From<Diagnostic> for Refused {
    fn from(fault: Diagnostic) -> Self {
        Self {
            faults: vec![fault],
            takes_next: false,
        }
    }
}

/// The flag that an element is; the one after it may be meant as its value.
fn check(element: &Located<&str>, next: Option<&str>) -> Result<Flag, Refused> {
    let text = element.value;
    let wrong = |message: String| Diagnostic::wrong(&element.span, message);
    let Some(bare) = text.strip_prefix('-') else {
        let message = format!("{} is no flag: go would take it for a package", quote(text));
        let help = "write flags only, each starting with `-`; `[[binary]]` names packages";
        return Err(wrong(message).help(help).into());
    };
    let bare = bare.strip_prefix('-').unwrap_or(bare);
    let (written, value) = match bare.split_once('=') {
        Some((name, value)) => (name, Some(value)),
        None => (bare, None),
    };
    if text.contains(['\n', '\r', '\0']) {
        let fault = wrong("a flag has a line break or a NUL in it".to_owned());
        return Err(fault.help("write it on one line").into());
    }
    let takes_next = value.is_none() && next.is_some();
    let Some((name, rule)) = ALLOWED.iter().find(|(known, _)| *known == written) else {
        let faults = vec![refuse(element, written)];
        return Err(Refused { faults, takes_next });
    };
    let faults = match (rule, value) {
        (Rule::Switch, None) => Vec::new(),
        (_, None) => {
            let message = format!("`-{name}` has no value in the same element");
            let whole = format!("-{name}={}", next.unwrap_or("…"));
            let faults = vec![wrong(message).help(format!("write {}", toml(&whole)))];
            return Err(Refused { faults, takes_next });
        }
        (rule, Some(value)) => value_faults(rule, name, value, element),
    };
    if !faults.is_empty() {
        let takes_next = false;
        return Err(Refused { faults, takes_next });
    }
    let value = value.map(str::to_owned);
    Ok(Flag { name, value })
}

fn refuse(element: &Located<&str>, name: &str) -> Diagnostic {
    let wrong = |message: String| Diagnostic::wrong(&element.span, message);
    if REDIRECTS.contains(&name) {
        return tool_flags::redirects(&element.span, name);
    }
    if let Some((_, help)) = OWN.iter().find(|(own, _)| *own == name) {
        return wrong(format!("gobuildx sets `-{name}` itself")).help(*help);
    }
    if let Some((first, rest)) = name.split_once(char::is_whitespace) {
        let message = format!("{} is two arguments in one element", quote(element.value));
        let help = if rest.starts_with('-') {
            format!("write {}, {}", toml(&format!("-{first}")), toml(rest))
        } else {
            format!("write {}", toml(&format!("-{first}={}", rest.trim())))
        };
        return wrong(message).help(help);
    }
    let names = ALLOWED.iter().map(|(name, _)| *name);
    let help = if let Some(meant) = nearest(name, names.clone()) {
        format!("did you mean `-{meant}`?")
    } else {
        let names: Vec<String> = names.map(|name| format!("-{name}")).collect();
        format!("the flags are {}", all(names.iter().map(String::as_str)))
    };
    wrong(format!(
        "{} is not a flag that can be set here",
        quote(&format!("-{name}"))
    ))
    .help(help)
}

fn value_faults(rule: &Rule, name: &str, value: &str, element: &Located<&str>) -> Vec<Diagnostic> {
    let refused = |help: String| {
        let message = format!("{} is not a value of `-{name}`", quote(value));
        vec![Diagnostic::wrong(&element.span, message).help(help)]
    };
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    match rule {
        Rule::Switch if !["true", "false"].contains(&value) => refused(format!("write `-{name}`")),
        Rule::OneOf(words) if !words.contains(&value) => {
            refused(super::words::suggest(value, words.iter().copied()))
        }
        Rule::Suffix if value.is_empty() || !value.chars().all(word) => {
            refused("write letters, digits and `_` only".to_owned())
        }
        Rule::Packages if value.is_empty() || value.starts_with('-') => {
            refused(format!("write package patterns, such as `-{name}=./...`"))
        }
        Rule::Profile if !is_profile(value) => refused(
            "write `auto`, `off`, or a file of the project, such as `-pgo=default.pgo`".into(),
        ),
        Rule::Arguments(tool) => argument_faults(tool, value, element),
        _ => Vec::new(),
    }
}

fn is_profile(value: &str) -> bool {
    let drive = value.as_bytes().get(1) == Some(&b':');
    let outside = value.starts_with(['/', '-']) || drive || value.contains('\\');
    !value.is_empty() && !outside && value.split('/').all(|part| part != "..")
}

/// `[pattern=]argument list`, as go takes it apart.
fn argument_faults(tool: &Tool, value: &str, element: &Located<&str>) -> Vec<Diagnostic> {
    let value = value.trim();
    let wrong =
        |message: &str, help: &str| vec![Diagnostic::wrong(&element.span, message).help(help)];
    let arguments = if value.starts_with('-') || value.is_empty() {
        value
    } else {
        match value.split_once('=') {
            Some((pattern, arguments)) if !pattern.is_empty() => arguments,
            _ => {
                let help = "write the arguments, each starting with `-`, or `pattern=arguments`";
                return wrong(
                    "these are no arguments, and no pattern with `=` either",
                    help,
                );
            }
        }
    };
    let Some(arguments) = split(arguments) else {
        return wrong("a quote is never closed", "close it, or remove it");
    };
    let arguments: Vec<Located<&str>> = arguments
        .into_iter()
        .map(|value| Located {
            value,
            span: element.span.clone(),
        })
        .collect();
    let mut faults = Vec::new();
    for flag in tool_flags::check(tool, &arguments, &mut faults) {
        // Some debugging settings write what they dump into files.
        let dumps = |value: &Located<&str>| value.value.contains("dump");
        if flag.name == "d" && flag.value.as_ref().is_some_and(dumps) {
            faults.push(tool_flags::redirects(&element.span, "d=…dump…"));
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(flag: &str) -> usize {
        let element = Located {
            value: flag,
            span: 0..0,
        };
        check(&element, None).map_or_else(|refused| refused.faults.len(), |_| 0)
    }

    #[test]
    fn flags_that_only_change_what_is_compiled_pass() {
        for flag in [
            "-race",
            "--race",
            "-mod=vendor",
            "-gcflags=all=-N -l",
            "-gcflags=-m=2",
            "-pgo=off",
            "-pgo=profiles/cpu.pgo",
            "-asmflags=-S",
            "-gcflags=all=-dwarf=false",
            "-gcflags=",
            "-gcflags=-d=checkptr=0",
            "-covermode=atomic",
            "-modcacherw",
            "-race=false",
        ] {
            assert_eq!(faults(flag), 0, "{flag}");
        }
    }

    #[test]
    fn a_flag_is_displayed_as_go_takes_it() {
        for (written, shown) in [
            ("-race", "-race"),
            ("--race=true", "-race=true"),
            ("-gcflags=all=-N -l", "-gcflags=all=-N -l"),
            ("-gcflags=", "-gcflags="),
        ] {
            let element = Located {
                value: written,
                span: 0..0,
            };
            let flag = check(&element, None).ok().unwrap();
            assert_eq!(flag.to_string(), shown);
        }
    }

    #[test]
    fn flags_that_run_or_redirect_do_not_pass() {
        for flag in [
            "-toolexec=x",
            "--toolexec=x",
            "-overlay=x",
            "-exec",
            "-o=x",
            "-C=/",
            "-modfile=x",
            "-gcflags=-o=x",
            "-gcflags=all=-cpuprofile x",
            "-gcflags='-memprofile' x",
            "-gcflags=std=--linkobj=x",
            "-asmflags=-I=/",
            "-pgo=../x",
            "-pgo=/x",
            "-pkgdir=x",
            "-gcflags=x",
            "-gcflags==-N",
            "-gcflags=-d=dumpinlfuncprops=x",
            "-gcflags=-d ssa/opt/dump=f",
            "race",
            "-",
            "--",
            "",
            "---race",
        ] {
            assert_eq!(faults(flag), 1, "{flag}");
        }
    }

    #[test]
    fn the_tables_are_sorted_and_disjoint() {
        let mut names: Vec<&str> = ALLOWED.iter().map(|(name, _)| *name).collect();
        assert!(names.is_sorted());
        assert!(OWN.is_sorted());
        assert!(REDIRECTS.is_sorted());
        names.extend(OWN.iter().map(|(name, _)| *name));
        names.extend(REDIRECTS);
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
    }
}
