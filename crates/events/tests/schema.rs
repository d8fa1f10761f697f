//! The JSON Schema of the events' data says what the `.proto` file says, in the proto3 JSON mapping. `UPDATE=1` writes it.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test ends by panicking; the exemption for tests does not reach their shared functions"
)]

use std::path::{Path, PathBuf};

use protox::Compiler;
use serde_json::{Value, json};

const PROTO: &str = "illuxi/directory/v1/directory.proto";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../proto")
}

#[test]
fn the_published_schema_is_that_of_the_proto_file() {
    let path = root().join("illuxi/directory/v1/directory.schema.json");
    let schema = schema_of_proto();
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, format!("{schema:#}\n")).unwrap();
    }
    let published: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
    assert_eq!(published, schema, "UPDATE=1 cargo test -p events --test schema");
}

fn schema_of_proto() -> Value {
    let mut compiler = Compiler::new([root()]).unwrap();
    let set = compiler.include_source_info(true).open_file(PROTO).unwrap().file_descriptor_set();
    let file = set.file.iter().find(|file| file.name() == PROTO).unwrap();
    let comments = file.source_code_info.as_ref().unwrap();
    // Paths of the compiler: 4 and 5 are messages and enums of a file, 2 fields of a message.
    let described = |mut schema: Value, path: &[i32]| {
        let place = comments.location.iter().find(|location| location.path == path).unwrap();
        let text = place.leading_comments().split_whitespace().collect::<Vec<_>>().join(" ");
        if !text.is_empty() {
            schema["description"] = text.into();
        }
        schema
    };

    let mut definitions = json!({});
    for (at, message) in (0..).zip(&file.message_type) {
        let mut properties = json!({});
        for (number, field) in (0..).zip(&message.field) {
            let one = match (field.r#type().as_str_name(), field.type_name()) {
                ("TYPE_MESSAGE", ".google.protobuf.Timestamp") => {
                    json!({"type": "string", "format": "date-time"})
                }
                ("TYPE_MESSAGE", ".google.protobuf.Struct") => json!({"type": "object"}),
                ("TYPE_MESSAGE" | "TYPE_ENUM", name) => json!({"$ref": reference(name)}),
                ("TYPE_STRING", _) => json!({"type": "string"}),
                ("TYPE_BOOL", _) => json!({"type": "boolean"}),
                ("TYPE_UINT32", _) => json!({"type": "integer", "minimum": 0, "maximum": u32::MAX}),
                // JSON of 64 bits is text: many readers know no such number.
                ("TYPE_UINT64", _) => json!({"type": "string", "pattern": "^[0-9]{1,20}$"}),
                (other, _) => panic!("{}: no form in JSON is known here for {other}", field.name()),
            };
            let schema = match field.label().as_str_name() {
                "LABEL_REPEATED" => json!({"type": "array", "items": one}),
                _ => one,
            };
            properties[field.json_name()] = described(schema, &[4, at, 2, number]);
        }
        definitions[message.name()] =
            described(json!({"type": "object", "properties": properties}), &[4, at]);
    }
    for (at, one_of) in (0..).zip(&file.enum_type) {
        // No closed list: a later minor version may have more.
        let values: Vec<&str> = one_of.value.iter().skip(1).map(|value| value.name()).collect();
        definitions[one_of.name()] = described(json!({"type": "string", "examples": values}), &[5, at]);
    }
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Data of the directory's events",
        "description": "Made from directory.proto, in the proto3 JSON mapping. A field that is absent has no value, is \
            empty, 0 or false. Unknown fields come from a later minor version: ignore them.",
        "$defs": definitions,
    })
}

fn reference(name: &str) -> String {
    format!("#/$defs/{}", name.trim_start_matches(".illuxi.directory.v1."))
}
