use proptest::prelude::*;

use super::super::fault::Why;
use super::*;

const NEW: &str = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const OLD: &str = "sha256:1111111111111111111111111111111111111111111111111111111111111111";

fn release() -> Deployment {
    Deployment {
        project: "hello".to_owned(),
        image: "registry.example/hello".parse().unwrap(),
        tag: "v2.3.0-7a8b9c1".parse().unwrap(),
        digest: NEW.parse().unwrap(),
    }
}

fn values(digest: &str, tag: Option<&str>) -> Kind {
    Kind::Values {
        digest: digest.parse().unwrap(),
        tag: tag.map(|tag| tag.parse().unwrap()),
    }
}

/// The text with OLD and NEW in place of their words.
fn filled(text: &str) -> String {
    text.replace("OLD", OLD).replace("NEW", NEW)
}

fn revised(text: &str, kind: &Kind) -> Result<Revised, Fault> {
    let text = filled(text);
    let revised = revise(&text, kind, &release())?;
    let again = revise(&revised.text, kind, &release()).unwrap();
    assert_eq!(again.text, revised.text, "a second time is no change");
    Ok(revised)
}

fn assert_becomes(kind: &Kind, before: &str, after: &str) {
    let revised = revised(before, kind).unwrap_or_else(|fault| {
        panic!("{}: {fault}\n{before}", fault.line);
    });
    assert_eq!(revised.text, filled(after));
}

fn assert_refused(kind: &Kind, text: &str, line: usize, why: &str) {
    match revised(text, kind) {
        Ok(revised) => panic!("{text}\n became\n{}", revised.text),
        Err(fault) => assert_eq!(
            (fault.line, fault.to_string().as_str()),
            (line, why),
            "{text}"
        ),
    }
}

#[test]
fn a_kustomization_gets_the_digest_where_it_stood() {
    for (before, after) in [
        (
            "images:\n- name: registry.example/hello # ours\n  digest: \"OLD\" # pinned\n- name: other\n",
            "images:\n- name: registry.example/hello # ours\n  digest: \"NEW\" # pinned\n- name: other\n",
        ),
        (
            "images:\r\n  - digest: OLD\r\n    newTag: 'v1'\r\n    name: hello\r\n    newName: registry.example/hello\r\n",
            "images:\r\n  - digest: NEW\r\n    newTag: 'v2.3.0-7a8b9c1'\r\n    name: hello\r\n    newName: registry.example/hello\r\n",
        ),
        (
            "{\"images\": [{\"name\": \"registry.example/hello\", \"digest\": \"OLD\"}]}",
            "{\"images\": [{\"name\": \"registry.example/hello\", \"digest\": \"NEW\"}]}",
        ),
        (
            "images:\n- name: registry.example/hello\n  digest:\n  newName: x\n",
            "images:\n- name: registry.example/hello\n  digest: NEW\n  newName: x\n",
        ),
        (
            "images:\n- {name: registry.example/hello, digest: , newTag: 1.10}\n",
            "images:\n- {name: registry.example/hello, digest: NEW , newTag: v2.3.0-7a8b9c1}\n",
        ),
    ] {
        assert_becomes(&Kind::Kustomization, before, after);
    }
}

#[test]
fn a_kustomization_gets_what_it_lacks_in_its_own_style() {
    for (before, after) in [
        // The digest.
        (
            "images:\n  - name: registry.example/hello # ours\n# end\n",
            "images:\n  - name: registry.example/hello # ours\n    digest: NEW\n# end\n",
        ),
        (
            "images: [{name: registry.example/hello}]\n",
            "images: [{name: registry.example/hello, \"digest\": \"NEW\"}]\n",
        ),
        // The image.
        (
            "images:\n  # others\n  -   name: other\n      newTag: v1 # one\n\nresources:\n- a",
            "images:\n  # others\n  -   name: other\n      newTag: v1 # one\n  - name: registry.example/hello\n    digest: NEW\n\nresources:\n- a",
        ),
        (
            "images:\n- name: other",
            "images:\n- name: other\n- name: registry.example/hello\n  digest: NEW",
        ),
        (
            "images: []\n",
            "images: [{\"name\": \"registry.example/hello\", \"digest\": \"NEW\"}]\n",
        ),
        (
            "resources:\n  - a\nimages: # none yet\npatches: []\n",
            "resources:\n  - a\nimages: # none yet\n  - name: registry.example/hello\n    digest: NEW\npatches: []\n",
        ),
        // The list.
        (
            "resources:\n  - a\n",
            "resources:\n  - a\nimages:\n  - name: registry.example/hello\n    digest: NEW\n",
        ),
        (
            "# top\r\nresources:\r\n- a\r\npatches:\r\n- patch: |+\r\n    x\r\n\r\n",
            "# top\r\nresources:\r\n- a\r\npatches:\r\n- patch: |+\r\n    x\r\n\r\nimages:\r\n- name: registry.example/hello\r\n  digest: NEW\r\n",
        ),
        (
            "namespace: x # no end",
            "namespace: x # no end\nimages:\n- name: registry.example/hello\n  digest: NEW\n",
        ),
        (
            "{\"namespace\": \"x\"}\n",
            "{\"namespace\": \"x\", \"images\": [{\"name\": \"registry.example/hello\", \"digest\": \"NEW\"}]}\n",
        ),
    ] {
        assert_becomes(&Kind::Kustomization, before, after);
    }
}

#[test]
fn a_kustomization_that_can_not_be_changed_alone_is_refused_with_the_line() {
    let shared =
        |what: &str| format!("{what} is shared by an anchor (`&`, `*`, `<<`): write it out");
    let style = "it is written in a way that can't be changed without changing more: \
        the text with the change would mean something else";
    for (text, line, why) in [
        ("", 1, "it has 0 documents in place of one"),
        ("a: b\n---\nc: d\n", 1, "it has 2 documents in place of one"),
        ("- a\n", 1, "the document is no mapping"),
        ("a: b\nimages: x\n", 2, "`images` is no list"),
        ("a: b\nimages:\n- x\n", 3, "an image is no mapping"),
        ("x: &x {name: a}\nimages:\n- *x\n", 3, &shared("an image")),
        (
            "x: &x {digest: OLD}\nimages:\n- <<: *x\n  name: registry.example/hello\n",
            3,
            &shared("an image"),
        ),
        (
            "images:\n- name: registry.example/hello\n  digest: &x OLD\ny: *x\n",
            3,
            &shared("`digest`"),
        ),
        (
            "images:\n- name: registry.example/hello\n  digest: >-\n    OLD\n",
            4,
            "`digest` is a block of lines (`|`, `>`): write it in one line",
        ),
        (
            "images:\n- name: registry.example/hello\n  digest: [OLD]\n",
            3,
            "`digest` is no text",
        ),
        (
            "images:\n- name: a\n  name: b\n",
            3,
            "the key `name` stands here a second time",
        ),
        ("a: b\n...\n", 3, style),
        ("a: |\n  b", 2, style),
        ("images: [a: b,]\n", 1, style),
        ("images: [a: b # c\n]\n", 1, style),
    ] {
        assert_refused(&Kind::Kustomization, text, line, why);
    }
}

#[test]
fn each_image_of_that_name_in_manifests_is_changed() {
    assert_becomes(
        &Kind::Manifest,
        "# top\n---\nspec:\n  containers:\n  - image: registry.example/hello # no tag\n    name: image\n  \
         - {image: 'registry.example/hello:v1', env: [{name: image, value: registry.example/hello:v1}]}\n\
         ---\n- initContainers:\n    - image: \"registry.example/hello:v1@OLD\"\n    - image: registry.example/hello@OLD\n    \
         - image: registry.example/hello-2:v1\n    - image: registry.example/hello/more\n    \
         - image: mirror.registry.example/hello:v1\n    - image: {registry.example/hello: x}\n",
        "# top\n---\nspec:\n  containers:\n  - image: registry.example/hello@NEW # no tag\n    name: image\n  \
         - {image: 'registry.example/hello:v2.3.0-7a8b9c1@NEW', env: [{name: image, value: registry.example/hello:v1}]}\n\
         ---\n- initContainers:\n    - image: \"registry.example/hello:v2.3.0-7a8b9c1@NEW\"\n    - image: registry.example/hello@NEW\n    \
         - image: registry.example/hello-2:v1\n    - image: registry.example/hello/more\n    \
         - image: mirror.registry.example/hello:v1\n    - image: {registry.example/hello: x}\n",
    );
}

#[test]
fn manifests_without_the_image_or_with_a_shared_one_are_refused() {
    let shared = "`image` is shared by an anchor (`&`, `*`, `<<`): write it out";
    for (text, line, why) in [
        (
            "image: other\n",
            1,
            "nothing in it has the image `registry.example/hello`",
        ),
        (
            "",
            1,
            "nothing in it has the image `registry.example/hello`",
        ),
        ("a:\n  image: &i registry.example/hello\nb: *i\n", 2, shared),
        ("x: &i registry.example/hello\na:\n  image: *i\n", 3, shared),
        (
            "image: >\n  registry.example/hello\n",
            1,
            "nothing in it has the image `registry.example/hello`",
        ),
        (
            "image: >-\n  registry.example/hello\n",
            2,
            "`image` is a block of lines (`|`, `>`): write it in one line",
        ),
    ] {
        assert_refused(&Kind::Manifest, text, line, why);
    }
    let template = "image: {{ .Values.image }}\n";
    let fault = revised(template, &Kind::Manifest).unwrap_err();
    assert_eq!(fault.line, 1);
    let template = "a:\n{{ if x }}\nb: c\n{{ end }}\n";
    let fault = revised(template, &Kind::Manifest).unwrap_err();
    assert!(matches!(fault.why, Why::Syntax(_)), "{fault}");
}

#[test]
fn values_of_a_chart_are_set_by_their_paths() {
    let both = values("image.digest", Some("image.tag"));
    for (kind, before, after) in [
        (
            &both,
            "image:\n  repository: x\n  tag: \"1.10\" # t\n  digest: \"\"\n",
            "image:\n  repository: x\n  tag: \"v2.3.0-7a8b9c1\" # t\n  digest: \"NEW\"\n",
        ),
        (
            &both,
            "image:\n  tag:\n\nother: 1\n",
            "image:\n  tag: v2.3.0-7a8b9c1\n  digest: NEW\n\nother: 1\n",
        ),
        (
            &both,
            "image: {}\n",
            "image: {\"digest\": \"NEW\", \"tag\": \"v2.3.0-7a8b9c1\"}\n",
        ),
        (
            &values("a.b\\.c.d", None),
            "a:\n  b.c: {d: OLD, e: f}\n",
            "a:\n  b.c: {d: NEW, e: f}\n",
        ),
        (&values("digest", None), "x: y\n", "x: y\ndigest: NEW\n"),
    ] {
        assert_becomes(kind, before, after);
    }
}

#[test]
fn values_that_lead_nowhere_are_refused() {
    let kind = values("image.digest", None);
    for (text, line, why) in [
        ("a: b\n", 1, "it has no `image.digest`"),
        (
            "a: b\nimage: x\n",
            2,
            "what `image.digest` is in is no mapping",
        ),
        ("image: {digest: [x]}\n", 1, "`image.digest` is no text"),
        (
            "a: &a {}\nimage: *a\n",
            2,
            "`image` is shared by an anchor (`&`, `*`, `<<`): write it out",
        ),
        ("a: b\n---\nc: d\n", 1, "it has 2 documents in place of one"),
    ] {
        assert_refused(&kind, text, line, why);
    }
    for text in ["", ".", "a.", ".a", "a..b", "a\\", "a\nb"] {
        assert!(text.parse::<ValuePath>().is_err(), "{text}");
    }
    let path = "a\\.b.c\\\\d";
    assert_eq!(path.parse::<ValuePath>().unwrap().to_string(), path);
}

#[test]
fn what_a_file_said_before_is_known() {
    let text = "image: registry.example/hello:v1@OLD\n---\nimage: registry.example/hello\n";
    let before = revised(text, &Kind::Manifest).unwrap().before;
    assert_eq!(before.digests, [OLD.parse().unwrap()].into());
    assert_eq!(before.tags, ["v1".to_owned()].into());
    let text = "images:\n- name: registry.example/hello\n  newTag: v1\n  digest: OLD\n";
    let before = revised(text, &Kind::Kustomization).unwrap().before;
    assert_eq!(before.digests, [OLD.parse().unwrap()].into());
    assert_eq!(before.tags, ["v1".to_owned()].into());
}

/// A line of a kustomization that is none of the image's.
fn noise() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "# a comment: - {\n",
        "\n",
        "nameSuffix: \"-x\" # {\n",
        "labels:\n- pairs: {a: 'b', c: [d, e]}\n",
        "resources:\n    - one.yaml\n    -   two.yaml # 2\n",
        "configMapGenerator:\n- name: m\n  literals:\n  - a=|\n  - \"images:\"\n",
        "patches:\n- patch: |-\n    images:\n    - name: registry.example/hello\n  target: {kind: x}\n",
        "vars: &v []\n",
        "components: !!seq\n",
        "openapi:\n  path: ö\n",
        "replacements: >+\n  images:\n\n",
        "buildMetadata: [originAnnotations,\n  x]\n",
    ])
    .prop_map(str::to_owned)
}

fn images() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "",
        "images:\n",
        "images: [] # none\n",
        "images:\n- name: other\n  newTag: v1\n",
        "images:\n  - name: registry.example/hello\n",
        "images:\n  - name: registry.example/hello\n    digest: OLD # d\n  - name: z\n",
        "images:\n- {name: x, newName: 'registry.example/hello', newTag: 1}\n- name: y\n",
        "\"images\": [{name: registry.example/hello, digest: 'OLD'}, {name: y}]\n",
    ])
    .prop_map(filled)
}

/// Whether all parts are in the text, in their order.
fn has_in_order(text: &str, parts: &[&str]) -> bool {
    let mut rest = text;
    parts.iter().all(|part| match rest.split_once(part) {
        Some((_, after)) => {
            rest = after;
            true
        }
        None => false,
    })
}

proptest! {
    #[test]
    fn all_else_in_a_kustomization_stays(
        before in prop::collection::vec(noise(), 0..6),
        images in images(),
        after in prop::collection::vec(noise(), 0..6),
        crlf in any::<bool>(),
        open in any::<bool>(),
    ) {
        let mut text = [before.concat(), images, after.concat()].concat();
        if open {
            text.truncate(text.trim_end_matches('\n').len());
        }
        if crlf {
            text = text.replace('\n', "\r\n");
        }
        let revised = match revise(&text, &Kind::Kustomization, &release()) {
            Ok(revised) => revised,
            Err(fault) => {
                let is_meant = matches!(fault.why, Why::Twice(_) | Why::Documents(0))
                    || (open && matches!(fault.why, Why::Style(_)));
                prop_assert!(is_meant, "{}: {}\n{}", fault.line, fault, text);
                return Ok(());
            }
        };
        let changed = &revised.text;
        prop_assert_eq!(changed.matches(NEW).count(), 1);
        prop_assert!(!changed.contains(OLD));
        prop_assert!(!text.contains("\r\n") || !changed.replace("\r\n", "").contains('\n'));
        prop_assert!(crlf || !changed.contains('\r'));
        // What isn't the digest or the tag is there, in its order.
        let kept: Vec<&str> = text
            .lines()
            .filter(|line| !line.contains(OLD) && !line.contains("newTag: 1}") && !line.contains("images"))
            .collect();
        prop_assert!(has_in_order(changed, &kept), "{}\n---\n{}", text, changed);
        let again = revise(changed, &Kind::Kustomization, &release()).unwrap();
        prop_assert_eq!(&again.text, changed);
    }

    #[test]
    fn no_text_ends_in_a_panic(text in "[-a: \\[\\]{}&*<|>'\"#,\n\r\tö?!%.]{0,60}", inside in "[-a: \\[\\]{}'\"#,\n]{0,9}") {
        let images = format!("{text}\nimages:\n- name: registry.example/hello\n  digest: {inside}\n");
        for text in [&text, &images] {
            for kind in [Kind::Kustomization, Kind::Manifest, values("a.a", Some("a.b"))] {
                let _ = revise(text, &kind, &release());
            }
        }
    }
}
