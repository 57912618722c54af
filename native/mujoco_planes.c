// MuJoCo draws a finite plane as a grid of up to 200 by 200 cells, several times a picture. Here its list is recorded
// anew with those cells only that are in view. With the same corners the picture stays the same to the byte; where
// cells are joined, the light is computed at fewer places.

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "mujoco_planes.h"

enum { GL_COMPILE = 0x1300, GL_QUADS = 0x0007, MOST_CORNERS = 16 };

// Ranges begin and end at multiples of so many cells, so that a camera on the move seldom asks for another.
enum { BLOCK = 4 };

typedef struct {
  int first[2], last[2];    // cells of the recorded list, the last one not included
  int joined[2];            // so many become one
} range;

struct rm_planes {
  const mjModel* model;
  float coarseness;
  unsigned lists;    // MuJoCo's; that of plane i is lists + i + 1
  range* recorded;
  void (*new_list)(unsigned, unsigned);
  void (*end_list)(void);
  void (*begin)(unsigned);
  void (*end)(void);
  void (*normal)(double, double, double);
  void (*vertex)(double, double, double);
};

// A corner in the coordinates of the plane, and its distances inside of the view's five borders.
typedef struct {
  float x, y, inside[5];
} corner;

rm_planes* planes_new(const mjModel* model, const mjrContext* context, float coarseness,
                      void* (*function)(const char*)) {
  rm_planes* p = calloc(1, sizeof *p);
  if (!p) return NULL;
  p->model = model;
  p->coarseness = coarseness;
  p->lists = context->basePlane;
  p->recorded = calloc((size_t)context->rangePlane, sizeof *p->recorded);
  *(void**)&p->new_list = function("glNewList");
  *(void**)&p->end_list = function("glEndList");
  *(void**)&p->begin = function("glBegin");
  *(void**)&p->end = function("glEnd");
  *(void**)&p->normal = function("glNormal3d");
  *(void**)&p->vertex = function("glVertex3d");
  if (p->recorded && p->new_list && p->end_list && p->begin && p->end && p->normal && p->vertex) return p;
  planes_free(p);
  return NULL;
}

void planes_free(rm_planes* planes) {
  if (!planes) return;
  free(planes->recorded);
  free(planes);
}

static float dot(const float* a, const float* b) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; }

static corner corner_at(const mjvGeom* plane, const mjvGLCamera* camera, float aspect, float x, float y) {
  const float *m = plane->mat, *f = camera->forward, *u = camera->up;
  const float right[3] = {f[1] * u[2] - f[2] * u[1], f[2] * u[0] - f[0] * u[2], f[0] * u[1] - f[1] * u[0]};
  const float half = 0.5f * aspect * (camera->frustum_top - camera->frustum_bottom), near = camera->frustum_near;
  float d[3];
  for (int i = 0; i < 3; i++) d[i] = plane->pos[i] + m[3 * i] * x + m[3 * i + 1] * y - camera->pos[i];
  const float ahead = dot(d, f), side = dot(d, right) * near, height = dot(d, u) * near;
  corner c = {x, y, {
    ahead - near,
    side - ahead * (camera->frustum_center - half), ahead * (camera->frustum_center + half) - side,
    height - ahead * camera->frustum_bottom, ahead * camera->frustum_top - height,
  }};
  return c;
}

static corner between(const corner* a, const corner* b, int border) {
  const float t = a->inside[border] / (a->inside[border] - b->inside[border]);
  corner c = {a->x + t * (b->x - a->x), a->y + t * (b->y - a->y), {0}};
  for (int i = 0; i < 5; i++) c.inside[i] = a->inside[i] + t * (b->inside[i] - a->inside[i]);
  return c;
}

// Cuts the polygon at one border of the view, which adds a corner at most; returns the number of its corners.
static int cut(corner* corners, int count, int border) {
  corner kept[MOST_CORNERS];
  int n = 0;
  for (int i = 0; i < count && n + 2 <= MOST_CORNERS; i++) {
    const corner *a = corners + i, *b = corners + (i + 1) % count;
    if (a->inside[border] >= 0) kept[n++] = *a;
    if ((a->inside[border] >= 0) != (b->inside[border] >= 0)) kept[n++] = between(a, b, border);
  }
  memcpy(corners, kept, (size_t)n * sizeof *kept);
  return n;
}

// Where MuJoCo's cells begin along an axis: two paddings at the edges, and an even number of equal cells between them.
// Returns the number of cells; lines holds one more.
static int grid_lines(const mjModel* model, int geom, int axis, double* lines) {
  const double size = model->geom_size[3 * geom + axis];
  const double spacing = mju_max(model->geom_size[3 * geom + 2], size / (mjMAXPLANEGRID - 2));
  const int steps = (int)(size / mju_max(mjMINVAL, spacing)), inner = steps - steps % 2;
  const double padding = size - inner * spacing;
  lines[0] = -size;
  for (int i = 0; i <= inner; i++) lines[i + 1] = -size + padding + i * spacing * 2;
  lines[inner + 2] = mju_max(lines[inner + 1], lines[inner + 1] + padding);
  return inner + 2;
}

// Cells that touch [low, high], out to whole blocks of cells that become one.
static void find_range(const double* lines, int cells, float low, float high, float widest, range* r, int axis) {
  const int joined = cells > 3 ? (int)fmin(cells, fmax(1, widest / (lines[2] - lines[1]))) : 1;
  const int block = (BLOCK + joined - 1) / joined * joined;
  int first = 0, last = cells;
  while (first < cells - 1 && lines[first + 1] < low) first++;
  while (last > first + 1 && lines[last - 1] > high) last--;
  r->joined[axis] = joined;
  r->first[axis] = first - first % block;
  r->last[axis] = mjMIN(cells, (last + block - 1) / block * block);
}

static void record(const rm_planes* p, int plane, const range* r, double lines[2][mjMAXPLANEGRID + 1]) {
  p->new_list(p->lists + 1 + (unsigned)plane, GL_COMPILE);
  p->begin(GL_QUADS);
  p->normal(0, 0, 1);
  for (int i = r->first[0]; i < r->last[0]; i += r->joined[0]) {
    for (int j = r->first[1]; j < r->last[1]; j += r->joined[1]) {
      const double left = lines[0][i], right = lines[0][mjMIN(i + r->joined[0], r->last[0])];
      const double bottom = lines[1][j], top = lines[1][mjMIN(j + r->joined[1], r->last[1])];
      p->vertex(left, bottom, 0);
      p->vertex(right, bottom, 0);
      p->vertex(right, top, 0);
      p->vertex(left, top, 0);
    }
  }
  p->end();
  p->end_list();
}

// The rectangle of the plane that holds all that is in view; a single point where nothing is.
static void find_view(const mjvGeom* plane, const mjvGLCamera* camera, float aspect, const double* size,
                      float low[2], float high[2]) {
  const float signs[4][2] = {{-1, -1}, {1, -1}, {1, 1}, {-1, 1}};
  corner polygon[MOST_CORNERS];
  int count = 4;
  for (int i = 0; i < 4; i++)
    polygon[i] = corner_at(plane, camera, aspect, signs[i][0] * (float)size[0], signs[i][1] * (float)size[1]);
  for (int border = 0; border < 5 && count; border++) count = cut(polygon, count, border);
  low[0] = low[1] = high[0] = high[1] = 0;
  for (int i = 0; i < count; i++) {
    const float at[2] = {polygon[i].x, polygon[i].y};
    for (int axis = 0; axis < 2; axis++) {
      low[axis] = i ? fminf(low[axis], at[axis]) : at[axis];
      high[axis] = i ? fmaxf(high[axis], at[axis]) : at[axis];
    }
  }
}

// How far above the plane the lowest lamp is.
static float lamp_height(const mjvScene* scene, const mjvGeom* plane) {
  float lowest = INFINITY;
  for (int i = 0; i < scene->nlight; i++) {
    const mjvLight* light = scene->lights + i;
    float height = 0;
    if (light->headlight || light->directional) continue;    // light the whole plane alike
    for (int k = 0; k < 3; k++) height += plane->mat[3 * k + 2] * (light->pos[k] - plane->pos[k]);
    lowest = fminf(lowest, fabsf(height));
  }
  return lowest;
}

static void cut_plane(rm_planes* p, const mjvScene* scene, const mjvGeom* plane, const mjvGLCamera* camera,
                      float aspect) {
  double lines[2][mjMAXPLANEGRID + 1];
  float low[2], high[2];
  const float widest = p->coarseness > 0 ? p->coarseness * lamp_height(scene, plane) : 0;
  range wanted;
  find_view(plane, camera, aspect, p->model->geom_size + 3 * plane->objid, low, high);
  for (int axis = 0; axis < 2; axis++) {
    const int cells = grid_lines(p->model, plane->objid, axis, lines[axis]);
    const float margin = 1e-2f * (high[axis] - low[axis]);    // against rounding
    find_range(lines[axis], cells, low[axis] - margin, high[axis] + margin, widest, &wanted, axis);
  }
  if (!memcmp(&wanted, p->recorded + plane->dataid, sizeof wanted)) return;
  record(p, plane->dataid, &wanted, lines);
  p->recorded[plane->dataid] = wanted;
}

void planes_cut(rm_planes* p, mjvScene* scene, float aspect) {
  const mjvGLCamera camera = mjv_averageCamera(scene->camera, scene->camera + 1);
  int mirrors = 0;
  for (int i = 0; i < scene->ngeom; i++) {
    const mjvGeom* geom = scene->geoms + i;
    if (geom->type != mjGEOM_PLANE || geom->objtype != mjOBJ_GEOM || geom->dataid < 0) continue;
    // Parts that are out of view may show in a mirror; the mirror itself, of which MuJoCo allows one, shows in none.
    const int mirrored = scene->flags[mjRND_REFLECTION] && !(geom->reflectance > 0 && mirrors++ == 0);
    const mjtNum* size = p->model->geom_size + 3 * geom->objid;
    if (!mirrored && size[0] > 0 && size[1] > 0) cut_plane(p, scene, geom, &camera, aspect);
  }
}
