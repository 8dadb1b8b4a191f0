//! SPDX 2.3 as JSON.
//!
//! Source: <https://spdx.github.io/spdx-spec/v2.3/>.

use serde::Serialize;

use super::identity::uuid;
use super::{Bill, Completeness, Inventory, Linkage, Part, Purl};
use crate::audit::Licence;
use crate::epoch::rfc3339;

const DOCUMENT: &str = "SPDXRef-DOCUMENT";

/// How the artifact is called in the document.
const ROOT: &str = "SPDXRef-Artifact";

/// What isn't known, or not said.
const NO_ASSERTION: &str = "NOASSERTION";

/// The document for an artifact, with a line end. `name` is that of the document.
///
/// # Errors
/// None that depend on the bill: it is always JSON.
pub fn spdx(bill: &Bill) -> Result<Vec<u8>, serde_json::Error> {
    let inventory = Inventory::of(bill);
    let mut document = Document::of(bill, &inventory);
    let uuid = uuid(&serde_json::to_vec(&document)?);
    // Where the author has no place for documents on the web (section 6.5).
    document.namespace = format!("https://spdx.org/spdxdocs/{}-{uuid}", document.name);
    let mut json = serde_json::to_vec_pretty(&document)?;
    json.push(b'\n');
    Ok(json)
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    spdx_version: &'static str,
    data_license: &'static str,
    #[serde(rename = "SPDXID")]
    spdx_id: &'static str,
    name: String,
    #[serde(rename = "documentNamespace")]
    namespace: String,
    creation_info: CreationInfo,
    packages: Vec<Package>,
    relationships: Vec<Relationship>,
}

#[derive(Serialize)]
struct CreationInfo {
    created: String,
    creators: [String; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Package {
    #[serde(rename = "SPDXID")]
    spdx_id: String,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    version_info: Option<String>,
    #[serde(rename = "packageFileName", skip_serializing_if = "Option::is_none")]
    file_name: Option<String>,
    supplier: &'static str,
    download_location: &'static str,
    files_analyzed: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    checksums: Vec<Checksum>,
    license_concluded: &'static str,
    license_declared: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    license_comments: Option<String>,
    copyright_text: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_info: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    comment: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    external_refs: Vec<ExternalRef>,
    primary_package_purpose: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Checksum {
    algorithm: &'static str,
    checksum_value: String,
}

#[derive(Serialize)]
struct ExternalRef {
    #[serde(rename = "referenceCategory")]
    category: &'static str,
    #[serde(rename = "referenceType")]
    kind: &'static str,
    #[serde(rename = "referenceLocator")]
    locator: String,
}

#[derive(Serialize)]
struct Relationship {
    #[serde(rename = "spdxElementId")]
    element: String,
    #[serde(rename = "relationshipType")]
    kind: &'static str,
    #[serde(rename = "relatedSpdxElement")]
    related: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    comment: Option<&'static str>,
}

impl Document {
    /// Without a namespace.
    fn of(bill: &Bill, inventory: &Inventory) -> Self {
        let parts = inventory.parts.iter().enumerate();
        let packages = parts.map(|(index, part)| package(index, part));
        Self {
            spdx_version: "SPDX-2.3",
            data_license: "CC0-1.0",
            spdx_id: DOCUMENT,
            name: format!("{}-{}-{}", bill.name, bill.version, bill.target.slug()),
            namespace: String::new(),
            creation_info: CreationInfo {
                created: rfc3339(bill.epoch),
                creators: [format!("Tool: gobuildx-{}", env!("CARGO_PKG_VERSION"))],
            },
            packages: std::iter::once(root(bill, inventory))
                .chain(packages)
                .collect(),
            relationships: relationships(inventory),
        }
    }
}

fn root(bill: &Bill, inventory: &Inventory) -> Package {
    let licence = inventory
        .main(bill)
        .map_or(&Licence::NotRead, |main| &main.licence);
    let c = [&bill.c.toolchain, &bill.c.compiler].into_iter().flatten();
    let c: Vec<&str> = c.map(String::as_str).collect();
    let c = if c.is_empty() {
        String::new()
    } else {
        format!("; its C by {}", c.join(", "))
    };
    Package {
        spdx_id: ROOT.to_owned(),
        name: bill.name.clone(),
        version_info: Some(bill.version.clone()),
        file_name: Some(bill.file.name.clone()),
        checksums: vec![Checksum {
            algorithm: "SHA256",
            checksum_value: bill.file.sha256.to_string(),
        }],
        comment: Some(format!(
            "built for {}, {} bytes{c}",
            bill.target, bill.file.size
        )),
        external_refs: inventory.purl(bill).iter().map(purl).collect(),
        primary_package_purpose: if bill.buildmode.is_library() {
            "LIBRARY"
        } else {
            "APPLICATION"
        },
        ..licensed(licence)
    }
}

fn package(index: usize, part: &Part) -> Package {
    let sum = part.sum.as_ref().map(|sum| format!("go.sum has {sum}"));
    let cpe = part.cpe.as_ref().map(|cpe| ExternalRef {
        category: "SECURITY",
        kind: "cpe23Type",
        locator: cpe.clone(),
    });
    Package {
        spdx_id: id(index, part),
        name: part.name.clone(),
        version_info: part.version.clone(),
        source_info: sum,
        comment: part.remark.clone(),
        external_refs: part.purl.iter().map(purl).chain(cpe).collect(),
        primary_package_purpose: "LIBRARY",
        ..licensed(&part.licence)
    }
}

/// A package of which nothing but the licence is said. What its files declare, nobody has checked.
fn licensed(licence: &Licence) -> Package {
    let comment = match licence {
        Licence::Known(_) => None,
        Licence::Partly(ids) => Some(format!(
            "its files declare {}, and there is one whose licence isn't known",
            ids.join(" AND ")
        )),
        Licence::Unknown => Some("there is a file of a licence that isn't known".to_owned()),
        Licence::Missing => Some("none of its files declares a licence".to_owned()),
        Licence::NotRead => Some("its files were not read".to_owned()),
    };
    Package {
        spdx_id: String::new(),
        name: String::new(),
        version_info: None,
        file_name: None,
        supplier: NO_ASSERTION,
        download_location: NO_ASSERTION,
        files_analyzed: false,
        checksums: Vec::new(),
        license_concluded: NO_ASSERTION,
        license_declared: match licence {
            Licence::Known(ids) => ids.join(" AND "),
            Licence::Missing => "NONE".to_owned(),
            Licence::Partly(_) | Licence::Unknown | Licence::NotRead => NO_ASSERTION.to_owned(),
        },
        license_comments: comment,
        copyright_text: NO_ASSERTION,
        source_info: None,
        comment: None,
        external_refs: Vec::new(),
        primary_package_purpose: "",
    }
}

fn purl(purl: &Purl) -> ExternalRef {
    ExternalRef {
        category: "PACKAGE-MANAGER",
        kind: "purl",
        locator: purl.to_string(),
    }
}

/// Letters, digits, `.` and `-` only (section 3.2), so a number keeps parts apart.
fn id(index: usize, part: &Part) -> String {
    let name = part.id.to_string();
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || c == '.';
    let name: String = name
        .chars()
        .map(|c| if is_allowed(c) { c } else { '-' })
        .collect();
    format!("SPDXRef-{}-{name}", index + 1)
}

fn relation(from: &str, kind: &'static str, to: &str) -> Relationship {
    Relationship {
        element: from.to_owned(),
        kind,
        related: to.to_owned(),
        comment: None,
    }
}

fn relationships(inventory: &Inventory) -> Vec<Relationship> {
    let ids: Vec<(&Part, String)> = inventory
        .parts
        .iter()
        .enumerate()
        .map(|(index, part)| (part, id(index, part)))
        .collect();
    let mut relations = vec![relation(DOCUMENT, "DESCRIBES", ROOT)];
    relations.extend(ids.iter().map(|(part, id)| {
        let kind = match part.linkage {
            Linkage::Static => "STATIC_LINK",
            Linkage::Dynamic => "DYNAMIC_LINK",
        };
        relation(ROOT, kind, id)
    }));
    let more = match inventory.completeness {
        Completeness::Complete => None,
        Completeness::Incomplete => Some("C is in it, and not all of its libraries are known"),
        Completeness::Unknown => Some("it has no build information that names its modules"),
    };
    relations.extend(more.map(|comment| Relationship {
        comment: Some(comment),
        ..relation(ROOT, "STATIC_LINK", NO_ASSERTION)
    }));
    for (part, from) in &ids {
        let needed = inventory.needs.get(&part.id).into_iter().flatten();
        for needed in needed {
            let to = ids.iter().find(|(part, _)| part.id == *needed);
            relations.extend(to.map(|(_, to)| relation(from, "DEPENDS_ON", to)));
        }
        if inventory.open.contains(&part.id) {
            relations.push(Relationship {
                comment: Some("what it needs isn't known"),
                ..relation(from, "DEPENDS_ON", NO_ASSERTION)
            });
        }
    }
    relations
}
