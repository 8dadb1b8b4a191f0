//! Links between the pages lead somewhere.

use std::fs;
use std::path::Path;

use regex::Regex;

use crate::page::{ROOT, read};

fn pages() -> Vec<String> {
    let mut pages: Vec<_> = fs::read_dir(Path::new(ROOT).join("docs"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "md"))
        .map(|path| format!("docs/{}", path.file_name().unwrap().display()))
        .collect();
    pages.push("README.md".to_owned());
    pages
}

/// What a heading is called in a link.
fn anchors(page: &str) -> Vec<String> {
    page.lines()
        .filter_map(|line| line.strip_prefix('#'))
        .map(|heading| {
            let kept =
                |letter: &char| letter.is_alphanumeric() || matches!(letter, ' ' | '-' | '_');
            let words: String = heading
                .trim_start_matches('#')
                .trim()
                .chars()
                .filter(kept)
                .collect();
            words.to_lowercase().replace(' ', "-")
        })
        .collect()
}

#[test]
fn every_link_leads_to_a_file_and_a_heading_that_are_there() {
    let link = Regex::new(r"\]\(([^)#:]*)(?:#([^)]+))?\)").unwrap();
    let mut links = 0;
    for page in pages() {
        let text = read(&page);
        let folder = Path::new(&page).parent().unwrap();
        for found in link.captures_iter(&text) {
            links += 1;
            let target = match found.get(1).unwrap().as_str() {
                "" => Path::new(&page).to_owned(),
                name => folder.join(name),
            };
            assert!(Path::new(ROOT).join(&target).exists(), "{page}: {found:?}");
            if let Some(anchor) = found.get(2) {
                let headings = anchors(&read(target.to_str().unwrap()));
                let anchor = anchor.as_str().to_owned();
                assert!(
                    headings.contains(&anchor),
                    "{page}: {anchor} of {headings:?}"
                );
            }
        }
    }
    assert!(links > 20, "{links}");
}
