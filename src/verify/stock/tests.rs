//! What systems have and lack, where it matters most.

use super::*;
use crate::verify::AsksForNames;

fn file(path: &str) -> Need {
    Need::File(path.to_owned())
}

fn program(name: &str) -> Need {
    Need::Program(Some(name.to_owned()))
}

fn library(name: &str) -> Need {
    Need::Library(name.to_owned())
}

fn glibc(text: &str) -> Need {
    Need::Glibc(text.parse().unwrap())
}

fn having<'a>(need: &Need, systems: &'a [System]) -> Vec<&'a System> {
    let has = |system: &&System| system.supply(need) == Supply::Has;
    systems.iter().filter(has).collect()
}

/// The systems that have something, by name.
fn who_has(need: &Need) -> String {
    let names: Vec<String> = having(need, System::ALL)
        .iter()
        .map(ToString::to_string)
        .collect();
    names.join(" ")
}

#[test]
fn no_system_is_known_to_have_the_modules_of_the_glibc_that_was_linked() {
    let modules = Need::NameServiceModules(AsksForNames::Go);
    let lacks = |system: &System| system.supply(&modules) == Supply::Lacks;
    assert!(System::ALL.iter().all(lacks));
}

#[test]
fn a_system_has_all_of_several_things_if_it_has_each() {
    let (cpu, unnamed) = (Need::Cpu("GOAMD64=v3".to_owned()), Need::Program(None));
    let supply = |needs: &[&Need]| {
        let needs = needs.iter().map(|need| (*need).clone()).collect();
        System::Debian12.supply(&Need::All(needs))
    };
    assert_eq!(supply(&[&Need::Tmp, &Need::Users]), Supply::Has);
    assert_eq!(supply(&[&Need::Tmp, &cpu, &unnamed]), Supply::Open);
    assert_eq!(supply(&[&cpu, &file("/srv/a"), &Need::Tmp]), Supply::Lacks);
}

#[test]
fn a_system_is_written_as_it_is_read() {
    for system in System::ALL {
        assert_eq!(system.to_string().parse(), Ok(*system));
    }
    assert_eq!(
        "glibc-2.9".parse(),
        Ok(System::Glibc(GlibcVersion::new(2, 9)))
    );
    for wrong in [
        "",
        "Scratch",
        "glibc",
        "glibc-2",
        "glibc-2.",
        "glibc-2.017",
        "glibc-2.170",
        "glibc-2.+1",
        "glibc-3.1",
        "glibc-2.0",
        "debian",
    ] {
        assert!(wrong.parse::<System>().is_err(), "{wrong}");
    }
}

#[test]
fn an_empty_container_has_what_its_runtime_brings_and_no_more() {
    let has = |need: &Need| System::Scratch.supply(need) == Supply::Has;
    assert!(has(&Need::ResolverFiles) && has(&Need::Proc) && has(&Need::Home));
    assert!(has(&file("/etc/hosts")) && has(&file("/proc/self/exe")) && has(&file("/dev/null")));
    for need in [
        Need::CaRoots,
        Need::ZoneInfo,
        Need::Users,
        Need::Tmp,
        Need::MediaTypes,
        Need::Program(None),
        program("sh"),
        library("libc.so.6"),
        file("/etc/passwd"),
        file("/proc/../etc/passwd"),
        file("/dev/log"),
        file("config.yaml"),
    ] {
        assert_eq!(System::Scratch.supply(&need), Supply::Lacks, "{need:?}");
    }
}

#[test]
fn a_folder_for_temporary_files_keeps_nobody_from_making_one_of_the_same_name() {
    let need = Need::TmpFile("/tmp/app.lock".to_owned());
    assert_eq!(System::Debian12.supply(&need), Supply::Open);
    assert_eq!(System::Scratch.supply(&need), Supply::Lacks);
}

#[test]
fn each_thing_is_where_it_is_known_to_be() {
    assert_eq!(
        who_has(&Need::ZoneInfo),
        "distroless-static debian-12 glibc-2.17 macos-12"
    );
    assert_eq!(
        who_has(&Need::CaRoots),
        "distroless-static alpine glibc-2.17 windows-10 macos-12"
    );
    assert_eq!(
        who_has(&Need::Tmp),
        "distroless-static alpine debian-12 glibc-2.17 windows-10 macos-12"
    );
    assert_eq!(who_has(&Need::MediaTypes), "distroless-static macos-12");
    assert_eq!(
        who_has(&Need::Services),
        "distroless-static alpine glibc-2.17 windows-10 macos-12"
    );
    assert_eq!(who_has(&program("git")), "");
    assert_eq!(
        who_has(&program("/bin/sh")),
        "alpine debian-12 glibc-2.17 macos-12"
    );
    assert_eq!(who_has(&program("./helper")), "");
    assert_eq!(who_has(&program("ps")), "alpine glibc-2.17 macos-12");
    assert_eq!(
        who_has(&program("C:\\Windows\\System32\\CMD.EXE")),
        "windows-10"
    );
    assert_eq!(who_has(&Need::Goroot), "");
    let socket = Need::Socket("/var/run/docker.sock".to_owned());
    assert_eq!(
        who_has(&socket),
        "",
        "who listens is nothing that a system has"
    );
}

#[test]
fn a_folder_for_files_is_where_the_system_makes_it() {
    let folder = |path: &str| who_has(&Need::Folder(path.to_owned()));
    assert_eq!(
        folder("/var/log"),
        "distroless-static alpine debian-12 glibc-2.17 macos-12"
    );
    assert_eq!(
        folder("/var/lib"),
        "distroless-static alpine debian-12 glibc-2.17"
    );
    assert_eq!(folder("/var/lib/app"), "");
    assert_eq!(folder("/etc/passwd"), "", "it is a file");
    assert_eq!(folder("logs"), "");
    assert_eq!(folder("C:\\ProgramData"), "windows-10");
}

#[test]
fn the_own_files_of_a_desktop_are_there() {
    let file = |path: &str| who_has(&Need::File(path.to_owned()));
    for path in [
        r"C:\Windows\System32\drivers\etc\hosts",
        r"c:/windows/win.ini",
        r"C:\Windows\System32\cmd.exe",
        r"C:\Windows\System32\kernel32.dll",
        r"C:\Windows\System32",
    ] {
        assert_eq!(file(path), "windows-10", "{path}");
    }
    for path in [
        r"C:\Windows\System32\vendor.dll",
        r"C:\Windows\System32\drivers\vendor.sys",
        r"C:\app\kernel32.dll",
        "kernel32.dll",
        "cmd.exe",
    ] {
        assert_eq!(file(path), "", "{path}");
    }
    let version = "/System/Library/CoreServices/SystemVersion.plist";
    assert_eq!(file(version), "macos-12");
}

#[test]
fn the_c_library_is_where_its_kind_is() {
    let loader = |path: &str| Need::Loader(path.to_owned());
    assert_eq!(
        who_has(&loader("/lib64/ld-linux-x86-64.so.2")),
        "debian-12 glibc-2.17"
    );
    assert_eq!(who_has(&loader("/lib/ld-musl-aarch64.so.1")), "alpine");
    assert_eq!(who_has(&library("libc.musl-x86_64.so.1")), "alpine");
    assert_eq!(who_has(&library("libstdc++.so.6")), "");
    assert_eq!(who_has(&library("libz.so.1")), "alpine debian-12");
    assert_eq!(who_has(&library("KERNEL32.dll")), "windows-10");
    assert_eq!(who_has(&library("/usr/lib/libSystem.B.dylib")), "macos-12");
}

#[test]
fn a_newer_glibc_than_the_system_has_is_lacking() {
    assert_eq!(who_has(&glibc("2.9")), "debian-12 glibc-2.17");
    assert_eq!(who_has(&glibc("2.17")), "debian-12 glibc-2.17");
    assert_eq!(who_has(&glibc("2.34")), "debian-12");
    assert_eq!(who_has(&glibc("2.38")), "");
    let later: System = "glibc-2.38".parse().unwrap();
    assert_eq!(later.supply(&glibc("2.38")), Supply::Has);
}

#[test]
fn a_newer_macos_than_the_policy_names_is_lacking() {
    let macos = |major| Need::MacOs(crate::inspect::MinimumOs { major, minor: 0 });
    assert_eq!(System::Macos12.supply(&macos(12)), Supply::Has);
    assert_eq!(System::Macos12.supply(&macos(13)), Supply::Lacks);
}

#[test]
fn what_does_not_hang_on_the_system_is_open() {
    let cpu = Need::Cpu("v3".to_owned());
    assert!(
        System::ALL
            .iter()
            .all(|system| system.supply(&cpu) == Supply::Open)
    );
    let unnamed = Need::Program(None);
    assert_eq!(System::Alpine.supply(&unnamed), Supply::Open);
    assert_eq!(System::DistrolessStatic.supply(&unnamed), Supply::Lacks);
}

#[test]
fn no_list_of_programs_has_one_twice() {
    let lists = [
        programs::ALPINE,
        programs::COMMON,
        programs::DEBIAN_12,
        programs::MACOS,
        programs::WINDOWS,
    ];
    for list in lists {
        let mut names: Vec<&str> = list.split_whitespace().collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count, "{list}");
    }
}
