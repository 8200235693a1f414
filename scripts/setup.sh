#!/usr/bin/env bash
# Installs what is missing for a purpose, and does nothing when all is there.
#
#   scripts/setup.sh run       ffmpeg
#   scripts/setup.sh generate  the code generator
#   scripts/setup.sh check     linters, formatter, code generator; Node.js for one
#   scripts/setup.sh test      all that the tests use
#   scripts/setup.sh race      the same, and the C compiler of the race detector
#
# Go itself is not installed, only checked for, before anything else.
# Debian packages are installed only as root or with password-free sudo;
# otherwise this prints the command and stops. Go tools are built, in the
# versions below, into .cache/bin; the linter of the OpenAPI document comes from
# npm, in the versions of its lockfile, into .cache/openapi-lint, and so do
# Shaka Packager, which tests compare with, into .cache/shaka, and axe-core, which
# looks at pages for what keeps people out, into .cache/axe.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly GOLANGCI_LINT=github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
readonly GOFUMPT=mvdan.cc/gofumpt@v0.12.0
readonly GOTESTSUM=gotest.tools/gotestsum@v1.13.0
readonly OAPI_CODEGEN=github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen@v2.8.2
# For the tests of the Temporal driver alone. v1.9.1 does not build.
readonly TEMPORAL=github.com/temporalio/cli/cmd/temporal@v1.5.1
# A real S3 server, on a folder, for the tests of locations in buckets.
readonly VERSITYGW=github.com/versity/versitygw/cmd/versitygw@v1.8.0

missing=()

# need_go stops unless Go is there, in the version of go.mod or a newer one. An
# older Go that fetches the right one by itself counts as that one.
need_go() {
	local want have
	want=$(awk '$1 == "go" {print $2}' go.mod)
	have=$(go env GOVERSION 2>/dev/null | grep -oE '[0-9]+(\.[0-9]+)+' | head -n 1) || true
	[[ -n $have && $(printf '%s\n' "$want" "$have" | sort -V | head -n 1) == "$want" ]] && return 0
	echo "setup: this needs Go $want or newer, and ${have:+only }${have:-none} is in PATH; get it from https://go.dev/dl" >&2
	exit 1
}

# need COMMAND PACKAGE notes a Debian package whose command is not there.
need() {
	command -v "$1" >/dev/null || missing+=("$2")
}

# need_dir FOLDER PACKAGE does the same for a package of data.
need_dir() {
	[[ -d $1 ]] || missing+=("$2")
}

install_packages() {
	((${#missing[@]})) || return 0
	local apt=(apt-get install -y --no-install-recommends "${missing[@]}")
	local as=()
	if ! command -v apt-get >/dev/null; then
		echo "setup: this is no Debian; install these yourself: ${missing[*]}" >&2
		exit 1
	fi
	if (($(id -u) != 0)); then
		as=(sudo -n)
		if ! sudo -n true 2>/dev/null; then
			echo "setup: these packages are missing: ${missing[*]}" >&2
			if command -v sudo >/dev/null; then
				echo "Try: sudo apt-get update && sudo ${apt[*]}" >&2
			else
				echo "Try, as root: apt-get update && ${apt[*]}" >&2
			fi
			exit 1
		fi
	fi
	echo "setup: installing ${missing[*]}"
	"${as[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -q
	without_cluster "${as[@]}" env DEBIAN_FRONTEND=noninteractive "${apt[@]}"
}

# without_cluster COMMAND... installs Postgres without a server that runs from
# then on: tests start their own. The rule is for this installation only.
without_cluster() {
	if [[ " ${missing[*]} " != *" postgresql "* ]]; then
		"$@"
		return
	fi
	local rule=/etc/postgresql-common/createcluster.d/orchestrate-tests.conf failed=0
	"${as[@]}" mkdir -p "${rule%/*}"
	echo 'create_main_cluster = false' | "${as[@]}" tee "$rule" >/dev/null
	"$@" || failed=$?
	"${as[@]}" rm -f "$rule"
	return "$failed"
}

# need_postgres notes the package unless the programs of the server are there,
# which Debian keeps out of PATH.
need_postgres() {
	compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || need initdb postgresql
}

# go_tool MODULE/PATH@VERSION builds a tool, unless .cache/bin has that version.
go_tool() {
	local path=${1%@*} version=${1#*@} file
	file=.cache/bin/$(basename "$path")
	if [[ -x $file ]] && go version -m "$file" 2>/dev/null |
		awk -v p="$path" -v v="$version" '$1 == "path" {ok = $2 == p} $1 == "mod" {exit !(ok && $3 == v)}'; then
		return 0
	fi
	echo "setup: building $1"
	GOBIN=$PWD/.cache/bin GOFLAGS='' CGO_ENABLED=0 go install "$1"
}

# npm_packages NAME installs what scripts/NAME/package-lock.json lists, unless it
# is there in those versions. Install scripts of packages are not run.
npm_packages() {
	local from=scripts/$1 to=.cache/$1
	cmp -s "$from/package-lock.json" "$to/installed-lock.json" && return 0
	echo "setup: installing the packages of $from"
	mkdir -p "$to"
	cp "$from/package.json" "$from/package-lock.json" "$to"
	npm ci --prefix "$to" --ignore-scripts --no-audit --no-fund
	cp "$from/package-lock.json" "$to/installed-lock.json"
}

purpose=${1:-run}
need_go
tools=()
case $purpose in
run)
	need ffmpeg ffmpeg
	;;
generate)
	tools=("$OAPI_CODEGEN")
	;;
check)
	need git git
	need shellcheck shellcheck
	need node nodejs
	need npm npm
	tools=("$GOLANGCI_LINT" "$GOFUMPT" "$OAPI_CODEGEN")
	;;
test | race)
	if [[ $purpose == race ]]; then
		need gcc gcc
		need_dir /usr/include/arpa libc6-dev # its headers, which gcc only recommends
	fi
	need ffmpeg ffmpeg
	need chromium chromium
	need npm npm
	need_dir /usr/share/forensics-samples forensics-samples-files
	need_postgres
	tools=("$GOTESTSUM" "$TEMPORAL" "$VERSITYGW")
	;;
*)
	echo "usage: scripts/setup.sh [run|generate|check|test|race]" >&2
	exit 2
	;;
esac

install_packages
mkdir -p .cache/bin
for tool in "${tools[@]}"; do
	go_tool "$tool"
done
case $purpose in
check) npm_packages openapi-lint ;;
test)
	npm_packages shaka
	npm_packages axe
	;;
esac
