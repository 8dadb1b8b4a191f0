//! Which programs are needed here.

use std::collections::BTreeMap;
use std::path::Path;

use crate::installing::ToolId;
use crate::manifest::Manifest;

/// The programs that are needed, each with the reason; `repository` is the top of the git
/// repository that the project is in.
#[must_use]
pub fn needs(manifest: &Manifest, repository: Option<&Path>) -> BTreeMap<ToolId, String> {
    let mut needs = BTreeMap::from([(ToolId::Go, "nothing is built without it".to_owned())]);
    if repository.is_some() && manifest.build.vcs != Some(false) {
        let reason = "this is a git repository, and binaries are stamped with its commit";
        needs.insert(ToolId::Git, reason.to_owned());
    }
    if let Some(cell) = manifest.packs(&manifest.cells) {
        needs.insert(ToolId::Upx, format!("[compress] packs {}", cell.target));
    }
    needs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::parse;

    fn needed(text: &str, repository: Option<&Path>) -> Vec<ToolId> {
        let manifest = parse(None, text).unwrap();
        needs(&manifest, repository).into_keys().collect()
    }

    #[test]
    fn only_what_the_manifest_asks_is_needed() {
        let repository = Some(Path::new("/project"));
        assert_eq!(needed("", None), [ToolId::Go]);
        assert_eq!(needed("", repository), [ToolId::Go, ToolId::Git]);
        assert_eq!(needed("[build]\nvcs = false\n", repository), [ToolId::Go]);
        assert_eq!(needed("[compress]\n", None), [ToolId::Go, ToolId::Upx]);
        let mac = "[matrix]\ngoos = [\"darwin\"]\n[compress]\n";
        assert_eq!(needed(mac, None), [ToolId::Go]);
    }
}
