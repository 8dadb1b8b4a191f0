//! Texts of Windows: pointers to UTF-16, which programs make of texts before they call the system.
//!
//! Source: `syscall_windows.go` and `zsyscall_windows.go` of Go's package syscall and of
//! golang.org/x/sys/windows, against which a test holds the tables; Microsoft's documentation of
//! `CreateFileW`, `CreateProcessW` and `ShellExecuteW`.

use crate::inspect::Word;
use crate::verify::uses::{Calls, Site, Uses};

/// A table of functions that both packages have.
macro_rules! of_both {
    ($($name:literal => $what:expr,)*) => {
        &[$(
            (concat!("syscall.", $name), $what),
            (concat!("golang.org/x/sys/windows.", $name), $what),
        )*]
    };
}

/// What makes such a pointer of a text, with what that is inlined to. The text comes first in all of them.
const CONVERSIONS: &[(&str, ())] = of_both![
    "UTF16PtrFromString" => (),
    "UTF16FromString" => (),
    "StringToUTF16Ptr" => (),
    "StringToUTF16" => (),
];
const TEXT: Word = Word(0);

/// What is done with a file.
#[derive(Clone, Copy, Debug)]
pub(super) enum WideHandling {
    Opens,
    Makes,
    MakesFolder,
    LooksFor,
    /// It opens the file or makes it, by the number at this word.
    AsSays(Word),
    /// It opens what is a file where the number at this word says so.
    OpensIfFile(Word),
}

/// What `CreateFile` does with a file by the number that says so: `OPEN_EXISTING` and
/// `TRUNCATE_EXISTING` make none.
pub(super) const OPENING: [u64; 2] = [3, 5];
/// What says that an object with a name is a file: `SE_FILE_OBJECT`.
pub(super) const FILE_OBJECT: u64 = 1;

/// Functions that take the path of a file so, and where. Of two paths each has an entry.
const FILES: &[(&str, (Word, WideHandling))] = of_both![
    "CreateFile" => (Word(0), WideHandling::AsSays(Word(4))),
    "createFile" => (Word(0), WideHandling::AsSays(Word(4))),
    "CreateDirectory" => (Word(0), WideHandling::MakesFolder),
    "SetCurrentDirectory" => (Word(0), WideHandling::Opens),
    "GetFileAttributes" => (Word(0), WideHandling::LooksFor),
    "GetFileAttributesEx" => (Word(0), WideHandling::LooksFor),
    "SetFileAttributes" => (Word(0), WideHandling::Opens),
    "FindFirstFile" => (Word(0), WideHandling::LooksFor),
    "findFirstFile1" => (Word(0), WideHandling::LooksFor),
    "DeleteFile" => (Word(0), WideHandling::LooksFor),
    "RemoveDirectory" => (Word(0), WideHandling::LooksFor),
    "MoveFile" => (Word(0), WideHandling::Opens),
    "MoveFile" => (Word(1), WideHandling::Makes),
    "MoveFileEx" => (Word(0), WideHandling::Opens),
    "MoveFileEx" => (Word(1), WideHandling::Makes),
    "CreateHardLink" => (Word(0), WideHandling::Makes),
    "CreateHardLink" => (Word(1), WideHandling::Opens),
    // What a link says comes second, and is asked for only when it is followed.
    "CreateSymbolicLink" => (Word(0), WideHandling::Makes),
    "GetShortPathName" => (Word(0), WideHandling::LooksFor),
    "GetLongPathName" => (Word(0), WideHandling::LooksFor),
    "GetDiskFreeSpaceEx" => (Word(0), WideHandling::Opens),
    "GetDriveType" => (Word(0), WideHandling::LooksFor),
    "GetVolumeInformation" => (Word(0), WideHandling::Opens),
    "GetVolumePathName" => (Word(0), WideHandling::LooksFor),
    "GetVolumeNameForVolumeMountPoint" => (Word(0), WideHandling::Opens),
    "FindFirstVolumeMountPoint" => (Word(0), WideHandling::Opens),
    "SetVolumeMountPoint" => (Word(0), WideHandling::Opens),
    "DeleteVolumeMountPoint" => (Word(0), WideHandling::Opens),
    "SetVolumeLabel" => (Word(0), WideHandling::Opens),
    "AddDllDirectory" => (Word(0), WideHandling::Opens),
    "_SetDllDirectory" => (Word(0), WideHandling::Opens),
    "_FindFirstChangeNotification" => (Word(0), WideHandling::Opens),
    "_GetFileVersionInfoSize" => (Word(0), WideHandling::Opens),
    "_GetFileVersionInfo" => (Word(0), WideHandling::Opens),
    "_getNamedSecurityInfo" => (Word(0), WideHandling::OpensIfFile(Word(1))),
    "_SetNamedSecurityInfo" => (Word(0), WideHandling::OpensIfFile(Word(1))),
    // The folder that a program starts in.
    "CreateProcess" => (Word(7), WideHandling::Opens),
    "CreateProcessAsUser" => (Word(8), WideHandling::Opens),
    "ShellExecute" => (Word(4), WideHandling::Opens),
];

/// Where a function takes a program.
#[derive(Clone, Copy, Debug)]
enum Starts {
    /// At the first word, or where that is nothing, as the start of the line at the second.
    NameOrLine(Word, Word),
    /// Whatever opens the file at this word: a program, or one that Windows chooses.
    File(Word),
}

/// Functions that start a program.
const PROGRAMS: &[(&str, Starts)] = of_both![
    "CreateProcess" => Starts::NameOrLine(Word(0), Word(1)),
    // The rights of a user come first.
    "CreateProcessAsUser" => Starts::NameOrLine(Word(1), Word(2)),
    // The window comes first, then what is to be done.
    "ShellExecute" => Starts::File(Word(2)),
];

/// The functions that take the path of a file or of a program so, each with where.
pub(super) fn takers() -> impl Iterator<Item = (&'static str, Word)> {
    let files = FILES.iter().map(|(name, (word, _))| (*name, *word));
    let programs = PROGRAMS.iter().flat_map(|(name, starts)| {
        let words = match *starts {
            Starts::NameOrLine(program, line) => vec![program, line],
            Starts::File(file) => vec![file],
        };
        words.into_iter().map(|word| (*name, word))
    });
    files.chain(programs)
}

/// The files that code which isn't Go's own names so, by what is done with them.
pub(super) fn files(uses: Uses<'_>) -> Vec<(Site, WideHandling, Calls<'_>)> {
    let sites = uses.sites(FILES).into_iter();
    let named = sites.map(|((word, handling), site)| {
        let mut calls = Calls::default();
        follow(uses, site, word, &mut calls);
        (site, handling, calls)
    });
    named.collect()
}

/// The programs that code which isn't Go's own starts so.
pub(super) fn programs(uses: Uses<'_>) -> Calls<'_> {
    let mut calls = Calls::default();
    for (starts, site) in uses.sites(PROGRAMS) {
        let mut found = Calls::default();
        match starts {
            Starts::NameOrLine(name, line) if uses.number(site, name) == Some(0) => {
                follow(uses, site, line, &mut found);
                found.replace(first_of_line);
            }
            Starts::NameOrLine(name, _) => follow(uses, site, name, &mut found),
            Starts::File(file) => {
                follow(uses, site, file, &mut found);
                found.replace(program);
            }
        }
        uses.add(found, &mut calls);
    }
    calls
}

/// Whether a function takes its texts so. Such return the bare error of the system.
pub(super) fn is_wide(function: &str) -> bool {
    let files = FILES.iter().map(|(name, _)| *name);
    let mut all = files.chain(PROGRAMS.iter().map(|(name, _)| *name));
    all.any(|name| name == function)
}

/// Adds the text of which a pointer was made that is passed at a call. Where it doesn't show which was,
/// the only one that the caller makes may be it, and something else, too.
fn follow<'a>(uses: Uses<'a>, site: Site, word: Word, calls: &mut Calls<'a>) {
    if uses.number(site, word) == Some(0) {
        return;
    }
    let all = uses.sites(CONVERSIONS).into_iter().map(|((), site)| site);
    let its: Vec<_> = all
        .filter(|conversion| conversion.call.caller() == site.call.caller())
        .collect();
    let returned = uses.returned(site, word);
    let shown = returned.and_then(|at| its.iter().find(|conversion| conversion.at == at));
    if shown.is_none() {
        calls.unknown.insert(site.call);
    }
    let conversion = match (shown, its.as_slice()) {
        (Some(one), _) => *one,
        (None, [one]) if returned.is_none() && !uses.is_from_elsewhere(site, word) => *one,
        _ => return,
    };
    // The call that is told is that of who wants the text.
    uses.follow(conversion.of(site.call), TEXT, calls);
}

/// The program that a line starts with: in quotes, or up to a blank.
fn first_of_line(line: &str) -> Option<&str> {
    let line = line.trim_start();
    let first = match line.strip_prefix('"') {
        Some(rest) => rest.split('"').next(),
        None => line.split([' ', '\t']).next(),
    };
    first.filter(|first| !first.is_empty())
}

/// The program that a file is; none for documents and addresses, which Windows opens with another.
fn program(file: &str) -> Option<&str> {
    const PROGRAMS: [&str; 4] = ["exe", "com", "bat", "cmd"];
    let name = file.rsplit(['/', '\\']).next().unwrap_or(file);
    let is_program = match name.rsplit_once('.') {
        Some((_, ending)) => PROGRAMS.iter().any(|one| ending.eq_ignore_ascii_case(one)),
        None => !name.is_empty(),
    };
    (is_program && !file.contains("://")).then_some(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_starts_with_a_program() {
        for (line, first) in [
            ("notepad.exe a.txt", Some("notepad.exe")),
            (
                r#""C:\Program Files\App\app.exe" -a"#,
                Some(r"C:\Program Files\App\app.exe"),
            ),
            ("cmd", Some("cmd")),
            ("  ", None),
            ("", None),
        ] {
            assert_eq!(first_of_line(line), first, "{line}");
        }
    }

    #[test]
    fn windows_opens_documents_with_a_program_of_its_choice() {
        for file in ["notepad++.exe", r"C:\App\RUN.CMD", "notepad"] {
            assert_eq!(program(file), Some(file));
        }
        for file in ["https://example.com/", "manual.pdf", r"C:\App\"] {
            assert_eq!(program(file), None, "{file}");
        }
    }
}
