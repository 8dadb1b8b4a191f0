//! The lines of a Dockerfile that give a program what it needs and can't have inside.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Component, Path};

use super::dockerfile::{
    STAGE, can_be_copied, copy_files_from_stage, copy_from_context, copy_from_stage, entrypoint,
    env,
};
use super::libraries::Libraries;
use super::manifest::{is_left_out, line_of};
use super::sysroot::{Lying, Sysroot};
use crate::printable::printable;
use crate::verify::{AsksForNames, Finding, Need, RuleId};

/// What an image is made of.
#[derive(Clone, Copy, Debug)]
pub struct Image<'a> {
    /// The path of the program, as the build context has it.
    pub program: &'a Path,
    /// What was found in it.
    pub findings: &'a [Finding],
    /// Its loader and libraries, if it has any.
    pub libraries: &'a Libraries,
    /// The system that files are copied from.
    pub system: &'a Sysroot,
}

/// One line of the image.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Line {
    /// A file or folder, at the same path in both stages.
    Copy(String),
    /// A file that may be copied together with others of its folder.
    File(String),
    /// What is made for the image, at this path: that of the build is another matter.
    Made(&'static Made),
    /// A variable.
    Env(&'static str, String),
    /// What the lines can't do.
    Note(Note),
}

impl Line {
    /// The folder that it copies, with all that lies in it, or may.
    fn folder(&self) -> Option<&str> {
        match self {
            Self::Copy(path) => Some(path.trim_end_matches('/')),
            Self::File(_) | Self::Made(_) | Self::Env(..) | Self::Note(_) => None,
        }
    }

    /// Whether it copies what comes with one of these folders.
    fn is_below(&self, folders: &BTreeSet<&str>) -> bool {
        let (Self::Copy(path) | Self::File(path)) = self else {
            return false;
        };
        let above = Path::new(path).ancestors().skip(1);
        let mut above = above.filter_map(Path::to_str);
        above.any(|folder| folders.contains(folder))
    }
}

/// A remark: these words, with a name between them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Note {
    before: &'static str,
    name: String,
    after: &'static str,
}

impl Note {
    const fn of(words: &'static str) -> Self {
        Self {
            before: words,
            name: String::new(),
            after: "",
        }
    }

    fn naming(before: &'static str, name: &str, after: &'static str) -> Self {
        Self {
            before,
            name: name.to_owned(),
            after,
        }
    }

    /// Whether both say the same of different things.
    fn is_like(&self, other: &Self) -> bool {
        (self.before, self.after) == (other.before, other.after)
    }
}

/// So many remarks of one kind, or files of one folder, have lines of their own.
const MANY: usize = 10;
/// So many lines copy files and folders. Each makes a layer, of which Docker stacks 125, and some are left for
/// what is made for the image, the loader, libraries and the program.
const MOST_COPIES: usize = 90;

/// What the other stage makes for the image alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Made {
    /// The instruction of that stage.
    run: &'static str,
    /// Flags of the copy.
    flags: &'static str,
    from: &'static str,
    to: &'static str,
}

/// An empty folder: in that of the build lies what the build left there.
const TMP: &Made = &Made {
    run: "RUN mkdir -p /image/tmp",
    flags: "--chmod=1777 ",
    from: "/image/tmp",
    to: "/tmp",
};
/// One user: those of the build are none of the image's.
const PASSWD: &Made = &Made {
    run: "RUN mkdir -p /image/etc && echo 'app:x:65532:65532:app:/:/sbin/nologin' > /image/etc/passwd",
    flags: "",
    from: "/image/etc/passwd",
    to: "/etc/passwd",
};
const GROUP: &Made = &Made {
    run: "RUN mkdir -p /image/etc && echo 'app:x:65532:' > /image/etc/group",
    flags: "",
    from: "/image/etc/group",
    to: "/etc/group",
};

/// A Dockerfile's last stage, from scratch: what the findings want of the system, the loader and
/// the libraries, and the program.
#[must_use]
pub fn image_lines(image: &Image<'_>) -> String {
    let mut seen = BTreeSet::new();
    let mut copies_left = MOST_COPIES;
    let mut text = format!(
        "# The files come from a stage named `{STAGE}`: the system that the program was built on.\nFROM scratch\n"
    );
    let conditions: Vec<&Finding> = image
        .findings
        .iter()
        .filter(|one| one.is_condition())
        .collect();
    let wanted = conditions
        .into_iter()
        .map(|finding| (finding, of(finding, image.system)));
    let wanted: Vec<_> = wanted.collect();
    let folders = wanted.iter().flat_map(|(_, lines)| lines);
    let folders: BTreeSet<&str> = folders.filter_map(Line::folder).collect();
    for of_a_rule in wanted.chunk_by(|(one, _), (next, _)| one.rule == next.rule) {
        let mut titled = None;
        let mut lines = Vec::new();
        for (finding, of_it) in of_a_rule {
            for line in of_it.iter().filter(|line| !line.is_below(&folders)) {
                if seen.insert(line) {
                    titled.get_or_insert(*finding);
                    lines.push(line);
                }
            }
        }
        if let Some(finding) = titled {
            write_title(&mut text, finding);
        }
        write_lines(&mut text, &lines, &mut copies_left);
    }
    write_libraries(&mut text, image.libraries);
    write_program(&mut text, image.program);
    text
}

/// The rule, and what makes its lines needless.
fn write_title(text: &mut String, finding: &Finding) {
    // Writing to a String can't fail.
    let _ = writeln!(text, "# {}", finding.rule);
    if let Some((section, line)) = line_of(finding) {
        let _ = writeln!(
            text,
            "# better inside the program, with `{line}` below {section} in the manifest; else:"
        );
    }
}

fn write_program(text: &mut String, program: &Path) {
    let name = program.file_name().unwrap_or_default().to_string_lossy();
    let to = format!("/{name}");
    let inside = program
        .components()
        .all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
    let from = if inside {
        program.to_string_lossy()
    } else {
        let _ = writeln!(
            text,
            "# put {} into the build context",
            printable(&program.to_string_lossy())
        );
        name
    };
    let _ = writeln!(text, "{}", copy_from_context(&from, &to));
    let _ = writeln!(text, "{}", entrypoint(&to));
}

/// What an image has to hold for a finding.
fn of(finding: &Finding, system: &Sysroot) -> Vec<Line> {
    let by_need = finding.need.iter().flat_map(wanted);
    let lines = by_need.chain(noted(finding).map(|note| Line::Note(Note::of(note))));
    let checked = lines.map(|line| match line {
        Line::Copy(path) => fetched(path, system),
        line => line,
    });
    checked.collect()
}

/// What is to be said of a finding besides what it needs.
fn noted(finding: &Finding) -> Option<&'static str> {
    if is_left_out(finding) {
        return Some(
            "no image makes up for it: this was left out of the program, which was built without C",
        );
    }
    (finding.rule == RuleId::PLUGIN).then_some("it loads plugins: copy their files, too")
}

/// How a path gets into the image, if it can.
fn fetched(path: String, system: &Sysroot) -> Line {
    match system.lying(Path::new(&path)) {
        Lying::File => Line::File(path),
        Lying::Copyable => Line::Copy(path),
        Lying::Special => Line::Note(Note::naming("", &path, " is no file: mount it")),
        Lying::Nothing => Line::Note(Note::naming(
            "not found in the system, so copy it from elsewhere, or mount it: ",
            &path,
            "",
        )),
    }
}

/// Files that tell of one machine, or are its secrets: those of the build are no matter of an image.
const OF_ONE_MACHINE: &[&str] = &[
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
fn at(path: &str) -> Line {
    let is_below = |folder: &&str| path.starts_with(folder);
    match path {
        "/etc/passwd" => Line::Made(PASSWD),
        "/etc/group" => Line::Made(GROUP),
        "/tmp" | "/tmp/" => Line::Made(TMP),
        _ if OF_ONE_MACHINE.contains(&path) || OF_ITS_USERS.iter().any(is_below) => {
            Line::Note(Note::naming("", path, " is of one machine: mount it"))
        }
        _ => Line::Copy(path.to_owned()),
    }
}

/// What an image has to hold for a need.
fn wanted(need: &Need) -> Vec<Line> {
    let same = |path: &str| Line::Copy(path.to_owned());
    let note = |words| vec![Line::Note(Note::of(words))];
    let naming = |before, name: &String, after| vec![Line::Note(Note::naming(before, name, after))];
    match need {
        Need::CaRoots => vec![same("/etc/ssl/certs/ca-certificates.crt")],
        Need::ZoneInfo => vec![same("/usr/share/zoneinfo")],
        Need::LocalTime => vec![same("/etc/localtime")],
        Need::Users => vec![Line::Made(PASSWD), Line::Made(GROUP)],
        Need::Home => vec![Line::Env("HOME", "/".to_owned())],
        Need::Tmp | Need::TmpFile(_) => vec![Line::Made(TMP)],
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
        Need::ResolverFiles | Need::Proc => {
            note("container runtimes bring /etc/resolv.conf, /etc/hosts and /proc")
        }
        Need::Syslog => {
            note("it writes to a system log, which no container has: let it write to stderr")
        }
        Need::NameServiceModules(who) => note(without_modules(*who)),
        Need::Goroot => note("it needs Go's own sources and tools: take an image with Go"),
        Need::Sight => note("not all that the program wants can be seen: try the image"),
        Need::All(needs) => needs.iter().flat_map(wanted).collect(),
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

/// What one rule wants: many files of a folder together, and of many remarks of a kind the first.
fn write_lines(text: &mut String, lines: &[&Line], copies_left: &mut usize) {
    let mut copies = Vec::new();
    let mut folders: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut kinds: Vec<(&Note, usize)> = Vec::new();
    for line in lines {
        match line {
            Line::File(path) if can_be_copied(path) => {
                let end = path.rfind('/').map_or(0, |slash| slash + 1);
                let folder = path.get(..end).unwrap_or_default();
                folders.entry(folder).or_default().push(path);
            }
            Line::Copy(path) if can_be_copied(path) => copies.push(copy_from_stage("", path, path)),
            Line::Note(note) => {
                let mut counted = kinds.iter_mut();
                let count = if let Some((_, count)) = counted.find(|(kind, _)| kind.is_like(note)) {
                    *count += 1;
                    *count
                } else {
                    kinds.push((note, 1));
                    1
                };
                if count <= MANY {
                    write_line(text, line);
                }
            }
            _ => write_line(text, line),
        }
    }
    for (folder, files) in &folders {
        if files.len() > MANY {
            copies.extend(copy_files_from_stage(folder, files));
        } else {
            copies.extend(files.iter().map(|file| copy_from_stage("", file, file)));
        }
    }
    for line in copies.iter().take(*copies_left) {
        let _ = writeln!(text, "{line}");
    }
    let left_out = copies.len().saturating_sub(*copies_left);
    *copies_left = copies_left.saturating_sub(copies.len());
    if left_out > 0 {
        let _ = writeln!(
            text,
            "# left out: {left_out} more lines like these, each a layer; copy the folders that these files lie in"
        );
    }
    for (kind, count) in kinds {
        let left_out = count.saturating_sub(MANY);
        if left_out > 0 {
            let Note { before, after, .. } = kind;
            let _ = writeln!(text, "# {before}{left_out} more{after}");
        }
    }
}

fn write_line(text: &mut String, line: &Line) {
    let line = match line {
        Line::Copy(path) | Line::File(path) => copy_from_stage("", path, path),
        Line::Made(made) => format!(
            "# first, in the stage `{STAGE}`: {}\n{}",
            made.run,
            copy_from_stage(made.flags, made.from, made.to)
        ),
        Line::Env(name, value) => env(name, value),
        Line::Note(Note {
            before,
            name,
            after,
        }) => format!("# {before}{}{after}", printable(name)),
    };
    let _ = writeln!(text, "{line}");
}

fn write_libraries(text: &mut String, libraries: &Libraries) {
    if !libraries.files.is_empty() {
        text.push_str("# the loader and the libraries\n");
    }
    for (path, real) in &libraries.files {
        let (from, to) = (real.to_string_lossy(), path.to_string_lossy());
        let _ = writeln!(text, "{}", copy_from_stage("", &from, &to));
    }
    let folders: Vec<_> = libraries
        .extra_folders
        .iter()
        .map(|folder| folder.to_string_lossy())
        .collect();
    if !folders.is_empty() {
        let _ = writeln!(text, "{}", env("LD_LIBRARY_PATH", &folders.join(":")));
    }
    for name in &libraries.missing {
        let _ = writeln!(text, "# not found in the system: {}", printable(name));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(need: &Need) -> String {
        let mut text = String::new();
        for line in wanted(need) {
            write_line(&mut text, &line);
        }
        text
    }

    #[test]
    fn what_is_of_one_machine_is_mounted_and_not_copied() {
        for path in OF_ONE_MACHINE {
            let lines = written(&Need::File((*path).to_owned()));
            assert_eq!(lines, format!("# {path} is of one machine: mount it\n"));
        }
        let key = written(&Need::File("/root/.ssh/id_ed25519".to_owned()));
        assert!(!key.contains("COPY"), "{key}");
        let other = written(&Need::File("/etc/app.yaml".to_owned()));
        assert!(other.starts_with("COPY "), "{other}");
    }

    fn lines_of(lines: &[Line]) -> String {
        let mut text = String::new();
        write_lines(&mut text, &lines.iter().collect::<Vec<_>>(), &mut {
            MOST_COPIES
        });
        text
    }

    #[test]
    fn thousands_of_files_of_a_folder_are_few_lines_and_all_are_there() {
        let names: Vec<String> = (0..10_000).map(|n| format!("/data/{n}")).collect();
        let mut lines: Vec<Line> = names.iter().cloned().map(Line::File).collect();
        // A folder's content would be copied with files, and the folder not.
        lines.push(Line::Copy("/data/folder".to_owned()));
        let text = lines_of(&lines);
        assert!(text.lines().count() < 60, "{}", text.lines().count());
        assert!(text.contains("COPY --from=build [\"/data/folder\",\"/data/folder\"]\n"));
        let copied: BTreeSet<&str> = text.split('"').collect();
        assert!(names.iter().all(|name| copied.contains(name.as_str())));
    }

    #[test]
    fn thousands_of_folders_are_no_more_layers_than_an_image_has() {
        let lines: Vec<Line> = (0..10_000).map(|n| Line::Copy(format!("/{n}"))).collect();
        assert_eq!(lines_of(&lines).matches("COPY").count(), MOST_COPIES);
    }

    #[test]
    fn what_lies_in_a_folder_comes_with_it() {
        let folder = Line::Copy("/usr/share/".to_owned());
        let folders = BTreeSet::from_iter(folder.folder());
        assert!(Line::Copy("/usr/share/zoneinfo".to_owned()).is_below(&folders));
        assert!(Line::File("/usr/share/app/words".to_owned()).is_below(&folders));
        for beside in ["/usr/share", "/usr/shared/a", "/usr"] {
            assert!(
                !Line::File(beside.to_owned()).is_below(&folders),
                "{beside}"
            );
        }
    }

    #[test]
    fn files_of_thousands_of_folders_and_remarks_without_end_are_counted() {
        let files = (0..10_000).map(|n| Line::File(format!("/{n}/file")));
        let copies = lines_of(&files.collect::<Vec<_>>());
        assert_eq!(copies.matches("COPY").count(), MOST_COPIES);
        assert!(copies.ends_with(
            "# left out: 9910 more lines like these, each a layer; copy the folders that these files lie in\n"
        ));

        let names = (0..10_000).map(|n| Need::File(format!("data/{n}")));
        let remarks = lines_of(&names.flat_map(|need| wanted(&need)).collect::<Vec<_>>());
        assert_eq!(remarks.lines().count(), MANY + 1);
        let last = "# it reads 9990 more: set WORKDIR, and copy that file below it\n";
        assert!(remarks.ends_with(last), "{remarks}");
        assert!(remarks.starts_with("# it reads data/0: set WORKDIR"));
    }

    #[test]
    fn temporary_files_and_users_of_the_build_stay_there() {
        let tmp = "# first, in the stage `build`: RUN mkdir -p /image/tmp\n\
                   COPY --from=build --chmod=1777 [\"/image/tmp\",\"/tmp\"]\n";
        assert_eq!(written(&Need::Tmp), tmp);
        let users = written(&Need::Users);
        for line in [
            "> /image/etc/passwd\n",
            "> /image/etc/group\n",
            "COPY --from=build [\"/image/etc/passwd\",\"/etc/passwd\"]\n",
            "COPY --from=build [\"/image/etc/group\",\"/etc/group\"]\n",
        ] {
            assert!(users.contains(line), "{line}: {users}");
        }
        assert_eq!(
            written(&Need::File("/etc/group".to_owned())),
            written(&Need::Users)
                .split_inclusive('\n')
                .skip(2)
                .collect::<String>()
        );
    }
}
