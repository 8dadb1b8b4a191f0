//! The system that a program believes to be on: how it is told to end, and which processes aren't its own.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Grant, wine};
use crate::tools::bwrap::Ending;

/// The system that a program believes to be on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum System {
    /// Linux itself.
    Linux,
    /// Windows, as wine makes it.
    Windows,
}

/// How a service is told to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Farewell {
    /// By SIGTERM.
    Sigterm,
    /// As by Ctrl+C at its console: Windows has no SIGTERM. Wine makes that of SIGINT.
    CtrlC,
}

impl fmt::Display for Farewell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sigterm => "SIGTERM",
            Self::CtrlC => "Ctrl+C",
        })
    }
}

impl Farewell {
    /// Whether a service ended well that was told in this way. One that knows nothing of it is ended by the system.
    #[must_use]
    pub fn ends_by(self, ending: Ending) -> bool {
        const SIGTERM: i32 = 15;
        /// Programs that hear it say so by this, as shells do.
        const TERMINATED: i32 = 128 + SIGTERM;
        /// Of `STATUS_CONTROL_C_EXIT`, 0xC000013A, what Linux has room for.
        const CONTROL_C_EXIT: i32 = 0x3A;
        match self {
            Self::Sigterm => matches!(
                ending,
                Ending::Exited(0 | TERMINATED)
                    | Ending::Unclear(TERMINATED)
                    | Ending::Signal(SIGTERM)
            ),
            Self::CtrlC => matches!(ending, Ending::Exited(0 | CONTROL_C_EXIT)),
        }
    }
}

/// What wine starts by itself for any program. They stay a while after its end.
const OF_WINDOWS: &[&str] = &[
    "conhost.exe",
    "explorer.exe",
    "plugplay.exe",
    "rpcss.exe",
    "services.exe",
    "svchost.exe",
    "tabtip.exe",
    "wineboot.exe",
    "winedevice.exe",
    "winemenubuilder.exe",
];
/// Where these lie.
const SYSTEM_FOLDER: &str = r"c:\windows\system32\";

impl System {
    /// How services are told to end there.
    #[must_use]
    pub fn farewell(self) -> Farewell {
        match self {
            Self::Linux => Farewell::Sigterm,
            Self::Windows => Farewell::CtrlC,
        }
    }

    /// How a program ended that the sandbox tells this code of. Programs for Windows exit with any code, and no signal
    /// ends them.
    #[must_use]
    pub fn ending(self, code: i32) -> Ending {
        match self {
            Self::Linux => Ending::of_sandbox(code),
            Self::Windows => Ending::Exited(code),
        }
    }

    /// The folder of the sandbox that the program takes for its root.
    #[must_use]
    pub fn folder(self) -> &'static str {
        match self {
            Self::Linux => "",
            Self::Windows => "/d",
        }
    }

    /// Whether what is granted is mounted for the program, over what may be at its path.
    #[must_use]
    pub fn mounts(self, grant: Grant) -> bool {
        match grant {
            Grant::Tmp => true,
            // Windows has neither.
            Grant::Proc | Grant::Dev => self == Self::Linux,
            // Files like the program's own.
            Grant::CaCertificates | Grant::ResolvConf => false,
        }
    }

    /// What a program has there although nobody grants it.
    #[must_use]
    pub fn brings(self) -> &'static [&'static str] {
        match self {
            Self::Linux => &[],
            Self::Windows => &["wine's Windows at C:", r"wine's own files at \\?\unix"],
        }
    }

    /// Whether a process that calls itself by this word is the system's own, and none of the program's.
    #[must_use]
    pub fn owns(self, started: &str) -> bool {
        match self {
            Self::Linux => false,
            Self::Windows => {
                let path = without_arguments(started);
                let lower = path.to_ascii_lowercase();
                let name = lower.strip_prefix(SYSTEM_FOLDER);
                wine::is_server(path) || name.is_some_and(|name| OF_WINDOWS.contains(&name))
            }
        }
    }
}

/// The path of a program for Windows: wine has the arguments behind a space there.
fn without_arguments(started: &str) -> &str {
    if let Some(quoted) = started.strip_prefix('"') {
        return quoted.split('"').next().unwrap_or(quoted);
    }
    match started.find(".exe ") {
        Some(end) => started.get(..end + ".exe".len()).unwrap_or(started),
        None => started,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_wine_starts_by_itself_is_none_of_the_program() {
        for started in [
            r"C:\windows\system32\services.exe",
            r"C:\Windows\System32\svchost.exe",
            r"C:\windows\system32\explorer.exe /desktop",
            r#""C:\windows\system32\conhost.exe" --server 0x4"#,
            "/usr/bin/wineserver",
            "/usr/lib/wine/wineserver64",
        ] {
            assert!(System::Windows.owns(started), "{started}");
            assert!(!System::Linux.owns(started), "{started}");
        }
        for started in [
            "/d/server.exe",
            "/d/wineserver-agent",
            "D:/wineserver.exe",
            "/tmp/usr/lib/wine/wineserver64",
            r"D:\x.exe C:\windows\system32\services.exe",
            r"D:\services.exe",
            r"C:\windows\system32\cmd.exe",
            r"C:\users\wine\svchost.exe",
            "",
        ] {
            assert!(!System::Windows.owns(started), "{started}");
        }
    }

    #[test]
    fn codes_that_are_signals_to_linux_are_codes_of_windows() {
        assert_eq!(System::Linux.ending(0x94), Ending::Unclear(0x94));
        assert_eq!(System::Windows.ending(0x94), Ending::Exited(0x94));
    }

    #[test]
    fn a_service_that_knows_nothing_of_being_told_is_ended_all_the_same() {
        for ending in [
            Ending::Signal(15),
            Ending::Unclear(143),
            Ending::Exited(143),
        ] {
            assert!(Farewell::Sigterm.ends_by(ending), "{ending}");
        }
        assert!(!Farewell::Sigterm.ends_by(Ending::Unclear(137)));
        assert!(Farewell::CtrlC.ends_by(Ending::Exited(0x3A)));
        assert!(!Farewell::CtrlC.ends_by(Ending::Signal(15)));
        assert!(!Farewell::Sigterm.ends_by(Ending::Exited(0x3A)));
        for farewell in [Farewell::Sigterm, Farewell::CtrlC] {
            assert!(farewell.ends_by(Ending::Exited(0)));
            assert!(!farewell.ends_by(Ending::Exited(1)));
            assert!(!farewell.ends_by(Ending::Running));
        }
    }
}
