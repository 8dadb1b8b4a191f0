//! `[release]`.

use super::node::Node;
use super::{sections, values};
use crate::manifest::release::{self, VALUES_NEED};

pub(super) fn section() -> Node {
    let words = |words: &mut dyn Iterator<Item = &'static str>| Node::word(words);
    Node::table([
        (
            "archives",
            Node::set(words(&mut release::ARCHIVES.iter().map(|(word, _)| *word)))
                .says("The formats that are packed. Default: tar.gz, and zip for Windows."),
        ),
        (
            "bundle",
            words(&mut release::BUNDLES.iter().map(|(word, _)| *word))
                .default("target")
                .says(
                    "What shares an archive: all programs of a target, or each binary has its own.",
                ),
        ),
        (
            "files",
            Node::set(values::path()).says(
                "Files that go into each archive: names or globs, from the manifest's folder.",
            ),
        ),
        (
            "universal",
            Node::boolean()
                .default(false)
                .says("Put the macOS programs for amd64 and arm64 into one file, too."),
        ),
        (
            "sbom",
            Node::set(words(&mut release::SBOMS.iter().map(|(word, _)| *word)))
                .says("The formats of the bill of materials. Default: both."),
        ),
        (
            "changelog",
            Node::boolean()
                .default(true)
                .says("List the commits since the last version in `CHANGELOG.md`."),
        ),
        ("sign", sign()),
        ("image", image()),
        ("steps", steps()),
        ("gitops", gitops()),
    ])
    .says("What is made of the binaries for others to take, and where it goes.")
}

fn sign() -> Node {
    let key = |says: &str| Node::string().not_empty().says(says);
    Node::table([
        (
            "minisign",
            key("The secret key that signs the checksums: a file, or `env:NAME`."),
        ),
        (
            "password",
            key("What opens the minisign key: a file, or `env:NAME`."),
        ),
        (
            "dsse",
            key("The Ed25519 key (PKCS#8, PEM) that signs the provenance: a file, or `env:NAME`."),
        ),
        (
            "cmd",
            Node::array(values::command())
                .says("Commands that sign `{path}`, the checksums, and leave `{signature}`."),
        ),
        (
            "macos",
            Node::array(values::command()).says(
                "Commands that sign `{path}`, a copy of each macOS program, before it is packed.",
            ),
        ),
    ])
    .says("What signs the release.")
}

/// A name of a variable or a label.
const NAME: &str = "^[A-Za-z_][A-Za-z0-9_.-]*$";

fn image() -> Node {
    let part = "[a-z0-9][a-z0-9._-]*";
    let host = r"([a-z0-9._\[\]-]*[.:][a-z0-9.:_\[\]-]*|localhost)/";
    let name = Node::string().pattern(&format!("^({host})?{part}(/{part})*$"));
    Node::table([
        (
            "name",
            name.says("Registry and repository, without a tag: `registry.example/hello`."),
        ),
        (
            "binary",
            values::name().says("The program that it holds. Default: the only one."),
        ),
        (
            "match",
            values::selectors().says("Only these Linux targets. Default: all of the matrix."),
        ),
        (
            "expose",
            Node::array(Node::integer(1, 65_535)).says("Ports that the image documents."),
        ),
        (
            "args",
            Node::array(Node::string()).says("What the program is called with where nobody says."),
        ),
        (
            "env",
            Node::open(NAME, Node::string()).says("Variables that the program gets."),
        ),
        (
            "labels",
            Node::open(NAME, values::template()).says(
                "Labels besides those of the Open Container Initiative, which are there anyway.",
            ),
        ),
        (
            "user",
            Node::string()
                .pattern("^[0-9]+(:[0-9]+)?$")
                .default("65532:65532")
                .says("Who runs the program, by numbers."),
        ),
        (
            "tags",
            Node::set(values::template())
                .says("What it is called in the registry. Default: the version."),
        ),
        (
            "allow",
            Node::array(sections::allowed()).says(
                "Findings that the image does without, each with its reason: what they need isn't put in.",
            ),
        ),
    ])
    .needs(&["name"])
    .says("A container image of a Linux program, from scratch.")
}

fn steps() -> Node {
    Node::table([
        (
            "tests",
            Node::array(values::command())
                .says("Commands that have to exit with 0 before anything is built."),
        ),
        (
            "timeout",
            values::time().says("How long each command of the release may take: `30s`, `5m`."),
        ),
    ])
    .says("What has to go well before anything is built.")
}

fn gitops() -> Node {
    let values = Node::table([
        ("file", values::path().says("The file, in the checkout.")),
        (
            "digest",
            Node::string()
                .not_empty()
                .says("The key that gets the digest: `image.digest`."),
        ),
        (
            "tag",
            Node::string()
                .not_empty()
                .says("The key that gets the version: `image.tag`."),
        ),
    ])
    .needs(VALUES_NEED);
    Node::table([
        (
            "checkout",
            Node::string()
                .not_empty()
                .says("The folder of the other repository, from the manifest's: `../deploy`."),
        ),
        (
            "kustomizations",
            Node::set(values::path())
                .says("Folders of the checkout with a `kustomization.yaml`, or such files."),
        ),
        (
            "manifests",
            Node::set(values::path())
                .says("Files of the checkout with Kubernetes objects that name the image."),
        ),
        (
            "values",
            Node::array(values).says("Values of Helm charts that name the image's digest."),
        ),
        (
            "commit",
            Node::boolean()
                .default(false)
                .says("Commit the change in the checkout."),
        ),
        (
            "push",
            Node::boolean()
                .default(false)
                .says("Push that commit to where the checkout's branch goes."),
        ),
    ])
    .needs(&["checkout"])
    .says("The files of a checkout that say which image runs.")
}
