//! `[compress]`: what is packed, how, and where it is known to run.

use super::diagnostic::{Diagnostic, Located};
use super::effective::effective;
use super::matrix::Matrix;
use super::overrides;
use super::possible::possible_binaries;
use super::reader::{Entry, Reader, Table};
use super::words::{nearest, quote};
use super::{Binary, Cell, Compress, Manifest, PackAnyway, Settings, duration};
use crate::pack::{self, OptionFault, Refusal, UpxOption};
use crate::target::{BuildMode, Selector, Target};

pub(super) const KEYS: &[&str] = &["upx", "match", "max_startup", "allow"];
pub(super) const ALLOW_KEYS: &[&str] = &["target", "reason"];

/// What becomes of one binary of one cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Packing<'a> {
    /// Nothing asks for it.
    Unwanted,
    /// It is packed.
    Wanted,
    /// It stays as it is, since a packed file wouldn't run.
    Left(Refusal),
    /// It is selected, and a packed file wouldn't run.
    Refused(&'a Located<Selector>, Refusal),
}

impl Compress {
    /// What becomes of a binary for a target.
    pub(crate) fn packing(&self, target: &Target, mode: BuildMode) -> Packing<'_> {
        let selects = |selector: &&Located<Selector>| selector.value.matches(target);
        let selector = match &self.targets {
            None => None,
            Some(targets) => match targets.iter().find(selects) {
                None => return Packing::Unwanted,
                selector => selector,
            },
        };
        let anyway = || self.allow.iter().any(|allow| selects(&&allow.target));
        match (pack::upx(target, mode), selector) {
            (Ok(_), _) => Packing::Wanted,
            (Err(refusal), _) if refusal.may_be_allowed() && anyway() => Packing::Wanted,
            (Err(refusal), None) => Packing::Left(refusal),
            (Err(refusal), Some(selector)) => Packing::Refused(selector, refusal),
        }
    }
}

impl Manifest {
    /// The first of some cells for which something is packed, or may be: some names of binaries,
    /// and so the overrides that hold for them, are known to go alone.
    #[must_use]
    pub fn packs<'c>(&self, cells: &'c [Cell]) -> Option<&'c Cell> {
        let compress = self.compress.as_ref()?;
        let binaries = possible_binaries(self);
        cells.iter().find(|cell| {
            binaries.iter().any(|binary| {
                let is_built = binary.builds_for(&cell.target);
                let mode = || effective(self, binary, cell).buildmode.value;
                is_built && compress.packing(&cell.target, mode()) == Packing::Wanted
            })
        })
    }
}

/// The fault of a selector that selects what can't be packed so that it runs.
pub(crate) fn refused(
    selector: &Located<Selector>,
    what: &str,
    target: &Target,
    refusal: Refusal,
) -> Diagnostic {
    let message = format!(
        "{} selects {what}, which can't be packed so that it runs: {refusal}",
        quote(selector.value.as_str())
    );
    let help = if refusal.is_packed() {
        format!(
            "leave it out of `match`; or, if you know better, write \
             `allow = [{{ target = \"{}/{}\", reason = \"…\" }}]`",
            target.goos, target.goarch
        )
    } else {
        "leave it out of `match`".to_owned()
    };
    Diagnostic::wrong(&selector.span, message).help(help)
}

/// What the rest of the manifest says that matters here.
pub(super) struct Context<'m> {
    pub(super) matrix: &'m Matrix,
    pub(super) build: Option<&'m Settings>,
    pub(super) binaries: &'m [Binary],
    pub(super) overrides: &'m [super::Override],
}

impl Context<'_> {
    /// The kinds of files that the manifest asks for anywhere.
    fn modes(&self) -> impl Iterator<Item = BuildMode> + Clone {
        let build = self
            .build
            .into_iter()
            .filter_map(|build| build.buildmode.as_ref());
        let binaries = self
            .binaries
            .iter()
            .filter_map(|binary| binary.buildmode.as_ref());
        let overrides = self.overrides.iter();
        let overrides = overrides.filter_map(|setting| setting.settings.buildmode.as_ref());
        let all = build.chain(binaries).chain(overrides);
        std::iter::once(BuildMode::Exe).chain(all.map(|mode| mode.value))
    }
}

pub(super) fn read<'a>(
    read: &mut Reader<'a>,
    root: &Table<'a>,
    context: &Context<'_>,
) -> Option<Compress> {
    let table = read.section(root, "compress", KEYS)?;
    let before = read.count();
    let targets = table
        .entry("match")
        .and_then(|entry| overrides::selectors(read, &entry));
    let options = table.entry("upx").map(|entry| options(read, &entry));
    let max_startup = table
        .entry("max_startup")
        .and_then(|entry| duration::read(read, &entry));
    let allow = table
        .entry("allow")
        .and_then(|entry| read.array(&entry, "tables"))
        .unwrap_or_default();
    let allow = allow.iter().filter_map(|element| anyway(read, element));
    let allow: Vec<PackAnyway> = allow.collect();
    let compress = Compress {
        options: options.unwrap_or_else(UpxOption::defaults),
        targets,
        max_startup,
        allow,
    };
    let understood = read.count() == before;
    let selectors = compress.targets.iter().flatten();
    let selectors = selectors.chain(compress.allow.iter().map(|allow| &allow.target));
    let selectors: Vec<Located<Selector>> = selectors.cloned().collect();
    if overrides::check_selectors(read, &selectors, context.matrix)
        && understood
        && let Some(cells) = context.matrix.sound_cells()
    {
        check_cells(read, &compress, cells);
        check_allowed(read, &compress, cells, context);
    }
    Some(compress)
}

fn options<'a>(read: &mut Reader<'a>, entry: &Entry<'a>) -> Vec<UpxOption> {
    let given = read.distinct(entry).unwrap_or_default();
    let options = given.iter().filter_map(|option| {
        let fault = match UpxOption::new(option.value) {
            Ok(option) => return Some(option),
            Err(fault) => fault,
        };
        let shown = quote(option.value);
        let (message, help) = match fault {
            OptionFault::NoOption => (
                format!("{shown} is no option of upx: it would be taken for a file"),
                "write options only, such as `\"--best\"`".to_owned(),
            ),
            OptionFault::Refused(instead) => (
                format!("the option {shown} of upx can't be given here"),
                instead.to_owned(),
            ),
            OptionFault::Unknown => (
                format!("{shown} is no option of upx that is known to do no harm"),
                unknown_help(option.value),
            ),
        };
        read.push(Diagnostic::wrong(&option.span, message).help(help));
        None
    });
    options.collect()
}

fn unknown_help(option: &str) -> String {
    let mut words = option.split_whitespace();
    if words.clone().count() > 1 && words.all(|word| UpxOption::new(word).is_ok()) {
        let quoted: Vec<String> = option.split_whitespace().map(super::words::toml).collect();
        return format!("write one option an element: {}", quoted.join(", "));
    }
    match nearest(option, UpxOption::known()) {
        Some(meant) => format!("did you mean {}?", quote(meant)),
        None => "there are for example `-1` to `-9`, `--best`, `--lzma`, `--brute`, \
                 `--compress-icons=0`"
            .to_owned(),
    }
}

/// An element of `allow`.
fn anyway<'a>(read: &mut Reader<'a>, element: &Entry<'a>) -> Option<PackAnyway> {
    let table = read.table(element, "an element of `allow`", ALLOW_KEYS)?;
    for key in ALLOW_KEYS {
        if table.entry(key).is_none() {
            let message = format!("an element of `allow` has no `{key}`");
            let help = "write `{ target = \"…\", reason = \"…\" }`";
            read.missing(Diagnostic::wrong(&table.span, message).help(help));
        }
    }
    let target = table.entry("target");
    let target = target.and_then(|entry| Some((read.string(&entry)?, entry)));
    let target = target.and_then(|(_, entry)| overrides::selectors(read, &entry));
    let reason = table
        .entry("reason")
        .and_then(|entry| read.string(&entry))?;
    if reason.value.trim().is_empty() {
        let diagnostic = Diagnostic::wrong(&reason.span, "the reason is empty");
        read.push(diagnostic.help("say how you know that the packed file runs there"));
        return None;
    }
    Some(PackAnyway {
        target: target?.pop()?,
        reason: reason.value.to_owned(),
    })
}

/// Each cell that `match` selects must be one where a packed executable runs.
fn check_cells(read: &mut Reader<'_>, compress: &Compress, cells: &[Cell]) {
    for cell in cells {
        let target = &cell.target;
        if let Packing::Refused(selector, refusal) = compress.packing(target, BuildMode::Exe) {
            read.push(refused(
                selector,
                &quote(&target.to_string()),
                target,
                refusal,
            ));
        }
    }
}

/// Each element of `allow` must allow something.
fn check_allowed(
    read: &mut Reader<'_>,
    compress: &Compress,
    cells: &[Cell],
    context: &Context<'_>,
) {
    for allow in &compress.allow {
        let of_it = || {
            let cells = cells.iter().map(|cell| &cell.target);
            cells.filter(|target| allow.target.value.matches(target))
        };
        let refused = |target: &Target| {
            let mut refusals = context.modes().map(|mode| pack::upx(target, mode).err());
            refusals.any(|refusal| refusal.is_some_and(Refusal::may_be_allowed))
        };
        let selected =
            |target: &&Target| compress.packing(target, BuildMode::Exe) != Packing::Unwanted;
        let shown = quote(allow.target.value.as_str());
        let never = of_it()
            .filter_map(|target| pack::upx(target, BuildMode::Exe).err())
            .find(|refusal| !refusal.may_be_allowed());
        let (message, help) = if let (false, Some(refusal)) = (of_it().any(refused), never) {
            (
                format!("{shown} can't be allowed: {refusal}"),
                "remove this element",
            )
        } else if !of_it().any(refused) {
            (
                format!("{shown} needs no `allow`: packed files run there"),
                "remove this element",
            )
        } else if of_it().find(selected).is_none() {
            (
                format!("`match` selects nothing that {shown} would allow"),
                "add the target to `match`, or remove this element",
            )
        } else {
            continue;
        };
        read.push(Diagnostic::wrong(&allow.target.span, message).help(help));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compress(text: &str) -> Compress {
        let manifest = crate::manifest::parse(None, text).unwrap();
        manifest.compress.unwrap()
    }

    fn packing<'a>(compress: &'a Compress, target: &str, mode: BuildMode) -> Packing<'a> {
        compress.packing(&target.parse().unwrap(), mode)
    }

    #[test]
    fn without_match_everything_is_packed_that_runs_packed() {
        let all = compress("[compress]\n");
        assert_eq!(
            packing(&all, "linux/arm64", BuildMode::Exe),
            Packing::Wanted
        );
        assert_eq!(
            packing(&all, "darwin/arm64", BuildMode::Exe),
            Packing::Left(Refusal::KilledByMacos)
        );
        assert_eq!(
            packing(&all, "linux/amd64", BuildMode::Pie),
            Packing::Left(Refusal::Pie)
        );
        assert_eq!(all.options, UpxOption::defaults());
    }

    #[test]
    fn with_match_the_others_are_of_no_interest_and_what_is_selected_must_run() {
        let some = compress("[compress]\nmatch = \"linux/amd64\"\nupx = [\"-9\"]\n");
        assert_eq!(
            packing(&some, "darwin/arm64", BuildMode::Exe),
            Packing::Unwanted
        );
        assert_eq!(
            packing(&some, "linux/amd64", BuildMode::Exe),
            Packing::Wanted
        );
        assert!(matches!(
            packing(&some, "linux/amd64", BuildMode::Pie),
            Packing::Refused(_, Refusal::Pie)
        ));
    }

    #[test]
    fn a_cell_packs_where_a_binary_of_it_may_be_packed() {
        let packs_for = |goos: &str, text: &str| {
            let text = format!("[matrix]\ngoos = [{goos}]\ngoarch = [\"amd64\"]\n{text}");
            let manifest = crate::manifest::parse(None, &text).unwrap();
            manifest.packs(&manifest.cells).is_some()
        };
        let packs = |text: &str| packs_for("\"linux\"", text);
        let pie = "[compress]\n[build]\nbuildmode = \"pie\"\n";
        let exe = "[[override]]\nbinary = \"tool\"\nbuildmode = \"exe\"\n";
        let section = |package: &str| format!("{pie}[[binary]]\npackage = \"{package}\"\n{exe}");
        assert!(packs("[compress]\n"));
        assert!(!packs(""));
        assert!(!packs(pie));
        assert!(packs(&format!("{pie}{exe}")));
        assert!(packs(&section("./cmd/tool")));
        assert!(!packs(&section("./cmd/other")));
        // Its name is the last element of the module's path, which isn't known here.
        assert!(packs(&section(".")));
        let elsewhere = "[compress]\n[[binary]]\npackage = \".\"\ntargets = [\"freebsd\"]\n";
        assert!(!packs_for("\"linux\", \"freebsd\"", elsewhere));
    }

    #[test]
    fn what_is_allowed_with_a_reason_is_packed() {
        let text = "[matrix]\ngoos = [\"linux\"]\ngoarch = [\"mips\", \"amd64\"]\n[compress]\n\
                    allow = [{ target = \"linux/mips\", reason = \"UPX 6 mends it\" }]\n";
        let allowed = compress(text);
        assert_eq!(
            packing(&allowed, "linux/mips", BuildMode::Exe),
            Packing::Wanted
        );
    }
}
