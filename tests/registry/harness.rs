//! Runs tools, and looks at what they say.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use gobuildx::host::{Environment, Host};
use gobuildx::oci::{Layout, Repository, Tag};
use gobuildx::process::Cancel;
use gobuildx::registry::{Client, Moving, PushedTag, Retries};
use std::time::Duration;

/// A command that has to succeed.
pub(crate) fn run(program: &str, args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> String {
    let output = try_run(program, args);
    assert!(
        output.status.success(),
        "{program}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

pub(crate) fn try_run(program: &str, args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Output {
    let mut command = Command::new(program);
    command.args(args).output().unwrap()
}

/// skopeo, which trusts images as gobuildx doesn't sign them for it.
pub(crate) fn skopeo<'a>(args: impl IntoIterator<Item = &'a str>) -> String {
    run("skopeo", ["--insecure-policy"].into_iter().chain(args))
}

/// A machine whose user has this home, and nothing else.
pub(crate) fn host_of(home: &Path) -> Host {
    let mut host = Host::probe().unwrap();
    let path = format!("{}:/usr/bin:/bin", home.join("bin").display());
    let env = Environment::of([("HOME", home.to_str().unwrap()), ("PATH", &path)]);
    host.env = env.clone();
    host.user_env = env;
    host
}

/// Who talks to a repository, and tries again at once.
pub(crate) fn client(repository: &Repository, home: &Path) -> Client {
    Client::new(repository, &host_of(home), &Cancel::new()).retrying(Retries {
        most: 2,
        pause: Duration::ZERO,
    })
}

/// The tag of a layout, which may not be another image's before.
pub(crate) fn tag_of(layout: &Layout) -> PushedTag {
    let tag: Tag = layout.tag().unwrap().parse().unwrap();
    PushedTag {
        tag,
        moving: Moving::Refused,
    }
}

/// Unpacks an image for an architecture: its root. The bundle beside it says how it is started.
pub(crate) fn unpacked(image: &str, goarch: &str, bundle: &Path) -> PathBuf {
    // umoci takes images for one platform.
    let single = bundle.with_extension("single");
    let single = format!("{}:one", single.display());
    skopeo([
        "--override-arch",
        goarch,
        "copy",
        image,
        &format!("oci:{single}"),
    ]);
    let bundle = bundle.to_str().unwrap();
    run(
        "umoci",
        ["unpack", "--rootless", "--image", &single, bundle],
    );
    Path::new(bundle).join("rootfs")
}

/// Runs the program of an unpacked image on a blank system.
pub(crate) fn ran(root: &Path, goarch: &str, args: &[&str]) -> String {
    let mut words = vec!["--unshare-all", "--clearenv", "--tmpfs", "/"];
    let from = root.join("hello");
    words.extend(["--ro-bind", from.to_str().unwrap(), "/hello"]);
    let emulator = "/usr/bin/qemu-aarch64-static";
    let is_foreign = goarch != gobuildx::host::platform().1.to_string();
    if is_foreign {
        words.extend(["--ro-bind", emulator, "/emulator"]);
    }
    words.extend(["--remount-ro", "/", "--"]);
    words.extend(is_foreign.then_some("/emulator"));
    words.push("/hello");
    words.extend(args);
    run("bwrap", words)
}
