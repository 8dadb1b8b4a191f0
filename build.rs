//! Lists the files of `toolchains/`, so that adding a toolchain takes no Rust.

use std::fmt::Write as _;
use std::path::Path;
use std::{fs, io};

#[expect(
    clippy::disallowed_methods,
    reason = "cargo tells build scripts where to write by a variable"
)]
fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=toolchains");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("toolchains");
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "toml")
        {
            files.push(path);
        }
    }
    files.sort();
    let mut text = String::from(
        "/// The definitions under `toolchains/`, by name.\nconst BUILT_IN: &[(&str, &str)] = &[\n",
    );
    for path in files {
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        let _ = writeln!(
            text,
            "    ({name:?}, include_str!({:?})),",
            path.display().to_string()
        );
    }
    text.push_str("];\n");
    let out = std::env::var_os("OUT_DIR").unwrap_or_default();
    fs::write(Path::new(&out).join("toolchains.rs"), text)
}
