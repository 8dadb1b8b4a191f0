//! Faults as the text that a user reads.

use annotate_snippets::{AnnotationKind, Level, Origin, Renderer, Snippet};

use super::Source;
use super::diagnostic::{Diagnostic, Span};
use crate::printable::{printable_lines, printable_path};

/// More faults than these are counted, not shown.
const SHOWN: usize = 50;

/// What the manifest is called where its path is not known.
const UNNAMED: &str = "targets.toml";

/// Shows faults below each other, each with its line of the manifest.
#[must_use]
pub fn render(source: &Source, diagnostics: &[Diagnostic], coloured: bool) -> String {
    let renderer = if coloured {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    let mut text = String::new();
    for diagnostic in diagnostics.iter().take(SHOWN) {
        text.push_str(&render_one(&renderer, source, diagnostic));
        text.push_str("\n\n");
    }
    let hidden = diagnostics.len().saturating_sub(SHOWN);
    if hidden > 0 {
        let title = Level::ERROR.primary_title(format!("{hidden} more faults are not shown"));
        text.push_str(&renderer.render(&[annotate_snippets::Group::with_title(title)]));
        text.push('\n');
    } else if text.ends_with("\n\n") {
        text.pop();
    }
    text
}

fn render_one(renderer: &Renderer, source: &Source, diagnostic: &Diagnostic) -> String {
    let path = source
        .path
        .as_ref()
        .map_or_else(|| UNNAMED.into(), |path| printable_path(path));
    let title = Level::ERROR.primary_title(diagnostic.message.clone());
    let mut group = if diagnostic.span == (0..0) {
        title.element(Origin::path(path))
    } else {
        let primary = AnnotationKind::Primary.span(on_one_line(&source.text, &diagnostic.span));
        let also = diagnostic.also.as_ref().map(|also| {
            AnnotationKind::Context
                .span(on_one_line(&source.text, &also.span))
                .label(also.value.clone())
        });
        title.element(
            Snippet::source(source.text.as_str())
                .path(path)
                .annotation(primary)
                .annotations(also),
        )
    };
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(printable_lines(help)));
    }
    // Of the source line the renderer replaces all controls but these.
    let is_c1 = |c: char| ('\u{80}'..='\u{9f}').contains(&c);
    renderer.render(&[group]).replace(is_c1, "\u{fffd}")
}

/// The part of a place that is on its first line, between whole characters.
fn on_one_line(text: &str, span: &Span) -> Span {
    let start = floor(text, span.start);
    let end = floor(text, span.end.max(start));
    let line = text.get(start..end).unwrap_or_default();
    let length = line.find(['\r', '\n']).unwrap_or(line.len());
    start..start + length
}

fn floor(text: &str, index: usize) -> usize {
    let mut index = index.min(text.len());
    while !text.is_char_boundary(index) {
        index -= 1;
    }
    index
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, span: Span) -> String {
        let source = Source {
            path: Some("targets.toml".into()),
            text: text.to_owned(),
        };
        render(&source, &[Diagnostic::wrong(&span, "wrong")], false)
    }

    #[test]
    fn columns_count_characters() {
        let text = "a = 1\r\n\tb = \"éé\" + x\r\n";
        let at = text.find('+').unwrap();
        assert!(shown(text, at..at + 1).contains(" --> targets.toml:2:11\n"));
    }

    #[test]
    fn a_place_of_several_lines_shows_the_first() {
        let shown = shown("a = [\r\n1,\n]\n", 4..12);
        assert!(shown.contains("1 | a = [\n  |     ^\n"), "{shown}");
    }

    #[test]
    fn a_place_past_the_end_or_inside_a_character_is_moved() {
        assert!(shown("é", 1..9).contains("targets.toml:1:1"));
        assert!(shown("", 5..9).contains("targets.toml"));
    }

    #[test]
    fn without_a_place_only_the_file_is_named() {
        assert_eq!(shown("a = 1", 0..0), "error: wrong\n--> targets.toml\n");
    }

    #[test]
    fn a_path_and_what_a_fault_quotes_can_not_steer_the_terminal() {
        let source = Source {
            path: Some("\u{1b}[31m/targets.toml".into()),
            text: "a = 1 # \u{9b}31m".to_owned(),
        };
        let fault = Diagnostic::wrong(&(0..1), "\u{1b}[31m").help("\u{9b}31m\u{1b}[31m");
        for span in [0..1, 0..0] {
            let fault = Diagnostic {
                span,
                ..fault.clone()
            };
            let text = render(&source, &[fault], false);
            assert!(
                text.chars().all(|c| c == '\n' || !c.is_control()),
                "{text:?}"
            );
            assert!(text.contains("> \\u{1b}[31m/targets.toml"), "{text}");
        }
    }

    #[test]
    fn a_flood_is_cut() {
        let many = vec![Diagnostic::wrong(&(0..0), "wrong"); SHOWN + 7];
        let text = render(&Source::default(), &many, false);
        assert!(text.ends_with("error: 7 more faults are not shown\n"));
    }

    #[test]
    fn colour_is_escape_codes_around_the_same_text() {
        let faults = [Diagnostic::wrong(&(0..0), "wrong")];
        assert!(render(&Source::default(), &faults, true).contains('\u{1b}'));
        assert!(!render(&Source::default(), &faults, false).contains('\u{1b}'));
    }
}
