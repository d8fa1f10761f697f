//! The two resource types served (RFC 7643 §6).

use crate::schema::{self, Attribute, Schema};

/// A kind of resource with an endpoint of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ResourceType {
    /// A person.
    User,
    /// A set of persons.
    Group,
}

static USER_EXTENSIONS: [&Schema; 1] = [&schema::ENTERPRISE_USER];

impl ResourceType {
    /// Every resource type, in the order in which discovery lists them.
    pub const ALL: [Self; 2] = [Self::User, Self::Group];

    /// Returns the name, such as `User`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::User => "User",
            Self::Group => "Group",
        }
    }

    /// Returns the path below the base URL, such as `/Users`.
    pub const fn endpoint(self) -> &'static str {
        match self {
            Self::User => "/Users",
            Self::Group => "/Groups",
        }
    }

    /// Returns the base schema.
    pub const fn schema(self) -> &'static Schema {
        match self {
            Self::User => &schema::USER,
            Self::Group => &schema::GROUP,
        }
    }

    /// Returns the extensions; none of them is required.
    pub const fn extensions(self) -> &'static [&'static Schema] {
        match self {
            Self::User => &USER_EXTENSIONS,
            Self::Group => &[],
        }
    }

    /// Finds the extension with this URN, in any letter case.
    pub(crate) fn extension(self, urn: &str) -> Option<&'static Schema> {
        self.extensions().iter().copied().find(|extension| extension.urn.eq_ignore_ascii_case(urn))
    }

    /// Finds an attribute of the base schema or one common to all resources, in any letter case.
    pub(crate) fn core_attribute(self, name: &str) -> Option<&'static Attribute> {
        self.schema().attribute(name).or_else(|| schema::find(schema::COMMON, name))
    }

    /// Lists each attribute with the extension it belongs to; `None` stands for the base schema.
    pub(crate) fn attributes(self) -> impl Iterator<Item = (Option<&'static Schema>, &'static Attribute)> {
        let core = self.schema().attributes.iter().chain(schema::COMMON).map(|attribute| (None, attribute));
        let extended = self.extensions().iter().copied().flat_map(|extension| {
            extension.attributes.iter().map(move |attribute| (Some(extension), attribute))
        });
        core.chain(extended)
    }
}
