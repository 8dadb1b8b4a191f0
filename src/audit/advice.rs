//! Asks databases of vulnerabilities and govulncheck about programs (effects).

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::advisory::{
    Advisory, BinaryCode, Exposure, ListedPackages, Place, STDLIB, TOOLCHAIN, exposure,
};
use super::check::{Answer, Check, Outcome, Question};
use super::database::{Asked, Database, Source};
use super::finding::Finding;
use super::mains::{Main, by_listing};
use super::policy::Level;
use super::program::{AuditedProgram, Known};
use super::rating::instead;
use super::rule::AuditRule;
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
#[derive(Debug, Default)]
pub(super) struct Advice {
    pub(super) findings: Vec<Finding>,
    pub(super) checks: Vec<Check>,
    /// Questions that have to be answered, whatever the manifest denies.
    pub(super) insisted: Vec<Question>,
}

/// What an advisory says of a module, in whichever program it is nearest.
struct Hit {
    exposure: Exposure,
    /// None for what builds the programs.
    program: Option<String>,
    version: String,
    fixed: Option<String>,
    summary: String,
    aliases: Vec<String>,
    /// The module that is compiled in its place.
    replaced_by: Option<String>,
}

/// Where the bytes of programs can be read, by their names.
type Files = BTreeMap<String, PathBuf>;

/// By advisory and module.
type Hits = BTreeMap<(String, String), Hit>;

/// Asks everything about the programs.
pub(super) fn ask(
    survey: &Survey<'_>,
    mains: &[Main],
    (programs, files): (&[AuditedProgram], &Files),
    cancel: &Cancel,
) -> Advice {
    let advisors = survey.advisors;
    let is_far = matches!(advisors.source, Source::Address(_)) && survey.network == Network::Off;
    let mut hits = Hits::new();
    let listed = if is_far {
        Err("--offline".to_owned())
    } else {
        by_database(advisors, (programs, files), &mut hits)
    };
    let scanned = match &advisors.govulncheck {
        _ if is_far => Err("--offline".to_owned()),
        Ok(govulncheck) => by_source(survey, (mains, govulncheck), &mut hits, cancel),
        Err(why) => Err(why.clone()),
    };
    // What somebody names has to be there, unless nobody far away may be asked.
    let is_unreadable = listed.is_err() && !is_far && advisors.choice == Choice::Named;
    // What is in a file was read there; of other programs only their sources tell.
    let unread = programs.iter().filter(|program| match program.known {
        Known::File { .. } => program.packages.is_empty(),
        Known::Listed { .. } => true,
    });
    let calls = match scanned {
        Ok(()) => Check::asked(Question::Calls),
        Err(why) => {
            let reasons = unread.map(|_| why.as_str());
            Check::by_reasons(Question::Calls, reasons, programs.len())
        }
    };
    let advisories = match listed {
        Ok(()) => Check::asked(Question::Advisories),
        Err(why) => Check {
            question: Question::Advisories,
            outcome: Outcome::NotAsked { why },
        },
    };
    Advice {
        findings: hits.into_iter().map(finding).collect(),
        checks: vec![advisories, calls],
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
    let mut hits = Hits::new();
    let answer: Answer<()> = match programs {
        [] => Err(why.to_owned()),
        _ if is_far => Err("--offline".to_owned()),
        _ => by_database(advisors, (programs, files), &mut hits)
            .and(Err(format!("only for programs that were built: {why}"))),
    };
    let checks = [Question::Advisories, Question::Calls].map(|question| Check {
        question,
        outcome: Outcome::NotAsked {
            why: answer.clone().err().unwrap_or_default(),
        },
    });
    Advice {
        findings: hits.into_iter().map(finding).collect(),
        checks: checks.into(),
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
) -> Answer<()> {
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
    Ok(())
}

/// What advisories say of a go command, which is in no program.
fn of_builder(version: &ModuleVersion, advisories: &[Advisory], hits: &mut Hits) {
    for advisory in advisories {
        if let Some(affected) = advisory.affects(TOOLCHAIN, version) {
            let hit = Hit {
                exposure: Exposure::Required,
                program: None,
                version: version.to_string(),
                fixed: affected.fixed.as_ref().map(ToString::to_string),
                summary: advisory.summary.clone(),
                aliases: advisory.aliases.clone(),
                replaced_by: None,
            };
            merge(hits, (advisory.id.to_string(), TOOLCHAIN.to_owned()), hit);
        }
    }
}

fn of_program(
    (program, file): (&AuditedProgram, Option<&Path>),
    (modules, advisories): (&[(String, String, ModuleVersion)], &[Advisory]),
    hits: &mut Hits,
) {
    let affected: Vec<_> = advisories
        .iter()
        .flat_map(|advisory| {
            modules.iter().filter_map(move |(imported, path, version)| {
                let affected = advisory.affects(path, version)?;
                if !affected.is_for(&program.target) {
                    return None;
                }
                Some((advisory, affected, imported, version))
            })
        })
        .collect();
    if affected.is_empty() {
        return;
    }
    let mut add = |code: &dyn Fn(&super::advisory::Affected<'_>, Place<'_>) -> Exposure| {
        for (advisory, affected, imported, version) in &affected {
            let place = Place {
                module: imported,
                target: &program.target,
            };
            let hit = Hit {
                exposure: code(affected, place),
                program: Some(program.name.clone()),
                version: version.to_string(),
                fixed: affected.fixed.as_ref().map(ToString::to_string),
                summary: advisory.summary.clone(),
                aliases: advisory.aliases.clone(),
                replaced_by: replaced_by(program, imported),
            };
            merge(hits, (advisory.id.to_string(), (*imported).clone()), hit);
        }
    };
    // Of a file without a table of functions nobody knows which packages are in it.
    let is_unread = program.packages.is_empty();
    let listed = ListedPackages::new(
        program.packages.iter().cloned(),
        program.modules.iter().map(|module| module.path.clone()),
    );
    let by_packages = |affected: &super::advisory::Affected<'_>, place: Place<'_>| {
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

/// The path of what is compiled in the place of a module.
fn replaced_by(program: &AuditedProgram, imported: &str) -> Option<String> {
    let module = program
        .modules
        .iter()
        .find(|module| module.path == imported)?;
    module.replaced_by.as_ref().map(|(path, _)| path.clone())
}

fn merge(hits: &mut Hits, key: (String, String), hit: Hit) {
    match hits.remove(&key) {
        Some(known) => {
            let is_nearer = hit.exposure < known.exposure;
            let program = if is_nearer {
                hit.program
            } else {
                known.program
            };
            let merged = Hit {
                exposure: known.exposure.worst(hit.exposure),
                program,
                fixed: known.fixed.or(hit.fixed),
                version: known.version,
                summary: known.summary,
                aliases: known.aliases,
                replaced_by: known.replaced_by.or(hit.replaced_by),
            };
            hits.insert(key, merged);
        }
        None => {
            hits.insert(key, hit);
        }
    }
}

/// Has govulncheck read the sources of all programs, those of one listing at once.
fn by_source(
    survey: &Survey<'_>,
    (mains, govulncheck): (&[Main], &Govulncheck),
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
        let scan = scan.map_err(|error| error.to_string())?;
        let program = mains.first().map(|main| main.label.clone());
        of_scan(scan, &program.unwrap_or_default(), hits);
    }
    Ok(())
}

fn of_scan(scan: Scan, program: &str, hits: &mut Hits) {
    for found in scan.vulnerabilities {
        let advisory = scan.advisories.iter().find(|one| one.id == found.advisory);
        let hit = Hit {
            exposure: found.exposure,
            program: Some(program.to_owned()),
            version: found.version.map(|it| it.to_string()).unwrap_or_default(),
            fixed: found.fixed.map(|it| it.to_string()),
            summary: advisory.map(|it| it.summary.clone()).unwrap_or_default(),
            aliases: advisory.map(|it| it.aliases.clone()).unwrap_or_default(),
            replaced_by: None,
        };
        merge(hits, (found.advisory.to_string(), found.module), hit);
    }
}

fn finding(((advisory, module), hit): ((String, String), Hit)) -> Finding {
    let (level, how, chain) = match hit.exposure {
        Exposure::Called { chain } => (Level::Called, "it is called".to_owned(), chain),
        Exposure::Linked { symbols } => {
            let told = crate::human::first(3, &symbols);
            (Level::Linked, format!("in the program: {told}"), Vec::new())
        }
        Exposure::Imported { packages } => {
            let told = crate::human::first(3, &packages);
            let says =
                format!("linked: {told}, of which no function is known to be in the program");
            (Level::Imported, says, Vec::new())
        }
        Exposure::Required => {
            let how = if module == TOOLCHAIN {
                "the go command that builds has it, and no program"
            } else {
                "none of it is linked"
            };
            (Level::Required, how.to_owned(), Vec::new())
        }
    };
    let summary = match hit.summary.trim() {
        "" => String::new(),
        summary => format!("{}; ", summary.trim_end_matches('.')),
    };
    let fix = match (&hit.fixed, module.as_str()) {
        (Some(fixed), module) if hit.replaced_by.is_some() => {
            let by = hit.replaced_by.as_deref().unwrap_or_default();
            format!("go mod edit -replace={module}={by}@{fixed}, or drop that `replace`")
        }
        (Some(fixed), STDLIB | TOOLCHAIN) => {
            format!("build with Go {}", fixed.trim_start_matches('v'))
        }
        (Some(fixed), module) => format!("go get {module}@{fixed}"),
        (None, module) => {
            let fix = instead(module).unwrap_or_else(|| "take another module".to_owned());
            format!("no version is known that mends it: {fix}")
        }
    };
    Finding {
        level: Some(level),
        program: hit.program,
        aliases: hit.aliases,
        chain,
        ..Finding::of(AuditRule::Vulnerable, &module)
            .at(&hit.version)
            .saying(format!("{advisory}: {summary}{how}"))
            .mended_by(fix)
            .about(&advisory)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_no_version_mends_it_what_came_after_the_module_does() {
        let fix = |module: &str| {
            let hit = Hit {
                exposure: Exposure::Required,
                program: None,
                version: "v3.2.0+incompatible".to_owned(),
                fixed: None,
                summary: String::new(),
                aliases: Vec::new(),
                replaced_by: None,
            };
            finding((("GO-2020-0017".to_owned(), module.to_owned()), hit)).fix
        };
        let known = "no version is known that mends it: take github.com/golang-jwt/jwt/v5, which came after it";
        assert_eq!(fix("github.com/dgrijalva/jwt-go").as_deref(), Some(known));
        let unknown = "no version is known that mends it: take another module";
        assert_eq!(fix("example.com/x").as_deref(), Some(unknown));
    }
}
