//! `gobuildx smoke`: programs run on a blank system, each by itself.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::examine::{ExamineError, examine};
use super::manifest_file;
use crate::archive::Format;
use crate::cli::{ReportFormat, SmokeArgs};
use crate::console::{self, BAD, GOOD};
use crate::delivery::{self, Delivery, RecordedArtifact};
use crate::failure::{Exit, Failure};
use crate::host::{self, Host};
use crate::inspect::{Facts, Kind};
use crate::manifest::{Manifest, Variable};
use crate::plan::{asked_of, value_for};
use crate::process::{Cancel, Reason};
use crate::report::{Inspection, SmokeRecord, smoke_text};
use crate::smoke::{
    self, BlankRoot, CannotStart, Means, Smoked, Starters, Subject, Test, Verdict, Wanted,
};
use crate::target::{Target, Variant};

pub(super) fn run(args: &SmokeArgs, cancel: &Cancel) -> Result<Exit, Box<dyn Failure>> {
    let host = Host::probe()?;
    let manifest = manifest(args, &host)?;
    let wine = args.wine_root.as_ref().map(|root| host.cwd.join(root));
    let mut asked = match &manifest {
        Some((manifest, folder)) => smoke::Asked {
            isolators: manifest.isolators(),
            wines: manifest.wines(),
            folder: host.cwd.join(folder),
        },
        None => smoke::Asked::default(),
    };
    asked.isolators.extend(args.isolation);
    asked.wines.extend(wine.clone());
    let tester = Tester {
        test: args.test(),
        manifest,
        wanted: Wanted {
            cpu: args.cpu,
            levels: BTreeSet::new(),
            isolator: args.isolation,
            wine,
        },
        cancel,
        starters: Starters::find(&host, &asked, cancel),
        own_program: host::own_program()?,
    };
    // What was tried while all was stopped says nothing of this machine.
    if let Some(reason) = cancel.reason() {
        return Err(Stopped(reason).into());
    }
    let mut records = Vec::new();
    for path in &args.paths {
        match tester.path(path) {
            Ok(more) => records.extend(more),
            Err(failure) => {
                // What came of the others isn't lost, also when one can't be tested at all.
                if !records.is_empty() {
                    tell(args, &records)?;
                }
                return Err(failure);
            }
        }
    }
    tell(args, &records)
}

/// Reports what came of the programs.
fn tell(args: &SmokeArgs, records: &[SmokeRecord]) -> Result<Exit, Box<dyn Failure>> {
    let count = |verdict| {
        let all = records.iter().filter(|record| record.verdict == verdict);
        all.count()
    };
    let (failed, not_run) = (count(Verdict::Fail), count(Verdict::NotRun));
    let is_good = failed == 0 && (not_run == 0 || args.allow_not_run);
    match args.output.format {
        ReportFormat::Human => {
            console::deliver_styled(&smoke_text(records, console::width()))?;
            let (style, word) = if is_good {
                (GOOD, "Done:")
            } else {
                (BAD, "Failed:")
            };
            let passed = count(Verdict::Pass);
            console::err(&format!(
                "{style}{word}{style:#} {passed} passed, {failed} failed, {not_run} not run"
            ));
        }
        ReportFormat::Json => console::deliver_json(&records)?,
    }
    Ok(if is_good { Exit::Success } else { Exit::Failed })
}

/// What tests programs on this machine.
struct Tester<'a> {
    /// What is asked where no manifest says it.
    test: Test,
    /// What is asked of artifacts, and the folder that its paths start at.
    manifest: Option<(Manifest, PathBuf)>,
    /// What the command line says of how programs are started.
    wanted: Wanted,
    cancel: &'a Cancel,
    starters: Starters,
    own_program: PathBuf,
}

impl Tester<'_> {
    /// All programs that a path stands for.
    fn path(&self, path: &Path) -> Result<Vec<SmokeRecord>, Box<dyn Failure>> {
        if path.is_dir() {
            return self.folder(path);
        }
        let shown = path.to_string_lossy().into_owned();
        let Some(format) = Format::of(path) else {
            let inspection = match examine(path, None) {
                Ok(inspection) => inspection,
                Err(ExamineError::Damaged { error, .. }) => {
                    return Ok(vec![SmokeRecord::damaged(shown, error.to_string())]);
                }
                Err(error) => return Err(error.into()),
            };
            return Ok(vec![self.file(shown, &inspection, &self.asked())?]);
        };
        let (root, programs) = BlankRoot::of_archive(format, path, &self.test.grants)?;
        if programs.is_empty() {
            return Err(NoProgram(path.to_owned()).into());
        }
        let programs = programs.iter();
        let asked = self.asked();
        programs
            .map(|program| {
                let shown = format!("{shown}:{program}");
                match examine(&root.outside(program), None) {
                    Ok(inspection) => self.program(shown, &inspection, (&root, program), &asked),
                    // The copy of it is nothing that a user knows.
                    Err(ExamineError::Damaged { error, .. }) => {
                        Ok(SmokeRecord::damaged(shown, error.to_string()))
                    }
                    Err(error) => Err(error.into()),
                }
            })
            .collect()
    }

    /// One program that is a file of its own.
    fn file(
        &self,
        shown: String,
        inspection: &Inspection,
        asked: &Asked,
    ) -> Result<SmokeRecord, Box<dyn Failure>> {
        let path = Path::new(&inspection.path);
        let (root, program) = BlankRoot::of_program(path, &asked.test.grants)?;
        self.program(shown, inspection, (&root, &program), asked)
    }

    /// The artifacts of an output folder.
    fn folder(&self, folder: &Path) -> Result<Vec<SmokeRecord>, Box<dyn Failure>> {
        let delivery = delivery::open(folder)?;
        if delivery.records.artifacts.is_empty() {
            return Err(NoProgram(folder.to_owned()).into());
        }
        let artifacts = delivery.records.artifacts.iter();
        let asked = artifacts.filter_map(|artifact| {
            let asked = self.asked_of(&delivery, artifact)?;
            Some((artifact, asked))
        });
        asked
            .map(|(artifact, asked)| {
                let path = folder.join(&artifact.path);
                let shown = path.to_string_lossy().into_owned();
                match examine(&path, None) {
                    Ok(_) if !artifact.is_at(&path) => {
                        let other = "it is another file than the records of the folder say";
                        Ok(SmokeRecord::damaged(shown, other.to_owned()))
                    }
                    Ok(inspection) => self.file(shown, &inspection, &asked),
                    // What the records name and isn't there, too.
                    Err(error) => Ok(SmokeRecord::damaged(shown, error.to_string())),
                }
            })
            .collect()
    }

    /// What the command line asks. What runs programs here the manifest may say for all of them.
    fn asked(&self) -> Asked {
        let smoke = self.manifest.as_ref();
        let smoke = smoke.and_then(|(manifest, _)| manifest.smoke.as_ref());
        let wine = smoke.and_then(|smoke| smoke.wine.clone());
        Asked {
            test: self.test.clone(),
            wanted: Wanted {
                wine: self.wanted.wine.clone().or(wine),
                ..self.wanted.clone()
            },
        }
    }

    /// What is asked of an artifact; none if the manifest leaves it out.
    fn asked_of(&self, delivery: &Delivery, artifact: &RecordedArtifact) -> Option<Asked> {
        let Some((manifest, folder)) = &self.manifest else {
            return Some(self.asked());
        };
        let value = |variable| value(delivery, artifact, variable);
        let cell = artifact.cell();
        let (test, wanted) = asked_of(manifest, &artifact.binary, &cell, value)?;
        Some(Asked {
            test: test.in_folder(folder),
            wanted: Wanted {
                cpu: self.wanted.cpu.or(wanted.cpu),
                levels: wanted.levels,
                isolator: self.wanted.isolator.or(wanted.isolator),
                wine: self.wanted.wine.clone().or(wanted.wine),
            },
        })
    }

    fn program(
        &self,
        shown: String,
        inspection: &Inspection,
        (root, program): (&BlankRoot, &str),
        Asked { test, wanted }: &Asked,
    ) -> Result<SmokeRecord, Box<dyn Failure>> {
        let target = target(&inspection.facts);
        let smoked = match self.means(inspection, target.as_ref(), wanted) {
            Ok(means) => {
                let subject = Subject {
                    means: &means,
                    root,
                    program,
                    own_program: &self.own_program,
                };
                let findings = &inspection.verification.findings;
                smoke::smoke(subject, test, findings, self.cancel)?
            }
            Err(because) => Smoked::NotRun(because.to_string()),
        };
        Ok(SmokeRecord::of(shown, target, &smoked))
    }

    /// What runs a program here, and what isolates it.
    fn means(
        &self,
        inspection: &Inspection,
        target: Option<&Target>,
        wanted: &Wanted,
    ) -> Result<Means, NotRun> {
        let facts = &inspection.facts;
        if !matches!(facts.kind, Kind::Executable | Kind::Pie) {
            return Err(NotRun::NoProgram);
        }
        let target = target.ok_or(NotRun::NoTarget)?;
        Ok(self.starters.means(target, wanted)?)
    }
}

/// What is asked of one program.
struct Asked {
    test: Test,
    wanted: Wanted,
}

/// The manifest, where it says what is asked.
fn manifest(
    args: &SmokeArgs,
    host: &Host,
) -> Result<Option<(Manifest, PathBuf)>, Box<dyn Failure>> {
    let file = manifest_file::find(args.manifest.as_deref(), host);
    let Some(file) = file.filter(|_| !args.asks()) else {
        return Ok(None);
    };
    let manifest = manifest_file::read(Some(&file), host)?;
    let folder = file.parent().map(Path::to_owned).unwrap_or_default();
    Ok(manifest.smokes().then_some((manifest, folder)))
}

/// The value that a variable of the manifest had when an artifact was built.
fn value(delivery: &Delivery, artifact: &RecordedArtifact, variable: Variable) -> String {
    let records = &delivery.records;
    match variable {
        Variable::Binary => artifact.binary.clone(),
        Variable::Project => records.project.clone(),
        Variable::Version => records.version.clone(),
        variable => {
            let metadata = delivery.metadata.as_ref();
            value_for(&artifact.target, variable)
                .or_else(|| metadata?.value(variable))
                .unwrap_or_default()
        }
    }
}

/// The platform of a program, as it says itself.
fn target(facts: &Facts) -> Option<Target> {
    let mut target = Target::new(facts.goos()?, facts.goarch()?);
    if let Some(variant) = facts.variant() {
        target.variant = Variant::new(target.goarch, variant).ok();
    }
    Some(target)
}

/// Why a program isn't run.
#[derive(Debug, thiserror::Error)]
enum NotRun {
    #[error("it is no program that a system starts")]
    NoProgram,
    #[error("it doesn't say which system and CPU it is for")]
    NoTarget,
    #[error(transparent)]
    CannotStart(#[from] CannotStart),
}

/// All was stopped.
#[derive(Debug, thiserror::Error)]
#[error("failed to test programs: {0}")]
struct Stopped(Reason);

impl Failure for Stopped {
    fn exit(&self) -> Exit {
        self.0.into()
    }
}

/// There is nothing to run.
#[derive(Debug, thiserror::Error)]
#[error("failed to find a program in `{}`", .0.display())]
struct NoProgram(PathBuf);

impl Failure for NoProgram {
    fn exit(&self) -> Exit {
        Exit::Failed
    }

    fn hint(&self) -> Option<String> {
        Some("programs are the files of an archive that may be started".to_owned())
    }
}
