//! Takes secrets out of JSON, which stays JSON: only what strings mean is looked at, so that a number in which a secret's
//! digits stand is left alone, and no escape is cut.

use std::borrow::Cow;

use super::Redactor;

impl Redactor {
    /// A JSON document without secrets in its strings.
    #[must_use]
    pub fn redacted_json<'j>(&self, json: &'j str) -> Cow<'j, str> {
        if self.is_idle() {
            return Cow::Borrowed(json);
        }
        let mut redacted = String::with_capacity(json.len());
        let mut rest = json;
        while let Some(start) = rest.find('"') {
            let (before, from_here) = rest.split_at(start);
            let (string, after) = from_here.split_at(end_of_string(from_here));
            redacted.push_str(before);
            redacted.push_str(&self.redacted_string(string));
            rest = after;
        }
        redacted.push_str(rest);
        Cow::Owned(redacted)
    }

    /// A string with its quotation marks.
    fn redacted_string<'s>(&self, string: &'s str) -> Cow<'s, str> {
        let Ok(meant) = serde_json::from_str::<Cow<'_, str>>(string) else {
            return Cow::Borrowed(string);
        };
        match self.redacted(&meant) {
            Cow::Borrowed(_) => Cow::Borrowed(string),
            Cow::Owned(text) => Cow::Owned(serde_json::Value::String(text).to_string()),
        }
    }
}

/// Where the string ends that a text begins with, behind its quotation mark.
fn end_of_string(text: &str) -> usize {
    let mut is_escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::super::Secret;
    use super::*;

    fn redacted(secret: &str, value: &Value) -> Value {
        let redactor = Redactor::of(&[Secret::from(secret)]).unwrap();
        serde_json::from_str(&redactor.redacted_json(&value.to_string())).unwrap()
    }

    #[test]
    fn strings_lose_secrets_and_numbers_stay() {
        let value = json!({ "size": 1_234_567, "said": "it is 1234567", "123456": [true, null] });
        assert_eq!(
            redacted("123456", &value),
            json!({ "size": 1_234_567, "said": "it is [secret]7", "[secret]": [true, null] })
        );
    }

    #[test]
    fn what_looks_like_json_takes_nothing_of_its_form() {
        let value = json!({ "a": "b", "c": "\\n\"quoted\"\n" });
        assert_eq!(redacted("\",\"c\":\"", &value), value);
        assert_eq!(redacted("nquoted", &value), value);
        let text = redacted("\"quoted\"", &value);
        assert_eq!(text["c"], "\\n[secret]\n");
    }

    proptest! {
        #[test]
        fn any_document_stays_one_and_loses_the_secret(
            secret in "[ab\"\\\\\n]{6,9}", before in "[ab\"\\\\\n]{0,9}", after in ".{0,9}",
        ) {
            prop_assume!(secret.trim_ascii().len() == secret.len());
            let value = json!([{ "said": format!("{before}{secret}{after}") }, 1]);
            let redacted = redacted(&secret, &value);
            let said = redacted[0]["said"].as_str().unwrap();
            prop_assert!(!said.contains(&secret), "{}", said);
            prop_assert_eq!(&redacted[1], 1);
        }
    }
}
