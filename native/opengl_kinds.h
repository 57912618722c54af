// What opengl.c needs of a library that gives contexts.
#pragma once
#include <stddef.h>

typedef struct {
  const char* name;
  // Opens the library and looks its functions up; 0 and one line where that fails.
  int (*open)(char* reason, size_t length);
  void* (*create)(int width, int height);
  int (*make_current)(void* context);
  void (*release)(void);    // leaves this thread without a context
  void (*destroy)(void* context);
  void* (*function)(const char* name);
} gl_kind;

extern const gl_kind gl_osmesa, gl_egl;
