/* The smallest program that needs what most C does: headers, a C library to link with, memory, and numbers. */
#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

int main(int argc, char **argv) {
    char *text = malloc(16);
    (void)argv;
    if (text == NULL)
        return 1;
    strcpy(text, "works");
    puts(text);
    free(text);
    return argc == 1 && sqrt((double)argc) == 1.0 ? 0 : 1;
}
