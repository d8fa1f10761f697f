//! What a condition looks at.

use std::borrow::Cow;
use std::fmt;

use crate::fold::fold;
use crate::path::AttributePath;
use crate::schema::Kind;

/// An attribute or a part of one, with what decides how its values compare. Owned, so that a filter outlives the
/// schema it was parsed against.
///
/// Displays in canonical spelling: `name.familyName`, `urn:…:enterprise:2.0:User:department`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operand {
    /// URN of the extension that has the attribute; `None` for the base schema and common attributes.
    pub extension: Option<String>,
    /// Name of the attribute.
    pub attribute: String,
    /// Name of the part. Inside brackets it is looked up in the entry; `None` there is the entry itself, which is so
    /// for lists of simple values.
    pub part: Option<String>,
    /// Whether the attribute is a list.
    pub multi_valued: bool,
    /// Data type of the values that are compared.
    pub kind: Kind,
    /// Whether letter case counts.
    pub case_exact: bool,
    /// Whether stores are expected to find resources by it without looking at all of them.
    pub indexed: bool,
}

impl Operand {
    pub(crate) fn new(path: &AttributePath<'_>) -> Self {
        let leaf = path.leaf();
        Self {
            extension: path.extension.map(|extension| extension.urn.clone()),
            attribute: path.attribute.name.clone(),
            part: path.sub_attribute.map(|part| part.name.clone()),
            multi_valued: path.attribute.multi_valued,
            kind: leaf.kind,
            case_exact: leaf.case_exact,
            indexed: leaf.indexed,
        }
    }

    /// Returns a text, of a value or of a literal, in the form in which it compares with others: folded unless letter
    /// case counts.
    pub fn comparable<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if self.case_exact { Cow::Borrowed(text) } else { Cow::Owned(fold(text)) }
    }
}

impl fmt::Display for Operand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(extension) = &self.extension {
            write!(f, "{extension}:")?;
        }
        f.write_str(&self.attribute)?;
        match &self.part {
            Some(part) => write!(f, ".{part}"),
            None => Ok(()),
        }
    }
}
