//! Proofs hold for what is there, and for nothing else.

use std::convert::Infallible;

use proptest::prelude::*;

use super::fixture::{Records, Served, Signer, record, sum, version};
use super::*;

const MODULE: &str = "example.com/m";

fn look_up(served: &Served, number: u64, known: Option<SignedTree>) -> Result<Found, String> {
    let database = Database {
        key: &served.signer.verifier(),
        source: served,
    };
    let found = database.lookup((MODULE, &version(number)), known);
    found.map_err(|error| error.to_string())
}

/// The tree that the Go team publishes as an example of a note, and its key.
const PUBLISHED_KEY: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
const PUBLISHED_NOTE: &str = "If you think cryptography is the answer to your problem,\n\
    then you don't know what your problem is.\n\n\
    — PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

/// A head of the tree of Go's own database, as it was handed out.
const GO_KEY: &str = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8";
const GO_HEAD: &str = "go.sum database tree\n72421544\npNExiA1+sVnN4V23n5z8/Hy7mvCkRpF9BqYAD+eMxe0=\n\n\
    — sum.golang.org Az3grhglJjnK3rMtF015puZBkShcrm1L8wVFZGT3UbDIA+P42saHlQC+Wz/bRmX1IScSJqNlnt0QsLqmS1LFGQS1cws=\n";

#[test]
fn published_notes_are_read_and_altered_ones_are_not() {
    let key: VerifierKey = PUBLISHED_KEY.parse().unwrap();
    let text = key.open(PUBLISHED_NOTE).unwrap();
    assert!(text.ends_with("your problem is.\n"), "{text:?}");
    assert_eq!(key.to_string(), "PeterNeumann+c74f20a3");
    let altered = PUBLISHED_NOTE.replace("don't", "do");
    let wrong = NoteError::Wrong("PeterNeumann".to_owned());
    assert_eq!(key.open(&altered), Err(wrong));

    let key: VerifierKey = GO_KEY.parse().unwrap();
    let head = SignedTree::open(GO_HEAD, &key).unwrap();
    assert_eq!(head.tree().size, 72_421_544);
    assert!(GO_HEAD.starts_with(&head.tree().text()));
    let grown = GO_HEAD.replace("72421544", "72421545");
    assert!(SignedTree::open(&grown, &key).is_err());
    let unsigned = NoteError::Unsigned("sum.golang.org+033de0ae".to_owned());
    assert_eq!(key.open(PUBLISHED_NOTE), Err(unsigned));
}

#[test]
fn a_note_of_another_form_is_none() {
    let key: VerifierKey = GO_KEY.parse().unwrap();
    for note in [
        "",
        "\n\n",
        "text\n",
        "text\n\n",
        "text\n\n— sum.golang.org",
        "text\n\n— sum.golang.org \n",
        "text\n\n- sum.golang.org AAAA\n",
        "te\txt\n\n— sum.golang.org Az3grhgl\n",
    ] {
        assert_eq!(key.open(note), Err(NoteError::Malformed), "{note:?}");
    }
}

#[test]
fn a_key_of_another_form_is_none() {
    let key = Signer::new(1).text();
    assert!(key.parse::<VerifierKey>().is_ok());
    let other_name = key.replace("example", "elsewhere");
    for (text, fault) in [
        ("", ParseKeyError::Form),
        ("sum.golang.org", ParseKeyError::Form),
        ("a+b+c", ParseKeyError::Form),
        ("a b+00000000+AQ==", ParseKeyError::Form),
        (other_name.as_str(), ParseKeyError::Hash),
    ] {
        assert_eq!(text.parse::<VerifierKey>(), Err(fault), "{text:?}");
    }
}

#[test]
fn a_signed_text_that_is_no_tree_is_refused() {
    let signer = Signer::new(1);
    let head = Records::numbered(3).tree(3).text();
    for text in [
        "go.sum database\n3\n",
        "go.sum database tree\n-3\nAAAA\n",
        "go.sum database tree\n3\nAAAA\n",
        head.trim_end_matches('\n').split_once('\n').unwrap().1,
    ] {
        let note = signer.sign(&format!("{}\n", text.trim_end_matches('\n')));
        let opened = SignedTree::open(&note, &signer.verifier());
        assert_eq!(opened, Err(TreeError::Text), "{text:?}");
    }
    let later = signer.sign(&format!("{head}more of a later version\n"));
    assert!(SignedTree::open(&later, &signer.verifier()).is_ok());
}

#[test]
fn tiles_have_the_paths_that_go_asks_for() {
    let path = |level, index, width| {
        Tile {
            level,
            index,
            width,
        }
        .path()
    };
    // Those of the documentation of golang.org/x/mod/sumdb/tlog.
    assert_eq!(path(3, 1_234_067, 256), "tile/8/3/x001/x234/067");
    assert_eq!(path(3, 1_234_067, 1), "tile/8/3/x001/x234/067.p/1");
    assert_eq!(path(0, 5, 256), "tile/8/0/005");
    assert_eq!(path(0, 1000, 255), "tile/8/0/x001/000.p/255");
}

#[test]
fn what_the_database_says_is_read_from_its_answer() {
    let text = format!("12\n{}\nnote\n", record(5));
    let parsed = Record::parse(&text).unwrap();
    assert_eq!((parsed.number, parsed.note), (12, "note\n"));
    assert_eq!(parsed.text, record(5));
    assert_eq!(parsed.sum_of(MODULE, "v1.5.0"), Ok("h1:5"));
    assert_eq!(parsed.sum_of(MODULE, "v1.5.0/go.mod"), Ok("h1:other"));
    for (module, version) in [("example.com", "v1.5.0"), (MODULE, "v1.5")] {
        assert!(
            parsed.sum_of(module, version).is_err(),
            "{module}@{version}"
        );
    }
    for text in ["", "x\na b\n\nn", "-1\na b\n\nn", "1\na b\nn", "1\n\n\nn"] {
        assert_eq!(Record::parse(text), Err(RecordError::Malformed), "{text:?}");
    }
}

#[test]
fn a_record_in_the_tree_is_found_and_tiles_are_asked_for_once() {
    let served = Served::new(70_000);
    let found = look_up(&served, 66_000, None).unwrap();
    assert_eq!(found.sum, sum(66_000));
    assert_eq!(found.newest, served.records.signed(70_000, &served.signer));
    let mut asked = served.asked.borrow().clone();
    let count = asked.len();
    asked.sort();
    asked.dedup();
    assert_eq!(asked.len(), count, "{asked:?}");
    assert!(count <= 6, "{asked:?}");
}

#[test]
fn an_altered_file_shows_whichever_it_is() {
    let size = 1000;
    let known = |served: &Served| Some(served.records.signed(600, &served.signer));
    let served = Served::new(size);
    look_up(&served, 300, known(&served)).unwrap();
    let asked = served.asked.borrow().clone();
    assert!(asked.len() > 4, "{asked:?}");
    for path in asked {
        let mut served = Served::new(size);
        served.altered.insert(path.clone());
        assert!(look_up(&served, 300, known(&served)).is_err(), "{path}");
    }
}

#[test]
fn a_record_that_was_changed_after_it_was_signed_shows() {
    let signed = Served::new(500).records.signed(500, &Signer::new(7));
    let mut served = Served::new(500);
    served.records = served
        .records
        .with(77, record(77).replace("h1:77", "h1:evil"));
    // The tree that this database signs has the change, and doesn't hold what was seen before.
    assert_eq!(look_up(&served, 77, None).unwrap().sum, "h1:evil");
    let error = look_up(&served, 77, Some(signed)).unwrap_err();
    assert!(error.contains("500 records"), "{error}");
}

#[test]
fn a_database_with_two_histories_is_told_of() {
    let mut served = Served::new(900);
    let before = Records::numbered(400).signed(400, &served.signer);
    assert!(look_up(&served, 500, Some(before.clone())).is_ok());
    let other = "example.com/other v1.0.0 h1:x\n".to_owned();
    served.records = served.records.with(3, other);
    let error = look_up(&served, 500, Some(before)).unwrap_err();
    assert!(error.contains("different things"), "{error}");
}

#[test]
fn an_answer_with_an_older_tree_is_held_against_the_newest() {
    let mut served = Served::new(900);
    let newest = served.records.signed(900, &served.signer);
    served.told = 400;
    let found = look_up(&served, 399, Some(newest.clone())).unwrap();
    assert_eq!(found.newest, newest);
}

#[test]
fn a_signature_of_somebody_else_counts_nothing() {
    let served = Served::new(10);
    let database = Database {
        key: &Signer::new(8).verifier(),
        source: &served,
    };
    let error = database.lookup((MODULE, "v1.3.0"), None).unwrap_err();
    assert!(error.to_string().contains("isn't signed by"), "{error}");
}

proptest! {
    #[test]
    fn every_record_is_proven_and_no_other(size in 1_u64..600, seed: u64, other: u64) {
        let records = Records::numbered(size);
        let tree = records.tree(size);
        let head = (tree.size, tree.hash);
        let number = seed % size;
        let mut read = |node| Ok::<_, Infallible>(records.hash(node));
        let proof = inclusion(number, size, &mut read).unwrap();
        let hash = Hash::of_record(record(number).as_bytes());
        prop_assert!(is_included(hash, number, head, &proof));
        let wrong = Hash::of_record(record(size).as_bytes());
        prop_assert!(!is_included(wrong, number, head, &proof));
        let elsewhere = other % (size + 3);
        prop_assert!(elsewhere == number || !is_included(hash, elsewhere, head, &proof));
        if let Some((_, shorter)) = proof.split_last() {
            prop_assert!(!is_included(hash, number, head, shorter));
        }
        let longer = [proof.as_slice(), &[wrong]].concat();
        prop_assert!(!is_included(hash, number, head, &longer));
    }

    #[test]
    fn a_tree_holds_its_own_past_and_no_other(new in 1_u64..600, seed: u64, altered: u64) {
        let records = Records::numbered(new);
        let old = seed % (new + 1);
        let heads = |records: &Records| {
            let (old, new) = (records.tree(old), records.tree(new));
            ((old.size, old.hash), (new.size, new.hash))
        };
        let (from, to) = heads(&records);
        let mut read = |node| Ok::<_, Infallible>(records.hash(node));
        let proof = consistency(old, new, &mut read).unwrap();
        prop_assert!(is_consistent(from, to, &proof));
        prop_assert!(old == new || !is_consistent(to, from, &proof));
        if old > 0 {
            let changed = Records::numbered(new).with(altered % old, "x\n".to_owned());
            let (other, _) = heads(&changed);
            prop_assert!(!is_consistent(other, to, &proof));
        }
    }

    #[test]
    fn the_database_is_believed_in_what_it_has(size in 1_u64..1500, seed: u64, before: u64) {
        let served = Served::new(size);
        let number = seed % size;
        let known = served.records.signed(before % (size + 1), &served.signer);
        let found = look_up(&served, number, Some(known)).unwrap();
        prop_assert_eq!(found.sum, sum(number));
        prop_assert_eq!(found.newest.tree().size, size);
    }

    #[test]
    fn no_text_makes_the_parsers_panic(text in "[-+0-9a-z \\n—=/]{0,80}") {
        let key = Signer::new(7).verifier();
        let _ = (key.open(&text), Record::parse(&text), Tree::parse(&text));
        let _ = text.parse::<VerifierKey>();
    }
}
