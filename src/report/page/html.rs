//! Writes HTML in which nothing of a build is markup: names of elements and attributes are of this program,
//! everything else is escaped.

use crate::printable::printable_lines;

/// A document, or a part of it.
#[derive(Clone, Debug, Default)]
pub(super) struct Html {
    text: String,
}

/// Attributes of an element: names are constants, values may come from anywhere.
pub(super) type Attributes<'a> = &'a [(&'static str, &'a str)];

impl Html {
    /// A document of HTML.
    pub(super) fn document(inside: impl FnOnce(&mut Self)) -> String {
        let mut html = Self {
            text: "<!DOCTYPE html>\n".to_owned(),
        };
        html.element("html", &[("lang", "en")], inside);
        html.text.push('\n');
        html.text
    }

    /// An element with what is in it.
    pub(super) fn element(
        &mut self,
        name: &'static str,
        attributes: Attributes<'_>,
        inside: impl FnOnce(&mut Self),
    ) {
        if BLOCKS.contains(&name) && !self.text.ends_with('\n') {
            self.text.push('\n');
        }
        self.open(name, attributes);
        inside(self);
        self.text.push_str("</");
        self.text.push_str(name);
        self.text.push('>');
    }

    /// An element of a class.
    pub(super) fn class(
        &mut self,
        name: &'static str,
        class: &str,
        inside: impl FnOnce(&mut Self),
    ) {
        self.element(name, &[("class", class)], inside);
    }

    /// An element with only text in it.
    pub(super) fn leaf(&mut self, name: &'static str, text: &str) {
        self.element(name, &[], |html| html.text(text));
    }

    /// The same, of a class.
    pub(super) fn class_leaf(&mut self, name: &'static str, class: &str, text: &str) {
        self.class(name, class, |html| html.text(text));
    }

    /// An element that has nothing in it and no end.
    pub(super) fn void(&mut self, name: &'static str, attributes: Attributes<'_>) {
        self.open(name, attributes);
    }

    /// A text from anywhere. Characters that would reorder what follows are shown by number.
    pub(super) fn text(&mut self, text: &str) {
        self.escaped(text);
    }

    /// The rules of the page's looks: a constant, since a style sheet can't be escaped.
    pub(super) fn style(&mut self, sheet: &'static str) {
        self.element("style", &[], |html| html.text.push_str(sheet));
    }

    fn open(&mut self, name: &'static str, attributes: Attributes<'_>) {
        self.text.push('<');
        self.text.push_str(name);
        for (name, value) in attributes {
            self.text.push(' ');
            self.text.push_str(name);
            self.text.push_str("=\"");
            self.escaped(value);
            self.text.push('"');
        }
        self.text.push('>');
    }

    fn escaped(&mut self, text: &str) {
        for character in printable_lines(text).chars() {
            match character {
                '&' => self.text.push_str("&amp;"),
                '<' => self.text.push_str("&lt;"),
                '>' => self.text.push_str("&gt;"),
                '"' => self.text.push_str("&quot;"),
                '\'' => self.text.push_str("&#39;"),
                other => self.text.push(other),
            }
        }
    }
}

/// Elements that start a line, so that the page can be read and compared as text.
const BLOCKS: &[&str] = &[
    "body", "dd", "details", "div", "dt", "footer", "h2", "h4", "head", "header", "li", "main",
    "meta", "p", "pre", "section", "style", "svg", "table", "tbody", "thead", "title", "tr",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn written(write: impl FnOnce(&mut Html)) -> String {
        let mut html = Html::default();
        write(&mut html);
        html.text
    }

    #[test]
    fn texts_are_never_markup() {
        assert_eq!(
            written(|html| html.leaf("b", "<script>alert('a & b')</script>")),
            "<b>&lt;script&gt;alert(&#39;a &amp; b&#39;)&lt;/script&gt;</b>"
        );
    }

    #[test]
    fn a_value_does_not_end_its_attribute() {
        assert_eq!(
            written(|html| html.void("img", &[("alt", "\" onerror='x' <"), ("class", "a")])),
            "<img alt=\"&quot; onerror=&#39;x&#39; &lt;\" class=\"a\">"
        );
    }

    #[test]
    fn nothing_reorders_or_steers_what_follows() {
        assert_eq!(
            written(|html| html.text("a\u{202e}b\u{1b}[2J\0\nc")),
            "a\\u{202e}b\\u{1b}[2J\\u{0}\nc"
        );
    }

    #[test]
    fn every_element_is_closed_in_order() {
        let page = Html::document(|html| {
            html.element("body", &[], |html| {
                html.class("p", "x", |html| html.leaf("i", "y"));
            });
        });
        assert_eq!(
            page,
            "<!DOCTYPE html>\n<html lang=\"en\">\n<body>\n<p class=\"x\"><i>y</i></p></body></html>\n"
        );
    }
}
