//! The programs that gobuildx uses: one row each, with what for and where to get it.

use super::system::{Packager, System};
use crate::runner::emulator_name;
use crate::target::Goarch;
use crate::tools::upx;

/// A program that gobuildx uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ToolId {
    /// go
    Go,
    /// git
    Git,
    /// The C compiler of the toolchain `host`.
    C,
    /// upx
    Upx,
    /// bwrap
    Bubblewrap,
    /// prlimit, and setpriv for root.
    UtilLinux,
    /// qemu-user, an emulator for each architecture.
    Qemu,
}

/// A row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Tool {
    /// Which one.
    pub id: ToolId,
    /// Its name, for people.
    pub name: &'static str,
    /// The file to look for on PATH.
    pub programs: Programs,
    /// Arguments that make it tell its version.
    pub version: &'static [&'static str],
    /// The oldest version that does.
    pub oldest: Option<&'static [u32]>,
    /// What it is needed for.
    pub purpose: &'static str,
    /// Where it is of use.
    pub systems: Systems,
    /// Where to get it.
    packages: Packages,
}

/// The files that belong to a tool.
#[derive(Clone, Copy, Debug)]
pub enum Programs {
    /// This one.
    One(&'static str),
    /// One for each architecture; some of them are enough.
    Emulators,
}

/// Where a tool is of use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Systems {
    /// On every machine.
    All,
    /// On machines that run Linux.
    Linux,
}

/// The names of a tool's packages; none where there is none that would do.
#[derive(Clone, Copy, Debug, Default)]
struct Packages {
    apt: Option<&'static str>,
    dnf: Option<&'static str>,
    apk: Option<&'static str>,
    pacman: Option<&'static str>,
    zypper: Option<&'static str>,
    brew: Option<&'static str>,
    winget: Option<&'static str>,
    page: &'static str,
}

impl Packages {
    /// The same name everywhere on Linux.
    const fn linux(name: &'static str, page: &'static str) -> Self {
        Self {
            apt: Some(name),
            dnf: Some(name),
            apk: Some(name),
            pacman: Some(name),
            zypper: Some(name),
            brew: None,
            winget: None,
            page,
        }
    }
}

/// All tools, in the order in which they are needed.
pub const TOOLS: &[Tool] = &[
    Tool {
        id: ToolId::Go,
        name: "go",
        programs: Programs::One("go"),
        version: &["version"],
        oldest: Some(&[1, 21]),
        purpose: "compiles; it fetches other Go versions by itself",
        systems: Systems::All,
        packages: Packages {
            // Debian's and Ubuntu's may be older than what go.mod can ask for.
            apt: None,
            dnf: Some("golang"),
            brew: Some("go"),
            winget: Some("GoLang.Go"),
            ..Packages::linux("go", "https://go.dev/doc/install")
        },
    },
    Tool {
        id: ToolId::Git,
        name: "git",
        programs: Programs::One("git"),
        version: &["--version"],
        oldest: None,
        purpose: "tells the version and the commit",
        systems: Systems::All,
        packages: Packages {
            brew: Some("git"),
            winget: Some("Git.Git"),
            ..Packages::linux("git", "https://git-scm.com/downloads")
        },
    },
    Tool {
        id: ToolId::C,
        name: "cc",
        programs: Programs::One("cc"),
        version: &["--version"],
        oldest: None,
        purpose: "compiles C for this machine's own platform: cells with cgo = true",
        systems: Systems::All,
        packages: Packages {
            apt: Some("gcc libc6-dev"),
            dnf: Some("gcc glibc-devel"),
            apk: Some("gcc musl-dev"),
            zypper: Some("gcc glibc-devel"),
            ..Packages::linux("gcc", "https://go.dev/wiki/cgo")
        },
    },
    Tool {
        id: ToolId::Upx,
        name: "upx",
        programs: Programs::One("upx"),
        version: &["--version"],
        oldest: Some(upx::OLDEST),
        purpose: "packs binaries: [compress]",
        systems: Systems::All,
        packages: Packages {
            apt: Some("upx-ucl"),
            brew: Some("upx"),
            winget: Some("UPX.UPX"),
            ..Packages::linux("upx", "https://upx.github.io")
        },
    },
    Tool {
        id: ToolId::Bubblewrap,
        name: "bubblewrap",
        programs: Programs::One("bwrap"),
        version: &["--version"],
        // The first with --disable-userns.
        oldest: Some(&[0, 8]),
        purpose: "runs programs in isolation: smoke, and packed binaries",
        systems: Systems::Linux,
        packages: Packages::linux("bubblewrap", "https://github.com/containers/bubblewrap"),
    },
    Tool {
        id: ToolId::UtilLinux,
        name: "util-linux",
        programs: Programs::One("prlimit"),
        version: &["--version"],
        oldest: None,
        purpose: "limits what a program may take: smoke",
        systems: Systems::Linux,
        packages: Packages {
            // setpriv, which root needs, has a package of its own.
            apk: Some("util-linux-misc setpriv"),
            ..Packages::linux("util-linux", "https://github.com/util-linux/util-linux")
        },
    },
    Tool {
        id: ToolId::Qemu,
        name: "qemu-user",
        programs: Programs::Emulators,
        version: &["--version"],
        oldest: None,
        purpose: "starts binaries for other CPUs",
        systems: Systems::Linux,
        packages: Packages {
            // Alpine's and openSUSE's emulators are linked dynamically, which a sandbox can't have.
            apk: None,
            zypper: None,
            ..Packages::linux("qemu-user-static", "https://www.qemu.org/download")
        },
    },
];

impl Tool {
    /// The row of a tool, if it is in the table.
    #[must_use]
    pub fn find(id: ToolId) -> Option<&'static Self> {
        TOOLS.iter().find(|tool| tool.id == id)
    }

    /// The files to look for on PATH, each with the architecture that it is for.
    #[must_use]
    pub fn files(&self) -> Vec<(Option<Goarch>, &'static str)> {
        match self.programs {
            Programs::One(file) => vec![(None, file)],
            Programs::Emulators => Goarch::ALL
                .iter()
                .filter_map(|goarch| Some((Some(*goarch), emulator_name(*goarch)?)))
                .collect(),
        }
    }

    /// How to get it on a system.
    #[must_use]
    pub fn advice(&self, system: &System) -> String {
        let packages = &self.packages;
        // https://packages.debian.org/upx-ucl
        if self.id == ToolId::Upx && system.codename.as_deref() == Some("bookworm") {
            return "apt-get install -t bookworm-backports upx-ucl (backports have to be among \
                    apt's sources)"
                .to_owned();
        }
        if self.id == ToolId::C && system.packager == Packager::Brew {
            return "xcode-select --install".to_owned();
        }
        let package = match system.packager {
            Packager::Apt => packages.apt,
            Packager::Dnf => packages.dnf,
            Packager::Apk => packages.apk,
            Packager::Pacman => packages.pacman,
            Packager::Zypper => packages.zypper,
            Packager::Brew => packages.brew,
            Packager::Winget => packages.winget,
            Packager::None => None,
        };
        match (system.packager.command(), package) {
            (Some(command), Some(package)) => format!("{command} {package}"),
            _ => packages.page.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn advice(id: ToolId, os_release: &str) -> String {
        Tool::find(id)
            .unwrap()
            .advice(&System::from_os_release(os_release))
    }

    #[test]
    fn every_tool_is_there_once_and_can_be_had() {
        let nowhere = System::named("Plan 9", Packager::None);
        for tool in TOOLS {
            assert_eq!(Tool::find(tool.id).unwrap().name, tool.name);
            assert!(
                tool.advice(&nowhere).starts_with("https://"),
                "{}",
                tool.name
            );
        }
    }

    #[test]
    fn advice_is_in_the_words_of_the_system() {
        assert_eq!(advice(ToolId::Git, "ID=fedora"), "dnf install git");
        assert_eq!(advice(ToolId::C, "ID=alpine"), "apk add gcc musl-dev");
        assert_eq!(
            advice(ToolId::Qemu, "ID=alpine"),
            "https://www.qemu.org/download"
        );
        assert_eq!(advice(ToolId::Upx, "ID=debian"), "apt-get install upx-ucl");
        let bookworm = advice(ToolId::Upx, "ID=debian\nVERSION_CODENAME=bookworm");
        assert!(bookworm.contains("-t bookworm-backports"), "{bookworm}");
        let mac = System::named("macOS", Packager::Brew);
        assert_eq!(
            Tool::find(ToolId::C).unwrap().advice(&mac),
            "xcode-select --install"
        );
    }
}
