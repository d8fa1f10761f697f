//! What users as they came say about how the directory's attributes are mapped.

use scim::Resource;
use serde_json::Value;
use uuid::Uuid;

use crate::UserId;

/// Users that are looked at, the newest.
pub const USERS_SAMPLED: u32 = 200;

/// Something about a user that a mapping in Azure is likely to be the cause of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SetupFinding {
    /// The user has no `externalId`, by which somebody who returns is recognised.
    NoExternalId,
    /// `externalId` is no GUID, as an object id of Entra is: it is another attribute, such as `mailNickname`.
    ExternalIdIsNoObjectId,
    /// `userName` has not the form of an address.
    UserNameIsNoAddress,
    /// `userName` is the one that Entra makes up for a guest, with `#EXT#` in it.
    UserNameIsOfAGuest,
    /// There is no e-mail address of type `work`.
    NoWorkMail,
    /// There is no `displayName`.
    DisplayNameMissing,
    /// There is no `name.givenName`, or no `name.familyName`.
    NameMissing,
}

/// Users who are named as examples of a finding at most.
const MOST_EXAMPLES: usize = 3;

/// How many of the users that were looked at have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundInSetup {
    /// What.
    pub finding: SetupFinding,
    /// Of how many; at least one.
    pub users: usize,
    /// The newest of them, a few.
    pub examples: Vec<UserId>,
}

impl SetupFinding {
    /// All, in the order in which they are told.
    pub const ALL: [Self; 7] = [
        Self::NoExternalId,
        Self::ExternalIdIsNoObjectId,
        Self::UserNameIsNoAddress,
        Self::UserNameIsOfAGuest,
        Self::NoWorkMail,
        Self::DisplayNameMissing,
        Self::NameMissing,
    ];

    /// Name in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NoExternalId => "no_external_id",
            Self::ExternalIdIsNoObjectId => "external_id_is_no_object_id",
            Self::UserNameIsNoAddress => "user_name_is_no_address",
            Self::UserNameIsOfAGuest => "user_name_is_of_a_guest",
            Self::NoWorkMail => "no_work_mail",
            Self::DisplayNameMissing => "display_name_missing",
            Self::NameMissing => "name_missing",
        }
    }

    fn is_in(self, user: &Resource) -> bool {
        match self {
            Self::NoExternalId => user.external_id().is_none(),
            Self::ExternalIdIsNoObjectId => user.external_id().is_some_and(|id| !is_object_id(id)),
            Self::UserNameIsNoAddress => !user.user_name().is_some_and(is_address),
            Self::UserNameIsOfAGuest => {
                user.user_name().is_some_and(|name| name.to_ascii_uppercase().contains("#EXT#"))
            }
            Self::NoWorkMail => !has_work_mail(user),
            Self::DisplayNameMissing => user.display_name().is_none(),
            Self::NameMissing => ["givenName", "familyName"]
                .iter()
                .any(|part| user.as_map().get("name").and_then(|name| name.get(part)).is_none()),
        }
    }
}

/// What is found in these users. Numbers and ids only: no value of a user is part of it.
pub fn findings_in(users: &[(UserId, Resource)]) -> Vec<FoundInSetup> {
    let found = SetupFinding::ALL.map(|finding| {
        let ids: Vec<UserId> =
            users.iter().filter(|(_, user)| finding.is_in(user)).map(|(id, _)| *id).collect();
        let examples = ids.iter().copied().take(MOST_EXAMPLES).collect();
        FoundInSetup { finding, users: ids.len(), examples }
    });
    found.into_iter().filter(|found| found.users > 0).collect()
}

/// In the one form in which Entra writes them: 36 characters with hyphens.
fn is_object_id(text: &str) -> bool {
    text.len() == 36 && Uuid::parse_str(text).is_ok()
}

fn is_address(text: &str) -> bool {
    let is_domain = |domain: &str| domain.split('.').all(|label| !label.is_empty()) && domain.contains('.');
    text.rsplit_once('@').is_some_and(|(local, domain)| !local.is_empty() && is_domain(domain))
}

fn has_work_mail(user: &Resource) -> bool {
    let is_work = |entry: &Value| {
        let kind = entry.get("type").and_then(Value::as_str);
        kind.is_some_and(|kind| kind.eq_ignore_ascii_case("work")) && entry.get("value").is_some()
    };
    user.as_map().get("emails").and_then(Value::as_array).is_some_and(|emails| emails.iter().any(is_work))
}

#[cfg(test)]
mod tests {
    use scim::ResourceKind;
    use serde_json::json;

    use super::*;

    fn user(document: Value) -> (UserId, Resource) {
        let Value::Object(map) = document else { panic!("{document} is no object") };
        (UserId(Uuid::from_u128(7)), Resource::from_stored(ResourceKind::User, map))
    }

    /// A user as Entra sends one with `objectId` mapped to `externalId`, with these attributes instead.
    fn ana(instead: Value) -> (UserId, Resource) {
        let mut document = json!({
            "userName": "ana@acme.example", "externalId": "3F1C0f5e-0d0b-4f3c-9b1a-0123456789ab",
            "displayName": "Ana Silva", "name": { "givenName": "Ana", "familyName": "Silva" },
            "emails": [{ "type": "home", "value": "a@b.c" }, { "type": "Work", "value": "ana@acme.example" }],
        });
        let members = document.as_object_mut().unwrap();
        for (name, value) in instead.as_object().unwrap() {
            match value {
                Value::Null => members.remove(name),
                value => members.insert(name.clone(), value.clone()),
            };
        }
        user(document)
    }

    #[test]
    fn each_mistake_is_found_by_itself() {
        assert_eq!(findings_in(&[ana(json!({}))]), []);
        for (instead, code) in [
            (json!({ "externalId": null }), "no_external_id"),
            (json!({ "externalId": "ana.silva" }), "external_id_is_no_object_id"),
            (json!({ "externalId": "3f1c0f5e0d0b4f3c9b1a0123456789ab" }), "external_id_is_no_object_id"),
            (json!({ "userName": "ana.silva" }), "user_name_is_no_address"),
            (json!({ "userName": "@acme.example" }), "user_name_is_no_address"),
            (json!({ "userName": "ana@acme" }), "user_name_is_no_address"),
            (json!({ "userName": "ana@acme..example" }), "user_name_is_no_address"),
            (json!({ "userName": "ana_gmail.com#ext#@acme.onmicrosoft.com" }), "user_name_is_of_a_guest"),
            (json!({ "emails": null }), "no_work_mail"),
            (json!({ "emails": [{ "type": "home", "value": "a@b.c" }] }), "no_work_mail"),
            (json!({ "emails": [{ "type": "work" }] }), "no_work_mail"),
            (json!({ "displayName": null }), "display_name_missing"),
            (json!({ "name": null }), "name_missing"),
            (json!({ "name": { "givenName": "Ana" } }), "name_missing"),
        ] {
            let found = findings_in(&[ana(instead.clone())]);
            let codes: Vec<_> = found.iter().map(|found| (found.finding.as_str(), found.users)).collect();
            assert_eq!(codes, [(code, 1)], "{instead}");
        }
    }

    #[test]
    fn users_are_counted_and_the_first_are_named() {
        let id = |n: u128| UserId(Uuid::from_u128(n));
        let nameless = |n, instead: Value| (id(n), ana(instead).1);
        let users = [
            nameless(5, json!({})),
            nameless(4, json!({ "displayName": null })),
            nameless(3, json!({ "displayName": null, "emails": null })),
            nameless(2, json!({ "displayName": null })),
            nameless(1, json!({ "displayName": null })),
        ];
        let found = |finding, users, examples: &[u128]| FoundInSetup {
            finding,
            users,
            examples: examples.iter().map(|n| id(*n)).collect(),
        };
        assert_eq!(
            findings_in(&users),
            [
                found(SetupFinding::NoWorkMail, 1, &[3]),
                found(SetupFinding::DisplayNameMissing, 4, &[4, 3, 2])
            ]
        );
        assert_eq!(findings_in(&[]), []);
    }
}
