//! git: the commit that artifacts are tied to, and the state of the tree as Go counts it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::failure::{Exit, Failure};
use crate::host::{Environment, Host};
use crate::installing::{self, ToolId};
use crate::process::{Cancel, Command, Output, ProcessError};
use crate::shell_word::shell_word;

mod history;
mod work_tree;

pub use history::{Commit, End, History, history};
pub use work_tree::{Upstream, Version, WorkTree};

/// What git says of the repository that a folder is in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repository {
    /// The top folder of the work tree.
    pub root: PathBuf,
    /// The commit that is checked out; none before the first one.
    pub head: Option<Head>,
    /// Whether anything differs from the commit; untracked files count, as in Go's stamp.
    pub modified: bool,
}

/// The commit that is checked out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// The whole hash.
    pub commit: String,
    /// When it was committed, in seconds since 1970.
    pub time: u64,
    /// The newest version among the tags of the nearest commit that has tags like `v1…`.
    pub tag: Option<String>,
    /// Whether older commits, and the tags on them, may be missing: a shallow clone.
    pub shallow: bool,
    /// All tags that lead here, each with what it names: Go stamps the version that they say.
    pub tags: String,
}

impl Head {
    /// The commits that tags name. An annotated tag is an object of its own, which names one.
    #[must_use]
    pub fn commits_of_tags(&self) -> BTreeMap<String, String> {
        let lines = self.tags.lines().filter_map(|line| {
            let mut fields = line.split_whitespace();
            let (tag, object) = (fields.next()?, fields.next()?);
            let commit = fields.next().unwrap_or(object);
            Some((tag.to_owned(), commit.to_owned()))
        });
        lines.collect()
    }
}

/// Tags that look like versions, for git.
const VERSIONS: &str = "v[0-9]*";

/// Variables that git needs to behave for us as it does for Go.
const PASSED: &[&str] = &[
    "HOME",
    "PATH",
    "SUDO_UID",
    "SYSTEMROOT",
    "USERPROFILE",
    "XDG_CONFIG_HOME",
];

/// Reads the state of the repository whose top folder this is.
///
/// # Errors
/// When git is missing or refuses to read it.
pub fn repository(top: &Path, host: &Host, cancel: &Cancel) -> Result<Repository, GitError> {
    let git = Git::of(top, host, cancel)?;
    let modified = !git.output(&["status", "--porcelain"])?.trim().is_empty();
    Ok(Repository {
        head: git.head()?,
        modified,
        root: top.to_owned(),
    })
}

/// Where the repository was cloned from, as its configuration says; none where it says nothing.
///
/// # Errors
/// When git is missing or refuses to read it.
pub fn origin(top: &Path, host: &Host, cancel: &Cancel) -> Result<Option<String>, GitError> {
    let git = Git::of(top, host, cancel)?;
    git.answer(&["config", "--get", "remote.origin.url"])
}

/// Those of these files that a repository doesn't have, nor any of its submodules, whether git ignores them or not.
///
/// # Errors
/// When git is missing or refuses to read the repository.
pub fn untracked<'f>(
    top: &Path,
    files: impl IntoIterator<Item = &'f Path>,
    host: &Host,
    cancel: &Cancel,
) -> Result<Vec<&'f Path>, GitError> {
    let git = Git::of(top, host, cancel)?;
    let listed = git.output(&["ls-files", "--recurse-submodules", "-z"])?;
    let tracked: BTreeSet<PathBuf> = listed.split('\0').map(|path| top.join(path)).collect();
    let files = files.into_iter();
    Ok(files.filter(|file| !tracked.contains(*file)).collect())
}

/// The first file that git was told to take for unchanged, whatever is in it, and that is there; none where there is none.
///
/// # Errors
/// When git is missing or refuses to read the repository.
pub fn unwatched(top: &Path, host: &Host, cancel: &Cancel) -> Result<Option<PathBuf>, GitError> {
    let git = Git::of(top, host, cancel)?;
    let listed = git.output(&["ls-files", "-v", "-z"])?;
    let entries = listed.split('\0').filter_map(|entry| entry.split_once(' '));
    // Small letters are files that are assumed to be unchanged, S those that a sparse checkout skips.
    let mut told = entries.filter(|(tag, path)| match *tag {
        "S" => top.join(path).exists(),
        tag => tag.starts_with(|c: char| c.is_ascii_lowercase()),
    });
    Ok(told.next().map(|(_, path)| PathBuf::from(path)))
}

/// What the state of a repository depends on.
#[derive(Clone, Debug, Default)]
pub struct Watchable {
    /// Files and folders, some of which need not be there.
    pub paths: BTreeSet<PathBuf>,
    /// What git compares with the commit without reading it, and may write anew at any time.
    pub index: PathBuf,
}

/// Whatever the state of the repository depends on, but for the folders of its tree; none where that
/// can't be told, as with submodules.
#[must_use]
pub fn watchable(top: &Path, host: &Host, cancel: &Cancel) -> Option<Watchable> {
    let git = Git::of(top, host, cancel).ok()?;
    if top.join(".gitmodules").exists() {
        return None;
    }
    let own = PathBuf::from(git.line(&["rev-parse", "--absolute-git-dir"]).ok()?);
    let common = top.join(git.line(&["rev-parse", "--git-common-dir"]).ok()?);
    let mut paths = BTreeSet::new();
    paths.extend(["HEAD", "config.worktree"].map(|name| own.join(name)));
    let shared = [
        "config",
        "info/attributes",
        "info/exclude",
        "info/grafts",
        "packed-refs",
        "reftable/tables.list",
        "shallow",
    ];
    paths.extend(shared.map(|name| common.join(name)));
    let head = std::fs::read_to_string(own.join("HEAD")).ok()?;
    if let Some(branch) = head.trim_end().strip_prefix("ref: ") {
        paths.insert(common.join(branch));
    }
    add_refs(&common.join("refs/tags"), &mut paths);
    add_refs(&common.join("refs/replace"), &mut paths);
    paths.extend(git.configuration()?);
    let files = [
        "ls-files",
        "-z",
        "--cached",
        "--others",
        "--exclude-standard",
    ];
    let files = git.output(&files).ok()?;
    // A name that is no text isn't one any more.
    if files.contains(char::REPLACEMENT_CHARACTER) {
        return None;
    }
    paths.extend(
        files
            .split('\0')
            .filter(|file| !file.is_empty())
            .map(|file| top.join(file)),
    );
    Some(Watchable {
        paths,
        index: own.join("index"),
    })
}

/// Adds the folders of references that are files of their own, and these.
fn add_refs(folder: &Path, paths: &mut BTreeSet<PathBuf>) {
    paths.insert(folder.to_owned());
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.path().is_dir() {
            add_refs(&entry.path(), paths);
        } else {
            paths.insert(entry.path());
        }
    }
}

/// The top folder of the repository that git finds for `dir`.
#[must_use]
pub fn top(dir: &Path) -> Option<&Path> {
    dir.ancestors().find(|folder| folder.join(".git").exists())
}

/// The top folder of the repository that go finds for `dir`: unlike git, it looks past a `.git`
/// that is a file, which worktrees and submodules have.
///
/// Source: `RootNames` of `vcsGit` in Go's `cmd/go/internal/vcs`.
#[must_use]
pub fn top_for_go(dir: &Path) -> Option<&Path> {
    dir.ancestors().find(|folder| folder.join(".git").is_dir())
}

/// A folder to run git in.
struct Git<'a> {
    program: PathBuf,
    dir: &'a Path,
    env: &'a Environment,
    cancel: &'a Cancel,
}

impl<'a> Git<'a> {
    fn of(dir: &'a Path, host: &'a Host, cancel: &'a Cancel) -> Result<Self, GitError> {
        let program = host.program("git");
        let program = program.ok_or_else(|| GitError::Missing {
            dir: dir.to_owned(),
            advice: installing::advice(ToolId::Git, host),
        })?;
        Ok(Self {
            program,
            dir,
            env: &host.env,
            cancel,
        })
    }

    fn head(&self) -> Result<Option<Head>, GitError> {
        // A repository without a commit has nothing to tie an artifact to; that is no failure.
        let head = self.answer(&["rev-parse", "--verify", "--quiet", "HEAD"])?;
        if head.is_none() {
            return Ok(None);
        }
        let line = self.line(&[
            "-c",
            "log.showSignature=false",
            "log",
            "-1",
            "--format=%H:%ct",
        ])?;
        let Some((commit, time)) = line.split_once(':') else {
            return Err(GitError::Output(line));
        };
        let Ok(time) = time.parse() else {
            return Err(GitError::Output(line));
        };
        Ok(Some(Head {
            commit: commit.to_owned(),
            time,
            tag: self.tag()?,
            tags: self.output(&[
                "for-each-ref",
                "--merged=HEAD",
                "--format=%(refname:lstrip=2) %(objectname) %(*objectname)",
                "refs/tags",
            ])?,
            shallow: self.line(&["rev-parse", "--is-shallow-repository"])? == "true",
        }))
    }

    /// The tag that names the version.
    fn tag(&self) -> Result<Option<String>, GitError> {
        self.tag_but(&[])
    }

    /// The newest version among the tags of the nearest commit that has any but these, as Go stamps it.
    fn tag_but(&self, excluded: &[String]) -> Result<Option<String>, GitError> {
        let mut describe = vec!["describe", "--tags", "--abbrev=0", "--match", VERSIONS];
        for pattern in excluded {
            describe.extend(["--exclude", pattern]);
        }
        let Some(nearest) = self.answer(&describe)? else {
            return Ok(None);
        };
        let tags = self.tags_at(&format!("refs/tags/{nearest}^{{commit}}"))?;
        Ok(Some(newest(&tags).map_or(nearest, str::to_owned)))
    }

    /// The version tags of a commit, the newest first.
    fn tags_at(&self, commit: &str) -> Result<String, GitError> {
        self.output(&[
            // A release comes after its candidates.
            "-c",
            "versionsort.suffix=-",
            "tag",
            "--list",
            VERSIONS,
            "--points-at",
            commit,
            "--sort=-version:refname",
        ])
    }

    /// The files that git is configured by, and those that they name of what is ignored.
    fn configuration(&self) -> Option<BTreeSet<PathBuf>> {
        let home = self.env.get("HOME").map(PathBuf::from);
        let xdg = self.env.get("XDG_CONFIG_HOME").map(PathBuf::from);
        let xdg = xdg.or_else(|| home.as_ref().map(|home| home.join(".config")));
        let mut files: BTreeSet<PathBuf> = BTreeSet::from(["/etc/gitconfig".into()]);
        files.extend(home.as_ref().map(|home| home.join(".gitconfig")));
        let of_git = ["attributes", "config", "ignore"];
        files.extend(
            xdg.iter()
                .flat_map(|xdg| of_git.map(|name| xdg.join("git").join(name))),
        );
        let listed = self
            .output(&["config", "--list", "--show-origin", "-z"])
            .ok()?;
        let mut parts = listed.split('\0');
        while let (Some(origin), Some(entry)) = (parts.next(), parts.next()) {
            let origin = origin.strip_prefix("file:").map(|file| self.dir.join(file));
            let (name, value) = entry.split_once('\n').unwrap_or((entry, ""));
            let includes = name.starts_with("include.") || name.starts_with("includeif.");
            // A file that is included is seen from the one that includes it, whether it is there or not.
            let beside = origin
                .as_deref()
                .and_then(Path::parent)
                .filter(|_| includes);
            if includes || ["core.attributesfile", "core.excludesfile"].contains(&name) {
                let from = beside.unwrap_or(self.dir);
                files.insert(match (value.strip_prefix("~/"), &home) {
                    (Some(file), Some(home)) => home.join(file),
                    _ => from.join(value),
                });
            }
            files.extend(origin);
        }
        Some(files)
    }

    /// The line that git prints; none where its answer is no, which is an exit code.
    fn answer(&self, args: &[&str]) -> Result<Option<String>, GitError> {
        match self.line(args) {
            Ok(line) => Ok(Some(line).filter(|line| !line.is_empty())),
            Err(GitError::Process(ProcessError::Exit { .. })) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn line(&self, args: &[&str]) -> Result<String, GitError> {
        Ok(self.output(args)?.trim_end().to_owned())
    }

    fn output(&self, args: &[&str]) -> Result<String, GitError> {
        // fsmonitor would run a program that the repository names.
        let mut command = Command::new(&self.program)
            .args(["-c", "core.fsmonitor=false", "--no-optional-locks"])
            .args(args)
            .dir(self.dir)
            .env("GIT_TERMINAL_PROMPT", "0")
            // A missing object must not be fetched by a program that the repository names.
            .env("GIT_NO_LAZY_FETCH", "1")
            .env("LC_ALL", "C");
        for (name, value) in self.env.only(PASSED).iter() {
            command = command.env(name, value);
        }
        for (name, value) in self.env.with_prefix("GIT_CONFIG_") {
            command = command.env(name, value);
        }
        self.run(&command)
    }

    fn run(&self, command: &Command) -> Result<String, GitError> {
        match command.run(self.cancel) {
            Ok(output) => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
            Err(error) => Err(match error.output().map(dubious_repository) {
                Some(Some(repository)) => GitError::DubiousOwnership(repository),
                _ => GitError::Process(error),
            }),
        }
    }
}

/// The repository that git refuses to read because it belongs to another user, in git's own words.
fn dubious_repository(output: &Output) -> Option<PathBuf> {
    let text = output.stderr_text();
    let (_, rest) = text.split_once("dubious ownership in repository at '")?;
    let (repository, _) = rest.split_once("'\n")?;
    Some(PathBuf::from(repository))
}

/// The newest version among tags that are sorted.
fn newest(tags: &str) -> Option<&str> {
    tags.lines().find(|tag| is_version(tag))
}

/// Whether a tag is a version as Go understands it: `v1.2.3`, with more after `-` or `+`.
fn is_version(tag: &str) -> bool {
    let numbers = tag.strip_prefix('v').unwrap_or_default();
    let numbers = numbers.split(['-', '+']).next().unwrap_or_default();
    let number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    numbers.split('.').count() == 3 && numbers.split('.').all(number)
}

/// Why the repository can't be read.
#[derive(Debug, thiserror::Error)]
pub enum GitError {
    /// There is a repository, but no git.
    #[error("failed to find git on PATH, but `{}` is in a git repository", .dir.display())]
    Missing {
        /// A folder in it.
        dir: PathBuf,
        /// How to get git.
        advice: String,
    },
    /// The repository belongs to another user.
    #[error("failed to read the git repository `{}`: it belongs to another user (\"dubious ownership\")", .0.display())]
    DubiousOwnership(PathBuf),
    /// git failed.
    #[error("{}", .0.with_stderr())]
    Process(#[from] ProcessError),
    /// git printed something else than it should.
    #[error("failed to read what git printed: `{0}` is no commit")]
    Output(String),
}

impl GitError {
    /// What makes git read the repository.
    #[must_use]
    pub fn remedy(&self) -> Option<String> {
        match self {
            Self::Missing { advice, .. } => Some(format!("get git: {advice}")),
            Self::DubiousOwnership(dir) => Some(format!(
                "run `git config --global --add safe.directory {}`",
                shell_word(dir.as_os_str())
            )),
            Self::Process(_) | Self::Output(_) => None,
        }
    }
}

impl Failure for GitError {
    fn exit(&self) -> Exit {
        match self {
            Self::Process(error) => error.exit(),
            _ => Exit::Environment,
        }
    }

    fn hint(&self) -> Option<String> {
        let instead = "or set `vcs = false` in [build] to leave the commit out of the binaries";
        let remedy = self.remedy()?;
        Some(format!("{remedy}, {instead}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_has_three_numbers() {
        for tag in ["v1.2.3", "v0.0.0-rc.1", "v10.20.30+meta"] {
            assert!(is_version(tag), "{tag}");
        }
        for tag in [
            "v1", "v1.2", "1.2.3", "v1.2.x", "v1..3", "v1.2.3.4", "v1/x", "",
        ] {
            assert!(!is_version(tag), "{tag}");
        }
    }

    #[test]
    fn the_refused_repository_is_in_gits_own_words() {
        let stderr = "fatal: detected dubious ownership in repository at '/src/it's'\nTo add\n";
        let output = Output {
            stdout: Vec::new(),
            stderr: stderr.into(),
        };
        assert_eq!(dubious_repository(&output), Some("/src/it's".into()));
        assert_eq!(dubious_repository(&Output::default()), None);
    }
}
