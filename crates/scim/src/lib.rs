#![doc = include_str!("../README.md")]

pub mod discovery;
mod document;
mod error;
mod filter;
mod fold;
pub mod json;
pub mod list;
pub mod members;
mod patch;
mod path;
mod projection;
mod resource;
mod resource_type;
mod schema;
pub mod urn;

pub use error::{ScimError, ScimType};
pub use filter::{Filter, IndexedTerm};
pub use fold::fold;
pub use patch::PatchRequest;
pub use path::AttributePath;
pub use projection::Projection;
pub use resource::{Resource, changed_paths};
pub use resource_type::ResourceType;
pub use schema::{Attribute, Kind, Mutability, Returned, Schema, Uniqueness};
