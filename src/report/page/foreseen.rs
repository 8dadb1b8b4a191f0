//! What a file let expect, beside what its run on a blank system showed.

use crate::report::SmokeRecord;

/// One thing that was predicted, seen, or both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Foreseen<'a> {
    /// The rule, or the causes that a line of the output may have.
    pub(super) what: String,
    /// What the prediction is about; none where there was none.
    pub(super) predicted: Option<&'a str>,
    pub(super) observed: Observed<'a>,
}

/// Whether the run showed it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Observed<'a> {
    /// By this line.
    Line(&'a str),
    /// By a line that stands with another prediction.
    Elsewhere,
    /// It didn't.
    Not,
}

/// Predictions with the lines that bear them out, then the lines that nothing had predicted.
pub(super) fn foreseen(smoke: &SmokeRecord) -> Vec<Foreseen<'_>> {
    let predicted = smoke.predicted.iter().map(|prediction| {
        let rule = prediction.rule.as_str();
        let mut lines = smoke.observed.iter();
        let line = lines.find(|seen| seen.causes.contains(&rule));
        Foreseen {
            what: rule.to_owned(),
            predicted: Some(&prediction.subject),
            observed: match (prediction.observed, line) {
                (true, Some(seen)) => Observed::Line(&seen.text),
                (true, None) => Observed::Elsewhere,
                (false, _) => Observed::Not,
            },
        }
    });
    let surprises = smoke.observed.iter().filter(|seen| !seen.predicted);
    let surprises = surprises.map(|seen| Foreseen {
        what: seen.causes.join(" or "),
        predicted: None,
        observed: Observed::Line(&seen.text),
    });
    predicted.chain(surprises).collect()
}
