use testkit::entra::Entra;

/// Where Entra reaches an integration: the same at every gateway.
#[derive(Clone, Debug, Default)]
pub(crate) struct Entrance {
    gateways: Vec<Entra>,
}

impl Entrance {
    pub(super) fn new<'a>(gateways: impl Iterator<Item = &'a str>, slug: &str, token: &str) -> Self {
        let url = |address: &str| format!("http://{address}/integrations/{slug}/scim/v2");
        Self { gateways: gateways.map(|address| Entra::new(url(address), token)).collect() }
    }

    /// A gateway; each try asks another one, as behind a load balancer.
    pub(crate) fn gateway(&self, attempt: usize) -> Option<&Entra> {
        self.gateways.get(attempt % self.gateways.len().max(1))
    }

    pub(crate) fn token(&self) -> &str {
        self.gateways.first().and_then(Entra::token).unwrap_or_default()
    }

    /// Without one of the gateways, as a load balancer does that finds it sick.
    pub(crate) fn without(&self, number: usize) -> Self {
        let others = self.gateways.iter().enumerate().filter(|(at, _)| *at != number);
        Self { gateways: others.map(|(_, gateway)| gateway.clone()).collect() }
    }

    /// The same with another token.
    pub(crate) fn with_token(&self, token: &str) -> Self {
        Self { gateways: self.gateways.iter().map(|gateway| gateway.with_token(Some(token))).collect() }
    }
}
