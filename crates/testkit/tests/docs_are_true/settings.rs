//! The settings of a service: their names, types and meaning from the structs that are read, their defaults from the
//! `defaults.toml` that is compiled in.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::{read, root};

/// The keys of a service, those without a default included.
pub(crate) fn keys(service: &str) -> BTreeSet<String> {
    written(service).into_keys().collect()
}

/// The table of a service in docs/configuration.md.
pub(crate) fn table(service: &str) -> String {
    let source = Source::of(service);
    let mut rows = Vec::new();
    source.add_rows("Settings", "", None, &mut rows);
    let described: BTreeSet<String> = rows.iter().map(|row| row.key.clone()).collect();
    assert_eq!(described, keys(service), "{service}: left what settings.rs reads, right defaults.toml");

    let written = written(service);
    let mut table =
        "| setting | variable | type | unit | default | meaning |\n|---|---|---|---|---|---|\n".to_owned();
    for row in rows {
        let (key, default) = (&row.key, source.default_of(&row, &written[&row.key]));
        let variable = format!("ILLUXI__{}", key.to_uppercase().replace('.', "__"));
        let (kind, unit, docs) = (source.kind_of(&row.field), unit(key), &row.field.docs);
        table += &format!("| `{key}` | `{variable}` | {kind} | {unit} | {default} | {docs} |\n");
    }
    table
}

/// A line of `defaults.toml` that gives a key, or, commented out, shows one that has no value there.
struct Written {
    value: String,
    is_commented: bool,
    is_required: bool,
}

fn written(service: &str) -> BTreeMap<String, Written> {
    let mut written = BTreeMap::new();
    let mut section = String::new();
    for whole in read(&format!("services/{service}/defaults.toml")).lines() {
        let line = whole.strip_prefix("# ").unwrap_or(whole);
        if let Some(name) = line.strip_prefix('[') {
            section = name.split(']').next().unwrap().to_owned();
        } else if let Some((key, value)) = line.split_once(" = ")
            && key.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
        {
            // Behind the value of one that is commented out stands, after a gap, what to know of it.
            let (value, remark) = value.split_once("   ").unwrap_or((value, ""));
            let line = Written {
                value: value.to_owned(),
                is_commented: line != whole,
                is_required: remark.trim_start().starts_with("required"),
            };
            written.insert(format!("{section}.{key}"), line);
        }
    }
    written
}

#[derive(Clone)]
struct Field {
    name: String,
    type_name: String,
    attributes: String,
    docs: String,
}

impl Field {
    /// The type without `Option`.
    fn inner_type(&self) -> &str {
        let inner = self.type_name.strip_prefix("Option<").and_then(|rest| rest.strip_suffix('>'));
        inner.unwrap_or(&self.type_name)
    }

    fn is_optional(&self) -> bool {
        self.type_name.starts_with("Option<")
    }
}

struct Row {
    key: String,
    field: Field,
    /// The optional section that it is in, such as `admin.oidc`.
    within: Option<String>,
}

/// What a service's settings are made of.
struct Source {
    /// Fields of each struct; where two have the same name, those of the service itself.
    structs: BTreeMap<String, Vec<Field>>,
    text: String,
}

impl Source {
    fn of(service: &str) -> Self {
        let folder = format!("services/{service}/src");
        let mut files = vec![root().join(&folder).join("settings.rs")];
        for folder in [root().join(&folder), root().join("crates/platform/src")] {
            rust_files(&folder, &mut files);
        }
        let texts: Vec<String> = files.iter().map(|file| std::fs::read_to_string(file).unwrap()).collect();
        let mut structs = BTreeMap::new();
        for (name, fields) in texts.iter().flat_map(|text| structs_of(text)) {
            structs.entry(name).or_insert(fields);
        }
        Self { structs, text: texts.concat() }
    }

    fn add_rows(&self, name: &str, prefix: &str, within: Option<&str>, rows: &mut Vec<Row>) {
        let fields = self.structs.get(name).unwrap_or_else(|| panic!("where is the struct {name}?"));
        for field in fields {
            let key = format!("{prefix}{}", field.name);
            if self.structs.contains_key(field.inner_type()) {
                let within = if field.is_optional() { Some(key.as_str()) } else { within };
                self.add_rows(field.inner_type(), &format!("{key}."), within, rows);
            } else {
                assert!(!field.docs.is_empty(), "{key} says nothing about itself");
                rows.push(Row { key, field: field.clone(), within: within.map(str::to_owned) });
            }
        }
    }

    fn kind_of(&self, field: &Field) -> String {
        let kind = match field.inner_type() {
            "String" => "text",
            "SecretString" => "text, **secret**",
            "PathBuf" => "path",
            "bool" => "`true`, `false`",
            "f64" => "number",
            "u16" => "whole number up to 65535",
            "NonZeroU16" => "1 to 65535",
            "u32" | "u64" | "usize" => "whole number",
            "Vec<String>" => "list of words",
            "Vec<IpNet>" => "list of networks (CIDR)",
            other => return self.variants_of(other),
        };
        kind.to_owned()
    }

    /// An enum that is written in lower case.
    fn variants_of(&self, name: &str) -> String {
        let head = format!("#[serde(rename_all = \"lowercase\")]\npub enum {name} {{\n");
        let body = self.text.split(&head).nth(1).unwrap_or_else(|| panic!("what is a {name}?"));
        let lines = body.lines().take_while(|line| *line != "}");
        let variants = lines.filter_map(|line| line.trim().strip_suffix(','));
        variants.map(|variant| format!("`{}`", variant.to_lowercase())).collect::<Vec<_>>().join(", ")
    }

    fn default_of(&self, row: &Row, written: &Written) -> String {
        let key = &row.key;
        let default = match (written.is_commented, self.has_value(&row.field, &written.value)) {
            (false, _) | (true, true) => shown(&written.value),
            (true, false) if row.field.is_optional() => "none".to_owned(),
            (true, false) => match &row.within {
                Some(section) => format!("required with `{section}`"),
                None => "**required**".to_owned(),
            },
        };
        let is_required = default == "**required**";
        assert_eq!(is_required, written.is_required, "{key}: `required` in defaults.toml, and the type");
        default
    }

    /// Whether a key may be left out because serde has a value for it, which then is the one that is shown.
    fn has_value(&self, field: &Field, shown: &str) -> bool {
        let attributes = &field.attributes;
        if let Some(rest) = attributes.split("default = \"").nth(1) {
            let function = rest.split('"').next().unwrap();
            let body = self.text.split(&format!("fn {function}()")).nth(1).unwrap();
            let body = body.split("\n}").next().unwrap();
            let literals: Vec<&str> = shown.split('"').skip(1).step_by(2).collect();
            let in_code: Vec<&str> = body.split('"').skip(1).step_by(2).collect();
            assert_eq!(literals, in_code, "{}: defaults.toml shows another default", field.name);
            return true;
        }
        let has_default = attributes.contains("(default)") || attributes.contains("(default,");
        if has_default {
            let of_type = ["\"\"", "false", "[]", "0"].contains(&shown);
            assert!(of_type, "{}: defaults.toml shows another default", field.name);
        }
        has_default
    }
}

/// A value of TOML, for people.
fn shown(value: &str) -> String {
    match value {
        "\"\"" => "empty".to_owned(),
        "[]" => "none".to_owned(),
        _ => format!("`{}`", value.trim_matches(['[', ']']).replace('"', "")),
    }
}

fn unit(key: &str) -> &'static str {
    const UNITS: [&str; 6] = ["milliseconds", "seconds", "minutes", "hours", "days", "bytes"];
    if key.ends_with("_per_second") {
        return "a second";
    }
    if key.ends_with("_per_minute") {
        return "a minute";
    }
    UNITS.into_iter().find(|unit| key.ends_with(&format!("_{unit}"))).unwrap_or_default()
}

fn rust_files(folder: &Path, files: &mut Vec<PathBuf>) {
    let mut found: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    found.sort();
    for path in found {
        if path.is_dir() {
            rust_files(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

/// The structs with public fields in a source, which rustfmt has brought into its form.
fn structs_of(text: &str) -> Vec<(String, Vec<Field>)> {
    let mut structs = Vec::new();
    for part in text.split("\npub struct ").skip(1) {
        let Some((name, rest)) = part.split_once(" {\n") else { continue };
        let (mut fields, mut docs, mut attributes) = (Vec::new(), Vec::new(), String::new());
        for line in rest.lines().take_while(|line| *line != "}").map(str::trim) {
            if let Some(doc) = line.strip_prefix("///") {
                docs.push(doc.trim());
            } else if line.starts_with("#[") {
                attributes += line;
            } else if let Some((name, type_name)) =
                line.strip_prefix("pub ").and_then(|field| field.strip_suffix(',')?.split_once(": "))
            {
                let (name, type_name) = (name.to_owned(), type_name.to_owned());
                let docs = std::mem::take(&mut docs).join(" ").replace('|', "\\|");
                fields.push(Field { name, type_name, attributes: std::mem::take(&mut attributes), docs });
            }
        }
        structs.push((name.to_owned(), fields));
    }
    structs
}
