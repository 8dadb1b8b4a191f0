//! `[build]`, and the same settings in `[[override]]`.

use super::reader::{Reader, Table};
use super::{Dwarf, Rebuild, Resolver, Settings, binary, env, flags, ldflags, tags};

pub(super) const KEYS: &[&str] = &[
    "rebuild",
    "trimpath",
    "vcs",
    "buildmode",
    "ldflags",
    "flags",
    "tags",
    "resolver",
    "dwarf",
    "env",
];

pub(super) const REBUILD: [(&str, Rebuild); 2] =
    [("all", Rebuild::All), ("changed", Rebuild::Changed)];

pub(super) const RESOLVER: [(&str, Resolver); 2] = [("auto", Resolver::Auto), ("go", Resolver::Go)];

pub(super) const DWARF: [(&str, Dwarf); 2] = [("always", Dwarf::Always), ("needed", Dwarf::Needed)];

pub(super) fn read<'a>(read: &mut Reader<'a>, table: &Table<'a>) -> Settings {
    let rebuild = table
        .entry("rebuild")
        .and_then(|entry| read.word(&entry, &REBUILD));
    let boolean = |read: &mut Reader<'a>, key| {
        let entry = table.entry(key)?;
        read.boolean(&entry)
    };
    let trimpath = boolean(read, "trimpath");
    let vcs = boolean(read, "vcs");
    let buildmode = table
        .entry("buildmode")
        .and_then(|entry| binary::buildmode(read, &entry));
    let ldflags = table
        .entry("ldflags")
        .and_then(|entry| ldflags::read(read, &entry));
    let flags = table
        .entry("flags")
        .and_then(|entry| flags::read(read, &entry));
    let tags = table
        .entry("tags")
        .and_then(|entry| tags::read(read, &entry));
    let resolver = table
        .entry("resolver")
        .and_then(|entry| read.word(&entry, &RESOLVER));
    let dwarf = table
        .entry("dwarf")
        .and_then(|entry| read.word(&entry, &DWARF));
    let env = table.entry("env").and_then(|entry| env::read(read, &entry));
    Settings {
        rebuild,
        trimpath,
        vcs,
        buildmode,
        ldflags,
        flags: flags.unwrap_or_default(),
        tags: tags.unwrap_or_default(),
        resolver,
        dwarf,
        env: env.unwrap_or_default(),
    }
}
