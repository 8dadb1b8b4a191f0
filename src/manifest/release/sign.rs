//! `[release.sign]`: what signs the release.

use crate::manifest::diagnostic::{Diagnostic, Located};
use crate::manifest::hook_template::Moment;
use crate::manifest::reader::{Entry, Reader, Table};
use crate::manifest::{Hook, hooks};
use crate::signing::{KeySource, ParseKeySourceError};

pub(in crate::manifest) const KEYS: &[&str] = &["minisign", "password", "dsse", "cmd", "macos"];

/// `[release.sign]`
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SignSection {
    /// `minisign`: the secret key that signs the checksums.
    pub minisign: Option<KeySource>,
    /// `password`: what opens that key.
    pub password: Option<KeySource>,
    /// `dsse`: the Ed25519 key, as PKCS#8 in PEM, that signs the provenance.
    pub dsse: Option<KeySource>,
    /// `cmd`: commands that sign the checksums.
    pub cmd: Vec<Hook>,
    /// `macos`: commands that sign a copy of each macOS program before it is packed.
    pub macos: Vec<Hook>,
}

pub(super) fn read<'a>(read: &mut Reader<'a>, entry: &Entry<'a>) -> SignSection {
    let Some(table) = read.table(entry, "`[release.sign]`", KEYS) else {
        return SignSection::default();
    };
    let section = SignSection {
        minisign: key(read, &table, "minisign"),
        password: key(read, &table, "password"),
        dsse: key(read, &table, "dsse"),
        cmd: commands(read, &table, "cmd", Moment::Sign),
        macos: commands(read, &table, "macos", Moment::SignProgram),
    };
    if let (Some(entry), None) = (table.entry("password"), table.entry("minisign")) {
        let message = "there is a password, and no `minisign` key that it opens";
        let diagnostic = Diagnostic::wrong(&entry.key_span, message);
        read.push(diagnostic.help("add `minisign`, or remove `password`"));
    }
    section
}

fn key<'a>(read: &mut Reader<'a>, table: &Table<'a>, key: &str) -> Option<KeySource> {
    let string: Located<&str> = table.entry(key).and_then(|entry| read.string(&entry))?;
    match string.value.parse() {
        Ok(source) => Some(source),
        Err(error) => {
            let error: ParseKeySourceError = error;
            let diagnostic = Diagnostic::wrong(&string.span, format!("`{key}`: {error}"));
            let help = format!("write the path of its file, or a variable: `{key} = \"env:NAME\"`");
            read.push(diagnostic.help(help));
            None
        }
    }
}

fn commands<'a>(read: &mut Reader<'a>, table: &Table<'a>, key: &str, at: Moment) -> Vec<Hook> {
    let entry = table.entry(key);
    entry.map_or_else(Vec::new, |entry| hooks::commands(read, &entry, at))
}
