//! A definition of a toolchain: one file under `toolchains/`, or one `[toolchain.NAME]`.

use super::node::Node;
use super::values;

/// Texts with placeholders: a name in braces each, `{{` and `}}` are braces.
const TEMPLATE: &str = r"^([^{}]|\{\{|\}\}|\{[^{}]*\})*$";

fn template() -> Node {
    Node::string().pattern(TEMPLATE)
}

/// Words, each of which goes to a program as it is.
fn words() -> Node {
    Node::array(Node::string())
}

/// Words with placeholders.
fn templates() -> Node {
    Node::array(template())
}

/// Keys of a definition; none has to be there, since layers below may have it.
pub(super) fn definition() -> Node {
    Node::table([
        (
            "like",
            values::toolchain_definition()
                .says("Another toolchain, from which all is taken that isn't said here."),
        ),
        (
            "description",
            Node::string().says("What it is, for people: a phrase."),
        ),
        ("c-library", c_library()),
        ("reach", reach()),
        (
            "rank",
            Node::integer(0, u32::MAX.into()).says(
                "Of the toolchains that would do equally well, that with the lowest is chosen. Without one it has to be \
                 named.",
            ),
        ),
        ("serves", serves()),
        ("program", program()),
        ("sysroot", sysroot()),
        (
            "commands",
            commands().says("What go starts for C: a program each, and arguments that always come first."),
        ),
        (
            "asan",
            commands().says("What it starts in their place with `-asan`."),
        ),
        ("flags", flags()),
        ("link", link()),
        (
            "environment",
            Node::open(r"^[^=]*$", template()).says(
                "Variables of the environment; not those of Go, cgo and the machine, such as GOFLAGS, CGO_CFLAGS and PATH.",
            ),
        ),
        (
            "install",
            Node::open("", template()).says(
                "How to get it: by `apt`, `dnf`, `apk`, `pacman`, `zypper`, `brew` or `winget`, on `any` system, or a `page`.",
            ),
        ),
        (
            "check",
            Node::string().says("A C program that proves that it works: it is compiled and linked."),
        ),
        ("container", container()),
    ])
}

fn c_library() -> Node {
    let libraries = [
        ("musl", "musl."),
        ("glibc", "glibc."),
        ("mingw", "That of Windows, by mingw-w64."),
        ("apple", "That of macOS."),
    ];
    Node::explained(&libraries).says("The C library that programs are linked with.")
}

fn reach() -> Node {
    let platforms = [
        ("own", "The machine's own platform."),
        ("any", "Any platform."),
    ];
    Node::explained(&platforms)
        .default("any")
        .says("Whether it is for the machine's own platform alone.")
}

fn serves() -> Node {
    let serves = Node::table([
        (
            "targets",
            Node::array(values::selector())
                .says("The targets: `goos[/goarch[/variant]]`, each part a glob."),
        ),
        (
            "triple",
            Node::string().says("`{triple}`: the compiler's word for them."),
        ),
        (
            "glibc",
            Node::string()
                .pattern(r"^\+?[0-9]+\.\+?[0-9]+(\.\+?[0-9]+)?$")
                .says("The oldest glibc that there is for them, where one can be chosen."),
        ),
        (
            "values",
            Node::open("", Node::string()).says("Other placeholders, by their names."),
        ),
    ])
    .needs(&["targets"]);
    Node::array(serves).not_empty().says(
        "Targets that it compiles for, and what they are called. The first that matches counts.",
    )
}

fn program() -> Node {
    let machine = Node::table([
        ("ask", words().says("The arguments.")),
        (
            "says",
            Node::string().says("A glob for the first line of the answer."),
        ),
    ])
    .needs(&["ask", "says"])
    .says("A question about what it compiles for, and the answer that is wanted.");
    let program = Node::table([
        (
            "name",
            Node::string().says(
                "Its placeholder, without braces. Those of one name are tried in their order.",
            ),
        ),
        (
            "command",
            templates()
                .not_empty()
                .says("The program, looked for on PATH, and arguments that always come first."),
        ),
        (
            "leads-to",
            words().says("Arguments that make it print the path of the program that is meant."),
        ),
        (
            "version",
            words().says("Arguments that make it tell its version, in the first line."),
        ),
        (
            "oldest",
            Node::string().says("The oldest version that does, such as `0.13.0`."),
        ),
        ("machine", machine),
        (
            "optional",
            Node::boolean()
                .default(false)
                .says("Whether the rest works without it: a C++ compiler, say."),
        ),
    ])
    .needs(&["name", "command", "version"]);
    Node::array(program).says("A program that has to be there, or one of several ways to have it.")
}

fn sysroot() -> Node {
    Node::table([
        (
            "variable",
            Node::string()
                .pattern("(SYSROOT|SDKROOT)$")
                .says("A variable of the user's environment that says where it is."),
        ),
        (
            "folders",
            templates().says("Else the first of these that is there; a relative one starts at the manifest's folder."),
        ),
        ("ask", words().says("Else what this command prints.")),
        (
            "holds",
            Node::string().says("A file by which such a folder is known, such as `usr/include/stdio.h`."),
        ),
    ])
    .says("`{sysroot}`: the folder with the target's headers and libraries.")
}

fn commands() -> Node {
    let command = |variable: &str| {
        let says = format!("`{variable}`: a placeholder of a `[[program]]`, and arguments.");
        templates().not_empty().says(&says)
    };
    Node::table([
        ("cc", command("CC")),
        ("cxx", command("CXX")),
        ("ar", command("AR")),
        ("pkg-config", command("PKG_CONFIG")),
    ])
}

fn flags() -> Node {
    let flags = |variable: &str| templates().says(&format!("`{variable}`, one an element."));
    Node::table([
        ("cflags", flags("CGO_CFLAGS")),
        ("cxxflags", flags("CGO_CXXFLAGS")),
        ("ldflags", flags("CGO_LDFLAGS")),
    ])
    .says("Flags that go adds to each command, besides its own `-g -O2`.")
}

fn link() -> Node {
    Node::table([
        (
            "static",
            words().says("For a program that needs no library. Without it there is none."),
        ),
        (
            "static-pie",
            words()
                .says("For such a program that is position-independent. Without it there is none."),
        ),
        (
            "dynamic",
            words().says("For a program that loads its libraries."),
        ),
    ])
    .says("Flags of Go's linker, by what is wanted.")
}

fn container() -> Node {
    Node::table([
        (
            "image",
            template().says("The image; `{go}` is the version of Go."),
        ),
        ("args", words().says("Arguments of the engine's `run`.")),
    ])
    .needs(&["image"])
    .says("The image in which go itself runs.")
}
