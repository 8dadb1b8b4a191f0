# Everything a developer or a new user needs. `make demo` and `make test` do all the set-up.

GOBUILDX = target/release/gobuildx

.PHONY: demo release build test lint fuzz bench recording static hosts pipelines ways projects proofs wine clean tools tools-demo tools-ways

## demo: build the programs in examples/ for five platforms, verified, with checksums
demo: tools-demo build
	$(GOBUILDX) build --matrix

## release: makes of what the demo built what others take: archives, bills of materials, an image, checksums
release: demo
	$(GOBUILDX) release

build: tools-demo
	cargo build --release --locked

## test: all tests, with the real tools
test: tools
	cargo test --locked

## lint: formatting, clippy with warnings as errors, documentation
lint:
	@.ci/tools g++
	cargo fmt --check
	cargo fmt --check --manifest-path fuzz/Cargo.toml
	cargo clippy --all-targets --locked -- -D warnings
	cargo clippy --all-targets --locked --manifest-path fuzz/Cargo.toml --target-dir target -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --no-deps --locked

## fuzz: a bounded run of each fuzz target, from seeds that are like what they read
SECONDS ?= 30
# Without one, in which nothing but panics and time is found, it builds faster.
SANITIZER ?= address
FUZZED = $(basename $(notdir $(wildcard fuzz/fuzz_targets/*.rs)))
fuzz:
	@.ci/tools rustup go ar
	rustup run nightly rustc --version || rustup toolchain install nightly --profile minimal
	command -v cargo-fuzz >/dev/null || cargo install cargo-fuzz --locked
	fuzz/seed
	cargo +nightly fuzz build --sanitizer $(SANITIZER)
	set -e; for target in $(FUZZED); do \
		cargo +nightly fuzz run --sanitizer $(SANITIZER) $$target -- -max_total_time=$(SECONDS) -max_len=2000000 -timeout=20; \
	done

## bench: builds against a shell loop of go build, a plan of 1,000 artifacts, inspect against Go's own tools, an audit against bare go commands, and how soon a hostile program is gone
bench: build
	cargo bench --locked --bench build -- cold --check
	cargo bench --locked --bench build -- edit --size 3x6 --check
	cargo bench --locked --bench build -- nothing --size 4x3 --rounds 7 --check
	cargo bench --locked --bench plan -- --check
	cargo bench --locked --bench inspect -- --pairs 9 --check
	cargo bench --locked --bench contain -- --check
	cargo bench --locked --bench audit -- --pairs 5 --check

## recording: films a real run for the README: docs/recording.svg. On a quiet machine, please
recording: tools
	SNAPSHOTS=overwrite cargo test --locked --test docs the_recording_ends_as_a_run_does_today

# The host that gobuildx is built for when it has to run anywhere.
MUSL = $(shell uname -m)-unknown-linux-musl

## static: gobuildx itself as one static file, in target/*-linux-musl/release
static: tools
	rustup target add $(MUSL)
	cargo build --release --locked --target $(MUSL)

## hosts: the code holds on systems that nothing is run on here, down to its tests; on other cores, what isn't a test
HOSTS = aarch64-apple-darwin x86_64-pc-windows-gnu
HOSTS_OF_OTHER_CORES = x86_64-apple-darwin aarch64-unknown-linux-musl
hosts: tools-demo
	rustup target add $(HOSTS) $(HOSTS_OF_OTHER_CORES)
	cargo clippy --locked --all-targets $(HOSTS:%=--target %) -- -D warnings
	$(if $(HOSTS_OF_OTHER_CORES),cargo clippy --locked $(HOSTS_OF_OTHER_CORES:%=--target %) -- -D warnings)

# Validators come from the registries of their languages, built from source where there is a choice.
ACTIONLINT = github.com/rhysd/actionlint/cmd/actionlint@v1.7.12
VALIDATORS = target/tools/actionlint target/tools/kustomize target/tools/argocd-application.yaml target/venv/ready
PYTHON = $(CURDIR)/target/venv/bin/python
target/tools/actionlint: | tools-ways
	GOBIN=$(CURDIR)/target/tools go install $(ACTIONLINT)
# What Argo CD says of its applications lies in its sources.
ARGOCD = github.com/argoproj/argo-cd/v3@v3.2.1
target/tools/argocd-application.yaml: | tools-ways
	mkdir -p target/tools
	sources=$$(go mod download -json $(ARGOCD) | sed -n 's/^\t"Dir": "\(.*\)",$$/\1/p') && \
		install -m 644 "$$sources/manifests/crds/application-crd.yaml" $@
target/venv/ready: tests/ways/requirements.txt | tools-ways
	python3 -m venv target/venv
	$(PYTHON) -m pip install -q --disable-pip-version-check -r $<
	touch $@

## pipelines: independent validators accept action.yml, the scripts of .ci/, the pipelines and deployments in examples/
pipelines: $(VALIDATORS)
	shellcheck .ci/*
	cd tests/ways && $(PYTHON) -m unittest test_pipelines test_deploy

## ways: the action, the pipelines, the package and the static binary, run for real
ways: $(VALIDATORS) release static
	cd tests/ways && $(PYTHON) -m unittest

## projects: init and build --matrix on public projects of five layouts, untouched. Slow, so not in CI
projects: build
	tests/projects/run.sh $(GOBUILDX)

## proofs: the rules on programs of seven releases of Go, four targets, stripped and not, and on five real programs; the
## functions of programs of ten releases; audits against govulncheck; position-independent programs by zig; hostile files with
## optimisation; 500 random edits, each built twice. Slow, so not in CI
proofs: tools build
	cargo test --locked --test docs findings -- --ignored
	cargo test --locked --test corpus -- --ignored
	cargo test --locked --test cli -- --ignored five_hundred_edits a_position_independent_program
	cargo test --locked --release --test hostile --test functions -- --include-ignored
	python3 tests/agreement/govulncheck.py $(GOBUILDX)

## wine: programs for Windows on a real wine, in a root folder that is made first (1.1 GB). Slow, so not in CI
wine: tools
	@.ci/tools mmdebstrap
	.ci/wine target/wine
	cargo test --locked --test cli wine:: -- --ignored

clean:
	cargo clean
	rm -rf dist

# What the main job needs: Rust and Go, and git for versions.
tools-demo:
	@.ci/tools cargo go git

# What the tests need besides: a C compiler for cgo, independent readers of binaries, archives and images, a packer,
# a registry, and what starts programs: a sandbox with limits, and emulators.
tools: target/zig/bin/zig target/tools/kustomize
	@.ci/tools cargo go git gcc readelf file script bash zsh fish groff g++ make upx bwrap taskset unshare \
		qemu-aarch64-static musl-gcc prlimit setpriv zip unzip zstd python3 \
		aarch64-linux-gnu-gcc x86_64-w64-mingw32-gcc clang llvm-objdump openssl minisign gpg \
		docker-registry skopeo umoci

# zig as its authors publish it for Python: a compiler for all platforms, with their C libraries.
ZIG = ziglang==0.17.1
target/zig/bin/zig:
	@.ci/tools python3
	python3 -m venv target/zig
	target/zig/bin/pip install -q --disable-pip-version-check $(ZIG)
	ln -sf "$$(target/zig/bin/python -c 'import os, ziglang; print(os.path.dirname(ziglang.__file__))')/zig" $@

# What applies kustomizations, from its sources.
KUSTOMIZE = sigs.k8s.io/kustomize/kustomize/v5@v5.8.0
target/tools/kustomize:
	@.ci/tools go
	GOBIN=$(CURDIR)/target/tools go install $(KUSTOMIZE)

# What the ways in need: readers and validators of their own.
tools-ways: tools
	@.ci/tools bwrap chromium shellcheck python3
