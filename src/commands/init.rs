//! `gobuildx init`: a first manifest, of what is found.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::prepare::Unreadable;
use crate::atomic::create;
use crate::cli::InitArgs;
use crate::console::{self, GOOD, NOTE};
use crate::failure::{Exit, Failure};
use crate::go_install::Wanted;
use crate::host::Host;
use crate::human::{self, counted};
use crate::init::{self, Asking, Draft, InitError, Join, Layout, Reason};
use crate::manifest;
use crate::printable::{printable, printable_path};
use crate::process::Cancel;
use crate::progress::Spinner;
use crate::shell_word::shell_word;
use crate::tools::git;
use crate::tools::go::Go;

pub(super) fn run(args: &InitArgs, cancel: &Cancel) -> Result<Exit, Box<dyn Failure>> {
    let host = Host::probe()?;
    let named = args.manifest.clone().unwrap_or("targets.toml".into());
    let file = host.cwd.join(&named);
    if !args.dry_run && (file.exists() || file.is_symlink()) {
        return Err(InitError::Exists(named).into());
    }
    let go = Go::find(&host, &Wanted::default())?;
    let folder = file.parent().unwrap_or(&host.cwd);
    let root = fs::canonicalize(folder).map_err(|error| Unreadable::new(folder, error))?;
    let settings = go.settings(&root, cancel)?;
    let layout = init::find(&go, &root, cancel)?;
    let spinner = Spinner::start("Asking go about the main packages");
    let asking = Asking {
        go: &go,
        settings: &settings,
        cores: host.cores,
        on_fetch: &|toolchain| spinner.announce(toolchain),
        on_try: &|program| {
            spinner.say(&format!(
                "{NOTE}Compiling{NOTE:#} {} once, to see whether it needs its C parts",
                printable(program)
            ));
        },
        cancel,
    };
    let answers = init::ask(asking, &layout)?;
    drop(spinner);
    let draft = init::draft(&answers, init::folder_name(&root), &settings.host);
    if draft.binaries.is_empty() {
        return Err(InitError::NoProgram(layout.modules).into());
    }
    let text = init::text(&draft);
    let manifest = manifest::parse(Some(&named), &text).map_err(InitError::Refused)?;
    if args.dry_run {
        console::deliver(&text)?;
        return Ok(Exit::Success);
    }
    create(&file, text.as_bytes()).map_err(InitError::from)?;
    tell(&layout, &draft, &named, manifest.cells.len());
    if git::top(&root).is_some() {
        console::err(&format!(
            "{NOTE}Then:{NOTE:#} commit {}; until then versions end in -dirty",
            printable_path(&named)
        ));
    }
    Ok(Exit::Success)
}

/// What was found, what was written, and what to do next.
fn tell(layout: &Layout, draft: &Draft, named: &Path, cells: usize) {
    let found = match (&layout.join, layout.modules.as_slice()) {
        (Join::Workspace { .. }, modules) => {
            format!(
                "a workspace of {}",
                counted(modules.len(), "module", "modules")
            )
        }
        (Join::Nothing, [dir]) if dir == "." => "one module".to_owned(),
        (Join::Nothing, modules) => {
            format!(
                "{}: {}",
                counted(modules.len(), "module", "modules"),
                shortened(modules)
            )
        }
    };
    console::err(&format!("{NOTE}Found{NOTE:#} {found}"));
    if let Join::Workspace { unused } = &layout.join
        && !unused.is_empty()
    {
        let unused = shortened(unused);
        console::err(&format!(
            "{NOTE}Not in{NOTE:#} go.work, so left out: {unused}"
        ));
    }
    let binaries: Vec<String> = draft
        .binaries
        .iter()
        .map(|binary| binary.name.clone())
        .collect();
    let targets = counted(cells, "target", "targets");
    console::err(&format!(
        "{GOOD}Wrote{GOOD:#} {}: {} for {targets}",
        printable_path(named),
        shortened(&binaries)
    ));
    let aside = left_out(draft);
    if !aside.is_empty() {
        let aside = shortened(&aside);
        console::err(&format!("{NOTE}Left out,{NOTE:#} as comments: {aside}"));
    }
    console::err(&format!(
        "{NOTE}Next:{NOTE:#} gobuildx build --matrix{}",
        printable(&option(named))
    ));
}

/// The programs that are only comments; those below one folder are counted.
fn left_out(draft: &Draft) -> Vec<String> {
    let mut own_use: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut words = Vec::new();
    for (section, reason) in &draft.set_aside {
        match reason {
            Reason::OwnUse(folder) => own_use.entry(folder).or_default().push(&section.name),
            Reason::NeedsC(_) => words.push(format!("{} (needs C)", section.name)),
            Reason::NoTarget => words.push(format!("{} (for other platforms)", section.name)),
            Reason::Unsayable(_) => {
                words.push(format!("{} (can't be named)", section.package));
            }
        }
    }
    words.extend(
        own_use
            .iter()
            .map(|(folder, names)| match names.as_slice() {
                [name] => format!("{name} (below {folder})"),
                names => format!("{} below {folder}", names.len()),
            }),
    );
    words
}

/// The option that is needed for a manifest that isn't found by itself.
fn option(named: &Path) -> String {
    if named == "targets.toml" {
        return String::new();
    }
    format!(" --manifest {}", shell_word(named.as_os_str()))
}

/// The first words of a long list. They are names of folders, and can be anything.
fn shortened(words: &[String]) -> String {
    const SHOWN: usize = 8;
    let words: Vec<String> = words.iter().map(|word| printable(word)).collect();
    human::first(SHOWN, &words)
}
