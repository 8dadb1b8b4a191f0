//! `env`: the variables that change what go builds and have no key of their own.

use std::collections::BTreeMap;

use super::diagnostic::{Diagnostic, Located};
use super::reader::{Entry, Reader};
use super::words::{list, nearest, quote};
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
        variables.insert(entry.key.to_owned(), value.map(str::to_owned));
    }
    Some(variables)
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
}
