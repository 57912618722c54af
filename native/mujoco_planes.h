// Planes drawn only where the camera sees them.
#pragma once
#include <mujoco/mujoco.h>

typedef struct rm_planes rm_planes;

// For a context that is current; `function` looks OpenGL's functions up. Cells are joined up to a width of `coarseness`
// times the height of the lowest lamp; 0 draws MuJoCo's cells. NULL where there is no memory.
rm_planes* planes_new(const mjModel* model, const mjrContext* context, float coarseness,
                      void* (*function)(const char*));

// Between mjv_updateScene and mjr_render, with the context current.
void planes_cut(rm_planes* planes, mjvScene* scene, float aspect);

void planes_free(rm_planes* planes);
