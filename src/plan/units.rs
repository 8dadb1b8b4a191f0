//! Which binaries are built for which cells, and the go process that each could share.

use std::collections::BTreeMap;

use super::command::{Arg, Base, Place};
use super::dwarf::Dwarf;
use super::embedding::{ca_roots, tzdata};
use super::group::{CompileKey, Unit};
use super::inputs::Inputs;
use super::overrides::unknown_names;
use super::smoke::asked;
use super::toolchain::link_flags;
use crate::go_package::{ListedError, ListedPackage, View, default_binary_name, package_argument};
use crate::go_words::{has_both_quotes, join_for_go};
use crate::manifest::{
    Binary, BinaryRef, Cell, Diagnostic, Effective, Packing, Span, Variable, effective,
    is_safe_name, packing_refused, unmet_needs,
};
use crate::project::{CertificateUse, Listing, Project};
use crate::target::{Cgo, Target};
use crate::toolchain::Chosen;
use crate::tools::git::Repository;
use crate::verify::Stamp;

/// A main package that becomes a binary.
struct Main<'a> {
    name: String,
    section: Option<&'a Binary>,
    module: String,
    /// The folder below the module's, written `.` or `./…`.
    package: String,
    import_path: String,
    /// What it has to do with certificates, where that was asked.
    certificates: Option<CertificateUse>,
    /// The files of the package.
    listed: &'a ListedPackage,
}

/// All units of the selection, in the order of cells and then of binaries; or all faults.
pub(super) fn units(inputs: &Inputs<'_>) -> Result<Vec<Unit>, Vec<Diagnostic>> {
    let mut faults = Vec::new();
    let mut units = Vec::new();
    for (cell_index, cell) in inputs.selection.cells.iter().enumerate() {
        if let Err(fault) = check_cell(inputs, cell) {
            faults.push(fault);
            continue;
        }
        for main in mains(inputs, cell, &mut faults) {
            match unit(inputs, cell_index, cell, &main) {
                Ok(unit) => {
                    faults.extend(unpackable(inputs, &unit));
                    units.push(unit);
                }
                Err(fault) => faults.push(fault),
            }
        }
    }
    if faults.is_empty() {
        faults = unknown_names(inputs, &units);
    }
    if faults.is_empty() {
        Ok(units)
    } else {
        Err(in_order(faults))
    }
}

/// Faults in the order of their places; what is wrong for many cells alike is said once.
fn in_order(faults: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let mut unique: Vec<Diagnostic> = Vec::new();
    for fault in faults {
        if !unique.contains(&fault) {
            unique.push(fault);
        }
    }
    unique.sort_by_key(|fault| fault.span.start);
    unique
}

/// What only Go's toolchain can tell about a cell.
fn check_cell(inputs: &Inputs<'_>, cell: &Cell) -> Result<(), Diagnostic> {
    let target = &cell.target;
    let project = inputs.project_of(cell);
    if !project.builds_for(target) {
        let message = format!(
            "{} doesn't build for {}/{}",
            project.toolchain.version, target.goos, target.goarch
        );
        let help = format!(
            "leave it out: exclude = [{{ goos = \"{}\", goarch = \"{}\" }}]; \
             `go tool dist list` names all pairs",
            target.goos, target.goarch
        );
        return Err(Diagnostic::wrong(&cell.span, message).help(help));
    }
    Ok(())
}

/// The binaries that exist for a cell.
fn mains<'a>(inputs: &Inputs<'a>, cell: &Cell, faults: &mut Vec<Diagnostic>) -> Vec<Main<'a>> {
    if inputs.manifest.binaries.is_empty() {
        let modules = inputs.project_of(cell).modules.keys();
        return modules
            .flat_map(|module| discovered(inputs, cell, module, faults))
            .collect();
    }
    let mut mains = Vec::new();
    for section in &inputs.manifest.binaries {
        if !section.builds_for(&cell.target) {
            continue;
        }
        match named(inputs, cell, section) {
            Ok(main) => mains.push(main),
            Err(fault) => faults.push(fault),
        }
    }
    mains
}

fn listing(cell: &Cell, module: &str, view: View) -> Listing {
    Listing {
        module: module.to_owned(),
        target: cell.target.clone(),
        cgo: cell.cgo,
        view,
    }
}

fn listed<'a>(project: &'a Project, listing: &Listing) -> &'a [ListedPackage] {
    let packages = project.packages.get(listing);
    packages.map_or(&[], Vec::as_slice)
}

fn certificate_use(
    project: &Project,
    listing: &Listing,
    package: &ListedPackage,
) -> Option<CertificateUse> {
    let uses = project.certificates.get(listing)?;
    uses.get(&package.import_path).copied()
}

/// Every main package that go lists for the cell. One that go can't even name might be one too.
fn discovered<'a>(
    inputs: &Inputs<'a>,
    cell: &Cell,
    module: &str,
    faults: &mut Vec<Diagnostic>,
) -> Vec<Main<'a>> {
    let project = inputs.project_of(cell);
    let module_path = project.module_path(module);
    let listing = listing(cell, module, inputs.manifest.cell_view(cell));
    let packages = listed(project, &listing);
    let unnamed = packages.iter().filter(|package| package.name.is_empty());
    faults.extend(unnamed.filter_map(|package| {
        let error = package
            .error
            .as_ref()
            .filter(|error| !error.pos.is_empty())?;
        let reason = error.err.lines().next().unwrap_or_default();
        let package = package_argument(&package.import_path, module_path);
        let message = format!("go can't load `{package}`: {}: {reason}", error.pos);
        let help = "mend it, or name what is to be built: a [[binary]] section each";
        Some(Diagnostic::wrong(&(0..0), message).help(help))
    }));
    packages
        .iter()
        .filter(|package| package.name == "main")
        .map(|package| Main {
            certificates: certificate_use(project, &listing, package),
            listed: package,
            name: default_binary_name(&package.import_path).to_owned(),
            section: None,
            module: module.to_owned(),
            package: package_argument(&package.import_path, module_path),
            import_path: package.import_path.clone(),
        })
        .collect()
}

/// The package that a `[[binary]]` names, as go lists it for the cell.
fn named<'a>(
    inputs: &Inputs<'a>,
    cell: &Cell,
    section: &'a Binary,
) -> Result<Main<'a>, Diagnostic> {
    let module = &section.module.value;
    let package = &section.package.value;
    let fault = |message: String| Diagnostic::wrong(&section.package.span, message);
    let example = "write the folder of a main package, such as \"./cmd/server\"";
    let project = inputs.project_of(cell);
    let module_path = project.module_path(module);
    let import_path = section.import_path(module_path);
    let view = inputs.manifest.binary_view(section, module_path, cell);
    let listing = listing(cell, module, view);
    let packages = listed(project, &listing);
    // Go has no import path for a folder without any Go file.
    let is_it = |listed: &&ListedPackage| {
        let folder_only = listed.import_path == *package && !listed.dir.as_os_str().is_empty();
        listed.import_path == import_path || folder_only
    };
    let Some(found) = packages.iter().find(is_it) else {
        let unfound = packages.iter().find(|other| other.import_path == *package);
        let error = unfound.and_then(|unfound| unfound.error.as_ref());
        let message = format!("there is no package `{package}` in the module `{module}`");
        return Err(fault(message).help(missing_help(module, error).unwrap_or(example.to_owned())));
    };
    let source_error = found.error.as_ref().filter(|error| !error.pos.is_empty());
    if found.name.is_empty() && source_error.is_none() {
        if !found.ignored_go_files.is_empty() {
            let message = format!("no Go file of `{package}` is for {}", cell.target);
            return Err(fault(message).help(no_files_help(cell)));
        }
        return Err(
            fault(format!("there is no Go file besides tests in `{package}`")).help(example),
        );
    }
    // What is wrong in the source itself, the compiler tells best.
    if found.name != "main" && source_error.is_none() {
        let message = format!(
            "`{package}` is the package `{}`, not a main package",
            found.name
        );
        return Err(fault(message).help(example));
    }
    Ok(Main {
        certificates: certificate_use(project, &listing, found),
        listed: found,
        name: section.file_stem(module_path),
        section: Some(section),
        module: module.clone(),
        package: package.clone(),
        import_path: found.import_path.clone(),
    })
}

/// What to do about a package that go doesn't find, where it says more than that.
fn missing_help(module: &str, error: Option<&ListedError>) -> Option<String> {
    let reason = error?.err.as_str();
    if reason.contains("does not contain package") {
        return Some(
            "it is in a module of its own: name that folder with `module = \"…\"`".to_owned(),
        );
    }
    reason
        .contains("not one of the workspace modules")
        .then(|| format!("the go.work here doesn't use `{module}`: run `go work use ./{module}`"))
}

fn no_files_help(cell: &Cell) -> String {
    match cell.cgo {
        Cgo::Disabled => format!(
            "build constraints exclude them (files that use cgo count only with cgo = true): \
             limit the binary with `targets = [\"…\"]`, or exclude {} from [matrix]",
            cell.target
        ),
        Cgo::Enabled => format!(
            "build constraints exclude them: limit the binary with `targets = [\"…\"]`, or \
             exclude {} from [matrix]",
            cell.target
        ),
    }
}

/// Only a name that Go gives gets here unchecked.
fn check_name(main: &Main<'_>) -> Result<(), Diagnostic> {
    if is_safe_name(&main.name) {
        return Ok(());
    }
    let span: Span = main.section.map_or(0..0, |section| section.span.clone());
    let message = format!(
        "the package {} would make a binary named `{}`, which is no safe file name everywhere",
        main.import_path, main.name
    );
    let help = "give it a `name` in a [[binary]] section";
    Err(Diagnostic::wrong(&span, message).help(help))
}

fn unit(
    inputs: &Inputs<'_>,
    cell_index: usize,
    cell: &Cell,
    main: &Main<'_>,
) -> Result<Unit, Diagnostic> {
    check_name(main)?;
    let project = inputs.project_of(cell);
    let binary = BinaryRef {
        name: Some(&main.name),
        section: main.section,
    };
    let settings = effective(inputs.manifest, &binary, cell);
    if let Some(fault) = unmet_needs([(cell, settings.clone())]).into_iter().next() {
        return Err(fault);
    }
    let dir = project.working_dir(&main.module);
    let package = if dir == main.module {
        main.package.clone()
    } else {
        from_workspace(&main.module, &main.package)
    };
    let toolchains = inputs.toolchains.get(cell_index);
    let chosen = toolchains.and_then(|toolchains| toolchains.for_settings(&settings));
    let mut flags = chosen.map_or(Ok(Vec::new()), |chosen| {
        link_flags(&chosen.setup, &settings, cell)
    })?;
    // Of one flag the last counts, which is the user's.
    flags.extend(ldflags(inputs, cell, main, &settings));
    let joined = joined(&flags, main)?;
    let tzdata = tzdata(project, &settings)?;
    let ca_roots = ca_roots(project, &settings, (main.listed, main.certificates))?;
    let go_flags = settings.flags.iter().map(|flag| flag.value.clone());
    let key = CompileKey {
        cell_index,
        toolchain: chosen.map(|chosen| chosen.setup.name.clone()),
        dir: dir.to_owned(),
        env: environment(chosen, (&settings, &flags)),
        rebuild: inputs.request.rebuild.unwrap_or(settings.rebuild),
        trimpath: settings.trimpath,
        dwarf: Dwarf::of(&settings, &flags),
        stamp: stamp(project.stamp(dir).filter(|_| settings.vcs)),
        buildmode: settings.buildmode.value,
        flags: go_flags.collect(),
        sanitizers: settings.sanitizers.iter().map(|one| one.value).collect(),
        tags: settings.tags.clone(),
        recorded_ldflags: (!settings.trimpath).then(|| joined.clone()),
    };
    Ok(Unit {
        key,
        go: cell.release_among(&inputs.manifest.cells).cloned(),
        cell: cell.clone(),
        binary: main.name.clone(),
        import_path: main.import_path.clone(),
        package,
        default_name: default_binary_name(&main.import_path).to_owned(),
        variables: set_by(&flags),
        ldflags: joined,
        policy: settings.gate(),
        reproducible: settings.reproducible,
        smoke: asked(&settings, &cell.target, |variable| {
            value(inputs, cell, &main.name, variable)
        }),
        tzdata,
        ca_roots,
    })
}

/// The fault of a binary that is to be packed and can't be, for its build mode or its target.
fn unpackable(inputs: &Inputs<'_>, unit: &Unit) -> Option<Diagnostic> {
    let Packing::Refused(selector, refusal) = unit.packing(inputs.manifest) else {
        return None;
    };
    let target = &unit.cell.target;
    let what = format!("`{}` for `{target}`", unit.binary);
    Some(packing_refused(selector, &what, target, refusal))
}

/// What go stamps from a repository: nothing before its first commit.
fn stamp(repository: Option<&Repository>) -> Stamp {
    let head = repository.and_then(|repository| Some((repository, repository.head.as_ref()?)));
    match head {
        Some((repository, head)) => Stamp::Revision {
            commit: head.commit.clone(),
            modified: repository.modified,
        },
        None => Stamp::None,
    }
}

fn from_workspace(module: &str, package: &str) -> String {
    match Place::new(Base::Root, module)
        .join(package.trim_start_matches("./"))
        .path
        .as_str()
    {
        "." | "" => ".".to_owned(),
        path => format!("./{path}"),
    }
}

/// The flags of the linker with their variables replaced.
fn ldflags(inputs: &Inputs<'_>, cell: &Cell, main: &Main<'_>, settings: &Effective) -> Vec<String> {
    let flags = settings.ldflags.iter();
    flags
        .map(|flag| flag.render(|variable| value(inputs, cell, &main.name, variable)))
        .collect()
}

/// Flags of the linker, joined as go splits them.
fn joined(flags: &[String], main: &Main<'_>) -> Result<String, Diagnostic> {
    if let Some(flag) = flags.iter().find(|flag| has_both_quotes(flag)) {
        let span: Span = main.section.map_or(0..0, |section| section.span.clone());
        let message = format!("the linker flag `{flag}` has both kinds of quotes");
        return Err(Diagnostic::wrong(&span, message)
            .help("Go's flag syntax can't quote it: drop one kind"));
    }
    Ok(join_for_go(flags.iter().map(String::as_str)))
}

/// The variables that flags of the linker set, with their values; of several with one name the last
/// counts.
///
/// Source: `go tool link -help`, and Go's package flag for how flags are written.
fn set_by(flags: &[String]) -> BTreeMap<String, String> {
    let mut flags = flags.iter();
    let mut variables = BTreeMap::new();
    while let Some(flag) = flags.next() {
        let name = flag.strip_prefix("--").or_else(|| flag.strip_prefix('-'));
        let definition = match name.and_then(|name| name.strip_prefix('X')) {
            Some("") => flags.next().map(String::as_str),
            Some(rest) => rest.strip_prefix('='),
            None => None,
        };
        if let Some((variable, value)) = definition.and_then(|text| text.split_once('=')) {
            variables.insert(variable.to_owned(), value.to_owned());
        }
    }
    variables
}

/// The value of a variable for a binary in a cell.
fn value(inputs: &Inputs<'_>, cell: &Cell, binary: &str, variable: Variable) -> String {
    match variable {
        Variable::Binary => binary.to_owned(),
        variable => value_for(&cell.target, variable)
            .or_else(|| inputs.release.value(variable))
            .unwrap_or_default(),
    }
}

/// The value of a variable of a target; none for those of a project or binary.
pub(crate) fn value_for(target: &Target, variable: Variable) -> Option<String> {
    match variable {
        Variable::Goos => Some(target.goos.to_string()),
        Variable::Goarch => Some(target.goarch.to_string()),
        Variable::Variant => {
            let variant = target.variant.as_ref();
            Some(variant.map(ToString::to_string).unwrap_or_default())
        }
        Variable::Target => Some(target.to_string()),
        _ => None,
    }
}

/// The variables that the manifest and the C toolchain set.
fn environment(
    chosen: Option<&Chosen>,
    (settings, ldflags): (&Effective, &[String]),
) -> BTreeMap<String, Arg> {
    let from_toolchain = chosen.map(|chosen| chosen.setup.variables.clone());
    // Go's own are `-O2 -g`, which come last: with `-g` there zig keeps what `-s` strips.
    let strips = chosen.is_some() && ldflags.iter().any(|flag| flag == "-s");
    let stripped = strips.then(|| ("CGO_LDFLAGS".to_owned(), "-O2".to_owned()));
    stripped
        .into_iter()
        .chain(from_toolchain.unwrap_or_default())
        .chain(settings.env.clone())
        .map(|(name, value)| (name, Arg::Text(value)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_read_from_the_forms_that_flags_have() {
        let flags = [
            "-s",
            "-X=main.a=1",
            "--X=main.b=x=y",
            "-X",
            "main.c=two words",
            "-Xfoo=1",
            "-X=main.a=2",
        ];
        let set = set_by(&flags.map(String::from));
        let expected = [("main.a", "2"), ("main.b", "x=y"), ("main.c", "two words")];
        let expected = expected.map(|(variable, value)| (variable.to_owned(), value.to_owned()));
        assert_eq!(set, BTreeMap::from(expected));
        assert_eq!(set_by(&["-X".to_owned()]), BTreeMap::new());
    }
}
