//! The folders of the user's that programs keep things in, as each system has them.
//!
//! Source: `UserCacheDir` and `UserConfigDir` in Go's `os/file.go`, so that both find the same.

use std::path::{Path, PathBuf};

use super::{Environment, Host};

/// Where gobuildx keeps what it downloads.
const CACHE: &str = "GOBUILDX_CACHE";

impl Host {
    /// `GOBUILDX_CACHE`, else gobuildx's own folder among the user's caches; none where nothing says
    /// where these lie.
    #[must_use]
    pub fn cache(&self) -> Option<PathBuf> {
        if let Some(folder) = self.env.get(CACHE) {
            return Some(self.cwd.join(folder));
        }
        let caches = match (System::HERE, self.home()) {
            (System::Windows, _) => absolute(self.env.get("LOCALAPPDATA")),
            (System::Apple, home) => home.map(|home| home.join("Library/Caches")),
            (System::Other, home) => of_xdg(&self.env, "XDG_CACHE_HOME", home, ".cache"),
        };
        caches.map(|caches| caches.join("gobuildx"))
    }

    /// The folder with the user's settings of programs.
    #[must_use]
    pub fn config(&self) -> Option<PathBuf> {
        match (System::HERE, self.home()) {
            (System::Windows, _) => absolute(self.env.get("APPDATA")),
            (System::Apple, home) => home.map(|home| home.join("Library/Application Support")),
            (System::Other, home) => of_xdg(&self.env, "XDG_CONFIG_HOME", home, ".config"),
        }
    }

    fn home(&self) -> Option<PathBuf> {
        self.env.get("HOME").map(PathBuf::from)
    }
}

/// Who has which folders.
#[derive(Clone, Copy)]
enum System {
    Windows,
    Apple,
    Other,
}

impl System {
    const HERE: Self = if cfg!(windows) {
        Self::Windows
    } else if cfg!(target_vendor = "apple") {
        Self::Apple
    } else {
        Self::Other
    };
}

/// A relative path is a mistake, which Go doesn't follow either.
fn of_xdg(env: &Environment, name: &str, home: Option<PathBuf>, in_home: &str) -> Option<PathBuf> {
    match env.get(name) {
        Some(folder) => absolute(Some(folder)),
        None => home.map(|home| home.join(in_home)),
    }
}

fn absolute(folder: Option<&std::ffi::OsStr>) -> Option<PathBuf> {
    let folder = folder.map(Path::new);
    folder
        .filter(|folder| folder.is_absolute())
        .map(Path::to_owned)
}

#[cfg(test)]
#[cfg(not(any(windows, target_vendor = "apple")))]
mod tests {
    use super::*;

    fn host(vars: &[(&str, &str)]) -> Host {
        let mut host = Host::probe().unwrap();
        host.env = Environment::of(vars.iter().copied());
        host.cwd = PathBuf::from("/work");
        host
    }

    #[test]
    fn folders_are_where_the_environment_says() {
        let cache = |vars| host(vars).cache();
        let path = |text: &str| Some(PathBuf::from(text));
        assert_eq!(cache(&[("HOME", "/h")]), path("/h/.cache/gobuildx"));
        assert_eq!(
            cache(&[("HOME", "/h"), ("XDG_CACHE_HOME", "/c")]),
            path("/c/gobuildx")
        );
        assert_eq!(
            cache(&[("HOME", "/h"), ("GOBUILDX_CACHE", "/g")]),
            path("/g")
        );
        assert_eq!(cache(&[("GOBUILDX_CACHE", "g")]), path("/work/g"));
        assert_eq!(cache(&[("HOME", "/h"), ("XDG_CACHE_HOME", "c")]), None);
        assert_eq!(cache(&[]), None);
        assert_eq!(host(&[("HOME", "/h")]).config(), path("/h/.config"));
        assert_eq!(host(&[("XDG_CONFIG_HOME", "/c")]).config(), path("/c"));
    }
}
