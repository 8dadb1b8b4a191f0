//! `gobuildx audit`: what the dependencies of programs are like.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::manifest_file;
use super::prepare::{Unreadable, root_of_go};
use crate::audit::database::{ParseSourceError, Source};
use crate::audit::{
    Advisors, Answer, Audit, Choice, Programs, Refused as RefusedProject, Survey, Unpacker, Verdict,
};
use crate::by_release::ByRelease;
use crate::cli::{AuditArgs, AuditFormat, SelectionArgs};
use crate::console::{self, BAD, GOOD, NOTE};
use crate::dist;
use crate::failure::{Exit, Failure};
use crate::fetch::Client;
use crate::go_install::Wanted;
use crate::go_version::GoVersion;
use crate::host::Host;
use crate::manifest::{AuditSection, Cell, Manifest, Rejected};
use crate::plan;
use crate::process::Cancel;
use crate::progress::Spinner;
use crate::project::{Project, ProjectError, Questions, folder, survey};
use crate::report::AuditReport;
use crate::temporary::OwnFolder;
use crate::tools::go::{Go, GoError, Network, PinnedGo, Refusal, Settings};
use crate::tools::govulncheck::{FETCHED, Govulncheck, GovulncheckError, PACKAGE};

/// Audits the sources before a build, where the manifest wants that: what lies in the output folder is of an earlier one.
/// What isn't denied goes into the report of the run.
pub(super) fn gate(
    manifest: &Manifest,
    selection: &SelectionArgs,
    host: &Host,
    cancel: &Cancel,
) -> Result<Option<AuditReport>, Box<dyn Failure>> {
    if !manifest.is_gated_by_audit() {
        return Ok(None);
    }
    let args = AuditArgs::before_build(selection);
    held(&args, Programs::OfSources, host, cancel).map(Some)
}

/// Audits what a run has built.
pub(super) fn of_built(
    selection: &SelectionArgs,
    host: &Host,
    cancel: &Cancel,
) -> Result<AuditReport, Box<dyn Failure>> {
    let args = AuditArgs::before_build(selection);
    held(&args, Programs::Built, host, cancel)
}

/// Audits as a gate does: notes are told, and what is denied is a failure.
fn held(
    args: &AuditArgs,
    programs: Programs,
    host: &Host,
    cancel: &Cancel,
) -> Result<AuditReport, Box<dyn Failure>> {
    let asked = Asked::read(args, host, cancel)?;
    let audit = asked.audit(args, programs, cancel)?;
    let report = AuditReport::new(audit);
    for note in report.notes() {
        console::err(&format!("{NOTE}Note:{NOTE:#} {note}"));
    }
    let exit = exit_of(report.outcome());
    if exit == Exit::Success || cancel.reason().is_some() {
        return Ok(report);
    }
    let findings: Vec<String> = report.failures().collect();
    Err(Refused {
        verdict: report.verdict(),
        findings,
        exit,
    }
    .into())
}

/// An audit that keeps a build from being made.
#[derive(Debug, thiserror::Error)]
#[error("failed the audit: {verdict}{}", indented(findings))]
struct Refused {
    verdict: String,
    findings: Vec<String>,
    exit: Exit,
}

fn indented(findings: &[String]) -> String {
    let lines = findings.iter().flat_map(|finding| finding.lines());
    lines.flat_map(|line| ["\n  ", line]).collect()
}

impl Failure for Refused {
    fn exit(&self) -> Exit {
        self.exit
    }

    fn hint(&self) -> Option<String> {
        Some("`gobuildx audit` tells all; [audit] in the manifest says what is denied".to_owned())
    }
}

fn exit_of(verdict: Verdict) -> Exit {
    match verdict {
        Verdict::Denied => Exit::Failed,
        Verdict::Undecided => Exit::Environment,
        Verdict::Clean | Verdict::CleanAsFarAsAsked => Exit::Success,
    }
}

pub(super) fn run(args: &AuditArgs, cancel: &Cancel) -> Result<Exit, Box<dyn Failure>> {
    let host = Host::probe()?;
    let asked = Asked::read(args, &host, cancel)?;
    let audit = asked.audit(args, Programs::Built, cancel)?;
    if let Some(reason) = cancel.reason() {
        return Ok(reason.into());
    }
    let report = AuditReport::new(audit);
    let exit = exit_of(report.outcome());
    match args.output.format {
        AuditFormat::Human => tell(&report, exit)?,
        AuditFormat::Json => console::deliver_json(&report)?,
        AuditFormat::Md => console::deliver(&report.markdown())?,
        AuditFormat::Html => console::deliver(&report.html())?,
        AuditFormat::Sarif => {
            let sarif = report.sarif();
            console::deliver_json(&sarif.document(exit))?;
        }
    }
    Ok(exit)
}

/// What is known before anything is asked about modules.
struct Asked<'h> {
    manifest: Manifest,
    root: PathBuf,
    out: PathBuf,
    cells: Vec<Cell>,
    go: Go,
    settings: Settings,
    host: &'h Host,
}

impl<'h> Asked<'h> {
    fn read(args: &AuditArgs, host: &'h Host, cancel: &Cancel) -> Result<Self, Box<dyn Failure>> {
        let file = manifest_file::find(args.manifest.as_deref(), host);
        let manifest = manifest_file::read(file.as_deref(), host)?;
        let start = file.as_deref().and_then(Path::parent);
        let start = start.unwrap_or(&host.cwd);
        let go = Go::find(host, &Wanted::of(&manifest, start))?;
        let start = fs::canonicalize(start).map_err(|error| Unreadable::new(start, error))?;
        let mut settings = go.settings(&start, cancel)?;
        if args.network() == Network::Off {
            settings.inherited.set("GOPROXY", "off");
        }
        let root = match file {
            Some(_) => start,
            None => root_of_go(&start, &settings),
        };
        let selection = plan::select_among(manifest.cells.clone(), &args.targets)?;
        let out = match &args.out {
            Some(out) => dist::named(&host.cwd, out),
            None => root.join("dist"),
        };
        Ok(Self {
            manifest,
            out,
            cells: selection.cells,
            go,
            settings,
            host,
            root,
        })
    }

    fn audit(
        &self,
        args: &AuditArgs,
        programs: Programs,
        cancel: &Cancel,
    ) -> Result<Audit, Box<dyn Failure>> {
        let spinner = Spinner::start("Asking go and proxies about the modules");
        let by_default = AuditSection::default();
        let section = self.manifest.audit.as_ref().unwrap_or(&by_default);
        let source = self.source(args, section)?;
        let named = args.database.as_ref().or(section.database.as_ref());
        let choice = named.map_or(Choice::Default, |_| Choice::Named);
        let client = Client::new(&self.host.env, cancel);
        let own = OwnFolder::make().map_err(|error| error.to_string());
        let unpacker = Unpacker::into_folder(&own, self.host);
        let advice_by = |govulncheck| Advisors {
            source: &source,
            choice,
            client: &client,
            govulncheck,
        };
        let projects = match self.survey(&spinner, cancel) {
            Ok(projects) => projects,
            Err(error) => {
                let advisors = advice_by(Err("go refuses the project's modules".to_owned()));
                let facts = error.refusal().map(|refusal| {
                    let refusal = refusal.below(&self.root);
                    let by = (&unpacker, &advisors);
                    self.refused(args, &refusal, by).facts(cancel)
                });
                let audit = facts.map(|facts| facts.held_against(&section.policy));
                return audit.ok_or_else(|| error.into());
            }
        };
        check_compat(&self.manifest, section, &projects)?;
        let project = projects.any();
        let gowork = project.workspace.gowork(&self.root);
        let gos = projects.map(|project| {
            let toolchain = &project.toolchain.gotoolchain;
            let go = self.go.pinned(&self.settings, toolchain, &gowork);
            go.on(args.network())
        });
        let toolchains = self.toolchains(project, cancel)?;
        let advisors = advice_by(self.govulncheck(args, (gos.any(), &own), cancel));
        let compat = section.compat.as_ref();
        let compat = compat.map(|compat| compat.value.to_string());
        let survey = Survey {
            projects: &projects,
            manifest: &self.manifest,
            cells: &self.cells,
            binaries: &args.binaries,
            out: &self.out,
            programs,
            compat: compat.as_deref(),
            gos: &gos,
            network: args.network(),
            toolchains: &toolchains,
            cores: self.host.cores as usize,
            unpacker: &unpacker,
            advisors: &advisors,
            now: Timestamp::now(),
        };
        check_programs(&args.binaries, &survey.names())?;
        let facts = survey.facts(cancel);
        drop(spinner);
        Ok(facts.held_against(&section.policy))
    }

    /// What is read where go refuses the project.
    fn refused<'a>(
        &'a self,
        args: &'a AuditArgs,
        refusal: &'a Refusal,
        (unpacker, advisors): (&'a Unpacker<'a>, &'a Advisors<'a>),
    ) -> RefusedProject<'a> {
        RefusedProject {
            refusal,
            cells: &self.cells,
            binaries: &args.binaries,
            out: &self.out,
            network: args.network(),
            unpacker,
            advisors,
            now: Timestamp::now(),
        }
    }

    /// What go and git say of the project.
    fn survey(
        &self,
        spinner: &Spinner,
        cancel: &Cancel,
    ) -> Result<ByRelease<Project>, ProjectError> {
        let questions = Questions {
            root: &self.root,
            manifest: &self.manifest,
            cells: &self.cells,
            cores: self.host.cores,
            host: self.host,
            on_fetch: &|toolchain| spinner.announce(toolchain),
        };
        survey(&self.go, &self.settings, questions, cancel)
    }

    /// Where advisories come from: a path of the command line starts here, one of the manifest in its folder.
    fn source(&self, args: &AuditArgs, section: &AuditSection) -> Result<Source, Box<dyn Failure>> {
        let source = match (&args.database, &section.database) {
            (Some(named), _) => Source::parse(named, &self.host.cwd),
            (None, Some(named)) => Source::parse(named, &self.root),
            (None, None) => Source::parse(DATABASE, &self.root),
        };
        source.map_err(|error| NoSource(error).into())
    }

    /// What reads sources; where it isn't installed, and may be fetched, that is done.
    fn govulncheck(
        &self,
        args: &AuditArgs,
        (go, folder): (&PinnedGo, &Answer<OwnFolder>),
        cancel: &Cancel,
    ) -> Answer<Govulncheck> {
        match Govulncheck::find(self.host, cancel) {
            Ok(found) => Ok(found),
            Err(GovulncheckError::Missing) if args.fetch_govulncheck => {
                let folder = folder.as_ref().map_err(String::clone)?.path();
                Govulncheck::fetch(go, folder, cancel).map_err(|error| error.to_string())
            }
            Err(GovulncheckError::Missing) => Err(format!(
                "govulncheck isn't installed: `go install {PACKAGE}@v{FETCHED}`, or --fetch-govulncheck"
            )),
            Err(error) => Err(error.to_string()),
        }
    }

    /// The toolchains that go.mod files name, by the folders of the modules.
    fn toolchains(
        &self,
        project: &Project,
        cancel: &Cancel,
    ) -> Result<BTreeMap<String, String>, GoError> {
        let mut named = BTreeMap::new();
        for dir in project.modules.keys() {
            let file = folder(&self.root, dir).join("go.mod");
            let toolchain = self.go.module_file(&file, cancel)?.toolchain;
            named.extend(toolchain.map(|toolchain| (dir.clone(), toolchain)));
        }
        Ok(named)
    }
}

/// Every Go that builds can tell what `compat` asks for.
fn check_compat(
    manifest: &Manifest,
    section: &AuditSection,
    projects: &ByRelease<Project>,
) -> Result<(), Rejected> {
    let mut builds = projects.all().filter_map(|project| {
        let go = GoVersion::of_toolchain(&project.toolchain.version)?;
        section.too_new_for(&go)
    });
    match builds.next() {
        None => Ok(()),
        Some(diagnostic) => Err(Rejected {
            source: manifest.source.clone(),
            diagnostics: vec![diagnostic],
        }),
    }
}

/// There is something to audit, and all that was named.
fn check_programs(asked: &[String], known: &[String]) -> Result<(), NothingToAudit> {
    if let Some(unknown) = asked.iter().find(|name| !known.contains(name)) {
        return Err(NothingToAudit::Unknown {
            name: unknown.clone(),
        });
    }
    if known.is_empty() {
        return Err(NothingToAudit::NoPrograms);
    }
    Ok(())
}

/// No program is what was asked for.
#[derive(Debug, thiserror::Error)]
enum NothingToAudit {
    /// A name of the command line that no binary has.
    #[error("failed to find a binary `{name}` for these targets")]
    Unknown { name: String },
    /// There is none.
    #[error("failed to find a main package for these targets, whose modules could be audited")]
    NoPrograms,
}

impl Failure for NothingToAudit {
    fn exit(&self) -> Exit {
        match self {
            Self::Unknown { .. } => Exit::Usage,
            Self::NoPrograms => Exit::Manifest,
        }
    }
}

/// Go's own database of vulnerabilities.
const DATABASE: &str = "https://vuln.go.dev";

/// A database that can't be meant.
#[derive(Debug, thiserror::Error)]
#[error("failed to read where advisories come from: {0}")]
struct NoSource(ParseSourceError);

impl Failure for NoSource {
    fn exit(&self) -> Exit {
        Exit::Usage
    }

    fn hint(&self) -> Option<String> {
        Some("name an address, a folder, a zip or a file".to_owned())
    }
}

/// The tables on stdout, and what is to be said about them on stderr.
fn tell(report: &AuditReport, exit: Exit) -> Result<(), Box<dyn Failure>> {
    console::deliver(&report.table().fitted(console::width()))?;
    console::deliver(&report.reasons())?;
    for failure in report.failures() {
        console::error(&failure, None);
    }
    for note in report.notes() {
        console::err(&format!("{NOTE}Note:{NOTE:#} {note}"));
    }
    console::err(&format!("{NOTE}Checked:{NOTE:#} {}", report.checked()));
    let (style, word) = match exit {
        Exit::Success => (GOOD, "Done:"),
        _ => (BAD, "Failed:"),
    };
    console::err(&format!("{style}{word}{style:#} {}", report.verdict()));
    Ok(())
}
