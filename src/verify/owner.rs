//! Whose a function is: the program's own, a dependency's, or the standard library's.

use borsh::{BorshDeserialize, BorshSerialize};

use crate::inspect::BuildInfo;

/// Whose code a function is.
#[derive(
    BorshDeserialize,
    BorshSerialize,
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    serde::Serialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Owner {
    /// The main module, or where there are no modules the main package.
    Main,
    /// Another module.
    Dependency,
    /// Go itself: the standard library, its runtime, and what the linker adds.
    Go,
}

/// Tells whose functions are, by the modules that Go recorded.
#[derive(Clone, Copy, Debug)]
pub(super) struct Owners<'a> {
    info: Option<&'a BuildInfo>,
}

impl<'a> Owners<'a> {
    pub(super) fn new(info: Option<&'a BuildInfo>) -> Self {
        Self { info }
    }

    /// The owner of a function, by its name as the function table has it.
    pub(super) fn of(self, function: &str) -> Owner {
        let package = package(function);
        let main = self.info.and_then(|info| info.main.as_ref());
        if package == "main" || main.is_some_and(|module| holds(&module.path, package)) {
            return Owner::Main;
        }
        // Go's own commands are in no module.
        let path = self.info.map_or("", |info| &info.path);
        if path.starts_with("cmd/") && package.starts_with("cmd/") {
            return Owner::Main;
        }
        let first = package.split('/').next().unwrap_or_default();
        // Paths of the standard library have no dot in their first element. Modules have one by
        // convention only, so those without one are asked about too.
        let modules = self.info.map_or(&[][..], |info| &info.modules);
        let is_module = || modules.iter().any(|module| holds(&module.path, package));
        if is_domain(first) || is_module() {
            Owner::Dependency
        } else {
            Owner::Go
        }
    }
}

/// Whether a module holds a package.
fn holds(module: &str, package: &str) -> bool {
    let rest = package.strip_prefix(module);
    // `std` is how Go names the module of its own packages.
    module != "std" && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The linker writes dots of the last element of an import path as `%2e`.
fn is_domain(element: &str) -> bool {
    (element.contains('.') || element.contains("%2e")) && !element.contains(':')
}

/// The import path of a function's package: what is before the first dot behind the last slash.
/// Types in brackets may have slashes of their own.
pub(crate) fn package(function: &str) -> &str {
    let mut end = None;
    // By bytes, in one go: it is asked for of nearly every function.
    for (place, byte) in function.bytes().enumerate() {
        match byte {
            b'[' | b'(' => return function.get(..end.unwrap_or(place)).unwrap_or(function),
            b'/' => end = None,
            b'.' => end = end.or(Some(place)),
            _ => {}
        }
    }
    end.and_then(|end| function.get(..end)).unwrap_or(function)
}

/// Whether a function is the one that a package starts with, which calls what `init` is split into.
pub(super) fn is_package_init(function: &str) -> bool {
    function.strip_prefix(package(function)) == Some(".init")
}

/// Whether a function runs before `main`: `init`, and what it is split into.
pub(crate) fn runs_before_main(function: &str) -> bool {
    let rest = function.strip_prefix(package(function)).unwrap_or_default();
    let number = rest
        .strip_prefix(".init")
        .map(|rest| rest.strip_prefix('.').unwrap_or(rest));
    number.is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit()))
}

/// The name of a function as people write it.
pub(crate) fn readable(function: &str) -> String {
    let package = package(function);
    let rest = function.strip_prefix(package).unwrap_or_default();
    let package = package.replace("%2e", ".");
    // A method that is used as a value.
    let rest = rest.strip_suffix("-fm").unwrap_or(rest);
    format!("{package}{rest}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::Module;

    fn module(path: &str) -> Module {
        Module {
            path: path.to_owned(),
            ..Module::default()
        }
    }

    #[test]
    fn a_package_ends_at_the_first_dot_behind_the_last_slash() {
        assert_eq!(package("main.main"), "main");
        assert_eq!(package("net/http.(*Request).FormValue"), "net/http");
        assert_eq!(
            package("gopkg.in/yaml%2ev3.Unmarshal"),
            "gopkg.in/yaml%2ev3"
        );
        assert_eq!(package("slices.SortFunc[go.shape.[]a/b.T]"), "slices");
        assert_eq!(
            package("k8s.io/klog/v2.getUserName.func1"),
            "k8s.io/klog/v2"
        );
        assert_eq!(package("_cgo_panic"), "_cgo_panic");
    }

    #[test]
    fn a_module_needs_no_dot_to_own_its_functions() {
        let info = BuildInfo {
            main: Some(module("shop")),
            modules: vec![module("internal.example/a"), module("tools")],
            ..BuildInfo::default()
        };
        let owners = Owners::new(Some(&info));
        assert_eq!(owners.of("shop/basket.Add"), Owner::Main);
        assert_eq!(owners.of("main.init.0"), Owner::Main);
        assert_eq!(owners.of("tools/lint.Run"), Owner::Dependency);
        assert_eq!(owners.of("shopping.Add"), Owner::Go);
        assert_eq!(owners.of("gopkg.in/yaml%2ev3.Unmarshal"), Owner::Dependency);
    }

    #[test]
    fn the_standard_library_is_go_with_what_is_vendored_there() {
        let owners = Owners::new(None);
        for name in [
            "os.CreateTemp",
            "net/http.(*Client).Do",
            "vendor/golang.org/x/net/idna.init",
            "type:.eq.net/netip.Addr",
            "go:buildid",
        ] {
            assert_eq!(owners.of(name), Owner::Go, "{name}");
        }
    }

    #[test]
    fn of_the_functions_that_run_before_main_a_package_starts_with_one() {
        for name in ["net/http.init", "main.init", "gopkg.in/yaml%2ev3.init"] {
            assert!(is_package_init(name) && runs_before_main(name), "{name}");
        }
        for name in ["a.org/b.init.0", "archive/tar.init.0"] {
            assert!(!is_package_init(name) && runs_before_main(name), "{name}");
        }
        for name in [
            "a.org/b.initial",
            "a.org/b.init.0.func1",
            "a.org/b.init.func2",
            "net/http.(*Server).init",
        ] {
            assert!(!is_package_init(name) && !runs_before_main(name), "{name}");
        }
    }

    #[test]
    fn names_are_shown_as_they_are_written() {
        assert_eq!(
            readable("gopkg.in/yaml%2ev3.(*Decoder).Decode-fm"),
            "gopkg.in/yaml.v3.(*Decoder).Decode"
        );
    }
}
