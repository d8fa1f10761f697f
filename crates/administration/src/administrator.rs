use std::net::IpAddr;

use crate::{Grants, Role};

/// A caller of the administrators' API, whose token was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Administrator {
    /// Who, as the issuer of the token says.
    pub subject: String,
    /// What the token grants.
    pub grants: Grants,
    /// Where the request came from, when that is known.
    pub address: Option<IpAddr>,
}

/// An administrator may not do what was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAllowed {
    /// There is no role in the portal. The caller is told what one is told of an integration that does not exist.
    #[error("there is no such integration")]
    Unseen,
    /// There is a role, and it is too low.
    #[error("the role {} is needed in this portal", needed.as_str())]
    Lacks {
        /// The lowest role that may.
        needed: Role,
    },
}

impl Administrator {
    /// The highest role in a portal.
    pub fn role_in(&self, portal: &str) -> Option<Role> {
        self.grants.role_in(portal)
    }

    /// Requires a role in a portal.
    ///
    /// # Errors
    /// When there is none there, or only a lower one.
    pub fn require(&self, needed: Role, portal: &str) -> Result<(), NotAllowed> {
        match self.role_in(portal) {
            None => Err(NotAllowed::Unseen),
            Some(role) if role < needed => Err(NotAllowed::Lacks { needed }),
            Some(_) => Ok(()),
        }
    }

    /// The portals whose integrations the caller may see; `None` for all.
    pub fn portals(&self) -> Option<Vec<String>> {
        self.grants.portals()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn administrator(claims: &[&str]) -> Administrator {
        Administrator { subject: "olga".to_owned(), grants: Grants::parse(claims), address: None }
    }

    #[test]
    fn a_portal_without_a_role_is_unseen_and_a_low_role_lacks() {
        let olga = administrator(&["acme:operator"]);
        assert_eq!(olga.require(Role::Viewer, "acme"), Ok(()));
        assert_eq!(olga.require(Role::Operator, "acme"), Ok(()));
        assert_eq!(olga.require(Role::Owner, "acme"), Err(NotAllowed::Lacks { needed: Role::Owner }));
        assert_eq!(olga.require(Role::Viewer, "globex"), Err(NotAllowed::Unseen));
        assert_eq!(administrator(&[]).require(Role::Viewer, "acme"), Err(NotAllowed::Unseen));
    }

    #[test]
    fn a_list_shows_the_portals_of_the_caller() {
        assert_eq!(
            administrator(&["globex:viewer", "acme:owner"]).portals(),
            Some(vec!["acme".into(), "globex".into()])
        );
        assert_eq!(administrator(&["acme:owner", "viewer"]).portals(), None);
    }
}
