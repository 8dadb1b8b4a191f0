//! An audit as SARIF, for code scanning.

use super::{AuditReport, told};
use crate::audit::{AuditRule, Finding, Standing, Verdict};
use crate::report::sarif::{Level, Sarif, ScanRule};

impl AuditReport {
    /// Every finding, as one of the go.mod that names what it is about: a scanner wants a place.
    #[must_use]
    pub fn sarif(&self) -> Sarif {
        let mut sarif = Sarif::default();
        for finding in &self.audit.findings {
            let level = match finding.standing {
                Standing::Denied { .. } => Level::Error,
                Standing::Told => Level::Warning,
                Standing::Allowed { .. } => Level::Note,
            };
            let rule = ScanRule {
                id: finding.rule.as_str(),
                summary: finding.rule.means(),
                help: help(finding.rule),
            };
            let file = module_file(finding);
            let subject = finding.subject();
            let (place, message) = ((file.as_str(), subject.as_str()), message(finding));
            match finding.rule {
                AuditRule::Vulnerable => sarif.vulnerability(rule, level, place, &message),
                _ => sarif.result(rule, level, place, &message),
            }
            if let Some(line) = finding.line {
                sarif.at_line(line);
            }
            if let Standing::Allowed { reason, until } = &finding.standing {
                sarif.suppressed(&format!("allowed until {until}: {reason}"));
            }
        }
        for unused in &self.audit.unused {
            sarif.note(&format!("allowed, and not found: {unused}"));
        }
        sarif.note(&format!("checked: {}", self.checked()));
        for (check, why) in self.audit.gaps() {
            let text = format!("not checked: {} ({why})", check.question);
            match self.audit.verdict {
                Verdict::Undecided => sarif.error(&text),
                _ => sarif.note(&text),
            }
        }
        sarif
    }
}

/// The go.mod, from the project's folder.
fn module_file(finding: &Finding) -> String {
    match finding.folder.as_deref() {
        None | Some(".") => "go.mod".to_owned(),
        Some(folder) => format!("{folder}/go.mod"),
    }
}

fn message(finding: &Finding) -> String {
    let chain = match finding.chain.as_slice() {
        [] => String::new(),
        chain => format!("\n{}", chain.join(" → ")),
    };
    let fix = finding.fix.as_ref().map(|fix| format!("\n{fix}"));
    let page = finding.advisory.as_deref().map(page);
    let more = [fix, page.map(|page| format!("\n{page}"))];
    let more: String = more.into_iter().flatten().collect();
    format!("{}{chain}{more}", told(finding))
}

/// Where an advisory can be read.
fn page(id: &str) -> String {
    if id.starts_with("GO-") {
        format!("https://pkg.go.dev/vuln/{id}")
    } else {
        format!("https://osv.dev/vulnerability/{id}")
    }
}

fn help(rule: AuditRule) -> &'static str {
    match rule {
        AuditRule::Vulnerable => {
            "update the module, or allow the advisory in [audit] with a reason and a last day"
        }
        AuditRule::Untidy | AuditRule::Unlocked => "go mod tidy, and commit go.mod and go.sum",
        AuditRule::Altered => "go clean -modcache, and build again",
        AuditRule::VendorDrift => "go mod vendor, and commit",
        AuditRule::OtherVersion
        | AuditRule::OtherSum
        | AuditRule::Dirty
        | AuditRule::OtherGo
        | AuditRule::OtherCommit => "gobuildx build --matrix",
        _ => {
            "take another version or another module, or allow it in [audit] with a reason and a last day"
        }
    }
}
