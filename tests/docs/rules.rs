//! The page of rules is made from the rules: `SNAPSHOTS=overwrite cargo test --test docs rules`
//! writes it anew.

use std::path::Path;

use gobuildx::explain::rules_page;
use snapbox::{Assert, Data};

use crate::page::ROOT;

#[test]
fn the_page_of_rules_is_what_the_rules_say() {
    let assert = Assert::new().action_env(snapbox::assert::DEFAULT_ACTION_ENV);
    let page = Data::read_from(&Path::new(ROOT).join("docs/rules.md"), None);
    assert.eq(Data::text(rules_page()), page.raw());
}
