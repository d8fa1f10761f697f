//! Equalities that an index answers.

use directory::IntegrationId;
use scim::filter::{Equality, Expression, Literal, Operator};
use scim::{Filter, LookupKey, ResourceKind};

use super::condition::as_id;
use super::value::Scope;
use super::{Bind, Sql, Table, bind, raw, sql};
use crate::lookup_row::LookupRow;

/// How few rows an equality leaves, the fewest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Reach {
    One,
    Few,
    /// Few as a rule, and everybody where all have one name: that depends on the value.
    Namesakes,
    Many,
}

/// A condition that every match meets and that an index leads to.
pub(super) struct Narrowing {
    pub(super) reach: Reach,
    pub(super) condition: Sql,
}

impl Scope<'_> {
    /// The narrowest that there is.
    pub(super) fn narrowing(&self, filter: &Filter) -> Option<Narrowing> {
        let narrowings = filter.equalities().into_iter().filter_map(|equality| self.indexed(equality));
        let narrowings = narrowings.map(|(reach, condition)| Narrowing { reach, condition });
        narrowings.min_by_key(|narrowing| narrowing.reach)
    }

    fn indexed(&self, Equality { operand, literal }: Equality<'_>) -> Option<(Reach, Sql)> {
        let key = LookupKey::of(operand, literal)?;
        let text = || bind(Bind::Text(key.value.clone()));
        let is_user = self.kind == ResourceKind::User;
        Some(match key.attribute.as_str() {
            "id" => (Reach::One, self.by_id(literal, |id| sql("r.id = ?", [id]))),
            "externalId" => (Reach::One, sql("r.external_id = ?", [&text()])),
            "userName" if is_user => (Reach::One, sql("r.user_name_folded = ?", [&text()])),
            "displayName" => {
                // Groups have names of their own.
                let reach = if is_user { Reach::Namesakes } else { Reach::One };
                (reach, sql("r.display_name_folded = ?", [&text()]))
            }
            "groups.value" if is_user => (Reach::Many, self.by_id(literal, |id| self.users_in(id))),
            "members.value" if !is_user => (Reach::Few, self.by_id(literal, |id| self.groups_of(id))),
            _ if is_user => (Reach::Few, self.looked_up(&LookupRow::of(&key))),
            _ => return None,
        })
    }

    fn by_id(&self, literal: &Literal, condition: impl Fn(&Sql) -> Sql) -> Sql {
        match literal {
            Literal::Text(text) => {
                as_id(text).map_or(raw("false"), |id| condition(&bind(self.dialect.id(id))))
            }
            _ => raw("false"),
        }
    }

    fn users_in(&self, group: &Sql) -> Sql {
        let ids = sql(
            "select m.user_id from ? as m where m.group_id = ? and m.integration_id = ?",
            [&raw(self.dialect.table(Table::GroupMember)), group, &self.of()],
        );
        self.dialect.id_is_among(&ids)
    }

    fn groups_of(&self, user: &Sql) -> Sql {
        let ids = sql(
            "select m.group_id from ? as m where m.user_id = ? and m.integration_id = ?",
            [&raw(self.dialect.table(Table::GroupMember)), user, &self.of()],
        );
        self.dialect.id_is_among(&ids)
    }

    fn looked_up(&self, row: &LookupRow) -> Sql {
        let ids = sql(
            "select l.user_id from ? as l where l.value = ? and l.attribute = ? and l.integration_id = ?",
            [
                &raw(self.dialect.table(Table::UserLookup)),
                &bind(Bind::Text(row.value.clone())),
                &bind(Bind::Text(row.attribute.clone())),
                &self.of(),
            ],
        );
        self.dialect.id_is_among(&ids)
    }

    pub(super) fn of(&self) -> Sql {
        let IntegrationId(of) = self.of;
        bind(self.dialect.id(of))
    }
}

/// What the users are looked up by whom a filter of a common shape selects among, and whether it selects all of them;
/// `None` where that is told by more than the stored document.
#[cfg(feature = "postgres")]
pub(crate) fn key_of_users(filter: &Filter) -> Option<(LookupKey, bool)> {
    let is_of_document = |operand: &&scim::filter::Operand| {
        operand.extension.is_some() || !matches!(operand.attribute.as_str(), "id" | "meta" | "groups")
    };
    if !is_common(filter.expression()) || !filter.operands().iter().all(is_of_document) {
        return None;
    }
    let keys = filter
        .equalities()
        .into_iter()
        .filter_map(|equality| LookupKey::of(equality.operand, equality.literal));
    // The first of a user's own names is the narrowest; namesakes may be many.
    let key = keys
        .filter(|key| key.attribute != "displayName")
        .min_by_key(|key| !matches!(key.attribute.as_str(), "userName" | "externalId"))?;
    let is_whole = matches!(filter.expression(), Expression::Compare(..))
        && matches!(key.attribute.as_str(), "userName" | "externalId");
    Some((key, is_whole))
}

/// Whether a filter is one of the few shapes that clients match by: one equality, or two together.
pub(super) fn is_common(expression: &Expression) -> bool {
    fn equalities(expression: &Expression) -> Option<usize> {
        match expression {
            Expression::Compare(_, Operator::Equal, _) => Some(1),
            Expression::And(conditions) => conditions.iter().map(equalities).sum(),
            Expression::Entry(_, inner) => equalities(inner),
            _ => None,
        }
    }
    equalities(expression).is_some_and(|count| count == 1 || count == 2)
}

#[cfg(test)]
mod tests {
    use scim::ResourceType;

    use super::*;

    #[test]
    fn what_clients_match_by_is_common() {
        for (text, expected) in [
            ("userName eq \"x\"", true),
            ("emails[type eq \"work\"].value eq \"x\"", true),
            ("externalId eq \"x\" and active eq true", true),
            ("externalId eq \"x\" and active eq true and title eq \"x\"", false),
            ("userName sw \"x\"", false),
            ("userName eq \"x\" or userName eq \"y\"", false),
            ("not (userName eq \"x\")", false),
        ] {
            let filter = Filter::parse(text, ResourceType::USER).unwrap();
            assert_eq!(is_common(filter.expression()), expected, "{text}");
        }
    }
}
