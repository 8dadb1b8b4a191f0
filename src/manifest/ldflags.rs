//! `ldflags`: the arguments of Go's linker.

use super::diagnostic::{Diagnostic, Located};
use super::reader::{Entry, Reader};
use super::template::{self, Template};
use super::tool_flags::{self, Flag, Refusal, Tool};
use super::words::{list, quote};

pub(super) const LINKER: Tool = Tool {
    name: "the linker",
    command: "go tool link",
    switches: &[
        "a",
        "aslr",
        "bindnow",
        "c",
        "checklinkname",
        "compressdwarf",
        "d",
        "debugnosplit",
        "dumpdep",
        "e",
        "f",
        "g",
        "h",
        "n",
        "pruneweakmap",
        "s",
        "v",
        "w",
    ],
    values: &[
        "B",
        "D",
        "E",
        "H",
        "I",
        "R",
        "T",
        "X",
        "benchmark",
        "buildid",
        "debugtextsize",
        "debugtramp",
        "extldflags",
        "funcalign",
        "installsuffix",
        "k",
        "linkmode",
        "memprofilerate",
        "r",
        "randlayout",
        "strictdups",
    ],
    refused: &[
        (
            Refusal::Redirects,
            &[
                "L",
                "benchmarkprofile",
                "capturehostobjs",
                "cpuprofile",
                "extar",
                "extld",
                "fipso",
                "importcfg",
                "libgcc",
                "memprofile",
                "o",
                "pluginpath",
                "tmpdir",
            ],
        ),
        (Refusal::Key("`flags = [\"-race\"]`"), &["race"]),
        (Refusal::Key("`flags = [\"-msan\"]`"), &["msan"]),
        (Refusal::Key("`flags = [\"-asan\"]`"), &["asan"]),
        (Refusal::Key("`buildmode`"), &["buildmode"]),
        (Refusal::Redirects, &["linkshared"]),
        (Refusal::NoWork, &["V", "help"]),
    ],
};

/// Whether the linker leaves out DWARF. `-s` alone does that on some systems only.
pub(crate) fn leaves_out_dwarf(arguments: &[String]) -> bool {
    tool_flags::is_on(&LINKER, arguments, "w")
}

pub(super) fn read<'a>(read: &mut Reader<'a>, entry: &Entry<'a>) -> Option<Vec<Located<Template>>> {
    let before = read.count();
    let arguments = read.strings(entry)?;
    let whole: Vec<_> = arguments
        .iter()
        .filter(|argument| is_one_argument(read, argument))
        .cloned()
        .collect();
    let mut faults = Vec::new();
    for flag in tool_flags::check(&LINKER, &whole, &mut faults) {
        faults.extend(value_fault(&flag));
    }
    for fault in faults {
        read.push(fault);
    }
    let templates: Vec<_> = whole
        .into_iter()
        .filter_map(|argument| template(read, argument))
        .collect();
    (read.count() == before).then_some(templates)
}

fn template(read: &mut Reader<'_>, argument: Located<&str>) -> Option<Located<Template>> {
    let value = template::read_any(read, &argument)?;
    let span = argument.span;
    Some(Located { value, span })
}

/// Whether go can pass the text to the linker as one argument; it knows quotes, but no escapes.
fn is_one_argument(read: &mut Reader<'_>, argument: &Located<&str>) -> bool {
    let text = argument.value;
    let (message, help) = if text.trim().is_empty() {
        ("an argument of the linker is empty", "remove it")
    } else if text.contains(['\n', '\r', '\0']) {
        (
            "an argument of the linker has a line break or a NUL in it",
            "write it on one line",
        )
    } else if text.contains('\'') && text.contains('"') {
        (
            "an argument with both kinds of quotes can't be passed through go",
            "use one kind, `'` or `\"`",
        )
    } else {
        return true;
    };
    read.push(Diagnostic::wrong(&argument.span, message).help(help));
    false
}

fn value_fault(flag: &Flag<'_>) -> Option<Diagnostic> {
    let value = flag.value.as_ref()?;
    match flag.name {
        "X" => definition_fault(value),
        "linkmode" => {
            const MODES: [&str; 3] = ["auto", "internal", "external"];
            (!MODES.contains(&value.value)).then(|| {
                let message = format!("{} is not a link mode", quote(value.value));
                Diagnostic::wrong(&value.span, message).help(format!("write {}", list(MODES)))
            })
        }
        "extldflags" => external_fault(value),
        _ => None,
    }
}

/// `-X` takes `importpath.name=value`.
fn definition_fault(value: &Located<&str>) -> Option<Diagnostic> {
    let text = value.value;
    let name = text.split_once('=').map(|(name, _)| name);
    let full = name.is_some_and(|name| {
        let last = name.rsplit('/').next().unwrap_or(name);
        let spaced = name.contains(char::is_whitespace);
        !spaced
            && last
                .split_once('.')
                .is_some_and(|(path, name)| !path.is_empty() && !name.is_empty())
    });
    if full {
        return None;
    }
    let message = match name {
        None => format!("`-X` sets a variable, and {} has no `=`", quote(text)),
        Some(name) => format!(
            "`-X` wants the variable's package too, and {} has none",
            quote(name)
        ),
    };
    let help = "write `-X=main.version={version}`, or `-X=example.com/module/package.name=value`";
    Some(Diagnostic::wrong(&value.span, message).help(help))
}

/// `-extldflags` is split again, for a C compiler that can run and write nearly anything.
fn external_fault(value: &Located<&str>) -> Option<Diagnostic> {
    let Some(arguments) = split(value.value) else {
        let diagnostic = Diagnostic::wrong(&value.span, "a quote is never closed");
        return Some(diagnostic.help("close it, or remove it"));
    };
    let bad = arguments
        .into_iter()
        .find(|argument| !is_harmless(argument))?;
    let message = format!(
        "{} is not one of the options for the C linker that are known to be harmless",
        quote(bad)
    );
    let help = "the known ones are `-static`, `-static-pie`, `-static-libgcc`, `-pthread`, `-s`, \
                `-g`, `-lNAME`, and `-Wl,` with `-z,relro`, `-z,now`, `--gc-sections` and the like";
    Some(Diagnostic::wrong(&value.span, message).help(help))
}

/// The arguments in a text, split as go does it: quotes around a whole argument, no escapes.
pub(super) fn split(text: &str) -> Option<Vec<&str>> {
    let mut arguments = Vec::new();
    let space = [' ', '\t', '\n', '\r'];
    let mut rest = text.trim_start_matches(space);
    while let Some(first) = rest.chars().next() {
        if first == '\'' || first == '"' {
            let (argument, after) = rest.get(1..)?.split_once(first)?;
            arguments.push(argument);
            rest = after.trim_start_matches(space);
        } else {
            let end = rest.find(space).unwrap_or(rest.len());
            let (argument, after) = rest.split_at_checked(end)?;
            arguments.push(argument);
            rest = after.trim_start_matches(space);
        }
    }
    Some(arguments)
}

fn is_harmless(argument: &str) -> bool {
    const WHOLE: [&str; 11] = [
        "-static",
        "-static-pie",
        "-static-libgcc",
        "-static-libstdc++",
        "-no-pie",
        "-pie",
        "-pthread",
        "-s",
        "-g",
        "-rdynamic",
        "-nopie",
    ];
    if let Some(library) = argument.strip_prefix("-l") {
        return is_library(library);
    }
    match argument.strip_prefix("-Wl,") {
        Some(options) => are_harmless(&mut options.split(',')),
        None => WHOLE.contains(&argument),
    }
}

fn is_library(name: &str) -> bool {
    !name.is_empty()
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"_+.-".contains(&b))
}

fn are_harmless<'a>(options: &mut impl Iterator<Item = &'a str>) -> bool {
    const WORDS: [&str; 21] = [
        "--gc-sections",
        "--no-gc-sections",
        "--build-id",
        "-O0",
        "-O1",
        "-O2",
        "--as-needed",
        "--no-as-needed",
        "-s",
        "-S",
        "--strip-all",
        "--strip-debug",
        "--no-undefined",
        "-Bstatic",
        "-Bdynamic",
        "--start-group",
        "--end-group",
        "--eh-frame-hdr",
        "-dead_strip",
        "--hash-style=gnu",
        "--no-dynamic-linker",
    ];
    const KEYWORDS: [&str; 10] = [
        "relro",
        "norelro",
        "now",
        "lazy",
        "noexecstack",
        "defs",
        "separate-code",
        "noseparate-code",
        "text",
        "nocopyreloc",
    ];
    const PREFIXES: [&str; 3] = ["--build-id=", "--icf=", "--compress-debug-sections="];
    while let Some(option) = options.next() {
        let word = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric());
        let good = if option == "-z" {
            options
                .next()
                .is_some_and(|keyword| KEYWORDS.contains(&keyword))
        } else {
            WORDS.contains(&option)
                || PREFIXES
                    .iter()
                    .any(|prefix| option.strip_prefix(prefix).is_some_and(word))
        };
        if !good {
            return false;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn harmless_options_of_the_c_linker_pass() {
        for argument in [
            "-static",
            "-lm",
            "-lstdc++",
            "-Wl,-z,relro,-z,now",
            "-Wl,--build-id=none",
            "-Wl,--gc-sections",
        ] {
            assert!(is_harmless(argument), "{argument}");
        }
    }

    #[test]
    fn options_that_name_files_or_programs_do_not_pass() {
        for argument in [
            "-fuse-ld=/tmp/x",
            "-o",
            "-B/tmp",
            "-Wl,-o,x",
            "-Wl,-z",
            "-specs=x",
            "-l",
            "-l/x",
            "x.o",
            "@file",
            "-Wl,--plugin,x",
            "-Wl,-rpath,/x",
            "-L/x",
            "",
        ] {
            assert!(!is_harmless(argument), "{argument}");
        }
    }

    #[test]
    fn arguments_are_split_as_go_does_it() {
        assert_eq!(
            split(" -a  'b c' \"d\"e ").unwrap(),
            ["-a", "b c", "d", "e"]
        );
        assert_eq!(split("'open"), None);
        assert_eq!(split("a'b c'").unwrap(), ["a'b", "c'"]);
    }
}
