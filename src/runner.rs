//! How a program for some target can be started on this machine.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use crate::host::Host;
use crate::smoke::{System, Wine};
use crate::target::{Goarch, Goos, Target};
use crate::tools::bwrap::EMULATOR;

/// What starts a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Runner {
    /// The machine itself.
    Native,
    /// qemu's emulator of a CPU for programs of Linux.
    Qemu(Emulator),
    /// Wine, for programs of Windows.
    Wine(Wine),
}

impl Runner {
    /// What emulates the CPU, where something does.
    #[must_use]
    pub fn emulator(&self) -> Option<&Emulator> {
        match self {
            Self::Native | Self::Wine(_) => None,
            Self::Qemu(emulator) => Some(emulator),
        }
    }

    /// The words that come before a program where the emulator is in its place, [`EMULATOR`].
    pub fn words(&self) -> impl Iterator<Item = &'static str> {
        let (starter, args) = match self {
            Self::Native => (None, [].as_slice()),
            Self::Qemu(emulator) => (Some(EMULATOR), emulator.args),
            Self::Wine(wine) => (Some(wine.program()), [].as_slice()),
        };
        starter.into_iter().chain(args.iter().copied())
    }

    /// The system that programs believe to be on.
    #[must_use]
    pub fn system(&self) -> System {
        match self {
            Self::Native | Self::Qemu(_) => System::Linux,
            Self::Wine(_) => System::Windows,
        }
    }
}

impl fmt::Display for Runner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Native => f.write_str("natively"),
            Self::Qemu(Emulator { name, level, .. }) => match level {
                Some(level) => write!(f, "with {name} as a CPU of {level}"),
                None => write!(f, "with {name}"),
            },
            Self::Wine(wine) => write!(f, "with {wine}"),
        }
    }
}

/// An emulator that is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Emulator {
    /// Its name, such as `qemu-aarch64-static`.
    pub name: &'static str,
    /// The program; it is linked statically and needs no other file.
    pub program: PathBuf,
    /// Arguments that come before the program to run.
    pub args: &'static [&'static str],
    /// The level of the CPU, where it was asked for.
    pub level: Option<CpuLevel>,
}

/// A level of amd64 that can be emulated: `v1` to `v3` of GOAMD64.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum CpuLevel {
    /// What every CPU of amd64 has.
    V1,
    /// Up to SSE 4.2.
    V2,
    /// Up to AVX2.
    V3,
}

impl CpuLevel {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::V1, Self::V2, Self::V3];

    /// Whether programs for the target can run on CPUs of such levels: other architectures have none, and the emulator
    /// runs programs of Linux.
    #[must_use]
    pub fn are_of(target: &Target) -> bool {
        (target.goos, target.goarch) == (Goos::Linux, Goarch::Amd64)
    }

    /// Its name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::V1 => "v1",
            Self::V2 => "v2",
            Self::V3 => "v3",
        }
    }

    /// A CPU of qemu 7.2 that has the level and not the next one, which none has.
    fn args(self) -> &'static [&'static str] {
        match self {
            Self::V1 => &["-cpu", "qemu64"],
            Self::V2 => &["-cpu", "Nehalem"],
            Self::V3 => &["-cpu", "max"],
        }
    }
}

impl fmt::Display for CpuLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// No CPU of such a level can be emulated.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no level that can be emulated: there are v1, v2 and v3 of amd64")]
pub struct ParseCpuLevelError(String);

impl FromStr for CpuLevel {
    type Err = ParseCpuLevelError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let level = Self::ALL.into_iter().find(|level| level.as_str() == text);
        level.ok_or_else(|| ParseCpuLevelError(text.to_owned()))
    }
}

/// Why a program can't be started here.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CannotRun {
    /// It is a program of another system.
    #[error("only programs for Linux and Windows are started, and this is one for {0}")]
    OtherSystem(Goos),
    /// This machine doesn't run Linux.
    #[error("programs are started on Linux only, and this machine runs another system")]
    OtherHost,
    /// An emulator would do, but there is none.
    #[error("this machine can't run it, and `{0}` is not on PATH")]
    NoEmulator(&'static str),
    /// There is no emulator for it.
    #[error("there is no emulator for {0}")]
    Unknown(Goarch),
    /// No such levels are emulated for it.
    #[error("only programs for linux/amd64 run on CPUs of other levels, and this is one for {0}")]
    NoLevels(Target),
    /// Neither the machine's CPU is known to have the variant nor the emulator.
    #[error("neither this machine nor `{emulator}` is known to have the CPU variant {variant}")]
    Variant {
        /// The emulator.
        emulator: &'static str,
        /// The variant, such as `v4`.
        variant: String,
    },
}

/// What this machine can run, read once.
#[derive(Clone, Debug, Default)]
pub struct Runners {
    /// The architecture of this machine, where it runs Linux.
    linux: Option<Goarch>,
    /// The highest GOAMD64 that the CPU has: 1 to 4.
    amd64_level: u8,
    /// Whether the kernel also runs programs for 386.
    runs_386: bool,
    /// The emulators that are there.
    emulators: BTreeMap<Goarch, PathBuf>,
}

impl Runners {
    /// Looks at the machine.
    #[must_use]
    pub fn probe(host: &Host) -> Self {
        let linux = if cfg!(target_os = "linux") {
            of_this_machine()
        } else {
            None
        };
        let emulators = Goarch::ALL
            .iter()
            .filter_map(|goarch| Some((*goarch, host.program(emulator_name(*goarch)?)?)));
        Self {
            linux,
            amd64_level: amd64_level(),
            // The kernel has this switch where it runs 32-bit programs of x86.
            runs_386: std::path::Path::new("/proc/sys/abi/vsyscall32").exists(),
            emulators: emulators.collect(),
        }
    }

    /// How a program for the target can be started.
    ///
    /// # Errors
    /// The reason, when it can't.
    pub fn runner(&self, target: &Target) -> Result<Runner, CannotRun> {
        if target.goos != Goos::Linux {
            return Err(CannotRun::OtherSystem(target.goos));
        }
        let Some(machine) = self.linux else {
            return Err(CannotRun::OtherHost);
        };
        if self.is_native(machine, target) {
            return Ok(Runner::Native);
        }
        let name = emulator_name(target.goarch).ok_or(CannotRun::Unknown(target.goarch))?;
        if !is_emulated(target) {
            return Err(CannotRun::Variant {
                emulator: name,
                variant: variant(target).to_owned(),
            });
        }
        match self.emulators.get(&target.goarch) {
            Some(program) => Ok(Runner::Qemu(Emulator {
                name,
                program: program.clone(),
                args: emulator_args(target.goarch),
                level: None,
            })),
            None => Err(CannotRun::NoEmulator(name)),
        }
    }

    /// How a program for the target can be started on a CPU of some level, whatever the machine's own has.
    ///
    /// # Errors
    /// The reason, when it can't.
    pub fn on_level(&self, target: &Target, level: CpuLevel) -> Result<Runner, CannotRun> {
        const NAME: &str = "qemu-x86_64-static";
        if !CpuLevel::are_of(target) {
            return Err(CannotRun::NoLevels(target.clone()));
        }
        if self.linux.is_none() {
            return Err(CannotRun::OtherHost);
        }
        let program = self.emulators.get(&Goarch::Amd64);
        Ok(Runner::Qemu(Emulator {
            name: NAME,
            program: program.ok_or(CannotRun::NoEmulator(NAME))?.clone(),
            args: level.args(),
            level: Some(level),
        }))
    }

    /// Whether the machine's own CPU runs programs for the target, whatever their system is.
    #[must_use]
    pub fn has_cpu_of(&self, target: &Target) -> bool {
        self.linux
            .is_some_and(|machine| self.is_native(machine, target))
    }

    /// Whether the machine's own CPU runs the program, as far as it is known.
    fn is_native(&self, machine: Goarch, target: &Target) -> bool {
        match (machine, target.goarch) {
            (Goarch::Amd64, Goarch::Amd64) => level(target) <= self.amd64_level,
            (Goarch::Amd64, Goarch::I386) => self.runs_386,
            // Beyond the oldest variant the CPU's abilities aren't known.
            (machine, goarch) => machine == goarch && *target == Target::new(Goos::Linux, goarch),
        }
    }
}

fn variant(target: &Target) -> &str {
    target
        .variant
        .as_ref()
        .map_or("", |variant| variant.value())
}

/// The number of a GOAMD64.
fn level(target: &Target) -> u8 {
    let digits = variant(target).trim_start_matches('v');
    digits.parse().unwrap_or(1)
}

/// Whether the emulator's CPU has the target's variant.
///
/// qemu 7.2 emulates no AVX-512, which `v4` needs, and no vectors of RISC-V by default. Its arm64
/// is that of Armv8.7 at least.
fn is_emulated(target: &Target) -> bool {
    match target.goarch {
        Goarch::Amd64 => level(target) <= 3,
        Goarch::Riscv64 => variant(target) == "rva20u64",
        Goarch::Arm64 => !variant(target).starts_with("v9") && variant(target) < "v8.8",
        _ => true,
    }
}

/// The architecture that gobuildx itself was built for.
#[must_use]
pub fn of_this_machine() -> Option<Goarch> {
    let mut all = Goarch::ALL.iter().copied();
    all.find(|goarch| rust_name(*goarch) == Some(std::env::consts::ARCH))
}

/// The architecture as Rust names it; none where several share the name.
fn rust_name(goarch: Goarch) -> Option<&'static str> {
    match goarch {
        Goarch::Amd64 => Some("x86_64"),
        Goarch::I386 => Some("x86"),
        Goarch::Arm => Some("arm"),
        Goarch::Arm64 => Some("aarch64"),
        Goarch::Loong64 => Some("loongarch64"),
        Goarch::Riscv64 => Some("riscv64"),
        Goarch::S390x => Some("s390x"),
        Goarch::Ppc64le if cfg!(target_endian = "little") => Some("powerpc64"),
        Goarch::Ppc64 if cfg!(target_endian = "big") => Some("powerpc64"),
        Goarch::Mips64le if cfg!(target_endian = "little") => Some("mips64"),
        Goarch::Mips64 if cfg!(target_endian = "big") => Some("mips64"),
        Goarch::Mipsle if cfg!(target_endian = "little") => Some("mips"),
        Goarch::Mips if cfg!(target_endian = "big") => Some("mips"),
        _ => None,
    }
}

/// The statically linked emulator of an architecture: the others need files that a sandbox lacks.
#[must_use]
pub fn emulator_name(goarch: Goarch) -> Option<&'static str> {
    Some(match goarch {
        Goarch::Amd64 => "qemu-x86_64-static",
        Goarch::I386 => "qemu-i386-static",
        Goarch::Arm => "qemu-arm-static",
        Goarch::Arm64 => "qemu-aarch64-static",
        Goarch::Loong64 => "qemu-loongarch64-static",
        Goarch::Mips => "qemu-mips-static",
        Goarch::Mips64 => "qemu-mips64-static",
        Goarch::Mips64le => "qemu-mips64el-static",
        Goarch::Mipsle => "qemu-mipsel-static",
        Goarch::Ppc64 => "qemu-ppc64-static",
        Goarch::Ppc64le => "qemu-ppc64le-static",
        Goarch::Riscv64 => "qemu-riscv64-static",
        Goarch::S390x => "qemu-s390x-static",
        Goarch::Wasm => return None,
    })
}

/// The CPU with everything that qemu can emulate, where that is not what it takes by itself.
fn emulator_args(goarch: Goarch) -> &'static [&'static str] {
    match goarch {
        Goarch::Amd64 | Goarch::I386 => &["-cpu", "max"],
        _ => &[],
    }
}

/// The highest level of x86-64 that the CPU has.
#[cfg(target_arch = "x86_64")]
fn amd64_level() -> u8 {
    use std::arch::is_x86_feature_detected as has;
    let v2 = has!("sse3") && has!("ssse3") && has!("sse4.1") && has!("sse4.2") && has!("popcnt");
    let v3 = has!("avx2") && has!("bmi1") && has!("bmi2") && has!("f16c") && has!("fma");
    let v3 = v3 && has!("lzcnt") && has!("movbe");
    let v4 = has!("avx512f") && has!("avx512bw") && has!("avx512cd");
    let v4 = v4 && has!("avx512dq") && has!("avx512vl");
    match (v2, v2 && v3, v2 && v3 && v4) {
        (_, _, true) => 4,
        (_, true, _) => 3,
        (true, _, _) => 2,
        _ => 1,
    }
}

#[cfg(not(target_arch = "x86_64"))]
fn amd64_level() -> u8 {
    1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pc(emulators: &[Goarch]) -> Runners {
        Runners {
            linux: Some(Goarch::Amd64),
            amd64_level: 2,
            runs_386: true,
            emulators: emulators
                .iter()
                .map(|goarch| (*goarch, PathBuf::from("/q")))
                .collect(),
        }
    }

    fn run(runners: &Runners, target: &str) -> Result<Runner, CannotRun> {
        runners.runner(&target.parse().unwrap())
    }

    #[test]
    fn the_machine_runs_its_own_programs_up_to_the_level_of_its_cpu() {
        assert_eq!(run(&pc(&[]), "linux/amd64/v2"), Ok(Runner::Native));
        assert_eq!(run(&pc(&[]), "linux/386"), Ok(Runner::Native));
        assert_eq!(
            run(&pc(&[]), "linux/amd64/v3"),
            Err(CannotRun::NoEmulator("qemu-x86_64-static"))
        );
        let emulated = run(&pc(&[Goarch::Amd64]), "linux/amd64/v3");
        assert!(matches!(emulated, Ok(Runner::Qemu(_))), "{emulated:?}");
    }

    #[test]
    fn a_variant_that_the_emulator_lacks_is_not_tried() {
        let all = pc(Goarch::ALL);
        for target in [
            "linux/amd64/v4",
            "linux/arm64/v9.0",
            "linux/riscv64/rva23u64",
        ] {
            let refused = run(&all, target);
            assert!(
                matches!(refused, Err(CannotRun::Variant { .. })),
                "{target}: {refused:?}"
            );
        }
        assert!(run(&all, "linux/arm64/v8.2,lse").is_ok());
    }

    #[test]
    fn an_emulator_runs_what_the_machine_does_not() {
        let runners = pc(&[Goarch::Arm64]);
        let Ok(Runner::Qemu(emulator)) = run(&runners, "linux/arm64") else {
            panic!("arm64 is emulated");
        };
        assert_eq!(emulator.name, "qemu-aarch64-static");
        let missing = run(&runners, "linux/arm").unwrap_err();
        assert_eq!(
            missing.to_string(),
            "this machine can't run it, and `qemu-arm-static` is not on PATH"
        );
    }

    #[test]
    fn a_cpu_of_a_level_is_emulated_also_where_the_machine_has_more() {
        let on = |runners: &Runners, target: &str, level: &str| {
            runners.on_level(&target.parse().unwrap(), level.parse().unwrap())
        };
        let all = pc(Goarch::ALL);
        let old = on(&all, "linux/amd64/v3", "v1").unwrap();
        assert_eq!(old.to_string(), "with qemu-x86_64-static as a CPU of v1");
        for other in ["linux/arm64", "windows/amd64"] {
            let none = Err(CannotRun::NoLevels(other.parse().unwrap()));
            assert_eq!(on(&all, other, "v1"), none);
        }
        assert_eq!(
            on(&pc(&[]), "linux/amd64", "v2"),
            Err(CannotRun::NoEmulator("qemu-x86_64-static"))
        );
        assert!("v4".parse::<CpuLevel>().is_err());
    }

    #[test]
    fn programs_of_other_systems_are_not_started() {
        let darwin = run(&pc(Goarch::ALL), "darwin/amd64");
        assert_eq!(darwin, Err(CannotRun::OtherSystem(Goos::Darwin)));
        let on_macos = Runners {
            linux: None,
            ..pc(&[])
        };
        assert_eq!(run(&on_macos, "linux/amd64"), Err(CannotRun::OtherHost));
    }

    #[test]
    fn this_machine_knows_itself() {
        let host = Host::probe().unwrap();
        let runners = Runners::probe(&host);
        let goarch = if cfg!(target_arch = "x86_64") {
            Goarch::Amd64
        } else if cfg!(target_arch = "aarch64") {
            Goarch::Arm64
        } else {
            runners.linux.unwrap()
        };
        let own = runners.runner(&Target::new(Goos::Linux, goarch));
        if cfg!(target_os = "linux") {
            assert_eq!(own, Ok(Runner::Native));
        } else {
            assert_eq!(own, Err(CannotRun::OtherHost));
        }
    }
}
