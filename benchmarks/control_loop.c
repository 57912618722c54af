// What `reverie bench env --against-c` compares with: physics and pictures of environments in C alone, by MuJoCo called
// directly. Of the binding it has only what opens an OpenGL at run time, so that no header of one need be installed, and
// native/mujoco_planes.c, without which it would draw other pictures. Those are made in control_painter.c.
//
// usage: control_loop MODEL.xml SCENARIO QUALITY...
//
// A quality is samples,shadowsize,slices,stacks,quads,shadows,reflections,coarseness. The scenario is text, in this
// order:
//
//   camera N substeps N repeat N size N environments N rows N changes N
//   per change: an array of mjModel, an index, a value
//   per environment: qpos and qvel that it starts from
//   per row: controls
//
// Then it takes orders from standard input, one a line, and answers each with one line of JSON:
//
//   physics COUNT                                   control steps of the first environment
//   pictures QUALITY COUNT                          pictures of its start
//   decisions QUALITY ENVIRONMENTS THREADS COUNT    decisions in each of them, a picture after every one
//
// Only the loops are timed. `check` is a sum over the last state or picture, the same number in any program that did
// the same.

#include <pthread.h>
#include <semaphore.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <mujoco/mujoco.h>
#include <mujoco/mjxmacro.h>
#include "control_painter.h"

enum { MOST_QUALITIES = 4 };

typedef struct {
  mjData* data;
  double* start;    // qpos, then qvel
  painter* painters[MOST_QUALITIES];
} environment;

typedef struct {
  int first, threads, rounds;
  pthread_t handle;
  sem_t begin;
} worker;

static mjModel* model;
static int camera, substeps, repeats, size, row_count, environment_count, quality_count;
static quality qualities[MOST_QUALITIES];
static double* actions;    // (row_count, nu)
static environment* environments;

// The order that is being carried out.
static int with_quality, with_environments, round_number;
static sem_t end;

static double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static painter* painter_of(environment* e, int index) {
  if (!e->painters[index]) e->painters[index] = painter_new(model, &qualities[index], size);
  return e->painters[index];
}

static void restart(environment* e) {
  const int flags = model->opt.disableflags;
  mj_resetData(model, e->data);
  memcpy(e->data->qpos, e->start, sizeof(double) * (size_t)model->nq);
  memcpy(e->data->qvel, e->start + model->nq, sizeof(double) * (size_t)model->nv);
  model->opt.disableflags |= mjDSBL_ACTUATION;
  mj_forward(model, e->data);
  model->opt.disableflags = flags;
}

// Runge-Kutta has no halves.
static void control_step(environment* e, const double* action) {
  const int halves = model->opt.integrator != mjINT_RK4;
  memcpy(e->data->ctrl, action, sizeof(double) * (size_t)model->nu);
  if (halves) mj_step2(model, e->data);
  for (int i = halves; i < substeps; i++) mj_step(model, e->data);
  mj_step1(model, e->data);
}

static const double* action_of(int number) { return actions + (size_t)(number % row_count) * (size_t)model->nu; }

static void answer(double took, double check) {
  printf("{\"seconds\":%.9f,\"check\":%.17g}\n", took, check);
  fflush(stdout);
}

static void physics(int count) {
  environment* e = &environments[0];
  double check = 0;
  restart(e);
  const double began = seconds();
  for (int i = 0; i < count; i++) control_step(e, action_of(i));
  const double took = seconds() - began;
  for (int i = 0; i < model->nq; i++) check += (i + 1) * e->data->qpos[i];
  answer(took, check);
}

static void pictures(int index, int count) {
  environment* e = &environments[0];
  painter* p = painter_of(e, index);
  uint64_t check = 0;
  restart(e);
  const double began = seconds();
  for (int i = 0; i < count; i++) painter_draw(p, model, e->data, camera);
  const double took = seconds() - began;
  for (size_t i = 0; i < (size_t)size * (size_t)size * 3; i++) check += (i % 251 + 1) * painter_rgb(p)[i];
  painter_use(NULL);
  answer(took, (double)check);
}

static void decide(int first, int step) {
  for (int n = first; n < with_environments; n += step) {
    environment* e = &environments[n];
    for (int i = 0; i < repeats; i++) control_step(e, action_of(round_number));
    painter_draw(e->painters[with_quality], model, e->data, camera);
  }
}

static void* work(void* argument) {
  worker* w = argument;
  for (int i = 0; i < w->rounds; i++) {
    sem_wait(&w->begin);
    decide(w->first, w->threads);
    sem_post(&end);
  }
  painter_use(NULL);
  return NULL;
}

// The main thread is the first of them.
static void decisions(int index, int count, int threads, int rounds) {
  worker* team = room((size_t)threads, sizeof *team);
  with_quality = index;
  with_environments = count;
  for (int n = 0; n < count; n++) {
    painter_of(&environments[n], index);
    restart(&environments[n]);
  }
  painter_use(NULL);
  sem_init(&end, 0, 0);
  for (int t = 1; t < threads; t++) {
    team[t] = (worker){.first = t, .threads = threads, .rounds = rounds};
    sem_init(&team[t].begin, 0, 0);
    if (pthread_create(&team[t].handle, NULL, work, &team[t])) rm_fail("no thread");
  }
  const double began = seconds();
  for (round_number = 0; round_number < rounds; round_number++) {
    for (int t = 1; t < threads; t++) sem_post(&team[t].begin);
    decide(0, threads);
    for (int t = 1; t < threads; t++) sem_wait(&end);
  }
  const double took = seconds() - began;
  for (int t = 1; t < threads; t++) pthread_join(team[t].handle, NULL);
  painter_use(NULL);
  free(team);
  answer(took, 0);
}

// `name` is an array of doubles or floats.
static void change(const char* name, int index, double value) {
  MJMODEL_POINTERS_PREAMBLE(model)
#define X(type, field, rows, columns)                                                     \
  if (!strcmp(name, #field)) {                                                            \
    if (sizeof(type) == sizeof(double)) ((double*)(void*)model->field)[index] = value;    \
    else ((float*)(void*)model->field)[index] = (float)value;                             \
    return;                                                                               \
  }
  MJMODEL_POINTERS
#undef X
  rm_fail("mjModel has no %s", name);
}

static void read_scenario(const char* path) {
  FILE* file = fopen(path, "r");
  int changes, index;
  char name[100];
  double value;
  if (!file || fscanf(file, "camera %d substeps %d repeat %d size %d environments %d rows %d changes %d", &camera,
                      &substeps, &repeats, &size, &environment_count, &row_count, &changes) != 7)
    rm_fail("cannot read %s", path);
  for (int i = 0; i < changes && fscanf(file, "%99s %d %lf", name, &index, &value) == 3; i++)
    change(name, index, value);
  environments = room((size_t)environment_count, sizeof *environments);
  for (int n = 0; n < environment_count; n++) {
    environments[n].data = mj_makeData(model);
    environments[n].start = room((size_t)(model->nq + model->nv), sizeof(double));
    for (int i = 0; i < model->nq + model->nv; i++)
      if (fscanf(file, "%lf", &environments[n].start[i]) != 1) rm_fail("%s ends in a state", path);
  }
  actions = room((size_t)row_count * (size_t)model->nu, sizeof *actions);
  for (int i = 0; i < row_count * model->nu; i++)
    if (fscanf(file, "%lf", &actions[i]) != 1) rm_fail("%s ends in an action", path);
  fclose(file);
}

static void obey(const char* line) {
  int index, count, threads, rounds;
  if (sscanf(line, "physics %d", &count) == 1)
    physics(count);
  else if (sscanf(line, "pictures %d %d", &index, &count) == 2 && index >= 0 && index < quality_count)
    pictures(index, count);
  else if (sscanf(line, "decisions %d %d %d %d", &index, &count, &threads, &rounds) == 4 && index >= 0 &&
           index < quality_count && count <= environment_count && threads >= 1)
    decisions(index, count, threads, rounds);
  else
    rm_fail("no such order: %s", line);
}

int main(int argc, char** argv) {
  char message[500] = "", line[200];
  if (argc < 4 || argc > 3 + MOST_QUALITIES) rm_fail("usage: control_loop MODEL.xml SCENARIO QUALITY...");
  setenv("LP_NUM_THREADS", "0", 0);    // as the binding does: threads cost more than a small picture gains
  model = mj_loadXML(argv[1], NULL, message, sizeof message);
  if (!model) rm_fail("%s", message);
  read_scenario(argv[2]);
  for (; quality_count < argc - 3; quality_count++) {
    quality* q = &qualities[quality_count];
    if (sscanf(argv[3 + quality_count], "%d,%d,%d,%d,%d,%d,%d,%f", &q->samples, &q->shadow_size, &q->slices,
               &q->stacks, &q->quads, &q->shadows, &q->reflections, &q->coarseness) != 8)
      rm_fail("%s is no quality", argv[3 + quality_count]);
  }
  while (fgets(line, sizeof line, stdin)) obey(line);
  return 0;
}
