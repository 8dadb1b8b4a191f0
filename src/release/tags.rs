//! What an image is called in its registry, and which of these names is that of its version.

use super::plan::ReleasePlanError;
use crate::manifest::{Located, Template, Variable};
use crate::oci::{ParseReferenceError, Tag};
use crate::plan::Release;
use crate::registry::{Moving, PushedTag};

/// The first tag, and others.
pub(super) fn tags(
    templates: &[Located<Template>],
    release: &Release,
) -> Result<(PushedTag, Vec<PushedTag>), ReleasePlanError> {
    let value = |variable| release.value(variable).unwrap_or_default();
    let pushed = |text: String, moving| match fit(&text) {
        Ok(tag) => Ok(PushedTag { tag, moving }),
        Err(error) => Err(ReleasePlanError::Tag { text, error }),
    };
    let mut tags =
        texts(templates).map(|template| pushed(template.render(value), moving(template)));
    let first = tags.next();
    let first = first.unwrap_or_else(|| pushed(release.version.clone(), Moving::Refused))?;
    Ok((first, tags.collect::<Result<_, _>>()?))
}

/// The tag by which a former version is known. Where the manifest makes none of a version alone, the tag itself is what
/// names the version.
///
/// # Errors
/// When it can't be a tag.
pub fn tag_of_version(
    templates: &[Located<Template>],
    project: &str,
    version: &str,
) -> Result<Tag, ParseReferenceError> {
    let value = |variable| match variable {
        Variable::Version => Some(version.to_owned()),
        Variable::Project => Some(project.to_owned()),
        _ => None,
    };
    let mut lasting = texts(templates).filter(|template| moving(template) == Moving::Refused);
    let known = lasting
        .next()
        .filter(|template| template.variables().all(|one| value(one).is_some()));
    match known {
        Some(template) => fit(&template.render(|one| value(one).unwrap_or_default())),
        None => fit(version),
    }
}

/// Whether a tag is one that moves on with each release, and so names no version.
#[must_use]
pub fn moves(templates: &[Located<Template>], project: &str, tag: &str) -> bool {
    let value = |variable| match variable {
        Variable::Project => project.to_owned(),
        _ => String::new(),
    };
    let mut moving = texts(templates).filter(|template| moving(template) == Moving::Allowed);
    moving.any(|template| template.render(value) == tag)
}

fn texts(templates: &[Located<Template>]) -> impl Iterator<Item = &Template> {
    templates.iter().map(|template| &template.value)
}

/// What tells no version from another leads to the newest one.
fn moving(template: &Template) -> Moving {
    if template.variables().any(tells_versions_apart) {
        Moving::Refused
    } else {
        Moving::Allowed
    }
}

fn tells_versions_apart(variable: Variable) -> bool {
    match variable {
        Variable::Version
        | Variable::Tag
        | Variable::Commit
        | Variable::ShortCommit
        | Variable::Date
        | Variable::Timestamp => true,
        Variable::Project
        | Variable::Binary
        | Variable::Goos
        | Variable::Goarch
        | Variable::Variant
        | Variable::Target => false,
    }
}

/// The tag of a version, which may have a `+` or a `~` in it, and a tag may not: `_` takes their place.
fn fit(text: &str) -> Result<Tag, ParseReferenceError> {
    text.replace(['+', '~'], "_").parse()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn templates(texts: &[&str]) -> Vec<Located<Template>> {
        let located = |text: &&str| Located {
            value: text.parse().unwrap(),
            span: 0..0,
        };
        texts.iter().map(located).collect()
    }

    fn release() -> Release {
        Release {
            project: "hello".to_owned(),
            version: "v1.0.0+a".to_owned(),
            tag: Some("v1.0.0".to_owned()),
            commit: Some("7a8b9c1d".to_owned()),
            modified: false,
            epoch: 0,
            go: String::new(),
            go_releases: Vec::new(),
        }
    }

    #[test]
    fn only_what_names_a_version_stays_that_of_one_image() {
        for (template, expected) in [
            ("{version}", Moving::Refused),
            ("{tag}-{project}", Moving::Refused),
            ("sha-{short_commit}", Moving::Refused),
            ("latest", Moving::Allowed),
            ("{project}-latest", Moving::Allowed),
        ] {
            let (tag, _) = tags(&templates(&[template]), &release()).unwrap();
            assert_eq!(tag.moving, expected, "{template}");
        }
    }

    #[test]
    fn a_tag_that_moves_names_no_version() {
        let templates = templates(&["{version}", "latest", "{project}-latest"]);
        for (tag, expected) in [
            ("latest", true),
            ("hello-latest", true),
            ("v1.0.0", false),
            ("other-latest", false),
        ] {
            assert_eq!(moves(&templates, "hello", tag), expected, "{tag}");
        }
    }

    #[test]
    fn a_version_leads_to_the_tag_that_its_release_had() {
        for (texts, version, expected) in [
            (&[][..], "v1.0.0+a", "v1.0.0_a"),
            (&["{version}"], "v1.0.0+a", "v1.0.0_a"),
            (&["{version}-prod"], "v1.0.0+a", "v1.0.0_a-prod"),
            (&["latest", "{version}"], "v1.0.0+a", "v1.0.0_a"),
            (
                &["{project}-latest", "{project}-{version}"],
                "v1.0.0+a",
                "hello-v1.0.0_a",
            ),
            // No version says which commit it was.
            (&["sha-{short_commit}"], "sha-7a8b9c1", "sha-7a8b9c1"),
        ] {
            let templates = templates(texts);
            let tag = tag_of_version(&templates, "hello", version).unwrap();
            assert_eq!(tag.as_str(), expected, "{texts:?}");
            let (first, others) = tags(&templates, &release()).unwrap();
            let mut all = std::iter::once(&first).chain(&others);
            assert!(all.any(|one| one.tag == tag), "{texts:?}");
        }
    }

    #[test]
    fn no_version_is_found_by_a_tag_that_moves() {
        let tag = tag_of_version(&templates(&["latest"]), "hello", "v1.0.0").unwrap();
        assert_eq!(tag.as_str(), "v1.0.0");
    }
}
