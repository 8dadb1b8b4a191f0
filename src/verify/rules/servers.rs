//! The addresses that servers of HTTP listen at: a field has them.

use super::addresses::{Address, Purpose, addresses};
use crate::inspect::Word;
use crate::verify::uses::{Calls, StructWithText, Uses};

/// What listens at the address in a field of `http.Server`. What makes one in its place, such as
/// `http.ListenAndServe`, Go inlines.
const LISTEN: &[&str] = &[
    "net/http.(*Server).ListenAndServe",
    "net/http.(*Server).ListenAndServeTLS",
];
/// It starts with the address, which may be empty, and who answers.
const SERVER: StructWithText = StructWithText {
    fields: &["Addr", "Handler"],
    text: Word(0),
};
const RECEIVER: Word = Word(0);

/// The addresses that servers listen at, as the code says that makes them; where no code of the program
/// has one listen, there are none.
pub(super) fn servers(uses: Uses<'_>) -> Calls<'_> {
    let mut calls = Calls::default();
    let listen: Vec<_> = LISTEN.iter().map(|name| (*name, ())).collect();
    let sites = uses.sites(&listen).into_iter().map(|((), site)| site);
    let sites: Vec<_> = sites.collect();
    let handed = uses.handed_on(LISTEN).calls;
    let Some(called) = sites
        .first()
        .map(|site| site.call)
        .or(handed.first().copied())
    else {
        return calls;
    };
    let mut is_shown = false;
    for site in &sites {
        if let Some(text) = uses.text_of_variable(*site, RECEIVER) {
            uses.trace(site.call, text, &mut calls);
            is_shown = true;
        }
    }
    for (call, text) in uses.texts_made(SERVER, called.called()) {
        uses.trace(call, text, &mut calls);
        is_shown = true;
    }
    if !is_shown {
        calls.unknown.extend(sites.iter().map(|site| site.call));
        calls.unknown.extend(handed);
    }
    calls
}

/// The addresses of hosts that functions are called with which listen there.
pub(super) fn listeners(uses: Uses<'_>) -> Calls<'_> {
    let mut calls = Calls::default();
    let listening = addresses(uses).filter(|address| address.purpose == Purpose::Listen);
    for address in listening.filter(|address| !Address::is_file(address)) {
        uses.follow(address.site, address.word, &mut calls);
    }
    calls
}
