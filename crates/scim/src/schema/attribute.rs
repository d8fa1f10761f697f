//! One attribute and its characteristics (RFC 7643 §2.2, §7).

/// Longest text an attribute takes unless it says otherwise, in characters.
const DEFAULT_MAX_CHARS: usize = 1_024;

/// Data type of an attribute (RFC 7643 §2.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Text.
    String,
    /// True or false.
    Boolean,
    /// A point in time.
    DateTime,
    /// A URI.
    Reference,
    /// Base64 text.
    Binary,
    /// A set of sub-attributes.
    Complex,
}

/// Who may change an attribute (RFC 7643 §7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mutability {
    /// The server alone.
    ReadOnly,
    /// Client and server.
    ReadWrite,
    /// The client, once.
    Immutable,
    /// The client, who can never read it back.
    WriteOnly,
}

/// When an attribute is part of an answer (RFC 7643 §7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Returned {
    /// In every answer.
    Always,
    /// In none.
    Never,
    /// Unless the client leaves it out.
    Default,
    /// Only when the client asks for it.
    Request,
}

/// Within what a value must be unique (RFC 7643 §7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Uniqueness {
    /// Not at all.
    None,
    /// Among the resources of one tenant.
    Server,
}

/// What a text must look like beyond its length; ours, not the RFC's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    Free,
    /// No control characters: the value ends up in headings and log lines.
    SingleLine,
    Email,
    Base64,
}

/// The characteristics of an attribute or sub-attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attribute {
    /// Canonical spelling.
    pub name: &'static str,
    /// One sentence for people.
    pub description: &'static str,
    /// Data type.
    pub kind: Kind,
    /// Whether the value is a list.
    pub multi_valued: bool,
    /// Whether a resource cannot be without it.
    pub required: bool,
    /// Whether letter case counts in comparisons.
    pub case_exact: bool,
    /// Who may change it.
    pub mutability: Mutability,
    /// When it is answered.
    pub returned: Returned,
    /// Within what it is unique.
    pub uniqueness: Uniqueness,
    /// Values suggested to clients; others are accepted too.
    pub canonical_values: &'static [&'static str],
    /// What a reference may point at.
    pub reference_types: &'static [&'static str],
    /// Parts of a complex attribute.
    pub sub_attributes: &'static [Attribute],
    /// Longest accepted text, in characters.
    pub(crate) max_chars: usize,
    pub(crate) shape: Shape,
    /// Set when created without a value; such an attribute cannot be cleared later.
    pub(crate) default: Option<bool>,
    /// Entra deviation: the complex value may arrive as its bare `value`, or in a list of one.
    pub(crate) accepts_bare_value: bool,
}

impl Attribute {
    pub(crate) const fn new(name: &'static str, kind: Kind, description: &'static str) -> Self {
        Self {
            name,
            description,
            kind,
            multi_valued: false,
            required: false,
            case_exact: false,
            mutability: Mutability::ReadWrite,
            returned: Returned::Default,
            uniqueness: Uniqueness::None,
            canonical_values: &[],
            reference_types: &[],
            sub_attributes: &[],
            max_chars: DEFAULT_MAX_CHARS,
            shape: Shape::Free,
            default: None,
            accepts_bare_value: false,
        }
    }

    pub(crate) const fn text(name: &'static str, description: &'static str) -> Self {
        Self::new(name, Kind::String, description)
    }

    pub(crate) const fn boolean(name: &'static str, description: &'static str) -> Self {
        Self::new(name, Kind::Boolean, description)
    }

    /// References compare with regard to case (RFC 7643 §2.3.7).
    pub(crate) const fn reference(
        name: &'static str,
        types: &'static [&'static str],
        description: &'static str,
    ) -> Self {
        Self { reference_types: types, case_exact: true, ..Self::new(name, Kind::Reference, description) }
    }

    pub(crate) const fn complex(
        name: &'static str,
        sub_attributes: &'static [Attribute],
        description: &'static str,
    ) -> Self {
        Self { sub_attributes, ..Self::new(name, Kind::Complex, description) }
    }

    pub(crate) const fn many(self) -> Self {
        Self { multi_valued: true, ..self }
    }

    pub(crate) const fn required(self) -> Self {
        Self { required: true, ..self }
    }

    pub(crate) const fn case_exact(self) -> Self {
        Self { case_exact: true, ..self }
    }

    pub(crate) const fn mutability(self, mutability: Mutability) -> Self {
        Self { mutability, ..self }
    }

    pub(crate) const fn read_only(self) -> Self {
        self.mutability(Mutability::ReadOnly)
    }

    pub(crate) const fn returned(self, returned: Returned) -> Self {
        Self { returned, ..self }
    }

    pub(crate) const fn unique(self) -> Self {
        Self { uniqueness: Uniqueness::Server, ..self }
    }

    pub(crate) const fn suggesting(self, canonical_values: &'static [&'static str]) -> Self {
        Self { canonical_values, ..self }
    }

    pub(crate) const fn max_chars(self, max_chars: usize) -> Self {
        Self { max_chars, ..self }
    }

    pub(crate) const fn shape(self, shape: Shape) -> Self {
        Self { shape, ..self }
    }

    pub(crate) const fn defaulting_to(self, default: bool) -> Self {
        Self { default: Some(default), ..self }
    }

    pub(crate) const fn bare_value_too(self) -> Self {
        Self { accepts_bare_value: true, ..self }
    }

    /// Finds a sub-attribute by name, in any letter case.
    pub fn sub_attribute(&self, name: &str) -> Option<&'static Attribute> {
        find(self.sub_attributes, name)
    }

    /// Tells whether a value from the client is kept at all.
    pub(crate) const fn is_writable(&self) -> bool {
        matches!(self.mutability, Mutability::ReadWrite | Mutability::Immutable)
    }

    /// Tells whether a resource may lose its value.
    pub(crate) const fn is_clearable(&self) -> bool {
        !self.required && self.default.is_none()
    }
}

/// Finds an attribute by name, in any letter case (RFC 7643 §2.1).
pub(crate) fn find(attributes: &'static [Attribute], name: &str) -> Option<&'static Attribute> {
    attributes.iter().find(|attribute| attribute.name.eq_ignore_ascii_case(name))
}
