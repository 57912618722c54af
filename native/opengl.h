// OpenGL without a window: contexts of OSMesa (always software) or of EGL (a graphics card, or Mesa's software). Both
// libraries are opened at run time, so neither has to be installed; a process uses one of them.
#pragma once

enum { GL_KIND_AUTO = 0, GL_KIND_OSMESA = 1, GL_KIND_EGL = 2 };
enum { GL_TEXT_KIND = 0, GL_TEXT_VENDOR = 1, GL_TEXT_RENDERER = 2, GL_TEXT_VERSION = 3 };

typedef struct gl_context gl_context;

// Chooses the library of this process: the one asked for, or OSMesa where it is installed and EGL otherwise. Once one
// is chosen, asking for the other fails, because MuJoCo looks its OpenGL functions up once. 0 and rm_fail on failure.
int gl_open(int kind);

// A context for pictures of that size, current on no thread; opens the library. NULL and rm_fail on failure.
gl_context* gl_new(int kind, int width, int height);

// Makes the context this thread's. It must be current on no other thread: gl_release comes after every use.
int gl_make_current(gl_context* context);
void gl_release(void);

void gl_free(gl_context* context);

// One of OpenGL's functions; NULL where it has none of that name. A context must have been made.
void* gl_function(const char* name);

// Which OpenGL this process draws with, in its own words; empty before the first context.
const char* gl_text(int which);
