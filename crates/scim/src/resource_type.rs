//! The two resource types served (RFC 7643 §6).

use crate::profile::Profile;
use crate::schema::{self, Attribute, Schema};

/// A kind of resource with an endpoint of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ResourceKind {
    /// A person.
    User,
    /// A set of persons.
    Group,
}

impl ResourceKind {
    /// Every kind of resource, in the order in which discovery lists them.
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
    pub fn schema(self) -> &'static Schema {
        match self {
            Self::User => &schema::USER,
            Self::Group => &schema::GROUP,
        }
    }
}

/// A kind of resource as one integration knows it: with the extensions that it added, and its way of reading requests.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ResourceType<'s> {
    kind: ResourceKind,
    profile: Profile,
    custom: &'s [Schema],
}

impl ResourceType<'static> {
    /// Users of an integration that added nothing.
    pub const USER: Self = Self { kind: ResourceKind::User, profile: Profile::Entra, custom: &[] };
    /// Groups of an integration that added nothing.
    pub const GROUP: Self = Self { kind: ResourceKind::Group, profile: Profile::Entra, custom: &[] };
}

impl<'s> ResourceType<'s> {
    /// Describes a kind of resource; `user_extensions` are those that the integration added to users.
    pub const fn new(kind: ResourceKind, profile: Profile, user_extensions: &'s [Schema]) -> Self {
        let custom = match kind {
            ResourceKind::User => user_extensions,
            ResourceKind::Group => &[],
        };
        Self { kind, profile, custom }
    }

    /// Returns which kind of resource this is about.
    pub const fn kind(self) -> ResourceKind {
        self.kind
    }

    /// Returns how requests are read.
    pub const fn profile(self) -> Profile {
        self.profile
    }

    /// Returns the base schema.
    pub fn schema(self) -> &'static Schema {
        self.kind.schema()
    }

    /// Returns the extensions; none of them is required.
    pub fn extensions(self) -> impl Iterator<Item = &'s Schema> {
        let enterprise: Option<&'s Schema> = match self.kind {
            ResourceKind::User => Some(&schema::ENTERPRISE_USER),
            ResourceKind::Group => None,
        };
        enterprise.into_iter().chain(self.custom)
    }

    /// Finds the extension with this URN, in any letter case.
    pub(crate) fn extension(self, urn: &str) -> Option<&'s Schema> {
        self.extensions().find(|extension| extension.urn.eq_ignore_ascii_case(urn))
    }

    /// Finds an attribute of the base schema or one common to all resources, in any letter case.
    pub(crate) fn core_attribute(self, name: &str) -> Option<&'static Attribute> {
        self.schema().attribute(name).or_else(|| schema::find(&schema::COMMON, name))
    }

    /// Lists each attribute with the extension it belongs to; `None` stands for the base schema.
    pub(crate) fn attributes(self) -> impl Iterator<Item = (Option<&'s Schema>, &'s Attribute)> {
        let core =
            self.schema().attributes.iter().chain(schema::COMMON.iter()).map(|attribute| (None, attribute));
        let extended = self.extensions().flat_map(|extension| {
            extension.attributes.iter().map(move |attribute| (Some(extension), attribute))
        });
        core.chain(extended)
    }
}
