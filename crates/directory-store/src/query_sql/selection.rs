//! The statements that answer a query.

use directory::{IntegrationId, Page, Query};
use scim::ResourceKind;
use uuid::Uuid;

use super::dialect::Dialect;
use super::equality::{Narrowing, Reach, is_common};
use super::order::{after, order};
use super::value::Scope;
use super::{Bind, Sql, Statement, bind, raw, sql};

/// Live resources of a tenant that a query without an indexed equality may look at.
const SCAN_LIMIT: i64 = 200_000;

/// Comparisons that such a query may make: some 10 µs each where text has to be folded.
const COMPARISON_LIMIT: i64 = 400_000;

/// A query over resources of one kind and one tenant.
pub(crate) struct Selection<'q> {
    scope: Scope<'q>,
    query: &'q Query,
    /// What an index leads to.
    narrowing: Option<Narrowing>,
}

impl<'q> Selection<'q> {
    pub(crate) fn new(
        dialect: &'q dyn Dialect,
        kind: ResourceKind,
        of: IntegrationId,
        query: &'q Query,
    ) -> Self {
        let scope = Scope { dialect, kind, of };
        let narrowing = query.filter.as_ref().and_then(|filter| scope.narrowing(filter));
        Self { scope, query, narrowing }
    }

    /// Whether it looks at every resource of the tenant.
    pub(crate) fn is_scan(&self) -> bool {
        self.narrowing.is_none() && (self.query.filter.is_some() || self.query.sort.is_some())
    }

    /// Whether its plan must be made for its values.
    #[cfg(feature = "postgres")]
    pub(crate) fn depends_on_values(&self) -> bool {
        let reach = self.narrowing.as_ref().map(|narrowing| narrowing.reach);
        self.is_scan() || reach == Some(Reach::Namesakes)
    }

    /// A query for how many match, where that is asked for and known without looking at them.
    #[cfg(feature = "postgres")]
    pub(crate) fn counted(&self) -> Option<Sql> {
        let of_all = || self.scope.dialect.counted(self.scope.table(), self.scope.of);
        (self.query.counted && self.query.filter.is_none()).then(of_all).flatten()
    }

    /// How many resources it may look at, where that must be asked before: a walk that goes on was let in at its
    /// beginning.
    pub(crate) fn limit(&self) -> Option<i64> {
        let goes_on = matches!(self.query.page, Page::After { position: Some(_), .. });
        let terms = self.query.filter.as_ref().map_or(1, |filter| filter.expression().terms());
        let affordable = COMPARISON_LIMIT / i64::try_from(terms.max(1)).unwrap_or(i64::MAX);
        (self.is_scan() && !goes_on).then_some(affordable.min(SCAN_LIMIT))
    }

    /// How many resources a scan would look at, counted up to one more than `limit`.
    pub(crate) fn scanned<R>(&self, limit: i64) -> Statement<R> {
        let limit = bind(Bind::Integer(limit + 1));
        let counted = sql(
            "select count(*) from (select 1 from ? as r where r.integration_id = ? and ? limit ?) as scanned",
            [&self.table(), &self.scope.of(), &raw(self.scope.dialect.is_live()), &limit],
        );
        Statement::cached(counted)
    }

    /// How many match.
    pub(crate) fn count<R>(&self) -> Statement<R> {
        let counted = || self.scope.dialect.counted(self.scope.table(), self.scope.of);
        if let Some(counted) = self.query.filter.is_none().then(counted).flatten() {
            return Statement::cached(counted);
        }
        self.statement(sql("select count(*) from (select r.id ?) as matching", [&self.matching()]))
    }

    /// The rows of the page with these columns of `r`.
    pub(crate) fn page<R>(&self, columns: &Sql) -> Statement<R> {
        match self.narrowing.as_ref().map(|narrowing| narrowing.reach) {
            Some(Reach::One) if self.begins() => {
                return self.statement(sql("select ? ?", [columns, &self.matching()]));
            }
            Some(Reach::One | Reach::Few) if self.query.sort.is_none() => {
                return self.statement(self.few(columns));
            }
            _ => {}
        }
        let order = raw(order(self.query.sort.as_ref()));
        let rows = self.scope.dialect.rows_of_page(self.scope.table(), self.scope.of);
        self.statement(sql("with ? select ? from ? order by ?", [&self.ids(), columns, &rows, &order]))
    }

    /// Whether the first match is on the page.
    fn begins(&self) -> bool {
        match self.query.page {
            Page::From { offset, limit } => offset == 0 && limit > 0,
            Page::After { ref position, limit } => position.is_none() && limit > 0,
        }
    }

    /// So few rows that reading them whole costs less than finding those of the page again.
    ///
    /// They are collected before they are ordered, as in [`Selection::ids`].
    fn few(&self, columns: &Sql) -> Sql {
        sql(
            "with r as materialized (select r.* ?) select ? from r where ? order by r.id ?",
            [&self.matching(), columns, &self.beyond(raw("r.id")), &self.part()],
        )
    }

    /// `page` as a query of its own, so that only the rows that are answered are read whole.
    ///
    /// What an index leads to is collected before it is ordered: without statistics the planner might rather walk
    /// through the tenant in the order of ids and look for it there.
    fn ids(&self) -> Sql {
        let part = self.part();
        match &self.query.sort {
            None if self.narrowing.is_none() => sql(
                "page as materialized (select r.id ? and ? order by r.id ?)",
                [&self.matching(), &self.beyond(raw("r.id")), &part],
            ),
            None => sql(
                "matching as materialized (select r.id ?),
                page as materialized (select page.id from matching as page where ? order by page.id ?)",
                [&self.matching(), &self.beyond(raw("page.id")), &part],
            ),
            Some(sort) => sql(
                "matching as materialized (select r.id, ? as sort_value ?),
                page as materialized (
                    select page.id, page.sort_value from matching as page where ? order by ? ?)",
                [
                    &self.scope.sort_value(&sort.operand),
                    &self.matching(),
                    &self.beyond(raw("page.id")),
                    &raw(order(Some(sort))),
                    &part,
                ],
            ),
        }
    }

    /// From where and under which condition.
    fn matching(&self) -> Sql {
        let nothing = raw("true");
        let condition = self.query.filter.as_ref().map(|filter| self.scope.condition(filter.expression()));
        sql(
            "from ? as r where r.integration_id = ? and ? and ? and ?",
            [
                &self.table(),
                &self.scope.of(),
                &raw(self.scope.dialect.is_live()),
                self.narrowing.as_ref().map_or(&nothing, |narrowing| &narrowing.condition),
                condition.as_ref().unwrap_or(&nothing),
            ],
        )
    }

    fn beyond(&self, id: Sql) -> Sql {
        let Page::After { position: Some(position), .. } = &self.query.page else { return raw("true") };
        let last: Uuid = position.id;
        let last = bind(self.scope.dialect.id(last));
        match &self.query.sort {
            Some(sort) => after(sort, position, &last),
            None => sql("? > ?", [&id, &last]),
        }
    }

    fn part(&self) -> Sql {
        let number = |number: u32| bind(Bind::Integer(number.into()));
        match &self.query.page {
            Page::From { offset, limit } => sql("limit ? offset ?", [&number(*limit), &number(*offset)]),
            Page::After { limit, .. } => sql("limit ?", [&number(*limit)]),
        }
    }

    fn table(&self) -> Sql {
        raw(self.scope.dialect.table(self.scope.table()))
    }

    /// Filters have unboundedly many shapes; a connection remembers how to answer the few that clients match by.
    fn statement<R>(&self, sql: Sql) -> Statement<R> {
        let is_common = self.query.sort.is_none()
            && match &self.query.filter {
                None => true,
                Some(filter) => self.narrowing.is_some() && is_common(filter.expression()),
            };
        if is_common { Statement::cached(sql) } else { Statement::once(sql) }
    }
}

#[cfg(test)]
#[cfg(feature = "postgres")]
mod tests {
    use directory::Position;
    use scim::{Filter, ResourceType};

    use super::*;
    use crate::query_sql::Postgres;

    fn limit(filter: &str, page: Page) -> Option<i64> {
        let filter = Some(Filter::parse(filter, ResourceType::USER).unwrap());
        let query = Query { filter, sort: None, page, counted: true };
        Selection::new(&Postgres, ResourceKind::User, IntegrationId(Uuid::nil()), &query).limit()
    }

    #[test]
    fn the_longer_a_filter_the_fewer_resources_it_may_look_at() {
        let first = || Page::From { offset: 0, limit: 10 };
        assert_eq!(limit("title co \"x\"", first()), Some(200_000));
        assert_eq!(limit(&["title co \"x\""; 8].join(" or "), first()), Some(50_000));
        assert_eq!(limit("userName eq \"x\" and title co \"x\"", first()), None, "an index leads there");
    }

    #[test]
    fn a_walk_that_goes_on_is_not_asked_again() {
        let position = Some(Position { value: None, id: Uuid::nil() });
        assert_eq!(limit("title co \"x\"", Page::After { position, limit: 10 }), None);
        assert_eq!(limit("title co \"x\"", Page::After { position: None, limit: 10 }), Some(200_000));
    }
}
