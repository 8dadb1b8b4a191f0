//! The systems whose programs a rule looks at.

use super::Evidence;
use crate::inspect::Format;
use crate::target::Goos::{
    self, Aix, Android, Darwin, Dragonfly, Freebsd, Illumos, Ios, Js, Linux, Netbsd, Openbsd,
    Plan9, Solaris, Wasip1, Windows,
};

/// Systems that have in common what a rule asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Systems {
    /// All of them.
    Every,
    /// Those whose programs are ELF files.
    Elf,
    /// Those of them whose kernel starts a program alone.
    Bare,
    /// Those that are made like Unix.
    Unix,
    /// Those of them that aren't Apple's: there, the files of which Go has no copy may be missing.
    PlainUnix,
    /// All that have no database of time zones of their own.
    ButApple,
    /// All that run code of a CPU.
    ButWasm,
    /// macOS and iOS.
    Apple,
    /// Linux, also below Android.
    LinuxKernel,
    /// Linux with a choice of C libraries.
    Linux,
    /// Windows.
    Windows,
    /// Those whose oldest release shows.
    Released,
}

const UNIX: &[Goos] = &[
    Aix, Android, Darwin, Dragonfly, Freebsd, Illumos, Ios, Linux, Netbsd, Openbsd, Solaris,
];
const PLAIN_UNIX: &[Goos] = &[
    Aix, Android, Dragonfly, Freebsd, Illumos, Linux, Netbsd, Openbsd, Solaris,
];
const ELF: &[Goos] = &[
    Android, Dragonfly, Freebsd, Illumos, Linux, Netbsd, Openbsd, Solaris,
];
const BUT_APPLE: &[Goos] = &[
    Aix, Android, Dragonfly, Freebsd, Illumos, Js, Linux, Netbsd, Openbsd, Plan9, Solaris, Wasip1,
    Windows,
];
const BUT_WASM: &[Goos] = &[
    Aix, Android, Darwin, Dragonfly, Freebsd, Illumos, Ios, Linux, Netbsd, Openbsd, Plan9, Solaris,
    Windows,
];

impl Systems {
    /// Which these are, in the order of their names.
    #[must_use]
    pub fn all(self) -> &'static [Goos] {
        match self {
            Self::Every => Goos::ALL,
            Self::Elf => ELF,
            Self::Bare => &[Dragonfly, Freebsd, Linux, Netbsd],
            Self::Unix => UNIX,
            Self::PlainUnix => PLAIN_UNIX,
            Self::ButApple => BUT_APPLE,
            Self::ButWasm => BUT_WASM,
            Self::Apple => &[Darwin, Ios],
            Self::LinuxKernel => &[Android, Linux],
            Self::Linux => &[Linux],
            Self::Windows => &[Windows],
            Self::Released => &[Darwin, Linux, Windows],
        }
    }

    /// In words: their names, or where that is shorter those of the others.
    #[must_use]
    pub fn in_words(self) -> String {
        let all = self.all();
        let others = Goos::ALL.iter().filter(|goos| !all.contains(goos));
        let others: Vec<_> = others.map(|goos| goos.as_str()).collect();
        if others.is_empty() {
            return "every system".to_owned();
        }
        if others.len() < all.len() {
            return format!("every system but {}", others.join(", "));
        }
        let named: Vec<_> = all.iter().map(|goos| goos.as_str()).collect();
        named.join(", ")
    }

    /// Whether a file is a program for one of them, as far as it tells.
    pub(super) fn hold(self, evidence: &Evidence<'_>) -> bool {
        let all = self.all();
        match (evidence.goos(), evidence.facts.format) {
            (Some(goos), _) => all.contains(&goos),
            (None, Format::Elf) => all.iter().any(|goos| ELF.contains(goos)),
            (None, Format::Pe) => all.contains(&Windows),
            (None, Format::Macho) => all.contains(&Darwin),
            (None, _) => true,
        }
    }
}

impl serde::Serialize for Systems {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.all().serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_systems_are_named_and_of_many_those_that_are_missing() {
        assert_eq!(Systems::Windows.in_words(), "windows");
        assert_eq!(Systems::ButApple.in_words(), "every system but darwin, ios");
        assert_eq!(Systems::Every.in_words(), "every system");
    }

    #[test]
    fn systems_stand_in_the_order_of_all() {
        for systems in [
            Systems::Elf,
            Systems::Bare,
            Systems::Unix,
            Systems::PlainUnix,
            Systems::ButApple,
            Systems::ButWasm,
            Systems::Apple,
            Systems::LinuxKernel,
            Systems::Released,
        ] {
            let ordered = Goos::ALL.iter().filter(|goos| systems.all().contains(goos));
            assert_eq!(
                ordered.collect::<Vec<_>>(),
                systems.all().iter().collect::<Vec<_>>(),
                "{systems:?}"
            );
        }
    }
}
