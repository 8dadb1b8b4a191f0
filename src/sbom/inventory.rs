//! What an artifact is made of: its parts, and which needs which. Both formats are written from this.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::{Bill, Purl};
use crate::audit::Licence;
use crate::go_version::{GoVersion, without_experiments};
use crate::inspect::{LinkedModules, Module};
use crate::target::Cgo;
use crate::toolchain::CLibrary;

/// The parts of an artifact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inventory {
    /// The parts: the main module first, then the other modules in Go's order, Go itself, and what isn't Go.
    pub parts: Vec<Part>,
    /// Which part needs which.
    pub needs: BTreeMap<PartId, BTreeSet<PartId>>,
    /// The parts that the artifact itself names: those that no other part needs.
    pub direct: BTreeSet<PartId>,
    /// The parts of which it isn't known what they need.
    pub open: BTreeSet<PartId>,
    /// Whether the parts are all that there are.
    pub completeness: Completeness,
}

/// Whether the parts are all that there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Completeness {
    /// Go's linker has put together what its build information names.
    Complete,
    /// C is in it, and nothing records of which libraries that is.
    Incomplete,
    /// It has no build information.
    Unknown,
}

/// One part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// What it is called in the document.
    pub id: PartId,
    /// Its name.
    pub name: String,
    /// Its version, where it has one.
    pub version: Option<String>,
    /// Its package URL, where there is a kind for it.
    pub purl: Option<Purl>,
    /// How vulnerability databases call it (Common Platform Enumeration 2.3).
    pub cpe: Option<String>,
    /// The checksum in go.sum: of a list of its files with their digests, and so of no file.
    pub sum: Option<String>,
    /// Its licence.
    pub licence: Licence,
    /// Whether its code is in the file.
    pub linkage: Linkage,
    /// What else is to know, in one sentence.
    pub remark: Option<String>,
}

/// Whether the code of a part is in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Linkage {
    /// It is.
    Static,
    /// A loader finds it on the system when the program starts.
    Dynamic,
}

/// What a part is called in a document.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PartId(String);

impl fmt::Display for PartId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Inventory {
    /// The parts of an artifact.
    #[must_use]
    pub fn of(bill: &Bill) -> Self {
        let modules = bill.modules.as_ref();
        let linked = modules.into_iter().flat_map(all);
        let mut parts: Vec<Part> = linked.map(|module| of_module(module, bill)).collect();
        let needs = modules.map_or_else(BTreeMap::new, |modules| needs(modules, bill));
        parts.extend(bill.go.as_deref().map(of_go));
        parts.extend(of_c(bill));
        let needed: BTreeSet<&PartId> = needs.values().flatten().collect();
        let is_direct = |id: &&PartId| !needed.contains(id);
        let direct = parts.iter().map(|part| &part.id).filter(is_direct).cloned();
        Self {
            direct: direct.collect(),
            open: open(modules, bill),
            completeness: completeness(bill),
            parts,
            needs,
        }
    }

    /// The module that holds the main package.
    #[must_use]
    pub fn main(&self, bill: &Bill) -> Option<&Part> {
        let main = bill.modules.as_ref()?.main.as_ref()?;
        self.parts.iter().find(|part| part.id == id_of(main))
    }

    /// The package URL of the artifact: that of its main package.
    #[must_use]
    pub fn purl(&self, bill: &Bill) -> Option<Purl> {
        let module = self.main(bill)?.purl.clone()?;
        let package = bill.package.as_deref();
        Some(match package {
            Some(package) => module.package(package),
            None => module,
        })
    }
}

fn completeness(bill: &Bill) -> Completeness {
    match (&bill.modules, bill.cgo) {
        (None, _) => Completeness::Unknown,
        (Some(_), Cgo::Enabled) => Completeness::Incomplete,
        (Some(_), Cgo::Disabled) => Completeness::Complete,
    }
}

fn all(modules: &LinkedModules) -> impl Iterator<Item = &Module> {
    modules.main.iter().chain(&modules.dependencies)
}

/// A version, where it is one.
fn version(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty() && *text != "(devel)")
}

fn id_of(module: &Module) -> PartId {
    PartId(match version(&module.version) {
        Some(version) => format!("{}@{version}", module.path),
        None => module.path.clone(),
    })
}

/// What is compiled in a module's place is the part, under the name of the one that is named.
fn of_module(module: &Module, bill: &Bill) -> Part {
    let real = module.replace.as_ref();
    let (path, its_version, sum) = match real {
        None => (&module.path, version(&module.version), &module.sum),
        Some(real) => match version(&real.version) {
            Some(its_version) => (&real.path, Some(its_version), &real.sum),
            None => (&module.path, None, &real.sum),
        },
    };
    let licence = bill.licences.get(&module.path).cloned();
    Part {
        id: id_of(module),
        name: path.clone(),
        version: its_version.map(str::to_owned),
        purl: Some(Purl::module(path, its_version)),
        cpe: None,
        sum: Some(sum.clone()).filter(|sum| !sum.is_empty()),
        licence: licence.unwrap_or(Licence::NotRead),
        linkage: Linkage::Static,
        remark: real.map(|real| match version(&real.version) {
            Some(_) => format!("go.mod puts it in the place of {}", id_of(module)),
            None => format!("go.mod puts the folder {} in its place", real.path),
        }),
    }
}

/// Go's standard library with its runtime, of which each program has something.
fn of_go(toolchain: &str) -> Part {
    let name = without_experiments(toolchain);
    let version = name.strip_prefix("go").unwrap_or(name).to_owned();
    let cpe = GoVersion::of_toolchain(toolchain).map(|release| cpe(&release));
    Part {
        id: PartId(format!("stdlib@{version}")),
        name: "stdlib".to_owned(),
        purl: Some(Purl::stdlib(&version)),
        version: Some(version),
        cpe,
        sum: None,
        licence: Licence::Known(vec!["BSD-3-Clause"]),
        linkage: Linkage::Static,
        remark: Some(format!(
            "the standard library and the runtime of {toolchain}"
        )),
    }
}

/// Source: NISTIR 7695, section 6.2 (formatted strings).
fn cpe(release: &GoVersion) -> String {
    let semantic = release.semantic();
    let number = format!("{}.{}.{}", semantic.major, semantic.minor, semantic.patch);
    let update = semantic.pre.as_str().replace('.', "");
    let update = if update.is_empty() { "*" } else { &update };
    format!("cpe:2.3:a:golang:go:{number}:{update}:*:*:*:*:*:*")
}

/// The libraries that a loader has to find, and the C library that is linked in.
fn of_c(bill: &Bill) -> Vec<Part> {
    let part = |name: &str, linkage, remark| Part {
        id: PartId(format!("c:{name}")),
        name: name.to_owned(),
        version: None,
        purl: None,
        cpe: None,
        sum: None,
        licence: Licence::NotRead,
        linkage,
        remark: Some(remark),
    };
    let needed: BTreeSet<&String> = bill.c.needed.iter().collect();
    let system = "the system brings it, in the version that it has".to_owned();
    let mut parts: Vec<Part> = needed
        .into_iter()
        .map(|name| part(name, Linkage::Dynamic, system.clone()))
        .collect();
    let is_static = bill.cgo == Cgo::Enabled && parts.is_empty();
    if let Some(library) = bill.c.library.filter(|_| is_static) {
        let compiler = bill.c.compiler.as_ref().or(bill.c.toolchain.as_ref());
        let from = compiler.map_or("the C toolchain", String::as_str);
        let remark = format!("linked in as far as C asks for it, in the version of {from}");
        parts.push(part(name_of(library), Linkage::Static, remark));
    }
    parts
}

fn name_of(library: CLibrary) -> &'static str {
    match library {
        CLibrary::Musl => "musl",
        CLibrary::Glibc => "glibc",
        CLibrary::Mingw => "mingw-w64",
        CLibrary::Apple => "libSystem",
    }
}

/// The modules of which it isn't known what they need.
fn open(modules: Option<&LinkedModules>, bill: &Bill) -> BTreeSet<PartId> {
    let linked = modules.into_iter().flat_map(all);
    let open = linked.filter(|module| !bill.requirements.contains_key(&module.path));
    open.map(id_of).collect()
}

/// Which module needs which: as go.mod files say where that is known, else the main module all others.
fn needs(modules: &LinkedModules, bill: &Bill) -> BTreeMap<PartId, BTreeSet<PartId>> {
    let by_path: BTreeMap<&str, &Module> = all(modules)
        .map(|module| (module.path.as_str(), module))
        .collect();
    let mut needs: BTreeMap<PartId, BTreeSet<PartId>> = BTreeMap::new();
    for (from, required) in &bill.requirements {
        let Some(from) = by_path.get(from.as_str()) else {
            continue;
        };
        // What is required and isn't linked is no part.
        let required = required.iter().filter_map(|to| by_path.get(to.as_str()));
        let ids: BTreeSet<PartId> = required.map(|to| id_of(to)).collect();
        if !ids.is_empty() {
            needs.entry(id_of(from)).or_default().extend(ids);
        }
    }
    if let Some(main) = &modules.main {
        let reached = reached(&id_of(main), &needs);
        let others = modules.dependencies.iter().map(id_of);
        let unreached = others.filter(|id| !reached.contains(id));
        needs.entry(id_of(main)).or_default().extend(unreached);
    }
    needs
}

fn reached(from: &PartId, needs: &BTreeMap<PartId, BTreeSet<PartId>>) -> BTreeSet<PartId> {
    let mut reached = BTreeSet::from([from.clone()]);
    let mut open = vec![from.clone()];
    while let Some(id) = open.pop() {
        for next in needs.get(&id).into_iter().flatten() {
            if reached.insert(next.clone()) {
                open.push(next.clone());
            }
        }
    }
    reached
}
