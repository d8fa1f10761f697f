//! What PostgreSQL counts and folds by itself is what this program does.

use proptest::prelude::{Strategy, any, prop, prop_oneof};
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use tokio_postgres::NoTls;

use crate::postgres::migrated;

/// Letters that became letters with a lower case in Unicode 15.1 or later, which the server may not know yet.
const YOUNG: [std::ops::RangeInclusive<char>; 5] = [
    '\u{1c89}'..='\u{1c8a}',
    '\u{a7cb}'..='\u{a7cc}',
    '\u{a7ce}'..='\u{a7dc}',
    '\u{10d50}'..='\u{10d65}',
    '\u{16ea0}'..='\u{16eb8}',
];

fn is_young(letter: char) -> bool {
    YOUNG.iter().any(|range| range.contains(&letter))
}

fn samples<T>(count: usize, strategy: &impl Strategy<Value = T>) -> Vec<T> {
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    (0..count).map(|_| strategy.new_tree(&mut runner).unwrap().current()).collect()
}

/// What a function of the server makes of each text.
async fn answers<T>(function: &str, texts: &[String]) -> Vec<T>
where
    T: for<'a> tokio_postgres::types::FromSql<'a>,
{
    let database = migrated().await;
    let (client, connection) = tokio_postgres::connect(database.url(), NoTls).await.unwrap();
    tokio::spawn(connection);
    client.batch_execute("set role illuxi_gateway").await.unwrap();
    let select = format!(
        "select {function}(given.text) from unnest($1::text[]) with ordinality as given(text, n) order by given.n"
    );
    client.query(&select, &[&texts]).await.unwrap().iter().map(|row| row.get(0)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_folds_text_as_this_program_does() {
    let letters = ('\u{1}'..=char::MAX).filter(|letter| {
        let text = letter.to_string();
        !is_young(*letter) && scim::fold(&text) != text
    });
    let mut texts: Vec<String> = letters.map(|letter| letter.to_string()).collect();
    assert!(texts.len() > 1_000);
    for text in [
        "",
        "İ",
        "I\u{307}",
        "ΟΔΟΣ",
        "ΟΔΟΣ ΟΔΟΣ.",
        "Σ",
        "aΣ",
        "οδος",
        "A\u{30a}",
        "\u{212b}",
        "ẞß",
        "ﬁ",
        "Å\u{323}",
    ] {
        texts.push(text.to_owned());
    }
    let letter = prop_oneof![
        4 => any::<char>(),
        2 => prop::sample::select("AaİıIiΣσςÉé\u{301}\u{307}\u{30a}\u{345}ͅ ´.'ǅﬀ한\u{1100}\u{1161}ΑΐΰЙЁ".chars().collect::<Vec<_>>()),
    ];
    let letter = letter.prop_filter("no store holds them", |letter| *letter != '\0' && !is_young(*letter));
    texts.extend(samples(5_000, &prop::collection::vec(letter, 0..8).prop_map(String::from_iter)));
    for (text, folded) in texts.iter().zip(answers::<String>("directory.fold", &texts).await) {
        assert_eq!(folded, scim::fold(text), "{text:?} {:?}", text.escape_unicode().to_string());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_reads_instants_as_this_program_does() {
    let mut texts: Vec<String> = [
        "2026-01-01T00:00:00Z",
        "2026-01-01t00:00:00z",
        "2026-01-01 00:00:00Z",
        "2026-01-01T00:00:00.123456789Z",
        "2026-01-01T00:00:00.9999999Z",
        "2026-01-01T00:00:00.1234567890123Z",
        "0001-01-01T00:00:00.9999Z",
        "0000-01-01T00:00:00Z",
        "0000-02-29T00:00:00+23:59",
        "9999-12-31T23:59:59.9999-23:59",
        "1969-12-31T23:59:59.9999Z",
        "2024-02-29T00:00:00Z",
        "2023-02-29T00:00:00Z",
        "1900-02-29T00:00:00Z",
        "2000-02-29T00:00:00Z",
        "2026-13-01T00:00:00Z",
        "2026-00-01T00:00:00Z",
        "2026-04-31T00:00:00Z",
        "2026-01-01T24:00:00Z",
        "2026-01-01T00:60:00Z",
        "2026-01-01T00:00:60Z",
        "2026-01-01T00:00:61Z",
        "2026-01-01T00:00:00",
        "2026-01-01T00:00:00.Z",
        "2026-01-01T00:00:00+24:00",
        "2026-01-01T00:00:00+01:60",
        "2026-01-01T00:00:00+0100",
        "2026-01-01T00:00:00−01:00",
        "2026-01-01",
        "",
        "x",
        "infinity",
        "now",
        "٢٠٢٦-01-01T00:00:00Z",
        "2026-01-01T00:00:00Z ",
        " 2026-01-01T00:00:00Z",
        "2026-01-01T00:00:00Z\n",
        "+2026-01-01T00:00:00Z",
    ]
    .map(str::to_owned)
    .to_vec();
    let written = "[0-9]{4}-[01][0-9]-[0-3][0-9][Tt ][0-2][0-9]:[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,9})?([Zz]|[+-][0-2][0-9]:[0-6][0-9])";
    texts.extend(samples(5_000, &written));
    for (text, millis) in texts.iter().zip(answers::<Option<i64>>("directory.instant", &texts).await) {
        // The parser also takes a blank or a small letter, which RFC 7643 section 2.3.5 does not know.
        let is_written_so = text.as_bytes().get(10) == Some(&b'T') && !text.ends_with('z');
        let expected = chrono::DateTime::parse_from_rfc3339(text)
            .ok()
            .filter(|_| is_written_so)
            .map(|instant| instant.timestamp_millis());
        assert_eq!(millis, expected, "{text:?}");
    }
}
