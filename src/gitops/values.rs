//! The image in the values of a Helm chart: its digest and its tag, each at a path of keys.

use std::fmt;
use std::str::FromStr;

use super::deployment::{Before, Deployment};
use super::edits::Edits;
use super::fault::{Fault, Why};
use super::yaml::{Node, Value};

/// Where a value is: keys with dots between them, as in `image.digest`. A dot within a key is written `\.`, as helm has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValuePath(Vec<String>);

/// Why a text is no path of keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("write keys with dots between them, as in image.digest")]
pub struct ParseValuePathError;

impl FromStr for ValuePath {
    type Err = ParseValuePathError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut keys = vec![String::new()];
        let mut characters = text.chars();
        while let Some(c) = characters.next() {
            let c = match c {
                '.' => {
                    keys.push(String::new());
                    continue;
                }
                '\\' => characters.next().ok_or(ParseValuePathError)?,
                c => c,
            };
            if c.is_control() {
                return Err(ParseValuePathError);
            }
            keys.last_mut().ok_or(ParseValuePathError)?.push(c);
        }
        if keys.iter().any(String::is_empty) {
            return Err(ParseValuePathError);
        }
        Ok(Self(keys))
    }
}

impl fmt::Display for ValuePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let keys = self.0.iter();
        let keys: Vec<String> = keys
            .map(|key| key.replace('\\', "\\\\").replace('.', "\\."))
            .collect();
        f.write_str(&keys.join("."))
    }
}

/// Changes the digest, and the tag if there is a path to it.
pub(super) fn change(
    edits: &mut Edits<'_>,
    documents: &mut [Node],
    (digest, tag): (&ValuePath, Option<&ValuePath>),
    release: &Deployment,
) -> Result<Before, Fault> {
    let count = documents.len();
    let [root] = documents else {
        return Err(Why::Documents(count).at(1));
    };
    let mut before = Before::default();
    let old = set(edits, root, digest, &release.digest.to_string())?;
    before.add_digest(old.as_deref());
    if let Some(tag) = tag {
        let old = set(edits, root, tag, release.tag.as_str())?;
        before.add_tag(old.as_deref());
    }
    Ok(before)
}

/// Sets a value in a mapping that is there, and returns what it was.
fn set(
    edits: &mut Edits<'_>,
    root: &mut Node,
    path: &ValuePath,
    text: &str,
) -> Result<Option<String>, Fault> {
    let Some((last, above)) = path.0.split_last() else {
        return Ok(None);
    };
    let mut node = root;
    for key in above {
        let line = node.line;
        node = node
            .get_mut(key)
            .ok_or_else(|| Why::NoKey(path.to_string()).at(line))?;
        if node.has_anchor() || matches!(node.value, Value::Alias(..)) {
            return Err(Why::Shared(format!("`{key}`")).at(node.line));
        }
    }
    if !matches!(node.value, Value::Mapping(..)) {
        return Err(Why::NoMapping(format!("what `{path}` is in")).at(node.line));
    }
    if let Some(value) = node.get_mut(last) {
        let old = value.as_text().map(str::to_owned);
        edits.set(value, text, &path.to_string())?;
        return Ok(old);
    }
    edits.add_key(node, last, text)?;
    Ok(None)
}
