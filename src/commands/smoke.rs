//! `gobuildx smoke`: programs run on a blank system, each by itself.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::examine::{ExamineError, examine};
use super::manifest_file;
use crate::archive::Format;
use crate::atomic::Mode;
use crate::cli::{ReportFormat, SmokeArgs};
use crate::console::{self, BAD, GOOD};
use crate::delivery::{self, Delivery, RecordedArtifact};
use crate::failure::{Exit, Failure};
use crate::host::{Host, OwnProgram};
use crate::inspect::{Facts, InspectError, Kind};
use crate::manifest::{Manifest, Variable};
use crate::plan::{asked_of, value_for};
use crate::process::{Cancel, Reason};
use crate::report::{Inspection, SmokeRecord, smoke_text};
use crate::shell_word::shell_word;
use crate::smoke::{
    self, BlankRoot, CannotStart, Means, Smoked, Starters, Subject, Test, Verdict, Wanted,
};
use crate::target::{Goos, Target, Variant};

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
        own_program: OwnProgram::find()?,
    };
    let mut told = Vec::new();
    // What was tried while all was stopped says nothing of this machine.
    for path in args.paths.iter().take_while(|_| cancel.reason().is_none()) {
        told.extend(tester.path(path));
    }
    match cancel.reason() {
        None => tell(args, &told, Ended::Wholly),
        Some(reason) => {
            // What came of the others isn't lost.
            if !told.is_empty() {
                tell(args, &told, Ended::Early)?;
            }
            Err(Stopped(reason).into())
        }
    }
}

/// How the run of all programs ended.
#[derive(Clone, Copy)]
enum Ended {
    /// All were tested.
    Wholly,
    /// It was stopped.
    Early,
}

/// What came of one program, or of a path that leads to none.
struct Told {
    record: SmokeRecord,
    /// How the failure ends gobuildx that kept it from being tested, if one did.
    trouble: Option<Exit>,
}

impl Told {
    fn exit(&self, args: &SmokeArgs) -> Exit {
        match (self.trouble, self.record.verdict) {
            (Some(exit), _) => exit,
            (None, Verdict::Pass) => Exit::Success,
            (None, Verdict::NotRun) if args.allow_not_run => Exit::Success,
            (None, Verdict::NotRun | Verdict::Fail) => Exit::Failed,
        }
    }
}

/// Reports what came of the programs.
fn tell(args: &SmokeArgs, told: &[Told], ended: Ended) -> Result<Exit, Box<dyn Failure>> {
    let records: Vec<&SmokeRecord> = told.iter().map(|one| &one.record).collect();
    let count = |verdict| {
        let all = records.iter().filter(|record| record.verdict == verdict);
        all.count()
    };
    let bad = told.iter().map(|one| one.exit(args));
    let bad: Vec<Exit> = bad.filter(|exit| *exit != Exit::Success).collect();
    // What is wrong with a program says more than what the machine lacks.
    let exit = match bad.as_slice() {
        [] => Exit::Success,
        bad if bad.contains(&Exit::Failed) => Exit::Failed,
        [first, ..] => *first,
    };
    match args.output.format {
        ReportFormat::Human => {
            console::deliver_styled(&smoke_text(&records, console::width()))?;
            let (style, word) = match (ended, exit) {
                (Ended::Early, _) => (BAD, "Interrupted:"),
                (Ended::Wholly, Exit::Success) => (GOOD, "Done:"),
                (Ended::Wholly, _) => (BAD, "Failed:"),
            };
            let (passed, failed) = (count(Verdict::Pass), count(Verdict::Fail));
            let not_run = count(Verdict::NotRun);
            console::err(&format!(
                "{style}{word}{style:#} {passed} passed, {failed} failed, {not_run} not run"
            ));
        }
        ReportFormat::Json => console::deliver_json(&records)?,
    }
    Ok(exit)
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
    own_program: OwnProgram,
}

impl Tester<'_> {
    /// What came of all programs that a path stands for, or of itself.
    fn path(&self, path: &Path) -> Vec<Told> {
        let shown = path.to_string_lossy().into_owned();
        let told = match Format::of(path) {
            _ if path.is_dir() => self.folder(path),
            Some(format) => self.archive(&shown, format, path),
            None => {
                let record = examined(path)
                    .and_then(|inspection| self.file(shown.clone(), &inspection, &self.asked()));
                Ok(self.told(shown.clone(), record).into_iter().collect())
            }
        };
        told.unwrap_or_else(|failure| self.told(shown, Err(failure)).into_iter().collect())
    }

    /// What came of one program, which fails by its own name where it can't be tested; none if all was stopped.
    fn told(&self, shown: String, record: Result<SmokeRecord, Box<dyn Failure>>) -> Option<Told> {
        match record {
            Ok(record) => Some(Told {
                record,
                trouble: None,
            }),
            Err(_) if self.cancel.reason().is_some() => None,
            Err(failure) => {
                let (because, next) = (failure.to_string(), failure.hint());
                let record = match failure.exit() {
                    // This machine lacks something, or what is asked for can't be: that says nothing of the program.
                    Exit::Environment | Exit::Manifest | Exit::Usage => SmokeRecord {
                        next,
                        ..SmokeRecord::not_run(shown, None, because)
                    },
                    _ => SmokeRecord::untested(shown, because, next),
                };
                Some(Told {
                    trouble: Some(failure.exit()),
                    record,
                })
            }
        }
    }

    /// The programs of an archive.
    fn archive(
        &self,
        shown: &str,
        format: Format,
        path: &Path,
    ) -> Result<Vec<Told>, Box<dyn Failure>> {
        let (root, programs) = BlankRoot::of_archive(format, path, &self.test.grants)?;
        if programs.is_empty() {
            return Err(NoProgram(path.to_owned()).into());
        }
        let asked = self.asked();
        let told = programs.iter().map_while(|program| {
            let shown = format!("{shown}:{program}");
            let record = examined(&root.outside(program)).and_then(|inspection| {
                self.program(shown.clone(), &inspection, (&root, program), &asked)
            });
            self.told(shown, record)
        });
        Ok(told.collect())
    }

    /// One program that is a file of its own.
    fn file(
        &self,
        shown: String,
        inspection: &Inspection,
        asked: &Asked,
    ) -> Result<SmokeRecord, Box<dyn Failure>> {
        let path = Path::new(&inspection.path);
        let has_mode = |mode| Mode::of(path).is_ok_and(|of| of == mode);
        if inspection.facts.goos() == Some(Goos::Linux) && has_mode(Mode::Record) {
            return Err(NotExecutable(path.to_owned()).into());
        }
        let (root, program) = BlankRoot::of_program(path, &asked.test.grants)?;
        self.program(shown, inspection, (&root, &program), asked)
    }

    /// The artifacts of an output folder.
    fn folder(&self, folder: &Path) -> Result<Vec<Told>, Box<dyn Failure>> {
        let delivery = delivery::open(folder)?;
        if delivery.records.artifacts.is_empty() {
            return Err(NoProgram(folder.to_owned()).into());
        }
        let artifacts = delivery.records.artifacts.iter();
        let asked = artifacts.filter_map(|artifact| {
            let asked = self.asked_of(&delivery, artifact)?;
            Some((artifact, asked))
        });
        let asked: Vec<(&RecordedArtifact, Asked)> = asked.collect();
        if asked.is_empty() {
            return Err(LeftOut.into());
        }
        let told = asked.into_iter().map_while(|(artifact, asked)| {
            let path = folder.join(&artifact.path);
            let shown = path.to_string_lossy().into_owned();
            let record = recorded(artifact, &path)
                .and_then(|inspection| self.file(shown.clone(), &inspection, &asked));
            self.told(shown, record)
        });
        Ok(told.collect())
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
                    own_program: &self.own_program.path()?,
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

/// What a file says of itself.
fn examined(path: &Path) -> Result<Inspection, Box<dyn Failure>> {
    examine(path, None).map_err(|error| match error {
        // It may be a copy, which is nothing that a user knows.
        ExamineError::Damaged { error, .. } => Damaged(error).into(),
        error => error.into(),
    })
}

/// The same of an artifact, which has to be what was recorded.
fn recorded(artifact: &RecordedArtifact, path: &Path) -> Result<Inspection, Box<dyn Failure>> {
    let inspection = examined(path)?;
    if artifact.is_at(path) {
        Ok(inspection)
    } else {
        Err(OtherFile.into())
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
    Ok(manifest.speaks_of_smoke().then_some((manifest, folder)))
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

/// The bytes of a file make no sense.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
struct Damaged(InspectError);

impl Failure for Damaged {
    fn exit(&self) -> Exit {
        Exit::Failed
    }
}

/// An artifact isn't the one that was built.
#[derive(Debug, thiserror::Error)]
#[error("it is another file than the records of the folder say")]
struct OtherFile;

impl Failure for OtherFile {
    fn exit(&self) -> Exit {
        Exit::Failed
    }

    fn hint(&self) -> Option<String> {
        Some("gobuildx verify tells what else in the folder isn't as it was built".to_owned())
    }
}

/// Nobody may start a file.
#[derive(Debug, thiserror::Error)]
#[error("nobody may start it: its mode has no `x`")]
struct NotExecutable(PathBuf);

impl Failure for NotExecutable {
    fn exit(&self) -> Exit {
        Exit::Failed
    }

    fn hint(&self) -> Option<String> {
        Some(format!("chmod 755 {}", shell_word(self.0.as_os_str())))
    }
}

/// A manifest leaves out everything.
#[derive(Debug, thiserror::Error)]
#[error("failed to find an artifact to run: the manifest's `[smoke]` is for none of them")]
struct LeftOut;

impl Failure for LeftOut {
    fn exit(&self) -> Exit {
        Exit::Failed
    }

    fn hint(&self) -> Option<String> {
        Some("look at `run`, and at `match` and `binary` of each [[override]]".to_owned())
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
