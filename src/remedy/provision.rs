//! What an image brings for a finding: one decision for lines of a Dockerfile and for images that gobuildx
//! makes itself.

use std::fmt;

use super::manifest::is_left_out;
use crate::printable::printable;
use crate::verify::{AsksForNames, Finding, Need, RuleId};

/// One thing that an image has for a program.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Provision {
    /// The certificates of the authorities that are trusted, at [`CA_ROOTS`].
    CaRoots,
    /// The database of time zones.
    ZoneInfo,
    /// `/etc/passwd` with one user: those of the build are none of the image's.
    Passwd,
    /// `/etc/group` with one group.
    Group,
    /// An empty folder for temporary files: in that of the build lies what the build left there.
    Tmp,
    /// `HOME=/`
    Home,
    /// A file or folder, as the system of the build has it.
    OfSystem(String),
    /// What whoever starts containers puts into them.
    ByRuntime,
    /// What no image brings by itself.
    Note(Note),
}

/// Where programs look for certificates.
pub const CA_ROOTS: &str = "/etc/ssl/certs/ca-certificates.crt";
/// Where programs look for time zones.
pub const ZONE_INFO: &str = "/usr/share/zoneinfo";

/// A remark: these words, with a name between them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Note {
    pub(super) before: &'static str,
    pub(super) name: String,
    pub(super) after: &'static str,
}

impl Note {
    pub(super) const fn of(words: &'static str) -> Self {
        Self {
            before: words,
            name: String::new(),
            after: "",
        }
    }

    pub(super) fn naming(before: &'static str, name: &str, after: &'static str) -> Self {
        Self {
            before,
            name: name.to_owned(),
            after,
        }
    }

    /// Whether both say the same of different things.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        (self.before, self.after) == (other.before, other.after)
    }
}

/// Fit for a terminal.
impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}{}", self.before, printable(&self.name), self.after)
    }
}

/// What an image brings for a finding, and what is to be said of it besides.
#[must_use]
pub fn provisions(finding: &Finding) -> Vec<Provision> {
    let by_need = finding.need.iter().flat_map(of_need);
    let noted = noted(finding).map(|words| Provision::Note(Note::of(words)));
    by_need.chain(noted).collect()
}

fn noted(finding: &Finding) -> Option<&'static str> {
    if is_left_out(finding) {
        return Some(
            "no image makes up for it: this was left out of the program, which was built without C",
        );
    }
    (finding.rule == RuleId::PLUGIN).then_some("it loads plugins: copy their files, too")
}

/// Files that tell of one machine, or are its secrets: those of the build are no matter of an image.
pub(super) const OF_ONE_MACHINE: &[&str] = &[
    "/etc/hostname",
    "/etc/hosts",
    "/etc/machine-id",
    "/etc/mtab",
    "/etc/resolv.conf",
    "/etc/shadow",
    "/var/lib/dbus/machine-id",
];
/// Folders of such files.
const OF_ITS_USERS: &[&str] = &[
    "/etc/ssh/",
    "/home/",
    "/root/",
    "/run/secrets/",
    "/var/run/secrets/",
];

/// How a file at an absolute path gets into the image.
fn at(path: &str) -> Provision {
    let is_below = |folder: &&str| path.starts_with(folder);
    match path {
        CA_ROOTS => Provision::CaRoots,
        "/etc/passwd" => Provision::Passwd,
        "/etc/group" => Provision::Group,
        "/tmp" | "/tmp/" => Provision::Tmp,
        _ if OF_ONE_MACHINE.contains(&path) || OF_ITS_USERS.iter().any(is_below) => {
            Provision::Note(Note::naming("", path, " is of one machine: mount it"))
        }
        _ => Provision::OfSystem(path.to_owned()),
    }
}

/// What an image has to hold for a need.
pub(super) fn of_need(need: &Need) -> Vec<Provision> {
    let same = |path: &str| Provision::OfSystem(path.to_owned());
    let note = |words| vec![Provision::Note(Note::of(words))];
    let naming =
        |before, name: &String, after| vec![Provision::Note(Note::naming(before, name, after))];
    match need {
        Need::CaRoots => vec![Provision::CaRoots],
        Need::ZoneInfo => vec![Provision::ZoneInfo],
        Need::LocalTime => vec![same("/etc/localtime")],
        Need::Users => vec![Provision::Passwd, Provision::Group],
        Need::Home => vec![Provision::Home],
        Need::Tmp | Need::TmpFile(_) => vec![Provision::Tmp],
        Need::RuntimeDir => note(
            "mount a folder that only its user may read, mode 0700, and set XDG_RUNTIME_DIR to it",
        ),
        Need::MediaTypes => vec![same("/etc/mime.types")],
        Need::Services => vec![same("/etc/services")],
        Need::SystemResolver => vec![same("/etc/nsswitch.conf")],
        Need::File(path) if path.starts_with('/') => vec![at(path)],
        Need::File(path) => naming(
            "it reads ",
            path,
            ": set WORKDIR, and copy that file below it",
        ),
        Need::Folder(path) => naming(
            "it makes files in ",
            path,
            ": make that folder, or mount a volume there",
        ),
        Need::Files(path) => naming(
            "it reads files in ",
            path,
            ": copy those that it needs, or mount a volume there",
        ),
        Need::Socket(path) => naming("it connects to the socket ", path, ": mount it"),
        Need::Program(Some(name)) => naming(
            "it runs ",
            name,
            ": copy that program with its libraries, or take an image that has it",
        ),
        Need::Program(None) => {
            note("it runs other programs, whose names don't show: copy those that it needs")
        }
        Need::ResolverFiles | Need::Proc => vec![Provision::ByRuntime],
        Need::Syslog => {
            note("it writes to a system log, which no container has: let it write to stderr")
        }
        Need::NameServiceModules(who) => note(without_modules(*who)),
        Need::Goroot => note("it needs Go's own sources and tools: take an image with Go"),
        Need::Sight => note("not all that the program wants can be seen: try the image"),
        Need::All(needs) => needs.iter().flat_map(of_need).collect(),
        // The loader and the libraries are looked for in the system; the rest no image can bring.
        Need::Loader(_)
        | Need::Library(_)
        | Need::Glibc(_)
        | Need::RecentSystem
        | Need::MacOs(_)
        | Need::Cpu(_) => Vec::new(),
    }
}

/// What to do where modules of the name service switch are wanted: they can't be copied to any system.
fn without_modules(who: AsksForNames) -> &'static str {
    match who {
        AsksForNames::Go => {
            "modules of the name service switch can't be copied to any system: use resolver = \"go\""
        }
        AsksForNames::C => {
            "modules of the name service switch can't be copied to any system: link its C against musl, \
             which loads none"
        }
    }
}
