#!/usr/bin/env bash
# Checks everything that needs no running program, and tells all that is wrong
# before it fails. Needs scripts/setup.sh check.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
failed=()

# check NAME COMMAND... runs a check and notes whether it failed.
check() {
	local name=$1
	shift
	echo "== $name"
	"$@" || failed+=("$name")
}

# go_files lists the Go files of the work tree, committed or not.
go_files() {
	git ls-files --cached --others --exclude-standard -- '*.go' | while read -r file; do
		[[ -e $file ]] && echo "$file"
	done
}

format() {
	local bad
	bad=$(go_files | grep -v '\.gen\.go$' | xargs .cache/bin/gofumpt -l) || return 1
	[[ -z $bad ]] || {
		printf 'Not formatted; try: make format\n%s\n' "$bad"
		return 1
	}
}

shell_scripts() {
	shellcheck scripts/*.sh deploy/compose/*.sh .ci/run
}

openapi() {
	NODE_PATH=.cache/openapi-lint/node_modules node scripts/openapi-lint/lint.cjs api/openapi.yaml
}

# generated_sums gives a line for each generated file, to compare.
generated_sums() {
	git ls-files --cached --others --exclude-standard -- '*.gen.go' '*.gen.html' THIRD_PARTY_NOTICES | sort |
		while read -r file; do [[ -e $file ]] && sha256sum "$file"; done
}

generated() {
	local before
	before=$(generated_sums)
	scripts/generate.sh || return 1
	diff <(echo "$before") <(generated_sums) || {
		echo "Generated files were not current; they are now. Look at them and commit them."
		return 1
	}
}

check "format" format
check "go vet" go vet ./...
check "golangci-lint" .cache/bin/golangci-lint run --allow-parallel-runners ./...
check "shellcheck" shell_scripts
check "OpenAPI document" openapi
check "go mod tidy" go mod tidy -diff
check "generated files" generated

if ((${#failed[@]})); then
	printf 'check: failed: %s\n' "${failed[@]}"
	exit 1
fi
echo "check: all in order"
