use fluent_bundle::{FluentArgs, FluentValue};

use super::{Language, Texts};

/// A text to be, with what it needs.
pub struct Phrase<'a> {
    texts: &'a Texts,
    language: Language,
    arguments: FluentArgs<'static>,
}

impl<'a> Phrase<'a> {
    /// Without any argument.
    pub fn new(texts: &'a Texts, language: Language) -> Self {
        Self { texts, language, arguments: FluentArgs::new() }
    }

    /// With one more: the text's `$name`.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Argument) -> Self {
        self.arguments.set(name, value.to_value());
        self
    }

    /// The text of this key. One that is missing shows as its key: tests find it before anybody reads it.
    pub fn t(&self, key: &str) -> String {
        self.texts.find(self.language, key, &self.arguments).unwrap_or_else(|| {
            tracing::error!(key, "there is no such text");
            key.to_owned()
        })
    }
}

/// What may stand in a text: words, and numbers as its language writes them.
pub trait Argument {
    /// The same for Fluent.
    fn to_value(&self) -> FluentValue<'static>;
}

impl Argument for str {
    fn to_value(&self) -> FluentValue<'static> {
        FluentValue::from(self.to_owned())
    }
}

impl Argument for String {
    fn to_value(&self) -> FluentValue<'static> {
        self.as_str().to_value()
    }
}

macro_rules! numbers {
    ($($number:ty),*) => {
        $(impl Argument for $number {
            fn to_value(&self) -> FluentValue<'static> {
                FluentValue::from(*self)
            }
        })*
    };
}

numbers!(u16, u32, u64, usize, i32, i64);

impl<T: Argument + ?Sized> Argument for &T {
    fn to_value(&self) -> FluentValue<'static> {
        (**self).to_value()
    }
}
