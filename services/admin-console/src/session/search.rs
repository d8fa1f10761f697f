use super::random;

/// Searches that a session keeps; of more, those that were made first are forgotten.
const MOST: usize = 200;

/// Longest to be kept, in bytes.
const LONGEST: usize = 2_000;

/// Whom somebody looked for: what may stand in no address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Search {
    /// A name, or a part of one.
    pub text: String,
    /// Where the part of the list begins that was asked for. It may tell names.
    pub cursor: String,
}

/// The last searches, each under an id that tells nothing of it, oldest first.
#[derive(Clone, Default)]
pub(super) struct Searches(Vec<(String, Search)>);

impl Searches {
    /// Keeps a search, and answers its id; none when it is too long. The same search again has the same id.
    pub(super) fn keep(&mut self, search: Search) -> Result<Option<String>, getrandom::Error> {
        if search.text.len() + search.cursor.len() > LONGEST {
            return Ok(None);
        }
        let position = self.0.iter().position(|(_, known)| *known == search);
        let (id, search) = match position {
            Some(position) => self.0.remove(position),
            None => (random()?, search),
        };
        if self.0.len() >= MOST {
            self.0.remove(0);
        }
        self.0.push((id.clone(), search));
        Ok(Some(id))
    }

    /// The search of an id.
    pub(super) fn find(&self, id: &str) -> Option<Search> {
        self.0.iter().find(|(known, _)| known == id).map(|(_, search)| search.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Search {
        Search { text: text.to_owned(), cursor: String::new() }
    }

    #[test]
    fn the_last_searches_are_kept_and_one_made_again_is_no_other() {
        let mut searches = Searches::default();
        let first = searches.keep(of("0")).unwrap().unwrap();
        let second = searches.keep(of("1")).unwrap().unwrap();
        for number in 2..200 {
            searches.keep(of(&number.to_string())).unwrap();
        }
        assert_eq!(searches.keep(of("0")).unwrap().unwrap(), first);
        assert_eq!(searches.find(&second), Some(of("1")));
        searches.keep(of("200")).unwrap();
        assert_eq!((searches.find(&first), searches.find(&second)), (Some(of("0")), None));
        assert_eq!(searches.0.len(), 200);
    }

    #[test]
    fn what_is_too_long_is_not_kept() {
        let mut searches = Searches::default();
        assert!(searches.keep(of(&"x".repeat(2_000))).unwrap().is_some());
        assert_eq!(searches.keep(of(&"x".repeat(2_001))).unwrap(), None);
    }
}
