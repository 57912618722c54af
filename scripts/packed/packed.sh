# Set-up of an unpacked archive: which libtorch, and the native part built against it with the compiler alone, since
# cluster nodes seldom have a recent CMake. Sourced after setup.sh, whose functions it uses.

system_includes=(/usr/local/include /usr/include)

set_up_packed() {
    check_limits
    cd "$root"
    dotnet="$root/dotnet/dotnet"
    cli="$root/program/reverie-cli.dll"
    [[ -x $dotnet && -e $cli ]] || fail "this copy is not whole: unpack the archive again"
    choose_build_folder
    prepare_environment
    if needs_torch; then
        local shelf="$build"
        find_torch
        build="$shelf/$(torch_shelf)"
        packed_is_fresh || build_packed
        [[ -z $torch_choice ]] || (echo "$torch_choice" >"$shelf/torch") 2>/dev/null || true
        export REVERIE_NATIVE="$build/native"
    fi
    # Last: what is packed may not suit python3 and the compiler.
    export LD_LIBRARY_PATH="${LD_LIBRARY_PATH:+$LD_LIBRARY_PATH:}$(packed_libraries)"
    cd "$started_in"
}

# Some verbs never touch a tensor and serve where no libtorch is, such as on a laptop or a login node.
needs_torch() {
    local word
    for word in "${arguments[@]}"; do
        case "$word" in
            -h | --help | --version) return 1 ;;
        esac
    done
    case "${arguments[0]:-}" in
        '' | tasks | presets | plot | pack | dashboard) return 1 ;;
    esac
}

# Sets build: in the unpacked folder, or in the user's cache where that folder is read-only.
choose_build_folder() {
    build="$root/build"
    mkdir -p "$build" 2>/dev/null && [[ -w $build ]] && return
    local cache="${XDG_CACHE_HOME:-${HOME:-/tmp/reverie-$(id -u)}/.cache}"
    build="$cache/reverie/$(sha256sum <<<"$root" | cut -c1-12)"
    mkdir -p "$build" 2>/dev/null && [[ -w $build ]] ||
        fail "can write neither to $root/build nor to $build; set XDG_CACHE_HOME to a folder that you may write to"
}

# MuJoCo and Box2D as packed; OSMesa, where it was packed, only if this machine draws in no other way.
packed_libraries() {
    local folders="$root/lib" known
    if [[ -d $root/lib/opengl ]]; then
        known="$({ ldconfig -p || /sbin/ldconfig -p; } 2>/dev/null || true)"
        [[ $known == *libOSMesa.so* || $known == *libEGL.so.1* ]] || folders+=":$root/lib/opengl"
    fi
    echo "$folders"
}

# Sets torch_root: the chosen one, else python3's, else the system's.
find_torch() {
    local found
    if [[ -z $torch_choice && ! -s $build/torch ]]; then
        found="$(torch_of_python || true)"
        if [[ -f $found/include/ATen/ATen.h ]]; then
            torch_root="$found"
            check_torch
            return
        fi
        [[ -n $(system_include) ]] ||
            fail "no libtorch on this machine: python3 has no torch, the system no libtorch; load the cluster's" \
                "PyTorch module, or pip install torch, or name its folder: ./reverie --torch FOLDER"
    fi
    choose_torch
}

# Prints the folder of the chosen libtorch's headers.
include_folder() { if [[ -n $torch_root ]]; then echo "$torch_root/include"; else system_include; fi; }

# Prints where the system keeps libtorch's headers; nothing where it has none.
system_include() {
    local include
    for include in "${system_includes[@]}"; do
        [[ ! -f $include/ATen/ATen.h ]] || { echo "$include"; return; }
    done
}

# Prints the name of the folder that keeps what is built against this libtorch.
torch_shelf() {
    local header version
    header="$(include_folder)/torch/csrc/api/include/torch/version.h"
    version="$(sed -n 's/^#define TORCH_VERSION_M[AI][JN]OR \([0-9]*\).*/\1/p' "$header" 2>/dev/null | tr '\n' .)"
    echo "torch-${version%.}-$(sha256sum <<<"$torch_root" | cut -c1-8)"
}

packed_is_fresh() { fresh native "$(native_fingerprint)" && [[ -e $build/native/libreverie_torch.so ]]; }

build_packed() {
    local compiler log="$build/native.log" stamp
    compiler="$(command -v "${CXX:-g++}" || command -v c++ || command -v clang++)" ||
        fail "a C++ compiler is needed once, to build the native part, and there is none: load the cluster's gcc" \
            "module (9 or newer), or run ./reverie doctor first where there is one and use the same folder here"
    mkdir -p "$build/native"
    take_lock
    if ! packed_is_fresh; then
        stamp="$(native_fingerprint)"
        say "building the native part against ${torch_root:-the installed libtorch} (a minute or two, once)"
        rm -f "$build/native.stamp"
        compile_binding "$compiler" "$build/native/libreverie_torch.so" >"$log" 2>&1 </dev/null 9>&- ||
            fail "compiling the native part failed: $(first_error "$log"); log: $log"
        echo "$stamp" >"$build/native.stamp"
    fi
    exec 9>&-
}

# The sources of a library as CMakeLists.txt names them.
sources_of() { sed -n "/^add_library($1 /,/)/p" native/CMakeLists.txt | grep -oE '[a-z0-9_]+\.(cpp|c)\b'; }

# compile_binding COMPILER LIBRARY: what CMakeLists.txt says about reverie_torch, without CMake.
compile_binding() (
    objects="$(mktemp -d "$build/objects.XXXXXX")"
    trap 'rm -rf "$objects"' EXIT
    include="$(include_folder)"
    flags=(-O3 -DNDEBUG -fPIC -fno-trapping-math -fno-math-errno -std=gnu++17
        -isystem "$include/torch/csrc/api/include")
    # The compiler's own folder, named again, would come too early for its other headers.
    [[ $include == /usr/include ]] || flags+=(-isystem "$include")
    ! grep -q 'C++20 or later' "$include/ATen/ATen.h" || flags+=(-std=gnu++20)
    ! grep -qs '_GLIBCXX_USE_CXX11_ABI=0' "$torch_root/share/cmake/Torch/TorchConfig.cmake" ||
        flags+=(-D_GLIBCXX_USE_CXX11_ABI=0)
    # Several processes need c10d and Gloo: headers, and a library that was built with both.
    cpu="$(folder_of_libraries)/libtorch_cpu.so"
    [[ -e $cpu ]] || cpu="$("$1" -print-file-name=libtorch_cpu.so)"
    [[ ! -e $include/torch/csrc/distributed/c10d/ProcessGroupGloo.hpp || ! -e $include/gloo/algorithm.h ]] ||
        ! grep -qaE 'ProcessGroupGloo[0-9]+createDefaultDevice' "$cpu" || flags+=(-DREVERIE_RANKS)
    # Without OpenMP libtorch's loops in our sources run on one thread, which is right and slow.
    ! echo 'int main() {}' | "$1" -fopenmp -x c++ - -o "$objects/openmp" || flags+=(-fopenmp)
    # Loops that are compiled for several processors fuse no products and sums; the tiles' sources are of one.
    compile() { xargs -P "$(nproc)" -I{} "$@" -c native/{} -o "$objects/{}.o"; }
    sources_of reverie_torch | grep -v '^amx_' | compile "$1" "${flags[@]}" -ffp-contract=off || exit 1
    sources_of reverie_torch | grep '^amx_' | compile "$1" "${flags[@]}" || exit 1
    libraries="$(folder_of_libraries)"
    links=(${libraries:+-L"$libraries" -Wl,-rpath,"$libraries"} -ltorch -ltorch_cpu -lc10)
    # The CUDA part registers itself when it is loaded; no symbol of it is named, so the linker must be told to keep it.
    [[ ! -e $libraries/libtorch_cuda.so || ! -e $libraries/libc10_cuda.so ]] ||
        links+=(-Wl,--no-as-needed -ltorch_cuda -lc10_cuda -Wl,--as-needed)
    "$1" "${flags[@]}" -shared "$objects"/*.o -o "$objects/library" "${links[@]}" || exit 1
    # Renamed into place, so that a run that has the former one mapped is not hurt.
    mv -f "$objects/library" "$2"
)

# Prints the folder of libtorch_cpu.so; nothing for the system's, which the linker knows.
folder_of_libraries() {
    local library
    [[ -n $torch_root ]] || return 0
    for library in "$torch_root"/lib/libtorch_cpu.so "$torch_root"/lib64/libtorch_cpu.so \
        "$torch_root"/lib/*/libtorch_cpu.so; do
        [[ ! -e $library ]] || { dirname "$library"; return; }
    done
}
