//! DWARF that the linker leaves out needs not be generated: the program has the same functions then.

use crate::answers::go;
use crate::project::Project;

const OMITTED: &str = "-gcflags=all=-dwarf=false";
const NEEDED: &str = "[build]\ndwarf = \"needed\"\nrebuild = \"changed\"\n";

const PROGRAM: &str = "package main\n\nimport (\n\t\"fmt\"\n\t\"os\"\n)\n\n\
    func apply[T any](all []T, to func(T)) {\n\tfor _, one := range all {\n\t\tto(one)\n\t}\n}\n\n\
    func main() {\n\tdone := make(chan int)\n\tgo func() { done <- len(os.Args) }()\n\t\
    apply(os.Args, func(one string) { fmt.Println(<-done) })\n\tpanic(\"end\")\n}\n";

fn program(manifest: &str) -> Project {
    Project::empty()
        .file("go.mod", "module example.com/app\n\ngo 1.24\n")
        .file("main.go", PROGRAM)
        .manifest(manifest)
}

/// The arguments of the go process that builds the program.
fn command(manifest: &str) -> String {
    let plan = program(manifest).plan(&[]);
    plan["steps"][0]["argv"].to_string()
}

#[test]
fn dwarf_is_omitted_where_that_is_wanted_and_the_linker_leaves_it_out() {
    for more in [
        "",
        "ldflags = [\"-w\"]\n",
        "ldflags = [\"-X\", \"main.a=1\", \"--w=true\"]\n",
        "flags = [\"-asmflags=-D=x\"]\n",
    ] {
        let manifest = format!("{NEEDED}{more}");
        assert!(command(&manifest).contains(OMITTED), "{manifest}");
    }
    let kept = "[[override]]\nbinary = \"app\"\ndwarf = \"always\"\n";
    for more in [
        kept,
        "ldflags = []\n",
        // Older releases kept it for macOS.
        "ldflags = [\"-s\"]\n",
        "ldflags = [\"-w\", \"-w=false\"]\n",
        "flags = [\"-gcflags=-N\"]\n",
    ] {
        let manifest = format!("{NEEDED}{more}");
        assert!(!command(&manifest).contains(OMITTED), "{manifest}");
    }
    assert!(!command("").contains(OMITTED));
}

#[test]
fn what_is_omitted_is_recorded_and_a_panic_still_tells_its_line() {
    let project = program(NEEDED);
    project.run(&["build"]).exits(0);
    let artifact = "app_linux_amd64_v1/app";
    let info = project.build_info(artifact);
    assert!(info.contains(&format!("build\t{OMITTED}\n")), "{info}");
    let program = project.path("dist").join(artifact);
    let output = std::process::Command::new(program).output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(stderr.contains("example.com/app/main.go:18"), "{stderr}");
}

#[test]
fn a_program_has_the_same_functions_and_data_with_and_without_generated_dwarf() {
    let symbols = |dwarf: &str| {
        let project = program(&format!(
            "[build]\ndwarf = \"{dwarf}\"\nrebuild = \"changed\"\nldflags = [\"-w\"]\n"
        ));
        project.run(&["build"]).exits(0);
        let artifact = project.path("dist/app_linux_amd64_v1/app");
        let listed = go(&[
            "tool",
            "nm",
            "-size",
            "-sort=name",
            &artifact.to_string_lossy(),
        ]);
        // Where a symbol lies may differ.
        let without_address = |line: &str| {
            let words = line.split_whitespace().skip(1);
            words.collect::<Vec<_>>().join(" ")
        };
        let mut symbols: Vec<String> = listed.lines().map(without_address).collect();
        // These have the flag in their text.
        let records = ["runtime.modinfo.str", "go:buildinfo"];
        symbols.retain(|symbol| !records.iter().any(|record| symbol.ends_with(record)));
        symbols.sort();
        symbols
    };
    let (always, needed) = (symbols("always"), symbols("needed"));
    assert!(always.len() > 1000, "{}", always.len());
    assert_eq!(always, needed);
}
