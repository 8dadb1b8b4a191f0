//! Targets and gates, one against the other.

use super::super::artifact::ArtifactView;
use super::super::gates::Gates;
use super::super::html::Html;
use super::{headings, mark, section, wide};
use crate::plan::label;

pub(super) fn matrix(html: &mut Html, artifacts: &[ArtifactView<'_>]) {
    section(html, "gates", "Gates", |html| {
        html.class_leaf(
            "p",
            "lead",
            "What each artifact had to pass. Green is only what was looked at and held.",
        );
        wide(html, "Targets and gates", |html| {
            html.class("table", "gates", |html| {
                let names: Vec<&str> = ["Artifact"].into_iter().chain(Gates::NAMES).collect();
                headings(html, &names);
                for same in by_target(artifacts) {
                    target(html, &same);
                }
            });
        });
    });
}

/// The artifacts of each target, in the order of the targets' first ones.
fn by_target<'v, 'a>(artifacts: &'v [ArtifactView<'a>]) -> Vec<Vec<&'v ArtifactView<'a>>> {
    let mut groups: Vec<Vec<&ArtifactView<'_>>> = Vec::new();
    for artifact in artifacts {
        let target = target_of(artifact);
        let is_same = |group: &&mut Vec<&ArtifactView<'_>>| {
            group
                .first()
                .is_some_and(|first| target_of(first) == target)
        };
        match groups.iter_mut().find(is_same) {
            Some(group) => group.push(artifact),
            None => groups.push(vec![artifact]),
        }
    }
    groups
}

fn target_of(artifact: &ArtifactView<'_>) -> String {
    label(
        &artifact.planned.target,
        artifact.planned.toolchain.as_deref(),
        artifact.planned.go.as_deref(),
    )
}

fn target(html: &mut Html, artifacts: &[&ArtifactView<'_>]) {
    html.element("tbody", &[], |html| {
        let Some(first) = artifacts.first() else {
            return;
        };
        html.element("tr", &[("class", "target")], |html| {
            let columns = (Gates::NAMES.len() + 1).to_string();
            let attributes = [("scope", "rowgroup"), ("colspan", columns.as_str())];
            html.element("th", &attributes, |html| {
                html.class_leaf("span", "stay", &target_of(first));
            });
        });
        for artifact in artifacts {
            html.element("tr", &[], |html| {
                html.element("th", &[("scope", "row")], |html| {
                    let link = format!("#{}", artifact.anchor);
                    html.element("a", &[("href", &link)], |html| {
                        html.text(&artifact.planned.binary);
                    });
                });
                for gate in &artifact.gates.0 {
                    html.element("td", &[], |html| mark(html, gate));
                }
            });
        }
    });
}
