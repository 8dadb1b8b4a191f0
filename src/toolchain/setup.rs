//! A toolchain as go is told of it: a definition and what of it is installed, put together. Pure.

use std::collections::BTreeMap;
use std::path::PathBuf;

use sha2::{Digest as _, Sha256};

use super::choose::Candidate;
use super::definition::Definition;
use super::installed::{Found, Installed, value_of};
use super::layer::{CLibrary, Commands, Container, Links, Reach};
use super::name::ToolchainName;
use super::template::Template;
use crate::digest::hex;
use crate::go_words::join_for_go;
use crate::version::Version;

/// A toolchain for a target on this machine.
#[derive(Clone, Debug, PartialEq)]
pub struct Setup {
    /// Its name, with its release of glibc.
    pub name: ToolchainName,
    /// The C library.
    pub c_library: Option<CLibrary>,
    /// What decides what it makes: the same wherever it is installed.
    pub identity: BTreeMap<String, String>,
    /// What it starts.
    pub commands: BTreeMap<&'static str, Starter>,
    /// What it starts in their place with `-asan`.
    pub asan: BTreeMap<&'static str, Starter>,
    /// Variables that decide what is made.
    pub variables: BTreeMap<String, String>,
    /// Variables that say where something is on this machine.
    pub places: BTreeMap<String, String>,
    /// Flags of Go's linker.
    pub link: Links,
    /// The image in which go itself runs.
    pub container: Option<Container>,
    /// The user that files will belong to, where that has to be said: `1000:1000`.
    pub user: Option<String>,
    /// The files whose change is a change of the toolchain.
    pub files: Vec<PathBuf>,
    /// Its programs.
    pub programs: BTreeMap<String, Found>,
    /// Which of them compiles C.
    pub compiler: Option<String>,
}

/// What go starts: by one word, which is part of the key by which go remembers what it compiled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Starter {
    /// The word.
    pub word: String,
    /// All words, where the word is the name of a script that starts them; none where PATH has a program of that name.
    pub words: Option<Vec<String>>,
}

impl Starter {
    /// Whether it only says that there is none.
    #[must_use]
    pub fn refuses(&self) -> bool {
        let first = self.words.as_ref().and_then(|words| words.first());
        first.is_some_and(|word| word == SHELL)
    }

    /// What a user types.
    #[must_use]
    pub fn by_hand(&self) -> Vec<&str> {
        match &self.words {
            Some(words) => words.iter().map(String::as_str).collect(),
            None => vec![&self.word],
        }
    }
}

/// What says that there is no such command.
const SHELL: &str = "/bin/sh";

impl Setup {
    /// Puts together what a candidate defines and what of it is installed.
    #[must_use]
    pub fn new(candidate: &Candidate<'_>, installed: &Installed) -> Self {
        let filler = Filler {
            candidate,
            installed,
            glibc: candidate.name.glibc().map(|glibc| glibc.to_string()),
        };
        let definition = candidate.definition;
        let flags = definition.flags.by_variable();
        let mut variables = BTreeMap::new();
        let mut places = BTreeMap::new();
        for (variable, words) in flags {
            // Setting the variable takes go's own flags away.
            let own: &[&str] = match variable {
                "CGO_LDFLAGS" => &[],
                _ => &["-g", "-O2"],
            };
            let own = own.iter().copied();
            let words = filler.fill(words);
            let words = own.chain(words.iter().map(String::as_str));
            variables.insert(variable.to_owned(), join_for_go(words));
        }
        for (variable, value) in &definition.environment {
            let of = if value.names().any(|name| filler.is_of_machine(name)) {
                &mut places
            } else {
                &mut variables
            };
            of.extend(filler.one(value).map(|value| (variable.clone(), value)));
        }
        Self {
            name: candidate.name.clone(),
            c_library: definition.c_library,
            identity: filler.identity(),
            commands: filler.with_refusals(filler.starters(&definition.commands)),
            asan: filler.starters(&definition.asan),
            variables,
            places,
            link: definition.link.clone(),
            container: definition.container.clone(),
            user: installed.user.clone(),
            files: filler.files(),
            programs: installed.programs.clone(),
            compiler: definition.compiler().map(str::to_owned),
        }
    }

    /// The scripts that go starts, each by its name with its words.
    pub fn scripts(&self) -> impl Iterator<Item = (&str, &[String])> {
        let all = self.commands.values().chain(self.asan.values());
        all.filter_map(|starter| Some((starter.word.as_str(), starter.words.as_deref()?)))
    }
}

/// Replaces placeholders.
struct Filler<'a> {
    candidate: &'a Candidate<'a>,
    installed: &'a Installed,
    glibc: Option<String>,
}

impl Filler<'_> {
    fn definition(&self) -> &Definition {
        self.candidate.definition
    }

    /// What a placeholder stands for that is no program.
    fn value(&self, name: &str) -> Option<&str> {
        match name {
            "glibc" => self.glibc.as_deref(),
            "sysroot" => self.installed.sysroot.as_deref()?.to_str(),
            name => value_of(self.candidate.serves, name),
        }
    }

    /// Whether a placeholder stands for something else on each machine.
    fn is_of_machine(&self, name: &str) -> bool {
        let mut programs = self.definition().programs.iter();
        name == "sysroot" || programs.any(|program| program.name == name)
    }

    fn one(&self, template: &Template) -> Option<String> {
        let programs = &self.installed.programs;
        template.fill(|name| match programs.get(name) {
            Some(found) => found.file.to_str(),
            None => self.value(name),
        })
    }

    fn fill(&self, words: &[Template]) -> Vec<String> {
        words.iter().filter_map(|word| self.one(word)).collect()
    }

    /// The commands whose programs are there.
    fn starters(&self, commands: &Commands) -> BTreeMap<&'static str, Starter> {
        let all = commands.by_variable();
        all.filter_map(|(variable, words)| Some((variable, self.starter(variable, words)?)))
            .collect()
    }

    /// What go would take from this machine where a definition has none, though it is for something else: a command
    /// that says so in its place.
    fn with_refusals(
        &self,
        mut commands: BTreeMap<&'static str, Starter>,
    ) -> BTreeMap<&'static str, Starter> {
        let Definition {
            c_library,
            reach,
            container,
            ..
        } = self.definition();
        let is_machines = *reach == Reach::Own && *c_library != Some(CLibrary::Musl);
        if is_machines || container.is_some() || cfg!(windows) {
            return commands;
        }
        let refusals = [
            ("CXX", "it has no C++ compiler here"),
            (
                "PKG_CONFIG",
                "it has no pkg-config, and that of this machine tells of libraries for this machine",
            ),
        ];
        for (variable, why) in refusals {
            let name = &self.candidate.name;
            let words = [SHELL, "-c"].map(str::to_owned).into_iter();
            let says = format!("echo 'the toolchain {name}: {why}' >&2; exit 1");
            commands.entry(variable).or_insert_with(|| Starter {
                word: format!("{name}-no-{}", variable.to_lowercase().replace('_', "-")),
                words: Some(words.chain([says]).collect()),
            });
        }
        commands
    }

    fn starter(&self, variable: &str, words: &[Template]) -> Option<Starter> {
        let (first, rest) = words.split_first()?;
        let found = match first.whole() {
            Some(name) if self.is_of_machine(name) => Some(self.installed.programs.get(name)?),
            _ => None,
        };
        let rest = self.fill(rest);
        let (name, mut all) = if let Some(found) = found {
            let file = found.file.to_str()?.to_owned();
            let args = found.args.iter().cloned();
            let all = std::iter::once(file).chain(args).collect();
            (found.name.clone(), all)
        } else {
            let word = self.one(first)?;
            (Some(word.clone()), vec![word])
        };
        // A variable decides what is made, too, and only the word of a script tells go of it.
        let is_plain = rest.is_empty() && self.definition().environment.is_empty();
        if let Some(word) = name.filter(|_| is_plain) {
            return Some(Starter { word, words: None });
        }
        all.extend(rest);
        Some(Starter {
            word: self.script_name(variable, words),
            words: Some(all),
        })
    }

    /// The name of a script: the same wherever its programs lie, another one where they are called otherwise.
    fn script_name(&self, variable: &str, words: &[Template]) -> String {
        let mut digest = Sha256::new();
        let environment = self.definition().environment.iter();
        let environment = environment.flat_map(|(name, value)| [name.clone(), self.told(value)]);
        // Another sysroot has other headers. What changes in it is not known, as with those of the system.
        let sysroot = self.installed.sysroot.as_ref();
        let sysroot = sysroot.map(|folder| folder.to_string_lossy().into_owned());
        let words = words.iter().map(|word| self.told(word));
        for text in words.chain(environment).chain(sysroot) {
            digest.update(text);
            digest.update([0]);
        }
        let digest = hex(&digest.finalize());
        let digest = digest.get(..8).unwrap_or(&digest);
        let of = match &self.candidate.serves.triple {
            Some(triple) => format!("{}-{triple}", self.candidate.name),
            None => self.candidate.name.to_string(),
        };
        format!("{of}-{digest}-{}", variable.to_lowercase())
    }

    /// A text without what is the machine's own: of a program its name and the arguments that always come first, of a
    /// sysroot its own name.
    fn told(&self, template: &Template) -> String {
        let programs: BTreeMap<&str, String> = self
            .installed
            .programs
            .iter()
            .map(|(name, found)| {
                (
                    name.as_str(),
                    [std::slice::from_ref(name), found.args.as_slice()]
                        .concat()
                        .join(" "),
                )
            })
            .collect();
        let text = template.fill(|name| match name {
            "sysroot" => self.installed.sysroot.as_deref()?.file_name()?.to_str(),
            name => programs
                .get(name)
                .map(String::as_str)
                .or_else(|| self.value(name)),
        });
        text.unwrap_or_default()
    }

    /// What decides what is made: versions of programs, and words of commands.
    fn identity(&self) -> BTreeMap<String, String> {
        let programs = self.installed.programs.iter();
        let version = |version: &Option<Version>| version.as_ref().map(ToString::to_string);
        let mut identity: BTreeMap<String, String> = programs
            .map(|(name, found)| (name.clone(), version(&found.version).unwrap_or_default()))
            .collect();
        let sysroot = self.installed.sysroot.as_deref();
        let sysroot = sysroot.and_then(|folder| folder.file_name()?.to_str());
        identity.extend(sysroot.map(|name| ("sysroot".to_owned(), name.to_owned())));
        let Definition {
            commands,
            asan,
            environment,
            container,
            ..
        } = self.definition();
        let told = |words: &[Template]| {
            let words: Vec<String> = words.iter().map(|word| self.told(word)).collect();
            words.join(" ")
        };
        let commands = commands.by_variable();
        identity.extend(commands.map(|(name, words)| (name.to_owned(), told(words))));
        let asan = asan.by_variable();
        identity.extend(asan.map(|(name, words)| (format!("asan {name}"), told(words))));
        let environment = environment.iter();
        identity.extend(environment.map(|(name, value)| (format!("env {name}"), self.told(value))));
        if let Some(container) = container {
            let words: Vec<&str> = container.args.iter().map(String::as_str).collect();
            identity.insert("image".to_owned(), container.image.to_string());
            identity.insert("container".to_owned(), words.join(" "));
        }
        identity
    }

    fn files(&self) -> Vec<PathBuf> {
        let programs = self.installed.programs.values();
        let sysroot = self.installed.sysroot.as_ref();
        let holds = self.definition().sysroot.as_ref();
        let holds = holds.and_then(|sysroot| sysroot.holds.as_ref());
        let header = sysroot.zip(holds).map(|(folder, file)| folder.join(file));
        programs
            .map(|found| found.file.clone())
            .chain(header)
            .chain(sysroot.cloned())
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::target::{Goarch, Goos};
    use crate::toolchain::choose::{Wanted, named};
    use crate::toolchain::definition::Origin;
    use crate::toolchain::library::{Library, read};

    fn setup(name: &str, target: &str, programs: &[(&str, &str, Option<&str>)]) -> Setup {
        setup_of(&Library::built_in().unwrap(), (name, target), programs)
    }

    fn setup_of(
        library: &Library,
        (name, target): (&str, &str),
        programs: &[(&str, &str, Option<&str>)],
    ) -> Setup {
        let target = target.parse().unwrap();
        let host = (Goos::Linux, Goarch::Amd64);
        let name = name.parse().unwrap();
        let candidate = named(library, &name, (&target, host), Wanted::Nothing).unwrap();
        let found = |(name, file, on_path): &(&str, &str, Option<&str>)| {
            let found = Found {
                file: file.into(),
                args: Vec::new(),
                name: on_path.map(str::to_owned),
                version: Version::find("1.2.3"),
            };
            ((*name).to_owned(), found)
        };
        let installed = Installed {
            programs: programs.iter().map(found).collect(),
            sysroot: Some("/sdks/MacOSX14.sdk".into()),
            user: None,
        };
        Setup::new(&candidate, &installed)
    }

    #[test]
    fn a_program_on_path_is_called_by_its_name() {
        let gcc = [("musl-gcc", "/usr/bin/musl-gcc", Some("musl-gcc"))];
        let setup = setup("musl-gcc", "linux/amd64", &gcc);
        let cc = &setup.commands["CC"];
        assert_eq!((cc.word.as_str(), &cc.words), ("musl-gcc", &None));
        let cxx = &setup.commands["CXX"];
        let says = cxx.by_hand().join(" ");
        assert!(
            says.contains("no C++ compiler"),
            "never the machine's own: {says}"
        );
    }

    #[test]
    fn a_command_of_several_words_is_a_script_whose_name_is_the_same_everywhere() {
        let here = setup(
            "zig-gnu.2.28",
            "linux/arm64",
            &[("zig", "/opt/a/zig", Some("zig"))],
        );
        let there = setup(
            "zig-gnu.2.28",
            "linux/arm64",
            &[("zig", "/home/b/zig", None)],
        );
        let cc = &here.commands["CC"];
        assert_eq!(cc.word, there.commands["CC"].word);
        assert!(
            cc.word.starts_with("zig-gnu.2.28-aarch64-linux-gnu-"),
            "{}",
            cc.word
        );
        let words = ["/opt/a/zig", "cc", "-target", "aarch64-linux-gnu.2.28"];
        assert_eq!(cc.words.as_deref().unwrap()[..4], words);
        assert_eq!(here.identity, there.identity);
        let other = setup(
            "zig-gnu.2.31",
            "linux/arm64",
            &[("zig", "/opt/a/zig", Some("zig"))],
        );
        assert_ne!(cc.word, other.commands["CC"].word);
    }

    #[test]
    fn a_flag_with_a_space_is_one_flag_for_go() {
        let text = "like = \"zig-musl\"\ndescription = \"mine\"\n[flags]\ncflags = [\"-DNAME=two words\"]\n";
        let layer = read(text, &Origin::Manifest, "mine").unwrap();
        let library = Library::new(vec![("mine".to_owned(), Origin::Manifest, layer)]).unwrap();
        let setup = setup_of(
            &library,
            ("mine", "linux/amd64"),
            &[("zig", "/usr/bin/zig", Some("zig"))],
        );
        assert_eq!(setup.variables["CGO_CFLAGS"], "-g -O2 '-DNAME=two words'");
    }

    #[test]
    fn where_an_sdk_lies_is_no_part_of_what_is_made() {
        let setup = setup(
            "apple-sdk",
            "darwin/arm64",
            &[("clang", "/usr/bin/clang", Some("clang"))],
        );
        assert_eq!(setup.places["SDKROOT"], "/sdks/MacOSX14.sdk");
        assert_eq!(setup.identity["sysroot"], "MacOSX14.sdk");
        let cc = setup.commands["CC"].by_hand().join(" ");
        assert_eq!(
            cc,
            "/usr/bin/clang --target=arm64-apple-macos11 -isysroot /sdks/MacOSX14.sdk \
             -mlinker-version=711 -Qunused-arguments"
        );
    }
}
