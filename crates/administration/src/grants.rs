use std::collections::BTreeMap;

/// What an administrator may do; each includes those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Looks.
    Viewer,
    /// Keeps an integration going.
    Operator,
    /// Decides who comes in, and what an integration does.
    Owner,
}

impl Role {
    /// Reads the word that stands in a claim.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "viewer" => Some(Self::Viewer),
            "operator" => Some(Self::Operator),
            "owner" => Some(Self::Owner),
            _ => None,
        }
    }

    /// The word that stands in a claim.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Operator => "operator",
            Self::Owner => "owner",
        }
    }
}

/// The roles of an administrator, by portal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grants {
    everywhere: Option<Role>,
    by_portal: BTreeMap<String, Role>,
}

impl Grants {
    /// Reads claims: `ROLE` holds in all portals, `PORTAL:ROLE` in one, whose code is compared as it stands.
    ///
    /// Others are ignored: an issuer's claim may hold roles of other applications too.
    pub fn parse<T: AsRef<str>>(claims: impl IntoIterator<Item = T>) -> Self {
        let mut grants = Self::default();
        for claim in claims {
            grants.add(claim.as_ref());
        }
        grants
    }

    fn add(&mut self, claim: &str) {
        if let Some(role) = Role::parse(claim) {
            self.everywhere = self.everywhere.max(Some(role));
        }
        if let Some((portal, role)) = claim.rsplit_once(':')
            && let Some(role) = Role::parse(role)
            && !portal.is_empty()
        {
            let known = self.by_portal.entry(portal.to_owned()).or_insert(role);
            *known = role.max(*known);
        }
    }

    /// The highest role in a portal.
    pub fn role_in(&self, portal: &str) -> Option<Role> {
        self.everywhere.max(self.by_portal.get(portal).copied())
    }

    /// Whether nothing is granted.
    pub fn is_empty(&self) -> bool {
        self.everywhere.is_none() && self.by_portal.is_empty()
    }

    /// The portals in which there is a role; `None` when there is one in all.
    pub fn portals(&self) -> Option<Vec<String>> {
        if self.everywhere.is_some() {
            return None;
        }
        Some(self.by_portal.keys().cloned().collect())
    }

    /// The claims that grant the same.
    pub fn to_claims(&self) -> Vec<String> {
        let everywhere = self.everywhere.iter().map(|role| role.as_str().to_owned());
        let by_portal = self.by_portal.iter().map(|(portal, role)| format!("{portal}:{}", role.as_str()));
        everywhere.chain(by_portal).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_includes_those_before_it() {
        assert!(Role::Viewer < Role::Operator && Role::Operator < Role::Owner);
        for role in [Role::Viewer, Role::Operator, Role::Owner] {
            assert_eq!(Role::parse(role.as_str()), Some(role));
        }
    }

    #[test]
    fn the_highest_of_several_grants_holds() {
        let grants = Grants::parse(["acme:viewer", "acme:owner", "acme:operator", "viewer", "globex:viewer"]);
        assert_eq!(grants.role_in("acme"), Some(Role::Owner));
        assert_eq!(grants.role_in("globex"), Some(Role::Viewer));
        assert_eq!(grants.role_in("initech"), Some(Role::Viewer));
        let both = Grants::parse(["operator", "acme:viewer"]);
        assert_eq!(both.role_in("acme"), Some(Role::Operator));
    }

    #[test]
    fn a_portal_is_compared_as_it_stands() {
        let grants = Grants::parse(["acme:owner", "a:b:viewer"]);
        for other in ["Acme", "acme ", "acm", "acme:owner", "", "a", "b"] {
            assert_eq!(grants.role_in(other), None, "{other:?}");
        }
        assert_eq!(grants.role_in("a:b"), Some(Role::Viewer));
    }

    #[test]
    fn what_is_not_understood_grants_nothing() {
        let claims =
            ["Owner", "admin", "", ":", ":owner", "acme:", "acme:root", "acme: owner", "owner ", "*"];
        let grants = Grants::parse(claims);
        assert!(grants.is_empty(), "{grants:?}");
        assert_eq!(grants.portals(), Some(Vec::new()));
    }

    #[test]
    fn grants_are_told_as_claims() {
        let grants = Grants::parse(["globex:viewer", "operator", "acme:owner", "nonsense"]);
        assert_eq!(grants.to_claims(), ["operator", "acme:owner", "globex:viewer"]);
        assert_eq!(Grants::parse(grants.to_claims()), grants);
    }
}
