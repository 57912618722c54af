// Pictures of environments for control_loop.c, and what both of its files need.
#pragma once
#include <stddef.h>
#include <mujoco/mujoco.h>

// The name under which native/opengl.c fails, too. Whatever fails here ends the program.
void rm_fail(const char* format, ...) __attribute__((format(printf, 1, 2)));

// Zeros.
void* room(size_t count, size_t bytes);

typedef struct {
  int samples, shadow_size, slices, stacks, quads, shadows, reflections;
  float coarseness;    // of planes
} quality;

typedef struct painter painter;

// Draws square pictures of a model.
painter* painter_new(mjModel* model, const quality* q, int size);

// Its OpenGL is this thread's from now on; null leaves the thread without one.
void painter_use(painter* p);

void painter_draw(painter* p, const mjModel* model, mjData* data, int camera);

// The last picture, RGB, rows from top to bottom.
const unsigned char* painter_rgb(const painter* p);
