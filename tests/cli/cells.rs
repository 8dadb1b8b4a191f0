//! What differs between cells: overrides, build modes, CPU variants.

use crate::answers::{artifacts, compiles, words};
use crate::project::{Project, says};

/// A program that prints which of its files were compiled.
fn tagged() -> Project {
    let file = |constraint: &str, value: &str| {
        format!("//go:build {constraint}\n\npackage main\n\nconst edition = {value:?}\n")
    };
    Project::empty()
        .file("go.mod", "module example.com/tagged\n\ngo 1.24\n")
        .file(
            "main.go",
            "package main\n\nimport \"fmt\"\n\nvar version = \"unset\"\n\n\
             func main() { fmt.Println(edition, version) }\n",
        )
        .file("plain.go", &file("!extra", "plain"))
        .file("extra.go", &file("extra", "extra"))
}

#[test]
fn overrides_choose_files_and_append_flags_for_what_they_match() {
    let project = tagged().manifest(
        r#"
        [matrix]
        goos = ["linux"]
        goarch = ["amd64", "arm64"]
        [[binary]]
        name = "plain"
        [[binary]]
        name = "special"
        [[override]]
        binary = "special"
        match = ["linux/amd64"]
        tags = ["extra"]
        ldflags = ["-X=main.version={binary}-{goarch}"]
        [[override]]
        match = "linux/arm64"
        buildmode = "pie"
        [[override]]
        cgo = false
        env = { GODEBUG = "netdns=go" }
        "#,
    );
    project.build(&[]).exits(0);
    assert_eq!(project.prints("plain_linux_amd64_v1/plain"), "plain unset");
    assert_eq!(
        project.prints("special_linux_amd64_v1/special"),
        "extra special-amd64"
    );
    let plan = project.plan(&["--matrix"]);
    let arm64: Vec<_> = compiles(&plan)
        .into_iter()
        .filter(|step| step["target"] == "linux/arm64/v8.0")
        .collect();
    assert_eq!(arm64.len(), 2);
    for step in compiles(&plan) {
        let argv = words(&step["argv"]);
        let ldflags: Vec<_> = argv
            .iter()
            .filter(|word| word.starts_with("-ldflags"))
            .collect();
        let special = argv.contains(&"-tags=extra");
        let expected = if special {
            "-ldflags=-s -w -X=main.version=special-amd64"
        } else {
            "-ldflags=-s -w"
        };
        assert_eq!(ldflags, [&expected]);
        let pie = step["target"] == "linux/arm64/v8.0";
        assert_eq!(argv.contains(&"-buildmode=pie"), pie);
        assert_eq!(step["env"]["GODEBUG"], "netdns=go");
    }
}

#[test]
fn a_tag_of_one_binary_also_finds_its_package() {
    let project = Project::empty()
        .file("go.mod", "module example.com/special\n\ngo 1.24\n")
        .file("cmd/plain/main.go", &says("plain"))
        .file(
            "cmd/special/main.go",
            &format!("//go:build special\n\n{}", says("special")),
        )
        .manifest(
            r#"
            [[binary]]
            package = "./cmd/plain"
            [[binary]]
            package = "./cmd/special"
            [[override]]
            binary = "special"
            tags = ["special"]
            "#,
        );
    project.build(&[]).exits(0);
    assert_eq!(project.prints("special_linux_amd64_v1/special"), "special");
}

#[test]
fn position_independent_executables_are_built_one_a_process() {
    let project = Project::empty()
        .file("go.mod", "module example.com/pie\n\ngo 1.24\n")
        .file("cmd/a/main.go", &says("a"))
        .file("cmd/b/main.go", &says("b"))
        .manifest("[build]\nbuildmode = \"pie\"\n");
    let plan = project.plan(&[]);
    assert_eq!(compiles(&plan).len(), 2);
    for step in compiles(&plan) {
        assert!(words(&step["argv"]).contains(&"-buildmode=pie"));
    }
}

const VARIANTS: &str = r#"
    [matrix]
    goos = ["linux"]
    goarch = ["amd64", "386", "arm", "mipsle", "mips64", "riscv64", "ppc64le"]
    [matrix.variants]
    amd64 = ["v1", "v3"]
    386 = ["softfloat"]
    arm = ["5", "7"]
    mipsle = ["softfloat"]
    mips64 = ["hardfloat"]
    riscv64 = ["rva22u64"]
    ppc64le = ["power9"]
"#;

#[test]
fn cpu_variants_are_built_apart_and_named() {
    let project = Project::hello().manifest(VARIANTS);
    let plan = project.plan(&["--matrix"]);
    let variants: Vec<(&str, &str)> = compiles(&plan)
        .into_iter()
        .flat_map(|step| {
            let names = [
                "GOAMD64",
                "GO386",
                "GOARM",
                "GOMIPS",
                "GOMIPS64",
                "GORISCV64",
                "GOPPC64",
            ];
            let env = step["env"].as_object().unwrap();
            let set: Vec<_> = names
                .into_iter()
                .filter_map(|name| Some((name, env.get(name)?.as_str()?)))
                .collect();
            assert_eq!(set.len(), 1, "{step:#}");
            set
        })
        .collect();
    let mut sorted = variants.clone();
    sorted.sort_unstable();
    assert_eq!(
        sorted,
        [
            ("GO386", "softfloat"),
            ("GOAMD64", "v1"),
            ("GOAMD64", "v3"),
            ("GOARM", "5"),
            ("GOARM", "7"),
            ("GOMIPS", "softfloat"),
            ("GOMIPS64", "hardfloat"),
            ("GOPPC64", "power9"),
            ("GORISCV64", "rva22u64"),
        ]
    );
    let paths = artifacts(&plan);
    for path in [
        "hello_linux_amd64_v1/hello",
        "hello_linux_amd64_v3/hello",
        "hello_linux_arm_5/hello",
        "hello_linux_mipsle_softfloat/hello",
    ] {
        assert!(paths.contains(&path), "{path}: {paths:?}");
    }
}

#[test]
fn build_information_names_the_variant() {
    let project = Project::hello().manifest(
        r#"
        [matrix]
        goos = ["linux"]
        goarch = ["amd64"]
        variants = { amd64 = ["v1", "v3"] }
        "#,
    );
    project.build(&[]).exits(0);
    for variant in ["v1", "v3"] {
        let info = project.build_info(&format!("hello_linux_amd64_{variant}/hello"));
        assert!(
            info.contains(&format!("build\tGOAMD64={variant}")),
            "{info}"
        );
        assert!(info.contains("build\tCGO_ENABLED=0"), "{info}");
    }
}
