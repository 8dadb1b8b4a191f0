//! Which toolchain compiles the C of a cell: those that would do, the best first. Pure.

use std::cmp::Reverse;
use std::fmt;

use super::definition::Definition;
use super::layer::{CLibrary, Reach, Serves};
use super::library::Library;
use super::name::ToolchainName;
use crate::inspect::GlibcVersion;
use crate::target::{Goarch, Goos, Target};
use crate::verify::{PolicyName, System};

/// What a program should want from its system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Wanted {
    /// Nothing: it is linked statically where the platform has that.
    Nothing,
    /// Nothing, wherever it is loaded to: it is position-independent.
    Pie,
    /// No glibc that is newer than this.
    Glibc(GlibcVersion),
    /// The machine's own C library: sanitizers and libraries that other programs load need that.
    Own,
}

impl Wanted {
    /// What a policy wants of a program.
    #[must_use]
    pub fn by(policy: PolicyName) -> Self {
        match policy {
            PolicyName::System(System::Glibc(glibc)) => Self::Glibc(glibc),
            PolicyName::System(System::Debian12) => Self::Glibc(GlibcVersion::new(2, 36)),
            PolicyName::Static | PolicyName::System(_) => Self::Nothing,
        }
    }
}

/// A toolchain that would do for a target.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate<'l> {
    /// Its name, with a release of glibc where it has some.
    pub name: ToolchainName,
    /// Its definition.
    pub definition: &'l Definition,
    /// What it calls the target.
    pub serves: &'l Serves,
}

/// Why no toolchain would do, whatever is installed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Impossible {
    /// There is none of that name.
    Unknown,
    /// It isn't for the target.
    NotServed,
    /// It has no releases of glibc to choose from.
    NoReleases,
    /// It has no glibc that is as old.
    TooOld(GlibcVersion),
    /// None is for the target.
    None,
}

impl fmt::Display for Impossible {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown => f.write_str("there is no toolchain of this name"),
            Self::NotServed => f.write_str("it doesn't compile for this target on this machine"),
            Self::NoReleases => f.write_str("no release of glibc can be chosen with it"),
            Self::TooOld(oldest) => write!(f, "the oldest glibc for this target is {oldest}"),
            Self::None => f.write_str("no toolchain compiles C for this target on this machine"),
        }
    }
}

/// The toolchain of this name for a target.
///
/// # Errors
/// When there is none that could be meant.
pub fn named<'l>(
    library: &'l Library,
    name: &ToolchainName,
    (target, host): (&Target, (Goos, Goarch)),
    wanted: Wanted,
) -> Result<Candidate<'l>, Impossible> {
    let definition = library.get(name.definition()).ok_or(Impossible::Unknown)?;
    let serves = definition
        .serving(target, host)
        .ok_or(Impossible::NotServed)?;
    let glibc = match (name.glibc(), serves.glibc) {
        (Some(_), None) => return Err(Impossible::NoReleases),
        (Some(asked), Some(oldest)) if asked < oldest => return Err(Impossible::TooOld(oldest)),
        (Some(asked), Some(_)) => Some(asked),
        (None, Some(oldest)) => Some(release(oldest, wanted)),
        (None, None) => None,
    };
    Ok(Candidate {
        name: name.with_glibc(glibc),
        definition,
        serves,
    })
}

/// The release of glibc that is taken where none is named.
fn release(oldest: GlibcVersion, wanted: Wanted) -> GlibcVersion {
    match wanted {
        Wanted::Glibc(glibc) => glibc.max(oldest),
        Wanted::Nothing | Wanted::Pie | Wanted::Own => oldest,
    }
}

/// All toolchains that would do for a target, the best first.
///
/// # Errors
/// When there is none.
pub fn candidates<'l>(
    library: &'l Library,
    (target, host): (&Target, (Goos, Goarch)),
    wanted: Wanted,
) -> Result<Vec<Candidate<'l>>, Impossible> {
    let mut ranked: Vec<_> = library
        .iter()
        .filter_map(|definition| {
            let rank = definition.rank?;
            let serves = definition.serving(target, host)?;
            let glibc = serves.glibc.map(|oldest| release(oldest, wanted));
            let name: ToolchainName = definition.name.parse().ok()?;
            let candidate = Candidate {
                name: name.with_glibc(glibc),
                definition,
                serves,
            };
            Some((
                fitness(&candidate, target, wanted),
                Reverse(rank),
                candidate,
            ))
        })
        .collect();
    ranked.sort_by_key(|(fitness, rank, candidate)| {
        (Reverse(*fitness), Reverse(*rank), candidate.name.clone())
    });
    let candidates: Vec<Candidate<'_>> = ranked
        .into_iter()
        .map(|(_, _, candidate)| candidate)
        .collect();
    if candidates.is_empty() {
        return Err(Impossible::None);
    }
    Ok(candidates)
}

/// How well what a toolchain makes is what is wanted; ranks decide among equals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fitness {
    /// It makes programs, and the gate says what they want.
    Somehow,
    /// What is wanted can be had with it, with reservations.
    Nearly,
    /// It is for that.
    Exactly,
}

fn fitness(candidate: &Candidate<'_>, target: &Target, wanted: Wanted) -> Fitness {
    let Candidate {
        definition, name, ..
    } = candidate;
    let library = definition.c_library;
    if target.goos != Goos::Linux {
        return match library {
            Some(_) => Fitness::Exactly,
            None => Fitness::Nearly,
        };
    }
    let is_static = match wanted {
        Wanted::Pie => definition.link.static_pie.is_some(),
        _ => definition.link.r#static.is_some(),
    };
    match wanted {
        Wanted::Nothing | Wanted::Pie => match (is_static, library) {
            (true, Some(CLibrary::Musl)) => Fitness::Exactly,
            // Its resolver wants glibc's own libraries while the program runs.
            (true, _) => Fitness::Nearly,
            (false, _) => Fitness::Somehow,
        },
        Wanted::Glibc(glibc) => match (library, name.glibc()) {
            (Some(CLibrary::Glibc), Some(release)) if release <= glibc => Fitness::Exactly,
            (Some(CLibrary::Glibc), _) => Fitness::Nearly,
            _ => Fitness::Somehow,
        },
        Wanted::Own => match (definition.reach, library) {
            (Reach::Own, Some(CLibrary::Glibc) | None) => Fitness::Exactly,
            (Reach::Any, Some(CLibrary::Glibc)) => Fitness::Nearly,
            _ => Fitness::Somehow,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOST: (Goos, Goarch) = (Goos::Linux, Goarch::Amd64);

    fn names(target: &str, wanted: Wanted) -> Vec<String> {
        let library = Library::built_in().unwrap();
        let target: Target = target.parse().unwrap();
        let candidates = candidates(&library, (&target, HOST), wanted).unwrap();
        candidates.iter().map(|one| one.name.to_string()).collect()
    }

    #[test]
    fn musl_comes_first_where_nothing_may_be_wanted_from_the_system() {
        let best = names("linux/amd64", Wanted::Nothing);
        assert_eq!(best[..4], ["musl-gcc", "zig-musl", "gnu", "gnu-cross"]);
        let best = names("linux/arm64", Wanted::Nothing);
        assert_eq!(
            best[..2],
            ["zig-musl", "gnu-cross"],
            "musl-gcc is for this CPU alone"
        );
    }

    #[test]
    fn a_position_independent_program_is_for_those_that_can_link_it() {
        let best = names("linux/amd64", Wanted::Pie);
        assert_eq!(best[..2], ["zig-musl", "gnu"], "musl-gcc can't");
    }

    #[test]
    fn a_release_of_glibc_is_what_a_policy_names() {
        let wanted = Wanted::Glibc(GlibcVersion::new(2, 28));
        assert_eq!(names("linux/amd64", wanted)[..2], ["zig-gnu.2.28", "gnu"]);
        let riscv = names("linux/riscv64", Wanted::Glibc(GlibcVersion::new(2, 17)));
        assert_eq!(
            riscv[..2],
            ["zig-gnu.2.27", "gnu-cross"],
            "older ones aren't for it"
        );
    }

    #[test]
    fn sanitizers_and_libraries_get_the_machines_own() {
        assert_eq!(names("linux/amd64", Wanted::Own)[..2], ["gnu", "host"]);
    }

    #[test]
    fn windows_and_macos_have_their_own() {
        assert_eq!(
            names("windows/amd64", Wanted::Nothing),
            ["mingw-w64", "zig-windows"]
        );
        assert_eq!(
            names("darwin/arm64", Wanted::Nothing),
            ["apple-sdk", "zig-apple"]
        );
        let library = Library::built_in().unwrap();
        let target = "freebsd/amd64".parse().unwrap();
        let none = candidates(&library, (&target, HOST), Wanted::Nothing);
        assert_eq!(none, Err(Impossible::None));
    }

    #[test]
    fn what_is_named_has_to_be_for_the_target() {
        let library = Library::built_in().unwrap();
        let one = |name: &str, target: &str| {
            let target: Target = target.parse().unwrap();
            let found = named(
                &library,
                &name.parse().unwrap(),
                (&target, HOST),
                Wanted::Nothing,
            );
            found.map(|one| one.name.to_string())
        };
        assert_eq!(one("zig-gnu.2.17", "linux/amd64").unwrap(), "zig-gnu.2.17");
        assert_eq!(one("zig-gnu", "linux/amd64").unwrap(), "zig-gnu.2.17");
        assert_eq!(one("nobody", "linux/amd64"), Err(Impossible::Unknown));
        assert_eq!(one("musl-gcc", "linux/arm64"), Err(Impossible::NotServed));
        assert_eq!(
            one("zig-musl.2.17", "linux/amd64"),
            Err(Impossible::NoReleases)
        );
        let oldest = Impossible::TooOld(GlibcVersion::new(2, 27));
        assert_eq!(one("zig-gnu.2.17", "linux/riscv64"), Err(oldest));
        assert!(
            one("clang", "linux/arm64").is_ok(),
            "it is never chosen, but may be named"
        );
    }
}
