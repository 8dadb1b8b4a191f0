//! Asks databases of vulnerabilities and govulncheck about programs (effects).

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::advisory::{
    Advisory, Affected, BinaryCode, Exposure, ListedPackages, Place, STDLIB, TOOLCHAIN, exposure,
};
use super::check::{Answer, Check, Question};
use super::database::{Answering, Asked, Database, Source};
use super::finding::Finding;
use super::hits::{About, Hits, ReplacedBy, Told};
use super::mains::{Main, by_listing};
use super::program::AuditedProgram;
use super::reason;
use super::survey::Survey;
use super::version::ModuleVersion;
use crate::fetch::Client;
use crate::go_version::GoVersion;
use crate::inspect::{Loaded, Program, inspect};
use crate::mapped::FileBytes;
use crate::parallel;
use crate::process::Cancel;
use crate::tools::go::Network;
use crate::tools::govulncheck::{Govulncheck, Scan};

/// Who says where advisories come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// Nobody: it is Go's own database.
    Default,
    /// The command line or the manifest: then it has to be readable.
    Named,
}

/// What is asked about vulnerabilities.
pub struct Advisors<'a> {
    /// Where advisories come from.
    pub source: &'a Source,
    /// Who says so.
    pub choice: Choice,
    /// What gets them.
    pub client: &'a Client,
    /// What reads sources, or why nothing does.
    pub govulncheck: Answer<Govulncheck>,
}

/// What they say.
#[derive(Debug)]
pub(super) struct Advice {
    pub(super) findings: Vec<Finding>,
    /// Whether advisories were asked for.
    pub(super) advisories: Check,
    /// Whether govulncheck read the sources of all programs.
    pub(super) sources: Answer<()>,
    /// The database that answered.
    pub(super) database: Option<Answering>,
    /// Questions that have to be answered, whatever the manifest denies.
    pub(super) insisted: Vec<Question>,
}

/// Where the bytes of programs can be read, by their names.
type Files = BTreeMap<String, PathBuf>;

/// Asks everything about the programs.
pub(super) fn ask(
    survey: &Survey<'_>,
    mains: &[Main],
    (programs, files): (&[AuditedProgram], &Files),
    cancel: &Cancel,
) -> Advice {
    let advisors = survey.advisors;
    let is_far = matches!(advisors.source, Source::Address(_)) && survey.network == Network::Off;
    let mut hits = Hits::default();
    let listed = if is_far {
        Err("--offline".to_owned())
    } else {
        by_database(advisors, (programs, files), &mut hits)
    };
    let sources = match &advisors.govulncheck {
        _ if is_far => Err("--offline".to_owned()),
        Ok(govulncheck) => {
            let asked = (mains, programs, govulncheck);
            by_source(survey, asked, &mut hits, cancel)
        }
        Err(why) => Err(why.clone()),
    };
    // What somebody names has to be there, unless nobody far away may be asked.
    let is_unreadable = listed.is_err() && !is_far && advisors.choice == Choice::Named;
    Advice {
        findings: hits.findings(),
        advisories: Check::of(Question::Advisories, listed.as_ref().err()),
        sources,
        database: listed.ok(),
        insisted: is_unreadable
            .then_some(Question::Advisories)
            .into_iter()
            .collect(),
    }
}

/// Asks a database about programs that were built, where their sources can't be asked about.
pub(super) fn of_files(
    (advisors, network): (&Advisors<'_>, Network),
    (programs, files): (&[AuditedProgram], &Files),
    why: &str,
) -> Advice {
    let is_far = matches!(advisors.source, Source::Address(_)) && network == Network::Off;
    let mut hits = Hits::default();
    let listed = match programs {
        [] => Err(why.to_owned()),
        _ if is_far => Err("--offline".to_owned()),
        _ => by_database(advisors, (programs, files), &mut hits),
    };
    let only = format!("only for programs that were built: {why}");
    let gap = listed.as_ref().err().unwrap_or(&only);
    Advice {
        findings: hits.findings(),
        advisories: Check::of(Question::Advisories, Some(gap)),
        sources: Err(gap.clone()),
        database: listed.ok(),
        // go refuses the project, which is denied.
        insisted: Vec::new(),
    }
}

/// The release of Go that a program was built by, or is.
fn release(program: &AuditedProgram) -> Option<ModuleVersion> {
    let go = program
        .build
        .as_ref()
        .map_or(&program.go, |build| &build.go);
    GoVersion::of_toolchain(go).map(|go| ModuleVersion::from(&go))
}

/// The modules of a program, Go itself among them: the path of the import, the path that advisories
/// know, and the version.
fn modules(program: &AuditedProgram) -> Vec<(String, String, ModuleVersion)> {
    let linked = program.modules.iter().filter_map(|module| {
        let (path, version) = module.real();
        let version = version.parse().ok()?;
        Some((module.path.clone(), path.to_owned(), version))
    });
    let go = release(program);
    let go = go.map(|version| (STDLIB.to_owned(), STDLIB.to_owned(), version));
    linked.chain(go).collect()
}

fn by_database(
    advisors: &Advisors<'_>,
    (programs, files): (&[AuditedProgram], &Files),
    hits: &mut Hits,
) -> Answer<Answering> {
    let failed = |error: super::database::DatabaseError| error.to_string();
    let database = Database::open(advisors.source, advisors.client).map_err(failed)?;
    let of_programs: Vec<_> = programs.iter().map(modules).collect();
    let builders: BTreeSet<ModuleVersion> = programs.iter().filter_map(release).collect();
    let asked = of_programs
        .iter()
        .flatten()
        .map(|(_, path, version)| Asked {
            path,
            version: Some(version),
        });
    let asked = asked.chain(builders.iter().map(|version| Asked {
        path: TOOLCHAIN,
        version: Some(version),
    }));
    let mut asked: Vec<Asked<'_>> = asked.collect();
    asked.sort_by_key(|asked| (asked.path, asked.version));
    asked.dedup_by_key(|asked| (asked.path, asked.version));
    let advisories = database.of(&asked).map_err(failed)?;
    for (program, modules) in programs.iter().zip(&of_programs) {
        let file = files.get(&program.name).map(PathBuf::as_path);
        of_program((program, file), (modules, &advisories), hits);
    }
    for version in &builders {
        of_builder(version, &advisories, hits);
    }
    Ok(Answering {
        source: advisors.source.to_string(),
        modified: database.modified(),
    })
}

/// What advisories say of a go command, which is in no program.
fn of_builder(version: &ModuleVersion, advisories: &[Advisory], hits: &mut Hits) {
    for advisory in advisories {
        if let Some(affected) = advisory.affects(TOOLCHAIN, version) {
            let about = About {
                advisory: advisory.id.to_string(),
                module: TOOLCHAIN.to_owned(),
                version: version.to_string(),
            };
            let told = told(advisory, &affected, None);
            hits.add(about, told, (None, Exposure::Required));
        }
    }
}

/// What an advisory tells, whichever program has the module.
fn told(advisory: &Advisory, affected: &Affected<'_>, replaced_by: Option<ReplacedBy>) -> Told {
    Told {
        fixed: affected.fixed.as_ref().map(ToString::to_string),
        summary: advisory.summary.clone(),
        aliases: advisory.aliases.clone(),
        replaced_by,
    }
}

/// What of a program is affected: by which advisory, and how, the module as it is imported, and its version.
type OfModule<'a> = (&'a Advisory, Affected<'a>, &'a String, &'a ModuleVersion);

fn affected<'a>(
    program: &AuditedProgram,
    modules: &'a [(String, String, ModuleVersion)],
    advisories: &'a [Advisory],
) -> Vec<OfModule<'a>> {
    let of_advisory = |advisory: &'a Advisory| {
        modules.iter().filter_map(move |(imported, path, version)| {
            let affected = advisory.affects(path, version)?;
            let is_for = affected.is_for(&program.target);
            is_for.then_some((advisory, affected, imported, version))
        })
    };
    advisories.iter().flat_map(of_advisory).collect()
}

fn of_program(
    (program, file): (&AuditedProgram, Option<&Path>),
    (modules, advisories): (&[(String, String, ModuleVersion)], &[Advisory]),
    hits: &mut Hits,
) {
    let affected = affected(program, modules, advisories);
    if affected.is_empty() {
        return;
    }
    let mut add = |code: &dyn Fn(&Affected<'_>, Place<'_>) -> Exposure| {
        for (advisory, affected, imported, version) in &affected {
            let place = Place {
                module: imported,
                target: &program.target,
            };
            let about = About {
                advisory: advisory.id.to_string(),
                module: (*imported).clone(),
                version: version.to_string(),
            };
            let told = told(advisory, affected, replaced_by(program, imported));
            let exposure = code(affected, place);
            hits.add(about, told, (Some(program.name.clone()), exposure));
        }
    };
    // Of a file without a table of functions nobody knows which packages are in it.
    let is_unread = program.packages.is_empty();
    let listed = ListedPackages::new(
        program.packages.iter().cloned(),
        program.modules.iter().map(|module| module.path.clone()),
    );
    let by_packages = |affected: &Affected<'_>, place: Place<'_>| {
        if is_unread {
            let packages = affected.imports.iter().map(|import| import.path.clone());
            return Exposure::Imported {
                packages: packages.collect(),
            };
        }
        exposure(affected, place, &listed)
    };
    let bytes = file.and_then(|file| FileBytes::open(file).ok());
    let facts = bytes.as_ref().and_then(|bytes| inspect(bytes).ok());
    let (Some(bytes), Some(facts)) = (&bytes, &facts) else {
        return add(&by_packages);
    };
    let loaded = Loaded::of(facts.format, bytes);
    match (Program::find(&loaded), &facts.go) {
        (Ok(functions), Ok(info)) => {
            let code = BinaryCode::of(&functions, info);
            add(&|affected, place| exposure(affected, place, &code));
        }
        _ => add(&by_packages),
    }
}

/// What is compiled in the place of a module.
fn replaced_by(program: &AuditedProgram, imported: &str) -> Option<ReplacedBy> {
    let mut modules = program.modules.iter();
    let module = modules.find(|module| module.path == imported)?;
    let (path, version) = module.replaced_by.as_ref()?;
    Some(match version.as_str() {
        "" => ReplacedBy::Folder,
        _ => ReplacedBy::Module { path: path.clone() },
    })
}

/// Has govulncheck read the sources of all programs, those of one listing at once.
fn by_source(
    survey: &Survey<'_>,
    (mains, programs, govulncheck): (&[Main], &[AuditedProgram], &Govulncheck),
    hits: &mut Hits,
    cancel: &Cancel,
) -> Answer<()> {
    let database = survey.advisors.source.for_govulncheck();
    let database = database.ok_or("govulncheck reads folders and addresses only")?;
    let listings = by_listing(mains);
    let scans = parallel::map(&listings, survey.cores, |(listing, mains)| {
        survey.asked_about((listing, mains.as_slice()), |go, query| {
            govulncheck.scan(go, query, Some(&database), cancel)
        })
    });
    for (scan, (_, mains)) in scans.into_iter().zip(&listings) {
        let scan = scan.map_err(|error| reason::in_a_line(&error.to_string()))?;
        of_scan(scan, (mains, programs), hits);
    }
    Ok(())
}

fn of_scan(scan: Scan, (mains, programs): (&[&Main], &[AuditedProgram]), hits: &mut Hits) {
    for found in scan.vulnerabilities {
        let advisory = scan.advisories.iter().find(|one| one.id == found.advisory);
        let id = found.advisory.to_string();
        let module = imported_as(&found.module, programs);
        let version = found.version.map(|version| version.to_string());
        let known = hits.version_of(&id, &module).map(str::to_owned);
        let about = About {
            version: version.or(known).unwrap_or_default(),
            advisory: id,
            module,
        };
        for main in calling(&found.exposure, mains) {
            let told = Told {
                fixed: found.fixed.as_ref().map(ToString::to_string),
                summary: advisory.map(|it| it.summary.clone()).unwrap_or_default(),
                aliases: advisory.map(|it| it.aliases.clone()).unwrap_or_default(),
                replaced_by: None,
            };
            let hit = (Some(main.label.clone()), found.exposure.clone());
            hits.add(about.clone(), told, hit);
        }
    }
}

/// Of the programs that were read at once those that a chain of calls starts in; all, where that doesn't show.
fn calling<'m>(exposure: &Exposure, mains: &[&'m Main]) -> Vec<&'m Main> {
    let first = match exposure {
        Exposure::Called { chain } => chain.first().map_or("", String::as_str),
        Exposure::Linked { .. } | Exposure::Imported { .. } | Exposure::Required => "",
    };
    let starts = |main: &&&Main| {
        let rest = first.strip_prefix(main.import_path.as_str());
        rest.is_some_and(|rest| rest.starts_with('.'))
    };
    let starting: Vec<&Main> = mains.iter().filter(starts).copied().collect();
    match starting.as_slice() {
        [] => mains.to_vec(),
        _ => starting,
    }
}

/// The path by which a module is imported: govulncheck names what is compiled in its place.
fn imported_as(module: &str, programs: &[AuditedProgram]) -> String {
    let mut linked = programs.iter().flat_map(|program| &program.modules);
    let replaced = linked.find(|linked| linked.real().0 == module);
    replaced.map_or(module, |linked| &linked.path).to_owned()
}
