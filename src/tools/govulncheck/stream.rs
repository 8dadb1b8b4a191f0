//! What govulncheck prints with `-json`: a stream of messages, of which the findings count.
//!
//! Source: <https://pkg.go.dev/golang.org/x/vuln/internal/govulncheck>.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use crate::audit::ModuleVersion;
use crate::audit::advisory::{Advisory, AdvisoryError, AdvisoryId, Exposure, ParseIdError};

/// What it found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scan {
    /// The version of govulncheck, as it says itself.
    pub scanner: String,
    /// When its database last changed.
    pub modified: Option<Timestamp>,
    /// Each vulnerability of each module once, by id and module.
    pub vulnerabilities: Vec<Vulnerability>,
    /// What the vulnerabilities are.
    pub advisories: Vec<Advisory>,
}

/// A vulnerability of a module that the packages need.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vulnerability {
    /// Which vulnerability.
    pub advisory: AdvisoryId,
    /// The path of the module; `stdlib` for Go itself.
    pub module: String,
    /// Its version, where it has one.
    pub version: Option<ModuleVersion>,
    /// The version that fixes it, by what govulncheck says: the newest, where there are several.
    pub fixed: Option<ModuleVersion>,
    /// How far the packages get to it. A chain has the places of calls in their files.
    pub exposure: Exposure,
}

/// Why what it printed says nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StreamError {
    /// It isn't JSON, or has messages with other fields than they have.
    #[error("{0}")]
    Json(String),
    /// It doesn't start as it should: govulncheck did nothing.
    #[error("it has no `config`")]
    NoConfig,
    /// A finding of no vulnerability.
    #[error("{0}")]
    Id(#[from] ParseIdError),
    /// A finding of no module.
    #[error("its finding of {0} has no trace")]
    NoTrace(AdvisoryId),
    /// A vulnerability that makes no sense.
    #[error("{0}")]
    Advisory(#[from] AdvisoryError),
}

/// A message; those of other kinds have none of these fields.
#[derive(Deserialize)]
struct Message {
    config: Option<Config>,
    osv: Option<Value>,
    finding: Option<Written>,
}

#[derive(Deserialize)]
struct Config {
    scanner_version: Option<String>,
    db_last_modified: Option<String>,
    scan_mode: Option<String>,
}

/// A finding as it is written.
#[derive(Deserialize)]
struct Written {
    osv: String,
    fixed_version: Option<String>,
    #[serde(default)]
    trace: Vec<Frame>,
}

/// A function on the way to a vulnerability, or only its package or module.
#[derive(Deserialize)]
struct Frame {
    module: String,
    version: Option<String>,
    package: Option<String>,
    function: Option<String>,
    receiver: Option<String>,
    position: Option<Position>,
}

#[derive(Deserialize)]
struct Position {
    #[serde(default)]
    filename: String,
    #[serde(default)]
    line: u32,
}

impl Scan {
    /// Reads what it printed.
    ///
    /// # Errors
    /// When that isn't what govulncheck prints, or ends too soon.
    pub fn parse(printed: &[u8]) -> Result<Self, StreamError> {
        let mut config = None;
        let mut entries = BTreeMap::new();
        let mut vulnerabilities = BTreeMap::new();
        for message in serde_json::Deserializer::from_slice(printed).into_iter() {
            let message: Message = message.map_err(|error| StreamError::Json(error.to_string()))?;
            config = config.or(message.config);
            if let Some(entry) = message.osv {
                let id = entry.get("id").and_then(Value::as_str).unwrap_or_default();
                entries.insert(id.to_owned(), entry);
            }
            if let Some(written) = message.finding {
                add(&mut vulnerabilities, written.read(config.as_ref())?);
            }
        }
        let config = config.ok_or(StreamError::NoConfig)?;
        // There are many more entries than those that were found.
        let found = |id: &str| {
            vulnerabilities
                .keys()
                .any(|(of, _): &(AdvisoryId, _)| of.as_str() == id)
        };
        let advisories = entries.into_iter().filter(|(id, _)| found(id));
        let advisories = advisories.map(|(_, entry)| Advisory::of_json(entry));
        Ok(Self {
            advisories: advisories.collect::<Result<_, _>>()?,
            vulnerabilities: vulnerabilities.into_values().collect(),
            scanner: config.scanner_version.unwrap_or_default(),
            modified: config.db_last_modified.and_then(|time| time.parse().ok()),
        })
    }
}

/// Adds a finding; one that is there already gets worse by it, at most.
fn add(
    vulnerabilities: &mut BTreeMap<(AdvisoryId, String), Vulnerability>,
    finding: Vulnerability,
) {
    let key = (finding.advisory.clone(), finding.module.clone());
    let finding = match vulnerabilities.remove(&key) {
        Some(known) => Vulnerability {
            exposure: known.exposure.worst(finding.exposure),
            ..known
        },
        None => finding,
    };
    vulnerabilities.insert(key, finding);
}

impl Config {
    /// Whether it followed the calls in sources, where a vulnerable function is found because it is called.
    fn follows_calls(&self) -> bool {
        self.scan_mode.as_deref() == Some("source")
    }
}

impl Written {
    fn read(self, config: Option<&Config>) -> Result<Vulnerability, StreamError> {
        let advisory: AdvisoryId = self.osv.parse()?;
        let Some(first) = self.trace.first() else {
            return Err(StreamError::NoTrace(advisory));
        };
        let version = |text: Option<&str>| text.and_then(|text| text.parse().ok());
        let follows_calls = config.is_some_and(Config::follows_calls);
        Ok(Vulnerability {
            module: first.module.clone(),
            version: version(first.version.as_deref()),
            fixed: version(self.fixed_version.as_deref()),
            exposure: exposure(first, &self.trace, follows_calls),
            advisory,
        })
    }
}

/// How far a trace goes, which starts with what is vulnerable.
fn exposure(first: &Frame, trace: &[Frame], follows_calls: bool) -> Exposure {
    match (&first.package, &first.function) {
        (Some(_), Some(_)) if follows_calls || trace.len() > 1 => Exposure::Called {
            chain: trace.iter().rev().map(Frame::with_place).collect(),
        },
        (Some(package), Some(function)) => {
            let of = first
                .receiver
                .as_deref()
                .map(|of| of.trim_start_matches('*'));
            let names = [Some(package.as_str()), of, Some(function.as_str())];
            let names: Vec<&str> = names.into_iter().flatten().collect();
            Exposure::Linked {
                symbols: vec![names.join(".")],
            }
        }
        (Some(package), None) => Exposure::Imported {
            packages: vec![package.clone()],
        },
        (None, _) => Exposure::Required,
    }
}

impl Frame {
    /// The function, as Go's own traces write it, and the line of the call in it.
    fn with_place(&self) -> String {
        let package = self.package.as_deref().unwrap_or(&self.module);
        let function = self.function.as_deref().unwrap_or("?");
        let name = match self.receiver.as_deref() {
            Some(of) if of.starts_with('*') => format!("{package}.({of}).{function}"),
            Some(of) => format!("{package}.{of}.{function}"),
            None => format!("{package}.{function}"),
        };
        match &self.position {
            Some(Position { filename, line }) if !filename.is_empty() && *line > 0 => {
                format!("{name} ({filename}:{line})")
            }
            _ => name,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const CAPTURE: &str = include_str!("capture.json");

    fn scan(messages: &[Value]) -> Result<Scan, StreamError> {
        let texts: Vec<String> = messages.iter().map(ToString::to_string).collect();
        Scan::parse(texts.join("\n").as_bytes())
    }

    fn config(mode: &str) -> Value {
        json!({"config": {"protocol_version": "v1.0.0", "scanner_version": "v1.9.0", "scan_mode": mode}})
    }

    fn finding(trace: &Value) -> Value {
        json!({"finding": {"osv": "GO-2024-0001", "fixed_version": "v1.2.0", "trace": trace}})
    }

    fn chain(names: &[&str]) -> Exposure {
        Exposure::Called {
            chain: names.iter().map(ToString::to_string).collect(),
        }
    }

    #[test]
    fn what_govulncheck_1_9_prints_is_read() {
        let scan = Scan::parse(CAPTURE.as_bytes()).unwrap();
        assert_eq!(scan.scanner, "v1.9.0");
        assert_eq!(scan.modified.unwrap().to_string(), "2024-05-20T16:03:47Z");
        let [required, called] = &scan.vulnerabilities[..] else {
            panic!("{scan:?}");
        };
        assert_eq!(required.advisory.as_str(), "GO-2020-0015");
        assert_eq!(required.exposure, Exposure::Required);
        assert_eq!(called.advisory.as_str(), "GO-2021-0113");
        assert_eq!(called.module, "golang.org/x/text");
        assert_eq!(called.version, "v0.3.5".parse().ok());
        assert_eq!(called.fixed, "v0.3.7".parse().ok());
        let names = [
            "example.com/hello.main (main.go:10)",
            "example.com/hello.greet (main.go:14)",
            "golang.org/x/text/language.Parse (language/parse.go:33)",
        ];
        assert_eq!(called.exposure, chain(&names));
        let ids: Vec<&str> = scan.advisories.iter().map(|it| it.id.as_str()).collect();
        assert_eq!(ids, ["GO-2020-0015", "GO-2021-0113"]);
    }

    #[test]
    fn messages_and_fields_that_are_unknown_are_passed_over() {
        let news = json!({"forecast": {"rain": true}});
        let trace = json!([{"module": "m", "version": "(devel)", "colour": "red"}]);
        let scan = scan(&[news, config("source"), finding(&trace)]).unwrap();
        assert_eq!(scan.vulnerabilities.len(), 1);
        assert_eq!(scan.vulnerabilities[0].version, None);
        assert_eq!(scan.advisories, []);
    }

    #[test]
    fn entries_without_a_finding_are_left_out_whatever_they_say() {
        let broken = json!({"osv": {"id": "GO-2024-0002", "withdrawn": "?"}});
        let read = scan(&[config("source"), broken.clone()]).unwrap();
        assert_eq!((read.advisories, read.vulnerabilities), (vec![], vec![]));
        let found = json!({"finding": {"osv": "GO-2024-0002", "trace": [{"module": "m"}]}});
        let error = scan(&[config("source"), broken, found]).unwrap_err();
        assert!(error.to_string().contains("GO-2024-0002"), "{error}");
    }

    #[test]
    fn methods_are_named_as_in_traces_of_go() {
        let trace = json!([
            {"module": "m", "package": "m/a", "function": "Read", "receiver": "*Reader"},
            {"module": "m", "package": "m/a", "function": "All", "receiver": "Reader", "position": {"line": 0}},
            {"module": "x", "package": "x", "function": "main", "position": {"filename": "main.go", "line": 7}},
        ]);
        let scan = scan(&[config("source"), finding(&trace)]).unwrap();
        let names = ["x.main (main.go:7)", "m/a.Reader.All", "m/a.(*Reader).Read"];
        assert_eq!(scan.vulnerabilities[0].exposure, chain(&names));
    }

    #[test]
    fn in_a_file_functions_are_found_that_nobody_may_call() {
        let module = json!({"module": "m", "version": "v1.0.0"});
        let function = |name: &str| json!([{"module": "m", "package": "m/a", "function": name, "receiver": "*Reader"}]);
        let vulnerabilities = [json!([module]), function("Read"), function("Close")];
        let vulnerabilities = vulnerabilities.iter().map(finding);
        let messages: Vec<Value> = [config("binary")]
            .into_iter()
            .chain(vulnerabilities)
            .collect();
        let scan = scan(&messages).unwrap();
        let symbols = ["m/a.Reader.Close", "m/a.Reader.Read"].map(str::to_owned);
        let [finding] = &scan.vulnerabilities[..] else {
            panic!("{scan:?}");
        };
        assert_eq!(
            finding.exposure,
            Exposure::Linked {
                symbols: symbols.to_vec()
            }
        );
        assert_eq!(finding.version, "v1.0.0".parse().ok());
    }

    #[test]
    fn what_is_no_such_stream_is_refused() {
        let error = |printed: &str| Scan::parse(printed.as_bytes()).unwrap_err();
        assert_eq!(error(""), StreamError::NoConfig);
        assert_eq!(error("{\"progress\": {}}"), StreamError::NoConfig);
        assert!(matches!(
            error("No vulnerabilities found."),
            StreamError::Json(_)
        ));
        let cut = CAPTURE.split_at(CAPTURE.len() - 10).0;
        assert!(matches!(error(cut), StreamError::Json(_)));
        let nameless = json!({"finding": {"osv": "?", "trace": []}});
        assert!(matches!(
            scan(&[config("source"), nameless]),
            Err(StreamError::Id(_))
        ));
        let placeless = scan(&[config("source"), finding(&json!([]))]);
        assert_eq!(
            placeless,
            Err(StreamError::NoTrace("GO-2024-0001".parse().unwrap()))
        );
    }
}
