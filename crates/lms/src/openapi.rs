//! Schemas of what is a text in a document, for the description of the administrators' API.

use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::{FoldedText, NameTemplate, Pattern, SourcePath, Template};

macro_rules! texts {
    ($($kind:ty),+) => {$(
        impl PartialSchema for $kind {
            fn schema() -> RefOr<Schema> {
                String::schema()
            }
        }

        impl ToSchema for $kind {}
    )+};
}

texts!(FoldedText, NameTemplate, Pattern, SourcePath, Template);
