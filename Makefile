# Everything a developer or a new user needs. `make demo` and `make test` do all the set-up.

GOBUILDX = target/release/gobuildx

.PHONY: demo build test lint docs fuzz bench proofs clean tools tools-demo

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

## fuzz: a bounded run of each fuzz target (SECONDS=30 each)
SECONDS ?= 30
fuzz:
	command -v cargo-fuzz >/dev/null || cargo install cargo-fuzz --locked
	for target in manifest inspect; do \
	    cargo +nightly fuzz run $$target -- -max_total_time=$(SECONDS) || exit 1; \
	done

## bench: CPU time against a shell loop of go build, in pairs
bench: build
	cargo bench --locked --bench cold

## proofs: slow checks that are not part of `make test`
proofs: tools
	cargo test --locked --release -- --ignored

clean:
	cargo clean
	rm -rf dist

# What the main job needs: Rust and Go, and git for versions.
tools-demo:
	@.ci/tools cargo go git

# What the tests need besides: a C compiler for cgo, and independent readers of binaries.
tools:
	@.ci/tools cargo go git gcc readelf file script
