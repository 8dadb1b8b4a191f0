//! From what is seen to what causes it.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use super::cause::Cause;
use super::log::tidy;
use super::pattern::{Pattern, folded};

/// How well what was written fits a cause; from good to bad.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Fit {
    /// A sign stands in it.
    Whole,
    /// It is a piece of a sign.
    Piece,
    /// It has the end of a sign.
    End,
    /// All of its words stand in what is said about the cause.
    Words,
}

/// A cause that fits, and by which sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Match {
    /// The cause.
    pub cause: Cause,
    /// How well it fits.
    pub fit: Fit,
    /// The sign by which it fits; none where only words do.
    pub sign: Option<&'static str>,
    /// More is better, among those that fit as well.
    weight: usize,
}

/// Pieces that are shorter stand in too much.
const LEAST: usize = 4;

/// The causes of a symptom that fit best, the most specific first; none where nothing fits.
#[must_use]
pub fn causes(symptom: &str) -> Vec<Match> {
    // What differs is something, whatever it is.
    let seen = folded(tidy(symptom).replace('…', "x").trim());
    let mut found: Vec<Match> = Cause::all()
        .filter_map(|cause| best(cause, &seen))
        .collect();
    let Some(best) = found.iter().map(|found| found.fit).min() else {
        return Vec::new();
    };
    // Who quotes a sign and nothing else may have left out what would tell causes apart.
    let is_alone = |found: &Match| found.fit == Fit::Whole && found.weight == seen.len();
    let worst = match best {
        Fit::Whole if found.iter().any(is_alone) => Fit::Piece,
        best => best,
    };
    found.retain(|found| found.fit <= worst);
    // Stable: what is equally specific stays in the order of the rules.
    found.sort_by_key(|found| (found.fit, Reverse(found.weight)));
    found
}

/// The best match of a cause.
fn best(cause: Cause, seen: &str) -> Option<Match> {
    let found = cause.signs().iter().filter_map(|sign| {
        let (fit, weight) = fit(cause, &Pattern::new(sign), seen)?;
        Some(Match {
            cause,
            fit,
            sign: Some(sign),
            weight,
        })
    });
    found
        .min_by_key(|found| (found.fit, Reverse(found.weight)))
        .or_else(|| by_words(cause, seen))
}

fn fit(cause: Cause, pattern: &Pattern, seen: &str) -> Option<(Fit, usize)> {
    if pattern.find(seen).is_some() {
        let told = cause.find(pattern, seen);
        return told.map(|_| (Fit::Whole, pattern.weight()));
    }
    if seen.len() < LEAST {
        return None;
    }
    if let Some(quoted) = pattern.quoted_by(seen) {
        // The share of the sign that is quoted.
        return Some((Fit::Piece, quoted * 1000 / pattern.weight().max(1)));
    }
    let end = pattern.find_end(seen).filter(|end| *end >= 3 * LEAST)?;
    Some((Fit::End, end))
}

/// Words that say nothing.
const FILLERS: &[&str] = &[
    "a", "all", "an", "and", "for", "in", "is", "it", "of", "on", "or", "the", "to",
];

fn words(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric());
    let words = words.map(str::to_ascii_lowercase);
    words
        .filter(|word| word.len() > 1 && !FILLERS.contains(&word.as_str()))
        .collect()
}

fn by_words(cause: Cause, seen: &str) -> Option<Match> {
    let asked = words(seen);
    let texts = cause.signs().iter().copied().chain(cause.prose());
    let said: BTreeSet<_> = texts.flat_map(words).collect();
    (asked.len() > 1 && asked.is_subset(&said)).then(|| Match {
        cause,
        fit: Fit::Words,
        sign: None,
        weight: asked.len() * 1000 / said.len(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(symptom: &str) -> Vec<&'static str> {
        causes(symptom)
            .iter()
            .map(|found| found.cause.name())
            .collect()
    }

    #[test]
    fn a_whole_message_leads_to_its_most_specific_cause_first() {
        assert_eq!(names("panic: unknown time zone Europe/Paris"), ["tzdata"]);
        let child = names("fork/exec /usr/bin/convert: no such file or directory");
        assert_eq!(child[0], "exec");
        assert!(child.contains(&"elf-interp"), "{child:?}");
    }

    #[test]
    fn one_text_may_have_many_causes() {
        for symptom in [
            "exec /app: no such file or directory",
            "No such file or directory",
            "no such file",
        ] {
            let names = names(symptom);
            for cause in [
                "elf-interp",
                "pie-interp",
                "musl-interp",
                "script-interpreter",
                "absent-file",
            ] {
                assert!(names.contains(&cause), "{symptom}: {names:?}");
            }
        }
    }

    #[test]
    fn what_is_quoted_in_part_or_in_other_words_is_found() {
        assert_eq!(names("GLIBC_2.34' not found")[0], "glibc-min");
        assert_eq!(
            names("\"git\": executable file not found in $PATH")[0],
            "exec"
        );
        assert_eq!(names("loading libraries shared")[0], "elf-needed");
    }

    #[test]
    fn a_sign_alone_leads_to_those_that_say_more_too() {
        let names = names("cannot allocate memory");
        assert_eq!(names[0], "memory-limit");
        assert!(
            names.contains(&"static-nss") && names.contains(&"dns-cgo"),
            "{names:?}"
        );
    }

    #[test]
    fn what_glibc_and_the_kernel_say_of_what_they_lack_is_known() {
        for (message, first) in [
            ("getpwuid_r: cannot allocate memory", "static-nss"),
            (
                "./app: relocation error: ./app: symbol x, version GLIBC_2.38 not defined",
                "elf-needed",
            ),
            (
                "libgcc_s.so.1 must be installed for pthread_exit to work",
                "unwinder",
            ),
            (
                "runtime: failed to create new OS thread (have 2 already; errno=11)",
                "thread-limit",
            ),
            (
                "fork/exec /bin/sh: resource temporarily unavailable",
                "thread-limit",
            ),
            (
                "\"app\" can't be opened because the developer cannot be verified",
                "macho",
            ),
        ] {
            assert!(
                names(message).contains(&first),
                "{message}: {:?}",
                names(message)
            );
        }
    }

    #[test]
    fn what_a_sandbox_forbids_is_known() {
        let crash = names("SIGSYS: bad system call\nPC=0x40a1b2 m=0 sigcode=1");
        assert_eq!(crash[0], "system-call-filter");
        let names_of_many = names("fork/exec /bin/sh: operation not permitted");
        for cause in ["system-call-filter", "missing-capability"] {
            assert!(names_of_many.contains(&cause), "{names_of_many:?}");
        }
        let port = names("listen tcp :80: bind: permission denied");
        assert_eq!(port[0], "missing-capability");
    }

    #[test]
    fn a_socket_that_can_not_be_made_says_why() {
        let of_socket = |error: &str| names(&format!("listen unix /run/app/a.sock: bind: {error}"));
        assert_eq!(of_socket("no such file or directory"), ["asset"]);
        assert_eq!(of_socket("address already in use"), ["taken-address"]);
        assert_eq!(of_socket("invalid argument"), ["long-socket-path"]);
        assert_eq!(of_socket("permission denied"), ["foreign-owner"]);
        assert_eq!(of_socket("read-only file system"), ["read-only-root"]);
        let in_tmp = names("listen unix /tmp/a.sock: bind: address already in use");
        assert_eq!(in_tmp, ["tmp-predictable", "taken-address"]);
        let of_port = names("listen tcp :80: bind: address already in use");
        assert_eq!(of_port, ["taken-address"]);
    }

    #[test]
    fn a_server_that_is_named_and_does_not_answer_leads_to_the_lookup_first() {
        let of_lookup = |error: &str| names(&format!("lookup example.com on 10.0.0.1:53: {error}"));
        for error in [
            "…",
            "read udp 10.0.0.2:40000->10.0.0.1:53: i/o timeout",
            "dial udp 10.0.0.1:53: connect: network is unreachable",
            "server misbehaving",
        ] {
            assert_eq!(of_lookup(error)[0], "dns-go", "{error}");
        }
        // This one answers.
        assert_eq!(of_lookup("no such host"), ["unknown-name", "dns-go"]);
    }

    #[test]
    fn a_file_that_is_asked_for_and_not_there_belongs_to_whom_its_path_does() {
        for operation in ["open", "stat", "lstat"] {
            let first = |path: &str| {
                let message =
                    format!("could not read: {operation} {path}: no such file or directory");
                names(&message)[0]
            };
            assert_eq!(first("/opt/app/app.yaml"), "asset", "{operation}");
            for path in ["/proc", "/proc/cpuinfo", "/sys", "/sys/class/net"] {
                assert_eq!(first(path), "proc", "{operation} {path}");
            }
        }
    }

    #[test]
    fn who_looks_for_the_folder_of_a_user_without_help_says_so_in_its_own_words() {
        for message in [
            "fatal: $HOME is not set",
            "HOME is not set",
            "the variable HOME is not defined",
            "HOME is empty",
            "open /.config/app/app.yaml: no such file or directory",
            "mkdir /.service: read-only file system",
        ] {
            assert_eq!(names(message)[0], "home", "{message}");
        }
        assert!(!names("CARGO_HOME is not set").contains(&"home"));
    }

    #[test]
    fn a_folder_that_can_not_be_made_says_why() {
        let of_folder = |error: &str| names(&format!("mkdir /var/lib/app: {error}"));
        assert_eq!(of_folder("no such file or directory"), ["asset"]);
        assert_eq!(of_folder("permission denied"), ["foreign-owner"]);
        assert_eq!(of_folder("read-only file system"), ["read-only-root"]);
    }

    #[test]
    fn what_can_not_be_started_may_be_no_program_or_written_now() {
        let format = names("exec /app/start: exec format error");
        assert_eq!(format, ["build-target", "no-program"]);
        let busy = names("fork/exec ./helper: text file busy");
        assert_eq!(busy, ["busy-file"]);
    }

    #[test]
    fn folders_at_the_root_are_those_of_a_user_without_one() {
        let names = names("mkdir /.cache: permission denied");
        assert_eq!(names[0], "home");
        assert!(names.contains(&"foreign-owner"), "{names:?}");
    }

    #[test]
    fn a_loader_that_an_emulator_lacks_is_no_file_of_the_program() {
        for (message, cause) in [
            (
                "qemu-x86_64: Could not open '/lib64/ld-linux-x86-64.so.2': No such file or directory",
                "elf-interp",
            ),
            (
                "rosetta error: failed to open elf at /lib64/ld-linux-x86-64.so.2",
                "elf-interp",
            ),
            (
                "qemu-aarch64: Could not open '/lib/ld-musl-aarch64.so.1': No such file or directory",
                "musl-interp",
            ),
            (
                "rosetta error: failed to open elf at /lib/ld-musl-x86_64.so.1",
                "musl-interp",
            ),
        ] {
            let names = names(message);
            assert_eq!(names[0], cause, "{message}: {names:?}");
            assert!(!names.contains(&"asset"), "{message}: {names:?}");
        }
    }

    #[test]
    fn what_proves_a_cause_comes_first() {
        for (message, cause) in [
            (
                "exec: \"/app\": stat /app: no such file or directory: unknown",
                "absent-file",
            ),
            (
                "Error relocating ./app: __vfprintf_chk: symbol not found",
                "glibc-min",
            ),
            (
                "dial unix /var/run/docker.sock: connect: permission denied",
                "foreign-owner",
            ),
            (
                "open /etc/ssl/certs/ca-certificates.crt: no such file or directory",
                "ca-roots",
            ),
            ("zsh: bad CPU type in executable: ./app", "build-target"),
            ("app.exe is not a valid Win32 application.", "build-target"),
            (
                "This version of app.exe is not compatible with the version of Windows you're running",
                "build-target",
            ),
            ("zsh: killed     ./app", "macho"),
            (
                "The application was unable to start correctly (0xc000007b)",
                "win-dll",
            ),
            (
                "panic: Failed to load wpcap.dll: The specified module could not be found.",
                "win-dll-lazy",
            ),
            ("Segmentation fault (core dumped)", "static-nss"),
        ] {
            assert_eq!(names(message)[0], cause, "{message}: {:?}", names(message));
        }
        let many = names("The process ended with exit code 127");
        for cause in ["elf-interp", "elf-needed", "absent-file"] {
            assert!(many.contains(&cause), "{many:?}");
        }
        assert!(names("zsh: killed ./app").contains(&"memory-limit"));
        assert!(names("segmentation fault").contains(&"crash-in-c"));
    }

    #[test]
    fn what_a_crash_says_is_known_whether_it_is_the_programs_own_fault_or_not() {
        for (message, cause) in [
            (
                "panic: runtime error: invalid memory address or nil pointer dereference",
                "nil-pointer",
            ),
            ("unexpected fault address 0x7f3c00000000", "crash-in-c"),
            ("signal arrived during cgo execution", "static-nss"),
        ] {
            assert_eq!(names(message)[0], cause, "{message}: {:?}", names(message));
        }
        let of_address = |address| {
            let signal = "[signal SIGSEGV: segmentation violation code=0x1";
            names(&format!("{signal} addr={address} pc=0x4a1b2c]"))
        };
        assert_eq!(of_address("0x0")[0], "nil-pointer");
        let either = of_address("0x7f3c00000000");
        assert_eq!(either, ["crash-in-c", "nil-pointer"]);
    }

    #[test]
    fn a_look_up_that_fails_may_be_the_servers_matter_whoever_asked() {
        let mut causes = names("Temporary failure in name resolution");
        causes.sort_unstable();
        assert_eq!(causes, ["dns-cgo", "static-nss", "unanswered-lookup"]);
    }

    #[test]
    fn what_is_seen_without_a_message_is_found_by_its_words() {
        for symptom in ["times are UTC", "all times are UTC"] {
            let mut names = names(symptom);
            names.sort_unstable();
            assert_eq!(names, ["local-tz", "tzdata"], "{symptom}");
        }
    }

    #[test]
    fn nothing_fits_what_nobody_knows() {
        for symptom in ["", " ", "xy", "the moon is full", "qwertz"] {
            assert_eq!(names(symptom), [""; 0], "{symptom}");
        }
    }

    #[test]
    fn every_sign_leads_to_its_cause() {
        for cause in Cause::all() {
            for sign in cause.signs() {
                assert!(names(sign).contains(&cause.name()), "{sign}");
            }
        }
    }
}
