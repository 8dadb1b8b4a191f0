//! Images as folders and tars, for others than gobuildx.

use std::fs;

use gobuildx::oci::{Reference, docker_archive};

use super::harness::{ran, run, skopeo, unpacked};
use super::program::{ARCHITECTURES, EPOCH, blueprint, image, program};

fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn skopeo_and_umoci_read_an_image_whose_programs_run_on_a_blank_system() {
    let temp = tempfile::tempdir().unwrap();
    let (_, image) = image(&blueprint("v1.0"), &temp.path().join("oci"));
    let all = format!("oci:{}/oci:v1.0", temp.path().display());
    for goarch in ARCHITECTURES {
        let inspected = json(&skopeo(["--override-arch", goarch, "inspect", &all]));
        assert_eq!(inspected["Architecture"], goarch);
        assert_eq!(inspected["Created"], "2023-11-14T22:13:20Z");
        assert_eq!(
            inspected["Labels"]["org.opencontainers.image.version"],
            "v1.0"
        );
        let platforms = image.platforms.iter();
        let mut built = platforms.filter(|built| built.platform.architecture == goarch);
        let built = built.next().unwrap();
        assert_eq!(inspected["Layers"][0], built.layer.digest.to_string());

        let bundle = temp.path().join(format!("{goarch}-bundle"));
        let root = unpacked(&all, goarch, &bundle);
        let names: Vec<_> = fs::read_dir(&root)
            .unwrap()
            .map(|one| one.unwrap().file_name())
            .collect();
        assert_eq!(names, ["hello"]);
        assert_eq!(
            fs::read(root.join("hello")).unwrap(),
            fs::read(program(goarch)).unwrap()
        );
        let config = json(&fs::read_to_string(bundle.join("config.json")).unwrap());
        let process = &config["process"];
        assert_eq!(process["args"], serde_json::json!(["/hello", "world"]));
        assert_eq!(
            (&process["user"]["uid"], &process["user"]["gid"]),
            (&65532.into(), &65532.into())
        );
        assert_eq!(
            ran(&root, goarch, &["world"]),
            format!("hello from {goarch} [world]\n")
        );
    }
}

#[test]
fn an_image_of_a_program_is_small() {
    let temp = tempfile::tempdir().unwrap();
    let (_, image) = image(&blueprint("v1"), &temp.path().join("oci"));
    for built in &image.platforms {
        let binary = fs::metadata(program(&built.platform.architecture))
            .unwrap()
            .len();
        assert!(built.size() < 15_000_000, "{}", built.size());
        // As it lies on a machine: the tar, how it is started, what leads to both, and the index.
        let unpacked = built.unpacked + built.config.size + built.manifest.size + image.index.size;
        assert!(unpacked <= binary + 4096, "{} more", unpacked - binary);
        assert!(built.size() < binary, "what is sent is packed");
    }
}

#[test]
fn skopeo_reads_both_formats_of_a_tar_for_docker() {
    let temp = tempfile::tempdir().unwrap();
    let (layout, image) = image(&blueprint("v1"), &temp.path().join("oci"));
    let name: Reference = "registry.example/team/hello:v1".parse().unwrap();
    for built in &image.platforms {
        let tar = temp.path().join(format!("{}.tar", built.platform.slug()));
        let out = fs::File::create(&tar).unwrap();
        docker_archive(&layout, &built.platform, &name, (EPOCH, out)).unwrap();
        let goarch = built.platform.architecture.as_str();
        for format in ["docker-archive", "oci-archive"] {
            let from = format!("{format}:{}", tar.display());
            let inspected = json(&skopeo([
                "--override-arch",
                goarch,
                "inspect",
                "--config",
                &from,
            ]));
            assert_eq!(inspected["architecture"], goarch, "{format}");
            assert_eq!(inspected["config"]["Entrypoint"][0], "/hello");
            // The content is read, too, and its digests are checked.
            let to = format!("dir:{}/{format}-{goarch}", temp.path().display());
            skopeo(["--override-arch", goarch, "copy", &from, &to]);
        }
        let names = run("tar", ["-tf", tar.to_str().unwrap()]);
        assert!(names.contains("manifest.json\noci-layout\n"), "{names}");
    }
}

#[test]
fn the_same_image_is_made_whatever_the_folder_and_the_modes_of_the_programs() {
    let temp = tempfile::tempdir().unwrap();
    let deep = temp.path().join("a/b/c/oci");
    let (_, one) = image(&blueprint("v1"), &deep);
    let mut other = blueprint("v1");
    for part in &mut other.parts {
        use std::os::unix::fs::PermissionsExt as _;
        let copy = temp.path().join(&part.platform.architecture);
        fs::copy(&part.program, &copy).unwrap();
        fs::set_permissions(&copy, fs::Permissions::from_mode(0o600)).unwrap();
        part.program = copy;
    }
    let flat = temp.path().join("oci");
    let (_, same) = image(&other, &flat);
    assert_eq!(one, same);
    run(
        "diff",
        ["-r", deep.to_str().unwrap(), flat.to_str().unwrap()],
    );
}
