#!/usr/bin/env bash
# Proof on public projects: in each of five layouts, `init` and then `build --matrix` for every
# target that init wrote, without a touch to the manifest.
#
#   tests/projects/run.sh GOBUILDX [LAYOUT…]      needs bash, go, git and sha256sum
#
# Sources are those that the go command fetches, of pinned versions. They come without history and
# without nested modules, so what git and layout add is made here: each project is committed to a
# repository of its own, and the two layouts of several modules are put together from released
# modules: side by side, and joined by a go.work, where one module is what the other requires.
# Vendored packages are those that `go mod vendor` copies. Nothing else is changed.
set -euo pipefail

gobuildx=$(realpath "$1")
shift
[ $# -gt 0 ] || set -- single commands modules workspace vendored
work=$(realpath "$(dirname "$0")/../..")/target/projects
mkdir -p "$work"
cd "$work"
table=()

fail() {
    echo "failed to prove $1: $2" >&2
    exit 1
}

# fetch MODULE@VERSION FOLDER: its source, below the project's folder.
fetch() {
    local source
    source=$(go mod download -json "$1" | sed -n 's/^\t"Dir": "\(.*\)",\{0,1\}$/\1/p')
    [ -d "$source" ] || fail "$1" "go has no source of it"
    mkdir -p "$2"
    cp -R "$source/." "$2"
    chmod -R u+w "$2"
}

# prove LAYOUT ARTIFACTS SOURCES: what lies in the folder LAYOUT is built as it is.
prove() {
    local layout=$1 expected=$2 sources=$3 started=$SECONDS made status
    pushd "$layout" >/dev/null
    git init -q -b main
    git add -A -f
    git -c user.name=Prover -c user.email=prover@example.com commit -q -m "$sources"

    printf '\n=== %s: %s\n' "$layout" "$sources"
    "$gobuildx" init
    "$gobuildx" build --matrix --rebuild changed

    (cd dist && sha256sum -c --strict --quiet checksums.txt)
    made=$(wc -l <dist/checksums.txt)
    [ "$made" = "$expected" ] || fail "$layout" "$made artifacts instead of $expected"
    status=$(git status --porcelain)
    [ "$status" = "?? targets.toml" ] || fail "$layout" "git sees other changes: $status"
    popd >/dev/null
    table+=("$(printf '%-10s  %9s  %7s  %s' "$layout" "$made" "$((SECONDS - started)) s" "$sources")")
}

for layout; do
    rm -rf "$layout"
    case $layout in
        single)
            sources=github.com/junegunn/fzf@v0.65.2
            fetch "$sources" single
            prove single 6 "$sources"
            ;;
        commands)
            sources=filippo.io/age@v1.2.1
            fetch "$sources" commands
            prove commands 12 "$sources"
            ;;
        modules)
            fetch github.com/itchyny/gojq@v0.12.17 modules/gojq
            fetch github.com/BurntSushi/toml@v1.6.0 modules/toml
            prove modules 24 "github.com/itchyny/gojq@v0.12.17, github.com/BurntSushi/toml@v1.6.0"
            ;;
        workspace)
            fetch github.com/rhysd/actionlint@v1.7.12 workspace/actionlint
            fetch github.com/mattn/go-isatty@v0.0.20 workspace/go-isatty
            (cd workspace && go work init ./actionlint ./go-isatty)
            prove workspace 6 "github.com/rhysd/actionlint@v1.7.12, github.com/mattn/go-isatty@v0.0.20"
            ;;
        vendored)
            fetch github.com/mikefarah/yq/v4@v4.45.4 vendored
            (cd vendored && go mod vendor)
            prove vendored 6 "github.com/mikefarah/yq/v4@v4.45.4"
            ;;
        *) fail "$layout" "there is no such layout" ;;
    esac
done

printf '\n%-10s  %9s  %7s  %s\n' Layout Artifacts Time Sources
printf '%s\n' "${table[@]}"
