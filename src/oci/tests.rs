use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{Cursor, Read as _};
use std::path::{Path, PathBuf};

use super::*;
use crate::atomic::OutputFolder;
use crate::failure::{Exit, Failure as _};
use crate::process::{Cancel, Reason};

const EPOCH: u64 = 1_700_000_000;

/// A folder with programs, and one for the image.
struct Place {
    temp: tempfile::TempDir,
    into: OutputFolder,
}

impl Place {
    fn new() -> Self {
        let temp = tempfile::tempdir().unwrap();
        let into = OutputFolder::create(temp.path().join("oci")).unwrap();
        Self { temp, into }
    }

    fn part(&self, target: &str, bytes: &[u8]) -> Part {
        let program = self.temp.path().join(target.replace('/', "_"));
        fs::write(&program, bytes).unwrap();
        Part {
            platform: Platform::of(&target.parse().unwrap()).unwrap(),
            program,
            digest: Digest::of(bytes),
            extras: BTreeSet::new(),
        }
    }

    fn write(&self, blueprint: &Blueprint) -> Result<(Layout, Image), ImageError> {
        let materials = Materials {
            ca_roots: Some(b"roots".to_vec()),
            zone_info: None,
        };
        Layout::write(blueprint, &materials, &self.into, &Cancel::new())
    }

    fn blob(&self, descriptor: &Descriptor) -> PathBuf {
        let path = format!("blobs/sha256/{}", descriptor.digest.hex());
        self.into.path().join(path)
    }

    fn json<T: serde::de::DeserializeOwned>(&self, descriptor: &Descriptor) -> T {
        serde_json::from_slice(&fs::read(self.blob(descriptor)).unwrap()).unwrap()
    }

    /// The entries of a layer: path, mode, owner, and content.
    fn entries(&self, layer: &Descriptor) -> Vec<(String, String)> {
        let mut tar = Vec::new();
        let packed = fs::File::open(self.blob(layer)).unwrap();
        let mut unpacked = flate2::read::GzDecoder::new(packed);
        unpacked.read_to_end(&mut tar).unwrap();
        entries(&tar)
    }
}

/// Of each entry of a tar: its path, its mode with its kind, and its content.
fn entries(tar: &[u8]) -> Vec<(String, String)> {
    let mut archive = ::tar::Archive::new(tar);
    let entries = archive.entries().unwrap().map(|entry| {
        let mut entry = entry.unwrap();
        let header = entry.header().clone();
        assert_eq!((header.uid().unwrap(), header.gid().unwrap()), (0, 0));
        assert_eq!(header.mtime().unwrap(), EPOCH);
        let mode = header.mode().unwrap();
        let path = entry.path().unwrap().to_string_lossy().into_owned();
        let mut text = String::new();
        entry.read_to_string(&mut text).unwrap();
        (path, format!("{mode:o} {text}"))
    });
    entries.collect()
}

fn blueprint(parts: Vec<Part>) -> Blueprint {
    Blueprint {
        program: "app".parse().unwrap(),
        tag: "v1".parse().unwrap(),
        args: vec!["serve".to_owned()],
        env: [("A".to_owned(), "b c".to_owned())].into(),
        ports: [Port::tcp(8080)].into(),
        user: User::default(),
        labels: Labels {
            version: Some("v1".to_owned()),
            ..Labels::default()
        },
        epoch: EPOCH,
        parts,
    }
}

fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut all = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            let below = files(&path).into_iter();
            all.extend(
                below.map(|(name, bytes)| (Path::new(path.file_name().unwrap()).join(name), bytes)),
            );
        } else {
            all.insert(path.file_name().unwrap().into(), fs::read(&path).unwrap());
        }
    }
    all
}

#[test]
fn an_image_is_its_program_and_nothing_else() {
    let place = Place::new();
    let part = place.part("linux/amd64", b"program");
    let (layout, image) = place.write(&blueprint(vec![part])).unwrap();
    assert_eq!(layout.root().digest, image.index.digest);
    assert_eq!(layout.tag(), Some("v1"));
    let built = &image.platforms[0];
    let expected = ("app".to_owned(), "755 program".to_owned());
    assert_eq!(place.entries(&built.layer), [expected]);

    let config: ImageConfig = place.json(&built.config);
    assert_eq!(config.created, "2023-11-14T22:13:20Z");
    assert_eq!(config.config.user, "65532:65532");
    assert_eq!(config.config.entrypoint, ["/app"]);
    assert_eq!(config.config.cmd, ["serve"]);
    assert_eq!(config.config.env, ["A=b c"]);
    assert!(config.config.exposed_ports.contains_key("8080/tcp"));
    assert_eq!(
        config.config.labels["org.opencontainers.image.version"],
        "v1"
    );
    let mut tar = Vec::new();
    let layer = fs::File::open(place.blob(&built.layer)).unwrap();
    flate2::read::GzDecoder::new(layer)
        .read_to_end(&mut tar)
        .unwrap();
    assert_eq!(config.rootfs.diff_ids, [Digest::of(&tar)]);
    assert_eq!(built.unpacked, tar.len() as u64);
}

#[test]
fn what_a_program_needs_is_there_with_its_modes_in_the_order_of_the_paths() {
    let place = Place::new();
    let mut part = place.part("linux/arm64", b"program");
    part.extras = [
        Extra::CaRoots,
        Extra::Passwd,
        Extra::Group,
        Extra::Tmp,
        Extra::Home,
    ]
    .into();
    let (_, image) = place.write(&blueprint(vec![part])).unwrap();
    let entries = place.entries(&image.platforms[0].layer);
    let shown: Vec<String> = entries
        .iter()
        .map(|(path, what)| format!("{path} {what}"))
        .collect();
    assert_eq!(
        shown,
        [
            "app 755 program",
            "etc/ 755 ",
            "etc/group 644 app:x:65532:\n",
            "etc/passwd 644 app:x:65532:65532:app:/:/sbin/nologin\n",
            "etc/ssl/ 755 ",
            "etc/ssl/certs/ 755 ",
            "etc/ssl/certs/ca-certificates.crt 644 roots",
            "tmp/ 1777 ",
        ]
    );
    let config: ImageConfig = place.json(&image.platforms[0].config);
    assert_eq!(config.config.env, ["A=b c", "HOME=/"]);
}

#[test]
fn each_platform_has_its_own_manifest_in_an_order_of_their_own() {
    let (one, other) = (Place::new(), Place::new());
    let parts = |place: &Place| {
        ["linux/arm64", "linux/amd64", "linux/arm/6"]
            .map(|target| place.part(target, target.as_bytes()))
    };
    let (_, image) = one.write(&blueprint(parts(&one).into())).unwrap();
    let mut backwards = parts(&other);
    backwards.reverse();
    let (_, same) = other.write(&blueprint(backwards.into())).unwrap();
    assert_eq!(image, same);
    assert_eq!(files(one.into.path()), files(other.into.path()));
    let index: Index = one.json(&image.index);
    let platforms: Vec<String> = index
        .manifests
        .iter()
        .map(|one| one.platform.as_ref().unwrap().to_string())
        .collect();
    assert_eq!(platforms, ["linux/amd64", "linux/arm/v6", "linux/arm64"]);
}

#[test]
fn no_program_gets_into_an_image_but_the_one_that_was_proven() {
    let place = Place::new();
    let part = place.part("linux/amd64", b"program");
    fs::write(&part.program, b"progrbm").unwrap();
    let error = place.write(&blueprint(vec![part])).unwrap_err();
    assert!(matches!(error, ImageError::Changed { .. }), "{error}");
    assert_eq!(error.exit(), Exit::Failed);
    assert!(!place.into.path().join("index.json").exists());
    assert!(files(place.into.path()).is_empty());
}

#[test]
fn what_is_needed_and_isnt_there_is_told_of_with_what_helps() {
    let place = Place::new();
    let mut part = place.part("linux/amd64", b"program");
    part.extras = [Extra::ZoneInfo].into();
    let error = place.write(&blueprint(vec![part])).unwrap_err();
    assert!(matches!(error, ImageError::NoMaterial { .. }), "{error}");
    assert!(error.hint().unwrap().contains("tzdata = true"));
}

#[test]
fn an_image_of_nothing_or_of_two_programs_for_one_platform_is_refused() {
    let place = Place::new();
    let error = place.write(&blueprint(Vec::new())).unwrap_err();
    assert!(matches!(error, ImageError::Empty));
    let parts = [b"one", b"two"].map(|bytes| place.part("linux/amd64", bytes));
    let error = place.write(&blueprint(parts.into())).unwrap_err();
    assert!(matches!(error, ImageError::Twice(_)), "{error}");
}

#[test]
fn a_stop_leaves_the_former_image() {
    let place = Place::new();
    let part = place.part("linux/amd64", b"program");
    let (_, image) = place.write(&blueprint(vec![part])).unwrap();
    let cancel = Cancel::new();
    cancel.trigger(Reason::Failed);
    let part = place.part("linux/amd64", b"other");
    let stopped = Layout::write(
        &blueprint(vec![part]),
        &Materials::default(),
        &place.into,
        &cancel,
    );
    assert!(matches!(stopped, Err(ImageError::Cancelled(_))));
    let layout = Layout::open(place.into.path()).unwrap();
    assert_eq!(layout.root().digest, image.index.digest);
    layout.contents().unwrap();
}

#[test]
fn nothing_is_left_of_a_former_image() {
    let place = Place::new();
    let former = place.part("linux/amd64", b"former");
    place.write(&blueprint(vec![former])).unwrap();
    // Of a run that was killed.
    for left in [".gobuildx-x1", "blobs/sha256/.gobuildx-x2"] {
        fs::write(place.into.path().join(left), "left").unwrap();
    }
    let (again, new) = (Place::new(), b"new");
    let part = place.part("linux/amd64", new);
    let (_, image) = place.write(&blueprint(vec![part])).unwrap();
    let part = again.part("linux/amd64", new);
    let (_, fresh) = again.write(&blueprint(vec![part])).unwrap();
    assert_eq!(image, fresh);
    assert_eq!(files(place.into.path()), files(again.into.path()));
}

#[test]
fn the_contents_come_with_what_leads_to_them_last() {
    let place = Place::new();
    let parts = ["linux/amd64", "linux/arm64"].map(|target| place.part(target, b"same"));
    let (layout, image) = place.write(&blueprint(parts.into())).unwrap();
    let contents = layout.contents().unwrap();
    // One layer, since the programs are the same, and two configurations.
    assert_eq!(contents.blobs.len(), 3);
    let last = contents.manifests.last().unwrap();
    assert_eq!(last.descriptor.digest, image.index.digest);
    assert_eq!(contents.manifests.len(), 3);
}

#[test]
fn a_flipped_byte_is_named() {
    let place = Place::new();
    let part = place.part("linux/amd64", b"program");
    let (layout, image) = place.write(&blueprint(vec![part])).unwrap();
    let built = &image.platforms[0];
    for descriptor in [&image.index, &built.manifest, &built.layer, &built.config] {
        let path = place.blob(descriptor);
        let bytes = fs::read(&path).unwrap();
        let mut changed = bytes.clone();
        changed[7] ^= 1;
        fs::write(&path, changed).unwrap();
        let whole: Result<Vec<()>, LayoutError> = layout.contents().and_then(|contents| {
            let blobs = contents.blobs.iter();
            blobs.map(|blob| layout.blob(blob).map(drop)).collect()
        });
        let error = whole.unwrap_err();
        assert!(
            error.to_string().contains(descriptor.digest.hex()),
            "{error}"
        );
        fs::write(&path, bytes).unwrap();
    }
}

#[test]
fn a_folder_that_holds_no_image_is_refused() {
    let place = Place::new();
    let error = Layout::open(place.into.path()).unwrap_err();
    assert!(error.to_string().contains("oci-layout"), "{error}");
    fs::write(
        place.into.path().join("oci-layout"),
        r#"{"imageLayoutVersion":"1.0.0"}"#,
    )
    .unwrap();
    for (index, expected) in [
        ("{", "not as it should be"),
        (r#"{"schemaVersion":2,"manifests":[]}"#, "leads to 0 images"),
        (
            r#"{"schemaVersion":2,"manifests":[{"mediaType":"x","digest":"sha256:../../x","size":1}]}"#,
            "not as it should be",
        ),
    ] {
        fs::write(place.into.path().join("index.json"), index).unwrap();
        let error = Layout::open(place.into.path()).unwrap_err();
        assert!(error.to_string().contains(expected), "{error}");
    }
}

#[test]
fn a_tar_for_docker_leads_to_the_same_files_in_both_of_its_formats() {
    let place = Place::new();
    let parts = ["linux/amd64", "linux/arm64"].map(|target| place.part(target, target.as_bytes()));
    let (layout, image) = place.write(&blueprint(parts.into())).unwrap();
    let built = &image.platforms[1];
    let name: Reference = "registry.example/team/app:v1".parse().unwrap();
    let out = Cursor::new(Vec::new());
    let tar = docker_archive(&layout, &built.platform, &name, (EPOCH, out)).unwrap();
    let entries: BTreeMap<String, String> = archived(&tar.into_inner());
    let loaded: serde_json::Value = serde_json::from_str(&entries["manifest.json"]).unwrap();
    assert_eq!(loaded[0]["RepoTags"][0], "registry.example/team/app:v1");
    let config = format!("blobs/sha256/{}", built.config.digest.hex());
    let layer = format!("blobs/sha256/{}", built.layer.digest.hex());
    assert_eq!(loaded[0]["Config"], config.as_str());
    assert_eq!(loaded[0]["Layers"][0], layer.as_str());
    let index: Index = serde_json::from_str(&entries["index.json"]).unwrap();
    assert_eq!(index.manifests[0].digest, built.manifest.digest);
    assert_eq!(entries.len(), 6);
    assert!(entries.contains_key(&config) && entries.contains_key(&layer));

    let windows = Platform {
        os: "windows".to_owned(),
        ..built.platform.clone()
    };
    let error = docker_archive(&layout, &windows, &name, (EPOCH, Vec::new())).unwrap_err();
    assert!(
        error
            .to_string()
            .ends_with("it has nothing for windows/arm64"),
        "{error}"
    );
}

fn archived(tar: &[u8]) -> BTreeMap<String, String> {
    let mut archive = ::tar::Archive::new(tar);
    let entries = archive.entries().unwrap().map(|entry| {
        let mut entry = entry.unwrap();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        let path = entry.path().unwrap().to_string_lossy().into_owned();
        (path, String::from_utf8_lossy(&bytes).into_owned())
    });
    entries.collect()
}

#[test]
fn an_image_is_hardly_larger_than_its_program() {
    let place = Place::new();
    // Nothing that gzip could make smaller.
    let bytes: Vec<u8> = (0_u32..100_000)
        .flat_map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes())
        .collect();
    let part = place.part("linux/amd64", &bytes);
    let (_, image) = place.write(&blueprint(vec![part])).unwrap();
    let built = &image.platforms[0];
    let all = files(place.into.path());
    let texts: u64 = all.values().map(|file| file.len() as u64).sum::<u64>() - built.layer.size;
    let more = built.unpacked + texts - bytes.len() as u64;
    assert!(more <= 4096, "{more} bytes more than the program");
}

#[test]
fn a_dockerfile_builds_what_was_built_and_starts_it_in_the_same_way() {
    let mut blueprint = blueprint(Vec::new());
    blueprint.labels.title = Some("a \"$b\"".to_owned());
    let (go, env) = (
        "1.26.8".parse().unwrap(),
        [("GOOS".to_owned(), "linux".to_owned())].into(),
    );
    let words = ["-trimpath", "-ldflags=-X main.v=it's", "./cmd/app"].map(str::to_owned);
    let text = dockerfile(&Dockerfile {
        build: BuildStage {
            folder: "",
            go: &go,
            env: &env,
            words: &words,
        },
        findings: &[],
        blueprint: &blueprint,
        platform: &Platform::of(&"linux/amd64".parse().unwrap()).unwrap(),
    });
    let expected = r#"FROM --platform=$BUILDPLATFORM golang:1.26.8 AS build
WORKDIR /src
COPY . .
RUN ["env","GOOS=linux","go","build","-o","/image/app","-trimpath","-ldflags=-X main.v=it's","./cmd/app"]

# The files come from a stage named `build`: the system that the program was built on.
FROM --platform=linux/amd64 scratch
COPY --from=build ["/image/app","/app"]
ENTRYPOINT ["/app"]
ENV A="b c"
EXPOSE 8080/tcp
USER 65532:65532
LABEL "org.opencontainers.image.created"="2023-11-14T22:13:20Z"
LABEL "org.opencontainers.image.title"="a \"\$b\""
LABEL "org.opencontainers.image.version"="v1"
CMD ["serve"]
"#;
    assert_eq!(text, expected);
}
