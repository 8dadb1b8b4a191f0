//! Facts in machine-readable output: the fields of `inspect --format json`.

use serde::ser::{SerializeMap, SerializeStruct};
use serde::{Serialize, Serializer};

use super::{BuildInfo, Facts, Module, Setting};
use crate::target::Cgo;

impl Serialize for Facts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Facts", 19)?;
        fields.serialize_field("format", &self.format)?;
        fields.serialize_field("goos", &self.goos())?;
        fields.serialize_field("goarch", &self.goarch())?;
        fields.serialize_field("variant", &self.variant())?;
        fields.serialize_field("cgo", &self.cgo().map(|cgo| cgo == Cgo::Enabled))?;
        fields.serialize_field("kind", &self.kind)?;
        fields.serialize_field("interpreter", &self.interpreter)?;
        fields.serialize_field("needed", &self.needed)?;
        fields.serialize_field("runpath", &self.runpath)?;
        fields.serialize_field("symbols", &self.symbols)?;
        fields.serialize_field("glibc_min", &self.glibc_min())?;
        fields.serialize_field("glibc", &self.glibc)?;
        fields.serialize_field("minimum_os", &self.minimum_os)?;
        fields.serialize_field("code_signature", &self.code_signature)?;
        fields.serialize_field("wasm_imports", &self.wasm_imports)?;
        fields.serialize_field("build_ids", &self.build_ids)?;
        fields.serialize_field("go", &self.build_info().map(Go))?;
        fields.serialize_field("packed", &self.packed)?;
        fields.serialize_field("slices", &self.slices)?;
        fields.end()
    }
}

/// Build information with its settings as an object.
struct Go<'a>(&'a BuildInfo);

impl Serialize for Go<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("BuildInfo", 5)?;
        fields.serialize_field("version", &self.0.go_version)?;
        fields.serialize_field("path", &self.0.path)?;
        fields.serialize_field("main", &self.0.main)?;
        fields.serialize_field::<Vec<Module>>("modules", &self.0.modules)?;
        fields.serialize_field("settings", &Settings(&self.0.settings))?;
        fields.end()
    }
}

/// Settings as one object, in Go's order.
struct Settings<'a>(&'a [Setting]);

impl Serialize for Settings<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for setting in self.0 {
            map.serialize_entry(&setting.key, &setting.value)?;
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use crate::inspect::inspect;

    #[test]
    fn what_is_unknown_is_null_and_lists_are_never_absent() {
        let json = serde_json::to_value(inspect(b"").unwrap()).unwrap();
        assert_eq!(json["format"], "unknown");
        assert!(json["goos"].is_null() && json["go"].is_null() && json["packed"].is_null());
        assert_eq!(json["needed"], serde_json::json!([]));
        assert_eq!(json["wasm_imports"], serde_json::json!([]));
        let ids = serde_json::json!({ "go": null, "gnu": null, "uuid": null, "guid": null });
        assert_eq!(json["build_ids"], ids);
    }
}
