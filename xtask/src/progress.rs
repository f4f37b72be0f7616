//! What a task is doing: a spinner on a terminal, plain lines elsewhere.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// Shows what happens at the moment, and prints what shall stay.
#[derive(Debug)]
pub struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// A spinner that shows nothing yet.
    pub fn start() -> Self {
        let bar = ProgressBar::new_spinner();
        if let Ok(style) = ProgressStyle::with_template("{spinner} {wide_msg} {elapsed}") {
            bar.set_style(style);
        }
        Self { bar }
    }

    /// Prints a line that stays.
    pub fn say(&self, line: impl AsRef<str>) {
        self.bar.suspend(|| println!("{}", line.as_ref()));
    }

    /// Says what happens from now on. Off a terminal this is a line like any other.
    pub fn doing(&self, what: impl AsRef<str>) {
        if self.bar.is_hidden() {
            println!("{}", what.as_ref());
            return;
        }
        self.bar.reset_elapsed();
        self.bar.set_message(what.as_ref().to_owned());
        self.bar.enable_steady_tick(Duration::from_millis(100));
    }

    /// Takes the spinner away, so that something else can use the terminal.
    pub fn rest(&self) {
        self.bar.disable_steady_tick();
        self.bar.set_message("");
        self.bar.finish_and_clear();
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.rest();
    }
}
