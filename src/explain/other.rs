//! Causes that are not in the binary, and that look like some that are.

use crate::verify::Fix;

/// A cause that no rule can detect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Other {
    /// Its name; none that a rule has.
    pub name: &'static str,
    /// What it is, in one sentence.
    pub summary: &'static str,
    /// How it is told from others with the same symptom.
    pub telling: &'static str,
    /// Parts of messages that tell of it.
    pub signs: &'static [&'static str],
    /// What to do, the best first.
    pub fixes: &'static [Fix],
}

/// All of them.
pub const OTHERS: &[Other] = &[
    Other {
        name: "absent-file",
        summary: "the program is not at the path that is started",
        telling: "the image doesn't list the file: docker create IMAGE, then docker export ID | tar t",
        signs: &[
            "exec …: no such file or directory",
            "exec: \"…\": stat …: no such file or directory",
            "…: command not found",
            "exit code 127",
            "exit status 127",
        ],
        fixes: &[Fix::image(
            "let COPY and ENTRYPOINT name the same absolute path; a volume may hide the folder",
        )],
    },
    Other {
        name: "script-interpreter",
        summary: "the file is a script, and the interpreter of its first line isn't there",
        telling: "the file starts with #!, and inspect calls its format unknown",
        signs: &[
            "exec …: no such file or directory",
            "bad interpreter: no such file or directory",
            "cannot execute: required file not found",
        ],
        fixes: &[
            Fix::image("start the program itself in place of a script, or add the interpreter"),
            Fix::source(
                "end the lines of the script with LF; a CR after the name of the interpreter \
             belongs to the name",
            ),
        ],
    },
    Other {
        name: "shell-form",
        summary: "the image starts the program by a shell, and has none",
        telling: "the message names /bin/sh, and ENTRYPOINT or CMD is no JSON array",
        signs: &[
            "exec: \"/bin/sh\": stat /bin/sh: no such file or directory",
            "/bin/sh: no such file or directory",
        ],
        fixes: &[Fix::image("ENTRYPOINT [\"/app\"], as a JSON array")],
    },
    Other {
        name: "not-executable",
        summary: "the file may not be executed",
        telling: "its mode has no x (ls -l), or its file system is mounted with noexec",
        signs: &["exec …: permission denied", "exec: …: permission denied"],
        fixes: &[Fix::image("COPY --chmod=755, or chmod 755 before the copy")],
    },
    Other {
        name: "no-program",
        summary: "the file is no program: a script without a first line that names its interpreter, or \
                  empty, or cut off",
        telling: "head -c 4 FILE shows neither #! nor ELF, and inspect calls its format unknown",
        signs: &[
            "exec format error",
            "cannot execute binary file",
            "is not a valid Win32 application",
        ],
        fixes: &[
            Fix::image("#!/bin/sh as the first line of the script, or start the program itself"),
            Fix::command("build or copy the file again, and compare its digest"),
        ],
    },
    Other {
        name: "crash-in-c",
        summary: "C, or other code that Go doesn't watch, read or wrote where it may not",
        telling: "there is no stack trace of Go, or it says fatal error or cgo execution, and no panic for a nil \
                  pointer. Where Go's own code stands on top, it used unsafe memory, or a mapped file that was cut \
                  short",
        signs: &[
            "segmentation fault",
            "signal arrived during cgo execution",
            "SIGSEGV: segmentation violation",
            "unexpected fault address",
        ],
        fixes: &[
            Fix::command("CGO_ENABLED=0 go build shows whether C is the cause"),
            Fix::other("a debugger, such as gdb, on the core file names the function"),
        ],
    },
    Other {
        name: "nil-pointer",
        summary: "the program used a pointer that leads nowhere, which is a fault of its own",
        telling: "the panic speaks of a nil pointer, and the address of the signal is 0 or small; mostly a value wasn't \
                  checked that comes with an error, such as of a file or an answer that isn't there",
        signs: &[
            "invalid memory address or nil pointer dereference",
            "[signal SIGSEGV: segmentation violation code=…addr=0x0 pc=",
            "SIGSEGV: segmentation violation",
        ],
        fixes: &[Fix::source(
            "the first function of the stack trace that is the program's own: look at the error before the value",
        )],
    },
    Other {
        name: "unanswered-lookup",
        summary: "no server of names answered the C library",
        telling: "getent hosts NAME says the same on that machine, whichever program asks: its network or its \
                  /etc/resolv.conf is the cause",
        signs: &["Temporary failure in name resolution"],
        fixes: &[
            Fix::other("a server in /etc/resolv.conf that answers, and a network that leads there"),
            Fix::source("another try a while later: the message says that it may help"),
        ],
    },
    Other {
        name: "busy-file",
        summary: "the file is started while it is written, or written while it runs",
        telling: "it works a moment later; fuser FILE names who has it open",
        signs: &["text file busy"],
        fixes: &[
            Fix::source(
                "write another file, close it, and rename it to the path that is started: a rename \
                 leaves the running program alone",
            ),
            Fix::image("mv or install in place of cp onto the path of a running program"),
        ],
    },
    Other {
        name: "taken-address",
        summary: "something listens at this address already, or left its socket there",
        telling: "ss -lnp names who listens; of a socket without anybody the file is there all the same",
        signs: &[
            "listen unix …: bind: address already in use",
            "listen tcp …: bind: address already in use",
            "listen udp …: bind: address already in use",
        ],
        fixes: &[
            Fix::source(
                "remove the socket's file before listening, and close the listener at the end; a \
                 program that is killed leaves the file",
            ),
            Fix::image("another port or path, or an end of what listens there"),
        ],
    },
    Other {
        name: "long-socket-path",
        summary: "the path of a socket is longer than the system takes",
        telling: "the path has more than 107 bytes, on macOS and the BSDs more than 103",
        signs: &["listen unix …: bind: invalid argument"],
        fixes: &[Fix::source(
            "a shorter path, such as one below XDG_RUNTIME_DIR or /run",
        )],
    },
    Other {
        name: "memory-limit",
        summary: "the memory of the machine or of the container is used up",
        telling: "memory grows before that, and the kernel's log or docker inspect says OOMKilled",
        signs: &[
            "cannot allocate memory",
            "runtime: out of memory",
            "fatal error: out of memory",
            "OOMKilled",
            "Out of memory: Killed process …",
            "zsh: killed",
        ],
        fixes: &[
            Fix::image("a higher limit, or GOMEMLIMIT somewhat below the limit that there is"),
            Fix::source("a heap profile (runtime/pprof) says what holds the memory"),
        ],
    },
    Other {
        name: "thread-limit",
        summary: "the user or the container may have no more threads",
        telling: "ulimit -u, pids.max of the cgroup or docker run --pids-limit is low; an old container runtime forbids clone3",
        signs: &[
            "runtime: failed to create new OS thread…errno=11",
            "failed to create new OS thread (have … already; errno=11)",
            "runtime: may need to increase max user processes (ulimit -u)",
            "fork/exec …: resource temporarily unavailable",
        ],
        fixes: &[
            Fix::image("a higher limit of processes: --pids-limit, LimitNPROC, ulimit -u"),
            Fix::source("fewer blocking calls at once: each holds a thread"),
        ],
    },
    Other {
        name: "unwinder",
        summary: "glibc loads libgcc_s.so.1 by its name when a thread is ended, and it isn't there",
        telling: "the program has C in it, also where that is linked statically; no file names the library",
        signs: &["libgcc_s.so.1 must be installed for … to work"],
        fixes: &[
            Fix::manifest("`cgo = false` for this cell"),
            Fix::image("install libgcc-s1 (Debian, Ubuntu) or libgcc (Alpine, Fedora)"),
        ],
    },
    Other {
        name: "unknown-name",
        summary: "the name server answers, and knows no such name",
        telling: "the message names the server; another name can be looked up",
        signs: &["lookup …: no such host", "dial tcp: lookup …: no such host"],
        fixes: &[Fix::image(
            "check the name, and the search domains of /etc/resolv.conf; in a container the \
             names of other containers need a network of their own",
        )],
    },
    Other {
        name: "hosts-order",
        summary: "a Go before 1.16 asks name servers before /etc/hosts where there is no nsswitch.conf",
        telling: "go version FILE; a name that is only in /etc/hosts isn't found",
        signs: &["/etc/hosts ignored", "/etc/hosts is ignored"],
        fixes: &[
            Fix::command("build with Go 1.16 or later"),
            Fix::image("/etc/nsswitch.conf with the line `hosts: files dns`"),
        ],
    },
    Other {
        name: "clock",
        summary: "the clock of the machine is wrong, or the certificate is out of date",
        telling: "date on the machine that runs the program; openssl x509 -dates for the certificate",
        signs: &["x509: certificate has expired or is not yet valid"],
        fixes: &[Fix::image(
            "set the clock of the host, or renew the certificate",
        )],
    },
    Other {
        name: "read-only-root",
        summary: "the program writes to a file system that is mounted read-only",
        telling: "the container runs with --read-only or readOnlyRootFilesystem",
        signs: &["read-only file system"],
        fixes: &[
            Fix::image(
                "a writable volume for the folder that is named, such as an emptyDir or a tmpfs at /tmp",
            ),
            Fix::source("write to os.TempDir() or to a folder that can be set"),
        ],
    },
    Other {
        name: "foreign-owner",
        summary: "the user that runs the program may not open the file",
        telling: "the file is there, and belongs to another user than the USER of the image",
        signs: &[
            "open …: permission denied",
            "mkdir …: permission denied",
            "stat …: permission denied",
            "listen unix …: bind: permission denied",
            "dial unix …: permission denied",
        ],
        fixes: &[
            Fix::image("COPY --chown, a volume of this user, or fsGroup in Kubernetes"),
            Fix::source(
                "files that others read need a mode that says so; the umask takes bits away from it",
            ),
        ],
    },
    Other {
        name: "system-call-filter",
        summary: "a filter of the container runtime or of the service manager forbids a system call",
        telling: "with --security-opt seccomp=unconfined, or without SystemCallFilter= in the unit, it works; \
                  strace names the call",
        signs: &[
            "bad system call",
            "SIGSYS: bad system call",
            "operation not permitted",
            "function not implemented",
        ],
        fixes: &[
            Fix::image(
                "a newer container runtime with its libseccomp, or a profile that allows the call",
            ),
            Fix::source("do without the call, or fall back where it fails"),
        ],
    },
    Other {
        name: "missing-capability",
        summary: "the program asks for what only root, or who has a capability, may do",
        telling: "it works as root; capsh --print in the container lists the capabilities that there are",
        signs: &[
            "operation not permitted",
            "listen tcp …: bind: permission denied",
            "listen udp …: bind: permission denied",
            "socket: operation not permitted",
        ],
        fixes: &[
            Fix::source("a port from 1024 on, and no change of owners, clocks or networks"),
            Fix::image("add the one capability that is needed, such as NET_BIND_SERVICE"),
        ],
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verify::RuleId;

    #[test]
    fn no_cause_has_the_name_of_a_rule_or_no_sign() {
        for other in OTHERS {
            assert!(other.name.parse::<RuleId>().is_err(), "{}", other.name);
            assert!(
                !other.signs.is_empty() && !other.fixes.is_empty(),
                "{}",
                other.name
            );
        }
    }
}
