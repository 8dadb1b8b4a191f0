//! Package URLs of Go modules.
//!
//! Source: <https://github.com/package-url/purl-spec>. It wants the type `golang` in small letters only, in which two modules
//! of Go can have the same name. Paths are written as Go has them, as other programs that make bills for Go do: vulnerability
//! databases name modules by their paths.

use std::fmt;

/// The package URL of a Go module or of Go's standard library.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Purl {
    path: String,
    version: Option<String>,
    subpath: Option<String>,
}

impl Purl {
    /// That of a module.
    #[must_use]
    pub fn module(path: &str, version: Option<&str>) -> Self {
        Self {
            path: path.to_owned(),
            version: version.map(str::to_owned),
            subpath: None,
        }
    }

    /// That of Go's standard library in a release, which is named without `go`.
    #[must_use]
    pub fn stdlib(version: &str) -> Self {
        Self::module("stdlib", Some(version))
    }

    /// That of a package in the module.
    #[must_use]
    pub fn package(mut self, import_path: &str) -> Self {
        let below = import_path.strip_prefix(&self.path);
        let below = below.and_then(|rest| rest.strip_prefix('/'));
        self.subpath = below.map(str::to_owned);
        self
    }
}

impl fmt::Display for Purl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("pkg:golang/")?;
        segments(f, &self.path)?;
        if let Some(version) = &self.version {
            f.write_str("@")?;
            escaped(f, version)?;
        }
        if let Some(subpath) = &self.subpath {
            f.write_str("#")?;
            segments(f, subpath)?;
        }
        Ok(())
    }
}

fn segments(f: &mut fmt::Formatter<'_>, path: &str) -> fmt::Result {
    for (index, segment) in path.split('/').enumerate() {
        if index > 0 {
            f.write_str("/")?;
        }
        escaped(f, segment)?;
    }
    Ok(())
}

fn escaped(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b':' => {
                write!(f, "{}", char::from(byte))?;
            }
            _ => write!(f, "%{byte:02X}")?,
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_url_of_a_module_has_its_path_and_version() {
        let toml = Purl::module("github.com/BurntSushi/toml", Some("v1.6.0"));
        assert_eq!(
            toml.to_string(),
            "pkg:golang/github.com/BurntSushi/toml@v1.6.0"
        );
        assert_eq!(
            Purl::stdlib("1.26.8").to_string(),
            "pkg:golang/stdlib@1.26.8"
        );
        assert_eq!(
            Purl::module("example.com/m", None).to_string(),
            "pkg:golang/example.com/m"
        );
    }

    #[test]
    fn what_means_something_in_urls_is_escaped() {
        let dirty = Purl::module("example.com/a b", Some("v1.0.0+dirty@#?"));
        assert_eq!(
            dirty.to_string(),
            "pkg:golang/example.com/a%20b@v1.0.0%2Bdirty%40%23%3F"
        );
    }

    #[test]
    fn a_package_is_a_part_of_its_module() {
        let url = |package| {
            let module = Purl::module("example.com/m", Some("v1.0.0"));
            module.package(package).to_string()
        };
        assert_eq!(
            url("example.com/m/cmd/x"),
            "pkg:golang/example.com/m@v1.0.0#cmd/x"
        );
        assert_eq!(url("example.com/m"), "pkg:golang/example.com/m@v1.0.0");
        assert_eq!(url("example.com/more"), "pkg:golang/example.com/m@v1.0.0");
    }
}
