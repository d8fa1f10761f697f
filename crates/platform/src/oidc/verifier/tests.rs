use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use futures::future::join_all;
use serde_json::{Value, json};
use testkit::issuer::{Behaviour, Issuer, SigningKey, federation_assertion};

use super::*;
use crate::oidc::unverified_issuer;

const TENANT: &str = "11111111-1111-1111-1111-111111111111";
const APP: &str = "22222222-2222-2222-2222-222222222222";
const OBJECT: &str = "33333333-3333-3333-3333-333333333333";
const ISSUER: &str = "https://login.microsoftonline.com/11111111-1111-1111-1111-111111111111/v2.0";
const AUDIENCE: &str = "api://22222222-2222-2222-2222-222222222222";

fn now() -> DateTime<Utc> {
    "2026-03-01T12:00:00Z".parse().unwrap()
}

fn claims() -> Value {
    federation_assertion(TENANT, APP, OBJECT, now().timestamp())
}

fn with(name: &str, value: Value) -> Value {
    let mut claims = claims();
    claims[name] = value;
    claims
}

fn without(name: &str) -> Value {
    let mut claims = claims();
    claims.as_object_mut().unwrap().remove(name);
    claims
}

/// An issuer, and one who trusts it.
struct Trust {
    issuer: Issuer,
    verifier: TokenVerifier,
    keys: KeysUrl,
}

impl Trust {
    async fn new() -> Self {
        let issuer = Issuer::start().await;
        let keys = KeysUrl::parse_for_development(&issuer.tenant_keys_url(TENANT)).unwrap();
        Self { issuer, verifier: TokenVerifier::try_new().unwrap(), keys }
    }

    async fn verify_at(&self, token: &str, now: DateTime<Utc>) -> Result<VerifiedToken, VerificationError> {
        let expected = Expected {
            keys: &self.keys,
            issuers: &["https://other.example", ISSUER],
            audiences: &[AUDIENCE],
        };
        self.verifier.verify(token, &expected, now).await
    }

    /// Why a token is refused.
    async fn refusal(&self, token: &str) -> Refused {
        match self.verify_at(token, now()).await.unwrap_err() {
            VerificationError::Refused(refused) => refused,
            VerificationError::KeysUnavailable(error) => panic!("{error}"),
        }
    }

    /// Whether a token signed now is good for `after` from now on, its own times aside.
    async fn outcome(&self, after: TimeDelta) -> Result<(), VerificationError> {
        let token = self.issuer.sign(&federation_assertion(TENANT, APP, OBJECT, (now() + after).timestamp()));
        self.verify_at(&token, now() + after).await.map(|_| ())
    }
}

#[tokio::test]
async fn a_token_of_the_issuer_is_good() {
    let trust = Trust::new().await;
    let verified = trust.verify_at(&trust.issuer.sign(&claims()), now()).await.unwrap();
    assert_eq!((verified.issuer.as_str(), verified.subject.as_str()), (ISSUER, OBJECT));
    assert_eq!(verified.expires_at, now() + TimeDelta::hours(1));
    assert_eq!(verified.text("ver"), Some("2.0"));
    verified.require("tid", TENANT).unwrap();
    let other = verified.require("tid", APP).unwrap_err();
    assert_eq!(other.values(), Some((APP, TENANT)));
    assert_eq!(other.to_string(), "the claim tid is another");
    assert_eq!(verified.require("nothing", "x").unwrap_err().values(), Some(("x", "")));
}

#[tokio::test]
async fn a_key_on_p256_signs_es256_and_nothing_else() {
    let trust = Trust::new().await;
    let key = SigningKey::p256();
    trust.issuer.also_serve(key.to_jwk("p256"));
    let token = key.sign(&json!({ "alg": "ES256", "kid": "p256" }), &claims());
    trust.verify_at(&token, now()).await.unwrap();
    let token = key.sign(&json!({ "alg": "RS256", "kid": "p256" }), &claims());
    assert_eq!(trust.refusal(&token).await, Refused::Algorithm { received: "RS256".to_owned() });
    // Its signature would be right.
    let token = trust.issuer.sign_with(&json!({ "alg": "ES256" }), &claims());
    assert_eq!(trust.refusal(&token).await, Refused::Algorithm { received: "ES256".to_owned() });
}

#[tokio::test]
async fn the_header_does_not_choose_the_algorithm() {
    let trust = Trust::new().await;
    for algorithm in ["none", "None", "", "HS256", "RS384", "PS256", "EdDSA", "rs256"] {
        let token = trust.issuer.sign_with(&json!({ "alg": algorithm }), &claims());
        assert_eq!(trust.refusal(&token).await, Refused::Algorithm { received: algorithm.to_owned() });
        let unsigned = format!("{}.", token.rsplit_once('.').unwrap().0);
        assert_eq!(trust.refusal(&unsigned).await, Refused::Algorithm { received: algorithm.to_owned() });
    }
    for algorithm in [Value::Null, json!(256), json!(["RS256"])] {
        let token = trust.issuer.sign_with(&json!({ "alg": algorithm }), &claims());
        assert_eq!(trust.refusal(&token).await, Refused::Malformed);
    }
    assert_eq!(trust.issuer.fetches(), 0);
}

#[tokio::test]
async fn a_public_key_is_no_secret_to_sign_with() {
    let trust = Trust::new().await;
    let jwk = SigningKey::rsa().to_jwk("known");
    trust.issuer.also_serve(jwk.clone());
    let secret = URL_SAFE_NO_PAD.decode(jwk["n"].as_str().unwrap()).unwrap();
    let key = jsonwebtoken::EncodingKey::from_secret(&secret);
    for (alg, refused) in
        [("HS256", Refused::Algorithm { received: "HS256".to_owned() }), ("RS256", Refused::Signature)]
    {
        let header = URL_SAFE_NO_PAD.encode(json!({ "alg": alg, "kid": "known" }).to_string());
        let message = format!("{header}.{}", URL_SAFE_NO_PAD.encode(claims().to_string()));
        let signature =
            jsonwebtoken::crypto::sign(message.as_bytes(), &key, jsonwebtoken::Algorithm::HS256).unwrap();
        assert_eq!(trust.refusal(&format!("{message}.{signature}")).await, refused);
    }
}

#[tokio::test]
async fn a_changed_token_is_refused() {
    let trust = Trust::new().await;
    let (good, other) = (trust.issuer.sign(&claims()), trust.issuer.sign(&with("oid", json!("another"))));
    let (message, signature) = good.rsplit_once('.').unwrap();
    let (changed, _) = other.rsplit_once('.').unwrap();
    assert_eq!(trust.refusal(&format!("{changed}.{signature}")).await, Refused::Signature);
    for signature in ["", "AAAA", &signature[..signature.len() - 4], "not base64!"] {
        assert_eq!(trust.refusal(&format!("{message}.{signature}")).await, Refused::Signature);
    }
    let stranger =
        SigningKey::rsa().sign(&json!({ "alg": "RS256", "kid": trust.issuer.key_id() }), &claims());
    assert_eq!(trust.refusal(&stranger).await, Refused::Signature);
}

#[tokio::test]
async fn every_claim_is_needed_and_of_its_type() {
    let trust = Trust::new().await;
    for claim in ["exp", "nbf", "iss", "aud", "sub"] {
        assert_eq!(trust.refusal(&trust.issuer.sign(&without(claim))).await, Refused::Missing { claim });
    }
    let later = now().timestamp() + 600;
    let malformed = [
        ("exp", json!(later.to_string())),
        ("exp", json!(later as f64 + 0.5)),
        ("exp", json!(u64::MAX)),
        ("exp", json!(i64::MAX)),
        ("exp", json!(null)),
        ("nbf", json!("0")),
        ("nbf", json!(true)),
        ("nbf", json!(i64::MIN)),
        ("iss", json!([ISSUER])),
        ("iss", json!(7)),
        ("iss", json!("")),
        ("aud", json!(7)),
        ("aud", json!({ "0": AUDIENCE })),
        ("aud", json!([AUDIENCE, 7])),
        ("sub", json!(7)),
        ("sub", json!("")),
        ("sub", json!(["a"])),
        ("sub", json!("a\u{0}b")),
    ];
    for (claim, value) in malformed {
        let token = trust.issuer.sign(&with(claim, value.clone()));
        assert_eq!(trust.refusal(&token).await, Refused::MalformedClaim { claim }, "{value}");
    }
    assert_eq!(trust.issuer.fetches(), 0);
}

#[tokio::test]
async fn times_are_kept_but_for_a_minute() {
    let trust = Trust::new().await;
    let at = |seconds: i64| now() + TimeDelta::seconds(seconds);
    let good = [("exp", -59), ("nbf", 60)];
    for (claim, seconds) in good {
        let token = trust.issuer.sign(&with(claim, json!(at(seconds).timestamp())));
        trust.verify_at(&token, now()).await.unwrap();
    }
    let expired = trust.issuer.sign(&with("exp", json!(at(-60).timestamp())));
    assert_eq!(trust.refusal(&expired).await, Refused::Expired { at: at(-60) });
    let early = trust.issuer.sign(&with("nbf", json!(at(61).timestamp())));
    assert_eq!(trust.refusal(&early).await, Refused::NotYetValid { at: at(61) });
}

#[tokio::test]
async fn issuer_and_audience_are_compared_as_they_stand() {
    let trust = Trust::new().await;
    let both = json!(["api://other", AUDIENCE]);
    trust.verify_at(&trust.issuer.sign(&with("aud", both)), now()).await.unwrap();
    for issuer in
        [&ISSUER.to_uppercase(), &format!("{ISSUER}/"), &ISSUER[..ISSUER.len() - 1], "https://evil.example\n"]
    {
        let token = trust.issuer.sign(&with("iss", json!(issuer)));
        match trust.refusal(&token).await {
            Refused::Issuer { expected, received } => {
                assert_eq!(expected, format!("https://other.example or {ISSUER}"));
                assert_eq!(received, issuer);
            }
            Refused::MalformedClaim { claim: "iss" } => assert!(issuer.ends_with('\n')),
            other => panic!("{other}"),
        }
    }
    for audience in [json!("api://other"), json!(["api://other", "api://more"]), json!([]), json!("")] {
        let token = trust.issuer.sign(&with("aud", audience));
        assert!(matches!(trust.refusal(&token).await, Refused::Audience { .. }));
    }
    let long = trust.refusal(&trust.issuer.sign(&with("aud", json!("\u{7}a".repeat(999))))).await;
    assert_eq!(long.values(), Some((AUDIENCE, "a".repeat(200).as_str())));
}

#[tokio::test]
async fn what_a_header_brings_along_is_not_used() {
    let trust = Trust::new().await;
    let elsewhere = Issuer::start().await;
    let own = SigningKey::rsa();
    elsewhere.also_serve(own.to_jwk("own"));
    let brought = json!({
        "alg": "RS256",
        "kid": "own",
        "jku": elsewhere.keys_url(),
        "x5u": elsewhere.keys_url(),
        "jwk": own.to_jwk("own"),
        "x5c": ["AQAB"],
    });
    let token = own.sign(&brought, &claims());
    assert_eq!(trust.refusal(&token).await, Refused::UnknownKey { key_id: "own".to_owned() });
    assert_eq!(elsewhere.fetches(), 0);
    let harmless = json!({ "jku": elsewhere.keys_url(), "jwk": own.to_jwk("own") });
    trust.verify_at(&trust.issuer.sign_with(&harmless, &claims()), now()).await.unwrap();
    assert_eq!(elsewhere.fetches(), 0);
}

#[tokio::test]
async fn an_extension_that_must_be_understood_is_not() {
    let trust = Trust::new().await;
    for critical in [json!(["exp"]), json!([]), json!("b64")] {
        let token = trust.issuer.sign_with(&json!({ "crit": critical, "b64": false }), &claims());
        assert_eq!(trust.refusal(&token).await, Refused::Critical);
    }
}

#[tokio::test]
async fn a_key_id_is_a_name_and_nothing_more() {
    let trust = Trust::new().await;
    for key_id in ["../../dev/null", "' or 1=1 --", "http://127.0.0.1/", "key-1\u{0}", " key-1", "%s%n"] {
        let token = trust.issuer.sign_with(&json!({ "kid": key_id }), &claims());
        let key_id = key_id.replace('\u{0}', "");
        assert_eq!(trust.refusal(&token).await, Refused::UnknownKey { key_id });
    }
    for key_id in [Value::Null, json!(""), json!(1), json!(["key-1"])] {
        let token = trust.issuer.sign_with(&json!({ "kid": key_id }), &claims());
        assert_eq!(trust.refusal(&token).await, Refused::NoKeyId);
    }
    assert_eq!(trust.issuer.fetches(), 1);
}

#[tokio::test]
async fn what_is_no_token_is_refused_before_anything() {
    let trust = Trust::new().await;
    let good = trust.issuer.sign(&claims());
    let [header, claims, signature]: [&str; 3] = good.split('.').collect::<Vec<_>>().try_into().unwrap();
    let forms = [
        String::new(),
        "..".to_owned(),
        "ilx_1234".to_owned(),
        format!("{header}.{claims}"),
        format!("{header}..{signature}"),
        format!(".{claims}.{signature}"),
        format!("{header}.{claims}.x.{signature}"),
        format!("{header}=.{claims}.{signature}"),
        format!("{header}.{claims}.{signature} ").replacen('.', "\n.", 1),
        format!("{}.{claims}.{signature}", URL_SAFE_NO_PAD.encode("[]")),
        format!("{header}.{}.{signature}", URL_SAFE_NO_PAD.encode("\"claims\"")),
        format!("{header}.{}.{signature}", URL_SAFE_NO_PAD.encode([0xff, 0xfe])),
    ];
    for form in forms {
        assert_eq!(trust.refusal(&form).await, Refused::Malformed, "{form}");
    }
    let long = trust.issuer.sign(&with("x", json!("x".repeat(16 * 1024))));
    assert_eq!(trust.refusal(&long).await, Refused::TooLong);
    assert_eq!(unverified_issuer(&long), None);
    assert_eq!(trust.issuer.fetches(), 0);
}

#[tokio::test]
async fn the_issuer_of_a_token_can_be_told_unverified() {
    let trust = Trust::new().await;
    assert_eq!(unverified_issuer(&trust.issuer.sign(&claims())).as_deref(), Some(ISSUER));
    for other in ["", "ilx_token", "a.b.c", &trust.issuer.sign(&with("iss", json!(7)))] {
        assert_eq!(unverified_issuer(other), None);
    }
}

#[tokio::test]
async fn keys_are_fetched_once_for_all_who_wait() {
    let trust = Trust::new().await;
    let token = trust.issuer.sign(&claims());
    for verified in join_all((0..32).map(|_| trust.verify_at(&token, now()))).await {
        verified.unwrap();
    }
    assert_eq!(trust.issuer.fetches(), 1);
}

#[tokio::test]
async fn keys_are_fresh_for_an_hour() {
    let trust = Trust::new().await;
    for (minutes, fetches) in [(0, 1), (59, 1), (60, 2), (119, 2), (120, 3)] {
        trust.outcome(TimeDelta::minutes(minutes)).await.unwrap();
        assert_eq!(trust.issuer.fetches(), fetches, "{minutes}");
    }
}

#[tokio::test]
async fn a_new_key_is_found_and_made_up_ones_cost_a_question_a_minute() {
    let trust = Trust::new().await;
    trust.outcome(TimeDelta::zero()).await.unwrap();
    let old = trust.issuer.sign(&claims());
    trust.issuer.rotate();
    let soon = trust.outcome(TimeDelta::seconds(59)).await.unwrap_err();
    assert!(matches!(soon, VerificationError::Refused(Refused::UnknownKey { .. })), "{soon:?}");
    trust.outcome(TimeDelta::seconds(60)).await.unwrap();
    assert_eq!(trust.issuer.fetches(), 2);
    assert!(trust.verify_at(&old, now() + TimeDelta::seconds(61)).await.is_err());

    for second in 120..240 {
        let made_up = trust.issuer.sign_with(&json!({ "kid": second.to_string() }), &claims());
        assert!(trust.verify_at(&made_up, now() + TimeDelta::seconds(second)).await.is_err());
    }
    assert_eq!(trust.issuer.fetches(), 4);
}

#[tokio::test]
async fn keys_outlive_their_issuer_by_a_day() {
    let trust = Trust::new().await;
    trust.outcome(TimeDelta::zero()).await.unwrap();
    trust.issuer.behave(Behaviour::Fails);
    for minutes in [61, 62, 23 * 60 + 59] {
        trust.outcome(TimeDelta::minutes(minutes)).await.unwrap();
    }
    for seconds in [0, 7] {
        let gone = trust.outcome(TimeDelta::days(1) + TimeDelta::seconds(seconds)).await.unwrap_err();
        assert!(matches!(gone, VerificationError::KeysUnavailable(_)), "{gone:?}");
    }
    assert_eq!(trust.issuer.fetches(), 5, "after the fourth failure it is left alone for eight seconds");
    trust.issuer.behave(Behaviour::Serves);
    trust.outcome(TimeDelta::minutes(24 * 60 + 1)).await.unwrap();
}

#[tokio::test]
async fn while_there_is_no_key_the_issuer_is_asked_soon_and_then_less_and_less() {
    let trust = Trust::new().await;
    trust.issuer.behave(Behaviour::Fails);
    for millis in (0..=200_000).step_by(500) {
        trust.outcome(TimeDelta::milliseconds(millis)).await.unwrap_err();
        let at = [0, 1_000, 3_000, 7_000, 15_000, 31_000, 63_000, 123_000, 183_000];
        let asked = at.iter().filter(|asked| **asked <= millis).count();
        assert_eq!(trust.issuer.fetches(), asked, "{millis}");
    }
    trust.issuer.behave(Behaviour::Serves);
    trust.outcome(TimeDelta::seconds(243)).await.unwrap();
    assert_eq!(trust.issuer.fetches(), 10);
}

#[tokio::test]
async fn an_issuer_that_answers_something_else_has_no_keys() {
    for (behaviour, expected) in [
        (Behaviour::Fails, "the issuer answered 500 when asked for its keys"),
        (Behaviour::Redirects, "the issuer answered 302 when asked for its keys"),
        (Behaviour::Floods, "the issuer's keys are too long a document"),
    ] {
        let trust = Trust::new().await;
        trust.issuer.behave(behaviour);
        let VerificationError::KeysUnavailable(error) = trust.outcome(TimeDelta::zero()).await.unwrap_err()
        else {
            panic!("{behaviour:?}")
        };
        assert_eq!(error.to_string(), expected);
        assert_eq!(trust.issuer.fetches(), 1);
    }
}

#[tokio::test]
async fn an_issuer_that_is_away_has_no_keys() {
    let Trust { issuer, verifier, keys } = Trust::new().await;
    let token = issuer.sign(&claims());
    let expected = Expected { keys: &keys, issuers: &[ISSUER], audiences: &[AUDIENCE] };
    drop(issuer);
    tokio::task::yield_now().await;
    let error = verifier.verify(&token, &expected, now()).await.unwrap_err();
    assert!(matches!(error, VerificationError::KeysUnavailable(KeysError::Http(_))), "{error:?}");
}

#[tokio::test]
async fn an_issuer_that_hangs_is_waited_for_five_seconds() {
    let trust = Trust::new().await;
    trust.issuer.behave(Behaviour::Hangs);
    tokio::time::pause();
    let begin = tokio::time::Instant::now();
    let error = trust.outcome(TimeDelta::zero()).await.unwrap_err();
    assert!(matches!(error, VerificationError::KeysUnavailable(KeysError::Http(_))), "{error:?}");
    assert_eq!(begin.elapsed().as_secs(), 5);
}

#[tokio::test]
async fn who_knows_the_key_does_not_wait_for_an_issuer_that_hangs() {
    let trust = Trust::new().await;
    trust.outcome(TimeDelta::zero()).await.unwrap();
    trust.issuer.behave(Behaviour::Hangs);
    let later = TimeDelta::hours(2);
    // The first asks, and the second goes on meanwhile.
    let first = trust.outcome(later);
    let second = trust.outcome(later);
    tokio::pin!(first);
    assert!(futures::poll!(&mut first).is_pending());
    second.await.unwrap();
    assert!(futures::poll!(&mut first).is_pending());
}

#[tokio::test]
async fn a_caller_who_goes_away_does_not_stop_the_fetching() {
    let trust = Trust::new().await;
    {
        let leaving = trust.outcome(TimeDelta::zero());
        tokio::pin!(leaving);
        assert!(futures::poll!(&mut leaving).is_pending());
    }
    tokio::time::timeout(Duration::from_secs(5), trust.outcome(TimeDelta::seconds(1)))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(trust.issuer.fetches(), 1);
}
