// Mesa's off-screen library: always software, the same bytes wherever its version is the same. Its header need not be
// installed: the few words of its interface that are needed stand here.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include "opengl_kinds.h"

enum {
  OSMESA_FORMAT = 0x22, OSMESA_DEPTH_BITS = 0x30, OSMESA_STENCIL_BITS = 0x31, OSMESA_PROFILE = 0x33,
  OSMESA_COMPAT_PROFILE = 0x35, OSMESA_RGBA = 0x1908, GL_UNSIGNED_BYTE = 0x1401,
};

typedef void* osmesa_context;

typedef struct {
  osmesa_context context;
  unsigned char* surface;    // OSMesa insists on a window of its own; MuJoCo draws into a buffer beside it
  int width, height;
} osmesa;

static osmesa_context (*create_context)(const int*, osmesa_context);
static void (*destroy_context)(osmesa_context);
static unsigned char (*make_context_current)(osmesa_context, void*, unsigned, int, int);
static void* (*get_function)(const char*);

static int open_library(char* reason, size_t length) {
  const char* names[] = {"libOSMesa.so.8", "libOSMesa.so.6", "libOSMesa.so"};
  void* library = NULL;
  // MuJoCo looks for EGL before it looks for OSMesa, and would call it without a context.
  void* global = dlopen(NULL, RTLD_NOW);
  if (global && dlsym(global, "eglGetProcAddress")) {
    snprintf(reason, length, "this process has libEGL among its global symbols, which MuJoCo prefers to OSMesa");
    return 0;
  }
  // Among the global symbols, where MuJoCo looks.
  for (int i = 0; i < 3 && !library; i++) library = dlopen(names[i], RTLD_NOW | RTLD_GLOBAL);
  if (!library) {
    snprintf(reason, length, "OSMesa is not installed (Debian: apt-get install libosmesa6)");
    return 0;
  }
  *(void**)&create_context = dlsym(library, "OSMesaCreateContextAttribs");
  *(void**)&destroy_context = dlsym(library, "OSMesaDestroyContext");
  *(void**)&make_context_current = dlsym(library, "OSMesaMakeCurrent");
  *(void**)&get_function = dlsym(library, "OSMesaGetProcAddress");
  if (create_context && destroy_context && make_context_current && get_function) return 1;
  snprintf(reason, length, "the installed OSMesa is too old");
  return 0;
}

static void destroy(void* handle) {
  osmesa* it = handle;
  if (it->context) destroy_context(it->context);
  free(it->surface);
  free(it);
}

static void* create(int width, int height) {
  const int attributes[] = {OSMESA_FORMAT, OSMESA_RGBA, OSMESA_DEPTH_BITS, 24, OSMESA_STENCIL_BITS, 8,
                            OSMESA_PROFILE, OSMESA_COMPAT_PROFILE, 0};
  osmesa* it = calloc(1, sizeof *it);
  if (!it) return NULL;
  it->width = width;
  it->height = height;
  it->surface = malloc((size_t)width * (size_t)height * 4);
  it->context = it->surface ? create_context(attributes, NULL) : NULL;
  if (it->context) return it;
  destroy(it);
  return NULL;
}

static int make_current(void* handle) {
  osmesa* it = handle;
  return make_context_current(it->context, it->surface, GL_UNSIGNED_BYTE, it->width, it->height);
}

static void release(void) { make_context_current(NULL, NULL, 0, 0, 0); }

static void* function(const char* name) { return get_function(name); }

const gl_kind gl_osmesa = {"OSMesa", open_library, create, make_current, release, destroy, function};
