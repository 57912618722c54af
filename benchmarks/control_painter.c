#include "control_painter.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "mujoco_binding.h"
#include "mujoco_planes.h"
#include "opengl.h"

enum { MOST_GEOMS = 1000 };

struct painter {
  int size;
  gl_context* gl;
  unsigned char* rows;       // as OpenGL reads them, from bottom to top
  unsigned char* rgb;
  mjvScene scene;
  mjvOption option;
  mjrContext context;
  rm_planes* planes;
};

static _Thread_local gl_context* current;

void rm_fail(const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  fputs("control_loop: ", stderr);
  vfprintf(stderr, format, arguments);
  fputc('\n', stderr);
  exit(1);
}

void* room(size_t count, size_t bytes) {
  void* memory = calloc(count, bytes);
  if (!memory) rm_fail("out of memory");
  return memory;
}

void painter_use(painter* p) {
  gl_context* wanted = p ? p->gl : NULL;
  if (current == wanted) return;
  if (wanted) gl_make_current(wanted);
  else gl_release();
  current = wanted;
}

painter* painter_new(mjModel* model, const quality* q, int size) {
  const size_t pixels = (size_t)size * (size_t)size;
  painter* p = room(1, sizeof *p);
  p->size = size;
  painter_use(NULL);    // gl_new leaves the thread without a context
  p->gl = gl_new(GL_KIND_OSMESA, size, size);
  p->rows = room(pixels, 3);
  p->rgb = room(pixels, 3);
  painter_use(p);
  model->vis.global.offwidth = model->vis.global.offheight = size;
  model->vis.quality.offsamples = q->samples;
  model->vis.quality.shadowsize = q->shadow_size;
  model->vis.quality.numslices = q->slices;
  model->vis.quality.numstacks = q->stacks;
  model->vis.quality.numquads = q->quads;
  mjv_defaultOption(&p->option);
  p->option.flags[mjVIS_RANGEFINDER] = 0;
  mjv_defaultScene(&p->scene);
  mjv_makeScene(model, &p->scene, MOST_GEOMS);
  mjr_defaultContext(&p->context);
  mjr_makeContext(model, &p->context, mjFONTSCALE_50);
  mjr_setBuffer(mjFB_OFFSCREEN, &p->context);
  p->planes = planes_new(model, &p->context, q->coarseness, gl_function);
  if (!p->planes) rm_fail("out of memory");
  if (!q->shadows) p->scene.flags[mjRND_SHADOW] = 0;
  if (!q->reflections) p->scene.flags[mjRND_REFLECTION] = 0;
  return p;
}

void painter_draw(painter* p, const mjModel* model, mjData* data, int camera) {
  const mjrRect view = {0, 0, p->size, p->size};
  const size_t stride = (size_t)p->size * 3;
  mjvCamera eye;
  painter_use(p);
  mjv_defaultCamera(&eye);
  eye.type = mjCAMERA_FIXED;
  eye.fixedcamid = camera;
  mjv_updateScene(model, data, &p->option, NULL, &eye, mjCAT_ALL, &p->scene);
  planes_cut(p->planes, &p->scene, 1);
  mjr_render(view, &p->scene, &p->context);
  mjr_readPixels(p->rows, NULL, view, &p->context);
  for (int row = 0; row < p->size; row++)
    memcpy(p->rgb + (size_t)row * stride, p->rows + (size_t)(p->size - 1 - row) * stride, stride);
}

const unsigned char* painter_rgb(const painter* p) { return p->rgb; }
