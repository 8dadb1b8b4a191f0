//! Paths of files that the program opens, makes or looks for.

use std::collections::{BTreeMap, BTreeSet};

use super::addresses::{Address, Purpose, addresses};
use super::files::{FILL, FOLDER, Handling, LISTS, SERVED, files};
use super::folders::folder;
use super::realm::Realm;
use super::wide::{self, WideHandling};
use super::{bus, tmp};
use crate::inspect::{Format, Word};
use crate::target::Goos;
use crate::verify::Evidence;
use crate::verify::uses::{Call, Calls, Site, Uses};

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
        paths.add_wide(uses);
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
        for (word, site) in uses.sites(tmp::MAKE.iter().chain(FILL)) {
            uses.follow(site, word, &mut paths.filled);
        }
        for (folder, call) in &paths.made.below {
            paths.filled.texts.entry(folder).or_insert(*call);
        }
        for calls in [&mut paths.opened, &mut paths.made, &mut paths.either] {
            calls.unsettle(|path| Realm::of(evidence.goos(), path) == Realm::Always);
        }
        paths.add_sockets(uses);
        for (text, call) in uses.calls(bus::TAKERS).texts {
            if let Some(path) = bus::path(text) {
                paths.dialed.texts.entry(path).or_insert(call);
            }
        }
        paths
    }

    /// Adds what functions are called with that take the path of one file.
    fn add_files(&mut self, evidence: &Evidence<'_>, uses: Uses<'a>) {
        let created = created(evidence);
        let start = start_of_paths(evidence);
        for (file, site) in uses.sites(files()) {
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

    /// Adds what functions of Windows are called with that take the path of one file.
    fn add_wide(&mut self, uses: Uses<'a>) {
        for (site, handling, found) in wide::files(uses) {
            let calls = match handling {
                WideHandling::Opens => &mut self.opened,
                WideHandling::Makes => &mut self.made,
                WideHandling::MakesFolder => {
                    uses.add(found.clone(), &mut self.folders.alone);
                    &mut self.made
                }
                WideHandling::LooksFor => &mut self.looked_for,
                WideHandling::AsSays(word) => match uses.number(site, word) {
                    Some(number) if wide::OPENING.contains(&number) => &mut self.opened,
                    Some(_) => &mut self.made,
                    None => &mut self.either,
                },
                WideHandling::OpensIfFile(word) => match uses.number(site, word) {
                    Some(wide::FILE_OBJECT) => &mut self.opened,
                    Some(_) => continue,
                    None => {
                        // It may be a service or a key as well.
                        self.opened.unknown.insert(site.call);
                        continue;
                    }
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

/// Functions that tell the folder that a file lies in.
const PARENT: &[&str] = &[
    "path/filepath.Dir",
    // What it is inlined to.
    "internal/filepathlite.Dir",
    "path.Dir",
];

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
