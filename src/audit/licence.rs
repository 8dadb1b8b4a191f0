//! Which licence a text is. Pure.
//!
//! Told by phrases that each has and no other one, as the texts of the SPDX licence list have them
//! (<https://spdx.org/licenses>). A text without any is not known, never guessed.

use std::fmt;

use serde::Serialize;

/// What the files of a module say about its licence.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Licence {
    /// One of SPDX's list, by its identifier; of several files all, each once.
    Known(Vec<&'static str>),
    /// Some, and another file of which it isn't known what it says.
    Partly(Vec<&'static str>),
    /// There is a file, and what it says isn't known.
    Unknown,
    /// There is no file.
    Missing,
    /// The module's files were not fetched.
    NotRead,
}

impl fmt::Display for Licence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Known(ids) => f.write_str(&ids.join(" AND ")),
            Self::Partly(ids) => write!(f, "{} AND unknown", ids.join(" AND ")),
            Self::Unknown => f.write_str("unknown"),
            Self::Missing => f.write_str("none"),
            Self::NotRead => f.write_str("not read"),
        }
    }
}

impl Serialize for Licence {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Licence {
    /// Of the texts of all licence files.
    pub fn of<'t>(texts: impl IntoIterator<Item = &'t str>) -> Self {
        let mut found = Vec::new();
        let mut unknown = 0_usize;
        for text in texts {
            let declared = declared(text);
            let told = identified(text).map(Some).into_iter().chain(declared);
            let told: Vec<Option<&'static str>> = told.collect();
            let is_unknown = told.is_empty() || told.contains(&None);
            unknown += usize::from(is_unknown);
            found.extend(told.into_iter().flatten());
        }
        found.sort_unstable();
        found.dedup();
        match (found.is_empty(), unknown) {
            (true, 0) => Self::Missing,
            (true, _) => Self::Unknown,
            (false, 0) => Self::Known(found),
            (false, _) => Self::Partly(found),
        }
    }

    /// Whether it is, or has in it, the one with this identifier.
    #[must_use]
    pub fn has(&self, id: &str) -> bool {
        matches!(self, Self::Known(ids) | Self::Partly(ids) if ids.iter().any(|one| one.eq_ignore_ascii_case(id)))
    }
}

/// Whether a file's name is one of a licence.
#[must_use]
pub fn is_licence_file(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let parts: Vec<&str> = name.split(['.', '-', '_']).collect();
    let is_source = parts.last() == Some(&"go");
    let words = ["license", "licence", "copying", "unlicense"];
    !is_source && parts.iter().any(|part| words.contains(part))
}

/// The identifiers that gobuildx knows, each with phrases that all have to be there, in the order in which they are
/// tried: what has more in it comes first.
const PHRASES: &[(&str, &[&str])] = &[
    (
        "AGPL-3.0",
        &["gnu affero general public license", "version 3"],
    ),
    (
        "LGPL-3.0",
        &["gnu lesser general public license", "version 3"],
    ),
    (
        "LGPL-2.1",
        &["gnu lesser general public license", "version 2.1"],
    ),
    (
        "GPL-3.0",
        &["gnu general public license", "version 3, 29 june 2007"],
    ),
    (
        "GPL-2.0",
        &["gnu general public license", "version 2, june 1991"],
    ),
    ("MPL-2.0", &["mozilla public license", "version 2.0"]),
    ("EPL-2.0", &["eclipse public license - v 2.0"]),
    ("Apache-2.0", &["apache license", "version 2.0"]),
    ("CC0-1.0", &["cc0 1.0 universal"]),
    ("CC-BY-4.0", &["attribution 4.0 international"]),
    (
        "Unlicense",
        &["this is free and unencumbered software released into the public domain"],
    ),
    ("BSL-1.0", &["boost software license - version 1.0"]),
    (
        "Zlib",
        &[
            "this software is provided 'as-is', without any express or implied warranty",
            "altered source versions",
        ],
    ),
    (
        "BSD-3-Clause",
        &[
            "redistribution and use in source and binary forms",
            "may be used to endorse or promote products",
        ],
    ),
    (
        "BSD-2-Clause",
        &["redistribution and use in source and binary forms"],
    ),
    (
        "ISC",
        &[
            "permission to use, copy, modify, and",
            "distribute this software for any purpose with or without fee",
        ],
    ),
    (
        "MIT",
        &[
            "permission is hereby granted, free of charge",
            "the above copyright notice and this permission notice",
        ],
    ),
];

/// The identifiers of the licences that are known.
#[must_use]
pub fn known_licences() -> Vec<&'static str> {
    PHRASES.iter().map(|(id, _)| *id).collect()
}

/// What stands before an expression that says under which licence a file is.
///
/// Source: the SPDX specification 2.3, annex E.
const DECLARES: &str = "SPDX-License-Identifier:";

/// What the lines of a text say by identifiers. Of what may be chosen (`OR`), and of exceptions (`WITH`), nothing is known.
fn declared(text: &str) -> Vec<Option<&'static str>> {
    let lines = text.lines().filter_map(|line| line.split_once(DECLARES));
    let expressions = lines.map(|(_, rest)| {
        rest.trim()
            .trim_end_matches("*/")
            .trim_end_matches("-->")
            .trim()
    });
    expressions
        .flat_map(|expression| expression.split(" AND "))
        .map(|id| by_identifier(id.trim()))
        .collect()
}

/// A licence by its SPDX identifier, which tells apart what the text of a licence doesn't.
#[must_use]
pub fn by_identifier(id: &str) -> Option<&'static str> {
    let base = id
        .trim_end_matches("-only")
        .trim_end_matches("-or-later")
        .trim_end_matches('+');
    let mut known = PHRASES.iter().map(|(id, _)| *id);
    known.find(|one| one.eq_ignore_ascii_case(base))
}

/// The text of a file that REUSE names after its licence, with that said in it.
///
/// Source: the REUSE specification 3.3, "License files".
#[must_use]
pub fn named_after_its_licence(stem: &str, text: &str) -> String {
    format!("{DECLARES} {stem}\n{text}")
}

/// The identifier of a licence's text.
fn identified(text: &str) -> Option<&'static str> {
    let text = normalized(text);
    // Licences name others: the one whose own name comes first is meant.
    let found = PHRASES.iter().filter_map(|(id, phrases)| {
        let is_all = phrases.iter().all(|phrase| text.contains(phrase));
        let at = text.find(phrases.first()?).filter(|_| is_all)?;
        Some((at, *id))
    });
    found.min_by_key(|(at, _)| *at).map(|(_, id)| id)
}

/// In lower case, with one space between words, and without the marks that comments and quotations begin lines with.
fn normalized(text: &str) -> String {
    let lines = text
        .lines()
        .map(|line| line.trim_start_matches(['/', '*', '#', '>', ' ', '\t']));
    let lower = lines.collect::<Vec<_>>().join(" ").to_lowercase();
    let quotes = lower
        .replace(['\u{201c}', '\u{201d}'], "\"")
        .replace(['\u{2018}', '\u{2019}'], "'");
    quotes.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIT: &str = "MIT License\n\nCopyright (c) 2020 A\n\nPermission is hereby granted, free of charge, to any person\n\
        obtaining a copy … The above copyright notice and this permission notice shall be included …";
    const BSD: &str = "Redistribution and use in source and binary forms, with or without\nmodification, are permitted …";

    #[test]
    fn a_licence_is_known_by_its_phrases() {
        for (text, id) in [
            (MIT, "MIT"),
            (BSD, "BSD-2-Clause"),
            ("Apache License\n   Version 2.0, January 2004", "Apache-2.0"),
            (
                "GNU GENERAL PUBLIC LICENSE\n Version 3, 29 June 2007",
                "GPL-3.0",
            ),
            (
                "GNU AFFERO GENERAL PUBLIC LICENSE\n Version 3, 19 November 2007",
                "AGPL-3.0",
            ),
            ("Mozilla Public License, version 2.0", "MPL-2.0"),
        ] {
            assert_eq!(Licence::of([text]), Licence::Known(vec![id]), "{text}");
        }
        let three = format!(
            "{BSD}\n * Neither the name of X nor … may be used to endorse or promote products derived …"
        );
        assert_eq!(Licence::of([three.as_str()]).to_string(), "BSD-3-Clause");
    }

    #[test]
    fn of_several_files_all_count_and_one_that_is_not_known_hides_none() {
        let both = Licence::of([MIT, BSD]);
        assert_eq!(both.to_string(), "BSD-2-Clause AND MIT");
        assert!(both.has("mit") && !both.has("GPL-3.0"));
        assert_eq!(Licence::of(["All rights reserved."]), Licence::Unknown);
        let partly = Licence::of([MIT, "All rights reserved."]);
        assert_eq!(partly.to_string(), "MIT AND unknown");
        assert!(partly.has("MIT"));
        assert_eq!(Licence::of([]), Licence::Missing);
    }

    #[test]
    fn an_identifier_says_what_a_text_is_unless_it_leaves_a_choice() {
        let of = |text: &str| Licence::of([text]).to_string();
        let line = "Licensed under the GNU GPL, version 3 or later.\nSPDX-License-Identifier: GPL-3.0-or-later";
        assert_eq!(of(line), "GPL-3.0");
        assert_eq!(
            of("/* SPDX-License-Identifier: MIT AND ISC */"),
            "ISC AND MIT"
        );
        for unknown in [
            "MIT OR GPL-3.0",
            "GPL-2.0 WITH Classpath-exception-2.0",
            "LicenseRef-own",
        ] {
            assert_eq!(
                of(&format!("SPDX-License-Identifier: {unknown}")),
                "unknown"
            );
        }
        assert_eq!(
            of(&format!("SPDX-License-Identifier: LicenseRef-own\n{MIT}")),
            "MIT AND unknown"
        );
        assert_eq!(of(&named_after_its_licence("GPL-2.0-only", "…")), "GPL-2.0");
    }

    #[test]
    fn a_licence_that_names_another_one_is_itself() {
        let gpl = "GNU GENERAL PUBLIC LICENSE\n Version 3, 29 June 2007\n … GNU Affero General Public License version 3 …";
        assert_eq!(Licence::of([gpl]).to_string(), "GPL-3.0");
        let mpl = "Mozilla Public License Version 2.0 … the GNU Affero General Public License, Version 3.0 …";
        assert_eq!(Licence::of([mpl]).to_string(), "MPL-2.0");
    }

    #[test]
    fn files_of_licences_are_known_by_their_names() {
        for name in [
            "LICENSE",
            "License.md",
            "COPYING",
            "LICENCE.txt",
            "LICENSE-MIT",
            "MIT-LICENSE",
            "UNLICENSE",
        ] {
            assert!(is_licence_file(name), "{name}");
        }
        for name in ["license.go", "README.md", "licenses", "AUTHORS"] {
            assert!(!is_licence_file(name), "{name}");
        }
    }
}
