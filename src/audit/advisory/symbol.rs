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
            package: unescaped(path),
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

/// A package's path without the linker's escapes, which dots in the last element have: `yaml%2ev3`.
///
/// Source: `objabi.PathToPrefix` of Go's `cmd/internal/objabi/path.go`.
pub(in crate::audit) fn unescaped(path: &str) -> String {
    let mut text = String::with_capacity(path.len());
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('%') {
        text.push_str(before);
        let code = after
            .get(..2)
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        text.push(code.map_or('%', char::from));
        let shown = code.map_or(after, |_| after.get(2..).unwrap_or_default());
        rest = shown;
    }
    text + rest
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

    /// The package and the function that a name is of.
    fn of(linked: &str) -> Option<(String, String)> {
        let symbol = Symbol::of_linked(linked)?;
        Some((symbol.package, symbol.name))
    }

    #[track_caller]
    fn assert_is(linked: &[&str], package: &str, name: &str) {
        for linked in linked {
            let expected = (package.to_owned(), name.to_owned());
            assert_eq!(of(linked), Some(expected), "{linked}");
        }
    }

    #[test]
    fn a_function_has_all_that_is_in_it() {
        let linked = [
            "golang.org/x/text/language.Parse",
            "golang.org/x/text/language.Parse.func1",
            "golang.org/x/text/language.Parse.func1.2",
            "golang.org/x/text/language.Parse-range1",
        ];
        assert_is(&linked, "golang.org/x/text/language", "Parse");
        assert_is(&["main.init.0", "main.init"], "main", "init");
        assert_is(&["main.function9"], "main", "function9");
    }

    #[test]
    fn a_method_belongs_to_its_type_whether_by_a_pointer_or_not() {
        let linked = [
            "net/http.(*Server).Serve",
            "net/http.(*Server).Serve.gowrap1",
            "net/http.(*Server).Serve.deferwrap2",
            "net/http.(*Server).Serve-fm",
            "net/http.Server.Serve",
            "net/http.Server.Serve.func1",
        ];
        assert_is(&linked, "net/http", "Server.Serve");
    }

    #[test]
    fn dots_in_the_last_element_of_a_path_are_written_otherwise() {
        let (package, decode) = ("gopkg.in/yaml.v3", "Decoder.Decode");
        assert_is(&["gopkg.in/yaml%2ev3.(*Decoder).Decode"], package, decode);
        assert_is(&["gopkg.in/yaml%2ev3.Unmarshal"], package, "Unmarshal");
    }

    #[test]
    fn what_is_generic_is_one_function_for_all_types() {
        let linked = [
            "slices.SortFunc[...]",
            "slices.SortFunc[go.shape.[]a/b.T,go.shape.int].func1",
        ];
        assert_is(&linked, "slices", "SortFunc");
        let load = "sync/atomic.(*Pointer[...]).Load";
        assert_is(&[load], "sync/atomic", "Pointer.Load");
        assert_is(&["example.com/m.Set[...].Add"], "example.com/m", "Set.Add");
    }

    #[test]
    fn what_the_compiler_makes_of_types_is_no_function() {
        for linked in [
            "",
            "type:.eq.net/http.Header",
            "go:buildid",
            "_rt0_amd64_linux",
        ] {
            assert_eq!(of(linked), None, "{linked}");
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
