// The binding to MuJoCo: models from text, steps, arrays by name. Nothing here knows what it is used for. No struct layout
// leaves it: fields are listed by the macros of the installed header. Pictures are in mujoco_pictures.c.
//
// Every function that can fail returns 0 or NULL on failure and keeps one line for rm_last_error (per thread).
// A handle belongs to one thread at a time.

#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "mujoco_binding.h"
#include <mujoco/mjxmacro.h>

#define RM_ABI 5

// Element kinds of a field; RM_OPAQUE is a struct, its length is in bytes.
enum { RM_OPAQUE = 0, RM_DOUBLE = 1, RM_FLOAT = 2, RM_INT = 3, RM_BYTE = 4, RM_CHAR = 5, RM_INT64 = 6 };
enum { RM_OWNER_MODEL = 0, RM_OWNER_DATA = 1, RM_OWNER_OPTION = 2 };

static _Thread_local char last_error[1024];
static _Thread_local char last_warning[1024];
_Thread_local jmp_buf rm_landing;
_Thread_local int rm_landing_set;

void rm_fail(const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(last_error, sizeof last_error, format, arguments);
  va_end(arguments);
  for (char* c = last_error; *c; c++)
    if (*c == '\n' || *c == '\r') *c = ' ';
}

static void on_error(const char* text) {
  rm_fail("MuJoCo: %s", text);
  if (rm_landing_set) longjmp(rm_landing, 1);
  fprintf(stderr, "%s\n", last_error);
  abort();
}

static void on_warning(const char* text) { snprintf(last_warning, sizeof last_warning, "%s", text); }

static pthread_once_t handlers_once = PTHREAD_ONCE_INIT;
static void set_handlers(void) {
  mju_user_error = on_error;
  mju_user_warning = on_warning;
  rm_own_generator();
}

RM_API int rm_abi_version(void) { return RM_ABI; }
RM_API int rm_library_version(void) { return mj_version(); }
RM_API const char* rm_last_error(void) { return last_error; }

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
    rm_fail("out of memory");
    return NULL;
  }
  mj_defaultVFS(files);
  if (mj_makeEmptyFileVFS(files, "model.xml", length)) {
    rm_fail("out of memory");
  } else {
    memcpy(files->filedata[mj_findFileVFS(files, "model.xml")], xml, (size_t)length);
    model = mj_loadXML("model.xml", files, message, sizeof message);
    if (!model) rm_fail("MuJoCo cannot read the model: %s", message);
  }
  mj_deleteVFS(files);
  free(files);
  return model;
}

RM_API rm_sim* rm_load(const char* xml, int length) {
  pthread_once(&handlers_once, set_handlers);
  rm_sim* sim = calloc(1, sizeof *sim);
  if (!sim) {
    rm_fail("out of memory");
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

// What follows from positions alone: places, masses, contacts, constraints; no forces.
RM_API int rm_position(rm_sim* sim) {
  volatile int done = 0;
  GUARDED({ mj_fwdPosition(sim->model, sim->data); done = 1; }, return 0);
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
    rm_fail("MuJoCo %d has no array called '%s' in its %s", mj_version(), name,
         owner == RM_OWNER_MODEL ? "model" : owner == RM_OWNER_DATA ? "data" : "options");
  return found;
}

// Index of an object; -1 where there is none. `type` as in MJCF: body, joint, geom, site, camera, actuator, sensor …
RM_API int rm_id(const rm_sim* sim, const char* type, const char* name) {
  int kind = mju_str2Type(type);
  int id = kind ? mj_name2id(sim->model, kind, name) : -1;
  if (id < 0) rm_fail("the model has no %s called '%s'", type, name);
  return id;
}
