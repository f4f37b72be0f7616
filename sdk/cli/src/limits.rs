//! The limits in `plugin.toml`, in the words of a configuration.

use std::time::Duration;

use switchyard_config::{duration, quantity};
use switchyard_engine::Limits;

/// A limit that is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("plugin.toml, limits.{name}: {reason}")]
pub struct LimitsError {
    name: String,
    reason: String,
}

/// `limits` with what the table says in its place.
pub(crate) fn over(mut limits: Limits, table: &toml::Table) -> Result<Limits, LimitsError> {
    for (name, value) in table {
        let wrong = |reason: String| LimitsError {
            name: name.clone(),
            reason,
        };
        let text = value.as_str().ok_or_else(|| {
            wrong(format!(
                "found `{value}`, expected a text such as \"2ms\" or \"64Mi\""
            ))
        })?;
        let time = || match duration::parse(text) {
            Ok(Duration::ZERO) => Err(wrong("found 0, expected a duration above 0".to_owned())),
            Ok(time) => Ok(time),
            Err(error) => Err(wrong(error.to_string())),
        };
        let size = || {
            let bytes = quantity::parse(text).map_err(|error| wrong(error.to_string()))?;
            usize::try_from(bytes).map_err(|error| wrong(error.to_string()))
        };
        match name.as_str() {
            "call" => limits.call = time()?,
            "hook" => limits.hook = time()?,
            "parse" => limits.parse = time()?,
            "endpointsChanged" => limits.endpoints_changed = time()?,
            "start" => limits.start = time()?,
            "memory" => limits.memory_bytes = size()?,
            "hostCallBytes" => limits.host_bytes = size()?,
            "logBytes" => limits.log_bytes = size()?,
            _ => {
                return Err(wrong(
                    "there is no such limit, expected one of call, hook, parse, endpointsChanged, start, memory, hostCallBytes, logBytes".to_owned(),
                ));
            }
        }
    }
    Ok(limits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use switchyard_engine::Class;

    fn check(text: &str) -> Result<Limits, String> {
        let table = text.parse().unwrap();
        over(Limits::for_class(Class::Native), &table).map_err(|error| error.to_string())
    }

    #[test]
    fn what_is_said_takes_the_place_of_the_default() {
        let limits = check("call = \"7ms\"\nmemory = \"1Mi\"").unwrap();
        assert_eq!(limits.call, Duration::from_millis(7));
        assert_eq!(limits.memory_bytes, 1 << 20);
        assert_eq!(limits.hook, Limits::for_class(Class::Native).hook);
    }

    #[test]
    fn mistakes_are_named() {
        let told = check("call = \"quick\"").unwrap_err();
        assert!(
            told.starts_with("plugin.toml, limits.call: `quick` is not a duration"),
            "{told}"
        );
        assert!(check("call = 2").is_err());
        assert!(check("hook = \"0s\"").unwrap_err().contains("found 0"));
        assert!(
            check("cal = \"2ms\"")
                .unwrap_err()
                .contains("no such limit")
        );
    }
}
