//! How the cores of the machine are shared among the go processes of a build.

use crate::noted::Noted;
use crate::project::Project;

#[test]
fn what_is_left_of_a_build_gets_all_cores() {
    let noted = Noted::new();
    let windows = |text: &str| format!("package main\n\nfunc init() {{ println({text:?}) }}\n");
    let project = Project::hello()
        .file("only_windows.go", &windows("before"))
        .file(
            "targets.toml",
            "[matrix]\ngoos = [\"linux\", \"windows\"]\ngoarch = [\"amd64\"]\n[build]\nrebuild = \"changed\"\n",
        )
        .env("PATH", noted.path());
    let build = || {
        let args = ["build", "--matrix", "--jobs", "4", "--quiet"];
        project.run(&args).exits(0);
        let builds = noted.commands().into_iter();
        let builds = builds.filter_map(|line| line.strip_prefix("build ").map(str::to_owned));
        let share = |line: String| line.split(' ').next().unwrap().to_owned();
        builds.map(share).collect::<Vec<String>>()
    };
    assert_eq!(build(), ["-p=2", "-p=2"]);
    project.write("only_windows.go", &windows("after"));
    assert_eq!(build(), ["-p=4"]);
}
