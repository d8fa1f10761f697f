//! Both languages say the same, and everything that is said is there.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use regex::Regex;

fn read(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

/// Keys of a file, each with the variables of its text.
fn texts(language: &str) -> BTreeMap<String, BTreeSet<String>> {
    let variable = Regex::new(r"\$([a-z_]+)").unwrap();
    let mut texts: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut key = String::new();
    for line in read(&format!("locales/{language}.ftl")).lines() {
        if let Some((name, _)) = line.split_once(" = ").filter(|_| !line.starts_with([' ', '#'])) {
            name.clone_into(&mut key);
            assert!(
                texts.insert(key.clone(), BTreeSet::new()).is_none(),
                "{language}: {key} stands there twice"
            );
        }
        if line.starts_with('#') {
            continue;
        }
        for found in variable.captures_iter(line) {
            texts.get_mut(&key).unwrap().insert(found[1].to_owned());
        }
    }
    texts
}

/// Every file of templates and of code, in one.
fn everything() -> String {
    fn gather(folder: &Path, into: &mut String) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                gather(&path, into);
            } else {
                into.push_str(&std::fs::read_to_string(&path).unwrap());
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut everything = String::new();
    gather(&root.join("templates"), &mut everything);
    gather(&root.join("src"), &mut everything);
    everything
}

#[test]
fn both_languages_have_the_same_texts_with_the_same_variables() {
    let (english, french) = (texts("en"), texts("fr"));
    assert!(english.len() > 150, "{}", english.len());
    assert_eq!(english, french);
}

/// Texts are named as `t("key")`, `page("key")`, by advice, or word by word as `word("group", …)`.
#[test]
fn every_text_that_is_named_exists_and_none_is_left_over() {
    let (texts, everything) = (texts("en"), everything());
    let named =
        Regex::new(r#"(?:(?:\.t|\.page)\(|advice.*Some\(|=> Some\()"([a-z]+(?:-[a-z]+)*)"\)"#).unwrap();
    let mut used: BTreeSet<String> = named
        .captures_iter(&everything)
        .map(|found| found[1].to_owned())
        .filter(|key| texts.contains_key(key) || key.contains('-'))
        .collect();
    let missing: Vec<_> = used.iter().filter(|key| !texts.contains_key(*key)).collect();
    assert_eq!(missing, Vec::<&String>::new(), "these have no text");

    let groups = Regex::new(r#"(?:word|known)\(\s*"([a-z-]+)""#).unwrap();
    let mut groups: BTreeSet<String> =
        groups.captures_iter(&everything).map(|found| found[1].to_owned()).collect();
    // Macros `choice` and `options` of templates take the group as an argument; problems are named by their kind.
    groups.extend(["operation", "outcome", "kind", "when-kind", "then-kind"].map(str::to_owned));
    let kinds = Regex::new(r#"=> "([a-z-]+)","#).unwrap();
    let failures = read("src/http/failure.rs");
    for found in kinds.captures_iter(&failures) {
        for part in ["title", "text"] {
            let key = format!("problem-{}-{part}", &found[1]);
            assert!(texts.contains_key(&key), "{key} has no text");
            used.insert(key);
        }
    }
    let is_word = |key: &String| groups.iter().any(|group| key.starts_with(&format!("{group}-")));
    let left_over: Vec<_> = texts.keys().filter(|key| !used.contains(*key) && !is_word(key)).collect();
    assert_eq!(left_over, Vec::<&String>::new(), "nothing says these");
}
