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

/// Longest code of a portal, in characters.
pub const LONGEST_PORTAL: usize = 63;

/// Whether a text can be the code of a portal: ASCII letters, digits, hyphens, underscores and dots.
pub fn is_portal(code: &str) -> bool {
    let is_letter = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.');
    (1..=LONGEST_PORTAL).contains(&code.len()) && code.chars().all(is_letter)
}

/// The roles of an administrator, by portal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grants {
    everywhere: Option<Role>,
    by_portal: BTreeMap<String, Role>,
}

impl Grants {
    /// Reads claims: `ROLE` holds in all portals, `PORTAL:ROLE` in one, whose code ([`is_portal`]) is compared as it stands.
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
        if let Some((portal, role)) = claim.split_once(':')
            && let Some(role) = Role::parse(role)
            && is_portal(portal)
        {
            let known = self.by_portal.entry(portal.to_owned()).or_insert(role);
            *known = role.max(*known);
        }
    }

    /// The highest role in a portal.
    pub fn role_in(&self, portal: &str) -> Option<Role> {
        self.everywhere.max(self.by_portal.get(portal).copied())
    }

    /// Whether there is this role, or a higher one, in any portal.
    pub fn have_somewhere(&self, needed: Role) -> bool {
        self.everywhere.iter().chain(self.by_portal.values()).any(|role| *role >= needed)
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
        let grants = Grants::parse(["acme:owner"]);
        for other in ["Acme", "acme ", "acm", "acme:owner", ""] {
            assert_eq!(grants.role_in(other), None, "{other:?}");
        }
    }

    #[test]
    fn what_is_not_understood_grants_nothing() {
        let long = format!("{}:owner", "x".repeat(64));
        let claims = [
            "Owner",
            "admin",
            "",
            ":",
            ":owner",
            "acme:",
            "acme:root",
            "acme: owner",
            "owner ",
            "*",
            "*:owner",
            "acme:x:owner",
            "acme::owner",
            "ac me:owner",
            "äcme:owner",
            "acme/x:owner",
            "acme\0:owner",
            &long,
        ];
        let grants = Grants::parse(claims);
        assert!(grants.is_empty(), "{grants:?}");
        assert_eq!(grants.portals(), Some(Vec::new()));
    }

    #[test]
    fn a_role_may_be_held_somewhere() {
        let grants = Grants::parse(["viewer", "acme:operator"]);
        assert!(grants.have_somewhere(Role::Viewer) && grants.have_somewhere(Role::Operator));
        assert!(!grants.have_somewhere(Role::Owner));
        assert!(Grants::parse(["owner"]).have_somewhere(Role::Operator));
        assert!(!Grants::default().have_somewhere(Role::Viewer));
    }

    #[test]
    fn grants_are_told_as_claims() {
        let grants = Grants::parse(["globex:viewer", "operator", "acme:owner", "nonsense"]);
        assert_eq!(grants.to_claims(), ["operator", "acme:owner", "globex:viewer"]);
        assert_eq!(Grants::parse(grants.to_claims()), grants);
    }
}
