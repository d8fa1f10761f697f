//! Where an operation acts: the path of RFC 7644 figure 7, resolved.

use crate::error::{ScimError, path_excerpt};
use crate::filter::parse::{FilterProblem, parse_entry_filter};
use crate::filter::{Expression, quoted_length};
use crate::path::{AttributePath, PathProblem};
use crate::resource_type::ResourceType;
use crate::schema::Schema;

/// A resolved target.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Target<'s> {
    /// An attribute or a part of one.
    Attribute(AttributePath<'s>),
    /// The entries of an attribute that meet a condition, or the part of them that the path names.
    Entries(AttributePath<'s>, Expression),
}

/// What a path text leads to.
pub(super) enum Found<'s> {
    Target(Target<'s>),
    /// All of a schema: the path is its URN.
    Schema(&'s Schema),
    /// Well formed, but no schema has it.
    Nothing,
}

impl<'s> Target<'s> {
    pub(super) fn path(&self) -> &AttributePath<'s> {
        match self {
            Self::Attribute(path) | Self::Entries(path, _) => path,
        }
    }

    pub(super) fn is_members(&self) -> bool {
        self.path().is_members()
    }
}

/// Resolves a path.
///
/// # Errors
/// 400 `invalidPath` when it does not follow the grammar, `invalidFilter` when the condition in it does not.
pub(super) fn resolve<'s>(resource_type: ResourceType<'s>, text: &str) -> Result<Found<'s>, ScimError> {
    if let Some(schema) = whole_schema(resource_type, text) {
        return Ok(Found::Schema(schema));
    }
    let Some((head, rest)) = text.split_once('[') else {
        return Ok(attribute(resource_type, text, text)?.map_or(Found::Nothing, found));
    };
    let (condition, part) = split_brackets(rest).ok_or_else(|| malformed(text))?;
    let name = head.to_owned() + part;
    let (Some(whole), Some(path)) =
        (attribute(resource_type, head, text)?, attribute(resource_type, &name, text)?)
    else {
        return Ok(Found::Nothing);
    };
    if whole.sub_attribute.is_some() || !whole.attribute.multi_valued {
        return Err(ScimError::invalid_path(format!(
            "The path {} puts brackets on a single value.",
            path_excerpt(text)
        )));
    }
    match parse_entry_filter(condition, whole, resource_type.profile()) {
        Ok(condition) => Ok(Found::Target(Target::Entries(path, condition))),
        Err(FilterProblem::UnknownAttribute(_)) => Ok(Found::Nothing),
        Err(problem) => Err(problem.into()),
    }
}

fn found(path: AttributePath<'_>) -> Found<'_> {
    Found::Target(Target::Attribute(path))
}

fn whole_schema<'s>(resource_type: ResourceType<'s>, text: &str) -> Option<&'s Schema> {
    let core = resource_type.schema();
    if core.urn.eq_ignore_ascii_case(text) { Some(core) } else { resource_type.extension(text) }
}

fn attribute<'s>(
    resource_type: ResourceType<'s>,
    name: &str,
    text: &str,
) -> Result<Option<AttributePath<'s>>, ScimError> {
    match AttributePath::resolve(resource_type, name) {
        Ok(path) => Ok(Some(path)),
        Err(PathProblem::Unknown) => Ok(None),
        Err(PathProblem::Malformed) => Err(malformed(text)),
    }
}

/// Splits what follows an opening bracket into the condition and the `.part` behind the closing one.
fn split_brackets(rest: &str) -> Option<(&str, &str)> {
    let mut position = 0;
    loop {
        let remaining = rest.get(position..)?;
        match remaining.chars().next()? {
            // A bracket inside quotation marks is text.
            '"' => position += quoted_length(remaining)?,
            ']' => break,
            other => position += other.len_utf8(),
        }
    }
    let (condition, closing) = rest.split_at_checked(position)?;
    let part = closing.strip_prefix(']')?;
    (part.is_empty() || part.starts_with('.')).then_some((condition, part))
}

fn malformed(text: &str) -> ScimError {
    ScimError::invalid_path(format!("The path {} cannot be read.", path_excerpt(text)))
}
