//! `gobuildx toolchains check`: proves that toolchains work.

use super::{Unknown, by_name, library};
use crate::cli::CheckArgs;
use crate::commands::c_toolchains::ToolchainsError;
use crate::console;
use crate::failure::{Exit, Failure};
use crate::host::{self, Host};
use crate::human;
use crate::installing::System;
use crate::process::Cancel;
use crate::progress::Spinner;
use crate::target::Target;
use crate::text_table::{Align, Table};
use crate::toolchain::check::{Fault, Ran, check};
use crate::toolchain::choose::{Impossible, Wanted, named};
use crate::toolchain::installed::{Search, Trust};
use crate::toolchain::survey::{targets, versions};
use crate::toolchain::{Definition, Lacking, Library, Setup, ToolchainName};

pub(super) fn run(args: &CheckArgs, cancel: &Cancel) -> Result<Exit, Box<dyn Failure>> {
    let host = Host::probe()?;
    let (library, folder) = library(args.manifest.as_deref(), &host)?;
    let wanted = wanted(args, &library)?;
    let mut search = Search::new((&host, &folder), args.trust.level(), cancel);
    let mut checks = Checks::default();
    for name in wanted {
        checks.add((&library, &name), args, (&host, &mut search, cancel));
        if let Some(reason) = cancel.reason() {
            return Ok(reason.into());
        }
    }
    checks.told(args)
}

/// The toolchains that are asked for, and may be started.
fn wanted(args: &CheckArgs, library: &Library) -> Result<Vec<ToolchainName>, Box<dyn Failure>> {
    let is_trusted = |one: &Definition| {
        args.trust.level() == Trust::Project || !library.is_of_project(&one.name)
    };
    if args.names.is_empty() {
        let trusted = library.iter().filter(|one| is_trusted(one));
        return Ok(trusted.filter_map(|one| one.name.parse().ok()).collect());
    }
    let mut wanted = Vec::new();
    for name in &args.names {
        let Some(found) = by_name(library, name) else {
            return Err(Unknown::new(name, library).into());
        };
        if !is_trusted(found) {
            return Err(ToolchainsError::Untrusted(found.name.clone()).into());
        }
        wanted.extend(name.parse::<ToolchainName>());
    }
    Ok(wanted)
}

/// The targets that are asked for, those of the machine's own platform first, which runs what is made.
fn asked_targets(args: &CheckArgs) -> Vec<Target> {
    let is_asked = |target: &Target| {
        args.targets.is_empty() || args.targets.iter().any(|one| one.matches(target))
    };
    let mut all: Vec<Target> = targets().filter(is_asked).collect();
    // One with a variant that isn't the usual one is named as a whole.
    let whole = args
        .targets
        .iter()
        .filter_map(|one| one.as_str().parse().ok());
    for target in whole {
        if !all.contains(&target) {
            all.push(target);
        }
    }
    all.sort_by_key(|target| (target.goos, target.goarch) != host::platform());
    all
}

/// What was found out so far.
#[derive(Default)]
struct Checks {
    rows: Vec<Vec<String>>,
    faults: Vec<String>,
    lacking: Vec<(Target, Vec<Lacking>)>,
}

impl Checks {
    /// Checks a toolchain: for all targets that are asked for, else for the first one that it is installed for.
    fn add(
        &mut self,
        (library, name): (&Library, &ToolchainName),
        args: &CheckArgs,
        (host, search, cancel): (&Host, &mut Search<'_>, &Cancel),
    ) {
        let own = host::platform();
        let mut lacking = None;
        for target in asked_targets(args) {
            let candidate = match named(library, name, (&target, own), Wanted::Nothing) {
                Ok(candidate) => candidate,
                Err(Impossible::NotServed) => continue,
                Err(why) => {
                    self.faults.push(format!("{name} for {target}: {why}"));
                    return;
                }
            };
            match search.look(candidate.definition, candidate.serves) {
                Ok(installed) => {
                    let setup = Setup::new(&candidate, &installed);
                    self.check((candidate.definition, &setup), &target, (host, cancel));
                    if args.targets.is_empty() || cancel.reason().is_some() {
                        return;
                    }
                }
                Err(absent) => {
                    let one = Lacking::new(candidate, absent, &System::here(host));
                    lacking = lacking.or(Some((target, vec![one])));
                }
            }
        }
        // Who names a toolchain wants it to be there.
        let is_named = args.names.contains(&name.to_string());
        self.lacking.extend(lacking.filter(|_| is_named));
    }

    fn check(
        &mut self,
        (definition, setup): (&Definition, &Setup),
        target: &Target,
        (host, cancel): (&Host, &Cancel),
    ) {
        let spinner = Spinner::start(format!("Compiling C by {} for {target}", setup.name));
        let result = check((definition, setup), target, host, cancel);
        drop(spinner);
        let versions = versions(setup).first().cloned().unwrap_or_default();
        let name = setup.name.to_string();
        let (linked, ran) = match result {
            Ok(proof) => {
                let time = u64::try_from(proof.compiled_in.as_millis()).unwrap_or(u64::MAX);
                let time = human::time(time);
                let ran = match proof.ran {
                    Ran::Here(how) => format!("runs {how}, compiled in {time}"),
                    Ran::Not(why) => format!("compiled in {time}, not run: {why}"),
                };
                (proof.linked.to_string(), ran)
            }
            Err(Fault::Container) => (String::new(), Fault::Container.to_string()),
            Err(fault) => {
                self.faults.push(format!("{name} for {target}: {fault}"));
                ("–".to_owned(), "fails".to_owned())
            }
        };
        self.rows
            .push(vec![name, target.to_string(), versions, linked, ran]);
    }

    /// Tells all of it.
    fn told(self, args: &CheckArgs) -> Result<Exit, Box<dyn Failure>> {
        let mut table = Table::new(&[
            ("Toolchain", Align::Left),
            ("Target", Align::Left),
            ("Version", Align::Left),
            ("Linked", Align::Left),
            ("Program", Align::Left),
        ]);
        let count = self.rows.len();
        for row in self.rows {
            table.row(row);
        }
        if count > 0 {
            console::deliver(&table.fitted(console::width()))?;
        }
        for fault in &self.faults {
            console::error(fault, None);
        }
        if !self.lacking.is_empty() {
            return Err(ToolchainsError::Absent(self.lacking).into());
        }
        if !self.faults.is_empty() {
            return Ok(Exit::Failed);
        }
        if count == 0 {
            let what = if args.targets.is_empty() {
                ""
            } else {
                " for these targets"
            };
            let next = "`gobuildx toolchains list` says how to get one";
            console::error(&format!("failed to find a toolchain{what}"), Some(next));
            return Ok(Exit::Environment);
        }
        Ok(Exit::Success)
    }
}
