//! Paths of files that the program opens, makes or looks for.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::addresses::{Address, Purpose, addresses};
use super::folders::folder;
use super::tmp;
use crate::inspect::{Format, Word};
use crate::target::Goos;
use crate::verify::Evidence;
use crate::verify::uses::{Call, Calls, Site, Uses};

/// Which system a path is a matter of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Realm {
    /// Below the current folder: it lay beside the source.
    Relative,
    /// At a place of the system.
    Absolute,
    /// In a folder for temporary files, which all users may write to.
    Shared,
    /// What the kernel tells of processes and devices.
    Kernel,
    /// A device, a folder that is always there, or no file at all.
    Always,
}

/// Folders that are there, or don't matter by themselves.
const ALWAYS: &[&str] = &["", ".", "..", "/tmp", "/var/tmp", "/dev"];

/// What is in `/dev` of every container, too.
///
/// Source: OCI runtime specification, `config-linux.md`, default devices.
const DEVICES: &[&str] = &[
    "console", "fd", "full", "null", "ptmx", "pts", "random", "shm", "stderr", "stdin", "stdout",
    "tty", "urandom", "zero",
];

impl Realm {
    pub(super) fn of(goos: Option<Goos>, path: &str) -> Self {
        if is_no_file(goos, path) {
            return Self::Always;
        }
        if goos == Some(Goos::Windows) {
            // There is no /tmp, /proc or /dev; a drive is.
            let end = path.trim_end_matches(['/', '\\']);
            let is_drive = end.len() == 2 && end.ends_with(':');
            return match end {
                "" | "." | ".." => Self::Always,
                _ if is_drive => Self::Always,
                _ if path.starts_with(['/', '\\']) || path.contains(':') => Self::Absolute,
                _ => Self::Relative,
            };
        }
        let path = &without_detours(path);
        let below = |folders: &[&str]| {
            let mut rests = folders
                .iter()
                .filter_map(|folder| path.strip_prefix(folder)?.strip_prefix('/'));
            rests.any(|rest| !rest.is_empty())
        };
        let device = path
            .strip_prefix("/dev/")
            .and_then(|rest| rest.split('/').next());
        if below(&["/tmp", "/var/tmp", "/dev/shm"]) {
            Self::Shared
        } else if device.is_some_and(|device| DEVICES.contains(&device))
            || ALWAYS.contains(&path.trim_end_matches('/'))
        {
            Self::Always
        } else if has_kernel_files(goos)
            && (below(&["/proc", "/sys"]) || matches!(path.as_ref(), "/proc" | "/sys"))
        {
            Self::Kernel
        } else if path.starts_with('/') || path.contains(':') {
            Self::Absolute
        } else {
            Self::Relative
        }
    }
}

/// Whether the kernel has files of its own, where they are mounted.
fn has_kernel_files(goos: Option<Goos>) -> bool {
    matches!(goos, Some(Goos::Linux | Goos::Android) | None)
}

/// Standard input, and the devices of Windows.
fn is_no_file(goos: Option<Goos>, path: &str) -> bool {
    // A pipe has to be made by who serves at it.
    let is_pipe = |rest: &str| rest.to_ascii_lowercase().starts_with(r"pipe\");
    let is_device = path
        .strip_prefix(r"\\.\")
        .is_some_and(|rest| !is_pipe(rest))
        || path.starts_with(r"\\?\")
        || path.ends_with('$')
        || ["NUL", "CON"]
            .iter()
            .any(|name| path.eq_ignore_ascii_case(name));
    matches!(path, "" | "-") || (goos == Some(Goos::Windows) && is_device)
}

/// A path from the root, without the folders that it only passes.
fn without_detours(path: &str) -> Cow<'_, str> {
    if !path.starts_with('/') || !path.split('/').any(|part| part == "..") {
        return Cow::Borrowed(path);
    }
    let mut parts = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            _ => parts.push(part),
        }
    }
    Cow::Owned(format!("/{}", parts.join("/")))
}

/// The paths that code which isn't Go's own hands to functions, by what these do with the files.
#[derive(Clone, Debug, Default)]
pub(super) struct Paths<'a> {
    /// Their absence is an error.
    pub(super) opened: Calls<'a>,
    /// They are sockets, to which the program connects.
    pub(super) dialed: Calls<'a>,
    /// They are there when the program reads them later.
    pub(super) made: Calls<'a>,
    /// They are opened or made: which, isn't constant.
    pub(super) either: Calls<'a>,
    /// The calls that open files by a list that can't be read.
    pub(super) unread: BTreeSet<Call>,
    /// It is asked whether they are there.
    pub(super) looked_for: Calls<'a>,
    /// Files of other names are made in these folders.
    pub(super) filled: Calls<'a>,
    /// Those of `made` that are folders.
    pub(super) folders: Folders<'a>,
}

/// The folders that the program makes.
#[derive(Clone, Debug, Default)]
pub(super) struct Folders<'a> {
    /// Where the folder that each lies in is there already.
    pub(super) alone: Calls<'a>,
    /// With all those that they lie in.
    pub(super) with_parents: Calls<'a>,
}

impl<'a> Paths<'a> {
    pub(super) fn of(evidence: &Evidence<'_>, uses: Uses<'a>) -> Self {
        let mut paths = Self::default();
        paths.add_files(evidence, uses);
        let mut lists = Calls::default();
        for (word, site) in uses.sites(LISTS) {
            uses.follow_list(site, word, &mut lists);
        }
        paths.unread = lists.unknown;
        let mut folders = Calls::default();
        uses.follow_boxed(SERVED, &mut folders);
        uses.follow_boxed(FOLDER, &mut folders);
        // As of files, mostly they are the user's.
        paths.opened.unknown.extend(folders.unknown);
        for (path, call) in lists.texts.into_iter().chain(folders.texts) {
            paths.opened.texts.entry(path).or_insert(call);
        }
        for (word, site) in uses.sites(tmp::MAKE) {
            uses.follow(site, word, &mut paths.filled);
        }
        for (folder, call) in &paths.made.below {
            paths.filled.texts.entry(folder).or_insert(*call);
        }
        for calls in [&mut paths.opened, &mut paths.made, &mut paths.either] {
            calls.unsettle(|path| Realm::of(evidence.goos(), path) == Realm::Always);
        }
        paths.add_sockets(uses);
        for (text, call) in uses.calls(BUS_ADDRESS).texts {
            if let Some(path) = bus_path(text) {
                paths.dialed.texts.entry(path).or_insert(call);
            }
        }
        paths
    }

    /// Adds what functions are called with that take the path of one file.
    fn add_files(&mut self, evidence: &Evidence<'_>, uses: Uses<'a>) {
        let created = created(evidence);
        let start = start_of_paths(evidence);
        for (file, site) in uses.sites(FILES) {
            let mut found = Calls::default();
            file.follow(uses, site, start, &mut found);
            let folders = match file.handling {
                Handling::MakesFolder => Some(&mut self.folders.alone),
                Handling::MakesFolders => Some(&mut self.folders.with_parents),
                _ => None,
            };
            if let Some(folders) = folders {
                let of = uses.result_of(site, file.path, PARENT);
                let of = of.map(|file| folders_of(evidence, uses, file));
                uses.add(of.unwrap_or_else(|| found.clone()), folders);
            }
            let calls = match file.handling {
                Handling::Opens => &mut self.opened,
                Handling::Makes | Handling::MakesFolder => &mut self.made,
                Handling::MakesFolders => {
                    // Those that it lies in it makes, too.
                    found.below.clear();
                    &mut self.made
                }
                Handling::LooksFor => &mut self.looked_for,
                Handling::AsFlagsSay(word) => match uses.number(site, word) {
                    Some(flags) if flags & created == 0 => &mut self.opened,
                    Some(_) => &mut self.made,
                    None => &mut self.either,
                },
            };
            uses.add(found, calls);
        }
    }

    /// Adds the sockets that are files.
    fn add_sockets(&mut self, uses: Uses<'a>) {
        for address in addresses(uses).filter(Address::is_file) {
            let mut sockets = Calls::default();
            uses.follow(address.site, address.word, &mut sockets);
            // Those with this mark have no file.
            sockets.texts.retain(|path, _| !path.starts_with('@'));
            let calls = match address.purpose {
                Purpose::Reach => &mut self.dialed,
                Purpose::Listen => &mut self.made,
            };
            calls.unknown.extend(sockets.unknown);
            for (path, call) in sockets.texts {
                calls.texts.entry(path).or_insert(call);
            }
        }
    }

    /// The folders of files that the program opens, or may open, by names that aren't constant.
    pub(super) fn read_folders(&self) -> impl Iterator<Item = (&'a str, Call)> {
        let all = self.opened.below.iter().chain(&self.either.below);
        all.map(|(folder, call)| (*folder, *call))
    }

    /// The files that the program opens or makes, and the sockets that it connects to.
    pub(super) fn opened_or_made(&self) -> BTreeMap<&'a str, Call> {
        let mut all = self.either.texts.clone();
        let others = [&self.made, &self.opened, &self.dialed];
        for (path, call) in others.into_iter().flat_map(|calls| &calls.texts) {
            let first = all.entry(path).or_insert(*call);
            *first = (*call).min(*first);
        }
        all
    }
}

/// The folders of the files that a function is called with which tells them.
fn folders_of<'a>(evidence: &Evidence<'_>, uses: Uses<'a>, site: Site) -> Calls<'a> {
    let mut files = Calls::default();
    uses.follow(site, Word(0), &mut files);
    let texts = std::mem::take(&mut files.texts).into_iter();
    let folders = texts.filter_map(|(path, call)| Some((folder(evidence.goos(), path)?, call)));
    files.texts = folders.collect();
    files
}

/// What a function does with a file.
#[derive(Clone, Copy, Debug)]
enum Handling {
    Opens,
    Makes,
    MakesFolder,
    /// It makes a folder, and those that it lies in.
    MakesFolders,
    LooksFor,
    /// It opens the file or makes it, by the flags at a word.
    AsFlagsSay(Word),
}

/// Where a function takes the path of a file, and what it does with that.
#[derive(Clone, Copy, Debug)]
pub(super) struct File {
    handling: Handling,
    pub(super) path: Word,
    /// Where the folder stands that it starts at, where that isn't always the current one.
    folder: Option<Word>,
}

impl File {
    const fn new(handling: Handling, path: usize) -> Self {
        Self {
            handling,
            path: Word(path),
            folder: None,
        }
    }

    /// Of a function that takes a folder first, which the path starts at.
    const fn at(self, folder: usize) -> Self {
        Self {
            folder: Some(Word(folder)),
            ..self
        }
    }

    /// Adds the paths that are passed at a call; of those that start at another folder than the
    /// current one the whole isn't known.
    fn follow<'a>(self, uses: Uses<'a>, site: Site, start: i32, calls: &mut Calls<'a>) {
        let is_current = |folder: u64| folder.to_le_bytes().starts_with(&start.to_le_bytes());
        let folder = self.folder.map(|word| uses.number(site, word));
        if folder.is_none_or(|folder| folder.is_some_and(is_current)) {
            return uses.follow(site, self.path, calls);
        }
        let mut found = Calls::default();
        uses.follow(site, self.path, &mut found);
        let is_whole = |path: &&str| path.starts_with('/');
        found.below.retain(|folder, _| is_whole(folder));
        let relative = found.texts.extract_if(.., |path, _| !is_whole(path));
        found.unknown.extend(relative.map(|(_, call)| call));
        uses.add(found, calls);
    }

    /// Where the flags stand that say what is done with it.
    pub(super) fn flags(self) -> Option<Word> {
        match self.handling {
            Handling::AsFlagsSay(word) => Some(word),
            Handling::Opens
            | Handling::Makes
            | Handling::MakesFolder
            | Handling::MakesFolders
            | Handling::LooksFor => None,
        }
    }
}

const fn opens(path: usize) -> File {
    File::new(Handling::Opens, path)
}

const fn makes(path: usize) -> File {
    File::new(Handling::Makes, path)
}

const fn makes_folder(path: usize) -> File {
    File::new(Handling::MakesFolder, path)
}

const fn makes_folders(path: usize) -> File {
    File::new(Handling::MakesFolders, path)
}

const fn looks_for(path: usize) -> File {
    File::new(Handling::LooksFor, path)
}

/// Functions that take a path and flags.
const fn as_flags_say(path: usize, flags: usize) -> File {
    File::new(Handling::AsFlagsSay(Word(flags)), path)
}

/// All functions that take the path of a file as a text. Those that Go may inline come with what
/// is called in their place.
pub(super) const FILES: &[(&str, File)] = &[
    ("os.Open", opens(0)),
    ("os.OpenFile", as_flags_say(0, 2)),
    ("syscall.Open", as_flags_say(0, 2)),
    ("syscall.openat", as_flags_say(1, 3).at(0)),
    ("golang.org/x/sys/unix.Open", as_flags_say(0, 2)),
    ("golang.org/x/sys/unix.openat", as_flags_say(1, 3).at(0)),
    ("os.ReadFile", opens(0)),
    ("os.ReadDir", opens(0)),
    ("os.Readlink", opens(0)),
    ("os.readlink", opens(0)),
    ("os.Chdir", opens(0)),
    ("os.OpenRoot", opens(0)),
    ("os.OpenInRoot", opens(0)),
    // Methods of a folder, where Go sees whose they are.
    ("os.dirFS.Open", opens(0)),
    ("os.dirFS.ReadFile", opens(0)),
    ("os.dirFS.ReadDir", opens(0)),
    ("os.dirFS.Stat", opens(0)),
    ("net/http.Dir.Open", opens(0)),
    ("io/ioutil.ReadFile", opens(0)),
    ("io/ioutil.ReadDir", opens(0)),
    ("path/filepath.EvalSymlinks", opens(0)),
    ("path/filepath.Walk", opens(0)),
    ("path/filepath.WalkDir", opens(0)),
    ("html/template.ParseGlob", opens(0)),
    ("html/template.parseGlob", opens(1)),
    ("html/template.(*Template).ParseGlob", opens(1)),
    ("text/template.ParseGlob", opens(0)),
    ("text/template.parseGlob", opens(1)),
    ("text/template.(*Template).ParseGlob", opens(1)),
    ("crypto/tls.LoadX509KeyPair", opens(0)),
    ("crypto/tls.LoadX509KeyPair", opens(2)),
    ("net/http.ListenAndServeTLS", opens(2)),
    ("net/http.ListenAndServeTLS", opens(4)),
    ("net/http.(*Server).ListenAndServeTLS", opens(1)),
    ("net/http.(*Server).ListenAndServeTLS", opens(3)),
    // The listener comes first, and takes two words; so does the handler.
    ("net/http.ServeTLS", opens(4)),
    ("net/http.ServeTLS", opens(6)),
    ("net/http.(*Server).ServeTLS", opens(3)),
    ("net/http.(*Server).ServeTLS", opens(5)),
    // The writer comes first, and takes two words; then the request.
    ("net/http.ServeFile", opens(3)),
    ("os.Create", makes(0)),
    ("os.WriteFile", makes(0)),
    ("os.Mkdir", makes_folder(0)),
    ("syscall.Mkdir", makes_folder(0)),
    ("syscall.Mkdirat", makes_folder(1).at(0)),
    ("os.MkdirAll", makes_folders(0)),
    ("os.Rename", opens(0)),
    ("os.Rename", makes(2)),
    ("os.rename", opens(0)),
    ("os.rename", makes(2)),
    ("os.Link", opens(0)),
    ("os.Link", makes(2)),
    ("syscall.Link", opens(0)),
    ("syscall.Link", makes(2)),
    // Folders that paths start at come first.
    ("syscall.linkat", opens(1).at(0)),
    ("syscall.linkat", makes(4).at(3)),
    ("os.Symlink", makes(2)),
    ("syscall.Symlink", makes(2)),
    ("syscall.symlinkat", makes(3).at(2)),
    ("os.Remove", looks_for(0)),
    ("os.Truncate", opens(0)),
    ("os.Chown", opens(0)),
    ("os.Lchown", opens(0)),
    ("syscall.Truncate", opens(0)),
    ("os.Chmod", opens(0)),
    ("os.Chtimes", opens(0)),
    ("syscall.Chroot", opens(0)),
    ("syscall.Access", looks_for(0)),
    ("golang.org/x/sys/unix.Access", looks_for(0)),
    ("syscall.Faccessat", looks_for(1).at(0)),
    ("golang.org/x/sys/unix.Faccessat", looks_for(1).at(0)),
    ("syscall.Unlink", looks_for(0)),
    ("golang.org/x/sys/unix.Unlink", looks_for(0)),
    ("syscall.Rmdir", looks_for(0)),
    ("golang.org/x/sys/unix.Rmdir", looks_for(0)),
    ("syscall.unlinkat", looks_for(1).at(0)),
    ("golang.org/x/sys/unix.Unlinkat", looks_for(1).at(0)),
    ("syscall.Creat", makes(0)),
    ("golang.org/x/sys/unix.Creat", makes(0)),
    ("syscall.Rename", opens(0)),
    ("golang.org/x/sys/unix.Rename", opens(0)),
    ("syscall.Rename", makes(2)),
    ("golang.org/x/sys/unix.Rename", makes(2)),
    ("syscall.Renameat", opens(1).at(0)),
    ("golang.org/x/sys/unix.Renameat", opens(1).at(0)),
    ("syscall.Renameat", makes(4).at(3)),
    ("golang.org/x/sys/unix.Renameat", makes(4).at(3)),
    ("syscall.Readlink", opens(0)),
    ("golang.org/x/sys/unix.Readlink", opens(0)),
    ("syscall.readlinkat", opens(1).at(0)),
    ("golang.org/x/sys/unix.Readlinkat", opens(1).at(0)),
    ("syscall.Chdir", opens(0)),
    ("golang.org/x/sys/unix.Chdir", opens(0)),
    ("syscall.Chmod", opens(0)),
    ("golang.org/x/sys/unix.Chmod", opens(0)),
    ("syscall.Fchmodat", opens(1).at(0)),
    ("golang.org/x/sys/unix.Fchmodat", opens(1).at(0)),
    ("syscall.Chown", opens(0)),
    ("golang.org/x/sys/unix.Chown", opens(0)),
    ("syscall.Lchown", opens(0)),
    ("golang.org/x/sys/unix.Lchown", opens(0)),
    ("syscall.Fchownat", opens(1).at(0)),
    ("golang.org/x/sys/unix.Fchownat", opens(1).at(0)),
    ("syscall.Utime", opens(0)),
    ("golang.org/x/sys/unix.Utime", opens(0)),
    ("syscall.Utimes", opens(0)),
    ("golang.org/x/sys/unix.Utimes", opens(0)),
    ("syscall.UtimesNano", opens(0)),
    ("golang.org/x/sys/unix.UtimesNano", opens(0)),
    // What these are inlined to.
    ("syscall.utimes", opens(0)),
    ("syscall.utimensat", opens(1).at(0)),
    ("golang.org/x/sys/unix.UtimesNanoAt", opens(1).at(0)),
    ("syscall.Getxattr", opens(0)),
    ("golang.org/x/sys/unix.Getxattr", opens(0)),
    ("syscall.Listxattr", opens(0)),
    ("golang.org/x/sys/unix.Listxattr", opens(0)),
    ("syscall.Removexattr", opens(0)),
    ("golang.org/x/sys/unix.Removexattr", opens(0)),
    ("syscall.Setxattr", opens(0)),
    ("golang.org/x/sys/unix.Setxattr", opens(0)),
    ("syscall.Mount", opens(2)),
    ("golang.org/x/sys/unix.Mount", opens(2)),
    ("syscall.Unmount", opens(0)),
    ("golang.org/x/sys/unix.Unmount", opens(0)),
    ("golang.org/x/sys/unix.Stat", looks_for(0)),
    ("golang.org/x/sys/unix.Lstat", looks_for(0)),
    ("golang.org/x/sys/unix.Fstatat", looks_for(1).at(0)),
    ("golang.org/x/sys/unix.Statx", looks_for(1).at(0)),
    ("golang.org/x/sys/unix.Mkdir", makes_folder(0)),
    ("golang.org/x/sys/unix.Mkdirat", makes_folder(1).at(0)),
    ("golang.org/x/sys/unix.Openat", as_flags_say(1, 3).at(0)),
    ("golang.org/x/sys/unix.openat2", opens(1).at(0)),
    ("golang.org/x/sys/unix.Chroot", opens(0)),
    ("golang.org/x/sys/unix.Mkfifo", makes(0)),
    ("golang.org/x/sys/unix.Mknod", makes(0)),
    ("golang.org/x/sys/unix.Mknodat", makes(1).at(0)),
    ("golang.org/x/sys/unix.Symlink", makes(2)),
    ("golang.org/x/sys/unix.Symlinkat", makes(3).at(2)),
    ("golang.org/x/sys/unix.Link", opens(0)),
    ("golang.org/x/sys/unix.Link", makes(2)),
    ("golang.org/x/sys/unix.Linkat", opens(1).at(0)),
    ("golang.org/x/sys/unix.Linkat", makes(4).at(3)),
    ("golang.org/x/sys/unix.Truncate", opens(0)),
    ("syscall.Statfs", opens(0)),
    ("golang.org/x/sys/unix.Statfs", opens(0)),
    // The file of what is watched comes first.
    ("syscall.InotifyAddWatch", opens(1)),
    ("golang.org/x/sys/unix.InotifyAddWatch", opens(1)),
    ("syscall.Mkfifo", makes(0)),
    ("syscall.Mknod", makes(0)),
    ("syscall.Mknodat", makes(1).at(0)),
    ("archive/zip.OpenReader", opens(0)),
    ("debug/buildinfo.ReadFile", opens(0)),
    ("debug/elf.Open", opens(0)),
    ("debug/macho.Open", opens(0)),
    ("debug/pe.Open", opens(0)),
    ("go/parser.ParseDir", opens(1)),
    ("io/ioutil.WriteFile", makes(0)),
    ("os.Stat", looks_for(0)),
    ("os.Lstat", looks_for(0)),
    ("syscall.Stat", looks_for(0)),
    ("syscall.Lstat", looks_for(0)),
    ("syscall.fstatat", looks_for(1).at(0)),
    ("path/filepath.Glob", looks_for(0)),
    ("path/filepath.globWithLimit", looks_for(0)),
];

/// Functions that take the paths of files in a slice.
pub(super) const LISTS: &[(&str, Word)] = &[
    ("html/template.ParseFiles", Word(0)),
    // A template and a function that reads come first.
    ("html/template.parseFiles", Word(2)),
    ("html/template.(*Template).ParseFiles", Word(1)),
    ("text/template.ParseFiles", Word(0)),
    ("text/template.parseFiles", Word(2)),
    ("text/template.(*Template).ParseFiles", Word(1)),
];

/// The method of a folder that is served over HTTP.
pub(super) const SERVED: &str = "net/http.(*Dir).Open";
/// The method of a folder that `os.DirFS` makes.
pub(super) const FOLDER: &str = "os.(*dirFS).Open";
/// How its methods start, where Go sees whose they are.
pub(super) const OF_FOLDER: &str = "os.dirFS.";

/// Functions that tell the folder that a file lies in.
const PARENT: &[&str] = &[
    "path/filepath.Dir",
    // What it is inlined to.
    "internal/filepathlite.Dir",
    "path.Dir",
];

/// Functions that take the address of a D-Bus server, of the package that Go programs use.
pub(super) const BUS_ADDRESS: &[(&str, Word)] = &[
    ("github.com/godbus/dbus/v5.getTransport", Word(0)),
    ("github.com/godbus/dbus.getTransport", Word(0)),
];

/// Functions that ask `DBUS_SYSTEM_BUS_ADDRESS` for the address of the system's bus, and else take
/// the usual one.
pub(super) const BUS: &[&str] = &[
    "github.com/godbus/dbus/v5.getSystemBusPlatformAddress",
    "github.com/godbus/dbus.getSystemBusPlatformAddress",
];

/// The path in a D-Bus address, if it is that of a socket.
///
/// Source: the D-Bus specification, "Server Addresses".
fn bus_path(address: &str) -> Option<&str> {
    let path = address.strip_prefix("unix:path=")?;
    Some(path.split_once([',', ';']).map_or(path, |(path, _)| path))
}

/// The usual path of the system's bus, where the program has it.
pub(super) fn bus(uses: Uses<'_>) -> Option<&'static str> {
    const USUAL: &[&str] = &[
        "unix:path=/var/run/dbus/system_bus_socket",
        "unix:path=/opt/local/var/run/dbus/system_bus_socket",
    ];
    let held = USUAL.iter().find(|address| uses.holds(address))?;
    bus_path(held)
}

/// The bit of `O_CREATE`, from `zerrors_*.go` and `types_windows.go` of Go's package syscall, for
/// the architectures whose arguments are read.
fn created(evidence: &Evidence<'_>) -> u64 {
    match evidence.goos() {
        Some(Goos::Linux | Goos::Android | Goos::Windows) => 0x40,
        Some(Goos::Solaris | Goos::Illumos | Goos::Aix) => 0x100,
        None if evidence.facts.format != Format::Macho => 0x40,
        Some(_) | None => 0x200,
    }
}

/// What stands for the current folder where functions take one: `AT_FDCWD`, from `types_*.go` and
/// `zerrors_*.go` of Go's packages syscall and golang.org/x/sys/unix.
fn start_of_paths(evidence: &Evidence<'_>) -> i32 {
    match evidence.goos() {
        Some(Goos::Darwin | Goos::Ios | Goos::Aix) => -2,
        Some(Goos::Dragonfly) => 0xfffa_fdcd_u32.cast_signed(),
        Some(Goos::Solaris | Goos::Illumos) => 0xffd1_9553_u32.cast_signed(),
        None if evidence.facts.format == Format::Macho => -2,
        Some(_) | None => -100,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_of_a_bus_has_a_path_where_it_is_a_socket() {
        let private = "unix:path=/run/systemd/private,guid=1";
        assert_eq!(bus_path(private), Some("/run/systemd/private"));
        assert_eq!(bus_path("unix:abstract=/tmp/dbus"), None);
        assert_eq!(bus_path("tcp:host=localhost"), None);
    }

    #[test]
    fn a_path_tells_whose_matter_it_is() {
        for (path, realm) in [
            ("config/app.yaml", Realm::Relative),
            ("./app.yaml", Realm::Relative),
            ("/var/run/docker.sock", Realm::Absolute),
            ("C:\\ProgramData\\app", Realm::Absolute),
            ("@templates/a", Realm::Relative),
            ("/dev/kvm", Realm::Absolute),
            ("/dev/../etc/app", Realm::Absolute),
            ("/tmp/app.sock", Realm::Shared),
            ("/tmpfiles/a", Realm::Absolute),
            ("/tmp/", Realm::Always),
            ("/proc/self/maps", Realm::Kernel),
            ("/sys/class/net", Realm::Kernel),
            ("/system/a", Realm::Absolute),
            ("/dev/null", Realm::Always),
            ("/dev/shm/lock", Realm::Shared),
            ("-", Realm::Always),
            (".", Realm::Always),
        ] {
            assert_eq!(Realm::of(Some(Goos::Linux), path), realm, "{path}");
        }
    }

    #[test]
    fn windows_has_no_folders_of_unix() {
        let of = |path| Realm::of(Some(Goos::Windows), path);
        for path in ["/tmp/app.sock", "/dev/null", "/proc/self/maps", "/tmp"] {
            assert_eq!(of(path), Realm::Absolute, "{path}");
        }
        for path in [r"\data\a", r"\server\share\a", r"\.\PIPE\docker", r"C:\a"] {
            assert_eq!(of(path), Realm::Absolute, "{path}");
        }
        for path in ["./", r".\", "/", r"\", r"C:\", "D:", ".."] {
            assert_eq!(of(path), Realm::Always, "{path}");
        }
    }

    #[test]
    fn devices_of_windows_are_no_files_there() {
        for path in ["\\\\.\\COM1", "CONOUT$", "nul"] {
            assert_eq!(
                Realm::of(Some(Goos::Windows), path),
                Realm::Always,
                "{path}"
            );
            assert_eq!(
                Realm::of(Some(Goos::Linux), path),
                Realm::Relative,
                "{path}"
            );
        }
    }
}
