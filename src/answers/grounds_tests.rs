//! What changes the grounds of answers, and what leaves them.

use std::os::unix::fs::symlink;

use super::*;

/// A module with a replaced one beside it.
struct Project {
    folder: tempfile::TempDir,
}

impl Project {
    fn new() -> Self {
        let project = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        project.write("app/go.mod", "module a\n\nreplace b => ../b\n");
        project.write("app/main.go", "package main\n\nfunc main() {}\n");
        project.write("app/assets/page.html", "page");
        project.write("b/go.mod", "module b\n");
        project.write("b/b.go", "package b\n");
        project
    }

    fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn places(&self) -> Places {
        Places {
            modules: BTreeSet::from([self.path("app")]),
            workspace: None,
            out: self.path("app/dist"),
        }
    }

    fn look(&self) -> Option<(Grounds, Known)> {
        Grounds::look(&self.places(), &Known::new(), 1)
    }

    fn digest(&self) -> Digest {
        self.look().unwrap().0.digest
    }

    /// Whether go would have to be asked again after these files are written.
    fn changes_with(&self, files: &[(&str, &str)]) -> bool {
        let before = self.digest();
        for (path, text) in files {
            self.write(path, text);
        }
        self.digest() != before
    }
}

#[test]
fn code_and_files_that_go_does_not_read_leave_the_grounds() {
    let project = Project::new();
    assert!(!project.changes_with(&[
        ("app/main.go", "package main\n\nfunc main() { println() }\n"),
        ("app/README.md", "text"),
        ("app/assets/other.html", "other"),
        ("app/.git/HEAD", "x"),
        ("elsewhere/x.go", "package x\n"),
    ]));
}

#[test]
fn whatever_go_reads_changes_the_grounds() {
    for (path, text) in [
        (
            "app/main.go",
            "package main\n\nimport \"os\"\n\nfunc main() {}\n",
        ),
        ("app/other.go", "package main\n"),
        ("app/main_test.go", "package main\n"),
        ("app/go.mod", "module a\n\ngo 1.24\n\nreplace b => ../b\n"),
        ("app/go.sum", "x"),
        ("app/add.s", "x"),
        ("app/default.pgo", "x"),
        ("app/vendor/modules.txt", "x"),
        ("app/in/go.mod", "module a/in\n"),
        ("app/new folder/x", ""),
        ("b/go.mod", "module b\n\ngo 1.24\n"),
        ("b/b.go", "package c\n"),
    ] {
        assert!(Project::new().changes_with(&[(path, text)]), "{path}");
    }
}

#[test]
fn files_count_where_they_may_be_embedded() {
    let project = Project::new();
    project.write(
        "app/main.go",
        "package main\n\nimport \"embed\"\n\n//go:embed assets\nvar a embed.FS\n",
    );
    assert!(project.changes_with(&[("app/assets/other.html", "other")]));
    assert!(!project.changes_with(&[("app/assets/other.html", "changed")]));
    assert!(!project.changes_with(&[("b/readme", "x")]));
}

#[test]
fn artifacts_are_no_grounds_unless_they_may_be_embedded() {
    let project = Project::new();
    project.write("app/cmd/x/x.go", "package main\n\n//go:embed a\n");
    let artifacts = [
        ("app/dist/a_linux/a", ""),
        ("app/dist/.gobuildx/ledger", ""),
    ];
    assert!(!project.changes_with(&artifacts));
    project.write("app/main.go", "package main\n\n//go:embed a\n");
    assert!(project.changes_with(&[("app/dist/a_windows/a.exe", "")]));
}

#[test]
fn what_a_workspace_names_is_looked_at() {
    let project = Project::new();
    project.write("go.work", "use (\n\t./app\n\tc\n)\n");
    project.write("c/go.mod", "module c\n\nreplace d => ../d\n");
    project.write("d/d.go", "package d\n");
    let places = Places {
        workspace: Some(project.path("go.work")),
        ..project.places()
    };
    let digest = || Grounds::look(&places, &Known::new(), 1).unwrap().0.digest;
    for (path, text) in [
        ("c/c.go", "package c\n"),
        ("d/d.go", "package e\n"),
        ("go.work.sum", "x"),
        ("vendor/modules.txt", "x"),
        ("go.work", "go 1.24\n\nuse (\n\t./app\n\tc\n)\n"),
    ] {
        let before = digest();
        project.write(path, text);
        assert_ne!(digest(), before, "{path}");
    }
}

#[test]
fn a_folder_behind_a_link_counts_where_it_is_looked_at_and_is_not_understood_elsewhere() {
    let project = Project::new();
    let before = project.digest();
    symlink(project.path("b"), project.path("app/link")).unwrap();
    assert_ne!(project.digest(), before);
    fs::create_dir(project.path("elsewhere")).unwrap();
    symlink(project.path("elsewhere"), project.path("app/other")).unwrap();
    assert_eq!(project.look(), None);
}

#[test]
fn a_link_to_a_file_is_read() {
    let project = Project::new();
    project.write("elsewhere.go", "package main\n");
    symlink(project.path("elsewhere.go"), project.path("app/link.go")).unwrap();
    assert!(project.changes_with(&[("elsewhere.go", "package other\n")]));
}

#[test]
fn what_changed_and_changed_back_shows_in_the_moment() {
    let project = Project::new();
    let (before, known) = project.look().unwrap();
    project.write("app/more.go", "package main\n");
    fs::remove_file(project.path("app/more.go")).unwrap();
    let main = project.path("app/main.go");
    let later = SystemTime::now() + std::time::Duration::from_secs(5);
    let file = fs::File::options().write(true).open(main).unwrap();
    file.set_modified(later).unwrap();
    let (after, _) = Grounds::look(&project.places(), &known, 1).unwrap();
    assert_eq!(after.digest, before.digest);
    assert_ne!(after.moment, before.moment);
}

#[test]
fn words_that_are_not_understood_are_no_grounds() {
    let project = Project::new();
    project.write("app/go.mod", "module \"a\"\n");
    assert_eq!(project.look(), None);
}
