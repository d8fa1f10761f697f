//! A filter as a condition on `r`.

use scim::ResourceKind;
use scim::filter::{Expression, Literal, Operand, Operator};
use uuid::Uuid;

use super::value::{Place, Scope, Source, Value, names};
use super::{Bind, Sql, bind, raw, sql};

impl Scope<'_> {
    pub(super) fn condition(&self, expression: &Expression) -> Sql {
        self.holds(expression, Place::Resource)
    }

    fn holds(&self, expression: &Expression, place: Place) -> Sql {
        let all = |parts: &[Expression]| parts.iter().map(|part| self.holds(part, place)).collect();
        match expression {
            Expression::Or(alternatives) => Sql::joined(all(alternatives), " or ", "false"),
            Expression::And(conditions) => Sql::joined(all(conditions), " and ", "true"),
            Expression::Not(inner) => sql("not (?)", [&self.holds(inner, place)]),
            Expression::Present(operand) => {
                self.any(self.source(operand, place), |value| self.is_assigned(value))
            }
            Expression::Compare(operand, Operator::NotEqual, literal) => {
                self.differs(operand, literal, place)
            }
            Expression::Compare(operand, operator, literal) => self
                .any(self.source(operand, place), |value| self.compares(value, operand, *operator, literal)),
            Expression::Entry(operand, inner) if self.is_membership(operand) => {
                there_is(&self.memberships(), &self.holds(inner, Place::Membership))
            }
            Expression::Entry(operand, inner) => {
                there_is(&self.dialect.list(&names(operand)), &self.holds(inner, Place::Entry))
            }
        }
    }

    fn any(&self, source: Source, holds: impl Fn(&Value) -> Sql) -> Sql {
        match source {
            Source::One(value) => holds(&value),
            Source::Each { from, value, .. } => there_is(&from, &holds(&value)),
        }
    }

    /// What is absent equals nothing, so it differs from everything; of several values one must differ.
    fn differs(&self, operand: &Operand, literal: &Literal, place: Place) -> Sql {
        let equals = |value: &Value| self.compares(value, operand, Operator::Equal, literal);
        match self.source(operand, place) {
            Source::One(value) => sql("not ?", [&equals(&value)]),
            Source::Each { from, value, .. } => {
                let is_another = match value {
                    Value::Json(_) => sql("not ?", [&equals(&value)]),
                    _ => self.compares(&value, operand, Operator::NotEqual, literal),
                };
                let (one_equals, one_differs) =
                    (there_is(&from, &equals(&value)), there_is(&from, &is_another));
                sql("(? or not ?)", [&one_differs, &one_equals])
            }
        }
    }

    fn is_assigned(&self, value: &Value) -> Sql {
        match value {
            Value::Json(json) => self.dialect.is_assigned(json),
            Value::Text(text) => sql("coalesce(? <> '', false)", [text]),
            Value::Id(column) => sql("(? is not null)", [&raw(column)]),
            Value::Instant(column) => sql("(? is not null)", [&raw(column)]),
        }
    }

    fn compares(&self, value: &Value, operand: &Operand, operator: Operator, literal: &Literal) -> Sql {
        let comparison = match (literal, value) {
            (Literal::Text(text), Value::Id(column)) if has_no_order(operator) => {
                return self.id_compares(column, operator, text);
            }
            (Literal::Text(text), _) => {
                let wanted = bind(Bind::Text(operand.comparable(text).into_owned()));
                self.text_compares(&self.text(value, operand), operator, &wanted)
            }
            (Literal::Instant(instant), _) => {
                in_order(&self.instant(value), operator, &bind(Bind::Integer(instant.timestamp_millis())))
            }
            (Literal::Number(number), Value::Json(json)) => {
                let wanted = bind(Bind::Number(number.as_f64().unwrap_or_default()));
                in_order(&self.dialect.number(json), operator, &wanted)
            }
            (Literal::Boolean(flag), Value::Json(json)) => {
                in_order(&self.dialect.boolean(json), operator, &bind(Bind::Boolean(*flag)))
            }
            // No column holds a number or a truth value that is compared.
            (Literal::Number(_) | Literal::Boolean(_), _) => raw("null"),
        };
        sql("coalesce(?, false)", [&comparison])
    }

    fn text_compares(&self, text: &Sql, operator: Operator, wanted: &Sql) -> Sql {
        match operator {
            Operator::Contains => self.dialect.contains(text, wanted),
            Operator::StartsWith => self.dialect.starts_with(text, wanted),
            Operator::EndsWith => self.dialect.ends_with(text, wanted),
            _ => in_order(&self.dialect.bytewise(text), operator, wanted),
        }
    }

    /// An id is looked up as an id. A text that is none equals none.
    fn id_compares(&self, column: &'static str, operator: Operator, text: &str) -> Sql {
        let equals = match as_id(text) {
            Some(id) => sql("? = ?", [&raw(column), &bind(self.dialect.id(id))]),
            None => raw("false"),
        };
        match operator {
            Operator::NotEqual => sql("not (?)", [&equals]),
            _ => sql("(?)", [&equals]),
        }
    }

    /// The table that `r` is a row of.
    pub(super) fn table(&self) -> super::Table {
        match self.kind {
            ResourceKind::User => super::Table::User,
            ResourceKind::Group => super::Table::Group,
        }
    }
}

/// The id that a text spells in the canonical way, in which all ids are answered.
pub(super) fn as_id(text: &str) -> Option<Uuid> {
    text.parse().ok().filter(|id: &Uuid| id.to_string() == text)
}

fn has_no_order(operator: Operator) -> bool {
    matches!(operator, Operator::Equal | Operator::NotEqual)
}

/// Whether a row meets the condition. The planner cannot turn this into a join, which goes wrong without statistics.
fn there_is(from: &Sql, condition: &Sql) -> Sql {
    sql("((select true from ? and ? limit 1) is not null)", [from, condition])
}

fn in_order(value: &Sql, operator: Operator, wanted: &Sql) -> Sql {
    let template = match operator {
        Operator::Equal => "? = ?",
        Operator::NotEqual => "? <> ?",
        Operator::GreaterThan => "? > ?",
        Operator::GreaterOrEqual => "? >= ?",
        Operator::LessThan => "? < ?",
        Operator::LessOrEqual => "? <= ?",
        // Only text has parts.
        Operator::Contains | Operator::StartsWith | Operator::EndsWith => return raw("false"),
    };
    sql(template, [value, wanted])
}
