//! Functions as advisories name them, found in the names that the linker writes.
//!
//! Source: `LinkFuncName` in Go's `cmd/compile/internal/ir`, and `closureName` for what functions in
//! functions are called.

use crate::verify::package;

/// A function as advisories name it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Symbol {
    /// The import path of its package.
    pub(super) package: String,
    /// `Func` or `Type.Method`.
    pub(super) name: String,
}

impl Symbol {
    /// The function that a name in the function table belongs to: a function in it is a part of it. None
    /// for what the compiler makes of no function.
    pub(super) fn of_linked(linked: &str) -> Option<Self> {
        let path = package(linked);
        // Functions of types are named after what they do, `type:.eq.…`.
        if path.contains(':') {
            return None;
        }
        let rest = linked.strip_prefix(path)?.strip_prefix('.')?;
        let rest = without_brackets(rest);
        // What a method is made of to be a value, or a loop's body to be a function.
        let rest = rest.split('-').next().unwrap_or_default();
        let name = match rest
            .strip_prefix("(*")
            .and_then(|rest| rest.split_once(")."))
        {
            Some((of, method)) => format!("{of}.{}", first(method)),
            None => match rest.split_once('.') {
                Some((of, method)) if !is_numbered(first(method)) => {
                    format!("{of}.{}", first(method))
                }
                _ => first(rest).to_owned(),
            },
        };
        Some(Self {
            package: path.replace("%2e", "."),
            name,
        })
    }

    /// As people write it.
    pub(super) fn readable(&self) -> String {
        format!("{}.{}", self.package, self.name)
    }
}

/// Whether other packages can name a function: it, and the type that it is a method of.
pub(super) fn is_exported(name: &str) -> bool {
    name.split('.')
        .all(|part| part.starts_with(char::is_uppercase))
}

/// What stands before the first dot.
fn first(text: &str) -> &str {
    text.split('.').next().unwrap_or_default()
}

/// Whether it is the name of a function in a function: `func1`, `gowrap2`, `deferwrap1` or `2`.
fn is_numbered(part: &str) -> bool {
    let word = part.trim_end_matches(|c: char| c.is_ascii_digit());
    word.len() < part.len() && ["", "func", "gowrap", "deferwrap"].contains(&word)
}

/// The same without the types that something generic is made for.
fn without_brackets(text: &str) -> String {
    let mut depth = 0_u32;
    let outside = text.chars().filter(|c| match c {
        '[' => {
            depth += 1;
            false
        }
        ']' => {
            depth = depth.saturating_sub(1);
            false
        }
        _ => depth == 0,
    });
    outside.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_is_known_by_any_name_that_the_linker_gives_it() {
        for (linked, package, name) in [
            ("main.main", "main", "main"),
            (
                "golang.org/x/text/language.Parse",
                "golang.org/x/text/language",
                "Parse",
            ),
            (
                "golang.org/x/text/language.Parse.func1",
                "golang.org/x/text/language",
                "Parse",
            ),
            (
                "golang.org/x/text/language.Parse.func1.2",
                "golang.org/x/text/language",
                "Parse",
            ),
            (
                "golang.org/x/text/language.Parse-range1",
                "golang.org/x/text/language",
                "Parse",
            ),
            ("net/http.(*Server).Serve", "net/http", "Server.Serve"),
            (
                "net/http.(*Server).Serve.gowrap1",
                "net/http",
                "Server.Serve",
            ),
            (
                "net/http.(*Server).Serve.deferwrap2",
                "net/http",
                "Server.Serve",
            ),
            ("net/http.(*Server).Serve-fm", "net/http", "Server.Serve"),
            ("net/http.Header.Get", "net/http", "Header.Get"),
            ("net/http.Header.Get.func1", "net/http", "Header.Get"),
            (
                "gopkg.in/yaml%2ev3.(*Decoder).Decode",
                "gopkg.in/yaml.v3",
                "Decoder.Decode",
            ),
            (
                "gopkg.in/yaml%2ev3.Unmarshal",
                "gopkg.in/yaml.v3",
                "Unmarshal",
            ),
            ("slices.SortFunc[...]", "slices", "SortFunc"),
            (
                "slices.SortFunc[go.shape.[]a/b.T,go.shape.int].func1",
                "slices",
                "SortFunc",
            ),
            (
                "sync/atomic.(*Pointer[...]).Load",
                "sync/atomic",
                "Pointer.Load",
            ),
            ("example.com/m.Set[...].Add", "example.com/m", "Set.Add"),
            ("main.init.0", "main", "init"),
            ("main.function9", "main", "function9"),
        ] {
            let symbol = Symbol::of_linked(linked).unwrap();
            assert_eq!(
                (symbol.package.as_str(), symbol.name.as_str()),
                (package, name),
                "{linked}"
            );
        }
        for linked in [
            "",
            "type:.eq.net/http.Header",
            "go:buildid",
            "_rt0_amd64_linux",
            "memeqbody",
        ] {
            assert_eq!(Symbol::of_linked(linked), None, "{linked}");
        }
    }

    #[test]
    fn others_can_name_what_is_exported_with_its_type() {
        assert!(is_exported("Parse") && is_exported("Server.Serve"));
        assert!(
            !is_exported("parse") && !is_exported("server.Serve") && !is_exported("Server.serve")
        );
        assert!(!is_exported(""));
    }
}
