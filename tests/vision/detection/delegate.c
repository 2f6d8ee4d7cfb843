/* A delegate that takes no part of a model: a real library for the tests to load.
 *
 * It appends a line to the file that the option "diary" names whenever it is asked for
 * something. The option "mode" makes it refuse: "absent" with a reason, "silent" without
 * one, "picky" when a model is shown to it.
 *
 * The layout of struct delegate is that of TfLiteDelegate: TensorFlow Lite,
 * core/c/common.h; the entry points: delegates/external/external_delegate_interface.h.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct delegate {
  void *data;
  int (*prepare)(void *context, struct delegate *self);
  void *copy_from_buffer;
  void *copy_to_buffer;
  void *free_buffer;
  int64_t flags;
  void *builder;
  int picky; /* ours: nobody reads beyond the builder */
};

static char diary[4096];

static void note(const char *line) {
  FILE *file = diary[0] ? fopen(diary, "a") : NULL;
  if (file == NULL) return;
  fprintf(file, "%s\n", line);
  fclose(file);
}

static int prepare(void *context, struct delegate *self) {
  (void)context;
  note("prepare");
  return self->picky; /* 0: kTfLiteOk, 1: kTfLiteError */
}

struct delegate *tflite_plugin_create_delegate(char **keys, char **values, size_t count,
                                               void (*report)(const char *)) {
  const char *mode = "";
  diary[0] = 0;
  for (size_t i = 0; i < count; i++) {
    if (strcmp(keys[i], "diary") == 0) snprintf(diary, sizeof diary, "%s", values[i]);
    if (strcmp(keys[i], "mode") == 0) mode = values[i];
  }
  if (strcmp(mode, "absent") == 0) report("no device was found");
  if (strcmp(mode, "absent") == 0 || strcmp(mode, "silent") == 0) return NULL;
  struct delegate *made = calloc(1, sizeof *made);
  made->prepare = prepare;
  made->picky = strcmp(mode, "picky") == 0;
  note("create");
  return made;
}

void tflite_plugin_destroy_delegate(struct delegate *made) {
  if (made != NULL) note("destroy");
  free(made);
}
