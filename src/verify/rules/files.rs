//! The functions that take paths of files, and what each does with them.

use super::system_calls;
use crate::inspect::Word;
use crate::verify::uses::{Calls, Site, Uses};

/// What a function does with a file.
#[derive(Clone, Copy, Debug)]
pub(super) enum Handling {
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
    pub(super) handling: Handling,
    pub(super) path: Word,
    /// Where the folder stands that it starts at, where that isn't always the current one.
    folder: Option<Word>,
    /// Where what is read in place of the file stands, where the function takes that too.
    instead: Option<Word>,
}

impl File {
    const fn new(handling: Handling, path: usize) -> Self {
        Self {
            handling,
            path: Word(path),
            folder: None,
            instead: None,
        }
    }

    /// Of a function that takes a folder first, which the path starts at.
    pub(super) const fn at(self, folder: usize) -> Self {
        Self {
            folder: Some(Word(folder)),
            ..self
        }
    }

    /// Of a function that opens no file where it gets an interface of what is in it.
    const fn unless(self, instead: usize) -> Self {
        Self {
            instead: Some(Word(instead)),
            ..self
        }
    }

    /// Adds the paths that are passed at a call; of those that start at another folder than the
    /// current one the whole isn't known.
    pub(super) fn follow<'a>(self, uses: Uses<'a>, site: Site, start: i32, calls: &mut Calls<'a>) {
        if let Some(instead) = self.instead {
            match uses.number(site, instead) {
                Some(0) => {}
                Some(_) => return,
                None => {
                    calls.unknown.insert(site.call);
                    return;
                }
            }
        }
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

pub(super) const fn opens(path: usize) -> File {
    File::new(Handling::Opens, path)
}

pub(super) const fn makes(path: usize) -> File {
    File::new(Handling::Makes, path)
}

pub(super) const fn makes_folder(path: usize) -> File {
    File::new(Handling::MakesFolder, path)
}

pub(super) const fn makes_folders(path: usize) -> File {
    File::new(Handling::MakesFolders, path)
}

pub(super) const fn looks_for(path: usize) -> File {
    File::new(Handling::LooksFor, path)
}

/// Functions that take a path and flags.
pub(super) const fn as_flags_say(path: usize, flags: usize) -> File {
    File::new(Handling::AsFlagsSay(Word(flags)), path)
}

/// All functions that take the path of a file as a text. Those that Go may inline come with what
/// is called in their place.
pub(super) fn files() -> impl Iterator<Item = &'static (&'static str, File)> {
    [FILES, system_calls::OF_BOTH, system_calls::OF_ONE]
        .into_iter()
        .flatten()
}

/// Those that are no system calls.
const FILES: &[(&str, File)] = &[
    ("os.Open", opens(0)),
    ("os.OpenFile", as_flags_say(0, 2)),
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
    ("os.MkdirAll", makes_folders(0)),
    ("os.Rename", opens(0)),
    ("os.Rename", makes(2)),
    ("os.rename", opens(0)),
    ("os.rename", makes(2)),
    ("os.Link", opens(0)),
    ("os.Link", makes(2)),
    ("os.Symlink", makes(2)),
    ("os.Remove", looks_for(0)),
    ("os.Truncate", opens(0)),
    ("os.Chown", opens(0)),
    ("os.Lchown", opens(0)),
    ("os.Chmod", opens(0)),
    ("os.Chtimes", opens(0)),
    ("archive/zip.OpenReader", opens(0)),
    ("debug/buildinfo.ReadFile", opens(0)),
    ("debug/elf.Open", opens(0)),
    ("debug/macho.Open", opens(0)),
    ("debug/macho.OpenFat", opens(0)),
    ("debug/pe.Open", opens(0)),
    ("debug/plan9obj.Open", opens(0)),
    ("go/parser.ParseDir", opens(1)),
    // The source comes behind the name.
    ("go/parser.ParseFile", opens(1).unless(3)),
    ("io/ioutil.WriteFile", makes(0)),
    ("os.Stat", looks_for(0)),
    ("os.Lstat", looks_for(0)),
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

/// Functions that make files of other names in a folder.
pub(super) const FILL: &[(&str, Word)] = &[
    ("runtime/coverage.WriteMetaDir", Word(0)),
    ("runtime/coverage.WriteCountersDir", Word(0)),
    // What they are inlined to.
    ("internal/coverage/cfile.WriteMetaDir", Word(0)),
    ("internal/coverage/cfile.WriteCountersDir", Word(0)),
];

/// The method of a folder that is served over HTTP.
pub(super) const SERVED: &str = "net/http.(*Dir).Open";
/// The method of a folder that `os.DirFS` makes.
pub(super) const FOLDER: &str = "os.(*dirFS).Open";
/// How its methods start, where Go sees whose they are.
pub(super) const OF_FOLDER: &str = "os.dirFS.";
