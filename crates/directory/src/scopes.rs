use std::fmt;

use scim::ResourceKind;

/// What a caller may do: a set of `users.read`, `users.write`, `groups.read` and `groups.write`.
///
/// Reading and writing are apart: who may only write is answered without the resource, except one that it created.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Scopes(u8);

/// Whether resources are read or changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// They are read.
    Read,
    /// They are created, changed or deleted.
    Write,
}

/// The text names a scope that there is not, or none at all.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("scopes are users.read, users.write, groups.read and groups.write, one at least")]
pub struct InvalidScopes;

const NAMES: [(&str, ResourceKind, Access); 4] = [
    ("users.read", ResourceKind::User, Access::Read),
    ("users.write", ResourceKind::User, Access::Write),
    ("groups.read", ResourceKind::Group, Access::Read),
    ("groups.write", ResourceKind::Group, Access::Write),
];

impl Scopes {
    /// All there are: what Entra needs to provision users and groups.
    pub const ALL: Self = Self(0b1111);

    /// Parses a list of names.
    ///
    /// # Errors
    /// When a name is unknown, or there is none.
    pub fn parse<'a>(names: impl IntoIterator<Item = &'a str>) -> Result<Self, InvalidScopes> {
        let mut bits = 0;
        for name in names {
            let position = NAMES.iter().position(|(known, ..)| *known == name).ok_or(InvalidScopes)?;
            bits |= 1 << position;
        }
        if bits == 0 { Err(InvalidScopes) } else { Ok(Self(bits)) }
    }

    /// The one scope that is needed to do so.
    pub fn of(kind: ResourceKind, access: Access) -> Self {
        let position = NAMES.iter().position(|(_, of, to)| *of == kind && *to == access);
        Self(position.map_or(0, |position| 1 << position))
    }

    /// Whether it holds the scope.
    pub fn allow(self, kind: ResourceKind, access: Access) -> bool {
        NAMES
            .iter()
            .position(|(_, of, to)| *of == kind && *to == access)
            .is_some_and(|position| self.0 & (1 << position) != 0)
    }

    /// Those that are in both; none when there is none.
    pub fn and(self, other: Self) -> Option<Self> {
        let both = self.0 & other.0;
        (both != 0).then_some(Self(both))
    }

    /// Names in their order.
    pub fn names(self) -> Vec<&'static str> {
        NAMES
            .iter()
            .enumerate()
            .filter(|(position, _)| self.0 & (1 << position) != 0)
            .map(|(_, (name, ..))| *name)
            .collect()
    }
}

/// Names with a space between, as in OAuth 2.0 (RFC 6749 section 3.3).
impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.names().join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_parsed_and_printed() {
        let scopes = Scopes::parse(["groups.write", "users.read", "users.read"]).unwrap();
        assert_eq!(scopes.to_string(), "users.read groups.write");
        assert!(scopes.allow(ResourceKind::User, Access::Read));
        assert!(!scopes.allow(ResourceKind::User, Access::Write));
        assert!(!scopes.allow(ResourceKind::Group, Access::Read));
        assert_eq!(Scopes::parse(Scopes::ALL.names()), Ok(Scopes::ALL));
    }

    #[test]
    fn no_scope_and_an_unknown_one_are_refused() {
        assert_eq!(Scopes::parse([]), Err(InvalidScopes));
        assert_eq!(Scopes::parse(["users.read", "users.admin"]), Err(InvalidScopes));
    }

    #[test]
    fn what_is_in_both_remains() {
        let users = Scopes::parse(["users.read", "users.write"]).unwrap();
        assert_eq!(Scopes::ALL.and(users), Some(users));
        assert_eq!(users.and(Scopes::parse(["groups.read"]).unwrap()), None);
    }
}
