//! Projections of stored documents that nobody has to take apart.

use super::Projection;
use crate::path::AttributePath;
use crate::schema::ENTERPRISE_USER;

/// Which members of documents an answer holds, remembered by name: the documents of a page have the same ones.
pub struct TextProjection<'p, 's> {
    projection: &'p Projection<'s>,
    known: Vec<(String, Shown)>,
}

/// What an answer holds of a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shown {
    Whole,
    Nothing,
    /// Some of its parts, or whatever a schema of today knows of it.
    Parts,
}

impl<'s> Projection<'s> {
    /// Returns the same for documents as text.
    pub fn of_text(&self) -> TextProjection<'_, 's> {
        TextProjection { projection: self, known: Vec::new() }
    }

    fn shown(&self, name: &str) -> Shown {
        if let Some(extension) = self.resource_type.extension(name) {
            let keeps = |attribute| self.shown_attribute(&AttributePath::top(Some(extension), attribute));
            let mut attributes = extension.attributes.iter().map(keeps);
            return match extension.urn == ENTERPRISE_USER.urn {
                true if attributes.clone().all(|shown| shown == Shown::Whole) => Shown::Whole,
                _ if attributes.all(|shown| shown == Shown::Nothing) => Shown::Nothing,
                // An integration may have taken attributes out of its own since the document was written.
                _ => Shown::Parts,
            };
        }
        match self.resource_type.core_attribute(name) {
            Some(attribute) => self.shown_attribute(&AttributePath::top(None, attribute)),
            None => Shown::Nothing,
        }
    }

    fn shown_attribute(&self, path: &AttributePath<'_>) -> Shown {
        if !self.keeps(path) {
            return Shown::Nothing;
        }
        let mut parts = path.attribute.sub_attributes.iter();
        match parts.all(|part| path.with_sub_attribute(&part.name).is_some_and(|path| self.keeps(&path))) {
            true => Shown::Whole,
            false => Shown::Parts,
        }
    }
}

impl<'s> TextProjection<'_, 's> {
    /// Returns the projection.
    pub fn projection(&self) -> &Projection<'s> {
        self.projection
    }

    /// Tells whether answers hold a member whole (`Some(true)`), or nothing of it (`Some(false)`), or neither.
    pub fn holds(&mut self, name: &str) -> Option<bool> {
        let shown = match self.known.iter().find(|(known, _)| known == name) {
            Some((_, shown)) => *shown,
            None => {
                let shown = self.projection.shown(name);
                self.known.push((name.to_owned(), shown));
                shown
            }
        };
        match shown {
            Shown::Whole => Some(true),
            Shown::Nothing => Some(false),
            Shown::Parts => None,
        }
    }

    /// Writes the members that the answer holds, each with a comma behind it.
    ///
    /// `None` when a member has to be taken apart for that; what is written by then has to be taken back.
    pub fn write_members(&mut self, document: &str, out: &mut String) -> Option<()> {
        let mut rest = document.trim_start().strip_prefix('{')?.trim_start();
        while !rest.starts_with('}') {
            let (name, behind) = rest.strip_prefix('"')?.split_once('"')?;
            // A name of ours has nothing to escape.
            let behind = behind.trim_start().strip_prefix(':').filter(|_| !name.contains('\\'))?.trim_start();
            let (value, behind) = behind.split_at_checked(length_of_value(behind)?)?;
            if self.holds(name)? {
                for part in ["\"", name, "\":", value, ","] {
                    out.push_str(part);
                }
            }
            rest = behind.trim_start();
            rest = rest.strip_prefix(',').unwrap_or(rest).trim_start();
        }
        Some(())
    }
}

/// Bytes of the value that a text begins with: it ends before a comma or a bracket that it did not open.
fn length_of_value(text: &str) -> Option<usize> {
    let (mut depth, mut in_string, mut is_escaped) = (0_usize, false, false);
    for (position, byte) in text.bytes().enumerate() {
        if in_string {
            match byte {
                _ if is_escaped => is_escaped = false,
                b'\\' => is_escaped = true,
                b'"' => in_string = false,
                _ => {}
            }
            continue;
        }
        match byte {
            b'"' => in_string = true,
            b'{' | b'[' => depth += 1,
            b',' if depth == 0 => return Some(position),
            b'}' | b']' if depth == 0 => return Some(position),
            b'}' | b']' => depth -= 1,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, Value, json};

    use super::*;
    use crate::resource_type::ResourceType;

    const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

    fn document() -> Value {
        json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User", ENTERPRISE],
            "userName": "a \"quoted\" {name}, \\", "active": true, "password": "p",
            "name": {"familyName": "F", "givenName": "}"},
            "emails": [{"value": "a@b", "type": "work"}, {"type": "home"}],
            "urn:example:gone": {"left": "over"},
            ENTERPRISE: {"department": "D", "manager": {"value": "m"}}
        })
    }

    fn projected(attributes: Option<&str>, excluded: Option<&str>) -> Option<Value> {
        let projection = Projection::parse(attributes, excluded, ResourceType::USER).unwrap();
        let mut out = "{".to_owned();
        let text = serde_json::to_string_pretty(&document()).unwrap();
        projection.of_text().write_members(&text, &mut out)?;
        out.pop();
        let text: Value = serde_json::from_str(&(out + "}")).unwrap();
        let mut map: Map<String, Value> = serde_json::from_value(document()).unwrap();
        projection.apply(&mut map);
        assert_eq!(text, Value::Object(map), "{attributes:?} {excluded:?}");
        Some(text)
    }

    #[test]
    fn a_text_is_projected_as_the_document_is() {
        for (attributes, excluded) in [
            (None, None),
            (Some("userName,emails"), None),
            (Some("name"), None),
            (None, Some("emails,active")),
            (None, Some(ENTERPRISE)),
        ] {
            assert!(projected(attributes, excluded).is_some(), "{attributes:?} {excluded:?}");
        }
        let all = projected(None, None).unwrap();
        assert_eq!((all.get("password"), all.get("urn:example:gone")), (None, None));
    }

    #[test]
    fn what_has_to_be_taken_apart_is_not_written() {
        for (attributes, excluded) in
            [(Some("emails.value"), None), (Some("department"), None), (None, Some("name.givenName"))]
        {
            assert_eq!(projected(attributes, excluded), None, "{attributes:?} {excluded:?}");
        }
    }

    #[test]
    fn text_that_is_no_object_is_not_written() {
        let projection = Projection::parse(None, None, ResourceType::USER).unwrap();
        for text in ["", "[]", "{", "{\"active\"", "{\"active\":", "{\"act\\u0069ve\": true}"] {
            assert_eq!(projection.of_text().write_members(text, &mut String::new()), None, "{text}");
        }
        assert_eq!(projection.of_text().write_members(" { } ", &mut String::new()), Some(()));
    }
}
