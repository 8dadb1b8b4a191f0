//! The command line as pages for man.

use clap::{Command, CommandFactory as _};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, roman};

use super::Cli;
use super::epilogue::{Section, sections};

/// A page of section 1.
#[derive(Clone, Debug)]
pub struct ManPage {
    /// `gobuildx`, or a verb's: `gobuildx-build`, `gobuildx-toolchains-install`.
    pub name: String,
    /// The page in the language of man.
    pub text: String,
}

/// The page of gobuildx, then one for each verb, and one for each verb of a verb behind it.
#[must_use]
pub fn man_pages() -> Vec<ManPage> {
    let mut root = without_help(Cli::command());
    root.build();
    let mut pages = Vec::new();
    add_pages(&root, &mut pages);
    pages
}

/// Pages tell no verb `help`, at any depth.
fn without_help(command: Command) -> Command {
    let command = command.mut_subcommands(without_help);
    if command.has_subcommands() {
        command.disable_help_subcommand(true)
    } else {
        command
    }
}

fn add_pages(command: &Command, pages: &mut Vec<ManPage>) {
    pages.push(page(command));
    for verb in command.get_subcommands() {
        add_pages(verb, pages);
    }
}

fn page(command: &Command) -> ManPage {
    let name = command
        .get_display_name()
        .unwrap_or_else(|| command.get_name());
    let man = Man::new(command.clone())
        .title(name)
        .source(format!("gobuildx {}", env!("CARGO_PKG_VERSION")))
        .manual("gobuildx");
    let mut bytes = Vec::new();
    // Writing to memory can't fail.
    let _ = man.render_title(&mut bytes);
    let _ = man.render_name_section(&mut bytes);
    let _ = man.render_synopsis_section(&mut bytes);
    let _ = man.render_description_section(&mut bytes);
    let _ = man.render_options_section(&mut bytes);
    if command.has_subcommands() {
        let _ = man.render_subcommands_section(&mut bytes);
    }
    let mut roff = Roff::new();
    let epilogue = command.get_after_long_help().or(command.get_after_help());
    for section in sections(&epilogue.map(ToString::to_string).unwrap_or_default()) {
        write(&mut roff, &section);
    }
    let text = String::from_utf8_lossy(&bytes).into_owned() + &roff.to_roff();
    ManPage {
        name: name.to_owned(),
        text,
    }
}

fn write(roff: &mut Roff, section: &Section) {
    // The name that pages of section 1 have for it.
    let title = match section.title.as_str() {
        "Exit codes" => "EXIT STATUS".to_owned(),
        title => title.to_uppercase(),
    };
    roff.control("SH", [title.as_str()]);
    for entry in &section.entries {
        roff.control("TP", []);
        roff.text([roman(entry.example.as_str())]);
        roff.text([roman(entry.says.as_str())]);
    }
}
