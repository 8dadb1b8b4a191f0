//! A build that would change nothing: known from the metadata of what the last one depended on and left.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::{Instant, SystemTime};

use serde_json::Value;

use super::known::{Known, Recorded};
use super::manifest_file;
use super::prepare::{Context, Prepared, missing_tags};
use super::run::Ended;
use crate::atomic::{Mode, PlaceError};
use crate::cli::{BuildArgs, MessageFormat, SelectionArgs};
use crate::console::{self, GOOD, NOTE};
use crate::dist::{self, Dist, RECORDS};
use crate::embed::lock_file;
use crate::exec::{End, Outcomes, Session};
use crate::failure::Exit;
use crate::host::{Host, OwnProgram};
use crate::human;
use crate::ledger::snapshot::{self, Snapshot, Told, Watched, content_of, content_with};
use crate::ledger::{Dependence, Digest, Wanted};
use crate::manifest::CaRoots;
use crate::printable::{printable, printable_path};
use crate::process::Cancel;
use crate::project;
use crate::report;
use crate::smoke::Wine;
use crate::tools::git;

/// Tells what the last build told, where this one would do nothing; none where that isn't known.
pub(super) fn told(args: &BuildArgs, host: &Host, begin: Begin) -> Option<()> {
    let asks = args.dry_run || args.output.explain || args.wanted() == Wanted::All;
    if asks {
        return None;
    }
    let selection = &args.selection;
    let manifest = manifest_file::find(selection.manifest.as_deref(), host);
    let named = selection.out.as_deref();
    let named = named.map(|out| dist::named(&host.cwd, out));
    let out = snapshot::folder(named.as_deref(), manifest.as_deref(), &host.cwd)?;
    let snapshot = Snapshot::read(&out)?;
    let program = OwnProgram::find().ok()?;
    let holds = snapshot.holds((&request(args, host), program.once_more()), host);
    holds.then(|| tell(args, (&snapshot.told, &out), begin.elapsed_ms()))?
}

/// What is asked for, as far as it may change what is made: cores and memory don't.
fn request(args: &BuildArgs, host: &Host) -> String {
    let SelectionArgs { manifest, out, .. } = &args.selection;
    let (request, trust) = (args.selection.request(), args.selection.trust.level());
    let folder = host.cwd.display();
    format!("{request:?} of {manifest:?} to {out:?} in {folder}, trusting {trust:?}")
}

/// Tells that nothing changed. In JSON, the summary is that of the last build; none where it can't be read.
fn tell(args: &BuildArgs, (told, out): (&Told, &Path), time_ms: u64) -> Option<()> {
    if args.output.message_format == MessageFormat::Json {
        console::out_json_line(&summary(out, time_ms)?);
        return Some(());
    }
    let table = report::unchanged_table(&told.rows);
    console::out(&format!("\n{}", table.fitted(console::width())));
    for note in &told.notes {
        console::err(&format!("{NOTE}Note:{NOTE:#} {}", printable(note)));
    }
    let (count, place, time) = (told.rows.len(), &told.place, human::time(time_ms));
    console::err(&format!(
        "{GOOD}Done:{GOOD:#} {count} of {count} artifacts in {time} (nothing changed), in {place}"
    ));
    Some(())
}

/// The report of the last build, as that of one that did nothing.
fn summary(out: &Path, time_ms: u64) -> Option<Value> {
    let text = std::fs::read(out.join("report.json")).ok()?;
    let mut report: Value = serde_json::from_slice(&text).ok()?;
    let steps = report.get_mut("steps").and_then(Value::as_array_mut)?;
    for step in steps.iter_mut().filter_map(Value::as_object_mut) {
        step.insert("outcome".to_owned(), "kept".into());
        step.insert("started_ms".to_owned(), 0.into());
        step.insert("duration_ms".to_owned(), 0.into());
    }
    let planned = report.get_mut("planned").and_then(Value::as_array_mut)?;
    for artifact in planned.iter_mut().filter_map(Value::as_object_mut) {
        artifact.insert("reasons".to_owned(), Value::Array(Vec::new()));
    }
    let report_object = report.as_object_mut()?;
    report_object.insert("duration_ms".to_owned(), time_ms.into());
    report_object.insert("removed".to_owned(), Value::Array(Vec::new()));
    report_object.insert("event".to_owned(), "summary".into());
    report_object.insert("time_ms".to_owned(), time_ms.into());
    Some(report)
}

/// When a run began: before anything was looked at.
#[derive(Clone, Copy, Debug)]
pub(super) struct Begin {
    time: SystemTime,
    instant: Instant,
}

impl Begin {
    pub(super) fn now() -> Self {
        Self {
            time: SystemTime::now(),
            instant: Instant::now(),
        }
    }

    /// Milliseconds since then.
    pub(super) fn elapsed_ms(self) -> u64 {
        u64::try_from(self.instant.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

/// The folder that the output folder lies in, and which names will be in it: it changes when the output
/// folder is made.
pub(super) fn around(out: &Path) -> Option<(PathBuf, Digest)> {
    Some((out.parent()?.to_owned(), content_with(out)?))
}

/// A build that ended, and what is known of it.
pub(super) struct Built<'a> {
    pub(super) context: &'a Context,
    pub(super) prepared: &'a Prepared,
    pub(super) session: &'a Session,
    pub(super) dist: &'a Dist,
    pub(super) ended: &'a Ended,
    pub(super) begin: Begin,
    /// What [`around`] told before anything was asked.
    pub(super) around: Option<(PathBuf, Digest)>,
}

impl Built<'_> {
    /// Writes the ledger and, of a build that ended well, the snapshot by which the next one sees that nothing
    /// changed.
    pub(super) fn remember(
        &self,
        args: &BuildArgs,
        known: Known,
        cancel: &Cancel,
    ) -> Result<(), PlaceError> {
        let recorded = known.record(self.prepared, (self.dist, self.session), self.ended)?;
        let is_well = self.ended.exit == Exit::Success && self.ended.recorded.is_ok();
        if let Some(recorded) = recorded.filter(|_| is_well)
            && let Some(snapshot) = self.snapshot(args, &recorded, cancel)
        {
            let folder = self.dist.folder();
            folder.write(snapshot::FILE, &snapshot.bytes(), Mode::Record)?;
        }
        Ok(())
    }

    /// None where that can't be told.
    fn snapshot(&self, args: &BuildArgs, recorded: &Recorded, cancel: &Cancel) -> Option<Snapshot> {
        let plan = &self.prepared.plan;
        let is_whole = |outcomes: &Outcomes| {
            outcomes
                .values()
                .all(|outcome| matches!(outcome.end, End::Done(_)))
        };
        // Nobody knows what hooks read, and what couldn't be run may be run next time.
        // An advisory may be of any day.
        if self.context.manifest.is_gated_by_audit()
            || plan.hooks().next().is_some()
            || !is_whole(&self.ended.outcomes)
            || !recorded.ledger.knows_all(plan)
            || self.ended.left_open(plan)
        {
            return None;
        }
        let mut dependence = self.dependence(recorded)?;
        for top in self.tops() {
            let watchable = git::watchable(&top, &self.context.host, cancel)?;
            dependence.paths.extend(watchable.paths);
            // Whoever asks git for the state of the tree has it write the index anew.
            let is_same = self
                .context
                .is_in_state(&top, &self.prepared.project, cancel);
            let index = content_of(&watchable.index).filter(|_| is_same);
            dependence
                .known
                .extend(index.map(|index| (watchable.index.clone(), index)));
            dependence.paths.insert(watchable.index);
            dependence.trees.insert(top);
        }
        let told = Told {
            rows: report::summary_rows(plan, &self.ended.outcomes, &self.ended.report.artifacts),
            notes: self.notes(),
            place: printable_path(&self.prepared.out),
        };
        let host = &self.context.host;
        let out = self.dist.folder().path();
        let program = self.session.own_program.once_more();
        Snapshot::take(
            (request(args, host), program, told),
            host,
            &dependence,
            (out, self.begin.time),
        )
    }

    /// What was told beside the table.
    fn notes(&self) -> Vec<String> {
        let missing_tags = missing_tags(&self.prepared.project);
        let notes = self.ended.report.notes.iter().cloned();
        missing_tags
            .map(str::to_owned)
            .into_iter()
            .chain(notes)
            .collect()
    }

    /// The top folders of the repositories that were asked for their state.
    fn tops(&self) -> BTreeSet<PathBuf> {
        let project = &self.prepared.project;
        let repositories = project.stamps.values().flatten().chain(&project.repository);
        repositories
            .map(|repository| repository.root.clone())
            .collect()
    }

    /// The artifacts and the records, as they are now; none where an artifact isn't what was put there.
    fn made(&self, recorded: &Recorded) -> Option<Vec<Watched>> {
        let out = self.dist.folder().path();
        let files = &recorded.ledger.files;
        let records = RECORDS
            .iter()
            .chain([&".gitignore"])
            .map(|name| out.join(name));
        let mut made: Vec<Watched> = records
            .filter(|path| path.exists())
            .map(|path| Watched::now(&path))
            .collect::<Option<_>>()?;
        for artifact in &self.ended.report.artifacts {
            let header = artifact.header.as_ref();
            let header = header.map(|header| (&header.path, &header.sha256));
            for (path, sha256) in std::iter::once((&artifact.path, &artifact.sha256)).chain(header)
            {
                let path = out.join(path);
                let name = path
                    .strip_prefix(&self.context.root)
                    .unwrap_or(&path)
                    .to_str()?;
                let is_placed = files
                    .file_digest(name)
                    .is_some_and(|file| file.sha256 == *sha256);
                let watched =
                    Watched::now(&path).filter(|now| is_placed && files.is_as(name, now))?;
                made.push(watched);
            }
        }
        Some(made)
    }

    fn dependence(&self, recorded: &Recorded) -> Option<Dependence> {
        let Context {
            root,
            host,
            settings,
            manifest,
            ..
        } = self.context;
        let project = &self.prepared.project;
        let mut dependence = Dependence::default();
        let paths = &mut dependence.paths;
        paths.extend(settings.files.iter().cloned());
        paths.extend(host.looked_for().into_values().flatten());
        paths.extend(self.prepared.toolchain_files.iter().cloned());
        match &manifest.source.path {
            Some(file) => {
                let file = host.cwd.join(file);
                paths.insert(lock_file(&file));
                paths.insert(file);
            }
            None => paths.extend(
                host.cwd
                    .ancestors()
                    .map(|folder| folder.join("targets.toml")),
            ),
        }
        let wines = manifest.wines().into_iter().map(|wine| root.join(wine));
        paths.extend(wines.flat_map(|wine| Wine::files(&wine)));
        let certificates = plan_cells(self.context).filter_map(|roots| match roots {
            CaRoots::File(path) => Some(root.join(path)),
            CaRoots::Mozilla => None,
        });
        paths.extend(certificates);
        let names = [".git", "go.mod", "go.work"];
        let above = root.ancestors().chain(host.cwd.ancestors());
        // What is there and is a folder changes without saying anything of this.
        let above = above.flat_map(|folder| names.map(|name| folder.join(name)));
        paths.extend(above.filter(|path| !path.is_dir()));
        let made = self.made(recorded)?;
        let present = &recorded.present;
        for (path, digest) in present.files.iter() {
            let path = root.join(path);
            dependence.known.insert(path.clone(), digest);
            paths.insert(path);
        }
        dependence.made = made;
        dependence.trees.insert(root.clone());
        let sources = present.sources.values();
        let of_sources = sources.flat_map(|sources| sources.trees.iter().chain(&sources.folders));
        let outside = project.outside.iter();
        let trees = outside
            .chain(of_sources)
            .map(|folder| project::folder(root, folder));
        dependence.trees.extend(trees);
        dependence.known.extend(self.around.clone());
        Some(dependence)
    }
}

fn plan_cells(context: &Context) -> impl Iterator<Item = &CaRoots> {
    let cells = context.selection.cells.iter();
    cells.flat_map(|cell| context.manifest.ca_roots_in(cell).map(|roots| roots.value))
}
