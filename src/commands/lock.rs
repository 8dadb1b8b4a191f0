//! `gobuildx lock`: pins the certificates that a manifest has compiled in, or that its image may need.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use jiff::Timestamp;

use super::manifest_file;
use super::prepare::Unreadable;
use crate::atomic::{CreateError, replace};
use crate::cli::LockArgs;
use crate::console::{self, GOOD, NOTE};
use crate::embed::{Asking, Lock, MODULE, Pin, RootSet, RootSets};
use crate::failure::{Exit, Failure};
use crate::go_install::Wanted;
use crate::host::Host;
use crate::human::counted;
use crate::manifest::CaRoots;
use crate::printable::{printable, printable_path};
use crate::process::Cancel;
use crate::tools::git;
use crate::tools::go::Go;

pub(super) fn run(args: &LockArgs, cancel: &Cancel) -> Result<Exit, Box<dyn Failure>> {
    let host = Host::probe()?;
    let Some(file) = manifest_file::find(args.manifest.as_deref(), &host) else {
        return Err(LockError::NoManifest.into());
    };
    let manifest = manifest_file::read(Some(&file), &host)?;
    let folder = file.parent().unwrap_or(&host.cwd);
    let root = fs::canonicalize(folder).map_err(|error| Unreadable::new(folder, error))?;
    let go = Go::find(&host, &Wanted::of(&manifest, folder))?;
    let settings = go.settings(&root, cancel)?;
    let asking = Asking {
        root: &root,
        manifest: &manifest,
        go: &go,
        settings: &settings,
        cancel,
    };
    let before = asking.lock()?;
    let pinned = before.as_ref().and_then(|lock| lock.mozilla.as_ref());
    let keep = pinned.filter(|_| !args.update);
    let sets = asking.unpinned_sets(keep.map(|pin| pin.version.as_str()))?;
    let after = Lock {
        toolchains: before
            .as_ref()
            .map(|lock| lock.toolchains.clone())
            .unwrap_or_default(),
        ..lock_of(&sets)
    };
    if let (Some(keep), Some(got)) = (keep, &after.mozilla)
        && keep != got
    {
        return Err(LockError::Moved(keep.version.clone()).into());
    }
    let lock = asking.lock_file();
    let shown = lock.strip_prefix(&host.cwd).unwrap_or(&lock);
    tell(&asking, &sets, before.as_ref());
    write(&lock, shown, (before, &after))?;
    if git::top(&root).is_some() && !after.is_empty() {
        console::err(&format!(
            "{NOTE}Next:{NOTE:#} commit {}, which build holds what it compiles in against",
            printable_path(shown)
        ));
    }
    Ok(Exit::Success)
}

fn lock_of(sets: &RootSets) -> Lock {
    let mut lock = Lock::default();
    for (of, set) in sets {
        match (of, set.pin.clone()) {
            (CaRoots::File(path), Pin::File(digest)) => {
                lock.files.insert(path.clone(), digest);
            }
            (_, Pin::Module(pin)) => lock.mozilla = Some(pin),
            (CaRoots::Mozilla, Pin::File(_)) => {}
        }
    }
    lock
}

fn write(
    file: &Path,
    shown: &Path,
    (before, after): (Option<Lock>, &Lock),
) -> Result<(), CreateError> {
    let shown = printable_path(shown);
    match before {
        None if after.is_empty() => {
            console::err(
                "Nothing to pin: the manifest has no `[embed] ca_roots` and no `[release.image]`",
            );
            return Ok(());
        }
        Some(_) if after.is_empty() => {
            console::err(&format!(
                "{NOTE}Note:{NOTE:#} the manifest has no `[embed] ca_roots` and no `[release.image]` any \
                 more; {shown} can be removed"
            ));
            return Ok(());
        }
        Some(before) if before == *after => {
            console::err(&format!("{GOOD}Kept{GOOD:#} {shown}: nothing changed"));
            return Ok(());
        }
        _ => {}
    }
    replace(file, after.to_string().as_bytes())?;
    console::err(&format!("{GOOD}Wrote{GOOD:#} {shown}"));
    Ok(())
}

/// What is pinned now, and how it differs from what was.
fn tell(asking: &Asking<'_>, sets: &RootSets, before: Option<&Lock>) {
    for (of, set) in sets {
        let count = counted(set.roots.len(), "certificate", "certificates");
        let pin = match &set.pin {
            Pin::Module(pin) => format!("{MODULE} {}", pin.version),
            Pin::File(digest) => format!("sha256:{digest}"),
        };
        let name = match of {
            CaRoots::Mozilla => "Mozilla's CAs".to_owned(),
            CaRoots::File(path) => printable(path),
        };
        console::err(&format!("{name}: {count}, {pin}"));
        tell_of_invalid(&name, set);
        if *of == CaRoots::Mozilla {
            tell_of_changes(asking, set, before);
        }
    }
}

/// Certificates that nothing is trusted by today.
fn tell_of_invalid(name: &str, set: &RootSet) {
    let now = Timestamp::now().strftime("%Y%m%d%H%M%SZ").to_string();
    for (number, root) in (1..).zip(&set.roots) {
        let (from, until) = (root.certificate.not_before(), root.certificate.not_after());
        let what = if until < now.as_str() {
            format!("expired on {}", day(until))
        } else if from > now.as_str() {
            format!("is valid from {} on, and not before", day(from))
        } else {
            continue;
        };
        console::err(&format!(
            "{NOTE}Note:{NOTE:#} certificate {number} of {name} {what}"
        ));
    }
}

/// The day of a time such as `20301231235959Z`.
fn day(time: &str) -> String {
    let digits = |range| time.get(range).unwrap_or_default();
    format!("{}-{}-{}", digits(0..4), digits(4..6), digits(6..8))
}

/// Who is trusted now and wasn't, and the other way round.
fn tell_of_changes(asking: &Asking<'_>, set: &RootSet, before: Option<&Lock>) {
    let old = before.and_then(|lock| lock.mozilla.as_ref());
    let Some(old) = old.filter(|old| Pin::Module((*old).clone()) != set.pin) else {
        return;
    };
    let (old, version) = (asking.mozilla(&old.version), &old.version);
    let Ok(old) = old else {
        console::err(&format!(
            "{NOTE}Note:{NOTE:#} {version} can't be had to compare"
        ));
        return;
    };
    let names = |set: &RootSet| -> BTreeSet<(Vec<u8>, String)> {
        let roots = set.roots.iter();
        let roots = roots.map(|root| (root.certificate.der().to_owned(), printable(&root.name)));
        roots.collect()
    };
    let (old, new) = (names(&old), names(set));
    for (_, name) in new.difference(&old) {
        console::err(&format!("  new since {version}: {name}"));
    }
    for (_, name) in old.difference(&new) {
        console::err(&format!("  gone since {version}: {name}"));
    }
}

/// Why nothing can be pinned.
#[derive(Debug, thiserror::Error)]
enum LockError {
    /// Nothing says what.
    #[error("failed to find a manifest, which says what is to be pinned")]
    NoManifest,
    /// Another module under the same version.
    #[error("failed to get {MODULE} {0} as it is pinned: its digest is another one")]
    Moved(String),
}

impl Failure for LockError {
    fn exit(&self) -> Exit {
        match self {
            Self::NoManifest => Exit::Usage,
            Self::Moved(_) => Exit::Manifest,
        }
    }

    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::NoManifest => {
                "name a file with --manifest; `gobuildx init` writes a first one".to_owned()
            }
            Self::Moved(_) => {
                "see who changed the lock file; `gobuildx lock --update` pins the latest".to_owned()
            }
        })
    }
}
