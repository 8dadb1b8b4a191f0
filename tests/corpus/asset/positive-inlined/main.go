// Go inlines what opens them; one that it makes is there later.
// finds: file "link"
// finds: file "page.html"
// finds: file "/etc/app.conf"
// finds: file "assets"
// finds: file "app.new"
// finds (info): file "app.state"
// go: 1.25
// targets: linux/amd64 linux/arm64 darwin/arm64
package main

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"syscall"
)

func main() {
	fmt.Println(os.Readlink("link"))
	fmt.Println(syscall.Open("/etc/app.conf", syscall.O_RDONLY, 0))
	fmt.Println(os.OpenRoot("assets"))
	fmt.Println(os.Rename("app.new", "app.state"))
	fmt.Println(os.ReadFile("app.state"))
	fmt.Println(os.Create("out"))
	fmt.Println(filepath.Glob(os.Args[1]))
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		http.ServeFile(w, r, "page.html")
	})
}
