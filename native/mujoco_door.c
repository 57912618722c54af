// The door to MuJoCo: models from text, steps, arrays by name, off-screen pictures. Nothing here knows what it is
// used for. No struct layout leaves this file: fields are listed by the macros of the installed header.
//
// Every function that can fail returns 0 or NULL on failure and keeps one line for rm_last_error (per thread).
// A handle belongs to one thread at a time.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <GL/osmesa.h>
#include <mujoco/mujoco.h>
#include <mujoco/mjxmacro.h>

#define RM_API __attribute__((visibility("default")))
#define RM_ABI 2

// Element kinds of a field; RM_OPAQUE is a struct, its length is in bytes.
enum { RM_OPAQUE = 0, RM_DOUBLE = 1, RM_FLOAT = 2, RM_INT = 3, RM_BYTE = 4, RM_CHAR = 5, RM_INT64 = 6 };
enum { RM_OWNER_MODEL = 0, RM_OWNER_DATA = 1, RM_OWNER_OPTION = 2 };

typedef struct {
  mjModel* model;
  mjData* data;
} rm_sim;

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

// ---- errors: MuJoCo would end the process; we jump back to the door instead ----

static _Thread_local char last_error[1024];
static _Thread_local char last_warning[1024];
static _Thread_local jmp_buf landing;
static _Thread_local int landing_set;

static void fail(const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(last_error, sizeof last_error, format, arguments);
  va_end(arguments);
  for (char* c = last_error; *c; c++)
    if (*c == '\n' || *c == '\r') *c = ' ';
}

static void on_error(const char* text) {
  fail("MuJoCo: %s", text);
  if (landing_set) longjmp(landing, 1);
  fprintf(stderr, "%s\n", last_error);
  abort();
}

static void on_warning(const char* text) { snprintf(last_warning, sizeof last_warning, "%s", text); }

static pthread_once_t handlers_once = PTHREAD_ONCE_INIT;
static void set_handlers(void) {
  mju_user_error = on_error;
  mju_user_warning = on_warning;
}

// Runs `body`; on a MuJoCo error runs `failure` instead. Locals changed in body are not read after a jump.
#define GUARDED(body, failure)            \
  do {                                    \
    if (setjmp(landing) == 0) {           \
      landing_set = 1;                    \
      body;                               \
      landing_set = 0;                    \
    } else {                              \
      landing_set = 0;                    \
      failure;                            \
    }                                     \
  } while (0)

RM_API int rm_abi_version(void) { return RM_ABI; }
RM_API int rm_library_version(void) { return mj_version(); }
RM_API const char* rm_last_error(void) { return last_error; }

// ---- models ----

RM_API void rm_free(rm_sim* sim) {
  if (!sim) return;
  if (sim->data) mj_deleteData(sim->data);
  if (sim->model) mj_deleteModel(sim->model);
  free(sim);
}

static mjModel* load_text(const char* xml, int length) {
  char message[900] = "";
  mjVFS* files = malloc(sizeof *files);   // about 2 MB: not for the stack
  mjModel* model = NULL;
  if (!files) {
    fail("out of memory");
    return NULL;
  }
  mj_defaultVFS(files);
  if (mj_makeEmptyFileVFS(files, "model.xml", length)) {
    fail("out of memory");
  } else {
    memcpy(files->filedata[mj_findFileVFS(files, "model.xml")], xml, (size_t)length);
    model = mj_loadXML("model.xml", files, message, sizeof message);
    if (!model) fail("MuJoCo cannot read the model: %s", message);
  }
  mj_deleteVFS(files);
  free(files);
  return model;
}

RM_API rm_sim* rm_load(const char* xml, int length) {
  pthread_once(&handlers_once, set_handlers);
  rm_sim* sim = calloc(1, sizeof *sim);
  if (!sim) {
    fail("out of memory");
    return NULL;
  }
  GUARDED({
    sim->model = load_text(xml, length);
    sim->data = sim->model ? mj_makeData(sim->model) : NULL;
  }, {});
  if (!sim->data) {
    rm_free(sim);
    return NULL;
  }
  return sim;
}

// ---- time ----

RM_API int rm_reset(rm_sim* sim) {
  volatile int done = 0;
  GUARDED({ mj_resetData(sim->model, sim->data); done = 1; }, return 0);
  return done;
}

// All that follows from positions, velocities and controls; `quiet` leaves the actuators out.
RM_API int rm_forward(rm_sim* sim, int quiet) {
  const int flags = sim->model->opt.disableflags;
  volatile int done = 0;
  if (quiet) sim->model->opt.disableflags |= mjDSBL_ACTUATION;
  GUARDED({ mj_forward(sim->model, sim->data); done = 1; }, {});
  sim->model->opt.disableflags = flags;
  return done;
}

// `count` steps from a state whose first half (mj_step1) is done to one where it is done too. Runge-Kutta has no halves
// and starts each step anew.
RM_API int rm_advance(rm_sim* sim, int count) {
  const int halves = sim->model->opt.integrator != mjINT_RK4;
  volatile int done = 0;
  GUARDED({
    if (halves) mj_step2(sim->model, sim->data);
    for (int i = halves; i < count; i++) mj_step(sim->model, sim->data);
    mj_step1(sim->model, sim->data);
    done = 1;
  }, return 0);
  return done;
}

// Warnings (bad state, full buffer …) since the last reset.
RM_API int rm_warnings(const rm_sim* sim) {
  int count = 0;
  for (int i = 0; i < mjNWARNING; i++) count += sim->data->warning[i].number;
  return count;
}

RM_API const char* rm_last_warning(void) { return last_warning; }

// ---- fields by name ----

#define KIND(value)                                                                          \
  _Generic((value), double: RM_DOUBLE, float: RM_FLOAT, int: RM_INT, unsigned char: RM_BYTE, \
           char: RM_CHAR, int64_t: RM_INT64, default: RM_OPAQUE)

typedef struct {
  void* pointer;
  int kind;
  int64_t length;
} rm_field_info;

#define FOUND(address, element, count)                                              \
  do {                                                                              \
    info->pointer = (void*)(address);                                               \
    info->kind = KIND(element);                                                     \
    info->length = (int64_t)(count) * (info->kind == RM_OPAQUE ? sizeof(element) : 1); \
    return 1;                                                                       \
  } while (0)

static int find_option(mjModel* m, const char* name, rm_field_info* info) {
#define X(type, field) \
  if (!strcmp(name, #field)) FOUND(&m->opt.field, m->opt.field, 1);
  MJOPTION_SCALARS
#undef X
#define X(field, count) \
  if (!strcmp(name, #field)) FOUND(m->opt.field, m->opt.field[0], count);
  MJOPTION_VECTORS
#undef X
  return 0;
}

#ifndef XNV
#define XNV X   // later headers mark some fields so
#endif

static int find_model(mjModel* m, const char* name, rm_field_info* info) {
#define X(field) \
  if (!strcmp(name, #field)) FOUND(&m->field, m->field, 1);
  MJMODEL_INTS
#undef X
  MJMODEL_POINTERS_PREAMBLE(m)
#define X(type, field, rows, columns) \
  if (!strcmp(name, #field)) FOUND(m->field, m->field[0], (int64_t)m->rows * (columns));
  MJMODEL_POINTERS
#undef X
  // No macro lists the statistics.
  if (!strcmp(name, "stat.extent")) FOUND(&m->stat.extent, m->stat.extent, 1);
  if (!strcmp(name, "stat.center")) FOUND(m->stat.center, m->stat.center[0], 3);
  if (!strcmp(name, "stat.meaninertia")) FOUND(&m->stat.meaninertia, m->stat.meaninertia, 1);
  return 0;
}

static int find_data(mjModel* m, mjData* d, const char* name, rm_field_info* info) {
  MJDATA_POINTERS_PREAMBLE(m)
#define X(type, field, rows, columns) \
  if (!strcmp(name, #field)) FOUND(d->field, d->field[0], (int64_t)m->rows * (columns));
  MJDATA_POINTERS
#undef X
#define X(type, field) \
  if (!strcmp(name, #field)) FOUND(&d->field, d->field, 1);
  MJDATA_SCALAR
#undef X
#define X(type, field, rows, columns) \
  if (!strcmp(name, #field)) FOUND(d->field, d->field[0], (int64_t)(rows) * (columns));
  MJDATA_VECTOR
#undef X
  return 0;
}

// Pointers stay valid until rm_free.
RM_API int rm_field(rm_sim* sim, int owner, const char* name, rm_field_info* info) {
  int found = owner == RM_OWNER_MODEL  ? find_model(sim->model, name, info)
              : owner == RM_OWNER_DATA ? find_data(sim->model, sim->data, name, info)
                                       : find_option(sim->model, name, info);
  if (!found)
    fail("MuJoCo %d has no array called '%s' in its %s", mj_version(), name,
         owner == RM_OWNER_MODEL ? "model" : owner == RM_OWNER_DATA ? "data" : "options");
  return found;
}

// Index of an object; -1 where there is none. `type` as in MJCF: body, joint, geom, site, camera, actuator, sensor …
RM_API int rm_id(const rm_sim* sim, const char* type, const char* name) {
  int kind = mju_str2Type(type);
  int id = kind ? mj_name2id(sim->model, kind, name) : -1;
  if (id < 0) fail("the model has no %s called '%s'", type, name);
  return id;
}

// ---- pictures ----

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
    fail("OSMesa is not installed, so no pictures can be drawn; install libosmesa6");
    return NULL;
  }
  rm_renderer* r = calloc(1, sizeof *r);
  if (!r) {
    fail("out of memory");
    return NULL;
  }
  r->sim = sim;
  r->width = quality->width;
  r->height = quality->height;
  r->surface = malloc(pixels * 4);
  r->rows = malloc(pixels * 3);
  r->gl = r->surface && r->rows ? mesa_create(attributes, NULL) : NULL;
  if (!r->gl || !make_current(r)) {
    fail("OSMesa gives no OpenGL context of %d by %d", r->width, r->height);
    rm_renderer_free(r);
    return NULL;
  }
  mjv_defaultOption(&r->option);
  r->option.flags[mjVIS_RANGEFINDER] = 0;
  make_context(r, quality);
  if (r->has_context && r->context.currentBuffer != mjFB_OFFSCREEN) {
    fail("OSMesa gives no off-screen buffer with %d samples", quality->samples);
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
    fail("the model has no camera %d; it has %d", camera, r->sim->model->ncam);
    return 0;
  }
  if (!make_current(r)) {
    fail("OSMesa lost its OpenGL context");
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
