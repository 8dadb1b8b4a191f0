//! The lines of a Dockerfile that give a program what it needs and can't have inside.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Component, Path};

use super::dockerfile::{
    STAGE, can_be_copied, copy_files_from_stage, copy_from_context, copy_from_stage, entrypoint,
    env,
};
use super::libraries::Libraries;
use super::manifest::line_of;
use super::provision::{CA_ROOTS, Note, Provision, ZONE_INFO, provisions};
use super::sysroot::{Lying, Sysroot};
use crate::printable::printable;
use crate::verify::Finding;

/// What an image is made of.
#[derive(Clone, Copy, Debug)]
pub struct Image<'a> {
    /// Where the program comes from.
    pub program: Program<'a>,
    /// What was found in it.
    pub findings: &'a [Finding],
    /// Its loader and libraries, if it has any.
    pub libraries: &'a Libraries,
    /// The system that files are copied from; none where nobody has it yet.
    pub system: Option<&'a Sysroot>,
}

/// Where the program of an image comes from.
#[derive(Clone, Copy, Debug)]
pub enum Program<'a> {
    /// From the build context, at this path. What else has to be made is told in comments.
    Context(&'a Path),
    /// From the other stage, in which [`preparations`] were made.
    Stage {
        /// Where it lies there.
        path: &'a str,
        /// What the program is for, such as `linux/amd64`: an image for another platform would have a program that isn't
        /// for that.
        platform: &'a str,
    },
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
    /// The same, where the other stage has made it.
    Ready(&'static Made),
    /// A variable.
    Env(&'static str, String),
    /// What the lines can't do.
    Note(Note),
}

impl From<Provision> for Line {
    fn from(provision: Provision) -> Self {
        match provision {
            Provision::CaRoots => Self::Copy(CA_ROOTS.to_owned()),
            Provision::ZoneInfo => Self::Copy(ZONE_INFO.to_owned()),
            Provision::Passwd => Self::Made(PASSWD),
            Provision::Group => Self::Made(GROUP),
            Provision::Tmp => Self::Made(TMP),
            Provision::Home => Self::Env("HOME", "/".to_owned()),
            Provision::OfSystem(path) => Self::Copy(path),
            Provision::ByRuntime => Self::Note(Note::of(
                "container runtimes bring /etc/resolv.conf, /etc/hosts and /proc",
            )),
            Provision::Note(note) => Self::Note(note),
        }
    }
}

impl Line {
    /// The folder that it copies, with all that lies in it, or may.
    fn folder(&self) -> Option<&str> {
        match self {
            Self::Copy(path) => Some(path.trim_end_matches('/')),
            Self::File(_) | Self::Made(_) | Self::Ready(_) | Self::Env(..) | Self::Note(_) => None,
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
    let platform = match image.program {
        Program::Context(_) => String::new(),
        Program::Stage { platform, .. } => format!("--platform={platform} "),
    };
    let mut text = format!(
        "# The files come from a stage named `{STAGE}`: the system that the program was built on.\nFROM {platform}scratch\n"
    );
    let conditions: Vec<&Finding> = image
        .findings
        .iter()
        .filter(|one| one.is_condition())
        .collect();
    let wanted = conditions
        .into_iter()
        .map(|finding| (finding, of(finding, image)));
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

/// The instructions that make, in the other stage, what is copied from there for these findings.
#[must_use]
pub fn preparations(findings: &[Finding]) -> Vec<&'static str> {
    let conditions = findings.iter().filter(|finding| finding.is_condition());
    let made = conditions.flat_map(provisions).filter_map(|provision| {
        let Line::Made(made) = provision.into() else {
            return None;
        };
        Some(made.run)
    });
    let made: BTreeSet<&str> = made.collect();
    made.into_iter().collect()
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

fn write_program(text: &mut String, program: Program<'_>) {
    let program = match program {
        Program::Context(program) => program,
        Program::Stage { path: from, .. } => {
            let name = from.rsplit('/').next().unwrap_or(from);
            let to = format!("/{name}");
            let _ = writeln!(text, "{}", copy_from_stage("", from, &to));
            let _ = writeln!(text, "{}", entrypoint(&to));
            return;
        }
    };
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
fn of(finding: &Finding, image: &Image<'_>) -> Vec<Line> {
    let lines = provisions(finding).into_iter().map(Line::from);
    let checked = lines.map(|line| match (line, image) {
        (
            Line::Copy(path),
            Image {
                system: Some(system),
                ..
            },
        ) => fetched(path, system),
        (
            Line::Made(made),
            Image {
                program: Program::Stage { .. },
                ..
            },
        ) => Line::Ready(made),
        (line, _) => line,
    });
    checked.collect()
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
        Line::Ready(made) => copy_from_stage(made.flags, made.from, made.to),
        Line::Env(name, value) => env(name, value),
        Line::Note(note) => format!("# {note}"),
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
    use super::super::provision::{OF_ONE_MACHINE, of_need};
    use super::*;
    use crate::verify::Need;

    fn written(need: &Need) -> String {
        let mut text = String::new();
        for provision in of_need(need) {
            write_line(&mut text, &provision.into());
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
        let remarks = lines_of(
            &names
                .flat_map(|need| of_need(&need))
                .map(Line::from)
                .collect::<Vec<_>>(),
        );
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
