//! Settings of Go that the user made and gobuildx doesn't follow, since the manifest alone decides.

use super::report::Note;
use crate::host::Environment;

/// The settings, and what does their work in a manifest.
const PINNED: &[(&str, &str)] = &[
    ("CC", "`toolchain` of a cell names the C compiler"),
    ("CGO_ENABLED", "`cgo` in [matrix] decides"),
    ("GO386", "`variants` in [matrix] decide"),
    ("GOAMD64", "`variants` in [matrix] decide"),
    ("GOARCH", "the targets decide"),
    ("GOARM", "`variants` in [matrix] decide"),
    ("GOARM64", "`variants` in [matrix] decide"),
    ("GODEBUG", "write it to `env` in [build]"),
    ("GOEXPERIMENT", "write it to `env` in [build]"),
    ("GOFIPS140", "write it to `env` in [build]"),
    ("GOFLAGS", "write them to `flags` and `tags` in [build]"),
    ("GOOS", "the targets decide"),
    ("GOTOOLCHAIN", "`go` in [project] names a release"),
    ("GOWORK", "the go.work beside the manifest is used, or none"),
];

/// What of the environment and of go's own env file has no effect.
#[must_use]
pub fn without_effect(env: &Environment, env_file: &str) -> Vec<Note> {
    PINNED
        .iter()
        .filter_map(|(name, instead)| {
            let (value, place) = match env.get(name) {
                Some(value) => (value.to_string_lossy().into_owned(), "the environment"),
                None => (in_file(env_file, name)?, "go's env file"),
            };
            Some(Note::hint(
                format!("{name}={value} in {place} has no effect on builds"),
                (*instead).to_owned(),
            ))
        })
        .collect()
}

/// The value of a setting in the file that `go env -w` writes.
fn in_file(file: &str, name: &str) -> Option<String> {
    let values = file.lines().filter_map(|line| line.split_once('='));
    let mut values = values.filter(|(key, value)| *key == name && !value.is_empty());
    values.next_back().map(|(_, value)| value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_user_set_is_told_of_with_its_place() {
        let env = Environment::of([("GOFLAGS", "-mod=mod"), ("GOPROXY", "off")]);
        let notes = without_effect(&env, "GOTOOLCHAIN=local\nGOFLAGS=-x\nGOSUMDB=off\n");
        let texts: Vec<&str> = notes.iter().map(|note| note.text.as_str()).collect();
        assert_eq!(
            texts,
            [
                "GOFLAGS=-mod=mod in the environment has no effect on builds",
                "GOTOOLCHAIN=local in go's env file has no effect on builds",
            ]
        );
    }

    #[test]
    fn the_list_is_sorted_and_without_settings_there_is_nothing_to_tell() {
        assert!(PINNED.is_sorted());
        assert!(without_effect(&Environment::default(), "").is_empty());
    }
}
