#![doc = include_str!("../README.md")]

pub mod bulk;
pub mod discovery;
mod document;
mod error;
pub mod filter;
mod fold;
pub mod json;
pub mod list;
pub mod members;
mod patch;
mod path;
mod profile;
mod projection;
mod resource;
mod resource_type;
mod schema;
mod sort;
pub mod urn;

pub use error::{ScimError, ScimType};
pub use filter::Filter;
pub use fold::fold;
pub use patch::PatchRequest;
pub use path::AttributePath;
pub use profile::Profile;
pub use projection::{Projection, TextProjection};
pub use resource::{LookupKey, Resource, changed_paths, lookup_keys, unknown_attributes};
pub use resource_type::{ResourceKind, ResourceType};
pub use schema::{
    Attribute, InvalidSchema, Kind, Mutability, Returned, Schema, Uniqueness, check_extensions,
};
pub use sort::{Sort, SortValue};
