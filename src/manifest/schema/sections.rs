//! The sections, and what an editor says about each key.

use serde_json::json;

use super::node::Node;
use super::values;
use crate::manifest::axes::{DEFAULT_GOARCH, DEFAULT_GOOS};
use crate::manifest::{settings, smoke, verify};
use crate::pack::UpxOption;
use crate::runner::CpuLevel;
use crate::smoke::{Grant, Isolator};
use crate::target::{Goarch, Goos};
use crate::verify::PolicyName;

pub(super) fn project() -> Node {
    Node::table([
        (
            "name",
            values::name()
                .says("The project's name. Default: the last element of the module path."),
        ),
        (
            "version",
            values::version().default("git").says(
                "`git`: the last v… tag and the commit; or a literal; or a template such as \
                 `{tag}`, from `{tag}`, `{commit}`, `{short_commit}`, `{date}`, `{timestamp}` \
                 and `{project}`.",
            ),
        ),
        (
            "go",
            values::go_release().says(
                "The release of Go that builds, such as `1.26.8`; `1.26.x` is the newest known. \
                 Default: the Go on PATH if go.mod accepts it, else the one that go.mod names.",
            ),
        ),
    ])
    .says("What the project is called, its version, and the Go that builds it.")
}

pub(super) fn binary() -> Node {
    let binary = Node::table([
        (
            "name",
            values::name().says("The binary's name. Default: the name that Go gives the package."),
        ),
        (
            "module",
            values::module()
                .default(".")
                .says("The folder with the go.mod, below the manifest's."),
        ),
        (
            "package",
            values::package()
                .default(".")
                .says("The main package, a folder of the module: `./cmd/server`."),
        ),
        (
            "targets",
            values::selectors().says(
                "Only the cells that one of these selects: `goos[/goarch[/variant]]`, each part a \
                 glob. Default: every cell.",
            ),
        ),
        ("buildmode", build_mode()),
        (
            "ldflags",
            values::ldflags()
                .says("Arguments of the linker, one an element, after those of `[build]`."),
        ),
    ]);
    Node::array(binary).says("A program to build. Default: every main package of the module.")
}

/// The build modes that make a program or a library, and what each makes.
pub(super) const BUILD_MODES: [(&str, &str); 4] = [
    ("exe", "An ordinary executable."),
    ("pie", "A position-independent executable."),
    ("c-shared", "A library that C programs load."),
    ("c-archive", "A library that is linked into C programs."),
];

fn build_mode() -> Node {
    Node::explained(&BUILD_MODES)
        .default("exe")
        .says("What kind of file go makes.")
}

pub(super) fn matrix() -> Node {
    let exclude = Node::table([
        ("goos", values::goos()),
        ("goarch", values::goarch()),
        ("variant", Node::string()),
        ("cgo", Node::boolean()),
    ])
    .not_empty();
    let named = |names: &[&str]| json!(names);
    Node::table([
        (
            "goos",
            Node::set(values::goos())
                .not_empty()
                .default(named(&DEFAULT_GOOS.map(Goos::as_str)))
                .says("Operating systems, by Go's names."),
        ),
        (
            "goarch",
            Node::set(values::goarch())
                .not_empty()
                .default(named(&DEFAULT_GOARCH.map(Goarch::as_str)))
                .says("Architectures, by Go's names."),
        ),
        (
            "cgo",
            values::cgo_axis().says("Whether C is compiled in: `[false]`, `[true]`, or both."),
        ),
        (
            "variants",
            values::variants().says(
                "The CPU variants of an architecture, a cell each: `{ amd64 = [\"v1\", \"v3\"] }`. \
                 Default: the one that Go takes.",
            ),
        ),
        (
            "exclude",
            Node::array(exclude)
                .says("Cells to leave out; what an element doesn't name matches everything."),
        ),
        (
            "toolchains",
            Node::open(values::SELECTOR, values::toolchain()).says(
                "What compiles the C of which targets, the first that matches: `{ \"linux/*\" = \"zig-musl\" }`. \
                 Default: the best that is installed.",
            ),
        ),
        ("include", include()),
        (
            "go",
            Node::set(values::go_release())
                .not_empty()
                .says("Releases of Go: each builds every cell. Default: `go` of `[project]`."),
        ),
    ])
    .says("What is built for: every goos with every goarch, without `exclude`, with `include`.")
}

fn include() -> Node {
    let cell = Node::table([
        (
            "target",
            values::target().says("`goos/goarch` or `goos/goarch/variant`."),
        ),
        (
            "cgo",
            Node::boolean()
                .default(false)
                .says("Whether C is compiled in."),
        ),
        (
            "toolchain",
            values::toolchain()
                .says("What compiles the C: `gobuildx toolchains list` has them all. Default: the best one that is installed."),
        ),
        (
            "go",
            values::go_release().says("The release of Go that builds this cell, instead of those of the matrix."),
        ),
    ])
    .needs(&["target"])
    .with_key("toolchain", Node::having("cgo", Some(true.into())));
    Node::array(cell).says("One more cell of the matrix.")
}

/// The keys of `[build]`, which `[[override]]` has too.
fn settings() -> [(&'static str, Node); 10] {
    [
        (
            "rebuild",
            Node::word(settings::REBUILD.map(|(word, _)| word))
                .default("all")
                .says("`all`: go build -a. `changed`: Go's build cache is trusted."),
        ),
        (
            "trimpath",
            Node::boolean()
                .default(true)
                .says("Leave the folders of this machine out of the binary."),
        ),
        (
            "vcs",
            Node::boolean().default(true).says(
                "Stamp the commit. `false`: git isn't asked, and the version is 0.0.0-dev or a \
                 literal.",
            ),
        ),
        ("buildmode", build_mode()),
        (
            "ldflags",
            values::ldflags().default(json!(["-s", "-w"])).says(
                "Arguments of the linker, one an element. Templates such as `{version}` may stand \
                 in them; `{{` is a brace.",
            ),
        ),
        (
            "flags",
            values::go_flags().says(
                "Flags of go build, such as `-race`, `-gcflags=…`, `-pgo=…`; nothing that runs or \
                 redirects something.",
            ),
        ),
        (
            "tags",
            values::build_tags().says("Build tags, one an element."),
        ),
        (
            "resolver",
            Node::word(settings::RESOLVER.map(|(word, _)| word))
                .default("auto")
                .says(
                    "Who looks up hosts and users. `go`: Go's own code, also with cgo (the tags \
                     netgo and osusergo). `auto`: Go chooses.",
                ),
        ),
        ("dwarf", dwarf()),
        (
            "env",
            values::variables().says("Variables that change what go builds."),
        ),
    ]
}

fn dwarf() -> Node {
    let words = settings::DWARF.map(|(word, _)| word);
    Node::word(words).default("always").says(
        "When the compiler generates debug information. `needed`: not where the linker leaves it \
         out (`-w`), which saves a fifth of its time.",
    )
}

pub(super) fn build() -> Node {
    Node::table(settings()).says("How everything is built.")
}

pub(super) fn overrides() -> Node {
    let binaries = Node::any_of([Node::string(), Node::set(Node::string()).not_empty()]);
    let own = [
        (
            "match",
            values::selectors().says(
                "The targets that this holds for: `goos[/goarch[/variant]]`, each part a glob. \
                 Default: all.",
            ),
        ),
        (
            "binary",
            binaries.says("The binaries that this holds for. Default: all."),
        ),
        (
            "cgo",
            Node::boolean().says("Only the cells with cgo, or only those without."),
        ),
        ("embed", embed()),
        ("verify", verify()),
        ("hooks", hooks()),
        ("smoke", smoke()),
    ];
    Node::array(Node::table(own.into_iter().chain(settings()))).says(
        "Settings for the cells that match. Lists are appended to those of `[build]`, single \
         values replace them.",
    )
}

/// A finding that is accepted.
pub(super) fn allowed() -> Node {
    Node::table([
        (
            "rule",
            values::rule(verify::Clause::Allowed).says("The rule of the gate."),
        ),
        (
            "subject",
            values::reason().says(
                "Only findings about this, as they are printed: `git`, `Europe/Paris`. Default: all.",
            ),
        ),
        (
            "reason",
            values::reason().says("Why its findings do no harm here."),
        ),
    ])
    .needs(verify::ALLOW_NEEDS)
}

pub(super) fn verify() -> Node {
    let glibc = Node::string().pattern("^glibc-2\\.[1-9][0-9]?$");
    let names = PolicyName::all().map(|name| name.to_string());
    let policy = Node::any_of([Node::word(names), glibc]);
    Node::table([
        (
            "policy",
            policy.default("static").says(
                "What a binary may need: `static`, nothing to start; another, what that system has.",
            ),
        ),
        (
            "allow",
            Node::array(allowed()).says("Findings that don't fail the gate, each with its reason."),
        ),
        (
            "deny",
            Node::set(values::rule(verify::Clause::Denied))
                .says("Rules of the gate whose findings fail it under any policy."),
        ),
        (
            "reproducible",
            Node::boolean()
                .default(false)
                .says("Build it a second time, elsewhere and in another environment, and compare the bytes."),
        ),
    ])
    .says("What is proven about each binary before it is placed.")
}

pub(super) fn embed() -> Node {
    let roots = Node::any_of([Node::boolean(), values::path()]);
    Node::table([
        (
            "tzdata",
            Node::boolean()
                .default(false)
                .says("Put the time zones into the binary (the tag timetzdata), about 0.4 MB."),
        ),
        (
            "ca_roots",
            roots.default(false).says(
                "CA certificates for systems that have none: `true` for those of Mozilla, or a PEM \
                 file of the project. `gobuildx lock` pins them.",
            ),
        ),
    ])
    .says("What programs else look for on the system, compiled in.")
}

pub(super) fn compress() -> Node {
    let options = Node::set(Node::word(UpxOption::known()));
    let allow = Node::table([
        (
            "target",
            values::selector().says("The target: `goos[/goarch[/variant]]`."),
        ),
        (
            "reason",
            values::reason().says("Why a packed file runs there after all."),
        ),
    ])
    .needs(&["target", "reason"]);
    Node::table([
        (
            "upx",
            options.says("Options of upx, one an element: `\"--best\"`."),
        ),
        (
            "match",
            values::selectors().says(
                "The targets whose binaries are packed. Default: where that is known to run.",
            ),
        ),
        (
            "max_startup",
            values::time().says(
                "How much longer a packed file may take to start, where this machine can tell: `50ms`.",
            ),
        ),
        (
            "allow",
            Node::array(allow).says("Targets to pack although that isn't known to run there."),
        ),
    ])
    .says("Packing with UPX.")
}

pub(super) fn hooks() -> Node {
    let commands = || Node::array(values::command());
    Node::table([
        (
            "before",
            commands().says(
                "Commands that run first, each an array of a program and its arguments: \
                 `[[\"go\", \"generate\", \"./...\"]]`.",
            ),
        ),
        (
            "after",
            commands().says("Commands that run when everything is done."),
        ),
        (
            "timeout",
            values::time().says("How long a command may take: `30s`, `5m`."),
        ),
    ])
    .says("Commands that run around a build; no shell reads them.")
}

pub(super) fn smoke() -> Node {
    let own = [
        (
            "run",
            Node::boolean()
                .default(true)
                .says("Whether the program is run at all; `false` in an override leaves it out."),
        ),
        (
            "timeout",
            values::time()
                .default("10s")
                .says("How long a run may take: `500ms`, `5s`, `2m`."),
        ),
        (
            "grant",
            Node::set(Node::word(Grant::ALL.iter().map(|grant| grant.as_str())))
                .says("What the blank system has besides the program. Default: nothing."),
        ),
        (
            "cpu",
            cpu().says(
                "The level of the CPU that programs for amd64 are run on, by emulation. Default: this machine's.",
            ),
        ),
        (
            "isolation",
            Node::word(Isolator::ALL.map(Isolator::as_str)).says(
                "What keeps the program from the machine. Default: bubblewrap, where it can't \
                 docker or podman.",
            ),
        ),
        ("runner", runner()),
        (
            "not_run",
            Node::word(smoke::NOT_RUN.map(|(word, _)| word))
                .default("allow")
                .says(
                    "What becomes of a program that can't be run here, as one for another system: \
                     `allow`, it is told; `fail`, it isn't placed.",
                ),
        ),
        ("health", health()),
        ("check", checks()),
    ];
    Node::table(call().into_iter().chain(own))
        .says("What is asked of each program on a system that has nothing but it.")
}

/// What a program is called with, and what is to come of it.
fn call() -> [(&'static str, Node); 6] {
    [
        (
            "args",
            Node::array(values::template_with_port())
                .says("What the program is called with; first of all with `--version`."),
        ),
        (
            "exit",
            Node::integer(0, 255)
                .default(0)
                .says("What it has to exit with."),
        ),
        (
            "stdin",
            values::template_with_port().says("What it reads. Default: nothing."),
        ),
        (
            "stdout",
            values::template_with_port().says(
                "What it has to print, anywhere: templates as in `ldflags`, `*` for anything within a line.",
            ),
        ),
        (
            "stderr",
            values::template_with_port().says("The same for what it writes to stderr."),
        ),
        (
            "files",
            Node::set(Node::string().pattern(IN_TMP))
                .says("Files that it has to make in `/tmp`, by their paths: `/tmp/report.txt`."),
        ),
    ]
}

/// From the root on, without `..` and control characters.
const IN_TMP: &str = r"^/(\.?/)*tmp/(?!(.*/)?\.\.(/|$))[^\u0000-\u001f\u007f-\u009f]*$";

fn cpu() -> Node {
    Node::word(CpuLevel::ALL.map(CpuLevel::as_str))
}

fn runner() -> Node {
    let root = Node::string()
        .pattern(r"^[^\u0000-\u001f\u007f-\u009f]+$")
        .says("The root folder that wine lies in, below the manifest's folder or absolute.");
    let wine = Node::table([("root", root)])
        .needs(smoke::WINE)
        .says("Wine, which runs programs for windows/amd64. Default: they aren't run.");
    Node::table([("wine", wine)])
        .says("What runs programs that this machine doesn't run by itself.")
}

fn checks() -> Node {
    let name = (
        "name",
        values::reason().says("How the check is told of. Default: its arguments."),
    );
    let cpu = (
        "cpu",
        cpu().says(
            "The level of the CPU that it is made on; only programs for amd64 get the check.",
        ),
    );
    Node::array(Node::table([name, cpu].into_iter().chain(call())).needs(&["args"]))
        .says("What else the program is called with: while it serves, if it does.")
}

fn health() -> Node {
    let url = || Node::string().pattern("^/[!-~]*$");
    Node::table([
        (
            "args",
            Node::array(values::template_with_port())
                .says("What the program serves with; `{port}` is the port to listen on."),
        ),
        ("http", url().says("The path that is asked: `/healthz`.")),
        ("https", url().says("The same by TLS.")),
        (
            "ca",
            values::path().says("The PEM file of the CA that `https` is checked with."),
        ),
        (
            "tcp",
            Node::boolean()
                .only(true)
                .says("It is enough that the port is open."),
        ),
        (
            "command",
            Node::array(values::template_with_port())
                .says("What the program itself is called with to ask: it exits with 0."),
        ),
    ])
    .needs_one_of(&smoke::PROBES)
    .with_key("ca", Node::having("https", None))
    .says("How a program serves, and is asked whether it is well: in exactly one way.")
}
