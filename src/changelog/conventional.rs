//! Messages that say what kind of change a commit is.
//!
//! Source: Conventional Commits 1.0.0; the kinds are those of its widespread Angular convention.

/// What kind of change a commit is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Feature,
    Fix,
    Performance,
    Documentation,
    /// What users of the program don't notice: refactoring, tests, builds, style.
    Internal,
}

impl Kind {
    /// Words are taken in either case: paragraph 15.
    fn of(word: &str) -> Option<Self> {
        Some(match word.to_ascii_lowercase().as_str() {
            "feat" => Self::Feature,
            "fix" | "revert" => Self::Fix,
            "perf" => Self::Performance,
            "docs" => Self::Documentation,
            "build" | "chore" | "ci" | "refactor" | "style" | "test" => Self::Internal,
            _ => return None,
        })
    }
}

/// A subject that is written by the convention: `fix(parser)!: say where`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Conventional<'a> {
    pub(super) kind: Kind,
    pub(super) scope: Option<&'a str>,
    /// Whether the subject has the mark of a breaking change.
    pub(super) breaks: bool,
    pub(super) description: &'a str,
}

impl<'a> Conventional<'a> {
    /// None where the subject isn't written so, or its kind is none that is known: packages of Go are before a colon, too.
    pub(super) fn parse(subject: &'a str) -> Option<Self> {
        let (head, description) = subject.split_once(": ")?;
        let (head, breaks) = match head.strip_suffix('!') {
            Some(head) => (head, true),
            None => (head, false),
        };
        let (kind, scope) = match head.strip_suffix(')') {
            Some(head) => head
                .split_once('(')
                .map(|(kind, scope)| (kind, Some(scope)))?,
            None => (head, None),
        };
        let description = description.trim();
        let is_empty = description.is_empty() || scope.is_some_and(|scope| scope.trim().is_empty());
        Some(Self {
            kind: Kind::of(kind)?,
            scope,
            breaks,
            description,
        })
        .filter(|_| !is_empty)
    }
}

/// What a footer says of a change that breaks something: paragraphs 12 and 16.
pub(super) fn breaking(body: &str) -> Option<String> {
    let mut lines = body.lines();
    let first = lines.find_map(|line| {
        line.strip_prefix("BREAKING CHANGE: ")
            .or_else(|| line.strip_prefix("BREAKING-CHANGE: "))
    })?;
    let more = lines.take_while(|line| !line.trim().is_empty() && !is_footer(line));
    let text: Vec<&str> = std::iter::once(first).chain(more).map(str::trim).collect();
    Some(text.join(" "))
}

/// Whether a line starts a footer, such as `Reviewed-by: Z` or `Refs #123`: paragraph 8.
fn is_footer(line: &str) -> bool {
    let is_token = |token: &str| {
        let mut characters = token.chars();
        characters.next().is_some_and(|c| c.is_ascii_alphabetic())
            && characters.all(|c| c.is_ascii_alphanumeric() || c == '-')
    };
    let tokens = [line.split_once(": "), line.split_once(" #")];
    line.starts_with("BREAKING CHANGE: ")
        || tokens
            .into_iter()
            .flatten()
            .any(|(token, _)| is_token(token))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kind_scope_and_mark_are_read() {
        let parse = |subject| Conventional::parse(subject).unwrap();
        let plain = parse("feat: add x");
        assert_eq!((plain.kind, plain.scope), (Kind::Feature, None));
        assert!(!plain.breaks);
        let full = parse("Fix(api/v2)!: say where: line 3");
        assert_eq!((full.kind, full.scope), (Kind::Fix, Some("api/v2")));
        assert!(full.breaks);
        assert_eq!(full.description, "say where: line 3");
    }

    #[test]
    fn other_subjects_are_not_conventional() {
        for subject in [
            "",
            "Add x",
            "net/http: fix x",
            "feat add x",
            "feat:add x",
            "feat: ",
            "feat(): x",
            "feat(x: y",
            "feature: x",
            "(x): y",
            "!: y",
            ": y",
        ] {
            assert_eq!(Conventional::parse(subject), None, "{subject}");
        }
    }

    #[test]
    fn a_footer_says_what_breaks() {
        let body = "why\n\nBREAKING CHANGE: the flag\nis gone\nReviewed-by: Z\nRefs: #1";
        assert_eq!(breaking(body).unwrap(), "the flag is gone");
        assert_eq!(breaking("BREAKING-CHANGE: x\n\ny").unwrap(), "x");
        assert_eq!(breaking("BREAKING CHANGE: x\nRefs #12").unwrap(), "x");
        for body in ["", "breaking change: x", "no BREAKING CHANGE: x"] {
            assert_eq!(breaking(body), None, "{body}");
        }
    }
}
