//! Lists of numbers in which NaN and the infinities survive JSON.

use serde::de::Error;
use serde::ser::SerializeSeq;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Numbers; equal when their bits are, so that a replay is compared exactly.
#[derive(Debug, Clone, Default)]
pub struct Numbers(pub Vec<f64>);

impl PartialEq for Numbers {
    fn eq(&self, other: &Self) -> bool {
        let bits = |numbers: &Self| {
            numbers
                .0
                .iter()
                .map(|number| number.to_bits())
                .collect::<Vec<_>>()
        };
        bits(self) == bits(other)
    }
}

impl Serialize for Numbers {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(Some(self.0.len()))?;
        for number in &self.0 {
            match number.is_finite() {
                true => list.serialize_element(number)?,
                false => list.serialize_element(&number.to_string())?,
            }
        }
        list.end()
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Number {
    Finite(f64),
    Named(String),
}

impl<'de> Deserialize<'de> for Numbers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let numbers = Vec::<Number>::deserialize(deserializer)?
            .into_iter()
            .map(|number| match number {
                Number::Finite(number) => Ok(number),
                Number::Named(name) => match name.as_str() {
                    "NaN" => Ok(f64::NAN),
                    "inf" => Ok(f64::INFINITY),
                    "-inf" => Ok(f64::NEG_INFINITY),
                    _ => Err(D::Error::custom(format!(
                        "`{name}` is no number: expected NaN, inf or -inf"
                    ))),
                },
            });
        Ok(Self(numbers.collect::<Result<_, _>>()?))
    }
}

#[cfg(test)]
mod tests {
    use super::Numbers;

    #[test]
    fn every_number_survives() {
        let numbers = Numbers(vec![
            0.0,
            -0.0,
            0.1 + 0.2,
            1e300,
            5e-324,
            f64::NAN,
            f64::INFINITY,
            f64::NEG_INFINITY,
        ]);
        let text = serde_json::to_string(&numbers).unwrap();
        assert!(text.ends_with(r#""NaN","inf","-inf"]"#), "{text}");
        assert_eq!(serde_json::from_str::<Numbers>(&text).unwrap(), numbers);
        assert!(serde_json::from_str::<Numbers>(r#"["nan"]"#).is_err());
    }
}
