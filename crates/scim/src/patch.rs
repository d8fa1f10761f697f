//! PATCH: a list of operations, read once and applied as a whole (RFC 7644 §3.5.2).

mod apply;
mod entra;
mod members;
mod parse;
mod target;

use serde_json::{Map, Value};

use crate::error::ScimError;
use crate::members::MemberEdit;
use crate::resource::{Resource, check_immutable};
use crate::resource_type::ResourceType;
use target::Target;

/// The operations of one PATCH request, in order, with every target resolved.
#[derive(Clone, Debug, PartialEq)]
pub struct PatchRequest<'s> {
    resource_type: ResourceType<'s>,
    operations: Vec<Operation<'s>>,
    ignored: usize,
}

/// One change to one target. What a client bundles in one operation may become several of these.
#[derive(Clone, Debug, PartialEq)]
struct Operation<'s> {
    /// Position in the request, from 1, for error messages.
    number: usize,
    target: Target<'s>,
    action: Action,
}

#[derive(Clone, Debug, PartialEq)]
enum Action {
    Add(Value),
    Replace(Value),
    /// Entra deviation: with a value, only what it lists is removed.
    Remove(Option<Value>),
}

impl<'s> PatchRequest<'s> {
    /// Reads a PATCH body in either of Entra's dialects, or a mixture.
    ///
    /// # Errors
    /// 400 `invalidSyntax` for a body that is no PatchOp or an unknown `op`; `invalidPath`, `invalidFilter`,
    /// `noTarget`, `invalidValue` or `mutability` for an operation that can never work; 413 above 1,000 operations.
    ///
    /// # RFC
    /// RFC 7644 §3.5.2. In the profile for Entra, its deviations too; there unknown attributes are ignored and an
    /// empty list of operations is no change.
    pub fn parse(resource_type: ResourceType<'s>, body: Map<String, Value>) -> Result<Self, ScimError> {
        let (operations, ignored) = parse::operations(resource_type, body)?;
        Ok(Self { resource_type, operations, ignored })
    }

    /// Returns how many attributes were named that no schema has; they are passed over.
    pub fn ignored(&self) -> usize {
        self.ignored
    }

    /// Whether there is nothing to apply.
    pub fn is_empty(&self) -> bool {
        self.operations.is_empty()
    }

    /// Applies the operations in order to a copy of the resource.
    ///
    /// Operations on the members of a group are none of its business: take them out first with
    /// [`PatchRequest::split_members`].
    ///
    /// # Errors
    /// 400 `invalidValue`, `noTarget` or `mutability`, naming the operation.
    ///
    /// # Guarantees
    /// All or nothing: the resource given is never touched.
    pub fn apply(&self, resource: &Resource) -> Result<Resource, ScimError> {
        let mut document = resource.as_map().clone();
        for operation in &self.operations {
            apply::apply(&mut document, operation, self.resource_type.profile())
                .map_err(|error| error.within(&format!("Operation {}", operation.number)))?;
        }
        let after = Resource::tidied(self.resource_type, document);
        check_immutable(self.resource_type, resource, &after)?;
        Ok(after)
    }

    /// Takes the operations on `members` out and folds them, in order, into one edit.
    ///
    /// # Errors
    /// 400 when a member has no usable value or the filter is not one on `value`; 413 above 20,000 values.
    ///
    /// # RFC
    /// RFC 7644 §3.5.2. Entra deviation: a remove with a list of values removes only those.
    pub fn split_members(self) -> Result<(Self, MemberEdit), ScimError> {
        let (on_members, others) =
            self.operations.into_iter().partition(|operation: &Operation<'_>| operation.target.is_members());
        let edit = members::fold(on_members)?;
        Ok((Self { operations: others, ..self }, edit))
    }
}

#[cfg(test)]
mod tests;
