//! What an image has besides its program, and only where the program needs it.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::User;
use crate::printable::printable;
use crate::remedy::{CA_ROOTS, Provision, provisions};
use crate::verify::{Finding, Standing};

/// Something that an image can have besides its program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Extra {
    /// The certificates of the authorities that are trusted.
    CaRoots,
    /// The database of time zones, which programs of Go read as one file.
    ZoneInfo,
    /// `/etc/passwd`
    Passwd,
    /// `/etc/group`
    Group,
    /// An empty `/tmp`, in which everybody may make files.
    Tmp,
    /// `HOME=/`
    Home,
}

/// Where the database of time zones is, which `ZONEINFO` says.
const ZONE_INFO: &str = "/usr/share/zoneinfo.zip";

impl Extra {
    /// The variable that goes with it.
    pub(super) fn variable(self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::ZoneInfo => Some(("ZONEINFO", ZONE_INFO)),
            Self::Home => Some(("HOME", "/")),
            Self::CaRoots | Self::Passwd | Self::Group | Self::Tmp => None,
        }
    }

    /// The line of `[embed]` that makes it needless.
    pub(super) fn line(self) -> Option<&'static str> {
        match self {
            Self::CaRoots => Some("ca_roots = true"),
            Self::ZoneInfo => Some("tzdata = true"),
            Self::Passwd | Self::Group | Self::Tmp | Self::Home => None,
        }
    }
}

impl fmt::Display for Extra {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::CaRoots => "CA certificates",
            Self::ZoneInfo => "time zones",
            Self::Passwd => "/etc/passwd",
            Self::Group => "/etc/group",
            Self::Tmp => "/tmp",
            Self::Home => "HOME",
        })
    }
}

/// What the findings in a program want of its image.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// What the image has.
    pub extras: BTreeSet<Extra>,
    /// What it hasn't, each a sentence for people, fit for a terminal.
    pub unmet: BTreeSet<String>,
}

/// The findings that matter on a system that has nothing, also where the policy is that of one which has something.
pub(super) fn needed(findings: &[Finding]) -> Vec<Finding> {
    let on_nothing = findings.iter().cloned().map(|finding| {
        let standing = match finding.standing {
            Standing::Provided => Standing::Told,
            standing => standing,
        };
        Finding {
            standing,
            ..finding
        }
    });
    on_nothing.filter(Finding::is_condition).collect()
}

/// What an image has to have for a program in which this was found.
#[must_use]
pub fn wanted(findings: &[Finding]) -> Wanted {
    let mut wanted = Wanted::default();
    for provision in needed(findings).iter().flat_map(provisions) {
        let extra = match provision {
            Provision::CaRoots => Extra::CaRoots,
            Provision::ZoneInfo => Extra::ZoneInfo,
            Provision::Passwd => Extra::Passwd,
            Provision::Group => Extra::Group,
            Provision::Tmp => Extra::Tmp,
            Provision::Home => Extra::Home,
            Provision::ByRuntime => continue,
            Provision::OfSystem(path) => {
                let path = printable(&path);
                wanted.unmet.insert(format!("it reads {path}: mount it"));
                continue;
            }
            Provision::Note(note) => {
                wanted.unmet.insert(note.to_string());
                continue;
            }
        };
        wanted.extras.insert(extra);
    }
    wanted
}

/// What extras are made of.
#[derive(Clone, Debug, Default)]
pub struct Materials {
    /// Certificates, as a PEM file has them.
    pub ca_roots: Option<Vec<u8>>,
    /// Time zones, as `lib/time/zoneinfo.zip` of Go has them.
    pub zone_info: Option<Vec<u8>>,
}

/// What stands at a path of an image.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Content<'a> {
    /// Bytes that everybody may read.
    File(Cow<'a, [u8]>),
    /// A folder that everybody may write to.
    Shared,
}

impl Materials {
    /// What stands where for these extras.
    ///
    /// # Errors
    /// When there is nothing to make one of, which is named.
    pub(super) fn files(
        &self,
        extras: &BTreeSet<Extra>,
        user: User,
    ) -> Result<BTreeMap<&'static str, Content<'_>>, Extra> {
        let mut files = BTreeMap::new();
        for extra in extras {
            let (path, content) = match extra {
                Extra::CaRoots => (CA_ROOTS, file(self.ca_roots.as_deref().ok_or(*extra)?)),
                Extra::ZoneInfo => (ZONE_INFO, file(self.zone_info.as_deref().ok_or(*extra)?)),
                Extra::Passwd => ("/etc/passwd", file(user.passwd().into_bytes())),
                Extra::Group => ("/etc/group", file(user.group().into_bytes())),
                Extra::Tmp => ("/tmp", Content::Shared),
                Extra::Home => continue,
            };
            files.insert(path, content);
        }
        Ok(files)
    }
}

fn file<'a>(bytes: impl Into<Cow<'a, [u8]>>) -> Content<'a> {
    Content::File(bytes.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verify::Need;

    fn finding(rule: &str, need: Need) -> Finding {
        Finding::example(rule, "x").needing(need)
    }

    #[test]
    fn an_image_brings_what_findings_need_and_tells_what_it_doesnt_bring() {
        let findings = [
            finding("ca-roots", Need::CaRoots),
            finding("tzdata", Need::ZoneInfo),
            finding("user-db", Need::Users),
            finding("tmp", Need::Tmp),
            finding("mime", Need::MediaTypes),
            finding("exec", Need::Program(Some("git".to_owned()))),
        ];
        let wanted = wanted(&findings);
        let extras = [
            Extra::CaRoots,
            Extra::ZoneInfo,
            Extra::Passwd,
            Extra::Group,
            Extra::Tmp,
        ];
        assert_eq!(wanted.extras, extras.into());
        let unmet: Vec<&str> = wanted.unmet.iter().map(String::as_str).collect();
        assert_eq!(
            unmet,
            [
                "it reads /etc/mime.types: mount it",
                "it runs git: copy that program with its libraries, or take an image that has it",
            ]
        );
    }

    #[test]
    fn an_image_from_scratch_brings_what_another_system_would_have() {
        let mut provided = finding("ca-roots", Need::CaRoots);
        provided.standing = Standing::Provided;
        assert_eq!(wanted(&[provided]).extras, [Extra::CaRoots].into());
    }

    #[test]
    fn what_whoever_starts_containers_brings_is_neither_brought_nor_told() {
        let proc = finding("proc", Need::Proc);
        assert_eq!(wanted(&[proc]), Wanted::default());
    }

    #[test]
    fn the_users_of_images_are_those_of_the_lines_for_dockerfiles() {
        let finding = finding("user-db", Need::Users);
        let made = crate::remedy::preparations(&[finding]).join("\n");
        for line in [User::default().passwd(), User::default().group()] {
            assert!(made.contains(&format!("'{}'", line.trim_end())), "{made}");
        }
    }
}
