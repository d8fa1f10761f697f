//! Where the values of an operand are.

use directory::IntegrationId;
use scim::filter::Operand;
use scim::{Kind, ResourceKind};

use super::dialect::{Dialect, Json, Table};
use super::{Sql, bind, raw, sql};

/// The resources that a query is about.
#[derive(Clone, Copy)]
pub(crate) struct Scope<'d> {
    pub(crate) dialect: &'d dyn Dialect,
    pub(crate) kind: ResourceKind,
    pub(crate) of: IntegrationId,
}

/// What the names in a condition are about.
#[derive(Clone, Copy)]
pub(super) enum Place {
    /// The resource `r`.
    Resource,
    /// An entry `t` of a list in its document.
    Entry,
    /// A membership `m` of it.
    Membership,
}

/// The values of an operand.
pub(super) enum Source {
    /// One, perhaps null.
    One(Value),
    /// That of each row of `from`, which ends in a condition; `order` says which is the first.
    Each { from: Sql, value: Value, order: &'static str },
}

/// A value of an operand.
#[derive(Clone, Debug)]
pub(super) enum Value {
    /// In the document. What has the wrong type counts as a value that nothing equals.
    Json(Json),
    /// Text in the form that compares; null when there is none.
    Text(Sql),
    /// A column with an id.
    Id(&'static str),
    /// Milliseconds since 1970.
    Instant(&'static str),
}

/// The names under which an attribute is in the document.
pub(super) fn names(operand: &Operand) -> Vec<&str> {
    operand.extension.iter().chain([&operand.attribute]).map(String::as_str).collect()
}

impl Scope<'_> {
    pub(super) fn source(&self, operand: &Operand, place: Place) -> Source {
        match place {
            Place::Resource => self.source_in_resource(operand),
            Place::Entry => self.source_in_entry(operand),
            Place::Membership => Source::One(self.in_membership(operand)),
        }
    }

    fn source_in_resource(&self, operand: &Operand) -> Source {
        if let Some(value) = self.column(operand) {
            return Source::One(value);
        }
        if self.is_membership(operand) {
            return Source::Each {
                from: self.memberships(),
                value: self.in_membership(operand),
                // Nothing is ordered by memberships.
                order: "",
            };
        }
        let names = names(operand);
        let entry = |from| Source::Each {
            from,
            value: Value::Json(self.dialect.entry()),
            order: self.dialect.primary_entry_first(),
        };
        match &operand.part {
            None if operand.multi_valued => entry(self.dialect.list(&names)),
            None => Source::One(Value::Json(self.dialect.member(&names))),
            Some(part) if operand.multi_valued => Source::Each {
                from: self.dialect.parts_of_list(&names, part),
                value: Value::Json(self.dialect.value_of_part()),
                order: self.dialect.first_value_of_part(),
            },
            Some(part) => {
                let names: Vec<&str> = names.into_iter().chain([part.as_str()]).collect();
                match part_may_be_list(operand) {
                    true => entry(self.dialect.list(&names)),
                    false => Source::One(Value::Json(self.dialect.member(&names))),
                }
            }
        }
    }

    fn source_in_entry(&self, operand: &Operand) -> Source {
        match &operand.part {
            None => Source::One(Value::Json(self.dialect.entry())),
            Some(part) if part_may_be_list(operand) => Source::Each {
                from: self.dialect.parts_of_entry(part),
                value: Value::Json(self.dialect.value_of_part()),
                order: self.dialect.first_value_of_part(),
            },
            Some(part) => Source::One(Value::Json(self.dialect.part_of_entry(part))),
        }
    }

    /// What columns hold. Everything about `meta` is there.
    fn column(&self, operand: &Operand) -> Option<Value> {
        if operand.extension.is_some() {
            return None;
        }
        let is_user = self.kind == ResourceKind::User;
        Some(match (operand.attribute.as_str(), operand.part.as_deref()) {
            ("id", None) => Value::Id("r.id"),
            ("externalId", None) => Value::Text(raw("r.external_id")),
            ("userName", None) if is_user => Value::Text(raw("r.user_name_folded")),
            ("displayName", None) => Value::Text(raw("r.display_name_folded")),
            ("meta", Some("created")) => Value::Instant(self.dialect.created()),
            ("meta", Some("lastModified")) => Value::Instant(self.dialect.last_modified()),
            ("meta", Some("version")) => Value::Text(raw("'W/\"' || r.version || '\"'")),
            ("meta", _) => Value::Text(self.constant(self.kind.name())),
            _ => return None,
        })
    }

    /// Whether the operand is about who is in which group, which is told by rows and not by the document.
    pub(super) fn is_membership(&self, operand: &Operand) -> bool {
        let name = match self.kind {
            ResourceKind::User => "groups",
            ResourceKind::Group => "members",
        };
        operand.extension.is_none() && operand.attribute == name
    }

    /// The memberships of `r`. Those of the deleted are gone.
    pub(super) fn memberships(&self) -> Sql {
        let table = raw(self.dialect.table(Table::GroupMember));
        match self.kind {
            ResourceKind::User => {
                sql("? as m where m.user_id = r.id and m.integration_id = r.integration_id", [&table])
            }
            ResourceKind::Group => {
                sql("? as m where m.group_id = r.id and m.integration_id = r.integration_id", [&table])
            }
        }
    }

    fn in_membership(&self, operand: &Operand) -> Value {
        let is_user = self.kind == ResourceKind::User;
        match operand.part.as_deref() {
            Some("display") if is_user => {
                let groups = raw(self.dialect.table(Table::Group));
                Value::Text(sql(
                    "(select g.display_name_folded from ? as g
                        where g.integration_id = m.integration_id and g.id = m.group_id)",
                    [&groups],
                ))
            }
            Some("display") => {
                let users = raw(self.dialect.table(Table::User));
                Value::Text(sql(
                    "(select u.display_name_folded from ? as u
                        where u.integration_id = m.integration_id and u.id = m.user_id)",
                    [&users],
                ))
            }
            Some("type") if is_user => Value::Text(self.constant(&operand.comparable("direct"))),
            Some("type") => Value::Text(self.constant(&operand.comparable("User"))),
            _ if is_user => Value::Id("m.group_id"),
            _ => Value::Id("m.user_id"),
        }
    }

    fn constant(&self, text: &str) -> Sql {
        sql("cast(? as text)", [&bind(super::Bind::Text(text.to_owned()))])
    }

    /// The text that compares: folded unless letter case counts.
    pub(super) fn text(&self, value: &Value, operand: &Operand) -> Sql {
        match value {
            Value::Json(json) if operand.case_exact => self.dialect.text(json),
            Value::Json(json) => self.dialect.fold(&self.dialect.text(json)),
            Value::Text(text) => text.clone(),
            Value::Id(column) => sql("cast(? as text)", [&raw(column)]),
            Value::Instant(_) => raw("null"),
        }
    }

    /// The point in time in milliseconds.
    pub(super) fn instant(&self, value: &Value) -> Sql {
        match value {
            Value::Json(json) => self.dialect.instant(&self.dialect.text(json)),
            Value::Instant(column) => raw(column),
            Value::Text(_) | Value::Id(_) => raw("null"),
        }
    }

    /// What resources are ordered by; null when there is nothing.
    pub(super) fn orderable(&self, value: &Value, operand: &Operand) -> Sql {
        match (operand.kind, value) {
            (Kind::Boolean, Value::Json(json)) => self.dialect.boolean(json),
            (Kind::Integer | Kind::Decimal, Value::Json(json)) => self.dialect.number(json),
            (Kind::DateTime, _) => self.instant(value),
            _ => self.dialect.bytewise(&sql("nullif(?, '')", [&self.text(value, operand)])),
        }
    }
}

/// Parts of a standard attribute have one value; those of an integration's own may be lists.
pub(super) fn part_may_be_list(operand: &Operand) -> bool {
    operand.extension.is_some()
}
