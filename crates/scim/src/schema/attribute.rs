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
    /// A number with a fraction.
    Decimal,
    /// A number without one.
    Integer,
    /// A point in time.
    DateTime,
    /// A URI.
    Reference,
    /// Base64 text.
    Binary,
    /// A set of sub-attributes.
    Complex,
}

impl Kind {
    /// Every data type, by the name that the protocol has for it.
    pub(crate) const NAMES: [(&'static str, Self); 8] = [
        ("string", Self::String),
        ("boolean", Self::Boolean),
        ("decimal", Self::Decimal),
        ("integer", Self::Integer),
        ("dateTime", Self::DateTime),
        ("reference", Self::Reference),
        ("binary", Self::Binary),
        ("complex", Self::Complex),
    ];
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

impl Mutability {
    pub(crate) const NAMES: [(&'static str, Self); 4] = [
        ("readOnly", Self::ReadOnly),
        ("readWrite", Self::ReadWrite),
        ("immutable", Self::Immutable),
        ("writeOnly", Self::WriteOnly),
    ];
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

impl Returned {
    pub(crate) const NAMES: [(&'static str, Self); 4] = [
        ("always", Self::Always),
        ("never", Self::Never),
        ("default", Self::Default),
        ("request", Self::Request),
    ];
}

/// Within what a value must be unique (RFC 7643 §7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Uniqueness {
    /// Not at all.
    None,
    /// Among the resources of one tenant.
    Server,
}

impl Uniqueness {
    pub(crate) const NAMES: [(&'static str, Self); 2] = [("none", Self::None), ("server", Self::Server)];
}

/// The name that the protocol has for a value.
pub(crate) fn name_of<T: Copy + PartialEq>(names: &[(&'static str, T)], value: T) -> &'static str {
    names.iter().find(|(_, named)| *named == value).map_or("", |(name, _)| name)
}

/// What a text must look like beyond its length; ours, not the RFC's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    Free,
    /// No control characters: the value ends up in headings and log lines.
    SingleLine,
    Email,
}

/// The characteristics of an attribute or sub-attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    /// Canonical spelling.
    pub name: String,
    /// One sentence for people.
    pub description: String,
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
    pub canonical_values: Vec<String>,
    /// What a reference may point at.
    pub reference_types: Vec<String>,
    /// Parts of a complex attribute.
    pub sub_attributes: Vec<Attribute>,
    /// Whether stores find resources by a value of it without looking at all of them.
    pub(crate) indexed: bool,
    /// Whether it is an address that is made when a resource is answered, and kept nowhere.
    pub(crate) is_address: bool,
    /// Longest accepted text, in characters.
    pub(crate) max_chars: usize,
    pub(crate) shape: Shape,
    /// Set when created without a value; such an attribute cannot be cleared later.
    pub(crate) default: Option<bool>,
    /// Entra deviation: the complex value may arrive as its bare `value`, or in a list of one.
    pub(crate) accepts_bare_value: bool,
}

impl Attribute {
    pub(crate) fn new(name: &str, kind: Kind, description: &str) -> Self {
        Self {
            name: name.to_owned(),
            description: description.to_owned(),
            kind,
            multi_valued: false,
            required: false,
            case_exact: false,
            mutability: Mutability::ReadWrite,
            returned: Returned::Default,
            uniqueness: Uniqueness::None,
            canonical_values: Vec::new(),
            reference_types: Vec::new(),
            sub_attributes: Vec::new(),
            indexed: false,
            is_address: false,
            max_chars: DEFAULT_MAX_CHARS,
            shape: Shape::Free,
            default: None,
            accepts_bare_value: false,
        }
    }

    pub(crate) fn text(name: &str, description: &str) -> Self {
        Self::new(name, Kind::String, description)
    }

    pub(crate) fn boolean(name: &str, description: &str) -> Self {
        Self::new(name, Kind::Boolean, description)
    }

    /// References compare with regard to case (RFC 7643 §2.3.7).
    pub(crate) fn reference(name: &str, types: &[&str], description: &str) -> Self {
        let reference_types = types.iter().map(|name| (*name).to_owned()).collect();
        Self { reference_types, case_exact: true, ..Self::new(name, Kind::Reference, description) }
    }

    pub(crate) fn complex(name: &str, sub_attributes: Vec<Attribute>, description: &str) -> Self {
        Self { sub_attributes, ..Self::new(name, Kind::Complex, description) }
    }

    pub(crate) fn many(self) -> Self {
        Self { multi_valued: true, ..self }
    }

    pub(crate) fn required(self) -> Self {
        Self { required: true, ..self }
    }

    pub(crate) fn case_exact(self) -> Self {
        Self { case_exact: true, ..self }
    }

    pub(crate) fn mutability(self, mutability: Mutability) -> Self {
        Self { mutability, ..self }
    }

    pub(crate) fn read_only(self) -> Self {
        self.mutability(Mutability::ReadOnly)
    }

    pub(crate) fn returned(self, returned: Returned) -> Self {
        Self { returned, ..self }
    }

    pub(crate) fn unique(self) -> Self {
        Self { uniqueness: Uniqueness::Server, ..self.indexed() }
    }

    pub(crate) fn indexed(self) -> Self {
        Self { indexed: true, ..self }
    }

    /// The address of another resource, or of this one.
    pub(crate) fn address(name: &str, types: &[&str], description: &str) -> Self {
        Self { is_address: true, ..Self::reference(name, types, description).read_only() }
    }

    pub(crate) fn suggesting(self, values: &[&str]) -> Self {
        Self { canonical_values: values.iter().map(|value| (*value).to_owned()).collect(), ..self }
    }

    pub(crate) fn max_chars(self, max_chars: usize) -> Self {
        Self { max_chars, ..self }
    }

    pub(crate) fn shape(self, shape: Shape) -> Self {
        Self { shape, ..self }
    }

    pub(crate) fn defaulting_to(self, default: bool) -> Self {
        Self { default: Some(default), ..self }
    }

    pub(crate) fn bare_value_too(self) -> Self {
        Self { accepts_bare_value: true, ..self }
    }

    /// Finds a sub-attribute by name, in any letter case.
    pub fn sub_attribute(&self, name: &str) -> Option<&Attribute> {
        find(&self.sub_attributes, name)
    }

    /// Tells whether the value is a list of objects.
    pub(crate) fn is_list_of_entries(&self) -> bool {
        self.multi_valued && self.kind == Kind::Complex
    }

    /// Tells whether a value from the client is kept at all.
    pub(crate) const fn is_writable(&self) -> bool {
        matches!(self.mutability, Mutability::ReadWrite | Mutability::Immutable)
    }

    /// Tells whether only the client can give it a value.
    pub(crate) const fn identifies(&self) -> bool {
        self.required && self.default.is_none()
    }

    /// Tells whether a resource may lose its value.
    pub(crate) const fn is_clearable(&self) -> bool {
        !self.required && self.default.is_none()
    }
}

/// Finds an attribute by name, in any letter case (RFC 7643 §2.1).
pub(crate) fn find<'s>(attributes: &'s [Attribute], name: &str) -> Option<&'s Attribute> {
    attributes.iter().find(|attribute| attribute.name.eq_ignore_ascii_case(name))
}
