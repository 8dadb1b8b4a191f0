//! Files that a program makes or wants.
//!
//! Source: package `os` of Go 1.26; the XDG Base Directory Specification 0.8.

use super::{Block, Topic, list};

pub(super) const TOPIC: Topic = Topic {
    id: "files",
    said: &[],
    summary: "temporary files, the user's folders, modes and the umask",
    blocks,
};

fn blocks() -> Vec<Block> {
    vec![
        Block::Text(
            "An image from scratch has no folder but those that were copied into it, and no variable but \
             PATH. What a program takes for granted on the machine of its author is missing there.",
        ),
        list("Temporary files", TEMPORARY),
        list("Folders of the user", FOLDERS),
        list("Sockets and locks", RUNTIME),
        list("Modes", MODES),
        list("In an image", IMAGE),
    ]
}

const TEMPORARY: &[(&str, &str)] = &[
    (
        "os.TempDir",
        "TMPDIR, else /tmp (Android: /data/local/tmp); Windows: TMP, TEMP or USERPROFILE. It doesn't look whether the folder is there",
    ),
    (
        "os.CreateTemp, os.MkdirTemp",
        "a name that nobody can guess, mode 0600 and 0700: only the user that runs the program gets in",
    ),
    (
        "a constant name in /tmp",
        "somebody else may have put a file or a link there first; CreateTemp is safe from that",
    ),
    (
        "mime/multipart",
        "a form with big files writes them to os.TempDir, although the program never says so",
    ),
];

const FOLDERS: &[(&str, &str)] = &[
    (
        "os.UserHomeDir",
        "HOME; Windows: USERPROFILE. It is an error when it isn't set, whatever /etc/passwd says",
    ),
    (
        "os.UserConfigDir",
        "XDG_CONFIG_HOME, else .config in HOME; macOS: Library/Application Support; Windows: APPDATA",
    ),
    (
        "os.UserCacheDir",
        "XDG_CACHE_HOME, else .cache in HOME; macOS: Library/Caches; Windows: LOCALAPPDATA",
    ),
];

const RUNTIME: &[(&str, &str)] = &[
    (
        "XDG_RUNTIME_DIR",
        "a folder in memory for one user, mode 0700, such as /run/user/1000; a login sets it (pam_systemd), but cron, system services, sudo and containers don't",
    ),
    (
        "not set",
        "filepath.Join(\"\", \"app.sock\") is app.sock in the current folder, and no error; fall back on os.MkdirTemp, or stop",
    ),
    (
        "length",
        "the path of a socket has at most 107 bytes on Linux, 103 on macOS",
    ),
];

const MODES: &[(&str, &str)] = &[
    (
        "os.WriteFile, os.OpenFile, os.Mkdir",
        "the mode is what is asked for without the bits of the umask, and only when the file is new",
    ),
    (
        "umask",
        "mostly 022, which takes writing from others; 077 for some services, which takes everything. os.Chmod afterwards isn't subject to it",
    ),
    (
        "secrets",
        "mode 0600 when the file is made: a chmod later leaves a gap",
    ),
];

const IMAGE: &[(&str, &str)] = &[
    (
        "/tmp",
        "an empty folder with mode 1777: COPY --chmod=1777, or a volume in memory",
    ),
    ("USER", "a number, such as 65532: a name needs /etc/passwd"),
    (
        "read-only",
        "with a root that can't be written, every folder that is written needs a volume",
    ),
];
