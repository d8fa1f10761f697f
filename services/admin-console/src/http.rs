//! What every request passes on its way to a page, and every answer on its way back.

mod assets;
mod cookies;
mod door;
mod failure;
mod headers;
mod local_path;
mod page;
mod visit;
mod visitor;

pub(crate) use assets::{Assets, serve as serve_asset};
pub(crate) use cookies::Cookies;
pub(crate) use door::{LONGEST_FORM, door};
pub(crate) use failure::Failure;
pub(crate) use local_path::LocalPath;
pub(crate) use page::{Page, answer, answer_with};
pub(crate) use visit::{Place, Visit};
pub(crate) use visitor::Visitor;
