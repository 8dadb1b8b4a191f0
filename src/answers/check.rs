//! Which answers may be kept: those that rest on what was looked at, and on nothing else. Pure but for links.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Deserialize;

use super::grounds::Grounds;
use super::key::GoItself;
use crate::go_package::ListedError;

/// An answer in pieces, one a package: many answers have most of them in common.
pub(super) type Pieces = Vec<Arc<[u8]>>;

/// What faults of packages may be in an answer, in go's own words: those that follow from constraints. Whatever else
/// is wrong may be settled by what isn't looked at, such as a module that is fetched.
const FOLLOWING: &[&str] = &[
    "build constraints exclude all Go files in ",
    "no Go files in ",
    "no non-test Go files in ",
];

/// What is read of each package.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Told {
    dir: PathBuf,
    standard: bool,
    embed_files: Vec<PathBuf>,
    error: Option<ListedError>,
    deps_errors: Vec<ListedError>,
}

/// What go listed, in pieces; none where it rests on anything else than these grounds.
pub(super) fn pieces(
    output: &[u8],
    (grounds, go): (&Grounds, &GoItself),
    out: &Path,
) -> Option<Pieces> {
    let mut packages = serde_json::Deserializer::from_slice(output).into_iter::<Told>();
    let mut pieces = Vec::new();
    let mut from = 0;
    while let Some(package) = packages.next() {
        let package = package.ok()?;
        if !rests_on(&package, (grounds, go), out) {
            return None;
        }
        let to = packages.byte_offset();
        pieces.push(Arc::from(output.get(from..to)?));
        from = to;
    }
    Some(pieces)
}

fn rests_on(package: &Told, (grounds, go): (&Grounds, &GoItself), out: &Path) -> bool {
    let follows = |error: &ListedError| {
        let mut words = FOLLOWING.iter();
        words.any(|words| error.err.starts_with(words))
    };
    let is_seen = package.standard || go.has(&package.dir) || grounds.has(&package.dir);
    let mut embedded = package.embed_files.iter();
    is_seen
        && package.error.iter().all(follows)
        && package.deps_errors.iter().all(follows)
        // What a run makes isn't looked at.
        && !embedded.any(|file| package.dir.join(file).starts_with(out))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn kept(output: &str) -> Option<Vec<String>> {
        let grounds = Grounds {
            digest: [0; 32],
            moment: [0; 32],
            folders: BTreeSet::from(["/src/a".into()]),
        };
        let go = GoItself::in_folders(&["/go"]);
        let pieces = pieces(output.as_bytes(), (&grounds, &go), Path::new("/src/a/dist"))?;
        let text = |piece: &Arc<[u8]>| String::from_utf8_lossy(piece).into_owned();
        Some(pieces.iter().map(text).collect())
    }

    #[test]
    fn an_answer_is_kept_package_by_package_and_is_whole_together() {
        let output = "{\"Dir\": \"/src/a\"}\n{\n\"Dir\": \"/go/b\"}\n{\"Standard\": true}\n";
        let kept = kept(output).unwrap();
        assert_eq!(kept.len(), 3);
        assert_eq!(kept.concat(), output.trim_end());
    }

    #[test]
    fn what_rests_on_anything_else_is_not_kept() {
        for output in [
            "{\"Dir\": \"/src/elsewhere\"}",
            "{\"Dir\": \"/src/a\", \"EmbedFiles\": [\"dist/b\"]}",
            "{\"Dir\": \"/src/a\", \"Error\": {\"Err\": \"no required module provides x\"}}",
            "{\"Dir\": \"/src/a\", \"DepsErrors\": [{\"Err\": \"x\"}]}",
            "{\"Dir\": ",
        ] {
            assert_eq!(kept(output), None, "{output}");
        }
    }

    #[test]
    fn that_constraints_leave_out_all_files_is_kept() {
        let output = "{\"Dir\": \"/src/a\", \"Error\": {\"Err\": \"build constraints exclude all Go files in /src/a\"}}";
        assert!(kept(output).is_some());
    }
}
