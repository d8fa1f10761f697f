use lms::{IntegrationSlug, StoreError};
use serde::Serialize;

use crate::database::{Database, write, write_each};
use crate::error::{TransactionError, unavailable};
use crate::statement::{RowSet, Statement};

/// Statements that are one transaction, alone in their integration.
#[derive(Debug)]
pub(crate) struct Script {
    integration: RowSet,
    steps: Vec<Step>,
}

#[derive(Debug)]
struct Step {
    statement: &'static Statement,
    rows: RowSet,
    writes_each: bool,
}

#[derive(Serialize)]
struct Slug<'a> {
    slug: &'a str,
}

impl Script {
    /// One without statements.
    pub(crate) fn of(integration: &IntegrationSlug) -> Result<Self, StoreError> {
        let slug = Slug { slug: integration.as_str() };
        Ok(Self { integration: RowSet::new(&[slug]).map_err(unavailable)?, steps: Vec::new() })
    }

    /// Adds a statement that must write every row; else the whole is a clash.
    pub(crate) fn each<R: Serialize>(
        self,
        statement: &'static Statement,
        rows: &[R],
    ) -> Result<Self, StoreError> {
        self.with(statement, rows, true)
    }

    /// Adds a statement that may write any number of rows.
    pub(crate) fn any<R: Serialize>(
        self,
        statement: &'static Statement,
        rows: &[R],
    ) -> Result<Self, StoreError> {
        self.with(statement, rows, false)
    }

    fn with<R: Serialize>(
        mut self,
        statement: &'static Statement,
        rows: &[R],
        writes_each: bool,
    ) -> Result<Self, StoreError> {
        let rows = RowSet::new(rows).map_err(unavailable)?;
        self.steps.push(Step { statement, rows, writes_each });
        Ok(self)
    }

    /// Runs within the caller's transaction.
    pub(crate) async fn run<D: Database>(&self, database: &mut D) -> Result<(), TransactionError> {
        database.lock(&self.integration).await?;
        for step in &self.steps {
            if step.writes_each {
                write_each(database, step.statement, &step.rows).await?;
            } else {
                write(database, step.statement, &step.rows).await?;
            }
        }
        Ok(())
    }
}
