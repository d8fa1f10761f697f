//! What pages say, in the language of the reader: Fluent files below `locales/`.

mod language;
mod number;
mod phrase;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use unic_langid::LanguageIdentifier;

pub use language::Language;
pub use phrase::{Argument, Phrase};

type Bundle = FluentBundle<FluentResource>;

/// The texts of all languages.
pub struct Texts {
    english: Bundle,
    french: Bundle,
}

/// A file of texts is not well-formed.
#[derive(Debug, thiserror::Error)]
#[error("the texts in {0} are not well-formed")]
pub struct BrokenTexts(&'static str);

impl Texts {
    /// Those that were compiled in.
    ///
    /// # Errors
    /// When a file is not well-formed, or says something twice.
    pub fn load() -> Result<Self, BrokenTexts> {
        Ok(Self { english: bundle(Language::English)?, french: bundle(Language::French)? })
    }

    /// A text, when there is one under this key.
    pub fn find(&self, language: Language, key: &str, arguments: &FluentArgs<'_>) -> Option<String> {
        let bundle = match language {
            Language::English => &self.english,
            Language::French => &self.french,
        };
        let pattern = bundle.get_message(key)?.value()?;
        let mut errors = Vec::new();
        let text = bundle.format_pattern(pattern, Some(arguments), &mut errors);
        if !errors.is_empty() {
            tracing::error!(key, ?errors, "a text lacks something");
        }
        Some(text.into_owned())
    }
}

fn bundle(language: Language) -> Result<Bundle, BrokenTexts> {
    let tag = language.tag();
    let broken = || BrokenTexts(tag);
    let identifier: LanguageIdentifier = tag.parse().map_err(|_| broken())?;
    let mut bundle = Bundle::new_concurrent(vec![identifier]);
    // What surrounds an argument is of the same direction of writing.
    bundle.set_use_isolating(false);
    bundle.set_formatter(Some(match language {
        Language::English => number::english,
        Language::French => number::french,
    }));
    let resource = FluentResource::try_new(language.source().to_owned()).map_err(|_| broken())?;
    bundle.add_resource(resource).map_err(|_| broken())?;
    Ok(bundle)
}
