//! `CycloneDX` 1.6 as JSON.
//!
//! Source: <https://cyclonedx.org/docs/1.6/json>.

use std::collections::BTreeSet;

use serde::Serialize;

use super::identity::uuid;
use super::{Bill, Completeness, Inventory, Linkage, Part, PartId};
use crate::audit::Licence;
use crate::epoch::rfc3339;
use crate::target::Cgo;

/// How the artifact is called in the document.
const ROOT: &str = "gobuildx:artifact";

/// The document for an artifact, with a line end.
///
/// # Errors
/// None that depend on the bill: it is always JSON.
pub fn cyclonedx(bill: &Bill) -> Result<Vec<u8>, serde_json::Error> {
    let inventory = Inventory::of(bill);
    let mut document = Document::of(bill, &inventory);
    document.serial_number = format!("urn:uuid:{}", uuid(&serde_json::to_vec(&document)?));
    let mut json = serde_json::to_vec_pretty(&document)?;
    json.push(b'\n');
    Ok(json)
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    #[serde(rename = "$schema")]
    schema: &'static str,
    bom_format: &'static str,
    spec_version: &'static str,
    serial_number: String,
    version: u32,
    metadata: Metadata,
    components: Vec<Component>,
    dependencies: Vec<Dependency>,
    compositions: Vec<Composition>,
}

#[derive(Serialize)]
struct Metadata {
    timestamp: String,
    lifecycles: [Lifecycle; 1],
    tools: Tools,
    component: Component,
}

#[derive(Serialize)]
struct Lifecycle {
    phase: &'static str,
}

#[derive(Serialize)]
struct Tools {
    components: [Component; 1],
}

#[derive(Default, Serialize)]
#[serde(rename_all = "kebab-case")]
struct Component {
    r#type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    bom_ref: Option<String>,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    hashes: Vec<Hash>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    licenses: Vec<LicenceChoice>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cpe: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    purl: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    properties: Vec<Property>,
}

#[derive(Serialize)]
struct Hash {
    alg: &'static str,
    content: String,
}

#[derive(Serialize)]
struct LicenceChoice {
    license: DeclaredLicence,
}

#[derive(Serialize)]
struct DeclaredLicence {
    id: &'static str,
    acknowledgement: &'static str,
}

#[derive(Serialize)]
struct Property {
    name: &'static str,
    value: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Dependency {
    r#ref: String,
    depends_on: Vec<String>,
}

#[derive(Serialize)]
struct Composition {
    aggregate: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    assemblies: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    dependencies: Vec<String>,
}

impl Document {
    /// Without a serial number.
    fn of(bill: &Bill, inventory: &Inventory) -> Self {
        Self {
            schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
            bom_format: "CycloneDX",
            spec_version: "1.6",
            serial_number: String::new(),
            version: 1,
            metadata: Metadata {
                timestamp: rfc3339(bill.epoch),
                lifecycles: [Lifecycle {
                    phase: "post-build",
                }],
                tools: Tools {
                    components: [Component {
                        r#type: "application",
                        name: "gobuildx".to_owned(),
                        version: Some(env!("CARGO_PKG_VERSION").to_owned()),
                        ..Component::default()
                    }],
                },
                component: root(bill, inventory),
            },
            components: inventory.parts.iter().map(component).collect(),
            dependencies: dependencies(inventory),
            compositions: compositions(inventory),
        }
    }
}

fn property(name: &'static str, value: &impl ToString) -> Property {
    Property {
        name,
        value: value.to_string(),
    }
}

/// The artifact itself. Its licence is that of its main module, as far as that is read.
fn root(bill: &Bill, inventory: &Inventory) -> Component {
    let main = inventory.main(bill);
    let c = [
        ("gobuildx:c-toolchain", &bill.c.toolchain),
        ("gobuildx:c-compiler", &bill.c.compiler),
    ];
    let c = c
        .into_iter()
        .filter_map(|(name, value)| Some(property(name, value.as_ref()?)));
    let is_with_c = bill.cgo == Cgo::Enabled;
    let facts = [
        property("gobuildx:file", &bill.file.name),
        property("gobuildx:size", &bill.file.size),
        property("gobuildx:target", &bill.target),
        property("gobuildx:cgo", &is_with_c),
    ];
    Component {
        r#type: if bill.buildmode.is_library() {
            "library"
        } else {
            "application"
        },
        bom_ref: Some(ROOT.to_owned()),
        name: bill.name.clone(),
        version: Some(bill.version.clone()),
        hashes: vec![Hash {
            alg: "SHA-256",
            content: bill.file.sha256.to_string(),
        }],
        licenses: main.map(|main| licences(&main.licence)).unwrap_or_default(),
        purl: inventory.purl(bill).map(|purl| purl.to_string()),
        properties: facts.into_iter().chain(c).collect(),
        ..Component::default()
    }
}

fn component(part: &Part) -> Component {
    let linkage = match part.linkage {
        Linkage::Static => "static",
        Linkage::Dynamic => "dynamic",
    };
    let mut properties = vec![property("gobuildx:linkage", &linkage)];
    properties.extend(
        part.sum
            .as_ref()
            .map(|sum| property("gobuildx:go.sum", sum)),
    );
    if !matches!(part.licence, Licence::Known(_)) {
        properties.push(property("gobuildx:licence", &part.licence));
    }
    Component {
        r#type: "library",
        bom_ref: Some(part.id.to_string()),
        name: part.name.clone(),
        version: part.version.clone(),
        description: part.remark.clone(),
        licenses: licences(&part.licence),
        cpe: part.cpe.clone(),
        purl: part.purl.as_ref().map(ToString::to_string),
        properties,
        ..Component::default()
    }
}

/// Those that the module's own files declare.
fn licences(licence: &Licence) -> Vec<LicenceChoice> {
    let of = |id: &&'static str| LicenceChoice {
        license: DeclaredLicence {
            id,
            acknowledgement: "declared",
        },
    };
    match licence {
        Licence::Known(ids) | Licence::Partly(ids) => ids.iter().map(of).collect(),
        Licence::Unknown | Licence::Missing | Licence::NotRead => Vec::new(),
    }
}

fn dependencies(inventory: &Inventory) -> Vec<Dependency> {
    let root = Dependency {
        r#ref: ROOT.to_owned(),
        depends_on: inventory.direct.iter().map(ToString::to_string).collect(),
    };
    let of_part = |(id, needs): (&PartId, &BTreeSet<PartId>)| Dependency {
        r#ref: id.to_string(),
        depends_on: needs.iter().map(ToString::to_string).collect(),
    };
    std::iter::once(root)
        .chain(inventory.needs.iter().map(of_part))
        .collect()
}

/// How much of what there is the document has.
fn compositions(inventory: &Inventory) -> Vec<Composition> {
    let whole = Composition {
        aggregate: match inventory.completeness {
            Completeness::Complete => "complete",
            Completeness::Incomplete => "incomplete",
            Completeness::Unknown => "unknown",
        },
        assemblies: vec![ROOT.to_owned()],
        dependencies: Vec::new(),
    };
    let needs = Composition {
        aggregate: "unknown",
        assemblies: Vec::new(),
        dependencies: inventory.open.iter().map(ToString::to_string).collect(),
    };
    let is_open = !needs.dependencies.is_empty();
    std::iter::once(whole)
        .chain(is_open.then_some(needs))
        .collect()
}
