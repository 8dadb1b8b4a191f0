//! The functions in whose arguments rules read a path, an address or a name: a test builds a
//! program that calls each of them. What takes the address of a D-Bus server is not among them.

use super::{
    addresses, environment, exec, files, http_client, mime, services, syslog, tmp, tzdata, wide,
};
use crate::inspect::Word;

/// Functions of which one may stand for the other, as far as a rule goes.
#[derive(Clone, Debug)]
pub struct Readers {
    /// What is read there.
    pub what: &'static str,
    /// The functions, each with where a text stands.
    pub functions: Vec<(&'static str, Word)>,
}

/// Functions with what decides how their text is read.
#[derive(Clone, Debug)]
pub struct Companions {
    /// What decides.
    pub what: &'static str,
    /// The functions, each with where the text stands, and where that does.
    pub functions: Vec<(&'static str, Word, Word)>,
}

/// What stands beside texts and decides how they are read.
#[must_use]
pub fn companions() -> Vec<Companions> {
    let addresses = addresses::TAKERS.iter();
    let addresses =
        addresses.filter_map(|(name, taker)| Some((*name, taker.address, taker.network?)));
    let ports = services::LOOK_UPS.iter();
    let ports = ports.map(|(name, (network, port))| (*name, *port, *network));
    let files = files::files().filter_map(|(name, file)| Some((*name, file.path, file.flags()?)));
    vec![
        Companions {
            what: "networks",
            functions: addresses.chain(ports).collect(),
        },
        Companions {
            what: "flags",
            functions: files.collect(),
        },
    ]
}

/// The functions of Windows in whose arguments paths are read, each with where one stands.
#[must_use]
pub fn readers_of_windows() -> Readers {
    Readers {
        what: "paths of Windows",
        functions: wide::takers().collect(),
    }
}

/// What is read, and where.
#[must_use]
pub fn readers() -> Vec<Readers> {
    fn all<T: 'static>(
        what: &'static str,
        table: impl IntoIterator<Item = &'static (&'static str, T)>,
        word: impl Fn(&T) -> Word,
    ) -> Readers {
        let functions = table
            .into_iter()
            .map(|(name, at)| (*name, word(at)))
            .collect();
        Readers { what, functions }
    }
    let word = |word: &Word| *word;
    vec![
        all("files", files::files(), |file| file.path),
        all("lists of files", files::LISTS, word),
        all("addresses", addresses::TAKERS, |taker| taker.address),
        all("URLs", http_client::URLS, word),
        all("ports", services::LOOK_UPS, |(_, port)| *port),
        all("programs", exec::NAMED, word),
        all("variables", environment::ASK, word),
        all("texts with variables", environment::EXPAND, word),
        all("variables that are set", environment::SET, word),
        all("folders", tmp::MAKE.iter().chain(files::FILL), word),
        all("zones", tzdata::ZONES, word),
        all("networks", syslog::NETWORKS, word),
        all("file names", mime::EXTENSIONS, word),
    ]
}
