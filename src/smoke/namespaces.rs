//! Whether the kernel lets an ordinary user make namespaces, which a sandbox is made of.

use std::fs;

/// A setting of the kernel that forbids them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setting {
    /// Its name, as sysctl has it.
    pub name: &'static str,
    /// The value that forbids them.
    pub forbids: &'static str,
    /// One that doesn't.
    pub allows: &'static str,
}

/// Source: `namespaces(7)`; Debian's and Ubuntu's patches of the kernel.
const SETTINGS: [Setting; 3] = [
    Setting {
        name: "user.max_user_namespaces",
        forbids: "0",
        allows: "15000",
    },
    Setting {
        name: "kernel.unprivileged_userns_clone",
        forbids: "0",
        allows: "1",
    },
    Setting {
        name: "kernel.apparmor_restrict_unprivileged_userns",
        forbids: "1",
        allows: "0",
    },
];

/// What forbids them here, if a setting does.
pub(super) fn forbidden() -> Option<Setting> {
    let value = |name: &str| {
        let path = format!("/proc/sys/{}", name.replace('.', "/"));
        fs::read_to_string(path).ok()
    };
    let mut settings = SETTINGS.into_iter();
    settings.find(|one| value(one.name).is_some_and(|value| value.trim() == one.forbids))
}

/// Whether a sandbox says that it may make none, whatever forbids it.
///
/// Source: bubblewrap's `bubblewrap.c`, where it makes namespaces and maps users.
pub(super) fn are_refused(why: &str) -> bool {
    const SIGNS: [&str; 4] = [
        "new namespace",
        "max_*_namespaces exceeded",
        "setting up uid map",
        "RTM_NEWADDR",
    ];
    SIGNS.iter().any(|sign| why.contains(sign))
}
