//! What a registry wants to know of who asks.
//!
//! Source: RFC 9110, 11.6.1; "Token Authentication Specification" of Docker's registry.

/// How a registry wants to be convinced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Challenge {
    /// User and password with each request.
    Basic,
    /// A token, which somebody else gives.
    Bearer(Bearer),
}

/// Who gives tokens.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Bearer {
    /// The address of who does.
    pub(super) realm: String,
    /// For whom the token is.
    pub(super) service: Option<String>,
    /// For what, as the registry has it.
    pub(super) scope: Option<String>,
}

/// The challenge that is answered: for a token where one is asked for. Headers can hold several challenges.
pub(super) fn challenge<'a>(headers: impl IntoIterator<Item = &'a str>) -> Option<Challenge> {
    let all = headers.into_iter().flat_map(challenges);
    let known = all.filter_map(|(scheme, parameters)| known(&scheme, parameters));
    known.max_by_key(|challenge| matches!(challenge, Challenge::Bearer(_)))
}

fn known(scheme: &str, parameters: Vec<(String, String)>) -> Option<Challenge> {
    if scheme.eq_ignore_ascii_case("basic") {
        return Some(Challenge::Basic);
    }
    if !scheme.eq_ignore_ascii_case("bearer") {
        return None;
    }
    let mut bearer = Bearer::default();
    for (name, value) in parameters {
        match name.to_ascii_lowercase().as_str() {
            "realm" => bearer.realm = value,
            "service" => bearer.service = Some(value),
            "scope" => bearer.scope = Some(value),
            _ => {}
        }
    }
    (!bearer.realm.is_empty()).then_some(Challenge::Bearer(bearer))
}

/// The challenges of one header: the scheme of each, and its parameters.
fn challenges(header: &str) -> Vec<(String, Vec<(String, String)>)> {
    let mut all: Vec<(String, Vec<(String, String)>)> = Vec::new();
    for item in items(header) {
        let name_end = item.find('=').unwrap_or(item.len());
        let (before, value) = item.split_at_checked(name_end).unwrap_or((&item, ""));
        // A space before the `=` ends the scheme: what follows is its first parameter.
        let mut words = before.split_whitespace();
        let name = match (words.next(), words.next()) {
            (Some(scheme), name) if name.is_some() || value.is_empty() => {
                all.push((scheme.to_owned(), Vec::new()));
                name
            }
            (name, _) => name,
        };
        if let (Some(name), Some(value), Some((_, parameters))) =
            (name, value.strip_prefix('='), all.last_mut())
        {
            parameters.push((name.to_owned(), unquoted(value.trim())));
        }
    }
    all
}

/// What stands between commas that aren't inside of quotes.
fn items(header: &str) -> Vec<String> {
    let mut items = vec![String::new()];
    let (mut is_quoted, mut is_escaped) = (false, false);
    for c in header.chars() {
        if c == ',' && !is_quoted {
            items.push(String::new());
            continue;
        }
        if c == '"' && !is_escaped {
            is_quoted = !is_quoted;
        }
        is_escaped = c == '\\' && is_quoted && !is_escaped;
        if let Some(item) = items.last_mut() {
            item.push(c);
        }
    }
    items.retain(|item| !item.trim().is_empty());
    items
}

fn unquoted(value: &str) -> String {
    let inner = value.strip_prefix('"').and_then(|it| it.strip_suffix('"'));
    let Some(inner) = inner else {
        return value.to_owned();
    };
    let mut text = String::new();
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        text.extend(if c == '\\' { chars.next() } else { Some(c) });
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn bearer(realm: &str, service: Option<&str>, scope: Option<&str>) -> Challenge {
        Challenge::Bearer(Bearer {
            realm: realm.to_owned(),
            service: service.map(str::to_owned),
            scope: scope.map(str::to_owned),
        })
    }

    #[test]
    fn challenges_of_registries_are_read() {
        let hub = r#"Bearer realm="https://auth.example/token",service="registry.example",scope="repository:a/b:pull,push""#;
        let expected = bearer(
            "https://auth.example/token",
            Some("registry.example"),
            Some("repository:a/b:pull,push"),
        );
        assert_eq!(challenge([hub]), Some(expected));
        assert_eq!(challenge([r#"Basic realm="x""#]), Some(Challenge::Basic));
        assert_eq!(challenge(["basic"]), Some(Challenge::Basic));
        let bare = bearer("https://a/t", None, None);
        assert_eq!(challenge(["bearer realm=https://a/t"]), Some(bare));
    }

    #[test]
    fn a_token_is_preferred_in_whatever_order_challenges_come() {
        let token = bearer("https://a/t", Some("s"), None);
        let (basic, of_token) = (
            r#"Basic realm="x, Bearer y""#,
            r#"Bearer realm="https://a/t", service="s""#,
        );
        for headers in [vec![basic, of_token], vec![of_token, basic]] {
            let one = headers.join(", ");
            assert_eq!(challenge(headers), Some(token.clone()));
            assert_eq!(challenge([one.as_str()]), Some(token.clone()));
        }
    }

    #[test]
    fn quotes_inside_of_quotes_end_nothing() {
        let quoted = r#"Bearer realm="https://a/t",service="a\",b\\""#;
        assert_eq!(
            challenge([quoted]),
            Some(bearer("https://a/t", Some(r#"a",b\"#), None))
        );
    }

    #[test]
    fn what_nobody_here_can_answer_is_no_challenge() {
        for header in [
            "",
            ",",
            "Negotiate",
            "Bearer",
            "Bearer service=\"x\"",
            "Digest realm=\"x\"",
        ] {
            assert_eq!(challenge([header]), None, "{header}");
        }
    }

    proptest! {
        #[test]
        fn no_header_ends_in_a_panic(header in ".*") {
            let _ = challenge([header.as_str()]);
        }
    }
}
