//! The operating system, and how software is installed on it.

use std::fs;

use crate::host::Host;

/// Who installs software.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Packager {
    /// Debian, Ubuntu and their kin.
    Apt,
    /// Fedora, RHEL and their kin.
    Dnf,
    /// Alpine.
    Apk,
    /// Arch and its kin.
    Pacman,
    /// openSUSE and SLES.
    Zypper,
    /// macOS, where it is installed.
    Brew,
    /// Windows.
    Winget,
    /// None that is known: each tool has a page of its own.
    None,
}

impl Packager {
    /// All that are known.
    pub const ALL: [Self; 7] = [
        Self::Apt,
        Self::Dnf,
        Self::Apk,
        Self::Pacman,
        Self::Zypper,
        Self::Brew,
        Self::Winget,
    ];

    /// Its name, as definitions of toolchains have it.
    #[must_use]
    pub fn key(self) -> Option<&'static str> {
        Some(match self {
            Self::Apt => "apt",
            Self::Dnf => "dnf",
            Self::Apk => "apk",
            Self::Pacman => "pacman",
            Self::Zypper => "zypper",
            Self::Brew => "brew",
            Self::Winget => "winget",
            Self::None => return None,
        })
    }

    /// The command that installs packages, without their names.
    #[must_use]
    pub fn command(self) -> Option<&'static str> {
        Some(match self {
            Self::Apt => "apt-get install",
            Self::Dnf => "dnf install",
            Self::Apk => "apk add",
            Self::Pacman => "pacman -S",
            Self::Zypper => "zypper install",
            Self::Brew => "brew install",
            Self::Winget => "winget install -e --id",
            Self::None => return None,
        })
    }
}

/// The operating system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct System {
    /// Its name, for people.
    pub name: String,
    /// Who installs software.
    pub packager: Packager,
    /// The release's own name, such as `bookworm`.
    pub codename: Option<String>,
}

impl System {
    /// The system of this machine.
    #[must_use]
    pub fn here(host: &Host) -> Self {
        let brew = || host.program("brew").is_some();
        match std::env::consts::OS {
            "linux" => {
                let files = ["/etc/os-release", "/usr/lib/os-release"];
                let text = files.iter().find_map(|file| fs::read_to_string(file).ok());
                Self::from_os_release(&text.unwrap_or_default())
            }
            "macos" if brew() => Self::named("macOS", Packager::Brew),
            "macos" => Self::named("macOS", Packager::None),
            "windows" => Self::named("Windows", Packager::Winget),
            other => Self::named(other, Packager::None),
        }
    }

    /// Linux, as its `os-release` describes it.
    ///
    /// Source: the man page `os-release(5)`.
    #[must_use]
    pub fn from_os_release(text: &str) -> Self {
        let get = |key: &str| {
            let line = text.lines().find_map(|line| {
                let (name, value) = line.trim().split_once('=')?;
                (name == key).then_some(value)
            })?;
            let value = line.trim_matches(['"', '\'']);
            Some(value.to_owned()).filter(|value| !value.is_empty())
        };
        let like = get("ID_LIKE").unwrap_or_default();
        let id = get("ID").unwrap_or_default();
        let mut kin = std::iter::once(id.as_str()).chain(like.split_whitespace());
        Self {
            name: get("PRETTY_NAME")
                .or_else(|| get("NAME"))
                .unwrap_or("Linux".into()),
            packager: kin.find_map(packager).unwrap_or(Packager::None),
            codename: get("VERSION_CODENAME"),
        }
    }

    /// A system without an `os-release`.
    #[must_use]
    pub fn named(name: &str, packager: Packager) -> Self {
        Self {
            name: name.to_owned(),
            packager,
            codename: None,
        }
    }
}

fn packager(id: &str) -> Option<Packager> {
    Some(match id {
        "debian" | "ubuntu" => Packager::Apt,
        "fedora" | "rhel" | "centos" => Packager::Dnf,
        "alpine" => Packager::Apk,
        "arch" => Packager::Pacman,
        "suse" | "opensuse" | "opensuse-leap" | "opensuse-tumbleweed" | "sles" => Packager::Zypper,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distributions_are_known_by_their_own_name_or_their_kin() {
        for (text, packager) in [
            ("ID=debian\n", Packager::Apt),
            ("ID=linuxmint\nID_LIKE=\"ubuntu debian\"\n", Packager::Apt),
            (
                "ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"\n",
                Packager::Dnf,
            ),
            ("ID=alpine\n", Packager::Apk),
            ("ID=manjaro\nID_LIKE=arch\n", Packager::Pacman),
            (
                "ID=\"opensuse-leap\"\nID_LIKE=\"suse opensuse\"\n",
                Packager::Zypper,
            ),
            ("ID=nixos\n", Packager::None),
            ("", Packager::None),
        ] {
            assert_eq!(System::from_os_release(text).packager, packager, "{text}");
        }
    }

    #[test]
    fn the_name_is_the_pretty_one() {
        let text = "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nVERSION_CODENAME=bookworm\n";
        let system = System::from_os_release(text);
        assert_eq!(system.name, "Debian GNU/Linux 12 (bookworm)");
        assert_eq!(system.codename.as_deref(), Some("bookworm"));
    }
}
