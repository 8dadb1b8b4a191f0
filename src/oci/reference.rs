//! Names of images: `registry.example/team/app:v1`.
//!
//! Source: `reference/regexp.go` of `github.com/distribution/reference`; OCI distribution specification v1.1,
//! "Pulling manifests".

use std::fmt;
use std::str::FromStr;

use super::Digest;

/// The longest path of a repository, with its registry.
const LONGEST: usize = 255;

/// A tag, such as `v2.3.0-7a8b9c1`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tag(String);

impl Tag {
    /// Its text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where an image is, or will be: a registry, and its repository there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Repository {
    registry: Registry,
    path: String,
}

impl Repository {
    /// The registry.
    #[must_use]
    pub fn registry(&self) -> &Registry {
        &self.registry
    }

    /// What it is called there.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }
}

impl fmt::Display for Repository {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.registry, self.path)
    }
}

/// The host of a registry, with its port if that isn't the usual one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Registry(String);

impl Registry {
    /// Its name, as it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The host, without its port.
    #[must_use]
    pub fn host(&self) -> &str {
        match self.0.strip_prefix('[') {
            Some(v6) => v6.split(']').next().unwrap_or_default(),
            None => self.0.split(':').next().unwrap_or_default(),
        }
    }
}

/// Docker Hub: what its images name, and where its registry is.
const HUB: (&str, &str) = ("docker.io", "registry-1.docker.io");

impl Registry {
    /// The host that is asked, with its port, in small letters.
    pub(crate) fn asked(&self) -> Self {
        let name = self.0.to_ascii_lowercase();
        if name == HUB.0 {
            Self(HUB.1.to_owned())
        } else {
            Self(name)
        }
    }
}

impl fmt::Display for Registry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Which of a repository's images is meant.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Version {
    /// Whichever has this tag now.
    Tag(Tag),
    /// This very one.
    Digest(Digest),
}

/// As a registry takes it in an address.
impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tag(tag) => tag.fmt(f),
            Self::Digest(digest) => digest.fmt(f),
        }
    }
}

/// An image in a registry: `registry/repository`, with `:tag` or `@digest` behind it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reference {
    /// Where it is.
    pub repository: Repository,
    /// Which it is; none where only the repository is named.
    pub version: Option<Version>,
}

impl Reference {
    /// The image with this tag.
    #[must_use]
    pub fn tagged(repository: Repository, tag: Tag) -> Self {
        let version = Some(Version::Tag(tag));
        Self {
            repository,
            version,
        }
    }

    /// This very image.
    #[must_use]
    pub fn pinned(repository: Repository, digest: Digest) -> Self {
        let version = Some(Version::Digest(digest));
        Self {
            repository,
            version,
        }
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.repository.fmt(f)?;
        match &self.version {
            Some(Version::Tag(tag)) => write!(f, ":{tag}"),
            Some(Version::Digest(digest)) => write!(f, "@{digest}"),
            None => Ok(()),
        }
    }
}

/// Why a text names no image. It finishes "`…` is no name of an image: ".
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseReferenceError {
    /// Nothing says which registry.
    #[error("write the registry first, as in registry.example/team/app")]
    Registry,
    /// No host, or none that one can be.
    #[error("its registry is no host, or its port no number")]
    Host,
    /// A path that no registry takes.
    #[error(
        "a repository is named by small letters and digits, parts of it between slashes, with `.`, `_` or `-` inside them"
    )]
    Path,
    /// Too long.
    #[error("it is longer than 255 characters")]
    Long,
    /// A tag that there can't be.
    #[error(
        "a tag has up to 128 letters, digits, `_`, `.` and `-`, and starts with none of the last two"
    )]
    Tag,
    /// A digest that there can't be.
    #[error("what follows its `@` isn't `sha256:` and 64 digits from 0 to f")]
    Digest,
    /// Two versions.
    #[error("it has a tag and a digest: leave one out")]
    Both,
}

impl FromStr for Tag {
    type Err = ParseReferenceError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let is_tag = text.len() <= 128
            && text.starts_with(is_word)
            && text.chars().all(|c| is_word(c) || c == '.' || c == '-');
        if is_tag {
            Ok(Self(text.to_owned()))
        } else {
            Err(ParseReferenceError::Tag)
        }
    }
}

impl FromStr for Registry {
    type Err = ParseReferenceError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (host, port) = match text.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
            _ => (text, None),
        };
        let is_port = |port: &str| {
            port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok()
        };
        if is_host(host) && port.is_none_or(is_port) {
            Ok(Self(text.to_owned()))
        } else {
            Err(ParseReferenceError::Host)
        }
    }
}

/// Whether a text is a name of a host, or an address of one.
fn is_host(host: &str) -> bool {
    if let Some(v6) = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'))
    {
        return v6.parse::<std::net::Ipv6Addr>().is_ok();
    }
    host.split('.').all(|part| {
        let is_word = |c: char| c.is_ascii_alphanumeric();
        part.starts_with(is_word)
            && part.ends_with(is_word)
            && part.chars().all(|c| is_word(c) || c == '-')
    })
}

impl FromStr for Repository {
    type Err = ParseReferenceError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.len() > LONGEST {
            return Err(ParseReferenceError::Long);
        }
        let (registry, path) = text.split_once('/').ok_or(ParseReferenceError::Registry)?;
        // As docker does: what has neither is a name at its own registry, which nobody should guess.
        if !registry.contains(['.', ':']) && registry != "localhost" {
            return Err(ParseReferenceError::Registry);
        }
        let registry = registry.parse()?;
        if !path.split('/').all(is_path_part) {
            return Err(ParseReferenceError::Path);
        }
        let path = path.to_owned();
        Ok(Self { registry, path })
    }
}

/// Words of small letters and digits; between two of them `.`, `_`, `__` or any number of `-`.
fn is_path_part(part: &str) -> bool {
    let is_word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let separators = part.split(is_word).filter(|between| !between.is_empty());
    let mut separators = separators.peekable();
    part.starts_with(is_word)
        && part.ends_with(is_word)
        && separators.all(|it| matches!(it, "." | "_" | "__") || it.chars().all(|c| c == '-'))
}

impl FromStr for Reference {
    type Err = ParseReferenceError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (name, digest) = match text.split_once('@') {
            Some((name, digest)) => (name, Some(digest)),
            None => (text, None),
        };
        // Only what follows the last slash is a tag; before it, a colon is that of a port.
        let last = name.rfind('/').map_or(0, |slash| slash + 1);
        let tag = name.get(last..).and_then(|last| last.split_once(':'));
        let tag = tag.map(|(_, tag)| tag);
        let name = tag.map_or(name, |tag| {
            name.get(..name.len() - tag.len() - 1).unwrap_or_default()
        });
        let repository = name.parse()?;
        let version = match (tag, digest) {
            (Some(_), Some(_)) => return Err(ParseReferenceError::Both),
            (Some(tag), None) => Some(Version::Tag(tag.parse()?)),
            (None, Some(digest)) => {
                let digest = digest.parse().map_err(|_| ParseReferenceError::Digest)?;
                Some(Version::Digest(digest))
            }
            (None, None) => None,
        };
        Ok(Self {
            repository,
            version,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_are_read_as_they_are_written() {
        let digest = Digest::of(b"");
        for text in [
            "registry.example/app",
            "registry.example:5000/team/app:v2.3.0-7a8b9c1",
            "localhost/app:latest",
            "127.0.0.1:5000/a__b/c--d.e_f",
            "[::1]:5000/app:_x",
            &format!("registry.example/app@{digest}"),
        ] {
            let reference: Reference = text.parse().unwrap();
            assert_eq!(reference.to_string(), text);
        }
    }

    #[test]
    fn the_parts_of_a_name_are_told_apart() {
        let reference: Reference = "[::1]:5000/team/app:v1".parse().unwrap();
        assert_eq!(reference.repository.registry().host(), "::1");
        assert_eq!(reference.repository.registry().as_str(), "[::1]:5000");
        assert_eq!(reference.repository.path(), "team/app");
        assert_eq!(reference.version, Some(Version::Tag("v1".parse().unwrap())));
    }

    #[test]
    fn what_names_no_image_is_refused_and_why_is_told() {
        use ParseReferenceError::{Both, Digest, Host, Path, Registry, Tag};
        for (text, fault) in [
            ("app", Registry),
            ("team/app", Registry),
            ("https://registry.example/app", Host),
            ("user:secret@registry.example/app", Registry),
            ("-x.example/app", Host),
            ("registry.example:http/app", Host),
            ("registry.example:99999/app", Host),
            ("registry.example/App", Path),
            ("registry.example/", Path),
            ("registry.example/a//b", Path),
            ("registry.example/../b", Path),
            ("registry.example/a..b", Path),
            ("registry.example/a?b", Path),
            ("registry.example/a:", Tag),
            ("registry.example/a:v1+dirty", Tag),
            ("registry.example/a:-v1", Tag),
            ("registry.example/a@sha256:1", Digest),
            ("registry.example/a:v1@sha256:1", Both),
        ] {
            assert_eq!(text.parse::<Reference>(), Err(fault), "{text}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_read_is_written_again(text in "[a-z0-9.:\\[\\]@/_A-Z-]{0,60}") {
            if let Ok(reference) = text.parse::<Reference>() {
                prop_assert_eq!(reference.to_string(), text);
            }
        }

        #[test]
        fn no_text_ends_in_a_panic(text in ".*") {
            let _ = text.parse::<Reference>();
        }
    }
}
