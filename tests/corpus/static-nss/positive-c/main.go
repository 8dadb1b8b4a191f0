// The program's own C looks a host up, and none of Go's packages does.
// go: 1.26
// targets: linux/amd64
// cgo: glibc-static
// finds (degrade): names that its C looks up
package main

/*
#include <netdb.h>

static int knows(const char *name) { return gethostbyname(name) != 0; }
*/
import "C"
import "fmt"

func main() { fmt.Println(C.knows(C.CString("example.com"))) }
