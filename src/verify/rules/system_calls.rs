//! The functions of the packages syscall and golang.org/x/sys/unix that take the path of a file.

use super::files::{File, as_flags_say, looks_for, makes, makes_folder, opens};

/// A table of functions that both packages have.
macro_rules! of_both {
    ($($name:literal => $file:expr,)*) => {
        &[$(
            (concat!("syscall.", $name), $file),
            (concat!("golang.org/x/sys/unix.", $name), $file),
        )*]
    };
}

/// Those that both packages have. Of two paths each has an entry; folders that paths start at come
/// first.
pub(super) const OF_BOTH: &[(&str, File)] = of_both![
    "Open" => as_flags_say(0, 2),
    "Openat" => as_flags_say(1, 3).at(0),
    "openat" => as_flags_say(1, 3).at(0),
    "Mkdir" => makes_folder(0),
    "Mkdirat" => makes_folder(1).at(0),
    "Link" => opens(0),
    "Link" => makes(2),
    "Symlink" => makes(2),
    "Truncate" => opens(0),
    "Chroot" => opens(0),
    "Access" => looks_for(0),
    "Faccessat" => looks_for(1).at(0),
    "Unlink" => looks_for(0),
    "Unlinkat" => looks_for(1).at(0),
    "Rmdir" => looks_for(0),
    "Creat" => makes(0),
    "Rename" => opens(0),
    "Rename" => makes(2),
    "Renameat" => opens(1).at(0),
    "Renameat" => makes(4).at(3),
    "Readlink" => opens(0),
    "Chdir" => opens(0),
    "Chmod" => opens(0),
    "Fchmodat" => opens(1).at(0),
    "Chown" => opens(0),
    "Lchown" => opens(0),
    "Fchownat" => opens(1).at(0),
    "Utime" => opens(0),
    "Utimes" => opens(0),
    "UtimesNano" => opens(0),
    "Futimesat" => opens(1).at(0),
    "Getxattr" => opens(0),
    "Listxattr" => opens(0),
    "Removexattr" => opens(0),
    "Setxattr" => opens(0),
    "Mount" => opens(2),
    "Unmount" => opens(0),
    "PivotRoot" => opens(0),
    "PivotRoot" => opens(2),
    "Acct" => opens(0),
    "Stat" => looks_for(0),
    "Lstat" => looks_for(0),
    "Mkfifo" => makes(0),
    "Mknod" => makes(0),
    "Mknodat" => makes(1).at(0),
    "Statfs" => opens(0),
    // The file of what is watched comes first.
    "InotifyAddWatch" => opens(1),
];

/// Those that only one of them has, or has under this name; `syscall` often keeps to itself what the other exports.
pub(super) const OF_ONE: &[(&str, File)] = &[
    ("golang.org/x/sys/unix.Openat2", opens(1).at(0)),
    ("golang.org/x/sys/unix.openat2", opens(1).at(0)),
    ("golang.org/x/sys/unix.Renameat2", opens(1).at(0)),
    ("golang.org/x/sys/unix.Renameat2", makes(4).at(3)),
    ("golang.org/x/sys/unix.Lgetxattr", opens(0)),
    ("golang.org/x/sys/unix.Llistxattr", opens(0)),
    ("golang.org/x/sys/unix.Lremovexattr", opens(0)),
    ("golang.org/x/sys/unix.Lsetxattr", opens(0)),
    ("golang.org/x/sys/unix.Mkfifoat", makes(1).at(0)),
    ("golang.org/x/sys/unix.Faccessat2", looks_for(1).at(0)),
    ("golang.org/x/sys/unix.Lutimes", opens(0)),
    ("golang.org/x/sys/unix.NameToHandleAt", opens(1).at(0)),
    ("golang.org/x/sys/unix.OpenTree", opens(1).at(0)),
    ("golang.org/x/sys/unix.MoveMount", opens(1).at(0)),
    ("golang.org/x/sys/unix.MoveMount", opens(4).at(3)),
    ("golang.org/x/sys/unix.MountSetattr", opens(1).at(0)),
    ("golang.org/x/sys/unix.mountSetattr", opens(1).at(0)),
    ("golang.org/x/sys/unix.Fspick", opens(1).at(0)),
    // The name of what is set comes before, and the folder behind.
    ("golang.org/x/sys/unix.FsconfigSetPath", opens(3).at(5)),
    ("golang.org/x/sys/unix.FsconfigSetPathEmpty", opens(3).at(5)),
    // What is told of it comes first: on CPUs of 32 bits that takes a word more, and the path isn't known.
    ("golang.org/x/sys/unix.FanotifyMark", opens(4).at(3)),
    ("syscall.readlinkat", opens(1).at(0)),
    ("golang.org/x/sys/unix.Readlinkat", opens(1).at(0)),
    ("syscall.linkat", opens(1).at(0)),
    ("syscall.linkat", makes(4).at(3)),
    ("golang.org/x/sys/unix.Linkat", opens(1).at(0)),
    ("golang.org/x/sys/unix.Linkat", makes(4).at(3)),
    ("syscall.symlinkat", makes(3).at(2)),
    ("golang.org/x/sys/unix.Symlinkat", makes(3).at(2)),
    ("syscall.unlinkat", looks_for(1).at(0)),
    ("syscall.fstatat", looks_for(1).at(0)),
    ("golang.org/x/sys/unix.Fstatat", looks_for(1).at(0)),
    ("golang.org/x/sys/unix.Statx", looks_for(1).at(0)),
    // What Utimes, Futimesat and UtimesNano are inlined to.
    ("syscall.utimes", opens(0)),
    ("syscall.futimesat", opens(1).at(0)),
    ("syscall.utimensat", opens(1).at(0)),
    ("golang.org/x/sys/unix.UtimesNanoAt", opens(1).at(0)),
];
