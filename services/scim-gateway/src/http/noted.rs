use std::cell::{Cell, RefCell};

use directory::{ChangedAttribute, Integration, IntegrationId, Listing, PersonDigest};
use scim::Resource;
use scim::filter::Literal;
use serde_json::{Map, Value};
use uuid::Uuid;

/// What a creation that is refused is told apart by.
const NAMES: [&str; 3] = ["userName", "displayName", "externalId"];

/// What a request turns out to be about while it is answered, for the provisioning log.
#[derive(Default)]
pub(super) struct Noted {
    person: Cell<Option<PersonDigest>>,
    found: Cell<Option<u64>>,
    asks_for_nobody: Cell<bool>,
    is_changed: Cell<bool>,
    asked: RefCell<Vec<ChangedAttribute>>,
    holder: Cell<Option<Uuid>>,
}

impl Noted {
    /// Notes whom a body describes.
    pub(super) fn body(&self, integration: IntegrationId, body: &Map<String, Value>) {
        let name = body.iter().find(|(name, _)| name.eq_ignore_ascii_case("userName"));
        if let Some(name) = name.and_then(|(_, value)| value.as_str()) {
            self.person.set(Some(PersonDigest::of(integration, name)));
        }
    }

    /// Notes what a body asks to create, as far as the integration logs values.
    pub(super) fn creation(&self, integration: &Integration, body: &Map<String, Value>) {
        self.body(integration.id, body);
        let asked = NAMES.into_iter().filter(|name| integration.settings.logs_values_of(name));
        let asked = asked.filter_map(|name| {
            let (_, value) = body.iter().find(|(member, _)| member.eq_ignore_ascii_case(name))?;
            let after = value.is_string().then(|| ChangedAttribute::loggable(value))?;
            Some(ChangedAttribute { after: Some(after), ..ChangedAttribute::named(name) })
        });
        self.asked.replace(asked.collect());
    }

    /// Notes which resource has what a creation asks for.
    pub(super) fn holder(&self, holder: Uuid) {
        self.holder.set(Some(holder));
    }

    /// Notes whom a user resource is.
    pub(super) fn user(&self, integration: IntegrationId, user: &Resource) {
        self.person.set(user.user_name().map(|name| PersonDigest::of(integration, name)));
    }

    /// Notes whom a query looks for.
    pub(super) fn listing(&self, integration: IntegrationId, listing: &Listing) {
        let Some(filter) = &listing.filter else { return };
        for equality in filter.equalities() {
            let Literal::Text(text) = equality.literal else { continue };
            let attribute = equality.operand.attribute.as_str();
            if attribute == "userName" {
                self.person.set(Some(PersonDigest::of(integration, text)));
            }
            // An externalId may well be a UUID: it is that of the person in Azure.
            let is_a_name = matches!(attribute, "userName" | "displayName" | "emails");
            if is_a_name && uuid::Uuid::try_parse(text).is_ok() {
                self.asks_for_nobody.set(true);
            }
        }
    }

    /// Notes how many a query found.
    pub(super) fn found(&self, total: u64) {
        self.found.set(Some(total));
    }

    /// Notes whether the request changed what it was about.
    pub(super) fn changed(&self, is_changed: bool) {
        self.is_changed.set(is_changed);
    }

    /// Whether it is known to have changed something, so that the transaction wrote of it.
    pub(super) fn is_changed(&self) -> bool {
        self.is_changed.get()
    }

    /// What a creation asked for, to be told when it is refused.
    pub(super) fn asked(&self) -> Vec<ChangedAttribute> {
        self.asked.borrow().clone()
    }

    pub(super) fn known_holder(&self) -> Option<Uuid> {
        self.holder.get()
    }

    pub(super) fn person(&self) -> Option<PersonDigest> {
        self.person.get()
    }

    pub(super) fn total_found(&self) -> Option<u64> {
        self.found.get()
    }

    /// Whether a name was asked for that only a probe asks for: Entra makes one up to see whether anybody answers.
    pub(super) fn asks_for_nobody(&self) -> bool {
        self.asks_for_nobody.get()
    }
}
