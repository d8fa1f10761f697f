//! From filter text to an expression, by recursive descent.

use super::lexer::{Token, tokens};
use super::literal::{self, Written};
use super::{Expression, Operand, Operator};
use crate::error::{ScimError, excerpt};
use crate::path::{AttributePath, PathProblem};
use crate::profile::Profile;
use crate::resource_type::ResourceType;
use crate::schema::{Kind, Returned};

const MAX_BYTES: usize = 4_096;
const MAX_NODES: usize = 200;
const MAX_DEPTH: usize = 32;

/// Why a filter cannot be used.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum FilterProblem {
    Malformed(String),
    /// Well formed, but about an attribute no schema has.
    UnknownAttribute(String),
    /// About an attribute whose value never leaves the server.
    Sensitive(String),
}

impl FilterProblem {
    pub(super) fn malformed(problem: &str) -> Self {
        Self::Malformed(problem.to_owned())
    }
}

impl From<FilterProblem> for ScimError {
    fn from(problem: FilterProblem) -> Self {
        match problem {
            FilterProblem::Malformed(problem) => {
                Self::invalid_filter(format!("The filter is not valid: {problem}."))
            }
            FilterProblem::UnknownAttribute(name) => {
                Self::invalid_filter(format!("The filter names the unknown attribute {}.", excerpt(&name)))
            }
            FilterProblem::Sensitive(name) => Self::sensitive(format!("{name} cannot be filtered on.")),
        }
    }
}

/// Parses a filter on resources.
pub(super) fn parse_filter(text: &str, resource_type: ResourceType<'_>) -> Result<Expression, FilterProblem> {
    parse(text, Scope::Resource(resource_type), resource_type.profile())
}

/// Parses a filter on resources of two types, for the first of them.
pub(super) fn parse_filter_among(
    text: &str,
    resource_type: ResourceType<'_>,
    other: ResourceType<'_>,
) -> Result<Expression, FilterProblem> {
    parse(text, Scope::Among(resource_type, other), resource_type.profile())
}

/// Parses what stands between the brackets of a value path; names are parts of the attribute.
pub(crate) fn parse_entry_filter(
    text: &str,
    attribute: AttributePath<'_>,
    profile: Profile,
) -> Result<Expression, FilterProblem> {
    parse(text, Scope::Entry(attribute), profile)
}

fn parse(text: &str, scope: Scope<'_>, profile: Profile) -> Result<Expression, FilterProblem> {
    if text.len() > MAX_BYTES {
        return Err(FilterProblem::Malformed(format!("it is longer than {MAX_BYTES} bytes")));
    }
    let mut parser = Parser { tokens: tokens(text)?.into_iter().peekable(), profile, nodes: 0, depth: 0 };
    let expression = parser.disjunction(scope)?;
    match parser.tokens.next() {
        None => Ok(expression),
        Some(_) => Err(FilterProblem::malformed("something follows after its end")),
    }
}

/// Where names are looked up.
#[derive(Clone, Copy)]
enum Scope<'s> {
    Resource(ResourceType<'s>),
    /// Conditions on an attribute that only the second type has are answered as for a resource without it.
    Among(ResourceType<'s>, ResourceType<'s>),
    Entry(AttributePath<'s>),
}

struct Parser<'a> {
    tokens: std::iter::Peekable<std::vec::IntoIter<Token<'a>>>,
    profile: Profile,
    nodes: usize,
    depth: usize,
}

impl<'a> Parser<'a> {
    /// `and` binds tighter than `or`.
    fn disjunction(&mut self, scope: Scope<'_>) -> Result<Expression, FilterProblem> {
        let mut alternatives = vec![self.conjunction(scope)?];
        while self.take_word("or") {
            alternatives.push(self.conjunction(scope)?);
        }
        Ok(single_or(alternatives, Expression::Or))
    }

    fn conjunction(&mut self, scope: Scope<'_>) -> Result<Expression, FilterProblem> {
        let mut conditions = vec![self.condition(scope)?];
        while self.take_word("and") {
            conditions.push(self.condition(scope)?);
        }
        Ok(single_or(conditions, Expression::And))
    }

    fn condition(&mut self, scope: Scope<'_>) -> Result<Expression, FilterProblem> {
        self.count_node()?;
        match self.tokens.next() {
            Some(Token::Open) => self.group(scope),
            Some(Token::Word(word)) if word.eq_ignore_ascii_case("not") => {
                self.expect(&Token::Open, "not must be followed by parentheses")?;
                Ok(Expression::Not(Box::new(self.group(scope)?)))
            }
            Some(Token::Word(word)) => self.term(scope, word),
            _ => Err(FilterProblem::malformed("an attribute is missing")),
        }
    }

    fn group(&mut self, scope: Scope<'_>) -> Result<Expression, FilterProblem> {
        self.enter()?;
        let inner = self.disjunction(scope)?;
        self.expect(&Token::Close, "a parenthesis is not closed")?;
        self.depth -= 1;
        Ok(inner)
    }

    /// A comparison, a presence test, or a condition in brackets.
    fn term(&mut self, scope: Scope<'_>, name: &str) -> Result<Expression, FilterProblem> {
        let path = match (resolve(scope, name), scope) {
            (Err(FilterProblem::UnknownAttribute(_)), Scope::Among(_, other)) => {
                return self.term(Scope::Resource(other), name).map(|term| without_attribute(&term));
            }
            (resolved, _) => resolved?,
        };
        if self.tokens.next_if_eq(&Token::OpenBracket).is_some() {
            return self.entry_condition(scope, path);
        }
        self.comparison(path)
    }

    fn entry_condition(
        &mut self,
        scope: Scope<'_>,
        path: AttributePath<'_>,
    ) -> Result<Expression, FilterProblem> {
        let is_list = path.attribute.multi_valued && path.sub_attribute.is_none();
        if !is_list || matches!(scope, Scope::Entry(_)) {
            return Err(FilterProblem::Malformed(format!("{path} cannot be followed by brackets")));
        }
        self.enter()?;
        let inner = self.disjunction(Scope::Entry(path))?;
        self.expect(&Token::CloseBracket, "a bracket is not closed")?;
        self.depth -= 1;
        let list = Operand::new(&path);
        let Some(part) = self.take_part() else { return Ok(Expression::Entry(list, Box::new(inner))) };
        // Entra deviation: `emails[type eq "work"].value eq "x"` asks for one entry that meets both.
        let part =
            path.with_sub_attribute(part).ok_or_else(|| FilterProblem::UnknownAttribute(part.to_owned()))?;
        self.count_node()?;
        let both = Expression::And(vec![inner, self.comparison(part)?]);
        Ok(Expression::Entry(list, Box::new(both)))
    }

    fn comparison(&mut self, path: AttributePath<'_>) -> Result<Expression, FilterProblem> {
        let Some(Token::Word(word)) = self.tokens.next() else {
            return Err(FilterProblem::Malformed(format!("an operator is missing after {path}")));
        };
        if word.eq_ignore_ascii_case("pr") {
            return Ok(Expression::Present(Operand::new(&path)));
        }
        let Some(operator) = Operator::named(word) else {
            return Err(FilterProblem::Malformed(format!("what follows {path} is not an operator")));
        };
        let written = match self.tokens.next() {
            Some(Token::Text(text)) => Some(Written::Text(text)),
            Some(Token::Word(word)) => Written::from_word(word),
            _ => None,
        };
        let written = written.ok_or_else(|| {
            FilterProblem::Malformed(format!(
                "{} must be followed by a quoted text, a number, true, false or null",
                operator.name()
            ))
        })?;
        let operand = Operand::new(&path.with_implied_value());
        let present = || Expression::Present(operand.clone());
        Ok(match (literal::fit(&operand, operator, written, self.profile)?, operator) {
            (Some(literal), _) => Expression::Compare(operand, operator, literal),
            (None, Operator::NotEqual) => present(),
            (None, _) => Expression::Not(Box::new(present())),
        })
    }

    fn take_word(&mut self, expected: &str) -> bool {
        let is_expected =
            |token: &Token<'_>| matches!(token, Token::Word(word) if word.eq_ignore_ascii_case(expected));
        self.tokens.next_if(is_expected).is_some()
    }

    /// Takes the `.value` that may follow closing brackets.
    fn take_part(&mut self) -> Option<&'a str> {
        let token =
            self.tokens.next_if(|token| matches!(token, Token::Word(word) if word.starts_with('.')))?;
        match token {
            Token::Word(word) => word.strip_prefix('.'),
            _ => None,
        }
    }

    fn expect(&mut self, expected: &Token<'_>, problem: &str) -> Result<(), FilterProblem> {
        match self.tokens.next() {
            Some(token) if token == *expected => Ok(()),
            _ => Err(FilterProblem::malformed(problem)),
        }
    }

    fn enter(&mut self) -> Result<(), FilterProblem> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(FilterProblem::Malformed(format!("it nests deeper than {MAX_DEPTH} levels")));
        }
        Ok(())
    }

    fn count_node(&mut self) -> Result<(), FilterProblem> {
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            return Err(FilterProblem::Malformed(format!("it has more than {MAX_NODES} terms")));
        }
        Ok(())
    }
}

/// What a term comes to for a resource without its attribute.
fn without_attribute(term: &Expression) -> Expression {
    match term {
        Expression::Compare(_, Operator::NotEqual, _) | Expression::Not(_) => Expression::And(Vec::new()),
        _ => Expression::Or(Vec::new()),
    }
}

fn single_or(mut expressions: Vec<Expression>, join: fn(Vec<Expression>) -> Expression) -> Expression {
    match (expressions.len(), expressions.pop()) {
        (1, Some(only)) => only,
        (_, last) => {
            expressions.extend(last);
            join(expressions)
        }
    }
}

fn resolve<'s>(scope: Scope<'s>, name: &str) -> Result<AttributePath<'s>, FilterProblem> {
    let resolved =
        match scope {
            Scope::Resource(resource_type) | Scope::Among(resource_type, _) => {
                AttributePath::resolve(resource_type, name)
            }
            // A simple value is its own `value` (RFC 7644 §3.5.2).
            Scope::Entry(list) if list.attribute.kind != Kind::Complex => {
                if name.eq_ignore_ascii_case("value") { Ok(list) } else { Err(PathProblem::Unknown) }
            }
            Scope::Entry(attribute) => attribute.with_sub_attribute(name).ok_or(PathProblem::Unknown),
        };
    match resolved {
        Ok(path) if path.leaf().returned == Returned::Never => {
            Err(FilterProblem::Sensitive(path.to_string()))
        }
        Ok(path) if path.leaf().is_address => {
            Err(FilterProblem::Malformed(format!("{path} is an address; filter by the id in it")))
        }
        Ok(path) => Ok(path),
        Err(PathProblem::Unknown) => Err(FilterProblem::UnknownAttribute(name.to_owned())),
        Err(PathProblem::Malformed) => {
            Err(FilterProblem::malformed("an attribute name is expected where something else stands"))
        }
    }
}
