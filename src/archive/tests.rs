use std::fs;
use std::io::Cursor;
use std::path::Path;

use super::unpack::Reason;
use super::*;
use crate::atomic::Mode;
use crate::digest::Sha256Hex;
use crate::process::{Cancel, Reason as Stop};

const EPOCH: u64 = 1_700_000_000;

fn member(folder: &Path, path: &str, mode: Mode, bytes: &[u8]) -> Member {
    let from = folder.join(path.replace('/', "_"));
    fs::write(&from, bytes).unwrap();
    let path = path.parse().unwrap();
    Member { path, mode, from }
}

fn packed(format: Format, members: &[Member]) -> Vec<u8> {
    let out = pack(format, members, EPOCH, Cursor::new(Vec::new()));
    out.unwrap().into_inner()
}

fn unpacked(format: Format, bytes: &[u8], limits: Limits) -> Result<Vec<String>, Reason> {
    let folder = tempfile::tempdir().unwrap();
    let archive = folder.path().join("archive");
    fs::write(&archive, bytes).unwrap();
    let into = folder.path().join("into");
    fs::create_dir(&into).unwrap();
    let members = unpack(format, &archive, &into, limits).map_err(|error| error.reason)?;
    let shown = members.iter().map(|member| {
        let text = fs::read_to_string(into.join(member.path.as_str())).unwrap();
        format!("{} {:?} {text}", member.path, member.mode)
    });
    Ok(shown.collect())
}

#[test]
fn what_is_packed_is_unpacked_with_its_modes_in_the_order_of_the_names() {
    let folder = tempfile::tempdir().unwrap();
    let program = member(folder.path(), "s-1.0/server", Mode::Executable, b"program");
    let license = member(folder.path(), "s-1.0/LICENSE", Mode::Record, b"license");
    for format in Format::ALL {
        let bytes = packed(*format, &[program.clone(), license.clone()]);
        let shown = unpacked(*format, &bytes, Limits::default()).unwrap();
        let expected = [
            "s-1.0/LICENSE Record license",
            "s-1.0/server Executable program",
        ];
        assert_eq!(shown, expected, "{format}");
    }
}

#[test]
fn a_stop_ends_packing_in_the_middle_of_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let members = [member(folder.path(), "a", Mode::Record, b"text")];
    let cancel = Cancel::new();
    cancel.trigger(Stop::Failed);
    for format in Format::ALL {
        let out = Cursor::new(Vec::new());
        let error = pack_until(&cancel, *format, &members, EPOCH, out).unwrap_err();
        let said = error.to_string();
        assert!(said.contains(&Stop::Failed.to_string()), "{format}: {said}");
    }
}

#[test]
fn what_is_in_an_archive_is_known_without_unpacking_it() {
    let folder = tempfile::tempdir().unwrap();
    let long: Vec<u8> = (0..200_000_u32).map(|at| at.to_le_bytes()[0]).collect();
    let program = member(folder.path(), "bin/server", Mode::Executable, &long);
    let empty = member(folder.path(), "EMPTY", Mode::Record, b"");
    for format in Format::ALL {
        let archive = folder.path().join("archive");
        fs::write(&archive, packed(*format, &[program.clone(), empty.clone()])).unwrap();
        let content = |path: &str, bytes: &[u8]| Content {
            path: path.parse().unwrap(),
            head: bytes.iter().copied().take(64).collect(),
            sha256: Sha256Hex::of(bytes),
        };
        let contents = look(*format, &archive, Limits::default()).unwrap();
        let expected = [content("EMPTY", b""), content("bin/server", &long)];
        assert_eq!(contents, expected, "{format}");
        let few = Limits {
            bytes: 199_999,
            files: 2,
        };
        let reason = look(*format, &archive, few).unwrap_err().reason;
        assert!(matches!(reason, Reason::TooLarge(199_999)), "{format}");
        let one = Limits {
            files: 1,
            ..Limits::default()
        };
        let reason = look(*format, &archive, one).unwrap_err().reason;
        assert!(matches!(reason, Reason::TooMany(1)), "{format}");
    }
}

#[test]
fn neither_the_order_nor_the_age_of_files_shows_in_the_bytes() {
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let files = |folder: &Path| {
        [
            member(folder, "b", Mode::Executable, b"program"),
            member(folder, "a", Mode::Record, b"text"),
        ]
    };
    let first = files(one.path());
    let mut second = files(other.path());
    second.reverse();
    let old = fs::File::options()
        .write(true)
        .open(&second[0].from)
        .unwrap();
    old.set_modified(std::time::UNIX_EPOCH).unwrap();
    for format in Format::ALL {
        assert_eq!(
            packed(*format, &first),
            packed(*format, &second),
            "{format}"
        );
    }
}

#[test]
fn names_that_differ_in_case_only_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let members = [
        member(folder.path(), "README", Mode::Record, b""),
        member(folder.path(), "readme", Mode::Record, b""),
    ];
    let error = pack(Format::Zip, &members, 0, Cursor::new(Vec::new())).unwrap_err();
    assert_eq!(
        error.to_string(),
        "failed to pack: `README` and `readme` would be one file on some systems"
    );
}

#[test]
fn a_long_path_is_kept_whole() {
    let folder = tempfile::tempdir().unwrap();
    let long = format!("{}/{}", "d".repeat(150), "f".repeat(120));
    let mut one = member(folder.path(), "x", Mode::Record, b"");
    one.path = long.parse().unwrap();
    for format in Format::ALL {
        let shown = unpacked(*format, &packed(*format, &[one.clone()]), Limits::default());
        assert_eq!(shown.unwrap(), [format!("{long} Record ")], "{format}");
    }
}

#[test]
fn an_archive_that_holds_more_than_it_may_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let members = [
        member(folder.path(), "a", Mode::Record, &[0; 1000]),
        member(folder.path(), "b", Mode::Record, &[0; 1000]),
    ];
    for format in Format::ALL {
        let bytes = packed(*format, &members);
        let least = Limits {
            bytes: 2000,
            files: 2,
        };
        assert!(unpacked(*format, &bytes, least).is_ok(), "{format}");
        let small = unpacked(
            *format,
            &bytes,
            Limits {
                bytes: 1999,
                ..least
            },
        );
        assert!(matches!(small, Err(Reason::TooLarge(1999))), "{small:?}");
        let few = unpacked(*format, &bytes, Limits { files: 1, ..least });
        assert!(matches!(few, Err(Reason::TooMany(1))), "{few:?}");
    }
}

/// A tar of one entry that no honest packer makes.
fn hostile_tar(name: &[u8], kind: tar::EntryType) -> Vec<u8> {
    let mut header = tar::Header::new_ustar();
    header.as_mut_bytes()[..name.len()].copy_from_slice(name);
    header.set_entry_type(kind);
    header.set_mode(0o644);
    header.set_size(0);
    if kind == tar::EntryType::Symlink {
        header.set_link_name("/etc/passwd").unwrap();
    }
    header.set_cksum();
    let mut tar = tar::Builder::new(flate2::write::GzEncoder::new(
        Vec::new(),
        flate2::Compression::fast(),
    ));
    tar.append(&header, std::io::empty()).unwrap();
    tar.into_inner().unwrap().finish().unwrap()
}

#[test]
fn paths_that_lead_out_links_and_devices_are_refused() {
    let refused = |name: &[u8], kind| {
        let bytes = hostile_tar(name, kind);
        unpacked(Format::TarGz, &bytes, Limits::default()).unwrap_err()
    };
    let regular = tar::EntryType::Regular;
    for name in [&b"/etc/cron.d/x"[..], b"../x", b"a/../../x"] {
        let error = refused(name, regular);
        assert!(matches!(error, Reason::Path(_)), "{error:?}");
    }
    for kind in [
        tar::EntryType::Symlink,
        tar::EntryType::Link,
        tar::EntryType::Char,
        tar::EntryType::Fifo,
    ] {
        let error = refused(b"x", kind);
        assert!(matches!(error, Reason::Kind(_)), "{error:?}");
    }
    let error = refused(b"\xff", regular);
    assert!(matches!(error, Reason::Name(_)), "{error:?}");
}

#[test]
fn a_name_that_would_fill_the_memory_is_refused() {
    let long = vec![b'x'; 64 << 20];
    let mut header = tar::Header::new_gnu();
    header.set_entry_type(tar::EntryType::GNULongName);
    header.set_size(long.len() as u64);
    header.set_cksum();
    let gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    let mut tar = tar::Builder::new(gzip);
    tar.append(&header, long.as_slice()).unwrap();
    let bytes = tar.into_inner().unwrap().finish().unwrap();
    let error = unpacked(Format::TarGz, &bytes, Limits::default()).unwrap_err();
    assert!(
        error.to_string().contains("too much between its files"),
        "{error}"
    );
}

#[test]
fn a_checksum_that_is_wrong_is_seen() {
    let folder = tempfile::tempdir().unwrap();
    let members = [member(folder.path(), "a", Mode::Record, &[7; 5000])];
    for (format, behind) in [(Format::TarGz, 8), (Format::TarZst, 1)] {
        let mut bytes = packed(format, &members);
        let place = bytes.len() - behind;
        bytes[place] ^= 1;
        assert!(
            unpacked(format, &bytes, Limits::default()).is_err(),
            "{format}"
        );
    }
}

#[test]
fn a_second_file_of_one_name_is_refused() {
    let mut tar = tar::Builder::new(flate2::write::GzEncoder::new(
        Vec::new(),
        flate2::Compression::fast(),
    ));
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for name in ["a", "A"] {
        let mut header = tar::Header::new_ustar();
        header.set_mode(0o644);
        header.set_size(0);
        tar.append_data(&mut header, name, std::io::empty())
            .unwrap();
        zip.start_file(name, zip::write::SimpleFileOptions::default())
            .unwrap();
    }
    let tar = tar.into_inner().unwrap().finish().unwrap();
    let zip = zip.finish().unwrap().into_inner();
    for (format, bytes) in [(Format::TarGz, tar), (Format::Zip, zip)] {
        let error = unpacked(format, &bytes, Limits::default()).unwrap_err();
        assert!(matches!(error, Reason::Twice(_)), "{format}: {error:?}");
    }
}

#[test]
fn files_that_can_not_be_beside_each_other_are_the_fault_of_the_archive() {
    let folder = tempfile::tempdir().unwrap();
    let of = |paths: [&str; 2]| {
        let members = paths.map(|path| member(folder.path(), path, Mode::Record, b""));
        let bytes = packed(Format::TarGz, &members);
        unpacked(Format::TarGz, &bytes, Limits::default()).unwrap_err()
    };
    let long = "f".repeat(300);
    let mut named_long = member(folder.path(), "x", Mode::Record, b"");
    named_long.path = long.parse().unwrap();
    let bytes = packed(Format::TarGz, &[named_long]);
    let long = unpacked(Format::TarGz, &bytes, Limits::default()).unwrap_err();
    for error in [of(["a", "a/b"]), long] {
        assert!(matches!(error, Reason::Place { .. }), "{error:?}");
    }
}

#[test]
fn damaged_archives_are_refused() {
    for format in Format::ALL {
        assert!(
            unpacked(*format, b"no archive", Limits::default()).is_err(),
            "{format}"
        );
        let folder = tempfile::tempdir().unwrap();
        let bytes = packed(
            *format,
            &[member(folder.path(), "a", Mode::Record, &[7; 5000])],
        );
        let cut = unpacked(*format, &bytes[..bytes.len() / 2], Limits::default());
        assert!(cut.is_err(), "{format}");
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]

    #[test]
    fn an_archive_in_any_state_is_refused_or_its_files_lie_in_the_folder(
        format in proptest::sample::select(Format::ALL),
        changes in proptest::collection::vec((proptest::num::usize::ANY, proptest::num::u8::ANY), 1..8),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let mut bytes = packed(format, &[
            member(folder.path(), "d/program", Mode::Executable, &[7; 300]),
            member(folder.path(), "text", Mode::Record, b"text"),
        ]);
        for (place, byte) in changes {
            let place = place % bytes.len();
            bytes[place] = byte;
        }
        let archive = folder.path().join("archive");
        fs::write(&archive, &bytes).unwrap();
        let into = folder.path().join("into");
        fs::create_dir(&into).unwrap();
        let limits = Limits { bytes: 1000, files: 10 };
        if let Ok(members) = unpack(format, &archive, &into, limits) {
            for member in members {
                let real = fs::canonicalize(&member.from).unwrap();
                assert!(real.starts_with(fs::canonicalize(&into).unwrap()), "{real:?}");
            }
        }
    }
}
