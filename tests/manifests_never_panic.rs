//! Whatever the text: it is read or refused, and each fault points inside the text.

use std::path::Path;

use gobuildx::manifest;
use proptest::prelude::*;

const RIGHT: &str = include_str!("manifests/right/full.toml");
const RELEASE: &str = include_str!("manifests/right/release.toml");

/// Pieces that turn up in manifests, for texts that are nearly right.
const FRAGMENTS: [&str; 28] = [
    "\"",
    "'",
    "[",
    "]",
    "{",
    "}",
    "\n",
    "=",
    ",",
    ".",
    "\\",
    "{{",
    "{version}",
    "-X",
    "ä",
    "\t",
    "\r\n",
    "\"\"\"",
    "[[binary]]\n",
    "[[matrix.include]]\n",
    "match = \"*\"\n",
    "0",
    "true",
    "\u{feff}",
    "\0",
    "💥",
    "../",
    "-",
];

fn check(text: &str) -> Result<(), TestCaseError> {
    let Err(rejected) = manifest::parse(Some(Path::new("targets.toml")), text) else {
        return Ok(());
    };
    prop_assert!(!rejected.diagnostics.is_empty());
    for fault in &rejected.diagnostics {
        prop_assert!(
            rejected.source.text.get(fault.span.clone()).is_some(),
            "{:?}",
            fault
        );
        if let Some(also) = &fault.also {
            prop_assert!(
                rejected.source.text.get(also.span.clone()).is_some(),
                "{:?}",
                fault
            );
        }
    }
    prop_assert!(
        rejected
            .diagnostics
            .is_sorted_by_key(|fault| fault.span.start)
    );
    let plain = rejected.render(false);
    prop_assert!(!plain.contains(27 as char));
    prop_assert!(rejected.render(true).ends_with('\n'));
    Ok(())
}

/// The text with the characters from `from`, `length` of them, replaced.
fn spliced(text: &str, from: usize, length: usize, with: &str) -> String {
    let start = from % text.chars().count().max(1);
    let before = text.chars().take(start);
    let after = text.chars().skip(start + length);
    before.chain(with.chars()).chain(after).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text(text in any::<String>()) {
        check(&text)?;
    }

    #[test]
    fn texts_of_fragments(pieces in prop::collection::vec(prop::sample::select(&FRAGMENTS[..]), 0..40)) {
        check(&pieces.concat())?;
    }

    #[test]
    fn right_manifests_with_small_changes(
        base in prop::sample::select(&[RIGHT, RELEASE][..]),
        changes in prop::collection::vec(
            (any::<usize>(), 0_usize..6, prop::sample::select(&FRAGMENTS[..])),
            1..5,
        ),
    ) {
        let mut text = base.to_owned();
        for (from, length, with) in changes {
            text = spliced(&text, from, length, with);
        }
        check(&text)?;
    }
}
