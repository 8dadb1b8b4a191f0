//! The axes of `[matrix]`: what is multiplied, and what is taken away again.

use std::collections::BTreeMap;
use std::str::FromStr;

use super::diagnostic::{Diagnostic, Located, Span};
use super::reader::{Entry, Reader, Table};
use super::words::{list, nearest, quote};
use crate::target::{Cgo, Goarch, Goos, Variant};

/// The systems and architectures of a matrix that names none.
pub(super) const DEFAULT_GOOS: [Goos; 3] = [Goos::Linux, Goos::Darwin, Goos::Windows];
pub(super) const DEFAULT_GOARCH: [Goarch; 2] = [Goarch::Amd64, Goarch::Arm64];

/// What `[matrix]` says, apart from `include`.
pub(super) struct Axes {
    pub(super) goos: Vec<Located<Goos>>,
    pub(super) goarch: Vec<Located<Goarch>>,
    pub(super) cgo: Vec<Located<Cgo>>,
    pub(super) variants: BTreeMap<Goarch, Vec<Located<Variant>>>,
    pub(super) exclude: Vec<Exclude>,
    /// Which of `goos` and `goarch` are not written in the manifest.
    pub(super) defaulted: Vec<&'static str>,
}

/// One element of `exclude`; what is absent matches everything.
pub(super) struct Exclude {
    pub(super) goos: Option<Goos>,
    pub(super) goarch: Option<Goarch>,
    pub(super) variant: Option<String>,
    pub(super) cgo: Option<Cgo>,
    pub(super) span: Span,
}

/// The axes of a `[matrix]`, with defaults for those that are absent.
pub(super) fn read<'a>(read: &mut Reader<'a>, table: &Table<'a>) -> Axes {
    let goos = axis(read, table, "goos", &DEFAULT_GOOS);
    let goarch = axis(read, table, "goarch", &DEFAULT_GOARCH);
    let mut defaulted = Vec::new();
    defaulted.extend(goos.is_none().then_some("goos"));
    defaulted.extend(goarch.is_none().then_some("goarch"));
    let goarch = goarch.unwrap_or_else(|| default(table, &DEFAULT_GOARCH));
    let variants = table
        .entry("variants")
        .map(|entry| variants(read, &entry, &goarch));
    Axes {
        goos: goos.unwrap_or_else(|| default(table, &DEFAULT_GOOS)),
        cgo: cgo(read, table),
        variants: variants.unwrap_or_default(),
        exclude: excludes(read, table),
        goarch,
        defaulted,
    }
}

fn default<T: Copy>(table: &Table<'_>, values: &[T]) -> Vec<Located<T>> {
    let located = values.iter().map(|value| Located {
        value: *value,
        span: table.span.clone(),
    });
    located.collect()
}

/// A name of Go's, by which a user may know it too.
pub(super) trait Name: FromStr + Copy + Ord + ToString + 'static {
    const KIND: &'static str;
    const ALL: &'static [Self];
    /// What others call it.
    const ALIASES: &'static [(&'static str, &'static str)];
    fn as_str(self) -> &'static str;
}

impl Name for Goos {
    const KIND: &'static str = "an operating system";
    const ALL: &'static [Self] = Self::ALL;
    const ALIASES: &'static [(&'static str, &'static str)] = &[
        ("mac", "darwin"),
        ("macos", "darwin"),
        ("osx", "darwin"),
        ("wasi", "wasip1"),
        ("win", "windows"),
        ("win32", "windows"),
        ("win64", "windows"),
    ];
    fn as_str(self) -> &'static str {
        self.as_str()
    }
}

impl Name for Goarch {
    const KIND: &'static str = "an architecture";
    const ALL: &'static [Self] = Self::ALL;
    const ALIASES: &'static [(&'static str, &'static str)] = &[
        ("aarch64", "arm64"),
        ("armhf", "arm"),
        ("armv6", "arm"),
        ("armv7", "arm"),
        ("i386", "386"),
        ("i686", "386"),
        ("ppc64el", "ppc64le"),
        ("x64", "amd64"),
        ("x86", "386"),
        ("x86-64", "amd64"),
        ("x86_64", "amd64"),
    ];
    fn as_str(self) -> &'static str {
        self.as_str()
    }
}

/// The system or architecture of that name.
pub(super) fn name<T: Name>(read: &mut Reader<'_>, string: &Located<&str>) -> Option<T> {
    if let Ok(value) = string.value.parse() {
        return Some(value);
    }
    let lower = string.value.to_lowercase();
    let alias = T::ALIASES.iter().find(|(alias, _)| *alias == lower);
    let names = T::ALL.iter().map(|value| value.as_str());
    let help = match alias
        .map(|(_, name)| *name)
        .or_else(|| nearest(&lower, names.clone()))
    {
        Some(meant) if alias.is_some() => format!("Go calls it `{meant}`"),
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("Go builds for {}", list(names)),
    };
    let message = format!(
        "{} is not {} that Go builds for",
        quote(string.value),
        T::KIND
    );
    read.push(Diagnostic::wrong(&string.span, message).help(help));
    None
}

/// `goos` or `goarch`; none if the key is absent.
fn axis<'a, T: Name>(
    read: &mut Reader<'a>,
    table: &Table<'a>,
    key: &str,
    default: &[T],
) -> Option<Vec<Located<T>>> {
    let entry = table.entry(key)?;
    let strings = read.distinct(&entry)?;
    if entry.is_empty_array() {
        let names: Vec<String> = default
            .iter()
            .map(|name| format!("\"{}\"", name.as_str()))
            .collect();
        let diagnostic = Diagnostic::wrong(
            &entry.span,
            format!("`{key}` is empty, so nothing would be built"),
        );
        read.push(diagnostic.help(format!(
            "name one, or remove `{key}`: the default is [{}]",
            names.join(", ")
        )));
    }
    let values = strings.into_iter().filter_map(|string| {
        let value = name(read, &string)?;
        Some(Located {
            value,
            span: string.span,
        })
    });
    Some(values.collect())
}

fn cgo<'a>(read: &mut Reader<'a>, table: &Table<'a>) -> Vec<Located<Cgo>> {
    let absent = || default(table, &[Cgo::Disabled]);
    let Some(entry) = table.entry("cgo") else {
        return absent();
    };
    let Some(elements) = read.array(&entry, "booleans") else {
        return absent();
    };
    if entry.is_empty_array() {
        let diagnostic =
            Diagnostic::wrong(&entry.span, "`cgo` is empty, so nothing would be built");
        read.push(diagnostic.help("remove it: the default is [false]"));
    }
    let mut values: Vec<Located<Cgo>> = Vec::new();
    for element in elements {
        let Some(value) = read.boolean(&element) else {
            continue;
        };
        let span = element.span;
        if let Some(first) = values.iter().find(|first| first.value == Cgo::from(value)) {
            let diagnostic = Diagnostic::wrong(&span, format!("`{value}` stands twice in `cgo`"))
                .also(&first.span, "here first")
                .help("remove one of them");
            read.push(diagnostic);
        } else {
            let value = value.into();
            values.push(Located { value, span });
        }
    }
    values
}

fn variants<'a>(
    read: &mut Reader<'a>,
    entry: &Entry<'a>,
    goarch: &[Located<Goarch>],
) -> BTreeMap<Goarch, Vec<Located<Variant>>> {
    let Some(table) = read.open_table(entry) else {
        return BTreeMap::new();
    };
    let mut variants = BTreeMap::new();
    for entry in table.entries() {
        let key = Located {
            value: entry.key,
            span: entry.key_span.clone(),
        };
        let Some(arch) = name::<Goarch>(read, &key) else {
            continue;
        };
        if !goarch.iter().any(|known| known.value == arch) {
            let message = format!("`variants` names {arch}, which is not in `goarch`");
            let help = format!("add \"{arch}\" to `goarch`, or remove its variants");
            read.push(Diagnostic::wrong(&entry.key_span, message).help(help));
        }
        if let Some(values) = variants_of(read, &entry, arch) {
            variants.insert(arch, values);
        }
    }
    variants
}

fn variants_of<'a>(
    read: &mut Reader<'a>,
    entry: &Entry<'a>,
    arch: Goarch,
) -> Option<Vec<Located<Variant>>> {
    let strings = read.distinct(entry)?;
    if entry.is_empty_array() {
        let message = format!("the variants of {arch} are empty, so nothing would be built for it");
        let help = "name one, or remove the key: go's default is built then";
        read.push(Diagnostic::wrong(&entry.span, message).help(help));
    }
    let values = strings.into_iter().filter_map(|string| {
        let variant = variant(read, arch, &string)?;
        Some(Located {
            value: variant,
            span: string.span,
        })
    });
    Some(values.collect())
}

/// The variant of an architecture that a text names.
pub(super) fn variant(
    read: &mut Reader<'_>,
    arch: Goarch,
    string: &Located<&str>,
) -> Option<Variant> {
    use crate::target::ParseVariantError::{NoVariants, Unknown};
    let (message, help) = match Variant::new(arch, string.value) {
        Ok(variant) => return Some(variant),
        Err(NoVariants(arch)) => (
            format!("{arch} has no CPU variants"),
            "leave the variant out".to_owned(),
        ),
        Err(Unknown { env, known, .. }) => (
            format!("{} is not a variant of {arch}", quote(string.value)),
            format!("the values of {env} are {known}"),
        ),
    };
    read.push(Diagnostic::wrong(&string.span, message).help(help));
    None
}

pub(super) const EXCLUDE_KEYS: &[&str] = &["goos", "goarch", "variant", "cgo"];

fn excludes<'a>(read: &mut Reader<'a>, table: &Table<'a>) -> Vec<Exclude> {
    let Some(entry) = table.entry("exclude") else {
        return Vec::new();
    };
    let elements = read.array(&entry, "tables").unwrap_or_default();
    elements
        .iter()
        .filter_map(|element| exclude(read, element))
        .collect()
}

fn exclude<'a>(read: &mut Reader<'a>, element: &Entry<'a>) -> Option<Exclude> {
    let before = read.count();
    let table = read.table(element, "an element of `exclude`", EXCLUDE_KEYS)?;
    if table.entries().next().is_none() {
        let diagnostic =
            Diagnostic::wrong(&element.span, "an empty table would exclude everything");
        read.push(
            diagnostic.help("write for example `{ goos = \"windows\", goarch = \"arm64\" }`"),
        );
        return None;
    }
    let mut string = |key: &str| {
        let entry = table.entry(key)?;
        read.string(&entry)
    };
    let (goos, goarch, variant) = (string("goos"), string("goarch"), string("variant"));
    let goos = goos.and_then(|string| name(read, &string));
    let goarch = goarch.and_then(|string| name(read, &string));
    let cgo = table.entry("cgo").and_then(|entry| read.boolean(&entry));
    (read.count() == before).then(|| Exclude {
        goos,
        goarch,
        variant: variant.map(|variant| variant.value.to_owned()),
        cgo: cgo.map(Cgo::from),
        span: element.span.clone(),
    })
}
