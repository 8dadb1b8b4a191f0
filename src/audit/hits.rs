//! What advisories say of programs, put together into findings: one for each version of a module and each level, with
//! all programs that it is true of. Pure.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::advisory::{Exposure, STDLIB, TOOLCHAIN};
use super::finding::Finding;
use super::policy::Level;
use super::rating::instead;
use super::rule::AuditRule;

/// What an advisory is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct About {
    pub(super) advisory: String,
    /// The path by which the module is imported.
    pub(super) module: String,
    pub(super) version: String,
}

/// What is told of it, whichever program has the module.
#[derive(Clone, Debug, Default)]
pub(super) struct Told {
    pub(super) fixed: Option<String>,
    pub(super) summary: String,
    pub(super) aliases: Vec<String>,
    pub(super) replaced_by: Option<ReplacedBy>,
}

/// What is compiled in the place of a module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ReplacedBy {
    /// A version of a module.
    Module { path: String },
    /// A folder, of which nothing tells which version it is like.
    Folder,
}

/// How near an advisory is to programs, each for itself.
#[derive(Debug, Default)]
pub(super) struct Hits(BTreeMap<About, Hit>);

#[derive(Debug)]
struct Hit {
    told: Told,
    /// What builds the programs has no name.
    programs: BTreeMap<Option<String>, Exposure>,
}

impl Hits {
    /// Adds what was found of a program; of several answers about the same one the worst counts.
    pub(super) fn add(
        &mut self,
        about: About,
        told: Told,
        (program, exposure): (Option<String>, Exposure),
    ) {
        let hit = self.0.entry(about).or_insert_with(|| Hit {
            told: told.clone(),
            programs: BTreeMap::new(),
        });
        hit.told.fixed = hit.told.fixed.take().or(told.fixed);
        hit.told.replaced_by = hit.told.replaced_by.take().or(told.replaced_by);
        let exposure = match hit.programs.remove(&program) {
            Some(known) => known.worst(exposure),
            None => exposure,
        };
        hit.programs.insert(program, exposure);
    }

    /// The only version of a module that an advisory was found for.
    pub(super) fn version_of(&self, advisory: &str, module: &str) -> Option<&str> {
        let is_it = |about: &&About| about.advisory == advisory && about.module == module;
        let mut versions = self.0.keys().filter(is_it);
        let version = versions.next()?;
        versions.next().is_none().then_some(&version.version)
    }

    /// A finding for each level at which programs have it.
    pub(super) fn findings(self) -> Vec<Finding> {
        let mut findings = Vec::new();
        for (about, hit) in self.0 {
            let mut levels: BTreeMap<Reverse<Level>, (Vec<String>, Exposure)> = BTreeMap::new();
            for (program, exposure) in hit.programs {
                let level = Reverse(level(&exposure));
                let (programs, worst) = match levels.remove(&level) {
                    Some((programs, known)) => (programs, known.worst(exposure)),
                    None => (Vec::new(), exposure),
                };
                let programs = programs.into_iter().chain(program).collect();
                levels.insert(level, (programs, worst));
            }
            let of_levels = levels.into_values();
            findings.extend(of_levels.map(|hit_by| finding(&about, &hit.told, hit_by)));
        }
        findings
    }
}

fn level(exposure: &Exposure) -> Level {
    match exposure {
        Exposure::Called { .. } => Level::Called,
        Exposure::Linked { .. } => Level::Linked,
        Exposure::Imported { .. } => Level::Imported,
        Exposure::Required => Level::Required,
    }
}

fn finding(about: &About, told: &Told, (programs, exposure): (Vec<String>, Exposure)) -> Finding {
    let level = level(&exposure);
    let (how, chain) = match exposure {
        Exposure::Called { chain } => ("it is called".to_owned(), chain),
        Exposure::Linked { symbols } => {
            let symbols = crate::human::first(3, &symbols);
            (format!("in the program: {symbols}"), Vec::new())
        }
        Exposure::Imported { packages } => {
            let packages = crate::human::first(3, &packages);
            let how =
                format!("linked: {packages}, of which no function is known to be in the program");
            (how, Vec::new())
        }
        Exposure::Required if about.module == TOOLCHAIN => {
            let how = "the go command that builds has it, and no program";
            (how.to_owned(), Vec::new())
        }
        Exposure::Required => ("none of it is linked".to_owned(), Vec::new()),
    };
    let summary = match told.summary.trim() {
        "" => String::new(),
        summary => format!("{}; ", summary.trim_end_matches('.')),
    };
    Finding {
        level: Some(level),
        programs,
        aliases: told.aliases.clone(),
        chain,
        ..Finding::of(AuditRule::Vulnerable, &about.module)
            .at(&about.version)
            .saying(format!("{}: {summary}{how}", about.advisory))
            .mended_by(fix(&about.module, told))
            .about(&about.advisory)
    }
}

/// What mends it.
fn fix(module: &str, told: &Told) -> String {
    let Some(fixed) = &told.fixed else {
        let fix = instead(module).unwrap_or_else(|| "take another module".to_owned());
        return format!("no version is known that mends it: {fix}");
    };
    match (&told.replaced_by, module) {
        (Some(ReplacedBy::Module { path }), _) => {
            format!("go mod edit -replace={module}={path}@{fixed}, or drop that `replace`")
        }
        (Some(ReplacedBy::Folder), _) => {
            format!("go mod edit -dropreplace={module} && go get {module}@{fixed}")
        }
        (None, STDLIB | TOOLCHAIN) => {
            format!("build with Go {}", fixed.trim_start_matches('v'))
        }
        (None, _) => format!("go get {module}@{fixed}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn about(version: &str) -> About {
        About {
            advisory: "GO-2021-0113".to_owned(),
            module: "golang.org/x/text".to_owned(),
            version: version.to_owned(),
        }
    }

    fn called(chain: &[&str]) -> Exposure {
        Exposure::Called {
            chain: chain.iter().map(ToString::to_string).collect(),
        }
    }

    fn hits(hits: Vec<(&str, &str, Exposure)>) -> Vec<Finding> {
        let mut all = Hits::default();
        for (version, program, exposure) in hits {
            let program = Some(program.to_owned());
            all.add(about(version), Told::default(), (program, exposure));
        }
        all.findings()
    }

    #[test]
    fn each_version_has_the_programs_that_have_it() {
        let findings = hits(vec![
            ("v0.3.5", "a", Exposure::Required),
            ("v0.3.6", "b", called(&["main.main", "p.F"])),
            ("v0.3.6", "c", called(&["main.main", "x.G", "p.F"])),
        ]);
        let told: Vec<_> = findings
            .iter()
            .map(|one| (one.version.as_deref().unwrap(), one.level.unwrap()))
            .collect();
        let of = [("v0.3.5", Level::Required), ("v0.3.6", Level::Called)];
        assert_eq!(told, of);
        assert_eq!(findings[0].programs, ["a"]);
        assert_eq!(findings[1].programs, ["b", "c"]);
        assert_eq!(findings[1].chain.len(), 2);
    }

    #[test]
    fn what_is_said_of_programs_is_true_of_each_of_them() {
        let imported = Exposure::Imported {
            packages: vec!["p".to_owned()],
        };
        let findings = hits(vec![
            ("v0.3.5", "a", imported.clone()),
            ("v0.3.5", "b", called(&["main.main", "p.F"])),
            // By its file, and by its sources.
            ("v0.3.5", "c", imported),
            ("v0.3.5", "c", called(&["main.main", "p.F"])),
        ]);
        let told: Vec<_> = findings
            .iter()
            .map(|one| (one.level.unwrap(), one.programs.join(" ")))
            .collect();
        let of = [
            (Level::Called, "b c".to_owned()),
            (Level::Imported, "a".to_owned()),
        ];
        assert_eq!(told, of);
    }

    #[test]
    fn where_no_version_mends_it_what_came_after_the_module_does() {
        let known = "no version is known that mends it: take github.com/golang-jwt/jwt/v5, which came after it";
        let none = Told::default();
        assert_eq!(fix("github.com/dgrijalva/jwt-go", &none), known);
        let unknown = "no version is known that mends it: take another module";
        assert_eq!(fix("example.com/x", &none), unknown);
    }

    #[test]
    fn a_fix_begins_where_the_module_comes_from() {
        let by = |replaced_by| {
            let fixed = Some("v0.3.7".to_owned());
            fix(
                "golang.org/x/text",
                &Told {
                    fixed,
                    replaced_by,
                    ..Told::default()
                },
            )
        };
        assert_eq!(by(None), "go get golang.org/x/text@v0.3.7");
        assert_eq!(
            by(Some(ReplacedBy::Folder)),
            "go mod edit -dropreplace=golang.org/x/text && go get golang.org/x/text@v0.3.7"
        );
        let fork = ReplacedBy::Module {
            path: "example.com/fork".to_owned(),
        };
        assert_eq!(
            by(Some(fork)),
            "go mod edit -replace=golang.org/x/text=example.com/fork@v0.3.7, or drop that `replace`"
        );
    }
}
