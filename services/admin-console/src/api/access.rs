use std::collections::BTreeSet;

/// What an administrator may do; each may do what those before it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// May read.
    Viewer,
    /// May change what goes on.
    Operator,
    /// May let in and shut out.
    Owner,
}

impl Role {
    fn parse(word: &str) -> Option<Self> {
        match word {
            "viewer" => Some(Self::Viewer),
            "operator" => Some(Self::Operator),
            "owner" => Some(Self::Owner),
            _ => None,
        }
    }

    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Operator => "operator",
            Self::Owner => "owner",
        }
    }
}

/// The roles of an administrator: `ROLE` in all portals, `PORTAL:ROLE` in one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Roles(Vec<(Option<String>, Role)>);

/// Portals in which a role holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Portals {
    /// Every one.
    All,
    /// These, or none.
    These(BTreeSet<String>),
}

impl Roles {
    /// As `whoami` lists them.
    pub fn parse(words: &[String]) -> Self {
        let role = |word: &String| match word.split_once(':') {
            Some((portal, role)) => Some((Some(portal.to_owned()), Role::parse(role)?)),
            None => Some((None, Role::parse(word)?)),
        };
        Self(words.iter().filter_map(role).collect())
    }

    /// Whether they suffice in a portal. For what a page offers: the API judges.
    pub fn allow(&self, needed: Role, portal: &str) -> bool {
        self.0.iter().any(|(of, role)| *role >= needed && of.as_deref().is_none_or(|of| of == portal))
    }

    /// Where they suffice.
    pub fn portals(&self, needed: Role) -> Portals {
        let enough = self.0.iter().filter(|(_, role)| *role >= needed);
        match enough.map(|(of, _)| of.clone()).collect::<Option<BTreeSet<String>>>() {
            Some(portals) => Portals::These(portals),
            None => Portals::All,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_holds_in_its_portal_or_in_all() {
        let roles = Roles::parse(&["acme:owner".to_owned(), "viewer".to_owned(), "globex:chief".to_owned()]);
        assert!(roles.allow(Role::Owner, "acme") && roles.allow(Role::Operator, "acme"));
        assert!(roles.allow(Role::Viewer, "globex") && !roles.allow(Role::Operator, "globex"));
        assert!(!Roles::default().allow(Role::Viewer, "acme"));
    }

    #[test]
    fn a_role_in_all_portals_outweighs_those_in_some() {
        let of = |words: &[&str]| {
            Roles::parse(&words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>())
                .portals(Role::Owner)
        };
        let acme = Portals::These(BTreeSet::from(["acme".to_owned()]));
        assert_eq!(of(&["acme:owner", "globex:operator"]), acme);
        assert_eq!(of(&["acme:owner", "owner"]), Portals::All);
        assert_eq!(of(&["operator"]), Portals::These(BTreeSet::new()));
    }
}
