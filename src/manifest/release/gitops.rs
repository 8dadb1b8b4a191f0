//! `[release.gitops]`: the files of a checkout that say which image runs.

use std::path::PathBuf;

use crate::gitops::{ParseValuePathError, ValuePath};
use crate::manifest::diagnostic::{Diagnostic, Located, Span};
use crate::manifest::folder;
use crate::manifest::reader::{Entry, Reader, Table};

pub(in crate::manifest) const KEYS: &[&str] = &[
    "checkout",
    "kustomizations",
    "manifests",
    "values",
    "commit",
    "push",
];
pub(in crate::manifest) const VALUES: &[&str] = &["file", "digest", "tag"];
pub(in crate::manifest) const VALUES_NEED: &[&str] = &["file", "digest"];

/// `[release.gitops]`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GitopsSection {
    /// `checkout`: a folder, from the manifest's.
    pub checkout: PathBuf,
    /// `kustomizations`: folders of the checkout that have a `kustomization.yaml`, or such files.
    pub kustomizations: Vec<String>,
    /// `manifests`: files of the checkout with objects that name the image.
    pub manifests: Vec<String>,
    /// `values`: values of Helm charts.
    pub values: Vec<HelmValues>,
    /// `commit`: whether the change is committed there.
    pub commit: bool,
    /// `push`: whether the commit is pushed.
    pub push: bool,
}

/// A file with the values of a Helm chart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HelmValues {
    /// The file, in the checkout.
    pub file: String,
    /// The key that has the digest, with dots between its parts.
    pub digest: ValuePath,
    /// The key that has the version, likewise.
    pub tag: Option<ValuePath>,
}

pub(super) fn read<'a>(read: &mut Reader<'a>, entry: &Entry<'a>) -> Option<GitopsSection> {
    let table = read.table(entry, "`[release.gitops]`", KEYS)?;
    let checkout = checkout(read, &table);
    let section = GitopsSection {
        checkout: checkout.unwrap_or_default(),
        kustomizations: paths(read, &table, "kustomizations"),
        manifests: paths(read, &table, "manifests"),
        values: values(read, &table),
        commit: flag(read, &table, "commit"),
        push: flag(read, &table, "push"),
    };
    let names = ["kustomizations", "manifests", "values"];
    if names.iter().all(|key| table.entry(key).is_none()) {
        let diagnostic = Diagnostic::wrong(&table.span, "no file says which image runs");
        read.missing(
            diagnostic.help("write for example `kustomizations = [\"overlays/production\"]`"),
        );
    }
    if let Some(entry) = table.entry("push")
        && section.push
        && !section.commit
    {
        let diagnostic = Diagnostic::wrong(&entry.span, "without a commit nothing can be pushed");
        read.push(diagnostic.help("write `commit = true`, or remove `push`"));
    }
    Some(section)
}

/// What says which image runs has no image to name.
pub(super) fn without_image(read: &mut Reader<'_>, span: &Span) {
    let diagnostic = Diagnostic::wrong(span, "`[release.gitops]` names an image that isn't made");
    read.push(diagnostic.help("add `[release.image]` with its `name`"));
}

fn checkout<'a>(read: &mut Reader<'a>, table: &Table<'a>) -> Option<PathBuf> {
    let Some(entry) = table.entry("checkout") else {
        let diagnostic = Diagnostic::wrong(&table.span, "there is no `checkout` to change");
        read.missing(diagnostic.help("write for example `checkout = \"../deploy\"`"));
        return None;
    };
    let string = read.string(&entry)?;
    if string.value.is_empty() || string.value.contains(char::is_control) {
        let diagnostic = Diagnostic::wrong(&string.span, "this is no folder");
        read.push(diagnostic.help("write for example `checkout = \"../deploy\"`"));
        return None;
    }
    Some(PathBuf::from(string.value))
}

fn paths<'a>(read: &mut Reader<'a>, table: &Table<'a>, key: &str) -> Vec<String> {
    let Some(entry) = table.entry(key) else {
        return Vec::new();
    };
    let strings = read.distinct(&entry).unwrap_or_default();
    let inside = strings
        .into_iter()
        .filter_map(|string| folder::inside(read, string));
    inside.map(|path| path.value).collect()
}

fn flag<'a>(read: &mut Reader<'a>, table: &Table<'a>, key: &str) -> bool {
    let value = table.entry(key).and_then(|entry| read.boolean(&entry));
    value.unwrap_or_default()
}

fn values<'a>(read: &mut Reader<'a>, table: &Table<'a>) -> Vec<HelmValues> {
    let Some(entry) = table.entry("values") else {
        return Vec::new();
    };
    let tables = read.array(&entry, "tables").unwrap_or_default();
    let values = tables.iter().filter_map(|entry| {
        let table = read.table(entry, "`values`", VALUES)?;
        for key in VALUES_NEED {
            if table.entry(key).is_none() {
                let diagnostic = Diagnostic::wrong(&table.span, format!("there is no `{key}`"));
                let help = "write `{ file = \"values.yaml\", digest = \"image.digest\" }`";
                read.missing(diagnostic.help(help));
            }
        }
        let file = table.entry("file").and_then(|entry| read.string(&entry));
        let file = file.and_then(|file| folder::inside(read, file));
        let digest = key_path(read, &table, "digest");
        let tag = key_path(read, &table, "tag");
        Some(HelmValues {
            file: file?.value,
            digest: digest?,
            tag,
        })
    });
    values.collect()
}

/// Keys with dots between them.
fn key_path<'a>(read: &mut Reader<'a>, table: &Table<'a>, key: &str) -> Option<ValuePath> {
    let string: Located<&str> = table.entry(key).and_then(|entry| read.string(&entry))?;
    match string.value.parse() {
        Ok(path) => Some(path),
        Err(error) => {
            let error: ParseValuePathError = error;
            let diagnostic = Diagnostic::wrong(&string.span, error.to_string());
            read.push(diagnostic.help(format!("write for example `{key} = \"image.{key}\"`")));
            None
        }
    }
}
