//! The order of a result, and what comes after a position in it.

use directory::Position;
use scim::filter::Operand;
use scim::{Kind, Sort, SortValue};

use super::value::{Place, Scope, Source, Value, names, part_may_be_list};
use super::{Bind, Sql, bind, raw, sql};

impl Scope<'_> {
    /// What `r` is ordered by: of a list the value of the primary entry, else of the first; null when it has none.
    pub(super) fn sort_value(&self, operand: &Operand) -> Sql {
        if let (Some(part), true) = (&operand.part, operand.multi_valued) {
            return first(
                &self.orderable_part(part, operand),
                &self.dialect.list(&names(operand)),
                self.dialect.primary_entry_first(),
            );
        }
        match self.source(operand, Place::Resource) {
            Source::One(value) => self.orderable(&value, operand),
            Source::Each { from, value, order } => first(&self.orderable(&value, operand), &from, order),
        }
    }

    fn orderable_part(&self, part: &str, operand: &Operand) -> Sql {
        if part_may_be_list(operand) {
            let value = self.orderable(&Value::Json(self.dialect.value_of_part()), operand);
            return first(&value, &self.dialect.parts_of_entry(part), self.dialect.first_value_of_part());
        }
        self.orderable(&Value::Json(self.dialect.part_of_entry(part)), operand)
    }
}

fn first(value: &Sql, from: &Sql, order: &'static str) -> Sql {
    sql("(select ? from ? order by ? limit 1)", [value, from, &raw(order)])
}

/// How `matching` or `page` is ordered; both have `id`, and `sort_value` when there is a sort.
pub(super) fn order(sort: Option<&Sort>) -> &'static str {
    match sort {
        None => "page.id",
        Some(Sort { descending: false, .. }) => "page.sort_value asc nulls last, page.id",
        Some(Sort { descending: true, .. }) => "page.sort_value desc nulls first, page.id",
    }
}

/// Whether a row of `page` comes after a position, as [`Sort::compare`] orders them.
pub(super) fn after(sort: &Sort, position: &Position, id: &Sql) -> Sql {
    let Some(value) = &position.value else {
        let template = match sort.descending {
            false => "(page.sort_value is null and page.id > ?)",
            true => "(page.sort_value is not null or page.id > ?)",
        };
        return sql(template, [id]);
    };
    let Some(value) = fitting(value, sort.operand.kind) else {
        return against_another_type(sort, value);
    };
    let (value, same) = (bind(value.clone()), bind(value));
    let template = match sort.descending {
        false => "(page.sort_value is null or page.sort_value > ? or (page.sort_value = ? and page.id > ?))",
        true => "coalesce(page.sort_value < ? or (page.sort_value = ? and page.id > ?), false)",
    };
    sql(template, [&value, &same, id])
}

fn fitting(value: &SortValue, kind: Kind) -> Option<Bind> {
    let expected = type_of(kind);
    let (actual, bound) = match value {
        SortValue::Boolean(flag) => (Type::Boolean, Bind::Boolean(*flag)),
        SortValue::Number(number) => (Type::Number, Bind::Number(*number)),
        SortValue::Instant(millis) => (Type::Instant, Bind::Integer(*millis)),
        SortValue::Text(text) => (Type::Text, Bind::Text(text.clone())),
    };
    (actual == expected).then_some(bound)
}

/// In the order in which [`SortValue`] has them.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
enum Type {
    Boolean,
    Number,
    Instant,
    Text,
}

fn type_of(kind: Kind) -> Type {
    match kind {
        Kind::Boolean => Type::Boolean,
        Kind::Integer | Kind::Decimal => Type::Number,
        Kind::DateTime => Type::Instant,
        Kind::String | Kind::Reference | Kind::Binary | Kind::Complex => Type::Text,
    }
}

/// A position that no answer of ours had: all values come before it or behind it.
fn against_another_type(sort: &Sort, value: &SortValue) -> Sql {
    let actual = match value {
        SortValue::Boolean(_) => Type::Boolean,
        SortValue::Number(_) => Type::Number,
        SortValue::Instant(_) => Type::Instant,
        SortValue::Text(_) => Type::Text,
    };
    let values_are_greater = type_of(sort.operand.kind) > actual;
    raw(match (values_are_greater, sort.descending) {
        (true, false) => "true",
        (false, false) => "page.sort_value is null",
        (false, true) => "page.sort_value is not null",
        (true, true) => "false",
    })
}
