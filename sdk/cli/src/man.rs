//! The man page: all commands on one, because a reader who looks for `rollback` searches one page, and a packager
//! installs one file.

use std::io::{self, Write};

use clap::Command;
use clap_mangen::Man;

/// What every piece of clap's begins with; a page needs it once.
const PREAMBLE: [&str; 2] = [".ie ", ".el "];

/// The page.
pub fn page(command: Command) -> String {
    let mut command = without_help(command);
    command.build();
    let man = Man::new(command.clone());
    let head = [
        piece(|out| man.render_title(out)),
        piece(|out| man.render_name_section(out)),
        piece(|out| man.render_synopsis_section(out)),
        piece(|out| man.render_description_section(out)),
        piece(|out| man.render_options_section(out)),
    ];
    let mut page = "\
.ie \\n(.g .ds Aq \\(aq
.el .ds Aq '
"
    .to_owned();
    page.push_str(&head.concat());
    for inner in command.get_subcommands() {
        section(inner, "switchyard", &mut page);
    }
    page.push_str(".SH EXAMPLES AND EXIT CODES\n");
    page.push_str(&verbatim(&man));
    page.push_str(&piece(|out| man.render_version_section(out)));
    page
}

/// A command and those below it: what it does, its synopsis, its options, its examples.
fn section(command: &Command, above: &str, page: &mut String) {
    let words = format!("{above} {}", command.get_name());
    let man = Man::new(command.clone());
    page.push_str(&format!(".SH \"{words}\"\n"));
    page.push_str(&headless(&piece(|out| man.render_description_section(out))));
    page.push_str(".PP\n");
    page.push_str(&headless(&piece(|out| man.render_synopsis_section(out))));
    page.push_str(&headless(&piece(|out| man.render_options_section(out))));
    page.push_str(&verbatim(&man));
    for inner in command.get_subcommands() {
        section(inner, &words, page);
    }
}

/// The text that follows a command's help, line by line as it stands.
fn verbatim(man: &Man) -> String {
    let text = headless(&piece(|out| man.render_extra_section(out)));
    match text.trim().is_empty() {
        true => String::new(),
        false => format!(".PP\n.nf\n{text}.fi\n"),
    }
}

fn piece(render: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> String {
    let mut text = Vec::new();
    // Writing to memory cannot fail.
    let _ = render(&mut text);
    let text = String::from_utf8_lossy(&text);
    text.lines()
        .filter(|line| !PREAMBLE.iter().any(|start| line.starts_with(start)))
        .map(|line| format!("{line}\n"))
        .collect()
}

fn headless(piece: &str) -> String {
    let lines = piece.lines().filter(|line| !line.starts_with(".SH "));
    lines.map(|line| format!("{line}\n")).collect()
}

/// `--help` goes without saying.
fn without_help(command: Command) -> Command {
    command
        .disable_help_subcommand(true)
        .disable_help_flag(true)
        .mut_subcommands(without_help)
}
