//! `gobuildx toolchains install`: Go, where there is no Go.

use std::path::{Path, PathBuf};
use std::time::Instant;

use crate::atomic::replace;
use crate::cli::InstallArgs;
use crate::commands::manifest_file;
use crate::console::{self, GOOD, NOTE};
use crate::embed::{Lock, lock_file, read_lock};
use crate::failure::{Exit, Failure};
use crate::go_install::{Cache, InstallError, Installation, Outcome, Toolchain};
use crate::host::Host;
use crate::human;
use crate::printable::{printable, printable_path};
use crate::process::Cancel;
use crate::progress::Download;

pub(super) fn run(args: &InstallArgs, cancel: &Cancel) -> Result<Exit, Box<dyn Failure>> {
    let host = Host::probe()?;
    let mut pins = Pins::read(args, &host)?;
    let cache = Cache::of(&host).ok_or(InstallError::NoCache)?;
    for request in &args.releases {
        let version = request.version();
        let toolchain = Toolchain::for_this_machine(version);
        let toolchain = toolchain.ok_or_else(|| InstallError::NoMachine(version.clone()))?;
        let begin = Instant::now();
        let pin = pins.of(&toolchain).map(str::to_owned);
        let installation = Installation {
            host: &host,
            cache: &cache,
            toolchain: &toolchain,
            pin: pin.as_deref(),
            cancel,
        };
        let outcome = installation.run(&mut Download::new(toolchain.to_string()))?;
        tell(&toolchain, (&outcome, &cache), begin);
        pins.add(&toolchain, &outcome.sum);
    }
    pins.write()?;
    if host.program("go").is_some() {
        console::err(&format!(
            "{NOTE}Note:{NOTE:#} builds use the go that is on PATH, and these only where there is none"
        ));
    }
    Ok(Exit::Success)
}

/// How it ended.
fn tell(toolchain: &Toolchain, (outcome, cache): (&Outcome, &Cache), begin: Instant) {
    let place = printable_path(&cache.goroot(toolchain));
    let Some(by) = &outcome.vouched else {
        console::err(&format!(
            "{GOOD}Kept{GOOD:#} {toolchain}, which is whole, in {place}"
        ));
        return;
    };
    let time = u64::try_from(begin.elapsed().as_millis()).unwrap_or(u64::MAX);
    console::err(&format!(
        "{GOOD}Installed{GOOD:#} {toolchain} in {}, in {place}\n  {} by {}",
        human::time(time),
        outcome.sum,
        printable(by)
    ));
}

/// What the lock file pins, where there is a manifest.
struct Pins {
    file: Option<PathBuf>,
    shown: String,
    before: Lock,
    after: Lock,
    /// Whether what is installed gets pinned.
    adds: bool,
}

impl Pins {
    fn read(args: &InstallArgs, host: &Host) -> Result<Self, Box<dyn Failure>> {
        let manifest = manifest_file::find(args.manifest.as_deref(), host);
        let file = manifest.as_deref().map(lock_file);
        if args.lock && file.is_none() {
            return Err(NoManifest.into());
        }
        let before = file.as_deref().map(read_lock).transpose()?.flatten();
        let before = before.unwrap_or_default();
        let shown = |file: &Path| printable_path(file.strip_prefix(&host.cwd).unwrap_or(file));
        Ok(Self {
            shown: file.as_deref().map(shown).unwrap_or_default(),
            file,
            after: before.clone(),
            before,
            adds: args.lock,
        })
    }

    fn of(&self, toolchain: &Toolchain) -> Option<&str> {
        let sum = self.before.toolchains.get(&toolchain.to_string());
        sum.map(String::as_str)
    }

    fn add(&mut self, toolchain: &Toolchain, sum: &str) {
        if self.adds {
            let name = toolchain.to_string();
            self.after.toolchains.insert(name, sum.to_owned());
        }
    }

    fn write(&self) -> Result<(), Box<dyn Failure>> {
        let Some(file) = self.file.as_deref().filter(|_| self.adds) else {
            return Ok(());
        };
        let shown = &self.shown;
        if self.after == self.before {
            console::err(&format!("{GOOD}Kept{GOOD:#} {shown}: nothing changed"));
            return Ok(());
        }
        replace(file, self.after.to_string().as_bytes())?;
        console::err(&format!("{GOOD}Wrote{GOOD:#} {shown}"));
        Ok(())
    }
}

/// Nothing says where the lock file lies.
#[derive(Debug, thiserror::Error)]
#[error("failed to find a manifest, beside which the hash would be pinned")]
struct NoManifest;

impl Failure for NoManifest {
    fn exit(&self) -> Exit {
        Exit::Usage
    }

    fn hint(&self) -> Option<String> {
        Some("name a file with --manifest; without --lock none is needed".to_owned())
    }
}
