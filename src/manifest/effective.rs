//! The settings that hold for one binary in one cell: `[build]`, `[[binary]]`, `[[override]]`.

use std::collections::BTreeMap;

use super::{
    Allow, Binary, CaRoots, Cell, Dwarf, Embed, Flag, Located, Manifest, Override, Rebuild,
    Resolver, Settings, Smoke, Span, Template, Verify,
};
use crate::go_package::{View, default_binary_name};
use crate::target::{BuildMode, Sanitizer, Target};
use crate::toolchain::ToolchainName;
use crate::verify::{Policy, PolicyName, RuleId, System};

/// Settings after all overrides, with the defaults filled in.
#[derive(Clone, Debug)]
pub(crate) struct Effective {
    pub(crate) rebuild: Rebuild,
    pub(crate) trimpath: bool,
    pub(crate) vcs: bool,
    pub(crate) buildmode: Located<BuildMode>,
    pub(crate) ldflags: Vec<Template>,
    pub(crate) flags: Vec<Located<Flag>>,
    /// Those of the flags that are on.
    pub(crate) sanitizers: Vec<Located<Sanitizer>>,
    pub(crate) tags: Vec<String>,
    resolver: Resolver,
    pub(crate) dwarf: Dwarf,
    /// Where the manifest asks for time zones in the binary.
    pub(crate) tzdata: Option<Span>,
    /// The CA certificates to compile in.
    pub(crate) ca_roots: Option<Located<CaRoots>>,
    pub(crate) env: BTreeMap<String, String>,
    pub(crate) policy: Located<PolicyName>,
    pub(crate) allow: Vec<Allow>,
    pub(crate) deny: Vec<Located<RuleId>>,
    /// Whether it is built twice and compared.
    pub(crate) reproducible: bool,
    /// What is asked of it on a blank system; none where nothing is.
    pub(crate) smoke: Option<Smoke>,
}

/// Merges what the manifest says for a binary in a cell; what comes later wins.
pub(crate) fn effective(manifest: &Manifest, binary: &BinaryRef<'_>, cell: &Cell) -> Effective {
    let mut merged = Effective {
        rebuild: Rebuild::All,
        trimpath: true,
        vcs: true,
        buildmode: Located {
            value: BuildMode::Exe,
            span: 0..0,
        },
        ldflags: Vec::new(),
        flags: Vec::new(),
        sanitizers: Vec::new(),
        tags: Vec::new(),
        resolver: Resolver::default(),
        dwarf: Dwarf::default(),
        tzdata: None,
        ca_roots: None,
        env: BTreeMap::new(),
        policy: Located {
            value: policy_by(cell),
            span: 0..0,
        },
        allow: Vec::new(),
        deny: Vec::new(),
        reproducible: false,
        smoke: None,
    };
    if manifest.build.ldflags.is_none() {
        merged.ldflags = ["-s", "-w"]
            .iter()
            .map(|flag| Template::literal(flag))
            .collect();
    }
    merged.apply(&manifest.build);
    merged.apply_verify(&manifest.verify);
    merged.embed(&manifest.embed);
    merged.apply_smoke(manifest.smoke.as_ref());
    if let Some(section) = binary.section {
        merged.ldflags.extend(values(&section.ldflags));
        merged.set_buildmode(section.buildmode.as_ref());
    }
    for setting in &manifest.overrides {
        if applies(setting, binary.name, cell) {
            merged.apply(&setting.settings);
            merged.apply_verify(&setting.verify);
            merged.embed(&setting.embed);
            merged.apply_smoke(setting.smoke.as_ref());
        }
    }
    merged.tags.extend(merged.own_tags().map(str::to_owned));
    merged.tags.sort();
    merged.tags.dedup();
    merged.sanitizers = sanitizers(&merged.flags);
    merged
}

/// What a cell is held against where the manifest names nothing: who asks for a release of glibc means systems that
/// have that.
fn policy_by(cell: &Cell) -> PolicyName {
    let toolchain = cell.toolchain_name();
    match toolchain.and_then(ToolchainName::glibc) {
        Some(glibc) => PolicyName::System(System::Glibc(glibc)),
        None => PolicyName::default(),
    }
}

/// A binary by its name, with its section if it has one; without a name only those overrides hold
/// that are for every binary.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BinaryRef<'a> {
    pub(crate) name: Option<&'a str>,
    pub(crate) section: Option<&'a Binary>,
}

impl BinaryRef<'_> {
    /// Whether its section has it built for a target.
    pub(crate) fn builds_for(&self, target: &Target) -> bool {
        self.section
            .is_none_or(|section| section.builds_for(target))
    }
}

impl Effective {
    /// Whether a flag of go build is set, by its name without dashes.
    pub(crate) fn has_flag(&self, name: &str) -> bool {
        self.flags.iter().any(|flag| flag.value.name() == name)
    }

    fn view(self) -> View {
        View {
            tags: self.tags,
            flags: self
                .flags
                .iter()
                .map(|flag| flag.value.to_string())
                .collect(),
            env: self.env,
        }
    }

    /// The tags that stand for settings of their own.
    fn own_tags(&self) -> impl Iterator<Item = &'static str> + use<> {
        let resolver: &[_] = match self.resolver {
            Resolver::Go => &["netgo", "osusergo"],
            Resolver::Auto => &[],
        };
        let tzdata = self.tzdata.as_ref().map(|_| "timetzdata");
        resolver.iter().copied().chain(tzdata)
    }

    fn embed(&mut self, embed: &Embed) {
        if let Some(tzdata) = &embed.tzdata {
            self.tzdata = tzdata.value.then(|| tzdata.span.clone());
        }
        if let Some(Located { value, span }) = &embed.ca_roots {
            self.ca_roots = value.clone().map(|value| Located {
                value,
                span: span.clone(),
            });
        }
    }

    fn set_buildmode(&mut self, buildmode: Option<&Located<BuildMode>>) {
        if let Some(buildmode) = buildmode {
            self.buildmode = buildmode.clone();
        }
    }

    /// What the gate holds the binary against.
    pub(crate) fn gate(&self) -> Policy {
        let mut gate = Policy::from(self.policy.value);
        for allow in &self.allow {
            let (rule, reason) = (allow.rule.value, allow.reason.clone());
            match &allow.subject {
                Some(subject) => {
                    let subjects = gate.allow_subjects.entry(rule).or_default();
                    subjects.insert(subject.clone(), reason);
                }
                None => {
                    gate.allow.insert(rule, reason);
                }
            }
        }
        gate.deny = values(&self.deny).collect();
        gate
    }

    fn apply_smoke(&mut self, smoke: Option<&Smoke>) {
        let Some(smoke) = smoke else {
            return;
        };
        match &mut self.smoke {
            Some(merged) => merged.override_with(smoke),
            None => self.smoke = Some(smoke.clone()),
        }
    }

    fn apply_verify(&mut self, verify: &Verify) {
        if let Some(policy) = &verify.policy {
            self.policy = policy.clone();
        }
        self.allow.extend_from_slice(&verify.allow);
        self.deny.extend_from_slice(&verify.deny);
        self.reproducible = verify.reproducible.unwrap_or(self.reproducible);
    }

    fn apply(&mut self, settings: &Settings) {
        self.rebuild = settings.rebuild.unwrap_or(self.rebuild);
        self.trimpath = settings.trimpath.unwrap_or(self.trimpath);
        self.vcs = settings.vcs.unwrap_or(self.vcs);
        self.set_buildmode(settings.buildmode.as_ref());
        self.ldflags
            .extend(values(settings.ldflags.as_deref().unwrap_or_default()));
        self.flags.extend_from_slice(&settings.flags);
        self.tags.extend(values(&settings.tags));
        self.resolver = settings.resolver.unwrap_or(self.resolver);
        self.dwarf = settings.dwarf.unwrap_or(self.dwarf);
        let env = settings.env.iter();
        self.env
            .extend(env.map(|(name, value)| (name.clone(), value.value.clone())));
    }
}

fn values<T: Clone>(located: &[Located<T>]) -> impl Iterator<Item = T> {
    located.iter().map(|item| item.value.clone())
}

/// The sanitizers that are on: the last of several flags of one name counts.
fn sanitizers(flags: &[Located<Flag>]) -> Vec<Located<Sanitizer>> {
    let last = |sanitizer: &Sanitizer| {
        let mut flags = flags.iter().rev();
        let flag = flags.find(|flag| flag.value.name() == sanitizer.name())?;
        flag.value.is_on().then(|| Located {
            value: *sanitizer,
            span: flag.span.clone(),
        })
    };
    Sanitizer::ALL.iter().filter_map(last).collect()
}

/// Whether an override holds.
fn applies(setting: &Override, binary: Option<&str>, cell: &Cell) -> bool {
    let named = setting.binaries.is_empty()
        || setting
            .binaries
            .iter()
            .any(|name| Some(name.value.as_str()) == binary);
    named && applies_to_some(setting, cell)
}

/// Whether an override holds for some binary in a cell.
pub(super) fn applies_to_some(setting: &Override, cell: &Cell) -> bool {
    let target = setting.targets.is_empty()
        || setting
            .targets
            .iter()
            .any(|selector| selector.value.matches(&cell.target));
    target && setting.cgo.is_none_or(|cgo| cgo == cell.cgo)
}

impl Override {
    /// Whether it holds for a binary in a cell.
    #[must_use]
    pub fn applies_to(&self, binary: &str, cell: &Cell) -> bool {
        applies(self, Some(binary), cell)
    }
}

impl Manifest {
    /// How go sees packages in a cell, before anything that is for single binaries.
    #[must_use]
    pub fn cell_view(&self, cell: &Cell) -> View {
        let any = BinaryRef {
            name: None,
            section: None,
        };
        effective(self, &any, cell).view()
    }

    /// The CA certificates that some binary in a cell may have compiled in.
    pub(crate) fn ca_roots_in(&self, cell: &Cell) -> impl Iterator<Item = Located<&CaRoots>> {
        let overrides = self.overrides.iter();
        let overrides = overrides.filter(|setting| applies_to_some(setting, cell));
        let embeds = std::iter::once(&self.embed).chain(overrides.map(|setting| &setting.embed));
        embeds.filter_map(|embed| {
            let Located { value, span } = embed.ca_roots.as_ref()?;
            Some(Located {
                value: value.as_ref()?,
                span: span.clone(),
            })
        })
    }

    /// How go sees the package of one binary of a module in a cell.
    #[must_use]
    pub fn binary_view(&self, section: &Binary, module_path: &str, cell: &Cell) -> View {
        let name = section.file_stem(module_path);
        let binary = BinaryRef {
            name: Some(&name),
            section: Some(section),
        };
        effective(self, &binary, cell).view()
    }
}

impl Manifest {
    /// What the gate holds a binary in a cell against.
    #[must_use]
    pub fn gate(&self, binary: &str, cell: &Cell) -> Policy {
        let binary = BinaryRef {
            name: Some(binary),
            section: None,
        };
        effective(self, &binary, cell).gate()
    }

    /// Whether a binary is built twice in a cell.
    #[must_use]
    pub fn is_reproduced(&self, binary: &str, cell: &Cell) -> bool {
        let binary = BinaryRef {
            name: Some(binary),
            section: None,
        };
        effective(self, &binary, cell).reproducible
    }
}

impl Binary {
    /// The name that its file gets, without any extension: its own, or the one that Go gives.
    #[must_use]
    pub(crate) fn file_stem(&self, module_path: &str) -> String {
        if let Some(name) = &self.name {
            return name.value.clone();
        }
        default_binary_name(&self.import_path(module_path)).to_owned()
    }

    /// The import path of its main package.
    #[must_use]
    pub(crate) fn import_path(&self, module_path: &str) -> String {
        match self.package.value.strip_prefix("./") {
            Some(folder) => format!("{module_path}/{folder}"),
            None => module_path.to_owned(),
        }
    }
}
