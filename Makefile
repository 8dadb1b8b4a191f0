# Everything a developer or a new user needs. `make demo` and `make test` do all the set-up.

GOBUILDX = target/release/gobuildx

.PHONY: demo build test lint docs fuzz bench recording clean tools tools-demo

## demo: build the programs in examples/ for five platforms, verified, with checksums
demo: tools-demo build
	$(GOBUILDX) build --matrix

build: tools-demo
	cargo build --release --locked

## test: all tests, with the real tools
test: tools
	cargo test --locked

## lint: formatting, clippy with warnings as errors, documentation
lint:
	cargo fmt --check
	cargo clippy --all-targets --locked -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --no-deps --locked

## fuzz: a bounded run of each fuzz target, from seeds that are like what they read
SECONDS ?= 30
FUZZ = cargo +nightly fuzz run
fuzz:
	command -v cargo-fuzz >/dev/null || cargo install cargo-fuzz --locked
	mkdir -p fuzz/corpus/manifest fuzz/corpus/inspect
	cp tests/manifests/right/*.toml tests/manifests/wrong/*.toml fuzz/corpus/manifest/
	cp /bin/true fuzz/corpus/inspect/elf
	$(FUZZ) manifest -- -max_total_time=$(SECONDS)
	$(FUZZ) inspect -- -max_total_time=$(SECONDS)

## bench: CPU time against a shell loop of go build, in pairs
bench: build
	cargo bench --locked --bench cold -- --pairs 3 --check

## recording: films a real run for the README: docs/recording.svg. On a quiet machine, please
recording: tools
	SNAPSHOTS=overwrite cargo test --locked --test docs the_recording_ends_as_a_run_does_today

clean:
	cargo clean
	rm -rf dist

# What the main job needs: Rust and Go, and git for versions.
tools-demo:
	@.ci/tools cargo go git

# What the tests need besides: a C compiler for cgo, and independent readers of binaries, blank systems.
tools:
	@.ci/tools cargo go git gcc readelf file script bwrap qemu-x86_64-static bash groff
