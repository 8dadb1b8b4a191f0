//! How large files are, and what of.

use super::super::artifact::{ArtifactView, Size};
use super::super::html::Html;
use super::super::segment::{Part, segments};
use super::super::share::Share;
use super::{headings, section, wide};
use crate::human;
use crate::verify::{Owner, PackageWeight, Weight};

/// All files, one below the other, against the largest.
pub(super) fn sizes(html: &mut Html, artifacts: &[ArtifactView<'_>]) {
    let sized = || {
        artifacts
            .iter()
            .filter_map(|artifact| Some((artifact, artifact.size?)))
    };
    let Some(largest) = sized().map(|(_, size)| size.most()).max() else {
        return;
    };
    section(html, "sizes", "Sizes", |html| {
        let is_packed = sized().any(|(_, size)| size.unpacked.is_some());
        legend(html, is_packed.then_some("packed"));
        html.class("dl", "sizes", |html| {
            for (artifact, size) in sized() {
                html.element("dt", &[], |html| {
                    let link = format!("#{}", artifact.anchor);
                    html.element("a", &[("href", &link)], |html| {
                        html.text(&artifact.planned.path);
                    });
                });
                html.element("dd", &[], |html| {
                    chart(html, size, artifact.weight, largest);
                });
            }
        });
    });
}

/// The file, before and after it was packed.
pub(super) fn chart(html: &mut Html, size: Size, weight: Option<&Weight>, whole: u64) {
    let words = match size.unpacked {
        Some(before) => human::change(before, size.bytes),
        None => human::size(size.bytes),
    };
    html.class_leaf("span", "bytes", &words);
    if let Some(weight) = weight {
        parts(html, weight, whole);
    } else {
        let words = format!("{}, whatever it consists of", human::size(size.most()));
        bar(html, size.most(), whole, "whole", &words);
    }
    if size.unpacked.is_some() {
        let words = format!("{}, packed", human::size(size.bytes));
        bar(html, size.bytes, whole, "packed", &words);
    }
}

/// The parts of a file in one bar.
fn parts(html: &mut Html, weight: &Weight, whole: u64) {
    let words: Vec<String> = Part::ALL
        .into_iter()
        .map(|part| format!("{} {}", part.name(), human::size(part.bytes(weight))))
        .collect();
    svg(html, &words.join(", "), |html| {
        for segment in segments(weight, whole) {
            let (x, width) = (segment.start.to_string(), segment.width.to_string());
            let words = format!(
                "{}: {}",
                segment.part.name(),
                human::size(segment.part.bytes(weight))
            );
            rect(html, segment.part.class(), &x, &width, &words);
        }
    });
}

/// So much of a whole.
pub(super) fn bar(html: &mut Html, part: u64, whole: u64, class: &'static str, words: &str) {
    svg(html, words, |html| {
        rect(
            html,
            class,
            "0%",
            &Share::of(part, whole).to_string(),
            words,
        );
    });
}

fn svg(html: &mut Html, label: &str, inside: impl FnOnce(&mut Html)) {
    let attributes = [("class", "bar"), ("role", "img"), ("aria-label", label)];
    html.element("svg", &attributes, inside);
}

fn rect(html: &mut Html, class: &'static str, x: &str, width: &str, title: &str) {
    let attributes = [
        ("class", class),
        ("x", x),
        ("width", width),
        ("height", "100%"),
    ];
    html.element("rect", &attributes, |html| html.leaf("title", title));
}

fn legend(html: &mut Html, packed: Option<&str>) {
    html.class("p", "legend", |html| {
        for part in Part::ALL {
            key(html, part.class(), part.name());
        }
        if let Some(packed) = packed {
            key(html, packed, packed);
        }
    });
}

/// A colour and what it stands for.
pub(super) fn key(html: &mut Html, class: &str, name: &str) {
    html.class("span", "key", |html| {
        let attributes = [("class", "swatch"), ("aria-hidden", "true")];
        html.element("svg", &attributes, |html| {
            let attributes = [("class", class), ("width", "100%"), ("height", "100%")];
            html.element("rect", &attributes, |_| ());
        });
        html.text(name);
    });
}

/// Where the bytes of a file go, by package.
pub(super) fn packages(html: &mut Html, weight: &Weight) {
    let largest = weight.packages.first().map_or(0, |package| package.code);
    html.class("p", "lead", |html| {
        html.text("Code as the function table of the unpacked file has it, which is ");
        html.text(&human::size(weight.file));
        html.text(" large.");
    });
    wide(html, "Bytes by package", |html| {
        html.class("table", "packages", |html| {
            headings(html, &["Package", "Whose", "Bytes", "Of the file", ""]);
            html.element("tbody", &[], |html| {
                for package in &weight.packages {
                    html.element("tr", &[], |html| one(html, package, weight.file, largest));
                }
                if weight.others.packages > 0 {
                    let count = weight.others.packages as u64;
                    let name = human::counted(count, "more package", "more packages");
                    sum(html, &name, weight.others.code, weight.file);
                }
                sum(html, Part::Rest.name(), weight.rest, weight.file);
            });
        });
    });
}

fn one(html: &mut Html, package: &PackageWeight, file: u64, largest: u64) {
    html.element("th", &[("scope", "row")], |html| {
        html.leaf("code", &package.package);
    });
    html.leaf("td", whose(package.owner));
    amounts(html, package.code, file);
    html.class("td", "chart", |html| {
        let attributes = [("class", "bar"), ("aria-hidden", "true")];
        html.element("svg", &attributes, |html| {
            let width = Share::of(package.code, largest).to_string();
            let class = Part::Code(package.owner).class();
            let attributes = [("class", class), ("width", &width), ("height", "100%")];
            html.element("rect", &attributes, |_| ());
        });
    });
}

/// A row that stands for several; its bar would be no package's.
fn sum(html: &mut Html, name: &str, bytes: u64, file: u64) {
    html.element("tr", &[], |html| {
        html.element("th", &[("scope", "row"), ("colspan", "2")], |html| {
            html.text(name);
        });
        amounts(html, bytes, file);
        html.leaf("td", "");
    });
}

fn amounts(html: &mut Html, bytes: u64, file: u64) {
    html.class_leaf("td", "number", &human::size(bytes));
    html.class_leaf("td", "number", &Share::of(bytes, file).in_words());
}

fn whose(owner: Owner) -> &'static str {
    match owner {
        Owner::Main => "own",
        Owner::Dependency => "dependency",
        Owner::Go => "Go",
    }
}
