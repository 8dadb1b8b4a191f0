//! `gobuildx completions`: its arguments.

use clap::Args;
use clap_complete::Shell;

pub(super) const EXAMPLES: &str = "Examples:
  source <(gobuildx completions bash)     in ~/.bashrc
  gobuildx completions zsh > ~/.zfunc/_gobuildx
                                          with ~/.zfunc in $fpath
  gobuildx completions fish > ~/.config/fish/completions/gobuildx.fish
                                          fish finds it there";

/// `gobuildx completions`
#[derive(Debug, Args)]
pub struct CompletionsArgs {
    /// The shell that completes
    #[arg(value_enum)]
    pub shell: Shell,
}
