//! All definitions that there are: built in, the user's, the project's, in this order.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::definition::{Definition, DefinitionError, Origin, Origins};
use super::layer::Layer;
use super::name::ToolchainName;
use crate::failure::{Exit, Failure};
use crate::target::{Goarch, Goos, Target};

include!(concat!(env!("OUT_DIR"), "/toolchains.rs"));

/// The names of the definitions that are built in.
pub(super) fn built_in_names() -> impl Iterator<Item = &'static str> + Clone {
    BUILT_IN.iter().map(|(name, _)| *name)
}

/// Definitions by their names.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Library {
    definitions: BTreeMap<String, Definition>,
}

/// More definitions than anybody has one start from.
const LONGEST_CHAIN: usize = 8;

/// More bytes than any definition has.
const LONGEST: u64 = 256 * 1024;

/// Layers by the names of what they define, each with where it comes from.
type Layers = BTreeMap<String, Vec<(Origin, Layer)>>;

impl Library {
    /// What is built in alone.
    ///
    /// # Errors
    /// Never, which a test holds.
    pub fn built_in() -> Result<Self, LibraryError> {
        Self::new(Vec::new())
    }

    /// What is built in, and what other layers say over it, in this order.
    ///
    /// # Errors
    /// When a definition isn't whole, or starts from one that isn't there.
    pub fn new(others: Vec<(String, Origin, Layer)>) -> Result<Self, LibraryError> {
        let mut layers = Layers::new();
        for (name, text) in BUILT_IN {
            let layer = read(text, &Origin::BuiltIn, name)?;
            let one = (Origin::BuiltIn, layer);
            layers.entry((*name).to_owned()).or_default().push(one);
        }
        for (name, origin, layer) in others {
            let below = layers.get(&name).and_then(|layers| layers.last());
            // A copy of what is below says nothing: in gobuildx's own repository all are.
            if below.is_some_and(|(_, below)| *below == layer) {
                continue;
            }
            layers.entry(name).or_default().push((origin, layer));
        }
        let mut definitions = BTreeMap::new();
        for name in layers.keys() {
            definitions.insert(name.clone(), definition(name, &layers)?);
        }
        Ok(Self { definitions })
    }

    /// The definition with this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Definition> {
        self.definitions.get(name)
    }

    /// All definitions, by their names.
    pub fn iter(&self) -> impl Iterator<Item = &Definition> {
        self.definitions.values()
    }

    /// The definition of which the project says what may be started, of those that a cell names or may get.
    #[must_use]
    pub fn of_project_for(
        &self,
        (target, asked): (&Target, Option<&ToolchainName>),
        host: (Goos, Goarch),
    ) -> Option<&str> {
        let asked = asked.map(ToolchainName::definition);
        let ranked = self.iter().filter(|one| {
            asked.is_none() && one.rank.is_some() && one.serving(target, host).is_some()
        });
        let mut names = asked.into_iter().chain(ranked.map(|one| one.name.as_str()));
        let name = names.find(|name| self.is_of_project(name))?;
        self.get(name).map(|one| one.name.as_str())
    }

    /// Whether the project says something of a definition, or of one that it is like, that may start programs.
    #[must_use]
    pub fn is_of_project(&self, name: &str) -> bool {
        self.get(name).is_some_and(|one| one.of_project)
    }
}

/// All layers of a definition together, above what it is like.
fn definition(name: &str, layers: &Layers) -> Result<Definition, LibraryError> {
    let mut origins = Vec::new();
    let mut whole = Layer::default();
    let mut of_project = false;
    let mut seen = Vec::new();
    let mut next = Some(name.to_owned());
    while let Some(current) = next {
        let fault = |error| LibraryError::Definition {
            name: name.to_owned(),
            origin: origins.first().cloned().unwrap_or(Origin::BuiltIn),
            error,
        };
        if seen.contains(&current) {
            return Err(fault(Incomplete::Circle(current)));
        }
        if seen.len() > LONGEST_CHAIN {
            return Err(fault(Incomplete::Chain));
        }
        let Some(all) = layers.get(&current) else {
            let known = layers.keys().map(String::as_str);
            let help = crate::manifest::suggest(&current, known);
            return Err(fault(Incomplete::Like(current, help)));
        };
        let mut like = None;
        for (origin, layer) in all.iter().rev() {
            origins.push(origin.clone());
            of_project |= origin.is_of_project() && !layer.starts_nothing();
            like = like.or_else(|| layer.like.clone());
            let mut layer = layer.clone();
            if current != name {
                // What starts from another isn't chosen in its place.
                layer.rank = None;
            }
            whole = whole.over(layer);
        }
        seen.push(current);
        next = like;
    }
    let origin = origins.first().cloned().unwrap_or(Origin::BuiltIn);
    let from = Origins {
        layers: origins,
        of_project,
    };
    Definition::new(name, from, whole).map_err(|error| LibraryError::Definition {
        name: name.to_owned(),
        origin,
        error: Incomplete::Definition(error),
    })
}

/// Reads one file.
///
/// # Errors
/// When it is no definition.
pub fn read(text: &str, origin: &Origin, name: &str) -> Result<Layer, LibraryError> {
    toml::from_str(text).map_err(|error| LibraryError::Syntax {
        name: name.to_owned(),
        origin: origin.clone(),
        error: Box::new(error),
    })
}

/// Reads all files of a folder whose names end with `.toml`; a folder that isn't there has none.
///
/// # Errors
/// When one can't be read, or is no definition.
pub fn read_folder(
    folder: &Path,
    origin: impl Fn(PathBuf) -> Origin,
) -> Result<Vec<(String, Origin, Layer)>, LibraryError> {
    let unreadable = |path: &Path| {
        let path = path.to_owned();
        move |error| LibraryError::Unreadable { path, error }
    };
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(unreadable(folder)(error)),
    };
    let mut files = Vec::new();
    for entry in entries {
        let entry = entry.map_err(unreadable(folder))?;
        // Editors leave hidden ones.
        let is_hidden = entry.file_name().to_string_lossy().starts_with('.');
        let path = entry.path();
        let is_toml = path
            .extension()
            .is_some_and(|extension| extension == "toml");
        if is_toml && !is_hidden {
            files.push(path);
        }
    }
    files.sort();
    let mut layers = Vec::new();
    for path in files {
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        let is_name = |name: &ToolchainName| name.glibc().is_none();
        if !name.parse().is_ok_and(|name| is_name(&name)) {
            return Err(LibraryError::Name { path });
        }
        let text = read_text(&path).map_err(unreadable(&path))?;
        let name = name.into_owned();
        let origin = origin(path);
        let layer = read(&text, &origin, &name)?;
        layers.push((name, origin, layer));
    }
    Ok(layers)
}

/// The text of a file. What is no regular file may have no end, or keep its reader waiting.
fn read_text(path: &Path) -> std::io::Result<String> {
    let metadata = std::fs::metadata(path)?;
    let fault = |reason: &str| Err(std::io::Error::other(reason));
    if !metadata.is_file() {
        return fault("it is not a regular file");
    }
    if metadata.len() > LONGEST {
        return fault("it has more than 256 KiB");
    }
    std::fs::read_to_string(path)
}

/// What a definition lacks.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Incomplete {
    /// It starts from itself.
    #[error("it is like `{0}`, which is like it again")]
    Circle(String),
    /// It starts from one that starts from another, and so on.
    #[error("it is like one that is like another, more than {LONGEST_CHAIN} times")]
    Chain,
    /// It starts from one that isn't there.
    #[error("it is like `{0}`, and there is no such toolchain: {1}")]
    Like(String, String),
    /// It isn't whole.
    #[error(transparent)]
    Definition(#[from] DefinitionError),
}

/// Why there are no definitions.
#[derive(Debug, thiserror::Error)]
pub enum LibraryError {
    /// A file that can't be read.
    #[error("failed to read `{}`: {error}", .path.display())]
    Unreadable {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// A file whose name is none of a toolchain.
    #[error("failed to read `{}`: a toolchain is named after its file, and this is no name", .path.display())]
    Name {
        /// The file.
        path: PathBuf,
    },
    /// A file that is no definition.
    #[error("failed to read the toolchain `{name}` ({origin}): {}", .error.to_string().trim_end())]
    Syntax {
        /// Its name.
        name: String,
        /// Where it stands.
        origin: Origin,
        /// What is wrong, and where.
        error: Box<toml::de::Error>,
    },
    /// A definition that isn't whole.
    #[error("failed to use the toolchain `{name}` ({origin}): {error}")]
    Definition {
        /// Its name.
        name: String,
        /// Where its last layer stands.
        origin: Origin,
        /// What it lacks.
        error: Incomplete,
    },
}

impl Failure for LibraryError {
    fn exit(&self) -> Exit {
        match self {
            Self::Unreadable { .. } => Exit::Environment,
            Self::Name { .. } | Self::Syntax { .. } | Self::Definition { .. } => Exit::Manifest,
        }
    }

    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Unreadable { .. } => "let it be read, or move it away".to_owned(),
            Self::Name { .. } => {
                "use lower-case letters, digits and dashes, such as my-gcc.toml".to_owned()
            }
            Self::Syntax { .. } | Self::Definition { .. } => {
                "`gobuildx toolchains show zig-musl` prints one that is whole; docs/toolchains.md has all keys"
                    .to_owned()
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layer(name: &str, origin: Origin, text: &str) -> (String, Origin, Layer) {
        let layer = read(text, &origin, name).unwrap();
        (name.to_owned(), origin, layer)
    }

    #[test]
    fn every_definition_that_is_built_in_is_whole_and_says_how_to_get_it() {
        let library = Library::built_in().unwrap();
        let names: Vec<&str> = library.iter().map(|one| one.name.as_str()).collect();
        for wanted in [
            "apple-sdk",
            "clang",
            "container",
            "gnu",
            "gnu-cross",
            "host",
            "mingw-w64",
            "musl-gcc",
            "zig-apple",
            "zig-gnu",
            "zig-musl",
            "zig-windows",
        ] {
            assert!(names.contains(&wanted), "{wanted} of {names:?}");
        }
        for definition in library.iter() {
            assert!(
                definition.install.contains_key("page"),
                "{}",
                definition.name
            );
        }
    }

    #[test]
    fn a_later_layer_has_the_last_word_on_each_key() {
        let user = Origin::User("zig-musl.toml".into());
        let library = Library::new(vec![
            layer(
                "zig-musl",
                user.clone(),
                "rank = 1\n[environment]\nZIG_X = \"1\"\n",
            ),
            layer("zig-musl", Origin::Manifest, "rank = 2\n"),
        ])
        .unwrap();
        let zig = library.get("zig-musl").unwrap();
        assert_eq!(zig.rank, Some(2));
        assert!(zig.environment.contains_key("ZIG_X"));
        assert!(zig.commands.cc.is_some(), "the rest is as it was");
        assert_eq!(zig.origins, [Origin::Manifest, user, Origin::BuiltIn]);
    }

    #[test]
    fn a_copy_of_what_is_built_in_says_nothing() {
        let text = include_str!("../../toolchains/zig-musl.toml");
        let file = Origin::Project("toolchains/zig-musl.toml".into());
        let library = Library::new(vec![layer("zig-musl", file, text)]).unwrap();
        assert!(!library.is_of_project("zig-musl"));
        let zig = library.get("zig-musl").unwrap();
        assert_eq!(zig.origins, [Origin::BuiltIn]);
    }

    #[test]
    fn a_definition_may_start_from_another_one() {
        let text = "like = \"zig-musl\"\ndescription = \"mine\"\n";
        let library = Library::new(vec![layer("mine", Origin::Manifest, text)]).unwrap();
        let mine = library.get("mine").unwrap();
        assert_eq!(mine.description, "mine");
        assert_eq!(mine.serves, library.get("zig-musl").unwrap().serves);
    }

    #[test]
    fn what_starts_from_itself_or_from_nothing_is_refused() {
        for text in ["like = \"mine\"\n", "like = \"nobody\"\n"] {
            let refused = Library::new(vec![layer("mine", Origin::Manifest, text)]);
            assert!(
                refused.unwrap_err().to_string().contains("it is like"),
                "{text}"
            );
        }
    }

    #[test]
    fn what_may_start_something_is_the_projects_also_by_what_it_is_like() {
        let harmless = "rank = 3\n";
        let library = Library::new(vec![layer("clang", Origin::Manifest, harmless)]).unwrap();
        assert!(!library.is_of_project("clang"));
        // A compiler looks for its linker there.
        let places = "[sysroot]\nfolders = [\"sdk\"]\n";
        let library = Library::new(vec![layer("clang", Origin::Manifest, places)]).unwrap();
        assert!(library.is_of_project("clang"));
        let user = Origin::User("mine.toml".into());
        let library = Library::new(vec![
            layer("mine", user, "like = \"clang\"\n"),
            layer("clang", Origin::Manifest, places),
        ]);
        assert!(library.unwrap().is_of_project("mine"));
        let starts = "[commands]\ncc = [\"{clang}\", \"-fplugin=x\"]\n";
        let library = Library::new(vec![layer("clang", Origin::Manifest, starts)]).unwrap();
        assert!(library.is_of_project("clang"));
        let user = Origin::User("clang.toml".into());
        let library = Library::new(vec![layer("clang", user, starts)]).unwrap();
        assert!(!library.is_of_project("clang"));
    }

    #[test]
    fn faults_name_the_toolchain_and_the_line() {
        let error = read("rank = 1\nrnak = 2\n", &Origin::Manifest, "mine").unwrap_err();
        let text = error.to_string();
        assert!(text.contains("`mine`") && text.contains("line 2"), "{text}");
        for (text, said) in [
            ("description = \"x\"\n", "no `serves`"),
            (
                "description = \"x\"\n[[serves]]\ntargets = [\"linux\"]\n",
                "no `commands.cc`",
            ),
            (
                "description = \"x\"\n[[serves]]\ntargets = [\"linux\"]\n[commands]\ncc = [\"{gcc}\"]\n",
                "`{gcc}` stands for nothing",
            ),
            (
                "description = \"x\"\n[[serves]]\ntargets = [\"linux\"]\n[commands]\ncc = [\"gcc\"]\n",
                "starts with a word of its own",
            ),
            (
                "like = \"zig-musl\"\n[environment]\nGOFLAGS = \"x\"\n",
                "`GOFLAGS` can't be set",
            ),
            (
                "like = \"zig-musl\"\n[install]\naptitude = \"gcc\"\n",
                "`install.aptitude` is none: there are apt, ",
            ),
            (
                "like = \"zig-musl\"\n[sysroot]\nfolders = [\"/opt/{board}\"]\n",
                "`{board}` stands for nothing",
            ),
            (
                "like = \"zig-musl\"\n[flags]\ncflags = [\"-DX='\\\"'\"]\n",
                "has both kinds of quotes",
            ),
            (
                "like = \"zig-musl\"\n[[serves]]\ntargets = [\"linux/amd46\"]\n",
                "`linux/amd46` selects no target",
            ),
            (
                "like = \"zig-musl\"\n[[program]]\nname = \"zig\"\ncommand = [\"zig\"]\nversion = []\n\
                 machine = { ask = [], says = \"[\" }\n",
                "`[` is no pattern",
            ),
        ] {
            let error = Library::new(vec![layer("mine", Origin::Manifest, text)]).unwrap_err();
            assert!(error.to_string().contains(said), "{error}");
        }
    }
}
