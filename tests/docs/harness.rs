//! The tests of the test: a page that is wrong is found out.

use crate::page::{Action, parse};
use crate::pages::follow;

#[test]
fn a_page_whose_output_is_wrong_is_found_out() {
    let wrong = "```console\n$ echo one\ntwo\n```\n";
    let said = follow(wrong).unwrap_err();
    assert!(
        said.contains("line 2") && said.contains("it prints\none"),
        "{said}"
    );
}

#[test]
fn a_page_whose_exit_code_is_wrong_is_found_out() {
    assert!(follow("```console\n$ false\n```\n").is_err());
    assert!(follow("```console\n$ true\n? 1\n```\n").is_err());
    assert_eq!(follow("```console\n$ false\n? 1\n```\n"), Ok(1));
}

#[test]
fn every_fault_of_a_page_is_told_at_once() {
    let wrong = "```console\n$ echo one\ntwo\n$ echo three\nfour\n```\n";
    let said = follow(wrong).unwrap_err();
    assert!(said.contains("line 2") && said.contains("line 4"), "{said}");
}

#[test]
fn a_fence_that_does_not_say_what_it_is_is_refused() {
    for fence in ["```", "```sh", "```toml", "```console file=a b"] {
        let said = parse(&format!("{fence}\nx\n```\n")).unwrap_err();
        assert!(said.contains("line 1"), "{said}");
    }
    assert!(parse("```console\nno command\n```\n").is_err());
    assert!(parse("```console\n```\n").is_err());
}

#[test]
fn files_commands_and_projects_are_read_in_order() {
    let page = "<!-- project: empty -->\n```toml file=a/b.toml\nx = 1\n```\n\
                ```console\n$ cat \\\n> a/b.toml\nx = 1\n```\n";
    let actions: Vec<_> = parse(page)
        .unwrap()
        .into_iter()
        .map(|item| item.action)
        .collect();
    let expected = [
        Action::Project("empty".to_owned()),
        Action::File {
            name: "a/b.toml".to_owned(),
            text: "x = 1\n".to_owned(),
        },
        Action::Command {
            typed: "cat \\\na/b.toml".to_owned(),
            code: 0,
            output: "x = 1\n".to_owned(),
        },
    ];
    assert_eq!(actions, expected);
    assert_eq!(follow(page), Ok(1));
}
