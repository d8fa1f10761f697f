use super::*;

fn normalised(attribute: Attribute, text: &str) -> Result<String, MappingProblem> {
    normalise(attribute, text.to_owned(), &Profile::default())
}

#[test]
fn each_attribute_has_its_form() {
    use Attribute::{Country, Email, HireDate, Login, Manager, Office, TimeZone};
    for (attribute, text, form) in [
        (Email, " ana@contoso.example ", "ana@contoso.example"),
        (HireDate, "2024-02-29", "2024-02-29"),
        (HireDate, "2024-02-29T23:59:59+01:00", "2024-02-29"),
        (HireDate, " 2024-02-29 00:00:00 ", "2024-02-29"),
        (Manager, "00000000-0000-0000-0000-00000000000A", "00000000-0000-0000-0000-00000000000a"),
        (Country, " fr ", "FR"),
        (Country, "Côte d'Ivoire ", "Côte d'Ivoire "),
        (Country, "é", "é"),
        (TimeZone, "Romance Standard Time", "Europe/Paris"),
        (Login, " Ana ", " Ana "),
        (Office, "1\n2", "1\n2"),
    ] {
        assert_eq!(normalised(attribute, text).as_deref(), Ok(form), "{attribute:?} {text}");
    }
}

#[test]
fn what_has_no_form_is_a_problem() {
    use MappingProblem::{NotADate, NotALanguage, NotATimeZone, NotAnAddress, NotAnId};
    for (attribute, text, problem) in [
        (Attribute::Email, "ana", NotAnAddress),
        (Attribute::Email, "@contoso.example", NotAnAddress),
        (Attribute::Email, "ana@contoso", NotAnAddress),
        (Attribute::Email, "ana@.example", NotAnAddress),
        (Attribute::Email, "ana@contoso.", NotAnAddress),
        (Attribute::Email, "ana silva@contoso.example", NotAnAddress),
        (Attribute::Email, "ana@silva@contoso.example", NotAnAddress),
        (Attribute::HireDate, "soon", NotADate),
        (Attribute::HireDate, "2023-02-29", NotADate),
        (Attribute::HireDate, "2024-02-291", NotADate),
        (Attribute::HireDate, "+12024-1-1", NotADate),
        (Attribute::HireDate, "-2024-1-01", NotADate),
        (Attribute::HireDate, "29/02/2024 00:00", NotADate),
        (Attribute::Manager, "the boss", NotAnId),
        (Attribute::Locale, "fr-CA, en", NotALanguage),
        (Attribute::PreferredLanguage, "French", NotALanguage),
        (Attribute::TimeZone, "Mars", NotATimeZone),
    ] {
        assert_eq!(normalised(attribute, text), Err(problem), "{attribute:?} {text}");
    }
}

#[test]
fn the_country_decides_about_a_zone_that_windows_shares() {
    let canada: Profile = [(Attribute::Country, Some("CA".to_owned()))].into_iter().collect();
    let zone = normalise(Attribute::TimeZone, "Eastern Standard Time".to_owned(), &canada);
    assert_eq!(zone.as_deref(), Ok("America/Toronto"));
}
