//! What the manifest will say: pure decisions from what go said.

use std::collections::{BTreeMap, BTreeSet};

use super::ask::Answers;
use super::cells::{self, Axes};
use super::names::{Names, telling_name};
use super::program::{CParts, Program, Stamp};
use super::shipping::reason_not_to_ship;
use super::text;
use crate::go_package::default_binary_name;
use crate::manifest::{self, is_safe_name};
use crate::target::Target;

/// A manifest that is still to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// `[project] name`
    pub project: String,
    /// `[[binary]]` sections that are built.
    pub binaries: Vec<Section>,
    /// Sections that are comments, each with the reason.
    pub set_aside: Vec<(Section, Reason)>,
    /// `[matrix]`
    pub matrix: Matrix,
    /// Folders of modules that weren't looked into.
    pub unasked: Vec<String>,
}

/// One `[[binary]]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// `name`
    pub name: String,
    /// The name that Go would give, where it is another one.
    pub instead_of: Option<GoName>,
    /// `module`
    pub module: String,
    /// `package`
    pub package: String,
    /// `targets`; empty means all.
    pub targets: Vec<String>,
    /// Variables for `ldflags`.
    pub stamps: Vec<Stamp>,
    /// Packages with C parts that are left out.
    pub without: Vec<String>,
}

/// The name that Go would give a program, and why it isn't the one that it gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GoName {
    /// It is such as `cmd`.
    SaysTooLittle(String),
    /// Another program has it, or no file can.
    Unusable(String),
}

/// Why a program isn't built.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// It lies below a folder of this name, which is for the project itself.
    OwnUse(String),
    /// It needs cgo, and others don't; the packages with C parts.
    NeedsC(Vec<String>),
    /// It has no Go files for any of the default targets.
    NoTarget,
    /// A manifest has no words for it; why.
    Unsayable(String),
}

/// `[matrix]`
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Matrix {
    /// Targets without cgo.
    Pure(Axes),
    /// Only the machine's own platform, with cgo, because every program needs it.
    HostWithC(Target),
}

/// Decides what the manifest says.
#[must_use]
pub fn draft(answers: &Answers, folder: Option<&str>, host: &Target) -> Draft {
    let ships = answers.programs.iter().any(Program::is_shipped);
    let (wanted, mut set_aside) = sort_out(&answers.programs, |program| {
        match (unsayable(program), reason_not_to_ship(&program.path())) {
            (Some(why), _) => Some(Reason::Unsayable(why)),
            // Where nothing else is to be had, that is what is built.
            (None, Some(folder)) if ships => Some(Reason::OwnUse(folder.to_owned())),
            (None, _) => None,
        }
    });
    let needs_c = |program: &Program| matches!(program.c_parts, CParts::Needed(_));
    let all_need_c = wanted.iter().all(|program| needs_c(program));
    let (built, not_here) = sort_out(wanted, |program| match &program.c_parts {
        CParts::Needed(_) if all_need_c => None,
        CParts::Needed(parts) => Some(Reason::NeedsC(parts.clone())),
        _ => program.targets.is_empty().then_some(Reason::NoTarget),
    });
    set_aside.extend(not_here);
    let targets: BTreeSet<Target> = built.iter().flat_map(|p| p.targets.clone()).collect();
    let matrix = if all_need_c {
        Matrix::HostWithC(Target::new(host.goos, host.goarch))
    } else {
        Matrix::Pure(cells::axes(&targets))
    };
    let claims = Claims::of(&built);
    let mut names = Names::default();
    let mut section = |program: &Program| {
        let wanted = claims.name_for(program);
        section(program, wanted, &targets, &mut names)
    };
    Draft {
        project: project_name(answers, folder),
        binaries: built.into_iter().map(&mut section).collect(),
        set_aside: set_aside
            .into_iter()
            .map(|(program, reason)| (section(program), reason))
            .collect(),
        matrix,
        unasked: answers.unasked.clone(),
    }
}

/// How many of the programs that are built might have a name, in lower case.
struct Claims(BTreeMap<String, usize>);

impl Claims {
    fn of(built: &[&Program]) -> Self {
        let mut claims = BTreeMap::new();
        for program in built {
            let path = &program.import_path;
            let names = [Some(default_binary_name(path)), telling_name(path)];
            for name in names.into_iter().flatten() {
                *claims.entry(name.to_lowercase()).or_default() += 1;
            }
        }
        Self(claims)
    }

    /// Go's name, or one that tells more, unless two programs might have that.
    fn name_for<'a>(&self, program: &'a Program) -> &'a str {
        let path = &program.import_path;
        telling_name(path)
            .filter(|name| {
                self.0
                    .get(&name.to_lowercase())
                    .is_none_or(|count| *count == 1)
            })
            .unwrap_or_else(|| default_binary_name(path))
    }
}

type Aside<'a> = Vec<(&'a Program, Reason)>;

/// The programs without a reason against them, and those with one.
fn sort_out<'a>(
    programs: impl IntoIterator<Item = &'a Program>,
    reason: impl Fn(&Program) -> Option<Reason>,
) -> (Vec<&'a Program>, Aside<'a>) {
    let mut kept = Vec::new();
    let mut aside = Vec::new();
    for program in programs {
        match reason(program) {
            Some(reason) => aside.push((program, reason)),
            None => kept.push(program),
        }
    }
    (kept, aside)
}

/// What the parser of manifests says against the place of a program, if anything.
fn unsayable(program: &Program) -> Option<String> {
    let of_go = default_binary_name(&program.import_path);
    let section = section(program, of_go, &BTreeSet::new(), &mut Names::default());
    let rejected = manifest::parse(None, &text::alone(&section)).err()?;
    let first = rejected.diagnostics.into_iter().next();
    first.map(|diagnostic| diagnostic.message)
}

fn section(program: &Program, wanted: &str, all: &BTreeSet<Target>, names: &mut Names) -> Section {
    let of_go = default_binary_name(&program.import_path);
    let name = names.take(wanted, &program.path());
    let instead_of = match () {
        () if name == of_go => None,
        () if name == wanted => Some(GoName::SaysTooLittle(of_go.to_owned())),
        () => Some(GoName::Unusable(of_go.to_owned())),
    };
    let own: BTreeSet<Target> = program.targets.intersection(all).cloned().collect();
    Section {
        instead_of,
        name,
        module: program.module.clone(),
        package: program.package.clone(),
        targets: cells::selectors(&own, all),
        stamps: stamps(program),
        without: match &program.c_parts {
            CParts::LeftOut(parts) => parts.clone(),
            CParts::None | CParts::Needed(_) => Vec::new(),
        },
    }
}

/// A date alone is as likely something else than that of the build.
fn stamps(program: &Program) -> Vec<Stamp> {
    if program
        .stamps
        .iter()
        .all(|stamp| stamp.template == "{date}")
    {
        return Vec::new();
    }
    let mut stamps: Vec<Stamp> = Vec::new();
    for stamp in &program.stamps {
        // Files for different targets may declare the same variable.
        let known = |other: &Stamp| other.variable.name == stamp.variable.name;
        if !stamps.iter().any(known) {
            stamps.push(stamp.clone());
        }
    }
    stamps
}

/// The name of the module at the root; where there is none, that of the folder.
fn project_name(answers: &Answers, folder: Option<&str>) -> String {
    let module = answers
        .modules
        .get(".")
        .map(|path| telling_name(path).unwrap_or_else(|| default_binary_name(path)));
    [module, folder]
        .into_iter()
        .flatten()
        .find(|name| is_safe_name(name))
        .unwrap_or("project")
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::super::ask::default_targets;
    use super::*;

    fn program(package: &str) -> Program {
        Program {
            module: ".".to_owned(),
            package: package.to_owned(),
            import_path: format!("example.com/x/{}", package.trim_start_matches("./")),
            targets: default_targets().into_iter().collect(),
            c_parts: CParts::None,
            stamps: Vec::new(),
        }
    }

    fn drafted(programs: &[Program]) -> Draft {
        let answers = Answers {
            modules: [(".".to_owned(), "example.com/x".to_owned())].into(),
            programs: programs.to_vec(),
            unasked: Vec::new(),
        };
        draft(&answers, Some("folder"), &"linux/arm64".parse().unwrap())
    }

    fn names(draft: &Draft) -> Vec<&str> {
        let binaries = draft.binaries.iter();
        binaries.map(|section| section.name.as_str()).collect()
    }

    #[test]
    fn the_projects_own_tools_are_set_aside() {
        let drafted = drafted(&[program("./cmd/server"), program("./tools/gen")]);
        assert_eq!(names(&drafted), ["server"]);
        assert_eq!(drafted.set_aside[0].1, Reason::OwnUse("tools".to_owned()));
        assert_eq!(drafted.project, "x");
    }

    #[test]
    fn a_general_name_becomes_the_projects_unless_two_might_have_that() {
        let one = drafted(&[program("./server"), program("./cmd/client")]);
        assert_eq!(names(&one), ["x", "client"]);
        let of_go = GoName::SaysTooLittle("server".to_owned());
        assert_eq!(one.binaries[0].instead_of, Some(of_go));
        let two = drafted(&[program("./cli"), program("./server")]);
        assert_eq!(names(&two), ["cli", "server"]);
        let taken = drafted(&[program("./cmd"), program("./cmd/x")]);
        assert_eq!(names(&taken), ["cmd", "x"]);
    }

    #[test]
    fn where_there_are_only_examples_they_are_built() {
        let drafted = drafted(&[program("./examples/a"), program("./examples/b")]);
        assert_eq!(names(&drafted), ["a", "b"]);
        assert!(drafted.set_aside.is_empty());
    }

    #[test]
    fn a_program_for_fewer_targets_says_which() {
        let mut daemon = program("./cmd/daemon");
        daemon
            .targets
            .retain(|target| target.goos.as_str() == "linux");
        let drafted = drafted(&[daemon, program("./cmd/client")]);
        assert_eq!(drafted.binaries[0].targets, ["linux/*"]);
        assert!(drafted.binaries[1].targets.is_empty());
    }

    #[test]
    fn a_program_that_needs_c_is_set_aside_unless_all_do() {
        let mut gui = program("./cmd/gui");
        gui.targets.clear();
        gui.c_parts = CParts::Needed(vec!["example.com/gl".to_owned()]);
        let mixed = drafted(&[gui.clone(), program("./cmd/client")]);
        assert_eq!(names(&mixed), ["client"]);
        assert!(matches!(mixed.set_aside[0].1, Reason::NeedsC(_)));
        let alone = drafted(&[gui]);
        assert_eq!(
            alone.matrix,
            Matrix::HostWithC("linux/arm64".parse().unwrap())
        );
    }

    #[test]
    fn a_date_alone_is_not_taken_for_that_of_the_build() {
        let stamp = |template| Stamp {
            variable: super::super::program::SourceVariable {
                name: template_name(template),
                file: "main.go".to_owned(),
            },
            template,
        };
        let mut dated = program("./cmd/x");
        dated.stamps = vec![stamp("{date}")];
        assert!(drafted(&[dated.clone()]).binaries[0].stamps.is_empty());
        dated.stamps.push(stamp("{version}"));
        assert_eq!(drafted(&[dated]).binaries[0].stamps.len(), 2);
    }

    fn template_name(template: &str) -> String {
        template.trim_matches(['{', '}']).to_owned()
    }
}
