//! Go's build information: the toolchain, the modules and the settings of a build.
//!
//! Source: Go's `debug/buildinfo/buildinfo.go` for the header, and `runtime/debug/mod.go`
//! (`ParseBuildInfo`) for the text. Before Go 1.18 the header held pointers.

use borsh::{BorshDeserialize, BorshSerialize};
use serde::{Deserialize, Serialize};

use super::bounds::{MAX_REGIONS, searched, text};
use super::quote::unquote_prefix;
use crate::target::Cgo;

pub(super) const MAGIC: &[u8] = b"\xff Go buildinf:";
pub(super) const ALIGNMENT: usize = 16;
const HEADER: usize = 32;
pub(super) const FLAGS: usize = 15;
pub(super) const FLAG_INLINE: u8 = 2;

/// `infoStart` and `infoEnd` of `cmd/go/internal/modload`, which frame the text.
const FRAME: usize = 16;
pub(super) const FRAME_START: &[u8] = b"0w\xaf\x0c\x92t\x08\x02A\xe1\xc1\x07\xe6\xd6\x18\xe6";
pub(super) const FRAME_END: &[u8] = b"\xf92C1\x86\x18 r\x00\x82B\x10A\x16\xd8\xf2";

/// What Go recorded about a build.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BuildInfo {
    /// The toolchain, such as `go1.26.8`; empty if it isn't recorded.
    pub go_version: String,
    /// The import path of the main package.
    pub path: String,
    /// The module that holds the main package; none for a build outside modules.
    pub main: Option<Module>,
    /// The other modules that are compiled in, in Go's order.
    pub modules: Vec<Module>,
    /// The settings of the build, in Go's order.
    pub settings: Vec<Setting>,
}

/// A module that is compiled in.
#[derive(
    BorshDeserialize, BorshSerialize, Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize,
)]
pub struct Module {
    /// The module path.
    pub path: String,
    /// The version, `(devel)` if there is none.
    pub version: String,
    /// The checksum as in `go.sum`; empty for a local or a replaced module.
    pub sum: String,
    /// What was compiled in its place.
    pub replace: Option<Replacement>,
}

/// What a `replace` directive put in a module's place.
#[derive(BorshDeserialize, BorshSerialize, Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Replacement {
    /// A module path, or a folder.
    pub path: String,
    /// The version; empty for a folder.
    pub version: String,
    /// The checksum as in `go.sum`; empty for a folder.
    pub sum: String,
}

/// The modules that a program is linked from.
#[derive(
    BorshDeserialize, BorshSerialize, Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize,
)]
pub struct LinkedModules {
    /// The one that holds the main package; none for a build outside modules.
    pub main: Option<Module>,
    /// The others, in Go's order.
    pub dependencies: Vec<Module>,
}

/// One setting of the build.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// A variable such as `GOOS`, a flag such as `-tags`, or `vcs` and the like.
    pub key: String,
    /// Its value.
    pub value: String,
}

/// Why there is no build information.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoBuildInfo {
    /// The file has none: no Go program, or packed, or the information was removed.
    #[error("there is no Go build information in the file")]
    NotFound,
    /// Written by Go 1.17 or earlier, and its pointers lead nowhere.
    #[error(
        "the Go build information has the form that Go 1.17 and earlier wrote, and leads nowhere"
    )]
    Older,
    /// The header is there, but not what has to follow.
    #[error("the Go build information is damaged: {0}")]
    Damaged(String),
}

impl BuildInfo {
    /// The modules that the program is linked from.
    #[must_use]
    pub fn linked(&self) -> LinkedModules {
        LinkedModules {
            main: self.main.clone(),
            dependencies: self.modules.clone(),
        }
    }

    /// The value of a setting.
    #[must_use]
    pub fn setting(&self, key: &str) -> Option<&str> {
        self.settings
            .iter()
            .find(|setting| setting.key == key)
            .map(|setting| setting.value.as_str())
    }

    /// `CGO_ENABLED`
    #[must_use]
    pub fn cgo(&self) -> Option<Cgo> {
        self.setting("CGO_ENABLED")
            .map(|value| Cgo::from(value == "1"))
    }

    /// Whether `-trimpath` was given. With it, Go doesn't record `-ldflags`.
    #[must_use]
    pub fn trimpath(&self) -> bool {
        self.setting("-trimpath") == Some("true")
    }

    /// `-ldflags`, if it was given and recorded.
    #[must_use]
    pub fn ldflags(&self) -> Option<&str> {
        self.setting("-ldflags")
    }

    /// `-tags`, one by one.
    pub fn tags(&self) -> impl Iterator<Item = &str> {
        let tags = self.setting("-tags").unwrap_or_default();
        tags.split(',').filter(|tag| !tag.is_empty())
    }

    /// `-buildmode`
    #[must_use]
    pub fn buildmode(&self) -> Option<&str> {
        self.setting("-buildmode")
    }

    /// The version control system whose state is stamped into the file, such as `git`.
    #[must_use]
    pub fn vcs(&self) -> Option<&str> {
        self.setting("vcs")
    }

    /// Whether the working tree differed from the commit.
    #[must_use]
    pub fn vcs_modified(&self) -> Option<bool> {
        self.setting("vcs.modified").map(|value| value == "true")
    }
}

/// Reads the build information from a region that starts at an aligned address.
pub(super) fn search(region: &[u8]) -> Result<BuildInfo, NoBuildInfo> {
    memchr::memmem::find_iter(searched(region), MAGIC)
        .find(|offset| offset % ALIGNMENT == 0)
        .map_or(Err(NoBuildInfo::NotFound), |offset| {
            decode(region.get(offset..).unwrap_or_default())
        })
}

/// Reads the build information from a file in which addresses, and so alignment, aren't known.
/// The magic alone is no proof there: any program that looks for build information has it.
pub(super) fn search_anywhere(bytes: &[u8]) -> Result<BuildInfo, NoBuildInfo> {
    memchr::memmem::find_iter(searched(bytes), MAGIC)
        .take(MAX_REGIONS)
        .find_map(|offset| decode(bytes.get(offset..)?).ok())
        .ok_or(NoBuildInfo::NotFound)
}

/// Reads the build information from the first of several regions that has it.
pub(super) fn search_regions<'data>(
    regions: impl IntoIterator<Item = &'data [u8]>,
) -> Result<BuildInfo, NoBuildInfo> {
    for region in regions {
        match search(region) {
            Err(NoBuildInfo::NotFound) => {}
            found => return found,
        }
    }
    Err(NoBuildInfo::NotFound)
}

/// Decodes what starts with the magic.
fn decode(bytes: &[u8]) -> Result<BuildInfo, NoBuildInfo> {
    let flags = bytes.get(FLAGS).copied().unwrap_or_default();
    if flags & FLAG_INLINE == 0 {
        return Err(NoBuildInfo::Older);
    }
    let truncated = || NoBuildInfo::Damaged("it is truncated".to_owned());
    let rest = bytes.get(HEADER..).ok_or_else(truncated)?;
    let (version, rest) = counted(rest).ok_or_else(truncated)?;
    let (framed, _) = counted(rest).ok_or_else(truncated)?;
    if version.is_empty() {
        return Err(NoBuildInfo::NotFound);
    }
    let mut info = parse(unframe(framed))?;
    info.go_version = text(version);
    Ok(info)
}

/// The text between the frames; without frames there is no text.
pub(super) fn unframe(framed: &[u8]) -> &[u8] {
    framed
        .len()
        .checked_sub(FRAME)
        .and_then(|end| framed.get(FRAME..end))
        .filter(|lines| lines.ends_with(b"\n"))
        .unwrap_or_default()
}

/// A string after its length, and what follows it.
pub(super) fn counted(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = number(bytes)?;
    rest.split_at_checked(usize::try_from(length).ok()?)
}

/// More digits of a number than any length or count has.
const MAX_DIGITS: usize = 9;

/// An unsigned LEB128 number, as Go and WebAssembly write lengths, and what follows it.
pub(super) fn number(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let mut window = bytes.iter().take(MAX_DIGITS);
    let last = window.position(|byte| byte & 0x80 == 0)?;
    let (digits, rest) = bytes.split_at_checked(last + 1)?;
    let add = |sum: u64, byte: &u8| sum << 7 | u64::from(byte & 0x7f);
    Some((digits.iter().rev().fold(0, add), rest))
}

/// Parses the text, without its frames.
pub(super) fn parse(lines: &[u8]) -> Result<BuildInfo, NoBuildInfo> {
    let mut info = BuildInfo::default();
    let lines = text(lines);
    for (index, line) in lines.lines().enumerate() {
        parse_line(&mut info, line).ok_or_else(|| {
            NoBuildInfo::Damaged(format!("line {} is not one that Go writes", index + 1))
        })?;
    }
    Ok(info)
}

/// Adds one line. Lines that start with an unknown word are from a later Go, and skipped.
fn parse_line(info: &mut BuildInfo, line: &str) -> Option<()> {
    let Some((word, rest)) = line.split_once('\t') else {
        return Some(());
    };
    match word {
        "path" => rest.clone_into(&mut info.path),
        "mod" => info.main = Some(parse_module(rest)?),
        "dep" => info.modules.push(parse_module(rest)?),
        "=>" => {
            let replaced = info.modules.last_mut().or(info.main.as_mut())?;
            replaced.replace = Some(parse_replacement(rest)?);
        }
        "build" => info.settings.push(parse_setting(rest)?),
        _ => {}
    }
    Some(())
}

fn parse_module(columns: &str) -> Option<Module> {
    let mut columns = columns.split('\t');
    let module = Module {
        path: columns.next()?.to_owned(),
        version: columns.next()?.to_owned(),
        sum: columns.next().unwrap_or_default().to_owned(),
        replace: None,
    };
    columns.next().is_none().then_some(module)
}

fn parse_replacement(columns: &str) -> Option<Replacement> {
    let mut columns = columns.split('\t');
    let replacement = Replacement {
        path: columns.next()?.to_owned(),
        version: columns.next()?.to_owned(),
        sum: columns.next()?.to_owned(),
    };
    columns.next().is_none().then_some(replacement)
}

fn parse_setting(line: &str) -> Option<Setting> {
    let (key, value) = if line.starts_with(['"', '`']) {
        let (key, rest) = unquote_prefix(line)?;
        (key, rest.strip_prefix('=')?)
    } else {
        let (key, value) = line.split_once('=')?;
        (key.to_owned(), value)
    };
    let value = if value.starts_with(['"', '`']) {
        match unquote_prefix(value)? {
            (value, "") => value,
            _ => return None,
        }
    } else {
        value.to_owned()
    };
    (!key.is_empty()).then_some(Setting { key, value })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn blob(version: &str, lines: &str) -> Vec<u8> {
        let framed = [FRAME_START, lines.as_bytes(), FRAME_END].concat();
        let mut bytes = [MAGIC, &[8, FLAG_INLINE], &[0; 16]].concat();
        for part in [version.as_bytes(), &framed] {
            let length = part.len();
            bytes.push(u8::try_from(length % 128).unwrap() | 0x80);
            bytes.push(u8::try_from(length / 128).unwrap());
            bytes.extend_from_slice(part);
        }
        bytes
    }

    const LINES: &str = "path\texample.com/m\n\
        mod\texample.com/m\tv1.0.0\t\n\
        dep\texample.com/a\tv1.2.3\th1:abc=\n\
        dep\texample.com/b\tv1.0.0\n\
        =>\t./b\t\t\n\
        build\t-ldflags=\"-s -w\"\n\
        build\tCGO_ENABLED=0\n\
        build\tvcs.modified=false\n";

    #[test]
    fn modules_replacements_and_settings_are_read_in_order() {
        let info = search(&blob("go1.26.8", LINES)).unwrap();
        assert_eq!(info.go_version, "go1.26.8");
        assert_eq!(info.path, "example.com/m");
        assert_eq!(info.main.as_ref().unwrap().version, "v1.0.0");
        assert_eq!(info.modules[0].sum, "h1:abc=");
        assert_eq!(info.modules[1].replace.as_ref().unwrap().path, "./b");
        assert_eq!(info.ldflags(), Some("-s -w"));
        assert_eq!(info.cgo(), Some(Cgo::Disabled));
        assert_eq!(info.vcs_modified(), Some(false));
        assert_eq!(info.vcs(), None);
    }

    #[test]
    fn the_magic_at_an_unaligned_place_is_data() {
        let shifted = [b"x".as_slice(), &blob("go1.26.8", LINES)].concat();
        assert_eq!(search(&shifted), Err(NoBuildInfo::NotFound));
        assert_eq!(search_anywhere(&shifted).unwrap().go_version, "go1.26.8");
        let both = [&shifted, [0; 16].as_slice()].concat();
        let padding = vec![0; ALIGNMENT - both.len() % ALIGNMENT];
        let found = search(&[both, padding, blob("go1.26.8", "")].concat());
        assert_eq!(found.unwrap().go_version, "go1.26.8");
    }

    #[test]
    fn the_older_form_is_named() {
        let older = [MAGIC, &[8, 0], &[0; 16]].concat();
        assert_eq!(search(&older), Err(NoBuildInfo::Older));
    }

    #[test]
    fn a_length_beyond_the_end_is_damage() {
        let mut bytes = blob("go1.26.8", LINES);
        bytes.truncate(60);
        assert!(matches!(search(&bytes), Err(NoBuildInfo::Damaged(_))));
    }

    #[test]
    fn a_number_has_its_lowest_digit_first_and_an_end() {
        assert_eq!(number(b"\x05x"), Some((5, b"x".as_slice())));
        assert_eq!(number(b"\xe5\x8e\x26"), Some((624_485, b"".as_slice())));
        assert_eq!(number(b"\x85"), None);
        assert_eq!(number(&[0x80; 100]), None);
    }

    #[test]
    fn tags_are_told_apart() {
        let info = parse(b"build\t-tags=netgo,osusergo\n").unwrap();
        assert_eq!(info.tags().collect::<Vec<_>>(), ["netgo", "osusergo"]);
    }

    #[test]
    fn a_line_that_go_never_writes_is_damage() {
        for line in [
            "dep\tonly-a-path\n",
            "build\t=x\n",
            "build\tk=\"x\n",
            "=>\tx\ty\tz\n",
        ] {
            let result = parse(line.as_bytes());
            assert!(matches!(result, Err(NoBuildInfo::Damaged(_))), "{line}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_parsed_or_refused(lines in "((path|mod|dep|=>|build)\t[ -~\t]*\n)*") {
            let _ = parse(lines.as_bytes());
        }

        #[test]
        fn any_damage_is_survived(
            position in 0usize..500, byte in any::<u8>(), length in 0usize..500,
        ) {
            let mut bytes = blob("go1.26.8", LINES);
            if let Some(target) = bytes.get_mut(position) {
                *target = byte;
            }
            bytes.truncate(length);
            let _ = search(&bytes);
        }
    }
}
