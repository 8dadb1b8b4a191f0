//! What a program wants from the system it runs on.

use borsh::{BorshDeserialize, BorshSerialize};

use crate::inspect::{GlibcVersion, MinimumOs};

/// Who asks the C library for names of hosts, users and groups.
#[derive(
    BorshDeserialize, BorshSerialize, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash,
)]
pub enum AsksForNames {
    /// Go's own packages, which have code for it that needs no C.
    Go,
    /// C of the program or its dependencies, whatever Go's packages do.
    C,
}

/// One thing that has to be there. Systems differ in what they have of these.
#[derive(BorshDeserialize, BorshSerialize, Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Need {
    /// The dynamic loader at this path.
    Loader(String),
    /// A shared library, as the file names it.
    Library(String),
    /// glibc of this version or later.
    Glibc(GlibcVersion),
    /// A system that isn't older than what this Go supports.
    RecentSystem,
    /// macOS of this release or later.
    MacOs(MinimumOs),
    /// A CPU of this variant, such as `GOAMD64=v3`.
    Cpu(String),
    /// The modules of the name service switch of the very glibc that was linked statically.
    NameServiceModules(AsksForNames),
    /// The C library's resolver, with its configuration.
    SystemResolver,
    /// `/etc/resolv.conf` and `/etc/hosts`.
    ResolverFiles,
    /// The certificates of the authorities that are trusted.
    CaRoots,
    /// The database of time zones.
    ZoneInfo,
    /// The zone of the machine.
    LocalTime,
    /// `/etc/passwd` and `/etc/group`.
    Users,
    /// `HOME`, or what stands for it.
    Home,
    /// A folder for temporary files that may be written to.
    Tmp,
    /// This file below such a folder, which nobody else makes first.
    TmpFile(String),
    /// `XDG_RUNTIME_DIR`
    RuntimeDir,
    /// A program in a folder of PATH; none where its name doesn't show.
    Program(Option<String>),
    /// The table of media types by file name.
    MediaTypes,
    /// `/etc/services`
    Services,
    /// `/proc`
    Proc,
    /// A system log.
    Syslog,
    /// A file or folder at this path.
    File(String),
    /// A folder at this path, which files are made in.
    Folder(String),
    /// Files in this folder, by names that don't show.
    Files(String),
    /// A socket at this path, at which somebody listens.
    Socket(String),
    /// Go's own sources and tools.
    Goroot,
    /// Anything: that doesn't show, so that no system is known to have it.
    Sight,
    /// All of these.
    All(Vec<Need>),
}
