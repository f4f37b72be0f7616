//! When an endpoint's labels match.

use switchyard_sdk::Endpoint;

/// All of its requirements must hold.
#[derive(Debug)]
pub(crate) struct Selector {
    pub(crate) requirements: Vec<Requirement>,
}

/// What one label must be.
#[derive(Debug)]
pub(crate) struct Requirement {
    pub(crate) label: String,
    pub(crate) rule: Rule,
}

/// See [`Requirement`].
#[derive(Debug)]
pub(crate) enum Rule {
    /// There, with one of these values.
    In(Vec<String>),
    /// Not there, or with another value.
    NotIn(Vec<String>),
    /// There, whatever its value.
    Exists,
    /// Not there.
    DoesNotExist,
    /// Not there, or with one of these values.
    AbsentOrIn(Vec<String>),
}

impl Selector {
    /// Whether the endpoint's labels match.
    pub(crate) fn matches(&self, endpoint: &Endpoint) -> bool {
        let holds =
            |requirement: &Requirement| requirement.rule.holds(endpoint.label(&requirement.label));
        self.requirements.iter().all(holds)
    }
}

impl Rule {
    fn holds(&self, value: Option<&str>) -> bool {
        let among = |values: &[String]| {
            value.is_some_and(|value| values.iter().any(|known| known == value))
        };
        match self {
            Self::In(values) => among(values),
            Self::NotIn(values) => !among(values),
            Self::Exists => value.is_some(),
            Self::DoesNotExist => value.is_none(),
            Self::AbsentOrIn(values) => value.is_none() || among(values),
        }
    }
}
