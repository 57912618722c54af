# Set-up shared by ./reverie and ./test: packages, libtorch, native part, managed build. Sourced, never run. Of an
# archive that `reverie pack` made, scripts/packed/reverie sources it too.
# Every step says one line on stderr, keeps its log in build/*.log, and is skipped when nothing that it reads changed.

packages=(g++ cmake make ca-certificates libmujoco-dev libosmesa6 libbox2d-dev)
# libtorch of Debian calls whatever BLAS there is; the reference one, which comes with it, is 50 times slower.
torch_packages=(libtorch-dev libgloo-dev 'libopenblas0-openmp|libopenblas0-pthread|libmkl-rt|libblis4-openmp')

# A stream that is closed would become the number of another file: standard input and error become empty ones, standard
# output one that takes nothing, which the program tells.
[[ -e /dev/fd/0 ]] || exec </dev/null
[[ -e /dev/fd/1 ]] || exec 1</dev/null
[[ -e /dev/fd/2 ]] || exec 2>/dev/null

say() { printf '%s: %s\n' "$program" "$*" >&2; }
fail() { say "$*"; exit 1; }

# What a process needs at least: name in /proc/self/limits, option of ulimit, amount, bytes in a unit. The same stands in
# src/Reverie.Cli/Surroundings/ProcessLimits.cs; here it is looked at before .NET starts, which below them does not.
process_limits=('Max open files|-n|256|1' 'Max processes|-u|64|1' 'Max data size|-d|2000000|1024'
    'Max address space|-v|4000000|1024' 'Max stack size|-s|1024|1024')

# Starts no process, since that is what may be forbidden.
check_limits() {
    local lines line one name option needed unit limit hard
    [[ -r /proc/self/limits ]] || return 0
    mapfile -t lines </proc/self/limits
    for one in "${process_limits[@]}"; do
        IFS='|' read -r name option needed unit <<<"$one"
        [[ $option != -u || $EUID != 0 ]] || continue
        for line in "${lines[@]}"; do
            [[ $line == "$name "* ]] || continue
            read -r limit hard _ <<<"${line#"$name"}"
            [[ $option != -n ]] || limit="$hard"    # .NET raises this one as far as it may
            [[ $limit == unlimited ]] || ((limit / unit >= needed)) ||
                fail "${name#Max }: the limit is $((limit / unit)), $needed are needed;" \
                    "raise it with \`ulimit $option $needed\`, or ask who set it"
        done
    done
}

# Takes --torch PATH (or --torch=PATH) out of the arguments; the rest is left in "${arguments[@]}".
take_torch_option() {
    arguments=()
    torch_choice="${REVERIE_TORCH:-${LIBTORCH:-}}"
    while (($#)); do
        case "$1" in
            --) arguments+=("$@"); return ;;
            --torch=?*) torch_choice="${1#--torch=}" ;;
            --torch | --torch=)
                [[ $1 == --torch && -n ${2:-} ]] || fail "--torch needs a folder of libtorch, or one of: pip, system"
                torch_choice="$2"
                shift ;;
            *) arguments+=("$1") ;;
        esac
        shift
    done
}

# Sets torch_root: folder with include/ and lib/ of the chosen libtorch, empty for the system's. A choice is kept in
# build/torch until another is made.
choose_torch() {
    [[ -n $torch_choice || ! -s $build/torch ]] || torch_choice="$(<"$build/torch")"
    torch_root=''
    case "$torch_choice" in
        '' | system) return ;;
        pip)
            torch_root="$(torch_of_python)" ||
                fail "--torch pip: python3 has no torch; pip install torch, or give its folder: --torch PATH" ;;
        *) torch_root="$torch_choice" ;;
    esac
    local folder
    for folder in "$torch_root" "$torch_root/torch" "$torch_root/../.." "$torch_root/../../.."; do
        [[ -f $folder/include/ATen/ATen.h ]] || continue
        torch_root="$(cd "$folder" && pwd -P)"
        check_torch
        return
    done
    fail "no libtorch in $torch_root (no include/ATen/ATen.h); give the unpacked libtorch or site-packages/torch," \
        "or --torch system for Debian's"
}

# Prints the folder of python3's torch without importing it, which takes seconds.
torch_of_python() {
    (cd / && python3 -c 'import importlib.util as u; print(u.find_spec("torch").submodule_search_locations[0])') \
        2>/dev/null
}

check_torch() {
    local header="$torch_root/include/torch/csrc/api/include/torch/version.h" major minor
    compgen -G "$torch_root/lib*/libtorch_cpu.so" >/dev/null || compgen -G "$torch_root/lib/*/libtorch_cpu.so" \
        >/dev/null || fail "the libtorch in $torch_root has no lib/libtorch_cpu.so; a shared-library build is needed"
    major="$(sed -n 's/^#define TORCH_VERSION_MAJOR \([0-9]*\).*/\1/p' "$header" 2>/dev/null || true)"
    minor="$(sed -n 's/^#define TORCH_VERSION_MINOR \([0-9]*\).*/\1/p' "$header" 2>/dev/null || true)"
    ((${major:-0} > 1 || (${major:-0} == 1 && ${minor:-0} >= 13))) ||
        fail "the libtorch in $torch_root is ${major:-of an unknown version}${minor:+.$minor}; 1.13 or newer is needed"
}

# Prints those of the packages, "a|b" meaning either, that dpkg does not hold.
missing_packages() {
    local installed package name found names=()
    IFS='|' read -ra names <<<"$(IFS='|'; echo "$*")"
    # dpkg-query fails when it does not know one of them, which is no failure here.
    installed=" $({ dpkg-query -W -f '${Package} ${db:Status-Status}\n' "${names[@]}" 2>/dev/null || true; } |
        sed -n 's/ installed$//p' | tr '\n' ' ')"
    for package in "$@"; do
        found=''
        for name in ${package//|/ }; do
            [[ $installed == *" $name "* ]] && found=1
        done
        [[ -n $found ]] || echo "${package%%|*}"
    done
}

packages_are_there() {
    command -v dpkg-query >/dev/null || return 0
    local wanted=("${packages[@]}")
    [[ -n $torch_root ]] || wanted+=("${torch_packages[@]}")
    mapfile -t missing < <(missing_packages "${wanted[@]}")
    ((${#missing[@]} == 0))
}

install_packages() {
    command -v dpkg-query >/dev/null || { check_by_hand; return; }
    packages_are_there && return
    local as_root=() install
    command -v apt-get >/dev/null ||
        fail "missing: ${missing[*]}; there is no apt-get here, see docs/install.md for the steps by hand"
    if [[ $(id -u) != 0 ]]; then
        command -v sudo >/dev/null ||
            fail "missing Debian packages and no sudo; run as root: apt-get install -y ${missing[*]}"
        as_root=(sudo)
        if [[ ! -t 0 ]]; then
            as_root=(sudo -n)
            sudo -n true 2>/dev/null || fail "missing Debian packages and sudo asks for a password;" \
                "run first: sudo apt-get install -y ${missing[*]}"
        fi
    fi
    say "installing Debian packages: ${missing[*]}"
    install=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300)
    local log="$build/packages.log"
    # Lists may be absent or older than the mirror; they are fetched only when the first attempt fails.
    if ! "${install[@]}" install -y --no-install-recommends "${missing[@]}" >"$log" 2>&1 </dev/null 9>&-; then
        "${install[@]}" update >>"$log" 2>&1 </dev/null 9>&- ||
            fail "apt-get update failed: $(first_error "$log"); check the network, log: $log"
        "${install[@]}" install -y --no-install-recommends "${missing[@]}" >>"$log" 2>&1 </dev/null 9>&- ||
            fail "apt-get install failed: $(first_error "$log"); log: $log"
    fi
}

# Where there is no dpkg, the compiler and CMake are looked for; CMake looks for the rest.
check_by_hand() {
    local tool
    for tool in c++ cmake; do
        command -v "$tool" >/dev/null ||
            fail "$tool is missing and this is no Debian; see docs/install.md for the steps by hand"
    done
}

# The line that says what went wrong, or the last one.
first_error() {
    { grep -m1 -E '(^E: |CMake Error|[Ee]rror[: ])' "$1" || tail -n 1 "$1"; } | sed 's/^ *//' | cut -c1-200
}

# Finds dotnet with an SDK 10 and sets $dotnet.
find_dotnet() {
    local candidate
    dotnet=''
    for candidate in "$(command -v dotnet || true)" "${DOTNET_ROOT:-}/dotnet" "${HOME:-}/.dotnet/dotnet"; do
        [[ -x $candidate ]] && { dotnet="$candidate"; break; }
    done
    [[ -n $dotnet ]] ||
        fail "the .NET 10 SDK is missing; install it from https://dotnet.microsoft.com/download/dotnet/10.0"
}

check_sdk() {
    local sdks
    sdks="$(cd / && "$dotnet" --list-sdks 2>&1 9>&- || true)"
    grep -qE '^10\.' <<<"$sdks" && return
    sdks="$(cut -d' ' -f1 <<<"$sdks" | grep -E '^[0-9]+\.' | tr '\n' ' ' || true)"
    fail "$dotnet has no SDK 10 (it has: ${sdks:-no SDK });" \
        "install the .NET 10 SDK from https://dotnet.microsoft.com/download/dotnet/10.0"
}

# One hash over names and contents of the files in the given folders, and over the words after --.
fingerprint() {
    local folders=()
    while (($#)) && [[ $1 != -- ]]; do
        [[ ! -e $1 ]] || folders+=("$1")
        shift
    done
    {
        find "${folders[@]}" \( -name bin -o -name obj -o -name TestResults \) -prune -o -type f -print0 |
            LC_ALL=C sort -z | xargs -0 sha256sum
        echo "$@"
    } | sha256sum | cut -c1-64
}

fresh() { [[ -s $build/$1.stamp && $(<"$build/$1.stamp") == "$2" ]]; }

native_fingerprint() {
    local header="${torch_root:-/usr}/include/torch/csrc/api/include/torch/version.h"
    fingerprint native "$header" /usr/include/mujoco/mujoco.h /usr/include/box2d/box2d.h -- "$torch_root"
}

managed_fingerprint() {
    fingerprint "$@" Directory.Build.props Directory.Build.targets Directory.Packages.props global.json -- "$dotnet"
}

native_is_fresh() {
    fresh native "$(native_fingerprint)" &&
        [[ -e $build/native/libreverie_torch.so && -e $build/native/libreverie_mujoco.so &&
            -e $build/native/libreverie_box2d.so ]]
}

build_native() {
    native_is_fresh && return
    local log="$build/native.log" stamp
    stamp="$(native_fingerprint)"
    say "building the native part against ${torch_root:-the installed libtorch} (about a minute)"
    rm -f "$build/native.stamp" "$build/native/CMakeCache.txt"
    cmake -S native -B "$build/native" -DTORCH_ROOT="$torch_root" >"$log" 2>&1 </dev/null 9>&- ||
        fail "configuring the native part failed: $(cmake_error "$log"); log: $log"
    cmake --build "$build/native" --parallel 2 >>"$log" 2>&1 </dev/null 9>&- ||
        fail "compiling the native part failed: $(first_error "$log"); log: $log"
    echo "$stamp" >"$build/native.stamp"
}

# CMake's message begins on the same line or on the next.
cmake_error() {
    local found
    found="$(awk '/^CMake Error at/ { found = 1; next } /^CMake Error: / { print; exit }
        found && NF { sub(/^ +/, ""); print; exit }' "$1" | cut -c1-200)"
    echo "${found:-$(first_error "$1")}"
}

managed_is_fresh() {
    local name="$1"
    shift 2
    [[ -e $cli ]] && fresh "$name" "$(managed_fingerprint "$@")"
}

# build_managed STAMP PROJECT FOLDER…: Release build of the project, which is made of the files in those folders.
build_managed() {
    managed_is_fresh "$@" && return
    local name="$1" project="$2" log="$build/$1.log" stamp
    shift 2
    stamp="$(managed_fingerprint "$@")"
    check_sdk
    say "building $(basename "${project%.*}") (log: build/$name.log)"
    # A build that fails half-way has replaced some files, and both scripts build the same ones: no stamp holds now.
    rm -f "$build/reverie.stamp" "$build/tests.stamp"
    # A run that is under way keeps the files it has mapped; writing into them would kill it.
    rm -f "$(dirname "$cli")"/[Rr]everie*.dll
    # No build server is left behind, so nothing outlives this command or holds its lock.
    "$dotnet" build "$project" -c Release -v q -nologo -nodeReuse:false -p:UseSharedCompilation=false \
        >"$log" 2>&1 </dev/null 9>&- ||
        fail "the build failed: $(first_error "$log"); log: $log"
    echo "$stamp" >"$build/$name.stamp"
}

# set_up STAMP PROJECT FOLDER…: everything that is missing, under a lock, so that two starts at once do it once.
set_up() {
    check_limits
    cd "$root"
    build="$root/build"
    cli="$root/src/Reverie.Cli/bin/Release/net10.0/reverie-cli.dll"
    choose_torch
    find_dotnet
    prepare_environment
    if ! { packages_are_there && native_is_fresh && managed_is_fresh "$@"; }; then
        mkdir -p "$build" 2>/dev/null && [[ -w $build ]] ||
            fail "cannot write to $build; take a copy of the repository that you may write to"
        take_lock
        install_packages
        build_native
        build_managed "$@"
        [[ -z $torch_choice ]] || echo "$torch_choice" >"$build/torch"
        exec 9>&-
    fi
    cd "$started_in"
}

take_lock() {
    exec 9>"$build/lock"
    command -v flock >/dev/null || return 0
    flock -n 9 || { say "waiting for another set-up that is under way"; flock 9; }
}

# What the processes need in their environment; what the user has set stays.
prepare_environment() {
    export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1
    # The SDK stops without ICU unless told that no culture is wanted.
    export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT="${DOTNET_SYSTEM_GLOBALIZATION_INVARIANT:-1}"
    [[ -n ${HOME:-} ]] || export HOME="$build/home" DOTNET_CLI_HOME="$build/home"
}

# Becomes the program.
start_program() {
    # Large pages for large blocks: a picture's worth of tensors is walked through again and again.
    export GLIBC_TUNABLES="${GLIBC_TUNABLES:-glibc.malloc.hugetlb=1}"
    # Where files may not grow, a write is to fail and be told, and .NET must not begin with a file of its own memory.
    [[ $(ulimit -f) == unlimited ]] || { trap '' XFSZ; export DOTNET_EnableWriteXorExecute=0; }
    exec "$dotnet" "$cli" "${arguments[@]}"
}

# debian_archive: the archive as this machine's apt has it; the base system's, not the one of security updates.
debian_archive() {
    [[ -z ${DEBIAN_MIRROR:-} ]] || { echo "$DEBIAN_MIRROR"; return; }
    { grep -rhE '^(URIs:|deb )' /etc/apt/sources.list.d /etc/apt/sources.list 2>/dev/null || true; } |
        sed -nE 's,.*[ :]((https?|file)://[^ ]+/debian/?)( .*|$),\1,p' | sed -n 1p
}
