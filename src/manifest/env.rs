//! `env`: the variables that change what go builds and have no key of their own.

use std::collections::BTreeMap;

use super::diagnostic::{Diagnostic, Located};
use super::reader::{Entry, Reader};
use super::words::{list, nearest, quote};
use super::{Manifest, Rejected};
use crate::target::{Goarch, Variant};

/// The variables that can be set.
pub(super) const ALLOWED: [&str; 3] = ["GODEBUG", "GOEXPERIMENT", "GOFIPS140"];

/// Where a variable belongs that can't be set here.
fn right_place(name: &str) -> String {
    let variant = Goarch::ALL
        .iter()
        .filter_map(|goarch| Some((goarch, Variant::env_of(*goarch)?)))
        .find(|(_, env)| *env == name);
    if let Some((goarch, _)) = variant {
        return format!("write `variants = {{ {goarch} = [\"…\"] }}` in `[matrix]`");
    }
    let place = match name {
        "GOOS" => "write `goos` in `[matrix]`",
        "GOARCH" => "write `goarch` in `[matrix]`",
        "CGO_ENABLED" => "write `cgo` in `[matrix]`",
        "GOFLAGS" => "write `flags` in `[build]`",
        "GOTOOLCHAIN" | "GOVERSION" => "write `go` in `[project]`",
        "CC" | "CXX" | "AR" | "PKG_CONFIG" | "GCCGO" => {
            "name a `toolchain` in `[[matrix.include]]`"
        }
        "GOWORK" => "it follows from where the manifest is: the go.work of that folder, if any",
        "SOURCE_DATE_EPOCH" | "TZ" => "it comes from the environment, or from the commit",
        "GOPROXY" | "GOPRIVATE" | "GONOPROXY" | "GONOSUMDB" | "GOSUMDB" | "GOAUTH"
        | "GOINSECURE" | "GOVCS" | "GOMODCACHE" | "GOCACHE" => {
            "it says how modules are fetched and kept on one machine: set it there with `go env -w`"
        }
        _ if name.starts_with("CGO_") => "name a `toolchain` in `[[matrix.include]]`",
        "PATH" | "HOME" => "it comes from the environment that gobuildx is started in",
        _ if name.starts_with("LD_") || name.starts_with("DYLD_") => {
            "it would run something inside go, and is never passed on"
        }
        _ => return allowed(),
    };
    place.to_owned()
}

fn allowed() -> String {
    format!("only {} can be set here", list(ALLOWED))
}

pub(super) fn read<'a>(
    read: &mut Reader<'a>,
    entry: &Entry<'a>,
) -> Option<BTreeMap<String, Located<String>>> {
    let table = read.open_table(entry)?;
    let mut variables = BTreeMap::new();
    for entry in table.entries() {
        if !ALLOWED.contains(&entry.key) {
            let help = match nearest(entry.key, ALLOWED) {
                Some(meant) if right_place(entry.key) == allowed() => {
                    format!("did you mean `{meant}`?")
                }
                _ => right_place(entry.key),
            };
            let message = format!("{} can't be set in `env`", quote(entry.key));
            read.push(Diagnostic::wrong(&entry.key_span, message).help(help));
            continue;
        }
        let Some(value) = read.string(&entry) else {
            continue;
        };
        if value.value.contains(['\n', '\r', '\0']) {
            let diagnostic = Diagnostic::wrong(
                &value.span,
                format!(
                    "the value of `{}` has a line break or a NUL in it",
                    entry.key
                ),
            );
            read.push(diagnostic.help("write it on one line"));
            continue;
        }
        if entry.key == "GOFIPS140" && !is_fips(value.value) {
            let message = format!("{} is no version of the FIPS module", quote(value.value));
            let help = "write `off`, `latest`, `inprocess`, `certified`, or a version of it that Go \
                        has, such as `v1.0.0`";
            read.push(Diagnostic::wrong(&value.span, message).help(help));
            continue;
        }
        variables.insert(entry.key.to_owned(), value.map(str::to_owned));
    }
    Some(variables)
}

/// The places that ask for an experiment that go says it doesn't know.
///
/// Only go knows its experiments, and it names one without the `no` in front that turns it off.
pub(crate) fn unknown_experiment(manifest: &Manifest, said: &str) -> Option<Rejected> {
    let (_, rest) = said.split_once("unknown GOEXPERIMENT ")?;
    let unknown = rest.split_whitespace().next()?;
    let names_it = |value: &str| {
        let names = value.split(',').map(str::trim);
        let mut names = names.map(|name| name.strip_prefix("no").unwrap_or(name));
        names.any(|name| name == unknown || Some(name) == unknown.strip_prefix("no"))
    };
    let overrides = manifest.overrides.iter();
    let settings = std::iter::once(&manifest.build).chain(overrides.map(|over| &over.settings));
    let values = settings.filter_map(|settings| settings.env.get("GOEXPERIMENT"));
    let diagnostics: Vec<Diagnostic> = values
        .filter(|value| names_it(&value.value))
        .map(|value| {
            let message = format!("the Go that builds has no experiment {}", quote(unknown));
            let help = "`go doc internal/goexperiment.Flags` lists those that it has";
            Diagnostic::wrong(&value.span, message).help(help)
        })
        .collect();
    (!diagnostics.is_empty()).then(|| Rejected {
        source: manifest.source.clone(),
        diagnostics,
    })
}

/// What go takes for GOFIPS140.
///
/// Source: `Init` in Go's `cmd/go/internal/fips140`.
fn is_fips(value: &str) -> bool {
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let is_version = value
        .strip_prefix("v1.")
        .and_then(|rest| rest.split_once('.'))
        .is_some_and(|(minor, patch)| is_number(minor) && is_number(patch));
    is_version || matches!(value, "off" | "latest" | "inprocess" | "certified")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_variable_of_go_has_its_place() {
        assert_eq!(right_place("GOOS"), "write `goos` in `[matrix]`");
        assert!(right_place("GOAMD64").contains("variants = { amd64"));
        assert!(right_place("CGO_LDFLAGS").contains("toolchain"));
        assert_eq!(right_place("FOO"), allowed());
    }

    #[test]
    fn versions_of_the_fips_module_are_told_from_other_words() {
        for value in [
            "off",
            "latest",
            "inprocess",
            "certified",
            "v1.0.0",
            "v1.12.3",
        ] {
            assert!(is_fips(value), "{value}");
        }
        for value in ["", "on", "1.0.0", "v1", "v1.0", "v2.0.0", "v1.0.x"] {
            assert!(!is_fips(value), "{value}");
        }
    }
}
