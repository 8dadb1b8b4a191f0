//! One artifact after the other, each folded away until somebody asks for it.

use super::super::artifact::ArtifactView;
use super::super::gates::Gates;
use super::super::html::Html;
use super::{bytes, field, findings, mark, section, smoke, startup};
use crate::report::ArtifactRecord;
use crate::verify::Embedded;

/// So many artifacts are unfolded from the start.
const UNFOLDED: usize = 2;

pub(super) fn artifacts(html: &mut Html, artifacts: &[ArtifactView<'_>]) {
    section(html, "artifacts", "Artifacts", |html| {
        for artifact in artifacts {
            let unfolded = [("class", "artifact"), ("open", "")];
            let attributes = if artifacts.len() <= UNFOLDED {
                &unfolded[..]
            } else {
                &unfolded[..1]
            };
            html.element("details", attributes, |html| one(html, artifact));
        }
    });
}

fn one(html: &mut Html, artifact: &ArtifactView<'_>) {
    html.element("summary", &[], |html| {
        html.element("h3", &[], |html| html.text(&artifact.planned.path));
        html.class("span", "marks", |html| {
            for gate in artifact.gates.brief() {
                mark(html, &gate);
            }
        });
    });
    // A link to something that is folded away unfolds it.
    html.element("div", &[("id", &artifact.anchor)], |html| {
        gates(html, &artifact.gates);
        if let Some(size) = artifact.size {
            html.leaf("h4", "Size");
            html.class("div", "sizes", |html| {
                bytes::chart(html, size, artifact.weight, size.most());
            });
        }
        findings::findings(html, artifact);
        smoke::smoke(html, artifact);
        startup::startup(html, artifact);
        if let Some(weight) = artifact.weight {
            html.leaf("h4", "Where the bytes go");
            bytes::packages(html, weight);
        }
        if let Some(record) = artifact.record {
            html.leaf("h4", "What it is");
            facts(html, record);
        }
    });
}

/// All gates, those too that were not asked for.
fn gates(html: &mut Html, gates: &Gates) {
    html.class("dl", "gates", |html| {
        for (name, gate) in Gates::NAMES.iter().zip(&gates.0) {
            html.element("div", &[], |html| {
                field(html, name, |html| mark(html, gate));
            });
        }
    });
}

fn facts(html: &mut Html, record: &ArtifactRecord) {
    html.class("dl", "fields", |html| {
        let mut code = |name: &str, text: &str| field(html, name, |html| html.leaf("code", text));
        code("SHA-256", record.sha256.as_str());
        code("Main package", &record.package);
        if let Some(go) = &record.go {
            code("Go", go);
        }
        code("Build mode", &record.buildmode.to_string());
        if let Some(toolchain) = &record.toolchain {
            code("C toolchain", toolchain);
        }
        if let Some(interpreter) = &record.interpreter {
            code("Loader", interpreter);
        }
        if !record.needed.is_empty() {
            code("Libraries", &record.needed.join(", "));
        }
        if let Some(header) = &record.header {
            code("Header", &header.path);
        }
        if let Some(packed) = &record.packed {
            code("Packed by", &packed.tool);
        }
        code("Policy", &record.policy.to_string());
        if !record.embedded.is_empty() {
            let embedded = record.embedded.iter().map(|one| embedded_name(*one));
            let text = embedded.collect::<Vec<_>>().join(", ");
            field(html, "Compiled in", |html| html.text(&text));
        }
    });
}

fn embedded_name(embedded: Embedded) -> &'static str {
    match embedded {
        Embedded::CaRoots => "CA certificates",
        Embedded::Tzdata => "time zones",
    }
}
