// Wine stands in for a wine, its server and the shell of its root folder, as far as gobuildx talks to them. What
// kind of wine it is, the file beside it says.
package main

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

func main() {
	said, _ := os.ReadFile("/usr/lib/wine/kind")
	kind := string(said)
	switch {
	case filepath.Base(os.Args[0]) == "sh":
		boot(kind)
	case len(os.Args) < 2 || os.Args[1] == "--version":
		version(kind)
	case strings.HasSuffix(os.Args[1], "trial.exe"):
		trial(kind)
	default:
		program(os.Args[2:])
	}
}

func version(kind string) {
	switch kind {
	case "broken":
		fail(1, "wine: could not load ntdll.so")
	case "hangs":
		time.Sleep(time.Hour)
	}
	fmt.Println("wine-8.0 (Debian 8.0~repack-4)")
}

// The shell is only asked to have a Windows made.
func boot(kind string) {
	if kind == "full" {
		fail(0, "wine: no space left")
	}
	prefix := os.Getenv("WINEPREFIX")
	if kind == "endless" {
		must(os.WriteFile(filepath.Join(prefix, "endless"), nil, 0o644))
		must(os.Truncate(filepath.Join(prefix, "endless"), 2e9))
		time.Sleep(time.Hour)
	}
	if kind == "no text" {
		// Names that are no UTF-8.
		must(os.MkdirAll(filepath.Join(prefix, "drive_c", "\xff"), 0o755))
		must(os.MkdirAll(filepath.Join(prefix, "drive_c", "users", "\xfe"), 0o755))
	}
	for _, folder := range []string{"windows/system32", "users/wine/AppData", "ProgramData"} {
		must(os.MkdirAll(filepath.Join(prefix, "drive_c", folder), 0o755))
	}
	if kind == "leads out" {
		must(os.Symlink("/etc/passwd", filepath.Join(prefix, "drive_c", "users.txt")))
	}
	if kind == "leads out by its registry" {
		must(os.Symlink("/etc/passwd", filepath.Join(prefix, "system.reg")))
		return
	}
	for _, name := range []string{"system.reg", "user.reg", "userdef.reg", ".update-timestamp"} {
		must(os.WriteFile(filepath.Join(prefix, name), nil, 0o644))
	}
}

func trial(kind string) {
	switch kind {
	case "old":
		fail(53, `0024:err:module:import_dll Library bcryptprimitives.dll (which is needed by L"D:\\trial.exe") not found`)
	case "odd":
		fail(5, "wine: Unhandled page fault")
	case "idle":
		return
	case "leads out", "fonts":
		for _, path := range []string{"/windows/drive_c/users.txt", "/etc/fonts/passwd"} {
			if _, err := os.Stat(path); err == nil {
				fail(6, "it sees "+path)
			}
		}
	}
	os.Exit(42)
}

// What programs for Windows do.
func program(args []string) {
	switch args[0] {
	case "leaves":
		start(args[1])
	case "exits":
		code, err := strconv.Atoi(args[1])
		must(err)
		os.Exit(code)
	case "sleeps":
		time.Sleep(time.Hour)
	case "serves":
		told := make(chan os.Signal, 1)
		signal.Notify(told, os.Interrupt)
		_, err := net.Listen("tcp", "127.0.0.1:"+args[1])
		must(err)
		<-told
		switch args[2] {
		case "aware":
			return
		case "unaware":
			os.Exit(0x3A)
		}
		time.Sleep(time.Hour)
	case "writes":
		must(os.WriteFile("/d"+args[1], nil, 0o644))
	default:
		fmt.Println("a program 1.0")
	}
}

// A process that is called so.
func start(name string) {
	own, err := os.Executable()
	must(err)
	daemon := exec.Cmd{Path: own, Args: []string{name, "/d/x.exe", "sleeps"}}
	daemon.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	must(daemon.Start())
}

func fail(code int, why string) {
	fmt.Fprintln(os.Stderr, why)
	os.Exit(code)
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
