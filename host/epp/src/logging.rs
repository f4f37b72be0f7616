//! Where log lines go and how they look: for people at a terminal, as JSON for machines. A line that
//! a plugin wrote, or that is about one, carries the plugin's name in the field `plugin`.

use std::io::IsTerminal;

use tracing::Subscriber;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::{self, MakeWriter};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// What is logged and how.
#[derive(Debug, Clone, Copy)]
pub struct LogOptions {
    /// 0 errors and warnings, 1 to 3 the usual, 4 debug, 5 and more everything.
    pub verbosity: u32,
    /// One JSON object a line; `None`: unless standard error is a terminal.
    pub json: Option<bool>,
}

/// Log lines cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// `RUST_LOG` cannot be read.
    #[error(
        "RUST_LOG is `{value}`, which is no log filter ({error}); write such as `info` or `switchyard=debug`, or unset it"
    )]
    Filter {
        /// What it says.
        value: String,
        /// Why it is wrong.
        error: tracing_subscriber::filter::ParseError,
    },
    /// Somebody else did it before.
    #[error("the log was set up twice; this is a defect of Switchyard")]
    Twice(#[from] tracing_subscriber::util::TryInitError),
}

/// Sends the log to standard error from now on. `RUST_LOG`, where it is set, decides what is logged.
pub fn start(options: LogOptions) -> Result<(), LogError> {
    let asked = std::env::var("RUST_LOG")
        .ok()
        .filter(|value| !value.is_empty());
    let filter = filter(options.verbosity, asked.as_deref())?;
    if options.json.unwrap_or(!std::io::stderr().is_terminal()) {
        json(filter, std::io::stderr).try_init()?;
    } else {
        console(filter, std::io::stderr).try_init()?;
    }
    Ok(())
}

fn filter(verbosity: u32, asked: Option<&str>) -> Result<EnvFilter, LogError> {
    let directives = match (asked, verbosity) {
        (Some(asked), _) => asked,
        (None, 0) => "warn",
        (None, 1..=3) => "info",
        // Ours and the plugins'; libraries say what matters at `info`.
        (None, 4) => {
            "info,plugin=debug,switchyard_epp=debug,switchyard_engine=debug,switchyard_config=debug"
        }
        (None, 5..) => "trace",
    };
    EnvFilter::try_new(directives).map_err(|error| LogError::Filter {
        value: directives.to_owned(),
        error,
    })
}

fn json<W>(filter: EnvFilter, writer: W) -> impl Subscriber + Send + Sync
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let lines = fmt::layer().json().flatten_event(true).with_writer(writer);
    tracing_subscriber::registry().with(filter).with(lines)
}

fn console<W>(filter: EnvFilter, writer: W) -> impl Subscriber + Send + Sync
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let lines = fmt::layer()
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(writer);
    tracing_subscriber::registry().with(filter).with(lines)
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    impl Lines {
        fn text(&self) -> String {
            String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
        }

        fn writer(&self) -> impl Fn() -> Self + use<> {
            let lines = self.clone();
            move || lines.clone()
        }
    }

    fn say() {
        tracing::warn!(target: "plugin", plugin = "my-scorer", "careful");
        tracing::info!(target: "switchyard_epp", "usual");
        tracing::debug!(target: "plugin", plugin = "my-scorer", "details");
        tracing::debug!(target: "h2", "frames");
        tracing::trace!(target: "switchyard_epp", "everything");
    }

    #[test]
    fn verbosity_and_rust_log() {
        let rows: [(u32, Option<&str>, &[&str]); 6] = [
            (0, None, &["careful"]),
            (2, None, &["careful", "usual"]),
            (3, None, &["careful", "usual"]),
            (4, None, &["careful", "usual", "details"]),
            (
                5,
                None,
                &["careful", "usual", "details", "frames", "everything"],
            ),
            (0, Some("plugin=debug"), &["careful", "details"]),
        ];
        for (verbosity, asked, expected) in rows {
            let lines = Lines::default();
            let subscriber = console(filter(verbosity, asked).unwrap(), lines.writer());
            tracing::subscriber::with_default(subscriber, say);
            let text = lines.text();
            let found = ["careful", "usual", "details", "frames", "everything"];
            let found: Vec<&str> = found
                .into_iter()
                .filter(|word| text.contains(word))
                .collect();
            assert_eq!(found, expected, "-v={verbosity} RUST_LOG={asked:?}\n{text}");
        }
    }

    #[test]
    fn json_lines_carry_the_plugin() {
        let lines = Lines::default();
        let subscriber = json(filter(2, None).unwrap(), lines.writer());
        tracing::subscriber::with_default(subscriber, say);
        let text = lines.text();
        let first: serde_json::Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
        for (field, expected) in [
            ("plugin", "my-scorer"),
            ("message", "careful"),
            ("level", "WARN"),
        ] {
            assert_eq!(first[field], expected, "{first}");
        }
        assert!(first["timestamp"].is_string(), "{first}");
    }

    #[test]
    fn a_bad_filter_is_named() {
        let error = filter(2, Some("switchyard=loud")).unwrap_err().to_string();
        assert!(
            error.starts_with("RUST_LOG is `switchyard=loud`, which is no log filter"),
            "{error}"
        );
    }
}
