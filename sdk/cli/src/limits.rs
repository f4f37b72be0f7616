//! The limits in `plugin.toml`, read as a picker reads those of a configuration.

use std::path::Path;

use switchyard_build::manifest::{FILE, Manifest};
use switchyard_config::ConfigError;
use switchyard_engine::Limits;

/// What differs from the defaults of the component's class.
pub(crate) type Said = switchyard_config::Limits;

/// Those of the plugin in `folder`.
///
/// # Errors
/// Every limit that is none, with its place in the file.
pub(crate) fn read(folder: &Path, manifest: &Manifest) -> Result<Said, ConfigError> {
    let file = folder.join(FILE).display().to_string();
    let fields = serde_json::json!({"limits": manifest.limits});
    switchyard_config::manner(&file, &fields).map(|manner| manner.limits)
}

/// `limits` with what was said in its place.
pub(crate) fn over(limits: Limits, said: &Said) -> Limits {
    let bytes = |said: Option<u64>, or: usize| {
        said.map_or(or, |bytes| usize::try_from(bytes).unwrap_or(usize::MAX))
    };
    Limits {
        call: said.call.unwrap_or(limits.call),
        hook: said.hook.unwrap_or(limits.hook),
        parse: said.parse.unwrap_or(limits.parse),
        endpoints_changed: said.endpoints_changed.unwrap_or(limits.endpoints_changed),
        start: said.start.unwrap_or(limits.start),
        memory_bytes: bytes(said.memory_bytes, limits.memory_bytes),
        host_bytes: bytes(said.host_call_bytes, limits.host_bytes),
        log_bytes: bytes(said.log_bytes, limits.log_bytes),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use expect_test::expect;
    use switchyard_engine::Class;

    fn check(limits: &str) -> Result<Limits, String> {
        let text =
            format!("name = \"a\"\nlanguage = \"c\"\nstages = [\"scorer\"]\n[limits]\n{limits}\n");
        let manifest = toml::from_str(&text).unwrap();
        let said = read(Path::new("fair"), &manifest).map_err(|error| error.to_string())?;
        Ok(over(Limits::for_class(Class::Native), &said))
    }

    #[test]
    fn what_is_said_takes_the_place_of_the_default() {
        let limits = check("call = \"7ms\"\nmemory = \"1Mi\"").unwrap();
        assert_eq!(limits.call, Duration::from_millis(7));
        assert_eq!(limits.memory_bytes, 1 << 20);
        assert_eq!(limits.hook, Limits::for_class(Class::Native).hook);
    }

    #[test]
    fn mistakes_are_named_all_at_once_and_with_their_file() {
        let told = check("call = \"2mss\"\nhook = \"0s\"\nmemry = \"64Mi\"").unwrap_err();
        expect![[r#"
            fair/plugin.toml: limits.call: found "2mss"; expected a duration such as 200ms, 60s or 1m30s
            fair/plugin.toml: limits.hook: found "0s"; expected a duration above 0
            fair/plugin.toml: limits.memry: found an unknown field; expected one of: call, hook, parse, endpointsChanged, start, memory, hostCallBytes, logBytes; did you mean `memory`?"#]]
        .assert_eq(&told);
    }
}
