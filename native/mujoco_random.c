// A generator of its own for MuJoCo 2, which draws the random marks of textures from the C library's rand. The whole
// process shares that one: another thread that calls it while a model is compiled (the runtime, Mesa and Gloo do) would
// move all marks that come after. Where the installed library imports rand and srand, its entries in the table of imports
// lead here; the numbers are those of the C library for the same seed. MuJoCo 3 imports neither.

#define _GNU_SOURCE
#include <link.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "mujoco_binding.h"

// Each thread has one: a model is compiled by the thread that asks for it.
static _Thread_local struct random_data generator;
static _Thread_local char generator_state[128];    // 128 bytes are what the C library's own generator has

static void own_srand(unsigned seed) {
  if (!generator.state) initstate_r(seed, generator_state, sizeof generator_state, &generator);
  else srandom_r(seed, &generator);
}

static int own_rand(void) {
  int32_t number = 0;
  if (!generator.state) own_srand(1);
  random_r(&generator, &number);
  return number;
}

static void replace(void** entry, void* function) {
  const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
  void* start = (void*)((uintptr_t)entry & ~(page - 1));
  // Loaders can make the table read-only once it is complete. Where it may not be written to, MuJoCo keeps the shared one.
  if (mprotect(start, page, PROT_READ | PROT_WRITE)) return;
  __atomic_store_n(entry, function, __ATOMIC_RELEASE);
}

static void replace_in(uintptr_t base, const ElfW(Rela)* imports, size_t count, const ElfW(Sym)* symbols,
                       const char* names) {
  for (size_t i = 0; imports && i < count; i++) {
    const char* name = names + symbols[ELF64_R_SYM(imports[i].r_info)].st_name;
    void** entry = (void**)(base + imports[i].r_offset);
    if (!strcmp(name, "rand")) replace(entry, (void*)own_rand);
    if (!strcmp(name, "srand")) replace(entry, (void*)own_srand);
  }
}

static int of_library(struct dl_phdr_info* library, size_t size, void* unused) {
  (void)size;
  (void)unused;
  if (!strstr(library->dlpi_name, "libmujoco")) return 0;
  const ElfW(Dyn)* entry = NULL;
  for (int i = 0; i < library->dlpi_phnum; i++)
    if (library->dlpi_phdr[i].p_type == PT_DYNAMIC)
      entry = (const void*)(library->dlpi_addr + library->dlpi_phdr[i].p_vaddr);
  const ElfW(Sym)* symbols = NULL;
  const char* names = NULL;
  const ElfW(Rela) *calls = NULL, *addresses = NULL;
  size_t call_bytes = 0, address_bytes = 0;
  for (; entry && entry->d_tag != DT_NULL; entry++) {
    if (entry->d_tag == DT_SYMTAB) symbols = (const void*)entry->d_un.d_ptr;
    if (entry->d_tag == DT_STRTAB) names = (const void*)entry->d_un.d_ptr;
    if (entry->d_tag == DT_JMPREL) calls = (const void*)entry->d_un.d_ptr;
    if (entry->d_tag == DT_PLTRELSZ) call_bytes = entry->d_un.d_val;
    if (entry->d_tag == DT_RELA) addresses = (const void*)entry->d_un.d_ptr;
    if (entry->d_tag == DT_RELASZ) address_bytes = entry->d_un.d_val;
  }
  if (!symbols || !names) return 0;
  replace_in(library->dlpi_addr, calls, call_bytes / sizeof(ElfW(Rela)), symbols, names);
  replace_in(library->dlpi_addr, addresses, address_bytes / sizeof(ElfW(Rela)), symbols, names);
  return 0;
}

void rm_own_generator(void) { dl_iterate_phdr(of_library, NULL); }
