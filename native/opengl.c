#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include "mujoco_binding.h"
#include "opengl.h"
#include "opengl_kinds.h"

struct gl_context {
  void* handle;
};

static const gl_kind* const kinds[] = {&gl_osmesa, &gl_egl};
static const gl_kind* chosen;    // never changes once it is set
static char texts[4][200];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static const gl_kind* choose(int kind) {
  char reason[2][300];
  // Threads cost more than a 64 by 64 picture gains; whoever draws larger ones may set the variable.
  setenv("LP_NUM_THREADS", "0", 0);
  for (int i = 0; i < 2; i++) {
    if (kind != GL_KIND_AUTO && kind != i + 1) continue;
    if (kinds[i]->open(reason[i], sizeof reason[i])) return kinds[i];
    if (kind != GL_KIND_AUTO) rm_fail("%s", reason[i]);
  }
  if (kind == GL_KIND_AUTO) rm_fail("%s; %s", reason[0], reason[1]);
  return NULL;
}

int gl_open(int kind) {
  pthread_mutex_lock(&lock);
  if (!chosen) {
    chosen = choose(kind);
  } else if (kind != GL_KIND_AUTO && kinds[kind - 1] != chosen) {
    rm_fail("this process draws with %s already, and MuJoCo takes its OpenGL functions from one library only; "
            "draw with %s in a process of its own", chosen->name, kinds[kind - 1]->name);
    pthread_mutex_unlock(&lock);
    return 0;
  }
  pthread_mutex_unlock(&lock);
  return chosen != NULL;
}

// Called with a context current.
static void keep_texts(void) {
  enum { VENDOR = 0x1F00 };    // GL_VENDOR, GL_RENDERER and GL_VERSION follow each other
  const unsigned char* (*get_string)(unsigned);
  *(void**)&get_string = chosen->function("glGetString");
  pthread_mutex_lock(&lock);
  if (!texts[GL_TEXT_KIND][0] && get_string) {
    snprintf(texts[GL_TEXT_KIND], sizeof texts[0], "%s", chosen->name);
    for (int i = 0; i < 3; i++) {
      const unsigned char* text = get_string((unsigned)(VENDOR + i));
      snprintf(texts[GL_TEXT_VENDOR + i], sizeof texts[0], "%s", text ? (const char*)text : "");
    }
  }
  pthread_mutex_unlock(&lock);
}

const char* gl_text(int which) { return texts[which]; }

gl_context* gl_new(int kind, int width, int height) {
  if (!gl_open(kind)) return NULL;
  gl_context* context = calloc(1, sizeof *context);
  if (context) context->handle = chosen->create(width, height);
  if (!context || !context->handle || !chosen->make_current(context->handle)) {
    rm_fail("%s gives no OpenGL context of %d by %d", chosen->name, width, height);
    gl_free(context);
    return NULL;
  }
  keep_texts();
  gl_release();
  return context;
}

int gl_make_current(gl_context* context) {
  if (chosen->make_current(context->handle)) return 1;
  rm_fail("%s does not give its OpenGL context to this thread", chosen->name);
  return 0;
}

void* gl_function(const char* name) { return chosen->function(name); }

void gl_release(void) { chosen->release(); }

void gl_free(gl_context* context) {
  if (!context) return;
  if (context->handle) chosen->destroy(context->handle);
  free(context);
}
