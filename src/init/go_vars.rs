//! The string variables of a Go source file that the linker's `-X` can set.
//!
//! `-X` sets a package-level variable of type string that has no value or a constant one; a value
//! that a function makes overwrites it. Only what is sure to be such a variable is found here.

/// The names of the variables, in the order of the file.
#[must_use]
pub fn string_variables(source: &str) -> Vec<String> {
    let tokens = tokens(source);
    let mut names = Vec::new();
    let mut depth = 0_u32;
    let mut embeds = false;
    let mut rest = tokens.as_slice();
    while let [token, tail @ ..] = rest {
        rest = tail;
        match token {
            Token::Open => depth += 1,
            Token::Close => depth = depth.saturating_sub(1),
            Token::Embed => embeds = true,
            Token::Word("var") if depth == 0 => {
                let mut found = Vec::new();
                rest = declarations(tail, &mut found);
                if !std::mem::take(&mut embeds) {
                    names.append(&mut found);
                }
            }
            _ => {}
        }
    }
    names
}

/// What matters of Go's tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token<'a> {
    /// A name or keyword.
    Word(&'a str),
    /// A string, of either kind.
    Text,
    /// `(`, `[` or `{`.
    Open,
    /// `)`, `]` or `}`.
    Close,
    /// The end of a line, or `;`.
    End,
    /// `//go:embed`: the next variable has the text of a file.
    Embed,
    /// Any other character.
    Other(char),
}

/// Reads what follows the word `var`: one declaration, or several in parentheses.
fn declarations<'a, 't>(tokens: &'t [Token<'a>], names: &mut Vec<String>) -> &'t [Token<'a>] {
    let [Token::Open, rest @ ..] = tokens else {
        let (line, _) = declaration(tokens);
        names.extend(variables(line));
        // What follows is read again, since it may open a bracket.
        return tokens;
    };
    let mut rest = rest;
    let mut embeds = false;
    loop {
        let (line, after) = declaration(rest);
        match line {
            [] => {}
            [Token::Embed, ..] => embeds = true,
            _ if std::mem::take(&mut embeds) => {}
            line => names.extend(variables(line)),
        }
        match after {
            [Token::End, tail @ ..] => rest = tail,
            [Token::Close, tail @ ..] => return tail,
            _ => return after,
        }
    }
}

/// The tokens of one declaration, and what comes after it.
fn declaration<'a, 't>(tokens: &'t [Token<'a>]) -> (&'t [Token<'a>], &'t [Token<'a>]) {
    let mut depth = 0_u32;
    let end = tokens.iter().position(|token| match token {
        Token::Open => {
            depth += 1;
            false
        }
        Token::Close if depth == 0 => true,
        Token::Close => {
            depth -= 1;
            false
        }
        Token::End => depth == 0,
        _ => false,
    });
    tokens.split_at(end.unwrap_or(tokens.len()))
}

/// The string variables of one declaration: `a, b string`, `a = "x"`, `a, b = "x", "y"`.
fn variables(declaration: &[Token<'_>]) -> Vec<String> {
    let mut parts = declaration.splitn(2, |token| *token == Token::Other('='));
    let (left, values) = (parts.next().unwrap_or_default(), parts.next());
    let (left, is_string) = match left {
        [names @ .., Token::Word(_), Token::Word("string")] => {
            (left.get(..=names.len()).unwrap_or_default(), true)
        }
        names => (names, false),
    };
    let names: Vec<&str> = left
        .iter()
        .step_by(2)
        .filter_map(|token| match token {
            Token::Word(name) => Some(*name),
            _ => None,
        })
        .collect();
    let listed = left.len() == (2 * names.len()).saturating_sub(1) && commas(left);
    let settable = match values {
        None => is_string,
        Some(values) => {
            let texts = values.iter().step_by(2).all(|token| *token == Token::Text);
            texts && commas(values) && values.len() == left.len()
        }
    };
    if listed && settable {
        names.into_iter().map(str::to_owned).collect()
    } else {
        Vec::new()
    }
}

/// Whether every second token is a comma.
fn commas(tokens: &[Token<'_>]) -> bool {
    let mut between = tokens.iter().skip(1).step_by(2);
    between.all(|token| *token == Token::Other(','))
}

fn tokens(source: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut rest = source;
    while let Some(first) = rest.chars().next() {
        let (token, length) = token(rest, first);
        tokens.extend(token);
        rest = rest.get(length..).unwrap_or_default();
    }
    tokens
}

/// The token that a text starts with, and its length in bytes; none for space and comments.
fn token(text: &str, first: char) -> (Option<Token<'_>>, usize) {
    let width = first.len_utf8();
    let until = |end: &str, from: usize| {
        let tail = text.get(from..).unwrap_or_default();
        tail.find(end).map_or(text.len(), |at| from + at)
    };
    match first {
        _ if text.starts_with("//go:embed ") => (Some(Token::Embed), until("\n", 2)),
        _ if text.starts_with("//") => (None, until("\n", 2)),
        _ if text.starts_with("/*") => {
            let end = until("*/", 2);
            let comment = text.get(..end).unwrap_or_default();
            // A comment of several lines ends the line, as in Go.
            let token = comment.contains('\n').then_some(Token::End);
            (token, (end + 2).min(text.len()))
        }
        '`' => (Some(Token::Text), (until("`", 1) + 1).min(text.len())),
        '"' => (Some(Token::Text), quoted(text, '"')),
        '\'' => (Some(Token::Other('\'')), quoted(text, '\'')),
        '(' | '[' | '{' => (Some(Token::Open), width),
        ')' | ']' | '}' => (Some(Token::Close), width),
        '\n' | ';' => (Some(Token::End), width),
        c if c.is_whitespace() => (None, width),
        c if c.is_alphabetic() || c == '_' => {
            let end = text.find(|c: char| !c.is_alphanumeric() && c != '_');
            let (word, _) = text.split_at(end.unwrap_or(text.len()));
            (Some(Token::Word(word)), word.len())
        }
        c => (Some(Token::Other(c)), width),
    }
}

/// The length of a quoted text with backslashes; it ends with its line at the latest.
fn quoted(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            '\n' => return at,
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return at + 1,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn variables_without_a_value_or_with_a_text_are_found() {
        let source = r#"
package main

import "fmt"

var version string
var commit = "none" // by the linker
var date string = `unknown`
var a, b = "x", "y"
var (
	// Version is set while linking.
	Version = "dev"; other string
	c, d string
	builtBy = ""
)
var größe = "1"

func main() { var local = "no"; fmt.Println(version, local) }
"#;
        assert_eq!(
            string_variables(source),
            [
                "version", "commit", "date", "a", "b", "Version", "other", "c", "d", "builtBy",
                "größe"
            ]
        );
    }

    #[test]
    fn what_a_function_makes_and_what_is_no_string_is_not_found() {
        let source = r#"
package main

const version = "1"

var commit = read("x")
var date = "a" + suffix
var revision = []string{"x"}
var sha = func() string { return "x" }()
var m map[string]string
var p *string
var n = 1
var a, b = "x", f()
var (
	built = strings.TrimSpace("x")
	list  = []string{
		"version = 1",
	}
	r = '"'
)
type t struct { version string }
"#;
        assert_eq!(string_variables(source), [""; 0]);
    }

    #[test]
    fn comments_and_texts_hide_what_is_in_them() {
        let source = "/*\nvar a string\n*/\nvar t = `\nvar b string\n`\n// var c string\nvar d string /* x */\n";
        assert_eq!(string_variables(source), ["t", "d"]);
    }

    #[test]
    fn what_is_embedded_is_no_variable_of_the_linker() {
        let source = "//go:embed VERSION\n// of it\nvar version string\nvar commit = \"\"\n\
                      var (\n//go:embed x\na string\nb string\n)\n";
        assert_eq!(string_variables(source), ["commit", "b"]);
    }

    #[test]
    fn a_comment_of_several_lines_ends_a_declaration() {
        assert_eq!(
            string_variables("var a string /*\n*/ var b string"),
            ["a", "b"]
        );
    }

    proptest! {
        #[test]
        fn any_text_is_read(source in "(var|string|[a-z]|[(){}=,\"'`;/*\n\\\\ ]|ä){0,60}") {
            let _ = string_variables(&source);
        }
    }
}
