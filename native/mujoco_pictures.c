// Off-screen pictures of a simulation: MuJoCo draws into a buffer of an OpenGL context that belongs to one renderer.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <GL/osmesa.h>
#include "mujoco_door.h"

typedef struct {
  rm_sim* sim;
  OSMesaContext gl;
  unsigned char* surface;   // OSMesa insists on a window of its own; we draw into MuJoCo's off-screen buffer
  unsigned char* rows;      // one picture as OpenGL reads it, rows from bottom to top
  int width, height, has_context, has_scene;
  mjvScene scene;
  mjvOption option;
  mjrContext context;
} rm_renderer;

static void* mesa;
static OSMesaContext (*mesa_create)(const int*, OSMesaContext);
static void (*mesa_destroy)(OSMesaContext);
static GLboolean (*mesa_current)(OSMesaContext, void*, GLenum, GLsizei, GLsizei);
static pthread_once_t mesa_once = PTHREAD_ONCE_INIT;

// Opened at run time and for all: MuJoCo looks its OpenGL functions up among the global symbols.
static void open_mesa(void) {
  const char* names[] = {"libOSMesa.so.8", "libOSMesa.so.6", "libOSMesa.so"};
  setenv("LP_NUM_THREADS", "0", 0);   // threads cost more than a 64 by 64 picture gains
  for (int i = 0; i < 3 && !mesa; i++) mesa = dlopen(names[i], RTLD_NOW | RTLD_GLOBAL);
  if (!mesa) return;
  *(void**)&mesa_create = dlsym(mesa, "OSMesaCreateContextAttribs");
  *(void**)&mesa_destroy = dlsym(mesa, "OSMesaDestroyContext");
  *(void**)&mesa_current = dlsym(mesa, "OSMesaMakeCurrent");
}

static int make_current(rm_renderer* r) {
  return mesa_current(r->gl, r->surface, GL_UNSIGNED_BYTE, r->width, r->height);
}

// No context may stay current on this thread: another thread may want it next.
static void make_none_current(void) { mesa_current(NULL, NULL, 0, 0, 0); }

RM_API void rm_renderer_free(rm_renderer* r) {
  if (!r) return;
  if (r->has_scene) mjv_freeScene(&r->scene);
  if (r->gl) {
    if (r->has_context && make_current(r)) {
      GUARDED(mjr_freeContext(&r->context), {});
      make_none_current();
    }
    mesa_destroy(r->gl);
  }
  free(r->surface);
  free(r->rows);
  free(r);
}

// What a picture is drawn with; `without` holds the mjRND_* bits to switch off.
typedef struct {
  int width, height, samples, shadow_size, slices, stacks, quads, without;
} rm_quality;

static void make_context(rm_renderer* r, const rm_quality* q) {
  mjModel* m = r->sim->model;
  mjVisual kept = m->vis;
  m->vis.global.offwidth = r->width;
  m->vis.global.offheight = r->height;
  m->vis.quality.offsamples = q->samples;
  m->vis.quality.shadowsize = q->shadow_size;
  m->vis.quality.numslices = q->slices;
  m->vis.quality.numstacks = q->stacks;
  m->vis.quality.numquads = q->quads;
  GUARDED({
    mjv_defaultScene(&r->scene);
    mjv_makeScene(m, &r->scene, 1000);
    r->has_scene = 1;
    mjr_defaultContext(&r->context);
    mjr_makeContext(m, &r->context, mjFONTSCALE_50);
    r->has_context = 1;
    mjr_setBuffer(mjFB_OFFSCREEN, &r->context);
  }, {});
  m->vis = kept;
}

RM_API rm_renderer* rm_renderer_new(rm_sim* sim, const rm_quality* quality) {
  const int attributes[] = {OSMESA_FORMAT, OSMESA_RGBA, OSMESA_DEPTH_BITS, 24, OSMESA_STENCIL_BITS, 8,
                            OSMESA_PROFILE, OSMESA_COMPAT_PROFILE, 0};
  size_t pixels = (size_t)quality->width * (size_t)quality->height;
  pthread_once(&mesa_once, open_mesa);
  if (!mesa || !mesa_create || !mesa_destroy || !mesa_current) {
    rm_fail("OSMesa is not installed, so no pictures can be drawn; install libosmesa6");
    return NULL;
  }
  rm_renderer* r = calloc(1, sizeof *r);
  if (!r) {
    rm_fail("out of memory");
    return NULL;
  }
  r->sim = sim;
  r->width = quality->width;
  r->height = quality->height;
  r->surface = malloc(pixels * 4);
  r->rows = malloc(pixels * 3);
  r->gl = r->surface && r->rows ? mesa_create(attributes, NULL) : NULL;
  if (!r->gl || !make_current(r)) {
    rm_fail("OSMesa gives no OpenGL context of %d by %d", r->width, r->height);
    rm_renderer_free(r);
    return NULL;
  }
  mjv_defaultOption(&r->option);
  r->option.flags[mjVIS_RANGEFINDER] = 0;
  make_context(r, quality);
  if (r->has_context && r->context.currentBuffer != mjFB_OFFSCREEN) {
    rm_fail("OSMesa gives no off-screen buffer with %d samples", quality->samples);
    mjr_freeContext(&r->context);
    r->has_context = 0;
  }
  make_none_current();
  if (!r->has_context) {
    rm_renderer_free(r);
    return NULL;
  }
  for (int i = 0; i < mjNRNDFLAG; i++)
    if ((quality->without >> i) & 1) r->scene.flags[i] = 0;
  return r;
}

// Draws through a fixed camera into `rgb`: height * width * 3 bytes, rows from top to bottom.
RM_API int rm_render(rm_renderer* r, int camera, unsigned char* rgb) {
  const mjrRect view = {0, 0, r->width, r->height};
  const size_t stride = (size_t)r->width * 3;
  mjvCamera eye;
  volatile int done = 0;
  if (camera < 0 || camera >= r->sim->model->ncam) {
    rm_fail("the model has no camera %d; it has %d", camera, r->sim->model->ncam);
    return 0;
  }
  if (!make_current(r)) {
    rm_fail("OSMesa lost its OpenGL context");
    return 0;
  }
  mjv_defaultCamera(&eye);
  eye.type = mjCAMERA_FIXED;
  eye.fixedcamid = camera;
  GUARDED({
    mjv_updateScene(r->sim->model, r->sim->data, &r->option, NULL, &eye, mjCAT_ALL, &r->scene);
    mjr_render(view, &r->scene, &r->context);
    mjr_readPixels(r->rows, NULL, view, &r->context);
    done = 1;
  }, { make_none_current(); return 0; });
  make_none_current();
  for (int row = 0; row < r->height; row++)
    memcpy(rgb + (size_t)row * stride, r->rows + (size_t)(r->height - 1 - row) * stride, stride);
  return done;
}
