// EGL without a window system: a context of the first graphics card that gives one, else of Mesa's software renderer.
// EGL's headers need not be installed: the few words of its interface that are needed stand here.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "opengl_kinds.h"

enum {
  EGL_OPENGL_BIT = 0x0008, EGL_PBUFFER_BIT = 0x0001, EGL_SURFACE_TYPE = 0x3033, EGL_RENDERABLE_TYPE = 0x3040,
  EGL_NONE = 0x3038, EGL_EXTENSIONS = 0x3055, EGL_WIDTH = 0x3057, EGL_HEIGHT = 0x3056, EGL_OPENGL_API = 0x30A2,
  EGL_PLATFORM_DEVICE = 0x313F, EGL_PLATFORM_SURFACELESS = 0x31DD,
};
enum { MOST_DEVICES = 32 };

typedef void *egl_display, *egl_config, *egl_context, *egl_surface, *egl_device;

static egl_display display;
static egl_config config;
static int without_surface;

static void* (*get_function)(const char*);
static unsigned (*initialise)(egl_display, int*, int*);
static unsigned (*terminate)(egl_display);
static unsigned (*bind_api)(unsigned);
static unsigned (*choose_config)(egl_display, const int*, egl_config*, int, int*);
static egl_context (*create_context)(egl_display, egl_config, egl_context, const int*);
static unsigned (*destroy_context)(egl_display, egl_context);
static egl_surface (*create_buffer)(egl_display, egl_config, const int*);
static unsigned (*destroy_surface)(egl_display, egl_surface);
static unsigned (*make_context_current)(egl_display, egl_surface, egl_surface, egl_context);
static const char* (*query_text)(egl_display, int);
static egl_display (*platform_display)(unsigned, void*, const int*);
static unsigned (*query_devices)(int, egl_device*, int*);
static const char* (*query_device_text)(egl_device, int);

static int look_up(void* library) {
  const struct { void** function; const char* name; } core[] = {
    {(void**)&get_function, "eglGetProcAddress"}, {(void**)&initialise, "eglInitialize"},
    {(void**)&terminate, "eglTerminate"}, {(void**)&bind_api, "eglBindAPI"},
    {(void**)&choose_config, "eglChooseConfig"}, {(void**)&create_context, "eglCreateContext"},
    {(void**)&destroy_context, "eglDestroyContext"}, {(void**)&create_buffer, "eglCreatePbufferSurface"},
    {(void**)&destroy_surface, "eglDestroySurface"}, {(void**)&make_context_current, "eglMakeCurrent"},
    {(void**)&query_text, "eglQueryString"},
  };
  for (size_t i = 0; i < sizeof core / sizeof core[0]; i++)
    if (!(*core[i].function = dlsym(library, core[i].name))) return 0;
  *(void**)&platform_display = get_function("eglGetPlatformDisplayEXT");
  *(void**)&query_devices = get_function("eglQueryDevicesEXT");
  *(void**)&query_device_text = get_function("eglQueryDeviceStringEXT");
  return platform_display != NULL;
}

static int has(const char* extensions, const char* name) { return extensions && strstr(extensions, name) != NULL; }

// Keeps the display if it gives OpenGL (not only OpenGL ES) without a window.
static int keep(egl_display candidate) {
  const int wish[] = {EGL_SURFACE_TYPE, EGL_PBUFFER_BIT, EGL_RENDERABLE_TYPE, EGL_OPENGL_BIT, EGL_NONE};
  int count = 0;
  if (!candidate || !initialise(candidate, NULL, NULL)) return 0;
  if (bind_api(EGL_OPENGL_API) && choose_config(candidate, wish, &config, 1, &count) && count == 1) {
    egl_context trial = create_context(candidate, config, NULL, NULL);
    if (trial) {
      destroy_context(candidate, trial);
      display = candidate;
      without_surface = has(query_text(display, EGL_EXTENSIONS), "EGL_KHR_surfaceless_context");
      return 1;
    }
  }
  terminate(candidate);
  return 0;
}

static int open_display(void) {
  egl_device devices[MOST_DEVICES];
  int count = 0;
  if (query_devices && query_device_text && !query_devices(MOST_DEVICES, devices, &count)) count = 0;
  for (int software = 0; software < 2; software++)
    for (int i = 0; i < count; i++)
      if (has(query_device_text(devices[i], EGL_EXTENSIONS), "EGL_MESA_device_software") == software &&
          keep(platform_display(EGL_PLATFORM_DEVICE, devices[i], NULL)))
        return 1;
  return keep(platform_display(EGL_PLATFORM_SURFACELESS, NULL, NULL));
}

static int open_library(char* reason, size_t length) {
  void* library = dlopen("libEGL.so.1", RTLD_NOW);
  if (!library) {
    snprintf(reason, length, "EGL is not installed (Debian: apt-get install libegl1)");
    return 0;
  }
  if (!look_up(library) || !open_display()) {
    snprintf(reason, length, "EGL finds neither a graphics card nor Mesa's software renderer that draws OpenGL "
             "without a window (Debian: apt-get install libegl-mesa0)");
    return 0;
  }
  // Only now among the global symbols, where MuJoCo looks: one that cannot draw must not get in OSMesa's way.
  return dlopen("libEGL.so.1", RTLD_NOW | RTLD_GLOBAL) != NULL;
}

typedef struct {
  egl_context context;
  egl_surface surface;    // NULL where a context needs none
} egl;

static void destroy(void* handle) {
  egl* it = handle;
  if (it->context) destroy_context(display, it->context);
  if (it->surface) destroy_surface(display, it->surface);
  free(it);
}

static void* create(int width, int height) {
  const int size[] = {EGL_WIDTH, width, EGL_HEIGHT, height, EGL_NONE};
  egl* it = calloc(1, sizeof *it);
  if (!it) return NULL;
  bind_api(EGL_OPENGL_API);
  it->surface = without_surface ? NULL : create_buffer(display, config, size);
  it->context = create_context(display, config, NULL, NULL);
  if (it->context && (without_surface || it->surface)) return it;
  destroy(it);
  return NULL;
}

// EGL keeps the kind of OpenGL per thread, and its default is OpenGL ES.
static int make_current(void* handle) {
  egl* it = handle;
  return bind_api(EGL_OPENGL_API) && make_context_current(display, it->surface, it->surface, it->context);
}

static void release(void) {
  bind_api(EGL_OPENGL_API);
  make_context_current(display, NULL, NULL, NULL);
}

static void* function(const char* name) { return get_function(name); }

const gl_kind gl_egl = {"EGL", open_library, create, make_current, release, destroy, function};
