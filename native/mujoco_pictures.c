// Off-screen pictures of a simulation: MuJoCo draws into a buffer of an OpenGL context that belongs to one renderer.

#include <stdlib.h>
#include <string.h>
#include "mujoco_binding.h"
#include "mujoco_planes.h"
#include "opengl.h"

typedef struct {
  rm_sim* sim;
  gl_context* gl;
  unsigned char* rows;    // one picture as OpenGL reads it, rows from bottom to top
  int width, height, has_context, has_scene;
  mjvScene scene;
  mjvOption option;
  mjrContext context;
  rm_planes* planes;
} rm_renderer;

RM_API void rm_renderer_free(rm_renderer* r) {
  if (!r) return;
  if (r->has_scene) mjv_freeScene(&r->scene);
  if (r->gl) {
    if (r->has_context && gl_make_current(r->gl)) {
      GUARDED(mjr_freeContext(&r->context), {});
      gl_release();
    }
    gl_free(r->gl);
  }
  planes_free(r->planes);
  free(r->rows);
  free(r);
}

// What a picture is drawn with; `without` holds the mjRND_* bits to switch off, `coarseness` is that of planes_new.
typedef struct {
  int gl, width, height, samples, shadow_size, slices, stacks, quads, without;
  float coarseness;
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
    r->planes = planes_new(m, &r->context, q->coarseness, gl_function);
  }, {});
  m->vis = kept;
}

// Opens this process's OpenGL and makes a context, if none was made yet, so that rm_gl_text can tell of it.
RM_API int rm_gl_open(int kind) {
  if (!gl_open(kind)) return 0;
  if (gl_text(GL_TEXT_KIND)[0]) return 1;
  gl_context* context = gl_new(kind, 16, 16);
  gl_free(context);
  return context != NULL;
}

RM_API const char* rm_gl_text(int which) { return gl_text(which); }

RM_API rm_renderer* rm_renderer_new(rm_sim* sim, const rm_quality* quality) {
  rm_renderer* r = calloc(1, sizeof *r);
  if (!r) {
    rm_fail("out of memory");
    return NULL;
  }
  r->sim = sim;
  r->width = quality->width;
  r->height = quality->height;
  r->rows = malloc((size_t)r->width * (size_t)r->height * 3);
  r->gl = gl_new(quality->gl, r->width, r->height);
  if (!r->rows) rm_fail("out of memory");
  if (!r->rows || !r->gl || !gl_make_current(r->gl)) {
    rm_renderer_free(r);
    return NULL;
  }
  mjv_defaultOption(&r->option);
  r->option.flags[mjVIS_RANGEFINDER] = 0;
  make_context(r, quality);
  gl_release();
  if (r->has_context && r->context.currentBuffer != mjFB_OFFSCREEN)
    rm_fail("%s gives no off-screen buffer with %d samples", gl_text(GL_TEXT_KIND), quality->samples);
  else if (r->has_context && !r->planes)
    rm_fail("out of memory");
  if (!r->planes || r->context.currentBuffer != mjFB_OFFSCREEN) {
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
  if (!gl_make_current(r->gl)) return 0;
  mjv_defaultCamera(&eye);
  eye.type = mjCAMERA_FIXED;
  eye.fixedcamid = camera;
  GUARDED({
    mjv_updateScene(r->sim->model, r->sim->data, &r->option, NULL, &eye, mjCAT_ALL, &r->scene);
    planes_cut(r->planes, &r->scene, (float)r->width / (float)r->height);
    mjr_render(view, &r->scene, &r->context);
    mjr_readPixels(r->rows, NULL, view, &r->context);
    done = 1;
  }, { gl_release(); return 0; });
  gl_release();
  for (int row = 0; row < r->height; row++)
    memcpy(rgb + (size_t)row * stride, r->rows + (size_t)(r->height - 1 - row) * stride, stride);
  return done;
}
