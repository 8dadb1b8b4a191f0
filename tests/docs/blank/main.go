// Blank does one thing that needs something of the system, named by the rule that is about it, and
// prints what comes of it. It is run where there is nothing else.
package main

import (
	"fmt"
	"log/syslog"
	"mime"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"os/user"
	"plugin"
	"time"
)

var needs = map[string]func() (any, error){
	"asset":    func() (any, error) { return os.ReadFile("config/app.yaml") },
	"ca-roots": func() (any, error) { return fetch() },
	"dns-go":   func() (any, error) { return net.LookupHost("example.com") },
	"exec":     func() (any, error) { return exec.Command("git", "version").Output() },
	"home":     func() (any, error) { return os.UserHomeDir() },
	"local-tz": func() (any, error) { return zone(), nil },
	"mime":     func() (any, error) { return fmt.Sprintf("%q", mime.TypeByExtension(".woff2")), nil },
	"plugin":   func() (any, error) { return plugin.Open("extra.so") },
	"proc":     func() (any, error) { return os.Executable() },
	"services": func() (any, error) { return net.LookupPort("tcp", "postgresql") },
	"syslog":   func() (any, error) { return syslog.New(syslog.LOG_INFO, "blank") },
	"tmp":      func() (any, error) { return os.CreateTemp("", "x") },
	"tzdata":   func() (any, error) { return time.LoadLocation("Europe/Paris") },
	"user-db":  func() (any, error) { return user.Lookup("nobody") },
}

// fetch asks a server of this process, whose certificate no root that the program has vouches for.
func fetch() (any, error) {
	server := httptest.NewTLSServer(http.NotFoundHandler())
	defer server.Close()
	return http.Get(server.URL)
}

// zone is the zone of the local time, in which a log would be written.
func zone() string {
	name, _ := time.Now().Zone()
	return name
}

func main() {
	fmt.Println(needs[os.Args[1]]())
}
