// The program's own C looks nothing up.
// go: 1.26
// targets: linux/amd64
// cgo: glibc-static
package main

/*
#include <stdio.h>
#include <stdlib.h>

static void say(const char *text) { puts(text); }
*/
import "C"

func main() { C.say(C.CString("hello")) }
