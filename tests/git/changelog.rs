//! Changes since the last version, of repositories of all shapes.

use gobuildx::changelog::markdown;
use gobuildx::process::Cancel;
use gobuildx::tools::git::{End, History, history};

use crate::repository::{Repository, host};

fn of(repository: &Repository) -> History {
    history(repository.root(), &host(), &Cancel::default()).unwrap()
}

fn subjects(history: &History) -> Vec<&str> {
    let commits = history.commits.iter();
    commits.map(|commit| commit.subject.as_str()).collect()
}

/// A repository with two versions, and what came before, between and after.
fn with_two_versions() -> Repository {
    let repository = Repository::new();
    repository.commit("First");
    repository.tag("v1.0.0");
    repository.commit("Second");
    repository.tag("v1.1.0-rc.1");
    repository.commit("Third");
    repository.tag("v1.1.0");
    repository.tag("latest");
    repository
}

#[test]
fn the_last_version_is_the_one_before_that_which_is_checked_out() {
    let repository = with_two_versions();
    let release = of(&repository);
    // A release has all that its candidates had.
    assert_eq!(release.since.as_deref(), Some("v1.0.0"));
    assert_eq!(subjects(&release), ["Third", "Second"]);
    assert_eq!(release.end, End::Whole);

    repository.commit("Fourth");
    repository.tag("nightly");
    let between = of(&repository);
    assert_eq!(between.since.as_deref(), Some("v1.1.0"));
    assert_eq!(subjects(&between), ["Fourth"]);

    repository.git(&["checkout", "-q", "v1.1.0-rc.1"]);
    let candidate = of(&repository);
    assert_eq!(candidate.since.as_deref(), Some("v1.0.0"));
    assert_eq!(subjects(&candidate), ["Second"]);

    repository.git(&["checkout", "-q", "v1.0.0"]);
    let first = of(&repository);
    assert_eq!((first.since.as_deref(), first.end), (None, End::Whole));
    assert_eq!(subjects(&first), ["First"]);
}

#[test]
fn merges_are_left_out_and_what_they_merge_is_not() {
    let repository = with_two_versions();
    repository.git(&["checkout", "-q", "-b", "side", "v1.0.0"]);
    repository.commit("fix: on the side");
    repository.git(&["checkout", "-q", "main"]);
    repository.commit("feat: on main");
    repository.git(&["merge", "-q", "--no-ff", "-m", "Merge side", "side"]);
    let merged = of(&repository);
    assert_eq!(merged.since.as_deref(), Some("v1.1.0"));
    let mut subjects = subjects(&merged);
    subjects.sort_unstable();
    assert_eq!(subjects, ["feat: on main", "fix: on the side"]);
}

#[test]
fn messages_are_text_whatever_is_in_them() {
    let repository = Repository::new();
    repository.git(&["config", "i18n.logOutputEncoding", "ISO-8859-1"]);
    repository.git(&["config", "log.showSignature", "true"]);
    repository.git(&["config", "color.ui", "always"]);
    for message in [
        "",
        "--output=x\u{1b}[31m größe\n\nbody\n\nBREAKING CHANGE: <img src=x>\n",
        "two\nlines [x](javascript:y)\n\nfeat: not a subject",
    ] {
        repository.commit(message);
    }
    let history = of(&repository);
    let subjects = subjects(&history);
    assert_eq!(
        subjects,
        [
            "two lines [x](javascript:y)",
            "--output=x\u{1b}[31m größe",
            ""
        ]
    );
    assert_eq!(history.commits[0].body, "feat: not a subject");
    let hash = repository.git(&["rev-parse", "HEAD~1"]);
    assert_eq!(history.commits[1].hash, hash);
    let text = markdown("v0.1.0", &history);
    let hash = hash.get(..7).unwrap();
    let breaking = format!(
        "### Breaking changes\n\n- \\--output=x\\\\u{{1b}}\\[31m größe ({hash})\n  &lt;img src=x\\>\n"
    );
    assert!(text.contains(&breaking), "{text}");
    assert!(
        text.contains("- two lines \\[x\\](javascript:y) ("),
        "{text}"
    );
}

#[test]
fn a_shallow_clone_tells_what_it_can_not_know_and_only_that() {
    let repository = with_two_versions();
    repository.commit("Fourth");
    repository.commit("Fifth");
    // The tag is deeper than the clone.
    let flat = of(&Repository::shallow(&repository, 1));
    assert_eq!((flat.since.as_deref(), flat.end), (None, End::Shallow));
    assert_eq!(subjects(&flat), ["Fifth"]);
    // The tag is within it.
    let deep = of(&Repository::shallow(&repository, 3));
    assert_eq!(deep.since.as_deref(), Some("v1.1.0"));
    assert_eq!(deep.end, End::Whole);
    assert_eq!(subjects(&deep), ["Fifth", "Fourth"]);
}

#[test]
fn a_long_history_is_cut_and_that_is_told() {
    let repository = Repository::new();
    let commit = |number: u32| {
        let message = format!("Number {number}");
        let length = message.len();
        format!(
            "commit refs/heads/main\ncommitter T <t@example.com> {number} +0000\ndata {length}\n{message}\n"
        )
    };
    let stream: String = (1..=1001).map(commit).collect();
    repository.write("stream", &stream);
    let stream = std::fs::File::open(repository.path("stream")).unwrap();
    let imported = std::process::Command::new("git")
        .args(["fast-import", "--quiet"])
        .current_dir(repository.root())
        .stdin(stream)
        .status()
        .unwrap();
    assert!(imported.success());
    let history = of(&repository);
    assert_eq!(history.commits.len(), 1000);
    assert_eq!(history.commits[0].subject, "Number 1001");
    assert_eq!(history.end, End::Limit);
}

#[test]
fn a_repository_without_a_commit_has_no_history() {
    let repository = Repository::new();
    let error = history(repository.root(), &host(), &Cancel::default()).unwrap_err();
    assert!(error.to_string().starts_with("failed to run `"), "{error}");
}
