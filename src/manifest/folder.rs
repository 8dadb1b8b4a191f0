//! Folders inside the project: where a module is, and a package in it.

use super::diagnostic::{Diagnostic, Located};
use super::reader::Reader;
use super::words::{quote, toml};

/// What is wrong with a path that has to stay inside a folder.
fn escape(path: &str) -> Option<(&'static str, &'static str)> {
    let drive = path.as_bytes().get(1) == Some(&b':');
    if path.contains(char::is_control) {
        return Some(("has a control character in it", "write a relative path"));
    }
    if path.contains('\\') {
        return Some(("has a backslash in it", "write `/`, also on Windows"));
    }
    if path.starts_with('/') || drive {
        return Some(("is an absolute path", "write a path inside the project"));
    }
    if path.split('/').any(|part| part == "..") {
        return Some((
            "leads out with `..`",
            "write a path inside the project, without `..`",
        ));
    }
    None
}

/// The parts of a path that say something, joined; `.` if there are none.
fn normal(path: &str) -> String {
    let parts: Vec<&str> = path
        .split('/')
        .filter(|part| !part.is_empty() && *part != ".")
        .collect();
    if parts.is_empty() {
        ".".to_owned()
    } else {
        parts.join("/")
    }
}

fn refuse(read: &mut Reader<'_>, path: &Located<&str>, what: &str, help: impl Into<String>) {
    let message = format!("{} {what}", quote(path.value));
    read.push(Diagnostic::wrong(&path.span, message).help(help));
}

/// A path relative to a folder and inside it, normalised.
pub(super) fn inside(read: &mut Reader<'_>, path: Located<&str>) -> Option<Located<String>> {
    if path.value.is_empty() {
        let diagnostic = Diagnostic::wrong(&path.span, "a path is empty");
        read.push(diagnostic.help("write `.` for the folder itself"));
        return None;
    }
    if let Some((what, help)) = escape(path.value) {
        refuse(read, &path, what, help);
        return None;
    }
    Some(path.map(normal))
}

/// `module`: a folder with a go.mod.
pub(super) fn module(read: &mut Reader<'_>, path: Located<&str>) -> Option<Located<String>> {
    if path.value.starts_with('-') {
        refuse(
            read,
            &path,
            "looks like an option",
            format!("write `./{}`", path.value),
        );
        return None;
    }
    if let Some(folder) = path.value.strip_suffix("go.mod") {
        let help = format!("write {}", toml(&normal(folder)));
        refuse(
            read,
            &path,
            "is a file; the folder it is in is wanted",
            help,
        );
        return None;
    }
    inside(read, path)
}

/// `package`: `.`, or a folder written `./…`.
pub(super) fn package(read: &mut Reader<'_>, path: &Located<&str>) -> Option<Located<String>> {
    if path.value.contains("...") || path.value.contains('*') {
        let help = "write one package; one `[[binary]]` is one package, and without any \
                    `[[binary]]` every main package is built";
        refuse(read, path, "is a pattern for several packages", help);
        return None;
    }
    if path
        .value
        .rsplit_once('.')
        .is_some_and(|(_, end)| end == "go")
    {
        let folder = path.value.rsplit_once('/').map_or("", |(folder, _)| folder);
        let help = format!("write {}", toml(&dotted(folder)));
        refuse(
            read,
            path,
            "is a file; the folder of the package is wanted",
            help,
        );
        return None;
    }
    if path.value.contains('@') {
        let help = "write a package of the module, such as `./cmd/server`";
        refuse(read, path, "is a package of another module", help);
        return None;
    }
    let normal = inside(read, path.clone())?;
    if normal.value != "." && !path.value.starts_with("./") {
        let domain = path
            .value
            .split('/')
            .next()
            .is_some_and(|first| first.contains('.'));
        if domain {
            let help = "write where it is in the module, such as `./cmd/server`";
            refuse(read, path, "is an import path; a folder is wanted", help);
        } else {
            let help = format!("write {}", toml(&format!("./{}", normal.value)));
            refuse(read, path, "doesn't start with `./`", help);
        }
        return None;
    }
    Some(normal.map(|path| dotted(&path)))
}

fn dotted(path: &str) -> String {
    match normal(path).as_str() {
        "." => ".".to_owned(),
        path => format!("./{path}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn string(text: &str) -> Located<&str> {
        Located {
            value: text,
            span: 0..0,
        }
    }

    #[test]
    fn a_path_is_normalised() {
        let mut read = Reader::new("", true);
        let package = package(&mut read, &string("./cmd//server/./")).unwrap();
        assert_eq!(package.value, "./cmd/server");
        assert_eq!(
            module(&mut read, string("./tools/")).unwrap().value,
            "tools"
        );
    }

    #[test]
    fn a_path_that_leads_out_is_refused() {
        for path in ["", "..", "a/../..", "/etc", "C:/x", "a\\b", "a\0b"] {
            let mut read = Reader::new("", true);
            assert_eq!(inside(&mut read, string(path)), None, "{path}");
            assert_eq!(read.count(), 1);
        }
    }

    #[test]
    fn only_a_folder_of_the_module_is_a_package() {
        for path in [
            "./...",
            "cmd/server",
            "-x",
            "fmt",
            "example.com/x/y",
            "./main.go",
            "x@v1",
        ] {
            let mut read = Reader::new("", true);
            assert_eq!(package(&mut read, &string(path)), None, "{path}");
            assert_eq!(read.count(), 1, "{path}");
        }
    }
}
