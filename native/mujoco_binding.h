// What the files of the binding to MuJoCo share; no part of its C interface.
#pragma once

#include <setjmp.h>
#include <mujoco/mujoco.h>

#define RM_API __attribute__((visibility("default")))

typedef struct {
  mjModel* model;
  mjData* data;
} rm_sim;

// Keeps one line for rm_last_error of this thread.
void rm_fail(const char* format, ...) __attribute__((format(printf, 1, 2)));

// Before the first model is compiled: MuJoCo's random numbers are no longer those of the whole process.
void rm_own_generator(void);

// Where MuJoCo's errors land, which would else end the process.
extern _Thread_local jmp_buf rm_landing;
extern _Thread_local int rm_landing_set;

// Runs `body`; on a MuJoCo error runs `failure` instead. Locals changed in body are not read after a jump.
#define GUARDED(body, failure)            \
  do {                                    \
    if (setjmp(rm_landing) == 0) {        \
      rm_landing_set = 1;                 \
      body;                               \
      rm_landing_set = 0;                 \
    } else {                              \
      rm_landing_set = 0;                 \
      failure;                            \
    }                                     \
  } while (0)
